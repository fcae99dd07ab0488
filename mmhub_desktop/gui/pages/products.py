"""The products page: numbers by status, search and filter, the table, what to do with the selected, the detail."""

from array import array
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from mmhub_desktop.domain.product import ProductStatus
from mmhub_desktop.domain.readiness import ProblemKey
from mmhub_desktop.events import AccountsChanged, Event, ListingsChanged, ProductsChanged, ReadinessChanged
from mmhub_desktop.gui import theme
from mmhub_desktop.gui.bridge import product_ids
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.pages.product_chips import ProductChips
from mmhub_desktop.gui.pages.product_detail import ProductDetail
from mmhub_desktop.gui.pages.product_editing import EditingPage, EditingPlace
from mmhub_desktop.gui.pages.product_empty import no_products
from mmhub_desktop.gui.pages.product_filters import ProductTools, StatusCards
from mmhub_desktop.gui.pages.product_listing import ProductListing
from mmhub_desktop.gui.pages.product_suggestions import ProductSuggestions
from mmhub_desktop.gui.pages.product_viewing import ProductViewing
from mmhub_desktop.gui.pages.product_work import ProductWork, work_actions
from mmhub_desktop.gui.pages.table_editing import TableEditing
from mmhub_desktop.gui.tables.catalog_table import CatalogTable
from mmhub_desktop.gui.tables.product_copying import AT_ONCE, MOST_ROWS, CopiedRows
from mmhub_desktop.gui.tables.product_tree import FamiliesModel
from mmhub_desktop.gui.thumbnails import ThumbnailCache
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.empty import EmptyState
from mmhub_desktop.gui.widgets.header import PageHeader
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.widgets.search_progress import SearchProgress
from mmhub_desktop.gui.words import counted, number


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
        self._total = 0
        self._accounts = 0
        self.work = ProductWork(context, self, self.selected_ids)
        self.thumbnails = ThumbnailCache(workspace.thumbnails.get, context.spawn, self)
        products = workspace.products
        self.model = FamiliesModel(products.page, products.variant_ids, context.spawn, self.reload)
        self.model.setParent(self)
        self.table = CatalogTable(self.model, self.thumbnails)
        self.table_editing = TableEditing(context, self.table)
        self.chips = ProductChips()
        self.tools = ProductTools(context.spawn)
        self.viewing = ProductViewing(context, self.tools, self.chips, self.table, self)
        self.listing = ProductListing(context, self.table, self.model, self._show_counts)
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
        column.setSpacing(12)
        self.status_cards = StatusCards()
        column.addWidget(self.status_cards)
        column.addSpacing(4)
        column.addWidget(self.tools)
        column.addWidget(self.chips)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setHandleWidth(16)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self.table)
        self._splitter.addWidget(self.detail)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setSizes([700, 440])
        self._nothing_found = EmptyState("search", "Nothing found", "No product matches this search and these filters.")
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
        foot.addWidget(SearchProgress(self.context.workspace.bus))
        self.foot.setFixedHeight(34)  # as high as the button that comes and goes
        column.addLayout(foot)
        self._stack = QStackedWidget()
        self._stack.addWidget(listing)
        self._stack.addWidget(no_products(self.context.window))
        self.body.addWidget(self._stack, 1)
        self.editing = EditingPlace(self.context, self._stack, self.table, self.model, self.thumbnails, self.header)

    def _connect(self) -> None:
        self.viewing.connect_to(self.listing)
        self.suggestions = ProductSuggestions(self.context, self.viewing, self.tools, self.chips)
        self.viewing.changed.connect(lambda: self.status_cards.mark(self.viewing.statuses))
        self.listing.shown.connect(self._shown)
        self.status_cards.chosen.connect(self.filter_status)
        self.tools.asked.connect(self.act)
        self.tools.menu_asked.connect(self.open_menu)
        self.tools.search.left.connect(self._enter_table)
        self.table.copy_asked.connect(self.copy)
        self.table.opened.connect(self.editing.open)
        self.table.delete_asked.connect(lambda: self.act("delete"))
        self.table.menu_asked.connect(self.open_menu)
        self.table.selection_changed.connect(self._selection_changed)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._follow_current())
        self.detail.closed.connect(self.close_detail)
        self._selection_changed()

    def leave(self) -> None:
        """Its list is read no more, either."""
        super().leave()
        self.listing.leave()

    async def refresh(self, events: Sequence[Event]) -> None:
        """Columns, numbers and rows."""
        if not events or any(isinstance(event, AccountsChanged) for event in events):
            accounts = await self.context.workspace.accounts.all()
            self._accounts = len(accounts)
            self.viewing.name_accounts(accounts)
        if not events:
            await self.viewing.restore()
            self.model.refresh_rows()
            await self.listing.load()
        else:
            changed = [event for event in events if isinstance(event, ProductsChanged | ListingsChanged)]
            ids = [id_ for event in changed for id_ in product_ids(event)]
            many = any(not product_ids(event) for event in changed)
            checked = any(isinstance(event, ReadinessChanged) for event in events)
            if checked or changed:
                self.model.refresh_rows([] if many or checked else ids)
            if any(isinstance(event, ProductsChanged) for event in changed):
                self.viewing.forget_attributes() if many else None
                self.reload()
            elif changed or checked:
                self._reload_if_it_matters()
            self.editing.refresh(ids, many=many)
            if self.detail.isVisible() and (many or self.detail.product_id in ids):
                self.detail.reload()
        await self._show_counts()

    def reload(self) -> None:
        """Fetch the list of ids again, soon; the rows seen stay until then."""
        self.listing.reload()

    def _reload_if_it_matters(self) -> None:
        """What changed are listings and readiness: other rows are shown only where a filter asks for those."""
        asked = {each.name for each in self.viewing.query.filters}
        if self.viewing.query.problem is not None or asked & {"state", "ready", "listed", "has_finding"}:
            self.reload()

    def _shown(self) -> None:
        self._show_which(bool(len(self.model.ids)))
        self._selection_changed()
        self.editing.prepare()

    def _show_which(self, any_found: bool) -> None:
        is_empty = not (any_found or self.viewing.is_filtered or self._total)
        if not self.editing.is_open:
            self._stack.setCurrentIndex(1 if is_empty else 0)
        self._import.setVisible(not is_empty)  # the empty page has its own: one primary button a page
        self._list_or_nothing.setCurrentIndex(0 if any_found or not self.viewing.is_filtered else 1)

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
        """Do one of ``WORK`` to the selected products, export them, or change what the table shows."""
        own: dict[str, Callable[[], object]] = {
            "export": self._export,
            "filter": self.tools.filter_button.click,
            "columns": self.tools.display.columns_asked.emit,
            "families": lambda: self.viewing.change(families=not self.viewing.query.families),
        }
        own.get(name, lambda: self.work.start(name))()

    def _export(self) -> None:
        from mmhub_desktop.gui.pages.product_export import export_products

        asked = (self.selected_ids(), self.viewing.query, len(self.model.ids))
        self.context.spawn(export_products(self.context, self, *asked), "Export products")

    def select_all(self) -> None:
        """Select all products that match the search and filter, loaded or not."""
        self.table.setFocus()
        self.table.selectAll()

    def show_all(self) -> None:
        """Forget search and filter."""
        self.show_problem(None)

    def show_problem(self, problem: ProblemKey | None, words: str = "") -> None:
        """Show exactly the products that have this problem; None: all products."""
        self.viewing.show_problem(problem, words)

    def focus_search(self) -> None:
        """Put the keyboard into the search field."""
        self.tools.search.setFocus()
        self.tools.search.selectAll()

    def filter_status(self, statuses: frozenset[ProductStatus]) -> None:
        """Show only products with one of these statuses, all when there are none."""
        self.viewing.filter_status(statuses)

    def show_what(self, **what: Any) -> None:
        """``product``: open that product; ``status``: filter by it; ``search``: focus the search field; ``edit``: the
        product of the current row in the editor.

        ``filters``: exactly the products that these ``Filter`` hold for;
        ``problem``: only products with this ``ProblemKey``, which ``words`` name.
        """
        self.editing.close()
        if "problem" in what:
            self.show_problem(what["problem"], str(what.get("words", "")))
        if "filters" in what:
            self.viewing.show_only(what["filters"])
        if "status" in what:
            self.filter_status(frozenset({ProductStatus(what["status"])}))
        if what.get("search"):
            self.focus_search()
        if "product" in what:
            self.open_detail(int(what["product"]))
        if what.get("edit") and (current := self.table.current_id()) is not None:
            self.editing.open(current)

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
        menu.addAction(theme.icon("download"), "Export…").triggered.connect(lambda: self.act("export"))
        every = menu.addAction(f"Select all {number(len(self.model.ids))}")
        every.triggered.connect(self.select_all)
        menu.popup(spot)

    def _follow_current(self) -> None:
        current = self.table.current_id()
        if self.detail.isVisible() and current is not None and current != self.detail.product_id:
            self.detail.show_product(current)

    def _enter_table(self) -> None:
        self.table.setFocus()
        if not self.table.currentIndex().isValid() and len(self.model.ids):
            self.table.selectRow(0)

    def copy(self, only_cell: bool = False) -> None:
        """Put the selected rows on the clipboard as a spreadsheet takes them, or the words of the current cell."""
        if not only_cell:
            self.context.spawn(self._copy_rows(), "Copy products")
            return
        index = self.table.currentIndex()
        row = self.model.row(index.row()) if index.isValid() else None
        if row is not None:
            QGuiApplication.clipboard().setText(self.model.columns[index.column()].text(row))

    async def _copy_rows(self) -> None:
        ids = self.selected_ids()
        if len(ids) > MOST_ROWS:
            self.context.window.notify(
                "info", f"{counted(len(ids), 'product')} are too many for the clipboard.",
                f"Select at most {number(MOST_ROWS)}, or export them to a file.",
            )  # fmt: skip
            return
        names = self.table.column_names
        copied = CopiedRows([column for name in names for column in self.model.columns if column.name == name])
        for start in range(0, len(ids), AT_ONCE):
            copied.add(await self.context.workspace.products.page(ids[start : start + AT_ONCE]))
        if len(ids):
            QGuiApplication.clipboard().setMimeData(copied.mime())
            self.context.window.notify("ok", f"{counted(len(ids), 'product')} copied.", key="copied")

    def _selection_changed(self) -> None:
        selected, shown = self.table.selected_count(), len(self.model.ids)
        self.tools.allow_work(selected > 0)
        folded = ", without variants that are folded" if selected and self.model.is_tree else ""
        words = f"{number(selected)} of {counted(shown, 'product')} selected{folded}"
        self.foot.setText(words if selected else counted(shown, "product"))
        self.select_all_button.setText(f"Select all {number(shown)}")
        self.select_all_button.setVisible(0 < selected < shown)
