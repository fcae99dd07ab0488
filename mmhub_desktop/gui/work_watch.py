"""Watches the engine's batches for the window: the count in the sidebar, the tray, one notice for each ended batch."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QTimer

from mmhub_desktop.domain.ids import BatchId
from mmhub_desktop.domain.job import BatchJob, JobState
from mmhub_desktop.domain.job_filter import JobFilter
from mmhub_desktop.events import BatchesProgressed, ConnectivityChanged, Event, ImagesFetched, Notice
from mmhub_desktop.gui.image_offer import ImageOffer
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.tray import Tray
from mmhub_desktop.gui.words import counted, number

COUNT_EVERY_MS = 1_000
UNFINISHED = JobFilter(frozenset({JobState.PENDING, JobState.RUNNING, JobState.PAUSED}))


class WorkWatch:
    """Listens to the bridge for one open workspace until ``stop``."""

    def __init__(
        self,
        context: GuiContext,
        show_count: Callable[[int], None],
        show_online: Callable[[bool], None],
        show_images: Callable[[int], None],
    ) -> None:
        self._context = context
        self._show_count = show_count
        self._show_online = show_online
        self._show_images = show_images  # how many wait to be fetched in the background
        show_images(context.workspace.image_fetching.progress.left)
        self._changed: set[BatchId] = set()
        self._told: set[BatchId] = set()
        self._open: dict[BatchId, BatchJob] | None = None  # batches that have not ended; None until they were read
        self.tray = Tray(context)
        self._offer = ImageOffer(context)
        self._task: asyncio.Task[Any] | None = None
        self._pause = QTimer()
        self._pause.setSingleShot(True)
        self._pause.setInterval(COUNT_EVERY_MS)
        self._pause.timeout.connect(self._look_again)
        context.bridge.arrived.connect(self._arrived)
        self._look()

    def stop(self) -> None:
        """Stop listening."""
        self._context.bridge.arrived.disconnect(self._arrived)
        self._pause.stop()
        self.tray.stop()
        self._offer.stop()
        self._changed.clear()
        if self._task is not None:
            self._task.cancel()

    def _arrived(self, events: Sequence[Event]) -> None:
        for event in events:
            if isinstance(event, BatchesProgressed):
                self._changed.update(event.ids)
                self._look()
            elif isinstance(event, ConnectivityChanged):
                self._show_online(event.online)
            elif isinstance(event, ImagesFetched):
                self._show_images(event.progress.left)
            elif isinstance(event, Notice):
                self._context.window.notify(event.level, event.message, event.hint)

    def _look(self) -> None:
        if self._task is None and not self._pause.isActive():
            self._task = self._context.spawn(self._read(), "Watch the work")

    async def _read(self) -> None:
        try:
            ids = sorted(self._changed)
            self._changed.clear()
            jobs = self._context.workspace.jobs
            if self._open is None:
                found = await jobs.batches(await jobs.batch_ids(UNFINISHED))
                self._open = {batch.id: batch for batch in found if not batch.state.is_final}
            for batch in await jobs.batches(ids) if ids else []:
                self._see(batch, self._open)
            counts = await jobs.counts()
            self.tray.show_work(counts, self._open.values())
            self._show_count(counts.get(JobState.PENDING, 0) + counts.get(JobState.RUNNING, 0))
        finally:
            self._task = None
            self._pause.start()

    def _look_again(self) -> None:
        if self._changed:
            self._look()

    def _see(self, batch: BatchJob, unfinished: dict[BatchId, BatchJob]) -> None:
        if not batch.state.is_final:
            unfinished[batch.id] = batch
            self._told.discard(batch.id)  # a retry makes it run again
            return
        unfinished.pop(batch.id, None)
        if batch.id in self._told:
            return
        self._told.add(batch.id)
        if batch.state is not JobState.CANCELLED:
            self._tell(batch)

    def _tell(self, batch: BatchJob) -> None:
        window = self._context.window
        if batch.failed:
            words = f"{batch.title}: {number(batch.completed)} done, {number(batch.failed)} failed."
            window.notify(
                "warn",
                words,
                "Each failed job says what to mend.",
                "Show",
                lambda: window.show_page("jobs", batch_id=batch.id, failed=True),
                key=batch_key(batch.id),
            )
        else:
            words = f"{batch.title}: {counted(batch.completed, 'job')} done."
            window.notify("ok", words, key=batch_key(batch.id))
        self.tray.tell(batch, words)


def batch_key(batch_id: BatchId) -> str:
    """The key of a batch's notice: that it has ended takes the place of that it has begun."""
    return f"batch-{batch_id}"
