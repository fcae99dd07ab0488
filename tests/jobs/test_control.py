"""Pause, resume, cancel, retry, and jobs of the same listing."""

from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.job import JobState
from mmhub_desktop.errors import OutcomeUnknown, Rejected, Unavailable
from mmhub_desktop.jobs.action import RetryPolicy, TaskContext
from mmhub_desktop.jobs.lane import LaneSettings
from tests.jobs.conftest import SHOP, Gate, Rig, action, task


async def fine(_: TaskContext) -> None:
    return None


class Picky:
    """Refuses some products; counts calls by task and product."""

    def __init__(self, *refused: int) -> None:
        self.refused = set(refused)
        self.calls: list[tuple[str, int]] = []

    def task(self, name: str, *, refuses: bool = False):  # type: ignore[no-untyped-def]
        async def run(context: TaskContext) -> None:
            self.calls.append((name, context.product_id))
            if refuses and context.product_id in self.refused:
                raise Rejected("No.")

        return task(name, run)


async def test_a_paused_batch_finishes_its_tasks_and_stops(rig: Rig) -> None:
    gate, after = Gate(), Gate()
    rig.lanes = {SHOP: LaneSettings(2)}
    await rig.start(action(task("one", gate), task("two", after)))
    batch_id = await rig.submit(10)
    await gate.wait_for(2)
    await rig.engine.pause_batch(batch_id)
    assert (await rig.batch(batch_id)).state is JobState.PAUSED
    gate.open()
    after.open()
    await rig.engine.wait_idle()
    jobs = await rig.jobs(batch_id)
    assert {job.state for job in jobs} == {JobState.PAUSED}
    assert sorted(job.tasks_done for job in jobs)[-3:] == [0, 1, 1]
    assert (gate.arrived, after.arrived) == (2, 0)
    await rig.pass_time(1000)
    assert gate.arrived == 2

    await rig.engine.resume_batch(batch_id)
    batch = await rig.engine.wait_batch(batch_id)
    assert batch is not None
    assert (batch.state, batch.completed) == (JobState.COMPLETED, 10)
    assert (gate.arrived, after.arrived) == (10, 10)  # what was done before the pause is not done again


async def test_resuming_at_once_takes_the_pause_back(rig: Rig) -> None:
    gate = Gate()
    await rig.start(action(task("one", gate), task("two", fine)))
    batch_id = await rig.submit(3)
    await gate.wait_for(3)
    await rig.engine.pause_batch(batch_id)
    await rig.engine.resume_batch(batch_id)
    gate.open()
    batch = await rig.engine.wait_batch(batch_id)
    assert batch is not None
    assert batch.completed == 3


async def test_a_single_job_is_paused_and_resumed(rig: Rig) -> None:
    gate = Gate()
    rig.lanes = {SHOP: LaneSettings(1)}
    await rig.start(action(task("one", gate)))
    batch_id = await rig.submit(3)
    await gate.wait_for(1)
    last = (await rig.jobs(batch_id))[2]
    await rig.engine.pause_job(last.id)
    gate.open()
    await rig.engine.wait_idle()
    assert [job.state.value for job in await rig.jobs(batch_id)] == ["completed", "completed", "paused"]
    batch = await rig.batch(batch_id)
    assert (batch.state, batch.completed) == (JobState.RUNNING, 2)
    await rig.engine.resume_job(last.id)
    finished = await rig.engine.wait_batch(batch_id)
    assert finished is not None
    assert finished.completed == 3


async def test_cancel_waits_for_the_call_and_keeps_what_it_did(rig: Rig) -> None:
    gate = Gate()
    rig.lanes = {SHOP: LaneSettings(2)}
    await rig.start(action(task("one", gate), task("two", fine)))
    batch_id = await rig.submit(10)
    await gate.wait_for(2)
    await rig.engine.cancel_batch(batch_id)
    batch = await rig.batch(batch_id)
    assert (batch.state, batch.cancelled) == (JobState.RUNNING, 8)
    assert gate.inside == 2
    assert batch.stopping == 2
    assert [job.stopping for job in await rig.jobs(batch_id)].count(JobState.CANCELLED) == 2
    gate.open()
    finished = await rig.engine.wait_batch(batch_id)
    assert finished is not None
    assert finished.stopping == 0
    assert (finished.state, finished.cancelled, finished.completed) == (JobState.CANCELLED, 10, 0)
    assert finished.finished_at is not None
    jobs = await rig.jobs(batch_id)
    assert sorted(job.tasks_done for job in jobs)[-3:] == [0, 1, 1]
    assert await rig.states(batch_id) == ["completed", "cancelled"]


async def test_a_single_job_is_cancelled_while_it_waits_to_be_repeated(rig: Rig) -> None:
    async def down(_: TaskContext) -> None:
        raise Unavailable("down", retry_after_s=500)

    batch_id = await rig.run(action(task("one", down)), products=2)
    await rig.engine.cancel_job((await rig.jobs(batch_id))[0].id)
    batch = await rig.batch(batch_id)
    assert (batch.state, batch.cancelled) == (JobState.RUNNING, 1)
    await rig.engine.cancel_job((await rig.jobs(batch_id))[1].id)
    assert (await rig.batch(batch_id)).state is JobState.CANCELLED


async def test_a_call_that_fails_after_the_cancel_ends_cancelled_and_is_looked_at_on_retry(rig: Rig) -> None:
    gate, seen = Gate(), []

    async def lose(context: TaskContext) -> None:
        seen.append(context.seen_before)
        if len(seen) == 1:
            await gate(context)
            raise OutcomeUnknown("lost")

    await rig.start(action(task("create", lose, has_effect=True)))
    batch_id = await rig.submit()
    await gate.wait_for(1)
    job_id = (await rig.job(batch_id)).id
    await rig.engine.cancel_job(job_id)
    gate.open()
    await rig.engine.wait_batch(batch_id)
    assert (await rig.job(batch_id)).state is JobState.CANCELLED
    assert await rig.engine.retry_job(job_id) == 1
    batch = await rig.engine.wait_batch(batch_id)
    assert batch is not None
    assert (batch.completed, batch.cancelled) == (1, 0)
    assert seen == [False, True]


async def test_retry_runs_failed_tasks_only(rig: Rig) -> None:
    shop = Picky(2, 3)
    batch_id = await rig.run(action(shop.task("map"), shop.task("create", refuses=True), shop.task("save")), products=4)
    batch = await rig.batch(batch_id)
    assert (batch.state, batch.completed, batch.failed) == (JobState.FAILED, 2, 2)
    shop.refused = {3}
    shop.calls.clear()
    assert await rig.engine.retry_batch(batch_id) == 2
    reopened = await rig.engine.wait_batch(batch_id)
    assert reopened is not None
    assert (reopened.state, reopened.completed, reopened.failed) == (JobState.FAILED, 3, 1)
    assert sorted(shop.calls) == [("create", 2), ("create", 3), ("save", 2)]

    shop.refused = set()
    failed = [job for job in await rig.jobs(batch_id) if job.state is JobState.FAILED]
    assert await rig.engine.retry_job(failed[0].id) == 1
    done = await rig.engine.wait_batch(batch_id)
    assert done is not None
    assert (done.state, done.completed, done.failed) == (JobState.COMPLETED, 4, 0)


async def test_retry_gives_all_attempts_again(rig: Rig) -> None:
    calls = 0

    async def down(_: TaskContext) -> None:
        nonlocal calls
        calls += 1
        raise Unavailable("down")

    batch_id = await rig.run(action(task("one", down, retry=RetryPolicy(attempts=2, first_s=1))))
    await rig.pass_time(10)
    assert calls == 2
    await rig.engine.retry_batch(batch_id)
    await rig.engine.wait_idle()
    assert (await rig.batch(batch_id)).state is JobState.RUNNING
    await rig.pass_time(10)
    assert calls == 4
    assert (await rig.batch(batch_id)).failed == 1


async def test_retry_of_what_did_not_fail_does_nothing(rig: Rig) -> None:
    batch_id = await rig.run(action(task("one", fine)))
    assert await rig.engine.retry_batch(batch_id) == 0
    assert await rig.engine.retry_job((await rig.job(batch_id)).id) == 0
    assert (await rig.batch(batch_id)).state is JobState.COMPLETED


async def test_jobs_of_one_listing_never_overlap(rig: Rig) -> None:
    gate, inside, most = Gate(), set(), []

    async def run(context: TaskContext) -> None:
        key = (context.product_id, context.account_id)
        assert key not in inside
        inside.add(key)
        most.append(len(inside))
        await gate(context)
        inside.discard(key)

    rig.lanes = {SHOP: LaneSettings(8), AccountId(2): LaneSettings(8)}
    await rig.start(action(task("one", run)))
    first = await rig.submit(3, accounts=(SHOP, AccountId(2)))
    second = await rig.submit(3)
    await gate.wait_for(6)
    await rig.quiet()
    assert max(most) == 6
    blocked = await rig.jobs(second)
    assert {job.state for job in blocked} == {JobState.PENDING}
    assert blocked[0].problem is not None
    assert "same listing" in blocked[0].problem.message
    gate.open()
    for batch_id in (first, second):
        batch = await rig.engine.wait_batch(batch_id)
        assert batch is not None
        assert batch.completed == batch.total
    assert gate.arrived == 9


async def test_a_listing_stays_taken_while_its_job_is_paused_and_is_free_when_that_is_cancelled(rig: Rig) -> None:
    ran: list[int] = []

    async def run(context: TaskContext) -> None:
        ran.append(context.batch_id)

    await rig.start(action(task("one", run)))
    rig.engine.pause_account(SHOP, True)
    first = await rig.submit(2)
    second = await rig.submit(2)
    third = await rig.submit(2)
    await rig.engine.pause_batch(first)
    rig.engine.pause_account(SHOP, False)
    await rig.engine.wait_idle()
    assert ran == []
    await rig.engine.cancel_batch(first)
    for batch_id in (second, third):
        batch = await rig.engine.wait_batch(batch_id)
        assert batch is not None
        assert batch.completed == 2
    assert ran == [second, second, third, third]


async def test_a_failed_job_that_is_retried_waits_for_the_one_that_came_after_it(rig: Rig) -> None:
    gate, shop = Gate(), Picky(1)

    async def run(context: TaskContext) -> None:
        if context.product_id in shop.refused:
            raise Rejected("No.")
        await gate(context)

    await rig.start(action(task("one", run)))
    first = await rig.submit()
    await rig.engine.wait_batch(first)
    shop.refused = set()
    second = await rig.submit()
    await gate.wait_for(1)
    await rig.engine.retry_batch(first)
    await rig.quiet()
    assert gate.inside == 1
    gate.open()
    for batch_id in (first, second):
        batch = await rig.engine.wait_batch(batch_id)
        assert batch is not None
        assert batch.completed == 1
    assert gate.most_inside == 1


async def test_two_paused_jobs_of_one_listing_are_resumed_one_after_the_other(rig: Rig) -> None:
    gate = Gate()
    await rig.start(action(task("one", gate)))
    rig.engine.pause_account(SHOP, True)
    first, second = await rig.submit(), await rig.submit()
    for batch_id in (second, first):
        await rig.engine.pause_batch(batch_id)
    rig.engine.pause_account(SHOP, False)
    await rig.engine.resume_batch(second)
    await rig.engine.wait_idle()
    assert gate.arrived == 0  # the first one holds the listing, paused or not
    await rig.engine.resume_batch(first)
    await gate.wait_for(1)
    await rig.quiet()
    assert gate.inside == 1
    gate.open()
    await rig.engine.wait_batch(second)
    assert gate.most_inside == 1


async def test_all_jobs_of_an_account_are_cancelled(rig: Rig) -> None:
    gate = Gate()
    rig.lanes = {SHOP: LaneSettings(1), AccountId(2): LaneSettings(4)}
    await rig.start(action(task("one", gate)))
    batch_id = await rig.submit(5, accounts=(SHOP, AccountId(2)))
    await gate.wait_for(5)
    await rig.engine.cancel_account(SHOP)
    gate.open()
    batch = await rig.engine.wait_batch(batch_id)
    assert batch is not None
    assert (batch.completed, batch.cancelled) == (5, 5) or (batch.completed, batch.cancelled) == (6, 4)
    mine = [job.state for job in await rig.jobs(batch_id) if job.account_id == SHOP]
    assert mine.count(JobState.CANCELLED) >= 4


async def test_waiting_for_a_batch_that_is_not_there(rig: Rig) -> None:
    await rig.start(action(task("one", fine)))
    assert await rig.engine.wait_batch(77) is None  # type: ignore[arg-type]
