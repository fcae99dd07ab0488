"""The products page: numbers by status, search and filter, the table, what to do with the selected, the detail."""

import asyncio
from array import array
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from mmhub_desktop.domain.product import ProductStatus
from mmhub_desktop.domain.product_query import ProductQuery
from mmhub_desktop.domain.readiness import ProblemKey
from mmhub_desktop.events import AccountsChanged, Event, ListingsChanged, ProductsChanged, ReadinessChanged
from mmhub_desktop.gui import theme
from mmhub_desktop.gui.bridge import product_ids
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.pages.product_detail import ProductDetail
from mmhub_desktop.gui.pages.product_editing import EditingPage, EditingPlace
from mmhub_desktop.gui.pages.product_empty import no_products
from mmhub_desktop.gui.pages.product_filters import ProductTools, StatusCards
from mmhub_desktop.gui.pages.product_work import ProductWork, work_actions
from mmhub_desktop.gui.tables.catalog_table import CatalogTable
from mmhub_desktop.gui.tables.product_columns import Column, columns_for
from mmhub_desktop.gui.tables.product_tree import FamiliesModel
from mmhub_desktop.gui.tables.products import same_members
from mmhub_desktop.gui.thumbnails import ThumbnailCache
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.empty import EmptyState
from mmhub_desktop.gui.widgets.header import PageHeader
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.words import counted, number

FIRST_ROWS = 100
RELOAD_EVERY_S = 1.0  # while an import runs the list of ids is fetched at most this often


class ProductsPage(EditingPage):
    """All products of the workspace."""

    refresh_on: ClassVar[tuple[type[Event], ...]] = (
        ProductsChanged,
        ListingsChanged,
        AccountsChanged,
        ReadinessChanged,
    )

    def __init__(self, context: GuiContext) -> None:
        super().__init__(context)
        workspace = context.workspace
        self._query = ProductQuery()
        self._total = 0
        self._accounts = 0
        self._loaded_at = 0.0
        self._loading: asyncio.Task[Any] | None = None
        self._load_again = False
        self.work = ProductWork(context, self, self.selected_ids)
        self.thumbnails = ThumbnailCache(workspace.thumbnails.get, context.spawn, self)
        products = workspace.products
        self.model = FamiliesModel(products.page, products.variant_ids, context.spawn, self.reload)
        self.model.setParent(self)
        self.table = CatalogTable(self.model, self.thumbnails)
        self.detail = ProductDetail(context, self.thumbnails)
        self.detail.hide()
        self._build()
        self._connect()

    def _build(self) -> None:
        self.header = PageHeader("Products", " ")
        self._import = Button("Import", "upload", "primary")
        self._import.clicked.connect(lambda: self.context.window.import_files([]))
        self._import.setToolTip("Import products from a file (Ctrl+O), or drop the file anywhere on the window")
        self.header.add(self._import)
        self.body.addWidget(self.header)
        listing = QWidget()
        column = QVBoxLayout(listing)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        self.status_cards = StatusCards()
        self.tools = ProductTools()
        column.addWidget(self.status_cards)
        column.addWidget(self.tools)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setHandleWidth(16)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self.table)
        self._splitter.addWidget(self.detail)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setSizes([700, 440])
        self._nothing_found = EmptyState("search", "Nothing found", "No product matches this search and filter.")
        clear = Button("Show all products", "x")
        clear.clicked.connect(self.show_all)
        self._nothing_found.add(clear)
        self._list_or_nothing = QStackedWidget()
        self._list_or_nothing.addWidget(self._splitter)
        self._list_or_nothing.addWidget(self._nothing_found)
        column.addWidget(self._list_or_nothing, 1)
        self.foot = Label("", "body", "muted")
        self.select_all_button = Button("Select all", kind="quiet")
        self.select_all_button.clicked.connect(self.select_all)
        self.select_all_button.hide()
        foot = QHBoxLayout()
        foot.addWidget(self.foot)
        foot.addWidget(self.select_all_button)
        foot.addStretch(1)
        self.foot.setFixedHeight(34)  # as high as the button that comes and goes
        column.addLayout(foot)
        self._stack = QStackedWidget()
        self._stack.addWidget(listing)
        self._stack.addWidget(no_products(self.context.window))
        self.body.addWidget(self._stack, 1)
        self.editing = EditingPlace(self.context, self._stack, self.table, self.model, self.thumbnails, self.header)

    def _connect(self) -> None:
        self.status_cards.chosen.connect(self.filter_status)
        self.tools.searched.connect(self._search)
        self.tools.status_chosen.connect(self.filter_status)
        self.tools.asked.connect(self.act)
        self.tools.menu_asked.connect(self.open_menu)
        self.tools.only.cleared.connect(lambda: self.show_problem(None))
        header = self.table.horizontalHeader()
        header.sectionClicked.connect(self._sort_by)
        self.table.opened.connect(self.editing.open)
        self.table.delete_asked.connect(lambda: self.act("delete"))
        self.table.menu_asked.connect(self.open_menu)
        self.table.selection_changed.connect(self._selection_changed)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._follow_current())
        self.detail.closed.connect(self.close_detail)
        self._selection_changed()

    async def refresh(self, events: Sequence[Event]) -> None:
        """Columns, numbers and rows."""
        if not events or any(isinstance(event, AccountsChanged) for event in events):
            accounts = await self.context.workspace.accounts.all()
            self._accounts = len(accounts)
            self.table.set_columns(columns_for(accounts))
            self._show_sorting()
        if not events:
            await self._load()
        else:
            changed = [event for event in events if isinstance(event, ProductsChanged | ListingsChanged)]
            ids = [id_ for event in changed for id_ in product_ids(event)]
            many = any(not product_ids(event) for event in changed)
            checked = any(isinstance(event, ReadinessChanged) for event in events)
            if checked or changed:
                self.model.refresh_rows([] if many or checked else ids)
            if checked and self._query.problem is not None:
                self.reload()
            if any(isinstance(event, ProductsChanged) for event in changed):
                self.reload()
            self.editing.refresh(ids, many=many)
            if self.detail.isVisible() and (many or self.detail.product_id in ids):
                self.detail.reload()
        await self._show_counts()

    def reload(self) -> None:
        """Fetch the list of ids again, soon; the rows seen stay until then."""
        if self._loading is not None:
            self._load_again = True
            return
        self._loading = self.context.spawn(self._reload_later(), "Show products")

    async def _reload_later(self) -> None:
        try:
            loop = asyncio.get_running_loop()
            await asyncio.sleep(max(0.0, self._loaded_at + RELOAD_EVERY_S - loop.time()))
            await self._load(keep_order=True)
            await self._show_counts()
        finally:
            self._loading = None
            if self._load_again:
                self._load_again = False
                self.reload()

    async def _load(self, *, keep_order: bool = False) -> None:
        """Fetch ids for the query in force: the first rows at once, then all."""
        query = self._query
        store = self.context.workspace.products
        old = self.model.ids
        if len(old) == 0:
            first = await store.first_ids(query, FIRST_ROWS)
            if query != self._query:
                return
            self.model.set_ids(first)
            self._show_which(bool(len(first)))
        ids = await store.ids(query)
        self._loaded_at = asyncio.get_running_loop().time()
        if query != self._query:
            return
        self._show_ids(ids, keep_order=keep_order)

    def _show_ids(self, ids: "array[int]", *, keep_order: bool) -> None:
        old = self.model.ids
        if ids == old:
            pass
        elif ids[: len(old)] == old:
            self.model.append_ids(ids)
        elif keep_order and same_members(ids, old):
            pass  # only the order changed (work moves “updated” all the time): do not shuffle rows under the seller
        else:
            selected, current = self.table.selected_ids(), self.table.current_id()
            top = self.table.verticalScrollBar().value()
            self.model.set_ids(ids)
            self.table.select_ids(selected, current)
            self.table.verticalScrollBar().setValue(top)
        self._show_which(bool(len(ids)))
        self._selection_changed()

    def _show_which(self, any_found: bool) -> None:
        filtered = self._query.text or self._query.statuses or self._query.problem
        is_empty = not (any_found or filtered or self._total)
        if not self.editing.is_open:
            self._stack.setCurrentIndex(1 if is_empty else 0)
        self._import.setVisible(not is_empty)  # the empty page has its own: one primary button a page
        self._list_or_nothing.setCurrentIndex(0 if any_found or not filtered else 1)

    async def _show_counts(self) -> None:
        counts = await self.context.workspace.products.counts()
        self._total = sum(counts.values())
        self.status_cards.show_counts(counts)
        where = f", {counted(self._accounts, 'marketplace account')}" if self._accounts else ""
        self.header.set_subtitle(f"{counted(self._total, 'product')}{where}")
        self._show_which(bool(len(self.model.ids)))

    def selected_ids(self) -> "array[int]":
        """Ids of the selected products, in the table's order."""
        return self.table.selected_ids()

    def act(self, name: str) -> None:
        """Do one of ``WORK`` to the selected products."""
        self.work.start(name)

    def select_all(self) -> None:
        """Select all products that match the search and filter, loaded or not."""
        self.table.setFocus()
        self.table.selectAll()

    def show_all(self) -> None:
        """Forget search and filter."""
        self.show_problem(None)

    def show_problem(self, problem: ProblemKey | None, words: str = "") -> None:
        """Show exactly the products that have this problem; None: all products."""
        self.tools.search.clear()
        self.tools.only.show_words(words if problem else "")
        self._change_query(replace(self._query, text="", statuses=frozenset(), problem=problem))

    def focus_search(self) -> None:
        """Put the keyboard into the search field."""
        self.tools.search.setFocus()
        self.tools.search.selectAll()

    def filter_status(self, statuses: frozenset[ProductStatus]) -> None:
        """Show only products with one of these statuses, all when there are none."""
        self._change_query(replace(self._query, statuses=statuses))

    def show_what(self, **what: Any) -> None:
        """``product``: open that product; ``status``: filter by it; ``search``: focus the search field.

        ``problem``: only products with this ``ProblemKey``, which ``words`` name.
        """
        if "problem" in what:
            self.show_problem(what["problem"], str(what.get("words", "")))
        if "status" in what:
            self.filter_status(frozenset({ProductStatus(what["status"])}))
        if what.get("search"):
            self.focus_search()
        if "product" in what:
            self.open_detail(int(what["product"]))

    def open_detail(self, product_id: int) -> None:
        """Show a product beside the table."""
        self.detail.show()
        self.table.set_compact(True)
        self.detail.show_product(product_id)

    def close_detail(self) -> None:
        """Hide the detail; the keyboard goes back to the table."""
        self.detail.hide()
        self.table.set_compact(False)
        self.table.setFocus()

    def open_menu(self, spot: QPoint) -> None:
        """The context menu of the selected products."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        current = self.table.current_id()
        edit = menu.addAction(theme.icon("pencil"), "Edit")
        edit.setEnabled(current is not None)
        edit.triggered.connect(lambda: self.editing.open(current) if current is not None else None)
        show = menu.addAction(theme.icon("eye"), "Show details")
        show.setEnabled(current is not None)
        show.triggered.connect(lambda: self.open_detail(current) if current is not None else None)
        menu.addSeparator()
        work_actions(menu, self.table.selected_count(), self.act)
        menu.addSeparator()
        every = menu.addAction(f"Select all {number(len(self.model.ids))}")
        every.triggered.connect(self.select_all)
        menu.popup(spot)

    def _follow_current(self) -> None:
        current = self.table.current_id()
        if self.detail.isVisible() and current is not None and current != self.detail.product_id:
            self.detail.show_product(current)

    def _search(self, text: str) -> None:
        self._change_query(replace(self._query, text=text))

    def _sort_by(self, section: int) -> None:
        column = self.model.columns[section]
        if column.sort is None and column.sort_account is None:
            return
        descending = not self._query.descending if self._is_sorted_by(column) else column.descending_first
        sort = column.sort or self._query.sort
        query = replace(self._query, sort=sort, sort_account=column.sort_account, descending=descending)
        self._change_query(query)

    def _is_sorted_by(self, column: Column) -> bool:
        query = self._query
        return column.sort_account == query.sort_account and (
            query.sort_account is not None or column.sort == query.sort
        )

    def _change_query(self, query: ProductQuery) -> None:
        if query != self._query:
            self._query = query
            self.context.spawn(self._show_query(), "Search products")
        self.status_cards.mark(query.statuses)
        self.tools.mark(query.statuses)
        self._show_sorting()

    async def _show_query(self) -> None:
        query = self._query
        first = await self.context.workspace.products.first_ids(query, FIRST_ROWS)
        if query != self._query:
            return
        self.table.clearSelection()
        self.table.scrollToTop()
        self.model.set_ids(first)
        self._show_which(bool(len(first)))
        await self._load()

    def _show_sorting(self) -> None:
        order = Qt.SortOrder.DescendingOrder if self._query.descending else Qt.SortOrder.AscendingOrder
        for place, column in enumerate(self.model.columns):
            if self._is_sorted_by(column):
                self.table.horizontalHeader().setSortIndicator(place, order)

    def _selection_changed(self) -> None:
        selected, shown = self.table.selected_count(), len(self.model.ids)
        self.tools.allow_work(selected > 0)
        self.foot.setText(
            f"{number(selected)} of {counted(shown, 'product')} selected" if selected else counted(shown, "product")
        )
        self.select_all_button.setText(f"Select all {number(shown)}")
        self.select_all_button.setVisible(0 < selected < shown)
