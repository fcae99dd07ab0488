"""The command line as a script uses it: answers in JSON, exit codes by the class of the error."""

import json
from pathlib import Path
from typing import Any

import pytest

from mmhub_desktop.cli import main
from mmhub_desktop.paths import resource

SAMPLE = str(resource("samples/sample-products.csv"))


class Terminal:
    """Runs commands on one workspace."""

    def __init__(self, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.path = path
        self._capsys = capsys
        self.err = ""

    def run(self, *words: str) -> tuple[int, str]:
        """The exit code and what was printed."""
        code = main(["--workspace", str(self.path), *words])
        printed = self._capsys.readouterr()
        self.err = printed.err
        return code, printed.out

    def json(self, *words: str) -> Any:
        """The JSON answer of a command that must succeed."""
        code, printed = self.run("--json", *words)
        assert code == 0, self.err
        return json.loads(printed)


@pytest.fixture
def terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(tmp_path / "shop.mmhub", capsys)


def test_the_main_job(terminal: Terminal) -> None:
    assert terminal.json("import", SAMPLE, "--dry-run")["counts"]["new"] == 24
    assert terminal.json("products") == []
    assert terminal.json("import", SAMPLE)["counts"] == {"new": 24, "changed": 0, "same": 0, "refused": 0}
    added = terminal.json("accounts", "add", "mercadolibre", "--practice")
    assert (added["kind"], added["label"]) == ("practice", "MercadoLibre practice")
    enhanced = terminal.json("enhance", "--all", "--marketplace", "mercadolibre")
    assert (enhanced["completed"], enhanced["failed"]) == (24, 0)
    published = terminal.json("publish", "hog-1001", "HOG-1002")
    assert (published["completed"], published["state"]) == (2, "completed")
    live = terminal.json("products", "--status", "published")
    assert {product["sku"] for product in live} == {"HOG-1001", "HOG-1002"}
    assert live[0]["price"] == {"amount": "24990", "currency": "CLP"}
    batches = terminal.json("jobs", "list")
    assert [batch["action"] for batch in batches] == ["publish", "enhance"]


def test_work_planned_now_runs_later(terminal: Terminal) -> None:
    terminal.json("import", SAMPLE)
    planned = terminal.json("enhance", "HOG-1001", "--no-wait")
    assert planned["state"] == "pending"
    (ran,) = terminal.json("jobs", "run")
    assert (ran["id"], ran["state"]) == (planned["id"], "completed")


def test_failed_work_says_so_in_the_exit_code_and_the_jobs(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "free.csv"
    file.write_text("SKU,Title,Price,Currency\nFREE-1,Lámpara de escritorio,0,CLP\n", encoding="utf-8")
    terminal.json("import", str(file))
    terminal.json("accounts", "add", "mercadolibre", "--practice")
    code, printed = terminal.run("--json", "publish", "FREE-1")
    assert code == 7
    shown = terminal.json("jobs", "show", str(json.loads(printed)["id"]))
    assert shown["jobs"][0]["problem"]["findings"][0]["rule"] == "publish.zero_price"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("publish", "NO-SUCH"), 2, "There is no product with SKU NO-SUCH"),
        (("publish",), 2, "No products were named"),
        (("jobs", "show", "99"), 2, "There is no batch 99"),
        (("accounts", "test", "Nobody"), 2, "There is no account “Nobody”"),
        (("accounts", "add", "ebuy"), 2, "There is no marketplace “ebuy”"),
        (("import", "nowhere.csv"), 2, "nowhere.csv"),
        (("frobnicate",), 2, "No such command"),
    ],
)
def test_wrong_input_has_exit_code_2_and_says_what_is_wrong(
    terminal: Terminal, words: tuple[str, ...], code: int, said: str
) -> None:
    got, _ = terminal.run(*words)
    assert got == code
    assert said in " ".join(terminal.err.split())


def test_json_may_stand_behind_the_command(terminal: Terminal) -> None:
    code, printed = terminal.run("jobs", "list", "--json")
    assert (code, json.loads(printed)) == (0, [])


def test_an_error_in_json_names_its_class(terminal: Terminal) -> None:
    code, _ = terminal.run("--json", "jobs", "show", "99")
    assert code == 2
    assert json.loads(terminal.err)["error"]["type"] == "UserMistake"


def test_a_damaged_workspace_has_exit_code_3(terminal: Terminal) -> None:
    terminal.path.write_bytes(b"no database at all " * 500)
    code, _ = terminal.run("workspace", "info")
    assert code == 3
    assert "damaged" in terminal.err


def test_accounts_can_be_tested_paused_and_removed(terminal: Terminal) -> None:
    added = terminal.json("accounts", "add", "mercadolibre", "--practice", "--label", "Shop")
    assert terminal.json("accounts", "test", "shop")["site"] == "MLC"
    assert terminal.json("accounts", "pause", "Shop")["paused"] is True
    assert terminal.json("accounts", "resume", str(added["id"]))["paused"] is False
    terminal.json("accounts", "remove", "Shop", "--yes")
    assert terminal.json("accounts", "list") == []


def test_the_workspace_tells_what_it_holds(terminal: Terminal) -> None:
    terminal.json("import", SAMPLE)
    assert terminal.json("workspace", "info")["products"]["imported"] == 24
    assert "24 imported" in terminal.run("workspace", "info")[1]
    assert terminal.json("workspace", "check")["ok"] is True
    code, words = terminal.run("products", "--limit", "1")
    assert code == 0
    assert "SKU" in words


def test_the_demo_ends_with_every_listing_live(terminal: Terminal, tmp_path: Path) -> None:
    code = main(["--json", "demo", "--folder", str(tmp_path / "demo"), "--no-screenshots"])
    assert code == 0
    report = json.loads(terminal._capsys.readouterr().out)
    assert (report["live"], report["products"], report["failed"]) == (24, 24, 0)
    assert report["quality_after"] > report["quality_before"]
