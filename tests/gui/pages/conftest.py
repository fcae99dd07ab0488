"""The whole program behind the pages under test: window, workspace file, engine, practice marketplace."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from mmhub_desktop.credentials import PASSPHRASE_VARIABLE
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.screenshots import settle
from mmhub_desktop.settings import Settings
from mmhub_desktop.store.database import Database
from tests.gui.conftest import Fill

PRODUCTS = 12


@pytest.fixture
async def shop(qtbot: QtBot, tmp_path: Path, fill: Fill, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[MainWindow]:
    """A window on a workspace with twelve products; secrets go to a vault that is open."""
    monkeypatch.setenv(PASSPHRASE_VARIABLE, "four words in a row")
    path = tmp_path / "shop.mmhub"
    database = await asyncio.to_thread(Database.open, path, holder="a test")
    await fill(database, PRODUCTS)
    await asyncio.to_thread(database.close)
    made = MainWindow(Settings())
    made.resize(1280, 820)
    made.show()
    await made.session.start(path)
    await settle()
    yield made
    made.close()
    await asyncio.wait_for(asyncio.shield(made.closed), 20)
    made.deleteLater()
