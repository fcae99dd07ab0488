"""A form drawn from what an adapter declares: one row for each ``CredentialField``."""

from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget

from mmhub_desktop.domain.marketplace import CredentialField
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.gui.dialogs.secret_field import SecretField
from mmhub_desktop.gui.widgets.label import Label


class CredentialForm(QWidget):
    """Choices become a list, secrets a covered field with an eye, everything else a line."""

    def __init__(
        self,
        fields: Sequence[CredentialField],
        values: Mapping[str, str] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.fields = tuple(fields)
        self.editors: dict[str, QComboBox | QLineEdit] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for place, field in enumerate(self.fields):
            if place:
                column.addSpacing(8)
            label = Label(field.label if field.required else f"{field.label} (optional)", "label")
            column.addWidget(label)
            shown = self._editor(field, (values or {}).get(field.key, field.default))
            label.setBuddy(self.editors[field.key])
            column.addWidget(shown)
            if field.help:
                help_line = Label(field.help, "small", "muted")
                help_line.setWordWrap(True)
                column.addWidget(help_line)

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
        self.editors[field.key] = editor
        return shown

    def values(self) -> dict[str, str]:
        """What was entered, trimmed. UserMistake names the first required field that is empty and goes there."""
        entered = {}
        missing = []
        for field in self.fields:
            editor = self.editors[field.key]
            value = str(editor.currentData()) if isinstance(editor, QComboBox) else editor.text().strip()
            is_missing = field.required and not value
            if isinstance(editor, QLineEdit):
                _mark(editor, bad=is_missing)
            if is_missing:
                missing.append(field)
            entered[field.key] = value
        if missing:
            self.editors[missing[0].key].setFocus()
            names = ", ".join(f"“{field.label}”" for field in missing)
            raise UserMistake(f"{names} must be filled in.", hint=missing[0].help)
        return entered


def _mark(editor: QLineEdit, *, bad: bool) -> None:
    """Draw a line as wrong, or right again."""
    if bool(editor.property("bad")) != bad:
        editor.setProperty("bad", bad)
        editor.style().unpolish(editor)
        editor.style().polish(editor)
