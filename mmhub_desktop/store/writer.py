"""The one thread that writes to a workspace, with group commit."""

import asyncio
import contextlib
import functools
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import sqlalchemy
from sqlalchemy import Connection, Engine

from mmhub_desktop.store.connecting import connect, explain

T = TypeVar("T")
Row = dict[str, Any]
LARGEST_GROUP = 5_000  # operations in one commit


class RowWriter(Protocol):
    """Writes rows that several callers queued for the same commit."""

    def __call__(self, connection: Connection, rows: list[Row]) -> None: ...


@dataclass(slots=True)
class Operation:
    """One thing to write: a function of the connection, or rows for a RowWriter; and who waits for it.

    ``unlinked``: on a connection that neither checks nor follows foreign keys, in a transaction of its own.
    """

    function: Callable[[Connection], Any] | None
    writer: RowWriter | None
    rows: Sequence[Row]
    waiting: asyncio.Future[Any] | Future[Any]
    unlinked: bool = False
    result: Any = None
    error: BaseException | None = None


class Writer:
    """The thread, its queue and its connections. What is put is written in the order in which it came."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.commits = 0
        self.engine = connect(path)
        self._unlinked: Engine | None = None
        self._queue: queue.SimpleQueue[Operation | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def put(self, operation: Operation) -> None:
        """Queue something for the next commit. From any thread."""
        self._queue.put(operation)

    def stop(self) -> None:
        """Write what is queued and end the thread. Blocking."""
        self._queue.put(None)
        self._thread.join()

    def close(self) -> None:
        """Fold the log into the file, after ``stop`` and when the readers are gone. Blocking."""
        with contextlib.suppress(sqlalchemy.exc.SQLAlchemyError), self.engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA optimize")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        self.engine.dispose()

    def _run(self) -> None:
        connection = self.engine.connect()
        for group in self._groups():
            if group[0].unlinked:
                if self._unlinked is None:
                    self._unlinked = connect(self.path, linked=False)
                with self._unlinked.connect() as other:
                    self._commit(other, group)
            else:
                self._close_unlinked()
                self._commit(connection, group)
            _deliver(group)
        self._close_unlinked()
        connection.close()

    def _groups(self) -> Iterator[list[Operation]]:
        """What waits, in the groups that are committed together, until the thread is to end."""
        item = self._queue.get()
        while item is not None:
            group: list[Operation] = []
            while item is not None and len(group) < LARGEST_GROUP:
                if group and (item.unlinked or group[0].unlinked):
                    break
                group.append(item)
                if self._queue.empty():  # nobody else takes from it
                    yield group
                    group = []
                item = self._queue.get()
            if group:
                yield group

    def _close_unlinked(self) -> None:
        """It is seldom needed, and keeps pages of the file."""
        if self._unlinked is not None:
            self._unlinked.dispose()
            self._unlinked = None

    def _commit(self, connection: Connection, group: list[Operation]) -> None:
        """One transaction for the whole group; on a failed commit everybody in it is told."""
        by_writer: dict[RowWriter, list[Operation]] = {}
        try:
            with connection.begin():
                for operation in group:
                    if operation.writer is not None:
                        by_writer.setdefault(operation.writer, []).append(operation)
                    elif operation.function is not None:
                        try:
                            operation.result = _run_part(connection, operation.function)
                        except Exception as error:  # noqa: BLE001 - handed to the caller, who decides
                            operation.error = explain(error, self.path)
                for writer, operations in by_writer.items():
                    rows = [row for operation in operations for row in operation.rows]
                    try:
                        _run_part(connection, functools.partial(writer, rows=rows))
                    except Exception as error:  # noqa: BLE001 - handed to the callers
                        for operation in operations:
                            operation.error = explain(error, self.path)
            self.commits += 1
        except BaseException as error:  # noqa: BLE001 - handed to the callers
            known = explain(error.cause if isinstance(error, _GroupLost) else error, self.path)
            for operation in group:
                operation.error = operation.error or known
            if connection.in_transaction():
                connection.rollback()


class _GroupLost(BaseException):
    """SQLite undid the whole transaction by itself, as it does when the disk is full: nobody's change is kept."""

    def __init__(self, cause: Exception) -> None:
        super().__init__()
        self.cause = cause


def _run_part(connection: Connection, part: Callable[[Connection], T]) -> T:
    """Run one part of a group so that its failure undoes only itself."""
    connection.exec_driver_sql("SAVEPOINT part")
    try:
        result = part(connection)
    except Exception as error:
        raw = connection.connection.dbapi_connection
        if raw is None or not raw.in_transaction:
            raise _GroupLost(error) from error
        connection.exec_driver_sql("ROLLBACK TO part")
        connection.exec_driver_sql("RELEASE part")
        raise
    connection.exec_driver_sql("RELEASE part")
    return result


def _deliver(group: list[Operation]) -> None:
    """Wake those who wait: threads at once, each loop with a single call."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Operation]] = {}
    for operation in group:
        waiting = operation.waiting
        if isinstance(waiting, asyncio.Future):
            by_loop.setdefault(waiting.get_loop(), []).append(operation)
        elif operation.error is not None:
            waiting.set_exception(operation.error)
        else:
            waiting.set_result(operation.result)
    for loop, operations in by_loop.items():
        with contextlib.suppress(RuntimeError):  # the loop has been closed: nobody waits any more
            loop.call_soon_threadsafe(_resolve, operations)


def _resolve(operations: list[Operation]) -> None:
    for operation in operations:
        waiting = operation.waiting
        if waiting.done():
            continue
        if operation.error is not None:
            waiting.set_exception(operation.error)
        else:
            waiting.set_result(operation.result)
