"""Schedules run at their times by a clock turned by hand, on a real workspace file."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mmhub_desktop.domain.ids import AccountId, BatchId, ProductId, ScheduleId
from mmhub_desktop.domain.job import WorkRequest
from mmhub_desktop.domain.schedule import Repeats, Schedule, Timing
from mmhub_desktop.errors import Unsupported, UserMistake
from mmhub_desktop.events import Bus, Notice
from mmhub_desktop.jobs.plan import plan_whole
from mmhub_desktop.jobs.scheduler import Scheduler
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.job_planning import AtPlan
from mmhub_desktop.store.jobs import JobStore
from mmhub_desktop.store.schedules import ScheduleStore
from tests.fakes.clock import FakeClock
from tests.fakes.shop import lamp, open_shop
from tests.jobs.conftest import action, task

HOURLY = Schedule(ScheduleId(0), "Stock", "work", Timing(Repeats.EVERY, minutes=60))


class Desk:
    """A scheduler that plans one job for each run."""

    def __init__(self, folder: Path) -> None:
        self.db = Database.open(folder / "shop.mmhub")
        self.jobs = JobStore(self.db)
        self.store = ScheduleStore(self.db)
        self.bus = Bus()
        self.clock = FakeClock()
        self.notices: list[Notice] = []
        self.said: list[str] = []
        self.answer: str | Exception | None = None
        self.bus.subscribe(Notice, self.notices.append)
        self.scheduler = Scheduler(self.store, self._run, self.bus, clock=self.clock)

    async def _run(self, schedule: Schedule, beside: str, also: AtPlan) -> BatchId | str:
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer is not None:
            return self.answer
        self.said.append(beside)

        async def nothing(_: object) -> None:
            return None

        request = WorkRequest("work", (ProductId(1),), (AccountId(1),), schedule.name)
        return (await plan_whole(self.jobs, request, action(task("one", nothing)), also=also)).batch_id

    async def kept(self) -> Schedule:
        return (await self.store.all())[0]

    def in_(self, **time: float) -> datetime:
        return datetime.fromtimestamp(self.clock.now(), UTC) + timedelta(**time)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    made = Desk(tmp_path)
    yield made
    await made.scheduler.stop()
    made.db.close()


async def test_a_schedule_runs_when_it_is_due_and_says_when_it_runs_next(desk: Desk) -> None:
    saved = await desk.scheduler.save(HOURLY)
    assert saved.next_at == desk.in_(hours=1)
    assert await desk.scheduler.look() == 60
    assert desk.said == []
    desk.clock.advance(3600)
    await desk.scheduler.look()
    kept = await desk.kept()
    assert (kept.next_at, kept.last_at, kept.last_batch_id) == (desk.in_(hours=1), desk.in_(), 1)
    assert desk.said == [""]
    assert len(await desk.jobs.batch_ids()) == 1
    await desk.scheduler.look()
    assert len(desk.said) == 1


async def test_missed_runs_become_one_that_says_so(desk: Desk) -> None:
    await desk.scheduler.save(HOURLY)
    desk.clock.advance(3600 * 5 + 600)
    await desk.scheduler.look()
    assert desk.said == ["in place of 5 runs that were due"]
    assert (await desk.kept()).next_at == desk.in_(minutes=50)


async def test_a_single_late_run_says_when_it_was_due(desk: Desk) -> None:
    await desk.scheduler.save(replace(HOURLY, timing=Timing(Repeats.ONCE, at=desk.in_(hours=1))))
    desk.clock.advance(7200)
    await desk.scheduler.look()
    assert desk.said[0].startswith("was due ")
    kept = await desk.kept()
    assert (kept.active, kept.next_at) == (False, None)
    desk.clock.advance(86_400)
    await desk.scheduler.look()
    assert len(desk.said) == 1


async def test_it_wakes_by_itself_and_on_changes(desk: Desk) -> None:
    await desk.scheduler.start()
    await desk.scheduler.save(replace(HOURLY, timing=Timing(Repeats.EVERY, minutes=5)))
    for _ in range(7):
        await desk.scheduler.look()
        desk.clock.advance(60)
    while not desk.said:
        await desk.db.write(lambda _: None)
    assert desk.said == [""]


async def test_a_pause_is_not_made_up_for(desk: Desk) -> None:
    saved = await desk.scheduler.save(HOURLY)
    assert (await desk.scheduler.set_active(saved.id, active=False)).next_at is None
    desk.clock.advance(3600 * 9)
    await desk.scheduler.look()
    assert desk.said == []
    assert (await desk.scheduler.set_active(saved.id, active=True)).next_at == desk.in_(hours=1)
    await desk.scheduler.look()
    assert desk.said == []


async def test_running_now_changes_nothing_about_the_times(desk: Desk) -> None:
    saved = await desk.scheduler.save(HOURLY)
    desk.clock.advance(600)
    assert await desk.scheduler.run_now(saved.id) == 1
    kept = await desk.kept()
    assert (kept.next_at, kept.last_at, kept.last_batch_id) == (saved.next_at, desk.in_(), 1)


async def test_why_a_run_was_left_out_is_kept(desk: Desk) -> None:
    await desk.scheduler.save(HOURLY)
    desk.answer = "No product matched."
    desk.clock.advance(3600)
    await desk.scheduler.look()
    kept = await desk.kept()
    assert (kept.last_result, kept.last_batch_id, kept.next_at) == ("No product matched.", None, desk.in_(hours=1))
    assert desk.notices == []
    desk.answer = Unsupported("It cannot do this.")
    desk.clock.advance(3600)
    await desk.scheduler.look()
    assert (await desk.kept()).last_result == "It cannot do this."
    assert [notice.message for notice in desk.notices] == ["“Stock” did not run. It cannot do this."]
    desk.answer = None
    desk.clock.advance(3600)
    await desk.scheduler.look()
    assert (await desk.kept()).last_result == ""


async def test_a_run_and_its_note_are_one_transaction(desk: Desk) -> None:
    saved = await desk.scheduler.save(HOURLY)
    desk.clock.advance(3600)

    def break_it(*_: object) -> None:
        raise UserMistake("killed between the two")

    async def run(schedule: Schedule, beside: str, also: AtPlan) -> BatchId | str:
        def both(connection: object, batch_id: BatchId) -> None:
            also(connection, batch_id)  # type: ignore[arg-type]
            break_it()

        return await desk._run(schedule, beside, both)

    scheduler = Scheduler(desk.store, run, desk.bus, clock=desk.clock)
    with pytest.raises(UserMistake):
        await scheduler.run_now(saved.id)
    assert len(await desk.jobs.batch_ids()) == 0
    assert (await desk.kept()).last_batch_id is None


async def test_what_cannot_be_is_refused(desk: Desk) -> None:
    with pytest.raises(UserMistake, match="has passed"):
        await desk.scheduler.save(replace(HOURLY, timing=Timing(Repeats.ONCE, at=desk.in_(hours=-1))))
    with pytest.raises(UserMistake, match="no name"):
        await desk.scheduler.save(replace(HOURLY, name=" "))
    with pytest.raises(UserMistake, match="no schedule 7"):
        await desk.scheduler.run_now(ScheduleId(7))


async def test_a_workspace_runs_a_schedule_for_the_products_that_match_then(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await shop.add(lamp(1), lamp(2))
        workspace = shop.workspace
        schedule = await workspace.scheduler.save(
            Schedule(
                ScheduleId(0), "New ones", "publish", Timing(Repeats.DAILY, clock="02:00"), "imported", "lámpara",
                (shop.account.id,),
            )
        )  # fmt: skip
        batch_id = await workspace.scheduler.run_now(schedule.id)
        assert isinstance(batch_id, int)
        batch = await workspace.engine.wait_batch(BatchId(batch_id))
        assert batch is not None
        assert (batch.title, batch.completed) == ("New ones: Publish 2 products on Test", 2)
        assert await workspace.scheduler.run_now(schedule.id) == "No product matched."
        await shop.add(lamp(3))
        await workspace.pause_account(shop.account.id, paused=True)
        again = await workspace.scheduler.run_now(schedule.id)
        assert isinstance(again, int)
        assert await workspace.scheduler.run_now(schedule.id) == "The run before has not ended yet."
        await workspace.pause_account(shop.account.id, paused=False)
        await workspace.engine.wait_batch(BatchId(again))
