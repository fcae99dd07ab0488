"""The window says on return from when to when nothing was watched."""

import asyncio
import time
from pathlib import Path

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from mmhub_desktop.domain.marketplace import Account, AccountKind
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.jobs.presence import KEY
from mmhub_desktop.settings import Settings
from mmhub_desktop.store.accounts import AccountStore
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.preferences import PreferenceStore
from tests.gui.conftest import Until


async def test_a_window_that_is_opened_again_tells_since_when(qtbot: QtBot, tmp_path: Path, until: Until) -> None:
    path = tmp_path / "shop.mmhub"
    database = await asyncio.to_thread(Database.open, path, holder="a test")
    await AccountStore(database).add(Account(0, "mercadolibre", "Tienda", AccountKind.LIVE))  # type: ignore[arg-type]
    await PreferenceStore(database).set(KEY, str(int((time.time() - 3 * 3600) * 1000)))
    await asyncio.to_thread(database.close)
    window = MainWindow(Settings())
    window.show()
    await window.session.start(path)

    def told() -> bool:
        return any("stock was not watched" in label.text() for label in window.notices.findChildren(QLabel))

    await until(told)
    window.close()
    await asyncio.wait_for(asyncio.shield(window.closed), 20)
    window.deleteLater()
