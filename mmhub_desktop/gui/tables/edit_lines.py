"""The table of what a bulk edit makes of the first products: old and new value, or why one is left as it is."""

from typing import Any

from PySide6.QtCore import QObject, Qt

from mmhub_desktop.gui import theme
from mmhub_desktop.gui.tables.declared_columns import Column, DeclaredTable
from mmhub_desktop.store.bulk_edits import EditLine


def _becomes(line: EditLine) -> str:
    return f"Left as it is: {line.refused}" if line.refused else line.new or "nothing"


COLUMNS: tuple[Column, ...] = (
    Column("Product", 240, lambda line: f"{line.title} ({line.sku})"),
    Column("Now", 210, lambda line: line.old or "nothing"),
    Column("Becomes", 0, _becomes),
)
NOW_COLUMN, BECOMES_COLUMN = 1, 2


class EditLines(DeclaredTable):
    """One row a product, set at once."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(COLUMNS, parent)

    def cell(self, row: EditLine, column: int, role: int) -> Any:
        """Words, with an icon and a colour where a product is left as it is."""
        is_left = column == BECOMES_COLUMN and bool(row.refused)
        if role == Qt.ItemDataRole.ForegroundRole:
            token = "warn" if is_left else "muted" if column == NOW_COLUMN else ""
            return theme.theme().color(token) if token else None
        if role == Qt.ItemDataRole.DecorationRole:
            return theme.icon("triangle-alert", "warn") if is_left else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return COLUMNS[column].words(row)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return COLUMNS[column].words(row).replace("\n", " ")
        return None
