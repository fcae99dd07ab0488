"""Workflows in the seller's words: what starts one, what each step does, where, and under what conditions. No Qt."""

from collections.abc import Mapping, Sequence
from typing import Any

from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.product import ProductStatus
from mmhub_desktop.domain.step_kind import FieldType, OptionField, StepKind
from mmhub_desktop.domain.workflow import Condition, OnFailure, ProductScope, Trigger, Workflow, WorkflowStep, describe
from mmhub_desktop.domain.workflow_facts import (
    BY_HAND,
    FACTS,
    ON_IMPORT,
    ON_QUANTITY,
    ON_SCHEDULE,
    TRIGGERS,
    About,
    FactType,
)
from mmhub_desktop.domain.workflow_run import RunState, StepState
from mmhub_desktop.gui.words import PRODUCT_STATUS

TRIGGER_ICONS = {BY_HAND: "hand", ON_SCHEDULE: "clock", ON_IMPORT: "file-up", ON_QUANTITY: "package"}
OTHER_TRIGGER = "zap"
RUN_CHIPS: dict[RunState, tuple[str, str]] = {
    RunState.RUNNING: ("Running", "info"),
    RunState.PAUSED: ("Paused", "warn"),
    RunState.COMPLETED: ("Done", "ok"),
    RunState.FAILED: ("Failed", "err"),
    RunState.CANCELLED: ("Cancelled", "neutral"),
}
STEP_CHIPS: dict[StepState, tuple[str, str]] = {
    StepState.WAITING: ("Waiting", "neutral"),
    StepState.RUNNING: ("Running", "info"),
    StepState.COMPLETED: ("Done", "ok"),
    StepState.FAILED: ("Failed", "err"),
    StepState.PASSED_BY: ("Passed by", "neutral"),
    StepState.CANCELLED: ("Cancelled", "neutral"),
}
_NOT = {"Is": "is not", "Has": "does not have"}  # how the labels of facts that are true or not begin
ON_FAILURE_WORDS = {
    OnFailure.GO_ON: "Go on with the products that succeeded",
    OnFailure.STOP: "End the run at the first failed product",
}


def listed(words: Sequence[str]) -> str:
    """“a”, “a and b”, “a, b and c”."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def step_title(step: WorkflowStep, kinds: Mapping[str, StepKind], accounts: Mapping[int, Account]) -> str:
    """The seller's own title, else what the step does and where: “Publish on Shop A and Shop B”."""
    kind = kinds.get(step.kind)
    if step.title and (kind is None or step.title != kind.label):
        return step.title
    label = kind.label if kind else f"Unknown step “{step.kind}”"
    if kind is None or not kind.needs_accounts or not step.account_ids:
        return label
    names = [accounts[each].label if each in accounts else "a removed account" for each in step.account_ids]
    return f"{label} on {listed(names)}" if len(names) <= 3 else f"{label} on {len(names)} accounts"


def names_in(
    workflow: Workflow, kinds: Mapping[str, StepKind], accounts: Mapping[int, Account]
) -> dict[str, str]:  # fmt: skip
    """What conditions call accounts and steps: by number and by key."""
    steps = {step.key: step_title(step, kinds, accounts) for step in workflow.steps}
    return {str(number): account.label for number, account in accounts.items()} | steps


def condition_words(step: WorkflowStep, names: Mapping[str, str]) -> str:
    """“only if quality score is at least 70 and brand is Lumea”; empty without conditions."""
    said = [_said(each, names) for each in step.when]
    return "only if " + " and ".join(each[:1].lower() + each[1:] for each in said) if said else ""


def _said(condition: Condition, names: Mapping[str, str]) -> str:
    """“Is not live on “Shop A””, where a table would say that it is live: No."""
    fact = FACTS.get(condition.fact)
    if fact is None or fact.type is not FactType.YES_NO:
        return describe(condition, names)
    words = fact.label if fact.about is About.PRODUCT else f"{fact.label} “{names.get(condition.of, condition.of)}”"
    verb, _, rest = words.partition(" ")
    if condition.value == "yes" or verb not in _NOT:
        return words if condition.value == "yes" else f"{words}: no"
    return f"{_NOT[verb]} {rest}"


def option_words(step: WorkflowStep, kind: StepKind | None) -> list[str]:
    """The options that differ from what the kind proposes, each as “Label: value”."""
    fields = kind.fields if kind else ()
    return [
        f"{field.label}: {_value_words(field, step.options[field.key])}"
        for field in fields
        if field.key in step.options and step.options[field.key] != field.default
    ]


def _value_words(field: OptionField, value: Any) -> str:
    labels = dict(field.choices)
    if field.type is FieldType.YES_NO:
        return "yes" if value else "no"
    if field.type is FieldType.CHOICES and isinstance(value, list | tuple):
        return ", ".join(labels.get(str(each), str(each)) for each in value) or "none"
    said = labels.get(str(value), str(value))
    return said if len(said) <= 80 else f"{said[:79]}…"


def trigger_words(trigger: Trigger) -> str:
    """“By hand”, “Every day at 02:30”, “After an import”."""
    if trigger.timing is not None:
        words = trigger.timing.words
        return words[:1].upper() + words[1:]
    kind = TRIGGERS.get(trigger.kind)
    return kind.label if kind else f"Unknown start “{trigger.kind}”"


def scope_words(scope: ProductScope) -> str:
    """Which products it is about when nobody chooses them."""
    if scope.status:
        known = {status.value: PRODUCT_STATUS[status].word for status in ProductStatus}
        words = f"“{known.get(scope.status, scope.status)}” products"
    else:
        words = "products" if scope.search else "all products"
    return f"{words} with “{scope.search}”" if scope.search else words
