"""Calls that an account may make in an hour or a day: declared by the marketplace, or set by the seller."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

HOUR_S, DAY_S = 3_600, 86_400
SLOTS = 24  # parts of a sliding period: a call counts until the end of its part has left the period
OWN_LIMIT = "calls_per_day"  # the account's setting with the seller's own limit


@dataclass(frozen=True, slots=True)
class CallBudget:
    """So many calls in a period.

    ``group`` empty: every call of the account counts, else those of tasks with this limit group. ``resets_at``
    ("00:00" in ``zone``, empty: this machine's) is when a day's calls come back at once; without it the period slides.
    The headers are those in which the marketplace tells what is left and allowed.
    """

    calls: int
    period_s: int = DAY_S
    group: str = ""
    resets_at: str = ""
    zone: str = ""
    remaining_header: str = ""
    limit_header: str = ""
    own: bool = False  # set by the seller

    @property
    def key(self) -> str:
        """What its counts are kept under; the number of calls may change."""
        return "own" if self.own else f"{self.group}/{self.period_s}/{self.resets_at}"

    @property
    def words(self) -> str:
        """What is limited: ``calls a day``, ``feeds an hour``."""
        what = self.group or "calls"
        if self.period_s == DAY_S:
            return f"{what} a day"
        return f"{what} an hour" if self.period_s == HOUR_S else f"{what} in {self.period_s // 60} minutes"


@dataclass(frozen=True, slots=True)
class BudgetState:
    """How a budget stands. ``free_at`` is when calls come back, None while some are left."""

    budget: CallBudget
    used: int
    allowed: int
    free_at: datetime | None = None

    @property
    def words(self) -> str:
        """``1,204 of 5,000 calls a day used``."""
        return f"{self.used:,} of {self.allowed:,} {self.budget.words} used"


def slot_of(budget: CallBudget, now_s: float) -> int:
    """The part of time (its begin, seconds since 1970) that a call made now counts to."""
    if budget.resets_at:
        return _resets(budget, now_s)[0]
    width = slot_s(budget)
    return int(now_s // width) * width


def slot_s(budget: CallBudget) -> int:
    """The length of a part of a sliding period, in seconds."""
    return max(1, budget.period_s // SLOTS)


def ends_of(budget: CallBudget, slots: Mapping[int, int], now_s: float) -> dict[int, float]:
    """The parts that count now, with the moment from which each counts no more.

    Parts further ahead than a period come from a clock that was wrong, and count nothing.
    """
    if budget.resets_at:
        begin, end = _resets(budget, now_s)
        return {slot: end for slot in slots if begin <= slot <= now_s + budget.period_s}
    kept_s = slot_s(budget) + budget.period_s
    return {slot: float(slot + kept_s) for slot in sorted(slots) if now_s - kept_s < slot <= now_s + budget.period_s}


def _resets(budget: CallBudget, now_s: float) -> tuple[int, float]:
    """The last reset and the next one, seconds since 1970."""
    hour, minute = budget.resets_at.split(":")
    zone = ZoneInfo(budget.zone) if budget.zone else None
    now = datetime.fromtimestamp(now_s, UTC)
    day = now.astimezone(zone).date() - timedelta(days=1)
    moments: list[float] = []
    for _ in range(4):
        local = datetime.combine(day, time(int(hour), int(minute)), zone)
        moments.append(local.astimezone(UTC).timestamp())
        day += timedelta(days=1)
    last = max(moment for moment in moments if moment <= now_s)
    return int(last), min(moment for moment in moments if moment > now_s)
