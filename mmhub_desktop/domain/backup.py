"""Backups of a workspace: what they are called, when the next is due, which are kept, what going back would change."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

SUFFIX = ".mmhubbackup"  # not that of workspaces: opened as one, it would change and might send old work
ARCHIVE_SUFFIX = ".mmhubzip"  # a whole workspace with its pictures
KEPT_DAYS, KEPT_WEEKS = 7, 4
EVERY: dict[str, timedelta] = {"day": timedelta(days=1), "week": timedelta(weeks=1)}
_FORM = "%Y%m%d-%H%M%SZ"
_AHEAD = timedelta(minutes=5)  # a backup from later than now: the clock was set back


class BackupKind(StrEnum):
    """Why a backup was made. Only automatic ones are removed by the program."""

    AUTOMATIC = "automatic"
    MANUAL = "manual"
    BEFORE_RESTORE = "before-restore"
    BEFORE_UPGRADE = "before-upgrade"


KIND_LABELS: dict[BackupKind, str] = {
    BackupKind.AUTOMATIC: "Automatic",
    BackupKind.MANUAL: "Made by you",
    BackupKind.BEFORE_RESTORE: "Before going back to a backup",
    BackupKind.BEFORE_UPGRADE: "Before an update of the program",
}


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup: the name of its file, when and why it was made, its size in bytes."""

    name: str
    at: datetime
    kind: BackupKind
    size: int


@dataclass(frozen=True, slots=True)
class Contents:
    """What a workspace file holds. ``version`` is that of its schema; unfinished jobs wait, run or are paused.

    What else will not go on by itself when it is gone back to: ``runs`` of workflows, ``messages`` to webhooks and
    ``starts`` of workflows that wait.
    """

    version: int
    products: int
    listings: int
    accounts: int
    unfinished_jobs: int
    runs: int = 0
    messages: int = 0
    starts: int = 0


@dataclass(frozen=True, slots=True)
class Difference:
    """What going back would change, against the present state.

    ``listings_lost``: listings at marketplaces that the backup does not know. ``accounts_back`` and ``accounts_lost``
    are labels. ``jobs_since``: jobs that came to a good end after the backup was made.
    """

    products_back: int
    products_lost: int
    products_changed: int
    listings_lost: int
    accounts_back: tuple[str, ...]
    accounts_lost: tuple[str, ...]
    jobs_since: int


@dataclass(frozen=True, slots=True)
class Rested:
    """What of a restored workspace must not go on by itself, since it may have been done after the copy was made.

    ``jobs`` and ``runs`` of workflows are paused, waiting ``messages`` to webhooks and ``starts`` of workflows dropped;
    ``schedules`` that have become due since run at their next time, not at once.
    """

    jobs: int = 0
    runs: int = 0
    messages: int = 0
    schedules: int = 0
    starts: int = 0


def backup_name(at: datetime, kind: BackupKind) -> str:
    """The file's name for a backup made then (to the second, in UTC)."""
    return f"{at.astimezone(UTC):{_FORM}}_{kind}{SUFFIX}"


def read_name(name: str) -> tuple[datetime, BackupKind] | None:
    """When and why a backup with this name was made; None when it is no backup's name."""
    moment, _, kind = name.removesuffix(SUFFIX).rpartition("_")
    if not name.endswith(SUFFIX) or kind not in list(BackupKind):
        return None
    try:
        return datetime.strptime(moment, _FORM).replace(tzinfo=UTC), BackupKind(kind)
    except ValueError:
        return None


def is_due(backups: Iterable[Backup], every: str, now: datetime) -> bool:
    """Whether an automatic backup is due; never for an unknown ``every``. Those from a later clock do not count."""
    if every not in EVERY:
        return False
    made = [each.at for each in backups if each.kind is BackupKind.AUTOMATIC and each.at <= now + _AHEAD]
    return not made or now - max(made) >= EVERY[every]


def too_many(backups: Sequence[Backup], now: datetime) -> list[Backup]:
    """The automatic backups that go: all but the last of each of seven days and of each of four weeks.

    Days and weeks are counted by those that have a backup, so a clock that jumps ahead, or a month without the
    program, removes none. Those from a later clock stay until their time has come.
    """
    automatic = sorted(
        (each for each in backups if each.kind is BackupKind.AUTOMATIC and each.at <= now + _AHEAD),
        key=lambda each: each.at, reverse=True,
    )  # fmt: skip
    days: dict[object, Backup] = {}
    weeks: dict[object, Backup] = {}
    for each in automatic:
        days.setdefault(each.at.date(), each)
        weeks.setdefault(each.at.isocalendar()[:2], each)
    kept = {*list(days.values())[:KEPT_DAYS], *list(weeks.values())[:KEPT_WEEKS]}
    return [each for each in automatic if each not in kept]
