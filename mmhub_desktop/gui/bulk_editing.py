"""Editing many products at once: asked in a dialog, told with a way back."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.undoing import undo
from mmhub_desktop.gui.words import counted
from mmhub_desktop.store.bulk_edits import EditDone


async def edit_products(context: GuiContext, parent: QWidget, ids: Sequence[ProductId]) -> None:
    """Ask what is to be changed, and say what was."""
    from mmhub_desktop.gui.background import asked
    from mmhub_desktop.gui.dialogs.bulk_edit import BulkEditDialog

    dialog = BulkEditDialog(context, ids, parent.window())
    await asked(dialog)
    made = dialog.made
    if made is not None:
        await tell_made(context, made)


async def tell_made(context: GuiContext, made: EditDone) -> None:
    """Say what a bulk edit changed and left, with the way back."""
    counts = made.counts
    left = f"{counts.refused:,} were left as they are. {_first(made)}" if counts.refused else ""
    if made.entry_id is None:
        context.window.notify("info", "Nothing changed.", left or "All of them had this value already.")
        return
    entry = await context.workspace.history.get(made.entry_id)

    def take_back() -> None:
        if entry is not None:
            context.spawn(undo(context, entry), "Undo")

    context.window.notify("ok", f"{counted(counts.changed, 'product')} edited.", left, "Undo", take_back)


def _first(made: EditDone) -> str:
    first = made.counts.refusals[0]
    return f"{first.sku}: {first.refused}"
