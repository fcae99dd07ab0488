"""What is edited in the product table itself: single cells, one filled down over the selected rows, a pasted block."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut

from mmhub_desktop.actions.cell_edits import fill_edit, save_cell
from mmhub_desktop.actions.pasted_cells import Pasting, plan_pasting, read_block
from mmhub_desktop.domain.product_row import ProductRow
from mmhub_desktop.errors import MmhubError
from mmhub_desktop.gui.bulk_editing import tell_made
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.tables.catalog_table import CatalogTable
from mmhub_desktop.gui.tables.cell_editor import CellEditing, cell_text
from mmhub_desktop.gui.tables.products import ROW_ROLE

WITHOUT_ASKING = 20  # cells that are pasted without a look at them first: they can be undone


class TableEditing:
    """Lives as long as the page. Ctrl+D in the table fills down, Ctrl+Shift+V pastes a block of cells."""

    def __init__(self, context: GuiContext, table: CatalogTable) -> None:
        self._context = context
        self._table = table
        self.cells = CellEditing(table, partial(save_cell, context.workspace.product_editing), context.spawn)
        for keys, act in (("Ctrl+D", self.fill_down), ("Ctrl+Shift+V", self.paste)):
            shortcut = QShortcut(QKeySequence(keys), table)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(act)

    def paste(self) -> None:
        """Put the clipboard's cells into the rows and columns from the current cell on."""
        self._context.spawn(self._paste(QGuiApplication.clipboard().text()), "Paste cells")

    async def _paste(self, text: str) -> None:
        notify: Callable[..., object] = self._context.window.notify
        table, current = self._table, self._table.currentIndex()
        if not current.isValid():
            notify("info", "Choose a cell first.", "The block is put into the rows and columns from there on.")
            return
        workspace = self._context.workspace
        try:
            block = read_block(text)
            ids = table.ids_from(current.row(), len(block))
            pasting = await plan_pasting(workspace.products, ids, table.fields_from(current.column()), block)
            if not pasting.lines and not pasting.refused:
                notify("info", "Nothing changed.", "These columns cannot be edited, or hold these values already.")
                return
            if (len(pasting.lines) > WITHOUT_ASKING or pasting.refused) and not await self._agreed(pasting):
                return
            made = await workspace.bulk_edits.save(
                pasting.products, f"Pasted {len(pasting.lines):,} cells" if len(pasting.lines) > 1 else "Pasted a cell"
            )
        except MmhubError as error:
            notify("warn", error.message, error.hint)
            return
        await tell_made(self._context, made)

    async def _agreed(self, pasting: Pasting) -> bool:
        from mmhub_desktop.gui.background import asked
        from mmhub_desktop.gui.dialogs.paste_cells import PasteCellsDialog

        dialog = PasteCellsDialog(pasting, self._table.window())
        return await asked(dialog)

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
