"""One field of a listing's form: name, editor as its kind wants it, where the value comes from, what is wrong."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from mmhub_desktop.actions.listing_sheet import FieldKind, SheetField
from mmhub_desktop.gui.widgets.icon import IconLabel
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.widgets.quiet_wheel import let_wheel_scroll

NAME_WIDTH = 190


class AttributeField(QWidget):
    """Edits one ``SheetField``; ``text`` is what stands there now, ``edited`` tells of each change."""

    edited = Signal()

    def __init__(self, field: SheetField, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self._unit: QComboBox | None = None
        self._line = QHBoxLayout()
        self.editor = self._make_editor()
        self.editor.setAccessibleName(field.label)
        said = [found.message for found in field.findings] or [field.source]
        self.editor.setAccessibleDescription(" ".join(said))
        self.name = Label(field.label, "strong" if field.findings else "body")
        self.name.setWordWrap(True)
        self.name.setFixedWidth(NAME_WIDTH)
        self.name.setContentsMargins(0, 8, 0, 0)  # level with the words in the editor
        self.name.setBuddy(self.editor)
        self.name.setToolTip(field.key.removeprefix("attributes."))
        self._lay_out()

    def _lay_out(self) -> None:
        right = QVBoxLayout()
        right.setSpacing(3)
        line = self._line
        line.setSpacing(6)
        line.addWidget(self.editor, 1)
        if self._unit is not None:
            line.addWidget(self._unit)
        right.addLayout(line)
        if self.field.source:
            source = Label(self.field.source, "small", "accent" if self.field.is_own else "muted")
            source.setWordWrap(True)
            right.addWidget(source)
        for found in self.field.findings:
            right.addWidget(finding_line(f"{found.message} {found.fix}".strip(), blocks=found.blocks))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.name, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(right, 1)

    @property
    def text(self) -> str:
        """The value as it stands there."""
        if isinstance(self.editor, QPlainTextEdit):
            return self.editor.toPlainText()
        if isinstance(self.editor, QComboBox):
            found = self.editor.findText(self.editor.currentText(), Qt.MatchFlag.MatchExactly)
            return str(self.editor.itemData(found)) if found >= 0 else self.editor.currentText()
        words = self.editor.text().strip()
        return f"{words} {self._unit.currentText()}" if words and self._unit is not None else words

    @property
    def is_changed(self) -> bool:
        """Whether something else was entered than stood there."""
        return self.text.strip() != self.field.value.strip()

    def set_text(self, text: str) -> None:
        """Enter a value, as the seller would."""
        if isinstance(self.editor, QPlainTextEdit):
            self.editor.setPlainText(text)
        elif isinstance(self.editor, QComboBox):
            at = self.editor.findData(text)
            if at >= 0:
                self.editor.setCurrentIndex(at)
            else:
                self.editor.setCurrentText(text)
        elif self._unit is not None:
            number, _, unit = text.rpartition(" ")
            known = self._unit.findText(unit) >= 0
            self.editor.setText(number if known else text)
            if known:
                self._unit.setCurrentText(unit)
        else:
            self.editor.setText(text)

    def offer(self, choices: Sequence[tuple[str, str]]) -> None:
        """Further values (value, words) to choose from, at the head of the list, which is opened."""
        choice = self.editor
        if isinstance(choice, QComboBox):
            text = choice.currentText()
            for place, (value, words) in enumerate(one for one in choices if choice.findData(one[0]) < 0):
                choice.insertItem(place + 1, words, value)
            choice.setCurrentText(text)
            choice.setFocus()
            choice.showPopup()

    def add_button(self, button: QWidget) -> None:
        """Put a button beside the editor."""
        self._line.addWidget(button)

    def _make_editor(self) -> QPlainTextEdit | QComboBox | QLineEdit:
        field = self.field
        if field.kind is FieldKind.TEXT:
            text = QPlainTextEdit(field.value)
            text.setFixedHeight(112)
            text.setTabChangesFocus(True)
            text.textChanged.connect(self.edited)
            return text
        if field.kind in (FieldKind.CHOICE, FieldKind.SUGGESTED):
            return self._make_choice()
        line = QLineEdit(field.value)
        if field.max_length:
            line.setPlaceholderText(f"At most {field.max_length} characters")
        line.textChanged.connect(lambda _: self.edited.emit())
        if field.kind is FieldKind.MEASURE:
            self._make_unit(line)
        return line

    def _make_choice(self) -> QComboBox:
        field = self.field
        choice = QComboBox()
        choice.setEditable(True)
        choice.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        choice.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        choice.addItem("", "")
        for value, words in field.choices:
            choice.addItem(words, value)
        completer = QCompleter(choice.model(), choice)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        line = QLineEdit()
        choice.setLineEdit(line)
        choice.setCompleter(completer)
        line.setPlaceholderText(f"Type to search {len(field.choices):,} values" if len(field.choices) > 1 else "")
        line.setAccessibleName(field.label)
        at = choice.findData(field.value)
        if at >= 0:
            choice.setCurrentIndex(at)
        else:
            choice.setCurrentText(field.value)
        choice.currentTextChanged.connect(lambda _: self.edited.emit())
        let_wheel_scroll(choice)
        return choice

    def _make_unit(self, line: QLineEdit) -> None:
        field = self.field
        self._unit = QComboBox()
        self._unit.addItems(field.units)
        self._unit.setAccessibleName(f"Unit of {field.label}")
        let_wheel_scroll(self._unit)
        number, _, unit = field.value.rpartition(" ")
        if unit in field.units:
            line.setText(number)
            self._unit.setCurrentText(unit)
        self._unit.currentTextChanged.connect(lambda _: self.edited.emit())


def finding_line(words: str, *, blocks: bool) -> QFrame:
    """What is wrong with a field, by icon, word and colour."""
    frame = QFrame()
    row = QHBoxLayout(frame)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    icon, tone = ("circle-alert", "err") if blocks else ("info", "warn")
    row.addWidget(IconLabel(icon, tone, 14), 0, Qt.AlignmentFlag.AlignTop)
    label = Label(words, "small", tone)
    label.setWordWrap(True)
    row.addWidget(label, 1)
    return frame
