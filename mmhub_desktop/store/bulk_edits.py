"""Bulk edits over any number of products: tried out without writing, then made as one entry of the history."""

import asyncio
import contextlib
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from mmhub_desktop.domain.bulk_edit import BulkEdit, Outcome, ReadyEdit, check_edit
from mmhub_desktop.domain.history import EntryKind
from mmhub_desktop.domain.ids import EntryId, ProductId
from mmhub_desktop.domain.product import Product
from mmhub_desktop.events import Bus, ProductsChanged
from mmhub_desktop.store.bulk_edit_process import BulkEditProcess
from mmhub_desktop.store.connecting import LONG_LOG, SHORT_LOG
from mmhub_desktop.store.database import Database, now_ms
from mmhub_desktop.store.history import HistoryStore
from mmhub_desktop.store.history_recording import recording
from mmhub_desktop.store.outbox_rows import plain_connection, tell_products
from mmhub_desktop.store.product_scores import WORKED_OUT_FROM, search_key_and_quality
from mmhub_desktop.store.products import save_in

AT_ONCE = 2_500  # products read or written at once: few enough that the window and the engine get their turns
LINES_KEPT = 200
SAVED_AT_ONCE = 100  # whole products, which take longer
_MEANWHILE = "It was changed or deleted meanwhile."
_IDS_NAMED = 1_000

Progress = Callable[[int], None]
Ahead = Mapping[int, tuple[dict[str, Any], Outcome]]  # product id → the row that an outcome was worked out from, and it


@dataclass(frozen=True, slots=True)
class EditLine:
    """What an edit makes of one product; ``refused`` says in words why it is left as it is."""

    product_id: ProductId
    sku: str
    title: str
    old: str
    new: str = ""
    refused: str = ""


@dataclass(slots=True)
class EditCounts:
    """How many products change, stay as they are or are refused, and the first of those that change or are refused."""

    changed: int = 0
    same: int = 0
    refused: int = 0
    lines: list[EditLine] = field(default_factory=list)
    refusals: list[EditLine] = field(default_factory=list)

    def add(self, more: "EditCounts") -> None:
        """Join what came of further products."""
        self.changed += more.changed
        self.same += more.same
        self.refused += more.refused
        self.lines += more.lines[: LINES_KEPT - len(self.lines)]
        self.refusals += more.refusals[: LINES_KEPT - len(self.refusals)]


@dataclass(frozen=True, slots=True)
class EditDone:
    """A bulk edit that was made. ``entry_id`` undoes it; None when nothing changed."""

    entry_id: EntryId | None
    counts: EditCounts


class BulkEditStore:
    """For the loop; the work is done on the store's threads, some products at a time."""

    def __init__(self, db: Database, history: HistoryStore, bus: Bus) -> None:
        self._db = db
        self._history = history
        self._bus = bus

    async def try_out(self, edit: BulkEdit, ids: Sequence[int], on_progress: Progress | None = None) -> EditCounts:
        """What the edit would do to these products; nothing is written. UserMistake for an edit that means nothing."""
        ready, counts = check_edit(edit), EditCounts()
        done = 0
        async with contextlib.aclosing(BulkEditProcess(edit)) as process:
            for some in _slices(ids):
                ahead = await self._ahead(ready, some, process)
                apply = partial(_apply, ready=ready, ids=some, ahead=ahead)
                counts.add((await self._db.read(apply))[0])
                done += len(some)
                if on_progress is not None:
                    on_progress(done)
        return counts

    async def make(self, edit: BulkEdit, ids: Sequence[int], on_progress: Progress | None = None) -> EditDone:
        """Make the edit. When it fails or is cancelled in the middle, what was written is taken back.

        UserMistake for an edit that means nothing.
        """
        ready, counts = check_edit(edit), EditCounts()
        entry_id = await self._history.begin(EntryKind.BULK_EDIT, ready.label)
        done = 0
        try:
            async with contextlib.aclosing(BulkEditProcess(edit)) as process:
                for some in _slices(sorted(ids)):  # neighbours share pages of the file: a third is written
                    ahead = await self._ahead(ready, some, process)
                    write = partial(_write, ready=ready, ids=some, entry_id=entry_id, ahead=ahead)
                    counts.add(await self._db.write(write))
                    done += len(some)
                    if on_progress is not None:
                        on_progress(done)
        except BaseException:
            await asyncio.shield(self._history.undo(entry_id))
            raise
        await self._db.write(lambda connection: _fold_from(connection, SHORT_LOG))
        await self._history.finish(entry_id)
        if not counts.changed:
            return EditDone(None, counts)
        self._bus.publish(ProductsChanged(tuple(ProductId(each) for each in ids) if len(ids) <= _IDS_NAMED else ()))
        return EditDone(entry_id, counts)

    async def _ahead(self, ready: ReadyEdit, ids: Sequence[int], process: BulkEditProcess) -> Ahead | None:
        """What an endless edit makes of these products, worked out where it holds up nobody."""
        if not ready.endless:
            return None
        rows = await self._db.read(lambda connection: _rows(connection, ready, ids))
        return {row["product_id"]: (row, outcome) for row, outcome in zip(rows, await process.apply(rows), strict=True)}

    async def save(self, products: Sequence[Product], label: str) -> EditDone:
        """Write whole products that were read and changed, as one entry. One that changed since is left as it is.

        ``products`` carry the version that they were read with. UserMistake (a SKU that another product has): nothing
        was written.
        """
        counts = EditCounts()
        entry_id = await self._history.begin(EntryKind.BULK_EDIT, label)
        try:
            for start in range(0, len(products), SAVED_AT_ONCE):
                some = products[start : start + SAVED_AT_ONCE]
                counts.add(await self._db.write(lambda connection, some=some: _save(connection, some, entry_id)))  # type: ignore[misc]
        except BaseException:
            await asyncio.shield(self._history.undo(entry_id))
            raise
        await self._history.finish(entry_id)
        if not counts.changed:
            return EditDone(None, counts)
        self._bus.publish(ProductsChanged(tuple(each.id for each in products) if len(products) <= _IDS_NAMED else ()))
        return EditDone(entry_id, counts)


def _slices(ids: Sequence[int]) -> Iterator[list[int]]:
    every = iter(ids)
    while some := list(islice(every, AT_ONCE)):
        yield some


def _rows(connection: Connection, ready: ReadyEdit, ids: Sequence[int]) -> list[dict[str, Any]]:
    """The columns of these products that an edit looks at, and those that are worked out anew from what it writes."""
    scored = sorted(WORKED_OUT_FROM) if _is_scored(ready) else ()
    columns = dict.fromkeys((*ready.columns, *scored))
    rows = connection.exec_driver_sql(
        "SELECT id AS product_id, sku AS shown_sku, coalesce(optimized_title, title) AS shown_title, "  # noqa: S608 - names of columns
        f"{', '.join(columns)} FROM product WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(list(ids)),),
    ).mappings()
    return [dict(each) for each in rows]


def _is_scored(ready: ReadyEdit) -> bool:
    return not WORKED_OUT_FROM.isdisjoint(ready.field.columns)


def _apply(
    connection: Connection, ready: ReadyEdit, ids: Sequence[int], ahead: Ahead | None
) -> tuple[EditCounts, list[tuple[int, dict[str, Any]]]]:
    """What becomes of these products, and the columns to write of each that changes."""
    counts, found = EditCounts(), []
    scored = _is_scored(ready)
    for row in _rows(connection, ready, ids):
        outcome = ready.outcome(row) if ahead is None else _as_known(row, ahead)
        if isinstance(outcome, str):
            counts.refused += 1
            if len(counts.refusals) < LINES_KEPT:
                counts.refusals.append(_line(row, ready.field.shown(ready.field.read(row)), refused=outcome))
            continue
        old, new, written = outcome
        if not written:
            counts.same += 1
            continue
        counts.changed += 1
        if len(counts.lines) < LINES_KEPT:
            counts.lines.append(_line(row, ready.field.shown(old), new=ready.field.shown(new)))
        if scored:
            written["search_key"], written["quality"] = search_key_and_quality({**row, **written})
        found.append((row["product_id"], written))
    return counts, found


def _as_known(row: dict[str, Any], ahead: Ahead) -> Outcome:
    """What was worked out for a product, if it is as it was then."""
    known = ahead.get(row["product_id"])
    return known[1] if known is not None and known[0] == row else _MEANWHILE


def _line(row: dict[str, Any], old: str, *, new: str = "", refused: str = "") -> EditLine:
    return EditLine(ProductId(row["product_id"]), row["shown_sku"], row["shown_title"], old, new, refused)


def _write(
    connection: Connection, ready: ReadyEdit, ids: Sequence[int], entry_id: EntryId, ahead: Ahead | None
) -> EditCounts:
    counts, changes = _apply(connection, ready, ids, ahead)
    if not changes:
        return counts
    _fold_from(connection, LONG_LOG)
    raw = plain_connection(connection)
    by_columns: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
    for product_id, written in changes:
        by_columns.setdefault(tuple(written), []).append((product_id, *written.values()))
    with recording(connection, entry_id):
        for names, rows in by_columns.items():
            _update(raw, names, rows)
    tell_products(raw, "product.updated", [product_id for product_id, _ in changes])
    return counts


def _fold_from(connection: Connection, pages: int) -> None:
    """Let the log be folded into the file from so many pages on; the undo of an edit sets it itself."""
    connection.exec_driver_sql(f"PRAGMA wal_autocheckpoint={pages}")


def _save(connection: Connection, products: Sequence[Product], entry_id: EntryId) -> EditCounts:
    counts = EditCounts()
    raw = plain_connection(connection)
    with recording(connection, entry_id):
        for each in products:
            if raw.execute("SELECT version FROM product WHERE id=?", (each.id,)).fetchone() == (each.version,):
                save_in(connection, each)
                counts.changed += 1
            else:
                counts.refused += 1
                counts.refusals.append(EditLine(each.id, each.sku, each.text.title, "", refused=_MEANWHILE))
    return counts


def _update(raw: sqlite3.Connection, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Write (id, values…) in one statement: one for each row takes three times as long while the history notes."""
    values = ", ".join(f"v{place}" for place in range(len(names)))
    sets = ", ".join(f"{name}=new.v{place}" for place, name in enumerate(names))
    raw.execute(f"CREATE TEMP TABLE bulk_edit (id INTEGER PRIMARY KEY, {values})")
    raw.executemany(f"INSERT INTO bulk_edit VALUES (?{', ?' * len(names)})", rows)  # noqa: S608
    raw.execute(  # the + makes SQLite look up each of these, where it would else go through all products
        f"UPDATE product SET {sets}, version=version+1, updated_at=?, import_id=NULL"  # noqa: S608
        " FROM temp.bulk_edit AS new WHERE product.id=+new.id",
        (now_ms(),),
    )
    raw.execute("DROP TABLE bulk_edit")
