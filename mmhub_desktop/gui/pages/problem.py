"""What the window shows while a workspace is being opened, and when it cannot be."""

from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from mmhub_desktop.errors import MmhubError, WorkspaceDamaged
from mmhub_desktop.gui import background
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.card import Card
from mmhub_desktop.gui.widgets.empty import IconDisc
from mmhub_desktop.gui.widgets.label import Label

if TYPE_CHECKING:
    from mmhub_desktop.gui.main_window import MainWindow

QUIET_MS = 300  # words that would only flash are not shown


class OpeningPage(QWidget):
    """A quiet line and a moving bar while the workspace is opened; nothing at all when that is quick."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = Label("", "body", "muted")
        self._words.hide()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(QUIET_MS)
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(220)
        self._bar.setAccessibleName("Opening")
        self._bar.hide()
        self._timer.timeout.connect(self._words.show)
        self._timer.timeout.connect(self._bar.show)
        column = QVBoxLayout(self)
        column.setSpacing(16)
        column.addStretch(1)
        column.addWidget(self._bar, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._words, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)

    def set_words(self, words: str) -> None:
        """Say what is being done."""
        self._words.setText(f"{words}…")
        if not self._words.isVisible():
            self._timer.start()


class ProblemPage(QWidget):
    """Why the workspace could not be opened, and what to do now."""

    again = Signal(str)
    choose = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path = ""
        card = Card()
        card.setFixedWidth(560)
        card.body.setContentsMargins(32, 28, 32, 28)
        card.body.setSpacing(10)
        self._message = Label("", "section")
        self._hint = Label("", "body")
        self._original = Label("", "small", "muted")
        card.body.addWidget(IconDisc("triangle-alert", 56, "warn"))
        card.body.addSpacing(6)
        for label in (self._message, self._hint, self._original):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            card.body.addWidget(label)
        self._again = Button("Try again", "rotate-cw", "primary")
        self._again.clicked.connect(lambda: self.again.emit(self._path))
        self.restore_button = Button("Go back to a backup…", "rotate-ccw", "primary")
        self.restore_button.clicked.connect(lambda: background.spawn(self._restore(), "Go back to a backup"))
        other = Button("Open another workspace", "folder-open")
        other.clicked.connect(self.choose)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.restore_button)
        row.addWidget(self._again)
        row.addWidget(other)
        row.addStretch(1)
        card.body.addSpacing(6)
        card.body.addLayout(row)
        column = QVBoxLayout(self)
        column.addStretch(2)
        column.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def set_problem(self, error: MmhubError, path: Path | None) -> None:
        """Show an error; without a path there is nothing to try again."""
        self._path = str(path) if path else ""
        self._message.setText(error.message)
        self._hint.setText(error.hint)
        self._hint.setVisible(bool(error.hint))
        self._original.setText(error.original)
        self._original.setVisible(bool(error.original))
        is_damaged = path is not None and isinstance(error, WorkspaceDamaged)
        self.restore_button.setVisible(is_damaged)
        self._again.setVisible(path is not None and not is_damaged)
        (self.restore_button if is_damaged else self._again).setFocus()

    async def _restore(self) -> None:
        from mmhub_desktop.gui.backing_up import go_back_instead  # rarely needed: the window opens without it

        await go_back_instead(cast("MainWindow", self.window()), Path(self._path))
