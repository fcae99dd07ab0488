"""The second step of an import: what each column becomes, and what only the seller can answer."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLineEdit, QTableView, QVBoxLayout

from mmhub_desktop.catalog.columns import ORIGIN
from mmhub_desktop.catalog.import_draft import Draft
from mmhub_desktop.catalog.plan import IGNORE, ColumnGuess, FileReading
from mmhub_desktop.catalog.templates import header_key
from mmhub_desktop.gui.dialogs.import_column_detail import ColumnDetail, Empty, empty_of
from mmhub_desktop.gui.dialogs.import_fields import constant_choices, field_label
from mmhub_desktop.gui.dialogs.import_questions import Questions
from mmhub_desktop.gui.dialogs.import_steps import Step
from mmhub_desktop.gui.tables.import_columns import (
    ALL_ROWS,
    ATTRIBUTES,
    CHECK,
    COLUMNS,
    LEFT_OUT,
    ROW_HEIGHT,
    ColumnLine,
    ColumnsDelegate,
    ColumnsModel,
    how_sure,
)
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.plain_table import prepare_table
from mmhub_desktop.gui.widgets.search_choice import ChoicePopup
from mmhub_desktop.gui.words import Wording

_KINDS: tuple[tuple[str, Wording | None], ...] = (
    ("All", None),
    ("Please check", CHECK),
    ("Attributes", ATTRIBUTES),
    ("Left out", LEFT_OUT),
)
_CONSTANT = "constant:"


class ColumnsStep(Step):
    """Questions, the list of columns, and the marked one in full. ``answered(key, value)`` for all that is changed."""

    answered = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.questions = Questions()
        self.model = ColumnsModel(self)
        self.view = QTableView()
        self.search = QLineEdit()
        self.kinds: dict[str, Button] = {}
        self.add_button = Button("Value for all rows…", "plus", "quiet")
        self.detail = ColumnDetail()
        self.popup: ChoicePopup | None = None
        self._only: Wording | None = None
        self._reading: FileReading | None = None
        self._answers: Mapping[str, str] = {}
        self._lay_out()
        self.questions.answered.connect(self.answered)
        self.detail.answered.connect(self.answered)
        self.detail.removed.connect(lambda field: self.answered.emit(f"{_CONSTANT}{field}", ""))
        self.search.textChanged.connect(lambda _: self._filter())
        self.add_button.clicked.connect(self._offer_constants)
        self.view.selectionModel().currentRowChanged.connect(lambda *_: self._show_detail())
        self.view.doubleClicked.connect(lambda _: self.edit())
        for key in ("F2", "Space"):
            shortcut = QShortcut(QKeySequence(key), self.view, self.edit)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)  # Space is needed elsewhere

    def _lay_out(self) -> None:
        view = self.view
        view.setModel(self.model)
        view.setItemDelegate(ColumnsDelegate(view))
        view.setAccessibleName("Columns of the file")
        view.setProperty("framed", "true")
        prepare_table(view, ROW_HEIGHT, [column.width for column in COLUMNS])
        view.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.search.setPlaceholderText("Find a column")
        self.search.setAccessibleName("Find a column")
        self.search.setClearButtonEnabled(True)
        bar = QHBoxLayout()
        bar.setSpacing(4)
        group = QButtonGroup(self)
        for name, kind in _KINDS:
            button = Button(name, kind="quiet")
            button.setCheckable(True)
            button.setChecked(kind is None)
            button.clicked.connect(lambda _=False, only=kind: self._show_only(only))
            group.addButton(button)
            self.kinds[name] = button
            bar.addWidget(button)
        bar.addSpacing(8)
        bar.addWidget(self.search, 1)
        bar.addWidget(self.add_button)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addLayout(bar)
        left.addWidget(view, 1)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addLayout(left, 1)
        row.addWidget(self.detail)
        self._column.addWidget(self.questions)
        self._column.addLayout(row, 1)

    def show_draft(self, draft: Draft) -> None:
        """Draw the columns with what was said of them; the row that is marked stays so."""
        reading = draft.reading
        if reading is None:
            return
        is_other = self._reading is None or reading.header != self._reading.header
        self._reading, self._answers = reading, dict(draft.answers)
        self.questions.show_questions(reading.questions, draft.answers)
        lines = [
            *_constant_lines(draft.answers),
            *(_line(guess, draft) for guess in reading.columns if guess.header != ORIGIN),
        ]
        self.model.set_lines(lines)
        for name, kind in _KINDS:
            amount = sum(kind is None or line.sure == kind for line in lines)
            self.kinds[name].setText(f"{name} ({amount})")
            self.kinds[name].setVisible(kind is None or bool(amount) or kind == self._only)
        if is_other:
            self.search.clear()
            self._show_only(None)
            self.kinds["All"].setChecked(True)
        if is_other or not self.view.currentIndex().isValid():
            self.view.setCurrentIndex(self.model.index(0, 0))
        self._show_detail()

    def current(self) -> ColumnLine | None:
        """The line that is marked."""
        line: ColumnLine | None = self.view.currentIndex().data(ColumnsModel.LINE)
        return line

    def edit(self) -> None:
        """Choose what the marked column becomes, or the value of a line for all rows."""
        line = self.current()
        if line is not None and line.place < 0:
            self.detail.value.setFocus()
        elif line is not None:
            self.detail.field.open()

    def _show_only(self, kind: Wording | None) -> None:
        self._only = kind
        self._filter()

    def _filter(self) -> None:
        self.model.filter(self._only, self.search.text())
        if not self.view.currentIndex().isValid():
            self.view.setCurrentIndex(self.model.index(0, 0))

    def _show_detail(self) -> None:
        line = self.current()
        self.detail.setVisible(line is not None)
        if line is None or self._reading is None:
            return
        if line.place < 0:
            self.detail.show_constant(line.field, line.label, self._answers.get(f"{_CONSTANT}{line.field}", ""))
        elif line.place < len(self._reading.columns):
            self.detail.show_column(self._reading.columns[line.place], self._answers)

    def _offer_constants(self) -> None:
        if self._reading is None:
            return
        taken = frozenset(line.field for line in self.model.lines)
        self.popup = ChoicePopup("Value for all rows", constant_choices(taken), "", self.window())
        self.popup.chosen.connect(self._add_constant)
        self.popup.show_below(self.add_button)

    def _add_constant(self, field: str) -> None:
        self.answered.emit(f"{_CONSTANT}{field}", " ")  # a blank is no value yet, but has its line
        row = next((row for row, line in enumerate(self.model.lines) if line.place < 0 and line.field == field), 0)
        self.view.setCurrentIndex(self.model.index(row, 0))
        self.detail.value.setFocus()


def _constant_lines(answers: Mapping[str, str]) -> list[ColumnLine]:
    fields = {key.removeprefix(_CONSTANT): value for key, value in answers.items() if key.startswith(_CONSTANT)}
    return [
        ColumnLine(-1, "Not in the file", value.strip() or "Say which value", field, field_label(field), ALL_ROWS, "")
        for field, value in fields.items()
        if value
    ]


def _line(guess: ColumnGuess, draft: Draft) -> ColumnLine:
    answers, key = draft.answers, f"column:{guess.index}"
    examples = "  ·  ".join(sample.replace("\n", " ") for sample in guess.samples[:3])
    by_template = key in answers and draft.by_template.get(key) == answers[key]
    sure = how_sure(guess.field, guess.confidence, by_hand=key in answers, by_template=by_template)
    came = draft.template.came if draft.template is not None else ()
    is_new = key not in answers and header_key(guess.header) in map(header_key, came)
    if (guess.warnings and sure is not LEFT_OUT) or is_new:
        sure = CHECK
    typed = f"“{answers.get(f'default:{guess.index}', '')}”"
    empty = {Empty.KEEP: "Keep", Empty.CLEAR: "Clear", Empty.DEFAULT: typed}[empty_of(guess.index, answers)]
    return ColumnLine(
        guess.index,
        guess.header or f"Column {guess.index + 1}",
        examples or "All cells are empty",
        guess.field,
        field_label(guess.field),
        sure,
        "" if guess.field == IGNORE else empty,
    )
