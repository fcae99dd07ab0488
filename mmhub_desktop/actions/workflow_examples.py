"""Ready workflows to begin with. Each is offered where the program has all of its steps."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from mmhub_desktop.domain.ids import AccountId, WorkflowId
from mmhub_desktop.domain.marketplace import Account, AccountKind
from mmhub_desktop.domain.schedule import Repeats, Timing
from mmhub_desktop.domain.step_kind import StepKind
from mmhub_desktop.domain.workflow import Condition, Trigger, Workflow, WorkflowStep
from mmhub_desktop.domain.workflow_facts import ON_IMPORT, ON_SCHEDULE, Operator

GOOD_ENOUGH = (Condition("quality", Operator.AT_LEAST, "70"),)


@dataclass(frozen=True, slots=True)
class Example:
    """A ready workflow: its name, and the steps for these accounts. It does not start by itself before the seller
    says so."""

    name: str
    steps: Callable[[tuple[AccountId, ...]], tuple[WorkflowStep, ...]]
    trigger: Trigger = field(default_factory=Trigger)

    def make(self, accounts: Sequence[Account]) -> Workflow:
        """The workflow on all accounts that can be worked with."""
        usable_accounts = tuple(
            account.id for account in accounts if account.kind is AccountKind.PRACTICE or account.connected_at
        )
        by_itself = self.trigger != Trigger()
        return Workflow(
            WorkflowId(0), self.name, self.steps(usable_accounts), trigger=self.trigger, active=not by_itself
        )  # fmt: skip


def _improve(accounts: tuple[AccountId, ...]) -> tuple[WorkflowStep, ...]:
    return (
        WorkflowStep("enhance", "enhance"),
        WorkflowStep("publish", "publish", after=("enhance",), when=GOOD_ENOUGH, account_ids=accounts),
        WorkflowStep("webhook", "webhook", after=("publish",), options={"message": "published"}),
    )


def _after_import(accounts: tuple[AccountId, ...]) -> tuple[WorkflowStep, ...]:
    return (
        WorkflowStep("import_images", "import_images"),
        WorkflowStep("enhance", "enhance", after=("import_images",)),
        WorkflowStep("publish", "publish", after=("enhance",), when=GOOD_ENOUGH, account_ids=accounts),
    )


def _night(accounts: tuple[AccountId, ...]) -> tuple[WorkflowStep, ...]:
    return (
        WorkflowStep("sync", "sync", account_ids=accounts),
        WorkflowStep("update", "update", after=("sync",), account_ids=accounts),
    )


EXAMPLES = (
    Example("Improve, then publish what scores 70 or more", _improve),
    Example("After each import: images, improve, publish", _after_import, Trigger(ON_IMPORT)),
    Example(
        "Every night: sync and update", _night, Trigger(ON_SCHEDULE, Timing(Repeats.DAILY, clock="02:30"))
    ),
)  # fmt: skip


def usable(example: Example, kinds: Mapping[str, StepKind]) -> bool:
    """Whether the program has all steps of an example."""
    return all(step.kind in kinds for step in example.steps(()))
