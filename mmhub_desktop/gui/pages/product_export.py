"""An export from the products page: asks what and where to, writes it in the background, says how it ended."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QDialog, QWidget

from mmhub_desktop.catalog.export import ExportFormat
from mmhub_desktop.catalog.export.run import ExportRun
from mmhub_desktop.catalog.export.writing import ExportEnd, ExportOrder
from mmhub_desktop.domain.product_query import ProductQuery
from mmhub_desktop.gui.background import finished
from mmhub_desktop.gui.choosing import answer, save_dialog, show_folder
from mmhub_desktop.gui.dialogs.export import ExportDialog, Scope
from mmhub_desktop.gui.dialogs.export_progress import ExportProgressDialog
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.words import counted, number

_SOON_S = 0.4  # an export that is done sooner shows no progress


async def export_products(
    context: GuiContext, parent: QWidget, selected: Sequence[int], query: ProductQuery, matching: int
) -> None:
    """Ask which of the selected, the ``matching`` (those of ``query``) or all products are meant, and write them."""
    workspace = context.workspace
    total = await workspace.products.count()
    if not total:
        context.window.notify("info", "There are no products to export.", "Import some first.")
        return
    scopes = _scopes(selected, query, matching, total)
    dialog = ExportDialog(scopes, parent.window())
    naming = context.spawn(_name_attributes(context, dialog), "Find the attributes of products")
    try:
        if await finished(dialog) != QDialog.DialogCode.Accepted:
            return
        scope, form, columns = dialog.scope, dialog.form, dialog.columns
    finally:
        naming.cancel()
        dialog.deleteLater()
    target = await _ask_place(parent, form)
    if target is None:
        return
    ids: tuple[int, ...] | None = None
    if scope == "selected":
        ids = tuple(selected)
    elif scope == "matching":
        ids = tuple(await workspace.products.ids(query))
    order = ExportOrder(form.name, str(target), ids, columns, with_variants=query.families)
    await _write(context, parent, order, target)


def _scopes(selected: Sequence[int], query: ProductQuery, matching: int, total: int) -> list[Scope]:
    scopes = [Scope("all", f"Everything: {counted(total, 'product')}")]
    everything = ProductQuery()
    asked = replace(query, sort=everything.sort, descending=True, sort_account=None, sort_ready=None, sort_attribute="")
    if asked not in (everything, replace(everything, families=True)):
        scopes.insert(0, Scope("matching", f"Those that match the search and filters: {number(matching)}"))
    if len(selected):
        scopes.insert(0, Scope("selected", f"The selected: {counted(len(selected), 'product')}"))
    return scopes


async def _name_attributes(context: GuiContext, dialog: ExportDialog) -> None:
    dialog.offer_attributes(await context.workspace.products.attribute_names())


async def _ask_place(parent: QWidget, form: ExportFormat) -> Path | None:
    kinds = {"csv": "CSV files (*.csv)", "xlsx": "Excel workbooks (*.xlsx)"}
    name = f"Products.{form.suffix}" if form.has_columns else f"Products for {form.label.split()[0]}.csv"
    dialog = save_dialog(parent.window(), "Export products", kinds[form.suffix], name)
    return next((Path(chosen) for chosen in await answer(dialog)), None)


async def _write(context: GuiContext, parent: QWidget, order: ExportOrder, target: Path) -> None:
    shown = ExportProgressDialog(target.name, parent.window())
    run = ExportRun(context.workspace.path, order, shown.tell)
    shown.stopped.connect(run.cancel)
    try:
        waiting = asyncio.ensure_future(run.result())
        await asyncio.wait({waiting}, timeout=_SOON_S)
        if not waiting.done():
            shown.open()
        end = await waiting
    finally:
        await run.stop()
        shown.accept()
        shown.deleteLater()
    _say(context, end, order, target)


def _say(context: GuiContext, end: ExportEnd | None, order: ExportOrder, target: Path) -> None:
    if end is None:
        context.window.notify("info", "The export was stopped.", "Nothing was written.")
        return
    left_out = [f"Left out: {number(count)} {words}." for words, count in end.left_out.items()]
    rows = "" if end.rows == end.products else f" in {counted(end.rows, 'row')}"
    verb = "is" if end.products == 1 else "are"
    context.window.notify(
        "warn" if left_out else "ok", f"{counted(end.products, 'product')}{rows} {verb} in “{target.name}”.",
        " ".join(left_out), "Show the folder", partial(show_folder, target.parent), key=f"export {order.target}",
    )  # fmt: skip
