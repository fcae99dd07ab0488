"""Cells swapped back or forth: each only where it still holds what the entry left there."""
# ruff: noqa: S608 - names of tables and columns, from the file itself

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from mmhub_desktop.domain.history import Reason
from mmhub_desktop.store.history_move import CHUNK, LATER, SHOWN, Move
from mmhub_desktop.store.history_triggers import COMPANIONS, columns_of
from mmhub_desktop.store.outbox_rows import tell_products
from mmhub_desktop.store.product_scores import WORKED_OUT_FROM, work_out

_BOUND = ("sku", "source", "source_id", "parent_id")  # cells that a rule of the table may forbid to be put back
_PART = "c.entry_id=:entry AND c.table_name=:table AND c.id BETWEEN :low AND :high"
_OUT = {  # whether a row is one that the entry itself keeps out
    "product": "SELECT 1 FROM history_product r WHERE r.id=c.row_id",
    "listing": "SELECT 1 FROM history_row r WHERE r.row_id=c.row_id AND r.table_name='listing'",
}
_LAST = 2**63 - 1
_PASSING = "('optimizing', 'publishing')"


def swap_cells(move: Move, *, of_products: bool) -> list[int] | None:
    """Swap the cells of some thousand rows; the products concerned, None when none are left."""
    part = _next_part(move, of_products)
    if part is None:
        return None
    table, rows, bound = part
    raw = move.raw
    keys = [
        row[0]
        for row in raw.execute(
            f"SELECT DISTINCT e.key FROM history_change c, json_each(c.before) e WHERE {_PART}", bound
        )
    ]
    cells = [key for key in keys if key in columns_of(raw, table)]
    seller = [key for key in cells if key not in COMPANIONS]
    if table in ("product", "listing"):  # elsewhere it is links, which are nobody's edits
        _note_refused(move, table, seller, bound)
    if table != "product":
        _one_by_one(move, table, rows, seller, bound, partial(_swap_plain, move, table))
        return _products_of(move, table, bound)
    _one_by_one(move, table, rows, cells, bound, partial(_swap_product, move))
    if WORKED_OUT_FROM.intersection(cells):
        work_out(raw, f"id IN (SELECT c.row_id FROM history_change c WHERE {_PART})", bound)
    products = list(rows.values())
    tell_products(raw, "product.updated", products)
    return products


def _next_part(move: Move, of_products: bool) -> tuple[str, dict[int, int], dict[str, Any]] | None:
    """The next changes of one table, each row once: (table, change → row, what statements are to know)."""
    is_product = "=" if of_products else "<>"
    if move.undo:
        order, start = "c.id < ? ORDER BY c.id DESC", move.cursor or _LAST
    else:
        order, start = "c.id > ? ORDER BY c.id", move.cursor or 0
    found = move.raw.execute(
        "SELECT c.id, c.row_id, c.table_name FROM history_change c"
        f" WHERE c.entry_id=? AND c.table_name {is_product} 'product' AND {order} LIMIT ?",
        (move.entry_id, start, CHUNK),
    ).fetchall()
    if not found:
        return None
    table, rows, seen = found[0][2], {}, set()
    for change_id, row_id, name in found:
        if name != table or row_id in seen:
            break
        seen.add(row_id)
        rows[change_id] = row_id
        move.cursor = change_id
    bound = {
        "entry": move.entry_id, "table": table, "low": min(rows), "high": max(rows), "now": move.now,
    }  # fmt: skip
    return table, rows, bound


def _one_by_one(
    move: Move, table: str, rows: dict[int, int], cells: Sequence[str], bound: dict[str, Any],
    swap: Callable[[Sequence[str], dict[str, Any]], None],
) -> None:  # fmt: skip
    """All at once if the rules of the table allow it; else row by row, leaving the cells that they forbid."""
    if not cells or move.tries(lambda: swap(cells, bound)):
        return
    waiting = list(rows)
    moved = True
    while waiting and moved:  # a SKU that another of these rows gives up is free after that
        left = [each for each in waiting if not move.tries(partial(swap, cells, {**bound, "low": each, "high": each}))]
        moved, waiting = len(left) < len(waiting), left
    free = [cell for cell in cells if cell not in (*_BOUND, "sku_key", "product_id")]
    for each in waiting:
        before = json.loads(move.raw.execute("SELECT before FROM history_change WHERE id=?", (each,)).fetchone()[0])
        for cell in _BOUND:
            if cell in before:
                move.refuse(table, rows[each], Reason.PARENT_GONE if cell == "parent_id" else Reason.TAKEN, cell)
        if free:
            move.tries(partial(swap, free, {**bound, "low": each, "high": each}))


def _swap_plain(move: Move, table: str, cells: Sequence[str], bound: dict[str, Any]) -> None:
    sets = [_set(move, table, cell) for cell in cells]
    if "updated_at" in columns_of(move.raw, table):
        sets.append("updated_at=:now")
    _update(move, table, sets, [_applies(move, table, cell) for cell in cells], bound)


def _swap_product(move: Move, cells: Sequence[str], bound: dict[str, Any]) -> None:
    want, seen = _sides(move)
    seller = [cell for cell in cells if cell not in COMPANIONS]
    sets = [_set(move, "product", cell) for cell in seller]
    free = "product.sku_key=char(1) || product.id"
    if "sku_key" in cells:
        # first out of each other's way: two products may have swapped their SKUs
        has_sku = f"(json_type(c.before, '$.sku') IS NULL OR {_applies(move, 'product', 'sku')})"
        move.raw.execute(
            f"UPDATE product SET sku_key=char(1) || product.id FROM history_change c WHERE {_PART}"
            f" AND product.id=c.row_id AND {_applies(move, 'product', 'sku_key')} AND {has_sku}",
            bound,
        )
        sets.append(f"sku_key=CASE WHEN {free} THEN json_extract(c.{want}, '$.sku_key') ELSE product.sku_key END")
    if "status" in cells:
        sets.append(f"status={_status(move, cells)}")
    if "import_id" in cells:
        sets.append(
            "import_id=CASE WHEN json_type(c.before, '$.import_id') IS NULL THEN product.import_id"
            f" WHEN product.import_id IS json_extract(c.{seen}, '$.import_id')"
            " AND NOT EXISTS (SELECT 1 FROM history_refusal r WHERE r.entry_id=:entry AND r.row_id=c.row_id)"
            f" AND NOT EXISTS ({LATER.format(row='c.row_id', table='product')})"
            f" THEN json_extract(c.{want}, '$.import_id') END"
        )
    sets += ["version=version+1", "updated_at=:now"]
    some = [_applies(move, "product", cell) for cell in seller or ("status",)]  # which may have been all
    _update(move, "product", sets, [*some, free], bound)


def _status(move: Move, cells: Sequence[str]) -> str:
    """The status that is wanted, if it is still what the entry left; never one that says something is going on."""
    want, seen = _sides(move)
    wanted, left = f"json_extract(c.{want}, '$.status')", f"json_extract(c.{seen}, '$.status')"
    shown = _value(move, "product", "optimized_title") if "optimized_title" in cells else "product.optimized_title"
    return (
        "CASE WHEN json_type(c.before, '$.status') IS NOT NULL AND (product.status IS "
        f"{left} OR {left} IN {_PASSING} AND product.status IN ('imported', 'optimized'))"
        f" THEN CASE WHEN {wanted} NOT IN {_PASSING} THEN {wanted}"
        f" WHEN {shown} IS NULL THEN 'imported' ELSE 'optimized' END ELSE product.status END"
    )


def _update(move: Move, table: str, sets: Sequence[str], some: Sequence[str], bound: dict[str, Any]) -> None:
    move.raw.execute(
        f"UPDATE {table} SET {', '.join(sets)} FROM history_change c"
        f" WHERE {_PART} AND {table}.rowid=c.row_id AND ({' OR '.join(some)})",
        bound,
    )


def _note_refused(move: Move, table: str, cells: Sequence[str], bound: dict[str, Any]) -> None:
    want, seen = _sides(move)
    start = "INSERT INTO history_refusal (entry_id, table_name, row_id, field, reason, present)"
    for cell in cells:
        move.raw.execute(
            f"{start} SELECT :entry, :table, c.row_id, '{cell}', 'edited',"
            f" substr(coalesce(CAST(t.{cell} AS TEXT), ''), 1, {SHOWN})"
            f" FROM history_change c JOIN {table} t ON t.rowid=c.row_id"
            f" WHERE {_PART} AND json_type(c.before, '$.{cell}') IS NOT NULL"
            f" AND t.{cell} IS NOT json_extract(c.{seen}, '$.{cell}')"
            f" AND t.{cell} IS NOT json_extract(c.{want}, '$.{cell}')",
            bound,
        )
    move.raw.execute(
        f"{start} SELECT :entry, :table, c.row_id, '', 'deleted', '' FROM history_change c WHERE {_PART}"
        f" AND NOT EXISTS (SELECT 1 FROM {table} t WHERE t.rowid=c.row_id)"
        f" AND NOT EXISTS ({_OUT[table]} AND r.entry_id=:entry)",
        bound,
    )


def _products_of(move: Move, table: str, bound: dict[str, Any]) -> list[int]:
    if table != "listing":
        return []
    found = move.raw.execute(
        f"SELECT DISTINCT l.product_id FROM history_change c JOIN listing l ON l.id=c.row_id WHERE {_PART}", bound
    )
    return [row[0] for row in found.fetchall()]


def _sides(move: Move) -> tuple[str, str]:
    """The side that is wanted, and the one that is expected to be there."""
    return ("before", "after") if move.undo else ("after", "before")


def _applies(move: Move, table: str, cell: str) -> str:
    _, seen = _sides(move)
    return f"(json_type(c.before, '$.{cell}') IS NOT NULL AND {table}.{cell} IS json_extract(c.{seen}, '$.{cell}'))"


def _value(move: Move, table: str, cell: str) -> str:
    want, _ = _sides(move)
    return f"CASE WHEN {_applies(move, table, cell)} THEN json_extract(c.{want}, '$.{cell}') ELSE {table}.{cell} END"


def _set(move: Move, table: str, cell: str) -> str:
    return f"{cell}={_value(move, table, cell)}"
