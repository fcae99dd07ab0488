"""mmhub rules and mmhub readiness, as a script uses them."""

import json
from pathlib import Path
from typing import Any

from tests.cli.test_commands import SAMPLE, Terminal, terminal

__all__ = ["terminal"]


def prepare(terminal: Terminal) -> None:
    terminal.json("import", SAMPLE)
    terminal.json("accounts", "add", "mercadolibre", "--practice")


def explained(terminal: Terminal, sku: str) -> dict[str, Any]:
    return {each["field"]: each for each in terminal.json("rules", "explain", sku)["fields"]}


def test_rules_are_changed_shown_and_explained(terminal: Terminal, tmp_path: Path) -> None:
    prepare(terminal)
    words = tmp_path / "shop.txt"
    words.write_text("{title}\n\n{description}", encoding="utf-8")
    kept = terminal.json("rules", "price", "--factor", "1,15", "--add", "500", "--rounding", ".99", "--margin", "20")
    assert (kept["price"]["factor"], kept["price"]["margin"]) == ("1.15", "20")
    kept = terminal.json("rules", "price", "--rate", "usd:clp:950:2026-11-01", "--margin", "none", "--fee", "13")
    assert kept["price"]["rate"] == {"of": "USD", "currency": "CLP", "factor": "950", "day": "2026-11-01"}
    assert (kept["price"]["factor"], kept["price"]["margin"], kept["price"]["fee"]) == ("1.15", None, "13")
    terminal.json("rules", "stock", "--keep-back", "2", "--at-most", "5")
    terminal.json("rules", "template", str(words))
    assert terminal.json("rules", "default", "Garantía", "1 año")["defaults"] == {"Garantía": "1 año"}
    assert terminal.json("rules", "default", "Garantía")["defaults"] == {}
    assert terminal.json("rules", "forbid", "Replica", "second  hand", "replica")["forbidden"] == [
        "replica",
        "second hand",
    ]
    assert terminal.json("rules", "forbid", "--none")["forbidden"] == []
    assert terminal.run("rules", "forbid")[0] == 2
    fields = explained(terminal, "HOG-1001")
    assert fields["price"]["value"] == {"amount": "29990", "currency": "CLP"}
    assert fields["price"]["words"].endswith("24,990 × 1.15 + 500 → 29,239 → rounded 29,990 CLP")
    assert (fields["quantity"]["value"], fields["quantity"]["source"]) == (5, "stock_buffer")
    assert fields["description"]["source"] == "template"
    code, printed = terminal.run("rules", "show")
    assert (code, "stock kept back" in printed) == (0, True)


def test_mistakes_are_refused(terminal: Terminal, tmp_path: Path) -> None:
    prepare(terminal)
    words = tmp_path / "bad.txt"
    words.write_text("{nonsense}", encoding="utf-8")
    for command in (
        ("price", "--factor", "0"), ("price", "--factor", "x"), ("price", "--rate", "EURPLN4"),
        ("price", "--rate", "EUR:PLN:4:yesterday"), ("stock", "--keep-back", "-1"), ("template", str(words)),
        ("template",), ("explain", "NONE"),
    ):  # fmt: skip
        assert terminal.run("rules", *command)[0] == 2, command
    assert terminal.json("rules", "show")["price"]["factor"] == "1"


def test_products_are_checked_offline_then_with_the_rules_read(terminal: Terminal) -> None:
    prepare(terminal)
    code, _ = terminal.run("readiness")
    assert code == 7
    code, printed = terminal.run("--json", "readiness", "--read", "--products")
    (answer,) = json.loads(printed)
    assert answer["counts"]["unread"] == 0
    assert answer["counts"]["ready"] + answer["counts"]["blocked"] == 24
    assert answer["reading"]["problems"] == []
    assert bool(answer["problems"]) == (code == 7)
    assert {each["state"] for each in answer["products"]} <= {"ready", "blocked"}
    (again,) = json.loads(terminal.run("--json", "readiness")[1])
    assert again["checked"] == 0


def test_a_category_is_mapped_once_for_all_its_products(terminal: Terminal) -> None:
    prepare(terminal)
    rows = terminal.json("rules", "categories", "--propose")
    first = next(row for row in rows if row["proposals"])
    best = first["proposals"][0]
    terminal.json("rules", "map-category", first["category"], best["category_id"], "--name", best["name"])
    mapped = {row["category"]: row for row in terminal.json("rules", "categories")}
    assert (mapped[first["category"]]["theirs"], mapped[first["category"]]["name"]) == (
        best["category_id"],
        best["name"],
    )
    terminal.json("rules", "map-attribute", best["category_id"], "Colour", "COLOR")
    terminal.json("rules", "map-attribute", best["category_id"], "Colour", "COLOR", "--value", "azul marino", "52049")
    terminal.json("rules", "map-category", first["category"])
    assert {row["theirs"] for row in terminal.json("rules", "categories")} == {""}
