"""Clears old work: what was done long ago keeps its batch and counts, and loses its jobs and tasks.

Runs of workflows keep their steps and counts, and lose the list of their products.
"""

from sqlalchemy import Connection

from mmhub_desktop.store.database import Database


class RetentionStore:
    """Clears in small pieces, each its own transaction, so that nobody waits for it.

    Failed jobs stay: they can still be tried again. So does the newest job of all, since ids are given by it.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    async def clear_some(self, before_ms: int, most: int) -> int | None:
        """Clear up to so many jobs of one batch that ended before; how many, None when there is nothing to clear."""
        return await self._db.write(lambda connection: _clear_some(connection, before_ms, most))


def _clear_some(connection: Connection, before_ms: int, most: int) -> int | None:
    batch_id = connection.exec_driver_sql(_NEXT_BATCH, (before_ms,)).scalar()
    if batch_id is None:
        return connection.exec_driver_sql(_CLEAR_RUNS, (before_ms, most)).rowcount or None
    cleared = connection.exec_driver_sql(_CLEAR_JOBS, {"batch": batch_id, "most": most}).rowcount
    if cleared < most:
        connection.exec_driver_sql("UPDATE batch_job SET cleared = 1 WHERE id = ?", (batch_id,))
    return cleared


_NEXT_BATCH = "SELECT id FROM batch_job WHERE cleared = 0 AND finished_at < ? ORDER BY finished_at LIMIT 1"
_CLEAR_JOBS = """
DELETE FROM marketplace_job WHERE id IN (
  SELECT id FROM marketplace_job
  WHERE batch_id = :batch AND state IN ('completed', 'cancelled') AND id < (SELECT max(id) FROM marketplace_job)
  LIMIT :most)
"""
_CLEAR_RUNS = """
DELETE FROM workflow_run_product WHERE rowid IN (
  SELECT p.rowid FROM workflow_run r JOIN workflow_run_product p ON p.run_id = r.id
  WHERE r.state IN ('completed', 'failed', 'cancelled') AND r.finished_at < ? LIMIT ?)
"""
