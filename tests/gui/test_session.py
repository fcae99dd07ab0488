"""The workspace behind the window: what is asked for while one is being opened belongs to that one."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.paths import data_folder
from mmhub_desktop.settings import WORKSPACE_LAST, Settings


@pytest.fixture
async def window(qtbot: QtBot) -> AsyncIterator[MainWindow]:
    made = MainWindow(Settings())
    made.show()
    yield made
    made.close()
    await asyncio.wait_for(asyncio.shield(made.closed), 20)


@pytest.mark.parametrize("named", [True, False])
async def test_a_file_dropped_while_a_workspace_is_opened_goes_there(
    window: MainWindow, tmp_path: Path, named: bool
) -> None:
    """Named at the start, or the one opened last."""
    path = tmp_path / "shop.mmhub"
    if not named:
        path.touch()
        window.session.settings.set(WORKSPACE_LAST, str(path))
    starting = asyncio.create_task(window.session.start(path if named else None))
    await asyncio.sleep(0)  # it has begun
    assert await window.session.ensure()
    await starting
    assert window.session.context is not None
    assert window.session.context.workspace.path == path
    assert not list(data_folder().glob("*.mmhub"))


async def test_without_any_the_sellers_own_is_opened(window: MainWindow) -> None:
    await window.session.start()
    assert await window.session.ensure()
    assert window.session.context is not None
    assert window.session.context.workspace.path == data_folder() / "My shop.mmhub"
