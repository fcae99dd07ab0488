"""The first step of an import: how the file was read, all of it correctable, with its first rows as they come out."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mmhub_desktop.catalog.columns import ORIGIN
from mmhub_desktop.catalog.import_draft import Draft
from mmhub_desktop.catalog.templates import FoundTemplate
from mmhub_desktop.gui.dialogs.import_settings import FileSettings
from mmhub_desktop.gui.dialogs.import_steps import Step
from mmhub_desktop.gui.theme import font
from mmhub_desktop.gui.widgets.card import Card
from mmhub_desktop.gui.widgets.icon import IconLabel
from mmhub_desktop.gui.widgets.label import Label

_TITLES = 5  # columns named in a sentence
_SAMPLE_COLUMNS = 40  # of the first rows; a file of more columns shows the rest in the next step
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

    def show_draft(self, draft: Draft) -> None:
        """Draw what was detected, what of it the seller has corrected, and the first rows."""
        self.settings.show_draft(draft)
        reading, found = draft.reading, draft.template
        if reading is None:
            return
        notes = list(reading.notes)
        if found is not None:
            notes.insert(0, _template_words(found))
        if reading.undecodable and not (draft.read_as.encoding or draft.file.is_rewritten):
            notes.append("Some characters do not fit: rows that hold them are refused. Try other characters above.")
        self.notes.show_notes(notes)
        header = [title for title in reading.header if title != ORIGIN]  # it stands last
        width = min(len(header), _SAMPLE_COLUMNS)
        table = self.rows
        table.clear()
        table.setColumnCount(width)
        table.setHorizontalHeaderLabels(header[:width])
        table.setRowCount(len(reading.sample))
        for row, cells in enumerate(reading.sample):
            for place, cell in enumerate(cells[:width]):
                table.setItem(row, place, make_cell(cell))
        table.resizeColumnsToContents()
        head = table.horizontalHeader()
        for place in range(width):
            head.resizeSection(place, max(_NARROWEST, min(head.sectionSize(place) + 12, _WIDEST)))
        more = len(header) - width
        self._cut.setText(f"{more} more columns are not shown here; they are in the next step.")
        self._cut.setVisible(more > 0)


def _template_words(found: FoundTemplate) -> str:
    """Which template a file is read as, and what is different in its header."""
    last = f"Read as “{found.template.name}”, as last time"
    if found.is_exact:
        return f"{last}."
    parts = [f"“{old}” is now “{new}”" for old, new in found.renamed]
    parts += [f"{words} {_listed(titles)}" for words, titles in (("new:", found.came), ("gone:", found.went)) if titles]
    return f"{last}, but the header has changed; {'; '.join(parts)}."


def _listed(titles: Sequence[str]) -> str:
    more = f" and {len(titles) - _TITLES} more" if len(titles) > _TITLES else ""
    return ", ".join(f"“{title}”" for title in titles[:_TITLES]) + more


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
