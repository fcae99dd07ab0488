"""Making the place for secrets usable: choosing the vault's passphrase, unlocking it, or asking the keyring again."""

from PySide6.QtWidgets import QLineEdit, QWidget

from mmhub_desktop.credentials import PlaceKind, Secrets
from mmhub_desktop.errors import MmhubError
from mmhub_desktop.gui.dialogs.frame import Dialog
from mmhub_desktop.gui.dialogs.secret_field import SecretField
from mmhub_desktop.gui.pages.page import Spawn
from mmhub_desktop.gui.widgets.label import Label

SHORTEST = 8  # characters of a new passphrase; the vault checks it again

_WORDS: dict[PlaceKind, tuple[str, str, str]] = {
    PlaceKind.NONE: (
        "Choose a passphrase",
        (
            "This computer has no keyring that can be used. Your keys are kept in one encrypted file instead; the "
            "passphrase opens it at every start. It cannot be recovered when it is lost."
        ),
        "Create the vault",
    ),
    PlaceKind.VAULT: (
        "Unlock the vault",
        "Your keys lie in an encrypted file on this computer. Enter its passphrase to use them.",
        "Unlock",
    ),
    PlaceKind.KEYRING: (
        "Unlock the keyring",
        "The system's keyring is locked. Unlock it in the window that the system shows, then try again.",
        "Try again",
    ),
}


class VaultDialog(Dialog):
    """Unlocks ``secrets`` or creates the vault; accepted only when the secrets can be used."""

    def __init__(self, secrets: Secrets, spawn: Spawn, parent: QWidget | None = None) -> None:
        where = secrets.where
        title, text, action = _WORDS.get(where.kind, _WORDS[PlaceKind.KEYRING])
        super().__init__(title, text, parent, width=460)
        self._secrets, self._spawn = secrets, spawn
        self._is_new = where.kind is PlaceKind.NONE
        self.passphrase = SecretField("Passphrase")
        self.repeated = SecretField("The passphrase once more")
        if where.kind is not PlaceKind.KEYRING:
            self._add(self.passphrase.field, "Passphrase", self.passphrase)
        if self._is_new:
            self._add(self.repeated.field, "Once more", self.repeated)
        self.add_button("Cancel", self.reject)
        self.action_button = self.add_button(action, self._start, "primary")
        self.confirm_with(self.action_button)
        self.passphrase.field.setFocus()

    def _add(self, field: QLineEdit, label: str, widget: QWidget) -> None:
        name = Label(label, "label", "muted")
        name.setBuddy(field)
        self.body.addWidget(name)
        self.body.addWidget(widget)

    def _start(self) -> None:
        passphrase = self.passphrase.field.text()
        if self._is_new and len(passphrase) < SHORTEST:
            self.mistake.say(f"The passphrase needs at least {SHORTEST} characters. A few words in a row do well.")
        elif self._is_new and passphrase != self.repeated.field.text():
            self.mistake.say("The two passphrases differ. Type the same one twice.")
        else:
            self.work(self._spawn, self._unlock(passphrase), "Unlock the secrets", button=self.action_button)

    async def _unlock(self, passphrase: str) -> None:
        try:
            await self._secrets.unlock(passphrase)
        except MmhubError:
            self.passphrase.field.selectAll()
            self.passphrase.field.setFocus()
            raise
        self.accept()
