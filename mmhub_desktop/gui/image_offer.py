"""After an import that brought links to images: a notice offers to fetch them, unless that is done by itself."""

from collections.abc import Sequence
from functools import partial

from mmhub_desktop.domain.ids import ImportId
from mmhub_desktop.domain.imports import ImportState
from mmhub_desktop.events import Event, ImportProgressed
from mmhub_desktop.gui.notices import OFFER
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.words import counted


class ImageOffer:
    """Listens to the bridge for one open workspace until ``stop``."""

    def __init__(self, context: GuiContext) -> None:
        self._context = context
        context.bridge.arrived.connect(self._arrived)

    def stop(self) -> None:
        """Stop listening."""
        self._context.bridge.arrived.disconnect(self._arrived)

    def _arrived(self, events: Sequence[Event]) -> None:
        for event in events:
            if isinstance(event, ImportProgressed) and event.state is ImportState.COMPLETED:
                self._context.spawn(self._offer(event.id), "Look for image links")

    async def _offer(self, import_id: ImportId) -> None:
        workspace = self._context.workspace
        if workspace.imported_images.is_wanted():
            return
        job = await workspace.imports.get(import_id)
        count = len(await workspace.imported_images.products_of(import_id))
        if job is None or not count:
            return
        name = "has images" if count == 1 else "have images"
        self._context.window.notify(
            OFFER,
            f"{counted(count, 'product')} of {job.file_name} {name} behind links.",
            "With copies of them on this computer publishing needs no other host, and broken links are named.",
            "Fetch images",
            partial(self._begin, import_id),
            key=_key(import_id),
        )

    def _begin(self, import_id: ImportId) -> None:
        self._context.spawn(self._fetch(import_id), "Fetch images")

    async def _fetch(self, import_id: ImportId) -> None:
        window = self._context.window
        await self._context.workspace.imported_images.fetch(import_id)
        window.notify(
            "info",
            "The images are being fetched.",
            "You can go on working.",
            "Show how far",
            lambda: window.show_page("pictures"),
            key=_key(import_id),
        )


def _key(import_id: ImportId) -> str:
    return f"images of import {import_id}"
