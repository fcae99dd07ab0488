"""Noting what changes, whatever code makes the change: TEMP triggers on the connection that writes.

Plain sqlite3, for the writer and for the import's process. Outside of ``recording`` the triggers do nothing. Noted
are the cells that a seller decides, rows that go (with all that hangs on them by a cascade), and the ids of rows that
come. What is worked out from them is not: it is worked out again.
"""

import contextlib
import getpass
import json
import sqlite3
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from mmhub_desktop.domain.history import EntryKind, EntryState
from mmhub_desktop.domain.ids import EntryId
from mmhub_desktop.store.history_triggers import prepare
from mmhub_desktop.store.history_weight import add_to_entry, count_entry, marks, weigh_entry

if TYPE_CHECKING:  # the import process does without SQLAlchemy
    from sqlalchemy import Connection

    AnyConnection = Connection | sqlite3.Connection


def plain(connection: "AnyConnection") -> sqlite3.Connection:
    """The sqlite3 connection itself, or the one below SQLAlchemy's."""
    if isinstance(connection, sqlite3.Connection):
        return connection
    from mmhub_desktop.store.outbox_rows import plain_connection

    return plain_connection(connection)


def begin_entry(
    connection: "AnyConnection",
    kind: EntryKind,
    label: str,
    *,
    import_id: int | None = None,
    actor: str = "",
    joins: str = "",
) -> EntryId:
    """Write an open entry. What was undone before cannot be done again by the key any more.

    ``joins``: while the newest entry was made with the same words and was not undone, it is opened again instead.
    """
    raw = plain(connection)
    if joins:
        newest = raw.execute("SELECT id, joins, state FROM history_entry ORDER BY id DESC LIMIT 1").fetchone()
        if newest is not None and newest[1:] == (joins, EntryState.DONE.value):
            raw.execute("UPDATE history_entry SET state='open' WHERE id=?", (newest[0],))
            return EntryId(newest[0])
    raw.execute("UPDATE history_entry SET redoable=0 WHERE state='undone' AND redoable=1")
    made = raw.execute(
        "INSERT INTO history_entry (at, actor, kind, label, import_id, joins) VALUES (?, ?, ?, ?, ?, ?)",
        (time.time_ns() // 1_000_000, actor or _user(), kind.value, label, import_id, joins),
    )
    return EntryId(made.lastrowid or 0)


def finish_entry(connection: "AnyConnection", entry_id: EntryId) -> bool:
    """Close an entry: it can be undone from now on. One that changed nothing is removed; returns whether it stays."""
    raw = plain(connection)
    count_entry(raw, entry_id)
    weigh_entry(raw, entry_id)
    return close_entry(raw, entry_id)


def close_entry(raw: sqlite3.Connection, entry_id: EntryId) -> bool:
    """``finish_entry`` without counting and weighing it."""
    gone = raw.execute("DELETE FROM history_entry WHERE id=? AND products=0 AND bytes=0", (entry_id,)).rowcount
    raw.execute("UPDATE history_entry SET state='done' WHERE id=? AND state='open'", (entry_id,))
    return not gone


@contextlib.contextmanager
def recording(connection: "AnyConnection", entry_id: EntryId, *, since: int = 0) -> Iterator[None]:
    """Note in an entry what changes in the block, inside a transaction. Within another recording, that one notes.

    ``since``: new rows are not joined to ranges up to this one, which were counted already.
    """
    raw = plain(connection)
    prepare(raw)
    if recorded_entry(raw) is not None:
        yield
        return
    floors = _tops(raw)
    raw.execute("INSERT INTO recording VALUES (?, 0, ?, 1)", (entry_id, floors["product"]))
    try:
        yield
    finally:
        if raw.in_transaction:
            raw.execute("DELETE FROM recording")
    for table, top in _tops(raw).items():
        if top > floors[table]:
            _note_range(raw, entry_id, table, floors[table] + 1, top, since)


@contextlib.contextmanager
def recorded(
    connection: "AnyConnection", kind: EntryKind, label: str, *, actor: str = "", joins: str = ""
) -> Iterator[None]:
    """An entry of its own for what changes in the block: begun, noted and finished in this transaction."""
    raw = plain(connection)
    prepare(raw)
    if recorded_entry(raw) is not None:
        yield
        return
    entry_id = begin_entry(raw, kind, label, actor=actor, joins=joins)
    before = marks(raw)
    with recording(raw, entry_id, since=before["history_range"]):
        yield
    add_to_entry(raw, entry_id, before)  # not counted anew: thousands of edits may join one entry
    close_entry(raw, entry_id)


def note_status(
    connection: "AnyConnection", entry_id: EntryId, products: Sequence[int], status: str, becomes: str
) -> None:
    """Note that those of these products that have a status get another: alone it is no change that triggers note."""
    plain(connection).execute(
        "INSERT INTO history_change (entry_id, table_name, row_id, before, after)"
        " SELECT ?, 'product', id, json_object('status', status), json_object('status', ?) FROM product"
        " WHERE id IN (SELECT value FROM json_each(?)) AND status=?",
        (entry_id, becomes, json.dumps(list(products)), status),
    )


def recorded_entry(raw: sqlite3.Connection) -> int | None:
    """The entry that notes what changes now, if any. The connection must be prepared."""
    found = raw.execute("SELECT entry_id FROM temp.recording").fetchone()
    return None if found is None else int(found[0])


def _tops(raw: sqlite3.Connection) -> dict[str, int]:
    """The greatest id ever given of the tables whose new rows are noted."""
    tops = {"product": 0, "listing": 0}
    tops.update(raw.execute("SELECT name, seq FROM sqlite_sequence WHERE name IN ('product', 'listing')").fetchall())
    return tops


def _note_range(raw: sqlite3.Connection, entry_id: EntryId, table: str, first: int, last: int, since: int) -> None:
    """Rows that came: joined to what came just before, if that is there."""
    if raw.execute(f"SELECT 1 FROM {table} WHERE id BETWEEN ? AND ? LIMIT 1", (first, last)).fetchone() is None:  # noqa: S608
        return
    joined = raw.execute(
        "UPDATE history_range SET last=? WHERE entry_id=? AND side=0 AND table_name=? AND last=? AND id>?",
        (last, entry_id, table, first - 1, since),
    )
    if not joined.rowcount:
        raw.execute(
            "INSERT INTO history_range (entry_id, side, table_name, first, last) VALUES (?, 0, ?, ?, ?)",
            (entry_id, table, first, last),
        )


def _user() -> str:
    with contextlib.suppress(Exception):  # no name in the environment and none in the system
        return getpass.getuser()
    return ""
