"""A read that nobody waits for any more ends."""

import asyncio
import contextlib
import threading
from pathlib import Path

from sqlalchemy import Connection

from mmhub_desktop.store.database import Database
from mmhub_desktop.store.stopping import read_until_cancelled

_ENDLESS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


async def test_a_cancelled_read_stops_in_the_middle(tmp_path: Path) -> None:
    db = Database.open(tmp_path / "shop.mmhub")
    begun, ended = threading.Event(), threading.Event()

    def count(connection: Connection) -> None:
        begun.set()
        try:
            connection.exec_driver_sql(_ENDLESS).scalar_one()
        finally:
            ended.set()

    reading = asyncio.create_task(read_until_cancelled(db, count))
    await asyncio.to_thread(begun.wait, 20)
    reading.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await reading
    assert await asyncio.to_thread(ended.wait, 20)
    assert await read_until_cancelled(db, lambda c: c.exec_driver_sql("SELECT 7").scalar_one()) == 7
    await asyncio.to_thread(db.close)
