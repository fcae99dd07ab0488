"""What an import would do, or has done: counts, what changes from what to what, and what is refused why."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QTableWidget, QTabWidget, QVBoxLayout, QWidget

from mmhub_desktop.domain.imports import ImportCounts
from mmhub_desktop.gui.dialogs.import_columns import make_cell, make_table
from mmhub_desktop.gui.theme import font
from mmhub_desktop.gui.widgets.card import Card
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.widgets.progress import ProgressLine
from mmhub_desktop.gui.words import number

_METRICS: tuple[tuple[str, str, str], ...] = (
    ("new", "New", "ok"),
    ("changed", "Changed", "info"),
    ("same", "The same", "muted"),
    ("refused", "Refused", "err"),
)


class Counts(QWidget):
    """Four numbers side by side: new, changed, the same, refused."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.numbers: dict[str, Label] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        for key, title, _tone in _METRICS:
            card = Card()
            card.body.setSpacing(2)
            card.body.addWidget(Label(title, "label", "muted"))
            self.numbers[key] = Label("0", "metric")
            self.numbers[key].setAccessibleName(title)
            card.body.addWidget(self.numbers[key])
            row.addWidget(card, 1)

    def show_counts(self, counts: ImportCounts) -> None:
        """Draw the numbers; those that are not zero in their tone."""
        for key, _title, tone in _METRICS:
            value = getattr(counts, key)
            self.numbers[key].setText(number(value))
            self.numbers[key].setAccessibleDescription(number(value))
            self.numbers[key].set_tone(tone if value and tone == "err" else "text" if value else "faint")


class Samples(QTabWidget):
    """Examples of what changes (old → new) and of what is refused (with the reason)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.changed = _sheet("Examples of changes", ("Product", "Field", "Now", "Becomes"), (140, 120, 190))
        self.refused = _sheet("Refused rows", ("Reason", "Rows", "For example"), (300, 80))
        self.tabBar().setFont(font("strong"))
        self.addTab(self.changed, "Changes")
        self.addTab(self.refused, "Refused")

    def show_samples(
        self, changes: Sequence[tuple[str, str, str, str]], reasons: Sequence[tuple[str, int, str]]
    ) -> None:
        """``changes``: (SKU, field, old, new). ``reasons``: (reason, rows, an example)."""
        self.changed.setRowCount(len(changes))
        for row, cells in enumerate(changes):
            for place, text in enumerate(cells):
                self.changed.setItem(row, place, make_cell(text.replace("\n", " ") or "—", text))
        self.refused.setRowCount(len(reasons))
        for row, (reason, rows, example) in enumerate(reasons):
            self.refused.setItem(row, 0, make_cell(reason))
            amount = make_cell(number(rows))
            amount.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.refused.setItem(row, 1, amount)
            self.refused.setItem(row, 2, make_cell(example))
        self.setTabVisible(0, bool(changes))
        self.setTabVisible(1, bool(reasons))
        self.setVisible(bool(changes or reasons))


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


def _sheet(name: str, heads: tuple[str, ...], widths: tuple[int, ...]) -> QTableWidget:
    table = make_table(name)
    table.setColumnCount(len(heads))
    table.setHorizontalHeaderLabels(heads)
    table.verticalHeader().setDefaultSectionSize(34)
    for place, width in enumerate(widths):
        table.horizontalHeader().resizeSection(place, width)
    table.horizontalHeader().setStretchLastSection(True)
    return table
