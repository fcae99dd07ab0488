"""What can be done to the selected products, declared, and how each is asked for and started."""

from array import array
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.job import WorkRequest
from mmhub_desktop.gui import theme
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.words import counted, number

if TYPE_CHECKING:
    from mmhub_desktop.domain.ids import BatchId


@dataclass(frozen=True, slots=True)
class Work:
    """One thing to do to products: its name (an action of the engine, or ``delete``), words, icon and key."""

    name: str
    label: str
    icon: str
    help: str
    shortcut: str = ""
    in_toolbar: bool = False


WORK: tuple[Work, ...] = (
    Work("enhance", "Enhance", "sparkles", "Write better titles, descriptions and keywords", "Ctrl+E", True),
    Work("publish", "Publish", "send", "Send the selected products to marketplaces", "Ctrl+Return", True),
    Work("update", "Update", "refresh-cw", "Send changed price, stock and text to the listings", "Ctrl+U"),
    Work("end", "End listings", "circle-stop", "Take the listings off the marketplaces"),
    Work("delete", "Delete", "trash-2", "Delete the selected products here; listings stay as they are", "Del", True),
)


def work_actions(menu: QMenu, selected: int, act: Callable[[str], None]) -> None:
    """Fill a menu with all of ``WORK``, naming the number."""
    for item in WORK:
        if item.name == "delete":
            menu.addSeparator()
        label = f"{item.label} {counted(selected, 'product')}" if selected and item.name != "end" else item.label
        action = menu.addAction(theme.icon(item.icon, "err" if item.name == "delete" else "muted"), label)
        if item.shortcut:
            action.setShortcut(QKeySequence(item.shortcut))
        action.setEnabled(selected > 0)
        action.triggered.connect(lambda _=False, name=item.name: act(name))


class ProductWork:
    """Asks and starts work for the selected products."""

    def __init__(self, context: GuiContext, parent: QWidget, selected: Callable[[], "array[int]"]) -> None:
        self._context = context
        self._parent = parent
        self._selected = selected

    def start(self, name: str) -> None:
        """Start one of ``WORK``; without a selection the seller is told."""
        ids = tuple(ProductId(each) for each in self._selected())
        if not ids:
            self._context.window.notify("info", "Select products first.", "Click a row, or press Ctrl+A for all.")
            return
        item = next(each for each in WORK if each.name == name)
        ask = {"delete": self._delete, "enhance": self._enhance}.get(name)
        self._context.spawn(ask(ids) if ask else self._remote(name, ids), f"{item.label} products")

    async def _delete(self, ids: tuple[ProductId, ...]) -> None:
        from mmhub_desktop.gui.dialogs.confirm import confirm

        sure = await confirm(
            self._parent,
            f"Delete {counted(len(ids), 'product')}?",
            "They disappear from this workspace together with what it knows about their listings. "
            "Listings on the marketplaces stay as they are. This cannot be undone.",
            f"Delete {counted(len(ids), 'product')}",
        )
        if sure:
            deleted = await self._context.workspace.delete_products(ids)
            self._context.window.notify("ok", f"{counted(deleted, 'product')} deleted.")

    async def _enhance(self, ids: tuple[ProductId, ...]) -> None:
        await self._submit(WorkRequest("enhance", ids))

    async def _remote(self, name: str, ids: tuple[ProductId, ...]) -> None:
        """Publish, update, end: the accounts are chosen in a dialog that names the number."""
        from mmhub_desktop.gui.background import finished
        from mmhub_desktop.gui.dialogs.publish import PublishDialog

        workspace = self._context.workspace
        accounts = await workspace.accounts.all()
        if not accounts:
            self._context.window.notify(
                "warn",
                "No marketplace is connected yet.",
                "Connect one, or add the practice marketplace to try it.",
                "Marketplaces",
                lambda: self._context.window.show_page("marketplaces"),
            )
            return
        dialog = PublishDialog(self._context, name, ids, accounts, self._parent.window())
        try:
            if await finished(dialog) != PublishDialog.DialogCode.Accepted:
                return
            request = dialog.request()
        finally:
            dialog.deleteLater()
        await self._submit(request)

    async def _submit(self, request: WorkRequest) -> "BatchId":
        batch_id = await self._context.workspace.submit(request)
        count = len(request.product_ids) * max(1, len(request.account_ids))
        word = next(each.label for each in WORK if each.name == request.action)
        self._context.window.notify(
            "info",
            f"{word}: {number(count)} {'job' if count == 1 else 'jobs'} started.",
            "You can go on working.",
            "Show jobs",
            lambda: self._context.window.show_page("jobs", batch=batch_id),
        )
        return batch_id
