"""Fields for the options that a kind of workflow step declares."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from mmhub_desktop.domain.step_kind import FieldType, OptionField
from mmhub_desktop.gui.widgets.label import Label


class OptionFields(QWidget):
    """``values()`` holds what was entered, by option key. Values of options that are not declared are kept as well."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields: dict[str, QWidget] = {}
        self._read: dict[str, Callable[[], Any]] = {}
        self._others: dict[str, Any] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._inside = QWidget()
        self._column.addWidget(self._inside)

    def show_options(self, declared: Sequence[OptionField], values: Mapping[str, Any]) -> None:
        """Draw a field for each option, with its value or what the kind proposes."""
        self._column.removeWidget(self._inside)
        self._inside.hide()
        self._inside.deleteLater()
        self._inside = QWidget(self)
        column = QVBoxLayout(self._inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self.fields, self._read = {}, {}
        known = {option.key for option in declared}
        self._others = {key: value for key, value in values.items() if key not in known}
        for option in declared:
            self._add(option, values.get(option.key, option.default), column)
        self._column.addWidget(self._inside)
        self.setVisible(bool(declared))

    def values(self) -> dict[str, Any]:
        """What was entered, as JSON values."""
        return self._others | {key: read() for key, read in self._read.items()}

    def _add(self, option: OptionField, value: Any, column: QVBoxLayout) -> None:
        field, read = self._make(option, value)
        field.setAccessibleName(option.label)
        if option.type is not FieldType.YES_NO:
            head = Label(option.label if option.required else f"{option.label} (may be left out)", "label")
            if option.type in (FieldType.NUMBER, FieldType.CHOICE):
                head.setText(option.label)
            head.setBuddy(field)
            column.addWidget(head)
        column.addWidget(field)
        if option.help:
            note = Label(option.help, "small", "muted")
            note.setWordWrap(True)
            column.addWidget(note)
        column.addSpacing(6)
        self.fields[option.key], self._read[option.key] = field, read

    def _make(self, option: OptionField, value: Any) -> tuple[QWidget, Callable[[], Any]]:
        if option.type is FieldType.NUMBER:
            number = QSpinBox()
            number.setRange(option.least, option.most)
            number.setValue(value if isinstance(value, int) else option.least)
            number.valueChanged.connect(lambda _: self.changed.emit())
            return number, number.value
        if option.type is FieldType.YES_NO:
            box = QCheckBox(option.label)
            box.setChecked(bool(value))
            box.toggled.connect(lambda _: self.changed.emit())
            return box, box.isChecked
        if option.type is FieldType.CHOICE:
            return self._choice(option, value)
        if option.type is FieldType.CHOICES:
            return self._choices(option, value)
        line = QLineEdit(str(value))
        line.textChanged.connect(lambda _: self.changed.emit())
        return line, line.text

    def _choice(self, option: OptionField, value: Any) -> tuple[QWidget, Callable[[], Any]]:
        choice = QComboBox()
        for key, label in option.choices:
            choice.addItem(label, key)
        if choice.findData(value) < 0:
            choice.insertItem(0, str(value) or "(nothing chosen)", value)
        choice.setCurrentIndex(choice.findData(value))
        choice.currentIndexChanged.connect(lambda _: self.changed.emit())
        return choice, choice.currentData

    def _choices(self, option: OptionField, value: Any) -> tuple[QWidget, Callable[[], Any]]:
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        chosen = list(value) if isinstance(value, list | tuple) else []
        boxes = {}
        for key, label in option.choices:
            boxes[key] = QCheckBox(label)
            boxes[key].setAccessibleName(f"{option.label}: {label}")
            boxes[key].setChecked(key in chosen)
            boxes[key].toggled.connect(lambda _: self.changed.emit())
            column.addWidget(boxes[key])
        return part, lambda: [key for key, box in boxes.items() if box.isChecked()]
