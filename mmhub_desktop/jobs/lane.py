"""A lane: the jobs of one account that the engine holds, with the account's limiter, breaker and pause."""

import asyncio
import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from mmhub_desktop.domain.budget import BudgetState
from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.job import JobState
from mmhub_desktop.domain.marketplace import GatherBounds, RateLimit
from mmhub_desktop.jobs.action import Action, JsonResult
from mmhub_desktop.jobs.allowance import Allowance
from mmhub_desktop.jobs.breaker import Breaker, BreakerState
from mmhub_desktop.jobs.clock import Clock
from mmhub_desktop.jobs.gathering import Gathering, Group
from mmhub_desktop.jobs.rate_limit import Limiter
from mmhub_desktop.jobs.retry import RETRY_AFTER_SPREAD
from mmhub_desktop.store.job_claiming import ClaimedJob, ClaimedTask

LONGEST_NAP_S = 10.0  # a job waits so long in memory for its turn; for longer it goes back to the store
PLENTY = 0.5  # with this part of scarce calls left, none of them is saved by waiting
SOON_S = 2.5  # a job whose call was refused for so long is waited for by those it may go together with
CLAIM_S = 0.5  # until a job that is ready again has been claimed
GATHER_CLAIM = 100  # jobs of one claim while others wait to be gathered; more would keep an urgent one waiting


@dataclass(frozen=True, slots=True)
class LaneSettings:
    """What an account allows: jobs at once, its rate limits (the first counts every call), its calls of a day, and
    which operations serve several jobs in one call."""

    concurrency: int = 4
    rate_limits: tuple[RateLimit, ...] = ()
    paused: bool = False
    allowance: Allowance | None = None
    gathered: Mapping[str, GatherBounds] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LaneState:
    """What is shown of a lane. ``waiting`` and ``running`` are the jobs the engine holds in memory."""

    breaker: BreakerState
    reason: str
    next_try_at: datetime | None
    tokens_left: float | None
    waiting: int
    running: int
    paused: bool
    budgets: tuple[BudgetState, ...] = ()

    @property
    def used_up(self) -> BudgetState | None:
        """The budget that holds every call of the account up."""
        return next((state for state in self.budgets if state.free_at and not state.budget.group), None)


@dataclass(slots=True, eq=False)
class ActiveJob:
    """A claimed job. ``wish`` is what the seller has asked for meanwhile; ``nap`` is set while it waits its turn.

    ``state`` and ``ready`` (wall clock, seconds) are what was last written of it. ``group`` is set while it waits to
    be gathered, since ``gathers_since`` (monotonic).
    """

    claimed: ClaimedJob
    action: Action | None
    results: dict[str, JsonResult] = field(default_factory=dict)
    begun: bool = False
    state: JobState = JobState.RUNNING
    ready: float | None = None
    wish: JobState | None = None
    nap: asyncio.Future[None] | None = None
    throttled_s: float = 0.0  # waited for the limiter since its last attempt
    group: Group | None = None
    gathers_since: float | None = None

    @property
    def next_task(self) -> ClaimedTask:
        """The first of its tasks that is not completed."""
        return next(task for task in self.claimed.tasks if not task.completed)

    def ask_for(self, wish: JobState | None) -> None:
        """Stop at the next chance (a cancel is not taken back by a pause), or go on after all."""
        if wish is not JobState.CANCELLED and self.wish is JobState.CANCELLED:
            return
        self.wish = wish
        if wish is not None:
            self.wake()

    def wake(self) -> None:
        """End its nap."""
        if self.nap is not None and not self.nap.done():
            self.nap.set_result(None)


class Lane:
    """Lives on the loop. ``more`` tells that the store may have ready jobs; ``next_ready`` (wall clock, seconds)
    when the next ones become ready; ``returns_by`` (monotonic) when one that was told to wait a moment is back."""

    def __init__(self, account_id: AccountId | None, settings: LaneSettings, clock: Clock) -> None:
        self.account_id = account_id
        self.settings = settings
        self.paused = settings.paused
        self.limiter = Limiter(settings.rate_limits, clock.monotonic())
        self.breaker = Breaker()
        self.queue: deque[ActiveJob] = deque()
        self.gathering = Gathering(settings.gathered)
        self.running = 0
        self.claimed = 0  # by the last claim
        self.more = True
        self.next_ready: float | None = None
        self.returns_by = 0.0

    def adopt(self, settings: LaneSettings, clock: Clock) -> None:
        """Take over changed settings and start afresh: the account was connected again or changed."""
        if settings.rate_limits != self.settings.rate_limits:
            self.limiter = Limiter(settings.rate_limits, clock.monotonic())
        self.settings = settings
        self.gathering.bounds = settings.gathered
        self.paused = settings.paused
        self.breaker.reset()

    def opens_at(self, now: float) -> float:
        """The monotonic moment from which jobs may start; 0.0 when they may now, inf when somebody must act."""
        if self.paused:
            return math.inf
        opens = self.breaker.opens_at()
        if opens > now:
            return opens
        wait = max(self.limiter.wait_s("", now), self.budget_wait_s())
        return now + wait if wait > LONGEST_NAP_S else 0.0

    def budget_wait_s(self, group: str = "") -> float:
        """Seconds until the account has calls of this group again; 0.0 while some are left of the hour or day."""
        allowance = self.settings.allowance
        return 0.0 if allowance is None else allowance.wait_s(group)

    @property
    def slots(self) -> int:
        """Jobs that may run at once: one while the breaker only probes."""
        return self.settings.concurrency if self.breaker.state is BreakerState.CLOSED else 1

    def wanted(self) -> int:
        """How many jobs to claim now: enough for all slots and as many again, once half of that is used up."""
        slots = self.slots
        few = len(self.queue) <= slots // 2
        if self.gathering.waiting and few and self.breaker.state is BreakerState.CLOSED:
            if self._room <= 0:
                return 0
            if 4 * self.gathering.joined >= 3 * self.claimed:  # nearly all of the last ones came to wait
                return min(GATHER_CLAIM, self._room)
        if slots == 1:
            return 1 if not self.queue else 0
        free = 2 * slots - self.running - len(self.queue)
        return free if few and free > 0 else 0

    @property
    def _room(self) -> int:
        """How many more jobs may be held to be gathered."""
        gathering = self.gathering
        return gathering.most_held(self.settings.concurrency) - gathering.waiting - gathering.flying

    def told_to_wait(self, now: float, wait_s: float) -> None:
        """A call was refused as one too many; its job comes back then."""
        if wait_s <= SOON_S:
            self.returns_by = max(self.returns_by, now + wait_s * (1 + RETRY_AFTER_SPREAD) + CLAIM_S)

    def close_groups(self, now: float) -> None:
        """Let groups leave whose time has come, or to which nothing more can come soon."""
        busy = self.more or self.queue or self.running > self.gathering.flights or now < self.returns_by
        self.gathering.close(now, nothing_more=not busy, full=self._room <= 0, spares=self._spares)

    def _spares(self, bounds: GatherBounds) -> bool:
        """Whether a call that could serve more jobs later is too dear to be made now."""
        allowance = self.settings.allowance
        left = allowance.part_left(bounds.budget) if bounds.budget and allowance is not None else 0.0
        return bounds.scarce and left < PLENTY

    @property
    def startable(self) -> int:
        """Jobs and groups that could begin now."""
        return len(self.queue) + len(self.gathering.due)

    def next_group(self) -> Group | None:
        """The group that leaves now, unless a more urgent job waits."""
        due = self.gathering.due
        if not due or (self.queue and self.queue[0].claimed.priority > due[0].priority):
            return None
        return self.gathering.take()

    def claiming(self, wanted: int) -> None:
        """So many are asked of the store now."""
        self.more = False  # before the claim, so that a wake meanwhile is kept
        self.claimed, self.gathering.joined = wanted, 0

    def hold(self, job: ActiveJob) -> None:
        """Put a claimed job behind those that are as urgent."""
        place = len(self.queue)
        while place and self.queue[place - 1].claimed.priority < job.claimed.priority:
            place -= 1
        self.queue.insert(place, job)

    def release(self, job: ActiveJob) -> None:
        """Take out a claimed job that has not begun."""
        if job.group is not None:
            self.gathering.remove(job)
        else:
            self.queue.remove(job)

    def empty(self) -> list[ActiveJob]:
        """Take out all jobs that have not begun."""
        jobs = [*self.queue, *self.gathering.drain()]
        self.queue.clear()
        return jobs

    def note_ready(self, at: float) -> None:
        """A job of the lane becomes ready at this moment (wall clock, seconds)."""
        if self.next_ready is None or at < self.next_ready:
            self.next_ready = at

    def state(self, clock: Clock) -> LaneState:
        """The lane as it is shown."""
        now = clock.monotonic()
        opens = self.opens_at(now)
        reason = self.breaker.reason
        budgets = self.settings.allowance.states() if self.settings.allowance else ()
        if not reason and opens and not self.paused:
            used_up = self.budget_wait_s() > 0
            reason = "The calls it may make are used up." if used_up else "The marketplace asked us to slow down."
        return LaneState(
            self.breaker.state,
            reason,
            datetime.fromtimestamp(clock.now() + opens - now, UTC) if 0 < opens < math.inf else None,
            self.limiter.tokens_left(now),
            len(self.queue) + self.gathering.waiting,
            self.running,
            self.paused,
            budgets,
        )
