"""Small bar charts: one bar for each span of time, its failed part in the colour of errors."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from mmhub_desktop.gui.theme import theme

_GAP = 2.0
_LEAST = 2.0  # pixels of a bar that is not nothing


@dataclass(frozen=True, slots=True)
class Bar:
    """One span: its value, the part of it that is bad, and the words for the mouse."""

    value: float
    bad: float = 0.0
    words: str = ""


class BarChart(QWidget):
    """Bars from the left (old) to the right (new), scaled to the highest. Belongs to the window's thread."""

    def __init__(self, tone: str = "accent", height: int = 64, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone = tone
        self._height = height
        self._bars: tuple[Bar, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        theme().changed.connect(self.update)

    @property
    def bars(self) -> tuple[Bar, ...]:
        """What is shown."""
        return self._bars

    def set_bars(self, bars: Sequence[Bar], summary: str) -> None:
        """Show these bars; ``summary`` says in words what they show."""
        self.setAccessibleName(summary)
        if tuple(bars) != self._bars:
            self._bars = tuple(bars)
            self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(120, self._height)

    def minimumSizeHint(self) -> QSize:
        """Narrow bars are still bars."""
        return QSize(48, self._height)

    def bar_at(self, x: float) -> Bar | None:
        """The bar under a place."""
        place = int(x / max(1.0, self.width()) * len(self._bars))
        return self._bars[place] if 0 <= place < len(self._bars) else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say what the bar under the mouse stands for."""
        bar = self.bar_at(event.position().x())
        if bar is not None and bar.words:
            QToolTip.showText(event.globalPosition().toPoint(), bar.words, self)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Draw a base line and the bars on it."""
        color = theme().color
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        floor = self.height() - 1.0
        painter.fillRect(QRectF(0, floor, self.width(), 1), color("border"))
        most = max((bar.value for bar in self._bars), default=0.0)
        if most <= 0:
            return
        step = self.width() / len(self._bars)
        width = max(1.0, step - _GAP)
        for place, bar in enumerate(self._bars):
            if bar.value <= 0:
                continue
            full = max(_LEAST, (floor - 2) * bar.value / most)
            bad = min(full, max(_LEAST, full * bar.bad / bar.value)) if bar.bad > 0 else 0.0
            left = place * step + (step - width) / 2
            painter.setBrush(color(self._tone))
            painter.drawRoundedRect(QRectF(left, floor - full, width, full), 1.5, 1.5)
            if bad:
                painter.setBrush(color("err"))
                painter.drawRoundedRect(QRectF(left, floor - bad, width, bad), 1.5, 1.5)
