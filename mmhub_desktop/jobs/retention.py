"""Clears old finished work in the background, a little at a time."""

import logging
from collections.abc import Awaitable, Callable

from mmhub_desktop.jobs.clock import Clock, SystemClock
from mmhub_desktop.jobs.rounds import Rounds
from mmhub_desktop.store.retention import RetentionStore

JOBS_AT_ONCE = 100  # with their tasks a few milliseconds of the writer
PAUSE_S = 0.1  # between two pieces: the writer is other work's
REST_S = 3600.0
_DAY_S = 86_400

_log = logging.getLogger("mmhub.jobs")


class Retention:
    """Lives on the loop from ``start`` to ``stop``; ``kept_days`` is asked before each piece.

    ``also`` is awaited when all is cleared, about once an hour: what else keeps itself within bounds.
    """

    def __init__(
        self,
        store: RetentionStore,
        kept_days: Callable[[], int],
        *,
        also: Callable[[], Awaitable[None]] | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._store = store
        self._kept_days = kept_days
        self._also = also
        self._clock: Clock = clock or SystemClock()
        self._rounds = Rounds("retention", self._clear, self._clock)

    def start(self) -> None:
        """Begin."""
        self._rounds.start()

    async def stop(self) -> None:
        """End; what is not cleared yet is at the next start."""
        await self._rounds.stop()

    async def clear_some(self) -> int | None:
        """Clear one piece; how many jobs, None when nothing is old enough."""
        before = self._clock.now() - self._kept_days() * _DAY_S
        return await self._store.clear_some(int(before * 1000), JOBS_AT_ONCE)

    async def _clear(self) -> float:
        try:
            cleared = await self.clear_some()
            if cleared is None and self._also is not None:
                await self._also()
        except Exception:  # noqa: BLE001 - the disk may be full: it is tried again
            _log.exception("old work could not be cleared")
            cleared = None
        return REST_S if cleared is None else PAUSE_S
