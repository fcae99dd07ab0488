"""One undo or redo of an entry, as far as its parts share it."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from mmhub_desktop.domain.history import Reason

CHUNK = 5_000  # rows moved in one transaction, so that the writer is never held long
SHOWN = 200  # characters of a present value that are kept with a refusal


@dataclass(slots=True)
class Move:
    """The entry that is moved, in one transaction. ``cursor``: the last change that was swapped."""

    raw: sqlite3.Connection
    entry_id: int
    undo: bool
    import_id: int | None
    now: int
    cursor: int | None

    @property
    def source(self) -> int:
        """The side that is being moved."""
        return 0 if self.undo else 1

    @property
    def target(self) -> int:
        """The side that it becomes."""
        return 1 - self.source

    @property
    def refused(self) -> int:
        """The side of what could not be moved, until the end."""
        return self.source + 2

    def refuse(self, table: str, row_id: int, reason: Reason, field: str = "") -> None:
        """Note that a row, or a cell of it, stays as it is."""
        self.raw.execute(
            "INSERT INTO history_refusal (entry_id, table_name, row_id, field, reason) VALUES (?, ?, ?, ?, ?)",
            (self.entry_id, table, row_id, field, reason.value),
        )

    def tries(self, step: Callable[[], None]) -> bool:
        """Whether a step breaks no rule of the tables (a SKU that is taken, a parent that is gone); else it is taken
        back."""
        self.raw.execute("SAVEPOINT step")
        try:
            step()
        except sqlite3.IntegrityError:
            self.raw.execute("ROLLBACK TO step")
            return False
        finally:
            self.raw.execute("RELEASE step")
        return True


LATER = (  # a change of product {row} that was made after the entry and stands
    "SELECT 1 FROM history_change later JOIN history_entry made ON made.id=later.entry_id"
    " WHERE later.row_id={row} AND later.table_name='{table}' AND later.entry_id>:entry"
    " AND made.state IN ('open', 'done')"
)
ISLANDS = (  # ids that follow one another as first and last
    "SELECT :entry, {side}, '{table}', min(id), max(id)"
    " FROM (SELECT id, id - row_number() OVER (ORDER BY id) AS island FROM ({ids})) GROUP BY island"
)
NOTE_RANGES = "INSERT INTO history_range (entry_id, side, table_name, first, last) "
