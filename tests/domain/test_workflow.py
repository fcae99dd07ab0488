"""A workflow is looked at before it runs, and keeps its form as JSON."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from mmhub_desktop.domain.ids import AccountId, WorkflowId
from mmhub_desktop.domain.schedule import Repeats, Timing
from mmhub_desktop.domain.step_kind import Ended, FieldType, OptionField, StepContext, StepKind
from mmhub_desktop.domain.workflow import (
    Condition,
    OnFailure,
    Operator,
    ProductScope,
    Trigger,
    Workflow,
    WorkflowStep,
    describe,
    free_key,
    from_form,
    to_form,
)
from mmhub_desktop.domain.workflow_check import ancestors, check


async def _run(_: StepContext) -> Ended:
    return Ended()


OPTIONS = (
    OptionField("minutes", "Minutes", FieldType.NUMBER, default=5, least=1, most=10),
    OptionField("code", "Code", required=True, default="x"),
    OptionField("loud", "Loud", FieldType.YES_NO, default=False),
    OptionField("mode", "Mode", FieldType.CHOICE, default="a", choices=(("a", "A"),)),
    OptionField("fields", "Fields", FieldType.CHOICES, default=[], choices=(("price", "Price"),)),
)
KINDS = {
    "work": StepKind("work", "Work", _run, fields=OPTIONS),
    "publish": StepKind("publish", "Publish", _run, needs_accounts=True),
}
GOOD = Workflow(
    WorkflowId(0), "Night",
    (
        WorkflowStep("a", "work"),
        WorkflowStep(
            "b", "publish", "To the shops", ("a",), (Condition("quality", Operator.AT_LEAST, "70"),),
            (AccountId(1), AccountId(2)), on_failure=OnFailure.STOP,
        ),
        WorkflowStep("c", "work", after=("b",), when=(Condition("outcome:a", Operator.IS, "failed"),)),
    ),
    Trigger("schedule", Timing(Repeats.WEEKLY, clock="02:30", weekdays=(0, 4), zone="UTC")),
    ProductScope("imported", "lamp"), 10, active=False,
)  # fmt: skip
ACCOUNTS = (AccountId(1), AccountId(2))


def changed(number: int, **changes: Any) -> Workflow:
    steps = list(GOOD.steps)
    steps[number] = replace(steps[number], **changes)
    return replace(GOOD, steps=tuple(steps))


def condition(field: str, operator: Operator, value: str) -> Workflow:
    return changed(1, when=(Condition(field, operator, value),))


def test_a_good_one_has_no_findings() -> None:
    assert check(GOOD, KINDS, ACCOUNTS) == ()


@pytest.mark.parametrize(
    ("workflow", "field", "said"),
    [
        (replace(GOOD, name=" "), "name", "no name"),
        (replace(GOOD, steps=()), "steps", "no steps"),
        (replace(GOOD, scope=ProductScope("lost")), "scope", "no status “lost”"),
        (replace(GOOD, trigger=Trigger("full_moon")), "trigger", "full_moon"),
        (replace(GOOD, trigger=Trigger("schedule")), "trigger", "not said when"),
        (replace(GOOD, trigger=Trigger("schedule", Timing(Repeats.EVERY, minutes=1))), "trigger", "too short"),
        (changed(0, key="A b"), "steps.A b", "cannot be the key"),
        (changed(1, key="a"), "steps.a", "Two steps"),
        (changed(1, after=("x",)), "steps.b.after", "“x”, which is not there"),
        (changed(0, after=("c",)), "steps.a.after", "come after itself"),
        (changed(0, after=("a",)), "steps.a.after", "come after itself"),
        (changed(0, kind="dance"), "steps.a", "a kind that this program does not have"),
        (changed(1, account_ids=()), "steps.b.account_ids", "“To the shops” has no account"),
        (changed(1, account_ids=(AccountId(9),)), "steps.b.account_ids", "no longer connected"),
        (changed(0, options={"minutes": 11}), "steps.a.options.minutes", "from 1 to 10"),
        (changed(0, options={"minutes": "5"}), "steps.a.options.minutes", "whole number"),
        (changed(0, options={"minutes": True}), "steps.a.options.minutes", "whole number"),
        (changed(0, options={"code": ""}), "steps.a.options.code", "is missing"),
        (changed(0, options={"code": 3}), "steps.a.options.code", "not a text"),
        (changed(0, options={"loud": "yes"}), "steps.a.options.loud", "neither yes nor no"),
        (changed(0, options={"mode": "b"}), "steps.a.options.mode", "cannot be “b”"),
        (changed(0, options={"fields": ["title"]}), "steps.a.options.fields", "not offered"),
        (condition("weather", Operator.IS, "1"), "steps.b.when", "not known"),
        (condition("quality", Operator.CONTAINS, "1"), "steps.b.when", "cannot be compared"),
        (condition("quality", Operator.AT_LEAST, "good"), "steps.b.when", "not a whole number"),
        (condition("price", Operator.AT_LEAST, "cheap"), "steps.b.when", "not an amount"),
        (condition("price", Operator.AT_LEAST, "NaN"), "steps.b.when", "not an amount"),
        (condition("status", Operator.IS, "lost"), "steps.b.when", "not offered"),
        (condition("title", Operator.CONTAINS, " "), "steps.b.when", "nothing is written"),
        (condition("live:9", Operator.IS, "yes"), "steps.b.when", "no connected account"),
        (condition("live", Operator.IS, "yes"), "steps.b.when", "no connected account"),
        (condition("outcome:c", Operator.IS, "failed"), "steps.b.when", "does not come before"),
        (condition("outcome:a", Operator.IS, "lucky"), "steps.b.when", "not offered"),
    ],
)
def test_what_keeps_one_from_running(workflow: Workflow, field: str, said: str) -> None:
    findings = [one for one in check(workflow, KINDS, ACCOUNTS) if one.field == field]
    assert any(said in finding.message for finding in findings), check(workflow, KINDS, ACCOUNTS)
    assert all(finding.fix for finding in findings)


def test_accounts_are_left_out_of_the_question_when_they_are_not_known() -> None:
    assert check(changed(1, account_ids=(AccountId(9),)), KINDS) == ()


def test_what_comes_before_also_in_a_circle() -> None:
    assert ancestors(GOOD) == {"a": frozenset(), "b": {"a"}, "c": {"a", "b"}}
    assert ancestors(changed(0, after=("c",)))["a"] == {"a", "b", "c"}


def test_the_form_gives_back_the_same() -> None:
    form = json.loads(json.dumps(to_form(GOOD)))
    assert from_form(form) == GOOD
    once = replace(GOOD, trigger=Trigger("schedule", Timing(Repeats.ONCE, at=datetime(2030, 1, 2, tzinfo=UTC))))
    assert from_form(json.loads(json.dumps(to_form(once)))) == once


def test_words_and_keys() -> None:
    names = {"1": "My shop", "a": "Enhance"}
    assert describe(Condition("quality", Operator.AT_LEAST, "70"), names) == "Quality score is at least 70"
    assert describe(Condition("live:1", Operator.IS, "yes"), names) == "Is live on “My shop” is Yes"
    assert describe(Condition("outcome:a", Operator.IS, "left_out"), names) == "Outcome of step “Enhance” is Left out"
    assert describe(Condition("weather", Operator.IS, "fine"), names) == "weather is fine"
    assert free_key("publish", []) == "publish"
    assert free_key("publish", ["publish", "publish_2"]) == "publish_3"
    assert free_key("9 Lives!", []) == "step"
