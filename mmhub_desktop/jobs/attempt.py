"""One attempt of a task: run it, and end it when it hangs."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from mmhub_desktop.errors import OutcomeUnknown, Unavailable
from mmhub_desktop.jobs.action import TaskKind
from mmhub_desktop.jobs.clock import Clock, Timer
from mmhub_desktop.jobs.pace import give_back_place

LOOK_EVERY_S = 1.0  # how exactly time limits are kept; one timer for all attempts costs nothing per attempt


_Result = TypeVar("_Result")


class Attempts:
    """The attempts under way, each on its worker's asyncio task, with the moment at which it must have ended."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._deadlines: dict[asyncio.Task[object], float] = {}
        self._expired: set[asyncio.Task[object]] = set()
        self._timer: Timer | None = None

    async def run(self, kind: TaskKind, work: Awaitable[_Result]) -> _Result:
        """The attempt's result. Its own error, or Unavailable or OutcomeUnknown when it took too long."""
        worker = asyncio.current_task()
        assert worker is not None  # noqa: S101 - coroutines of the engine always run in a task
        self._deadlines[worker] = self._clock.monotonic() + kind.timeout_s
        if self._timer is None:
            self._timer = self._clock.call_later(min(LOOK_EVERY_S, kind.timeout_s), self._look)
        try:
            return await work
        except asyncio.CancelledError:
            if worker in self._expired:
                raise _too_long(kind) from None
            raise
        finally:
            give_back_place()
            del self._deadlines[worker]
            if worker in self._expired:
                self._expired.discard(worker)
                worker.uncancel()

    def cancel(self) -> None:
        """End all attempts: the program stops and has waited long enough."""
        for worker in list(self._deadlines):
            worker.cancel()

    def close(self) -> None:
        """No more timers."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        self._timer = None
        now = self._clock.monotonic()
        for worker, deadline in self._deadlines.items():
            if now >= deadline and worker not in self._expired:
                self._expired.add(worker)
                worker.cancel()
        if self._deadlines:
            self._timer = self._clock.call_later(LOOK_EVERY_S, self._look)


def _too_long(kind: TaskKind) -> Exception:
    said = f"“{kind.label}” did not end within {kind.timeout_s:g} seconds."
    return OutcomeUnknown(said) if kind.has_effect else Unavailable(said)
