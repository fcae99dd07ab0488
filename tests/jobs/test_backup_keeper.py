"""Backups by the clock: made when one is due and nothing else is going on, kept within bounds, given up cleanly."""

import asyncio
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from mmhub_desktop.domain.backup import BackupKind, Contents
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.events import BackupsChanged, Bus, Event, Notice
from mmhub_desktop.jobs.backup_keeper import (
    FIRST_LOOK_S,
    LONGEST_WAIT,
    LOOK_EVERY_S,
    BackupKeeper,
    backup_folder,
    find_backup,
)
from mmhub_desktop.store.database import SCHEMA_VERSION, Database
from mmhub_desktop.store.workspace_copy import contents
from tests.fakes.clock import FakeClock

DAY_S = 86_400


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "shop [1].mmhub"
    Database.open(made).close()
    return made


class Kept:
    """A keeper with a clock turned by hand; what it tells is noted."""

    def __init__(self, path: Path) -> None:
        self.clock, self.bus = FakeClock(), Bus()
        self.every, self.busy = "day", False
        self.told: list[Event] = []
        self.arrived = asyncio.Event()
        for kind in (BackupsChanged, Notice):
            self.bus.subscribe(kind, self._note)
        self.keeper = BackupKeeper(path, self.bus, lambda: self.every, lambda: self.busy, clock=self.clock)

    def _note(self, event: Event) -> None:
        self.told.append(event)
        self.arrived.set()

    async def names(self) -> list[str]:
        return [each.name for each in await self.keeper.all()]


async def test_one_a_day_is_made_and_old_ones_go(path: Path) -> None:
    kept = Kept(path)
    for _ in range(40):
        assert await kept.keeper.make_if_due() is not None
        assert await kept.keeper.make_if_due() is None
        kept.clock.advance(DAY_S)
    backups = await kept.keeper.all()
    assert 8 <= len(backups) <= 10  # seven days, and of four weeks those that are not among them
    assert contents(kept.keeper.path(backups[0])) == Contents(SCHEMA_VERSION, 0, 0, 0, 0)
    kept.every = "never"
    kept.clock.advance(90 * DAY_S)
    assert await kept.keeper.make_if_due() is None


async def test_it_waits_for_a_quiet_moment_but_not_for_ever(path: Path) -> None:
    kept = Kept(path)
    kept.busy = True
    assert await kept.keeper.make_if_due() is None
    kept.clock.advance(LONGEST_WAIT.total_seconds() - 1)
    assert await kept.keeper.make_if_due() is None
    kept.clock.advance(2)
    assert await kept.keeper.make_if_due() is not None


async def test_a_clock_set_back_or_ahead_makes_one_and_removes_none(path: Path) -> None:
    kept = Kept(path)
    first = await kept.keeper.make_if_due()
    kept.clock.set_wall(-100 * DAY_S)
    second = await kept.keeper.make_if_due()
    kept.clock.set_wall(4000 * DAY_S)
    third = await kept.keeper.make_if_due()
    assert None not in (first, second, third)
    assert len(await kept.names()) == 3
    kept.busy = True
    kept.clock.advance(2 * DAY_S)
    assert await kept.keeper.make_if_due() is None
    kept.clock.set_wall(-30)  # while it waits: it does not wait for the clock to come round
    assert await kept.keeper.make_if_due() is not None


async def test_the_clock_starts_it_and_a_failure_is_told_once(path: Path, tmp_path: Path) -> None:
    kept = Kept(path)
    backup_folder(path).write_text("a file where the folder should be")
    kept.keeper.start()
    await asyncio.sleep(0)
    kept.clock.advance(FIRST_LOOK_S)
    await asyncio.wait_for(kept.arrived.wait(), 30)
    assert isinstance(kept.told[0], Notice)
    assert kept.told[0].message.startswith("No backup was made.")
    for blocked in (True, False):
        while kept.clock.next_in() is None:  # noqa: ASYNC110 - it looks at the disk
            await asyncio.sleep(0.005)
        kept.arrived.clear()
        if not blocked:
            backup_folder(path).unlink()
        kept.clock.advance(LOOK_EVERY_S)
    await asyncio.wait_for(kept.arrived.wait(), 30)
    await kept.keeper.stop()
    assert [type(event) for event in kept.told] == [Notice, BackupsChanged]
    assert tmp_path / "shop [1].mmhub" == path
    assert len(await kept.names()) == 1


async def test_cancelled_it_leaves_nothing(path: Path) -> None:
    kept = Kept(path)
    began, go_on = threading.Event(), threading.Event()

    def told(_done: int, _of: int) -> None:
        began.set()
        assert go_on.wait(30)

    making = asyncio.create_task(kept.keeper.make(BackupKind.MANUAL, told))
    assert await asyncio.to_thread(began.wait, 30)
    making.cancel()
    await asyncio.sleep(0)
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await making
    left = await asyncio.to_thread(lambda: list(backup_folder(path).iterdir()))
    # The file is copied in one slice: it was whole, or it was given up; nothing half is left.
    assert [each.name for each in left if each.name.startswith(".")] == []


async def test_two_in_one_second_and_those_before_upgrades_are_listed(path: Path, tmp_path: Path) -> None:
    kept = Kept(path)
    one = await kept.keeper.make(BackupKind.MANUAL)
    two = await kept.keeper.make(BackupKind.MANUAL)
    assert two.at - one.at == timedelta(seconds=1)
    old = tmp_path / "shop [1].before-upgrade-2.backup.mmhub"
    await asyncio.to_thread(old.write_bytes, b"12345")
    (backup_folder(path) / "notes.txt").write_text("not a backup")
    backups = await kept.keeper.all()
    assert [(each.kind, each.size) for each in backups if each.kind is BackupKind.BEFORE_UPGRADE] == [
        (BackupKind.BEFORE_UPGRADE, 5)
    ]
    assert len(backups) == 3
    for each in backups:
        assert find_backup(path, each.name)[0] == kept.keeper.path(each)
        assert await asyncio.to_thread(kept.keeper.path(each).exists)
    await kept.keeper.remove(one)
    assert one.name not in await kept.names()
    with pytest.raises(UserMistake, match="not there any more"):
        await kept.keeper.remove(one)
    with pytest.raises(UserMistake, match="There is no backup"):
        find_backup(path, one.name)
