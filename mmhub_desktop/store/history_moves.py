"""Undoing an entry of the history and doing it again, some thousand rows in a transaction.

Each transaction notes how far it came, so a move that was cut short goes on where it was. An undo swaps cells of
products, takes out the rows that came, brings in those that went, then swaps what hangs on them; doing again goes the
other way round. Whatever was changed by something else meanwhile stays, with the reason.
"""

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass

from mmhub_desktop.domain.ids import EntryId
from mmhub_desktop.store.connecting import LONG_LOG, SHORT_LOG
from mmhub_desktop.store.history_cells import swap_cells
from mmhub_desktop.store.history_move import Move
from mmhub_desktop.store.history_removal import NotAlone, are_products_next, take_out, take_out_alone
from mmhub_desktop.store.history_rows import bring_in
from mmhub_desktop.store.history_triggers import prepare
from mmhub_desktop.store.history_weight import weigh_entry


@dataclass(frozen=True, slots=True)
class Step:
    """What one transaction did: the products it touched, and whether the move is at its end.

    ``removing``: products are next to go, which may be done by ``remove_some``.
    """

    products: tuple[int, ...]
    finished: bool
    removing: bool = False


def begin_move(raw: sqlite3.Connection, entry_id: EntryId, *, undo: bool) -> None:
    """Note that an entry is being undone, or done again; what was refused before is forgotten."""
    raw.execute("DELETE FROM history_refusal WHERE entry_id=?", (entry_id,))
    raw.execute(
        "UPDATE history_entry SET state=?, phase=0, cursor=NULL WHERE id=?",
        ("undoing" if undo else "redoing", entry_id),
    )


def move_some(raw: sqlite3.Connection, entry_id: EntryId) -> Step:
    """Go on with a move that was begun."""
    prepare(raw)
    move, phase = _go_on(raw, entry_id)
    phases, begun = _UNDO if move.undo else _REDO, phase
    while phase < len(phases):
        if phases[phase] is take_out and phase != begun and are_products_next(move):
            _note_place(move, phase)
            return Step((), finished=False, removing=True)
        products = phases[phase](move)
        if products is not None:
            _note_place(move, phase)
            return Step(tuple(products), finished=False, removing=phases[phase] is take_out)
        phase, move.cursor = phase + 1, None
    _end(move)
    return Step((), finished=True)


def remove_some(raw: sqlite3.Connection, entry_id: EntryId) -> Step:
    """Go on with a move that is removing products, on a connection of ``Database.write_unlinked``.

    NotAlone when ``move_some`` has to do it: the transaction is to be rolled back.
    """
    move, phase = _go_on(raw, entry_id)
    if (_UNDO if move.undo else _REDO)[phase] is not take_out:
        raise NotAlone
    products = take_out_alone(move)
    _note_place(move, phase)
    return Step(tuple(products), finished=False, removing=True)


def _go_on(raw: sqlite3.Connection, entry_id: EntryId) -> tuple[Move, int]:
    """The move as far as it has come, and its phase."""
    raw.execute(f"PRAGMA wal_autocheckpoint={LONG_LOG}")
    state, import_id, phase, cursor = raw.execute(
        "SELECT state, import_id, phase, cursor FROM history_entry WHERE id=?", (entry_id,)
    ).fetchone()
    return Move(raw, entry_id, state == "undoing", import_id, time.time_ns() // 1_000_000, cursor), phase


def _note_place(move: Move, phase: int) -> None:
    move.raw.execute("UPDATE history_entry SET phase=?, cursor=? WHERE id=?", (phase, move.cursor, move.entry_id))


def _end(move: Move) -> None:
    raw = move.raw
    for table in (
        "history_product",
        "history_row",
        "history_range",
    ):  # what could not be moved is tried again by the next undo
        raw.execute(
            f"UPDATE {table} SET side=? WHERE entry_id=? AND side=?",  # noqa: S608 - a name from the line above
            (move.source, move.entry_id, move.refused),
        )
    refused = raw.execute("SELECT count(*) FROM history_refusal WHERE entry_id=?", (move.entry_id,)).fetchone()[0]
    raw.execute(
        "UPDATE history_entry SET state=?, redoable=?, undone_at=?, refused=?, phase=0, cursor=NULL WHERE id=?",
        ("undone" if move.undo else "done", move.undo, move.now if move.undo else None, refused, move.entry_id),
    )
    weigh_entry(raw, move.entry_id)
    raw.execute(f"PRAGMA wal_autocheckpoint={SHORT_LOG}")


def _products(move: Move) -> list[int] | None:
    return swap_cells(move, of_products=True)


def _others(move: Move) -> list[int] | None:
    return swap_cells(move, of_products=False)


_UNDO: tuple[Callable[[Move], list[int] | None], ...] = (_products, take_out, bring_in, _others)
_REDO: tuple[Callable[[Move], list[int] | None], ...] = (_others, take_out, bring_in, _products)
