"""The writer and all readers of a new workspace connect at the same moment."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection

from mmhub_desktop.store.database import Database, _prepare_file


def _one(connection: Connection) -> int:
    return int(connection.exec_driver_sql("SELECT 1").scalar_one())


def test_a_new_file_is_in_wal_mode_before_anybody_connects(tmp_path: Path) -> None:
    """Whoever changes the mode beside another connection is told “locked” at once: nobody may have to."""
    path = tmp_path / "shop.mmhub"
    database = Database.open(path)
    database.close()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA journal_mode=DELETE")  # as an older file, or one another tool has touched, may be

    _prepare_file(path, check_all=False)

    header = path.read_bytes()[:20]
    assert header[18:20] == b"\x02\x02"  # the file format's mark of WAL


async def test_reads_and_writes_of_the_first_moment_all_answer(tmp_path: Path) -> None:
    for number in range(20):
        database = await asyncio.to_thread(Database.open, tmp_path / f"{number}.mmhub")
        try:
            work = (database.read(_one), database.read(_one), database.read(_one), database.write(_one))
            assert await asyncio.wait_for(asyncio.gather(*work), 20) == [1, 1, 1, 1]
        finally:
            await asyncio.to_thread(database.close)
