"""New, changed, the same, refused: four cards; and a bar with the words under it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mmhub_desktop.domain.imports import ImportCounts
from mmhub_desktop.gui.widgets.card import Card
from mmhub_desktop.gui.widgets.icon import IconLabel
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.widgets.progress import ProgressLine
from mmhub_desktop.gui.words import number

_METRICS: tuple[tuple[str, str, str, str], ...] = (
    ("new", "New", "plus", "ok"),
    ("changed", "Changed", "pencil", "info"),
    ("same", "The same", "check", "neutral"),
    ("refused", "Refused", "circle-x", "err"),
)


class Counts(QWidget):
    """Four numbers side by side, each with its icon; those that are zero stand back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.numbers: dict[str, Label] = {}
        self._icons: dict[str, IconLabel] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        for key, title, icon, _tone in _METRICS:
            card = Card()
            card.body.setSpacing(2)
            head = QHBoxLayout()
            head.setSpacing(6)
            self._icons[key] = IconLabel(icon, "faint", 14)
            head.addWidget(self._icons[key])
            head.addWidget(Label(title, "label", "muted"))
            head.addStretch(1)
            card.body.addLayout(head)
            self.numbers[key] = Label("0", "metric")
            self.numbers[key].setAccessibleName(title)
            card.body.addWidget(self.numbers[key], 0, Qt.AlignmentFlag.AlignLeft)
            row.addWidget(card, 1)

    def show_counts(self, counts: ImportCounts) -> None:
        """Draw the numbers; refused ones in red."""
        for key, _title, icon, tone in _METRICS:
            value = getattr(counts, key)
            self.numbers[key].setText(number(value))
            self.numbers[key].setAccessibleDescription(number(value))
            self.numbers[key].set_tone(tone if value and tone == "err" else "text" if value else "faint")
            self._icons[key].set_icon(icon, tone if value else "faint")


class Working(QWidget):
    """A bar and the words under it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = ProgressLine()
        self.words = Label("", "body", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(8)
        column.addWidget(self.line)
        column.addWidget(self.words)

    def show_progress(self, fraction: float, words: str, tone: str = "accent") -> None:
        """``fraction`` 0..1."""
        self.line.set_progress(fraction, tone)
        self.words.setText(words)
