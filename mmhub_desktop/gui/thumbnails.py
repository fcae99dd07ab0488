"""Small pictures for tables: fetched and decoded away from the window's thread, kept as pixmaps."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from PySide6.QtCore import QObject, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPixmap

from mmhub_desktop.gui.theme import font, theme

KEPT = 3_000
WAITING = 80  # what was scrolled past is forgotten
AT_ONCE = 4
RADIUS = 7

GetThumbnail = Callable[[str, str, int], Awaitable[bytes | None]]
Spawn = Callable[[Coroutine[Any, Any, Any], str], asyncio.Task[Any]]
Asked = tuple[str, str, int, float]  # source, base, pixels, device pixels to a logical one


class ThumbnailCache(QObject):
    """Paints thumbnails and fetches those that are missing. ``arrived`` says that something new can be painted."""

    arrived = Signal()

    def __init__(self, get: GetThumbnail, spawn: Spawn, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.missed: Asked | None = None  # what was last asked for and has not come
        self._get = get
        self._spawn = spawn
        self._kept: OrderedDict[Asked, QPixmap | None] = OrderedDict()  # None: there is no such picture
        self._waiting: OrderedDict[Asked, None] = OrderedDict()
        running = self._running = dict[Asked, asyncio.Task[Any]]()
        self.destroyed.connect(lambda: [task.cancel() for task in list(running.values())])
        self._tell = QTimer(self)
        self._tell.setSingleShot(True)
        self._tell.setInterval(30)
        self._tell.timeout.connect(self.arrived)

    def paint(self, painter: QPainter, rect: QRect, source: str, base: str, title: str, ratio: float) -> None:
        """Draw the picture into ``rect``, rounded; a tile with the title's first letter until it is there."""
        pixmap = self.pixmap(source, base, rect.width(), ratio) if source else None
        if pixmap is None:
            paint_tile(painter, rect, title)
            return
        painter.drawPixmap(rect.topLeft(), pixmap)
        if theme().scheme == "dark":  # a white square stands out by itself
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme().color("border"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        painter.restore()

    def pixmap(self, source: str, base: str, side: int, ratio: float) -> QPixmap | None:
        """The rounded picture of ``side`` logical pixels, None while it is missing; asks for it once."""
        asked = (source, base, round(side * ratio), ratio)
        if not self.has_come(asked):
            self.missed = asked
            return None
        self._kept.move_to_end(asked)
        return self._kept[asked]

    def has_come(self, asked: Asked) -> bool:
        """Whether it can be painted, or is known not to be there; asks for it otherwise."""
        if asked in self._kept:
            return True
        if asked not in self._running:
            self._waiting[asked] = None
            self._waiting.move_to_end(asked)
            while len(self._waiting) > WAITING:
                self._waiting.popitem(last=False)
            if len(self._running) < AT_ONCE:
                self._next()
        return False

    def _next(self) -> None:
        asked, _ = self._waiting.popitem(last=True)
        self._running[asked] = self._spawn(self._fetch(asked), "Show pictures")

    async def _fetch(self, asked: Asked) -> None:
        source, base, pixels, ratio = asked
        try:
            data = await self._get(source, base, pixels)
            image = await asyncio.to_thread(_rounded, data, pixels, RADIUS * ratio) if data else None
            pixmap = None
            if image is not None:
                pixmap = QPixmap.fromImage(image)
                pixmap.setDevicePixelRatio(ratio)
            self._kept[asked] = pixmap
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        except asyncio.CancelledError:  # nobody is left to show them to
            self._waiting.clear()
            raise
        finally:
            self._running.pop(asked, None)
            if self._waiting:
                self._next()
        if not self._tell.isActive():
            self._tell.start()


def _rounded(data: bytes, pixels: int, radius: float) -> QImage | None:
    """Decode and show the whole picture on a white square with rounded corners. Runs in a thread."""
    image = QImage.fromData(data)
    if image.isNull():
        return None
    size = QSize(pixels, pixels)
    image = image.scaled(size, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
    square = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    square.fill(Qt.GlobalColor.transparent)
    painter = QPainter(square)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    path = QPainterPath()
    path.addRoundedRect(QRectF(square.rect()), radius, radius)
    painter.setClipPath(path)
    painter.fillRect(square.rect(), Qt.GlobalColor.white)  # product pictures are made for white
    painter.drawImage((pixels - image.width()) // 2, (pixels - image.height()) // 2, image)
    painter.end()
    return square


def paint_tile(painter: QPainter, rect: QRect, title: str) -> None:
    """A quiet tile in a hue of the title's own, with its first letter."""
    dark = theme().scheme == "dark"
    hue = sum(ord(letter) * (place + 7) for place, letter in enumerate(title[:12])) % 360
    paper = QColor.fromHsv(hue, 70, 70) if dark else QColor.fromHsv(hue, 28, 240)
    ink = QColor.fromHsv(hue, 60, 215) if dark else QColor.fromHsv(hue, 150, 120)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(paper)
    painter.drawRoundedRect(QRectF(rect), RADIUS, RADIUS)
    painter.setPen(ink)
    painter.setFont(font("section"))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, (title.strip()[:1] or "?").upper())
    painter.restore()
