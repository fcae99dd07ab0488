"""The workflow: steps for a set of products, which step comes after which, under what conditions, what starts it.

Also its form as JSON values, in which the store keeps it and in which it travels from one workspace to another.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from mmhub_desktop.domain.ids import AccountId, WorkflowId
from mmhub_desktop.domain.job import Priority
from mmhub_desktop.domain.schedule import Repeats, Timing
from mmhub_desktop.domain.workflow_facts import BY_HAND, FACTS, OPERATOR_WORDS, About, Operator
from mmhub_desktop.errors import UserMistake

NEW = WorkflowId(0)  # the id before the workflow is saved
FORM = 1  # of the JSON values; grows when an older program would misread them
STEP_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


class OnFailure(StrEnum):
    """What a step's failed products mean for the run."""

    GO_ON = "go_on"  # later steps go on with those that succeeded; when none did, the step and the run have failed
    STOP = "stop"  # one failed product ends the run


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that must be true of a product. ``field`` names a fact, behind a colon the account or step it is about
    (``quality``, ``live:3``, ``outcome:publish``); ``value`` is text in the fact's own form."""

    field: str
    operator: Operator
    value: str

    @property
    def fact(self) -> str:
        """The name of the fact."""
        return self.field.partition(":")[0]

    @property
    def of(self) -> str:
        """The account's number or the step's key behind the colon; empty without one."""
        return self.field.partition(":")[2]


@dataclass(frozen=True, slots=True)
class WorkflowStep:
    """One step. It begins when all steps it comes ``after`` have ended, for the products that completed all of those
    and meet all conditions in ``when``. A condition on the outcome of one of those steps takes the place of having
    completed it, so that a step can be made for what failed."""

    key: str
    kind: str
    title: str = ""
    after: tuple[str, ...] = ()
    when: tuple[Condition, ...] = ()
    account_ids: tuple[AccountId, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)  # JSON values, as the kind's fields declare them
    on_failure: OnFailure = OnFailure.GO_ON


@dataclass(frozen=True, slots=True)
class Trigger:
    """What starts a workflow: a kind of ``TRIGGERS``, and the time where it is a timed one."""

    kind: str = BY_HAND
    timing: Timing | None = None


@dataclass(frozen=True, slots=True)
class ProductScope:
    """Which products a run is about when nobody chose them; it also narrows those of an event. Empty: all."""

    status: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class Workflow:
    """A saved composition of steps. ``id`` is 0 before it is saved; inactive: nothing but the seller starts it."""

    id: WorkflowId
    name: str
    steps: tuple[WorkflowStep, ...] = ()
    trigger: Trigger = field(default_factory=Trigger)
    scope: ProductScope = field(default_factory=ProductScope)
    priority: int = Priority.NORMAL
    active: bool = True
    changed_at: datetime | None = None

    def step(self, key: str) -> WorkflowStep:
        """The step of this key. KeyError when there is none."""
        for step in self.steps:
            if step.key == key:
                return step
        raise KeyError(key)


def describe(condition: Condition, names: Mapping[str, str]) -> str:
    """A condition in the seller's words; ``names`` maps what may be behind the colon to names of accounts and steps."""
    fact = FACTS.get(condition.fact)
    if fact is None:
        return f"{condition.field} {OPERATOR_WORDS[condition.operator]} {condition.value}"
    named = names.get(condition.of, condition.of)
    label = fact.label if fact.about is About.PRODUCT else f"{fact.label} “{named}”"
    shown = dict(fact.choices).get(condition.value, condition.value)
    return f"{label} {OPERATOR_WORDS[condition.operator]} {shown}"


def free_key(kind: str, taken: Sequence[str]) -> str:
    """A key for a new step of this kind that no other has."""
    stem = re.sub(r"[^a-z0-9_]+", "_", kind.casefold()).strip("_")[:30]
    stem = stem if STEP_KEY.fullmatch(stem) else "step"
    number, key = 1, stem
    while key in taken:
        number += 1
        key = f"{stem}_{number}"
    return key


def to_form(workflow: Workflow) -> dict[str, Any]:
    """The workflow as JSON values, without id and times."""
    timing = workflow.trigger.timing
    return {
        "form": FORM,
        "name": workflow.name,
        "trigger": {"kind": workflow.trigger.kind, "timing": timing_form(timing) if timing else None},
        "scope": asdict(workflow.scope),
        "priority": int(workflow.priority),
        "active": workflow.active,
        "steps": [
            {
                "key": step.key, "kind": step.kind, "title": step.title, "after": list(step.after),
                "when": [
                    {"field": one.field, "operator": one.operator.value, "value": one.value} for one in step.when
                ],
                "account_ids": list(step.account_ids), "options": dict(step.options),
                "on_failure": step.on_failure.value,
            }
            for step in workflow.steps
        ],
    }  # fmt: skip


def from_form(form: Mapping[str, Any], workflow_id: WorkflowId = NEW) -> Workflow:
    """The workflow that JSON values stand for. UserMistake when they are none, or of a newer program."""
    try:
        if int(form.get("form", FORM)) > FORM:
            raise UserMistake(
                "This workflow was written by a newer version of the program.", hint="Install the newest version."
            )
        timing = form["trigger"].get("timing")
        return Workflow(
            workflow_id,
            str(form["name"]),
            tuple(_step(step) for step in form["steps"]),
            Trigger(str(form["trigger"]["kind"]), None if timing is None else timing_of(timing)),
            ProductScope(**form.get("scope", {})),
            int(form.get("priority", Priority.NORMAL)),
            bool(form.get("active", True)),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UserMistake(
            "This is no workflow, or it is damaged.", hint="Export it again.", original=repr(error)
        ) from error  # fmt: skip


def with_accounts(workflow: Workflow, ids: Mapping[int, AccountId]) -> Workflow:
    """The same with accounts of another workspace: those that ``ids`` does not name are left out."""

    def moved(step: WorkflowStep) -> WorkflowStep:
        when = tuple(
            replace(one, field=f"{one.fact}:{ids[int(one.of)]}")
            if one.fact in FACTS and FACTS[one.fact].about is About.ACCOUNT and int(one.of) in ids
            else one
            for one in step.when
        )
        kept = tuple(ids[each] for each in step.account_ids if each in ids)
        return replace(step, account_ids=kept, when=when)

    return replace(workflow, steps=tuple(moved(step) for step in workflow.steps))


def timing_form(timing: Timing) -> dict[str, Any]:
    """A timing as JSON values."""
    return {**asdict(timing), "at": timing.at.isoformat() if timing.at else None, "weekdays": list(timing.weekdays)}


def timing_of(form: Mapping[str, Any]) -> Timing:
    """The timing that JSON values stand for. KeyError, TypeError or ValueError when they are none."""
    at = datetime.fromisoformat(form["at"]) if form.get("at") else None
    values = {**form, "repeats": Repeats(form["repeats"]), "at": at, "weekdays": tuple(form.get("weekdays", ()))}
    return Timing(**values)


def _step(form: Mapping[str, Any]) -> WorkflowStep:
    return WorkflowStep(
        str(form["key"]),
        str(form["kind"]),
        str(form.get("title", "")),
        tuple(str(key) for key in form.get("after", ())),
        tuple(Condition(str(c["field"]), Operator(c["operator"]), str(c["value"])) for c in form.get("when", ())),
        tuple(AccountId(int(each)) for each in form.get("account_ids", ())),
        dict(form.get("options", {})),
        OnFailure(form.get("on_failure", OnFailure.GO_ON)),
    )
