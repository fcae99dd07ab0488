"""``mmhub export``: what is chosen, in which form, and what is said when it cannot be."""

import csv
import json
from pathlib import Path

import pytest

from mmhub_desktop.cli import main


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """A workspace with two products; the options that name it."""
    options = ["--workspace", str(tmp_path / "shop.mmhub")]
    file = tmp_path / "in.csv"
    file.write_text("sku,title,price_eur,stock,Material\nA,Lamp,10.00,2,Brass\nB,Chair,20.00,3,\n")
    assert main([*options, "import", str(file)]) == 0
    capsys.readouterr()
    return options


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_everything_or_what_is_chosen(shop: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*shop, "--json", "export", str(tmp_path / "all.csv")]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["products"], told["format"], told["left_out"]) == (2, "csv", {})
    assert [row["attribute:Material"] for row in _rows(tmp_path / "all.csv")] == ["Brass", ""]
    few = ["--sku", "b", "--column", "sku", "--column", "price"]
    assert main([*shop, "export", str(tmp_path / "few.csv"), *few]) == 0
    assert _rows(tmp_path / "few.csv") == [{"sku": "B", "price": "20.00"}]
    assert main([*shop, "export", str(tmp_path / "found.csv"), "--search", "lamp", "--format", "shopify"]) == 0
    assert [row["Variant SKU"] for row in _rows(tmp_path / "found.csv")] == ["A"]


def test_what_cannot_be_exported_is_said(shop: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*shop, "export", str(tmp_path / "x.csv"), "--sku", "none"]) == 2
    assert "no product with the SKU “none”" in capsys.readouterr().err
    assert main([*shop, "export", str(tmp_path / "no" / "x.xlsx")]) == 3
    assert "could not be written" in capsys.readouterr().err
    assert not (tmp_path / "x.csv").exists()
