"""The marketplaces page: the seller's accounts, how each is doing, and where their keys lie."""

import time
from collections.abc import Sequence
from typing import Any, ClassVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from mmhub_desktop.credentials import PlaceKind, Secrets
from mmhub_desktop.domain.call_stats import HourStats, series
from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.marketplace import Account, AccountKind, Capability
from mmhub_desktop.errors import MmhubError
from mmhub_desktop.events import AccountsChanged, ConnectivityChanged, Event, ListingsChanged
from mmhub_desktop.gui.background import asked
from mmhub_desktop.gui.dialogs.account import AccountDialog, identity_words
from mmhub_desktop.gui.dialogs.confirm import confirm
from mmhub_desktop.gui.dialogs.vault import VaultDialog
from mmhub_desktop.gui.pages.account_row import AccountRow
from mmhub_desktop.gui.pages.page import GuiContext, Page
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.card import Card, Line
from mmhub_desktop.gui.widgets.empty import EmptyState
from mmhub_desktop.gui.widgets.header import PageHeader
from mmhub_desktop.gui.widgets.icon import IconLabel
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.words import counted

_TICK_MS = 1_000


class MarketplacesPage(Page):
    """Accounts as rows of one card, below a line that says where secrets lie."""

    refresh_on: ClassVar[tuple[type[Event], ...]] = (AccountsChanged, ConnectivityChanged, ListingsChanged)

    def __init__(self, context: GuiContext) -> None:
        super().__init__(context)
        self.setAccessibleName("Marketplaces")
        self.header = PageHeader("Marketplaces", "Your accounts and how they are")
        self.abilities_button = Button("What each can do", "table")
        self.abilities_button.setToolTip("What this program can do on each marketplace, side by side")
        self.abilities_button.clicked.connect(lambda: context.spawn(self._show_abilities(), "Show what each can do"))
        self.header.add(self.abilities_button)
        self.add_button = Button("Add account", "plus", "primary")
        self.add_button.clicked.connect(self._add)
        self.header.add(self.add_button)
        self.body.addWidget(self.header)
        self.secrets_line = SecretsLine()
        self.secrets_line.unlock_wanted.clicked.connect(lambda: context.spawn(self._unlock(), "Unlock the secrets"))
        self.body.addWidget(self.secrets_line)
        self.rows: dict[AccountId, AccountRow] = {}
        self._accounts: list[Account] = []
        self._live: dict[AccountId, int] = {}
        self._stack = QStackedWidget()
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._stack.addWidget(self._area)
        empty = EmptyState(
            "store",
            "No account yet",
            "Add a practice account to try everything on this computer, or connect your own at a marketplace.",
        )
        first = Button("Add account", "plus", "primary")
        first.clicked.connect(self._add)
        empty.add(first)
        self._stack.addWidget(empty)
        self.body.addWidget(self._stack, 1)
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._draw)

    async def refresh(self, events: Sequence[Event]) -> None:  # noqa: ARG002 - all of it is little
        """Read the accounts and their listings' numbers again."""
        workspace = self.context.workspace
        accounts = await workspace.accounts.all()
        for account in accounts:
            counts = await workspace.listings.count_by_state(account.id)
            self._live[account.id] = counts.get(ListingState.LIVE, 0)
        first_hour = int(time.time()) // 3600 - 23
        hours = await workspace.calls.hours(first_hour)
        if [account.id for account in accounts] != list(self.rows):
            self._rebuild(accounts)
        self._accounts = accounts
        self._draw()
        self._show_day(hours, first_hour)
        self._stack.setCurrentIndex(0 if accounts else 1)
        self.add_button.setVisible(bool(accounts))  # the empty page has its own: one primary button a page
        self.header.set_subtitle(counted(len(accounts), "account") if accounts else "")
        self._tick.start()
        self.secrets_line.show_place(await workspace.secrets())

    def _show_day(self, hours: Sequence[HourStats], first: int) -> None:
        """How the marketplaces answered in the last 24 hours."""
        for account_id, row in self.rows.items():
            mine = [each for each in hours if each.stats.account_id == account_id]
            row.show_day(series(mine, first, 1, 24)[0], series(mine, first, 24, 1))

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing counts down while nobody looks."""
        super().hideEvent(event)
        self._tick.stop()

    def _rebuild(self, accounts: Sequence[Account]) -> None:
        """Rows for exactly these accounts; those that stay keep what their last test said."""
        kept = {id_: row.tested.text() for id_, row in self.rows.items() if not row.tested.isHidden()}
        tones = {id_: str(row.tested.property("tone")) for id_, row in self.rows.items()}
        content = QWidget()
        content.setProperty("clear", "true")
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        card = Card()
        card.body.setContentsMargins(0, 4, 0, 4)
        card.body.setSpacing(0)
        self.rows = {}
        for place, account in enumerate(accounts):
            if place:
                card.body.addWidget(Line())
            row = self._make_row(account.id)
            row.show_test(kept.get(account.id, ""), tones.get(account.id, "ok"))
            card.body.addWidget(row)
            self.rows[account.id] = row
        column.addWidget(card)
        column.addStretch(1)
        self._area.setWidget(content)

    def _make_row(self, account_id: AccountId) -> AccountRow:
        row = AccountRow()
        spawn = self.context.spawn
        row.test_wanted.connect(lambda: spawn(self._test(account_id), "Test the connection"))
        row.reconnect_wanted.connect(lambda: self._reconnect(account_id))
        row.pause_wanted.connect(
            lambda paused: spawn(self.context.workspace.pause_account(account_id, paused), "Pause the account")
        )
        row.adopt_wanted.connect(lambda: spawn(self._adopt(account_id), "Adopt listings"))
        row.renewal_wanted.connect(lambda: spawn(self._renew(account_id), "Renew the sign-in"))
        row.visit_wanted.connect(lambda: self.context.window.show_page("practice", account_id=account_id))
        row.settings_wanted.connect(lambda: spawn(self._change(account_id), "Change the account"))
        row.mapping_wanted.connect(lambda: spawn(self._map_categories(account_id), "Map categories"))
        row.rules_wanted.connect(lambda: spawn(self._change_rules(account_id), "Change the rules"))
        row.limit_wanted.connect(lambda: spawn(self._limit(account_id), "Limit the calls"))
        row.remove_wanted.connect(lambda: spawn(self._remove(account_id), "Remove the account"))
        return row

    def _draw(self) -> None:
        """Everything that changes by the second: states, countdowns, budgets."""
        workspace = self.context.workspace
        for account in self._accounts:
            row = self.rows.get(account.id)
            if row is not None:
                declared = workspace.marketplaces.get(account.marketplace)
                lane = workspace.engine.lane_state(account.id)
                row.show_account(account, declared, lane, self._live.get(account.id, 0))

    # What the seller does

    def show_what(self, add: bool = False, **_: Any) -> None:
        """``add``: open the dialog that adds an account."""
        if add:
            self._add()

    def _add(self) -> None:
        self.context.spawn(self._run(AccountDialog(self.context, self)), "Add an account")

    def _reconnect(self, account_id: AccountId) -> None:
        account = next((each for each in self._accounts if each.id == account_id), None)
        if account is not None:
            self.context.spawn(self._run(AccountDialog(self.context, self, account=account)), "Connect the account")

    async def _show_abilities(self) -> None:
        from mmhub_desktop.gui.dialogs.abilities import AbilitiesDialog

        await self._run(AbilitiesDialog(self.context.workspace.marketplaces.values(), self))

    async def _run(self, dialog: QDialog) -> None:
        await asked(dialog)
        self.request_refresh()

    async def _adopt(self, account_id: AccountId) -> None:
        from mmhub_desktop.gui.dialogs.adopt import AdoptDialog

        workspace = self.context.workspace
        account = await workspace.accounts.get(account_id)
        if Capability.LIST not in workspace.marketplace(account).capabilities:
            label = workspace.marketplace(account).label
            self.context.window.notify("info", f"{label} does not let programs list what is on an account.")
            return
        dialog = AdoptDialog(self.context, account, self)
        await asked(dialog)
        self.request_refresh()

    async def _renew(self, account_id: AccountId) -> None:
        window = self.context.window
        batch_id = await self.context.workspace.renew_sign_in(account_id)
        window.notify(
            "info", "New access is asked for.", action_text="Show",
            act=lambda: window.show_page("jobs", batch_id=batch_id),
        )  # fmt: skip

    async def _change(self, account_id: AccountId) -> None:
        from mmhub_desktop.gui.dialogs.account_settings import AccountSettingsDialog

        account = await self.context.workspace.accounts.get(account_id)
        dialog = AccountSettingsDialog(self.context, account, self)
        changed = await asked(dialog)
        self.request_refresh()
        if changed and account.connected_at is not None:
            await self._test(account_id)  # what was chosen may change who we are there: site, currency, seller

    async def _map_categories(self, account_id: AccountId) -> None:
        from mmhub_desktop.gui.dialogs.mapping import map_categories

        await map_categories(self.context, await self.context.workspace.accounts.get(account_id), self)

    async def _change_rules(self, account_id: AccountId) -> None:
        from mmhub_desktop.gui.dialogs.rules import change_rules

        await change_rules(self.context, await self.context.workspace.accounts.get(account_id), self)

    async def _limit(self, account_id: AccountId) -> None:
        from mmhub_desktop.gui.dialogs.call_limit import CallLimitDialog

        dialog = CallLimitDialog(self.context, await self.context.workspace.accounts.get(account_id), self)
        await asked(dialog)

    async def _unlock(self) -> None:
        secrets = await self.context.workspace.secrets()
        if secrets.where.locked:
            await self._run(VaultDialog(secrets, self.context.spawn, self))

    async def _test(self, account_id: AccountId) -> None:
        row = self.rows[account_id]
        row.test_button.setEnabled(False)
        row.show_test("Asking the marketplace…", "muted")
        try:
            identity = await self.context.workspace.test_account(account_id)
        except MmhubError as error:
            words, tone = str(error), "err"
        else:
            words, tone = f"The connection works: {identity_words(identity)}.", "ok"
            if identity.warnings:
                words, tone = f"{words} {' '.join(warning.message for warning in identity.warnings)}", "warn"
        current = self.rows.get(account_id)
        if current is not None:
            current.test_button.setEnabled(True)
            current.show_test(words, tone)

    async def _remove(self, account_id: AccountId) -> None:
        workspace = self.context.workspace
        account = await workspace.accounts.get(account_id)
        counts = await workspace.listings.count_by_state(account_id)
        live = counts.get(ListingState.LIVE, 0)
        label = workspace.marketplace(account).label if account.marketplace in workspace.marketplaces else "marketplace"
        stays = f"{counted(live, 'listing')} stay online at {label}; " if live else ""
        keys = "" if account.kind is AccountKind.PRACTICE else "Its keys are removed from this computer too. "
        sure = await confirm(
            self,
            f"Remove {account.label}?",
            f"{keys}{stays}this program forgets what it knows about {counted(sum(counts.values()), 'listing')} there."
            if stays
            else f"{keys}This program forgets what it knows about {counted(sum(counts.values()), 'listing')} there.",
            f"Remove {account.label}",
        )
        if sure:
            await workspace.remove_account(account_id)
            self.request_refresh()


class SecretsLine(Card):
    """Where secrets lie, and whether they can be used."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = IconLabel("lock", "muted", 20)
        self.title = Label("Looking for the keyring…", "strong")
        self.detail = Label("", "body", "muted")
        self.detail.setWordWrap(True)
        self.unlock_wanted = Button("Unlock", "key-round")
        self.unlock_wanted.hide()
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self.detail)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._icon)
        row.addLayout(words, 1)
        row.addWidget(self.unlock_wanted)
        self.body.addLayout(row)

    def show_place(self, secrets: Secrets) -> None:
        """Say where, and what to do when it is locked or missing."""
        where = secrets.where
        state = "locked" if where.locked else "unlocked"
        title, detail, token, act = {
            PlaceKind.KEYRING: ("Keys are kept in the system's keyring", f"{where.label}, {state}", "ok", "Unlock"),
            PlaceKind.VAULT: ("Keys are kept in an encrypted vault", f"{where.detail}, {state}", "ok", "Unlock"),
            PlaceKind.MEMORY: ("Keys are kept in memory only", where.detail, "warn", ""),
            PlaceKind.NONE: ("There is no place for keys yet", where.detail, "warn", "Choose a passphrase"),
        }[where.kind]
        if where.kind is PlaceKind.KEYRING and where.detail:
            detail = f"{detail}. {where.detail}"
        self.title.setText(title)
        self.detail.setText(detail)
        self._icon.set_icon("lock", "warn" if where.locked else token)
        self.unlock_wanted.setText(act)
        self.unlock_wanted.setVisible(where.locked and bool(act))
        self.setAccessibleName(f"{title}: {detail}")
