"""A product's images: read from files and links, ready to be sent, and small ones for the table."""

import asyncio
import contextlib
import hashlib
import logging
import multiprocessing
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from mmhub_desktop.catalog import pictures
from mmhub_desktop.catalog.links import fetch, is_link
from mmhub_desktop.catalog.pictures import PictureProblem
from mmhub_desktop.errors import Finding, MmhubError, Rejected
from mmhub_desktop.marketplaces.base import ImageFile
from mmhub_desktop.paths import replace_file

FORMATS = ("image/jpeg", "image/png")
CACHE_BYTES = 200_000_000
FORGET_FAILURE_S = 600.0
FETCHES_AT_ONCE = 4
_FOLDERS_SEARCHED = 50  # folders beside a table in which an image may lie

_log = logging.getLogger("mmhub.images")


async def read_image(
    source: str,
    base: str,
    *,
    formats: tuple[str, ...] = FORMATS,
    allow_local: bool = False,
    kept: Path | None = None,
) -> ImageFile:
    """The image of a product, whole and in one of ``formats`` (converted to JPEG otherwise).

    ``source`` is a link, or a file path that starts from the folder ``base``; ``allow_local`` permits links into
    the local network; ``kept`` is the copy of a link that was fetched before. Rejected with a finding when the seller
    must mend it, SourceUnavailable when trying again may help.
    """
    try:
        if kept is not None:
            data = await asyncio.to_thread(pictures.read_file, kept)
        elif is_link(source):
            data = await fetch(source, allow_local=allow_local)
        else:
            data = await asyncio.to_thread(pictures.read_file, find_file(source, base))
        picture = await asyncio.to_thread(pictures.prepare, data, formats)
    except PictureProblem as problem:
        raise Rejected(
            f"An image cannot be used. {problem.message}",
            findings=(Finding(f"image.{problem.rule}", "images", problem.message, problem.fix, value=source),),
            hint=problem.fix,
        ) from problem
    return ImageFile(_name(source, picture.mime), picture.mime, picture.data, picture.width, picture.height)


def find_file(source: str, base: str) -> Path:
    """The path an image entry means: absolute, ``file:``, or below ``base``; Windows' slashes work everywhere."""
    if source.casefold().startswith("file:"):
        return Path(url2pathname(urlsplit(source).path))
    path = Path(base) / Path(source).expanduser()
    if "\\" in source and not path.exists():
        path = Path(base) / source.replace("\\", "/")
    if base and path.parent == Path(base):  # beside the table there is often a folder of images
        with contextlib.suppress(OSError, ValueError):  # a cell may hold what is no name of a file at all
            if not path.exists():
                path = next((found for found in _one_deeper(Path(base), path.name) if found.is_file()), path)
    return path


def _one_deeper(folder: Path, name: str) -> Iterator[Path]:
    folders = (each for each in folder.iterdir() if each.is_dir() and not each.name.startswith("."))
    for each in islice(folders, _FOLDERS_SEARCHED):
        yield each / name


def _name(source: str, mime: str) -> str:
    """A file name to send, its ending as the content demands."""
    last = PurePosixPath(unquote(urlsplit(source).path) if is_link(source) else source.replace("\\", "/")).stem
    stem = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in last).strip("-")
    return f"{stem[:60] or 'image'}.{'jpg' if mime == 'image/jpeg' else mime.removeprefix('image/')}"


class Thumbnails:
    """Small pictures, made in a process of their own and kept as files in the workspace's image folder.

    Used from the loop. The process starts with the first picture that is not kept yet; ``close`` ends it.
    ``allow_local`` says whether links into the local network may be followed; ``find_kept`` knows the copies of links.
    """

    def __init__(
        self,
        folder: Path,
        *,
        workers: int = 1,
        allow_local: Callable[[], bool] = lambda: False,
        find_kept: Callable[[str], Awaitable[Path | None]] | None = None,
    ) -> None:
        self._find_kept = find_kept
        self._folder = folder / "thumbnails"
        self._workers = workers
        self._allow_local = allow_local
        self._pool: ProcessPoolExecutor | None = None
        self._starting = threading.Lock()
        self._making: dict[Path, asyncio.Task[bytes | None]] = {}
        self._failed: dict[Path, float] = {}  # → when
        self._fetching = asyncio.Semaphore(FETCHES_AT_ONCE)
        self._closed = False

    async def get(self, source: str, base: str, size_px: int) -> bytes | None:
        """JPEG or PNG bytes that fit a square of ``size_px`` device pixels; None when there is no such picture."""
        if not source or self._closed:
            return None
        if self._find_kept is not None and is_link(source):
            copy = await self._find_kept(source)
            if copy is not None:
                source, base = str(copy), ""
        kept, data = await asyncio.to_thread(self._look_up, source, base, size_px)
        if data is not None:
            return data
        failed = self._failed.get(kept)
        if (failed is not None and time.monotonic() - failed < FORGET_FAILURE_S) or self._closed:
            return None
        task = self._making.get(kept)
        if task is None:
            task = asyncio.create_task(self._make(source, base, size_px, kept), name="thumbnail")
            self._making[kept] = task
            task.add_done_callback(lambda _: self._making.pop(kept, None))
        return await asyncio.shield(task)  # who scrolled past does not end it for the others

    async def close(self) -> None:
        """End the process and wait for it. Safe to call twice."""
        self._closed = True
        for task in list(self._making.values()):
            task.cancel()
        await asyncio.gather(*self._making.values(), return_exceptions=True)
        await asyncio.to_thread(self._end)

    def _end(self) -> None:
        with self._starting:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(cancel_futures=True)

    def _look_up(self, source: str, base: str, size_px: int) -> tuple[Path, bytes | None]:
        """Where the thumbnail is kept, and its bytes if it is. A file that changes gets a new one."""
        identity = source
        if not is_link(source):
            path = find_file(source, base)
            identity = str(path)
            with contextlib.suppress(OSError, ValueError):
                stat = path.stat()
                identity += f"|{stat.st_mtime_ns}|{stat.st_size}"
        digest = hashlib.sha256(f"{size_px}|{identity}".encode(errors="replace")).hexdigest()
        kept = self._folder / digest[:2] / digest[2:34]
        try:
            return kept, kept.read_bytes()
        except OSError:
            return kept, None

    async def _make(self, source: str, base: str, size_px: int, kept: Path) -> bytes | None:
        try:
            what: bytes | Path
            if is_link(source):
                async with self._fetching:
                    what = await fetch(source, allow_local=self._allow_local())
            else:
                what = find_file(source, base)
            data = await asyncio.wrap_future(await asyncio.to_thread(self._submit, what, size_px))
        except (PictureProblem, MmhubError) as problem:
            _log.debug("no thumbnail of %s: %s", source, problem)
            self._failed[kept] = time.monotonic()
            return None
        except BrokenProcessPool:  # the process was killed, perhaps for its memory: a new one for the next picture
            _log.info("the picture process ended")
            self._pool = None
            self._failed[kept] = time.monotonic()
            return None
        await asyncio.to_thread(_keep, kept, data)
        return data

    def _submit(self, what: bytes | Path, size_px: int) -> Future[bytes]:
        """In a thread: the first one starts the process, which takes long enough to be seen on the loop."""
        with self._starting:
            if self._closed:
                raise BrokenProcessPool("there is no process any more")
            if self._pool is None:
                self._pool = ProcessPoolExecutor(
                    self._workers,
                    mp_context=multiprocessing.get_context("spawn"),  # forking beside threads can hang
                    initializer=pictures.begin_worker,
                )
                self._pool.submit(pictures.prune, self._folder, CACHE_BYTES)
            return self._pool.submit(pictures.shrink, what, size_px)


def _keep(path: Path, data: bytes) -> None:
    """Keep a thumbnail; without room it is made again another time."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, data)
