"""Thin progress bars; the words belong below them."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from mmhub_desktop.gui.theme import theme

HEIGHT = 6


def paint_progress(painter: QPainter, rect: QRect, fraction: float, tone: str = "accent") -> None:
    """Draw a bar of ``fraction`` (0..1) across ``rect``, centred in its height. ``tone`` is a colour token."""
    height = min(HEIGHT, rect.height())
    box = QRectF(rect.left(), rect.top() + (rect.height() - height) // 2, rect.width(), height)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().color("neutral_soft"))
    painter.drawRoundedRect(box, height / 2, height / 2)
    filled = max(0.0, min(1.0, fraction))
    if filled > 0:
        box.setWidth(max(float(height), box.width() * filled))
        painter.setBrush(theme().color(tone))
        painter.drawRoundedRect(box, height / 2, height / 2)
    painter.restore()


class ProgressLine(QWidget):
    """A bar as a widget, as wide as it is given."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fraction = 0.0
        self._tone = "accent"
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(HEIGHT)
        self.setAccessibleName("Progress")

    def set_progress(self, fraction: float, tone: str = "accent") -> None:
        """Show ``fraction`` (0..1) in the colour of ``tone``."""
        if (fraction, tone) != (self._fraction, self._tone):
            self._fraction, self._tone = fraction, tone
            self.setAccessibleDescription(f"{round(fraction * 100)} %")
            self.update()

    def sizeHint(self) -> QSize:
        """Thin."""
        return QSize(120, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Draw the bar."""
        paint_progress(QPainter(self), self.rect(), self._fraction, self._tone)
