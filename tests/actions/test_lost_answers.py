"""How long a lost answer is waited for does not depend on what is done to the machine's clock."""

import asyncio
from datetime import UTC, datetime, timedelta

from mmhub_desktop.actions.lost_answers import SentMoments
from mmhub_desktop.domain.ids import ListingId

ONE = ListingId(1)
NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


async def test_sent_by_this_process_the_wall_clock_does_not_count(monkeypatch):
    running = [100.0]
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: running[0])
    moments = SentMoments()
    moments.note(ONE)
    running[0] = 105.0
    assert [moments.passed_s(ONE, NOW, NOW + jump) for jump in (-DAY, timedelta(), DAY)] == [5, 5, 5]
    moments.forget(ONE)
    assert moments.passed_s(ONE, NOW, NOW + DAY) == DAY.total_seconds()


async def test_sent_before_a_restart_the_wall_clock_counts_unless_it_was_set_back(monkeypatch):
    running = [100.0]
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: running[0])
    moments = SentMoments()
    assert moments.passed_s(ONE, NOW, NOW + timedelta(seconds=7)) == 7
    assert moments.passed_s(ONE, NOW, NOW - DAY) == 0
    running[0] = 130.0
    assert moments.passed_s(ONE, NOW, NOW - DAY) == 30  # and not a day later
