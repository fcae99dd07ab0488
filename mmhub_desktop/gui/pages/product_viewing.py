"""What the products page shows and how, in one place: query, columns, row height; restored, and saved by name."""

import asyncio
import contextlib
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.product import ProductStatus
from mmhub_desktop.domain.product_filter import Filter, Operator, chosen
from mmhub_desktop.domain.product_query import ProductQuery, ProductSort
from mmhub_desktop.domain.product_view import BUILT_IN, Density, ProductView, SavedView, from_plain, to_plain
from mmhub_desktop.domain.readiness import ProblemKey
from mmhub_desktop.gui.background import asked
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.pages.product_chips import ProductChips
from mmhub_desktop.gui.pages.product_filters import ProductTools
from mmhub_desktop.gui.pages.product_listing import ProductListing
from mmhub_desktop.gui.pages.product_views import differs
from mmhub_desktop.gui.tables.catalog_table import CatalogTable
from mmhub_desktop.gui.tables.product_columns import Column, all_columns, columns_for, usual_names

KEPT_AS = "products.view"  # the preference that holds what was shown last
KEEP_AFTER_S = 0.25
ATTRIBUTES_WAIT_S = 0.3  # a filter is asked for without attributes when it takes longer to find them all
_BEST_FIRST: dict[str, Any] = {
    "sort": ProductSort.BEST_MATCH, "descending": True, "sort_account": None, "sort_ready": None, "sort_attribute": "",
}  # fmt: skip


class ProductViewing(QObject):
    """``changed`` is emitted after the query, the columns or the row height have changed."""

    changed = Signal()

    def __init__(
        self, context: GuiContext, tools: ProductTools, chips: ProductChips, table: CatalogTable, page: QWidget
    ) -> None:
        super().__init__(page)
        self._context = context
        self._tools = tools
        self._chips = chips
        self._table = table
        self._page = page
        self._accounts: tuple[Account, ...] = ()
        self._wanted: tuple[str, ...] = ()  # columns; () the usual ones
        self._density = Density.NORMAL
        self._attributes: asyncio.Task[list[str]] | None = None
        self._restored = False
        self._order_before: dict[str, Any] = {name: getattr(ProductQuery(), name) for name in _BEST_FIRST}
        self.listing: ProductListing
        self._keeping: asyncio.Task[Any] | None = None
        self._keep_again = False

    def connect_to(self, listing: ProductListing) -> None:
        """Use this listing, and follow the seller's hand."""
        self.listing = listing
        tools, chips = self._tools, self._chips
        tools.search.searched.connect(self.search)
        tools.views.chosen.connect(self.choose)
        tools.views.save_asked.connect(lambda: self._spawn(self._save_new(), "Save the view"))
        tools.views.update_asked.connect(lambda: self._spawn(self._update(), "Save the view"))
        tools.views.manage_asked.connect(lambda: self._spawn(self._manage(), "Change the saved views"))
        tools.filter_asked.connect(lambda below: self._spawn(self._ask_filter(below), "Filter products"))
        tools.display.columns_asked.connect(lambda: self._spawn(self._choose_columns(), "Choose columns"))
        tools.display.sorts = lambda: [
            (place, column.title, is_sorted_by(self.query, column))
            for place, column in enumerate(self._table.columns)
            if column.sorts
        ]
        tools.display.sort_chosen.connect(self.sort_by)
        tools.display.density_chosen.connect(self.set_density)
        tools.display.families_chosen.connect(lambda families: self.change(families=families))
        chips.changed.connect(lambda filters: self.change(filters=filters))
        chips.problem_cleared.connect(lambda: self.show_problem(None))
        self._table.arranged.connect(self._arranged)
        self._table.horizontalHeader().sectionClicked.connect(self.sort_by)

    @property
    def account_labels(self) -> dict[int, str]:
        """Labels of the accounts by id."""
        return {account.id: account.label for account in self._accounts}

    @property
    def query(self) -> ProductQuery:
        """The query in force."""
        return self.listing.query

    @property
    def is_filtered(self) -> bool:
        """Whether not all products are asked for."""
        return bool(self.query.text or self.query.filters or self.query.problem)

    @property
    def statuses(self) -> frozenset[ProductStatus]:
        """The statuses that are filtered by."""
        found = [each for each in self.query.filters if each.field == "status" and each.operator is Operator.ONE_OF]
        return frozenset(ProductStatus(each) for each in chosen(found[0].value)) if len(found) == 1 else frozenset()

    def shown(self) -> ProductView:
        """What is shown now, as a view."""
        return ProductView(replace(self.query, problem=None), self._wanted, dict(self._table.widths), self._density)

    async def restore(self) -> None:
        """Once: show what was shown last in this workspace."""
        if self._restored:
            return
        self._restored = True
        views = await self._context.workspace.views.all()
        self._tools.views.offer(views)
        with contextlib.suppress(ValueError):
            kept: dict[str, Any] = json.loads(await self._context.workspace.preferences.get(KEPT_AS, "{}"))
            named = next((each for each in (*BUILT_IN, *views) if each.name == kept.get("name")), BUILT_IN[0])
            self._tools.views.mark(named, is_changed=False)
            view = from_plain(kept.get("view", {}))
            self.listing.query = view.query  # the page is about to load it
            self._show(view)

    def name_accounts(self, accounts: Sequence[Account]) -> None:
        """These are connected: columns and filters name them."""
        self._accounts = tuple(accounts)
        self._chips.name_accounts(self.account_labels)
        self._show_columns()

    def change(self, **changes: Any) -> None:
        """Change fields of the query."""
        self._show(replace(self.shown(), query=replace(self.query, **changes)))

    def search(self, text: str) -> None:
        """Show what these words find, the best matches first until another order is chosen."""
        query = self.query
        if text and not query.text:
            self._order_before = {name: getattr(query, name) for name in _BEST_FIRST}
            self.change(text=text, **_BEST_FIRST)
        elif not text and query.sort is ProductSort.BEST_MATCH:
            self.change(text=text, **self._order_before)
        else:
            self.change(text=text)

    def show_problem(self, problem: ProblemKey | None, words: str = "") -> None:
        """Show exactly the products that have this problem; None: all products."""
        self._chips.show_problem(words if problem else "")
        self.search("")
        self.change(filters=(), problem=problem)

    def show_only(self, filters: Sequence[Filter]) -> None:
        """Show exactly the products that these filters hold for."""
        self.show_problem(None)
        self.change(filters=tuple(filters))

    def filter_status(self, statuses: frozenset[ProductStatus]) -> None:
        """Show only products with one of these statuses, all when there are none."""
        filters = [each for each in self.query.filters if each.field != "status"]
        if statuses:
            filters.append(Filter("status", Operator.ONE_OF, ",".join(sorted(statuses))))
        self.change(filters=tuple(filters))

    def set_density(self, density: Density) -> None:
        """Give the rows their height."""
        self._show(replace(self.shown(), density=density))

    def choose(self, view: SavedView) -> None:
        """Show a view; one of the program leaves order, columns and row height as they are."""
        self._tools.views.mark(view, is_changed=False)
        self._chips.show_problem("")
        if view.id:
            self._show(view.view)
        else:
            self.search(view.view.query.text)
            self.change(filters=view.view.query.filters, problem=None)

    def sort_by(self, section: int) -> None:
        """Sort by a column; by the one it is sorted by, the other way round."""
        column = self._table.column(section)
        if not column.sorts:
            return
        query = self.query
        descending = not query.descending if is_sorted_by(query, column) else column.descending_first
        self.change(
            sort=column.sort or query.sort, sort_account=column.sort_account, sort_ready=column.sort_ready,
            sort_attribute=column.sort_attribute, descending=descending,
        )  # fmt: skip

    def forget_attributes(self) -> None:
        """Products came or went: which attributes occur has to be found out again."""
        self._attributes = None

    def _show(self, view: ProductView) -> None:
        """Bring everything to what a view says; the table's rows follow when they have come."""
        query = view.query
        self._tools.search.set_words(query.text) if query.text != self._tools.search.text().strip() else None
        self._chips.set_filters(query.filters)
        self._tools.display.density, self._tools.display.families = view.density, query.families
        if (view.columns, view.widths) != (self._wanted, self._table.widths):
            self._wanted = view.columns
            self._table.widths = dict(view.widths)
            self._show_columns()
        if view.density is not self._density:
            self._density = view.density
            self._table.set_density(view.density)
        self.listing.show(query)
        self._mark()

    def _mark(self) -> None:
        picker = self._tools.views
        picker.mark(picker.current, is_changed=differs(picker.current, self.shown()))
        sorted_by = (place for place, each in enumerate(self._table.columns) if is_sorted_by(self.query, each))
        self._table.show_sorting(next(sorted_by, -1), descending=self.query.descending)
        self._keep_soon()
        self.changed.emit()

    def _show_columns(self) -> None:
        self._table.set_columns(columns_for(self._accounts, self._wanted))
        self._table.lay_out()

    def _arranged(self) -> None:
        self._set_wanted(self._table.column_names)

    def _set_wanted(self, names: Sequence[str]) -> None:
        usual = usual_names(self._accounts)
        self._wanted = () if tuple(names) == usual else tuple(names)
        self._show_columns()
        self._mark()

    def _keep_soon(self) -> None:
        self._keep_again = True
        if self._keeping is None or self._keeping.done():
            self._keeping = self._spawn(self._keep(), "Keep what the table shows")

    async def _keep(self) -> None:
        """Write down what is shown, for the next start; what changes in quick succession once."""
        while self._keep_again:
            await asyncio.sleep(KEEP_AFTER_S)
            self._keep_again = False
            kept = {"name": self._tools.views.current.name, "view": to_plain(self.shown())}
            await self._context.workspace.preferences.set(KEPT_AS, json.dumps(kept, ensure_ascii=False))

    async def _find_attributes(self) -> list[str]:
        if self._attributes is None:
            self._attributes = self._spawn(self._context.workspace.products.attribute_names(), "Find attributes")
        names = await asyncio.shield(self._attributes)
        self._chips.name_attributes(names)
        return names

    async def _ask_filter(self, below: QWidget) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._find_attributes(), ATTRIBUTES_WAIT_S)
        self._chips.ask_field(below)

    async def _choose_columns(self) -> None:
        from mmhub_desktop.gui.dialogs.columns import ColumnsDialog

        shown = self._table.column_names
        every = all_columns(self._accounts, (each.removeprefix("attribute:") for each in shown if ":" in each))
        dialog = ColumnsDialog(every, shown, usual_names(self._accounts), self._page.window())
        dialog.changed.connect(self._set_wanted)

        async def find() -> None:
            dialog.say("Looking for the attributes that your products have…")
            dialog.offer(all_columns(self._accounts, await self._find_attributes()))
            dialog.say("")

        dialog.work(self._context.spawn, find(), "Find attributes")
        await asked(dialog)

    async def _save_new(self) -> None:
        from mmhub_desktop.gui.dialogs.views import ViewNameDialog

        views = self._context.workspace.views
        dialog = ViewNameDialog([each.name for each in await views.all()], self._page.window())
        if await asked(dialog):
            self._take_saved(await views.save(dialog.name.text(), self.shown()), await views.all())

    async def _update(self) -> None:
        views = self._context.workspace.views
        self._take_saved(await views.save(self._tools.views.current.name, self.shown()), await views.all())

    async def _manage(self) -> None:
        from mmhub_desktop.gui.dialogs.views import ManageViewsDialog

        views = self._context.workspace.views
        dialog = ManageViewsDialog(views, await views.all(), self._context.spawn, self._page.window())
        await asked(dialog)
        self._tools.views.offer(await views.all())
        self._mark()

    def _take_saved(self, view: SavedView, every: Sequence[SavedView]) -> None:
        self._tools.views.mark(view, is_changed=False)
        self._tools.views.offer(every)
        self._mark()

    def _spawn(self, work: Any, what: str) -> "asyncio.Task[Any]":
        return self._context.spawn(work, what)


def is_sorted_by(query: ProductQuery, column: Column) -> bool:
    """Whether the query's order is that of a column."""
    special = (query.sort_account, query.sort_ready, query.sort_attribute)
    if special != (None, None, ""):
        return special == (column.sort_account, column.sort_ready, column.sort_attribute)
    return column.sort is not None and column.sort is query.sort
