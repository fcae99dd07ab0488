"""Notes of calls to marketplaces: which attempt of which job made them, and their way to the disk in groups."""

import asyncio
import logging
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, replace
from time import time

from mmhub_desktop.domain.call import Call
from mmhub_desktop.domain.ids import JobId, TaskId
from mmhub_desktop.errors import MmhubError
from mmhub_desktop.jobs.lane import ActiveJob
from mmhub_desktop.store.calls import CallStore
from mmhub_desktop.store.job_queue import ClaimedTask

MOST_WAITING = 5_000  # calls in memory while the disk takes none; older ones are dropped
PRUNE_EVERY = 1_000  # calls

_DAY_MS = 24 * 3600 * 1000
_log = logging.getLogger("mmhub.jobs")


@dataclass(slots=True)
class _Attempt:
    """The attempt that an engine's worker is in; calls (also those of asyncio tasks it starts) belong to it."""

    job_id: JobId
    task_id: TaskId
    operation: str
    attempt: int
    throttled_ms: int


_attempt: ContextVar[_Attempt | None] = ContextVar("attempt", default=None)


def mark_attempt(job: ActiveJob, task: ClaimedTask, attempt: int) -> None:
    """From here on this worker's calls belong to this attempt, until it marks another."""
    claimed = job.claimed
    throttled_ms, job.throttled_s = round(job.throttled_s * 1000), 0.0
    _attempt.set(_Attempt(claimed.id, task.id, f"{claimed.action}.{task.kind}", attempt, throttled_ms))


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
        attempt = _attempt.get()
        if attempt is not None:
            throttled_ms, attempt.throttled_ms = attempt.throttled_ms, 0
            call = replace(
                call, operation=attempt.operation, job_id=attempt.job_id, task_id=attempt.task_id,
                attempt=attempt.attempt, throttled_ms=throttled_ms,
            )  # fmt: skip
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
