"""``--preview`` shows what would be sent and sends nothing; ``--from-preview`` sends just that."""

from pathlib import Path

import pytest

from tests.cli.test_commands import SAMPLE, Terminal


@pytest.fixture
def terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Terminal:
    made = Terminal(tmp_path / "shop.mmhub", capsys)
    made.json("import", SAMPLE)
    made.json("enhance", "--all", "--marketplace", "mercadolibre")
    made.json("accounts", "add", "mercadolibre", "--practice")
    return made


def test_a_preview_is_shown_and_then_sent_by_another_run(terminal: Terminal) -> None:
    shown = terminal.json("publish", "HOG-1001", "HOG-1002", "--preview")
    number = shown["preview"]["id"]
    assert [(line["sku"], line["outcome"]) for line in shown["lines"]] == [("HOG-1001", "new"), ("HOG-1002", "new")]
    create = shown["lines"][0]["requests"][0]
    assert (create["method"], create["path"]) == ("POST", "/items")
    assert '"{{picture_1}}"' in create["body"]
    assert [batch["action"] for batch in terminal.json("jobs", "list")] == ["enhance"]
    (batch,) = terminal.json("publish", "--from-preview", str(number))
    assert (batch["completed"], batch["failed"]) == (2, 0)
    code, _ = terminal.run("publish", "--from-preview", str(number))
    assert code == 2
    assert "sent already" in terminal.err


def test_words_for_people_name_the_next_command(terminal: Terminal) -> None:
    code, printed = terminal.run("update", "HOG-1001", "--preview")
    assert code == 0
    assert "publish it first" in " ".join(printed.split())
    assert "0 of 1 would be sent. Nothing to send." in printed
    code, printed = terminal.run("publish", "HOG-1001", "--preview")
    assert "24,990 CLP" in printed
    assert "mmhub publish --from-preview 2" in printed
    code, _ = terminal.run("end", "--from-preview", "2")
    assert code == 2
    assert "for “publish”" in terminal.err
    code, _ = terminal.run("end", "--from-preview", "99")
    assert code == 2
