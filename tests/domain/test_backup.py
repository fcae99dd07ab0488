"""Which backups are due and which are kept, and what going back is said to change."""

from datetime import UTC, datetime, timedelta

import pytest

from mmhub_desktop.domain.backup import (
    Backup,
    BackupKind,
    Contents,
    Difference,
    Rested,
    backup_name,
    is_due,
    read_name,
    too_many,
)
from mmhub_desktop.domain.backup_words import difference_words, rested_words

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
HELD = Contents(3, 10, 5, 1, 0)


def made(days_ago: float, kind: BackupKind = BackupKind.AUTOMATIC) -> Backup:
    at = NOW - timedelta(days=days_ago)
    return Backup(backup_name(at, kind), at, kind, 1)


def test_seven_days_and_four_weeks_are_kept() -> None:
    backups = [made(days) for days in range(60)]
    gone = too_many(backups, NOW)
    kept = [round((NOW - each.at).days) for each in backups if each not in gone]
    assert kept == [0, 1, 2, 3, 4, 5, 6, 12, 19]  # 20 November is a Friday: weeks end 5, 12 and 19 days before
    assert not too_many([each for each in backups if each not in gone], NOW)


def test_of_one_day_the_last_is_kept_and_other_kinds_always() -> None:
    early, late = made(0.3), made(0.1)
    by_hand = [made(each, kind) for each in range(40) for kind in BackupKind if kind is not BackupKind.AUTOMATIC]
    assert too_many([early, late, *by_hand], NOW) == [early]


def test_a_clock_that_jumps_removes_nothing_and_stops_nothing() -> None:
    backups = [made(days) for days in range(7)]
    later = NOW + timedelta(days=4000)
    assert not too_many(backups, later)  # as if the program had been closed for years
    assert is_due(backups, "day", later)
    ahead = [made(-4000 - days) for days in range(9)]  # made while the clock stood wrong
    assert not too_many([*backups, *ahead], NOW)
    assert is_due(ahead, "day", NOW)
    assert not is_due([*ahead, made(0.5)], "day", NOW)


@pytest.mark.parametrize(("every", "days", "due"), [
    ("day", 0.9, False), ("day", 1.0, True), ("week", 6.0, False), ("week", 7.0, True), ("never", 99.0, False),
])  # fmt: skip
def test_when_one_is_due(every: str, days: float, due: bool) -> None:
    assert is_due([made(days), made(0, BackupKind.MANUAL)], every, NOW) is due


def test_names_are_read_back_and_others_are_not() -> None:
    for kind in BackupKind:
        assert read_name(backup_name(NOW, kind)) == (NOW, kind)
    for name in ("shop.mmhub", "20261120-180000Z_odd.mmhubbackup", "yesterday_manual.mmhubbackup"):
        assert read_name(name) is None


def test_what_would_be_different_is_said() -> None:
    words = difference_words(Difference(1, 2, 0, 1, ("Shop A",), (), 3), Contents(3, 10, 5, 1, 4))
    assert words[:3] == [
        "1 product comes back.", "2 products added since then go.",
        "Accounts that come back: Shop A. They may have to sign in again.",
    ]  # fmt: skip
    assert words[3].startswith("1 listing was put online since then")
    assert words[4].startswith("3 jobs were done since then")
    assert words[5].startswith("4 jobs that were unfinished then come back paused")
    assert difference_words(Difference(0, 0, 0, 0, (), (), 0), HELD) == ["Products and accounts are the same."]
    assert difference_words(None, HELD) == ["It holds 10 products and 5 listings."]
    resting = difference_words(None, Contents(3, 10, 5, 1, 0, runs=1, messages=2, starts=3))[1:]
    assert [line.split(" was ")[0].split(" were ")[0] for line in resting] == [
        "1 workflow run that", "3 workflow starts that", "2 webhook messages that",
    ]  # fmt: skip
    assert "Start the workflow by hand" in resting[1]
    assert rested_words(Rested()) == []
    assert len(rested_words(Rested(1, 1, 1, 1, 1))) == 5
