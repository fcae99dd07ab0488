"""Fetches the pictures behind links by itself, in the background, while the workspace is open.

What an import brought waits in a queue that is kept in the workspace; which links are still to be fetched is what the
store does not know yet, so that nothing is lost or done twice after a stop. First the first picture of each product,
with its thumbnails, then the others. Hosts are asked gently, and the seller's limits of room and number hold.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial

from mmhub_desktop.catalog.host_turns import HostTurns, host_of
from mmhub_desktop.catalog.kept_images import KeptImages
from mmhub_desktop.domain.ids import ImportId, ProductId
from mmhub_desktop.domain.image_queue import (
    WAITS_FOR_SELLER,
    FetchProgress,
    FetchState,
    ImageQueue,
    Waiting,
    queue_of,
)
from mmhub_desktop.errors import DiskFull, MmhubError, SourceUnavailable
from mmhub_desktop.events import Bus, ImagesFetched, Notice, ProductsChanged
from mmhub_desktop.store.database import now_ms
from mmhub_desktop.store.image_links import ImageLinks, LinkPage
from mmhub_desktop.store.preferences import PreferenceStore

KEY = "images.queue"
PRODUCTS = 200  # whose links are looked at in one step
AT_ONCE = 4
THUMBNAILS_PX = (40, 84)  # what the table and the details show without scaling
GIVE_UP_AFTER = 3  # rests of a host while others answer
BUSY_S = 2.0  # between looks whether an import has ended
TELL_S = 0.25

_log = logging.getLogger("mmhub.images")


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """The seller's: room for all copies in bytes, and links of one import."""

    room: int
    most: int


class ImageFetching:
    """Lives on the loop from ``start`` to ``stop``. ``progress`` is how it stands; each change is told on the bus."""

    def __init__(
        self,
        images: KeptImages,
        links: ImageLinks,
        preferences: PreferenceStore,
        thumbnail: Callable[[str, str, int], Awaitable[bytes | None]],
        bus: Bus,
        limits: Callable[[], FetchLimits],
        is_busy: Callable[[], bool],
    ) -> None:
        self.progress = FetchProgress()
        self.turns = HostTurns()
        self._images = images
        self._links = links
        self._preferences = preferences
        self._thumbnail = thumbnail
        self._bus = bus
        self._limits = limits
        self._is_busy = is_busy
        self._queue = ImageQueue()
        self._lock = asyncio.Lock()
        self._due = asyncio.Event()
        self._idle = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._room = 0  # bytes of all copies
        self._answered: set[str] = set()
        self._told_at = 0.0

    async def start(self) -> None:
        """Go on with what waits."""
        if self._task is None:
            await self._read()
            self._task = asyncio.get_running_loop().create_task(self._work(), name="fetch images")

    async def stop(self) -> None:
        """End; what is under way is fetched at the next start."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def add(self, import_id: ImportId) -> None:
        """Have what an import brought fetched, now or at the next start."""
        await self._change(lambda queue: queue.with_more(Waiting(import_id, most=self._limits().most)))

    async def retry_broken(self) -> None:
        """Have all links looked at again that are known as broken now."""
        self.turns.wake()
        await self._change(lambda queue: queue.with_more(Waiting(ImportId(0), before=now_ms())))

    async def pause(self) -> None:
        """Hold it until ``go_on``, also after a restart."""
        await self._change(lambda queue: replace(queue, paused=True))
        if self.progress.state is not FetchState.IDLE:
            self._say(FetchState.PAUSED)

    async def go_on(self) -> None:
        """Go on after a pause or a limit: as many links more, as far as there is room."""

        def more(queue: ImageQueue) -> ImageQueue:
            for each in queue.waiting[:1]:
                if each.most and each.done >= each.most:
                    queue = queue.changed(each, most=each.done + self._limits().most)
            return replace(queue, paused=False)

        self.turns.wake()
        await self._change(more)

    async def forget(self) -> None:
        """Fetch nothing of what waits."""
        await self._change(lambda _: ImageQueue())

    async def finished(self) -> FetchProgress:
        """Wait until nothing is left to do, or the seller has to decide; how it then stands."""
        await self._idle.wait()
        return self.progress

    @property
    def is_waiting(self) -> bool:
        """Whether anything is in the queue."""
        return bool(self._queue.waiting)

    async def _read(self) -> None:
        self._queue = queue_of(await self._preferences.get(KEY))
        self._due.set()

    async def _change(self, change: Callable[[ImageQueue], ImageQueue]) -> None:
        async with self._lock:
            if self._task is None:  # somebody adds to it who does not work on it
                self._queue = queue_of(await self._preferences.get(KEY))
            self._queue = change(self._queue)
            await self._preferences.set(KEY, self._queue.to_text())
        self._idle.clear()
        self._due.set()

    async def _work(self) -> None:
        while True:
            await self._due.wait()
            self._due.clear()
            try:
                await self._work_off()
            except DiskFull as error:
                self._say(FetchState.FAILED, f"{error.message} {error.hint}")
                self._bus.publish(Notice("warn", "Fetching images has stopped.", f"{error.message} {error.hint}"))
            except MmhubError as error:
                _log.info("images are not fetched: %s", error)
                self._say(FetchState.FAILED, f"{error.message} {error.hint}")
            except Exception:  # noqa: BLE001 - the window lives on without; what it was is in the log
                _log.exception("images are not fetched")
                self._say(FetchState.FAILED, "A mistake in the program stopped it; the log has more.")
            self._idle.set()

    async def _work_off(self) -> None:
        if self.progress.state is FetchState.IDLE:
            self.progress = FetchProgress()
        while self._queue.waiting and not self._queue.paused:
            first = self._queue.waiting[0]
            total = await self._links.count(first.import_id, first.before)
            self.progress = replace(self.progress, total=self.progress.done + total)
            self._room = await self._links.room() if total else 0
            if total and not await self._work_on(first) and self._queue.find(first) is not None:
                break
            await self._change_quietly(partial(ImageQueue.without, one=first))
        if not self._queue.waiting:
            self._say(FetchState.IDLE)
        elif self._queue.paused:
            self._say(FetchState.PAUSED)

    async def _work_on(self, waiting: Waiting) -> bool:
        """Fetch what waits there; False when the seller has to decide first."""
        while True:
            rested = False
            for only_first in (True, False):
                after = 0
                while True:
                    await self._let_imports_go_first()
                    if not self._may_go_on(waiting):
                        return False
                    page = await self._links.page(waiting.import_id, waiting.before, after, PRODUCTS, first=only_first)
                    if page is None:
                        break
                    after = page.last
                    rested |= not await self._fetch(waiting, page, small=only_first)
            if not rested:
                return True
            self._say(
                FetchState.RESTING, "The hosts of the pictures do not answer. They are asked again by themselves."
            )
            with contextlib.suppress(TimeoutError):  # a pause, or a wish to go on, ends the rest
                await asyncio.wait_for(self._due.wait(), max(0.05, self.turns.next_wake_s()))
            self._due.clear()

    async def _let_imports_go_first(self) -> None:
        while self._is_busy() and not self._queue.paused:
            self._say(FetchState.RESTING, "An import runs. It goes on afterwards.")
            await asyncio.sleep(BUSY_S)

    def _may_go_on(self, waiting: Waiting) -> bool:
        limits, now = self._limits(), self._queue.find(waiting)
        if self._queue.paused or now is None:
            return False
        if self._room >= limits.room:
            words = f"The copies take {limits.room // 1_000_000:,} MB, as much as they may (Settings › Import)."
            return self._stop_at(FetchState.FULL, words)
        if now.most and now.done >= now.most:
            words = f"{now.done:,} images of one import were fetched, as many as may be by themselves."
            return self._stop_at(FetchState.ENOUGH, words)
        return True

    def _stop_at(self, state: FetchState, words: str) -> bool:
        if self.progress.state is not state:
            self._bus.publish(Notice("warn", "Fetching images has stopped.", words))
        self._say(state, words)
        return False

    async def _fetch(self, of: Waiting, page: LinkPage, *, small: bool) -> bool:
        """Fetch the links of some products; False when some were left for later since their host rests."""
        waiting = deque(dict.fromkeys(page.links))
        now = self._queue.find(of) or of
        most = now.most - now.done if now.most else len(waiting)
        under_way: set[str] = set()
        left: list[str] = []
        fetched: list[str] = []

        async def lane() -> None:
            while waiting and len(fetched) + len(under_way) < most and self._may_go_on(of):
                link = waiting.popleft()
                under_way.add(link)
                is_settled = not self.turns.is_resting(link) and await self._fetch_one(
                    link, small=small, again=page.again
                )
                under_way.discard(link)
                (fetched if is_settled else left).append(link)

        lanes = [asyncio.create_task(lane()) for _ in range(min(AT_ONCE, len(waiting)))]
        try:
            await asyncio.gather(*lanes)
        finally:
            for each in lanes:
                each.cancel()
            await asyncio.gather(*lanes, return_exceptions=True)
        if fetched:
            await self._note_done(of, len(fetched))
            self._bus.publish(ProductsChanged(tuple(ProductId(each) for each in page.product_ids)))
        return not left and not waiting

    async def _fetch_one(self, link: str, *, small: bool, again: bool) -> bool:
        """Whether the link is settled: there is a copy of it, or it is known to be broken."""
        try:
            async with self.turns.turn(link):
                kept, is_new = await self._images.fetch(link, again=again)
        except SourceUnavailable as error:
            failures = self.turns.failed(link, error.retry_after_s)
            if failures < GIVE_UP_AFTER or not self._answered - {host_of(link)}:
                return False
            kept, is_new = await self._images.note_unavailable(link, error), False
        else:
            self.turns.answered(link)
            self._answered.add(host_of(link))
        self._room += kept.size if is_new else 0
        if kept.content and small:
            for side in THUMBNAILS_PX:
                await self._thumbnail(link, "", side)
        self.progress = replace(
            self.progress, done=self.progress.done + 1, broken=self.progress.broken + bool(kept.rule)
        )  # fmt: skip
        self._say(FetchState.FETCHING, often=True)
        return True

    async def _note_done(self, of: Waiting, count: int) -> None:
        def counted(queue: ImageQueue) -> ImageQueue:
            now = queue.find(of)
            return queue.changed(of, done=now.done + count) if now is not None else queue

        await self._change_quietly(counted)

    async def _change_quietly(self, change: Callable[[ImageQueue], ImageQueue]) -> None:
        async with self._lock:
            self._queue = change(self._queue)
            await self._preferences.set(KEY, self._queue.to_text())

    def _say(self, state: FetchState, words: str = "", *, often: bool = False) -> None:
        now = asyncio.get_running_loop().time()
        changed = (state, words) != (self.progress.state, self.progress.words)
        self.progress = replace(self.progress, state=state, words=words)
        if changed or not often or now - self._told_at >= TELL_S:
            self._told_at = now
            self._bus.publish(ImagesFetched(self.progress))
        if state in WAITS_FOR_SELLER:
            self._idle.set()
