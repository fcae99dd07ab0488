"""A secret among the settings: it goes to the keyring, is never shown again, and can be replaced or forgotten."""

from dataclasses import dataclass

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from mmhub_desktop.credentials import AI_KEY, IMAGE_HOST_SECRET, PlaceKind
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.chip import Chip
from mmhub_desktop.gui.widgets.label import Label

HELP = "Kept in the system's keyring, or in the encrypted vault; never in a file that can be read."


@dataclass(frozen=True, slots=True)
class SecretEntry:
    """A secret that a group of settings needs: the name it is kept under, and after how many rows it stands."""

    name: str
    label: str
    after: int


SECRETS = {
    "AI": SecretEntry(AI_KEY, "AI key", 2),
    "Image host": SecretEntry(IMAGE_HOST_SECRET, "Secret key", 5),
}  # group of settings → its secret


class SecretRow(QWidget):
    """The field and its buttons; ``mistake`` is a line to put below them."""

    def __init__(self, context: GuiContext, entry: SecretEntry, width: int) -> None:
        super().__init__()
        self._context = context
        self._entry = entry
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setPlaceholderText("Paste a new key")
        self.field.setAccessibleName(entry.label)
        self.keep_button = Button("Keep")
        self.keep_button.setEnabled(False)
        self.forget_button = Button("Forget", kind="quiet")
        self.state = Chip("No key", "neutral")
        self.mistake = Label("", "small", "warn")
        self.mistake.setWordWrap(True)
        self.mistake.hide()
        self.field.textChanged.connect(lambda text: self.keep_button.setEnabled(bool(text.strip())))
        self.field.returnPressed.connect(self.keep_button.click)
        self.keep_button.clicked.connect(lambda: context.spawn(self._keep(), f"Keep the {entry.label}"))
        self.forget_button.clicked.connect(lambda: context.spawn(self._forget(), f"Forget the {entry.label}"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.state)
        row.addWidget(self.forget_button)
        row.addWidget(self.field, 1)
        row.addWidget(self.keep_button)
        self.setFixedWidth(width)

    async def refresh(self) -> None:
        """Say whether one is kept."""
        secrets = await self._context.app.secrets()
        if secrets.where.locked:
            is_none = secrets.where.kind is PlaceKind.NONE
            self.state.set_state("No place yet" if is_none else "Locked", "warn")
            self.mistake.setText(
                "Choose a passphrase on the Marketplaces page first: this computer has no keyring."
                if is_none
                else "Unlock the place for keys on the Marketplaces page first."
            )
            self.mistake.show()
            self.forget_button.hide()
            return
        has_key = bool(await secrets.get(self._entry.name))
        self.state.set_state("Key kept" if has_key else "No key", "ok" if has_key else "neutral")
        self.forget_button.setVisible(has_key)
        self.mistake.hide()

    async def _keep(self) -> None:
        value = self.field.text().strip()
        if value:
            await (await self._context.app.secrets()).put({self._entry.name: value})
            self.field.clear()
            await self.refresh()

    async def _forget(self) -> None:
        await (await self._context.app.secrets()).delete([self._entry.name])
        await self.refresh()
