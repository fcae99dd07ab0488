"""Buttons side by side that leave their icons where there is no room for their words."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from mmhub_desktop.gui.widgets.buttons import Button

GAP = 8
_BARE = 34  # width of a button without words


class ButtonRow(QWidget):
    """Every button needs an icon. Without its word it keeps it as accessible name, and as tooltip unless it has one."""

    def __init__(self, gap: int = GAP, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words: dict[Button, tuple[str, int]] = {}  # with the width they ask for
        self._is_bare = False
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(gap)
        self._row.addStretch(1)

    def add(self, button: Button) -> None:
        """Put a button at the end."""
        button.ensurePolished()
        self._words[button] = (button.text(), button.sizeHint().width())
        button.setAccessibleName(button.accessibleName() or button.text())
        button.setToolTip(button.toolTip() or button.text())
        self._row.insertWidget(self._row.count() - 1, button)

    def sizeHint(self) -> QSize:
        """With all words."""
        widths = sum(width for _, width in self._words.values())
        return QSize(widths + self._gaps(), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Icons alone."""
        return QSize(len(self._words) * _BARE + self._gaps(), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the words when all have room."""
        super().resizeEvent(event)
        bare = self.width() < self.sizeHint().width()
        if bare != self._is_bare:
            self._is_bare = bare
            for button, (words, _) in self._words.items():
                button.set_words("" if bare else words)

    def _gaps(self) -> int:
        return max(0, len(self._words) - 1) * self._row.spacing()
