"""What the end of jobs leads to: their batch's counts, and the next job of their listing."""

import json
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from mmhub_desktop.domain.ids import BatchId

BLOCKED = 9_000_000_000_000_000  # ready_at of a job that waits for another job of its listing


def free_listings(connection: Connection, ended: Sequence[int], at_ms: int) -> bool:
    """Let the next job of each listing go that these jobs held; whether there was any."""
    about = {"ids": json.dumps(ended, separators=(",", ":")), "now": at_ms, "blocked": BLOCKED}
    return connection.exec_driver_sql(_FREE_AFTER, about).rowcount > 0


def finish_counts(connection: Connection, batch: BatchId, counts: Iterable[int], at_ms: int) -> bool:
    """Add to a batch's counts; True when that was its last job."""
    row = connection.exec_driver_sql(_ADD_COUNTS, (*counts, batch)).first()
    if row is None or row[0] > 0:
        return False
    connection.exec_driver_sql(_FINISH_BATCH, (at_ms, batch))
    return True


_FREE_AFTER = """
UPDATE marketplace_job SET ready_at = :now, updated_at = :now WHERE id IN (
  SELECT (SELECT min(o.id) FROM marketplace_job o
    WHERE o.product_id = f.product_id AND o.account_id IS f.account_id
    AND o.state IN ('pending', 'running', 'paused') AND o.state = 'pending' AND o.ready_at = :blocked)
  FROM marketplace_job f WHERE f.id IN (SELECT value FROM json_each(:ids)))
"""
_ADD_COUNTS = """
UPDATE batch_job SET completed = completed + ?, failed = failed + ?, cancelled = cancelled + ?
WHERE id = ? RETURNING total - completed - failed - cancelled
"""
_FINISH_BATCH = """
UPDATE batch_job SET finished_at = ?, state = CASE WHEN failed > 0 THEN 'failed'
  WHEN cancelled > 0 THEN 'cancelled' ELSE 'completed' END
WHERE id = ?
"""
