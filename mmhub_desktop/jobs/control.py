"""The seller's hand on the engine: pause, resume, cancel, retry, skip, what goes first, changes of accounts."""

import asyncio
import logging
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any

from mmhub_desktop.domain.ids import AccountId, BatchId, JobId
from mmhub_desktop.domain.job import Cause, JobState
from mmhub_desktop.events import AccountsChanged, Bus
from mmhub_desktop.jobs.action import Action
from mmhub_desktop.jobs.clock import Clock
from mmhub_desktop.jobs.lane import ActiveJob, Lane, LaneSettings
from mmhub_desktop.jobs.pace import begin_beside
from mmhub_desktop.jobs.runner import Runner
from mmhub_desktop.jobs.teller import Teller
from mmhub_desktop.store.job_control import Changed, Scope
from mmhub_desktop.store.job_planning import Created
from mmhub_desktop.store.jobs import JobStore

TELL_CHUNK = 200  # cancelled jobs whose action is told at a time

_log = logging.getLogger("mmhub.jobs")


class Control:
    """The part of the engine that changes what it does. All of it on the loop.

    A control and a claim never run at once (``_claiming``): a job is either in the store, or claimed and not
    begun, or begun and stopped by its ``wish`` between two tasks.
    """

    _store: JobStore
    _bus: Bus
    _clock: Clock
    _teller: Teller
    _runner: Runner
    _actions: Mapping[str, Action]
    _settings: Callable[[AccountId | None], LaneSettings]
    _lanes: dict[AccountId | None, Lane]
    _jobs: dict[JobId, ActiveJob]
    _beside: set[asyncio.Task[None]]
    _claiming: asyncio.Lock

    @abstractmethod
    def wake(self) -> None:
        """Look for ready jobs."""

    @abstractmethod
    def _nudge(self) -> None: ...

    @abstractmethod
    def _now_ms(self) -> int: ...

    async def pause_batch(self, batch_id: BatchId) -> None:
        """Begin none of its jobs; those in the middle of a task stop after it."""
        await self._pause(Scope.BATCH, batch_id)

    async def resume_batch(self, batch_id: BatchId) -> None:
        """Its paused jobs go on."""
        await self._resume(Scope.BATCH, batch_id)

    async def cancel_batch(self, batch_id: BatchId) -> None:
        """End its open jobs; calls under way are waited for, and their jobs end as cancelled after them."""
        await self._cancel(Scope.BATCH, batch_id)

    async def retry_batch(self, batch_id: BatchId) -> int:
        """Its failed jobs start again at the task that failed. Returns how many."""
        return await self._retry(Scope.BATCH, batch_id)

    async def pause_job(self, job_id: JobId) -> None:
        """Like ``pause_batch``, for one job."""
        await self._pause(Scope.JOB, job_id)

    async def resume_job(self, job_id: JobId) -> None:
        """Like ``resume_batch``, for one job."""
        await self._resume(Scope.JOB, job_id)

    async def cancel_job(self, job_id: JobId) -> None:
        """Like ``cancel_batch``, for one job."""
        await self._cancel(Scope.JOB, job_id)

    async def retry_job(self, job_id: JobId) -> int:
        """A failed or cancelled job starts again at the task that did not end well. Returns 1, or 0 if neither."""
        return await self._retry(Scope.JOB, job_id)

    async def cancel_account(self, account_id: AccountId) -> None:
        """End all open jobs of an account: it is going to be removed."""
        await self._cancel(Scope.ACCOUNT, account_id)

    async def retry_failed(self, ids: Sequence[JobId]) -> int:
        """Those of the jobs that have failed start again at the task that failed. Returns how many."""
        return await self._start_over(lambda: self._store.retry_failed(ids, self._now_ms()))

    async def retry_cause(self, cause: Cause) -> int:
        """All jobs that failed for this reason start again. Returns how many."""
        return await self.retry_failed([JobId(id_) for id_ in await self._store.failed_of(cause)])

    async def prioritize_batch(self, batch_id: BatchId, priority: int) -> None:
        """Let all its jobs that have not ended go before or after others of their accounts."""
        await self._prioritize(Scope.BATCH, batch_id, priority)

    async def prioritize_job(self, job_id: JobId, priority: int) -> None:
        """Like ``prioritize_batch``, for one job."""
        await self._prioritize(Scope.JOB, job_id, priority)

    async def skip_job(self, job_id: JobId) -> int:
        """A failed or waiting job is left out for good, counted as cancelled. Returns 1, or 0 if it is neither."""
        async with self._claiming:
            held = self._take_held(Scope.JOB, job_id)
            changed = await self._change_held(
                held, lambda ids: self._store.skip(Scope.JOB, job_id, ids, self._now_ms())
            )
        self._after_end(changed)
        return len(changed.jobs)

    async def skip_batch(self, batch_id: BatchId) -> int:
        """Its jobs of which no step has begun are left out for good. Returns how many; what has begun goes on."""
        async with self._claiming:
            held = self._take_held(Scope.BATCH, batch_id)
            changed = await self._change_held(held, lambda ids: self._store.skip_unbegun(batch_id, ids, self._now_ms()))
        self._after_end(changed)
        return len(changed.jobs)

    async def skip_step(self, job_id: JobId) -> bool:
        """The step that a failed or waiting job has come to is left out and the job goes on after it.

        False, and nothing is changed, when the step is one that its action needs (``TaskKind.may_skip``).
        """
        may_skip = {
            action.name: {kind.name for kind in action.tasks if kind.may_skip} for action in self._actions.values()
        }
        async with self._claiming:
            held = self._take_held(Scope.JOB, job_id)
            changed = await self._change_held(
                held, lambda ids: self._store.skip_step(job_id, may_skip, ids, self._now_ms())
            )
        self._teller.progressed(changed.batches)
        self.wake()
        return bool(changed.jobs)

    def pace_calls(self, account_id: AccountId) -> None:
        """From here on the calls of this coroutine wait for their places at the account's limiter, as jobs do."""
        begin_beside(self._lane(account_id).limiter, self._clock)

    def replaced(self, created: Created) -> None:
        """A new batch was planned and took the place of older jobs: tell those who wait for them."""
        self._after_end(Changed(created.jobs, created.batches, created.finished_batches))

    def pause_account(self, account_id: AccountId, paused: bool) -> None:
        """Begin no task of this account, or go on. The caller keeps it with the account."""
        self._lane(account_id).paused = paused
        if paused:
            for job in self._jobs.values():
                if job.claimed.account_id == account_id:
                    job.wake()
        self._bus.publish(AccountsChanged((account_id,)))
        self.wake()

    def account_changed(self, account_id: AccountId) -> None:
        """The account was connected again or its settings changed: read its limits anew and try it at once."""
        lane = self._lanes.get(account_id)
        if lane is not None:
            lane.adopt(self._settings_of(account_id), self._clock)
        self.wake()

    async def _pause(self, scope: Scope, which: int) -> None:
        async def change(held: Sequence[JobId]) -> Changed:
            return await self._store.pause(scope, which, held, self._now_ms())

        await self._stop_jobs(scope, which, JobState.PAUSED, change)

    async def _cancel(self, scope: Scope, which: int) -> None:
        async def change(held: Sequence[JobId]) -> Changed:
            return await self._store.cancel(scope, which, held, self._now_ms())

        self._after_end(await self._stop_jobs(scope, which, JobState.CANCELLED, change))

    def _after_end(self, changed: Changed) -> None:
        """Jobs ended without having run: tell it."""
        self._teller.progressed(changed.batches)
        self._teller.ended(changed.finished_batches)
        if changed.jobs and any(action.on_done is not None for action in self._actions.values()):
            self._spawn(self._tell_cancelled(changed.jobs))
        self.wake()  # a listing may have become free

    async def _prioritize(self, scope: Scope, which: int, priority: int) -> None:
        async with self._claiming:
            changed = await self._store.prioritize(scope, which, priority, self._now_ms())
            for job in self._take_held(scope, which):
                job.claimed.priority = priority
                self._lanes[job.claimed.account_id].hold(job)
        self._teller.progressed(changed.batches)
        self.wake()

    async def _stop_jobs(
        self, scope: Scope, which: int, wish: JobState, change: Callable[[Sequence[JobId]], Awaitable[Changed]]
    ) -> Changed:
        async with self._claiming:
            for job in self._active(scope, which):
                if job.begun:
                    job.ask_for(wish)
            changed = await self._change_held(self._take_held(scope, which), change)
        self._teller.progressed(changed.batches)
        self._nudge()
        return changed

    def _take_held(self, scope: Scope, which: int) -> list[ActiveJob]:
        """Jobs that are claimed and not begun, out of their queues."""
        held = [job for job in self._active(scope, which) if not job.begun]
        for job in held:
            self._lanes[job.claimed.account_id].release(job)
        return held

    async def _change_held(
        self, held: Sequence[ActiveJob], change: Callable[[Sequence[JobId]], Awaitable[Changed]]
    ) -> Changed:
        """Change jobs in the store; those that were held are the store's again, or held as before if it fails."""
        try:
            changed = await change([job.claimed.id for job in held])
        except BaseException:
            for job in held:
                self._lanes[job.claimed.account_id].queue.append(job)
            raise
        for job in held:
            del self._jobs[job.claimed.id]
        return changed

    async def _resume(self, scope: Scope, which: int) -> None:
        async with self._claiming:
            for job in self._active(scope, which):
                job.ask_for(None)
            changed = await self._store.resume(scope, which, self._now_ms())
        self._teller.progressed(changed.batches)
        self.wake()

    async def _retry(self, scope: Scope, which: int) -> int:
        return await self._start_over(lambda: self._store.retry(scope, which, self._now_ms()))

    async def _start_over(self, change: Callable[[], Awaitable[Changed]]) -> int:
        async with self._claiming:
            changed = await change()
        self._teller.progressed(changed.batches)
        self.wake()
        return len(changed.jobs)

    def _lane(self, account_id: AccountId | None) -> Lane:
        lane = self._lanes.get(account_id)
        if lane is None:
            lane = self._lanes[account_id] = Lane(account_id, self._settings_of(account_id), self._clock)
        return lane

    def _settings_of(self, account_id: AccountId | None) -> LaneSettings:
        try:
            return self._settings(account_id)
        except Exception:  # noqa: BLE001 - foreign code; one bad account must not hold up the others
            _log.exception("the limits of account %s are not known: it is paused", account_id)
            return LaneSettings(paused=True)

    async def _catch_up(self, job: ActiveJob) -> None:
        """Do what was asked for while the job's last row was on its way to the disk."""
        fits = job.wish is None if job.state is JobState.PENDING else job.wish is job.state
        if job.state.is_final or fits:
            return
        async with self._claiming:
            again = self._jobs.get(job.claimed.id)
            if again is not None and again is not job:  # claimed again meanwhile
                again.ask_for(job.wish)
            else:
                await self._do_late(job)

    async def _do_late(self, job: ActiveJob) -> None:
        if job.wish is JobState.CANCELLED:
            changed = await self._store.cancel(Scope.JOB, job.claimed.id, (), self._now_ms())
            self._teller.ended(changed.finished_batches)
            await self._runner.tell(job, JobState.CANCELLED)
        elif job.wish is JobState.PAUSED:
            changed = await self._store.pause(Scope.JOB, job.claimed.id, (), self._now_ms())
        else:
            changed = await self._store.resume(Scope.JOB, job.claimed.id, self._now_ms())
        self._teller.progressed(changed.batches)

    async def _tell_cancelled(self, ids: Sequence[JobId]) -> None:
        """Tell the actions of jobs that were cancelled before or between their tasks."""
        for start in range(0, len(ids), TELL_CHUNK):
            for claimed in await self._store.look(ids[start : start + TELL_CHUNK]):
                await self._runner.tell(ActiveJob(claimed, self._actions.get(claimed.action)), JobState.CANCELLED)

    def _active(self, scope: Scope, which: int) -> list[ActiveJob]:
        if scope is Scope.JOB:
            job = self._jobs.get(JobId(which))
            return [job] if job is not None else []
        if scope is Scope.BATCH:
            return [job for job in self._jobs.values() if job.claimed.batch_id == which]
        return [job for job in self._jobs.values() if job.claimed.account_id == which]

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._beside.add(task)
        task.add_done_callback(self._beside_done)

    def _beside_done(self, task: asyncio.Task[None]) -> None:
        self._beside.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _log.error("work beside the jobs failed", exc_info=task.exception())
        self._nudge()
