"""Pictures that look the same: within one product, and across the catalog. Nothing is fetched for it.

Across the catalog those are compared that were looked at (``PictureLooking``), each by what was kept of it then.
"""

import asyncio
import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

from mmhub_desktop.actions.parts import Parts
from mmhub_desktop.catalog.images import find_file
from mmhub_desktop.catalog.kept_images import KeptImages
from mmhub_desktop.catalog.links import is_link
from mmhub_desktop.catalog.picture_sight import look_of
from mmhub_desktop.catalog.pictures import PictureProblem, begin_worker, read_file
from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.picture_look import PictureLook, are_alike
from mmhub_desktop.errors import Finding, UserMistake
from mmhub_desktop.events import HistoryChanged, ProductsChanged
from mmhub_desktop.store.picture_groups import PictureUse, SimilarFound, find_similar

FEW = 1_000  # products whose pictures are compared in a thread: a process takes a third of a second to start


async def find_alike(kept: KeptImages, images: Sequence[str], base: str) -> list[Finding]:
    """A finding for each picture that looks like one before it; those that cannot be read are left out."""
    seen: list[tuple[int, PictureLook]] = []
    found = []
    for place, source in enumerate(images, start=1):
        path = await kept.find(source)
        if path is None and is_link(source):
            continue
        try:
            data = await asyncio.to_thread(read_file, path or find_file(source, base))
            look = await asyncio.to_thread(look_of, data)
        except PictureProblem:
            continue
        twin = next((earlier for earlier, other in seen if are_alike(look, other)), None)
        if twin is not None:
            message = f"Image {place} looks the same as image {twin}."
            found.append(Finding("images.alike", "images", message, "Remove one of them.", source, blocks=False))
        seen.append((place, look))
    return found


class SimilarPictures:
    """Across the catalog; for the loop. Many are compared in a process of their own."""

    def __init__(self, parts: Parts, path: Path) -> None:
        self._parts = parts
        self._path = path

    async def find(self) -> SimilarFound:
        """Groups that concern products of more than one family, those with the most products first."""
        if await self._parts.products.count() <= FEW:
            return await asyncio.to_thread(find_similar, self._path)
        context = multiprocessing.get_context("spawn")  # forking beside threads can hang
        pool = ProcessPoolExecutor(1, mp_context=context, initializer=begin_worker)
        try:
            return await asyncio.wrap_future(await asyncio.to_thread(pool.submit, find_similar, self._path))
        finally:
            await asyncio.shield(asyncio.to_thread(pool.shutdown, cancel_futures=True))

    async def remove(self, use: PictureUse) -> None:
        """Take a picture out of a product's list; the file or link itself stays. UserMistake when it is not there."""
        product = await self._parts.products.get(ProductId(use.product_id))
        if product is None or use.source not in product.images:
            raise UserMistake("The product does not show this picture any more.", hint="It was changed meanwhile.")
        left = tuple(each for each in product.images if each != use.source)
        await self._parts.products.save(replace(product, images=left))
        self._parts.bus.publish(ProductsChanged((product.id,)))
        self._parts.bus.publish(HistoryChanged())
