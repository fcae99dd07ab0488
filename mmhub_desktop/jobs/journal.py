"""What became of tasks and jobs on its way to the disk: gathered, committed together, then told."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from mmhub_desktop.domain.ids import JobId, TaskId
from mmhub_desktop.domain.job import JobState
from mmhub_desktop.errors import MmhubError
from mmhub_desktop.jobs.clock import Clock, Timer
from mmhub_desktop.store.job_claiming import ClaimedJob
from mmhub_desktop.store.job_queue import JobQueue, Settled, Settlement

EAGER = 64  # rows that are handed to the writer at once, so that it works beside the loop
TRY_AGAIN_S = 5.0  # after a failed commit

_COUNTED = {JobState.COMPLETED: 0, JobState.FAILED: 1, JobState.CANCELLED: 2}
_log = logging.getLogger("mmhub.jobs")


@dataclass(slots=True)
class Page:
    """The rows of one commit, the (task, job) pairs they tell of, and who waits for it."""

    rows: Settlement = field(default_factory=Settlement)
    pairs: list[tuple[TaskId, JobId]] = field(default_factory=list)
    waiting: list[asyncio.Future[None]] = field(default_factory=list)


class Journal:
    """Lives on the loop. A failed commit loses nothing: its page is kept and tried again, and ``halted`` tells the
    engine to begin nothing new meanwhile."""

    def __init__(
        self,
        store: JobQueue,
        clock: Clock,
        on_commit: Callable[[Page, Settled], None],
        on_trouble: Callable[[BaseException | None], None],
    ) -> None:
        """``on_trouble`` hears the error of a failed commit once, and None when writing works again."""
        self._store = store
        self._clock = clock
        self._on_commit = on_commit
        self._on_trouble = on_trouble
        self._page = Page()
        self._in_flight = 0
        self._scheduled = False
        self._stuck: list[Page] = []
        self._timer: Timer | None = None
        self.halted = False

    @property
    def is_empty(self) -> bool:
        """Whether everything is on disk and told."""
        return not (self._in_flight or self._stuck or self._page.waiting)

    def add(
        self,
        job: ClaimedJob,
        task: list[Any] | None,
        row: list[Any] | None = None,
        final: JobState | None = None,
        *,
        retried: bool = False,
    ) -> asyncio.Future[None]:
        """Write a task's row, a job's row, or both (see ``Settlement``); the future is done after the commit."""
        page = self._page
        if task is not None:
            page.rows.tasks.append(task)
            page.pairs.append((task[0], job.id))
        if row is not None:
            page.rows.jobs.append(row)
        if retried:
            page.rows.retried.append(job.id)
        if final is not None:
            page.rows.finished.append(job.id)
            counts = page.rows.counts.get(job.batch_id)
            if counts is None:
                counts = page.rows.counts[job.batch_id] = [0, 0, 0]
            counts[_COUNTED[final]] += 1
        return self._promise(page)

    def add_intents(self, intents: Sequence[tuple[ClaimedJob, list[Any]]]) -> asyncio.Future[None]:
        """Write the rows of tasks that are about to act together, all in one commit."""
        page = self._page
        page.rows.tasks += [row for _, row in intents]
        page.pairs += [(row[0], job.id) for job, row in intents]
        return self._promise(page)

    def _promise(self, page: Page) -> asyncio.Future[None]:
        """A future for the page's commit, which is set going."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        page.waiting.append(future)
        if self.halted:
            return future
        if len(page.waiting) >= EAGER:
            self._flush()
        elif not self._scheduled and not self._in_flight:
            self._scheduled = True
            loop.call_soon(self._flush_soon)
        return future

    def close(self) -> None:
        """No more attempts; what could not be written is done again after the next start."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _flush_soon(self) -> None:
        self._scheduled = False
        self._flush()

    def _flush(self) -> None:
        if self._page.waiting and not self.halted:
            page, self._page = self._page, Page()
            self._write(page)

    def _write(self, page: Page) -> None:
        self._in_flight += 1
        try:
            future = self._store.begin_settle(page.rows, int(self._clock.now() * 1000))
        except MmhubError as error:  # the workspace is closed
            self._in_flight -= 1
            self._keep(page, error)
            return
        future.add_done_callback(lambda done: self._written(page, done))

    def _written(self, page: Page, done: asyncio.Future[Settled]) -> None:
        self._in_flight -= 1
        if done.cancelled():
            self._keep(page, asyncio.CancelledError())
            return
        error = done.exception()
        if error is not None:
            self._keep(page, error)
            return
        for future in page.waiting:
            if not future.done():
                future.set_result(None)
        self._on_commit(page, done.result())
        if self.halted and not self._stuck and not self._in_flight:
            self.halted = False
            self._on_trouble(None)
        if not self._in_flight:
            self._flush()

    def _keep(self, page: Page, error: BaseException) -> None:
        self._stuck.append(page)
        if not self.halted:
            self.halted = True
            if not isinstance(error, MmhubError):
                _log.error("results could not be written", exc_info=error)
            self._on_trouble(error)
        if self._timer is None:
            self._timer = self._clock.call_later(TRY_AGAIN_S, self._try_again)

    def _try_again(self) -> None:
        self._timer = None
        stuck, self._stuck = self._stuck, []
        for page in stuck:
            self._write(page)
