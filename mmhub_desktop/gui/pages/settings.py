"""The settings page: one form, drawn from the declarations of ``settings.py``; each change is kept at once."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from mmhub_desktop.errors import MmhubError
from mmhub_desktop.events import Event
from mmhub_desktop.gui.pages.page import GuiContext, Page
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.card import Card, Line
from mmhub_desktop.gui.widgets.chip import Chip
from mmhub_desktop.gui.widgets.header import PageHeader
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.settings import AI_MODEL, SETTINGS, Setting

FIELD_WIDTH = 300
TYPING_MS = 600  # a text is kept when typing has paused, or the field is left
AI_GROUP = AI_MODEL.group


class SettingsPage(Page):
    """One card for each group of settings."""

    def __init__(self, context: GuiContext) -> None:
        super().__init__(context)
        self._settings = context.app.settings
        self.fields: dict[str, QWidget] = {}
        self._shown: dict[str, Callable[[Any], None]] = {}
        self.body.addWidget(PageHeader("Settings", "Kept on this computer, for all workspaces"))
        content = QWidget()
        content.setProperty("clear", True)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 12, 0)
        column.setSpacing(20)
        for group in dict.fromkeys(setting.group for setting in SETTINGS if setting.group):
            column.addWidget(self._group(group))
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(content)
        self.body.addWidget(scroll, 1)
        self._stop = self._settings.on_changed(self._changed)

    async def refresh(self, events: Sequence[Event]) -> None:  # noqa: ARG002 - the settings come by their own way
        """Say whether a key is kept."""
        await self._show_key()

    def leave(self) -> None:
        """Stop listening."""
        super().leave()
        self._stop()

    def _group(self, group: str) -> QWidget:
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(Label(group, "section"))
        card = Card()
        card.body.setContentsMargins(0, 4, 0, 4)
        card.body.setSpacing(0)
        rows = [self._row(setting) for setting in SETTINGS if setting.group == group]
        if group == AI_GROUP:
            rows.insert(2, self._key_row())
        for place, row in enumerate(rows):
            if place:
                card.body.addWidget(Line())
            card.body.addWidget(row)
        column.addWidget(card)
        return part

    def _row(self, setting: Setting[Any]) -> QWidget:
        mistake = Label("", "small", "err")
        mistake.setWordWrap(True)
        mistake.hide()

        def keep(value: object) -> None:
            try:
                self._settings.set(setting, value)
            except MmhubError as error:
                mistake.setText(str(error))
                mistake.setVisible(True)
            else:
                mistake.hide()
            field.setProperty("bad", mistake.isVisibleTo(self))
            field.style().polish(field)

        field, show = make_field(setting, keep)
        show(self._settings.get(setting))
        field.setAccessibleName(setting.label)
        field.setAccessibleDescription(setting.help)
        self.fields[setting.key] = field
        self._shown[setting.key] = show
        return form_row(setting.label, setting.help, field, mistake)

    def _key_row(self) -> QWidget:
        """The AI key is no setting: it goes to the keyring, and is never shown again."""
        self.key = QLineEdit()
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self.key.setPlaceholderText("Paste a new key")
        self.key.setAccessibleName("AI key")
        self._save_key = Button("Keep")
        self._save_key.setEnabled(False)
        self._forget_key = Button("Forget", kind="quiet")
        self._key_state = Chip("No key", "neutral")
        self.key.textChanged.connect(lambda text: self._save_key.setEnabled(bool(text.strip())))
        self.key.returnPressed.connect(self._save_key.click)
        self._save_key.clicked.connect(lambda: self.context.spawn(self._keep_key(), "Keep the AI key"))
        self._forget_key.clicked.connect(lambda: self.context.spawn(self._drop_key(), "Forget the AI key"))
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._key_state)
        row.addWidget(self._forget_key)
        row.addWidget(self.key, 1)
        row.addWidget(self._save_key)
        box.setFixedWidth(FIELD_WIDTH + 170)
        self._key_help = Label("", "small", "err")
        self._key_help.hide()
        text = "Kept in the system's keyring, or in the encrypted vault; never in a file that can be read."
        return form_row("AI key", text, box, self._key_help)

    async def _show_key(self) -> None:
        from mmhub_desktop.credentials import AI_KEY

        secrets = await self.context.app.secrets()
        if secrets.where.locked:
            self._key_state.set_state("Locked", "warn")
            self._key_help.setText("Unlock the place for keys on the Marketplaces page first.")
            self._key_help.show()
            self._forget_key.hide()
            return
        has_key = bool(await secrets.get(AI_KEY))
        self._key_state.set_state("Key kept" if has_key else "No key", "ok" if has_key else "neutral")
        self._forget_key.setVisible(has_key)
        self._key_help.hide()

    async def _keep_key(self) -> None:
        from mmhub_desktop.credentials import AI_KEY

        value = self.key.text().strip()
        if value:
            await (await self.context.app.secrets()).put({AI_KEY: value})
            self.key.clear()
            await self._show_key()

    async def _drop_key(self) -> None:
        from mmhub_desktop.credentials import AI_KEY

        await (await self.context.app.secrets()).delete([AI_KEY])
        await self._show_key()

    def _changed(self, key: str, value: Any) -> None:
        show = self._shown.get(key)
        if show is not None:
            show(value)


def form_row(label: str, text: str, field: QWidget, mistake: QWidget) -> QWidget:
    """Label and help at the left, the field at the right."""
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(16, 10, 16, 10)
    line.setSpacing(24)
    words = QVBoxLayout()
    words.setSpacing(2)
    name = Label(label, "strong")
    name.setBuddy(field)
    words.addWidget(name)
    if text:
        help_text = Label(text, "small", "muted")
        help_text.setWordWrap(True)
        help_text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        words.addWidget(help_text)
    words.addWidget(mistake)
    line.addLayout(words, 1)
    line.addWidget(field)
    return row


def make_field(setting: Setting[Any], keep: Callable[[object], None]) -> tuple[QWidget, Callable[[Any], None]]:
    """The field for a setting's type, which calls ``keep`` with each new value, and the function that shows one."""
    if setting.choices:
        return _choice_field(setting, keep)
    if setting.kind is bool:
        box = QCheckBox()
        box.setFixedWidth(18)
        box.toggled.connect(keep)
        return box, box.setChecked
    if setting.kind in (int, float):
        return _number_field(setting, keep)
    return _text_field(keep)


def _choice_field(setting: Setting[Any], keep: Callable[[object], None]) -> tuple[QWidget, Callable[[Any], None]]:
    box = QComboBox()
    box.setFixedWidth(FIELD_WIDTH)
    for value, label in setting.choices:
        box.addItem(label, value)
    box.activated.connect(lambda place: keep(box.itemData(place)))
    return box, lambda value: box.setCurrentIndex(box.findData(value))


def _number_field(setting: Setting[Any], keep: Callable[[object], None]) -> tuple[QWidget, Callable[[Any], None]]:
    least, most = setting.least or 0, setting.most or 1_000_000
    spin: QSpinBox | QDoubleSpinBox
    if setting.kind is int:
        spin = QSpinBox()
        spin.setRange(int(least), int(most))
    else:
        spin = QDoubleSpinBox()
        spin.setDecimals(0)
        spin.setRange(least, most)
    spin.setFixedWidth(120)
    spin.setKeyboardTracking(False)
    spin.lineEdit().setTextMargins(8, 0, 0, 0)  # Fusion leaves a stylesheet's padding out here
    spin.setGroupSeparatorShown(True)
    spin.valueChanged.connect(lambda value: keep(setting.kind(value)))

    def show(value: Any) -> None:
        if spin.value() != value:
            spin.setValue(value)

    return spin, show


def _text_field(keep: Callable[[object], None]) -> tuple[QWidget, Callable[[Any], None]]:
    line = QLineEdit()
    line.setFixedWidth(FIELD_WIDTH)
    pause = QTimer(line)
    pause.setSingleShot(True)
    pause.setInterval(TYPING_MS)

    def take() -> None:
        pause.stop()
        keep(line.text().strip())

    pause.timeout.connect(take)
    line.textEdited.connect(lambda _: pause.start())
    line.editingFinished.connect(take)

    def show(value: Any) -> None:
        if line.text().strip() != value:
            line.setText(str(value))

    return line, show
