"""The engine's workers: they take claimed jobs and groups from their lane, run them, and let them go."""

import asyncio
import logging
from functools import partial

from mmhub_desktop.jobs.attempt import Attempts
from mmhub_desktop.jobs.control import Control
from mmhub_desktop.jobs.gathered import GatheredRuns
from mmhub_desktop.jobs.gathering import Group
from mmhub_desktop.jobs.journal import Journal
from mmhub_desktop.jobs.lane import ActiveJob, Lane

_log = logging.getLogger("mmhub.jobs")


class Workers(Control):
    """The part of the engine that runs what was claimed; as many workers on a lane as it has slots."""

    _journal: Journal
    _attempts: Attempts
    _gathered: GatheredRuns
    _workers: set[asyncio.Task[None]]

    def _start_workers(self) -> None:
        loop, now = asyncio.get_running_loop(), self._clock.monotonic()
        for lane in self._lanes.values():
            if lane.gathering.waiting:
                lane.close_groups(now)
            for _ in range(min(lane.slots - lane.running, lane.startable)):
                lane.running += 1
                self._workers.add(loop.create_task(self._work(lane)))

    async def _work(self, lane: Lane) -> None:
        try:
            while lane.startable and lane.running <= lane.slots and not (self._runner.stopping or self._journal.halted):
                group = lane.next_group()
                if group is not None:
                    await self._run_group(lane, group)
                    continue
                job = lane.queue.popleft()
                job.begun = True
                if lane.more and lane.wanted():
                    self._nudge()
                await self._run(lane, job)
        finally:
            lane.running -= 1
            worker = asyncio.current_task()
            if worker is not None:
                self._workers.discard(worker)
            self._nudge()

    async def _run(self, lane: Lane, job: ActiveJob) -> None:
        try:
            await self._runner.run(lane, job)
            if job.begun:  # else it waits to be gathered
                await self._catch_up(job)
        except Exception:  # noqa: BLE001 - a bug here must not end the lane; the job goes on after the next start
            _log.exception("job %d was lost from memory", job.claimed.id)
        finally:
            if job.begun:
                self._let_go(job)
                self._given_back(lane, job)

    async def _run_group(self, lane: Lane, group: Group) -> None:
        jobs = list(group.jobs)
        try:
            await self._gathered.run(lane, group)
            for job in jobs:
                await self._catch_up(job)
        except Exception:  # noqa: BLE001 - see _run
            _log.exception("%d gathered jobs were lost from memory", len(jobs))
        finally:
            lane.gathering.landed(len(jobs))
            for job in jobs:
                self._let_go(job)
                self._given_back(lane, job)

    def _let_go(self, job: ActiveJob) -> None:
        if self._jobs.get(job.claimed.id) is job:  # else it was claimed again meanwhile
            del self._jobs[job.claimed.id]

    def _given_back(self, lane: Lane, job: ActiveJob) -> None:
        if job.ready is not None:
            lane.note_ready(job.ready)
            if not lane.more:
                self._nudge()
        elif not job.state.is_final:
            lane.more = True

    def _return_queue(self, lane: Lane) -> None:
        """Jobs that were claimed and not begun go back: the lane is closed, or the program stops."""
        for job in lane.empty():
            job.begun = True
            self._spawn(self._return(lane, job))

    def _return_queues(self) -> None:
        for lane in self._lanes.values():
            self._return_queue(lane)

    async def _return(self, lane: Lane, job: ActiveJob) -> None:
        try:
            await self._runner.put_back(job)
            await self._catch_up(job)
        finally:
            self._let_go(job)
            self._given_back(lane, job)
            self._nudge()

    async def _settle_down(self, grace_s: float) -> None:
        """Wait for workers and commits; after ``grace_s`` end the calls, after as much again leave the rest."""
        for _ in range(2):
            under_way = self._workers | self._beside
            if not under_way:
                return
            over = asyncio.Event()
            timer = self._clock.call_later(grace_s, over.set)
            ended = asyncio.ensure_future(asyncio.wait(under_way))
            ended.add_done_callback(partial(_set, over))
            await over.wait()
            timer.cancel()
            if not ended.done():
                ended.cancel()
                self._attempts.cancel()
        for task in self._workers | self._beside:
            task.cancel()


def _set(event: asyncio.Event, _: object) -> None:
    event.set()
