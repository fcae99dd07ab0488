"""Editing many products at once: asked in a dialog, told with a way back."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.undoing import undo
from mmhub_desktop.gui.words import counted


async def edit_products(context: GuiContext, parent: QWidget, ids: Sequence[ProductId]) -> None:
    """Ask what is to be changed, and say what was."""
    from mmhub_desktop.gui.background import finished
    from mmhub_desktop.gui.dialogs.bulk_edit import BulkEditDialog

    dialog = BulkEditDialog(context, ids, parent.window())
    try:
        await finished(dialog)
        made = dialog.made
    finally:
        dialog.deleteLater()
    if made is None or made.entry_id is None:
        return
    entry = await context.workspace.history.get(made.entry_id)

    def take_back() -> None:
        if entry is not None:
            context.spawn(undo(context, entry), "Undo")

    left = f"{made.counts.refused:,} were left as they are." if made.counts.refused else ""
    context.window.notify("ok", f"{counted(made.counts.changed, 'product')} edited.", left, "Undo", take_back)
