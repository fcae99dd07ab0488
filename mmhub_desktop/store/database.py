"""Opening a workspace file, its one writer thread with group commit, and the readers beside it."""

import asyncio
import contextlib
import getpass
import json
import logging
import os
import platform
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import sqlalchemy
from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine

from mmhub_desktop.errors import (
    DiskFull,
    MmhubError,
    UserMistake,
    WorkspaceDamaged,
    WorkspaceError,
    WorkspaceLocked,
    WorkspaceTooNew,
)
from mmhub_desktop.store.connecting import BUSY_TIMEOUT_MS, connect, explain, fold
from mmhub_desktop.store.writer import Operation, Row, RowWriter, Writer

T = TypeVar("T")
SCHEMA_VERSION = 4  # the number of the newest migration; kept in PRAGMA user_version
APPLICATION_ID = 0x4D4D4855  # "MMHU": tells our files from other SQLite files
READERS = 3

_log = logging.getLogger("mmhub.store")


def now_ms() -> int:
    """The present time in whole milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000


def to_ms(moment: datetime | None) -> int | None:
    """An aware time as the store keeps it."""
    return None if moment is None else int(moment.timestamp() * 1000)


def from_ms(value: int | None) -> datetime | None:
    """A stored time as aware UTC."""
    return None if value is None else datetime.fromtimestamp(value / 1000, UTC)


class Database:
    """One open workspace file. Owns its lock, the writer thread and the readers' threads.

    ``write`` and ``read`` are for the asyncio loop; ``write_now`` and ``read_now`` block and are for start-up,
    the command line and tests. A write's result is handed over only after its commit has returned.
    """

    def __init__(self, path: Path, lock: FileLock, *, was_clean: bool) -> None:
        self.path = path
        self.was_clean = was_clean
        self._lock = lock
        self._writer = Writer(path)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")
        self._local = threading.local()
        self._read_engines: list[Engine] = []
        self._closed = False

    @property
    def commits(self) -> int:
        """How many commits there have been."""
        return self._writer.commits

    @classmethod
    def open(cls, path: Path, *, holder: str = "the program") -> "Database":
        """Open or create a workspace file, blocking. ``holder`` is what others are told who has it open.

        WorkspaceLocked, WorkspaceTooNew, WorkspaceDamaged, DiskFull or UserMistake when it cannot be used.
        """
        path = path.expanduser().resolve()
        if path.is_dir():
            raise UserMistake(f"“{path}” is a folder.", hint="Name a workspace file, for example shop.mmhub.")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DiskFull(
                f"The folder “{path.parent}” cannot be made.", hint="Choose another folder.", original=str(error)
            ) from error
        lock = take_lock(path, holder)
        try:
            was_clean = not _marker(path).exists()
            _prepare_file(path, check_all=not was_clean)
            _marker(path).touch()
            return cls(path, lock, was_clean=was_clean)
        except BaseException as error:
            lock.release()
            holder_file(path).unlink(missing_ok=True)
            known = explain(error, path)
            if known is not error:
                raise known from error
            raise

    async def write(self, function: Callable[[Connection], T]) -> T:
        """Run ``function(connection)`` in the next group commit and return its result once that is on disk.

        If it raises, only its own changes are undone. A caller that is cancelled leaves the write to finish.
        """
        return await self.begin_write(function)

    def begin_write(self, function: Callable[[Connection], T]) -> asyncio.Future[T]:
        """Queue ``function(connection)`` for the next group commit at once; the future is done after that commit."""
        self._refuse_when_closed()
        waiting: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._writer.put(Operation(function, None, (), waiting))
        return waiting

    async def write_unlinked(self, function: Callable[[Connection], T]) -> T:
        """Like ``write``, in a transaction of its own on a connection that neither checks nor follows foreign keys.

        Deletes many rows at a third of the cost; ``function`` sees to what hangs on them.
        """
        self._refuse_when_closed()
        waiting: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._writer.put(Operation(function, None, (), waiting, unlinked=True))
        return await waiting

    async def write_rows(self, writer: RowWriter, rows: Sequence[Row]) -> None:
        """Hand rows to ``writer``, which is called once for each commit with everything queued for it."""
        await self._put(Operation(None, writer, rows, asyncio.get_running_loop().create_future()))

    def write_now(self, function: Callable[[Connection], T]) -> T:
        """Like ``write``, blocking the calling thread."""
        waiting: Future[T] = Future()
        self._refuse_when_closed()
        self._writer.put(Operation(function, None, (), waiting))
        return waiting.result()

    async def read(self, function: Callable[[Connection], T]) -> T:
        """Run ``function(connection)`` on a reader's thread, in one consistent snapshot."""
        self._refuse_when_closed()
        return await asyncio.get_running_loop().run_in_executor(self._readers, self.read_now, function)

    def read_now(self, function: Callable[[Connection], T]) -> T:
        """Like ``read``, on the calling thread."""
        engine: Engine | None = getattr(self._local, "engine", None)
        if engine is None:
            engine = self._local.engine = connect(self.path, read_only=True)
            self._read_engines.append(engine)
        try:
            with engine.connect() as connection, connection.begin():
                return function(connection)
        except sqlalchemy.exc.SQLAlchemyError as error:
            raise explain(error, self.path) from error

    def fold_log(self) -> None:
        """Begin to fold the log into the file, beside all other work, which another process has made long.

        Else the next small write would do it, and wait half a second for half a million products.
        """
        if not self._closed:
            self._readers.submit(fold, self.path)

    async def check(self) -> None:
        """Read the whole file for damage (may take seconds on a large one). WorkspaceDamaged when there is any."""
        await self.read(lambda connection: _quick_check(connection, self.path))

    def close(self) -> None:
        """Finish queued writes, fold the log into the file, give the lock back. Blocking, safe to repeat."""
        if self._closed:
            return
        self._closed = True
        self._writer.stop()
        self._readers.shutdown(wait=True, cancel_futures=True)
        for engine in self._read_engines:
            engine.dispose()
        self._writer.close()
        _marker(self.path).unlink(missing_ok=True)
        holder_file(self.path).unlink(missing_ok=True)
        self._lock.release()

    def _refuse_when_closed(self) -> None:
        if self._closed:
            raise WorkspaceError("The workspace is closed.", hint="Open it again.")

    async def _put(self, operation: Operation) -> None:
        self._refuse_when_closed()
        self._writer.put(operation)
        waiting = operation.waiting
        if isinstance(waiting, asyncio.Future):
            await waiting


def _marker(path: Path) -> Path:
    """Exists while a workspace is open, so that the next start knows that the last one ended badly."""
    return path.with_name(path.name + ".open")


def holder_file(path: Path) -> Path:
    """Says who has the workspace's lock; removed by whom gives it back."""
    return path.with_name(path.name + ".holder")


def take_lock(path: Path, holder: str) -> FileLock:
    """Take a workspace's lock, held until its ``release``. WorkspaceLocked, which says who has it; DiskFull."""
    lock = FileLock(path.with_name(path.name + ".lock"), timeout=0, thread_local=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise WorkspaceLocked(
            f"The workspace “{path.name}” is open in {_read_holder(path)}.",
            hint="Close it there, or wait until it has finished, and try again.",
        ) from error
    except OSError as error:
        raise DiskFull(
            f"The workspace “{path.name}” cannot be opened in this folder.",
            hint="Check the folder's permissions and the free disk space.",
            original=str(error),
        ) from error
    about = {"who": holder, "pid": os.getpid(), "host": platform.node(), "since": datetime.now(UTC).isoformat()}
    with contextlib.suppress(Exception):
        about["user"] = getpass.getuser()
    holder_file(path).write_text(json.dumps(about), encoding="utf-8")
    return lock


def _read_holder(path: Path) -> str:
    try:
        about = json.loads(holder_file(path).read_text(encoding="utf-8"))
        since = datetime.fromisoformat(about["since"]).astimezone()
        user = f", user {about['user']}" if about.get("user") else ""
        return f"{about['who']} (process {about['pid']} on {about['host']}{user}, since {since:%H:%M on %d %b %Y})"
    except (OSError, ValueError, KeyError):
        return "another program"


def _prepare_file(path: Path, *, check_all: bool) -> None:
    """Check that the file is ours, whole and not newer; create or upgrade it."""
    is_new = not path.exists() or path.stat().st_size == 0
    version = 0
    if not is_new:
        with contextlib.closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT_MS / 1000)) as raw:
            application = raw.execute("PRAGMA application_id").fetchone()[0]
            version = raw.execute("PRAGMA user_version").fetchone()[0]
        if application != APPLICATION_ID:
            raise UserMistake(
                f"“{path.name}” is an SQLite file of another program.",
                hint="Choose a workspace file, or a new name to create one.",
            )
        if version > SCHEMA_VERSION:
            raise WorkspaceTooNew(
                f"The workspace “{path.name}” was written by a newer version of this program.",
                hint="Install the newest version. The file was not changed.",
            )
        if check_all:
            with contextlib.closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT_MS / 1000)) as raw:
                answer = raw.execute("PRAGMA quick_check(1)").fetchone()[0]
            if answer != "ok":
                raise _damaged(path, answer)
    if version < SCHEMA_VERSION:
        from mmhub_desktop.store.migrations import upgrade

        upgrade(path, is_new=is_new)
    # Changed here, while nobody else has the file: two connections that both change the mode lock each other out at
    # once, without waiting, and the mode stays with the file.
    with contextlib.closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT_MS / 1000)) as raw:
        raw.execute("PRAGMA journal_mode=WAL")


def _quick_check(connection: Connection, path: Path) -> None:
    answer = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    if answer != "ok":
        raise _damaged(path, str(answer))


def _damaged(path: Path, answer: str) -> MmhubError:
    return WorkspaceDamaged(
        f"The workspace file “{path.name}” is damaged.",
        hint="Go back to a backup: “mmhub restore” lists them. They lie in the folder “….backups” beside it.",
        original=answer,
    )
