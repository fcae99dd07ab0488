"""Workflows from the command line."""

import asyncio
import json
from pathlib import Path

import pytest

from mmhub_desktop.app import App
from mmhub_desktop.domain.ids import WorkflowId
from tests.cli.test_commands import SAMPLE, Terminal

FLOW = {
    "form": 1, "name": "Better lamps", "trigger": {"kind": "by_hand", "timing": None},
    "scope": {"status": "", "search": "lampara"}, "priority": 0, "active": True,
    "steps": [
        {"key": "enhance", "kind": "enhance", "title": "", "after": [], "when": [], "account_ids": [], "options": {}},
        {
            "key": "tell", "kind": "webhook", "title": "Tell the ERP", "after": ["enhance"],
            "when": [{"field": "quality", "operator": "at_least", "value": "10"}], "account_ids": [],
            "options": {"message": "texts are ready"}, "on_failure": "stop",
        },
    ],
}  # fmt: skip


@pytest.fixture
def terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(tmp_path / "shop.mmhub", capsys)


def test_a_workflow_is_brought_in_run_shown_handed_on_and_removed(terminal: Terminal, tmp_path: Path) -> None:
    terminal.json("import", SAMPLE)
    assert terminal.json("workflows", "list") == []
    file = tmp_path / "flow.json"
    file.write_text(json.dumps(FLOW), encoding="utf-8")
    assert terminal.json("workflows", "import", str(file))["id"] == 1
    shown = terminal.json("workflows", "show", "1")
    assert (shown["findings"], [step["key"] for step in shown["steps"]]) == ([], ["enhance", "tell"])
    assert "Quality score is at least 10" in terminal.run("workflows", "show", "1")[1].replace("\n", " ")
    ran = terminal.json("workflows", "run", "1")
    assert (ran["state"], [step["state"] for step in ran["steps"]]) == ("completed", ["completed", "completed"])
    assert ran["products"] == ran["steps"][1]["completed"] == 1
    sku = terminal.json("products")[0]["sku"]
    one = terminal.json("workflows", "run", "1", "--sku", sku.lower())
    assert (one["id"], one["products"]) == (2, 1)
    assert [run["id"] for run in terminal.json("workflows", "runs")] == [2, 1]
    assert terminal.json("workflows", "runs", "--run", "1")["steps"][0]["batch_id"] == 1
    code, words = terminal.run("workflows", "run", "1")
    assert (code, "Run 3 of “Better lamps”: completed." in words) == (0, True)
    (listed,) = terminal.json("workflows", "list")
    assert (listed["name"], listed["last_run"]) == ("Better lamps", 3)
    out = tmp_path / "out.json"
    terminal.json("workflows", "export", "1", str(out))
    assert json.loads(out.read_text(encoding="utf-8"))["steps"] == shown["steps"]
    assert terminal.json("workflows", "cancel", "1")["state"] == "completed"  # it had ended
    terminal.json("workflows", "remove", "1")
    assert terminal.json("workflows", "list") == []
    assert len(terminal.json("workflows", "runs")) == 3


def test_mistakes_are_told(terminal: Terminal, tmp_path: Path) -> None:
    assert terminal.run("workflows", "run", "1")[0] == 2
    assert terminal.run("workflows", "cancel", "1")[0] == 2
    file = tmp_path / "flow.json"
    file.write_text("nonsense", encoding="utf-8")
    assert terminal.run("workflows", "import", str(file))[0] == 2
    file.write_text(json.dumps({**FLOW, "steps": [{**FLOW["steps"][0], "kind": "publish"}]}), encoding="utf-8")  # type: ignore[index]
    assert terminal.run("workflows", "import", str(file))[0] == 2
    assert "“Publish” has no account." in terminal.err
    file.write_text(json.dumps(FLOW), encoding="utf-8")
    assert terminal.run("workflows", "import", str(file))[0] == 0
    assert terminal.run("workflows", "run", "1", "--sku", "NOPE")[0] == 2
    assert "There is no product “NOPE”" in terminal.err
    assert terminal.run("workflows", "run", "1")[0] == 2  # no product at all


def test_a_killed_run_goes_on_with_the_waiting_jobs(terminal: Terminal, tmp_path: Path) -> None:
    terminal.json("import", SAMPLE)
    file = tmp_path / "flow.json"
    file.write_text(json.dumps({**FLOW, "scope": {"status": "", "search": ""}}), encoding="utf-8")
    terminal.json("workflows", "import", str(file))

    async def begin() -> None:  # a run that nobody has carried on yet
        app = App(holder="a test")
        workspace = await app.open_workspace(terminal.path, run_jobs=False)
        await workspace.workflows.run(WorkflowId(1))
        await app.close()

    asyncio.run(begin())
    assert [run["state"] for run in terminal.json("workflows", "runs")] == ["running"]
    batches = json.loads(terminal.run("--json", "jobs", "run")[1])
    assert [batch["action"] for batch in batches] == ["enhance"]
    (run,) = terminal.json("workflows", "runs")
    assert (run["state"], run["steps"][1]["state"]) == ("completed", "completed")


def test_an_import_by_command_starts_its_workflow_with_the_next_due_run(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "flow.json"
    file.write_text(
        json.dumps({**FLOW, "scope": {}, "trigger": {"kind": "import_completed", "timing": None}}), encoding="utf-8"
    )
    terminal.json("workflows", "import", str(file))
    terminal.json("import", SAMPLE)
    assert terminal.json("workflows", "runs") == []
    answer = terminal.json("schedules", "run", "--once")
    assert [(run["name"], run["state"]) for run in answer["workflow_runs"]] == [("Better lamps", "completed")]
    assert terminal.json("schedules", "run", "--once")["workflow_runs"] == []
    (run,) = terminal.json("workflows", "runs")
    assert (run["cause"], run["products"]) == ("import of sample-products.csv", 24)
