"""The table of what a bulk edit makes of the first products: old and new value, or why one is left as it is."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from mmhub_desktop.gui import theme
from mmhub_desktop.store.bulk_edits import EditLine

COLUMNS: tuple[tuple[str, int], ...] = (("Product", 240), ("Now", 210), ("Becomes", 0))
"""Heads and widths (0: what is left)."""
_NOWHERE = QModelIndex()
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class EditLines(QAbstractTableModel):
    """One row a product, set at once."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[EditLine, ...] = ()

    def set_lines(self, lines: Sequence[EditLine]) -> None:
        """Show these in place of all others."""
        self.beginResetModel()
        self._lines = tuple(lines)
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NOWHERE) -> int:
        """One row a line."""
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = _NOWHERE) -> int:
        """As declared in ``COLUMNS``."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Heads of the columns."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section][0]
        return _LEFT if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words, with an icon and a colour where a product is left as it is."""
        if not index.isValid() or index.row() >= len(self._lines):
            return None
        line = self._lines[index.row()]
        last = index.column() == 2
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT
        if role == Qt.ItemDataRole.ForegroundRole:
            token = "warn" if last and line.refused else "muted" if index.column() == 1 else ""
            return theme.theme().color(token) if token else None
        if role == Qt.ItemDataRole.DecorationRole:
            return theme.icon("triangle-alert", "warn") if last and line.refused else None
        words = (f"{line.title} ({line.sku})", line.old or "nothing", _becomes(line))[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return words.replace("\n", " ")
        return words if role == Qt.ItemDataRole.ToolTipRole else None


def _becomes(line: EditLine) -> str:
    return f"Left as it is: {line.refused}" if line.refused else line.new or "nothing"
