"""``mmhub relist``: what has ended comes back, and only what is listed is named by ``--all``."""

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


def test_what_has_ended_is_listed_again(terminal: Terminal) -> None:
    for action in ("publish", "end"):
        assert terminal.json(action, "HOG-1001", "HOG-1002")["completed"] == 2
    assert terminal.json("relist", "HOG-1001")["completed"] == 1
    batch = terminal.json("relist", "--all")
    assert (batch["action"], batch["total"], batch["completed"]) == ("relist", 1, 1), "the others have not ended"
    code, _ = terminal.run("relist", "--all")
    assert code == 2
    assert "No listing of these products has ended there." in terminal.err
