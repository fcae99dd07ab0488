"""How much the history may take: which entry is to be forgotten next, and dropping its record in pieces."""

from sqlalchemy import Connection

from mmhub_desktop.domain.history import EntryState
from mmhub_desktop.domain.ids import EntryId

_PIECE = 5_000  # rows dropped in one transaction
_LINES = 5_000  # entries that stay on the page, forgotten ones included
_KEYS = {
    "history_change": "id", "history_product": "place", "history_row": "id", "history_range": "id",
    "history_refusal": "id",
}  # fmt: skip


def find_too_old(connection: Connection, bound: int) -> EntryId | None:
    """The oldest entry while all together take more than ``bound`` bytes; None when they do not, or it is the last."""
    run = connection.exec_driver_sql
    half = run("SELECT id FROM history_entry WHERE state='forgotten' AND bytes>0 LIMIT 1").scalar()
    if half is not None:
        return EntryId(half)
    total = run("SELECT coalesce(sum(bytes), 0) FROM history_entry").scalar_one()
    if total > bound:
        found = run(
            "SELECT id FROM history_entry WHERE state IN ('done', 'undone') AND bytes>0"
            " AND id<(SELECT max(id) FROM history_entry) ORDER BY id LIMIT 1"
        ).scalar()
        return None if found is None else EntryId(found)
    return None


def drop_some(connection: Connection, entry_id: EntryId, state: EntryState) -> bool:
    """Drop a piece of an entry's record, which can then be moved no more; whether there is more."""
    run = connection.exec_driver_sql
    run("UPDATE history_entry SET state=?, redoable=0 WHERE id=?", (state.value, entry_id))
    for table, key in _KEYS.items():
        gone = run(
            f"DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM {table} WHERE entry_id=? LIMIT ?)",  # noqa: S608
            (entry_id, _PIECE),
        ).rowcount
        if gone == _PIECE:
            return True
    run("UPDATE history_entry SET bytes=0, refused=0 WHERE id=?", (entry_id,))
    run(
        "DELETE FROM history_entry WHERE bytes=0 AND state IN ('forgotten', 'cut_short')"
        " AND id<=(SELECT id FROM history_entry ORDER BY id DESC LIMIT 1 OFFSET ?)",
        (_LINES,),
    )
    return False
