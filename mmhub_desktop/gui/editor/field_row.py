"""A field of the editor: name, control, what follows from the value or is wrong with it, and the way back."""

from collections.abc import Sequence

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QCompleter, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.icon import IconLabel
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.widgets.quiet_wheel import let_wheel_scroll

NAME_WIDTH = 120
_ICONS = {"err": "circle-alert", "warn": "triangle-alert", "ok": "circle-check", "muted": "", "accent": "info"}


class FieldRow(QWidget):
    """``edited`` gives the cell's text after each change by the seller."""

    edited = Signal(str)

    def __init__(
        self,
        label: str,
        control: QLineEdit | QComboBox | QCheckBox,
        *,
        beside: QWidget | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.control = control
        self._proposed: QStringListModel | None = None
        control.setAccessibleName(label)
        if isinstance(control, QLineEdit):
            control.textEdited.connect(self.edited)
        elif isinstance(control, QCheckBox):
            control.clicked.connect(lambda: self.edited.emit(self.text))
        else:
            let_wheel_scroll(control)
            control.activated.connect(lambda _: self.edited.emit(self.text))
            if control.isEditable():
                control.editTextChanged.connect(lambda _: self._combo_typed())
        name = Label(label, "body")
        name.setFixedWidth(NAME_WIDTH)
        name.setWordWrap(True)
        name.setContentsMargins(0, 8, 0, 0)
        name.setBuddy(control)
        self.undo = Button("", "rotate-ccw", "quiet").set_hint(f"Take back what was not saved yet: {label}")
        self.undo.hide()
        self._icon = IconLabel("info", "muted", 14)
        self._note = Label("", "small", "muted")
        self._note.setWordWrap(True)
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(control, 1)
        if beside is not None:
            line.addWidget(beside)
        line.addWidget(self.undo)
        note = QHBoxLayout()
        note.setSpacing(6)
        note.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        note.addWidget(self._note, 1)
        right = QVBoxLayout()
        right.setSpacing(3)
        right.addLayout(line)
        right.addLayout(note)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(name, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(right, 1)
        self.say("")

    @property
    def text(self) -> str:
        """The cell's text: of a choice its value, of a box ``yes`` or nothing."""
        if isinstance(self.control, QCheckBox):
            return "yes" if self.control.isChecked() else ""
        if isinstance(self.control, QComboBox):
            if self.control.isEditable():
                return self.control.currentText()
            return str(self.control.currentData())
        return self.control.text()

    @property
    def note(self) -> str:
        """The words below the control."""
        return self._note.text()

    def show_text(self, text: str) -> None:
        """Show a value without telling."""
        if text == self.text:
            return
        self.control.blockSignals(True)
        if isinstance(self.control, QCheckBox):
            self.control.setChecked(bool(text))
        elif isinstance(self.control, QComboBox):
            if self.control.isEditable():
                self.control.setEditText(text)
            else:
                self.control.setCurrentIndex(self.control.findData(text))
        else:
            self.control.setText(text)
        self.control.blockSignals(False)

    def propose(self, words: Sequence[str]) -> None:
        """Offer words that contain what is typed."""
        if isinstance(self.control, QLineEdit) and self._proposed is None:
            self._proposed = QStringListModel(self)
            completer = QCompleter(self._proposed, self.control)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            completer.activated.connect(lambda _: self.edited.emit(self.text))
            self.control.setCompleter(completer)
        if self._proposed is not None:
            self._proposed.setStringList(list(words))

    def say(self, words: str, tone: str = "muted") -> None:
        """What follows from the value, or (``err``, ``warn``) what is wrong with it."""
        self._note.setText(words)
        self._note.set_tone(tone)
        self._note.setVisible(bool(words))
        icon = _ICONS.get(tone, "")
        self._icon.setVisible(bool(words and icon))
        if icon:
            self._icon.set_icon(icon, tone)
        self.control.setAccessibleDescription(words)
        bad = tone == "err" and bool(words)
        if self.control.property("bad") != bad:
            self.control.setProperty("bad", bad)
            self.control.style().unpolish(self.control)
            self.control.style().polish(self.control)

    def _combo_typed(self) -> None:
        self.edited.emit(self.text)
