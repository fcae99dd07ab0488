"""Knows when nothing ran: the program was closed, or the machine slept. The seller is told once, on return.

The last time that the program was awake is kept in the workspace, about once a minute, so that a crash or a power cut
tells as well as a clean end.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from mmhub_desktop.domain.schedule import Schedule, reconsider, run_after
from mmhub_desktop.events import Bus, Notice
from mmhub_desktop.jobs.clock import Clock, SystemClock
from mmhub_desktop.store.preferences import PreferenceStore

KEY = "presence.last_seen"  # milliseconds since 1970
BEAT_S = 50.0  # it is written at most so often; the scheduler looks at least every 60 s
WORTH_TELLING_S = 15 * 60.0  # a shorter absence is nothing to talk about


@dataclass(frozen=True, slots=True)
class Absence:
    """From when to when nothing ran, and what fell into that time."""

    since: datetime
    until: datetime
    was_closed: bool  # else the program was open and the machine slept
    runs: int = 0
    schedules: int = 0

    @property
    def message(self) -> str:
        """``While the program was closed, from … to …, stock was not watched.``"""
        since, until = self.since.astimezone(), self.until.astimezone()
        end = f"{until:%H:%M}" if since.date() == until.date() else f"{until:%d %b %H:%M}"
        span = f"from {since:%d %b %H:%M} to {end}"
        if self.was_closed:
            return f"While the program was closed, {span}, stock was not watched."
        return f"This computer slept or its clock was set, {span}: stock was not watched meanwhile."

    @property
    def consequence(self) -> str:
        """What is made up for; empty when no run was due."""
        if not self.runs:
            return ""
        if self.runs == 1:
            return "1 scheduled run was due; it is done now."
        if self.schedules == 1:
            return f"{self.runs:,} runs of a schedule were due; they are done once now."
        return f"{self.runs:,} runs of {self.schedules:,} schedules were due; each schedule runs once now."


class Presence:
    """Lives on the loop. ``is_needed`` tells whether there is anything to watch at all."""

    def __init__(
        self, preferences: PreferenceStore, bus: Bus, is_needed: Callable[[], bool], clock: Clock | None = None
    ) -> None:
        self._preferences = preferences
        self._bus = bus
        self._is_needed = is_needed
        self._clock: Clock = clock or SystemClock()
        self._seen: float | None = None  # since the program was opened
        self._written = 0.0

    async def beat(self, schedules: Sequence[Schedule]) -> Absence | None:
        """The program is awake now; what it missed if it was not until now, which is also told as a notice.

        Comes before the schedules' missed runs are made up for.
        """
        now = self._clock.now()
        absence = None
        was_closed = self._seen is None
        last = await self._last_seen() if self._seen is None else self._seen
        if last is not None and now - last >= WORTH_TELLING_S:
            absence = _absence(last, now, schedules, was_closed=was_closed)
            if self._is_needed() or absence.runs:
                self._bus.publish(Notice("info", absence.message, absence.consequence))
        self._seen = now
        if not 0 <= now - self._written < BEAT_S:  # also when the clock was set back
            await self._write(now)
        return absence

    async def leave(self) -> None:
        """The program ends now."""
        if self._seen is not None:
            await self._write(self._clock.now())

    async def _last_seen(self) -> float | None:
        kept = await self._preferences.get(KEY)
        return int(kept) / 1000 if kept.isdecimal() else None

    async def _write(self, now: float) -> None:
        self._written = now
        await self._preferences.set(KEY, str(int(now * 1000)))


def _absence(last: float, now: float, schedules: Sequence[Schedule], *, was_closed: bool) -> Absence:
    moment = datetime.fromtimestamp(now, UTC)
    counts = []
    for schedule in schedules:
        if not schedule.active or schedule.next_at is None:
            continue
        due = reconsider(schedule.timing, schedule.next_at, schedule.due_at, moment)
        if due <= moment:
            counts.append(run_after(schedule.timing, due, moment)[1] + 1)
    return Absence(datetime.fromtimestamp(last, UTC), moment, was_closed, sum(counts), len(counts))
