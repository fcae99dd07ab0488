"""The page of backups: made, gone back to with a preview, deleted; the workspace is opened again as it was."""

import asyncio
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication

from mmhub_desktop.domain.backup import BackupKind
from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.gui.dialogs.confirm import ConfirmDialog
from mmhub_desktop.gui.dialogs.restore import RestoreDialog
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.pages.backups import BackupsPage
from mmhub_desktop.gui.screenshots import settle
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.settings import BACKUPS_EVERY
from mmhub_desktop.workspace import Workspace
from tests.fakes.import_hand import shown_notices
from tests.gui.conftest import Until
from tests.gui.pages.conftest import PRODUCTS


def workspace_of(shop: MainWindow) -> Workspace:
    assert shop.context is not None
    return shop.context.workspace


async def backups_page(shop: MainWindow, until: Until) -> BackupsPage:
    shop.show_page("backups")
    await settle()
    page = shop.page("backups")
    assert isinstance(page, BackupsPage)
    QAbstractItemModelTester(page.model, QAbstractItemModelTester.FailureReportingMode.Fatal, page)
    return page


def dialog_of(kind: type) -> object:
    return next((each for each in QApplication.topLevelWidgets() if isinstance(each, kind) and each.isVisible()), None)


async def test_made_and_gone_back_to(shop: MainWindow, until: Until) -> None:
    page = await backups_page(shop, until)
    assert not page.restore_button.isEnabled()
    QTest.mouseClick(page.make_button, Qt.MouseButton.LeftButton)
    await until(lambda: "The workspace is backed up." in shown_notices(shop))
    await until(lambda: page.model.index(0, 2).data() == str(PRODUCTS))
    assert page.model.index(0, 1).data() == "Made by you"
    first = workspace_of(shop)
    product = await first.products.get(ProductId(1))
    assert product is not None
    await first.products.save(replace(product, quantity=77))
    await first.products.delete([ProductId(2)])
    QTest.mouseClick(page.restore_button, Qt.MouseButton.LeftButton)
    await until(lambda: dialog_of(RestoreDialog) is not None)
    dialog = dialog_of(RestoreDialog)
    assert isinstance(dialog, RestoreDialog)
    said = [label.text() for label in dialog.findChildren(Label)]
    assert "1 product comes back." in said
    assert "1 product becomes what it was then." in said
    assert dialog.refuse_button.isDefault()
    dialog.action_button.click()
    await until(lambda: shop.context is not None and shop.context.has_workspace and workspace_of(shop) is not first)
    await until(lambda: "The workspace is as in the backup." in shown_notices(shop))
    again = workspace_of(shop)
    assert again.path == first.path
    product = await again.products.get(ProductId(1))
    assert product is not None
    assert product.quantity == 0
    assert await again.products.get(ProductId(2)) is not None
    assert {each.kind for each in await again.backups.all()} == {BackupKind.MANUAL, BackupKind.BEFORE_RESTORE}


async def test_a_refused_preview_changes_nothing_and_a_backup_can_be_deleted(shop: MainWindow, until: Until) -> None:
    workspace = workspace_of(shop)
    await workspace.backups.make(BackupKind.MANUAL)
    page = await backups_page(shop, until)
    page.restore_button.click()
    await until(lambda: dialog_of(RestoreDialog) is not None)
    dialog = dialog_of(RestoreDialog)
    assert isinstance(dialog, RestoreDialog)
    dialog.refuse_button.click()
    await settle()
    assert workspace_of(shop) is workspace
    page.delete_button.click()
    await until(lambda: dialog_of(ConfirmDialog) is not None)
    question = dialog_of(ConfirmDialog)
    assert isinstance(question, ConfirmDialog)
    question.action_button.click()
    await until(lambda: page.model.rowCount() == 0)
    assert await workspace.backups.all() == []
    assert not page.delete_button.isEnabled()


async def test_a_damaged_backup_is_said_and_not_gone_back_to(shop: MainWindow, until: Until) -> None:
    workspace = workspace_of(shop)
    made = await workspace.backups.make(BackupKind.MANUAL)
    await asyncio.to_thread(workspace.backups.path(made).write_bytes, b"rubbish" * 1000)
    page = await backups_page(shop, until)
    await until(lambda: "cannot be read" in str(page.model.index(0, 1).data()))
    page.restore_button.click()
    await until(lambda: "is damaged" in shown_notices(shop))
    assert workspace_of(shop) is workspace


async def test_how_often_is_a_setting(shop: MainWindow, until: Until) -> None:
    page = await backups_page(shop, until)
    QTest.keyClick(page.every, Qt.Key.Key_Down)
    assert shop.settings.get(BACKUPS_EVERY) == "week"
