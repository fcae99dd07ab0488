"""The way of a job: planned, run, settled, repeated, failed."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import text

from mmhub_desktop.domain.ids import AccountId, ProductId
from mmhub_desktop.domain.job import JobState, WorkRequest
from mmhub_desktop.errors import (
    Finding,
    MmhubError,
    NotLiveYet,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unavailable,
    UserMistake,
)
from mmhub_desktop.events import BatchesProgressed, TasksSettled
from mmhub_desktop.jobs.action import JsonResult, RetryPolicy, TaskContext
from mmhub_desktop.jobs.plan import plan
from mmhub_desktop.store import job_planning
from tests.jobs.conftest import SHOP, Gate, Rig, action, task


async def fine(_: TaskContext) -> JsonResult | None:
    return None


def failing(
    *errors: BaseException, seen: list[tuple[int, bool]] | None = None
) -> Callable[[TaskContext], Awaitable[JsonResult]]:
    """Raises these in turn, then ends well; notes (attempt, seen_before) of each call."""
    left = list(errors)

    async def run(context: TaskContext) -> JsonResult:
        if seen is not None:
            seen.append((context.attempt, context.seen_before))
        if left:
            raise left.pop(0)
        return {"ok": True}

    return run


async def test_tasks_run_in_order_and_see_the_results_before_them(rig: Rig) -> None:
    ran: list[tuple[str, dict[str, JsonResult]]] = []

    async def first(context: TaskContext) -> JsonResult:
        ran.append(("first", dict(context.results)))
        return {"price": "12.50", "sizes": (1, 2)}

    async def second(context: TaskContext) -> None:
        ran.append(("second", dict(context.results)))
        assert context.options == {"mode": "test"}
        assert context.parts is rig
        assert (context.product_id, context.account_id) == (1, SHOP)

    batch_id = await rig.run(action(task("first", first), task("second", second)))
    assert ran == [("first", {}), ("second", {"first": {"price": "12.50", "sizes": [1, 2]}})]
    batch = await rig.batch(batch_id)
    assert (batch.state, batch.completed, batch.total) == (JobState.COMPLETED, 1, 1)
    assert batch.started_at is not None
    assert batch.finished_at is not None
    job = await rig.job(batch_id)
    assert (job.state, job.tasks_done, job.tasks_total, job.problem) == (JobState.COMPLETED, 2, 2, None)
    tasks = await rig.store.tasks(job.id)
    assert [(found.kind, found.state, found.attempts) for found in tasks] == [
        ("first", JobState.COMPLETED, 1),
        ("second", JobState.COMPLETED, 1),
    ]
    assert tasks[0].result == {"price": "12.50", "sizes": [1, 2]}


async def test_events_come_after_the_commit_and_name_what_settled(rig: Rig) -> None:
    batch_id = await rig.run(action(task("one", fine), task("two", fine)), products=3)
    settled = [pair for event in rig.events if isinstance(event, TasksSettled) for pair in event.pairs]
    jobs = await rig.jobs(batch_id)
    assert len(settled) == 6
    assert {job_id for _, job_id in settled} == {job.id for job in jobs}
    assert BatchesProgressed((batch_id,)) in rig.events


async def test_the_next_task_starts_only_when_the_last_is_on_disk(rig: Rig) -> None:
    found: list[str] = []

    async def look(context: TaskContext) -> None:
        states = await rig.db.read(
            lambda c: c.execute(
                text("SELECT state FROM marketplace_task WHERE job_id = :j ORDER BY position"), {"j": context.job_id}
            ).scalars().all()
        )  # fmt: skip
        found.extend(states)

    await rig.run(action(task("one", fine), task("two", look)))
    assert found == ["completed", "pending"]


async def test_the_intent_of_an_effect_is_on_disk_before_the_call(rig: Rig) -> None:
    found = []

    async def look(context: TaskContext) -> None:
        row = await rig.db.read(
            lambda c: c.execute(
                text("SELECT state, attempts, seen FROM marketplace_task WHERE id = :t"), {"t": context.task_id}
            ).one()
        )  # fmt: skip
        found.append((*row, context.seen_before))

    await rig.run(action(task("create", look, has_effect=True)))
    assert found == [("running", 1, 1, False)]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OutcomeUnknown("lost"), [(1, False), (2, True)]),
        (RateLimited("too many"), [(1, False), (2, False)]),
        (Unavailable("down"), [(1, False), (2, False)]),
    ],
)
async def test_a_lost_answer_makes_the_repeat_look_first(
    rig: Rig, error: MmhubError, expected: list[tuple[int, bool]]
) -> None:
    seen: list[tuple[int, bool]] = []
    batch_id = await rig.run(action(task("create", failing(error, seen=seen), has_effect=True, remote=True)))
    await rig.pass_time(60)
    assert seen == expected
    assert (await rig.batch(batch_id)).completed == 1


async def test_once_unclear_it_stays_unclear(rig: Rig) -> None:
    seen: list[tuple[int, bool]] = []
    errors = (OutcomeUnknown("lost"), Unavailable("down"))
    await rig.run(action(task("create", failing(*errors, seen=seen), has_effect=True)))
    await rig.pass_time(60)
    await rig.pass_time(60)
    assert seen == [(1, False), (2, True), (3, True)]


async def test_a_repeat_waits_in_the_store_and_shows_when_and_why(rig: Rig) -> None:
    batch_id = await rig.run(action(task("ask", failing(Unavailable("The shop is down.", retry_after_s=50)))))
    job = await rig.job(batch_id)
    assert job.state is JobState.PENDING
    assert job.attempts == 1
    assert job.problem is not None
    assert job.problem.message == "The shop is down."
    assert job.next_try_at is not None
    assert 50 <= job.next_try_at.timestamp() - rig.clock.now() <= 56
    assert not rig.engine._jobs
    await rig.pass_time(49)
    assert (await rig.job(batch_id)).state is JobState.PENDING
    await rig.pass_time(8)
    job = await rig.job(batch_id)
    assert (job.state, job.problem) == (JobState.COMPLETED, None)


async def test_the_engine_wakes_by_itself_for_the_earliest(rig: Rig) -> None:
    batch_id = await rig.run(action(task("ask", failing(NotLiveYet("not yet", retry_after_s=30)))))
    await rig.turn_until(
        lambda: any(isinstance(e, BatchesProgressed) for e in rig.events[-1:]) and not rig.engine._jobs
    )
    await rig.engine.wait_batch(batch_id)
    assert 30 <= rig.clock.monotonic() - 1000 <= 34


async def test_attempts_run_out_and_the_job_is_parked_with_its_problem(rig: Rig) -> None:
    seen: list[tuple[int, bool]] = []
    run = failing(*[Unavailable("down", hint="Wait.", original="503")] * 9, seen=seen)
    batch_id = await rig.run(action(task("one", fine), task("ask", run)))
    for _ in range(4):
        await rig.pass_time(100)
    assert len(seen) == 3
    batch, job = await rig.batch(batch_id), await rig.job(batch_id)
    assert (batch.state, batch.failed) == (JobState.FAILED, 1)
    assert job.problem is not None
    assert (job.problem.kind, job.problem.hint, job.problem.original) == ("Unavailable", "Wait.", "503")
    assert (job.state, job.tasks_done, job.attempts) == (JobState.FAILED, 1, 3)


async def test_a_permanent_error_stops_at_once_with_findings(rig: Rig) -> None:
    finding = Finding("title.long", "title", "The title is too long.", fix="Shorten it.")
    batch_id = await rig.run(action(task("check", failing(Rejected("No.", findings=(finding,)))), task("never", fine)))
    job = await rig.job(batch_id)
    assert job.state is JobState.FAILED
    assert job.problem is not None
    assert job.problem.findings == (finding,)
    assert await rig.states(batch_id) == ["failed", "pending"]


@pytest.mark.expects_log
async def test_a_bug_fails_the_job_and_is_logged(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    batch_id = await rig.run(action(task("broken", failing(ZeroDivisionError("x")))), products=2)
    jobs = await rig.jobs(batch_id)
    assert [job.state for job in jobs] == [JobState.FAILED, JobState.COMPLETED]
    assert jobs[0].problem is not None
    assert jobs[0].problem.kind == "bug"
    assert any(record.levelname == "ERROR" and record.exc_info for record in caplog.records)


@pytest.mark.expects_log
async def test_a_result_that_is_no_json_is_a_bug_of_its_task_only(rig: Rig) -> None:
    async def wrong(_: TaskContext) -> JsonResult:
        return {"a": object()}

    batch_id = await rig.run(action(task("wrong", wrong)))
    assert (await rig.job(batch_id)).state is JobState.FAILED


@pytest.mark.parametrize(
    ("has_effect", "kind", "looks"), [(True, "OutcomeUnknown", True), (False, "Unavailable", False)]
)
async def test_a_task_that_hangs_is_ended(rig: Rig, has_effect: bool, kind: str, looks: bool) -> None:
    gate, seen = Gate(), []

    async def hang_once(context: TaskContext) -> None:
        seen.append(context.seen_before)
        if context.attempt == 1:
            await gate(context)

    await rig.start(action(task("hang", hang_once, has_effect=has_effect, timeout_s=20)))
    batch_id = await rig.submit()
    await gate.wait_for(1)
    rig.clock.advance(19)
    await rig.quiet()
    assert gate.inside == 1
    rig.clock.advance(2)
    await rig.engine.wait_idle()
    job = await rig.job(batch_id)
    assert job.problem is not None
    assert job.problem.kind == kind
    await rig.pass_time(30)
    assert seen == [False, looks]
    assert (await rig.job(batch_id)).state is JobState.COMPLETED


async def test_on_done_is_told_once_of_each_end(rig: Rig) -> None:
    told: list[tuple[int, str]] = []

    async def tell(context: TaskContext, outcome: str) -> None:
        told.append((context.product_id, outcome))

    async def run(context: TaskContext) -> None:
        if context.product_id == 2:
            raise Rejected("No.")

    await rig.start(action(task("one", run), task("two", fine), on_done=tell))
    rig.engine.pause_account(SHOP, True)
    batch_id = await rig.submit(3)
    await rig.engine.wait_idle()
    await rig.engine.cancel_job((await rig.jobs(batch_id))[2].id)
    rig.engine.pause_account(SHOP, False)
    await rig.engine.wait_batch(batch_id)
    await rig.engine.wait_idle()
    assert sorted(told) == [(1, "completed"), (2, "failed"), (3, "cancelled")]


@pytest.mark.expects_log
async def test_a_failing_on_done_changes_nothing(rig: Rig) -> None:
    async def tell(_: TaskContext, __: str) -> None:
        raise KeyError("x")

    batch_id = await rig.run(action(task("one", fine), on_done=tell))
    assert (await rig.batch(batch_id)).state is JobState.COMPLETED


async def test_a_plan_is_one_batch_with_a_job_for_each_product_and_account(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_planning, "PLAN_CHUNK", 3)
    work = action(task("one", fine), task("two", fine))
    products = tuple(ProductId(n) for n in (5, 3, 9, 7, 1, 2, 8, 5))
    batch_id = await plan(rig.store, WorkRequest("work", products, (AccountId(1), AccountId(4))), work)
    jobs = await rig.jobs(batch_id)
    assert [(job.product_id, job.account_id) for job in jobs] == [
        (product, account) for product in (5, 3, 9, 7, 1, 2, 8) for account in (1, 4)
    ]
    batch = await rig.batch(batch_id)
    assert (batch.total, batch.title) == (14, "Work: 8")
    for job in (jobs[0], jobs[-1]):
        assert [found.kind for found in await rig.store.tasks(job.id)] == ["one", "two"]


async def test_local_work_has_no_account(rig: Rig) -> None:
    batch_id = await rig.run(action(task("one", fine), per_account=False), products=2)
    assert [job.account_id for job in await rig.jobs(batch_id)] == [None, None]
    assert (await rig.batch(batch_id)).completed == 2


@pytest.mark.parametrize("request_", [WorkRequest("work", (), (SHOP,)), WorkRequest("work", (ProductId(1),), ())])
async def test_nothing_to_do_is_said(rig: Rig, request_: WorkRequest) -> None:
    with pytest.raises(UserMistake):
        await plan(rig.store, request_, action(task("one", fine)))
    assert len(await rig.store.batch_ids()) == 0


async def test_an_unknown_step_fails_with_words(rig: Rig) -> None:
    await rig.start(action(task("one", fine)))
    rig.action = action(task("one", fine), task("gone", fine))
    batch_id = await rig.submit()
    await rig.engine.wait_idle()
    job = await rig.job(batch_id)
    assert job.state is JobState.FAILED
    assert job.problem is not None
    assert "gone" in job.problem.message


async def test_speed_and_time_left_come_from_the_last_minute(rig: Rig) -> None:
    gates = {n: Gate() for n in range(1, 11)}

    async def run(context: TaskContext) -> None:
        await gates[context.product_id](context)

    await rig.start(action(task("one", run, timeout_s=1e6)))
    batch_id = await rig.submit(10)
    assert rig.engine.speed(batch_id) == 0
    assert rig.engine.seconds_left(await rig.batch(batch_id)) is None
    for n in range(1, 5):
        await gates[n].wait_for(1)
        gates[n].open()
        await rig.quiet()
        rig.clock.advance(5)
    assert rig.engine.speed(batch_id) == pytest.approx(4 / 20)
    assert rig.engine.seconds_left(await rig.batch(batch_id)) == pytest.approx(30)
    rig.clock.advance(120)
    assert rig.engine.speed(batch_id) == 0
    for gate in gates.values():
        gate.open()
    await rig.engine.wait_batch(batch_id)


async def test_policy_of_the_task_counts(rig: Rig) -> None:
    seen: list[tuple[int, bool]] = []
    run = failing(*[Unavailable("x")] * 9, seen=seen)
    await rig.run(action(task("one", run, retry=RetryPolicy(attempts=1))))
    assert len(seen) == 1
