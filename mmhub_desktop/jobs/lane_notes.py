"""Keeps on disk how lanes stand when they turn, so that “mmhub health” can tell while the window has the workspace."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.errors import MmhubError
from mmhub_desktop.events import AccountsChanged, Bus
from mmhub_desktop.jobs.breaker import BreakerState
from mmhub_desktop.jobs.clock import Clock, SystemClock
from mmhub_desktop.jobs.lane import LaneState
from mmhub_desktop.store.lane_notes import LaneNote, LaneNoteStore

_log = logging.getLogger("mmhub.jobs")


class LaneNotes:
    """Lives on the loop, beside the engine. The engine tells by events when a lane turns; writing never holds it up."""

    def __init__(
        self, store: LaneNoteStore, bus: Bus, state: Callable[[AccountId], LaneState], clock: Clock | None = None
    ) -> None:
        self._store = store
        self._bus = bus
        self._state = state
        self._clock: Clock = clock or SystemClock()
        self._kept: dict[AccountId, LaneNote] = {}
        self._waiting: set[AccountId] = set()
        self._task: asyncio.Task[None] | None = None
        self._unsubscribe: Callable[[], None] | None = None

    async def start(self) -> None:
        """Begin; what a crash has left is forgotten."""
        if self._unsubscribe is None:
            await self._store.remove()
            self._unsubscribe = self._bus.subscribe(AccountsChanged, lambda event: self._turned(event.ids))

    async def close(self) -> None:
        """Nothing runs any more: nothing is held up."""
        if self._unsubscribe is None:
            return
        self._unsubscribe()
        self._unsubscribe = None
        if self._task is not None:
            await asyncio.wait([self._task])
        try:
            await self._store.remove()
        except MmhubError as error:
            _log.info("the lanes' notes could not be cleared: %s", error)

    def _turned(self, ids: tuple[AccountId, ...]) -> None:
        self._waiting.update(ids)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._write(), name="lane notes")

    async def _write(self) -> None:
        while self._waiting:
            account_id = self._waiting.pop()
            state = self._state(account_id)
            before = self._kept.get(account_id)
            try:
                if state.breaker is BreakerState.CLOSED and not state.reason:
                    if self._kept.pop(account_id, None) is not None:
                        await self._store.remove(account_id)
                    continue
                now = datetime.fromtimestamp(self._clock.now(), UTC)
                note = LaneNote(account_id, state.breaker.value, state.reason, now, state.next_try_at)
                if before is not None and before.reason == note.reason:
                    note = replace(note, since=before.since)
                self._kept[account_id] = note
                await self._store.save(note)
            except MmhubError as error:  # a full disk: the next turn is written again
                _log.info("the lane of account %d could not be noted: %s", account_id, error)
