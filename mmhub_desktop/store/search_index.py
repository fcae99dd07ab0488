"""The search index: a file of its own beside the workspace, made from it and made anew whenever it does not fit.

It never holds the workspace's writer: what is written here is written to the other file. The workspace notes by a
trigger which products' words changed (``search_note``); new products are those with a higher id than the index has
reached (``upto``), since ids are never given twice. Whoever searches looks at both, so search is right at any moment.
Pieces of words are only ever added: what a product no longer contains is found out when the product is looked at.

That both files belong together is known by a token: each catching up writes a new one into the workspace, with the one
the index has, before it touches the index. A workspace that went back to an older state (a restored copy, a power cut)
has neither, and the index is made anew.
"""

import contextlib
import logging
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from mmhub_desktop.domain.product import fold
from mmhub_desktop.domain.search import indexed_text, known_words
from mmhub_desktop.store.connecting import BUSY_TIMEOUT_MS
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.outbox_rows import plain_connection

VERSION = 1  # of what is written into the index; another one is made anew
SLICE = 400  # products read and cut at once: some milliseconds of the interpreter
COMMIT = 6_000  # products in one transaction of the index
PAUSE_S = 0.002  # between slices: the interpreter is the window's
WORN_OUT = 3  # the index is made anew when so many times more products were changed in it than it holds

_log = logging.getLogger("mmhub.store")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS state (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, token INTEGER NOT NULL, upto INTEGER NOT NULL,
  changed INTEGER NOT NULL);
CREATE VIRTUAL TABLE IF NOT EXISTS piece USING
  fts5(text, content='', detail=none, columnsize=0, tokenize='trigram case_sensitive 1');
CREATE TABLE IF NOT EXISTS word (word TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS backward (word TEXT PRIMARY KEY) WITHOUT ROWID;
"""
_PRODUCT = "SELECT id, search_key, brand, gtin, source_id FROM product"

Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _State:
    token: int
    upto: int
    changed: int


def index_path(workspace: Path) -> Path:
    """Where the index of a workspace lies."""
    return workspace.with_name(workspace.name + ".search")


def attached(connection: Connection) -> int | None:
    """Make the index readable as ``found`` and tell up to which id it holds products; None where it cannot be used."""
    raw = plain_connection(connection)
    mark = raw.execute("SELECT token, before FROM search_mark").fetchone()  # first: the index must not be older
    names = {row[1]: row[2] for row in raw.execute("PRAGMA database_list").fetchall()}
    path = index_path(Path(names["main"]))
    if "found" not in names and not path.exists():
        return None
    try:
        if "found" not in names:
            raw.execute("ATTACH DATABASE ? AS found", (str(path),))
        state = raw.execute("SELECT token, upto FROM found.state WHERE version = ?", (VERSION,)).fetchone()
    except sqlite3.DatabaseError:
        return None  # it is just being made, or is damaged
    if state is None or state[0] not in mark:
        return None
    reached: int = state[1]
    return reached


def distrust(connection: Connection) -> None:
    """Let nobody use the index any more; the next catching up makes it anew."""
    connection.exec_driver_sql("UPDATE search_mark SET token = 0, before = 0")


class SearchIndex:
    """Brings the index of one workspace up to date. All methods block, and are for one thread of their own."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._index: sqlite3.Connection | None = None
        self._main: sqlite3.Connection | None = None
        self._seen: set[str] = set()  # words that are in the index for sure

    def catch_up(self, told: Told, stopped: Callable[[], bool]) -> int:
        """Index what is new or changed; how many products that were. ``told`` hears done and all now and then."""
        try:
            return self._catch_up(told, stopped)
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
                raise
            _log.warning("the search index is damaged and is made anew: %s", error)
            self.close()
            self._db.write_now(distrust)
            return self._catch_up(told, stopped)

    def _catch_up(self, told: Told, stopped: Callable[[], bool]) -> int:
        index, main = self._open()
        state = self._state(index, main)
        upto = main.execute("SELECT coalesce(max(id), 0) FROM product").fetchone()[0]
        noted = main.execute("SELECT coalesce(max(id), 0), count(*) FROM search_note").fetchone()
        if upto <= state.upto and not noted[1]:
            return 0
        token = secrets.randbits(62) + 1
        self._db.write_now(lambda connection: _begin(connection, token, state))
        work = _Work(index, self._seen, told, noted[1] + self._count(main, state.upto), stopped)
        work.state = _State(token, state.upto, state.changed)
        self._index_noted(work, main, noted[0])
        while not stopped():
            rows = main.execute(
                f"{_PRODUCT} WHERE id > ? AND id <= ? ORDER BY id LIMIT {SLICE}", (work.state.upto, upto)
            ).fetchall()
            if not rows:
                break
            work.add(rows, upto=rows[-1][0])
        work.commit(ended=not stopped())
        return work.done

    def close(self) -> None:
        """Close both files."""
        for connection in (self._index, self._main):
            if connection is not None:
                connection.close()
        self._index = self._main = None

    def _open(self) -> tuple[sqlite3.Connection, sqlite3.Connection]:
        if self._index is None or self._main is None:
            path = index_path(self._db.path)
            self._main = _connect(self._db.path)
            self._main.execute("PRAGMA query_only=ON")
            if self._main.execute("SELECT token FROM search_mark").fetchone()[0] == 0:
                for end in ("", "-wal", "-shm"):
                    with contextlib.suppress(OSError):  # somebody reads it: it is emptied below
                        path.with_name(path.name + end).unlink(missing_ok=True)
            self._index = _connect(path)
            self._index.execute("PRAGMA journal_mode=WAL")
            self._index.execute("PRAGMA cache_size=-32000")
            if not self._db.was_clean and self._index.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                raise _damaged()
            self._index.executescript(_SCHEMA)
        return self._index, self._main

    def _state(self, index: sqlite3.Connection, main: sqlite3.Connection) -> _State:
        """What the index holds; it is emptied first where it does not belong to this state of the workspace."""
        mark = main.execute("SELECT token, before FROM search_mark").fetchone()
        row = index.execute("SELECT token, upto, changed FROM state WHERE version = ?", (VERSION,)).fetchone()
        if row is not None and row[0] in mark and row[2] <= WORN_OUT * max(row[1], 10_000):
            return _State(*row)
        self._seen.clear()
        index.execute("BEGIN IMMEDIATE")
        index.execute("INSERT INTO piece (piece) VALUES ('delete-all')")
        for table in ("state", "word", "backward"):
            index.execute(f"DELETE FROM {table}")  # noqa: S608 - names of this file
        index.execute("COMMIT")
        return _State(0, 0, 0)

    def _count(self, main: sqlite3.Connection, upto: int) -> int:
        count: int = main.execute("SELECT count(*) FROM product WHERE id > ?", (upto,)).fetchone()[0]
        return count

    def _index_noted(self, work: "_Work", main: sqlite3.Connection, last: int) -> None:
        """Index again what was noted up to a note, and forget these notes once that is on disk."""
        reached = 0
        while not work.stopped() and reached < last:
            notes = main.execute(
                f"SELECT id, product_id FROM search_note WHERE id > ? AND id <= ? ORDER BY id LIMIT {SLICE}",  # noqa: S608
                (reached, last),
            ).fetchall()
            if not notes:
                return
            reached = notes[-1][0]
            ids = sorted({product_id for _, product_id in notes if product_id <= work.state.upto})
            rows = main.execute(f"{_PRODUCT} WHERE id IN ({', '.join('?' * len(ids))})", ids).fetchall()
            work.add(rows, changed=len(rows))
            if work.waiting == 0 or reached == last:
                work.commit()
                self._forget(reached)

    def _forget(self, reached: int) -> None:
        self._db.write_now(
            lambda connection: connection.exec_driver_sql("DELETE FROM search_note WHERE id <= ?", (reached,))
        )


class _Work:
    """One catching up: adds products to the index, commits every now and then, tells how far it is."""

    def __init__(
        self, index: sqlite3.Connection, seen: set[str], told: Told, total: int, stopped: Callable[[], bool]
    ) -> None:
        self._index = index
        self._seen = seen
        self._told = told
        self._total = total
        self.stopped = stopped
        self.state = _State(0, 0, 0)
        self.done = 0
        self.waiting = 0  # products that are not committed yet

    def add(self, rows: Sequence[tuple[int, str, str, str, str]], *, upto: int = 0, changed: int = 0) -> None:
        """Index some products."""
        if not self._index.in_transaction:
            self._index.execute("BEGIN IMMEDIATE")
        texts = [(row[0], indexed_text((row[1].replace("\n", " "), *map(fold, row[2:])))) for row in rows]
        words = {word for row in rows for word in known_words(f"{row[1]} {fold(row[2])}")} - self._seen
        self._seen |= words
        self._index.executemany("INSERT INTO piece (rowid, text) VALUES (?, ?)", texts)
        self._index.executemany("INSERT OR IGNORE INTO word VALUES (?)", _each(words))
        self._index.executemany("INSERT OR IGNORE INTO backward VALUES (?)", _each(word[::-1] for word in words))
        self.state = _State(self.state.token, max(self.state.upto, upto), self.state.changed + changed)
        self.done += len(rows)
        self.waiting += len(rows)
        if self.waiting >= COMMIT:
            self.commit()
        time.sleep(PAUSE_S)

    def commit(self, *, ended: bool = False) -> None:
        """Write down what was added and how far that goes; ``ended``: it was all, though more had been counted.

        (A product may have been noted twice, or have gone.)
        """
        if not self._index.in_transaction:
            self._index.execute("BEGIN IMMEDIATE")
        self._index.execute(
            "INSERT OR REPLACE INTO state VALUES (1, ?, ?, ?, ?)",
            (VERSION, self.state.token, self.state.upto, self.state.changed),
        )
        self._index.execute("COMMIT")
        self.waiting = 0
        self._told(self.done, self.done if ended else max(self._total, self.done))


def _begin(connection: Connection, token: int, state: _State) -> None:
    """Let the workspace know the index by a new token, and by the one it has until that is written there."""
    connection.exec_driver_sql("UPDATE search_mark SET token = ?, before = ?", (token, state.token or -1))


def _damaged() -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError("quick_check found damage")
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


def _each(words: Iterable[str]) -> list[tuple[str]]:
    return [(word,) for word in words]


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_TIMEOUT_MS / 1000, check_same_thread=False)
    connection.execute("PRAGMA synchronous=NORMAL")
    return connection
