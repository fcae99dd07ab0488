"""Whether a workflow can run: looked at before it is saved and before each run."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.product import ProductStatus
from mmhub_desktop.domain.step_kind import FieldType, OptionField, StepKind
from mmhub_desktop.domain.workflow import STEP_KEY, Condition, Workflow, WorkflowStep
from mmhub_desktop.domain.workflow_facts import FACTS, TRIGGERS, About, Fact, FactType
from mmhub_desktop.errors import Finding, UserMistake


def check(
    workflow: Workflow, kinds: Mapping[str, StepKind], accounts: Collection[AccountId] | None = None
) -> tuple[Finding, ...]:
    """What keeps a workflow from running, in the order of its steps. Without any it can run.

    ``accounts`` are those that exist; None leaves that question out. A finding's ``field`` names what it is about:
    ``name``, ``trigger``, ``scope``, ``steps``, ``steps.<key>``, ``steps.<key>.account_ids``, ``steps.<key>.when``,
    ``steps.<key>.options.<option>``, ``steps.<key>.after``.
    """
    return tuple(_findings(workflow, kinds, accounts))


def ancestors(workflow: Workflow) -> dict[str, frozenset[str]]:
    """For each step the steps that have ended when it begins; also where they go round in a circle."""
    after = {step.key: step.after for step in workflow.steps}
    found: dict[str, frozenset[str]] = {}
    for key, direct in after.items():
        seen: set[str] = set()
        ahead = list(direct)
        while ahead:
            one = ahead.pop()
            if one not in seen:
                seen.add(one)
                ahead += after.get(one, ())
        found[key] = frozenset(seen)
    return found


def with_titles(workflow: Workflow, kinds: Mapping[str, StepKind]) -> Workflow:
    """The same with a title for each step, as a run keeps it: what its kind is called where it has none of its own."""
    return replace(workflow, steps=tuple(replace(step, title=_name(step, kinds)) for step in workflow.steps))


def _findings(
    workflow: Workflow, kinds: Mapping[str, StepKind], accounts: Collection[AccountId] | None
) -> Iterator[Finding]:
    if not workflow.name.strip():
        yield Finding("workflow.name", "name", "The workflow has no name.", "Give it one that you will recognise.")
    yield from _trigger(workflow)
    if workflow.scope.status not in ("", *ProductStatus):
        yield Finding(
            "workflow.scope", "scope", f"Products have no status “{workflow.scope.status}”.", "Choose another one."
        )
    if not workflow.steps:
        yield Finding("workflow.steps", "steps", "The workflow has no steps.", "Add at least one step.")
    keys = [step.key for step in workflow.steps]
    before = ancestors(workflow)
    for number, step in enumerate(workflow.steps):
        where = f"steps.{step.key}"
        name = _name(step, kinds)
        if not STEP_KEY.fullmatch(step.key):
            yield Finding(
                "workflow.key", where, f"“{step.key}” cannot be the key of a step.",
                "Use small letters, digits and underscores, a letter first, up to 40.",
            )  # fmt: skip
        if step.key in keys[:number]:
            yield Finding("workflow.key", where, f"Two steps have the key “{step.key}”.", "Give one another key.")
        for other in step.after:
            if other not in keys:
                yield Finding(
                    "workflow.after", f"{where}.after", f"“{name}” comes after “{other}”, which is not there.",
                    "Choose another step, or none.",
                )  # fmt: skip
        if step.key in before[step.key]:
            yield Finding(
                "workflow.circle", f"{where}.after", f"“{name}” would have to come after itself.",
                "Take out one of the connections of the circle.",
            )  # fmt: skip
        yield from _kind(step, kinds, accounts, name)
        for condition in step.when:
            yield from _condition(condition, step, before[step.key] - {step.key}, accounts, name)


def _trigger(workflow: Workflow) -> Iterator[Finding]:
    kind = TRIGGERS.get(workflow.trigger.kind)
    if kind is None:
        yield Finding(
            "workflow.trigger", "trigger", f"This program cannot start workflows by “{workflow.trigger.kind}”.",
            "Choose what starts it.",
        )  # fmt: skip
    elif kind.timed:
        if workflow.trigger.timing is None:
            yield Finding("workflow.trigger", "trigger", "It is not said when this is to run.", "Choose a time.")
            return
        try:
            workflow.trigger.timing.check()
        except UserMistake as error:
            yield Finding("workflow.trigger", "trigger", error.message, error.hint)


def _kind(
    step: WorkflowStep, kinds: Mapping[str, StepKind], accounts: Collection[AccountId] | None, name: str
) -> Iterator[Finding]:
    where = f"steps.{step.key}"
    kind = kinds.get(step.kind)
    if kind is None:
        yield Finding(
            "workflow.kind", where, f"“{name}” is a step of a kind that this program does not have: “{step.kind}”.",
            "Install the package that added it, or remove the step.",
        )  # fmt: skip
        return
    if kind.needs_accounts and not step.account_ids:
        yield Finding("workflow.accounts", f"{where}.account_ids", f"“{name}” has no account.", "Choose at least one.")
    for account_id in step.account_ids if kind.needs_accounts and accounts is not None else ():
        if account_id not in (accounts or ()):
            yield Finding(
                "workflow.accounts", f"{where}.account_ids", f"An account of “{name}” is no longer connected.",
                "Choose another one.",
            )  # fmt: skip
    for option in kind.fields:
        problem = _option(option, step.options.get(option.key, option.default))
        if problem:
            yield Finding(
                "workflow.option", f"{where}.options.{option.key}", f"“{option.label}” of “{name}” {problem}",
                option.help or "Change it.",
            )  # fmt: skip


def _option(option: OptionField, value: object) -> str:
    if value in ("", None, []) and not isinstance(value, bool):
        return "is missing." if option.required else ""
    known = {choice for choice, _ in option.choices}
    if option.type is FieldType.NUMBER:
        if not isinstance(value, int) or isinstance(value, bool):
            return "is not a whole number."
        if not option.least <= value <= option.most:
            return f"must be from {option.least:,} to {option.most:,}."
    elif option.type is FieldType.YES_NO:
        return "" if isinstance(value, bool) else "is neither yes nor no."
    elif option.type is FieldType.CHOICES:
        if not isinstance(value, list | tuple) or not set(value) <= known:
            return "holds something that is not offered."
    elif not isinstance(value, str):
        return "is not a text."
    elif option.type is FieldType.CHOICE and value not in known:
        return f"cannot be “{value}”."
    return ""


def _condition(
    condition: Condition,
    step: WorkflowStep,
    before: Collection[str],
    accounts: Collection[AccountId] | None,
    name: str,
) -> Iterator[Finding]:
    where = f"steps.{step.key}.when"
    fact = FACTS.get(condition.fact)
    if fact is None:
        yield Finding(
            "workflow.condition", where, f"“{name}” has a condition on “{condition.field}”, which is not known.",
            "Choose another fact.",
        )  # fmt: skip
        return
    if condition.operator not in fact.operators:
        yield Finding(
            "workflow.condition", where, f"“{fact.label}” in “{name}” cannot be compared in this way.",
            "Choose another comparison.",
        )  # fmt: skip
    if fact.about is About.STEP and condition.of not in before:
        yield Finding(
            "workflow.condition", where, f"“{name}” asks what became of “{condition.of}”, which does not come before.",
            "Let it come after that step.",
        )  # fmt: skip
    if fact.about is About.ACCOUNT and not _is_account(condition.of, accounts):
        yield Finding(
            "workflow.condition", where, f"“{fact.label}” in “{name}” names no connected account.", "Choose an account."
        )  # fmt: skip
    problem = _value(fact, condition.value)
    if problem:
        yield Finding(
            "workflow.condition", where, f"“{fact.label}” in “{name}” is compared with “{condition.value}”: {problem}",
            "Change the value.",
        )  # fmt: skip


def _is_account(number: str, accounts: Collection[AccountId] | None) -> bool:
    return number.isdecimal() and (accounts is None or int(number) in accounts)


def _value(fact: Fact, value: str) -> str:
    if fact.type is FactType.NUMBER:
        return "" if value.removeprefix("-").isdecimal() and len(value) <= 12 else "that is not a whole number."
    if fact.type is FactType.AMOUNT:
        try:
            amount = Decimal(value)
        except InvalidOperation:
            return "that is not an amount; write it as 19.90."
        return "" if amount.is_finite() and abs(amount) < 10**12 else "that is not an amount."
    if fact.choices:
        return "" if value in dict(fact.choices) else "that is not offered."
    return "" if value.strip() else "nothing is written there."


def _name(step: WorkflowStep, kinds: Mapping[str, StepKind]) -> str:
    kind = kinds.get(step.kind)
    return step.title or (kind.label if kind else step.key)
