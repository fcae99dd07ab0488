"""The entry of an import in the history of changes: one, however many chunks and resumptions it takes."""

import contextlib
import sqlite3
from collections.abc import Iterator

from mmhub_desktop.domain.history import EntryKind, EntryState
from mmhub_desktop.domain.ids import EntryId
from mmhub_desktop.store.history_recording import begin_entry, finish_entry, recording


@contextlib.contextmanager
def noting_import(raw: sqlite3.Connection, import_id: int) -> Iterator[None]:
    """Note what an import writes in this transaction. Its entry is begun with its first chunk."""
    entry_id = _open_entry(raw, import_id)
    if entry_id is None:
        name = raw.execute("SELECT file_name FROM import_job WHERE id=?", (import_id,)).fetchone()
        label = f"Imported “{name[0]}”" if name else "Imported a file"
        entry_id = begin_entry(raw, EntryKind.IMPORT, label, import_id=import_id)
    with recording(raw, entry_id):
        yield


def finish_import_entry(raw: sqlite3.Connection, import_id: int) -> None:
    """Close the entry of an import that has come to its end, in the transaction that says so."""
    entry_id = _open_entry(raw, import_id)
    if entry_id is not None:
        finish_entry(raw, entry_id)


def _open_entry(raw: sqlite3.Connection, import_id: int) -> EntryId | None:
    found = raw.execute(
        "SELECT id FROM history_entry WHERE import_id=? AND state=?", (import_id, EntryState.OPEN.value)
    ).fetchone()
    return None if found is None else EntryId(found[0])
