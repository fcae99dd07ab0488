"""Schedules from the command line."""

from pathlib import Path

import pytest

from tests.cli.test_commands import SAMPLE, Terminal


@pytest.fixture
def terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(tmp_path / "shop.mmhub", capsys)


def test_a_schedule_is_added_run_paused_and_removed(terminal: Terminal) -> None:
    terminal.json("import", SAMPLE)
    assert terminal.json("schedules", "list") == []
    added = terminal.json(
        "schedules", "add", "Better lamps", "enhance", "--daily", "02:30", "--search", "lampara", "--priority", "low"
    )
    assert (added["timing"]["clock"], added["active"], added["priority"]) == ("02:30", True, -10)
    ran = terminal.json("schedules", "run", str(added["id"]))
    assert ran["title"].startswith("Better lamps: Enhance")
    assert ran["completed"] == ran["total"] > 0
    assert ran["priority"] == -10
    (kept,) = terminal.json("schedules", "list")
    assert kept["last_batch_id"] == ran["id"]
    code, words = terminal.run("schedules", "list")
    assert (code, "completed" in words) == (0, True)
    assert terminal.json("schedules", "pause", "1")["next_at"] is None
    assert terminal.json("schedules", "resume", "1")["next_at"] == kept["next_at"]
    terminal.json("schedules", "remove", "1")
    assert terminal.json("schedules", "list") == []
    assert terminal.run("schedules", "run", "1")[0] == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "not clear when"),
        (("--daily", "02:30", "--every", "2h"), "not clear when"),
        (("--every", "often"), "not a length of time"),
        (("--every", "1m"), "too short"),
        (("--daily", "26:00"), "not a time of day"),
        (("--weekly", "someday@08:00"), "not days of the week"),
        (("--daily", "02:00", "--zone", "Mars/Olympus"), "not known here"),
        (("--once", "2020-01-01 08:00"), "has passed"),
        (("--cron", "0 2 * *"), "not a cron line"),
        (("--cron", "*/2 * * * *"), "too often"),
    ],
)
def test_times_that_are_not_understood(terminal: Terminal, options: tuple[str, ...], said: str) -> None:
    code, _ = terminal.run("schedules", "add", "X", "enhance", *options)
    assert code == 2
    assert said in " ".join(terminal.err.split())


def test_weekly_and_every(terminal: Terminal) -> None:
    weekly = terminal.json("schedules", "add", "A", "enhance", "--weekly", "mon,Friday@08:00", "--zone", "UTC")
    assert weekly["timing"]["weekdays"] == [0, 4]
    assert terminal.json("schedules", "add", "B", "enhance", "--every", "2h")["timing"]["minutes"] == 120


def test_a_cron_line_is_kept_and_its_next_runs_are_told(terminal: Terminal) -> None:
    code, words = terminal.run("schedules", "add", "C", "enhance", "--cron", "30  2 * * 1-5", "--zone", "UTC")
    assert code == 0
    assert "at 02:30 on Monday through Friday (UTC)." in words
    assert "Next: " in words
    runs = terminal.json("schedules", "next", "1", "--runs", "7")["runs"]
    assert len(runs) == 7
    assert all(run.endswith("T02:30:00+00:00") for run in runs)
    (kept,) = terminal.json("schedules", "list")
    assert (kept["timing"]["cron"], kept["next_at"]) == ("30 2 * * 1-5", runs[0])
