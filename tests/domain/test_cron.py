"""Cron lines: when they run through hours that are missing or come twice, and what is refused in which words."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from mmhub_desktop.domain.schedule import Repeats, Timing, next_run, reconsider, run_after, upcoming
from mmhub_desktop.errors import UserMistake

BERLIN = "Europe/Berlin"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def cron(line: str, zone: str = BERLIN) -> Timing:
    return Timing(Repeats.CRON, cron=line, zone=zone)


def runs(line: str, after: str, count: int, zone: str = BERLIN) -> list[str]:
    return [f"{moment:%m-%d %H:%M}" for moment in upcoming(cron(line, zone), at(after), count)]


@pytest.fixture
def machine_in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = os.environ.get("TZ")
    monkeypatch.setenv("TZ", BERLIN)
    time.tzset()
    yield
    monkeypatch.delenv("TZ")
    if before is not None:
        monkeypatch.setenv("TZ", before)
    time.tzset()


def test_working_nights() -> None:
    # 5 June 2026 is a Friday
    assert runs("0 2 * * 1-5", "2026-06-04T12:00", 3, "UTC") == ["06-05 02:00", "06-08 02:00", "06-09 02:00"]
    assert runs("30 8 L * *", "2026-02-01T00:00", 2, "UTC") == ["02-28 08:30", "03-31 08:30"]


@pytest.mark.parametrize("zone", [BERLIN, ""])
@pytest.mark.usefixtures("machine_in_berlin")
def test_hours_that_are_missing_or_come_twice(zone: str) -> None:
    # 29 March: 02:00 to 03:00 does not exist; 25 October: it comes twice. Each runs once.
    assert runs("30 2 * * *", "2026-03-28T12:00", 3, zone) == ["03-29 01:00", "03-30 00:30", "03-31 00:30"]
    assert runs("0,30 2 * * *", "2026-03-28T12:00", 2, zone) == ["03-29 01:00", "03-30 00:00"]
    assert runs("30 2 * * *", "2026-10-24T12:00", 3, zone) == ["10-25 00:30", "10-26 01:30", "10-27 01:30"]
    assert runs("30 2 * * *", "2026-10-25T01:15", 1, zone) == ["10-26 01:30"]  # asked in the second of the two hours
    assert runs("*/30 * * * *", "2026-03-29T00:00", 4, zone) == [
        "03-29 00:30",
        "03-29 01:00",
        "03-29 01:30",
        "03-29 02:00",
    ]
    assert runs("*/30 * * * *", "2026-10-24T23:45", 4, zone) == [
        "10-25 00:00",
        "10-25 00:30",
        "10-25 01:00",
        "10-25 01:30",
    ]
    assert runs("0 6 * * *", "2026-10-24T00:00", 3, zone) == ["10-24 04:00", "10-25 05:00", "10-26 05:00"]


def test_runs_only_go_forward_through_two_years_of_santiago() -> None:
    moment, line = at("2026-01-01T00:00"), cron("15 */3 * * *", "America/Santiago")
    for _ in range(2 * 365 * 8):
        following = next_run(line, moment)
        assert following is not None
        assert timedelta(0) < following - moment <= timedelta(hours=5)  # 00:15 does not exist on one day
        moment = following
    assert moment > at("2027-12-25T00:00")


def test_missed_runs_and_a_clock_that_is_set() -> None:
    nightly = cron("0 2 * * *", "UTC")
    assert run_after(nightly, at("2026-06-01T02:00"), at("2026-06-08T09:00")) == (at("2026-06-09T02:00"), 7)
    ran, tomorrow, now = at("2026-06-01T02:00"), at("2026-06-02T02:00"), at("2026-06-01T01:30")
    assert reconsider(nightly, tomorrow, ran, now) == tomorrow  # it ran, then the clock was set back
    assert reconsider(nightly, at("2031-06-02T02:00"), at("2031-06-01T02:00"), now) == ran  # it was years ahead
    assert reconsider(nightly, tomorrow, ran, at("2026-06-02T02:05")) == tomorrow  # set forward: due now


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("0 2 * *", "not a cron line"),
        ("0 0 2 * * *", "not a cron line"),
        ("", "not a cron line"),
        ("61 * * * *", "minute (0 to 59) is not understood"),
        ("0 25 * * *", "hour (0 to 23) is not understood"),
        ("0 2 * * MONDAY", "day of the week"),
        ("0 2 30 2 *", "day of the month"),
        ("0 2 31 4,6 *", "day of the month"),
        ("* * * * *", "too often"),
        ("0,58 * * * *", "too often"),
    ],
)
def test_what_can_never_run_or_runs_too_often_is_refused_in_clear_words(line: str, said: str) -> None:
    with pytest.raises(UserMistake) as refused:
        cron(line).check()
    assert said in str(refused.value)
    assert refused.value.hint


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(UserMistake, match="not known here"):
        cron("0 2 * * *", "Mars/Olympus").check()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("0 2 * * 1-5", "at 02:00 on Monday through Friday (Europe/Berlin)"),
        ("*/15 * * * *", "every 15th minute of every hour (Europe/Berlin)"),
        ("nonsense", "nonsense (Europe/Berlin)"),
    ],
)
def test_words(line: str, words: str) -> None:
    assert cron(line).words == words
