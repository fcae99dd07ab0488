"""What can be done to the selected products, declared, and how each is asked for and started."""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from mmhub_desktop.domain.ids import AccountId, BatchId, ProductId
from mmhub_desktop.domain.job import WorkRequest
from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.marketplace import Capability
from mmhub_desktop.gui import theme
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.words import counted
from mmhub_desktop.gui.work_watch import batch_key

ROWS_AT_ONCE = 1_000  # products whose listings are looked up in one step

# States in which the marketplace has the listing, so that it can be changed or ended.
_KNOWN_THERE = frozenset({ListingState.SENT, ListingState.ACCEPTED, ListingState.LIVE, ListingState.PAUSED})
_TAKEN_OFF = frozenset({ListingState.ENDED, ListingState.PAUSED})  # some marketplaces only switch off what is ended


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
    Work("publish", "Publish", "send", "Preview what is sent to marketplaces, then send it", "Ctrl+Return", True),
    Work(
        "update",
        "Update",
        "refresh-cw",
        "Preview changed price, stock and text, then send them",
        "Ctrl+U",
    ),
    Work("bulk_edit", "Edit…", "pencil", "Set, replace, raise or compute a field of all of them", "Ctrl+B", True),
    Work("import_images", "Fetch images", "image", "Keep copies of the images behind links, and find broken links"),
    Work("fix_pictures", "Fix pictures…", "sparkles", "Make copies of the pictures as a marketplace wants them"),
    Work("sync", "Sync", "rotate-cw", "Read what is live now: price, stock, title and state"),
    Work("workflow", "Run workflow…", "workflow", "Run a saved workflow for the selected products", "Ctrl+Shift+W"),
    Work(
        "relist",
        "List again",
        "undo-2",
        "Offer listings again that have ended, then send price, stock and text that have changed since",
    ),
    Work("end", "End listings", "circle-stop", "Preview, then take the listings off the marketplaces"),
    Work("delete", "Delete", "trash-2", "Delete the selected products here; listings stay as they are", "Del"),
)


def work_actions(menu: QMenu, selected: int, act: Callable[[str], None]) -> None:
    """Fill a menu with all of ``WORK``, naming the number."""
    for item in WORK:
        if item.name == "delete":
            menu.addSeparator()
        named = selected and item.name not in ("end", "relist", "workflow", "import_images", "fix_pictures")
        label = f"{item.label} {counted(selected, 'product')}" if named else item.label
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
            hint = "Click a row, or press Ctrl+A for all. Without products, import a file first (Ctrl+O)."
            self._context.window.notify("info", "Select products first.", hint, key="select first")
            return
        item = next(each for each in WORK if each.name == name)
        ask = {
            "delete": self._delete, "enhance": self._enhance, "publish": self._publish,
            "import_images": self._fetch_images, "fix_pictures": self._fix_pictures, "bulk_edit": self._edit,
            "update": self._update, "sync": self._sync, "end": self._end, "relist": self._relist,
            "workflow": self._run_workflow,
        }[name]  # fmt: skip
        self._context.spawn(ask(ids), f"{item.label} products")

    async def _delete(self, ids: tuple[ProductId, ...]) -> None:
        from mmhub_desktop.gui.deleting import delete_products

        await delete_products(self._context, self._parent, ids)

    async def _edit(self, ids: tuple[ProductId, ...]) -> None:
        from mmhub_desktop.gui.bulk_editing import edit_products

        await edit_products(self._context, self._parent, ids)

    async def _enhance(self, ids: tuple[ProductId, ...]) -> None:
        await self._submit([WorkRequest("enhance", ids)], "Enhance", len(ids))

    async def _fetch_images(self, ids: tuple[ProductId, ...]) -> None:
        await self._submit([WorkRequest("import_images", ids)], "Fetch images", len(ids))

    async def _fix_pictures(self, ids: tuple[ProductId, ...]) -> None:
        from mmhub_desktop.gui.picture_fixing import fix_pictures

        await fix_pictures(self._context, self._parent, ids)

    async def _publish(self, ids: tuple[ProductId, ...]) -> None:
        from mmhub_desktop.gui.background import asked
        from mmhub_desktop.gui.dialogs.publish import PublishDialog

        accounts = await self._context.workspace.accounts.all()
        dialog = PublishDialog(self._context, "publish", ids, accounts, self._parent.window())
        if not await asked(dialog):
            return
        request, wants_preview = dialog.request(), dialog.wants_preview
        if wants_preview:
            await self._preview(request, "Publish")
        else:
            await self._submit([request], "Publish", len(ids) * len(request.account_ids))

    async def _update(self, ids: tuple[ProductId, ...]) -> None:
        await self._change_listings("update", ids, "Update")

    async def _sync(self, ids: tuple[ProductId, ...]) -> None:
        listed = await self._listed(ids)
        if not listed:
            self._context.window.notify("info", "None of these products is listed anywhere.", "Publish them first.")
            return
        requests = [WorkRequest("sync", tuple(found), (account,)) for account, found in listed.items()]
        await self._submit(requests, "Sync", sum(len(found) for found in listed.values()))

    async def _run_workflow(self, ids: tuple[ProductId, ...]) -> None:
        from mmhub_desktop.gui.pages.workflow_work import WorkflowWork

        await WorkflowWork(self._context, self._parent).choose_and_run(ids)

    async def _end(self, ids: tuple[ProductId, ...]) -> None:
        await self._change_listings("end", ids, "End")

    async def _relist(self, ids: tuple[ProductId, ...]) -> None:
        from mmhub_desktop.gui.dialogs.confirm import confirm

        workspace = self._context.workspace
        labels = {
            each.id: each.label for each in await workspace.accounts.all()
            if (declared := workspace.marketplaces.get(each.marketplace)) and Capability.RELIST in declared.capabilities
        }  # fmt: skip
        able = {id_: some for id_, some in (await self._listed(ids, _TAKEN_OFF)).items() if id_ in labels}
        if not able:
            self._context.window.notify(
                "info", "None of these products has a listing that can be listed again.",
                "Listings that have ended can, where the marketplace allows it. Publish the products instead.",
            )  # fmt: skip
            return
        count = sum(len(some) for some in able.values())
        verb = f"List {counted(count, 'listing')} again"
        text = (
            f"On {', '.join(labels[id_] for id_ in able)}. They come back as they were; then price, stock and "
            "text that have changed since are sent. A marketplace may charge its listing fee again."
        )
        if await confirm(self._parent, f"{verb}?", text, verb, danger=False):
            requests = [WorkRequest("relist", tuple(some), (id_,)) for id_, some in able.items()]
            await self._submit(requests, "List again", count)

    async def _change_listings(self, action: str, ids: tuple[ProductId, ...], verb: str) -> None:
        """Preview what becomes of the listings that the marketplaces have of these products."""
        listed = await self._listed(ids)
        if not listed:
            self._context.window.notify("info", "None of these products is listed anywhere.", "Publish them first.")
            return
        products = tuple(dict.fromkeys(each for found in listed.values() for each in found))
        await self._preview(WorkRequest(action, products, tuple(listed)), verb)

    async def _preview(self, request: WorkRequest, verb: str) -> None:
        """Show what would be sent, and send it when the seller says so."""
        from mmhub_desktop.gui.background import asked
        from mmhub_desktop.gui.dialogs.preview import PreviewDialog

        accounts = [each for each in await self._context.workspace.accounts.all() if each.id in request.account_ids]
        dialog = PreviewDialog(self._context, request, accounts, self._parent.window())
        if await asked(dialog):
            self._say_started(verb, dialog.sent, dialog.batches[-1])

    async def _listed(
        self, ids: tuple[ProductId, ...], states: frozenset[ListingState] = _KNOWN_THERE
    ) -> dict[AccountId, list[ProductId]]:
        """Which of the products each account has a listing of in one of these states."""
        listed: dict[AccountId, list[ProductId]] = {}
        for first in range(0, len(ids), ROWS_AT_ONCE):
            for row in await self._context.workspace.products.page(ids[first : first + ROWS_AT_ONCE]):
                for account, state in row.listings.items():
                    if state in states:
                        listed.setdefault(AccountId(account), []).append(row.id)
        return listed

    async def _submit(self, requests: Sequence[WorkRequest], verb: str, count: int) -> None:
        """Hand over to the engine and say so, once."""
        batch_id = [await self._context.workspace.submit(request) for request in requests][-1]
        self._say_started(verb, count, batch_id)

    def _say_started(self, verb: str, count: int, batch_id: BatchId) -> None:
        self._context.window.notify(
            "info",
            f"{verb}: {counted(count, 'job')} started.",
            "You can go on working.",
            "Show jobs",
            lambda: self._context.window.show_page("jobs", batch_id=batch_id),
            key=batch_key(batch_id),
        )
