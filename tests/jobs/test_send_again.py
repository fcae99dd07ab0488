"""What a marketplace has lost by its own fault is sent again: the job goes back to the step that sent it."""

from collections.abc import Sequence

import pytest

from mmhub_desktop.domain.job import JobState
from mmhub_desktop.domain.marketplace import GatherBounds
from mmhub_desktop.errors import SendAgain
from mmhub_desktop.jobs.action import Action, JsonResult, Outcome, RetryPolicy, TaskContext
from mmhub_desktop.jobs.lane import LaneSettings
from tests.jobs.conftest import SHOP, Rig, action, task


class Shop:
    """Loses the first ``lose`` submissions of every product."""

    def __init__(self, lose: int) -> None:
        self.lose = lose
        self.sent: list[int] = []
        self.seen_before: list[bool] = []
        self.prepared = 0
        self.results: list[dict[str, JsonResult]] = []

    async def prepare(self, _: TaskContext) -> JsonResult:
        self.prepared += 1
        return {"form": 1}

    async def send(self, context: TaskContext) -> JsonResult:
        self.sent.append(context.product_id)
        self.seen_before.append(context.seen_before)
        self.results.append(dict(context.results))
        return {"submission": f"F{self.sent.count(context.product_id)}"}

    async def follow(self, context: TaskContext) -> JsonResult:
        (answer,) = await self.follow_many([context])
        if isinstance(answer, Exception):
            raise answer
        return answer or {}

    async def follow_many(self, contexts: Sequence[TaskContext]) -> Sequence[Outcome]:
        return [
            SendAgain("lost", retry_after_s=10)
            if int(str(context.results["send"]["submission"])[1:]) <= self.lose
            else {"state": "taken"}
            for context in contexts
        ]

    def action(self, *, gather: str = "") -> Action:
        return action(
            task("prepare", self.prepare),
            task("send", self.send, has_effect=True, remote=True),
            task(
                "follow", self.follow, remote=True, gather=gather, run_many=self.follow_many,
                retry=RetryPolicy(attempts=100),
            ),
            task("confirm", self.prepare),
        )  # fmt: skip


@pytest.mark.parametrize("gather", ["", "follow"])
async def test_the_step_that_sent_is_done_again(rig: Rig, gather: str) -> None:
    shop = Shop(lose=2)
    rig.lanes = {SHOP: LaneSettings(2, gathered={"follow": GatherBounds(10, 1)})}
    batch_id = await rig.run(shop.action(gather=gather), products=2)
    assert await rig.states(batch_id) == ["completed", "pending", "pending", "pending"]
    for _ in range(4):
        await rig.pass_time(20)
    assert (await rig.batch(batch_id)).completed == 2
    assert sorted(shop.sent) == [1, 1, 1, 2, 2, 2]
    assert not any(shop.seen_before), "what was lost for certain need not be looked for"
    assert all(set(results) == {"prepare"} for results in shop.results)
    assert await rig.states(batch_id) == ["completed"] * 4


async def test_after_a_restart_too(rig: Rig) -> None:
    shop = Shop(lose=1)
    batch_id = await rig.run(shop.action())
    await rig.stop()
    await rig.start(shop.action())
    await rig.pass_time(20)
    assert (await rig.batch(batch_id)).completed == 1
    assert shop.sent == [1, 1]
    assert shop.prepared == 2  # once before, and once to confirm


async def test_not_without_end_and_a_retry_begins_at_the_sending(rig: Rig) -> None:
    shop = Shop(lose=5)
    batch_id = await rig.run(shop.action())
    for _ in range(5):
        await rig.pass_time(20)
    assert shop.sent == [1] * 3, "as often as the step may be tried"
    job = await rig.job(batch_id)
    assert (job.state, job.problem.kind if job.problem else "") == (JobState.FAILED, "SendAgain")
    await rig.engine.retry_batch(batch_id)
    shop.lose = 3
    for _ in range(3):
        await rig.pass_time(20)
    assert (await rig.batch(batch_id)).completed == 1
    assert len(shop.sent) == 4
