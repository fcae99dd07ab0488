"""Chips side by side that go on in the next line where there is no room."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from mmhub_desktop.gui.widgets.chip import HEIGHT, chip_width, paint_chip

GAP = 6


class ChipFlow(QWidget):
    """Shows (word, tone) pairs; its accessible name is all the words."""

    def __init__(self, chips: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chips = tuple(chips)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(", ".join(word for word, _ in self.chips))

    def hasHeightForWidth(self) -> bool:
        """As many lines as the width makes of it."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height of the lines in ``width``."""
        places = self._places(width)
        return places[-1].bottom() + 1 if places else 0

    def sizeHint(self) -> QSize:
        """All in one line."""
        return QSize(sum(chip_width(word) + GAP for word, _ in self.chips), HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Chips are elided where even one has no room."""
        return QSize(60, HEIGHT)

    def _places(self, width: int) -> list[QRect]:
        places: list[QRect] = []
        left = top = 0
        for word, _ in self.chips:
            wide = min(chip_width(word), max(width, 40))
            if left and left + wide > width:
                left, top = 0, top + HEIGHT + GAP
            places.append(QRect(left, top, wide, HEIGHT))
            left += wide + GAP
        return places

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Draw the chips."""
        painter = QPainter(self)
        for (word, tone), place in zip(self.chips, self._places(self.width()), strict=True):
            paint_chip(painter, place, word, tone)
