"""The table of what an undo or redo left as it was: the product, the field, why, and what it holds now."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from mmhub_desktop.domain.history import Refusal
from mmhub_desktop.domain.history_words import field_label
from mmhub_desktop.gui.tables.declared_columns import LEFT, NOWHERE, DeclaredTable
from mmhub_desktop.gui.tables.jobs_delegate import paint_ground
from mmhub_desktop.gui.theme import font, theme


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its head, its width (0: what is left), its words."""

    title: str
    width: int
    words: Callable[[Refusal], str]
    is_number: bool = False


COLUMNS: tuple[Column, ...] = (
    Column("SKU", 150, lambda one: one.sku or "Deleted"),
    Column("Product", 230, lambda one: one.title or "A product that is gone"),
    Column("What", 150, lambda one: field_label(one.field) if one.field else "The whole product"),
    Column("Why it stayed", 0, lambda one: one.message),
    Column("Holds now", 200, lambda one: one.present),
)


class RefusalsModel(DeclaredTable):
    """Refusals in the order they were met; ``data(REFUSAL)`` is the row's."""

    REFUSAL = Qt.ItemDataRole.UserRole + 1

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(COLUMNS, parent)
        self._refusals: list[Refusal] = []

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = NOWHERE) -> int:
        """One row a refusal."""
        return 0 if parent.isValid() else len(self._refusals)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words, and the role above."""
        if not index.isValid() or index.row() >= len(self._refusals):
            return None
        refusal, column = self._refusals[index.row()], COLUMNS[index.column()]
        if role == self.REFUSAL:
            return refusal
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return column.words(refusal)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{column.title}: {column.words(refusal)}"
        return LEFT if role == Qt.ItemDataRole.TextAlignmentRole else None

    def set_refusals(self, refusals: Sequence[Refusal]) -> None:
        """Show these."""
        if list(refusals) != self._refusals:
            self.beginResetModel()
            self._refusals = list(refusals)
            self.endResetModel()


class RefusalsDelegate(QStyledItemDelegate):
    """Draws the words where the heads of the columns stand."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """One cell."""
        painter.save()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        paint_ground(painter, option.rect, selected=selected, hovered=False, first=index.column() == 0)
        room = option.rect.adjusted(12, 0, -12, 0)
        painter.setFont(font("body"))
        painter.setPen(theme().color("text"))
        words = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, LEFT, words)
        painter.restore()
