"""Tinted pills with a dot and a word: state is never told by colour alone."""

from functools import lru_cache, partial

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from mmhub_desktop.gui.theme import font, theme
from mmhub_desktop.gui.widgets.kept_picture import kept_picture

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


@lru_cache(maxsize=1_000)
def chip_width(text: str) -> int:
    """The width in pixels that ``paint_chip`` needs."""
    return 2 * _PAD + _DOT + _GAP + QFontMetrics(font("label")).horizontalAdvance(text)


def paint_chip(painter: QPainter, rect: QRect, text: str, tone: str) -> int:
    """Draw a chip at the left of ``rect``, centred in its height, elided to its width; the width used."""
    width = min(chip_width(text), rect.width())
    if width > 0:
        place = QPoint(rect.left(), rect.top() + (rect.height() - HEIGHT) // 2)
        ratio = painter.device().devicePixelRatioF()
        draw = partial(_draw_chip, text=text, tone=tone, width=width)
        painter.drawPixmap(place, kept_picture(f"chip/{tone}/{text}", QSize(width, HEIGHT), ratio, draw))
    return width


def _draw_chip(painter: QPainter, text: str, tone: str, width: int) -> None:
    ink, paper = (theme().color(token) for token in TONES.get(tone, TONES["neutral"]))
    box = QRectF(0, 0, width, HEIGHT)
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
