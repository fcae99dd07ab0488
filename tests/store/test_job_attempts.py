"""Attempts that did not end well are kept, and nothing for those that did."""

from mmhub_desktop.domain.job import JobState
from mmhub_desktop.errors import Rejected, Unavailable
from mmhub_desktop.jobs.action import RetryPolicy, TaskContext
from mmhub_desktop.store.job_attempts import KEPT
from tests.jobs.conftest import Rig, action, rig, task

__all__ = ["rig"]


async def fine(_: TaskContext) -> None:
    return None


async def test_failed_attempts_are_kept_with_their_times(rig: Rig) -> None:
    async def down_twice(context: TaskContext) -> None:
        if context.attempt < 3:
            raise Unavailable(f"down {context.attempt}", retry_after_s=10)

    batch_id = await rig.run(action(task("one", fine), task("two", down_twice)))
    began = rig.clock.now()
    await rig.pass_time(12)
    await rig.pass_time(12)
    job = await rig.job(batch_id)
    assert job.state is JobState.COMPLETED
    found = await rig.store.attempts_of(job.id)
    assert [(each.number, each.message, each.will_repeat) for each in found] == [
        (1, "down 1", True), (2, "down 2", True),
    ]  # fmt: skip
    assert [each.started_at.timestamp() - began for each in found] == [0, 12]
    steps = await rig.store.tasks(job.id)
    assert {each.task_id for each in found} == {steps[1].id}


async def test_the_newest_attempts_are_kept_and_go_with_their_job(rig: Rig) -> None:
    calls = 0

    async def down(_: TaskContext) -> None:
        nonlocal calls
        calls += 1
        raise Unavailable(f"down {calls}") if calls <= KEPT + 5 else Rejected("No.")

    batch_id = await rig.run(action(task("one", down, retry=RetryPolicy(attempts=999, first_s=1, longest_s=1))))
    for _ in range(1000):
        if calls > KEPT + 5:
            break
        await rig.pass_time(400)
    job = await rig.job(batch_id)
    found = await rig.store.attempts_of(job.id)
    assert len(found) == KEPT
    assert (found[-1].message, found[-1].will_repeat) == ("No.", False)
    assert found[0].message == "down 7"
    await rig.db.write(lambda c: c.exec_driver_sql("DELETE FROM batch_job"))
    assert await rig.db.read(lambda c: c.exec_driver_sql("SELECT count(*) FROM task_attempt").scalar_one()) == 0


async def test_ends_of_a_batch_are_counted_by_time(rig: Rig) -> None:
    async def refuse_two(context: TaskContext) -> None:
        if context.product_id == 2:
            raise Rejected("No.")

    batch_id = await rig.run(action(task("one", refuse_two)), products=3)
    batch = await rig.batch(batch_id)
    assert batch.started_at is not None
    assert batch.finished_at is not None
    counts = await rig.store.ends(batch_id, batch.started_at, batch.finished_at, 10)
    assert sum(counts.values()) == 3
    assert sum(count for (_, state), count in counts.items() if state is JobState.FAILED) == 1
    assert all(0 <= part < 10 for part, _ in counts)
