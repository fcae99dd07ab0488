"""Notes of calls to marketplaces: which attempt of which job made them, and their way to the disk in groups."""

import asyncio
import logging
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import replace
from time import time

from mmhub_desktop.domain.call import Call
from mmhub_desktop.errors import MmhubError
from mmhub_desktop.jobs.lane import ActiveJob
from mmhub_desktop.store.calls import CallStore
from mmhub_desktop.store.job_claiming import ClaimedTask

MOST_WAITING = 5_000  # calls in memory while the disk takes none; older ones are dropped
PRUNE_EVERY = 1_000  # calls

_DAY_MS = 24 * 3600 * 1000
_log = logging.getLogger("mmhub.jobs")


_attempt: ContextVar[tuple[ActiveJob, ClaimedTask, int] | None] = ContextVar("attempt", default=None)


def mark_attempt(job: ActiveJob, task: ClaimedTask, attempt: int) -> None:
    """From here on this worker's calls, and those of asyncio tasks it starts, belong to this attempt.

    Runs for every attempt, so it only remembers: what a note needs is looked up when there is a call.
    """
    _attempt.set((job, task, attempt))


def note_wait(seconds: float) -> None:
    """The attempt that this worker is in waited so long for the account's rate limit."""
    marked = _attempt.get()
    if marked is not None:
        marked[0].throttled_s += seconds


class CallRecorder:
    """Lives on the loop. ``note`` only remembers; what was noted while a commit ran goes into the next one.

    A disk that takes nothing costs the notes, never the work.
    """

    def __init__(self, store: CallStore, kept_days: Callable[[], int]) -> None:
        self._store = store
        self._kept_days = kept_days
        self._waiting: list[Call] = []
        self._writing: asyncio.Task[None] | None = None
        self._until_pruning = 0  # the first calls after the start prune what became old meanwhile

    def note(self, call: Call) -> None:
        """Keep a call, with the attempt that made it."""
        marked = _attempt.get()
        if marked is not None:
            job, task, attempt = marked
            call = replace(
                call, operation=f"{job.claimed.action}.{task.kind}", job_id=job.claimed.id, task_id=task.id,
                attempt=attempt, throttled_ms=round(job.throttled_s * 1000),
            )  # fmt: skip
            job.throttled_s = 0.0
        self._waiting.append(call)
        if len(self._waiting) > MOST_WAITING:
            del self._waiting[0]
        if self._writing is None:
            self._writing = asyncio.get_running_loop().create_task(self._write(), name="write calls")

    async def close(self) -> None:
        """Until everything noted is on disk."""
        while self._writing is not None:
            await asyncio.wait({self._writing})

    async def _write(self) -> None:
        try:
            while self._waiting:
                calls, self._waiting = self._waiting, []
                await self._store.add(calls)
                self._until_pruning -= len(calls)
                if self._until_pruning <= 0:
                    self._until_pruning = PRUNE_EVERY
                    await self._store.prune(int(time() * 1000) - self._kept_days() * _DAY_MS)
        except MmhubError as error:
            _log.info("calls could not be noted: %s", error)
        finally:
            self._writing = None
