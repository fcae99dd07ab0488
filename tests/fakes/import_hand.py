"""The seller's hand in the import wizard: it presses keys and waits for what the window then shows."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from mmhub_desktop.gui.dialogs.import_file import ImportDialog
from mmhub_desktop.gui.main_window import MainWindow

Until = Callable[[Callable[[], bool]], Awaitable[None]]


def write(folder: Path, name: str, words: str, encoding: str = "utf-8") -> str:
    """A file to import; its path."""
    path = folder / name
    path.write_bytes(words.encode(encoding))
    return str(path)


def shown_notices(window: MainWindow) -> str:
    """All words of the window's notices."""
    return " ".join(label.text() for label in window.notices.findChildren(QLabel))


class ImportHand:
    """Drives one import dialog of a window by keyboard."""

    def __init__(self, window: MainWindow, until: Until, *paths: str) -> None:
        assert window.context is not None
        self.dialog = ImportDialog(window.context, paths, window)
        self.dialog.open()
        self.until = until

    @property
    def action(self) -> str:
        """The words of the button that goes on; empty while there is none."""
        button = self.dialog.action_button
        return button.text() if button.isVisible() else ""

    async def comes(self, action: str) -> None:
        """Wait until the button that goes on says this and can be pressed."""
        await self.until(lambda: self.action == action and self.dialog.action_button.isEnabled())

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key where the keyboard is."""
        focus: QWidget = QApplication.focusWidget() or self.dialog
        QTest.keyClick(focus, key, modifier)

    def type(self, text: str) -> None:
        """Type words where the keyboard is."""
        focus: QWidget = QApplication.focusWidget() or self.dialog
        QTest.keyClicks(focus, text)

    async def enter(self, action: str) -> None:
        """Press Enter and wait for the next step's button."""
        self.press(Qt.Key.Key_Return)
        await self.comes(action)

    async def to_columns(self) -> None:
        """From the file to its columns."""
        await self.comes("Next: columns")
        self.press(Qt.Key.Key_Return)
        await self.until(self.dialog.columns.isVisible)

    async def to_check(self, action: str) -> None:
        """From the file to the end of the dry run, whose button says ``action``."""
        await self.to_columns()
        await self.comes("Check the rows")
        self.press(Qt.Key.Key_Return)
        await self.comes(action)

    def mark(self, place: int) -> None:
        """Mark a column of the file in the list of columns."""
        columns = self.dialog.columns
        columns.view.setCurrentIndex(columns.model.index(columns.model.row_of(place), 0))

    def fields(self) -> list[str]:
        """What each column of the file becomes."""
        return [line.field for line in self.dialog.columns.model.lines if line.place >= 0]
