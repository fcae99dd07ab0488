"""One column of a file beside the list of columns: what it becomes, how its numbers are written, what empty means."""

from collections.abc import Mapping
from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from mmhub_desktop.catalog.columns import BY_NAME, Kind
from mmhub_desktop.catalog.numbers import LENGTH_UNITS, WEIGHT_UNITS
from mmhub_desktop.catalog.plan import ATTRIBUTE, IGNORE, NAMED_ATTRIBUTE, OPTION, ColumnGuess, NumberStyle
from mmhub_desktop.gui.dialogs.import_fields import choices_for
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.card import Card
from mmhub_desktop.gui.widgets.label import ElidedLabel, Label
from mmhub_desktop.gui.widgets.search_choice import SearchChoice

WIDTH = 316
_STYLES = (
    (NumberStyle.EITHER, "Cell by cell"),
    (NumberStyle.POINT, "1,234.50 (decimal point)"),
    (NumberStyle.COMMA, "1.234,50 (decimal comma)"),
)


class Empty(StrEnum):
    """What an empty cell means, as the window offers it; DEFAULT is KEEP with a value in the plan's ``default``."""

    KEEP = "keep"
    CLEAR = "clear"
    DEFAULT = "default"


EMPTY_WORDS: Mapping[Empty, str] = {
    Empty.KEEP: "Keep what the product has",
    Empty.CLEAR: "Clear the field",
    Empty.DEFAULT: "Write a value",
}


def empty_of(index: int, answers: Mapping[str, str]) -> Empty:
    """What the empty cells of a column mean, by what was answered."""
    if answers.get(f"default:{index}"):
        return Empty.DEFAULT
    return Empty(answers.get(f"empty:{index}") or Empty.KEEP)


class ColumnDetail(QScrollArea):
    """The settings of the column that is marked. Each is told as an answer: (key, value), as ``plan_from`` takes it."""

    answered = Signal(str, str)
    removed = Signal(str)  # the field whose value for all rows goes

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedWidth(WIDTH)
        self._index = -1
        self._field = ""  # of a value for all rows
        self._prefix = ""  # of the field of an attribute or option, whose name may be changed
        self._wants_value = -1  # the column whose value for empty cells is about to be typed
        self.title = ElidedLabel("", "section")
        self.subtitle = Label("", "small", "muted")
        self.field = SearchChoice("Becomes")
        self.name = QLineEdit()
        self.reason = _words()
        self.style_choice = QComboBox()
        self.evidence = _words()
        self.unit = QComboBox()
        self.empty = QComboBox()
        self.value = QLineEdit()
        self.remove_button = Button("Remove", "trash-2")
        self.examples = _words()
        self._labels: dict[QWidget, Label] = {}
        card = Card()
        self._lay_out(card)
        self.setWidget(card)
        self._connect()

    def _lay_out(self, card: Card) -> None:
        column = card.body
        column.addWidget(self.title)
        column.addWidget(self.subtitle)
        for name, widget, below in (
            ("Becomes", self.field, self.reason),
            ("Name", self.name, None),
            ("Numbers are written", self.style_choice, self.evidence),
            ("Numbers without a unit are in", self.unit, None),
            ("An empty cell means", self.empty, None),
            ("Value", self.value, None),
            ("Examples", self.examples, None),
        ):
            block = QVBoxLayout()
            block.setSpacing(4)
            title = Label(name, "label", "muted")
            if widget is not self.examples:
                title.setBuddy(widget)
            if not isinstance(widget, SearchChoice):
                widget.setAccessibleName(name)
            self._labels[widget] = title
            block.addWidget(title)
            block.addWidget(widget)
            if below is not None:
                block.addWidget(below)
            column.addLayout(block)
        column.addWidget(self.remove_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        for style, words in _STYLES:
            self.style_choice.addItem(words, style.value)
        for empty, words in EMPTY_WORDS.items():
            self.empty.addItem(words, empty.value)

    def _connect(self) -> None:
        self.field.chosen.connect(lambda name: self.answered.emit(f"column:{self._index}", name))
        self.style_choice.activated.connect(lambda _: self._tell("number", self.style_choice))
        self.unit.activated.connect(lambda _: self._tell("unit", self.unit))
        self.empty.activated.connect(lambda _: self._choose_empty())
        self.name.editingFinished.connect(self._tell_name)
        self.value.textEdited.connect(self._tell_value)
        self.remove_button.clicked.connect(lambda: self.removed.emit(self._field))

    def _tell(self, what: str, combo: QComboBox) -> None:
        self.answered.emit(f"{what}:{self._index}", str(combo.currentData()))

    def _choose_empty(self) -> None:
        chosen = Empty(self.empty.currentData())
        self._wants_value = self._index if chosen is Empty.DEFAULT else -1
        self.answered.emit(f"empty:{self._index}", (Empty.CLEAR if chosen is Empty.CLEAR else Empty.KEEP).value)
        if chosen is not Empty.DEFAULT:
            self.answered.emit(f"default:{self._index}", "")
        self._show(self.value, shown=chosen is Empty.DEFAULT)
        if chosen is Empty.DEFAULT:
            self.value.setFocus()

    def _tell_name(self) -> None:
        name = self.name.text().strip()
        if name and self.name.isModified():
            self.name.setModified(False)
            self.answered.emit(f"column:{self._index}", f"{self._prefix}{name}")

    def _tell_value(self, text: str) -> None:
        if self._field:
            self.answered.emit(f"constant:{self._field}", text or " ")  # an empty one would take its line away
        else:
            self.answered.emit(f"default:{self._index}", text)

    def show_column(self, guess: ColumnGuess, answers: Mapping[str, str]) -> None:
        """Show one column of the file with what was said of it."""
        self._index, self._field = guess.index, ""
        kind = BY_NAME[guess.field].kind if guess.field in BY_NAME else None
        self.title.setText(guess.header or f"Column {guess.index + 1}")
        self.subtitle.setText(f"Column {guess.index + 1} of the file")
        self.field.set_choices(choices_for(guess.header, guess.field))
        self.field.set_value(guess.field)
        self._show_name(guess)
        self.reason.setText(" ".join((guess.reason, *guess.warnings)))
        is_number = kind is not None and kind.is_number
        style = answers.get(f"number:{guess.index}") or (guess.style or NumberStyle.EITHER).value
        _choose(self.style_choice, style)
        self.evidence.setText(guess.evidence)
        self._show(self.style_choice, shown=is_number)
        self.evidence.setVisible(is_number and bool(guess.evidence))
        self._show_unit(kind, answers.get(f"unit:{guess.index}", guess.unit))
        is_used = guess.field != IGNORE
        empty = Empty.DEFAULT if self._wants_value == guess.index else empty_of(guess.index, answers)
        _choose(self.empty, empty.value)
        self._show(self.empty, shown=is_used)
        self._set_value(answers.get(f"default:{guess.index}", ""))
        self._labels[self.value].setText("Value for empty cells")
        self._show(self.value, shown=is_used and empty is Empty.DEFAULT)
        self.examples.setText("\n".join(_short(sample) for sample in guess.samples) or "All cells are empty.")
        self._show(self.field, shown=True)
        self.reason.setVisible(bool(guess.reason))
        self._show(self.examples, shown=True)
        self.remove_button.hide()

    def _show_name(self, guess: ColumnGuess) -> None:
        """Attributes and options have a name of their own, at first that of the column."""
        kinds = {ATTRIBUTE: NAMED_ATTRIBUTE, **{each: each for each in (NAMED_ATTRIBUTE, OPTION)}}
        self._prefix = next((prefix for key, prefix in kinds.items() if guess.field.startswith(key)), "")
        name = guess.field.removeprefix(self._prefix) if guess.field != ATTRIBUTE else guess.header
        if not self.name.hasFocus():
            self.name.setText(name)
        self._show(self.name, shown=bool(self._prefix))

    def _show_unit(self, kind: Kind | None, unit: str) -> None:
        units = WEIGHT_UNITS if kind is Kind.WEIGHT else LENGTH_UNITS if kind is Kind.LENGTH else ()
        self._show(self.unit, shown=bool(units))
        self.unit.clear()
        if units:
            self.unit.addItem("Not known", "")
            for name in ("g", "kg", "lb", "oz") if kind is Kind.WEIGHT else ("mm", "cm", "m", "in"):
                self.unit.addItem(name, name)
            if unit and self.unit.findData(unit) < 0:
                self.unit.addItem(unit, unit)
            _choose(self.unit, unit)

    def show_constant(self, field: str, label: str, value: str) -> None:
        """Show a value that all rows get."""
        self._index, self._field = -1, field
        self.title.setText(label)
        self.subtitle.setText("The file has no such column: all rows get this value.")
        for widget in (self.field, self.name, self.style_choice, self.unit, self.empty, self.examples):
            self._show(widget, shown=False)
        self.reason.hide()
        self.evidence.hide()
        self._labels[self.value].setText("Value for all rows")
        self._set_value(value if value.strip() else "")
        self._show(self.value, shown=True)
        self.remove_button.show()

    def _set_value(self, text: str) -> None:
        if self.value.text() != text:  # else the cursor jumps while it is typed
            self.value.setText(text)

    def _show(self, widget: QWidget, *, shown: bool) -> None:
        self._labels[widget].setVisible(shown)
        widget.setVisible(shown)


def _words() -> Label:
    made = Label("", "small", "muted")
    made.setWordWrap(True)
    return made


def _choose(combo: QComboBox, value: str) -> None:
    combo.setCurrentIndex(max(combo.findData(value), 0))


def _short(sample: str) -> str:
    flat = sample.replace("\n", " ⏎ ")
    return flat if len(flat) <= 120 else f"{flat[:119]}…"
