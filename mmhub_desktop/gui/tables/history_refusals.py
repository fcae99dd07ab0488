"""The table of what an undo or redo left as it was: the product, the field, why, and what it holds now."""

from typing import Any

from PySide6.QtCore import QObject, Qt

from mmhub_desktop.domain.history import Refusal
from mmhub_desktop.domain.history_words import field_label
from mmhub_desktop.gui.tables.declared_columns import Column, DeclaredTable

COLUMNS: tuple[Column, ...] = (
    Column("SKU", 150, lambda one: one.sku or "Deleted"),
    Column("Product", 230, lambda one: one.title or "A product that is gone"),
    Column("What", 150, lambda one: field_label(one.field) if one.field else "The whole product"),
    Column("Why it stayed", 0, lambda one: one.message),
    Column("Holds now", 200, lambda one: one.present),
)


class RefusalsModel(DeclaredTable):
    """Refusals in the order they were met; ``data(REFUSAL)`` is the row's."""

    REFUSAL = DeclaredTable.ROW

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(COLUMNS, parent)

    def cell(self, row: Refusal, column: int, role: int) -> Any:
        """Words; what does not fit is in the tooltip."""
        return super().cell(row, column, Qt.ItemDataRole.DisplayRole if role == Qt.ItemDataRole.ToolTipRole else role)
