"""What a job said to the marketplace, on the command line."""

from tests.cli.test_commands import SAMPLE, Terminal, terminal

__all__ = ["terminal"]


def test_the_calls_of_a_job(terminal: Terminal) -> None:
    terminal.json("import", SAMPLE)
    terminal.json("accounts", "add", "mercadolibre", "--practice")
    terminal.json("enhance", "HOG-1001", "--marketplace", "mercadolibre")
    batch = terminal.json("publish", "HOG-1001")
    (job,) = terminal.json("jobs", "show", str(batch["id"]))["jobs"]
    calls = terminal.json("jobs", "calls", str(job["id"]))
    created = [call for call in calls if call["method"] == "POST" and call["status"] == 201]
    assert "publish.create_listing" in {call["operation"] for call in created}
    code, printed = terminal.run("jobs", "calls", str(job["id"]))
    assert code == 0
    assert "POST" in printed
    code, _ = terminal.run("jobs", "calls", "999")
    assert code == 2
