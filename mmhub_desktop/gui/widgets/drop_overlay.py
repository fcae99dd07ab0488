"""What covers the window while a file is dragged over it."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from mmhub_desktop.gui.theme import draw_icon, font, theme


class DropOverlay(QWidget):
    """A sheet with a dashed frame and words. Lets the drop through to the window below."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._text = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def cover(self, text: str) -> None:
        """Cover the whole parent and say ``text``."""
        parent = self.parentWidget()
        assert parent is not None  # noqa: S101 - made with one
        self._text = text
        self.setAccessibleName(text)
        self.setGeometry(parent.rect())
        self.raise_()
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Draw sheet, frame, icon and words."""
        color = theme().color
        painter = QPainter(self)
        painter.fillRect(self.rect(), color("accent_soft"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(color("accent"), 2, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([4.0, 3.0])
        painter.setPen(pen)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(16, 16, -16, -16), 12, 12)
        middle = self.rect().center()
        draw_icon(painter, QRect(middle.x() - 20, middle.y() - 60, 40, 40), "file-up", "accent")
        painter.setPen(color("text"))
        painter.setFont(font("title"))
        words = QRect(self.rect().left(), middle.y(), self.width(), 30)
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, self._text)
        painter.setPen(color("muted"))
        painter.setFont(font("body"))
        note = "You see what will happen before anything is written."
        painter.drawText(words.translated(0, 30), Qt.AlignmentFlag.AlignCenter, note)
