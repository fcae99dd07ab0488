"""Which products the table shows: the first ones at once, then the ids of all, kept up to date."""

import asyncio
from array import array
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from mmhub_desktop.domain.product_query import ProductQuery
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.tables.catalog_table import CatalogTable
from mmhub_desktop.gui.tables.product_tree import FamiliesModel
from mmhub_desktop.gui.tables.products import same_members

FIRST_ROWS = 100
FIRST_SEEN = 40  # rows that are fetched before the old ones go, so that nothing flickers
RELOAD_EVERY_S = 1.0  # while an import runs the list of ids is fetched at most this often


class ProductListing(QObject):
    """``shown`` is emitted when other ids are in the table, ``after_reload`` awaited when news have been taken in."""

    shown = Signal()

    def __init__(
        self,
        context: GuiContext,
        table: CatalogTable,
        model: FamiliesModel,
        after_reload: Callable[[], Awaitable[None]],
    ) -> None:
        super().__init__(table)
        self.query = ProductQuery()
        self._context = context
        self._table = table
        self._model = model
        self._after_reload = after_reload
        self._loaded_at = 0.0
        self._loading: asyncio.Task[Any] | None = None
        self._showing: asyncio.Task[Any] | None = None
        self._load_again = False

    def show(self, query: ProductQuery) -> None:
        """Show what this query finds; the rows seen stay until its first ones have come."""
        if query != self.query:
            self.query = query
            if self._showing is not None:
                self._showing.cancel()  # what was typed past must not hold up what follows
            self._showing = self._context.spawn(self._show(), "Search products")

    def leave(self) -> None:
        """The workspace is being closed: stop reading it."""
        for task in (self._loading, self._showing):
            if task is not None:
                task.cancel()

    def reload(self) -> None:
        """Fetch the list of ids again, soon; the rows seen stay until then."""
        if self._loading is not None:
            self._load_again = True
            return
        self._loading = self._context.spawn(self._reload_later(), "Show products")

    async def load(self, *, keep_order: bool = False) -> None:
        """Fetch ids for the query in force: the first rows at once where there are none, then all."""
        query = self.query
        store = self._context.workspace.products
        if len(self._model.ids) == 0:
            first = await store.first_ids(forgiving(query), FIRST_ROWS)
            if query != self.query:
                return
            self._model.is_tree = query.families
            self._model.set_ids(first)
            self.shown.emit()
        ids = await store.ids(forgiving(query))
        self._loaded_at = asyncio.get_running_loop().time()
        if query == self.query:
            self._take(ids, keep_order=keep_order)

    async def _show(self) -> None:
        query = self.query
        store = self._context.workspace.products
        first = await store.first_ids(forgiving(query), FIRST_ROWS)
        rows = await store.page(first[:FIRST_SEEN]) if query == self.query else []
        if query != self.query:
            return
        self._table.clearSelection()
        self._table.scrollToTop()
        self._model.is_tree = query.families
        self._model.set_ids(first, rows)
        self.shown.emit()
        await self.load()

    async def _reload_later(self) -> None:
        try:
            loop = asyncio.get_running_loop()
            await asyncio.sleep(max(0.0, self._loaded_at + RELOAD_EVERY_S - loop.time()))
            await self._model.refresh_families()
            await self.load(keep_order=True)
            await self._after_reload()
        finally:
            self._loading = None
            if self._load_again:
                self._load_again = False
                self.reload()

    def _take(self, ids: "array[int]", *, keep_order: bool) -> None:
        old = self._model.top_ids
        if ids == old:
            pass
        elif ids[: len(old)] == old:
            self._model.append_ids(ids)
        elif keep_order and same_members(ids, old):
            pass  # only the order changed (work moves “updated” all the time): do not shuffle rows under the seller
        else:
            selected, current = self._table.selected_ids(), self._table.current_id()
            top = self._table.verticalScrollBar().value()
            self._model.set_ids(ids, keep_open=True)
            self._table.select_ids(selected, current)
            self._table.verticalScrollBar().setValue(top)
        self.shown.emit()


def forgiving(query: ProductQuery) -> ProductQuery:
    """The query as it is asked for people: words with a typo find what was meant."""
    return replace(query, typos=True)
