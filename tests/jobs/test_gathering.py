"""Tasks that go together: when a group leaves, what becomes of each, and that it is one call for the account."""

import asyncio
import gc
import tracemalloc
from collections.abc import Sequence

import pytest

from mmhub_desktop.domain.ids import AccountId, JobId
from mmhub_desktop.domain.job import JobState, Priority
from mmhub_desktop.domain.marketplace import GatherBounds, RateLimit
from mmhub_desktop.errors import MmhubError, NotLiveYet, Offline, OutcomeUnknown, RateLimited, Rejected, Unavailable
from mmhub_desktop.jobs.action import Action, JsonResult, Outcome, RetryPolicy, TaskContext
from mmhub_desktop.jobs.breaker import BreakerState
from mmhub_desktop.jobs.lane import GATHER_CLAIM, LaneSettings
from tests.jobs.conftest import SHOP, Gate, Rig, action, task

Call = tuple[float, list[int]]  # seconds since the start, products


class BulkShop:
    """A marketplace that takes many at once, remembers what it did, and fails on request."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.calls: list[Call] = []
        self.singles: list[int] = []
        self.done: list[int] = []
        self.looks: list[int] = []
        self.refused: set[int] = set()
        self.error: Exception | None = None
        self.lost = False
        self.gate: Gate | None = None

    async def one(self, context: TaskContext) -> JsonResult:
        self.singles.append(context.product_id)
        return {"one": context.product_id}

    async def many(self, contexts: Sequence[TaskContext]) -> Sequence[Outcome]:
        products = [int(context.product_id) for context in contexts]
        assert len({context.seen_before for context in contexts}) == 1
        if contexts[0].seen_before:
            self.looks += products
        new = [n for n in products if not (contexts[0].seen_before and n in self.done)]
        if new:
            self.calls.append((self.rig.clock.monotonic() - 1000, new))
        if self.error is not None:
            raise self.error
        self.done += [n for n in new if n not in self.refused]
        if self.gate is not None and new:
            await self.gate(contexts[0])
        if self.lost:
            self.lost = False
            raise OutcomeUnknown("No answer came.")
        return [Rejected(f"not {n}") if n in self.refused else {"many": n} for n in products]

    @property
    def sizes(self) -> list[int]:
        return [len(products) for _, products in self.calls]


def bounded(most: int, wait_s: float = 10.0, *, slots: int = 4, **more: object) -> dict[AccountId | None, LaneSettings]:
    return {SHOP: LaneSettings(slots, gathered={"send": GatherBounds(most, wait_s, **more)})}  # type: ignore[arg-type]


def sending(shop: BulkShop, **options: object) -> Action:
    kind = task(
        "send", shop.one, gather="send", run_many=shop.many, remote=True, has_effect=True, **options,
    )  # fmt: skip
    return action(kind)


async def test_what_waits_goes_in_calls_of_at_most_so_many(rig: Rig) -> None:
    shop = BulkShop(rig)
    rig.lanes = bounded(20)
    batch_id = await rig.run(sending(shop), products=50)
    assert sorted(shop.sizes) == [10, 20, 20]
    assert shop.singles == []
    assert sorted(shop.done) == list(range(1, 51))
    assert (await rig.batch(batch_id)).completed == 50


async def test_without_bounds_of_the_account_each_runs_alone(rig: Rig) -> None:
    shop = BulkShop(rig)
    batch_id = await rig.run(sending(shop), products=5)
    assert shop.calls == []
    assert sorted(shop.singles) == [1, 2, 3, 4, 5]
    assert (await rig.batch(batch_id)).completed == 5


async def test_it_waits_for_others_while_they_are_under_way_but_not_longer_than_the_bound(rig: Rig) -> None:
    shop, slow = BulkShop(rig), Gate()

    async def prepare(context: TaskContext) -> None:
        if context.product_id == 3:
            await slow(context)

    work = action(task("prepare", prepare), *sending(shop).tasks)
    rig.lanes = bounded(20, wait_s=10)
    await rig.start(work)
    batch_id = await rig.submit(3)
    await rig.quiet()
    assert shop.calls == []
    await rig.turn_until(lambda: len(shop.calls) > 0)
    assert shop.calls[0][0] == pytest.approx(10)
    assert sorted(shop.calls[0][1]) == [1, 2]
    slow.open()
    await rig.engine.wait_batch(batch_id)
    assert shop.calls[1:] == [(pytest.approx(10), [3])]  # nothing else is under way: it need not wait


@pytest.mark.parametrize(("told_s", "sizes"), [(1.0, [3]), (30.0, [2, 1])], ids=["soon", "much later"])
async def test_one_that_was_told_to_wait_is_waited_for_when_it_comes_back_soon(
    rig: Rig, told_s: float, sizes: list[int]
) -> None:
    shop = BulkShop(rig)

    async def prepare(context: TaskContext) -> None:
        if context.product_id == 2 and context.attempt == 1:
            raise RateLimited("Too many calls.", retry_after_s=told_s)

    work = action(task("prepare", prepare, remote=True), *sending(shop).tasks)
    rig.lanes = bounded(20, wait_s=10)
    await rig.start(work)
    await rig.submit(3)
    await rig.turn_until(lambda: len(shop.done) == 3)
    assert shop.sizes == sizes


async def test_scarce_calls_are_waited_for_even_when_nothing_else_is_under_way(rig: Rig) -> None:
    shop = BulkShop(rig)
    rig.lanes = bounded(20, wait_s=30, scarce=True)
    await rig.start(sending(shop))
    first = await rig.submit(2)
    await rig.quiet()
    rig.clock.advance(20)
    second = await rig.submit(2, first=3)
    await rig.quiet()
    assert shop.calls == []
    rig.clock.advance(10)
    await rig.engine.wait_batch(first)
    await rig.engine.wait_batch(second)
    assert [(at, sorted(products)) for at, products in shop.calls] == [(pytest.approx(30), [1, 2, 3, 4])]


async def test_urgent_ones_do_not_wait(rig: Rig) -> None:
    shop = BulkShop(rig)
    rig.lanes = bounded(20, wait_s=30, scarce=True)
    await rig.start(sending(shop))
    calm = await rig.submit(2)
    await rig.quiet()
    assert shop.calls == []
    await rig.engine.prioritize_batch(calm, Priority.URGENT)
    await rig.engine.wait_batch(calm)
    assert [at for at, _ in shop.calls] == [pytest.approx(0)]


async def test_no_more_bytes_than_the_bound(rig: Rig) -> None:
    shop = BulkShop(rig)
    rig.lanes = bounded(20, most_bytes=100)
    await rig.run(sending(shop, weigh=lambda context: 10 * int(context.product_id)), products=8)
    assert all(sum(products) <= 10 for _, products in shop.calls)
    assert sorted(shop.done) == list(range(1, 9))
    assert len(shop.calls) < 8


async def test_only_those_of_the_same_key_go_together(rig: Rig) -> None:
    shop = BulkShop(rig)
    rig.lanes = bounded(20)
    await rig.run(sending(shop, gather_key=lambda context: str(context.product_id % 2)), products=10)
    assert sorted(sorted(products) for _, products in shop.calls) == [[1, 3, 5, 7, 9], [2, 4, 6, 8, 10]]


async def test_each_has_its_own_outcome(rig: Rig) -> None:
    shop = BulkShop(rig)
    shop.refused = {2, 4}
    rig.lanes = bounded(20)
    batch_id = await rig.run(sending(shop), products=5)
    batch = await rig.batch(batch_id)
    assert (batch.completed, batch.failed) == (3, 2)
    jobs = {job.product_id: job for job in await rig.jobs(batch_id)}
    assert jobs[2].problem is not None
    assert jobs[2].problem.message == "not 2"
    assert (await rig.store.tasks(JobId(jobs[3].id)))[0].result == {"many": 3}
    assert rig.engine.lane_state(SHOP).breaker is BreakerState.CLOSED


async def test_the_next_task_goes_on_and_sees_what_the_gathered_one_left(rig: Rig) -> None:
    shop = BulkShop(rig)
    seen: list[object] = []

    async def save(context: TaskContext) -> None:
        seen.append(context.results["send"]["many"])

    rig.lanes = bounded(20)
    batch_id = await rig.run(action(*sending(shop).tasks, task("save", save)), products=5)
    assert sorted(seen) == [1, 2, 3, 4, 5]  # type: ignore[type-var]
    assert (await rig.batch(batch_id)).completed == 5


async def test_a_lost_answer_makes_each_look_before_it_repeats(rig: Rig) -> None:
    shop = BulkShop(rig)
    shop.lost = True
    shop.refused = {3}
    rig.lanes = bounded(20)
    await rig.start(sending(shop))
    batch_id = await rig.submit(4)
    await rig.turn_until(lambda: len(shop.looks) == 4)
    await rig.engine.wait_batch(batch_id)
    assert sorted(shop.done) == [1, 2, 4]
    assert sorted(shop.looks) == [1, 2, 3, 4]
    assert [products for _, products in shop.calls[1:]] == [[3]]  # what was not there, once more
    batch = await rig.batch(batch_id)
    assert (batch.completed, batch.failed) == (3, 1)


async def test_a_call_that_hangs_is_ended_and_looked_for(rig: Rig) -> None:
    shop = BulkShop(rig)
    shop.gate = Gate()
    rig.lanes = bounded(20)
    await rig.start(sending(shop, timeout_s=30))
    batch_id = await rig.submit(4)
    await rig.turn_until(lambda: len(shop.looks) == 4)
    await rig.engine.wait_batch(batch_id)
    assert sorted(shop.done) == [1, 2, 3, 4]
    assert len(shop.calls) == 1


@pytest.mark.expects_log
async def test_a_wrong_number_of_answers_is_a_bug_and_not_tried_again(rig: Rig) -> None:
    shop = BulkShop(rig)

    async def many(contexts: Sequence[TaskContext]) -> Sequence[Outcome]:
        return [None]

    rig.lanes = bounded(20)
    batch_id = await rig.run(action(task("send", shop.one, gather="send", run_many=many)), products=3)
    jobs = await rig.jobs(batch_id)
    assert [job.state for job in jobs] == [JobState.FAILED] * 3
    assert {job.problem.kind for job in jobs if job.problem} == {"bug"}


async def test_those_that_are_tried_again_go_together_again(rig: Rig) -> None:
    shop = BulkShop(rig)
    shop.error = Unavailable("busy")
    rig.lanes = bounded(20)
    await rig.start(sending(shop))
    batch_id = await rig.submit(15)
    await rig.quiet()
    assert shop.sizes == [15]
    shop.error = None
    await rig.turn_until(lambda: len(shop.calls) == 2)
    await rig.engine.wait_batch(batch_id)
    assert shop.sizes == [15, 15]


async def test_a_call_takes_one_place_of_the_limiter(rig: Rig) -> None:
    shop = BulkShop(rig)
    rig.lanes = {SHOP: LaneSettings(4, (RateLimit("all", 0.5, 1),), gathered={"send": GatherBounds(10, 5)})}
    await rig.start(sending(shop))
    batch_id = await rig.submit(30)
    await rig.turn_until(lambda: len(shop.calls) == 3)
    await rig.engine.wait_batch(batch_id)
    assert [at for at, _ in shop.calls] == pytest.approx([0, 2, 4], abs=0.01)
    assert shop.sizes == [10, 10, 10]


async def test_when_the_calls_are_used_up_the_jobs_wait_in_the_store(rig: Rig) -> None:
    shop = BulkShop(rig)
    limits = (RateLimit("all", 100.0, 100), RateLimit("feeds", 1 / 600, 2))
    rig.lanes = {SHOP: LaneSettings(4, limits, gathered={"send": GatherBounds(10, 5)})}
    await rig.start(sending(shop, limit_group="feeds"))
    batch_id = await rig.submit(50)
    await rig.engine.wait_idle()
    assert shop.sizes == [10, 10]
    assert rig.engine._jobs == {}
    other = await rig.submit(10, first=1_000)  # and nothing else is held up meanwhile
    await rig.engine.wait_idle()
    assert shop.sizes == [10, 10]
    await rig.turn_until(lambda: len(shop.done) == 60)
    await rig.engine.wait_batch(batch_id)
    await rig.engine.wait_batch(other)
    assert all(later - earlier >= 599 for (earlier, _), (later, _) in zip(shop.calls[1:], shop.calls[2:], strict=False))


@pytest.mark.parametrize("error", [RateLimited("slow down", retry_after_s=60), Offline("no network")])
async def test_trouble_of_a_call_closes_the_lane_as_that_of_a_single_one(rig: Rig, error: MmhubError) -> None:
    shop = BulkShop(rig)
    shop.error = error
    rig.lanes = bounded(10, slots=1)
    rig.lanes[SHOP] = LaneSettings(1, (RateLimit("all", 100.0, 100),), gathered={"send": GatherBounds(10, 5)})
    await rig.start(sending(shop))
    batch_id = await rig.submit(40)
    await rig.engine.wait_idle()
    assert shop.sizes == [10]
    assert (await rig.store.counts()).get(JobState.RUNNING, 0) == 0
    shop.error = None
    await rig.turn_until(lambda: len(shop.done) == 40)
    await rig.engine.wait_batch(batch_id)
    assert sorted(shop.done) == list(range(1, 41))


async def test_failures_of_calls_open_the_breaker_once_for_each_call(rig: Rig) -> None:
    shop = BulkShop(rig)
    shop.error = Unavailable("down")
    rig.lanes = bounded(10)
    await rig.start(sending(shop, retry=RetryPolicy(attempts=50, first_s=1, longest_s=1)))
    await rig.submit(30)
    await rig.engine.wait_idle()
    assert len(shop.calls) == 3
    assert rig.engine.lane_state(SHOP).breaker is BreakerState.CLOSED


async def test_members_that_wait_can_be_paused_and_cancelled_at_once(rig: Rig) -> None:
    shop = BulkShop(rig)
    rig.lanes = bounded(20, wait_s=100, scarce=True)
    await rig.start(sending(shop))
    batch_id = await rig.submit(5)
    await rig.quiet()
    jobs = await rig.jobs(batch_id)
    await rig.engine.cancel_job(jobs[0].id)
    await rig.engine.pause_job(jobs[1].id)
    states = [job.state for job in await rig.jobs(batch_id)]
    assert states == [JobState.CANCELLED, JobState.PAUSED] + [JobState.RUNNING] * 3
    await rig.pass_time(100)
    assert [sorted(products) for _, products in shop.calls] == [[3, 4, 5]]
    await rig.engine.resume_job(jobs[1].id)
    await rig.turn_until(lambda: 2 in shop.done)
    batch = await rig.engine.wait_batch(batch_id)
    assert batch is not None
    assert (batch.completed, batch.cancelled) == (4, 1)
    assert sorted(shop.done) == [2, 3, 4, 5]


async def test_a_wish_for_one_in_flight_is_met_after_the_call(rig: Rig) -> None:
    shop = BulkShop(rig)
    shop.gate = Gate()
    after: list[int] = []

    async def save(context: TaskContext) -> None:
        after.append(context.product_id)

    rig.lanes = bounded(20)
    await rig.start(action(*sending(shop).tasks, task("save", save)))
    batch_id = await rig.submit(4)
    await shop.gate.wait_for(1)
    jobs = await rig.jobs(batch_id)
    await rig.engine.cancel_job(jobs[0].id)
    await rig.engine.pause_job(jobs[1].id)
    shop.gate.open()
    await rig.engine.wait_idle()
    states = [job.state for job in await rig.jobs(batch_id)]
    assert states == [JobState.CANCELLED, JobState.PAUSED, JobState.COMPLETED, JobState.COMPLETED]
    assert sorted(after) == [3, 4]
    assert len(shop.calls) == 1


async def test_one_that_leaves_while_the_group_waits_its_turn_is_not_sent(rig: Rig) -> None:
    shop = BulkShop(rig)
    rig.lanes = {SHOP: LaneSettings(4, (RateLimit("all", 0.2, 1),), gathered={"send": GatherBounds(2, 5)})}
    await rig.start(sending(shop))
    batch_id = await rig.submit(4)
    await rig.quiet()
    assert shop.sizes == [2]
    waiting = [job for job in await rig.jobs(batch_id) if job.product_id not in shop.done]
    await rig.engine.cancel_job(waiting[0].id)
    await rig.turn_until(lambda: len(shop.calls) == 2)
    await rig.engine.wait_batch(batch_id)
    assert shop.calls[1] == (pytest.approx(5, abs=0.01), [waiting[1].product_id])


async def test_pausing_the_account_holds_those_that_wait(rig: Rig) -> None:
    shop = BulkShop(rig)
    rig.lanes = bounded(20, wait_s=50, scarce=True)
    await rig.start(sending(shop))
    batch_id = await rig.submit(5)
    await rig.quiet()
    rig.engine.pause_account(SHOP, True)
    await rig.engine.wait_idle()
    assert rig.engine._jobs == {}
    await rig.pass_time(500)
    assert shop.calls == []
    rig.engine.pause_account(SHOP, False)
    await rig.turn_until(lambda: len(shop.calls) == 1)
    await rig.engine.wait_batch(batch_id)
    assert shop.sizes == [5]


async def test_stopped_in_the_middle_all_look_after_the_next_start(rig: Rig) -> None:
    shop = BulkShop(rig)
    shop.gate = Gate()
    rig.lanes = bounded(3, slots=1)
    work = sending(shop)
    await rig.start(work)
    batch_id = await rig.submit(5)
    await shop.gate.wait_for(1)
    await rig.stop()
    assert sorted(shop.done) == [1, 2, 3]
    shop.gate = None
    await rig.start(work)
    await rig.engine.wait_batch(batch_id)
    assert sorted(shop.looks) == [1, 2, 3]
    assert sorted(shop.done) == [1, 2, 3, 4, 5]


async def test_single_tasks_of_the_lane_are_not_kept_waiting(rig: Rig) -> None:
    """A large gathered batch and a small one of single calls share the account."""
    shop, order = BulkShop(rig), list[str]()

    async def alone(context: TaskContext) -> None:
        order.append("one")

    async def many(contexts: Sequence[TaskContext]) -> Sequence[Outcome]:
        order.append("many")
        return await shop.many(contexts)

    def kind_of(context: TaskContext) -> str:
        return ""

    work = Action(
        "work", "Work", "Work on",
        (
            task("sort", shop.one),
            task("send", shop.one, gather="send", run_many=many, gather_key=kind_of, remote=True),
            task("single", alone, remote=True),
        ),
    )  # fmt: skip
    rig.lanes = {SHOP: LaneSettings(2, (RateLimit("all", 10.0, 1),), gathered={"send": GatherBounds(10, 5)})}
    await rig.start(work)
    batch_id = await rig.submit(60)
    await rig.turn_until(lambda: len(order) == 66)
    await rig.engine.wait_batch(batch_id)
    half = order[:33]
    assert half.count("many") < 6  # singles run between the groups
    assert half.count("one") > 20


async def test_only_as_many_are_held_as_calls_can_take(rig: Rig) -> None:
    shop = BulkShop(rig)
    shop.gate = Gate()
    rig.lanes = bounded(20, slots=2)
    await rig.start(sending(shop))
    batch_id = await rig.submit(5_000)
    await shop.gate.wait_for(2)
    await rig.quiet()
    assert len(rig.engine._jobs) <= 3 * 20 + 2 * 2
    shop.gate.open()
    await rig.engine.cancel_batch(batch_id)
    await rig.engine.wait_batch(batch_id)
    assert GATHER_CLAIM >= 20


async def test_thousands_that_sleep_for_hours_hold_nothing_and_wake_in_calls(rig: Rig) -> None:
    """A feed that is polled: the answer "not yet" sends all of its jobs to the store until the same moment."""
    polls: list[tuple[float, int]] = []
    jobs = 10_000
    most_held = 0
    ready_at = 2 * 3600.0

    async def one(context: TaskContext) -> None:
        raise AssertionError("all go together")

    async def poll(contexts: Sequence[TaskContext]) -> Sequence[Outcome]:
        nonlocal most_held
        most_held = max(most_held, len(rig.engine._jobs))
        now = rig.clock.monotonic() - 1000
        polls.append((now, len(contexts)))
        if now < ready_at:
            raise NotLiveYet("The marketplace works on it.", retry_after_s=3600.0)
        return [{"n": int(context.product_id)} for context in contexts]

    kind = task(
        "poll", one, gather="follow", run_many=poll, remote=True,
        retry=RetryPolicy(attempts=500), gather_key=lambda context: str(context.product_id // 1_000),
    )  # fmt: skip
    rig.lanes = {SHOP: LaneSettings(4, gathered={"follow": GatherBounds(1_000, 5)})}
    await rig.start(action(kind))
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    batch_id = await rig.submit(jobs)
    await rig.engine.wait_idle()
    assert rig.engine._jobs == {}
    await rig.pass_time(2)
    assert len([timer for timer in rig.clock._timers if not timer.cancelled]) == 1
    rig.events.clear()
    gc.collect()
    assert tracemalloc.get_traced_memory()[0] - before < 2_000_000
    tracemalloc.stop()
    first = len(polls)
    assert first <= 14  # a call for each feed and a few more where one was cut in two

    await rig.stop()  # due times are the store's: a restart in the middle changes nothing
    await rig.start(action(kind))
    await rig.engine.wait_idle()
    assert len(polls) == first
    await rig.turn_until(lambda: sum(size for at, size in polls if at >= ready_at) >= jobs)
    batch = await rig.engine.wait_batch(batch_id)
    assert batch is not None
    assert batch.completed == jobs
    assert most_held <= 2_000 + 200
    assert len([at for at, _ in polls if at >= ready_at]) <= 40


async def test_a_job_that_gathers_counts_as_waiting(rig: Rig) -> None:
    shop = BulkShop(rig)
    rig.lanes = bounded(20, wait_s=50, scarce=True)
    await rig.start(sending(shop))
    await rig.submit(5)
    await rig.quiet()
    state = rig.engine.lane_state(SHOP)
    assert (state.waiting, state.running) == (5, 0)
    await asyncio.wait_for(rig.engine.wait_idle(), 5)


async def test_a_task_without_a_key_runs_alone(rig: Rig) -> None:
    shop = BulkShop(rig)
    rig.lanes = bounded(20)
    await rig.run(sending(shop, gather_key=lambda context: None if context.product_id == 3 else ""), products=5)
    assert shop.singles == [3]
    assert sorted(shop.done) == [1, 2, 4, 5]


async def test_a_step_that_is_not_needed_is_completed_without_an_attempt(rig: Rig) -> None:
    shop = BulkShop(rig)
    rig.lanes = bounded(20)
    batch_id = await rig.run(sending(shop, needed=lambda context: context.product_id > 2), products=5)
    assert sorted(shop.done) == [3, 4, 5]
    assert (await rig.batch(batch_id)).completed == 5
