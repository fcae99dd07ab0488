"""Adding a webhook or changing one: its address, what it is told of, for which accounts, and its secret."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.webhook import EVENT_TYPES, Subscription, split_tags
from mmhub_desktop.gui.dialogs.frame import Dialog
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.card import Card
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.widgets.scroll_form import ScrollForm
from mmhub_desktop.webhooks import Webhooks

_ABOUT = "Messages are signed after Standard Webhooks, so that the receiver knows they are yours."


class WebhookDialog(Dialog):
    """Without ``subscription`` a new one is added; then its secret is shown once, to be handed to the receiver."""

    def __init__(
        self,
        context: GuiContext,
        accounts: Sequence[Account],
        parent: QWidget | None = None,
        *,
        subscription: Subscription | None = None,
    ) -> None:
        super().__init__("Add a webhook" if subscription is None else "Change the webhook", _ABOUT, parent, width=560)
        self._context = context
        self._subscription = subscription
        self.url = QLineEdit(subscription.url if subscription else "")
        self.url.setPlaceholderText("https://shop.example/hooks")
        self.url.setAccessibleName("Address of the receiver")
        self.events = {kind.name: QCheckBox(kind.about) for kind in EVENT_TYPES if kind.available}
        for name in subscription.event_types if subscription else ():
            self.events[name].setChecked(True)
        self.accounts: dict[AccountId, QCheckBox] = {}
        self.tags = QLineEdit(", ".join(subscription.tags) if subscription else "")
        self.tags.setPlaceholderText("All products")
        self.tags.setAccessibleName("Only products with one of these tags")
        self.secret = QLineEdit()
        self.secret.setAccessibleName("Secret")
        self._lay_out(accounts)
        self._close = self.add_button("Cancel", self.reject)
        self.action_button = self.add_button("Add" if subscription is None else "Save", self._save, "primary")
        self.confirm_with(self.action_button)
        self.url.setFocus()

    def _lay_out(self, accounts: Sequence[Account]) -> None:
        self._form = QWidget()
        column = QVBoxLayout(self._form)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(6)
        column.addWidget(Label("Address", "label", "muted"))
        column.addWidget(self.url)
        head = QHBoxLayout()
        head.addWidget(Label("Tell it of", "label", "muted"), 1)
        every = Button("All", kind="quiet")
        every.set_hint("Choose all events")
        every.clicked.connect(lambda: self._check_all(True))
        none = Button("None", kind="quiet")
        none.set_hint("Choose no event")
        none.clicked.connect(lambda: self._check_all(False))
        head.addWidget(every)
        head.addWidget(none)
        column.addLayout(head)
        column.addWidget(self._list_events())
        if accounts:
            column.addWidget(Label("Only these accounts (none ticked: all of them)", "label", "muted"))
            chosen = self._subscription.account_ids if self._subscription else ()
            for account in accounts:
                box = QCheckBox(account.label)
                box.setAccessibleName(f"Only account {account.label}")
                box.setChecked(account.id in chosen)
                self.accounts[account.id] = box
                column.addWidget(box)
        column.addWidget(Label("Only products with one of these tags (attribute “tags”)", "label", "muted"))
        column.addWidget(self.tags)
        self._secret_label = Label("Secret", "label", "muted")
        column.addWidget(self._secret_label)
        column.addLayout(self._secret_row())
        column.addStretch(1)
        self._area = ScrollForm(self._form)
        self.body.addWidget(self._area, 1)

    def _secret_row(self) -> QHBoxLayout:
        is_new = self._subscription is None
        self.secret.setPlaceholderText(
            "Made for you when left empty" if is_new else "Kept; paste another to replace it"
        )
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.copy_button = Button("Copy", "copy")
        self.copy_button.clicked.connect(self._copy)
        self.copy_button.setVisible(not is_new)
        self.replace_button = Button("New secret", "rotate-cw")
        self.replace_button.clicked.connect(self._replace)
        self.replace_button.setVisible(not is_new)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.secret, 1)
        row.addWidget(self.copy_button)
        row.addWidget(self.replace_button)
        return row

    def _list_events(self) -> Card:
        card = Card()
        card.body.setSpacing(6)
        for name, box in self.events.items():
            box.setAccessibleName(f"{box.text()} ({name})")
            row = QHBoxLayout()
            row.addWidget(box, 1)
            row.addWidget(Label(name, "small", "muted"))
            card.body.addLayout(row)
        return card

    def _check_all(self, checked: bool) -> None:
        for box in self.events.values():
            box.setChecked(checked)

    def chosen_events(self) -> list[str]:
        """The names of the events that are ticked."""
        return [name for name, box in self.events.items() if box.isChecked()]

    @property
    def _webhooks(self) -> Webhooks:
        return self._context.workspace.webhooks

    def _save(self) -> None:
        self.work(self._context.spawn, self._keep(), "Keep the webhook", button=self.action_button)

    async def _keep(self) -> None:
        accounts = tuple(id_ for id_, box in self.accounts.items() if box.isChecked())
        url, events, secret = self.url.text(), self.chosen_events(), self.secret.text()
        tags = split_tags(self.tags.text())
        if self._subscription is None:
            added = await self._webhooks.add(url, events, accounts, secret, tags)
            if secret.strip():
                self.accept()
            else:
                self._show_secret(await self._webhooks.secret(added.id))
            return
        current = await self._webhooks.outbox.subscription(self._subscription.id)
        if secret.strip():
            await self._webhooks.replace_secret(current.id, secret)
        wanted = replace(current, url=url, event_types=tuple(events), account_ids=accounts, tags=tags)
        await self._webhooks.change(wanted)
        self.accept()

    def _show_secret(self, secret: str) -> None:
        """The last thing to do: give it to the receiver."""
        self.set_head("Hand this secret to the receiver", "It checks with it that messages come from you.")
        for part in self._form.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            part.setVisible(part in (self._secret_label, self.secret, self.copy_button))
        self.secret.setEchoMode(QLineEdit.EchoMode.Normal)
        self.secret.setText(secret)
        self.secret.setReadOnly(True)
        self.secret.setCursorPosition(0)
        self._close.hide()
        self.action_button.setText("Done")
        self.action_button.setEnabled(True)
        self.action_button.clicked.disconnect()
        self.action_button.clicked.connect(self.accept)
        self._area.setMinimumHeight(self._form.sizeHint().height())
        self.fit(shrink=True)

    def _copy(self) -> None:
        if self.secret.text():
            QGuiApplication.clipboard().setText(self.secret.text())
        elif self._subscription is not None:
            self.work(self._context.spawn, self._copy_kept(self._subscription), "Copy the secret")

    async def _copy_kept(self, subscription: Subscription) -> None:
        QGuiApplication.clipboard().setText(await self._webhooks.secret(subscription.id))

    def _replace(self) -> None:
        if self._subscription is not None:
            self.work(self._context.spawn, self._make_new(self._subscription), "Replace the secret")

    async def _make_new(self, subscription: Subscription) -> None:
        self._show_secret(await self._webhooks.replace_secret(subscription.id))
