"""``mmhub history``, ``undo`` and ``redo``."""

import json
from pathlib import Path

import pytest

from mmhub_desktop.cli import main


def mmhub(workspace: Path, *words: str) -> int:
    return main(["--workspace", str(workspace), *words])


def test_changes_are_listed_taken_back_and_done_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop, file = tmp_path / "shop.mmhub", tmp_path / "spring.csv"
    file.write_text("sku,title,price_eur\nA-1,Lamp,1.00\nA-2,Chair,2.00\n", encoding="utf-8")
    assert mmhub(shop, "import", str(file)) == 0
    capsys.readouterr()
    assert mmhub(shop, "--json", "history") == 0
    (entry,) = json.loads(capsys.readouterr().out)
    assert (entry["kind"], entry["label"], entry["products"], entry["state"]) == (
        "import", "Imported “spring.csv”", 2, "done",
    )  # fmt: skip
    assert mmhub(shop, "undo") == 0
    assert "Undone: Imported “spring.csv” (2 products)." in capsys.readouterr().out
    assert mmhub(shop, "undo") == 2
    assert "nothing to undo" in capsys.readouterr().err
    assert mmhub(shop, "redo", str(entry["id"])) == 0
    assert "Done again: Imported" in capsys.readouterr().out
    assert mmhub(shop, "history", "--product", "a-2") == 0
    assert "Imported" in capsys.readouterr().out
    assert mmhub(shop, "history", "--product", "B-9") == 2
    assert "no product with the SKU" in capsys.readouterr().err
    assert mmhub(shop, "undo", "99") == 2
    assert "There is no change 99." in capsys.readouterr().err


def test_what_stayed_is_named_and_the_exit_code_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop, file = tmp_path / "shop.mmhub", tmp_path / "spring.csv"
    for title in ("Lamp", "Table lamp"):
        file.write_text(f"sku,title\nA-1,{title}\n", encoding="utf-8")
        assert mmhub(shop, "import", str(file)) == 0
    capsys.readouterr()
    assert mmhub(shop, "--json", "history") == 0
    first = json.loads(capsys.readouterr().out)[1]["id"]
    assert mmhub(shop, "undo", str(first)) == 7
    assert "A-1: It was changed since." in capsys.readouterr().out
