"""The main window on the real program: start, pages, drop, notices, close."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from mmhub_desktop.app import App
from mmhub_desktop.domain.backup import BackupKind
from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.product import Product, Text
from mmhub_desktop.gui import theme as themes
from mmhub_desktop.gui.dialogs.backup_choice import BackupChoice
from mmhub_desktop.gui.dialogs.restore import RestoreDialog
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.notices import NoticeText
from mmhub_desktop.gui.pages import PAGES
from mmhub_desktop.gui.screenshots import settle, take_all
from mmhub_desktop.gui.widgets.command_palette import CommandPalette
from mmhub_desktop.settings import APPEARANCE_MODE, WINDOW_GEOMETRY, WORKSPACE_LAST, Settings
from mmhub_desktop.store.database import Database
from mmhub_desktop.workspace import Workspace
from tests.gui.conftest import Fill, Until

DialogKind = TypeVar("DialogKind", bound=QDialog)

COPY = Qt.DropAction.CopyAction
LEFT, NO_KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
async def window(qtbot: QtBot) -> AsyncIterator[MainWindow]:
    """A window before its session has started; closed as the seller would."""
    made = MainWindow(Settings())
    made.show()
    yield made
    made.close()
    await asyncio.wait_for(asyncio.shield(made.closed), 20)
    made.deleteLater()


def csv_file(folder: Path) -> Path:
    path = folder / "spring.csv"
    path.write_text("sku,title,price\nA-1,Table lamp,12.50\n", encoding="utf-8")
    return path


def files(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def enter(window: MainWindow, data: QMimeData) -> QDragEnterEvent:
    event = QDragEnterEvent(QPoint(300, 300), COPY, data, LEFT, NO_KEY)
    event.ignore()
    QApplication.sendEvent(window, event)
    return event


def shown_words(window: QDialog) -> str:
    return " ".join(label.text() for label in window.findChildren(QLabel))


async def test_without_a_workspace_the_welcome_page_offers_to_begin(window: MainWindow) -> None:
    await window.session.start()
    assert window.stack.currentWidget() is window.page("welcome")
    assert not window.sidebar.isVisible()
    window.show_page("products")
    assert window.stack.currentWidget() is window.page("welcome")


async def test_a_file_dropped_anywhere_opens_the_import(window: MainWindow, tmp_path: Path, until: Until) -> None:
    await window.session.start(tmp_path / "shop.mmhub")
    path = csv_file(tmp_path)
    data = files(path)
    assert enter(window, data).isAccepted()
    assert window._overlay.isVisible()
    assert window._overlay.size() == window.size()
    assert "spring.csv" in window._overlay.accessibleName()
    drop = QDropEvent(QPointF(300, 300), COPY, data, LEFT, NO_KEY)
    QApplication.sendEvent(window, drop)
    assert drop.isAccepted()
    assert not window._overlay.isVisible()
    await until(lambda: any(dialog.isVisible() for dialog in window.findChildren(QDialog)))
    dialog = next(dialog for dialog in window.findChildren(QDialog) if dialog.isVisible())
    assert type(dialog).__name__ == "ImportDialog"
    await until(lambda: "spring.csv" in shown_words(dialog) + dialog.windowTitle())
    dialog.reject()
    await settle()


async def test_what_is_not_a_local_file_is_refused(window: MainWindow, tmp_path: Path) -> None:
    await window.session.start()
    link = QMimeData()
    link.setUrls([QUrl("https://example.com/products.csv")])
    words = QMimeData()
    words.setText("just words")
    for data in (link, words, files(tmp_path / "missing.csv")):
        assert not enter(window, data).isAccepted()
        assert not window._overlay.isVisible()


async def test_a_drag_that_leaves_takes_the_veil_away(window: MainWindow, tmp_path: Path) -> None:
    await window.session.start()
    enter(window, files(csv_file(tmp_path)))
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert not window._overlay.isVisible()


async def test_every_page_is_shown_in_both_schemes(
    window: MainWindow, tmp_path: Path, fill: Fill, theme: themes.Theme
) -> None:
    path = tmp_path / "shop.mmhub"
    database = await asyncio.to_thread(Database.open, path, holder="a test")
    await fill(database, 40)
    await asyncio.to_thread(database.close)
    await window.session.start(path)
    made = await take_all(window, tmp_path / "pictures")
    names = {picture.stem for picture in made}
    assert names == {
        f"{name}-{scheme}" for name in [*[p.name for p in PAGES], "product"] for scheme in ("light", "dark")
    }
    assert all(picture.stat().st_size > 5_000 for picture in made)


async def test_every_page_fits_a_small_window(window: MainWindow, tmp_path: Path) -> None:
    await window.session.start(tmp_path / "shop.mmhub")
    window.resize(900, 520)
    wide: list[str] = []
    for entry in PAGES:
        window.show_page(entry.name)
        await settle()
        needs = window.stack.currentWidget().minimumSizeHint()
        if needs.width() > window.stack.width():
            wide.append(f"{entry.name}: {needs.width()} of {window.stack.width()}")
    assert window.width() == 900
    assert window.sidebar.is_narrow
    assert not wide


async def test_every_control_has_a_name(window: MainWindow, tmp_path: Path) -> None:
    await window.session.start(tmp_path / "shop.mmhub")
    controls = (QAbstractButton, QLineEdit, QComboBox, QAbstractSpinBox, QAbstractItemView)
    nameless: list[str] = []
    for entry in PAGES:
        window.show_page(entry.name)
        await settle()
        for control in window.findChildren(QWidget):
            if isinstance(control, controls) and control.focusPolicy() != Qt.FocusPolicy.NoFocus:
                said = control.text() if isinstance(control, QAbstractButton) else ""
                inside = isinstance(control.parent(), QComboBox | QAbstractSpinBox | QHeaderView)
                if not (control.accessibleName() or said or inside or not control.isVisible()):
                    nameless.append(f"{entry.name}: {type(control).__name__} {control.objectName()}")
    assert not nameless


@pytest.mark.expects_log
async def test_a_workspace_that_cannot_be_opened_says_why_and_lets_try_again(
    window: MainWindow, tmp_path: Path, until: Until
) -> None:
    path = tmp_path / "shop.mmhub"
    holder = await asyncio.to_thread(Database.open, path, holder="another window")
    await window.session.start(path)
    assert window.stack.currentWidget() is window._problem
    words = " ".join(label.text() for label in window._problem.findChildren(QLabel))
    assert "another window" in words
    await asyncio.to_thread(holder.close)
    window._problem._again.click()
    await until(lambda: window.context is not None and window.context.has_workspace)
    assert window.stack.currentWidget() is window.page("products")


@pytest.mark.expects_log
async def test_a_damaged_workspace_goes_back_to_a_backup(window: MainWindow, tmp_path: Path, until: Until) -> None:
    path = tmp_path / "shop.mmhub"
    await window.session.start(path)
    assert window.context is not None
    await window.context.workspace.products.save(Product(ProductId(0), "A-1", Text("Lamp")))
    await window.context.workspace.backups.make(BackupKind.MANUAL)
    await window.session.open(tmp_path / "other.mmhub")
    await asyncio.to_thread(path.write_bytes, b"rubbish" * 10_000)
    await window.session.open(path)
    problem = window._problem
    assert window.stack.currentWidget() is problem
    assert problem.restore_button.isVisible()
    problem.restore_button.click()
    choice = await shown(window, BackupChoice, until)
    await until(lambda: choice.model.index(0, 2).data() == "1")
    choice.next_button.click()
    asked = await shown(window, RestoreDialog, until)
    said = " ".join(label.text() for label in asked.findChildren(QLabel))
    assert "It holds 1 product." in said
    assert ".damaged-" in said
    asked.action_button.click()
    await until(lambda: window.context is not None and window.context.has_workspace)
    assert window.context is not None
    assert window.context.workspace.path == path
    assert await window.context.workspace.products.count() == 1
    assert any(".damaged-" in each.name for each in await asyncio.to_thread(lambda: list(tmp_path.iterdir())))


async def shown(window: MainWindow, kind: type[DialogKind], until: Until) -> DialogKind:
    """The dialog of this kind, once it is there."""
    found: list[DialogKind] = []

    def is_there() -> bool:
        found[:] = [each for each in window.findChildren(kind) if each.isVisible()]
        return bool(found)

    await until(is_there)
    return found[0]


class BrokenApp(App):
    """A program with a mistake in it."""

    async def open_workspace(self, path: Path, *, run_jobs: bool = True) -> Workspace:  # noqa: ARG002
        """Fail as a bug would."""
        raise ZeroDivisionError("x / 0")


@pytest.mark.expects_log
async def test_a_bug_while_opening_is_told_too(
    window: MainWindow, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    window.session._app = BrokenApp(settings=window.settings)
    await window.session.start(tmp_path / "shop.mmhub")
    assert window.stack.currentWidget() is window._problem
    assert "ZeroDivisionError" in caplog.text


async def test_another_workspace_takes_the_place_of_the_first(window: MainWindow, tmp_path: Path) -> None:
    await window.session.start(tmp_path / "one.mmhub")
    first = window.page("products")
    await window.session.open(tmp_path / "two.mmhub")
    assert window.page("products") is not first
    assert "two" in window.windowTitle()
    assert window.settings.get(WORKSPACE_LAST).endswith("two.mmhub")
    reopened = await asyncio.to_thread(Database.open, tmp_path / "one.mmhub", holder="a test")
    await asyncio.to_thread(reopened.close)


async def test_closing_waits_remembers_and_gives_the_file_back(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "shop.mmhub"
    window = MainWindow(Settings())
    window.show()
    window.resize(1000, 700)
    await window.session.start(path)
    assert not window.close()  # not yet: it only begins
    await asyncio.wait_for(asyncio.shield(window.closed), 20)
    assert window.close()
    assert Settings().get(WINDOW_GEOMETRY)
    database = await asyncio.to_thread(Database.open, path, holder="a test")
    await asyncio.to_thread(database.close)


async def test_one_notice_for_each_thing_and_errors_stay(window: MainWindow, qtbot: QtBot) -> None:
    for _ in range(3):
        window.notify("err", "The file could not be read.", "Choose another one.")
    assert [card.text.message for card in window.notices.cards] == ["The file could not be read."]
    acted: list[bool] = []
    window.notices.show_notice(NoticeText("info", "Started.", "", "Show", "batch-1"), lambda: acted.append(True))
    window.notices.show_notice(NoticeText("ok", "Done.", "", "Show", "batch-1"), lambda: acted.append(True))
    assert [card.text.message for card in window.notices.cards] == ["The file could not be read.", "Done."]


async def test_the_palette_finds_and_runs_a_command(window: MainWindow, qtbot: QtBot, theme: themes.Theme) -> None:
    await window.session.start()
    window.open_palette()
    palette = window.findChild(CommandPalette)
    assert isinstance(palette, CommandPalette)
    field = palette.findChild(QLineEdit)
    assert isinstance(field, QLineEdit)
    qtbot.keyClicks(field, "dark app")
    assert palette.list.count() == 1
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert theme.scheme == "dark"
    assert window.settings.get(APPEARANCE_MODE) == "dark"


async def test_shortcuts_are_unique(window: MainWindow) -> None:
    keys = [action.shortcut().toString() for action, _ in window._actions if not action.shortcut().isEmpty()]
    assert len(keys) == len(set(keys))
    assert {"Ctrl+O", "Ctrl+F", "Ctrl+K", "Ctrl+Q"} <= set(keys)
