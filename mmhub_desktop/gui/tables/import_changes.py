"""The table of what an import changes: one field of one product a row, filtered by field and by product."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QPainter

from mmhub_desktop.catalog.dry_run import ProductChange
from mmhub_desktop.domain.product import fold
from mmhub_desktop.gui.tables.declared_columns import Column, DeclaredTable
from mmhub_desktop.gui.tables.line_delegate import LineDelegate
from mmhub_desktop.gui.tables.line_painting import PAD, write, write_two_lines

ROW_HEIGHT = 48
MOST_LINES = 20_000  # what is filtered between two keystrokes
_NOTHING = "nothing"


class ChangeLine(NamedTuple):
    """One row of the table."""

    sku: str
    title: str
    field: str
    old: str
    new: str
    key: str  # SKU and title, folded: what the search looks in


COLUMNS: tuple[Column, ...] = (
    Column("Product", 230, lambda line: line.sku),
    Column("Field", 120, lambda line: line.field),
    Column("Now", 230, lambda line: line.old or _NOTHING),
    Column("Becomes", 0, lambda line: line.new or _NOTHING),
)


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


class ChangesModel(DeclaredTable):
    """Holds all lines and shows those that match. ``data(LINE)`` is the row's ``ChangeLine``."""

    LINE = DeclaredTable.ROW

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(COLUMNS, parent)
        self._all: list[ChangeLine] = []
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
        self.rows = [line for line in self._all if self._matches(line)]
        self.endResetModel()

    def _matches(self, line: ChangeLine) -> bool:
        return (not self._field or line.field == self._field) and all(word in line.key for word in self._words)

    def cell(self, row: ChangeLine, column: int, role: int) -> str | None:
        """The whole text of a cell; what is empty is said."""
        if role == Qt.ItemDataRole.AccessibleTextRole and column == 0:
            return f"{row.title}, {row.sku}"
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return COLUMNS[column].words(row)
        return None


class ChangesDelegate(LineDelegate):
    """Draws the product in two lines, what goes in muted and what comes in the accent."""

    def paint_cell(self, painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex) -> None:
        """By column."""
        line: ChangeLine = index.data(ChangesModel.LINE)
        column = index.column()
        if column == 0:
            write_two_lines(painter, rect, line.title or line.sku, line.sku)
            return
        is_empty = (column == 2 and not line.old) or (column == 3 and not line.new)
        token = "faint" if is_empty else ("text", "text", "muted", "accent_text")[column]
        text = str(index.data()).replace("\n", " ⏎ ")
        write(painter, rect.adjusted(PAD, 0, -PAD, 0), text, "strong" if column == 1 else "body", token)
