"""The product table's model: one array of ids, and a cache of rows that are fetched by id, a page at a time.

Never all rows, never OFFSET. Lives on the window's thread; pages are awaited from the store.
"""

import asyncio
from array import array
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.product_row import ProductRow
from mmhub_desktop.gui.tables.product_columns import Column

PAGE = 200  # rows fetched at once
ROWS_KEPT = 6_000
PAGES_AT_ONCE = 3

ROW_ROLE = Qt.ItemDataRole.UserRole + 1  # the ProductRow, None while it is loading

Fetch = Callable[[Sequence[int]], Awaitable[list[ProductRow]]]
Spawn = Callable[[Coroutine[Any, Any, Any], str], asyncio.Task[Any]]
_Index = QModelIndex | QPersistentModelIndex


class ProductsModel(QAbstractTableModel):
    """Rows are ids in order; what a row shows is None until its page has come.

    ``fetch`` is the store's ``page``. ``on_missing`` is called when ids turn out to be gone from the store.
    """

    def __init__(self, fetch: Fetch, spawn: Spawn, on_missing: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self._fetch = fetch
        self._spawn = spawn
        self._on_missing = on_missing
        self._columns: tuple[Column, ...] = ()
        self._ids: array[int] = array("q")
        self._rows: OrderedDict[int, ProductRow | None] = OrderedDict()  # by id, last seen at the end; None: it is gone
        self._stale: set[int] = set()
        self._wanted: list[int] = []  # numbers of pages
        self._fetching = -1  # the number of the page that is on its way
        self._loader: asyncio.Task[Any] | None = None

    def set_columns(self, columns: Sequence[Column]) -> bool:
        """Show these columns; whether they are others than before (which unselects all rows)."""
        if tuple(columns) == self._columns:
            return False
        self.beginResetModel()
        self._columns = tuple(columns)
        self.endResetModel()
        return True

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns shown, in order."""
        return self._columns

    @property
    def ids(self) -> "array[int]":
        """All ids in order; not to be changed."""
        return self._ids

    def set_ids(self, ids: "array[int]", rows: Sequence[ProductRow] = ()) -> None:
        """Show these products. ``rows`` are those that have been fetched already, so that nothing flickers.

        Rows that were cached stay in sight until they have been fetched again.
        """
        self.beginResetModel()
        self._ids = ids
        self._stale.update(self._rows)
        for row in rows:
            self._keep_row(row.id, row)
            self._stale.discard(row.id)
        self._ids_moved()
        self.endResetModel()

    def append_ids(self, ids: "array[int]") -> None:
        """Show the whole array, of which the ids shown now are the beginning."""
        have = len(self._ids)
        if len(ids) <= have:
            return
        self.beginInsertRows(QModelIndex(), have, len(ids) - 1)
        self._ids = ids
        self._ids_moved()
        self.endInsertRows()

    def refresh_rows(self, product_ids: Sequence[int] = ()) -> None:
        """Fetch cached rows again, all or those named; the old ones stay in sight until the new ones come."""
        self._stale.update(self._rows if not product_ids else self._rows.keys() & set(product_ids))
        if self._ids and self._columns:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._ids) - 1, len(self._columns) - 1))

    def product_id(self, row: int) -> ProductId | None:
        """The id in a row."""
        return ProductId(self._ids[row]) if 0 <= row < len(self._ids) else None

    def row_of(self, product_id: int) -> int:
        """The row of an id, -1 when it is not shown."""
        try:
            return self._ids.index(product_id)
        except ValueError:
            return -1

    def row(self, row: int) -> ProductRow | None:
        """What a row shows, if it has come; asks for its page otherwise."""
        product_id = self._ids[row]
        if product_id not in self._rows:
            self._want(row // PAGE)
            return None
        if product_id in self._stale:
            self._want(row // PAGE)
        self._rows.move_to_end(product_id)
        return self._rows[product_id]

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Number of products."""
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Number of columns."""
        return 0 if parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Column titles and their alignment."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self._columns):
            return None
        column = self._columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.help or None
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text of a cell, its tooltip, or with ROW_ROLE the whole row."""
        if not index.isValid() or role not in _ROLES:
            return None
        row = self.row(index.row())
        if role == ROW_ROLE:
            return row
        column = self._columns[index.column()]
        if row is None:
            return "Loading" if role == Qt.ItemDataRole.AccessibleTextRole else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return (column.tip or column.text)(row) or None
        return column.text(row)

    async def settled(self) -> None:
        """Wait until every page that was asked for has come."""
        while self._loader is not None:
            await asyncio.wait([self._loader])

    def _ids_moved(self) -> None:
        """Page numbers mean other rows now."""
        self._wanted.clear()
        self._fetching = -1

    def _want(self, number: int) -> None:
        if number == self._fetching or number in self._wanted:
            return
        self._wanted.append(number)
        del self._wanted[: -2 * PAGES_AT_ONCE]  # scrolled past meanwhile: what is seen now comes first
        if self._loader is None:
            self._loader = self._spawn(self._load(), "Show products")

    async def _load(self) -> None:
        try:
            while self._wanted:
                self._fetching = self._wanted.pop()
                first = self._fetching * PAGE
                ids = [
                    each for each in self._ids[first : first + PAGE] if each not in self._rows or each in self._stale
                ]
                self._stale.difference_update(ids)
                if ids:
                    self._keep(ids, await self._fetch(ids))
        finally:
            self._fetching = -1
            self._loader = None

    def _keep(self, ids: Sequence[int], rows: Sequence[ProductRow]) -> None:
        found: dict[int, ProductRow] = {row.id: row for row in rows}
        for each in ids:
            self._keep_row(each, found.get(each))
        while len(self._rows) > ROWS_KEPT:
            self._stale.discard(self._rows.popitem(last=False)[0])
        first, last = self._fetching * PAGE, min(self._fetching * PAGE + PAGE, len(self._ids)) - 1
        if self._fetching < 0:  # other ids are shown meanwhile
            first, last = 0, len(self._ids) - 1
        if last >= first:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self._columns) - 1))
        if len(rows) < len(ids):
            self._on_missing()

    def _keep_row(self, product_id: int, row: ProductRow | None) -> None:
        self._rows[product_id] = row
        self._rows.move_to_end(product_id)


_ROLES = frozenset(
    {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole, ROW_ROLE}
)


def same_members(one: "array[int]", other: "array[int]") -> bool:
    """Whether two id arrays hold the same ids, as far as length and sum tell: a sort of a million would be felt."""
    return len(one) == len(other) and sum(one) == sum(other)
