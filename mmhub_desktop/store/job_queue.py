"""The engine's side of the three levels: plan, claim, settle, each in one transaction.

Rows go to SQLite as one JSON text for each statement, and come back as one: sqlite3 gives up the interpreter
lock at every step of a statement, and under load waits milliseconds to get it back. One step for a whole group
keeps the writer at a few microseconds a row (one row a step: 280 µs beside a busy loop).
"""

import asyncio
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from mmhub_desktop.domain.ids import AccountId, BatchId, JobId, ProductId
from mmhub_desktop.domain.job import WorkRequest
from mmhub_desktop.store.database import Database, now_ms
from mmhub_desktop.store.job_attempts import note_attempts
from mmhub_desktop.store.job_claiming import Claim, ClaimedJob, claim_jobs, find_lanes, read_held
from mmhub_desktop.store.job_endings import finish_counts, free_listings
from mmhub_desktop.store.job_planning import AtPlan, Created, Planned, plan_batch
from mmhub_desktop.store.outbox_rows import plain_connection, tell_jobs

_encode = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(slots=True)
class Settlement:
    """Rows of one commit.

    ``tasks``: [id, state, attempts, seen, started_ms, finished_ms, result, problem]; ``jobs``: [id, state,
    attempts, ready_ms or None to leave it, problem, tasks done]; ``finished``: ids among them that are final;
    ``retried``: ids among them that failed and are to be tried again; ``counts``: batch → [completed, failed,
    cancelled] to add.
    """

    tasks: list[list[Any]] = field(default_factory=list)
    jobs: list[list[Any]] = field(default_factory=list)
    finished: list[JobId] = field(default_factory=list)
    retried: list[JobId] = field(default_factory=list)
    counts: dict[BatchId, list[int]] = field(default_factory=dict)


@dataclass(slots=True)
class Settled:
    """What a commit led to: batches that came to their end, and whether a job waiting for its listing was let go."""

    finished_batches: list[BatchId]
    freed: bool


class JobQueue:
    """Everything the engine writes. Each method is one transaction on the writer's thread; times in ms, UTC."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._turns: dict[AccountId | None, int] = {}  # the batch that had the last turn; the writer's thread only

    async def create_batch(
        self,
        request: WorkRequest,
        action: Planned,
        *,
        urgent: Collection[ProductId] = (),
        also: AtPlan | None = None,
        at_ms: int | None = None,
    ) -> Created:
        """Write a request with all its jobs and tasks in one transaction. Products named twice count once.

        Jobs of the ``urgent`` products come first; ``also`` writes something of its own in the same transaction.
        """

        def write(connection: Connection) -> Created:
            at = now_ms() if at_ms is None else at_ms
            created = plan_batch(connection, request, action, urgent, at)
            if also is not None:
                also(connection, created.batch_id)
            return created

        return await self._db.write(write)

    async def lanes(self) -> list[AccountId | None]:
        """The accounts that have waiting jobs; None for local work."""
        return await self._db.read(find_lanes)

    async def look(self, ids: Sequence[JobId]) -> list[ClaimedJob]:
        """Jobs with their tasks as the engine holds them, without claiming them."""
        return await self._db.read(lambda connection: read_held(connection, ids)[0])

    async def claim(self, wants: Mapping[AccountId | None, int], at_ms: int) -> Claim:
        """Mark up to so many ready jobs of each account running and hand them over with their tasks."""
        return await self._db.write(lambda connection: claim_jobs(connection, wants, self._turns, at_ms))

    def settle(self, connection: Connection, rows: Settlement, at_ms: int) -> Settled:
        """Write what became of tasks and jobs. Runs inside a write of ``begin_settle``."""
        if rows.tasks:
            connection.exec_driver_sql(_SETTLE_TASKS, (_encode(rows.tasks),))
            note_attempts(connection, rows.tasks)
        if rows.jobs:
            connection.exec_driver_sql(_SETTLE_JOBS, {"rows": _encode(rows.jobs), "now": at_ms})
        if rows.finished or rows.retried:
            tell_jobs(plain_connection(connection), rows.finished, rows.retried, at_ms)
        freed = bool(rows.finished) and free_listings(connection, rows.finished, at_ms)
        return Settled([b for b, c in rows.counts.items() if finish_counts(connection, b, c, at_ms)], freed)

    def begin_settle(self, rows: Settlement, at_ms: int) -> asyncio.Future[Settled]:
        """Queue a settlement for the next commit; the future is done after it."""
        return self._db.begin_write(lambda connection: self.settle(connection, rows, at_ms))


_SETTLE_TASKS = """
UPDATE marketplace_task SET state = v.state, attempts = v.attempts, seen = v.seen, started_at = v.started,
  finished_at = v.finished, result = v.result, problem = v.problem
FROM (SELECT value ->> 0 AS id, value ->> 1 AS state, value ->> 2 AS attempts, value ->> 3 AS seen,
  value ->> 4 AS started, value ->> 5 AS finished, value ->> 6 AS result, value ->> 7 AS problem
  FROM json_each(?)) v
WHERE marketplace_task.id = v.id
"""
_SETTLE_JOBS = """
UPDATE marketplace_job SET state = v.state, attempts = v.attempts,
  ready_at = coalesce(v.ready, marketplace_job.ready_at),
  problem = CASE v.state WHEN 'completed' THEN NULL ELSE coalesce(v.problem, marketplace_job.problem) END,
  cause = CASE v.state WHEN 'failed' THEN coalesce(v.problem ->> 'cause', '') ELSE '' END,
  tasks_done = v.done, updated_at = :now
FROM (SELECT value ->> 0 AS id, value ->> 1 AS state, value ->> 2 AS attempts, value ->> 3 AS ready,
  value ->> 4 AS problem, value ->> 5 AS done FROM json_each(:rows)) v
WHERE marketplace_job.id = v.id
"""
