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


def test_a_whole_batch_is_skipped_and_priority_is_given_at_once(terminal: Terminal) -> None:
    batch = terminal.json("publish", "HOG-1001", "HOG-1002", "--no-wait", "--priority", "urgent")
    number = str(batch["id"])
    assert batch["priority"] == 10
    assert terminal.json("jobs", "skip", number)["cancelled"] == 2
    assert terminal.run("jobs", "skip", number)[0] == 2
    assert terminal.run("jobs", "skip", number, "--step")[0] == 2
    job = terminal.json("jobs", "show", number)["jobs"][0]["id"]
    assert terminal.run("jobs", "skip", number, "--job", str(job), "--step")[0] == 2
    assert terminal.json("enhance", "HOG-1001", "--priority", "-3")["priority"] == -3
    assert terminal.run("update", "HOG-1001", "--priority", "soon")[0] == 2


def test_jobs_are_filtered_and_exported(terminal: Terminal, tmp_path: Path) -> None:
    terminal.run("end", "HOG-1001", "HOG-1002")
    terminal.json("enhance", "HOG-1001", "AUD-2001")
    assert [batch["action"] for batch in terminal.json("jobs", "list", "--product", "hog-1002")] == ["end"]
    assert terminal.json("jobs", "list", "--state", "failed", "--action", "enhance") == []
    (cause,) = terminal.json("jobs", "causes")
    target = tmp_path / "jobs.csv"
    said = terminal.json(
        "jobs", "export", "--to", str(target), "--cause", cause["cause"], "--account", cause["account"]
    )
    assert said == {"file": str(target), "jobs": 2}
    lines = target.read_text(encoding="utf-8-sig").splitlines()
    assert len([line for line in lines if line.startswith("job,")]) == 2
    assert lines[0].startswith("level,batch,job")
    code, words = terminal.run("jobs", "export", "--to", str(tmp_path / "jobs.json"))
    assert (code, "4 jobs are in" in words) == (0, True)
    assert terminal.run("jobs", "export", "--to", str(target), "--account", "nobody")[0] == 2
    assert terminal.run("jobs", "export", "--to", str(target), "--cause", "nothing")[0] == 2
