"""How rows of the product table are drawn: ground, divider, marks, and each column's own cell."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from mmhub_desktop.gui.tables.product_cells import paint_loading
from mmhub_desktop.gui.tables.products import ProductsModel
from mmhub_desktop.gui.theme import theme

if TYPE_CHECKING:
    from mmhub_desktop.gui.tables.product_table import ProductTable


class RowDelegate(QStyledItemDelegate):
    """Paints row background, divider and the column's own cell."""

    def __init__(self, table: "ProductTable") -> None:
        super().__init__(table)
        self._table = table

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one cell."""
        rect: QRect = option.rect
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        color = theme().color
        place, column = index.row(), index.column()
        painter.save()
        if selected:
            painter.fillRect(rect, color("accent_soft"))
        elif place == self._table.hovered_row:
            painter.fillRect(rect, color("sunken"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, color("border"))
        has_keyboard = self._table.hasFocus() and place == self._table.currentIndex().row()
        if column == 0 and (selected or has_keyboard):
            painter.fillRect(rect.left(), rect.top(), 3, rect.height() - 1, color("accent"))
        model = index.model()
        if isinstance(model, ProductsModel):
            row = model.row(place)
            if row is None:
                paint_loading(painter, rect, column == 0)
            else:
                model.columns[column].paint(painter, rect, row, self._table.cell_context())
        if has_keyboard and self._table.marks_cell and column == self._table.currentIndex().column():
            painter.setPen(QPen(color("accent"), 1))
            painter.drawRect(rect.adjusted(0, 0, -1, -2))
        painter.restore()
