"""How many calls a practice marketplace takes: token buckets, declared per marketplace."""

import fnmatch
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """``rate_per_s`` calls on average, ``burst`` at once, of one caller; ``path`` is a pattern over route templates."""

    name: str
    rate_per_s: float
    burst: float
    method: str = "*"
    path: str = "*"


@dataclass(frozen=True)
class Verdict:
    """What a limit says to one call: how many are left, and after how many seconds one more is."""

    allowed: bool
    limit: Limit
    left: int
    reset_s: float


class Bucket:
    """A token bucket: ``rate`` calls a second with ``burst`` at once, by default one second's worth."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._left = 0.0
        self._shape = (0.0, 0.0)
        self._at = 0.0

    def take(self, rate: float, burst: float = 0) -> bool:
        """Take one call; True when there was one left. No limit at a rate of 0 or less."""
        if rate <= 0:
            return True
        now, burst = self._now(), burst or max(1.0, rate)
        if (rate, burst) != self._shape:
            self._shape, self._left, self._at = (rate, burst), burst, now
        self._left = min(burst, self._left + max(0.0, now - self._at) * rate)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True

    @property
    def left(self) -> float:
        """Calls that were left after the last one."""
        return self._left


class Limits:
    """The declared limits, each with a bucket for each caller."""

    def __init__(self, limits: Sequence[Limit], now: Callable[[], float]) -> None:
        self._limits = limits
        self._now = now
        self._buckets: dict[tuple[str, str], Bucket] = {}

    def take(self, method: str, route: str, caller: str) -> Verdict | None:
        """Count one call; the verdict of the first limit that refuses it, else of the tightest, None without any."""
        verdicts = []
        for limit in self._limits:
            if limit.method not in {"*", method} or not fnmatch.fnmatchcase(route, limit.path):
                continue
            bucket = self._buckets.setdefault((limit.name, caller), Bucket(self._now))
            allowed = bucket.take(limit.rate_per_s, limit.burst)
            missing = max(0.0, 1 - bucket.left)
            verdicts.append(Verdict(allowed, limit, int(bucket.left), missing / limit.rate_per_s))
        return min(verdicts, key=lambda one: (one.allowed, one.left), default=None)
