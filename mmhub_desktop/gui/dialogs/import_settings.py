"""How a file was read, as fields to be corrected: the program it comes from, sheet, characters, delimiter, header."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSpinBox, QVBoxLayout, QWidget

from mmhub_desktop.catalog.dialects import DIALECTS
from mmhub_desktop.catalog.import_draft import Draft
from mmhub_desktop.catalog.plan import NumberStyle
from mmhub_desktop.catalog.reading import DELIMITERS
from mmhub_desktop.catalog.staged import NO_DIALECT, NO_HEADER, ReadAs, StagedFile
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
_FOUND = ("", "As found")
_NUMBERS = (("", "As found"), (NumberStyle.POINT.value, "1,234.50"), (NumberStyle.COMMA.value, "1.234,50"))
_TEXT_ENDINGS = (".csv", ".tsv", ".txt", ".tab")


class HeaderRow(QSpinBox):
    """Which row is the header, from 1; or as found, or none."""

    _AS_FOUND, _NONE = -1, 0  # in this order: what was found is shown as a number, and one step down is none

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(self._AS_FOUND, 10)
        self.setKeyboardTracking(False)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def above(self) -> int | None:
        """Rows above the header, NO_HEADER, or None: as found."""
        value = self.value()
        return {self._AS_FOUND: None, self._NONE: NO_HEADER}.get(value, value - 1)

    def show_above(self, above: int | None) -> None:
        """The other way round."""
        self.setValue(self._AS_FOUND if above is None else self._NONE if above == NO_HEADER else above + 1)

    def textFromValue(self, value: int) -> str:
        """Words for what is no number."""
        return {self._AS_FOUND: "As found", self._NONE: "No header"}.get(value, str(value))

    def valueFromText(self, text: str) -> int:
        """A number as typed; anything else is as found."""
        return int(text) if text.strip().isdecimal() else self._NONE if text == "No header" else self._AS_FOUND


class FileSettings(QWidget):
    """The fields that a file of its kind has, each with its reason below it. ``changed`` for the seller's hand."""

    changed = Signal()
    template_chosen = Signal(str)  # its name, empty for none
    numbers_chosen = Signal(str)  # a NumberStyle for all columns, empty: as each shows

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.template = QComboBox()
        self.program = QComboBox()
        self.sheet = QComboBox()
        self.encoding = QComboBox()
        self.delimiter = QComboBox()
        self.numbers = QComboBox()
        self.header_row = HeaderRow()
        self._blocks: dict[QWidget, QWidget] = {}
        self._reasons: dict[QWidget, ElidedLabel] = {}
        self.program.addItem("No particular program", NO_DIALECT)
        for dialect in DIALECTS:
            self.program.addItem(dialect.label, dialect.name)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        for name, widget, stretch in (
            ("Template", self.template, 3),
            ("Comes from", self.program, 3),
            ("Sheet", self.sheet, 2),
            ("Characters", self.encoding, 3),
            ("Cells are divided by", self.delimiter, 2),
            ("Numbers", self.numbers, 2),
            ("Header in row", self.header_row, 1),
        ):
            row.addWidget(self._block(name, widget), stretch)
        for combo in (self.template, self.program, self.sheet, self.encoding, self.delimiter, self.numbers):
            combo.setMinimumContentsLength(8)
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            if combo not in (self.template, self.numbers):
                combo.activated.connect(lambda _: self.changed.emit())
        for style, words in _NUMBERS:
            self.numbers.addItem(words, style)
        self.numbers.activated.connect(lambda _: self.numbers_chosen.emit(str(self.numbers.currentData())))
        self.template.activated.connect(lambda _: self.template_chosen.emit(str(self.template.currentData())))
        self.header_row.valueChanged.connect(lambda _: self.changed.emit())

    def _block(self, name: str, widget: QWidget) -> QWidget:
        block = QWidget()
        column = QVBoxLayout(block)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        title = Label(name, "label", "muted")
        title.setBuddy(widget)
        widget.setAccessibleName(name)
        reason = ElidedLabel("", "small", "muted")
        for each in (title, widget, reason):
            column.addWidget(each)
        self._blocks[widget], self._reasons[widget] = block, reason
        return block

    def show_draft(self, draft: Draft) -> None:
        """Show what was detected or chosen; a workbook has no characters to choose, a text no sheet.

        Where the file was written anew, what is shown is what the first file is read with.
        """
        reading, file, read_as, found = draft.reading, draft.file, draft.read_as, draft.template
        if reading is None:
            return
        names = [(template.name, template.name) for template in draft.templates]
        _offer(self.template, [("", "No template"), *names], found.template.name if found else "")
        self._blocks[self.template].setVisible(bool(names))
        is_text = all(source.suffix.lower() in _TEXT_ENDINGS for source in file.sources)
        anew = file.is_rewritten
        self._blocks[self.sheet].setVisible(len(file.sheets) > 1)
        for combo in (self.encoding, self.delimiter):
            self._blocks[combo].setVisible(is_text)
        _offer(self.sheet, [(name, name) for name in file.sheets], file.sheet)
        as_found = [_FOUND] if anew else []
        _offer(self.encoding, [*as_found, *ENCODINGS], read_as.encoding if anew else reading.encoding)
        delimiters = [(value, label.capitalize()) for value, label in DELIMITERS.items()]
        _offer(self.delimiter, [*as_found, *delimiters], read_as.delimiter if anew else reading.delimiter)
        numbers = [guess for guess in reading.columns if guess.style is not None]
        said = {draft.answers.get(f"number:{guess.index}", "") for guess in numbers}
        self.numbers.setCurrentIndex(max(self.numbers.findData(said.pop()) if len(said) == 1 else 0, 0))
        self._blocks[self.numbers].setVisible(bool(numbers))
        self.program.setCurrentIndex(max(self.program.findData(reading.dialect), 0))
        self.header_row.blockSignals(True)
        above = read_as.header_row if anew else reading.header_row
        self.header_row.show_above(above)
        self.header_row.blockSignals(False)
        reasons: tuple[tuple[QWidget, str], ...] = (
            (self.template, found.reason if found else ""),
            (self.program, reading.dialect_reason),
            (self.encoding, reading.encoding_reason),
            (self.delimiter, "" if anew else reading.delimiter_reason),
            (self.numbers, next((guess.evidence for guess in numbers if guess.evidence), "")),
            (self.header_row, f"{above} above it skipped" if above and above > 0 else ""),
        )
        for field, reason in reasons:
            self._reasons[field].setText(reason)
            field.setAccessibleDescription(reason)

    def read_as(self, file: StagedFile, before: ReadAs) -> ReadAs:
        """What to read the file with now; what was not touched stays as it was found out."""
        dialect = str(self.program.currentData())
        sheet = str(self.sheet.currentData() or "")
        return ReadAs(
            encoding=str(self.encoding.currentData() or ""),
            delimiter=str(self.delimiter.currentData() or ""),
            header_row=self.header_row.above(),
            sheet=before.sheet if sheet == file.sheet else sheet,
            dialect=before.dialect if dialect == (file.dialect or NO_DIALECT) else dialect,
        )


def _offer(combo: QComboBox, choices: list[tuple[str, str]], value: str) -> None:
    combo.clear()
    for each, label in choices:
        combo.addItem(label, each)
    if value and combo.findData(value) < 0:
        combo.addItem(value, value)
    combo.setCurrentIndex(max(combo.findData(value), 0))
