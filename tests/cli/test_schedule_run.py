"""Schedules without a window: once for cron, or on and on for a service."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mmhub_desktop.domain.ids import ScheduleId
from mmhub_desktop.domain.schedule import Repeats, Schedule, Timing
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.schedules import ScheduleStore
from tests.cli.test_commands import SAMPLE, Terminal, terminal

__all__ = ["terminal"]


def due(path: Path, name: str, search: str, hours: float) -> None:
    """A nightly schedule that should have run so many hours ago, as a closed program leaves it behind."""

    async def add() -> None:
        db = Database.open(path)
        when = datetime.now(UTC) - timedelta(hours=hours)
        timing = Timing(Repeats.EVERY, minutes=60)
        await ScheduleStore(db).save(Schedule(ScheduleId(0), name, "enhance", timing, search=search, next_at=when))
        db.close()

    asyncio.run(add())


def test_once_runs_what_is_due_waits_for_it_and_says_what_became_of_it(terminal: Terminal) -> None:
    assert terminal.run("schedules", "run", "--once")[1].strip() == "Nothing is due."
    terminal.json("import", SAMPLE)
    due(terminal.path, "Lamps", "lampara", 2.5)
    due(terminal.path, "Nothing", "no such product", 0.1)
    due(terminal.path, "Later", "lampara", -1)
    ran = terminal.json("schedules", "run", "--once")
    (batch,) = ran["batches"]
    assert batch["title"].endswith("(in place of 3 runs that were due)")
    assert batch["completed"] == batch["total"] > 0
    assert ran["left_out"] == ["“Nothing”: No product matched."]
    again = terminal.json("schedules", "run", "--once")
    assert (again["batches"], again["left_out"]) == ([], [])


@pytest.mark.skipif(sys.platform == "win32", reason="a service manager's signal is POSIX")
def test_it_keeps_running_until_a_service_manager_ends_it(terminal: Terminal) -> None:
    terminal.json("import", SAMPLE)
    due(terminal.path, "Lamps", "lampara", 0.5)
    said: list[str] = []
    with subprocess.Popen(
        [sys.executable, "-m", "mmhub_desktop", "--workspace", str(terminal.path), "--json", "schedules", "run"],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as program:  # fmt: skip
        try:
            assert program.stdout is not None
            for line in program.stdout:
                said.append(json.loads(line)["message"])
                if said[-1].endswith(" done."):
                    program.send_signal(signal.SIGTERM)
            assert program.wait(30) == 0, said
        finally:
            program.kill()
    assert said[0] == "Running “shop” until you press Ctrl+C; active schedules: 1."
    assert any(words.startswith("Lamps: Enhance") and words.endswith("started.") for words in said)
    assert said[-1].startswith("Stopping")
    (kept,) = terminal.json("schedules", "list")
    assert kept["last_batch_id"] is not None
