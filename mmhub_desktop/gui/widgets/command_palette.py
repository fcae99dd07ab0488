"""A list of everything the window can do, filtered while typing (Ctrl+K)."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QAction, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from mmhub_desktop.gui.theme import font, theme
from mmhub_desktop.gui.widgets.list_arrows import move_with_arrows

WIDTH = 560
_ACTION = Qt.ItemDataRole.UserRole + 1
_KEYS = Qt.ItemDataRole.UserRole + 2
_MENU = Qt.ItemDataRole.UserRole + 3
_KEYS_ROOM = 108  # pixels between the menu's name and the right end

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class CommandPalette(QDialog):
    """Runs one of ``actions``; Enter runs the marked one, Esc closes."""

    def __init__(self, actions: Sequence[QAction], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("surface", "palette")
        self.setWindowFlag(Qt.WindowType.NoDropShadowWindowHint)  # it would be drawn around the square corners
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAccessibleName("Commands")
        self.field = QLineEdit()
        self.field.setPlaceholderText("What do you want to do?")
        self.field.setAccessibleName("Filter commands")
        self.list = QListWidget()
        self.list.setAccessibleName("Commands")
        self.list.setUniformItemSizes(True)
        self.list.setIconSize(QSize(21, 16))
        self.list.setItemDelegate(_CommandDelegate(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        frame = QFrame()
        frame.setProperty("surface", "notice")
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(frame)
        column = QVBoxLayout(frame)
        column.setContentsMargins(10, 10, 10, 10)
        column.setSpacing(8)
        column.addWidget(self.field)
        column.addWidget(self.list)
        self._actions = [action for action in actions if action.isEnabled() and action.text()]
        self.field.textChanged.connect(self._filter)
        self.field.returnPressed.connect(self._run)
        move_with_arrows(self.field, self.list)
        self.list.itemClicked.connect(lambda _: self._run())
        self._filter("")
        self.resize(WIDTH, 400)
        middle = parent.mapToGlobal(parent.rect().topLeft())
        self.move(middle.x() + (parent.width() - WIDTH) // 2, middle.y() + 90)
        self.field.setFocus()

    def _filter(self, text: str) -> None:
        words = text.casefold().split()
        self.list.clear()
        for action in self._actions:
            name = action.text().replace("&", "")
            haystack = f"{name} {action.toolTip()}".casefold()
            if all(word in haystack for word in words):
                keys = action.shortcut().toString()
                item = QListWidgetItem(action.icon(), name)
                item.setData(_ACTION, action)
                item.setData(_KEYS, keys)
                item.setData(_MENU, action.toolTip().partition(":")[0])
                self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _run(self) -> None:
        item = self.list.currentItem()
        self.close()
        if item is not None:
            item.data(_ACTION).trigger()


class _CommandDelegate(QStyledItemDelegate):
    """Writes the menu and the shortcut at the right end of a row."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one command."""
        super().paint(painter, option, index)
        painter.save()
        painter.setFont(font("small"))
        painter.setPen(theme().color("muted"))
        room = option.rect.adjusted(0, 0, -12, 0)
        painter.drawText(room, _RIGHT, index.data(_KEYS) or "")
        painter.drawText(room.adjusted(0, 0, -_KEYS_ROOM, 0), _RIGHT, index.data(_MENU) or "")
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Rows that are easy to hit."""
        return QSize(super().sizeHint(option, index).width(), 34)
