"""A connection to a workspace file: its settings, and SQLite's errors in words that a seller can act on."""

import contextlib
import sqlite3
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import Connection, Engine, event

from mmhub_desktop.errors import DiskFull, WorkspaceDamaged, WorkspaceLocked

BUSY_TIMEOUT_MS = 10_000
WRITER_CACHE_KIB, READER_CACHE_KIB = 24_000, 8_000  # what each connection keeps of the file; the system keeps the rest
# From how many pages on the log is folded into the file: seldom while much is written, since that waits for the disk,
# and pages that are written again and again are then copied once.
LONG_LOG, SHORT_LOG = 131_072, 1_000


def explain(error: BaseException, path: Path) -> BaseException:
    """SQLite's error as one of ours where a seller can act on it; anything else unchanged."""
    original = getattr(error, "orig", None) or error
    if not isinstance(original, sqlite3.Error):
        return error
    code = getattr(original, "sqlite_errorcode", 0) & 0xFF
    said = str(original)
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
        return DiskFull(
            f"The workspace “{path.name}” could not be written.",
            hint="Free some disk space or check the folder's permissions, then try again. Nothing was lost.",
            original=said,
        )
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return WorkspaceDamaged(
            f"The workspace file “{path.name}” is damaged or is not a workspace.",
            hint="Go back to a backup: “mmhub restore” lists them. They lie in the folder “….backups” beside it.",
            original=said,
        )
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return WorkspaceLocked(
            f"The workspace “{path.name}” is being written by another program.",
            hint="Close the other program or wait until it has finished.",
            original=said,
        )
    return error


def connect(path: Path, *, read_only: bool = False, linked: bool = True) -> Engine:
    """A SQLAlchemy engine with the workspace's pragmas, for one thread or process; no lock is taken.

    Without ``linked`` it neither checks nor follows foreign keys: for who sees to what hangs on the rows it deletes.
    """
    engine = sqlalchemy.create_engine(
        f"sqlite:///{path}", poolclass=sqlalchemy.pool.SingletonThreadPool, connect_args={"check_same_thread": False}
    )

    @event.listens_for(engine, "connect")
    def _prepare(raw: Any, _record: object) -> None:
        raw.isolation_level = None  # transactions are begun by us, so that they can be IMMEDIATE
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "journal_mode=WAL",
            "synchronous=NORMAL",
            f"foreign_keys={'ON' if linked else 'OFF'}",
            "secure_delete=FAST",  # some systems' SQLite overwrites with zeros what is deleted, all of it
            "temp_store=FILE",  # sorting a million rows in memory would take more than all the rest
            f"cache_size=-{READER_CACHE_KIB if read_only else WRITER_CACHE_KIB}",
            "mmap_size=0",  # mapped pages count as the program's own memory, and are hardly faster than the cache
            "journal_size_limit=67108864",
        ):
            raw.execute(f"PRAGMA {pragma}")
        if read_only:
            raw.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


def fold(path: Path) -> None:
    """Fold as much of the log into the file as is possible without anybody waiting. Blocking."""
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA wal_checkpoint(PASSIVE)")
