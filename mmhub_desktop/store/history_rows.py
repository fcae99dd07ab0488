"""Whole rows taken out of their tables, and brought back under their own ids."""
# ruff: noqa: S608 - names of tables and columns, from the file itself

import json
from functools import partial
from typing import Any

from mmhub_desktop.domain.history import Reason
from mmhub_desktop.store.history_move import CHUNK, LATER, Move
from mmhub_desktop.store.history_triggers import columns_of
from mmhub_desktop.store.outbox_rows import tell_all_deleted, tell_products
from mmhub_desktop.store.search_notes import note_again

_THERE = "(l.remote_id <> '' OR l.state IN ('sent', 'accepted', 'live', 'paused'))"
_ISLANDS = (  # ids that follow one another as first and last
    "SELECT :entry, {side}, '{table}', min(id), max(id)"
    " FROM (SELECT id, id - row_number() OVER (ORDER BY id) AS island FROM ({ids})) GROUP BY island"
)
_NOTE = "INSERT INTO history_range (entry_id, side, table_name, first, last) "


def take_out(move: Move) -> list[int] | None:
    """Remove some thousand of the rows that the entry brought; the products among them, None when none are left."""
    raw = move.raw
    ranges = raw.execute(
        "SELECT id, table_name, first, last FROM history_range WHERE entry_id=? AND side=?"
        " ORDER BY table_name, last DESC LIMIT ?",
        (move.entry_id, move.source, CHUNK),
    ).fetchall()
    if not ranges:
        return None
    table = ranges[0][1]
    _fill_moving(move, [each for each in ranges if each[1] == table])
    bound = {"entry": move.entry_id, "import": move.import_id if move.undo else None, "side": move.source}
    _spare_products(move, bound) if table == "product" else _spare_listings(move, bound)
    raw.execute(
        "INSERT INTO history_refusal (entry_id, table_name, row_id, reason)"
        f" SELECT :entry, '{table}', id, reason FROM temp.spared ORDER BY id",
        bound,
    )
    raw.execute(_NOTE + _ISLANDS.format(side=move.refused, table=table, ids="SELECT id FROM temp.spared"), bound)
    raw.execute("DELETE FROM temp.moving WHERE id IN (SELECT id FROM temp.spared)")
    going = [row[0] for row in raw.execute("SELECT id FROM temp.moving ORDER BY id")]
    products = going
    if table == "product":
        tell_products(raw, "product.deleted", going)
    else:
        query = "SELECT DISTINCT product_id FROM listing WHERE id IN (SELECT id FROM temp.moving)"
        products = [row[0] for row in raw.execute(query)]
    raw.execute("INSERT INTO temp.recording VALUES (?, ?, 0, 0)", (move.entry_id, move.target))
    if going and going[-1] - going[0] == len(going) - 1:  # no other lies between
        raw.execute(f"DELETE FROM {table} WHERE id BETWEEN ? AND ?", (going[0], going[-1]))
    else:
        raw.execute(f"DELETE FROM {table} WHERE id IN (SELECT id FROM temp.moving)")
    raw.execute("DELETE FROM temp.recording")
    if table == "product":
        tell_all_deleted(raw, len(going))
    return products


def bring_in(move: Move) -> list[int] | None:
    """Put some thousand rows back that are out; the products among them, None when none are left."""
    products = _bring_products(move)
    return _bring_others(move) if products is None else products


def _bring_products(move: Move) -> list[int] | None:
    raw = move.raw
    found = raw.execute(
        "SELECT place, rank, id FROM history_product WHERE entry_id=? AND side=? ORDER BY rank, place LIMIT ?",
        (move.entry_id, move.source, CHUNK),
    ).fetchall()
    if not found:
        return None
    rank = found[0][1]
    rows = {place: row_id for place, of_rank, row_id in found if of_rank == rank}
    part = "r.entry_id=:entry AND r.side=:side AND r.rank=:rank AND r.place BETWEEN :low AND :high"
    bound = _bound(move, rows, rank=rank)
    values = {name: f'r."{name}"' for name in columns_of(raw, "product")}
    values |= {"version": "r.version + 1", "updated_at": ":now"}
    if rank:
        values["parent_id"] = "(SELECT p.id FROM product p WHERE p.id=r.parent_id)"
        raw.execute(
            "INSERT INTO history_refusal (entry_id, table_name, row_id, field, reason)"
            f" SELECT :entry, 'product', r.id, 'parent_id', 'parent_gone' FROM history_product r WHERE {part}"
            " AND NOT EXISTS (SELECT 1 FROM product p WHERE p.id=r.parent_id)",
            bound,
        )
    for place in _insert(move, "product", values, f"FROM history_product r WHERE {part}", bound, rows):
        raw.execute("UPDATE history_product SET side=? WHERE place=?", (move.refused, place))
        move.refuse("product", rows[place], Reason.TAKEN)
    came = f"SELECT r.id FROM history_product r WHERE {part}"
    raw.execute(_NOTE + _ISLANDS.format(side=move.target, table="product", ids=came), bound)
    products = [row[0] for row in raw.execute(came, bound)]
    tell_products(raw, "product.imported", products)
    note_again(raw, products)
    raw.execute(f"DELETE FROM history_product AS r WHERE {part}", bound)
    return products


def _bring_others(move: Move) -> list[int] | None:
    raw = move.raw
    found = raw.execute(
        "SELECT id, rank, table_name, layout_id, row_id FROM history_row WHERE entry_id=? AND side=?"
        " ORDER BY rank, id LIMIT ?",
        (move.entry_id, move.source, CHUNK),
    ).fetchall()
    if not found:
        return None
    _, rank, table, layout, _ = found[0]
    rows = {each[0]: each[4] for each in found if each[1:4] == (rank, table, layout)}
    names = json.loads(raw.execute("SELECT columns FROM history_layout WHERE id=?", (layout,)).fetchone()[0])
    part = "r.entry_id=:entry AND r.side=:side AND r.rank=:rank AND r.layout_id=:layout AND r.id BETWEEN :low AND :high"
    bound = _bound(move, rows, rank=rank, layout=layout)
    present = set(columns_of(raw, table))
    values = {name: f"json_extract(r.data, '$[{place}]')" for place, name in enumerate(names) if name in present}
    for each in _insert(move, table, values, f"FROM history_row r WHERE {part}", bound, rows):
        raw.execute("UPDATE history_row SET side=? WHERE id=?", (move.refused, each))
        if table == "listing":
            move.refuse(table, rows[each], Reason.NOT_RESTORED)
    if table == "listing":
        came = f"SELECT r.row_id AS id FROM history_row r WHERE {part} AND r.alone"
        raw.execute(_NOTE + _ISLANDS.format(side=move.target, table=table, ids=came), bound)
    raw.execute(f"DELETE FROM history_row AS r WHERE {part}", bound)
    return []


def _bound(move: Move, rows: dict[int, int], **more: int) -> dict[str, Any]:
    return {
        "entry": move.entry_id, "side": move.source, "now": move.now, "low": min(rows), "high": max(rows), **more,
    }  # fmt: skip


def _insert(
    move: Move, table: str, values: dict[str, str], source: str, bound: dict[str, Any], rows: dict[int, int]
) -> list[int]:
    """Insert rows at once if the rules of the table allow it, else one by one; those that cannot be."""
    names = ", ".join(f'"{name}"' for name in values)
    statement = f"INSERT INTO {table} ({names}) SELECT {', '.join(values.values())} {source}"
    if move.tries(partial(_run, move, statement, bound)):
        return []
    return [
        each for each in rows if not move.tries(partial(_run, move, statement, {**bound, "low": each, "high": each}))
    ]


def _run(move: Move, statement: str, bound: dict[str, Any]) -> None:
    move.raw.execute(statement, bound)


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
    later = LATER.format(row="m.id", table="listing")
    move.raw.execute(
        "INSERT INTO temp.spared SELECT l.id, CASE WHEN l.state='draft' AND l.remote_id='' THEN 'edited' ELSE 'listed'"
        f" END FROM temp.moving m JOIN listing l ON l.id=m.id WHERE {_THERE} OR EXISTS ({later})",
        bound,
    )
