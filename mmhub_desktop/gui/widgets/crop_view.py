"""A picture with a frame around the part that is kept, drawn with the mouse."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from mmhub_desktop.gui.theme import theme

WHOLE = QRectF(0, 0, 1, 1)
_SMALLEST = 0.02  # of a side


class CropView(QWidget):
    """``crop`` in parts (0–1) of the picture shown; ``cropped`` is emitted when the seller has drawn another."""

    cropped = Signal(QRectF)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.crop = QRectF(WHOLE)
        self._pixmap = QPixmap()
        self._from: QPointF | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 260)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName("The picture; the part that is kept is set by the numbers beside it")

    def sizeHint(self) -> QSize:
        """Room for a picture."""
        return QSize(460, 380)

    def show_picture(self, pixmap: QPixmap) -> None:
        """Draw this one."""
        self._pixmap = pixmap
        self.update()

    def set_crop(self, crop: QRectF) -> None:
        """Draw the frame there."""
        self.crop = QRectF(crop)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """The picture, what is cut off darker, and the frame."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), theme().color("sunken"))
        if self._pixmap.isNull():
            return
        spot = self._spot()
        painter.drawPixmap(spot.toRect(), self._pixmap)
        if self.crop == WHOLE:
            return
        frame = QRectF(
            spot.left() + self.crop.left() * spot.width(), spot.top() + self.crop.top() * spot.height(),
            self.crop.width() * spot.width(), self.crop.height() * spot.height(),
        )  # fmt: skip
        shade = QColor(0, 0, 0, 130)
        painter.fillRect(QRectF(spot.left(), spot.top(), spot.width(), frame.top() - spot.top()), shade)
        painter.fillRect(QRectF(spot.left(), frame.bottom(), spot.width(), spot.bottom() - frame.bottom()), shade)
        painter.fillRect(QRectF(spot.left(), frame.top(), frame.left() - spot.left(), frame.height()), shade)
        painter.fillRect(QRectF(frame.right(), frame.top(), spot.right() - frame.right(), frame.height()), shade)
        painter.setPen(QPen(theme().color("accent"), 2))
        painter.drawRect(frame)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a frame."""
        if event.button() == Qt.MouseButton.LeftButton and not self._pixmap.isNull():
            self._from = self._part(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw the frame to here."""
        if self._from is not None:
            self.set_crop(QRectF(self._from, self._part(event.position())).normalized())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take the frame; a mere click takes the whole picture."""
        if self._from is not None:
            self.set_crop(QRectF(self._from, self._part(event.position())).normalized())
            self._from = None
            if min(self.crop.width(), self.crop.height()) < _SMALLEST:
                self.set_crop(WHOLE)
            self.cropped.emit(QRectF(self.crop))

    def _spot(self) -> QRectF:
        size = self._pixmap.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRectF(
            (self.width() - size.width()) / 2, (self.height() - size.height()) / 2, size.width(), size.height()
        )

    def _part(self, point: QPointF) -> QPointF:
        spot = self._spot()
        return QPointF(
            min(1.0, max(0.0, (point.x() - spot.left()) / max(1.0, spot.width()))),
            min(1.0, max(0.0, (point.y() - spot.top()) / max(1.0, spot.height()))),
        )
