"""How a table of lines is drawn: one ground for all, the whole row answering to the mouse, each cell in its way."""

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, Qt
from PySide6.QtGui import QMouseEvent, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from mmhub_desktop.gui.tables.declared_columns import LEFT, RIGHT, DeclaredTable
from mmhub_desktop.gui.tables.line_painting import PAD, paint_ground, write

OUTSIDE = QPoint(-1, -1)
NOTHING = ("", "0", "–")  # written quietly


class LineDelegate(QStyledItemDelegate):
    """Draws the model's words in one line; others override ``paint_cell``. Belongs to one view, without editors."""

    def __init__(self, view: QTableView) -> None:
        super().__init__(view)
        self.hovered = -1  # the row under the mouse
        self._view = view
        view.setMouseTracking(True)
        view.viewport().installEventFilter(self)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Ground, then the cell."""
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        paint_ground(
            painter, rect, selected=selected, hovered=index.row() == self.hovered, first=index.column() == 0
        )  # fmt: skip
        self.paint_cell(painter, rect, index)
        painter.restore()

    def paint_cell(self, painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex) -> None:
        """The words, in the colour that the model names."""
        text = str(index.data() or "")
        token = index.data(DeclaredTable.TOKEN) or ("muted" if text in NOTHING else "text")
        align = index.data(Qt.ItemDataRole.TextAlignmentRole) or LEFT
        write(painter, rect.adjusted(PAD, 0, -PAD, 0), text, "number" if align == RIGHT else "body", token, align)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002 - Qt's signature
        """The mouse over the view; Qt's own filter is for editors, of which there are none."""
        if isinstance(event, QMouseEvent) and event.type() is QEvent.Type.MouseMove:
            self.point_at(event.position().toPoint())
        elif event.type() is QEvent.Type.Leave:
            self.point_at(OUTSIDE)
        return False

    def point_at(self, point: QPoint) -> None:
        """The mouse is at this point of the view, or ``OUTSIDE``."""
        before, self.hovered = self.hovered, -1 if point == OUTSIDE else self._view.rowAt(point.y())
        if before != self.hovered:
            self.draw_again(before)
            self.draw_again(self.hovered)

    def draw_again(self, row: int) -> None:
        """Draw a row once more; -1 is none."""
        if row >= 0:
            view = self._view
            top, width = view.rowViewportPosition(row), view.viewport().width()
            view.viewport().update(0, top, width, view.rowHeight(row))
