"""The head of a table: quiet titles, the sort arrow right behind the title of the sorted column."""

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from mmhub_desktop.gui.theme import draw_icon, font, theme

HEIGHT = 38
PAD = 12
ARROW = 14


class TableHeader(QHeaderView):
    """Painted by itself: Qt's own painting asks for every row whether it is selected (a second at 100,000 rows)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._hovered = -1
        self.setSectionsClickable(True)
        self.setSortIndicatorShown(True)
        self.setHighlightSections(False)
        self.setMouseTracking(True)
        self.setFixedHeight(HEIGHT)
        self.setAccessibleName("Columns: click to sort")
        theme().changed.connect(self.viewport().update)

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(super().sizeHint().width(), HEIGHT)

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:  # noqa: N803 - Qt's name
        """Draw one title, with the arrow where the table is sorted by it."""
        model = self.model()
        orientation = Qt.Orientation.Horizontal
        title = str(model.headerData(logicalIndex, orientation, Qt.ItemDataRole.DisplayRole) or "")
        align = model.headerData(logicalIndex, orientation, Qt.ItemDataRole.TextAlignmentRole)
        is_right = bool(align is not None and Qt.AlignmentFlag(align) & Qt.AlignmentFlag.AlignRight)
        is_sorted = logicalIndex == self.sortIndicatorSection()
        room = rect.adjusted(PAD, 0, -PAD, 0)
        painter.save()
        painter.setFont(font("label"))
        painter.setPen(theme().color("text" if is_sorted or logicalIndex == self._hovered else "muted"))
        most = room.width() - (ARROW + 2 if is_sorted else 0)
        words = painter.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, most)
        width = painter.fontMetrics().horizontalAdvance(words)
        left = room.right() + 1 - width if is_right else room.left()
        spot = QRect(left, room.top(), width + 2, room.height() - 1)
        painter.drawText(spot, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        if is_sorted:
            arrow = left - ARROW - 3 if is_right else left + width + 3
            icon = "arrow-up" if self.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder else "arrow-down"
            place = QPoint(arrow, room.top() + (room.height() - ARROW) // 2)
            draw_icon(painter, QRect(place, QSize(ARROW, ARROW)), icon, "accent")
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme().color("border"))
        painter.restore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A title is darker under the pointer."""
        super().mouseMoveEvent(event)
        self._hover(self.logicalIndexAt(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        """No title is under the pointer."""
        super().leaveEvent(event)
        self._hover(-1)

    def _hover(self, section: int) -> None:
        if section != self._hovered:
            self._hovered = section
            self.viewport().update()
