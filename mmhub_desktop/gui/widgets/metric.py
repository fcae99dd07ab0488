"""A card with one number that also filters: pressed, it shows only what it counts."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from mmhub_desktop.gui.theme import font, theme
from mmhub_desktop.gui.widgets.chip import chip_width, paint_chip


class MetricCard(QAbstractButton):
    """Label, number and a chip. Checkable, reachable by keyboard."""

    def __init__(self, label: str, tone: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label, self._tone = label, tone
        self._value, self._note = "–", ""
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme().changed.connect(self.update)

    def set_value(self, value: str, note: str = "") -> None:
        """Show a number, and a note in the chip."""
        if (value, note) != (self._value, self._note):
            self._value, self._note = value, note
            self.setAccessibleName(f"{self._label}: {value}. Show only these.")
            self.update()

    def sizeHint(self) -> QSize:
        """The size of the cards in the row."""
        return QSize(168, 76)

    def minimumSizeHint(self) -> QSize:
        """Room for the number."""
        return QSize(110, 76)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Draw the card."""
        color = theme().color
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        marked = self.isChecked() or self.hasFocus()
        line = color("accent") if marked else color("border_strong" if self.underMouse() else "border")
        painter.setPen(QPen(line, 1.0))
        painter.setBrush(color("accent_soft") if self.isChecked() else color("surface"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)
        room = self.rect().adjusted(16, 12, -16, -12)
        painter.setPen(color("muted"))
        painter.setFont(font("label"))
        painter.drawText(QRect(room.left(), room.top(), room.width(), 18), Qt.AlignmentFlag.AlignLeft, self._label)
        painter.setPen(color("text"))
        painter.setFont(font("metric"))
        foot = QRect(room.left(), room.bottom() - 30, room.width(), 32)
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._value)
        used = painter.fontMetrics().horizontalAdvance(self._value)
        width = chip_width(self._note)
        if self._note and width + used + 12 <= room.width():
            paint_chip(
                painter, QRect(foot.right() - width + 1, foot.top(), width, foot.height()), self._note, self._tone
            )
