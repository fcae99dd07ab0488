"""A small chart of time: a row for each step, with its attempts as bars and the waits between them hatched."""

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from mmhub_desktop.domain.timeline import Span
from mmhub_desktop.gui.theme import font, theme

ROW, AXIS, LABEL_WIDTH = 24, 22, 132
_BAR = 12
_LEAST = 4.0  # pixels of the shortest bar
_TONES = {"done": "ok", "failed": "err", "repeat": "warn", "running": "info", "wait": "muted", "skipped": "neutral"}


class TimelineChart(QWidget):
    """Time runs from the left to the right, from the first begin to the last end (or now). The words of the spans are
    listed beside it; here they are shown under the mouse. Belongs to the window's thread."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spans: tuple[Span, ...] = ()
        self._rows: list[str] = []
        self._now = datetime.now(UTC)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        theme().changed.connect(self.update)

    def set_spans(self, spans: Sequence[Span], now: datetime) -> None:
        """Show these; what has not ended reaches to ``now``."""
        self.spans, self._now = tuple(spans), now
        self._rows = list(dict.fromkeys(span.row for span in spans if span.row))
        self.setAccessibleName(f"Timeline of {len(self._rows)} steps" if self._rows else "Timeline")
        self.setAccessibleDescription(". ".join(f"{span.row} {span.words}".strip() for span in spans))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room, as high as there are steps."""
        return QSize(260, ROW * max(1, len(self._rows)) + AXIS)

    def minimumSizeHint(self) -> QSize:
        """Bars may be narrow."""
        return QSize(200, self.sizeHint().height())

    def span_at(self, place: QPointF) -> Span | None:
        """The span under a place; a step's before a wait."""
        hit = [span for span in self.spans if self._box(span).adjusted(-2, -5, 2, 5).contains(place)]
        return next((span for span in reversed(hit) if span.row), hit[-1] if hit else None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say what is under the mouse."""
        span = self.span_at(event.position())
        if span is not None:
            QToolTip.showText(event.globalPosition().toPoint(), f"{span.row}: {span.words}".removeprefix(": "), self)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Labels, bars, and the times of begin and end."""
        if not self.spans:
            return
        color = theme().color
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font("small"))
        metrics = painter.fontMetrics()
        middle = Qt.AlignmentFlag.AlignVCenter
        for place, row in enumerate(self._rows):
            painter.setPen(color("text"))
            words = metrics.elidedText(row, Qt.TextElideMode.ElideRight, LABEL_WIDTH - 10)
            painter.drawText(QRectF(0, place * ROW, LABEL_WIDTH, ROW), middle, words)
            painter.fillRect(QRectF(LABEL_WIDTH, place * ROW + ROW / 2, self.width() - LABEL_WIDTH, 1), color("border"))
        for span in self.spans:
            self._paint_span(painter, span)
        floor = self.height() - AXIS
        painter.setPen(color("muted"))
        begin, end = self._reach()
        axis = QRectF(LABEL_WIDTH, floor + 2, self.width() - LABEL_WIDTH, AXIS - 2)
        painter.drawText(axis, middle | Qt.AlignmentFlag.AlignLeft, f"{begin.astimezone():%H:%M:%S}")
        painter.drawText(axis, middle | Qt.AlignmentFlag.AlignRight, f"{end.astimezone():%H:%M:%S}")

    def _paint_span(self, painter: QPainter, span: Span) -> None:
        color = QColor(theme().color(_TONES[span.kind]))
        box = self._box(span)
        if span.kind == "wait":  # behind all rows, hatched: nothing happened
            color.setAlpha(70)
            painter.fillRect(box, QBrush(color, Qt.BrushStyle.BDiagPattern))
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRoundedRect(box, 3, 3)

    def _reach(self) -> tuple[datetime, datetime]:
        begin = min(span.start for span in self.spans)
        return begin, max(begin, *(span.end or self._now for span in self.spans), *(span.start for span in self.spans))

    def _box(self, span: Span) -> QRectF:
        begin, end = self._reach()
        room = self.width() - LABEL_WIDTH - _LEAST
        whole = max(0.001, (end - begin).total_seconds())
        left = LABEL_WIDTH + room * (span.start - begin).total_seconds() / whole
        width = room * max(0.0, ((span.end or end) - span.start).total_seconds()) / whole
        if not span.row:
            return QRectF(left, 0, max(1.0, width), self.height() - AXIS)
        top = self._rows.index(span.row) * ROW + (ROW - _BAR) / 2
        return QRectF(left, top, max(_LEAST, width), _BAR)
