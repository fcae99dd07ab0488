"""The practice shop as a buyer sees it: its listings, one of them in full, and a button that buys."""

from collections.abc import Sequence
from typing import Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSplitter, QStackedWidget

from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.marketplace import Account, AccountKind
from mmhub_desktop.events import AccountsChanged, Event, ListingsChanged
from mmhub_desktop.gui.pages.page import GuiContext, Page
from mmhub_desktop.gui.pages.practice_listing import ListingView
from mmhub_desktop.gui.tables.rows import RowColumn, RowsModel, RowsView
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.card import Card
from mmhub_desktop.gui.widgets.empty import EmptyState
from mmhub_desktop.gui.widgets.header import PageHeader
from mmhub_desktop.gui.words import counted, number
from mmhub_desktop.practice.buyer import Entry
from mmhub_desktop.practice.visiting import Visit

COLUMNS = (
    RowColumn("Listing", 0, lambda entry: entry.title or entry.id, lambda entry: f"{entry.sku}  ·  {entry.id}"),
    RowColumn("Price", 100, lambda entry: entry.price, is_number=True),
    RowColumn("Stock", 64, lambda entry: number(entry.quantity), is_number=True),
    RowColumn(
        "State", 104, lambda entry: entry.status.replace("_", " ").capitalize(),
        tone=lambda entry: "ok" if entry.live else "neutral",
    ),
)  # fmt: skip


class PracticePage(Page):
    """Left the listings of one practice account, newest first; right the chosen one."""

    refresh_on: ClassVar[tuple[type[Event], ...]] = (ListingsChanged, AccountsChanged)

    def __init__(self, context: GuiContext) -> None:
        super().__init__(context)
        self.header = PageHeader("Practice shop")
        self.account = QComboBox()
        self.account.setAccessibleName("Practice account")
        self.account.currentIndexChanged.connect(lambda _: self.request_refresh())
        self.header.add(self.account)
        self.body.addWidget(self.header)
        self._wanted: AccountId | None = None
        self.model = RowsModel(COLUMNS, key=lambda entry: entry.id, parent=self)
        self.view = RowsView(self.model, "Listings of the practice shop")
        self.listing = ListingView()
        self.listing.bought.connect(lambda quantity: context.spawn(self._buy(quantity), "Buy"))
        self.view.selectionModel().currentRowChanged.connect(
            lambda *_: context.spawn(self._show_listing(), "Show the listing")
        )
        card = Card()
        card.body.setContentsMargins(1, 1, 1, 6)
        card.body.addWidget(self.view)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setHandleWidth(16)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(card)
        splitter.addWidget(self.listing)
        splitter.setSizes([560, 440])
        self._stack = QStackedWidget()
        self._stack.addWidget(splitter)
        self._stack.addWidget(
            self._empty("Nothing is listed here yet", "Publish products on a practice account first.")
        )
        self.body.addWidget(self._stack, 1)

    def _empty(self, title: str, about: str) -> EmptyState:
        empty = EmptyState("store", title, about)
        row = QHBoxLayout()
        for text, icon, page in (("Go to the products", "package", "products"), ("Accounts", "store", "marketplaces")):
            button = Button(text, icon)
            button.clicked.connect(lambda _=False, name=page: self.context.window.show_page(name))
            empty.add(button)
        row.addStretch(1)
        return empty

    def show_what(self, account_id: AccountId | None = None, **_: Any) -> None:
        """``account_id``: the practice account to visit."""
        self._wanted = account_id
        self.request_refresh()

    async def refresh(self, events: Sequence[Event]) -> None:  # noqa: ARG002 - all of it is little
        """Read the shelves again."""
        accounts = [one for one in await self.context.workspace.accounts.all() if one.kind is AccountKind.PRACTICE]
        self._offer(accounts)
        entries: list[Entry] = []
        if accounts:
            async with await self._visit() as visit:
                entries = list(reversed(await visit.entries()))
        live = sum(entry.live for entry in entries)
        self.model.set_rows(entries)
        self._stack.setCurrentIndex(0 if entries else 1)
        self.header.set_subtitle(
            f"{counted(live, 'listing')} for sale. Nothing here leaves this computer." if accounts else ""
        )
        if entries and not self.view.currentIndex().isValid():
            self.view.setCurrentIndex(self.model.index(0, 0))
        else:
            await self._show_listing()

    def _offer(self, accounts: Sequence[Account]) -> None:
        """The accounts to choose from; the chosen one stays chosen."""
        chosen = self._wanted if self._wanted is not None else self.account.currentData()
        self._wanted = None
        self.account.blockSignals(True)
        self.account.clear()
        for one in accounts:
            self.account.addItem(one.label, one.id)
        self.account.setCurrentIndex(max(0, self.account.findData(chosen)))
        self.account.blockSignals(False)
        self.account.setVisible(len(accounts) > 1)

    async def _visit(self) -> Visit:
        account = await self.context.workspace.accounts.get(self.account.currentData())
        return Visit((await self.context.app.practice(account.marketplace)).base_url)

    async def _show_listing(self) -> None:
        entry: Entry | None = self.view.thing()
        self.listing.setVisible(entry is not None)
        if entry is None or self.account.currentData() is None:
            return
        async with await self._visit() as visit:
            showcase = await visit.showcase(entry.id)
            pictures = [await visit.picture(address) for address in showcase.pictures[:6]]
        present: Entry | None = self.view.thing()
        if present is not None and present.id == entry.id:
            self.listing.show_listing(showcase, [picture for picture in pictures if picture])

    async def _buy(self, quantity: int) -> None:
        entry: Entry | None = self.view.thing()
        if entry is None:
            return
        async with await self._visit() as visit:
            order_id = await visit.buy(entry.id, quantity)
        self.context.window.notify(
            "ok", f"Sold: {quantity} × “{entry.title}”, order {order_id}.", "Sync the listing to see what is left.",
        )  # fmt: skip
        self.request_refresh()
