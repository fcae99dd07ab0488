"""What the seller is told about the time in which nothing ran, by a clock turned by hand and one that is set."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mmhub_desktop.domain.ids import BatchId, ScheduleId
from mmhub_desktop.domain.schedule import Repeats, Schedule, Timing
from mmhub_desktop.events import Bus, Notice
from mmhub_desktop.jobs.presence import KEY, Absence, Presence
from mmhub_desktop.jobs.scheduler import Scheduler
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.job_planning import AtPlan
from mmhub_desktop.store.preferences import PreferenceStore
from mmhub_desktop.store.schedules import ScheduleStore
from tests.fakes.clock import FakeClock


class Desk:
    """A scheduler with its heartbeat, that can be left and opened again."""

    def __init__(self, folder: Path) -> None:
        self.db = Database.open(folder / "shop.mmhub")
        self.preferences = PreferenceStore(self.db)
        self.bus = Bus()
        self.clock = FakeClock()
        self.notices: list[Notice] = []
        self.runs: list[str] = []
        self.needed = True
        self.bus.subscribe(Notice, self.notices.append)
        self.open()

    def open(self) -> None:
        self.presence = Presence(self.preferences, self.bus, lambda: self.needed, self.clock)
        self.scheduler = Scheduler(
            ScheduleStore(self.db), self._run, self.bus, clock=self.clock, presence=self.presence
        )  # fmt: skip

    async def _run(self, schedule: Schedule, beside: str, also: AtPlan) -> BatchId | str:
        del also
        self.runs.append(f"{schedule.name} {beside}".strip())
        return "Nothing to do."

    async def add(self, name: str, minutes: int) -> None:
        await self.scheduler.save(Schedule(ScheduleId(0), name, "sync", Timing(Repeats.EVERY, minutes=minutes)))

    async def look_until(self, runs: int) -> None:
        while len(self.runs) < runs:
            await self.db.write(lambda _: None)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    made = Desk(tmp_path)
    yield made
    await made.scheduler.stop()
    made.db.close()


async def test_on_return_the_runs_that_were_due_are_done_once_and_told_before(desk: Desk) -> None:
    await desk.add("Hourly", 60)
    await desk.presence.beat([])
    await desk.scheduler.stop()
    desk.clock.advance(3 * 3600 + 600)
    desk.open()
    await desk.scheduler.start()
    await desk.look_until(1)
    assert desk.runs == ["Hourly in place of 3 runs that were due"]
    (notice,) = desk.notices
    since, until = (desk.clock.now() - 3 * 3600 - 600, desk.clock.now())
    assert f"from {datetime.fromtimestamp(since):%d %b %H:%M} to" in notice.message  # noqa: DTZ006 - as the seller sees it
    assert f"{datetime.fromtimestamp(until):%H:%M}, stock was not watched." in notice.message  # noqa: DTZ006
    assert notice.message.startswith("While the program was closed")
    assert notice.hint == "3 runs of a schedule were due; they are done once now."


async def test_a_machine_that_slept_is_told_too(desk: Desk) -> None:
    await desk.add("Hourly", 60)
    await desk.scheduler.start()
    while desk.clock.next_in() is None:  # until the scheduler has looked and sleeps
        await desk.db.write(lambda _: None)
    assert await desk.preferences.get(KEY) != ""
    desk.clock._passed += 2 * 3600 + 60  # no timer fires while it sleeps
    desk.clock.advance(1)
    await desk.look_until(1)
    assert desk.runs == ["Hourly in place of 2 runs that were due"]
    (notice,) = desk.notices
    assert notice.message.startswith("This computer slept or its clock was set, from ")
    assert notice.hint.startswith("2 runs of a schedule were due")


async def test_an_awake_program_writes_about_once_a_minute_and_says_nothing(desk: Desk) -> None:
    commits = desk.db.commits
    for _ in range(120):
        assert await desk.presence.beat([]) is None
        desk.clock.advance(10)
    assert desk.db.commits - commits <= 25
    assert desk.notices == []


async def test_a_short_absence_and_an_empty_workspace_are_not_worth_a_word(desk: Desk) -> None:
    await desk.presence.beat([])
    await desk.presence.leave()
    desk.clock.advance(600)
    desk.open()
    assert await desk.presence.beat([]) is None
    desk.needed = False
    desk.clock.advance(86_400)
    assert await desk.presence.beat([]) is not None
    assert desk.notices == []


async def test_a_clock_that_is_set_back_does_no_harm_and_is_followed(desk: Desk) -> None:
    await desk.presence.beat([])
    desk.clock._passed -= 7200
    assert await desk.presence.beat([]) is None
    assert int(await desk.preferences.get(KEY)) == int(desk.clock.now() * 1000)
    desk.open()
    await desk.preferences.set(KEY, "not a time")
    assert await desk.presence.beat([]) is None


def test_words() -> None:
    day = datetime(2026, 11, 20, 18, 2, tzinfo=UTC)
    closed = Absence(day, day + timedelta(days=3), was_closed=True, runs=5, schedules=2)
    assert closed.consequence == "5 runs of 2 schedules were due; each schedule runs once now."
    assert f"to {(day + timedelta(days=3)).astimezone():%d %b %H:%M}, stock" in closed.message
    assert Absence(day, day, was_closed=True).consequence == ""
    assert Absence(day, day, was_closed=True, runs=1, schedules=1).consequence.startswith("1 scheduled run was due")
