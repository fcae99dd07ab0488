"""What an account allows: concurrency, rate, breaker, network, sign-in, pause."""

import pytest

from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.job import JobState
from mmhub_desktop.domain.marketplace import RateLimit
from mmhub_desktop.errors import CredentialError, MmhubError, Offline, RateLimited, Rejected, SignInNeeded, Unavailable
from mmhub_desktop.events import AccountsChanged, ConnectivityChanged, Notice
from mmhub_desktop.jobs.action import RetryPolicy, TaskContext
from mmhub_desktop.jobs.breaker import FIRST_S, THRESHOLD, BreakerState
from mmhub_desktop.jobs.lane import LaneSettings
from tests.jobs.conftest import SHOP, Gate, Rig, action, task

OTHER = AccountId(2)


class Marketplace:
    """Answers calls: with the error that is set, else well; notes when and for whom."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.error: MmhubError | None = None
        self.calls: list[tuple[float, int, AccountId | None]] = []

    async def __call__(self, context: TaskContext) -> None:
        self.calls.append((self.rig.clock.monotonic() - 1000, context.product_id, context.account_id))
        if self.error is not None and context.account_id == SHOP:
            raise self.error


async def test_no_more_jobs_run_at_once_than_the_account_allows(rig: Rig) -> None:
    gate = Gate()
    rig.lanes = {SHOP: LaneSettings(3), OTHER: LaneSettings(2)}
    await rig.start(action(task("call", gate, remote=True)))
    batch_id = await rig.submit(20, accounts=(SHOP, OTHER))
    await gate.wait_for(5)
    await rig.quiet()
    assert gate.inside == 5
    assert rig.engine.lane_state(SHOP).running == 3
    assert rig.engine.lane_state(OTHER).running == 2
    gate.open()
    await rig.engine.wait_batch(batch_id)
    assert gate.most_inside == 5
    assert (await rig.batch(batch_id)).completed == 40


async def test_only_a_few_jobs_are_held_in_memory(rig: Rig) -> None:
    gate = Gate()
    rig.lanes = {SHOP: LaneSettings(4)}
    await rig.start(action(task("call", gate, remote=True)))
    batch_id = await rig.submit(5_000)
    await gate.wait_for(4)
    await rig.quiet()
    assert len(rig.engine._jobs) <= 8
    counts = await rig.store.counts()
    assert counts[JobState.RUNNING] <= 8
    await rig.engine.cancel_batch(batch_id)
    gate.open()
    await rig.engine.wait_batch(batch_id)


async def test_calls_keep_the_rate(rig: Rig) -> None:
    shop = Marketplace(rig)
    rig.lanes = {SHOP: LaneSettings(4, (RateLimit("all", 2.0, 1),))}
    await rig.start(action(task("call", shop, remote=True)))
    batch_id = await rig.submit(9)
    await rig.turn_until(lambda: len(shop.calls) == 9)
    await rig.engine.wait_batch(batch_id)
    times = [at for at, _, _ in shop.calls]
    assert times == pytest.approx([n * 0.5 for n in range(9)], abs=1e-6)


async def test_local_tasks_take_no_slot_of_the_limiter(rig: Rig) -> None:
    shop = Marketplace(rig)
    rig.lanes = {SHOP: LaneSettings(4, (RateLimit("all", 0.001, 1),))}
    batch_id = await rig.run(action(task("call", shop)), products=9)
    assert (await rig.batch(batch_id)).completed == 9


async def test_too_many_requests_stops_the_lane_for_the_told_time(rig: Rig) -> None:
    shop = Marketplace(rig)
    rig.lanes = {SHOP: LaneSettings(1, (RateLimit("all", 100.0, 100),))}
    shop.error = RateLimited("slow down", retry_after_s=90)
    await rig.start(action(task("call", shop, remote=True)))
    batch_id = await rig.submit(5)
    await rig.engine.wait_idle()
    shop.error = None
    assert len(shop.calls) == 1
    state = rig.engine.lane_state(SHOP)
    assert state.next_try_at is not None
    assert state.next_try_at.timestamp() == pytest.approx(rig.clock.now() + 90)
    assert "slow down" in state.reason
    rig.clock.advance(89)
    await rig.quiet()
    assert len(shop.calls) == 1
    await rig.turn_until(lambda: len(shop.calls) == 6)
    batch = await rig.engine.wait_batch(batch_id)
    assert batch is not None
    assert batch.completed == 5
    assert min(at for at, _, _ in shop.calls[1:]) >= 90


async def test_failures_in_a_row_open_the_breaker_of_that_account_only(rig: Rig) -> None:
    shop = Marketplace(rig)
    shop.error = Unavailable("The shop is down.")
    rig.lanes = {SHOP: LaneSettings(2), OTHER: LaneSettings(2)}
    await rig.start(action(task("call", shop, remote=True, retry=RetryPolicy(attempts=50, first_s=1, longest_s=1))))
    batch_id = await rig.submit(20, accounts=(SHOP, OTHER))
    await rig.turn_until(lambda: rig.engine.lane_state(SHOP).breaker is BreakerState.OPEN)
    await rig.engine.wait_idle()
    failed = sum(1 for _, _, account in shop.calls if account == SHOP)
    assert THRESHOLD <= failed <= THRESHOLD + 1
    assert sum(1 for _, _, account in shop.calls if account == OTHER) == 20
    assert rig.engine.lane_state(SHOP).reason == "The shop is down."
    assert AccountsChanged((SHOP,)) in rig.events
    assert (await rig.store.counts()).get(JobState.RUNNING, 0) == 0

    await rig.pass_time(FIRST_S)  # one probe, and it fails
    assert sum(1 for _, _, account in shop.calls if account == SHOP) == failed + 1
    shop.error = None
    await rig.turn_until(lambda: len(shop.calls) >= 41)
    batch = await rig.engine.wait_batch(batch_id)
    assert batch is not None
    assert batch.completed == 40
    assert rig.engine.lane_state(SHOP).breaker is BreakerState.CLOSED


async def test_rejections_do_not_open_the_breaker(rig: Rig) -> None:
    shop = Marketplace(rig)
    shop.error = Rejected("No.")
    batch_id = await rig.run(action(task("call", shop, remote=True)), products=20)
    assert (await rig.batch(batch_id)).failed == 20
    assert rig.engine.lane_state(SHOP).breaker is BreakerState.CLOSED


async def test_without_network_work_waits_and_nothing_counts(rig: Rig) -> None:
    shop = Marketplace(rig)
    shop.error = Offline("No network.")
    policy = RetryPolicy(attempts=2, first_s=1)
    await rig.start(action(task("call", shop, remote=True, has_effect=True, retry=policy)))
    batch_id = await rig.submit(10)
    await rig.engine.wait_idle()
    assert not rig.engine.online
    for _ in range(6):
        await rig.pass_time(60)
    told = [event for event in rig.events if isinstance(event, ConnectivityChanged)]
    assert told == [ConnectivityChanged(False)]
    jobs = await rig.jobs(batch_id)
    assert {job.state for job in jobs} == {JobState.PENDING}
    assert max(job.attempts for job in jobs) == 0
    calls = len(shop.calls)
    assert calls <= 4 + 6  # the first ones and a probe each minute

    shop.error = None
    await rig.turn_until(lambda: len(shop.calls) == calls + 10)
    batch = await rig.engine.wait_batch(batch_id)
    assert batch is not None
    assert batch.completed == 10
    assert [event for event in rig.events if isinstance(event, ConnectivityChanged)][1:] == [ConnectivityChanged(True)]


async def test_a_dead_grant_lets_its_jobs_wait_until_it_is_connected_again(rig: Rig) -> None:
    shop = Marketplace(rig)
    shop.error = SignInNeeded("“Shop” must be connected again.")
    rig.lanes = {SHOP: LaneSettings(3), OTHER: LaneSettings(3)}
    await rig.start(action(task("call", shop, remote=True)))
    batch_id = await rig.submit(10, accounts=(SHOP, OTHER))
    await rig.engine.wait_idle()
    await rig.pass_time(100_000)
    mine = [job for job in await rig.jobs(batch_id) if job.account_id == SHOP]
    assert {job.state for job in mine} == {JobState.PENDING}
    assert sum(1 for _, _, account in shop.calls if account == SHOP) <= 3
    assert sum(1 for _, _, account in shop.calls if account == OTHER) == 10
    notices = [event for event in rig.events if isinstance(event, Notice)]
    assert [notice.message for notice in notices] == ["“Shop” must be connected again."]
    assert "again" in rig.engine.lane_state(SHOP).reason
    shown = next(job.problem for job in mine if job.problem is not None)
    assert shown.kind == "SignInNeeded"

    shop.error = None
    rig.engine.account_changed(SHOP)
    batch = await rig.engine.wait_batch(batch_id)
    assert batch is not None
    assert batch.completed == 20


async def test_a_locked_keyring_is_tried_again_by_itself(rig: Rig) -> None:
    shop = Marketplace(rig)
    shop.error = CredentialError("The keyring is locked.", hint="Unlock it.")
    batch_id = await rig.run(action(task("call", shop, remote=True)), products=3)
    assert rig.engine.lane_state(SHOP).reason.startswith("The keyring is locked.")
    shop.error = None
    await rig.pass_time(61)
    assert (await rig.batch(batch_id)).completed == 3


async def test_a_paused_account_begins_nothing(rig: Rig) -> None:
    gate = Gate()
    rig.lanes = {SHOP: LaneSettings(2)}
    await rig.start(action(task("call", gate, remote=True), task("more", gate, remote=True)))
    batch_id = await rig.submit(6)
    await gate.wait_for(2)
    rig.engine.pause_account(SHOP, True)
    gate.open()
    await rig.engine.wait_idle()
    assert gate.arrived == 2
    assert rig.engine.lane_state(SHOP).paused
    counts = await rig.store.counts()
    assert counts == {JobState.PENDING: 6}
    rig.engine.pause_account(SHOP, False)
    batch = await rig.engine.wait_batch(batch_id)
    assert batch is not None
    assert batch.completed == 6
    assert gate.arrived == 12  # nothing ran twice


async def test_an_account_that_is_stored_as_paused_does_not_start(rig: Rig) -> None:
    shop = Marketplace(rig)
    rig.lanes = {SHOP: LaneSettings(2, paused=True)}
    await rig.run(action(task("call", shop, remote=True)), products=3)
    assert shop.calls == []


async def test_a_job_that_waits_for_its_turn_can_be_cancelled(rig: Rig) -> None:
    shop = Marketplace(rig)
    rig.lanes = {SHOP: LaneSettings(2, (RateLimit("all", 0.2, 1),))}
    await rig.start(action(task("call", shop, remote=True)))
    batch_id = await rig.submit(2)
    await rig.quiet()
    assert len(shop.calls) == 1
    await rig.engine.cancel_batch(batch_id)
    batch = await rig.engine.wait_batch(batch_id)
    assert batch is not None
    assert (batch.completed, batch.cancelled) == (1, 1)
    assert len(shop.calls) == 1


async def test_a_wait_of_the_limiter_that_is_long_is_spent_in_the_store(rig: Rig) -> None:
    shop = Marketplace(rig)
    limits = (RateLimit("all", 100.0, 100), RateLimit("pictures", 0.02, 1))
    rig.lanes = {SHOP: LaneSettings(2, limits)}
    batch_id = await rig.run(action(task("call", shop, remote=True, limit_group="pictures")), products=2)
    waiting = (await rig.jobs(batch_id))[1]
    assert waiting.state is JobState.PENDING
    assert waiting.next_try_at is not None
    assert waiting.next_try_at.timestamp() == pytest.approx(rig.clock.now() + 50, abs=0.01)
    await rig.pass_time(51)
    assert (await rig.batch(batch_id)).completed == 2
