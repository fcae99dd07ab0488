"""A form drawn from what an adapter declares: one row for each ``CredentialField``."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from mmhub_desktop.domain.marketplace import CredentialField, clean_entry
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.gui.dialogs.secret_field import SecretField
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.icon import IconLabel
from mmhub_desktop.gui.widgets.label import Label


class CredentialForm(QWidget):
    """Choices become a list, secrets a covered field with an eye, everything else a line; optional ones fold away.

    What looks wrong is said below a field as soon as it stands there.
    """

    def __init__(
        self,
        fields: Sequence[CredentialField],
        values: Mapping[str, str] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.fields = tuple(fields)
        self.editors: dict[str, QComboBox | QLineEdit] = {}
        self._doubts: dict[str, tuple[QWidget, Label]] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        more = QWidget()
        below = QVBoxLayout(more)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(4)
        for field in self.fields:
            self._add(column if field.required else below, field, (values or {}).get(field.key, field.default))
        self.more_button = Button("Optional settings", "chevron-right", "quiet")
        self.more_button.setCheckable(True)
        self.more_button.toggled.connect(more.setVisible)
        self.more_button.toggled.connect(
            lambda shown: self.more_button.set_icon("chevron-down" if shown else "chevron-right")
        )
        more.hide()
        if any(not field.required for field in self.fields):
            column.addWidget(self.more_button, 0, Qt.AlignmentFlag.AlignLeft)
            column.addWidget(more)
        else:
            more.deleteLater()
            self.more_button.hide()

    def _add(self, column: QVBoxLayout, field: CredentialField, value: str) -> None:
        label = Label(field.label if field.required else f"{field.label} (optional)", "label")
        column.addWidget(label)
        shown = self._editor(field, value)
        label.setBuddy(self.editors[field.key])
        column.addWidget(shown)
        if field.help:
            help_line = Label(field.help, "small", "muted")
            help_line.setWordWrap(True)
            column.addWidget(help_line)
        if field.forms:
            column.addWidget(self._make_doubt(field.key))
        column.addSpacing(8)

    def _make_doubt(self, key: str) -> QWidget:
        frame, words = QWidget(), Label("", "small", "warn")
        words.setWordWrap(True)
        row = QHBoxLayout(frame)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(IconLabel("triangle-alert", "warn", 14), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(words, 1)
        frame.hide()
        self._doubts[key] = frame, words
        return frame

    def _editor(self, field: CredentialField, value: str) -> QWidget:
        if field.choices:
            combo = QComboBox()
            for choice, label in field.choices:
                combo.addItem(label, choice)
            combo.setCurrentIndex(max(combo.findData(value), 0))
            shown: QWidget = combo
            editor: QComboBox | QLineEdit = combo
        elif field.secret:
            secret = SecretField(field.label)
            shown, editor = secret, secret.field
        else:
            shown = editor = QLineEdit(value)
        editor.setAccessibleName(field.label)
        editor.setAccessibleDescription(field.help)
        if isinstance(editor, QLineEdit):
            editor.textEdited.connect(lambda _text, edited=editor: _mark(edited, bad=False))
            editor.textChanged.connect(lambda _: self._show_doubts())
        else:
            editor.currentIndexChanged.connect(lambda _: self._show_doubts())
        self.editors[field.key] = editor
        return shown

    def doubts(self) -> dict[str, str]:
        """What looks wrong, by field."""
        return {key: words.text() for key, (frame, words) in self._doubts.items() if not frame.isHidden()}

    def _show_doubts(self) -> None:
        entered = {key: _entered(editor) for key, editor in self.editors.items()}
        for field in self.fields:
            if field.key in self._doubts:
                frame, words = self._doubts[field.key]
                doubt = field.doubt(entered.get(field.key, ""), entered)
                words.setText(doubt)
                frame.setVisible(bool(doubt))
                said = " ".join(part for part in (doubt, field.help) if part)
                self.editors[field.key].setAccessibleDescription(said)

    def values(self) -> dict[str, str]:
        """What was entered, trimmed. UserMistake names the first required field that is empty and goes there."""
        entered = {}
        missing = []
        for field in self.fields:
            editor = self.editors[field.key]
            value = _entered(editor)
            is_missing = field.required and not value
            if isinstance(editor, QLineEdit):
                _mark(editor, bad=is_missing)
            if is_missing:
                missing.append(field)
            entered[field.key] = value
        if missing:
            self.editors[missing[0].key].setFocus()
            names = ", ".join(f"“{field.label}”" for field in missing)
            raise UserMistake(f"{names} must be filled in.", hint=missing[0].help if len(missing) == 1 else "")
        return entered


def _entered(editor: QComboBox | QLineEdit) -> str:
    return str(editor.currentData()) if isinstance(editor, QComboBox) else clean_entry(editor.text())


def _mark(editor: QLineEdit, *, bad: bool) -> None:
    """Draw a line as wrong, or right again."""
    if bool(editor.property("bad")) != bad:
        editor.setProperty("bad", bad)
        editor.style().unpolish(editor)
        editor.style().polish(editor)
