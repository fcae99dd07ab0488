"""Fixing pictures for a marketplace: asked in a dialog, told with a way back. For one product or for many."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.gui.dialogs.picture_fix import OwnPictures, PictureFixDialog
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.undoing import undo
from mmhub_desktop.gui.words import counted
from mmhub_desktop.gui.work_watch import batch_key


async def fix_pictures(
    context: GuiContext, parent: QWidget, what: OwnPictures | Sequence[ProductId], marketplace: str = ""
) -> None:
    """Ask for which marketplace, show what becomes of the pictures, and use the copies there."""
    from mmhub_desktop.gui.background import asked

    workspace, window = context.workspace, context.window
    names = dict.fromkeys(each.marketplace for each in await workspace.accounts.all())
    connected = [workspace.marketplaces[name] for name in names if name in workspace.marketplaces]
    if not connected:
        window.notify(
            "info", "No marketplace is connected yet.", "Pictures are fixed for the marketplaces that you sell on.",
            "Add an account", lambda: window.show_page("marketplaces", add=True),
        )  # fmt: skip
        return
    dialog = PictureFixDialog(context, connected, what, parent.window())
    if marketplace:
        dialog.choose(marketplace)
    if not await asked(dialog):
        return
    label, kept, batch_id = dialog.declared.label, dialog.kept, dialog.batch_id
    if batch_id is not None:
        window.notify(
            "info", f"Pictures are being fixed for {label}.", "You can go on working.", "Show jobs",
            lambda: window.show_page("jobs", batch_id=batch_id), batch_key(batch_id),
        )  # fmt: skip
        return
    words = f"{counted(kept, 'fixed copy', 'fixed copies')} used for {label}." if kept else f"Originals for {label}."
    entry = await workspace.history.next_undo()

    def take_back() -> None:
        if entry is not None:
            context.spawn(undo(context, entry), "Undo")

    window.notify("ok", words, "The pictures themselves were not changed.", "Undo", take_back)
