"""Long work in a thread that tells how far it is, and ends soon after nobody waits for it any more."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

from mmhub_desktop.errors import MmhubError

T = TypeVar("T")
Told = Callable[[int, int], None]  # done, of how much


class Unwanted(Exception):
    """Raised inside the work between two slices: it leaves nothing behind and lets this pass."""


async def run_cancellable(work: Callable[[Told], T], told: Told) -> T:
    """``work(tell)`` in a thread; it calls ``tell`` between slices, which calls ``told`` on that thread.

    Cancelled, it waits until the work has ended, so that its files are free.
    """
    left = threading.Event()

    def tell(done: int, of: int) -> None:
        if left.is_set():
            raise Unwanted
        told(done, of)

    working = asyncio.ensure_future(asyncio.to_thread(work, tell))
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        left.set()
        with contextlib.suppress(Unwanted, MmhubError):
            await working
        raise
