"""A choice among many that is found by typing: a button that opens a list with a line to filter it."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from mmhub_desktop.domain.product import fold
from mmhub_desktop.gui import theme
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.list_arrows import move_with_arrows

_VALUE = Qt.ItemDataRole.UserRole + 1
_OPENING_KEYS = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_F4)
_ICON = QSize(21, 16)  # with room before the words
MOST_ROWS = 12  # of the list, before it scrolls


class Choice(NamedTuple):
    """One entry: its value, its words, other words it is found by, and an icon."""

    value: str
    label: str
    also: str = ""
    icon: str = ""


class SearchChoice(Button):
    """Shows the value chosen; pressed (or Down, or a letter typed) it opens its list. ``chosen`` is the seller's."""

    chosen = Signal(str)

    def __init__(self, name: str, choices: Sequence[Choice] = (), parent: QWidget | None = None) -> None:
        super().__init__("", "", "plain", parent)
        self.setMaximumWidth(16_777_215)  # a button without words is square
        self.setMinimumWidth(160)
        self.setStyleSheet("text-align: left; padding: 0 26px 0 10px;")
        self._name = name
        self._choices: tuple[Choice, ...] = ()
        self._value = ""
        self.popup: ChoicePopup | None = None
        self.setIconSize(_ICON)
        self.clicked.connect(lambda _=False: self.open())
        self.set_choices(choices)

    @property
    def value(self) -> str:
        """What is chosen now."""
        return self._value

    def set_choices(self, choices: Sequence[Choice]) -> None:
        """Offer these; the value stays."""
        self._choices = tuple(choices)
        self.set_value(self._value)

    def set_value(self, value: str) -> None:
        """Show this value without telling anybody."""
        self._value = value
        found = next((each for each in self._choices if each.value == value), None)
        self.setText(found.label if found else value)
        self.setIcon(theme.icon(found.icon) if found and found.icon else QIcon())
        self.setAccessibleName(f"{self._name}: {self.text()}")

    def open(self, typed: str = "") -> None:
        """Show the list below the button, filtered by ``typed``."""
        self.popup = ChoicePopup(self._name, self._choices, self._value, self.window())
        self.popup.chosen.connect(self._take)
        self.popup.show_below(self)
        self.popup.field.setText(typed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down opens the list, and so does a letter, which begins the search."""
        plain = not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
        if Qt.Key(event.key()) in _OPENING_KEYS:
            self.open()
        elif plain and event.text().strip().isalnum():
            self.open(event.text())
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The button, with the arrow of a list at its right."""
        super().paintEvent(event)
        painter = QPainter(self)
        theme.draw_icon(painter, QRect(self.width() - 24, (self.height() - 14) // 2, 14, 14), "chevron-down")

    def _take(self, value: str) -> None:
        self.setFocus()
        if value != self._value:
            self.set_value(value)
            self.chosen.emit(value)


class ChoicePopup(QFrame):
    """The list with its line. Enter or a click takes the marked entry, Esc takes none."""

    chosen = Signal(str)

    def __init__(self, name: str, choices: Sequence[Choice], value: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("surface", "notice")
        self.setAccessibleName(name)
        self._choices = choices
        self._value = value
        self.field = QLineEdit()
        self.field.setPlaceholderText("Type to search")
        self.field.setAccessibleName(f"Search: {name}")
        self.list = QListWidget()
        self.list.setAccessibleName(name)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.setIconSize(_ICON)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)
        column.setSpacing(6)
        column.addWidget(self.field)
        column.addWidget(self.list)
        self.field.textChanged.connect(self._filter)
        self.field.returnPressed.connect(self._take)
        move_with_arrows(self.field, self.list)
        self.list.itemClicked.connect(lambda _: self._take())
        self._filter("")

    def show_below(self, button: QWidget) -> None:
        """Open under ``button``, or above it where the screen ends."""
        self.setFixedWidth(max(button.width(), 280))
        rows = min(len(self._choices), MOST_ROWS)
        self.list.setFixedHeight(rows * self.list.sizeHintForRow(0) + 4)
        self.adjustSize()
        place = button.mapToGlobal(QPoint(0, button.height() + 2))
        room = button.screen().availableGeometry()
        if place.y() + self.height() > room.bottom():
            place.setY(max(room.top(), button.mapToGlobal(QPoint(0, 0)).y() - self.height() - 2))
        place.setX(min(place.x(), max(room.left(), room.right() - self.width())))
        self.move(place)
        self.show()
        self.field.setFocus()

    def _filter(self, text: str) -> None:
        words = fold(text).split()
        self.list.clear()
        place = 0
        for choice in self._choices:
            haystack = fold(f"{choice.label} {choice.also}")
            if all(word in haystack for word in words):
                item = QListWidgetItem(choice.label)
                if choice.icon:
                    item.setIcon(theme.icon(choice.icon))
                item.setData(_VALUE, choice.value)
                if choice.value == self._value and not words:
                    place = self.list.count()
                self.list.addItem(item)
        self.list.setCurrentRow(place)

    def _take(self) -> None:
        item = self.list.currentItem()
        self.close()
        if item is not None:
            self.chosen.emit(item.data(_VALUE))
