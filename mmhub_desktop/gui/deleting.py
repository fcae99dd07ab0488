"""Deleting products, asked first: some of them, or all, for which the number must be typed. Both can be undone."""

from collections.abc import Sequence
from typing import cast

from PySide6.QtWidgets import QWidget

from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.product_query import ProductQuery
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.undoing import undo
from mmhub_desktop.gui.words import counted

_WHAT = (
    "They disappear from this workspace together with what it knows about their listings. Listings on the marketplaces "
    "stay as they are. Undo brings all of it back."
)


async def delete_all(context: GuiContext) -> None:
    """Ask, and delete every product of the workspace."""
    ids = await context.workspace.products.ids(ProductQuery())
    if not len(ids):
        context.window.notify("info", "There are no products to delete.")
        return
    await delete_products(context, cast("QWidget", context.window), [ProductId(each) for each in ids])


async def delete_products(context: GuiContext, parent: QWidget, ids: Sequence[ProductId]) -> None:
    """Ask, and delete these; when they are all there are, the number is to be typed."""
    from mmhub_desktop.gui.dialogs.confirm import confirm

    words = counted(len(ids), "product")
    every = len(ids) > 1 and len(ids) == await context.workspace.products.count()
    title = f"Delete all {words}?" if every else f"Delete {words}?"
    if not await confirm(parent, title, _WHAT, f"Delete {words}", typed=str(len(ids)) if every else ""):
        return
    deleted = await context.workspace.delete_products(ids)
    entry = await context.workspace.history.next_undo()

    def bring_back() -> None:
        if entry is not None:
            context.spawn(undo(context, entry), "Undo")

    context.window.notify("ok", f"{counted(deleted, 'product')} deleted.", "", "Undo", bring_back)
