"""Whole rows taken out of their tables, some thousand at a time.

``take_out`` lets triggers and foreign keys do the noting of what hangs on the rows. ``take_out_alone`` is for products
on which nothing hangs, as those of an import that is undone: it costs less than half.
"""
# ruff: noqa: S608 - names of tables and columns, from the file itself

from typing import Any

from mmhub_desktop.domain.history import EntryKind
from mmhub_desktop.store.history_move import CHUNK, ISLANDS, LATER, NOTE_RANGES, Move
from mmhub_desktop.store.history_triggers import NOT_KEPT, columns_of, links_to_products
from mmhub_desktop.store.outbox_rows import tell_all_deleted, tell_products

_THERE = "(l.remote_id <> '' OR l.state IN ('sent', 'accepted', 'live', 'paused'))"

_AT_WORK = (
    "EXISTS (SELECT 1 FROM marketplace_job j WHERE j.product_id=l.product_id AND j.account_id=l.account_id"
    " AND j.state IN ('pending', 'running', 'paused'))"
)


class NotAlone(Exception):
    """Something hangs on these rows, or they are no products: they go by ``take_out``. Nothing was done."""


def take_out(move: Move) -> list[int] | None:
    """Remove some thousand of the rows that the entry brought; the products among them, None when none are left."""
    raw = move.raw
    table = _choose(move)
    if table is None:
        return None
    going = _spare(move, table)
    products = going
    if table == "product":
        tell_products(raw, "product.deleted", going)
    else:
        query = "SELECT DISTINCT product_id FROM listing WHERE id IN (SELECT id FROM temp.moving)"
        products = [row[0] for row in raw.execute(query)]
    raw.execute("INSERT INTO temp.recording VALUES (?, ?, 0, 0)", (move.entry_id, move.target))
    condition, bound = _which(going)
    raw.execute(f"DELETE FROM {table} WHERE {condition}", bound)
    raw.execute("DELETE FROM temp.recording")
    if table == "product":
        tell_all_deleted(raw, len(going))
    return products


def take_out_alone(move: Move) -> list[int]:
    """Remove some thousand products on which nothing hangs, on a connection without triggers and foreign keys.

    NotAlone when that cannot be; the transaction is to be rolled back then.
    """
    raw = move.raw
    if _choose(move) != "product":
        raise NotAlone
    low, high = raw.execute("SELECT min(id), max(id) FROM temp.moving").fetchone()
    links = [link for link in links_to_products(raw) if link[0] != "product"]
    for table, column in links:
        near = f"SELECT 1 FROM {table} WHERE {column} BETWEEN ? AND ? LIMIT 1"
        if table not in NOT_KEPT and raw.execute(near, (low, high)).fetchone():
            raise NotAlone
    going = _spare(move, "product")
    if raw.execute(
        "SELECT 1 FROM product v WHERE v.parent_id BETWEEN ? AND ? AND v.parent_id IN (SELECT id FROM temp.moving)"
        " AND v.id NOT IN (SELECT id FROM temp.moving) LIMIT 1",
        (low, high),
    ).fetchone():
        raise NotAlone
    tell_products(raw, "product.deleted", going)
    for table, column in links:
        if table in NOT_KEPT:
            raw.execute(
                f"DELETE FROM {table} WHERE {column} BETWEEN ? AND ? AND {column} IN (SELECT id FROM temp.moving)",
                (low, high),
            )
    condition, bound = _which(going)
    names = ", ".join(f'"{name}"' for name in columns_of(raw, "product"))
    raw.execute(
        f"INSERT INTO history_product (entry_id, side, rank, {names})"
        f" SELECT ?, ?, parent_id IS NOT NULL, {names} FROM product WHERE {condition} ORDER BY id",
        (move.entry_id, move.target, *bound),
    )
    raw.execute(f"DELETE FROM product WHERE {condition}", bound)
    tell_all_deleted(raw, len(going))
    return going


def are_products_next(move: Move) -> bool:
    """Whether the next rows to go are products."""
    first = "SELECT min(table_name)='product' FROM history_range WHERE entry_id=? AND side=?"
    return bool(move.raw.execute(first, (move.entry_id, move.source)).fetchone()[0])


def _choose(move: Move) -> str | None:
    """Put the ids of the next rows to go into ``temp.moving``; their table, None when none are left."""
    ranges = move.raw.execute(
        "SELECT id, table_name, first, last FROM history_range WHERE entry_id=? AND side=?"
        " ORDER BY table_name, last DESC LIMIT ?",
        (move.entry_id, move.source, CHUNK),
    ).fetchall()
    if not ranges:
        return None
    table: str = ranges[0][1]
    _fill_moving(move, [each for each in ranges if each[1] == table])
    return table


def _spare(move: Move, table: str) -> list[int]:
    """Take those out of ``temp.moving`` that must stay, and say why; the ids of the others, in order."""
    raw = move.raw
    bound = {"entry": move.entry_id, "import": move.import_id if move.undo else None, "side": move.source}
    _spare_products(move, bound) if table == "product" else _spare_listings(move, bound)
    raw.execute(
        "INSERT INTO history_refusal (entry_id, table_name, row_id, reason)"
        f" SELECT :entry, '{table}', id, reason FROM temp.spared ORDER BY id",
        bound,
    )
    raw.execute(NOTE_RANGES + ISLANDS.format(side=move.refused, table=table, ids="SELECT id FROM temp.spared"), bound)
    raw.execute("DELETE FROM temp.moving WHERE id IN (SELECT id FROM temp.spared)")
    return [row[0] for row in raw.execute("SELECT id FROM temp.moving ORDER BY id")]


def _which(going: list[int]) -> tuple[str, tuple[int, ...]]:
    """The condition for the rows of ``temp.moving``, and its values."""
    if going and going[-1] - going[0] == len(going) - 1:  # no other lies between
        return "id BETWEEN ? AND ?", (going[0], going[-1])
    return "id IN (SELECT id FROM temp.moving)", ()


def _fill_moving(move: Move, ranges: list[tuple[int, str, int, int]]) -> None:
    """The ids of the rows to take out now, from the last to the first; the ranges are shortened by them."""
    raw = move.raw
    for statement in (
        "CREATE TABLE IF NOT EXISTS temp.moving (id INTEGER PRIMARY KEY)",
        "CREATE TABLE IF NOT EXISTS temp.spared (id INTEGER PRIMARY KEY, reason TEXT)",
        "DELETE FROM temp.moving",
        "DELETE FROM temp.spared",
    ):
        raw.execute(statement)
    room = CHUNK
    done = []
    for range_id, table, first, last in ranges:
        taken = raw.execute(
            f"INSERT INTO temp.moving SELECT id FROM {table} WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT ?",
            (first, last, room),
        ).rowcount
        room -= taken
        if room:
            done.append((range_id,))
            continue
        lowest = raw.execute("SELECT min(id) FROM temp.moving WHERE id BETWEEN ? AND ?", (first, last)).fetchone()[0]
        raw.execute("UPDATE history_range SET last=? WHERE id=?", (lowest - 1, range_id))
        break
    raw.executemany("DELETE FROM history_range WHERE id=?", done)


def _spare_products(move: Move, bound: dict[str, Any]) -> None:
    """Leave products that something else changed, lists or hangs on."""
    raw = move.raw
    spare = "INSERT OR IGNORE INTO temp.spared "
    low, high = raw.execute("SELECT min(id), max(id) FROM temp.moving").fetchone()
    near = {**bound, "low": low, "high": high}
    if move.undo:
        raw.execute(
            f"{spare} SELECT l.product_id, 'listed' FROM listing l WHERE l.product_id BETWEEN :low AND :high"
            f" AND l.product_id IN (SELECT id FROM temp.moving) AND {_THERE}",
            near,
        )
        raw.execute(
            f"{spare} SELECT p.id, 'publishing' FROM product p WHERE p.status='publishing'"
            " AND p.id IN (SELECT id FROM temp.moving)"
        )
    if bound["import"] is not None:
        raw.execute(
            f"{spare} SELECT p.id, 'edited' FROM product p WHERE p.id IN (SELECT id FROM temp.moving)"
            " AND p.import_id IS NOT :import",
            bound,
        )
    later = LATER.format(row="m.id", table="product")
    raw.execute(f"{spare} SELECT m.id, 'edited' FROM temp.moving m WHERE EXISTS ({later})", bound)
    later = LATER.format(row="v.id", table="product")
    raw.execute(
        f"{spare} SELECT v.parent_id, 'variants' FROM product v WHERE v.parent_id BETWEEN :low AND :high"
        " AND v.parent_id IN (SELECT id FROM temp.moving) AND (v.id IN (SELECT id FROM temp.spared)"
        "  OR v.id NOT IN (SELECT id FROM temp.moving) AND NOT ("
        "   EXISTS (SELECT 1 FROM history_range g WHERE g.entry_id=:entry AND g.side=:side AND g.table_name='product'"
        "    AND v.id BETWEEN g.first AND g.last)"
        "   AND (:import IS NULL OR v.import_id IS :import)"
        f"   AND NOT EXISTS (SELECT 1 FROM listing l WHERE l.product_id=v.id AND {_THERE})"
        f"   AND NOT EXISTS ({later})))",
        near,
    )


def _spare_listings(move: Move, bound: dict[str, Any]) -> None:
    """Leave listings that are online. Those that were adopted are forgotten, unless something was done with them."""
    kind = move.raw.execute("SELECT kind FROM history_entry WHERE id=:entry", bound).fetchone()[0]
    later = LATER.format(row="m.id", table="listing")
    there, why = _THERE, "CASE WHEN l.state='draft' AND l.remote_id='' THEN 'edited' ELSE 'listed' END"
    if kind == EntryKind.ADOPT and move.undo:
        there, why = (
            f"(l.last_sent <> '{{}}' OR {_AT_WORK})",
            f"CASE WHEN {_AT_WORK} THEN 'publishing' ELSE 'edited' END",
        )
    elif kind == EntryKind.ADOPT:
        there = "l.state IN ('sent', 'accepted', 'live', 'paused')"
    move.raw.execute(
        f"INSERT INTO temp.spared SELECT l.id, {why} FROM temp.moving m JOIN listing l ON l.id=m.id"
        f" WHERE {there} OR EXISTS ({later})",
        bound,
    )
