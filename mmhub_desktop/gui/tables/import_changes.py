"""The table of what an import changes: one field of one product a row, filtered by field and by product."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from mmhub_desktop.catalog.dry_run import ProductChange
from mmhub_desktop.domain.product import fold
from mmhub_desktop.gui.tables.drift_columns import PAD, write, write_two_lines
from mmhub_desktop.gui.tables.jobs_delegate import paint_ground

ROW_HEIGHT = 48
MOST_LINES = 20_000  # what is filtered between two keystrokes
WIDTHS = (230, 120, 230, 0)
_HEADS = ("Product", "Field", "Now", "Becomes")
_NOTHING = "nothing"
_NOWHERE = QModelIndex()


class ChangeLine(NamedTuple):
    """One row of the table."""

    sku: str
    title: str
    field: str
    old: str
    new: str
    key: str  # SKU and title, folded: what the search looks in

    def cell(self, column: int) -> str:
        """The whole text of a cell; what is empty is said."""
        return (self.sku, self.field, self.old or _NOTHING, self.new or _NOTHING)[column]


def change_lines(changes: Sequence[ProductChange]) -> list[ChangeLine]:
    """A line for each field that changes, of so many products as the table can hold; for a thread."""
    lines: list[ChangeLine] = []
    for change in changes:
        if len(lines) >= MOST_LINES:
            break
        key = fold(f"{change.sku} {change.title}")
        lines += [
            ChangeLine(change.sku, change.title, each.field, each.old, each.new, key) for each in change.fields
        ]  # fmt: skip
    return lines


class ChangesModel(QAbstractTableModel):
    """Holds all lines and shows those that match. ``data(LINE)`` is the row's ``ChangeLine``."""

    LINE = Qt.ItemDataRole.UserRole + 1

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: list[ChangeLine] = []
        self._shown: list[ChangeLine] = []
        self._field = ""
        self._words: list[str] = []

    @property
    def fields(self) -> dict[str, int]:
        """The fields that change, with the number of lines, most first."""
        found: dict[str, int] = {}
        for line in self._all:
            found[line.field] = found.get(line.field, 0) + 1
        return dict(sorted(found.items(), key=lambda item: -item[1]))

    @property
    def products(self) -> int:
        """Of how many products there are lines."""
        return len({line.sku for line in self._all})

    def set_lines(self, lines: Sequence[ChangeLine]) -> None:
        """Take other lines; the filter is cleared."""
        self._all = list(lines)
        self.filter("", "")

    def filter(self, field: str, text: str) -> None:
        """Show one field alone ("": all) and products with all these words in SKU or title."""
        self._field, self._words = field, fold(text).split()
        self.beginResetModel()
        self._shown = [line for line in self._all if self._matches(line)]
        self.endResetModel()

    def _matches(self, line: ChangeLine) -> bool:
        return (not self._field or line.field == self._field) and all(word in line.key for word in self._words)

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NOWHERE) -> int:
        """The lines that match."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = _NOWHERE) -> int:
        """Product, field, old, new."""
        return 0 if parent.isValid() else len(_HEADS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The heads."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _HEADS[section]
        return None

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words, and the line itself."""
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        line = self._shown[index.row()]
        if role == self.LINE:
            return line
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == 0:
            return f"{line.title}, {line.sku}"
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return line.cell(index.column())
        return None


class ChangesDelegate(QStyledItemDelegate):
    """Draws the product in two lines, what goes in muted and what comes in the accent."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """One cell."""
        line: ChangeLine | None = index.data(ChangesModel.LINE)
        if line is None:
            return
        column = index.column()
        rect: QRect = option.rect
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        paint_ground(painter, rect, selected=selected, hovered=False, first=column == 0)
        if column == 0:
            write_two_lines(painter, rect, line.title or line.sku, line.sku)
        else:
            text = line.cell(column).replace("\n", " ⏎ ")
            is_empty = (column == 2 and not line.old) or (column == 3 and not line.new)
            token = "faint" if is_empty else ("text", "text", "muted", "accent_text")[column]
            write(painter, rect.adjusted(PAD, 0, -PAD, 0), text, "strong" if column == 1 else "body", token)
        painter.restore()
