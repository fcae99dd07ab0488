"""The page of differences: what listings show otherwise than the products say, and which side is to be right."""

import asyncio
from array import array
from collections.abc import Sequence
from typing import Any, ClassVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.job import WorkRequest
from mmhub_desktop.domain.marketplace import Capability
from mmhub_desktop.events import AccountsChanged, Event, ListingsChanged, ProductsChanged
from mmhub_desktop.gui import theme
from mmhub_desktop.gui.dialogs.confirm import confirm
from mmhub_desktop.gui.marketplace_icon import marketplace_icon
from mmhub_desktop.gui.pages.page import GuiContext, Page
from mmhub_desktop.gui.tables.drift_columns import drift_columns
from mmhub_desktop.gui.tables.product_table import ProductTable
from mmhub_desktop.gui.tables.products import ROW_ROLE, ProductsModel
from mmhub_desktop.gui.thumbnails import ThumbnailCache
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.empty import EmptyState
from mmhub_desktop.gui.widgets.header import PageHeader
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.words import counted, number

REFRESH_EVERY_S = 1.0  # comparing 100,000 listings takes about a third of a second of a reader

NO_DIFFERENCES = (
    "No differences",
    "As far as they were read, all listings show the price, stock and title that your products have.",
)
NO_ACCOUNT = (
    "No account yet",
    "Connect a marketplace and publish: what is changed there afterwards is then found here.",
)


class DriftPage(Page):
    """One row for each field of a listing that differs. Without a selection the buttons mean all rows shown."""

    refresh_on: ClassVar[tuple[type[Event], ...]] = (ProductsChanged, ListingsChanged, AccountsChanged)

    def __init__(self, context: GuiContext) -> None:
        super().__init__(context)
        self._account: AccountId | None = None
        self._compared_at = float("-inf")
        self.header = PageHeader("Differences", "Where listings that are live differ from your products")
        self.read_button = Button("Read what is live", "rotate-cw", "primary")
        self.read_button.setToolTip("Sync: ask the marketplaces what the listings show now")
        self.read_button.clicked.connect(lambda: context.spawn(self._read(), "Read what is live"))
        self.header.add(self.read_button)
        self.body.addWidget(self.header)
        self.accounts = QComboBox()
        self.accounts.setAccessibleName("Show only differences of this account")
        self.accounts.setMinimumWidth(200)
        self.accounts.activated.connect(lambda _: self.filter_account(self.accounts.currentData()))
        self.ours_button = Button("Accept ours", "send")
        self.ours_button.setToolTip("Send what the product says to the listing")
        self.ours_button.clicked.connect(lambda: self.accept("ours"))
        self.theirs_button = Button("Accept theirs", "arrow-down")
        self.theirs_button.setToolTip("Take what is live over into the product; nothing is sent")
        self.theirs_button.clicked.connect(lambda: self.accept("theirs"))
        self.model = ProductsModel(context.workspace.drift.page, context.spawn, self.request_refresh)  # type: ignore[arg-type]
        self.model.setParent(self)
        thumbnails = ThumbnailCache(context.workspace.thumbnails.get, context.spawn, self)
        self.table = ProductTable(self.model, thumbnails)
        self.table.setAccessibleName("Differences")
        head = self.table.horizontalHeader()
        head.setSectionsClickable(False)  # they stand by listing
        head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        head.setAccessibleName("Columns")
        self.foot = Label("", "body", "muted")
        self._stack = QStackedWidget()
        self._build()
        self.table.selection_changed.connect(self._selection_changed)
        self.table.menu_asked.connect(self._open_menu)
        self.table.opened.connect(self._open_product)

    def _build(self) -> None:
        listing = QWidget()
        column = QVBoxLayout(listing)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.accounts)
        row.addStretch(1)
        row.addWidget(self.ours_button)
        row.addWidget(self.theirs_button)
        column.addLayout(row)
        column.addWidget(self.table, 1)
        column.addWidget(self.foot)
        self._stack.addWidget(listing)
        self.nothing = EmptyState("arrow-left-right", *NO_DIFFERENCES)
        connect = Button("Go to the marketplaces", "store", "primary")
        connect.clicked.connect(lambda: self.context.window.show_page("marketplaces"))
        self.nothing.add(connect)
        self._connect = connect
        every = Button("Show all accounts", "x")
        every.clicked.connect(lambda: self.filter_account(None))
        self.nothing.add(every)
        self._every = every
        self._stack.addWidget(self.nothing)
        self.body.addWidget(self._stack, 1)

    async def refresh(self, events: Sequence[Event]) -> None:
        """Compare again, at most once a second; rows that stand where they stood are only read again."""
        loop = asyncio.get_running_loop()
        if events:
            await asyncio.sleep(max(0.0, self._compared_at + REFRESH_EVERY_S - loop.time()))
        if not events or any(isinstance(event, AccountsChanged) for event in events):
            await self._show_accounts()
        account = self._account
        ids = await self.context.workspace.drift.ids(account)
        self._compared_at = loop.time()
        if account != self._account:
            self.request_refresh()
            return
        if ids == self.model.ids:
            self.model.refresh_rows()
        else:
            selected, current = self.table.selected_ids(), self.table.current_id()
            top = self.table.verticalScrollBar().value()
            self.model.set_ids(ids)
            self.table.select_ids(selected, current)
            self.table.verticalScrollBar().setValue(top)
        self._stack.setCurrentIndex(0 if len(ids) else 1)
        self._every.setVisible(account is not None)
        self._selection_changed()

    async def _show_accounts(self) -> None:
        accounts = await self.context.workspace.accounts.all()
        if self._account not in {account.id for account in accounts}:
            self._account = None
        self.accounts.clear()
        self.accounts.addItem("All accounts", None)
        for account in accounts:
            self.accounts.addItem(theme.icon(marketplace_icon(account.marketplace)), account.label, account.id)
        self.accounts.setCurrentIndex(max(0, self.accounts.findData(self._account)))
        self.model.set_columns(drift_columns({account.id: account.label for account in accounts}))
        self.read_button.setVisible(bool(accounts))
        self._connect.setVisible(not accounts)
        self.nothing.set_text(*(NO_DIFFERENCES if accounts else NO_ACCOUNT))

    def filter_account(self, account_id: AccountId | None) -> None:
        """Show the differences of one account, or of all."""
        if account_id != self._account:
            self._account = account_id
            self.accounts.setCurrentIndex(max(0, self.accounts.findData(account_id)))
            self.table.clearSelection()
            self.request_refresh()

    def show_what(self, account: AccountId | None = None, **_: Any) -> None:
        """``account``: only the differences of this one."""
        self._account = account
        self.request_refresh()

    def accept(self, side: str) -> None:
        """Ask and accept "ours" or "theirs" for the selected rows, for all shown when none is selected."""
        ids = self.table.selected_ids() or self.model.ids[:]
        if len(ids):
            act = self._accept_ours(ids) if side == "ours" else self._accept_theirs(ids)
            self.context.spawn(act, f"Accept {side}")

    async def _accept_ours(self, ids: "array[int]") -> None:
        words = counted(len(ids), "difference")
        effect = "Price, stock or title of the listings become what your products say."
        if await confirm(self, f"Send ours for {words}?", effect, f"Send {words}", danger=False):
            batches = await self.context.workspace.accept_ours(ids)
            if batches:
                self._tell_started(f"Update: {words} being sent.", batches[-1])

    async def _accept_theirs(self, ids: "array[int]") -> None:
        words = counted(len(ids), "difference")
        effect = "Your products take over the live price, stock or title. Nothing is sent to a marketplace."
        if await confirm(self, f"Take over {words}?", effect, f"Take over {words}", danger=False):
            taken = await self.context.workspace.accept_theirs(ids)
            done = f"{counted(len(taken.product_ids), 'product')} changed."
            hint = f"{number(taken.left)} left: the price has another currency than the cost." if taken.left else ""
            self.context.window.notify("warn" if taken.left else "ok", done, hint)

    async def _read(self) -> None:
        """Sync all listings of the accounts shown."""
        workspace = self.context.workspace
        count, last = 0, None
        for account in await workspace.accounts.all():
            declared = workspace.marketplaces.get(account.marketplace)
            if self._account not in (None, account.id) or declared is None:
                continue
            ids = await workspace.listings.products_listed(account.id)
            if ids and Capability.READ_BACK in declared.capabilities:
                last = await workspace.submit(WorkRequest("sync", tuple(ids), (account.id,)))
                count += len(ids)
        if last is None:
            self.context.window.notify("info", "Nothing is listed there yet.", "Publish or adopt listings first.")
        else:
            self._tell_started(f"Sync: {counted(count, 'listing')} being read.", last)

    def _tell_started(self, words: str, batch_id: int) -> None:
        window = self.context.window
        window.notify(
            "info", words, "You can go on working.", "Show jobs", lambda: window.show_page("jobs", batch_id=batch_id)
        )

    def _open_product(self, drift_id: int) -> None:
        row = self.model.index(self.model.row_of(drift_id), 0).data(ROW_ROLE)
        if row is not None:
            self.context.window.show_page("products", product=row.product_id)

    def _open_menu(self, spot: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chosen = self.table.selected_count()
        ours = QAction(theme.icon("send"), f"Accept ours for {number(chosen)}", menu)
        ours.triggered.connect(lambda: self.accept("ours"))
        theirs = QAction(theme.icon("arrow-down"), f"Accept theirs for {number(chosen)}", menu)
        theirs.triggered.connect(lambda: self.accept("theirs"))
        for action in (ours, theirs):
            action.setEnabled(chosen > 0)
            menu.addAction(action)
        menu.addSeparator()
        current = self.table.current_id()
        show = menu.addAction(theme.icon("package"), "Show the product")
        show.setEnabled(current is not None)
        show.triggered.connect(lambda: self._open_product(current) if current is not None else None)
        menu.popup(spot)

    def _selection_changed(self) -> None:
        selected, shown = self.table.selected_count(), len(self.model.ids)
        self.header.set_subtitle(counted(shown, "field differs", "fields differ") if shown else "")
        what = f" ({number(selected)})" if selected else f" for all {number(shown)}"
        self.ours_button.setText(f"Accept ours{what}")
        self.theirs_button.setText(f"Accept theirs{what}")
        self.foot.setText(
            f"{number(selected)} of {counted(shown, 'difference')} selected"
            if selected
            else f"{counted(shown, 'difference')}. Select rows to accept some of them only."
        )
