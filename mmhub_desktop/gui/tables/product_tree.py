"""The product table's model with families: variants stand below their parent when it is opened.

There is still one array of ids: opening a family puts the ids of its variants behind that of the parent.
"""

import asyncio
import contextlib
from array import array
from collections.abc import Awaitable, Callable, Container, Sequence

from PySide6.QtCore import QModelIndex

from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.product_row import ProductRow
from mmhub_desktop.gui.tables.products import Fetch, ProductsModel, Spawn

MOST_KEPT_OPEN = 8  # families that stay open when the list of ids is fetched again: each is looked for in it
NEAR = 5_000  # rows that are looked through first: looking through a million takes ten milliseconds

Variants = Callable[[ProductId], Awaitable["array[int]"]]


class FamiliesModel(ProductsModel):
    """A ``ProductsModel`` whose ids are, while ``is_tree``, those of parents; ``variants`` tells a parent's others."""

    def __init__(
        self, fetch: Fetch, variants: Variants, spawn: Spawn, on_missing: Callable[[], None] = lambda: None
    ) -> None:
        super().__init__(fetch, spawn, on_missing)
        self._variants = variants
        self._spawn_opening = spawn
        self._opening: set[int] = set()
        self._open: dict[int, array[int]] = {}
        self._seen_at: dict[int, int] = {}  # parents that were opened → about where they stand
        self._top: array[int] = array("q")
        self.is_tree = False

    @property
    def opened(self) -> Container[int] | None:
        """The parents whose variants are shown; None where rows are flat."""
        return self._open if self.is_tree else None

    @property
    def top_ids(self) -> "array[int]":
        """The ids without those of opened families; not to be changed."""
        return self._top

    def set_ids(self, ids: "array[int]", rows: Sequence[ProductRow] = (), *, keep_open: bool = False) -> None:
        """Show these products; with ``keep_open`` families stay open that are still among them."""
        self._top = ids
        self._open = dict(list(self._open.items())[-MOST_KEPT_OPEN:]) if keep_open and self.is_tree else {}
        super().set_ids(self._with_variants(ids), rows)

    def append_ids(self, ids: "array[int]") -> None:
        """As the model does, with the families that are open."""
        self._top = ids
        super().append_ids(self._with_variants(ids))

    def is_open(self, row: int) -> bool:
        """Whether the variants of the product in this row are shown."""
        return self.is_tree and self.product_id(row) in self._open

    def has_variants(self, row: int) -> bool:
        """Whether the product in this row can be opened."""
        found = self.row(row) if self.is_tree and 0 <= row < len(self.ids) else None
        return found is not None and found.family is not None

    def parent_row(self, row: int) -> int:
        """The row of the open parent a variant stands below, -1 where the row is none."""
        found = self.row(row) if self.is_tree and 0 <= row < len(self.ids) else None
        if found is None or found.parent_id is None or found.parent_id not in self._open:
            return -1
        first = max(-1, row - len(self._open[found.parent_id]) - 1)
        return next((each for each in range(row, first, -1) if self.ids[each] == found.parent_id), -1)

    def toggle(self, row: int) -> None:
        """Show the variants of a parent below it, or hide them; opening fetches their ids first."""
        product_id = self.product_id(row)
        if product_id is None or not self.has_variants(row) or product_id in self._opening:
            return
        if product_id in self._open:
            variants = self._open[product_id]
            self.beginRemoveRows(QModelIndex(), row + 1, row + len(variants))
            del self._open[product_id]
            self._ids = self._ids[: row + 1] + self._ids[row + 1 + len(variants) :]
            self._ids_moved()
            self.endRemoveRows()
            self._tell_row(row)
        else:
            self._opening.add(product_id)
            self._spawn_opening(self._open_family(product_id, row), "Show variants")

    async def refresh_families(self) -> None:
        """Fetch the variants of open families again: some may have come or gone."""
        ids = list(self._open)
        found = await asyncio.gather(*(self._variants(ProductId(each)) for each in ids))
        changed = {
            each: variants for each, variants in zip(ids, found, strict=True) if self._open.get(each) != variants
        }
        if changed:
            self._open.update((each, variants) for each, variants in changed.items() if each in self._open)
            self.set_ids(self._top, keep_open=True)

    async def _open_family(self, product_id: ProductId, row: int) -> None:
        try:
            variants = await self._variants(product_id)
        finally:
            self._opening.discard(product_id)
        if not self.is_tree or product_id in self._open or not variants:
            return
        if self.product_id(row) != product_id:  # rows have moved meanwhile
            row = self.row_of(product_id)
        if row < 0:
            return
        self.beginInsertRows(QModelIndex(), row + 1, row + len(variants))
        self._open[product_id] = variants
        self._seen_at[product_id] = row
        self._ids = self._ids[: row + 1] + variants + self._ids[row + 1 :]
        self._ids_moved()
        self.endInsertRows()
        self._tell_row(row)

    def _with_variants(self, ids: "array[int]") -> "array[int]":
        if not self._open:
            return ids
        places = sorted((place, each) for each in self._open if (place := self._find(each, ids)) >= 0)
        self._open = {each: self._open[each] for _, each in places}
        shown, start = array("q"), 0
        for place, each in places:
            shown += ids[start : place + 1] + self._open[each]
            start = place + 1
        return shown + ids[start:]

    def _find(self, parent: int, ids: "array[int]") -> int:
        """Where a parent stands in ``ids``, -1 where it does not."""
        about = self._seen_at.get(parent, 0)
        for first, last in ((max(0, about - NEAR), about + NEAR), (0, len(ids))):
            with contextlib.suppress(ValueError):
                self._seen_at[parent] = place = ids.index(parent, first, last)
                return place
        return -1

    def _tell_row(self, row: int) -> None:
        self.dataChanged.emit(self.index(row, 0), self.index(row, self.columnCount() - 1))
