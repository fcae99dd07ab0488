"""The power goes: whatever the disk kept of the log's last part, the workspace opens and says the truth.

With synchronous=NORMAL the log is flushed before it is folded into the file; what was written to it since may be
there in part, be zeros, or be what the disk held before.
"""

import random
import shutil
from pathlib import Path

import pytest
from sqlalchemy import Connection

from mmhub_desktop.domain.ids import JobId
from mmhub_desktop.domain.job import JobState
from mmhub_desktop.errors import Rejected
from mmhub_desktop.jobs.action import JsonResult, TaskContext
from mmhub_desktop.jobs.lane import LaneSettings
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.jobs import JobStore
from tests.jobs.conftest import SHOP, Gate, Rig, action, task

CUTS = 12  # of each kind
FRAME = 4096 + 24  # a page in the log, with its header
WAL_HEADER = 32


async def fill(rig: Rig) -> Path:
    """A workspace in the middle of its work, copied with its log as it is between two commits."""
    gate = Gate()

    async def create(context: TaskContext) -> JsonResult:
        if context.product_id % 7 == 0:
            raise Rejected("not like this")
        if context.product_id > 40:
            await gate(context)
        return {"remote": context.product_id}

    async def step(context: TaskContext) -> JsonResult:
        return {"n": context.attempt}

    def keep_the_log(connection: Connection) -> None:
        connection.connection.dbapi_connection.execute("PRAGMA wal_autocheckpoint=0")  # type: ignore[union-attr]

    await rig.db.write(keep_the_log)  # nothing is flushed from here on: all of the log may be lost
    rig.lanes = {SHOP: LaneSettings(4)}
    await rig.start(action(task("one", step), task("create", create, has_effect=True), task("three", step)))
    await rig.submit(60)
    await rig.submit(20, first=51)  # the same listings: these wait
    await gate.wait_for(4)
    await rig.engine.pause_batch((await rig.store.batch_ids())[0])
    copy = rig.db.path.with_name("copy.mmhub")

    def keep(_: Connection) -> None:
        shutil.copy(rig.db.path, copy)
        shutil.copy(f"{rig.db.path}-wal", f"{copy}-wal")

    await rig.db.write(keep)
    gate.open()
    return copy


def read_log(path: Path) -> bytes:
    """The log beside a workspace."""
    return Path(f"{path}-wal").read_bytes()


def leave(copy: Path, name: str, log: bytes) -> Path:
    """A copy of the workspace with only this much of its log."""
    left = copy.with_name(name)
    shutil.copy(copy, left)
    Path(f"{left}-wal").write_bytes(log)
    return left


def lose(wal: bytes, offset: int, kind: str, rng: random.Random) -> bytes:
    """The log as the disk may have kept it."""
    if kind == "cut":
        return wal[:offset]
    if kind == "zeros":
        return wal[:offset] + bytes(len(wal) - offset)
    return wal[:offset] + rng.randbytes(len(wal) - offset)


async def tell(path: Path) -> tuple[int, int]:
    """Open what was left and hold its counts against its rows; how many batches and ended jobs it knows."""
    db = Database.open(path)
    try:
        await db.check()
        assert await db.read(lambda c: c.exec_driver_sql("PRAGMA integrity_check").scalar_one()) == "ok"
        assert await db.read(lambda c: c.exec_driver_sql("PRAGMA foreign_key_check").all()) == []
        store, ended = JobStore(db), 0
        batches = await store.batches(await store.batch_ids())
        for batch in batches:
            jobs = await store.jobs(await store.job_ids(batch.id))
            assert len(jobs) == batch.total
            for state, count in (
                (JobState.COMPLETED, batch.completed),
                (JobState.FAILED, batch.failed),
                (JobState.CANCELLED, batch.cancelled),
            ):
                assert sum(job.state is state for job in jobs) == count
            for job in jobs[::9]:
                states = [found.state for found in await store.tasks(JobId(job.id))]
                assert len(states) == 3
                assert (states == [JobState.COMPLETED] * 3) == (job.state is JobState.COMPLETED)
            ended += batch.done
        return len(batches), ended
    finally:
        db.close()


@pytest.mark.parametrize("kind", ["cut", "zeros", "garbage"])
async def test_whatever_is_left_of_the_log_opens_and_is_true(rig: Rig, kind: str) -> None:
    copy = await fill(rig)
    wal = read_log(copy)
    rng = random.Random(kind)
    frames = (len(wal) - WAL_HEADER) // FRAME
    assert frames > 20
    offsets = [0, len(wal), WAL_HEADER, *(rng.randrange(len(wal)) for _ in range(CUTS))]
    offsets += [WAL_HEADER + FRAME * rng.randrange(frames) for _ in range(CUTS)]  # exactly between two pages
    found = set()
    for number, offset in enumerate(offsets):
        found.add(await tell(leave(copy, f"{kind}-{number}.mmhub", lose(wal, offset, kind, rng))))
    assert (0, 0) in found  # all was lost
    assert (2, max(ended for _, ended in found)) in found
    assert len(found) > 3  # the cuts fell between many commits
    await rig.engine.resume_batch((await rig.store.batch_ids())[0])
    await rig.engine.wait_idle()
