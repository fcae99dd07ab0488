"""Copies of the images behind products' links, kept in the workspace's image folder under the hash of their bytes.

A link that was fetched is asked whether it has changed (ETag, Last-Modified) before it is fetched again. The file is on
disk before the store names it, so a crash leaves at most a file that nobody names, which the next fetch takes over.
"""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mmhub_desktop.catalog import pictures
from mmhub_desktop.catalog.images import find_file, read_image
from mmhub_desktop.catalog.links import Fetched, fetch, fetch_if_changed, is_link
from mmhub_desktop.catalog.pictures import PictureProblem
from mmhub_desktop.domain.kept_image import KeptImage
from mmhub_desktop.errors import DiskFull, SourceUnavailable
from mmhub_desktop.marketplaces.base import ImageFile
from mmhub_desktop.paths import replace_file
from mmhub_desktop.store.images import ImageStore

FRESH = timedelta(hours=1)  # what was asked for so recently is not asked for again: work that goes on after a stop
FETCHES_AT_ONCE = 4


class KeptImages:
    """Used from the loop; bytes are checked and written in threads.

    ``allow_local`` says whether links into the local network may be followed.
    """

    def __init__(
        self,
        store: ImageStore,
        folder: Path,
        allow_local: Callable[[], bool],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.store = store
        self.allow_local = allow_local
        self._folder = folder / "kept"
        self._own = folder / "own"
        self._now = now
        self._fetching = asyncio.Semaphore(FETCHES_AT_ONCE)
        self._locks: dict[str, asyncio.Lock] = {}

    async def find(self, source: str) -> Path | None:
        """The file of a link's copy; None when there is none, or ``source`` is no link."""
        if not is_link(source):
            return None
        known = (await self.store.of([source])).get(source)
        if known is None or not known.content:
            return None
        path = self.path_of(known.content)
        return path if await asyncio.to_thread(path.is_file) else None

    async def read(self, source: str, base: str) -> ImageFile:
        """A product's image as it can be sent, from the copy of a link where there is one: see ``read_image``."""
        return await read_image(source, base, allow_local=self.allow_local(), kept=await self.find(source))

    async def bytes_of(self, source: str, base: str) -> bytes:
        """A product's image as it is, from the copy of a link where there is one.

        PictureProblem or SourceUnavailable when it cannot be had.
        """
        kept = await self.find(source)
        if kept is None and is_link(source):
            return await fetch(source, allow_local=self.allow_local())
        return await asyncio.to_thread(pictures.read_file, kept or find_file(source, base))

    async def keep_own(self, picture: pictures.Picture) -> Path:
        """Write a picture that was made here into the workspace's image folder, and say where. DiskFull."""
        name = hashlib.sha256(picture.data).hexdigest()[:32]
        path = self._own / f"{name}.{'jpg' if picture.mime == 'image/jpeg' else 'png'}"
        await asyncio.to_thread(_write_file, path, picture.data)
        return path

    async def fetch(self, url: str, *, again: bool = False) -> tuple[KeptImage, bool]:
        """Have a copy of what is behind the link now; whether it is a new one.

        A link that was looked at within the hour is left alone unless ``again``. What the seller must mend is noted
        with the link and returned; SourceUnavailable when trying again may help (``note_unavailable`` afterwards).
        """
        async with self._locks.setdefault(url, asyncio.Lock()):  # products may share a link
            try:
                return await self._fetch(url, again)
            finally:
                self._locks.pop(url, None)

    async def note_unavailable(self, url: str, error: SourceUnavailable) -> KeptImage:
        """The link's host has not answered often enough: that is shown with the products that name it."""
        known = (await self.store.of([url])).get(url) or KeptImage(url)
        return await self._note(known, "unavailable", error.message, error.hint)

    async def _fetch(self, url: str, again: bool) -> tuple[KeptImage, bool]:
        known = (await self.store.of([url])).get(url) or KeptImage(url)
        has_file = bool(known.content) and await asyncio.to_thread(self.path_of(known.content).is_file)
        is_fresh = known.checked_at is not None and self._now() - known.checked_at < FRESH
        if is_fresh and not again and (has_file or known.rule):
            return known, False
        try:
            async with self._fetching:
                fetched = await fetch_if_changed(
                    url,
                    etag=known.etag if has_file else "",
                    last_modified=known.last_modified if has_file else "",
                    allow_local=self.allow_local(),
                )
            if fetched is None:
                kept = replace(known, rule="", message="", fix="", checked_at=self._now())
                await self.store.save(kept)
                return kept, False
            return await self._keep(known, fetched)
        except PictureProblem as problem:
            return await self._note(known, problem.rule, problem.message, problem.fix), False

    async def _keep(self, known: KeptImage, fetched: Fetched) -> tuple[KeptImage, bool]:
        content, picture = await asyncio.to_thread(self._write, fetched.data)
        kept = KeptImage(
            known.url, content, picture.mime, len(fetched.data), picture.width, picture.height, fetched.etag,
            fetched.last_modified, fetched_at=self._now(), checked_at=self._now(),
        )  # fmt: skip
        await self.store.save(kept)
        if known.content and known.content != content and not await self.store.is_used(known.content):
            await asyncio.to_thread(self.path_of(known.content).unlink, missing_ok=True)
        return kept, known.content != content

    async def _note(self, known: KeptImage, rule: str, message: str, fix: str) -> KeptImage:
        noted = replace(known, rule=rule, message=message, fix=fix, checked_at=self._now())
        await self.store.save(noted)
        return noted

    def _write(self, data: bytes) -> tuple[str, pictures.Picture]:
        """Check that the bytes are a whole picture, and have them on disk. Runs in a thread."""
        picture = pictures.prepare(data, tuple(f"image/{kind.lower()}" for kind in pictures.READABLE))
        content = hashlib.sha256(data).hexdigest()
        _write_file(self.path_of(content), data)
        return content, picture

    def path_of(self, content: str) -> Path:
        """Where the copy with this content is kept."""
        return self._folder / content[:2] / content[2:]


def _write_file(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.stat().st_size != len(data):
            replace_file(path, data)
    except OSError as error:
        raise DiskFull(
            "An image could not be kept.", hint="Free some disk space, then try again.", original=str(error)
        ) from error
