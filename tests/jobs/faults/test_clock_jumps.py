"""The machine's clock is set while jobs wait: nothing is stuck, nothing comes in a flood."""

from itertools import pairwise

import pytest

from mmhub_desktop.domain.job import JobState
from mmhub_desktop.domain.marketplace import RateLimit
from mmhub_desktop.errors import Unavailable
from mmhub_desktop.jobs.action import RetryPolicy, TaskContext
from mmhub_desktop.jobs.lane import LaneSettings
from tests.jobs.conftest import SHOP, Gate, Rig, action, task

HOUR, DAY = 3600.0, 24 * 3600.0


class Shop:
    """Out of order for so many calls, with a wait of ``wait_s`` told each time; notes when calls came."""

    def __init__(self, rig: Rig, refuses: int, wait_s: float = 600) -> None:
        self._rig, self._left, self._wait_s = rig, refuses, wait_s
        self.came: list[float] = []

    async def __call__(self, _: TaskContext) -> None:
        self.came.append(self._rig.clock.monotonic())
        if self._left:
            self._left -= 1
            raise Unavailable("busy", retry_after_s=self._wait_s)


@pytest.mark.parametrize("by_s", [-HOUR, -2 * DAY])
async def test_set_back_a_retry_comes_about_when_it_was_due(rig: Rig, by_s: float) -> None:
    shop = Shop(rig, refuses=1)
    batch_id = await rig.run(action(task("send", shop, remote=True, retry=RetryPolicy(3))))
    assert (await rig.job(batch_id)).state is JobState.PENDING
    rig.clock.set_wall(by_s)
    await rig.turn_until(lambda: len(shop.came) == 2)
    batch = await rig.engine.wait_batch(batch_id)
    assert batch is not None
    assert batch.completed == 1
    assert 540 <= shop.came[1] - shop.came[0] <= 800  # told 600 s; a minute may pass before it is noticed


async def test_set_back_planned_jobs_that_have_not_begun_go_on(rig: Rig) -> None:
    gate = Gate()
    rig.lanes = {SHOP: LaneSettings(1)}
    await rig.start(action(task("send", gate)))
    batch_id = await rig.submit(5)
    await gate.wait_for(1)
    rig.clock.set_wall(-DAY)
    gate.open()
    await rig.turn_until(lambda: gate.arrived == 5)
    batch = await rig.engine.wait_batch(batch_id)
    assert batch is not None
    assert batch.completed == 5
    assert rig.clock.monotonic() < 1000 + 200


async def test_set_back_while_the_program_was_off_nothing_waits_longer(rig: Rig) -> None:
    shop = Shop(rig, refuses=1)
    work = action(task("send", shop, remote=True, retry=RetryPolicy(3)))
    await rig.start(work)
    batch_id = await rig.submit()
    await rig.engine.wait_idle()
    await rig.stop()
    began = rig.clock.monotonic()
    rig.clock.set_wall(-DAY)
    await rig.start(work)
    await rig.turn_until(lambda: len(shop.came) == 2)
    assert (await rig.engine.wait_batch(batch_id)) is not None
    assert rig.clock.monotonic() - began <= 800


async def test_set_forward_what_waited_comes_no_faster_than_the_limit(rig: Rig) -> None:
    rig.lanes = {SHOP: LaneSettings(8, (RateLimit("calls", 2, 1),))}
    shop = Shop(rig, refuses=4, wait_s=HOUR)
    await rig.start(action(task("send", shop, remote=True, retry=RetryPolicy(3))))
    batch_id = await rig.submit(4)
    await rig.turn_until(lambda: len(shop.came) == 4)
    await rig.quiet()
    rig.clock.set_wall(3 * DAY)
    await rig.turn_until(lambda: len(shop.came) == 8)
    batch = await rig.engine.wait_batch(batch_id)
    assert batch is not None
    assert (batch.completed, batch.failed) == (4, 0)
    again = shop.came[4:]
    assert all(later - earlier >= 0.49 for earlier, later in pairwise(again))
    assert again[-1] - shop.came[3] < 120  # soon, since their time has come


async def test_many_settings_to_and_fro_end_as_if_there_had_been_none(rig: Rig) -> None:
    shop = Shop(rig, refuses=6, wait_s=60)
    batch_id = await rig.run(action(task("send", shop, remote=True, retry=RetryPolicy(9))))
    for by_s in (-HOUR, 2 * HOUR, -DAY, -HOUR, DAY):
        calls = len(shop.came)
        rig.clock.set_wall(by_s)
        await rig.turn_until(lambda calls=calls: len(shop.came) > calls)  # type: ignore[misc]
    await rig.turn_until(lambda: len(shop.came) == 7)
    batch = await rig.engine.wait_batch(batch_id)
    assert batch is not None
    assert (batch.state, batch.completed) == (JobState.COMPLETED, 1)
