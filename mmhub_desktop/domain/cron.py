"""Times as a cron line says them: minute, hour, day of the month, month, day of the week."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

from mmhub_desktop.errors import UserMistake

_FIELDS = {
    "minute": "minute (0 to 59)",
    "hour": "hour (0 to 23)",
    "day-of-month": "day of the month (1 to 31, L for the last)",
    "month": "month (1 to 12, or JAN)",
    "day-of-week": "day of the week (0 to 7 or MON, 0 is Sunday)",
}
_HINT = "Write five fields: minute, hour, day, month, day of the week. “0 2 * * 1-5” is 02:00 from Monday to Friday."
_LOOKED_AT = 64  # runs that are looked at to tell how close two come


class _ThisMachine(tzinfo):
    """The zone of this computer with its clock changes, which Python knows only for single moments."""

    def utcoffset(self, dt: datetime | None) -> timedelta | None:
        return None if dt is None else dt.replace(tzinfo=None).astimezone().utcoffset()

    def dst(self, dt: datetime | None) -> timedelta | None:  # noqa: ARG002 - the interface's signature
        return timedelta(0)

    def tzname(self, dt: datetime | None) -> str | None:
        return None if dt is None else dt.replace(tzinfo=None).astimezone().tzname()

    def fromutc(self, dt: datetime) -> datetime:
        there = dt.replace(tzinfo=UTC).astimezone()
        wall = there.replace(tzinfo=None)
        fold = 0 if wall.astimezone().utcoffset() == there.utcoffset() else 1
        return wall.replace(tzinfo=self, fold=fold)


def cron_runs(line: str, zone: str, after: datetime) -> Iterator[datetime]:
    """The runs after a moment, in UTC, each later than the one before; none at all for a line that is not understood.

    As in cron: a time of day that a clock change leaves out runs right after it, one that comes twice runs once; where
    the line names no hour or minute (``*``) the time that passes counts.
    """
    from cronsim import CronSim, CronSimError

    try:
        found = CronSim(line, after.astimezone(ZoneInfo(zone) if zone else _ThisMachine()))
    except CronSimError:
        return
    last = after
    for moment in found:
        run = moment.astimezone(UTC)
        if run > last:  # in the hour that comes twice the wall clock alone goes back
            yield run
            last = run


def check_cron(line: str, shortest: timedelta) -> None:
    """UserMistake when the line is not understood, never comes true, or has runs closer together than ``shortest``."""
    from cronsim import CronSim, CronSimError

    if len(line.split()) != len(_FIELDS):
        raise UserMistake(f"“{line}” is not a cron line.", hint=_HINT)
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    try:
        runs = list(islice(CronSim(line, begin), _LOOKED_AT))
    except CronSimError as error:
        field = _FIELDS.get(str(error).removeprefix("Bad "), "line")
        raise UserMistake(f"In “{line}” the {field} is not understood.", hint=_HINT) from None
    if not runs:
        raise UserMistake(f"“{line}” never comes: there is no such day.", hint=_HINT)
    if min((second - first for first, second in pairwise(runs)), default=shortest) < shortest:
        minutes = int(shortest.total_seconds()) // 60
        raise UserMistake(
            f"“{line}” runs too often.", hint=f"At least {minutes} minutes must lie between two runs: */{minutes}."
        )


def cron_words(line: str) -> str:
    """In the seller's words: ``at 02:00 on Monday through Friday``; the line itself where it is not understood."""
    from cronsim import CronSim, CronSimError

    try:
        words: str = CronSim(line, datetime(2026, 1, 1, tzinfo=UTC)).explain()
    except CronSimError:
        return line
    return words[:1].lower() + words[1:]
