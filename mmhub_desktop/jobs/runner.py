"""Takes one claimed job through its tasks: admit, announce, attempt, decide, settle."""

import asyncio
import json
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mmhub_desktop.domain.job import JobState, Problem
from mmhub_desktop.errors import (
    CallsUsedUp,
    CredentialError,
    MmhubError,
    NotLiveYet,
    Offline,
    OutcomeUnknown,
    RateLimited,
    SendAgain,
    SignInNeeded,
    Unavailable,
    UnexpectedReply,
)
from mmhub_desktop.jobs.action import JsonResult, TaskContext, TaskKind
from mmhub_desktop.jobs.attempt import Attempts
from mmhub_desktop.jobs.breaker import BreakerState
from mmhub_desktop.jobs.call_recorder import mark_attempt
from mmhub_desktop.jobs.clock import Clock
from mmhub_desktop.jobs.gathering import Group
from mmhub_desktop.jobs.journal import Journal
from mmhub_desktop.jobs.lane import LONGEST_NAP_S, ActiveJob, Lane
from mmhub_desktop.jobs.pace import begin_task, end_task
from mmhub_desktop.jobs.rate_limit import TOLD_NOTHING_S
from mmhub_desktop.jobs.retry import Fail, Retry, decide, may_have_acted, problem_of
from mmhub_desktop.jobs.rewind import go_back, recall
from mmhub_desktop.store.job_claiming import ClaimedTask
from mmhub_desktop.store.jobs import encode_problem

WAIT_S = 30.0  # until a job that waits for something without a lane of its own (disk, network) looks again
KEYRING_WAIT_S = 60.0  # until an account whose secrets cannot be read is tried again

EARLY_S = 0.0005  # a turn that comes within this is there: clocks and timers are not finer

_encode = json.JSONEncoder(separators=(",", ":")).encode
_log = logging.getLogger("mmhub.jobs")
_COMPLETED, _PENDING = JobState.COMPLETED.value, JobState.PENDING.value


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a call has no place now. ``ready``: when to ask again (wall clock, seconds); ``stopped``: asked to stop."""

    ready: float | None = None
    stopped: bool = False


class Runner:
    """Runs jobs, one call of ``run`` each, on the loop. ``stopping`` makes them stand down after their task."""

    def __init__(
        self,
        journal: Journal,
        attempts: Attempts,
        clock: Clock,
        rng: random.Random,
        parts: Any,
        on_lane: Callable[[Lane, BaseException | None], None],
    ) -> None:
        """``on_lane`` hears that a lane opened or closed; the error is what closed it."""
        self.journal = journal
        self.attempts = attempts
        self.clock = clock
        self.rng = rng
        self._parts = parts
        self._on_lane = on_lane
        self.stopping = False

    async def run(self, lane: Lane, job: ActiveJob) -> None:
        """Run the job's open tasks in order until it is final or back in the store, and that is on disk."""
        claimed, action = job.claimed, job.action
        if action is None:
            await self._give_up(job, f"This version of the program has no action “{claimed.action}”.")
            return
        last = len(claimed.tasks) - 1
        for index, task in enumerate(claimed.tasks):
            if task.completed:
                recall(job, task)
                continue
            kind = action.kinds.get(task.kind)
            if kind is None:
                await self._give_up(job, f"This version of the program has no step “{task.kind}”.")
                return
            if job.wish is not None or self.stopping or lane.paused:
                await self.stand_down(job)
                return
            if kind.needed is not None and not kind.needed(self.context(job, task, task.attempts + 1)):
                await self.journal.add(claimed, self.completed(task, kind, int(self.clock.now() * 1000), None))
                continue
            if (
                kind.gather in lane.gathering.bounds
                and kind.run_many is not None
                and await self._gather(lane, job, task, kind)
            ):
                return
            if not kind.remote:
                end_task()
            elif (refused := await self.ask_admission(lane, job, kind)) is None:
                begin_task(lane.limiter, kind.limit_group, self.clock)
            else:
                await self.turn_back(job, refused)
                return
            final = index == last and action.on_done is None
            if not await self._attempt(lane, job, task, kind, final=final):
                return
            if final:
                return
        await self.finish(job, JobState.COMPLETED)

    async def _gather(self, lane: Lane, job: ActiveJob, task: ClaimedTask, kind: TaskKind) -> bool:
        """Let the job wait for others of its kind, not begun any more; or put it back while no call may be made.

        False when its task runs alone.
        """
        now = self.clock.monotonic()
        wait = max(lane.budget_wait_s(kind.limit_group), lane.limiter.wait_s(kind.limit_group, now))
        if wait > LONGEST_NAP_S:
            await self.put_back(job, ready=self.clock.now() + wait)
            return True
        context = self.context(job, task, task.attempts + 1)
        try:
            key = kind.gather_key(context) if kind.gather_key is not None else ""
            weight = kind.weigh(context) if kind.weigh is not None else 0
        except Exception as error:  # noqa: BLE001 - the action's own code
            await self._failed(lane, job, task, kind, error, int(self.clock.now() * 1000))
            return True
        if key is None:
            return False
        job.begun = False
        lane.gathering.add(job, kind, (job.claimed.action, kind.name, key, task.seen), weight, now)
        return True

    async def stand_down(self, job: ActiveJob) -> None:
        """Do what was asked for between two tasks: pause, cancel, or simply go back to the store."""
        if job.wish is JobState.CANCELLED:
            await self.finish(job, JobState.CANCELLED)
        else:
            await self.put_back(job)

    async def put_back(
        self, job: ActiveJob, *, ready: float | None = None, task: list[Any] | None = None, problem: str | None = None,
        attempts: int = 0, retried: bool = False,
    ) -> None:  # fmt: skip
        """Back to the store, to be claimed again (not before ``ready``, wall clock seconds).

        ``retried``: an attempt failed that counts.
        """
        state = job.state = JobState.PAUSED if job.wish is JobState.PAUSED else JobState.PENDING
        job.ready = ready
        ready_ms = None if ready is None else int(ready * 1000)
        row = [job.claimed.id, state, attempts, ready_ms, problem, _done(job)]
        await self.journal.add(job.claimed, task, row, retried=retried)

    async def finish(
        self, job: ActiveJob, state: JobState, *, task: list[Any] | None = None, problem: str | None = None,
        attempts: int = 0,
    ) -> None:  # fmt: skip
        """The job's end. ``on_done`` comes before the commit, so that a crash between repeats it."""
        await self.tell(job, state)
        job.state = state
        row = [job.claimed.id, state, attempts, None, problem, _done(job)]
        await self.journal.add(job.claimed, task, row, state)

    async def tell(self, job: ActiveJob, state: JobState) -> None:
        """Call the action's ``on_done``; its failure is logged and changes nothing."""
        if job.action is None or job.action.on_done is None:
            return
        tasks = job.claimed.tasks
        try:
            await job.action.on_done(self.context(job, tasks[-1], max(1, tasks[-1].attempts)), state.value)
        except Exception:  # noqa: BLE001 - the action's own code; the job's end does not depend on it
            _log.exception("on_done of %s failed for job %d", job.claimed.action, job.claimed.id)

    async def turn_back(self, job: ActiveJob, refused: Refused) -> None:
        """What follows a refused admission."""
        if refused.stopped:
            await self.stand_down(job)
        else:
            await self.put_back(job, ready=refused.ready)

    async def ask_admission(self, lane: Lane, job: ActiveJob | Group, kind: TaskKind) -> Refused | None:
        """Take a call's place with breaker and limiter, waiting for it if it comes soon; or why there is none."""
        clock, breaker, limiter = self.clock, lane.breaker, lane.limiter
        now = clock.monotonic()
        used_up = lane.budget_wait_s(kind.limit_group)
        if used_up > 0:  # when all calls are used up the lane is closed, and opens sooner when the seller allows more
            return Refused(None if lane.opens_at(now) > now else clock.now() + used_up)
        if not breaker.ask(now):
            return Refused()
        wait = limiter.wait_s(kind.limit_group, now)
        if wait > LONGEST_NAP_S:
            breaker.abandon()
            return Refused(clock.now() + wait)
        wait = limiter.take(kind.limit_group, now)
        turn = now + wait
        while wait > EARLY_S:
            if wait > LONGEST_NAP_S:
                breaker.abandon()
                return Refused(clock.now() + wait)
            await self._nap(job, wait)
            if job.wish is not None or self.stopping or lane.paused:
                breaker.abandon()
                return Refused(stopped=True)
            now = clock.monotonic()
            if breaker.state is BreakerState.OPEN:
                return Refused()
            wait = max(turn - now, limiter.blocked_s(kind.limit_group, now))
        return None

    async def _nap(self, job: ActiveJob | Group, seconds: float) -> None:
        nap = job.nap = asyncio.get_running_loop().create_future()
        began = self.clock.monotonic()
        timer = self.clock.call_later(seconds, job.wake)
        try:
            await nap
        finally:
            timer.cancel()
            job.throttled_s += self.clock.monotonic() - began
            job.nap = None

    async def _attempt(self, lane: Lane, job: ActiveJob, task: ClaimedTask, kind: TaskKind, *, final: bool) -> bool:
        """One attempt and what follows from it; True when the task is completed and that is on disk."""
        claimed, clock = job.claimed, self.clock
        attempt = task.attempts + 1
        started = int(clock.now() * 1000)
        if kind.has_effect:  # the intent is on disk before the call
            await self.journal.add(claimed, [task.id, "running", attempt, 1, started, None, None, None])
        if claimed.account_id is not None:
            mark_attempt(job, task, attempt)
        try:
            text = encode_result(await self.attempts.run(kind, kind.run(self.context(job, task, attempt))))
        except asyncio.CancelledError:  # the program stops; the call's outcome is not known
            lane.breaker.abandon()
            await self.put_back(job, attempts=attempt)
            if not self.stopping:
                raise
            return False
        except Exception as error:  # noqa: BLE001 - its class decides
            await self._failed(lane, job, task, kind, error, started)
            return False
        if kind.remote:
            self.answered(lane)
        row = self.completed(task, kind, started, text)
        if final:
            job.state = JobState.COMPLETED
            await self.journal.add(
                claimed, row, [claimed.id, _COMPLETED, 0, None, None, len(claimed.tasks)], JobState.COMPLETED
            )
        else:
            await self.journal.add(claimed, row)
            if text:
                job.results[task.kind] = json.loads(text)  # as the next task would see it after a restart
        return True

    async def _failed(
        self, lane: Lane, job: ActiveJob, task: ClaimedTask, kind: TaskKind, error: Exception, started: int
    ) -> None:
        if not isinstance(error, MmhubError):
            _log.error("task %s of job %d ended in a bug", kind.name, job.claimed.id, exc_info=error)
        lane_closed = self.judge(lane, kind, error)
        await self.settle_failure(job, task, kind, error, started, lane_closed=lane_closed, rng=self.rng)

    def answered(self, lane: Lane) -> None:
        """A remote call went well."""
        if lane.breaker.success():
            self._on_lane(lane, None)

    def completed(self, task: ClaimedTask, kind: TaskKind, started: int, text: str | None) -> list[Any]:
        """The task's attempt went well: its row, to be written."""
        task.completed, task.attempts = True, task.attempts + 1
        seen = 1 if kind.has_effect or task.seen else 0
        return [task.id, _COMPLETED, task.attempts, seen, started, int(self.clock.now() * 1000), text, None]

    async def settle_failure(
        self, job: ActiveJob, task: ClaimedTask, kind: TaskKind, error: Exception, started: int, *,
        lane_closed: bool, rng: random.Random,
    ) -> None:  # fmt: skip
        """Decide what follows a failed attempt of one task, and write it."""
        attempt = task.attempts + 1
        decision = decide(error, attempt, kind.retry, rng)
        if isinstance(error, SendAgain) and job.wish is not JobState.CANCELLED:
            decision = go_back(self.journal, job, task, decision)
        problem = encode_problem(problem_of(error))
        seen = 1 if task.seen or (kind.has_effect and may_have_acted(error)) else 0
        now = self.clock.now()
        ended = int(now * 1000)
        task.seen = seen == 1
        if isinstance(decision, Fail) or job.wish is JobState.CANCELLED:
            state = JobState.CANCELLED if job.wish is JobState.CANCELLED else JobState.FAILED
            row = [task.id, JobState.FAILED, attempt, seen, started, ended, None, problem]
            await self.finish(job, state, task=row, problem=problem, attempts=attempt)
        elif isinstance(decision, Retry):
            row = [task.id, _PENDING, attempt, seen, started, ended, None, problem]
            ready = now + decision.after_s
            failed = not isinstance(error, NotLiveYet)  # that one only waits until the marketplace shows it
            await self.put_back(job, ready=ready, task=row, problem=problem, attempts=attempt, retried=failed)
        else:
            row = [task.id, _PENDING, task.attempts, seen, started, ended, None, problem]
            told: float | None = getattr(error, "retry_after_s", None)
            wait_until = None if lane_closed else now + (told or WAIT_S)
            await self.put_back(job, ready=wait_until, task=row, problem=problem, attempts=task.attempts)

    def judge(self, lane: Lane, kind: TaskKind, error: Exception) -> bool:
        """What the error says about the account; True when the lane is closed by it."""
        now, breaker = self.clock.monotonic(), lane.breaker
        if lane.account_id is None:
            return False
        if isinstance(error, SignInNeeded):
            changed = breaker.open(now, str(error))
        elif isinstance(error, CredentialError):
            changed = breaker.open(now, str(error), KEYRING_WAIT_S)
        elif isinstance(error, Offline):
            changed = breaker.lost_network(now, str(error))
        elif not kind.remote:
            return False
        elif isinstance(error, CallsUsedUp):
            breaker.abandon()
            return lane.opens_at(now) > now
        elif isinstance(error, RateLimited):
            lane.limiter.penalize(kind.limit_group, now, error.retry_after_s)
            lane.told_to_wait(now, error.retry_after_s or TOLD_NOTHING_S)
            changed = breaker.success()
        elif isinstance(error, (Unavailable, OutcomeUnknown, UnexpectedReply)):
            changed = breaker.failure(now, str(error))
        elif isinstance(error, MmhubError):
            changed = breaker.success()
        else:
            breaker.abandon()
            changed = False
        closed = breaker.opens_at() > now
        if changed:
            self._on_lane(lane, error if closed else None)
        return closed

    async def _give_up(self, job: ActiveJob, message: str) -> None:
        problem = Problem("Unsupported", message, hint="Install the newest version and try again.")
        await self.finish(job, JobState.FAILED, problem=encode_problem(problem))

    def context(self, job: ActiveJob, task: ClaimedTask, attempt: int) -> TaskContext:
        """What an attempt of a task is given."""
        claimed = job.claimed
        results: dict[str, JsonResult] = job.results
        return TaskContext(
            claimed.batch_id, claimed.id, task.id, claimed.product_id, claimed.account_id, attempt, task.seen,
            claimed.options, results, self._parts,
        )  # fmt: skip


def encode_result(result: JsonResult | None) -> str | None:
    """A task's result as it is kept."""
    return _encode(result) if result else None


def _done(job: ActiveJob) -> int:
    return sum(1 for task in job.claimed.tasks if task.completed)
