"""The first step of an import: how the file was read, all of it correctable, with its first rows as they come out."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mmhub_desktop.catalog.plan import FileReading
from mmhub_desktop.catalog.reading import DELIMITERS
from mmhub_desktop.gui.dialogs.import_steps import Step
from mmhub_desktop.gui.theme import font
from mmhub_desktop.gui.widgets.card import Card
from mmhub_desktop.gui.widgets.icon import IconLabel
from mmhub_desktop.gui.widgets.label import ElidedLabel, Label

ENCODINGS: tuple[tuple[str, str], ...] = (
    ("utf-8", "UTF-8"),
    ("utf-8-sig", "UTF-8 with BOM"),
    ("utf-16", "UTF-16"),
    ("utf-16-le", "UTF-16, low byte first"),
    ("utf-16-be", "UTF-16, high byte first"),
    ("cp1252", "Windows-1252 (Western Europe)"),
    ("cp1250", "Windows-1250 (Central Europe)"),
    ("iso8859-1", "Latin-1"),
    ("iso8859-2", "Latin-2"),
)
_SAMPLE_COLUMNS = 60  # of the first rows; a file of more columns shows the rest in the next step
_NARROWEST, _WIDEST = 76, 260  # pixels of a column there
_CELL = 160  # characters of a cell in the first rows


class ReadStep(Step):
    """Settings with their reasons, what was done to read the file, and its first rows.

    ``changed`` is emitted for the seller's hand; ``asked`` then tells what to read it with.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.settings = FileSettings()
        self.notes = Notes()
        self.rows = make_table("First rows of the file")
        self._cut = Label("", "small", "muted")
        self.settings.changed.connect(self.changed)
        sheet = Card()
        sheet.body.setContentsMargins(1, 1, 1, 1)
        sheet.body.addWidget(self.rows)
        self._column.addWidget(self.settings)
        self._column.addWidget(self.notes)
        self._column.addWidget(Label("First rows, as they are read", "label", "muted"))
        self._column.addWidget(sheet, 1)
        self._column.addWidget(self._cut)

    def show_reading(self, reading: FileReading) -> None:
        """Draw what was detected and the first rows."""
        self.settings.show_reading(reading)
        notes = list(reading.notes)
        if reading.undecodable:
            notes.append("Some characters do not fit: rows that hold them are refused. Try other characters above.")
        self.notes.show_notes(notes)
        width = min(len(reading.header), _SAMPLE_COLUMNS)
        table = self.rows
        table.clear()
        table.setColumnCount(width)
        table.setHorizontalHeaderLabels(list(reading.header[:width]))
        table.setRowCount(len(reading.sample))
        for row, cells in enumerate(reading.sample):
            for place, cell in enumerate(cells[:width]):
                table.setItem(row, place, make_cell(cell))
        table.resizeColumnsToContents()
        head = table.horizontalHeader()
        for place in range(width):
            head.resizeSection(place, max(_NARROWEST, min(head.sectionSize(place) + 12, _WIDEST)))
        more = len(reading.header) - width
        self._cut.setText(f"{more} more columns are not shown here; they are in the next step.")
        self._cut.setVisible(more > 0)


class FileSettings(QWidget):
    """Characters, delimiter and header row as detected, to be corrected."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.encoding = QComboBox()
        self.delimiter = QComboBox()
        self.header_row = QSpinBox()
        for value, label in ENCODINGS:
            self.encoding.addItem(label, value)
        for value, label in DELIMITERS.items():
            self.delimiter.addItem(label.capitalize(), value)
        self.header_row.setRange(1, 10)
        self.header_row.setKeyboardTracking(False)
        self.header_row.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._reasons: dict[QWidget, ElidedLabel] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        for place, (name, widget, stretch) in enumerate(
            (
                ("Characters", self.encoding, 3),
                ("Cells are divided by", self.delimiter, 3),
                ("Header in row", self.header_row, 1),
            )
        ):
            title = Label(name, "label", "muted")
            title.setBuddy(widget)
            widget.setAccessibleName(name)
            reason = ElidedLabel("", "small", "muted")
            self._reasons[widget] = reason
            grid.addWidget(title, 0, place)
            grid.addWidget(widget, 1, place)
            grid.addWidget(reason, 2, place)
            grid.setColumnStretch(place, stretch)
        self.encoding.activated.connect(lambda _: self.changed.emit())
        self.delimiter.activated.connect(lambda _: self.changed.emit())
        self.header_row.valueChanged.connect(lambda _: self.changed.emit())

    def show_reading(self, reading: FileReading) -> None:
        """Show what was detected, with the reasons."""
        for combo, value, reason in (
            (self.encoding, reading.encoding, reading.encoding_reason),
            (self.delimiter, reading.delimiter, reading.delimiter_reason),
        ):
            if combo.findData(value) < 0:
                combo.addItem(value, value)
            combo.setCurrentIndex(combo.findData(value))
            combo.setAccessibleDescription(reason)
            self._reasons[combo].setText(reason)
        self.header_row.blockSignals(True)
        self.header_row.setValue(reading.header_row + 1)
        self.header_row.blockSignals(False)
        above = reading.header_row
        self._reasons[self.header_row].setText(f"{above} above it skipped" if above else "")

    def asked(self) -> dict[str, Any]:
        """The settings as arguments of ``catalog.reading.inspect``."""
        return {
            "encoding": self.encoding.currentData(),
            "delimiter": self.delimiter.currentData(),
            "header_row": self.header_row.value() - 1,
        }


class Notes(QFrame):
    """What was done to read the file, a line each; hidden when there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "banner")
        self.setProperty("tone", "info")
        self._lines = QVBoxLayout()
        self._lines.setSpacing(2)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(10)
        row.addWidget(IconLabel("info", "info", 18), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(self._lines, 1)
        self.hide()

    @property
    def text(self) -> str:
        """The lines shown."""
        return "" if self.isHidden() else self.accessibleName()

    def show_notes(self, notes: Sequence[str]) -> None:
        """Show these lines."""
        while (item := self._lines.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for note in notes:
            line = Label(note, "body")
            line.setWordWrap(True)
            self._lines.addWidget(line)
        self.setAccessibleName("\n".join(notes))
        self.setVisible(bool(notes))


def make_table(name: str) -> QTableWidget:
    """A quiet table without grid, for reading."""
    table = QTableWidget()
    table.setAccessibleName(name)
    table.setFrameShape(QFrame.Shape.NoFrame)
    table.setShowGrid(False)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setTabKeyNavigation(False)
    table.setStyleSheet("QTableView::item { padding: 0 9px; }")
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(30)
    head = table.horizontalHeader()
    head.setFont(font("label"))
    head.setHighlightSections(False)
    head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    return table


def make_cell(text: str) -> QTableWidgetItem:
    """A cell in one line; its tip holds the whole text."""
    flat = text.replace("\n", " ⏎ ")
    item = QTableWidgetItem(flat if len(flat) <= _CELL else f"{flat[:_CELL]}…")
    item.setToolTip(text[:2_000])
    return item
