"""What is edited in the product table itself: single cells, and one cell's value filled down over the selected rows."""

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QKeySequence, QShortcut

from mmhub_desktop.actions.cell_edits import fill_edit, save_cell
from mmhub_desktop.domain.product_row import ProductRow
from mmhub_desktop.errors import MmhubError
from mmhub_desktop.gui.bulk_editing import tell_made
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.tables.catalog_table import CatalogTable
from mmhub_desktop.gui.tables.cell_editor import CellEditing, cell_text
from mmhub_desktop.gui.tables.products import ROW_ROLE


class TableEditing:
    """Lives as long as the page. Ctrl+D in the table fills down."""

    def __init__(self, context: GuiContext, table: CatalogTable) -> None:
        self._context = context
        self._table = table
        self.cells = CellEditing(table, partial(save_cell, context.workspace.product_editing), context.spawn)
        down = QShortcut(QKeySequence("Ctrl+D"), table)
        down.activated.connect(self.fill_down)

    def fill_down(self) -> None:
        """Give all selected products what the topmost one has in the column that the keyboard is on."""
        self._context.spawn(self._fill_down(), "Fill down")

    async def _fill_down(self) -> None:
        notify: Callable[..., object] = self._context.window.notify
        current, ids = self._table.currentIndex(), self._table.selected_ids()
        if not current.isValid() or len(ids) < 2:
            notify("info", "Select several products first.", "The value of the topmost one is given to the others.")
            return
        top = self._table.model().index(self._table.spans()[0][0], current.column())
        row = top.data(ROW_ROLE)
        if not isinstance(row, ProductRow):
            notify("info", "The first of the selected rows is still loading.", "Scroll to it, then fill down again.")
            return
        field = self._table.columns[current.column()].field
        money = row.price or row.cost
        try:
            edit = fill_edit(field, cell_text(row, field) if field else "", money.currency if money else "")
            made = await self._context.workspace.bulk_edits.make(edit, ids)
        except MmhubError as error:
            notify("warn", error.message, error.hint)
            return
        await tell_made(self._context, made)
