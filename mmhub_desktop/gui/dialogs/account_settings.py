"""Changing a connected account: its name, what was entered, its secrets, and what is chosen from its offers."""

import asyncio
from collections.abc import Awaitable, Mapping
from dataclasses import replace

from PySide6.QtWidgets import QComboBox, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from mmhub_desktop.domain.marketplace import Account, AccountKind, CredentialField
from mmhub_desktop.errors import MmhubError
from mmhub_desktop.gui.dialogs.credential_form import CredentialForm
from mmhub_desktop.gui.dialogs.frame import Dialog
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.marketplaces.base import AccountChoice

_KEPT = "Leave it empty to keep the present one."


class AccountSettingsDialog(Dialog):
    """Keeps listings and sign-in; only what is changed here changes. Choices are read from the marketplace."""

    def __init__(self, context: GuiContext, account: Account, parent: QWidget | None = None) -> None:
        super().__init__(
            f"Settings of {account.label}",
            "Its listings stay as they are. What you change holds for what is sent from now on.",
            parent,
            width=540,
        )
        self._context = context
        self._account = account
        declared = context.workspace.marketplace(account)
        self.name = QLineEdit(account.label)
        self.name.setAccessibleName("Name of the account")
        fields = tuple(_changeable(field) for field in declared.credential_fields)
        if account.kind is AccountKind.PRACTICE:
            fields = tuple(field for field in fields if not field.secret)
        self.form = CredentialForm(fields, {**account.settings, "site": account.site})
        self.form.more_button.toggled.connect(lambda _: self.fit(shrink=True))
        self.choices: dict[str, QComboBox] = {}
        self._said: dict[str, Label] = {}
        self._lay_out(declared.choices)
        self.add_button("Cancel", self.reject)
        self.action_button = self.add_button("Save", self._save, "primary")
        self.confirm_with(self.action_button)
        if declared.choices:
            self.work(context.spawn, self._read_choices(), "Read what the account offers")

    def _lay_out(self, choices: tuple[AccountChoice, ...]) -> None:
        inside = QWidget()
        inside.setProperty("clear", "true")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(4)
        column.addWidget(Label("Name of the account", "label"))
        column.addWidget(self.name)
        column.addSpacing(8)
        for choice in choices:
            self._add_choice(column, choice)
        column.addWidget(self.form)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inside)
        area.setMinimumHeight(min(inside.sizeHint().height() + 2, 480))
        self.body.addWidget(area, 1)

    def _add_choice(self, column: QVBoxLayout, choice: AccountChoice) -> None:
        label = Label(choice.label if choice.required else f"{choice.label} (optional)", "label")
        box = QComboBox()
        box.setAccessibleName(choice.label)
        box.setAccessibleDescription(choice.help)
        box.setEnabled(False)
        box.addItem("Reading…", self._account.settings.get(choice.key, ""))
        label.setBuddy(box)
        said = Label(choice.help, "small", "muted")
        said.setWordWrap(True)
        said.setVisible(bool(choice.help))
        for widget in (label, box, said):
            column.addWidget(widget)
        column.addSpacing(8)
        self.choices[choice.key], self._said[choice.key] = box, said

    async def _read_choices(self) -> None:
        """All lists side by side; one that cannot be read says why and keeps what was chosen."""
        adapter = await self._context.workspace.adapter(self._account.id)
        await asyncio.gather(*(self._read_choice(adapter.read_choices(key), key) for key in self.choices))

    async def _read_choice(self, reading: Awaitable[tuple[tuple[str, str], ...]], key: str) -> None:
        box, kept = self.choices[key], self._account.settings.get(key, "")
        try:
            offered = await reading
        except MmhubError as error:
            box.setItemText(0, kept or "Could not be read")
            self._said[key].setText(str(error))
            self._said[key].set_tone("err")
            self._said[key].show()
            return
        box.clear()
        box.addItem("Choose…" if offered else "The account offers none", "")
        for value, label in offered:
            box.addItem(label, value)
        place = box.findData(kept)
        if place < 0 and kept:
            box.addItem(f"{kept} (not offered any more)", kept)
            place = box.count() - 1
        if not kept and len(offered) == 1:
            place = 1  # the only one there is
        box.setCurrentIndex(max(place, 0))
        box.setEnabled(bool(offered))

    def values(self) -> Mapping[str, str]:
        """What is to be kept. UserMistake for a required field that is empty."""
        chosen = {key: str(box.currentData() or "") for key, box in self.choices.items()}
        return {**self.form.values(), **chosen}

    def _save(self) -> None:
        self.work(self._context.spawn, self._keep(), "Change the account", button=self.action_button)

    async def _keep(self) -> None:
        await self._context.workspace.change_account(self._account.id, self.values(), self.name.text().strip())
        self.accept()


def _changeable(field: CredentialField) -> CredentialField:
    """A secret is entered only to replace the present one."""
    return replace(field, required=False, help=f"{field.help} {_KEPT}".strip()) if field.secret else field
