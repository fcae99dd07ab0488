"""Asking before work leaves the machine: on which accounts, and how many listings that makes."""

from collections.abc import Sequence

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from mmhub_desktop.domain.ids import AccountId, ProductId
from mmhub_desktop.domain.job import WorkRequest
from mmhub_desktop.domain.marketplace import Account, AccountKind
from mmhub_desktop.gui.dialogs.frame import Dialog
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.theme import font
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.card import Card, Line
from mmhub_desktop.gui.widgets.chip import Chip
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.words import counted

# action → (verb, what it means, icon of the button)
_WORDS: dict[str, tuple[str, str, str]] = {
    "publish": ("Publish", "Choose where. Each product becomes one listing per account.", "send"),
    "update": ("Update", "Price, stock and text of the listings become what the products say.", "refresh-cw"),
    "end": (
        "End",
        "Ended listings cannot be bought any more, and a marketplace does not bring them back.",
        "circle-stop",
    ),
}


class PublishDialog(Dialog):
    """Chooses accounts for an action on ``product_ids``. ``request()`` is what was chosen; Ctrl+Enter previews it."""

    def __init__(
        self,
        context: GuiContext,
        action: str,
        product_ids: Sequence[ProductId],
        accounts: Sequence[Account],
        parent: QWidget | None = None,
    ) -> None:
        self._verb, about, icon = _WORDS[action]
        what = "listings of " if action == "end" else ""
        super().__init__(f"{self._verb} {what}{counted(len(product_ids), 'product')}", about, parent)
        self._context = context
        self._action = action
        self._product_ids = tuple(product_ids)
        self._accounts = {account.id: account for account in accounts}
        self.boxes: dict[AccountId, QCheckBox] = {}
        self._lay_out(accounts)
        self.body.addStretch(1)
        self.add_button("Cancel", self.reject)
        self.wants_preview = False
        self.action_button = self.add_button(self._verb, self.accept, "danger" if action == "end" else "plain", icon)
        self.preview_button = self.add_button("Preview…", self._preview, "primary", "eye")
        self.confirm_with(self.preview_button)
        self._count()
        first = next((box for box in self.boxes.values() if box.isEnabled()), None)
        if first is not None:
            first.setFocus()

    def _lay_out(self, accounts: Sequence[Account]) -> None:
        card = Card()
        card.body.setContentsMargins(0, 4, 0, 4)
        card.body.setSpacing(0)
        for place, account in enumerate(accounts):
            if place:
                card.body.addWidget(Line())
            card.body.addWidget(self._row(account))
        if not accounts:
            card.body.addWidget(self._offer_account())
        self.body.addWidget(card)

    def _row(self, account: Account) -> QWidget:
        usable = is_connected(account)
        box = QCheckBox(account.label)
        box.setFont(font("strong"))
        box.setEnabled(usable)
        box.setChecked(usable and not account.paused)
        box.setAccessibleName(f"{self._verb} on {account.label}")
        box.toggled.connect(self._count)
        self.boxes[account.id] = box
        row = QWidget()
        inside = QHBoxLayout(row)
        inside.setContentsMargins(16, 10, 16, 10)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(box)
        is_practice = account.kind is AccountKind.PRACTICE
        about = "Practice: nothing leaves this computer." if is_practice else "Live: buyers see the listings."
        line = Label(about, "small", "muted")
        line.setContentsMargins(24, 0, 0, 0)
        words.addWidget(line)
        inside.addLayout(words, 1)
        if not usable:
            inside.addWidget(Chip("Sign in first", "warn"))
        elif account.paused:
            inside.addWidget(Chip("Paused", "warn"))
        return row

    def _offer_account(self) -> QWidget:
        row = QWidget()
        inside = QHBoxLayout(row)
        inside.setContentsMargins(16, 12, 16, 12)
        inside.addWidget(Label("No account is connected yet.", "body", "muted"), 1)
        add = Button("Add an account", "plus")
        add.clicked.connect(self._go_to_accounts)
        inside.addWidget(add)
        return row

    def _go_to_accounts(self) -> None:
        self.reject()
        self._context.window.show_page("marketplaces", add=True)

    def chosen(self) -> list[Account]:
        """The accounts that are ticked."""
        return [self._accounts[id_] for id_, box in self.boxes.items() if box.isChecked()]

    def _preview(self) -> None:
        self.wants_preview = True
        self.accept()

    def request(self) -> WorkRequest:
        """The work as chosen."""
        return WorkRequest(self._action, self._product_ids, tuple(account.id for account in self.chosen()))

    def _count(self) -> None:
        accounts = self.chosen()
        listings = counted(len(self._product_ids) * len(accounts), "listing")
        where = account_name(accounts[0]) if len(accounts) == 1 else f"{len(accounts)} accounts"
        self.action_button.setText(f"{self._verb} {listings} on {where}" if accounts else "Choose an account")
        for button in (self.action_button, self.preview_button):
            button.setEnabled(bool(accounts) and bool(self._product_ids))


def is_connected(account: Account) -> bool:
    """Whether an account can be worked with as far as we know."""
    return account.kind is AccountKind.PRACTICE or account.connected_at is not None


def account_name(account: Account) -> str:
    """The account's label, with the kind where it is practice and the label does not say so."""
    is_said = "practice" in account.label.casefold()
    return f"{account.label} (practice)" if account.kind is AccountKind.PRACTICE and not is_said else account.label
