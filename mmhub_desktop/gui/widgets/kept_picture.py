"""Small drawings that look the same many times over, drawn once for each look. Belongs to the window's thread."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPixmap, QPixmapCache

from mmhub_desktop.gui.theme import theme


def kept_picture(name: str, size: QSize, ratio: float, draw: Callable[[QPainter], None]) -> QPixmap:
    """The picture of this name and size (logical pixels); ``draw`` makes it where it is not kept, in this scheme."""
    key = f"{name}/{theme().scheme}/{size.width()}x{size.height()}@{ratio}"
    found = QPixmap()
    if QPixmapCache.find(key, found):
        return found
    made = QPixmap(size * ratio)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    draw(painter)
    painter.end()
    QPixmapCache.insert(key, made)
    return made
