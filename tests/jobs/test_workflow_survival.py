"""Workflows are killed at every commit and go on: no step is planned twice, none is lost."""

import asyncio
import itertools
from collections.abc import Collection
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, event

from mmhub_desktop.domain.step_kind import Ended, Later, StepContext, StepKind, StepResult
from mmhub_desktop.domain.workflow import Operator, WorkflowStep
from mmhub_desktop.domain.workflow_run import RunState, StepState, WorkflowRun
from mmhub_desktop.errors import UserMistake
from tests.fakes.workflow_rig import WorkflowRig, open_rig, step, when

MOST_COMMITS = 60
NUMBERS = itertools.count()


class Killed(Exception):
    """The program is gone: nothing more comes to the disk."""


def kill_at_commit(rig: WorkflowRig, number: int) -> list[int]:
    """From this commit on the file stays as it is. The list counts the commits that were tried."""
    tried: list[int] = []

    @event.listens_for(rig.db._writer.engine, "commit")
    def _refuse(_: Connection) -> None:
        tried.append(1)
        if len(tried) >= number:
            raise Killed

    return tried


async def night(rig: WorkflowRig) -> None:
    """Two products through two steps side by side, one after them, and a foreign step."""
    workflow = (await rig.workflows.all())[0]
    await rig.workflows.run(workflow.id)


def add_foreign(rig: WorkflowRig, called: list[bool]) -> None:
    async def call(context: StepContext) -> StepResult:
        called.append(context.repeated)
        return Ended(message="done")

    rig.kinds["foreign"] = StepKind("foreign", "Foreign", call, has_effect=True)


@pytest.mark.expects_log
async def test_killed_at_any_commit_each_step_is_planned_once(tmp_path: Path) -> None:
    ended_by_itself = False
    for number in range(1, MOST_COMMITS):
        path = tmp_path / f"{number}.mmhub"
        called: list[bool] = []
        async with open_rig(path) as rig:
            add_foreign(rig, called)
            await rig.add(2)
            hearing = await rig.listen()
            await rig.save(step("a"), step("b"), step("c", "a", "b"), step("d", "c", kind="foreign"))
            tried = kill_at_commit(rig, number)
            try:
                await night(rig)
                await asyncio.wait_for(_until_killed_or_done(rig, tried, number), 20)
            except Killed:
                pass
            ended_by_itself = len(tried) < number
        async with open_rig(path) as rig:
            add_foreign(rig, called)
            runs = await rig.workflows.runs()
            if not runs:
                assert number <= 2  # killed before the run was on disk: it was never started
                continue
            run = await rig.end(runs[0].id)
            assert (run.state, len(runs)) == (RunState.COMPLETED, 1), number
            assert [each.completed for each in run.steps] == [2, 2, 2, 2], number
            assert len(await rig.batches()) == 3, number
            assert [batch.completed for batch in await rig.batches()] == [2, 2, 2]
            assert len(called) <= 2, number
            assert called[1:] in ([], [True]), number  # a second call knows that it is one
            told = [one.event_type for one in await rig.told(hearing)]
            assert told == ["canvas.workflow.started", "workflow.message", "workflow.completed"], number
        if ended_by_itself:
            break
    assert ended_by_itself, "there were more commits than kills"
    assert number > 10


async def _until_killed_or_done(rig: WorkflowRig, tried: list[int], number: int) -> None:
    while len(tried) < number:
        runs = await rig.workflows.runs()
        if runs and runs[0].state.is_final:
            return
        await asyncio.sleep(0)


async def test_what_waits_goes_on_after_a_restart_at_its_time(tmp_path: Path) -> None:
    path = tmp_path / "shop.mmhub"
    async with open_rig(path) as rig:
        add_wait(rig)
        await rig.add(2)
        workflow = await rig.save(step("a"), step("wait", "a", kind="wait"), step("b", "wait"))
        await rig.workflows.run(workflow.id)
        await rig.until(lambda runs: runs[0].step("wait").ready_at is not None)
    async with open_rig(path) as rig:
        add_wait(rig)
        (run,) = await rig.settled()
        assert (run.step("wait").state, run.step("wait").said) == (StepState.RUNNING, "Waits.")
        assert len(rig.ran) == 0
        rig.clock.advance(3599)
        (run,) = await rig.settled()
        assert run.step("wait").state is StepState.RUNNING
        rig.clock.advance(2)
        run = await rig.end(run.id)
        assert (run.state, len(rig.ran)) == (RunState.COMPLETED, 2)


def add_wait(rig: WorkflowRig) -> None:
    async def wait(context: StepContext) -> StepResult:
        from datetime import UTC, datetime, timedelta

        from tests.fakes.clock import START

        due = datetime.fromtimestamp(START, UTC) + timedelta(hours=1)
        return Ended() if context.now >= due else Later(due, "Waits.")

    rig.kinds["wait"] = StepKind("wait", "Wait", wait)


@pytest.mark.expects_log
@pytest.mark.parametrize(
    ("error", "said"),
    [
        (UserMistake("The address is wrong.", hint="Change it."), "The address is wrong. Change it."),
        (ValueError("secret"), "The step made a mistake; the log says more."),
        (None, "The step took too long and was ended."),
    ],
)
async def test_a_step_that_breaks_fails_alone(tmp_path: Path, error: Exception | None, said: str) -> None:
    async with open_rig(tmp_path / "shop.mmhub") as rig:

        async def call(_: StepContext) -> StepResult:
            if error is None:
                await asyncio.Event().wait()
            raise error or AssertionError

        rig.kinds["broken"] = StepKind("broken", "Broken", call, timeout_s=0.01)
        await rig.add(2)
        run = await rig.do(step("x", kind="broken"), step("a"), step("b", "x"))
        assert run.state is RunState.FAILED
        assert (run.step("x").state, run.step("x").said, run.step("x").failed) == (StepState.FAILED, said, 2)
        assert (run.step("a").state, run.step("b").state) == (StepState.COMPLETED, StepState.PASSED_BY)


async def test_a_foreign_step_tells_which_products_failed_and_why(tmp_path: Path) -> None:
    async with open_rig(tmp_path / "shop.mmhub") as rig:
        one, two = await rig.add(2)

        async def call(context: StepContext) -> StepResult:
            return Ended({one: "It has no weight."}, message="seen")

        rig.kinds["weigh"] = StepKind("weigh", "Weigh", call)
        run = await rig.do(step("w", kind="weigh"), step("a", "w"))
        assert (run.step("w").failed, run.step("w").said) == (1, "It has no weight.")
        assert rig.ran == [("a", two, None)]


@st.composite
def steps(draw: st.DrawFn) -> tuple[WorkflowStep, ...]:
    """A random graph without circles; some steps have a condition on what became of an earlier one."""
    count = draw(st.integers(1, 6))
    keys = [f"s{number}" for number in range(count)]
    made = []
    for number, key in enumerate(keys):
        after = draw(st.lists(st.sampled_from(keys[:number]), unique=True)) if number else []
        asked = ()
        if after and draw(st.booleans()):
            outcome = draw(st.sampled_from(["completed", "failed", "left_out"]))
            asked = when(f"outcome:{draw(st.sampled_from(after))}", Operator.IS, outcome)
        made.append(step(key, *after, when=asked))
    return tuple(draw(st.permutations(made)))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(graph=steps(), bad=st.sets(st.tuples(st.sampled_from([f"s{n}" for n in range(6)]), st.integers(1, 3))))
def test_each_step_runs_at_most_once_after_those_before_it(
    tmp_path: Path, graph: tuple[WorkflowStep, ...], bad: set[tuple[str | int, int]]
) -> None:
    async def go() -> tuple[WorkflowRun, list[tuple[str, int, int | None]], int]:
        async with open_rig(tmp_path / f"{next(NUMBERS)}.mmhub") as rig:
            await rig.add(3)
            rig.bad = bad
            return await rig.do(*graph), rig.ran, len(await rig.batches())

    run, ran, batches = asyncio.run(go())
    assert all(each.state.is_final for each in run.steps)
    assert len(set(ran)) == len(ran)  # nothing twice
    assert batches == sum(each.batch_id is not None for each in run.steps)
    place = {entry[:2]: number for number, entry in enumerate(ran)}
    last = {key: max((at for (one, _), at in place.items() if one == key), default=-1) for key, *_ in ran}
    for each in graph:
        asked = {one.of: one.value for one in each.when}
        for product in (1, 2, 3):
            outcomes = {
                before: ("failed" if (before, product) in bad else "completed")
                if (before, product) in place
                else "left_out"
                for before in each.after
            }
            expected = all(outcome == asked.get(before, "completed") for before, outcome in outcomes.items())
            assert ((each.key, product) in place) is expected
            if expected:
                assert all(last.get(before, -1) < place[each.key, product] for before in each.after)


def outcome_of(pair: tuple[str, int], ran: Collection[tuple[str, int]], bad: Collection[tuple[str | int, int]]) -> str:
    if pair not in ran:
        return "left_out"
    return "failed" if pair in bad else "completed"
