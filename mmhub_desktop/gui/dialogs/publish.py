"""Asking before products leave the machine: on which accounts, and how many listings that makes."""

from collections.abc import Sequence

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from mmhub_desktop.domain.ids import AccountId, ProductId
from mmhub_desktop.domain.job import WorkRequest
from mmhub_desktop.domain.marketplace import Account, AccountKind
from mmhub_desktop.errors import MmhubError
from mmhub_desktop.gui.dialogs.frame import Dialog
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.card import Card, Line
from mmhub_desktop.gui.widgets.chip import Chip
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.words import counted


class PublishDialog(Dialog):
    """Chooses accounts for ``product_ids`` and hands the work to the engine; Ctrl+Enter publishes.

    Self-contained: ``PublishDialog(context, ids, parent).open()``.
    """

    def __init__(self, context: GuiContext, product_ids: Sequence[int], parent: QWidget | None = None) -> None:
        number = len(product_ids)
        super().__init__(
            f"Publish {counted(number, 'product')}",
            "Choose where. Each product becomes one listing per account.",
            parent,
        )
        self._context = context
        self._product_ids = tuple(ProductId(id_) for id_ in product_ids)
        self._accounts: dict[int, Account] = {}
        self.boxes: dict[int, QCheckBox] = {}
        self._card = Card()
        self._card.body.setContentsMargins(0, 4, 0, 4)
        self._card.body.setSpacing(0)
        self.body.addWidget(self._card)
        self.body.addStretch(1)
        self.add_button("Cancel", self.reject)
        self.action_button = self.add_button("Publish", self._start, "primary", "send")
        self.action_button.setEnabled(False)
        self.confirm_with(self.action_button)
        context.spawn(self._load(), "Read the accounts")

    async def _load(self) -> None:
        accounts = await self._context.workspace.accounts.all()
        self._accounts = {account.id: account for account in accounts}
        for place, account in enumerate(accounts):
            if place:
                self._card.body.addWidget(Line())
            self._card.body.addWidget(self._row(account))
        if not accounts:
            self._offer_account()
        self._count()
        first = next((box for box in self.boxes.values() if box.isEnabled()), None)
        if first is not None:
            first.setFocus()

    def _row(self, account: Account) -> QWidget:
        box = QCheckBox(account.label)
        box.setFont(self.font())
        usable = is_connected(account)
        box.setEnabled(usable)
        box.setChecked(usable and not account.paused)
        box.setAccessibleName(f"Publish on {account.label}")
        box.toggled.connect(self._count)
        self.boxes[account.id] = box
        row = QWidget()
        inside = QHBoxLayout(row)
        inside.setContentsMargins(16, 10, 16, 10)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(box)
        about = Label(f"{'Practice marketplace' if account.kind is AccountKind.PRACTICE else 'Live'}", "small", "muted")
        about.setContentsMargins(24, 0, 0, 0)
        words.addWidget(about)
        inside.addLayout(words, 1)
        if not usable:
            inside.addWidget(Chip("Sign in again", "warn"))
        elif account.paused:
            inside.addWidget(Chip("Paused", "warn"))
        return row

    def _offer_account(self) -> None:
        row = QWidget()
        inside = QHBoxLayout(row)
        inside.setContentsMargins(16, 12, 16, 12)
        inside.addWidget(Label("No account is connected yet.", "body", "muted"), 1)
        add = Button("Add an account", "plus")
        add.clicked.connect(self._go_to_accounts)
        inside.addWidget(add)
        self._card.body.addWidget(row)

    def _go_to_accounts(self) -> None:
        self.reject()
        self._context.window.show_page("marketplaces", add=True)

    def chosen(self) -> list[Account]:
        """The accounts that are ticked."""
        return [self._accounts[id_] for id_, box in self.boxes.items() if box.isChecked()]

    def _count(self) -> None:
        accounts = self.chosen()
        listings = counted(len(self._product_ids) * len(accounts), "listing")
        if not accounts:
            self.action_button.setText("Choose an account")
        elif len(accounts) == 1:
            self.action_button.setText(f"Publish {listings} on {account_name(accounts[0])}")
        else:
            self.action_button.setText(f"Publish {listings} on {len(accounts)} accounts")
        self.action_button.setEnabled(bool(accounts) and bool(self._product_ids))

    def _start(self) -> None:
        self.action_button.setEnabled(False)
        self.mistake.clear()
        self._context.spawn(self._submit(self.chosen()), "Publish")

    async def _submit(self, accounts: list[Account]) -> None:
        where = account_name(accounts[0]) if len(accounts) == 1 else f"{len(accounts)} accounts"
        request = WorkRequest(
            "publish",
            self._product_ids,
            tuple(AccountId(account.id) for account in accounts),
            f"Publish {counted(len(self._product_ids), 'product')} on {where}",
        )
        try:
            batch_id = await self._context.workspace.submit(request)
        except MmhubError as error:
            self.mistake.say(error)
            self._count()
            return
        self.accept()
        window = self._context.window
        window.notify(
            "info", f"{request.title}: started.", action_text="Show jobs",
            act=lambda: window.show_page("jobs", batch_id=batch_id),
        )  # fmt: skip


def is_connected(account: Account) -> bool:
    """Whether an account can be worked with as far as we know."""
    return account.kind is AccountKind.PRACTICE or account.connected_at is not None


def account_name(account: Account) -> str:
    """The account's label, with the kind where it is practice and the label does not say so."""
    is_said = "practice" in account.label.casefold()
    return f"{account.label} (practice)" if account.kind is AccountKind.PRACTICE and not is_said else account.label
