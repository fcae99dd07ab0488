"""The engine: claims ready jobs from the store, runs them on lanes, one for each account, and sleeps in between."""

import asyncio
import logging
import random
from collections.abc import Callable, Mapping
from typing import Any

from mmhub_desktop.domain.ids import AccountId, BatchId, JobId
from mmhub_desktop.domain.job import BatchJob
from mmhub_desktop.errors import SignInNeeded
from mmhub_desktop.events import Bus
from mmhub_desktop.jobs.action import Action
from mmhub_desktop.jobs.attempt import Attempts
from mmhub_desktop.jobs.clock import Clock, SystemClock, Timer
from mmhub_desktop.jobs.gathered import GatheredRuns
from mmhub_desktop.jobs.journal import TRY_AGAIN_S, Journal, Page
from mmhub_desktop.jobs.lane import ActiveJob, Lane, LaneSettings, LaneState
from mmhub_desktop.jobs.runner import Runner
from mmhub_desktop.jobs.teller import Teller
from mmhub_desktop.jobs.workers import Workers
from mmhub_desktop.store.job_claiming import ClaimedJob
from mmhub_desktop.store.job_endings import BLOCKED
from mmhub_desktop.store.job_queue import Settled
from mmhub_desktop.store.jobs import JobStore

CLOCK_SLACK_MS = 2_000  # a clock that is kept by the network moves by less
LONGEST_SLEEP_S = 60.0  # look at the clock at least so often: it may have been set

_log = logging.getLogger("mmhub.jobs")


class Engine(Workers):
    """Runs durable work on the loop it is started on. Owns its lanes, their workers and the jobs it has claimed.

    In memory are only the jobs that run and about as many again; all others wait in the store.
    """

    def __init__(
        self,
        store: JobStore,
        actions: Mapping[str, Action],
        bus: Bus,
        *,
        lanes: Callable[[AccountId | None], LaneSettings],
        parts: Any = None,
        clock: Clock | None = None,
        rng: random.Random | None = None,
    ) -> None:
        """``lanes`` tells what an account allows (None: local work); ``parts`` is handed to every task."""
        self._store = store
        self._actions = actions
        self._bus = bus
        self._settings = lanes
        self._clock: Clock = clock or SystemClock()
        self._teller = Teller(bus, self._clock)
        self._journal = Journal(store, self._clock, self._committed, self._journal_turned)
        self._attempts = Attempts(self._clock)
        self._runner = Runner(
            self._journal, self._attempts, self._clock, rng or random.Random(),  # noqa: S311 - jitter, no secret
            parts, self._lane_turned
        )  # fmt: skip
        self._gathered = GatheredRuns(self._runner)
        self._lanes: dict[AccountId | None, Lane] = {}
        self._jobs: dict[JobId, ActiveJob] = {}
        self._workers: set[asyncio.Task[None]] = set()
        self._beside: set[asyncio.Task[None]] = set()
        self._claiming = asyncio.Lock()
        self._woken = asyncio.Event()
        self._idle = asyncio.Event()
        self._discover = True
        self._recovered = False
        self._latest_ms = BLOCKED  # the wall clock's time at the last look; at the first it is always earlier
        self._timer: Timer | None = None
        self._dispatcher: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin. Jobs that were running when the program last ended go on first."""
        if self._dispatcher is None:
            self._dispatcher = asyncio.get_running_loop().create_task(self._dispatch(), name="engine")
            self.wake()

    async def stop(self, grace_s: float = 5.0) -> None:
        """Begin nothing new, let calls under way finish for so long, then end them; all go on at the next start."""
        self._runner.stopping = True
        if self._dispatcher is not None:
            async with self._claiming:  # never in the middle of a claim
                self._dispatcher.cancel()
            await asyncio.gather(self._dispatcher, return_exceptions=True)
        for job in self._jobs.values():
            job.wake()
        self._return_queues()
        await self._settle_down(grace_s)
        if self._timer is not None:
            self._timer.cancel()
        self._attempts.close()
        self._journal.close()

    def wake(self) -> None:
        """Look for ready jobs: work was planned, or something changed. Cheap, call it freely."""
        self._discover = True
        for lane in self._lanes.values():
            lane.more = True
        self._nudge()

    async def wait_idle(self) -> None:
        """Until nothing runs and nothing can run now. Jobs that wait (for a time, a pause, a sign-in) do not count."""
        await self._idle.wait()

    async def wait_batch(self, batch_id: BatchId) -> BatchJob | None:
        """Until a batch has ended, and the batch then; None when there is no such batch."""
        ended = self._teller.await_end(batch_id)
        try:
            found = await self._store.batches([batch_id])
            if found and not found[0].state.is_final:
                await ended
                found = await self._store.batches([batch_id])
            return found[0] if found else None
        finally:
            self._teller.forget(batch_id, ended)

    def lane_state(self, account_id: AccountId | None) -> LaneState:
        """How an account's lane stands."""
        return self._lane(account_id).state(self._clock)

    @property
    def online(self) -> bool:
        """Whether the network is there, as far as the last calls tell."""
        return not self._teller.offline

    def speed(self, batch_id: BatchId) -> float:
        """Jobs of a batch that ended each second, over the last minute."""
        return self._teller.speeds.of(batch_id)

    def seconds_left(self, batch: BatchJob) -> float | None:
        """How long the rest of a batch takes at its present speed; None when that cannot be told."""
        speed = self._teller.speeds.of(batch.id)
        return (batch.total - batch.done) / speed if speed > 0 else None

    def _nudge(self) -> None:
        self._idle.clear()
        self._woken.set()

    async def _dispatch(self) -> None:
        while True:
            await self._woken.wait()
            try:
                async with self._claiming:
                    self._woken.clear()
                    await self._refill()
            except Exception as error:  # noqa: BLE001 - the engine must live on; what failed is told
                self._try_claim_later(error)
            else:
                if not self._journal.halted:
                    self._teller.mended()
                self._check_idle()

    def _try_claim_later(self, error: Exception) -> None:
        self._teller.trouble(error)
        self._discover = True
        for lane in self._lanes.values():
            lane.more = True
        self._sleep(TRY_AGAIN_S)

    async def _refill(self) -> None:
        if self._journal.halted:
            return
        if not self._recovered:
            cancelled = await self._store.recover(self._now_ms())
            self._teller.ended(cancelled.finished_batches)
            self._spawn(self._tell_cancelled(cancelled.jobs))
            self._recovered = True
        await self._mind_clock()
        if self._discover:
            self._discover = False
            for account_id in await self._store.lanes():
                self._lane(account_id)
        while wants := self._wants():
            for account_id in wants:
                self._lanes[account_id].claiming(wants[account_id])
            claim = await self._store.claim(wants, self._now_ms())
            got: dict[AccountId | None, int] = {}
            for claimed in claim.jobs:
                self._take(claimed)
                got[claimed.account_id] = got.get(claimed.account_id, 0) + 1
            for account_id, wanted in wants.items():
                lane = self._lanes[account_id]
                if got.get(account_id, 0) == wanted:
                    lane.more = True
                elif account_id in claim.next_ready_ms:
                    lane.note_ready(claim.next_ready_ms[account_id] / 1000)
            self._teller.progressed(claim.started)
            self._start_workers()
        self._start_workers()
        self._sleep(self._until_next())

    async def _mind_clock(self) -> None:
        """Jobs wait by the wall clock: when that was set back (perhaps before the start), not hours longer."""
        before_ms, self._latest_ms = self._latest_ms, self._now_ms()
        if self._latest_ms < before_ms - CLOCK_SLACK_MS:
            await self._store.clock_was_set_back(self._latest_ms)
            for lane in self._lanes.values():
                lane.next_ready, lane.more = None, True

    def _wants(self) -> dict[AccountId | None, int]:
        now, wall = self._clock.monotonic(), self._clock.now()
        wants: dict[AccountId | None, int] = {}
        for lane in self._lanes.values():
            if lane.opens_at(now) > now:
                lane.more = True  # when it opens again
                self._return_queue(lane)
                continue
            if lane.next_ready is not None and lane.next_ready <= wall:
                lane.next_ready = None
                lane.more = True
            wanted = lane.wanted() if lane.more else 0
            if wanted:
                wants[lane.account_id] = wanted
        return wants

    def _take(self, claimed: ClaimedJob) -> None:
        job = ActiveJob(claimed, self._actions.get(claimed.action))
        before = self._jobs.get(claimed.id)
        if before is not None and before.wish is not before.state:
            job.wish = before.wish  # asked for while it was on its way back to the store
        self._jobs[claimed.id] = job
        self._lanes[claimed.account_id].hold(job)

    def _until_next(self) -> float:
        now, wall = self._clock.monotonic(), self._clock.now()
        sleep_s = LONGEST_SLEEP_S
        for lane in self._lanes.values():
            opens = lane.opens_at(now)
            if opens > now:
                sleep_s = min(sleep_s, opens - now)
                continue
            if lane.next_ready is not None:
                sleep_s = min(sleep_s, lane.next_ready - wall)
            leaves_at = lane.gathering.next_at()
            if leaves_at is not None:
                sleep_s = min(sleep_s, leaves_at - now)
                if lane.returns_by > now:
                    sleep_s = min(sleep_s, lane.returns_by - now)
        return max(0.001, sleep_s)

    def _sleep(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._clock.call_later(seconds, self._woken.set)

    def _committed(self, page: Page, settled: Settled) -> None:
        if settled.freed:
            for lane in self._lanes.values():
                lane.more = True
            self._nudge()
        self._teller.committed(page, settled)

    def _journal_turned(self, error: BaseException | None) -> None:
        if error is not None:
            self._teller.trouble(error)
        else:
            self._teller.mended()
            self.wake()

    def account_refused(self, account_id: AccountId, error: SignInNeeded) -> None:
        """The account's grant is dead: its work waits until it is connected again, and the seller is told."""
        lane = self._lane(account_id)
        if lane.breaker.open(self._clock.monotonic(), str(error)):
            self._lane_turned(lane, error)

    def _lane_turned(self, lane: Lane, error: BaseException | None) -> None:
        self._teller.lane_turned(lane, error, self._lanes.values())
        lane.more = True
        self._nudge()

    def _check_idle(self) -> None:
        now = self._clock.monotonic()
        if self._woken.is_set() or self._workers or self._beside or not self._journal.is_empty:
            return
        if any(lane.more and lane.opens_at(now) <= now for lane in self._lanes.values()):
            return
        self._idle.set()

    def _now_ms(self) -> int:
        return int(self._clock.now() * 1000)
