"""The product table's model: one array of ids, and a cache of pages fetched by id.

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

PAGE = 200
PAGES_KEPT = 60
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
        self._pages: OrderedDict[int, dict[int, ProductRow]] = OrderedDict()  # page number → id → row
        self._stale: set[int] = set()
        self._wanted: list[int] = []
        self._loader: asyncio.Task[Any] | None = None
        self._generation = 0

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

    def set_ids(self, ids: "array[int]") -> None:
        """Show these products. What is cached is thrown away."""
        self.beginResetModel()
        self._ids = ids
        self._pages.clear()
        self._stale.clear()
        self._wanted.clear()
        self._generation += 1
        self.endResetModel()

    def append_ids(self, ids: "array[int]") -> None:
        """Show the whole array, of which the ids shown now are the beginning; keeps what is cached."""
        have = len(self._ids)
        if len(ids) <= have:
            return
        self.beginInsertRows(QModelIndex(), have, len(ids) - 1)
        self._ids = ids
        if have % PAGE:  # the page at the seam was cut off
            self._stale.add(have // PAGE)
        self.endInsertRows()

    def refresh_rows(self, product_ids: Sequence[int] = ()) -> None:
        """Fetch cached rows again, all or those named; the old ones stay in sight until the new ones come."""
        named = set(product_ids)
        for number, page in self._pages.items():
            if not named or not named.isdisjoint(page):
                self._stale.add(number)
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
        number = row // PAGE
        page = self._pages.get(number)
        if page is None or number in self._stale:
            self._want(number)
        if page is None:
            return None
        self._pages.move_to_end(number)
        return page.get(self._ids[row])

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

    def _want(self, number: int) -> None:
        if number in self._wanted:
            return
        self._wanted.append(number)
        del self._wanted[: -2 * PAGES_AT_ONCE]  # scrolled past meanwhile: what is seen now comes first
        if self._loader is None:
            self._loader = self._spawn(self._load(), "Show products")

    async def _load(self) -> None:
        try:
            while self._wanted:
                number = self._wanted.pop()
                generation = self._generation
                first = number * PAGE
                ids = self._ids[first : first + PAGE]
                self._stale.discard(number)
                rows = await self._fetch(ids)
                if generation == self._generation:
                    self._keep(number, ids, rows)
        finally:
            self._loader = None

    def _keep(self, number: int, ids: "array[int]", rows: list[ProductRow]) -> None:
        self._pages[number] = {row.id: row for row in rows}
        self._pages.move_to_end(number)
        while len(self._pages) > PAGES_KEPT:
            self._pages.popitem(last=False)
        first = number * PAGE
        last = min(first + PAGE, len(self._ids)) - 1
        if last >= first:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self._columns) - 1))
        if len(rows) < len(ids):
            self._on_missing()


_ROLES = frozenset(
    {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole, ROW_ROLE}
)


def same_members(one: "array[int]", other: "array[int]") -> bool:
    """Whether two id arrays hold the same ids, as far as length and sum tell: a sort of a million would be felt."""
    return len(one) == len(other) and sum(one) == sum(other)
