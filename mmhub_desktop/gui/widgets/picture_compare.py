"""A picture before and after, side by side, with what was done in words."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mmhub_desktop.gui.theme import theme
from mmhub_desktop.gui.widgets.icon import IconLabel
from mmhub_desktop.gui.widgets.label import ElidedLabel, Label

SIDE = 104


class PictureFrame(QWidget):
    """One picture, fitted into a square with a thin border: white edges are part of it and must be seen."""

    def __init__(self, name: str, data: bytes) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFixedSize(SIDE, SIDE)
        self._pixmap = QPixmap()
        self._pixmap.loadFromData(data)

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(SIDE, SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Draw the picture and its border."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), theme().color("neutral_soft"))
        if self._pixmap.isNull():
            return
        size = self._pixmap.size().scaled(self.size() - QSize(2, 2), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (self.width() - size.width()) // 2, (self.height() - size.height()) // 2
        painter.drawPixmap(left, top, size.width(), size.height(), self._pixmap)
        painter.setPen(theme().color("border"))
        painter.drawRect(left, top, size.width() - 1, size.height() - 1)


class PictureCompare(QWidget):
    """``lines`` are (icon, tone, words); ``after`` is empty where no copy is made."""

    def __init__(
        self, title: str, facts: str, before: bytes, after: bytes, lines: Sequence[tuple[str, str, str]]
    ) -> None:
        super().__init__()
        self.said = [words for _, _, words in lines]
        self.setAccessibleName(". ".join([title, facts, *self.said]))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 6, 8, 6)
        row.setSpacing(10)
        row.addWidget(PictureFrame("Before", before), 0, Qt.AlignmentFlag.AlignTop)
        arrow = IconLabel("chevron-right", "muted", 18)
        row.addWidget(arrow)
        arrow.setVisible(bool(after))
        shown_after = PictureFrame("After", after)
        shown_after.setVisible(bool(after))
        row.addWidget(shown_after, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(3)
        name = ElidedLabel(title, "strong")
        name.setToolTip(title)
        words.addWidget(name)
        words.addWidget(Label(facts, "small", "muted"))
        for icon, tone, text in lines:
            line = QHBoxLayout()
            line.setSpacing(6)
            line.addWidget(IconLabel(icon, tone, 15), 0, Qt.AlignmentFlag.AlignTop)
            label = Label(text, "small")
            label.setWordWrap(True)
            line.addWidget(label, 1)
            words.addLayout(line)
        words.addStretch(1)
        row.addLayout(words, 1)
