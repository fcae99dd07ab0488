"""The limit counts calls, not tasks: a task that makes several waits for each."""

import asyncio

from mmhub_desktop.domain.marketplace import RateLimit
from mmhub_desktop.errors import RateLimited
from mmhub_desktop.jobs.action import TaskContext
from mmhub_desktop.jobs.call_recorder import _attempt
from mmhub_desktop.jobs.lane import LaneSettings
from mmhub_desktop.jobs.pace import before_call
from mmhub_desktop.jobs.rate_limit import Limiter
from tests.jobs.conftest import SHOP, Rig, action, task


async def test_every_call_of_a_task_counts_and_no_second_has_too_many(rig: Rig) -> None:
    moments: list[float] = []

    async def call_thrice(_: TaskContext) -> None:
        for _ in range(3):
            await before_call()
            moments.append(rig.clock.now())

    rig.lanes = {SHOP: LaneSettings(8, (RateLimit("all", 10.0, 1),))}
    await rig.start(action(task("one", call_thrice, remote=True), task("two", call_thrice, remote=True)))
    batch_id = await rig.submit(10)
    await rig.turn_until(lambda: len(moments) == 60)
    await rig.engine.wait_batch(batch_id)
    assert max(sum(begin <= other < begin + 0.99 for other in moments) for begin in moments) <= 10
    assert abs(moments[-1] - moments[0] - 5.9) < 0.1  # as fast as the limit allows: 59 gaps of 0.1 s


def test_calls_that_were_held_up_do_not_leave_together_with_the_next_ones() -> None:
    limiter = Limiter((RateLimit("all", 10.0, 1),), 0.0)
    left = [moment for moment in (0.0, *[0.9] * 10) if limiter.depart(moment) == 0.0]
    assert left == [0.0, *[0.9] * 10]
    assert round(limiter.depart(0.91), 3) == 0.09  # eleven in this second: the twelfth waits for its end
    assert limiter.depart(1.0) == 0.0


async def test_local_work_and_calls_outside_of_jobs_are_not_counted(rig: Rig) -> None:
    async def local(_: TaskContext) -> None:
        for _ in range(5):
            await before_call()

    rig.lanes = {SHOP: LaneSettings(1, (RateLimit("all", 0.001, 1),))}
    await before_call()
    batch_id = await rig.run(action(task("one", local)))
    assert (await rig.batch(batch_id)).completed == 1


async def test_a_long_wait_in_the_middle_of_a_task_goes_back_to_the_store(rig: Rig) -> None:
    tries: list[int] = []

    async def call_twice(context: TaskContext) -> None:
        tries.append(context.attempt)
        await before_call()
        if context.attempt == 1:
            rig.engine._lane(SHOP).limiter.penalize("", rig.clock.monotonic(), 120.0)
        await before_call()

    rig.lanes = {SHOP: LaneSettings(1, (RateLimit("all", 10.0, 5),))}
    batch_id = await rig.run(action(task("one", call_twice, remote=True)))
    job = await rig.job(batch_id)
    assert job.problem is not None
    assert (job.problem.kind, tries) == (RateLimited.__name__, [1])
    await rig.pass_time(150)
    assert (await rig.batch(batch_id)).completed == 1
    assert tries == [1, 2]


async def test_calls_side_by_side_in_one_task_share_its_place(rig: Rig) -> None:
    moments: list[float] = []

    async def call() -> None:
        await before_call()
        moments.append(rig.clock.monotonic())

    async def both(_: TaskContext) -> None:
        await asyncio.gather(call(), call(), call())

    rig.lanes = {SHOP: LaneSettings(1, (RateLimit("all", 1.0, 1),))}
    await rig.start(action(task("one", both, remote=True)))
    batch_id = await rig.submit()
    await rig.turn_until(lambda: len(moments) == 3)
    await rig.engine.wait_batch(batch_id)
    assert [round(moment - moments[0]) for moment in moments] == [0, 1, 2]


async def test_the_time_waited_is_known_to_the_call_that_follows(rig: Rig) -> None:
    waited: list[float] = []

    async def call_twice(_: TaskContext) -> None:
        await before_call()
        await before_call()
        marked = _attempt.get()
        waited.append(marked[0].throttled_s if marked else -1.0)

    rig.lanes = {SHOP: LaneSettings(1, (RateLimit("all", 10.0, 1),))}
    await rig.start(action(task("one", call_twice, remote=True)))
    batch_id = await rig.submit(1)
    await rig.turn_until(lambda: len(waited) == 1)
    await rig.engine.wait_batch(batch_id)
    assert abs(waited[0] - 0.1) < 0.01


async def test_a_task_that_needs_no_call_leaves_its_place_to_others(rig: Rig) -> None:
    moments: list[float] = []

    async def call(_: TaskContext) -> None:
        await before_call()
        moments.append(rig.clock.now())

    async def known(_: TaskContext) -> None:
        """Everything it would ask is remembered."""

    rig.lanes = {SHOP: LaneSettings(4, (RateLimit("all", 10.0, 1),))}
    await rig.start(action(task("known", known, remote=True), task("ask", call, remote=True)))
    batch_id = await rig.submit(40)
    await rig.turn_until(lambda: len(moments) == 40)
    await rig.engine.wait_batch(batch_id)
    assert moments[-1] - moments[0] < 4.5  # 39 gaps of 0.1 s for 40 calls, though there are 80 tasks
    assert max(sum(begin <= other < begin + 0.99 for other in moments) for begin in moments) <= 11
