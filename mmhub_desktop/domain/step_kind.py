"""What a kind of workflow step declares: what people read, what it needs, and what it does.

Everything that another package needs for a step of its own is here; see docs/workflows.md.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from mmhub_desktop.domain.ids import AccountId, ProductId, WorkflowId, WorkflowRunId
from mmhub_desktop.domain.job import WorkRequest


class FieldType(StrEnum):
    """What an option of a step is; as JSON a text, a whole number, true or false, a text, a list of texts."""

    TEXT = "text"
    NUMBER = "number"
    YES_NO = "yes_no"
    CHOICE = "choice"
    CHOICES = "choices"


@dataclass(frozen=True, slots=True)
class OptionField:
    """An option of a step. ``choices`` are (value, label); ``least`` and ``most`` bound a number."""

    key: str
    label: str
    type: FieldType = FieldType.TEXT
    default: Any = ""
    help: str = ""
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    least: int = 0
    most: int = 1_000_000


@dataclass(frozen=True, slots=True)
class StepContext:
    """What a step is given. ``title`` is meant for its batch. ``since`` is when it began (aware UTC), ``now`` the
    present.

    ``repeated``: it was called before and the program ended, or the time it waited for has come; look before acting.
    ``parts`` is the open workspace as actions see it (``mmhub_desktop.actions.parts.Parts``).
    """

    workflow_id: WorkflowId
    workflow_name: str
    run_id: WorkflowRunId
    key: str
    title: str
    product_ids: tuple[ProductId, ...]
    account_ids: tuple[AccountId, ...]
    options: Mapping[str, Any]
    priority: int
    since: datetime
    now: datetime
    repeated: bool
    parts: Any


@dataclass(frozen=True, slots=True)
class Submit:
    """The step is work for the engine: one batch, planned in the transaction that notes the step as begun."""

    request: WorkRequest


@dataclass(frozen=True, slots=True)
class Ended:
    """The step is done. ``failed`` says why for each product that did not succeed; all others completed.

    ``message`` (a text) is sent to the webhooks that want ``workflow.message``, in the transaction that ends the step.
    """

    failed: Mapping[ProductId, str] = field(default_factory=dict)
    said: str = ""
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """The step waits on disk and is called again at this time (aware UTC)."""

    at: datetime
    said: str = ""


StepResult = Submit | Ended | Later


@dataclass(frozen=True, slots=True)
class StepKind:
    """A kind of step. ``icon`` names an icon of the program. ``has_effect``: ``run`` itself changes something outside
    the workspace, so its beginning is on disk before it is called; if the program ends meanwhile, it is called again
    with ``repeated``. An error that it raises fails the step: its words are shown when it is a ``MmhubError``.
    """

    ENTRY_POINTS: ClassVar[str] = "mmhub_desktop.workflow_steps"

    name: str
    label: str
    run: Callable[[StepContext], Awaitable[StepResult]]
    icon: str = "jobs"
    about: str = ""
    needs_accounts: bool = False
    fields: tuple[OptionField, ...] = ()
    has_effect: bool = False
    timeout_s: float = 600.0
