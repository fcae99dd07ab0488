"""The product editor in the place of the products page's table: opened from a row, and back to that row."""

import asyncio
import importlib
from collections.abc import Collection
from typing import TYPE_CHECKING, Protocol

from PySide6.QtWidgets import QStackedWidget, QTableView, QWidget

from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.gui.pages.page import GuiContext, Page
from mmhub_desktop.gui.thumbnails import ThumbnailCache
from mmhub_desktop.gui.words import counted, number

if TYPE_CHECKING:
    from mmhub_desktop.gui.editor.editor import ProductEditor

_EDITOR = "mmhub_desktop.gui.editor.editor"


class Rows(Protocol):
    """The rows of the table that the editor steps through."""

    def rowCount(self) -> int:
        """How many there are."""

    def row_of(self, product_id: int) -> int:
        """Where a product stands; -1 where it is not shown."""

    def product_id(self, row: int) -> ProductId | None:
        """The product of a row."""


class EditingPlace:
    """Lives in the page's ``stack``; ``aside`` is hidden while a product is edited."""

    def __init__(
        self,
        context: GuiContext,
        stack: QStackedWidget,
        table: QTableView,
        rows: Rows,
        thumbnails: ThumbnailCache,
        aside: QWidget,
    ) -> None:
        self._context = context
        self._stack = stack
        self._table = table
        self._rows = rows
        self._thumbnails = thumbnails
        self._aside = aside
        self._behind: QWidget | None = None
        self._is_prepared = False
        self.editor: ProductEditor | None = None

    def prepare(self) -> None:
        """Load the editor's code in a thread, once: the window starts without it, and its first opening is quick."""
        if not self._is_prepared:
            self._is_prepared = True
            self._context.spawn(asyncio.to_thread(importlib.import_module, _EDITOR), "Load the editor")

    @property
    def is_open(self) -> bool:
        """Whether a product is being edited."""
        return self.editor is not None and self._stack.currentWidget() is self.editor

    @property
    def is_unkept(self) -> bool:
        """Whether there are edits that are not on disk yet, not even as a draft."""
        return self.editor is not None and self.editor.is_unkept

    async def keep(self) -> None:
        """Put unsaved edits on disk, as a draft."""
        if self.editor is not None:
            await self.editor.keep()

    def open(self, product_id: int) -> None:
        """Edit a product."""
        if self.editor is None:
            self.editor = importlib.import_module(_EDITOR).ProductEditor(self._context, self._thumbnails)
            self.editor.closed.connect(self.close)
            self.editor.stepped.connect(self.step)
            self.editor.opened.connect(self.open)
            self._stack.addWidget(self.editor)
        if not self.is_open:
            self._behind = self._stack.currentWidget()
        row = self._rows.row_of(product_id)
        place = f"{number(row + 1)} of {number(self._rows.rowCount())}" if row >= 0 else ""
        self.editor.show_product(product_id, place)
        self._stack.setCurrentWidget(self.editor)
        self._aside.hide()

    def step(self, by: int) -> None:
        """Edit the next product of the table, or the one before."""
        if self.editor is None:
            return
        row = self._rows.row_of(self.editor.product_id)
        found = self._rows.product_id(row + by) if row >= 0 and 0 <= row + by < self._rows.rowCount() else None
        if found is not None:
            self._tell_draft()
            self._table.selectRow(row + by)
            self.open(found)

    def close(self) -> None:
        """Back to the table, at the row of the product."""
        if self.editor is None or not self.is_open:
            return
        self._tell_draft()
        if self._behind is not None:
            self._stack.setCurrentWidget(self._behind)
        self._aside.show()
        if (row := self._rows.row_of(self.editor.product_id)) >= 0:
            self._table.selectRow(row)
        self._table.setFocus()

    def _tell_draft(self) -> None:
        """Leaving asks nothing; say where unsaved edits are."""
        sheet = self.editor.sheet if self.editor is not None else None
        if sheet is not None and sheet.edits:
            product = sheet.stored
            self._context.window.notify(
                "info", f"{counted(len(sheet.edits.cells), 'unsaved change')} of {product.sku} kept as a draft.",
                "They are not saved yet.", "Open it again", lambda: self.open(product.id), key="draft",
            )  # fmt: skip

    def refresh(self, product_ids: Collection[int], *, many: bool) -> None:
        """Products or their listings changed; ``many``: too many to name."""
        if self.editor is None or not self.is_open or self.editor.sheet is None:
            return
        family = self.editor.sheet.content.family
        shown = {family.product.id, *(each.id for each in family.variants)}
        if many or not shown.isdisjoint(product_ids):
            self.editor.reload()

    def leave(self) -> None:
        """The workspace is being closed."""
        if self.editor is not None:
            self.editor.leave()


class EditingPage(Page):
    """A page with an ``EditingPlace``: unsaved edits are kept as a draft when it is left, and nothing is asked."""

    editing: EditingPlace

    @property
    def has_unsaved(self) -> bool:
        """Whether edits are not on disk yet, not even as a draft."""
        return self.editing.is_unkept

    async def may_leave(self) -> bool:
        """Put them there."""
        await self.editing.keep()
        return True

    def leave(self) -> None:
        """The workspace is being closed."""
        super().leave()
        self.editing.leave()
