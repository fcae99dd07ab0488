"""The webhooks page: who is told what happens, how that goes, and every message with its answer."""

from collections.abc import Sequence
from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from mmhub_desktop.domain.ids import SubscriptionId
from mmhub_desktop.domain.webhook import Subscription
from mmhub_desktop.errors import MmhubError
from mmhub_desktop.events import AccountsChanged, BatchesProgressed, Event, ImportProgressed, WebhooksChanged
from mmhub_desktop.gui.background import asked
from mmhub_desktop.gui.dialogs.confirm import confirm
from mmhub_desktop.gui.dialogs.webhook import WebhookDialog
from mmhub_desktop.gui.pages.page import GuiContext, Page
from mmhub_desktop.gui.pages.webhook_log import WebhookLog
from mmhub_desktop.gui.pages.webhook_row import WebhookRow, answer_words
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.card import Card, Line
from mmhub_desktop.gui.widgets.empty import EmptyState
from mmhub_desktop.gui.widgets.header import PageHeader
from mmhub_desktop.gui.words import counted


class WebhooksPage(Page):
    """Webhooks as rows of one card; below it the log of the one that is looked at."""

    refresh_on: ClassVar[tuple[type[Event], ...]] = (
        WebhooksChanged, AccountsChanged, BatchesProgressed, ImportProgressed,
    )  # fmt: skip

    def __init__(self, context: GuiContext) -> None:
        super().__init__(context)
        self.setAccessibleName("Webhooks")
        self.header = PageHeader("Webhooks", "Other programs of yours that are told what happens here")
        self.add_button = Button("Add webhook", "plus", "primary")
        self.add_button.clicked.connect(self._add)
        self.header.add(self.add_button)
        self.body.addWidget(self.header)
        self.rows: dict[SubscriptionId, WebhookRow] = {}
        self._looked_at: Subscription | None = None
        self._stack = QStackedWidget()
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.log = WebhookLog()
        self.log.hide()
        self.log.closed.connect(lambda: self._look_at(None))
        self.log.redeliver_wanted.connect(
            lambda message_id: context.spawn(context.workspace.webhooks.redeliver(message_id), "Redeliver the message")
        )
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self._area)
        split.addWidget(self.log)
        split.setStretchFactor(1, 1)
        split.setSizes([240, 480])
        split.setChildrenCollapsible(False)
        self._stack.addWidget(split)
        self._stack.addWidget(self._empty())
        self.body.addWidget(self._stack, 1)

    def _empty(self) -> QWidget:
        empty = EmptyState(
            "webhook",
            "Nobody is told yet",
            "Name an address, and it gets a signed message when products are imported, enhanced, published or fail. "
            "What happens while this computer is offline is sent later.",
        )
        first = Button("Add webhook", "plus", "primary")
        first.clicked.connect(self._add)
        empty.add(first)
        return empty

    async def refresh(self, events: Sequence[Event]) -> None:  # noqa: ARG002 - all of it is little
        """Read the webhooks, how they are doing, and the log that is open."""
        workspace = self.context.workspace
        outbox = workspace.webhooks.outbox
        present = await outbox.subscriptions()
        labels = {account.id: account.label for account in await workspace.accounts.all()}
        summaries = {each.id: await outbox.summary(each.id) for each in present}
        if [each.id for each in present] != list(self.rows):
            self._rebuild(present)
        for each in present:
            narrowed = [*(labels[id_] for id_ in each.account_ids if id_ in labels), *(f"#{tag}" for tag in each.tags)]
            names = ", ".join(narrowed)
            self.rows[each.id].show_webhook(each, summaries[each.id], names)
        self._stack.setCurrentIndex(0 if present else 1)
        self.add_button.setVisible(bool(present))  # the empty page has its own: one primary button a page
        self.header.set_subtitle(counted(len(present), "address", "addresses") if present else "")
        looked_at = next((each for each in present if self._looked_at and each.id == self._looked_at.id), None)
        self.log.setVisible(looked_at is not None)
        if looked_at is not None:
            self.log.show_messages(looked_at.url, await outbox.messages(looked_at.id))

    def _rebuild(self, present: Sequence[Subscription]) -> None:
        content = QWidget()
        content.setProperty("clear", "true")
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        card = Card()
        card.body.setContentsMargins(0, 4, 0, 4)
        card.body.setSpacing(0)
        self.rows = {}
        for place, each in enumerate(present):
            if place:
                card.body.addWidget(Line())
            self.rows[each.id] = self._make_row(each.id)
            card.body.addWidget(self.rows[each.id])
        column.addWidget(card)
        column.addStretch(1)
        self._area.setWidget(content)

    def _make_row(self, sub_id: SubscriptionId) -> WebhookRow:
        row = WebhookRow()
        spawn, webhooks = self.context.spawn, self.context.workspace.webhooks
        row.test_wanted.connect(lambda: spawn(self._test(sub_id), "Send a test message"))
        row.log_wanted.connect(lambda: self._look_at(row.subscription))
        row.pause_wanted.connect(lambda paused: spawn(webhooks.pause(sub_id, paused), "Pause the webhook"))
        row.active_wanted.connect(lambda active: spawn(self._switch(sub_id, active), "Switch the webhook"))
        row.edit_wanted.connect(lambda: spawn(self._edit(row.subscription), "Change the webhook"))
        row.remove_wanted.connect(lambda: spawn(self._remove(sub_id), "Remove the webhook"))
        return row

    # What the seller does

    def _add(self) -> None:
        self.context.spawn(self._edit(None), "Add a webhook")

    async def _edit(self, subscription: Subscription | None) -> None:
        accounts = await self.context.workspace.accounts.all()
        dialog = WebhookDialog(self.context, accounts, self, subscription=subscription)
        await asked(dialog)
        self.request_refresh()

    def _look_at(self, subscription: Subscription | None) -> None:
        self._looked_at = subscription
        self.request_refresh()

    async def _test(self, sub_id: SubscriptionId) -> None:
        row = self.rows[sub_id]
        row.test_button.setEnabled(False)
        row.show_answer("Sending a test message…", "muted")
        try:
            message = await self.context.workspace.webhooks.test(sub_id)
        except MmhubError as error:
            words, tone = str(error), "err"
        else:
            last = message.log[-1]
            said = last.error if last.status == 0 or last.error else last.reply[:200]
            words = answer_words(last) if not last.status else f"{answer_words(last)}. {said}".strip()
            words, tone = (f"It arrived: {words}", "ok") if last.succeeded else (f"It did not arrive: {words}", "err")
        current = self.rows.get(sub_id)
        if current is not None:
            current.test_button.setEnabled(True)
            current.show_answer(words, tone)

    async def _switch(self, sub_id: SubscriptionId, active: bool) -> None:
        webhooks = self.context.workspace.webhooks
        summary = await webhooks.outbox.summary(sub_id)
        if not active and summary.waiting:
            sure = await confirm(
                self,
                "Switch the webhook off?",
                f"{counted(summary.waiting, 'message')} that wait for it are dropped, and what happens from now on is "
                "not told. Pause keeps them instead.",
                "Switch off",
            )
            if not sure:
                self.request_refresh()
                return
        await webhooks.set_active(sub_id, active)
        row = self.rows.get(sub_id)
        if row is not None and active:
            row.show_answer("", "muted")

    async def _remove(self, sub_id: SubscriptionId) -> None:
        webhooks = self.context.workspace.webhooks
        subscription = await webhooks.outbox.subscription(sub_id)
        sure = await confirm(
            self,
            "Remove the webhook?",
            f"{subscription.url} is told nothing any more. Its secret and its log are removed from this computer.",
            "Remove",
        )
        if sure:
            await webhooks.remove(sub_id)
            self.request_refresh()
