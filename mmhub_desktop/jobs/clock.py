"""The engine's time: the wall clock, the running clock and timers, so that tests can turn them by hand."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol


class Timer(Protocol):
    """A call that is still to come."""

    def cancel(self) -> None:
        """Do not call."""


class Clock(Protocol):
    """What the engine asks of time. Seconds throughout."""

    def now(self) -> float:
        """Since 1970, UTC; may jump when the machine's clock is set."""

    def monotonic(self) -> float:
        """Since some moment; never jumps."""

    def call_later(self, delay_s: float, callback: Callable[[], None]) -> Timer:
        """Call back on the loop after so many seconds."""


class SystemClock:
    """The machine's own time."""

    now = staticmethod(time.time)
    monotonic = staticmethod(time.monotonic)

    def call_later(self, delay_s: float, callback: Callable[[], None]) -> Timer:
        """Call back on the running loop after so many seconds."""
        return asyncio.get_running_loop().call_later(delay_s, callback)
