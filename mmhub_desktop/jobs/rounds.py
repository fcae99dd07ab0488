"""Quiet work that is done again and again while a workspace is open: backups, clearing away what is old."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from mmhub_desktop.jobs.clock import Clock, Timer


class Rounds:
    """On the loop from ``start`` to ``stop``. ``work`` says after how many seconds the next round is; it must not fail.

    ``first_s``: how long the first round waits.
    """

    def __init__(self, name: str, work: Callable[[], Awaitable[float]], clock: Clock, *, first_s: float = 0.0) -> None:
        self._name = name
        self._work = work
        self._clock = clock
        self._first_s = first_s
        self._task: asyncio.Task[None] | None = None
        self._timer: Timer | None = None

    def start(self) -> None:
        """Begin."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._go_round(), name=self._name)

    async def stop(self) -> None:
        """End; a round that is under way is cancelled."""
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _go_round(self) -> None:
        wait_s = self._first_s
        while True:
            if wait_s:
                woken = asyncio.Event()
                self._timer = self._clock.call_later(wait_s, woken.set)
                await woken.wait()
            wait_s = await self._work()
