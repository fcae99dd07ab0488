"""The circuit breaker of one account: after failures in a row nothing is sent until one call has gone well."""

import math
from enum import StrEnum

THRESHOLD = 5  # failures in a row that open it
FIRST_S, FACTOR, LONGEST_S = 15.0, 2.0, 300.0  # pause before a probe after failures
OFFLINE_FIRST_S, OFFLINE_LONGEST_S = 2.0, 60.0  # the same without network


class BreakerState(StrEnum):
    """Closed lets calls through, open none, half-open one to probe."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Breaker:
    """Counts failures in a row. Times are the clock's monotonic seconds; ``until`` inf means: until told."""

    def __init__(self) -> None:
        self.state = BreakerState.CLOSED
        self.reason = ""
        self.until = 0.0
        self.offline = False
        self._failures = 0
        self._openings = 0
        self._probing = False

    def ask(self, now: float) -> bool:
        """Whether a call may be made now. In half-open state only one may; report how it went, or ``abandon``."""
        if self.state is BreakerState.CLOSED:
            return True
        if self.state is BreakerState.OPEN:
            if now < self.until:
                return False
            self.state = BreakerState.HALF_OPEN
            self._probing = False
        if self._probing:
            return False
        self._probing = True
        return True

    def opens_at(self) -> float:
        """The moment from which a call may be tried; 0.0 when it is not open."""
        return self.until if self.state is BreakerState.OPEN else 0.0

    def success(self) -> bool:
        """A call was answered. True when that closed it; an answer to a call from before it opened does not."""
        self._failures = 0
        if self.state is not BreakerState.HALF_OPEN:
            return False
        self.reset()
        return True

    def failure(self, now: float, reason: str) -> bool:
        """A call failed for the account as a whole. True when that opened it."""
        self._failures += 1
        self._probing = False
        if self.state is BreakerState.CLOSED and self._failures < THRESHOLD:
            return False
        if self.state is BreakerState.OPEN:
            return False  # a call that was under way when it opened
        self._open(now, reason, min(LONGEST_S, FIRST_S * FACTOR**self._openings))
        return True

    def lost_network(self, now: float, reason: str) -> bool:
        """No network: probe after a short, growing pause. True when that opened it."""
        self._probing = False
        if self.state is BreakerState.OPEN:
            return False
        self._open(now, reason, min(OFFLINE_LONGEST_S, OFFLINE_FIRST_S * FACTOR**self._openings))
        self.offline = True
        return True

    def open(self, now: float, reason: str, for_s: float = math.inf) -> bool:
        """Let nothing through for a time, or until ``reset``. True when it was not open for this reason before."""
        changed = self.state is not BreakerState.OPEN or self.reason != reason
        self._open(now, reason, for_s)
        return changed

    def abandon(self) -> None:
        """The call that was asked for was not made, or says nothing about the account."""
        self._probing = False

    def reset(self) -> None:
        """Closed, as if nothing had been."""
        self.__init__()  # type: ignore[misc]

    def probe_now(self, now: float) -> None:
        """Something speaks for it: try at the next chance instead of waiting longer."""
        if self.state is BreakerState.OPEN and self.until != math.inf:
            self.until = now

    def _open(self, now: float, reason: str, for_s: float) -> None:
        self.state = BreakerState.OPEN
        self.reason = reason
        self.until = now + for_s
        self.offline = False
        self._openings += 1
        self._probing = False
