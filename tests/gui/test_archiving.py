"""File › Export workspace… and File › Open archive…, as a seller uses them."""

import asyncio
from pathlib import Path

from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit

from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.gui.archiving import make_from_archive
from mmhub_desktop.gui.dialogs.archive_progress import ArchiveProgressDialog
from mmhub_desktop.gui.main_window import MainWindow
from tests.fakes.import_hand import shown_notices
from tests.gui.conftest import Until
from tests.gui.pages.conftest import PRODUCTS, shop  # noqa: F401 - the fixture


def trigger(window: MainWindow, label: str) -> None:
    next(action for action, _ in window._actions if action.text() == label).trigger()


async def choose(window: MainWindow, path: Path, until: Until) -> None:
    """In the file dialog that is open."""

    def open_ones() -> list[QFileDialog]:
        return [each for each in window.findChildren(QFileDialog) if each.isVisible()]

    await until(lambda: bool(open_ones()))
    dialog = open_ones()[0]
    name = dialog.findChild(QLineEdit)
    assert name is not None
    name.setText(str(path))
    dialog.accept()
    assert not dialog.isVisible()


async def test_exported_and_opened_again_elsewhere(shop: MainWindow, until: Until, tmp_path: Path) -> None:  # noqa: F811
    archive, place = tmp_path / "all.mmhubzip", tmp_path / "second.mmhub"
    trigger(shop, "Export workspace…")
    await choose(shop, archive, until)
    await until(lambda: "The workspace is in “all.mmhubzip”." in shown_notices(shop))
    assert await asyncio.to_thread(archive.exists)
    trigger(shop, "Open archive…")
    await choose(shop, archive, until)
    await choose(shop, place, until)
    await until(lambda: "as it was when the archive was made" in shown_notices(shop))
    assert shop.context is not None
    assert shop.context.workspace.path == place
    assert await shop.context.workspace.products.count() == PRODUCTS
    assert await shop.context.workspace.products.get(ProductId(1)) is not None
    assert not [each for each in QApplication.topLevelWidgets() if isinstance(each, ArchiveProgressDialog)]


async def test_what_cannot_be_opened_is_said_and_the_workspace_stays(
    shop: MainWindow,  # noqa: F811
    until: Until,
    tmp_path: Path,
) -> None:
    assert shop.context is not None
    workspace = shop.context.workspace
    archive = tmp_path / "odd.mmhubzip"
    await asyncio.to_thread(archive.write_bytes, b"rubbish")
    trigger(shop, "Open archive…")
    await choose(shop, archive, until)
    await choose(shop, tmp_path / "second.mmhub", until)
    await until(lambda: "“odd.mmhubzip” is damaged" in shown_notices(shop))
    assert shop.context.workspace is workspace


async def test_stopped_nothing_is_opened(shop: MainWindow, until: Until, tmp_path: Path) -> None:  # noqa: F811
    assert shop.context is not None
    workspace = shop.context.workspace
    archive, place = tmp_path / "all.mmhubzip", tmp_path / "second.mmhub"
    trigger(shop, "Export workspace…")
    await choose(shop, archive, until)
    await until(lambda: "The workspace is in" in shown_notices(shop))
    working = asyncio.create_task(make_from_archive(shop, archive, place))
    dialogs: list[ArchiveProgressDialog] = []

    def shown() -> bool:
        dialogs[:] = [each for each in shop.findChildren(ArchiveProgressDialog) if each.isVisible()]
        return bool(dialogs) or working.done()

    while not shown():  # noqa: ASYNC110 - at the very next turn of the loop
        await asyncio.sleep(0)
    dialogs[0].stop_button.click()
    await working
    assert "Stopped." in shown_notices(shop)
    assert not await asyncio.to_thread(place.exists)
    assert shop.context.workspace is workspace
