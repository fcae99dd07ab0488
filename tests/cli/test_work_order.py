"""The command line for the order of work and for what failed: priority, skip, causes, retry by cause."""

from pathlib import Path

import pytest

from tests.cli.test_commands import SAMPLE, Terminal


@pytest.fixture
def terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Terminal:
    made = Terminal(tmp_path / "shop.mmhub", capsys)
    made.json("import", SAMPLE)
    made.json("accounts", "add", "mercadolibre", "--practice")
    return made


def test_causes_are_listed_and_retried(terminal: Terminal) -> None:
    assert terminal.json("jobs", "causes") == []
    code, _ = terminal.run("end", "HOG-1001", "HOG-1002")
    assert code == 7
    (cause,) = terminal.json("jobs", "causes")
    assert (cause["count"], cause["action"]) == (2, "end")
    assert cause["account"]
    code, words = terminal.run("jobs", "causes")
    assert cause["cause"] in words
    code, _ = terminal.run("--json", "jobs", "retry", "--cause", cause["cause"])
    assert code == 7  # they fail again
    assert terminal.json("jobs", "causes")[0]["count"] == 2
    code, _ = terminal.run("jobs", "retry", "--cause", "nonsense")
    assert (code, "There is no cause" in terminal.err) == (2, True)
    assert terminal.run("jobs", "retry")[0] == 2


def test_priority_and_skip(terminal: Terminal) -> None:
    batch = terminal.json("publish", "HOG-1001", "HOG-1002", "--no-wait")
    number = str(batch["id"])
    assert terminal.json("jobs", "priority", number, "urgent")["priority"] == 10
    jobs = terminal.json("jobs", "show", number)["jobs"]
    assert [job["priority"] for job in jobs] == [10, 10]
    terminal.json("jobs", "priority", number, "low", "--job", str(jobs[1]["id"]))
    assert terminal.json("jobs", "skip", number, "--job", str(jobs[0]["id"]))["cancelled"] == 1
    jobs = terminal.json("jobs", "show", number)["jobs"]
    assert [(job["state"], job["priority"]) for job in jobs] == [("cancelled", 10), ("pending", -10)]
    assert terminal.run("jobs", "priority", number, "soon")[0] == 2
    assert terminal.run("jobs", "skip", number, "--job", str(jobs[0]["id"]))[0] == 2
    assert terminal.run("jobs", "skip", number, "--job", "999")[0] == 2
