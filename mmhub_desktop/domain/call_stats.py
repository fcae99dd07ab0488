"""Numbers about calls: counts and response times of an account's operation, small enough to be kept for every hour.

Response times are counted in bounds that grow by a quarter each (1 ms … 5 min), so that hours can be added up and
percentiles of the sum are still right to within an eighth.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from mmhub_desktop.domain.ids import AccountId

_GROWTH = math.log(1.25)
LAST_BOUND = math.ceil(math.log(300_000) / _GROWTH)


def bound_of(duration_ms: float) -> int:
    """The number of the bound that a response time falls under."""
    return 0 if duration_ms <= 1 else min(LAST_BOUND, math.ceil(math.log(duration_ms) / _GROWTH))


def upper_ms(bound: float) -> float:
    """The longest response time (ms) under a bound."""
    return math.exp(bound * _GROWTH)


def percentile_ms(times: Mapping[int, int], share: float) -> float | None:
    """The response time that ``share`` (0–1) of the calls stayed within; None without calls."""
    total = sum(times.values())
    if not total:
        return None
    wanted, seen = math.ceil(total * share), 0
    for bound in sorted(times):
        seen += times[bound]
        if seen >= wanted:
            return upper_ms(bound - 0.5) if bound else 1.0
    return upper_ms(max(times))


@dataclass(slots=True)
class CallStats:
    """Counts of an account's operation in a span of time. ``retries`` are calls of a second or later attempt,
    ``limited`` answers that asked for fewer calls, ``throttled_ms`` time spent waiting for the rate limit."""

    account_id: AccountId
    operation: str
    calls: int = 0
    failed: int = 0
    retries: int = 0
    limited: int = 0
    throttled_ms: int = 0
    total_ms: int = 0  # response times added up
    times: dict[int, int] = field(default_factory=dict)  # bound → calls

    @property
    def success_rate(self) -> float | None:
        """0–1; None without calls."""
        return (self.calls - self.failed) / self.calls if self.calls else None

    @property
    def p50_ms(self) -> float | None:
        """Half of the calls were answered within this."""
        return percentile_ms(self.times, 0.5)

    @property
    def p95_ms(self) -> float | None:
        """All but one in twenty calls were answered within this."""
        return percentile_ms(self.times, 0.95)

    def add(self, other: "CallStats") -> None:
        """Count another span's calls in."""
        self.calls += other.calls
        self.failed += other.failed
        self.retries += other.retries
        self.limited += other.limited
        self.throttled_ms += other.throttled_ms
        self.total_ms += other.total_ms
        for bound, count in other.times.items():
            self.times[bound] = self.times.get(bound, 0) + count


@dataclass(frozen=True, slots=True)
class HourStats:
    """One operation's numbers in one hour; ``hour`` counts hours since 1970, UTC."""

    hour: int
    stats: CallStats


def totals(hours: Iterable[HourStats], *, by_operation: bool) -> list[CallStats]:
    """The hours added up by account, or by account and operation; in the order of both."""
    found: dict[tuple[int, str], CallStats] = {}
    for each in hours:
        operation = each.stats.operation if by_operation else ""
        key = (int(each.stats.account_id), operation)
        if key not in found:
            found[key] = CallStats(each.stats.account_id, operation)
        found[key].add(each.stats)
    return [found[key] for key in sorted(found)]


def series(hours: Iterable[HourStats], first_hour: int, steps: int, hours_each: int) -> list[CallStats]:
    """The hours added up into ``steps`` spans of ``hours_each`` hours from ``first_hour`` on, for a chart."""
    found = [CallStats(AccountId(0), "") for _ in range(steps)]
    for each in hours:
        place = (each.hour - first_hour) // hours_each
        if 0 <= place < steps:
            found[place].add(each.stats)
    return found
