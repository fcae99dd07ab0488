"""Another program holds the workspace file's write lock for a while: a notice, nothing lost, nothing done twice."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mmhub_desktop.domain.job import JobState
from mmhub_desktop.errors import WorkspaceLocked
from mmhub_desktop.events import Notice
from mmhub_desktop.jobs.action import TaskContext
from mmhub_desktop.jobs.lane import LaneSettings
from tests.jobs.conftest import SHOP, Rig, action, task

OTHER_PROGRAM = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.readline()
connection.execute("COMMIT")
"""


class OtherProgram:
    """Holds the write lock from ``lock`` to ``release``."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._process: subprocess.Popen[str] | None = None

    def lock(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", OTHER_PROGRAM, str(self._path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "locked\n"

    def release(self) -> None:
        if self._process is not None:
            self._process.communicate("\n", timeout=10)
            self._process = None


@pytest.fixture
def other(rig: Rig) -> Iterator[OtherProgram]:
    made = OtherProgram(rig.db.path)
    yield made
    made.release()


async def until_told(rig: Rig) -> None:
    """Until the seller was told that work waits; the lock is waited for briefly here, ten seconds in the program."""
    while not any(isinstance(event, Notice) for event in rig.events):
        with contextlib.suppress(WorkspaceLocked):
            await rig.db.write(lambda _: None)


@pytest.mark.expects_log
@pytest.mark.parametrize("when", ["before the first job", "while a job runs"])
async def test_work_waits_with_one_notice_and_goes_on_by_itself(rig: Rig, other: OtherProgram, when: str) -> None:
    calls: list[int] = []

    async def create(context: TaskContext) -> None:
        calls.append(context.product_id)
        if when == "while a job runs" and len(calls) == 1:
            other.lock()  # what was done cannot be written down

    rig.lanes = {SHOP: LaneSettings(1)}
    await rig.start(action(task("create", create, has_effect=True), task("after", create)))
    await rig.db.write(lambda c: c.exec_driver_sql("PRAGMA busy_timeout=20"))
    rig.engine.pause_account(SHOP, True)
    batch_id = await rig.submit(3)
    if when == "before the first job":
        other.lock()
    rig.engine.pause_account(SHOP, False)
    await until_told(rig)
    notices = [event for event in rig.events if isinstance(event, Notice)]
    assert [notice.level for notice in notices] == ["err"]
    assert "being written by another program" in notices[0].message
    assert "wait until it has finished" in notices[0].hint
    assert len(calls) == (1 if when == "while a job runs" else 0)

    other.release()
    await rig.turn_until(lambda: len(calls) == 6)
    batch = await rig.engine.wait_batch(batch_id)
    assert batch is not None
    assert (batch.state, batch.completed) == (JobState.COMPLETED, 3)
    assert sorted(calls) == [1, 1, 2, 2, 3, 3]  # each of the two steps once
    assert [event.level for event in rig.events if isinstance(event, Notice)] == ["err", "ok"]
