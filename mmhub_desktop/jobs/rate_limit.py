"""How many calls an account may make: one token bucket for each group of calls, corrected by what it is told."""

from collections import deque
from collections.abc import Sequence

from mmhub_desktop.domain.marketplace import RateLimit

SLOWER = 0.75  # the rate after each "too many", of what it was
SLOWEST = 0.1  # never below this part of the declared rate
RECOVERY_PER_S = 0.1  # part of the declared rate that comes back each second,
RECOVERY_PER_CALL = 0.0125  # or, where calls are many, in the time of one at the declared rate
SLOW_RECOVERY_PER_S = 0.02  # the same after a refusal that followed soon on another: the limit is lower than declared
SOON_CALLS = 20  # after as many calls at the declared rate (a burst, if that is more) a refusal is a lone one
TOLD_NOTHING_S = 2.0  # the wait after a "too many" that did not say how long


class Bucket:
    """Tokens refilled at a rate up to a burst. Times are the clock's monotonic seconds.

    A token may be taken in advance; the answer is then how long to wait for it. ``_at`` is the moment up to which
    the tokens are counted; after a refusal it lies in the future, and nothing is refilled before it.
    """

    __slots__ = ("_at", "_factor", "_recovery", "_refused_until", "burst", "per_second", "tokens")

    def __init__(self, limit: RateLimit, now: float) -> None:
        self.per_second = limit.per_second
        self.burst = float(max(1, limit.burst))
        self.tokens = self.burst
        self._factor = 1.0
        self._at = now
        self._recovery = RECOVERY_PER_S
        self._refused_until = float("-inf")

    def wait_s(self, now: float) -> float:
        """Seconds until the next token can be used; 0.0 or less when it can be now."""
        passed = now - self._at
        if passed > 0:
            self._at = now
            if self._factor < 1.0:
                self._factor = min(1.0, self._factor + self._recovery * passed)
            tokens = self.tokens + passed * self.per_second * self._factor
            self.tokens = min(self.burst, tokens)
        missing = 1.0 - self.tokens
        return self._at - now if missing <= 0 else self._at - now + missing / (self.per_second * self._factor)

    def penalize(self, now: float, wait_s: float) -> None:
        """The marketplace said "too many": nothing for so long, then slower than before, recovering."""
        self.wait_s(now)
        self.tokens = min(self.tokens, 1.0)
        if self._at <= now:  # calls that were under way together are one lesson, not several
            self._factor = max(SLOWEST, self._factor * SLOWER)
            is_soon = now - self._refused_until < max(SOON_CALLS, self.burst) / self.per_second
            quick = max(RECOVERY_PER_S, RECOVERY_PER_CALL * self.per_second)
            self._recovery = SLOW_RECOVERY_PER_S if is_soon else quick
        self._at = self._refused_until = max(self._at, now + wait_s)

    def blocked_s(self, now: float) -> float:
        """Seconds that a refusal still forbids any call."""
        return self._at - now


class Limiter:
    """The buckets of one account. The first declared one counts every call, the others those of their group.

    ``counts_calls``: calls come for their places themselves, so a task's place that no call came for is given back.
    """

    def __init__(self, limits: Sequence[RateLimit], now: float) -> None:
        self.counts_calls = False
        self._buckets = {limit.group: Bucket(limit, now) for limit in limits}
        self._every = next(iter(self._buckets.values()), None)
        most = 0 if self._every is None else int(self._every.per_second + self._every.burst)
        self._departed: deque[float] = deque(maxlen=max(1, most))  # of the last calls, as many as a second may have

    def wait_s(self, group: str, now: float) -> float:
        """Seconds until a call of this group may start; nothing is taken."""
        every = self._every
        if every is None:
            return 0.0
        wait = every.wait_s(now)
        other = self._buckets.get(group)
        if other is not None and other is not every:
            wait = max(wait, other.wait_s(now))
        return wait if wait > 0 else 0.0

    def take(self, group: str, now: float) -> float:
        """Take the tokens of a call and return how many seconds it must still wait before it starts."""
        every = self._every
        if every is None:
            return 0.0
        wait = every.wait_s(now)
        every.tokens -= 1
        other = self._buckets.get(group)
        if other is not None and other is not every:
            wait = max(wait, other.wait_s(now))
            other.tokens -= 1
        return wait if wait > 0 else 0.0

    def give_back(self, group: str) -> None:
        """The tokens of a task that turned out to need no call."""
        for bucket in {self._every, self._buckets.get(group)}:
            if bucket is not None:
                bucket.tokens = min(bucket.burst, bucket.tokens + 1)

    def depart(self, now: float) -> float:
        """A call that has its tokens leaves now: 0.0; or the seconds until it may, since the last second is full.

        Tokens alone let calls that were held up (a busy loop) leave together with those whose turn it is.
        """
        departed = self._departed
        if self._every is None:
            return 0.0
        if len(departed) == departed.maxlen and now < departed[0] + 1.0:
            return departed[0] + 1.0 - now
        departed.append(now)
        return 0.0

    def penalize(self, group: str, now: float, retry_after_s: float | None) -> None:
        """A call of this group was refused as one too many. Every call waits: most marketplaces count them all."""
        wait_s = retry_after_s if retry_after_s and retry_after_s > 0 else TOLD_NOTHING_S
        for bucket in {self._every, self._buckets.get(group)}:
            if bucket is not None:
                bucket.penalize(now, wait_s)

    def blocked_s(self, group: str, now: float) -> float:
        """Seconds that a refusal still forbids calls of this group, those whose tokens are taken included."""
        return max(
            (bucket.blocked_s(now) for bucket in (self._every, self._buckets.get(group)) if bucket is not None),
            default=0.0,
        )

    def tokens_left(self, now: float) -> float | None:
        """Calls that may start at once; None where nothing is limited."""
        if self._every is None:
            return None
        self._every.wait_s(now)
        return max(0.0, self._every.tokens)
