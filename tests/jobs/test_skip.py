"""Leaving work out: what has not begun of a batch, and a step that its action can do without."""

from mmhub_desktop.domain.job import JobState
from mmhub_desktop.errors import Rejected, Unavailable
from mmhub_desktop.jobs.action import RetryPolicy, TaskContext
from mmhub_desktop.jobs.lane import LaneSettings
from tests.jobs.conftest import SHOP, Gate, Rig, action, task


async def fine(_: TaskContext) -> None:
    return None


async def refuse(_: TaskContext) -> None:
    raise Rejected("No.")


async def test_skipping_a_batch_leaves_what_has_begun(rig: Rig) -> None:
    gate = Gate()

    async def down_once(context: TaskContext) -> None:
        if context.product_id == 1 and context.attempt == 1:
            raise Unavailable("down", retry_after_s=500)
        await gate(context)

    rig.lanes = {SHOP: LaneSettings(2)}
    await rig.start(action(task("one", down_once), task("two", fine)))
    batch_id = await rig.submit(10)
    await gate.wait_for(2)  # one waits to be tried again, two are in the call, others are claimed
    assert await rig.engine.skip_batch(batch_id) == 7
    jobs = await rig.jobs(batch_id)
    assert [job.state.value for job in jobs] == ["pending", "running", "running", *["cancelled"] * 7]
    assert {job.problem.message for job in jobs[3:] if job.problem} == {"Skipped."}
    assert (await rig.batch(batch_id)).state is JobState.RUNNING
    gate.open()
    await rig.engine.wait_idle()
    await rig.pass_time(600)
    batch = await rig.batch(batch_id)
    assert (batch.completed, batch.cancelled, batch.state) == (3, 7, JobState.CANCELLED)
    assert await rig.engine.skip_batch(batch_id) == 0


async def test_a_failed_step_that_may_be_skipped_is_left_out_and_the_job_goes_on(rig: Rig) -> None:
    last: list[int] = []

    async def note(context: TaskContext) -> None:
        last.append(context.product_id)

    batch_id = await rig.run(
        action(task("one", fine), task("look", refuse, may_skip=True), task("last", note)), products=2
    )
    first, second = await rig.jobs(batch_id)
    assert [first.state, second.state] == [JobState.FAILED] * 2
    assert await rig.engine.skip_step(first.id)
    await rig.engine.wait_idle()
    batch = await rig.batch(batch_id)
    assert (batch.completed, batch.failed) == (1, 1)
    assert last == [1]
    steps = await rig.store.tasks(first.id)
    assert [step.state for step in steps] == [JobState.COMPLETED] * 3
    assert dict(steps[1].result) == {"skipped": True}
    assert not await rig.engine.skip_step(first.id)


async def test_a_waiting_last_step_is_skipped_and_the_job_is_done(rig: Rig) -> None:
    async def down(_: TaskContext) -> None:
        raise Unavailable("down", retry_after_s=5000)

    look = task("look", down, may_skip=True, retry=RetryPolicy(attempts=9))
    batch_id = await rig.run(action(task("one", fine), look))
    job = await rig.job(batch_id)
    assert job.state is JobState.PENDING
    assert await rig.engine.skip_step(job.id)
    batch = await rig.engine.wait_batch(batch_id)
    assert batch is not None
    assert batch.state is JobState.COMPLETED


async def test_a_step_that_is_needed_cannot_be_skipped(rig: Rig) -> None:
    batch_id = await rig.run(action(task("one", refuse), task("two", fine, may_skip=True)))
    job = await rig.job(batch_id)
    assert not await rig.engine.skip_step(job.id)
    assert (await rig.job(batch_id)).state is JobState.FAILED
    assert [step.state for step in await rig.store.tasks(job.id)] == [JobState.FAILED, JobState.PENDING]
