"""The first step of an import: how the file was read, what its columns are, and what only the seller can answer."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QRadioButton,
    QScrollArea,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from mmhub_desktop.catalog.columns import BY_NAME, field_choices
from mmhub_desktop.catalog.plan import ColumnGuess, FileReading, NumberStyle, Question
from mmhub_desktop.catalog.reading import DELIMITERS
from mmhub_desktop.gui.theme import font
from mmhub_desktop.gui.widgets.card import Card
from mmhub_desktop.gui.widgets.icon import IconLabel
from mmhub_desktop.gui.widgets.label import Label

ENCODINGS: tuple[tuple[str, str], ...] = (
    ("utf-8", "UTF-8"),
    ("utf-8-sig", "UTF-8 with BOM"),
    ("utf-16", "UTF-16"),
    ("utf-16-le", "UTF-16, low byte first"),
    ("utf-16-be", "UTF-16, high byte first"),
    ("cp1252", "Windows-1252 (Western Europe)"),
)
_STYLES = ((NumberStyle.POINT, "1,234.50"), (NumberStyle.COMMA, "1.234,50"))
_HEADS = ("In the file", "Examples", "Becomes", "Numbers", "Why")
_COLUMN_ROW = 44
MOST_RADIOS = 4  # more choices than this become a list
SHORT_LABEL = 12  # characters up to which choices stand side by side
_SURE = 0.9  # confidence from which a guess is not marked


class FileSettings(QWidget):
    """Encoding, delimiter and header row as detected, to be corrected. ``changed`` is emitted for the seller's hand."""

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
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        for name, widget in (
            ("Characters", self.encoding), ("Cells are divided by", self.delimiter), ("Header in row", self.header_row),
        ):  # fmt: skip
            column = QVBoxLayout()
            column.setSpacing(4)
            title = Label(name, "label", "muted")
            title.setBuddy(widget)
            widget.setAccessibleName(name)
            column.addWidget(title)
            column.addWidget(widget)
            row.addLayout(column, 0 if widget is self.header_row else 1)
        self.encoding.activated.connect(lambda _: self.changed.emit())
        self.delimiter.activated.connect(lambda _: self.changed.emit())
        self.header_row.valueChanged.connect(lambda _: self.changed.emit())

    def show_reading(self, reading: FileReading) -> None:
        """Show what was detected, with the reason as a tip."""
        for combo, value, reason in (
            (self.encoding, reading.encoding, reading.encoding_reason),
            (self.delimiter, reading.delimiter, reading.delimiter_reason),
        ):
            if combo.findData(value) < 0:
                combo.addItem(value, value)
            combo.setCurrentIndex(combo.findData(value))
            combo.setToolTip(reason)
            combo.setAccessibleDescription(reason)
        self.header_row.blockSignals(True)
        self.header_row.setValue(reading.header_row + 1)
        self.header_row.blockSignals(False)

    def asked(self) -> dict[str, Any]:
        """The settings as arguments of ``catalog.reading.inspect``."""
        return {
            "encoding": self.encoding.currentData(),
            "delimiter": self.delimiter.currentData(),
            "header_row": self.header_row.value() - 1,
        }


class ColumnChoices(QTabWidget):
    """A table of the columns, each with what it becomes, and the first rows of the file beside it.

    ``chosen(index, field)`` when the seller takes a column for something else.
    """

    chosen = Signal(int, str)
    style_chosen = Signal(int, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.columns = make_table("Columns of the file")
        self.columns.setColumnCount(len(_HEADS))
        self.columns.setHorizontalHeaderLabels(_HEADS)
        self.columns.verticalHeader().setDefaultSectionSize(_COLUMN_ROW)
        head = self.columns.horizontalHeader()
        for place, width in enumerate((140, 180, 190, 150)):
            head.resizeSection(place, width)
        head.setStretchLastSection(True)
        self.rows = make_table("First rows of the file")
        self.rows.verticalHeader().setDefaultSectionSize(32)
        self.addTab(self.columns, "Columns")
        self.addTab(self.rows, "First rows")
        self.tabBar().setFont(font("strong"))
        self.fields: list[QComboBox] = []
        self.styles: dict[int, QComboBox] = {}  # by column index

    def show_reading(self, reading: FileReading) -> None:
        """Draw both tables."""
        self.fields, self.styles = [], {}
        self.columns.setRowCount(0)
        self.columns.setRowCount(len(reading.columns))
        for row, guess in enumerate(reading.columns):
            self._draw_column(row, guess)
        self.rows.clear()
        self.rows.setColumnCount(len(reading.header))
        self.rows.setHorizontalHeaderLabels(list(reading.header))
        self.rows.setRowCount(len(reading.sample))
        for row, cells in enumerate(reading.sample):
            for place, cell in enumerate(cells[: len(reading.header)]):
                self.rows.setItem(row, place, make_cell(cell.replace("\n", " ⏎ "), cell))

    def _draw_column(self, row: int, guess: ColumnGuess) -> None:
        samples = "  ·  ".join(sample for sample in guess.samples[:3])
        name = make_cell(guess.header or f"column {guess.index + 1}")
        name.setFont(font("strong"))
        self.columns.setItem(row, 0, name)
        self.columns.setItem(row, 1, make_cell(samples.replace("\n", " "), "\n".join(guess.samples)))
        combo = QComboBox()
        for field, label in field_choices():
            combo.addItem(label, field)
        combo.setCurrentIndex(combo.findData(guess.field))
        combo.setAccessibleName(f"{guess.header or 'this column'} becomes")
        combo.activated.connect(
            lambda _, index=guess.index, chosen=combo: self.chosen.emit(index, str(chosen.currentData()))
        )
        self.fields.append(combo)
        self.columns.setCellWidget(row, 2, _framed(combo))
        kind = BY_NAME[guess.field].kind if guess.field in BY_NAME else None
        if kind is not None and kind.is_number:
            self.columns.setCellWidget(row, 3, _framed(self._style_combo(guess)))
        reason = " ".join(part for part in (guess.reason, guess.evidence) if part)
        why = reason if guess.confidence >= _SURE else f"Please check. {reason}"
        self.columns.setItem(row, 4, make_cell(why, f"{reason}\nSure: {guess.confidence:.0%}"))

    def _style_combo(self, guess: ColumnGuess) -> QComboBox:
        combo = QComboBox()
        for style, label in _STYLES:
            combo.addItem(label, style.value)
        if guess.style is NumberStyle.EITHER or guess.style is None:
            combo.insertItem(0, "Either", NumberStyle.EITHER.value)
        combo.setCurrentIndex(max(combo.findData((guess.style or NumberStyle.EITHER).value), 0))
        combo.setAccessibleName(f"How the numbers of {guess.header} are written")
        self.styles[guess.index] = combo
        combo.activated.connect(
            lambda _, index=guess.index, chosen=combo: self.style_chosen.emit(index, str(chosen.currentData()))
        )
        return combo


class Questions(QScrollArea):
    """What the file leaves open: each must be answered before anything is imported."""

    answered = Signal(str, str)  # question key, answer

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._keys: tuple[str, ...] = ()
        self.choices: dict[str, list[QRadioButton]] = {}
        self.lines: dict[str, QLineEdit] = {}
        self.lists: dict[str, QComboBox] = {}

    def show_questions(self, questions: tuple[Question, ...], answers: Mapping[str, str]) -> None:
        """Draw the questions; answers given before are kept."""
        keys = tuple(question.key for question in questions)
        self.setVisible(bool(questions))
        if keys == self._keys:
            return
        self._keys = keys
        self.choices, self.lines, self.lists = {}, {}, {}
        content = QWidget()
        content.setProperty("clear", "true")
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for question in questions:
            column.addWidget(self._draw(question, answers.get(question.key, "")))
        self.setWidget(content)
        self.setMaximumHeight(min(content.sizeHint().height() + 2, 236))

    def _draw(self, question: Question, answer: str) -> Card:
        card = Card()
        card.body.setSpacing(6)
        words = QVBoxLayout()
        words.setSpacing(1)
        text = Label(question.text, "strong")
        text.setWordWrap(True)
        words.addWidget(text)
        if question.evidence:
            evidence = Label(question.evidence, "small", "muted")
            evidence.setWordWrap(True)
            words.addWidget(evidence)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(IconLabel("circle-help", "warn", 18), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        if not question.choices:
            row.addWidget(self._line(question, answer))
        elif len(question.choices) > MOST_RADIOS:
            row.addWidget(self._list(question, answer))
        else:
            row.addLayout(self._radios(card, question, answer))
        card.body.addLayout(row)
        return card

    def _line(self, question: Question, answer: str) -> QLineEdit:
        line = QLineEdit(answer)
        line.setPlaceholderText("For example EUR, CLP, USD")
        line.setFixedWidth(220)
        line.setAccessibleName(question.text)
        line.textChanged.connect(lambda text: self.answered.emit(question.key, text))
        self.lines[question.key] = line
        return line

    def _list(self, question: Question, answer: str) -> QComboBox:
        combo = QComboBox()
        combo.setMinimumWidth(220)
        combo.addItem("Choose…", "")
        for value, label in question.choices:
            combo.addItem(label, value)
        combo.setCurrentIndex(max(combo.findData(answer), 0))
        combo.setAccessibleName(question.text)
        combo.currentIndexChanged.connect(lambda _: self.answered.emit(question.key, str(combo.currentData())))
        self.lists[question.key] = combo
        return combo

    def _radios(self, card: Card, question: Question, answer: str) -> QVBoxLayout | QHBoxLayout:
        """The choices: side by side when they are short."""
        is_short = all(len(label) <= SHORT_LABEL for _, label in question.choices)
        place = QHBoxLayout() if is_short else QVBoxLayout()
        place.setSpacing(16 if is_short else 4)
        group = QButtonGroup(card)
        buttons = []
        for value, label in question.choices:
            button = QRadioButton(label)
            button.setChecked(value == answer)
            button.setProperty("answer", value)
            button.toggled.connect(lambda on, value=value: self.answered.emit(question.key, value) if on else None)
            group.addButton(button)
            place.addWidget(button)
            buttons.append(button)
        self.choices[question.key] = buttons
        return place


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
    head = table.horizontalHeader()
    head.setFont(font("label"))
    head.setHighlightSections(False)
    head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    return table


def make_cell(text: str, tip: str = "") -> QTableWidgetItem:
    """A cell whose whole text is also its tip."""
    item = QTableWidgetItem(text)
    item.setToolTip(tip or text)
    return item


def _framed(widget: QWidget) -> QWidget:
    """A control with room around it, in a table's cell."""
    frame = QWidget()
    row = QHBoxLayout(frame)
    row.setContentsMargins(4, 4, 8, 4)
    row.addWidget(widget)
    frame.setFocusProxy(widget)
    return frame
