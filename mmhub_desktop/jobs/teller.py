"""Tells what has happened: events after a commit, notices, the end of batches, how fast they move."""

import asyncio
import logging
from collections.abc import Iterable

from mmhub_desktop.domain.ids import AccountId, BatchId
from mmhub_desktop.errors import MmhubError, Offline, SignInNeeded
from mmhub_desktop.events import AccountsChanged, BatchesProgressed, Bus, ConnectivityChanged, Notice, TasksSettled
from mmhub_desktop.jobs.clock import Clock
from mmhub_desktop.jobs.journal import Page
from mmhub_desktop.jobs.lane import Lane
from mmhub_desktop.jobs.speed import Speeds
from mmhub_desktop.store.job_queue import Settled

_log = logging.getLogger("mmhub.jobs")


class Teller:
    """Lives on the loop. ``troubled`` while commits fail; the network is away while ``offline`` names accounts."""

    def __init__(self, bus: Bus, clock: Clock) -> None:
        self._bus = bus
        self._waits: dict[BatchId, list[asyncio.Future[None]]] = {}
        self.speeds = Speeds(clock)
        self.offline: set[AccountId | None] = set()
        self.troubled = False

    def progressed(self, batches: Iterable[BatchId]) -> None:
        """Batches changed."""
        ids = tuple(batches)
        if ids:
            self._bus.publish(BatchesProgressed(ids))

    def committed(self, page: Page, settled: Settled) -> None:
        """A page is on disk."""
        for batch_id, counts in page.rows.counts.items():
            self.speeds.add(batch_id, sum(counts))
        if page.pairs and self._bus.wants(TasksSettled):
            self._bus.publish(TasksSettled(tuple(page.pairs)))
        self.progressed(page.rows.counts)
        self.ended(settled.finished_batches)

    def ended(self, batches: Iterable[BatchId]) -> None:
        """Batches have come to their end: those who wait for them go on."""
        for batch_id in batches:
            self.speeds.drop(batch_id)
            for future in self._waits.get(batch_id, ()):
                if not future.done():
                    future.set_result(None)

    def await_end(self, batch_id: BatchId) -> asyncio.Future[None]:
        """A future for the end of a batch; hand it back to ``forget``."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waits.setdefault(batch_id, []).append(future)
        return future

    def forget(self, batch_id: BatchId, future: asyncio.Future[None]) -> None:
        """Nobody waits for this future any more."""
        waits = self._waits[batch_id]
        waits.remove(future)
        if not waits:
            del self._waits[batch_id]

    def trouble(self, error: BaseException) -> None:
        """Results or claims could not be written: told once until ``mended``."""
        if self.troubled:
            return
        self.troubled = True
        if isinstance(error, MmhubError):
            _log.error("work waits: %s", error)
            self._bus.publish(Notice("err", f"Work waits. {error.message}", error.hint))
        else:
            _log.error("work waits after a mistake of the program", exc_info=error)
            self._bus.publish(
                Notice("err", "Work waits: the program made a mistake.", "It tries again by itself; the log says more.")
            )

    def mended(self) -> None:
        """Writing works again."""
        if self.troubled:
            self.troubled = False
            self._bus.publish(Notice("ok", "The workspace can be written again: work goes on."))

    def lane_turned(self, lane: Lane, error: BaseException | None, lanes: Iterable[Lane]) -> None:
        """A lane's breaker was opened by ``error``, or closed."""
        if isinstance(error, SignInNeeded):
            hint = error.hint or "Connect the account again under Marketplaces; its jobs wait."
            self._bus.publish(Notice("warn", error.message, hint))
        if isinstance(error, Offline):
            if not self.offline:
                self._bus.publish(ConnectivityChanged(False))
            self.offline.add(lane.account_id)
        elif lane.account_id in self.offline:  # answered, well or not: the network is back, for the others too
            self.offline.clear()
            for other in lanes:
                if other.breaker.offline:
                    other.breaker.reset()
                    other.more = True
            self._bus.publish(ConnectivityChanged(True))
        if lane.account_id is not None:
            self._bus.publish(AccountsChanged((lane.account_id,)))
