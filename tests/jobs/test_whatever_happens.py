"""Controls at the worst moments, and many of them at random: nothing twice, nothing lost, counts always true."""

import asyncio
import random
from collections import Counter

import pytest

from mmhub_desktop.domain.ids import BatchId
from mmhub_desktop.domain.job import JobState
from mmhub_desktop.errors import Offline, OutcomeUnknown, RateLimited, Rejected, Unavailable
from mmhub_desktop.jobs.action import JsonResult, RetryPolicy, TaskContext
from mmhub_desktop.jobs.lane import LaneSettings
from tests.jobs.conftest import SHOP, Rig, action, task


@pytest.mark.parametrize("hops", range(6))
@pytest.mark.parametrize("control", ["pause", "cancel"])
async def test_a_control_that_meets_the_job_on_its_way_back_to_the_store_is_kept(
    rig: Rig, control: str, hops: int
) -> None:
    controls: list[asyncio.Task[None]] = []

    async def ask(job_id: int) -> None:
        for _ in range(hops):
            await asyncio.sleep(0)
        await getattr(rig.engine, f"{control}_job")(job_id)

    async def run(context: TaskContext) -> None:
        if not controls:
            controls.append(asyncio.ensure_future(ask(context.job_id)))
            raise Unavailable("down", retry_after_s=0.0001)

    batch_id = await rig.run(action(task("one", run)))
    await controls[0]
    await rig.engine.wait_idle()
    assert (await rig.job(batch_id)).state.value == {"pause": "paused", "cancel": "cancelled"}[control]
    if control == "pause":
        await rig.engine.resume_job((await rig.job(batch_id)).id)
        await rig.pass_time(10)
        assert (await rig.batch(batch_id)).completed == 1


class FlakyShop:
    """Creates listings and fails in every way there is; a create that is repeated without a look shows as two."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.created: Counter[int] = Counter()
        self.failing = True
        self.inside: set[int] = set()

    async def prepare(self, context: TaskContext) -> JsonResult:
        assert context.product_id not in self.inside, "two jobs of one listing at once"
        self.inside.add(context.product_id)
        try:
            for _ in range(self.rng.randint(0, 3)):
                await asyncio.sleep(0)
            if self.failing and self.rng.random() < 0.1:
                raise self.rng.choice([Unavailable("x"), Rejected("x"), Offline("x"), RateLimited("x")])
            return {"sku": str(context.product_id)}
        finally:
            self.inside.discard(context.product_id)

    async def create(self, context: TaskContext) -> JsonResult:
        assert context.product_id not in self.inside, "two jobs of one listing at once"
        self.inside.add(context.product_id)
        try:
            key = context.job_id
            if context.seen_before and self.created[key]:
                return {"found": True}
            dice = self.rng.random() if self.failing else 1.0
            if dice < 0.1:
                raise self.rng.choice([Unavailable("x"), Rejected("x"), Offline("x")])
            self.created[key] += 1
            for _ in range(self.rng.randint(0, 3)):
                await asyncio.sleep(0)
            if dice < 0.3:
                raise OutcomeUnknown("the answer was lost")
            return {"found": False}
        finally:
            self.inside.discard(context.product_id)


async def check_counts(rig: Rig, batch_id: BatchId) -> None:
    """The batch's counts are those of its jobs."""
    batch = await rig.batch(batch_id)
    states = Counter(job.state for job in await rig.jobs(batch_id))
    assert states[JobState.COMPLETED] == batch.completed
    assert states[JobState.FAILED] == batch.failed
    assert states[JobState.CANCELLED] == batch.cancelled
    assert sum(states.values()) == batch.total
    assert batch.state.is_final == (batch.done == batch.total)


@pytest.mark.parametrize("seed", range(6))
async def test_random_controls_and_failures(rig: Rig, seed: int) -> None:
    rng = random.Random(seed)
    shop = FlakyShop(rng)
    rig.lanes = {SHOP: LaneSettings(4)}
    policy = RetryPolicy(attempts=6, first_s=1, longest_s=5)
    done: Counter[tuple[int, str]] = Counter()

    async def tell(context: TaskContext, outcome: str) -> None:
        done[context.job_id, outcome] += 1

    await rig.start(
        action(
            task("prepare", shop.prepare, remote=True, retry=policy),
            task("create", shop.create, remote=True, has_effect=True, retry=policy),
            task("save", shop.prepare, retry=policy),
            on_done=tell,
        )
    )
    batches = [await rig.submit(20), await rig.submit(20, first=11), await rig.submit(5, first=9)]
    for _ in range(60):
        batch_id = rng.choice(batches)
        job = rng.choice(await rig.jobs(batch_id))
        verb = rng.choice(["pause", "resume", "cancel", "retry", "resume"])
        if rng.random() < 0.15:
            await getattr(rig.engine, f"{verb}_batch")(batch_id)
        else:
            await getattr(rig.engine, f"{verb}_job")(job.id)
        for _ in range(rng.randint(0, 10)):
            await asyncio.sleep(0)
        if rng.random() < 0.5:
            rig.clock.advance(rng.random() * 10)
    shop.failing = False
    rig.engine.account_changed(SHOP)
    for batch_id in batches:
        await rig.engine.resume_batch(batch_id)
        await rig.engine.retry_batch(batch_id)
    for _ in range(10):
        await rig.pass_time(70)
    for batch_id in batches:
        await rig.engine.retry_batch(batch_id)
    await rig.pass_time(70)
    for batch_id in batches:
        await check_counts(rig, batch_id)
        jobs = await rig.jobs(batch_id)
        assert {job.state for job in jobs} <= {JobState.COMPLETED, JobState.CANCELLED}
        for job in jobs:
            assert shop.created[job.id] == (1 if job.state is JobState.COMPLETED else min(1, shop.created[job.id]))
            assert done[job.id, job.state.value] >= 1
    assert not rig.engine._jobs
