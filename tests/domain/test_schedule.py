"""When schedules run: wall time through clock changes, missed runs, a clock that is set."""

from datetime import UTC, datetime, timedelta

import pytest

from mmhub_desktop.domain.schedule import Repeats, Timing, next_run, reconsider, run_after
from mmhub_desktop.errors import UserMistake

BERLIN = "Europe/Berlin"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def daily(clock: str, zone: str = BERLIN) -> Timing:
    return Timing(Repeats.DAILY, clock=clock, zone=zone)


def runs(timing: Timing, after: str, count: int) -> list[str]:
    found, moment = [], at(after)
    for _ in range(count):
        following = next_run(timing, moment)
        assert following is not None
        found.append(f"{following:%m-%d %H:%M}")
        moment = following
    return found


def test_a_wall_time_stays_through_clock_changes() -> None:
    assert runs(daily("06:00"), "2026-03-27T12:00", 3) == ["03-28 05:00", "03-29 04:00", "03-30 04:00"]
    assert runs(daily("06:00"), "2026-10-24T00:00", 3) == ["10-24 04:00", "10-25 05:00", "10-26 05:00"]


def test_a_time_that_is_left_out_runs_once_right_after_and_one_that_comes_twice_runs_once() -> None:
    # 29 March: 02:30 does not exist; 25 October: 02:30 comes twice
    assert runs(daily("02:30"), "2026-03-28T12:00", 2) == ["03-29 01:30", "03-30 00:30"]
    assert runs(daily("02:30"), "2026-10-24T12:00", 2) == ["10-25 00:30", "10-26 01:30"]


def test_far_zones_have_their_own_day() -> None:
    assert runs(daily("23:30", "Pacific/Auckland"), "2026-06-01T11:00", 1) == ["06-01 11:30"]
    assert runs(daily("00:15", "America/Santiago"), "2026-06-01T04:00", 1) == ["06-01 04:15"]


def test_the_machines_own_zone_is_used_without_a_name() -> None:
    found = next_run(Timing(Repeats.DAILY, clock="07:45"), at("2026-06-01T00:00"))
    assert found is not None
    assert f"{found.astimezone():%H:%M}" == "07:45"


def test_weekly_runs_on_its_days() -> None:
    timing = Timing(Repeats.WEEKLY, clock="08:00", weekdays=(0, 4), zone="UTC")
    assert runs(timing, "2026-06-01T08:00", 3) == ["06-05 08:00", "06-08 08:00", "06-12 08:00"]  # 1 June is a Monday


def test_once_has_no_second_run() -> None:
    timing = Timing(Repeats.ONCE, at=at("2026-06-01T08:00"))
    assert runs(timing, "2026-05-01T00:00", 1) == ["06-01 08:00"]
    assert next_run(timing, at("2026-06-01T08:00")) is None
    assert run_after(timing, at("2026-06-01T08:00"), at("2026-06-09T08:00")) == (None, 0)


@pytest.mark.parametrize(
    ("timing", "due", "now", "following", "missed"),
    [
        (Timing(Repeats.EVERY, minutes=30), "2026-06-01T08:00", "2026-06-01T08:00", "2026-06-01T08:30", 0),
        (Timing(Repeats.EVERY, minutes=30), "2026-06-01T08:00", "2026-06-01T10:10", "2026-06-01T10:30", 4),
        (daily("02:00", "UTC"), "2026-06-01T02:00", "2026-06-01T02:00:30", "2026-06-02T02:00", 0),
        (daily("02:00", "UTC"), "2026-06-01T02:00", "2026-06-08T09:00", "2026-06-09T02:00", 7),
        (daily("02:00", "UTC"), "2016-06-01T02:00", "2026-06-08T09:00", "2026-06-09T02:00", 1_000),
    ],
)
def test_missed_runs_are_counted_and_the_next_is_later_than_now(
    timing: Timing, due: str, now: str, following: str, missed: int
) -> None:
    assert run_after(timing, at(due), at(now)) == (at(following), missed)


def test_a_clock_set_back_neither_repeats_a_run_nor_waits_for_days() -> None:
    now = at("2026-06-01T01:30")
    last, tomorrow = at("2026-06-01T02:00"), at("2026-06-02T02:00")
    assert reconsider(daily("02:00", "UTC"), tomorrow, last, now) == tomorrow  # it ran, then the clock went back
    assert reconsider(daily("02:00", "UTC"), at("2031-06-02T02:00"), at("2031-06-01T02:00"), now) == last
    hourly = Timing(Repeats.EVERY, minutes=60)
    assert reconsider(hourly, at("2026-06-05T00:00"), None, now) == now + timedelta(hours=1)
    assert reconsider(hourly, at("2026-06-01T02:00"), None, now) == at("2026-06-01T02:00")


@pytest.mark.parametrize(
    "timing",
    [
        Timing(Repeats.ONCE),
        Timing(Repeats.EVERY, minutes=1),
        daily("25:00"),
        daily("soon"),
        daily("02:00", "Mars/Olympus"),
        Timing(Repeats.WEEKLY, clock="02:00"),
    ],
)
def test_what_can_never_run_is_refused(timing: Timing) -> None:
    with pytest.raises(UserMistake):
        timing.check()


@pytest.mark.parametrize(
    ("timing", "words"),
    [
        (Timing(Repeats.EVERY, minutes=45), "every 45 minutes"),
        (Timing(Repeats.EVERY, minutes=60), "every hour"),
        (Timing(Repeats.EVERY, minutes=360), "every 6 hours"),
        (daily("02:30"), "every day at 02:30 (Europe/Berlin)"),
        (Timing(Repeats.WEEKLY, clock="08:00", weekdays=(4, 0)), "Monday, Friday at 08:00"),
    ],
)
def test_timings_in_words(timing: Timing, words: str) -> None:
    assert timing.words == words
