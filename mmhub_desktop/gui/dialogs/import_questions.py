"""What a file leaves open, asked in place with the rows that show it; each must be answered before going on."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from mmhub_desktop.catalog.plan import Question, open_questions
from mmhub_desktop.gui.widgets.card import Card
from mmhub_desktop.gui.widgets.icon import IconLabel
from mmhub_desktop.gui.widgets.label import ElidedLabel, Label

MOST_RADIOS = 4  # more choices than this become a list
SHORT_LABEL = 12  # characters up to which choices stand side by side
_ROWS_SHOWN = 3
_CELLS_SHOWN = 3
_CELL = 40  # characters of a cell of such a row
_HIGHEST = 236  # pixels that the questions take at most; they scroll beyond


class Questions(QScrollArea):
    """One card for each question."""

    answered = Signal(str, str)  # question key, answer

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._shown: tuple[Question, ...] = ()
        self._icons: dict[str, IconLabel] = {}
        self.choices: dict[str, list[QRadioButton]] = {}
        self.lines: dict[str, QLineEdit] = {}
        self.lists: dict[str, QComboBox] = {}
        self.setVisible(False)

    def show_questions(self, questions: tuple[Question, ...], answers: Mapping[str, str]) -> None:
        """Draw the questions; answers given before are kept, and what is drawn already stays (with the keyboard)."""
        self.setVisible(bool(questions))
        if questions == self._shown:
            self._show_answers(answers)
            return
        self._shown = questions
        self.choices, self.lines, self.lists, self._icons = {}, {}, {}, {}
        content = QWidget()
        content.setProperty("clear", "true")
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for question in questions:
            column.addWidget(self._draw(question, answers.get(question.key, "")))
        column.addStretch(1)
        self.setWidget(content)
        self._show_answers(answers)
        self.setFixedHeight(min(content.sizeHint().height() + 2, _HIGHEST))

    def focus_first(self) -> None:
        """Go to the first question, so that it can be answered by keyboard at once."""
        for question in self._shown:
            found = (
                self.lines.get(question.key)
                or self.lists.get(question.key)
                or next(iter(self.choices.get(question.key, ())), None)
            )
            if found is not None:
                found.setFocus()
                return

    def _show_answers(self, answers: Mapping[str, str]) -> None:
        """How numbers are written can be said in two places: keep them the same; tick off what is answered."""
        for question in self._shown:
            is_answered = not open_questions((question,), answers)
            self._icons[question.key].set_icon(*(("circle-check", "ok") if is_answered else ("circle-help", "warn")))
        for key, buttons in self.choices.items():
            for button in buttons:
                if button.property("answer") == answers.get(key):
                    button.setChecked(True)
        for key, combo in self.lists.items():
            combo.setCurrentIndex(max(combo.findData(answers.get(key, "")), 0))

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
        for row in question.rows[:_ROWS_SHOWN]:
            words.addWidget(ElidedLabel(_row_words(row, question.column), "small", "muted"))
        words.addStretch(1)
        line = QHBoxLayout()
        line.setSpacing(10)
        icon = self._icons[question.key] = IconLabel("circle-help", "warn", 18)
        line.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(words, 1)
        if not question.choices:
            line.addWidget(self._line(question, answer))
        elif len(question.choices) > MOST_RADIOS:
            line.addWidget(self._list(question, answer))
        else:
            line.addLayout(self._radios(card, question, answer))
        card.body.addLayout(line)
        return card

    def _line(self, question: Question, answer: str) -> QLineEdit:
        line = QLineEdit(answer)
        if question.key == "currency":
            line.setPlaceholderText("For example EUR, CLP, USD")
            line.setMaxLength(3)
        line.setFixedWidth(220)
        line.setAccessibleName(question.text)
        line.textEdited.connect(lambda text: self.answered.emit(question.key, text))
        self.lines[question.key] = line
        return line

    def _list(self, question: Question, answer: str) -> QComboBox:
        combo = QComboBox()
        combo.setMinimumWidth(220)
        combo.setMaximumWidth(320)
        combo.addItem("Choose…", "")
        for value, label in question.choices:
            combo.addItem(label, value)
        combo.setCurrentIndex(max(combo.findData(answer), 0))
        combo.setAccessibleName(question.text)
        combo.activated.connect(lambda _: self.answered.emit(question.key, str(combo.currentData())))
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
            button.setAccessibleName(f"{question.text} {label}")
            button.toggled.connect(lambda on, value=value: self.answered.emit(question.key, value) if on else None)
            group.addButton(button)
            place.addWidget(button)
            buttons.append(button)
        self.choices[question.key] = buttons
        return place


def _row_words(row: tuple[str, ...], column: int | None) -> str:
    """A row in short: the cell that the question is about, then what tells the row from others."""
    asked = [] if column is None else [row[column]]
    others = [cell.replace("\n", " ") for place, cell in enumerate(row) if cell and place != column]
    return "   ·   ".join(cell[:_CELL] for cell in (*asked, *others[:_CELLS_SHOWN]))
