"""Reading that ends when nobody waits for it any more: what a seller has typed past must not hold up what follows."""

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from mmhub_desktop.store.database import Database
from mmhub_desktop.store.outbox_rows import plain_connection

T = TypeVar("T")
LOOK_EVERY = 200_000  # steps of SQLite's machine, some milliseconds, between looks at whether anybody waits


async def read_until_cancelled(db: Database, function: Callable[[Connection], T]) -> T:
    """``db.read(function)``; when the caller is cancelled, SQLite stops in the middle of its work."""
    left = threading.Event()

    def read(connection: Connection) -> T:
        raw = plain_connection(connection)
        raw.set_progress_handler(left.is_set, LOOK_EVERY)
        try:
            return function(connection)
        finally:
            raw.set_progress_handler(None, 0)

    try:
        return await db.read(read)
    except asyncio.CancelledError:
        left.set()
        raise
