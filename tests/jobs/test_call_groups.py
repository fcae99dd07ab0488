"""A task whose calls are of several kinds: the rare ones count to a limit of their own."""

from mmhub_desktop.domain.marketplace import RateLimit
from mmhub_desktop.jobs.action import TaskContext
from mmhub_desktop.jobs.lane import LaneSettings
from mmhub_desktop.jobs.pace import before_call
from mmhub_desktop.marketplaces.call_groups import counted_as, present_group
from tests.jobs.conftest import SHOP, Rig, action, task


async def test_only_the_calls_of_the_group_wait_for_it(rig: Rig) -> None:
    plain: list[float] = []
    feeds: list[float] = []

    async def look_and_send(_: TaskContext) -> None:
        for _ in range(5):
            await before_call()
            plain.append(rig.clock.monotonic())
        with counted_as("feeds"):
            await before_call()
        feeds.append(rig.clock.monotonic())

    rig.lanes = {SHOP: LaneSettings(1, (RateLimit("all", 100.0, 100), RateLimit("feeds", 0.5, 1)))}
    await rig.start(action(task("one", look_and_send, remote=True)))
    batch_id = await rig.submit(3)
    await rig.turn_until(lambda: len(feeds) == 3)
    await rig.engine.wait_batch(batch_id)
    assert [round(moment - feeds[0]) for moment in feeds] == [0, 2, 4]
    assert len(plain) == 15


async def test_the_first_call_of_a_task_counts_to_its_group_too(rig: Rig) -> None:
    moments: list[float] = []

    async def send(_: TaskContext) -> None:
        with counted_as("feeds"):
            await before_call()
        moments.append(rig.clock.monotonic())

    rig.lanes = {SHOP: LaneSettings(1, (RateLimit("all", 100.0, 100), RateLimit("feeds", 1.0, 1)))}
    await rig.start(action(task("one", send, remote=True)))
    batch_id = await rig.submit(3)
    await rig.turn_until(lambda: len(moments) == 3)
    await rig.engine.wait_batch(batch_id)
    assert [round(moment - moments[0]) for moment in moments] == [0, 1, 2]


def test_the_group_ends_with_its_block() -> None:
    with counted_as("feeds"):
        assert present_group() == "feeds"
    assert present_group() == ""
