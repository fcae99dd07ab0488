"""The cards of a workflow: what each shows, made of the workflow, the step kinds, the accounts and the findings."""

from collections.abc import Mapping, Sequence

from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.step_kind import StepKind
from mmhub_desktop.domain.workflow import OnFailure, Workflow, WorkflowStep
from mmhub_desktop.domain.workflow_facts import BY_HAND
from mmhub_desktop.errors import Finding
from mmhub_desktop.gui.dialogs.publish import account_name
from mmhub_desktop.gui.pages.workflow_outline import Place, outline
from mmhub_desktop.gui.pages.workflow_words import (
    OTHER_TRIGGER,
    TRIGGER_ICONS,
    condition_words,
    listed,
    names_in,
    option_words,
    scope_words,
    step_title,
    trigger_words,
)
from mmhub_desktop.gui.theme import has_icon
from mmhub_desktop.gui.widgets.step_card import CardFace

STEP_ICON = "list-checks"  # of a kind whose icon this program does not have


def faces(
    workflow: Workflow,
    kinds: Mapping[str, StepKind],
    accounts: Mapping[int, Account],
    findings: Sequence[Finding] = (),
) -> list[CardFace]:
    """The start's card, then one for each step in the order of the list."""
    names = names_in(workflow, kinds, accounts)
    places = outline({step.key: step.after for step in workflow.steps})
    steps = {step.key: step for step in workflow.steps}
    cards = [
        CardFace(
            place.key,
            kind_icon(kinds.get(steps[place.key].kind)),
            step_title(steps[place.key], kinds, accounts),
            number,
            _chips(steps[place.key], kinds, accounts),
            _lines(steps[place.key], kinds, names, place, number),
            findings_of(findings, place.key),
            place.indent,
            place.parents,
        )
        for number, place in enumerate(places, start=1)
    ]
    return [_start(workflow, findings), *cards]


def findings_of(findings: Sequence[Finding], key: str) -> tuple[tuple[str, str], ...]:
    """(tone, words) of what concerns a step, or the start when ``key`` is empty."""
    about = f"steps.{key}" if key else "trigger"
    return tuple(
        ("err" if each.blocks else "warn", finding_words(each))
        for each in findings
        if each.field == about or each.field.startswith(f"{about}.")
    )


def finding_words(finding: Finding) -> str:
    """What is wrong and what to do."""
    return f"{finding.message} {finding.fix}".strip()


def kind_icon(kind: StepKind | None) -> str:
    """The icon of a step kind, or the one for all that have none here."""
    return kind.icon if kind is not None and has_icon(kind.icon) else STEP_ICON


def _start(workflow: Workflow, findings: Sequence[Finding]) -> CardFace:
    title = trigger_words(workflow.trigger)
    about = scope_words(workflow.scope)
    chosen = "those you choose, else " if workflow.trigger.kind == BY_HAND else ""
    lines = [("package", f"for {chosen}{about}")]
    if workflow.trigger.kind != BY_HAND and not workflow.active:
        lines.append(("pause", "switched off: only you start it"))
    icon = TRIGGER_ICONS.get(workflow.trigger.kind, OTHER_TRIGGER)
    return CardFace("", icon, f"Starts: {title[:1].lower()}{title[1:]}", 0, (), tuple(lines), findings_of(findings, ""))


def _chips(
    step: WorkflowStep, kinds: Mapping[str, StepKind], accounts: Mapping[int, Account]
) -> tuple[tuple[str, str], ...]:
    kind = kinds.get(step.kind)
    if kind is None or not kind.needs_accounts:
        return ()
    known = [accounts.get(each) for each in step.account_ids]
    return tuple((account_name(each), "info") if each else ("A removed account", "err") for each in known)


def _lines(
    step: WorkflowStep, kinds: Mapping[str, StepKind], names: Mapping[str, str], place: Place, number: int
) -> tuple[tuple[str, str], ...]:
    before = [f"{parent + 1}" for parent in place.parents if parent is not None]
    kind = kinds.get(step.kind)
    lines = []
    if before and before != [str(number - 1)]:
        lines.append(("arrow-down", f"after {'step' if len(before) == 1 else 'steps'} {listed(before)}"))
    elif before:
        lines.append(("arrow-down", "after the step above"))
    if step.title and kind is not None and step.title != kind.label:
        lines.append((kind_icon(kind), kind.label))
    if step.when:
        lines.append(("funnel", condition_words(step, names)))
    lines += [("settings", words) for words in option_words(step, kind)]
    if step.on_failure is OnFailure.STOP:
        lines.append(("circle-stop", "one failed product ends the run"))
    return tuple(lines)
