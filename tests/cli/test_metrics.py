"""mmhub metrics and mmhub health, as a script uses them."""

import pytest

from mmhub_desktop.support import health as module
from tests.cli.test_commands import SAMPLE, Terminal, terminal

__all__ = ["terminal"]


def test_metrics_and_health(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    assert terminal.run("metrics")[1].startswith("No calls since")
    terminal.json("import", SAMPLE)
    terminal.json("accounts", "add", "mercadolibre", "--practice")
    operations = terminal.json("metrics")["operations"]
    assert {each["operation"] for each in operations} == {"account"}
    assert operations[0]["success_rate"] == 1.0
    assert operations[0]["p50_ms"] <= operations[0]["p95_ms"]
    code, text = terminal.run("metrics", "--prometheus")
    assert code == 0
    assert 'operation="account",outcome="ok"' in text
    assert terminal.json("health")["ok"] is True
    terminal.json("accounts", "limit", "1", "2000")
    terminal.json("accounts", "test", "1")
    (budget,) = terminal.json("metrics")["budgets"]
    assert 0 < budget["used"] < 10
    assert (budget["allowed"], budget["own"]) == (2_000, True)
    assert f"{budget['used']} of 2,000 calls a day used" in " ".join(terminal.run("health")[1].split())
    assert (
        'mmhub_call_budget_allowed{account="MercadoLibre practice",budget="own"} 2000'
        in terminal.run("metrics", "--prometheus")[1]
    )
    assert terminal.run("accounts", "limit", "1", "many")[0] == 2
    terminal.json("accounts", "limit", "1", "none")
    assert terminal.json("metrics")["budgets"] == []
    monkeypatch.setattr(module, "LEAST_FREE_BYTES", 10**18)
    code, text = terminal.run("health")
    assert code == 1
    assert "NOT OK" in text
