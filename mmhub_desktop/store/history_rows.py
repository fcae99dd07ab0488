"""Whole rows brought back into their tables, under their own ids."""
# ruff: noqa: S608 - names of tables and columns, from the file itself

import json
from functools import partial
from typing import Any

from mmhub_desktop.domain.history import Reason
from mmhub_desktop.store.history_move import CHUNK, ISLANDS, NOTE_RANGES, Move
from mmhub_desktop.store.history_triggers import columns_of
from mmhub_desktop.store.outbox_rows import tell_products
from mmhub_desktop.store.search_notes import note_again


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
    raw.execute(NOTE_RANGES + ISLANDS.format(side=move.target, table="product", ids=came), bound)
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
        raw.execute(NOTE_RANGES + ISLANDS.format(side=move.target, table=table, ids=came), bound)
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
