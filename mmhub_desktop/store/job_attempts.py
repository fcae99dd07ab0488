"""What is kept for timelines: attempts of steps that did not end well, and when jobs of a batch ended.

Attempts that end well stand with the step itself, so that work without trouble costs no row more.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mmhub_desktop.domain.ids import BatchId, JobId
from mmhub_desktop.domain.job import JobState
from mmhub_desktop.domain.timeline import TaskAttempt
from mmhub_desktop.store.database import Database, from_ms, to_ms

KEPT = 50  # newest attempts of each step


class JobAttempts:
    """The past of jobs: a part of ``JobStore``. Runs on a reader's thread."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def attempts_of(self, job_id: JobId) -> list[TaskAttempt]:
        """The attempts of a job's steps that did not end well, oldest first, at most ``KEPT`` of each step."""

        def read(connection: Connection) -> list[TaskAttempt]:
            return [_attempt(row) for row in connection.exec_driver_sql(_ATTEMPTS, (job_id,))]

        return await self._db.read(read)

    async def ends(
        self, batch_id: BatchId, start: datetime, end: datetime, parts: int
    ) -> dict[tuple[int, JobState], int]:
        """How many jobs of a batch ended in each of so many equal parts of a time, by part and state."""
        asked = {"batch": batch_id, "start": to_ms(start), "end": to_ms(end), "parts": parts}

        def read(connection: Connection) -> dict[tuple[int, JobState], int]:
            rows = connection.exec_driver_sql(_ENDS, asked)
            return {(min(parts - 1, max(0, part)), JobState(state)): count for part, state, count in rows}

        return await self._db.read(read)


def note_attempts(connection: Connection, tasks: Sequence[Sequence[Any]]) -> None:
    """Keep those of a settlement's tasks (see ``Settlement``) whose attempt did not end well."""
    failed = [[*row[:6], json.loads(row[7])["message"]] for row in tasks if row[7] is not None]
    if failed:
        packed = json.dumps(failed)
        connection.exec_driver_sql(_NOTE, (packed,))
        connection.exec_driver_sql(_FORGET, (packed, KEPT))


def _attempt(row: Any) -> TaskAttempt:
    begin, end = from_ms(row.started_at), from_ms(row.ended_at)
    assert begin is not None and end is not None  # noqa: S101, PT018 - never null in this table
    return TaskAttempt(row.task_id, row.attempt, begin, end, bool(row.repeated), row.message)


_NOTE = """
INSERT INTO task_attempt (task_id, attempt, started_at, ended_at, repeated, message)
SELECT value ->> 0, value ->> 2, value ->> 4, value ->> 5, value ->> 1 = 'pending', value ->> 6 FROM json_each(?)
"""
_FORGET = """
DELETE FROM task_attempt WHERE task_id IN (SELECT value ->> 0 FROM json_each(?)) AND id <= (
  SELECT a.id FROM task_attempt a WHERE a.task_id = task_attempt.task_id ORDER BY a.id DESC LIMIT 1 OFFSET ?)
"""
_ATTEMPTS = """
SELECT a.* FROM marketplace_task t JOIN task_attempt a ON a.task_id = t.id WHERE t.job_id = ? ORDER BY a.id
"""
_ENDS = """
SELECT (updated_at - :start) * :parts / max(1, :end - :start), state, count(*) FROM marketplace_job
WHERE batch_id = :batch AND state IN ('completed', 'failed', 'cancelled') GROUP BY 1, 2
"""
