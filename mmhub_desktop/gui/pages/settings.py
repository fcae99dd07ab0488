"""The settings page: one form, drawn from the declarations of ``settings.py``; each change is kept at once."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt, QTimer
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

from mmhub_desktop.errors import MmhubError, UserMistake
from mmhub_desktop.events import Event
from mmhub_desktop.gui.pages.hosted_row import ABOUT, HostedRow
from mmhub_desktop.gui.pages.page import GuiContext, Page
from mmhub_desktop.gui.pages.secret_row import HELP, SECRETS, SecretRow
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.card import Card, Line
from mmhub_desktop.gui.widgets.flow import FlowLayout
from mmhub_desktop.gui.widgets.header import PageHeader
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.settings import IMAGE_HOST_ENDPOINT, SETTINGS, Setting

FIELD_WIDTH = 300
TYPING_MS = 600  # a text is kept when typing has paused, or the field is left


class SettingsPage(Page):
    """One card for each group of settings."""

    def __init__(self, context: GuiContext) -> None:
        super().__init__(context)
        self._settings = context.app.settings
        self.fields: dict[str, QWidget] = {}
        self.secrets: dict[str, SecretRow] = {}
        self._shown: dict[str, Callable[[Any], None]] = {}
        self.body.addWidget(PageHeader("Settings", "Kept on this computer, for all workspaces"))
        content = QWidget()
        content.setProperty("clear", True)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 12, 0)
        column.setSpacing(20)
        scroll = QScrollArea()
        ways = QWidget()
        row = FlowLayout(ways)
        for group in dict.fromkeys(setting.group for setting in SETTINGS if setting.group):
            part = self._group(group)
            column.addWidget(part)
            way = Button(group, kind="quiet")
            way.setAccessibleName(f"Go to {group}")
            way.clicked.connect(lambda _=False, to=part: scroll.verticalScrollBar().setValue(to.y()))
            row.addWidget(way)
        column.addStretch(1)
        self.body.addWidget(ways)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(content)
        self.body.addWidget(scroll, 1)
        self._stop = self._settings.on_changed(self._changed)

    async def refresh(self, events: Sequence[Event]) -> None:  # noqa: ARG002 - the settings come by their own way
        """Say which keys are kept."""
        for row in self.secrets.values():
            await row.refresh()

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
        entry = SECRETS.get(group)
        if entry is not None:
            secret = self.secrets[group] = SecretRow(self.context, entry, FIELD_WIDTH + 170)
            rows.insert(entry.after, form_row(entry.label, HELP, secret, secret.mistake))
        if group == IMAGE_HOST_ENDPOINT.group:
            rows.append(self._host_test())
            self.hosted = HostedRow(self.context)
            rows.append(form_row("Uploaded pictures", ABOUT, self.hosted, self.hosted.said))
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

    def _host_test(self) -> QWidget:
        """Uploads a picture to the image host, looks at it from outside, removes it."""
        self.test_button = Button("Test", "plug")
        self.test_button.setAccessibleName("Test the image host")
        self.test_said = Label("", "small")
        self.test_said.setWordWrap(True)
        self.test_said.hide()
        self.test_button.clicked.connect(lambda: self.context.spawn(self._test_host(), "Test the image host"))
        about = "Uploads a small picture, fetches it from outside as a marketplace would, and removes it."
        return form_row("Does it work?", about, self.test_button, self.test_said)

    async def _test_host(self) -> None:
        self.test_button.setEnabled(False)
        self.test_said.hide()
        try:
            host = await self.context.workspace.image_host() if self.context.has_workspace else None
            if host is None:
                raise UserMistake("No image host is set up.", hint="Fill in the fields above, with a workspace open.")
            await host.test()
        except MmhubError as error:
            words, tone = str(error), "err"
        else:
            words, tone = "It works: pictures can be uploaded and seen.", "ok"
        finally:
            self.test_button.setEnabled(True)
        self.test_said.setText(words)
        self.test_said.set_tone(tone)
        self.test_said.show()

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
    return _text_field(setting.example, keep)


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


def _text_field(example: str, keep: Callable[[object], None]) -> tuple[QWidget, Callable[[Any], None]]:
    line = QLineEdit()
    line.setPlaceholderText(f"For example {example}" if example else "")
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
