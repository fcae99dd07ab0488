"""``mmhub backup`` and ``mmhub restore``."""

import json
from pathlib import Path

import pytest

from mmhub_desktop.cli import main
from mmhub_desktop.store.database import Database


def mmhub(workspace: Path, *words: str) -> int:
    return main(["--workspace", str(workspace), *words])


def test_back_and_forth(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop, file = tmp_path / "shop.mmhub", tmp_path / "spring.csv"
    file.write_text("sku,title,price_eur\nA-1,Lamp,1.00\nA-2,Chair,2.00\n", encoding="utf-8")
    assert mmhub(shop, "import", str(file)) == 0
    window = Database.open(shop, holder="the window")
    capsys.readouterr()
    assert mmhub(shop, "--json", "backup") == 0, "also while the window has it"
    made = json.loads(capsys.readouterr().out)
    assert (made["contents"]["products"], made["backup"]["kind"]) == (2, "manual")
    assert mmhub(shop, "restore", made["backup"]["name"]) == 3
    assert "is open in the window" in capsys.readouterr().err
    window.close()
    file.write_text("sku,title,price_eur\nA-2,Armchair,2.00\nA-3,Table,9.00\n", encoding="utf-8")
    assert mmhub(shop, "import", str(file)) == 0
    before = shop.read_bytes()
    capsys.readouterr()
    assert mmhub(shop, "restore", made["backup"]["name"], "--dry-run") == 0
    said = capsys.readouterr().out
    assert "1 product added since then goes." in said
    assert "1 product becomes what it was then." in said
    assert shop.read_bytes() == before
    assert mmhub(shop, "--json", "restore", made["file"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["difference"]["products_lost"] == 1
    assert _skus(shop, capsys) == {"A-1", "A-2"}
    assert mmhub(shop, "restore", told["kept"]) == 0
    assert "1 product comes back." in capsys.readouterr().out
    assert _skus(shop, capsys) == {"A-1", "A-2", "A-3"}
    assert mmhub(shop, "restore") == 0
    listed = "".join(capsys.readouterr().out.split())  # a narrow terminal breaks names
    assert listed.count("_before-restore.mmhubbackup") == 2
    assert made["backup"]["name"] in listed


def _skus(shop: Path, capsys: pytest.CaptureFixture[str]) -> set[str]:
    assert mmhub(shop, "--json", "products") == 0
    return {each["sku"] for each in json.loads(capsys.readouterr().out)}


def test_mistakes_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop = tmp_path / "shop.mmhub"
    assert mmhub(shop, "backup") == 2
    assert "There is no workspace" in capsys.readouterr().err
    assert not shop.exists()
    Database.open(shop).close()
    assert mmhub(shop, "backup", "--list") == 0
    assert "no backup yet" in capsys.readouterr().out
    assert mmhub(shop, "restore", "yesterday") == 2
    assert "There is no backup “yesterday”." in capsys.readouterr().err


def test_a_workspace_as_one_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop, file = tmp_path / "shop.mmhub", tmp_path / "spring.csv"
    file.write_text("sku,title,price_eur\nA-1,Lamp,1.00\nA-2,Chair,2.00\n", encoding="utf-8")
    assert mmhub(shop, "import", str(file)) == 0
    capsys.readouterr()
    assert mmhub(shop, "--json", "archive", str(tmp_path / "all")) == 0
    assert json.loads(capsys.readouterr().out)["file"] == str(tmp_path / "all.mmhubzip")
    assert mmhub(shop, "unarchive", str(tmp_path / "all.mmhubzip")) == 0
    assert "keys are not in archives" in " ".join(capsys.readouterr().out.split())
    assert _skus(tmp_path / "all.mmhub", capsys) == {"A-1", "A-2"}
    assert mmhub(shop, "unarchive", str(tmp_path / "all.mmhubzip")) == 2
    assert "is there already" in " ".join(capsys.readouterr().err.split())


def test_a_damaged_workspace_names_the_backup_to_go_back_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop, file = tmp_path / "shop.mmhub", tmp_path / "spring.csv"
    file.write_text("sku,title,price_eur\nA-1,Lamp,1.00\n", encoding="utf-8")
    assert mmhub(shop, "import", str(file)) == 0
    capsys.readouterr()
    assert mmhub(shop, "--json", "backup") == 0
    name = json.loads(capsys.readouterr().out)["backup"]["name"]
    shop.write_bytes(b"rubbish" * 10_000)
    assert mmhub(shop, "--json", "products") == 3
    said = json.loads(capsys.readouterr().err)["error"]
    assert "is damaged" in said["message"]
    assert f"“mmhub restore {name}”" in said["hint"]
    assert mmhub(shop, "restore", name) == 0
    capsys.readouterr()
    assert _skus(shop, capsys) == {"A-1"}
    assert [each.read_bytes()[:7] for each in tmp_path.glob("shop.mmhub.damaged-*")] == [b"rubbish"]
