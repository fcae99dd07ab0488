"""What goes first: urgent jobs, batches in turn, a newer update instead of an older one, and what is skipped."""

import pytest
from sqlalchemy import Connection

from mmhub_desktop.domain.ids import AccountId, BatchId, ProductId
from mmhub_desktop.domain.job import JobState, Priority, WorkRequest
from mmhub_desktop.errors import Rejected
from mmhub_desktop.jobs.action import Action, TaskContext
from mmhub_desktop.jobs.lane import LaneSettings
from mmhub_desktop.jobs.plan import plan_whole
from mmhub_desktop.store.job_claiming import TURNS
from tests.jobs.conftest import SHOP, Gate, Rig, action, task


class Order:
    """Notes in which order products were worked on; the first call may be held."""

    def __init__(self, gate: Gate | None = None, *refused: int) -> None:
        self.products: list[int] = []
        self.refused = set(refused)
        self._gate = gate

    async def __call__(self, context: TaskContext) -> None:
        self.products.append(context.product_id)
        if self._gate is not None:
            gate, self._gate = self._gate, None
            await gate(context)
        if context.product_id in self.refused:
            raise Rejected("No.")


async def submit(rig: Rig, work: Action, products: range, priority: int = 0, urgent: tuple[int, ...] = ()) -> BatchId:
    request = WorkRequest(work.name, tuple(map(ProductId, products)), (SHOP,), priority=priority)
    created = await plan_whole(
        rig.store, request, work, urgent=[ProductId(n) for n in urgent], now_s=rig.clock.now()
    )  # fmt: skip
    if rig.engine is not None:
        rig.engine.replaced(created)
    return created.batch_id


async def run_one_by_one(rig: Rig, work: Action) -> None:
    rig.lanes = {SHOP: LaneSettings(1)}
    await rig.start(work)
    await rig.engine.wait_idle()


async def test_urgent_batches_go_first_and_low_ones_last(rig: Rig) -> None:
    order = Order()
    work = action(task("one", order))
    for first, priority in ((1, Priority.LOW), (11, Priority.NORMAL), (21, Priority.URGENT), (31, 5)):
        await submit(rig, work, range(first, first + 2), priority)
    await run_one_by_one(rig, work)
    assert order.products == [21, 22, 31, 32, 11, 12, 1, 2]


async def test_a_single_urgent_product_overtakes_its_own_batch(rig: Rig) -> None:
    order = Order()
    work = action(task("one", order))
    batch_id = await submit(rig, work, range(1, 6), urgent=(4,))
    assert [job.priority for job in await rig.jobs(batch_id)] == [0, 0, 0, Priority.URGENT, 0]
    await run_one_by_one(rig, work)
    assert order.products == [4, 1, 2, 3, 5]


async def test_batches_of_the_same_priority_take_turns(rig: Rig) -> None:
    order = Order()
    work = action(task("one", order))
    await submit(rig, work, range(1, 201))
    await submit(rig, work, range(1001, 1004))
    await submit(rig, work, range(2001, 2003))
    await run_one_by_one(rig, work)
    assert order.products[:8] == [1, 1001, 2001, 2, 1002, 2002, 3, 1003]
    assert order.products[8:] == list(range(4, 201))


@pytest.mark.parametrize("slots", [1, 3, 16])
async def test_a_small_batch_is_not_stuck_behind_a_large_one(rig: Rig, slots: int) -> None:
    order = Order()
    work = action(task("one", order))
    rig.lanes = {SHOP: LaneSettings(slots)}
    await submit(rig, work, range(1, 2001))
    await submit(rig, work, range(5001, 5011))
    await rig.start(work)
    await rig.engine.wait_idle()
    assert len(order.products) == 2010
    last_small = max(order.products.index(n) for n in range(5001, 5011))
    assert last_small < 2 * 10 + 4 * slots


async def test_more_batches_than_take_turns_at_once_are_all_done(rig: Rig) -> None:
    order = Order()
    work = action(task("one", order))
    for number in range(TURNS + 20):
        await submit(rig, work, range(number + 1, number + 2))

    def hold_back(connection: Connection) -> None:
        connection.exec_driver_sql("UPDATE marketplace_job SET ready_at = ready_at + 60000 WHERE id <= ?", (TURNS,))

    await rig.db.write(hold_back)
    await run_one_by_one(rig, work)
    assert order.products == list(range(TURNS + 1, TURNS + 21))  # those that wait are not in the way
    await rig.pass_time(61)
    assert sorted(order.products) == list(range(1, TURNS + 21))


async def test_the_claim_walks_along_the_index(rig: Rig) -> None:
    await submit(rig, action(task("one", Order())), range(1, 3))
    from mmhub_desktop.store import job_claiming as claiming

    asked = {"account": 1, "priority": 0, "now": 0, "blocked": 1, "turns": 5, "after": 0, "batches": "[1]", "limit": 1}

    def plans(connection: Connection) -> list[str]:
        found = []
        for sql in (claiming._TOP_PRIORITY, claiming._TURNS, claiming._SHARES, claiming._LOWER_PRIORITY):
            found += [
                row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", {**asked, "skip": 0})
            ]  # fmt: skip
        return found

    steps = [step for step in await rig.db.read(plans) if "marketplace_job" in step or " j " in step]
    assert steps
    for step in steps:
        assert "ix_marketplace_job_ready" in step
        assert "SEARCH" in step
    assert not [step for step in await rig.db.read(plans) if "TEMP B-TREE" in step]


async def test_priority_is_changed_while_jobs_wait_also_of_those_in_memory(rig: Rig) -> None:
    gate = Gate()
    order = Order(gate)
    work = action(task("one", order))
    rig.lanes = {SHOP: LaneSettings(2)}
    blocker = await submit(rig, work, range(1, 2))
    await rig.start(work)
    await gate.wait_for(1)
    rig.lanes[SHOP] = LaneSettings(1)
    rig.engine.account_changed(SHOP)
    slow, fast = await submit(rig, work, range(11, 16)), await submit(rig, work, range(21, 24))
    await rig.quiet()
    await rig.engine.prioritize_batch(fast, Priority.URGENT)
    last = (await rig.jobs(slow))[-1]
    await rig.engine.prioritize_job(last.id, 20)
    assert (await rig.batch(fast)).priority == Priority.URGENT
    gate.open()
    await rig.engine.wait_idle()
    assert (await rig.batch(blocker)).state is JobState.COMPLETED
    after = order.products[order.products.index(15) :]
    assert after[1:4] == [21, 22, 23]
    assert order.products.index(15) <= 2  # at most one was in a worker's hands already


async def test_a_newer_update_replaces_one_that_has_not_begun(rig: Rig) -> None:
    gate = Gate()
    order = Order(gate)
    work = action(task("one", order), newest_counts=True)
    rig.lanes = {SHOP: LaneSettings(1)}
    await rig.start(work)
    older = await submit(rig, work, range(1, 4))
    await gate.wait_for(1)
    newer = await submit(rig, work, range(1, 4))
    jobs = await rig.jobs(older)
    replaced = [job for job in jobs if job.state is JobState.CANCELLED]
    # the first has begun, the second may be in memory: claimed, not begun
    assert [job.product_id for job in replaced] in ([2, 3], [3])
    assert {job.problem.message for job in replaced if job.problem} == {"Replaced by a newer one."}
    assert (await rig.batch(older)).cancelled == len(replaced)
    gate.open()
    await rig.engine.wait_idle()
    first, second = await rig.batch(older), await rig.batch(newer)
    assert (first.completed, first.cancelled, first.failed) == (3 - len(replaced), len(replaced), 0)
    assert first.state is JobState.CANCELLED
    assert (second.completed, second.state) == (3, JobState.COMPLETED)
    assert order.products.count(3) == 1


async def test_those_who_wait_for_a_replaced_batch_are_told(rig: Rig) -> None:
    work = action(task("one", Order()), newest_counts=True)
    rig.lanes = {SHOP: LaneSettings(paused=True)}
    await rig.start(work)
    older = await submit(rig, work, range(1, 3))
    newer = await submit(rig, work, range(1, 3), priority=Priority.LOW)
    ended = await rig.engine.wait_batch(older)
    assert ended is not None
    assert (ended.state, ended.cancelled) == (JobState.CANCELLED, 2)
    rig.engine.pause_account(SHOP, paused=False)
    assert (await rig.engine.wait_batch(newer)).completed == 2  # type: ignore[union-attr]
    assert {job.priority for job in await rig.jobs(newer)} == {0}  # as urgent as what it replaced


async def test_a_narrower_update_does_not_replace_a_wider_one(rig: Rig) -> None:
    work = action(task("one", Order()), newest_counts=True)
    wide = await submit(rig, work, range(1, 2))
    request = WorkRequest(work.name, (ProductId(1),), (SHOP,), options={"fields": ["price"]})
    assert (await plan_whole(rig.store, request, work)).jobs == []
    assert (await rig.job(wide)).state is JobState.PENDING
    again = await plan_whole(rig.store, WorkRequest(work.name, (ProductId(1),), (SHOP,)), work)
    assert len(again.jobs) == 2


async def test_another_job_of_the_listing_goes_on_when_the_one_before_it_is_replaced(rig: Rig) -> None:
    order = Order()
    update = action(task("one", order), newest_counts=True)
    other = Action("other", "Other", "Other", (task("one", order),))
    await plan_whole(rig.store, WorkRequest(update.name, (ProductId(1),), (SHOP,)), update, now_s=rig.clock.now())
    between = await plan_whole(
        rig.store, WorkRequest("other", (ProductId(1),), (SHOP,)), other, now_s=rig.clock.now()
    )  # fmt: skip
    await plan_whole(rig.store, WorkRequest(update.name, (ProductId(1),), (SHOP,)), update, now_s=rig.clock.now())
    waiting = {job.product_id: job for job in await rig.jobs(between.batch_id)}
    assert waiting[ProductId(1)].problem is None  # it holds the listing now
    rig.lanes = {SHOP: LaneSettings(1)}
    await rig.start(update)
    rig.engine._actions = {update.name: update, "other": other}
    await rig.engine.wait_idle()
    assert order.products == [1, 1]


async def test_failed_and_waiting_jobs_can_be_skipped(rig: Rig) -> None:
    order = Order(None, 2)
    work = action(task("one", order))
    batch_id = await rig.run(work, products=3)
    failed = (await rig.jobs(batch_id))[1]
    assert (await rig.batch(batch_id)).failed == 1
    assert await rig.engine.skip_job(failed.id) == 1
    batch, job = await rig.batch(batch_id), (await rig.jobs(batch_id))[1]
    assert (batch.completed, batch.failed, batch.cancelled, batch.state) == (2, 0, 1, JobState.CANCELLED)
    assert (job.state, job.problem and job.problem.message) == (JobState.CANCELLED, "Skipped.")
    assert await rig.engine.skip_job(job.id) == 0

    rig.engine.pause_account(AccountId(1), paused=True)
    waiting = await rig.submit(2, first=11)
    assert await rig.engine.skip_job((await rig.jobs(waiting))[0].id) == 1
    rig.engine.pause_account(AccountId(1), paused=False)
    ended = await rig.engine.wait_batch(waiting)
    assert ended is not None
    assert (ended.completed, ended.cancelled) == (1, 1)
    assert 11 not in order.products
