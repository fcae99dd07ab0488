"""The search field of the products page: suggestions while typing, filters and saved views among them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from mmhub_desktop.gui import theme
from mmhub_desktop.gui.pages.page import Spawn

SEARCH_DELAY_MS = 90
WIDTH = 380
ROW = 32
MOST = 9
_SIGNS = frozenset("<>=~^")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One line: what it says, its icon, and what it does."""

    label: str
    icon: str
    act: Callable[[], None]


Suggest = Callable[[str], Awaitable[Sequence[Suggestion]]]


class ProductSearch(QLineEdit):
    """``searched`` is emitted when typing has paused and at Enter; ``left`` when Down leads out of it, to the table.

    ``suggest`` tells what may be meant. What looks like a condition (``price > 10``) is not searched for while it is
    typed, but offered as a filter.
    """

    searched = Signal(str)
    left = Signal()

    def __init__(self, spawn: Spawn, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.suggest: Suggest | None = None
        self._spawn = spawn
        self._asking: asyncio.Task[Any] | None = None
        self.setPlaceholderText("Search or price > 10")
        self.setAccessibleName("Search products by words or codes, or type a condition such as price > 10")
        self.setClearButtonEnabled(True)
        self.setMinimumWidth(190)
        self.setMaximumWidth(320)
        self.setAcceptDrops(False)  # a file dropped here is for the window
        self.addAction(QAction(theme.icon("search"), "", self), QLineEdit.ActionPosition.LeadingPosition)
        self.suggestions = Suggestions(self)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(SEARCH_DELAY_MS)
        self._typing.timeout.connect(self._typed)
        self.textChanged.connect(self._changed)

    @property
    def _has_keyboard(self) -> bool:
        return self.window().focusWidget() is self

    def set_words(self, text: str) -> None:
        """Show these words without searching for them."""
        self.suggestions.hide()
        if text != self.text():
            self.setText(text)
        self._typing.stop()

    def search_now(self) -> None:
        """Search for what is in the field."""
        self._typing.stop()
        self.searched.emit(self.text().strip())

    def _changed(self, text: str) -> None:
        if not text:  # also by the field's own cross
            self.suggestions.hide()
        self._typing.start()

    def _typed(self) -> None:
        text = self.text().strip()
        if not _SIGNS & set(text):
            self.searched.emit(text)
        if self._has_keyboard and text and self.suggest is not None:
            if self._asking is not None:
                self._asking.cancel()
            self._asking = self._spawn(self._offer(text, self.suggest), "Suggest searches")

    async def _offer(self, text: str, suggest: Suggest) -> None:
        found = await suggest(text)
        if text == self.text().strip() and self._has_keyboard:
            self.suggestions.show_all(found[:MOST], mark_first=bool(_SIGNS & set(text)))

    def event(self, event: QEvent) -> bool:
        """Tab leads into the suggestions, and takes the one it is on."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_Tab
            and self.suggestions.isVisible()
        ):
            if not self.suggestions.take():
                self.suggestions.step(1)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go through the suggestions, Enter takes one or searches, Esc closes them, then empties the field."""
        key = Qt.Key(event.key())
        is_open = self.suggestions.isVisible()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and is_open:
            self.suggestions.step(1 if key == Qt.Key.Key_Down else -1)
        elif key == Qt.Key.Key_Down:
            self.left.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not (is_open and self.suggestions.take()):
                self.suggestions.hide()
                self.search_now()
        elif key == Qt.Key.Key_Escape and is_open:
            self.suggestions.hide()
        elif key == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Suggestions are for who types."""
        super().focusOutEvent(event)
        self.suggestions.hide()


class Suggestions(QFrame):
    """The list below the field. The keyboard stays in the field."""

    def __init__(self, field: QLineEdit) -> None:
        super().__init__(field)
        self._field = field
        self._offered: tuple[Suggestion, ...] = ()
        self.setProperty("surface", "notice")
        self.setAccessibleName("Suggestions")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list = QListWidget()
        self.list.setAccessibleName("Suggestions")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setIconSize(QSize(21, 16))
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(lambda _: self.take())
        column = QVBoxLayout(self)
        column.setContentsMargins(5, 5, 5, 5)
        column.addWidget(self.list)
        self.hide()

    def show_all(self, offered: Sequence[Suggestion], *, mark_first: bool) -> None:
        """Show these below the field; nothing hides the list."""
        self._offered = tuple(offered)
        self.list.clear()
        for each in offered:
            item = QListWidgetItem(theme.icon(each.icon), each.label)
            item.setSizeHint(QSize(WIDTH - 20, ROW))
            self.list.addItem(item)
        if not offered:
            self.hide()
            return
        self.list.setCurrentRow(0 if mark_first else -1)
        window = self._field.window()
        self.setParent(window)
        self.setGeometry(0, 0, WIDTH, len(offered) * ROW + 16)
        self.move(self._field.mapTo(window, QPoint(0, self._field.height() + 3)))
        self.show()
        self.raise_()

    def step(self, by: int) -> None:
        """Mark the next one, or the one before."""
        count = self.list.count()
        current = self.list.currentRow()
        self.list.setCurrentRow((current + by) % count if current >= 0 else (0 if by > 0 else count - 1))
        self._field.setAccessibleDescription(self._offered[self.list.currentRow()].label)

    def take(self) -> bool:
        """Do what the marked one says; False when none is marked."""
        place = self.list.currentRow()
        if not 0 <= place < len(self._offered):
            return False
        self.hide()
        self._offered[place].act()
        return True
