"""What the engine survives: being killed, a full disk, a stop in the middle of a call."""

import asyncio
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.job import JobState, WorkRequest
from mmhub_desktop.events import Notice
from mmhub_desktop.jobs.action import JsonResult, TaskContext
from mmhub_desktop.jobs.journal import TRY_AGAIN_S
from mmhub_desktop.jobs.lane import LaneSettings
from mmhub_desktop.jobs.plan import plan
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.jobs import JobStore
from tests.jobs.conftest import SHOP, Gate, Rig, action, task

ROOT = Path(__file__).resolve().parents[2]
PRODUCTS = 200
KILLS = 5


def start(workspace: Path, shop: Path) -> subprocess.Popen[bytes]:
    """The small engine as a process; returns when it runs."""
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("small_engine.py")), str(workspace), str(shop), str(PRODUCTS)],
        stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == b"running\n"
    return process


def created(shop: Path) -> int:
    return len(list(shop.glob("SKU-*")))


async def test_killed_again_and_again_it_does_everything_once(tmp_path: Path) -> None:
    workspace, shop = tmp_path / "shop.mmhub", tmp_path / "shop"
    shop.mkdir()
    rng = random.Random(11)
    for _ in range(KILLS):
        process = start(workspace, shop)
        goal = min(PRODUCTS - 20, created(shop) + rng.randint(5, 40))
        while created(shop) < goal:  # the process is watched from outside, by what it does
            assert process.poll() is None
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        process.stdout.close()  # type: ignore[union-attr]
    process = start(workspace, shop)
    out, _ = process.communicate(timeout=60)
    assert out == b"done\n"
    assert process.returncode == 0

    doubled = {mark.name: told for mark in shop.glob("SKU-*") if (told := mark.read_text()) != "created\n"}
    assert created(shop) == PRODUCTS
    assert doubled == {}
    assert (shop / "looks").exists()  # a killed create was really looked for
    db = Database.open(workspace)
    store = JobStore(db)
    batch = (await store.batches(await store.batch_ids()))[0]
    assert (batch.state, batch.completed, batch.total) == (JobState.COMPLETED, PRODUCTS, PRODUCTS)
    await db.check()
    db.close()


async def test_what_a_crash_left_running_goes_on_and_skips_what_was_done(rig: Rig) -> None:
    ran: list[tuple[str, bool]] = []

    async def run(context: TaskContext) -> None:
        ran.append((str(context.task_id), context.seen_before))

    work = action(task("one", run), task("two", run, has_effect=True), task("three", run))
    batch_id = await plan(rig.store, WorkRequest("work", (ProductId(1),), (SHOP,)), work, now_s=rig.clock.now())

    def crash(connection: Connection) -> None:
        for statement in (
            "UPDATE batch_job SET state = 'running', started_at = 1",
            "UPDATE marketplace_job SET state = 'running'",
            "UPDATE marketplace_task SET state = 'completed', attempts = 1 WHERE kind = 'one'",
            "UPDATE marketplace_task SET state = 'running', attempts = 1, seen = 1 WHERE kind = 'two'",
        ):
            connection.execute(text(statement))

    await rig.db.write(crash)
    await rig.start(work)
    batch = await rig.engine.wait_batch(batch_id)
    assert batch is not None
    assert batch.completed == 1
    assert ran == [("2", True), ("3", False)]


@pytest.mark.expects_log
async def test_a_full_disk_loses_nothing(rig: Rig) -> None:
    calls: list[int] = []

    async def big(context: TaskContext) -> JsonResult:
        calls.append(context.product_id)
        return {"reply": "x" * 100_000}

    rig.lanes = {SHOP: LaneSettings(2)}
    await rig.start(action(task("big", big), task("after", big)))
    rig.engine.pause_account(SHOP, True)
    batch_id = await rig.submit(6)
    pages = await rig.db.read(lambda c: c.exec_driver_sql("PRAGMA page_count").scalar_one())
    await rig.db.write(lambda c: c.exec_driver_sql(f"PRAGMA max_page_count={pages + 10}").scalar_one())
    rig.engine.pause_account(SHOP, False)
    while not rig.engine._journal.halted:
        await rig.db.write(lambda _: None)
    await rig.db.write(lambda _: None)
    begun = len(calls)
    assert begun == 2
    for _ in range(3):  # tried again, still full
        rig.clock.advance(TRY_AGAIN_S)
        await rig.db.write(lambda _: None)
    assert len(calls) == begun
    notices = [event for event in rig.events if isinstance(event, Notice)]
    assert [notice.level for notice in notices] == ["err"]
    assert "disk space" in notices[0].hint
    assert "could not be written" in notices[0].message

    await rig.db.write(lambda c: c.exec_driver_sql("PRAGMA max_page_count=1000000").scalar_one())
    await rig.turn_until(lambda: not rig.engine._journal.halted)
    batch = await rig.engine.wait_batch(batch_id)
    assert batch is not None
    assert (batch.state, batch.completed) == (JobState.COMPLETED, 6)
    assert sorted(calls) == [n for n in range(1, 7) for _ in range(2)]  # nothing ran twice
    assert [event.level for event in rig.events if isinstance(event, Notice)] == ["err", "ok"]


async def test_stop_lets_the_call_in_flight_finish(rig: Rig) -> None:
    gate = Gate()
    rig.lanes = {SHOP: LaneSettings(2)}
    await rig.start(action(task("one", gate), task("two", gate)))
    batch_id = await rig.submit(10)
    await gate.wait_for(2)
    stopping = asyncio.ensure_future(rig.engine.stop(grace_s=5))
    await rig.db.write(lambda _: None)
    gate.open()
    await stopping
    assert gate.arrived == 2
    jobs = await rig.jobs(batch_id)
    assert {job.state for job in jobs} == {JobState.PENDING}
    assert sorted(job.tasks_done for job in jobs)[-3:] == [0, 1, 1]


async def test_stop_ends_a_call_that_does_not_return_and_it_is_looked_at_later(rig: Rig) -> None:
    gate, seen = Gate(), []

    async def create(context: TaskContext) -> None:
        seen.append(context.seen_before)
        if not context.seen_before:
            await gate(context)

    work = action(task("create", create, has_effect=True))
    await rig.start(work)
    batch_id = await rig.submit()
    await gate.wait_for(1)
    await rig.stop(grace_s=3)
    assert gate.inside == 0
    job = await rig.job(batch_id)
    assert (job.state, job.tasks_done) == (JobState.PENDING, 0)
    await rig.start(work)
    batch = await rig.engine.wait_batch(batch_id)
    assert batch is not None
    assert batch.completed == 1
    assert seen == [False, True]
