"""Looking at products' pictures in the background, each once, so that readiness knows them without opening any.

Files are seen where they lie, links by the copies that are kept of them. Few are looked at in a thread, many in a
process of its own that is less urgent than the window.
"""

import asyncio
import contextlib
import logging
import multiprocessing
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor

from mmhub_desktop.catalog import pictures
from mmhub_desktop.catalog.kept_images import KeptImages
from mmhub_desktop.catalog.links import is_link
from mmhub_desktop.catalog.picture_sight import Place, look_at, stamp_of
from mmhub_desktop.domain.picture_sight import PictureSight
from mmhub_desktop.errors import MmhubError
from mmhub_desktop.store.picture_sights import PictureSightStore

SLICE = 500  # products whose pictures are compared at once
GROUP = 20  # pictures looked at before they are kept
FEW = 8  # so many are looked at in a thread: a process takes a third of a second to start
MOST_WANTED = 20_000  # pictures held that somebody asked about; beyond that all products are gone through

_log = logging.getLogger("mmhub.pictures")

Key = tuple[str, str]  # source, base


class PictureLooking:
    """Lives on the loop. ``seen`` is called when pictures were looked at that had not been seen before."""

    def __init__(self, images: KeptImages, store: PictureSightStore, seen: Callable[[], None]) -> None:
        self.store = store
        self._images = images
        self._seen = seen
        self._wanted: dict[Key, None] = {}
        self._all_due = False
        self._due = asyncio.Event()
        self._working: asyncio.Task[None] | None = None
        self._pool: ProcessPoolExecutor | None = None

    def start(self) -> None:
        """Look at everything that is new or changed, then at what is asked for."""
        self._working = asyncio.create_task(self._work(), name="look at pictures")

    async def stop(self) -> None:
        """Stop after the present group."""
        if self._working is not None:
            self._working.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._working
            self._working = None
        await self._end_process()

    def want(self, keys: Iterable[Key]) -> None:
        """Have these looked at soon, if they were not yet."""
        if len(self._wanted) < MOST_WANTED:
            self._wanted.update(dict.fromkeys(keys))
        if self._wanted:
            self._due.set()

    def want_all(self) -> None:
        """Have everything looked at soon that is new or changed."""
        self._all_due = True
        self._due.set()

    async def look_at_all(self) -> int:
        """Go through the products for sale and look at what is new or changed; how many pictures those were."""
        looked, last = 0, 0
        try:
            while True:
                last, found = await self.store.images_after(last, SLICE)
                looked += await self._look({key_of(source, base): None for images, base in found for source in images})
                if not last:
                    return looked
        finally:
            await asyncio.shield(self._end_process())

    async def _work(self) -> None:
        await self._look_safely(everything=True)
        while True:
            await self._due.wait()
            self._due.clear()
            wanted, self._wanted = self._wanted, {}
            everything, self._all_due = self._all_due or len(wanted) >= MOST_WANTED, False
            await self._look_safely(wanted, everything=everything)

    async def _look_safely(self, wanted: Iterable[Key] = (), *, everything: bool) -> None:
        try:
            looked = await (self.look_at_all() if everything else self._look(wanted))
        except MmhubError as error:
            _log.info("pictures were not looked at: %s", error)
        else:
            if looked:
                self._seen()
        finally:
            await asyncio.shield(self._end_process())

    async def _look(self, keys: Iterable[Key]) -> int:
        """Look at those that are new or changed; how many."""
        keys = tuple(keys)
        known = await self.store.of(keys)
        links = await self._links([source for source, _ in keys if is_link(source)])
        files = await asyncio.to_thread(_stamped, [key for key in keys if not is_link(key[0])])
        new = [each for each in (*links, *files) if (old := known.get(each[:2])) is None or old.stamp != each[3]]
        for first in range(0, len(new), GROUP):
            await self.store.save(await self._look_at(new[first : first + GROUP], few=len(new) <= FEW))
        return len(new)

    async def _links(self, sources: Sequence[str]) -> list[Place]:
        kept = await self._images.store.of(sources)
        return [
            (url, "", str(self._images.path_of(image.content)), image.content)
            for url, image in kept.items()
            if image.content
        ]

    async def _look_at(self, places: Sequence[Place], *, few: bool) -> list[PictureSight]:
        if few:
            return await asyncio.to_thread(look_at, places)
        if self._pool is None:
            context = multiprocessing.get_context("spawn")  # forking beside threads can hang
            self._pool = ProcessPoolExecutor(1, mp_context=context, initializer=pictures.begin_worker)
        try:
            return await asyncio.wrap_future(await asyncio.to_thread(self._pool.submit, look_at, places))
        except BrokenExecutor:  # one of them was too much for it: they are not tried again and again
            _log.info("the process that looks at pictures has ended")
            self._pool = None
            return [PictureSight(source, base, stamp) for source, base, _, stamp in places]

    async def _end_process(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            await asyncio.to_thread(pool.shutdown, cancel_futures=True)


def key_of(source: str, base: str) -> Key:
    """By what a product's picture is kept: a link means the same everywhere."""
    return source, "" if is_link(source) else base


def _stamped(keys: Sequence[Key]) -> list[Place]:
    return [(*key, *stamp_of(*key)) for key in keys]
