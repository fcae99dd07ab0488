"""Keeps the search index up to date while the program is open: shortly after products changed, on a thread of its own.

While an import runs it waits: both would want the same disk and cores, and what is not indexed is found all the same.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from mmhub_desktop.events import Bus, ProductsChanged, SearchIndexed
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.search_index import SearchIndex

SOON_S = 0.5  # after products changed; more changes of this time are taken in together
REST_S = 30.0  # it looks so often by itself, since changes may come from other processes

_log = logging.getLogger("mmhub.catalog")


class SearchKeeper:
    """Lives on the loop from ``start`` to ``stop``. ``busy`` says whether an import runs."""

    def __init__(self, db: Database, bus: Bus, busy: Callable[[], bool]) -> None:
        self._index = SearchIndex(db)
        self._bus = bus
        self._busy = busy
        self._changed = asyncio.Event()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None
        self._unsubscribe: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Begin with what changed while the program was closed."""
        if self._task is None:
            self._unsubscribe = self._bus.subscribe(ProductsChanged, lambda _: self.hurry())
            self.hurry()
            self._task = asyncio.get_running_loop().create_task(self._keep(), name="search-index")

    def hurry(self) -> None:
        """Look now what changed."""
        self._changed.set()

    async def catch_up(self) -> None:
        """Bring the index up to date now, where nobody keeps it so; not between ``start`` and ``stop``."""

        def once() -> None:
            try:
                self._index.catch_up(lambda _done, _total: None, lambda: False)
            finally:
                self._index.close()

        await asyncio.to_thread(once)

    async def stop(self) -> None:
        """End; what is not indexed yet is at the next start."""
        self._stopping = True
        self._unsubscribe()
        self._changed.set()
        if self._task is not None:
            await self._task
            self._task = None

    async def _keep(self) -> None:
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1, thread_name_prefix="search-index") as thread:
            while not self._stopping:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wait(), REST_S)
                if not self._is_over():
                    try:
                        await loop.run_in_executor(thread, self._index.catch_up, self._teller(loop), self._is_over)
                    except Exception:  # noqa: BLE001 - the disk may be full: it is tried again, and search works without
                        _log.exception("the search index could not be brought up to date")
            await loop.run_in_executor(thread, self._index.close)

    async def _wait(self) -> None:
        await self._changed.wait()
        if not self._stopping:
            await asyncio.sleep(SOON_S)
        self._changed.clear()

    def _is_over(self) -> bool:
        return self._stopping or self._busy()

    def _teller(self, loop: asyncio.AbstractEventLoop) -> Callable[[int, int], None]:
        def tell(done: int, total: int) -> None:
            loop.call_soon_threadsafe(self._bus.publish, SearchIndexed(done, total))

        return tell
