"""Packages of others: found in an allowed folder, reported when broken, harmless to everybody else."""

import sys
from pathlib import Path

import pytest

from mmhub_desktop.app import App
from mmhub_desktop.events import Notice
from mmhub_desktop.marketplaces.base import Marketplace, installed_marketplaces
from mmhub_desktop.plugins import allow_folder, load_group
from mmhub_desktop.settings import PLUGINS_FOLDER, Settings

PACKAGE = """
from dataclasses import replace
from mmhub_desktop.marketplaces.mercadolibre.adapter import MARKETPLACE as THEIRS
GOOD = replace(THEIRS, name="corner", label="Corner shop")
TAKEN = replace(THEIRS, label="Not the real one")
NOT_ONE = 5
"""
POINTS = """corner = corner_shop:GOOD
mercadolibre = corner_shop:TAKEN
number = corner_shop:NOT_ONE
missing = no_such_module:X"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What ``pip install --target`` leaves; nothing of it stays known after the test."""
    (tmp_path / "corner_shop.py").write_text(PACKAGE, encoding="utf-8")
    about = tmp_path / "corner_shop-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: corner-shop\nVersion: 1.0\n", encoding="utf-8")
    (about / "entry_points.txt").write_text(f"[{Marketplace.ENTRY_POINTS}]\n{POINTS}\n", encoding="utf-8")
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delitem(sys.modules, "corner_shop", raising=False)
    installed_marketplaces.cache_clear()
    yield tmp_path
    installed_marketplaces.cache_clear()
    sys.modules.pop("corner_shop", None)


def test_only_an_allowed_folder_is_looked_into(folder: Path) -> None:
    assert "corner" not in installed_marketplaces().things
    installed_marketplaces.cache_clear()
    allow_folder("")
    allow_folder(str(folder / "not there"))
    assert "corner" not in installed_marketplaces().things
    installed_marketplaces.cache_clear()
    allow_folder(str(folder))
    assert installed_marketplaces().things["corner"].label == "Corner shop"


def test_what_is_broken_is_said_and_ours_stay(folder: Path) -> None:
    allow_folder(str(folder))
    found = load_group(Marketplace.ENTRY_POINTS, Marketplace, lambda each: each.name, "marketplace")
    assert found.things["mercadolibre"].label == "MercadoLibre"
    assert [words.partition("(")[0] for words in found.broken] == [
        "The marketplace “mercadolibre” ", "The marketplace “missing” ", "The marketplace “number” ",
    ]  # fmt: skip
    assert "there is another marketplace “mercadolibre”" in found.broken[0]
    assert "No module named 'no_such_module'" in found.broken[1]
    assert "it is a int, not a Marketplace" in found.broken[2]


async def test_the_seller_hears_of_it_when_a_workspace_is_opened(folder: Path, tmp_path: Path) -> None:
    settings = Settings()
    settings.set(PLUGINS_FOLDER, str(folder))
    app = App(settings=settings)
    heard: list[Notice] = []
    app.bus.subscribe(Notice, heard.append)
    workspace = await app.open_workspace(tmp_path / "shop.mmhub", run_jobs=False)
    assert "corner" in workspace.marketplaces
    assert sum("cannot be used" in notice.message for notice in heard) == 3
    await app.close()
