"""Tinted pills with a dot and a word: state is never told by colour alone."""

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from mmhub_desktop.gui.theme import font, theme

HEIGHT = 22
_PAD, _DOT, _GAP = 9, 6, 6

TONES = {
    "ok": ("ok", "ok_soft"),
    "warn": ("warn", "warn_soft"),
    "err": ("err", "err_soft"),
    "info": ("info", "info_soft"),
    "neutral": ("neutral", "neutral_soft"),
    "accent": ("accent_text", "accent_soft"),
}


def chip_width(text: str) -> int:
    """The width in pixels that ``paint_chip`` needs."""
    return 2 * _PAD + _DOT + _GAP + QFontMetrics(font("label")).horizontalAdvance(text)


def paint_chip(painter: QPainter, rect: QRect, text: str, tone: str) -> int:
    """Draw a chip at the left of ``rect``, centred in its height, elided to its width; the width used."""
    ink, paper = (theme().color(token) for token in TONES.get(tone, TONES["neutral"]))
    width = min(chip_width(text), rect.width())
    box = QRectF(rect.left(), rect.top() + (rect.height() - HEIGHT) // 2, width, HEIGHT)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(paper)
    painter.drawRoundedRect(box, HEIGHT / 2, HEIGHT / 2)
    painter.setBrush(ink)
    painter.drawEllipse(QPointF(box.left() + _PAD + _DOT / 2, box.center().y()), _DOT / 2, _DOT / 2)
    painter.setPen(ink)
    painter.setFont(font("label"))
    room = QRectF(box.left() + _PAD + _DOT + _GAP, box.top(), width - 2 * _PAD - _DOT - _GAP + 2, HEIGHT)
    words = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(room.width()))
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
    painter.restore()
    return width


class Chip(QWidget):
    """A chip as a widget."""

    def __init__(self, text: str = "", tone: str = "neutral", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = text
        self._tone = tone
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)

    @property
    def text(self) -> str:
        """The word shown."""
        return self._text

    def set_state(self, text: str, tone: str) -> None:
        """Change word and tone."""
        if (text, tone) != (self._text, self._tone):
            self._text, self._tone = text, tone
            self.setAccessibleName(text)
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """The chip's own size."""
        return QSize(chip_width(self._text), HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Draw the chip."""
        painter = QPainter(self)
        paint_chip(painter, self.rect(), self._text, self._tone)
