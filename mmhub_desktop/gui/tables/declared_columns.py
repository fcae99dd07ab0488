"""Tables whose rows are all in memory and whose columns are declared: heads, words, alignment, rows that change."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

NOWHERE = QModelIndex()
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

_SAID = (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.DisplayRole)


class DeclaredColumn(Protocol):
    """What a table wants to know of a column."""

    @property
    def title(self) -> str:
        """Its head."""

    @property
    def words(self) -> Callable[[Any], str]:
        """What it says of a row."""

    @property
    def is_number(self) -> bool:
        """Whether head and cells stand right."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its head, its width (0: what is left), its words; numbers stand right."""

    title: str
    width: int
    words: Callable[[Any], str]
    is_number: bool = False


class DeclaredTable(QAbstractTableModel):
    """``data(ROW)`` is what a row shows, ``data(TOKEN)`` the colour of a cell's words, if it has one of its own.

    ``key`` tells rows apart. Lives on the window's thread.
    """

    ROW = Qt.ItemDataRole.UserRole + 1
    TOKEN = Qt.ItemDataRole.UserRole + 9

    def __init__(
        self,
        columns: Sequence[DeclaredColumn],
        parent: QObject | None = None,
        *,
        key: Callable[[Any], object] = lambda row: row,
    ) -> None:
        super().__init__(parent)
        self.rows: list[Any] = []
        self._columns = tuple(columns)
        self._key = key

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = NOWHERE) -> int:
        """As many as were set."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = NOWHERE) -> int:
        """As declared."""
        return 0 if parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Heads of the columns; those of numbers stand right."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self._columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if self._columns[section].is_number else LEFT
        return None

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The row, the alignment, or what ``cell`` says."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row, column = self.rows[index.row()], index.column()
        if role == self.ROW:
            return row
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if self._columns[column].is_number else LEFT
        return self.cell(row, column, role)

    def cell(self, row: Any, column: int, role: int) -> Any:
        """What a cell says in a role: its words, with the head before them for screen readers."""
        if role not in _SAID:
            return None
        words = self._columns[column].words(row)
        return words if role == Qt.ItemDataRole.DisplayRole else f"{self._columns[column].title}: {words or 'none'}"

    def set_rows(self, rows: Sequence[Any]) -> None:
        """Show these; where they are the same ones in the same order, those that differ are changed in place."""
        rows = list(rows)
        if [self._key(row) for row in rows] != [self._key(row) for row in self.rows]:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
            return
        changed = [place for place, row in enumerate(rows) if row != self.rows[place]]
        self.rows = rows
        for place in changed:
            self.tell_changed(place)

    def tell_changed(self, first: int, last: int | None = None) -> None:
        """The cells of these rows say something else now."""
        last = first if last is None else last
        self.dataChanged.emit(self.index(first, 0), self.index(last, len(self._columns) - 1))
