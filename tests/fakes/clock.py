"""A clock that stands still until a test turns it."""

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

START = 4_000_000_000.0


@dataclass(order=True)
class FakeTimer:
    """A call that comes when the clock is turned past its time."""

    at: float
    number: int
    callback: Callable[[], None] = field(compare=False)
    cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        """Do not call."""
        self.cancelled = True


class FakeClock:
    """Wall and running clock that move together by ``advance``; ``set_wall`` moves the wall clock alone."""

    def __init__(self) -> None:
        self._passed = 0.0
        self._set_by = 0.0
        self._timers: list[FakeTimer] = []
        self._numbers = itertools.count()

    def now(self) -> float:
        """Seconds since 1970."""
        return START + self._passed + self._set_by

    def monotonic(self) -> float:
        """Seconds since some moment."""
        return 1000.0 + self._passed

    def call_later(self, delay_s: float, callback: Callable[[], None]) -> FakeTimer:
        """Call back when the clock has been turned so far."""
        timer = FakeTimer(self._passed + delay_s, next(self._numbers), callback)
        heapq.heappush(self._timers, timer)
        return timer

    def set_wall(self, by_s: float) -> None:
        """Somebody sets the machine's clock forward, or back by a negative number of seconds."""
        self._set_by += by_s

    def next_in(self) -> float | None:
        """Seconds until the next timer; None without timers."""
        while self._timers and self._timers[0].cancelled:
            heapq.heappop(self._timers)
        return self._timers[0].at - self._passed if self._timers else None

    def advance(self, seconds: float) -> None:
        """Turn the clock, calling timers at their times."""
        end = self._passed + seconds
        while (wait := self.next_in()) is not None and self._passed + wait <= end:
            timer = heapq.heappop(self._timers)
            self._passed = max(self._passed, timer.at)
            timer.callback()
        self._passed = end
