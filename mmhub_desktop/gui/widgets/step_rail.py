"""Where one is in a row of steps: numbers in circles with their words, the steps that are done ticked off."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from mmhub_desktop.gui.theme import draw_icon, font, theme

_DISC, _GAP, _LINE, _HEIGHT = 22, 8, 36, 30


class StepRail(QWidget):
    """The names of the steps in a row; ``show_step`` marks one. Only to look at: the buttons below do the going."""

    def __init__(self, names: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names = tuple(names)
        self._place = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_step(0)

    @property
    def place(self) -> int:
        """The step that is marked, from 0."""
        return self._place

    def show_step(self, place: int) -> None:
        """Mark a step; those before it are done."""
        self._place = place
        names = self._names
        said = f"Step {place + 1} of {len(names)}: {names[place]}" if place < len(names) else "All steps are done"
        self.setAccessibleName(said)
        self.update()

    def sizeHint(self) -> QSize:
        """One line."""
        words = QFontMetrics(font("strong"))
        width = sum(_DISC + _GAP + words.horizontalAdvance(name) for name in self._names)
        return QSize(width + (len(self._names) - 1) * (_LINE + 2 * _GAP), _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Draw discs, words and the lines between them."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, middle = 1, self.height() // 2
        for place, name in enumerate(self._names):
            if place:
                painter.setPen(QPen(theme().color("accent" if place <= self._place else "border_strong"), 1.5))
                painter.drawLine(left, middle, left + _LINE, middle)
                left += _LINE + _GAP
            left += self._paint_disc(painter, QRect(left, middle - _DISC // 2, _DISC, _DISC), place) + _GAP
            painter.setFont(font("strong"))
            painter.setPen(theme().color("text" if place == self._place else "muted"))
            width = painter.fontMetrics().horizontalAdvance(name)
            painter.drawText(QRect(left, 0, width + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, name)
            left += width + _GAP

    def _paint_disc(self, painter: QPainter, box: QRect, place: int) -> int:
        is_now, is_done = place == self._place, place < self._place
        painter.setPen(QPen(theme().color("accent" if is_now or is_done else "border_strong"), 1.5))
        painter.setBrush(theme().color("accent_soft" if is_now or is_done else "surface"))
        painter.drawEllipse(QRectF(box))
        if is_done:
            draw_icon(painter, box.adjusted(4, 4, -4, -4), "check", "accent_text")
        else:
            painter.setFont(font("label"))
            painter.setPen(theme().color("accent_text" if is_now else "muted"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(place + 1))
        return _DISC
