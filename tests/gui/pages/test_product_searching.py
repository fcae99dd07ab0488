"""Searching on the products page: a typo is forgiven, words are completed."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.pages.products import ProductsPage
from mmhub_desktop.gui.screenshots import settle
from mmhub_desktop.settings import Settings
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.search_index import attached
from tests.gui.conftest import Fill, Until

COUNT = 300


@pytest.fixture
async def page(qtbot: QtBot, tmp_path: Path, fill: Fill, until: Until) -> AsyncIterator[ProductsPage]:
    path = tmp_path / "shop.mmhub"
    database = await asyncio.to_thread(Database.open, path, holder="a test")
    await fill(database, COUNT)
    await asyncio.to_thread(database.close)
    window = MainWindow(Settings())
    window.show()
    await window.session.start(path)
    found = window.page("products")
    assert isinstance(found, ProductsPage)
    await settle()
    await until(lambda: found.context.workspace.db.read_now(attached) == COUNT)
    yield found
    window.close()
    await asyncio.wait_for(asyncio.shield(window.closed), 20)
    window.deleteLater()


async def test_a_typo_finds_what_was_meant(page: ProductsPage, until: Until) -> None:
    page.viewing.search("tabel lapm")
    await until(lambda: page.viewing.query.text == "tabel lapm" and len(page.model.ids) == COUNT)
    page.viewing.search("tabel lapm 17")
    await until(lambda: 0 < len(page.model.ids) < COUNT)
    await until(lambda: page.model.row(0) is not None)
    row = page.model.row(0)
    assert row is not None
    assert row.title == "Table lamp number 17"


async def test_words_are_completed_with_those_of_titles(page: ProductsPage, until: Until) -> None:
    found = await page.suggestions.suggest("table la")
    (line,) = [each for each in found if each.label == "table lamp"]
    line.act()
    assert page.tools.search.text() == "table lamp"
    await until(lambda: page.viewing.query.text == "table lamp")
    assert "Table lamp" in [each.label for each in await page.suggestions.suggest("tabel lam")]
