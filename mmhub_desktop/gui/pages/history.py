"""The history page: who changed what in how many products, taken back or done again, and what an undo left."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSplitter, QStackedWidget, QTableView

from mmhub_desktop.domain.history import EntryState, HistoryEntry, Refusal
from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.product_filter import Filter, Operator
from mmhub_desktop.events import Event, HistoryChanged, ListingsChanged, ProductsChanged
from mmhub_desktop.gui import undoing
from mmhub_desktop.gui.pages.page import GuiContext, Page
from mmhub_desktop.gui.tables import history_refusals
from mmhub_desktop.gui.tables.history import COLUMNS, HistoryDelegate, HistoryModel
from mmhub_desktop.gui.tables.history_refusals import RefusalsModel
from mmhub_desktop.gui.tables.line_delegate import LineDelegate
from mmhub_desktop.gui.widgets.button_row import ButtonRow
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.card import Card
from mmhub_desktop.gui.widgets.empty import EmptyState
from mmhub_desktop.gui.widgets.header import PageHeader
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.widgets.plain_table import prepare_table
from mmhub_desktop.gui.widgets.row_action import add_row_action, offer_menu
from mmhub_desktop.gui.words import counted, number
from mmhub_desktop.settings import HISTORY_MB

ROW_HEIGHT, REFUSAL_HEIGHT = 56, 34
REFRESH_EVERY_S = 1.0  # an import tells of its progress ten times a second
SHOWN = 2_000  # entries on the page; “mmhub history” lists all


class HistoryPage(Page):
    """All changes, newest first, of every product or of one. Undo is possible in any order."""

    refresh_on: ClassVar[tuple[type[Event], ...]] = (HistoryChanged, ProductsChanged, ListingsChanged)

    def __init__(self, context: GuiContext) -> None:
        super().__init__(context)
        self._product: ProductId | None = None
        self._wanted: int | None = None
        self._read_at = float("-inf")
        self.header = PageHeader("History", "Every change of your products, and the way back")
        self.body.addWidget(self.header)
        self._bar = QFrame()
        row = QHBoxLayout(self._bar)
        row.setContentsMargins(0, 0, 0, 0)
        self._buttons = ButtonRow()
        row.addWidget(self._buttons)
        self.undo_action = self._action("Undo", "undo-2", lambda entry: self._run(undoing.undo, entry, "Undo"))
        self.redo_action = self._action("Redo", "redo-2", lambda entry: self._run(undoing.redo, entry, "Redo"))
        self.products_action = self._action("Show its products", "package", self._show_products)
        row.addStretch(1)
        self.every = Button("", "x").set_hint("Show the changes of all products")
        self.every.clicked.connect(lambda: self.show_what(product=None))
        row.addWidget(self.every)
        self.body.addWidget(self._bar)
        self.model = HistoryModel(parent=self)
        self.view = QTableView()
        self.refusals = RefusalsModel(self)
        self.refusal_view = QTableView()
        self._left = Card()
        self._left_title = Label("", "strong")
        self._stack = QStackedWidget()
        self._build()

    def _build(self) -> None:
        card = Card()
        card.body.setContentsMargins(1, 1, 1, 6)
        view = self.view
        view.setModel(self.model)
        view.setItemDelegate(HistoryDelegate(view))
        view.setAccessibleName("History")
        prepare_table(view, ROW_HEIGHT, [column.width for column in COLUMNS])
        view.selectionModel().currentRowChanged.connect(lambda *_: self._current_changed())
        self.model.dataChanged.connect(lambda *_: self._current_changed())
        self.model.modelReset.connect(self._current_changed)
        view.doubleClicked.connect(lambda _: self.products_action.trigger())
        offer_menu(view, self.actions)
        card.body.addWidget(view)
        self.refusal_view.setModel(self.refusals)
        self.refusal_view.setItemDelegate(LineDelegate(self.refusal_view))
        self.refusal_view.setAccessibleName("What stayed as it was")
        prepare_table(self.refusal_view, REFUSAL_HEIGHT, [column.width for column in history_refusals.COLUMNS])
        self.refusal_view.doubleClicked.connect(lambda index: self._open_product(index.data(RefusalsModel.REFUSAL)))
        self._left.body.setSpacing(8)
        self._left.body.addWidget(self._left_title)
        self._left.body.addWidget(self.refusal_view, 1)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(card)
        split.addWidget(self._left)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        self._left.hide()
        self._stack.addWidget(split)
        self._stack.addWidget(
            EmptyState(
                "rotate-ccw",
                "Nothing was changed yet",
                "Every edit, import and deletion of products is listed here, and can be taken back.",
            )
        )
        self.body.addWidget(self._stack, 1)

    def _action(self, text: str, icon: str, act: Callable[[HistoryEntry], None]) -> QAction:
        return add_row_action(self, self._buttons, text, icon, self.current, act)

    async def refresh(self, events: Sequence[Event]) -> None:
        """Read the entries again, at most once a second."""
        loop = asyncio.get_running_loop()
        if events:
            await asyncio.sleep(max(0.0, self._read_at + REFRESH_EVERY_S - loop.time()))
        self._read_at = loop.time()
        history = self.context.workspace.history
        product_id = self._product
        if product_id is None:
            entries = await history.entries(SHOWN)
            self.every.hide()
        else:
            entries = await history.page((await history.ids(product_id))[:SHOWN])
            product = await self.context.workspace.products.get(product_id)
            self.every.setText(f"Only {product.sku if product else 'a deleted product'}")
            self.every.show()
        size = await history.size()
        if product_id != self._product:
            self.request_refresh()
            return
        current = self.current()
        self.model.set_rows(entries)
        self._stack.setCurrentIndex(0 if entries else 1)
        self._bar.setVisible(bool(entries) or product_id is not None)
        self._say_size(entries, size)
        wanted = self._wanted if self._wanted is not None else current.id if current else None
        row = max(0, self.model.row_of(wanted)) if wanted is not None else 0
        self._wanted = None
        if entries and self.view.currentIndex().row() != row:
            self.view.setCurrentIndex(self.model.index(row, 0))
        self._current_changed()

    def _say_size(self, entries: Sequence[HistoryEntry], size: int) -> None:
        if not entries:
            self.header.set_subtitle("")
            return
        bound = self.context.app.settings.get(HISTORY_MB)
        forgotten = sum(entry.state is EntryState.FORGOTTEN for entry in entries)
        words = (
            f"{counted(len(entries), 'change')}, {number(max(1, round(size / 1e6)))} MB of at most {number(bound)} MB"
        )
        if forgotten:
            words += f". The oldest {number(forgotten)} had to make room: a setting says how much is kept"
        self.header.set_subtitle(words)

    def show_what(self, product: int | None = None, entry: int | None = None, **_: Any) -> None:
        """``product``: only changes of this one; ``entry``: go to this change."""
        self._product = None if product is None else ProductId(product)
        self._wanted = entry
        self.request_refresh()

    def current(self) -> HistoryEntry | None:
        """The entry in the current row."""
        index = self.view.currentIndex()
        return index.data(HistoryModel.ENTRY) if index.isValid() else None

    def _current_changed(self) -> None:
        entry = self.current()
        self.undo_action.setEnabled(entry is not None and entry.can_undo)
        self.redo_action.setEnabled(entry is not None and entry.can_redo)
        self.products_action.setEnabled(entry is not None and entry.products > 0)
        self._left.setVisible(entry is not None and entry.refused > 0)
        if entry is not None and entry.refused:
            stayed = (
                "1 value stayed as it was"
                if entry.refused == 1
                else f"{number(entry.refused)} values stayed as they were"
            )
            self._left_title.setText(stayed)
            self.context.spawn(self._show_refusals(entry), "Show what stayed")

    async def _show_refusals(self, entry: HistoryEntry) -> None:
        refusals = await self.context.workspace.history.refusals(entry.id)
        if self.current() == entry:
            self.refusals.set_rows(refusals)

    def _run(
        self, act: Callable[[GuiContext, HistoryEntry], Coroutine[Any, Any, None]], entry: HistoryEntry, what: str
    ) -> None:
        self.undo_action.setEnabled(False)
        self.redo_action.setEnabled(False)

        async def run() -> None:
            try:
                await act(self.context, entry)
            finally:
                self.request_refresh()

        self.context.spawn(run(), what)

    def _show_products(self, entry: HistoryEntry) -> None:
        self.context.window.show_page("products", filters=(Filter("history", Operator.IS, str(entry.id)),))

    def _open_product(self, refusal: Refusal) -> None:
        if refusal.product_id:
            self.context.window.show_page("products", product=refusal.product_id)
