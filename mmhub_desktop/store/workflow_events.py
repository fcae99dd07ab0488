"""What starts workflows by itself, noted in the transaction of the change; also from the import's own process.

Changed quantities are noted by a trigger of the database (see the second migration), whoever changes them.
"""

import sqlite3
from array import array
from dataclasses import dataclass

from mmhub_desktop.domain.ids import WorkflowId


def note_import(raw: sqlite3.Connection, import_id: int) -> None:
    """An import came to its end: workflows that wait for that are to be started."""
    raw.execute(
        "INSERT INTO workflow_event (workflow_id, import_id)"
        " SELECT id, ? FROM workflow WHERE active AND started_by = 'import_completed'",
        (import_id,),
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """A workflow that something has happened for: an import (``event_id``, ``import_id``), else changed quantities.

    ``only_own``: all of these quantities changed while their product was in a run of this very workflow.
    """

    workflow_id: WorkflowId
    event_id: int = 0
    import_id: int = 0
    file_name: str = ""
    only_own: bool = False


@dataclass(frozen=True, slots=True)
class Consumed:
    """What a new run takes note of, deleted in the transaction that writes the run."""

    waiting: Waiting
    seen: "array[int]"  # for changed quantities: all that were there, in scope or not


WAITING_IMPORTS = """
SELECT e.workflow_id, e.id, e.import_id, coalesce((SELECT i.file_name FROM import_job i WHERE i.id = e.import_id), '')
FROM workflow_event e ORDER BY e.id
"""
WAITING_QUANTITIES = "SELECT workflow_id, min(during_run) FROM workflow_quantity GROUP BY workflow_id"
