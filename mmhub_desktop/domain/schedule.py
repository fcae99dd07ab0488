"""Work that is asked for again and again: when it runs next, by the seller's own clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mmhub_desktop.domain.cron import check_cron, cron_runs, cron_words
from mmhub_desktop.domain.ids import AccountId, BatchId, ScheduleId
from mmhub_desktop.domain.job import Priority
from mmhub_desktop.errors import UserMistake

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SHORTEST_MINUTES = 5
LATE = timedelta(minutes=5)  # a run later than this says when it was due
_A_DAY = timedelta(hours=25)  # the longest day there is
_MOST_MISSED = 1_000


class Repeats(StrEnum):
    """How often."""

    ONCE = "once"
    EVERY = "every"
    DAILY = "daily"
    WEEKLY = "weekly"
    CRON = "cron"


@dataclass(frozen=True, slots=True)
class Timing:
    """When a schedule runs.

    ``at`` for once (aware); ``minutes`` for every so many; ``clock`` ("02:30") and ``weekdays`` (Monday is 0) for
    daily and weekly, ``cron`` ("0 2 * * 1-5") for a cron line, in ``zone`` (an IANA name; empty: this machine's). An
    hour that a clock change leaves out is made up for right after it, an hour that comes twice counts once.
    """

    repeats: Repeats
    at: datetime | None = None
    minutes: int = 0
    clock: str = ""
    weekdays: tuple[int, ...] = ()
    zone: str = ""
    cron: str = ""

    def check(self) -> None:
        """UserMistake when it can never run, or is not understood."""
        if self.repeats is Repeats.ONCE and self.at is None:
            raise UserMistake("It is not said when this is to run.", hint="Choose a date and a time.")
        if self.repeats is Repeats.EVERY and self.minutes < SHORTEST_MINUTES:
            raise UserMistake(f"{self.minutes} minutes are too short.", hint=f"At least {SHORTEST_MINUTES} minutes.")
        if self.repeats in (Repeats.DAILY, Repeats.WEEKLY):
            _time(self.clock)
        if self.repeats is Repeats.CRON:
            check_cron(self.cron, timedelta(minutes=SHORTEST_MINUTES))
        if self.repeats in (Repeats.DAILY, Repeats.WEEKLY, Repeats.CRON):
            _moment(date(2026, 1, 1), time(), self.zone)
        if self.repeats is Repeats.WEEKLY and not (self.weekdays and set(self.weekdays) <= set(range(7))):
            raise UserMistake("No day of the week is chosen.", hint="Choose at least one.")

    @property
    def words(self) -> str:
        """In the seller's words: ``every day at 02:30``."""
        zone = f" ({self.zone})" if self.zone else ""
        if self.repeats is Repeats.ONCE:
            return f"once, {self.at.astimezone():%d %b %Y at %H:%M}" if self.at else "once"
        if self.repeats is Repeats.EVERY:
            if self.minutes % 60 == 0:
                return "every hour" if self.minutes == 60 else f"every {self.minutes // 60} hours"
            return f"every {self.minutes} minutes"
        if self.repeats is Repeats.DAILY:
            return f"every day at {self.clock}{zone}"
        if self.repeats is Repeats.CRON:
            return f"{cron_words(self.cron)}{zone}"
        return f"{', '.join(WEEKDAYS[day] for day in sorted(self.weekdays))} at {self.clock}{zone}"


@dataclass(frozen=True, slots=True)
class Schedule:
    """A request that is made at given times. Which products it is about is found out anew at each run.

    ``due_at`` is when the last run should have been, ``last_at`` when it was; ``last_result`` says why a run was left
    out, and is empty when ``last_batch_id`` tells what became of it.
    """

    id: ScheduleId
    name: str
    action: str
    timing: Timing
    status: str = ""  # of products; empty: any
    search: str = ""
    account_ids: tuple[AccountId, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    priority: int = Priority.NORMAL
    active: bool = True
    next_at: datetime | None = None
    due_at: datetime | None = None
    last_at: datetime | None = None
    last_batch_id: BatchId | None = None
    last_result: str = ""


def next_run(timing: Timing, after: datetime) -> datetime | None:
    """The first run after a moment; None when there is none any more."""
    if timing.repeats is Repeats.ONCE:
        return timing.at if timing.at is not None and timing.at > after else None
    if timing.repeats is Repeats.EVERY:
        return after + timedelta(minutes=timing.minutes)
    if timing.repeats is Repeats.CRON:
        return next(cron_runs(timing.cron, timing.zone, after), None)
    at = _time(timing.clock)
    day = (after.astimezone(_zone(timing.zone)) if timing.zone else after.astimezone()).date() - timedelta(days=1)
    for _ in range(10):
        if timing.repeats is Repeats.DAILY or day.weekday() in timing.weekdays:
            moment = _moment(day, at, timing.zone)
            if moment > after:
                return moment
        day += timedelta(days=1)
    return None


def upcoming(timing: Timing, after: datetime, count: int) -> list[datetime]:
    """The first runs after a moment; fewer where there are no more."""
    found: list[datetime] = []
    moment = next_run(timing, after)
    while moment is not None and len(found) < count:
        found.append(moment)
        moment = next_run(timing, moment)
    return found


def run_after(timing: Timing, due: datetime, now: datetime) -> tuple[datetime | None, int]:
    """For a run that was due: when the next one is, later than now, and how many others were missed until now."""
    if timing.repeats is Repeats.EVERY:
        step = timedelta(minutes=timing.minutes)
        passed = max(0, (now - due) // step)
        return due + (passed + 1) * step, passed
    missed = 0
    following = next_run(timing, due)
    while following is not None and following <= now:
        missed += 1
        following = next_run(timing, now if missed >= _MOST_MISSED else following)
    return following, missed


def reconsider(timing: Timing, next_at: datetime, due_at: datetime | None, now: datetime) -> datetime:
    """The next run after the machine's clock or zone may have been changed: never twice, never a day too late."""
    if next_at <= now:
        return next_at
    if timing.repeats is Repeats.EVERY:
        return min(next_at, now + timedelta(minutes=timing.minutes))
    ran = due_at is not None and now < due_at <= now + _A_DAY  # the clock was set back behind the last run
    found = next_run(timing, due_at if ran and due_at is not None else now)
    return next_at if found is None else found


def _time(text: str) -> time:
    try:
        hour, minute = text.split(":")
        return time(int(hour), int(minute))
    except ValueError:
        raise UserMistake(f"“{text}” is not a time of day.", hint="Write it as 02:30.") from None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UserMistake(
            f"The time zone “{name}” is not known here.", hint="Write it as America/Santiago."
        ) from None  # fmt: skip


def _moment(day: date, at: time, zone: str) -> datetime:
    local = datetime.combine(day, at)
    return (local.replace(tzinfo=_zone(zone)) if zone else local).astimezone(UTC)
