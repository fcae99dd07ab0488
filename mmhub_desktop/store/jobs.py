"""Batches, jobs and tasks as the faces read them: the rows that are looked at."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from mmhub_desktop.domain.ids import AccountId, BatchId, JobId
from mmhub_desktop.domain.job import BatchJob, Cause, JobState, MarketplaceJob, MarketplaceTask, Problem, cause_of
from mmhub_desktop.errors import Finding
from mmhub_desktop.store.database import from_ms, now_ms
from mmhub_desktop.store.job_attempts import JobAttempts
from mmhub_desktop.store.job_causes import JobCauses
from mmhub_desktop.store.job_control import JobControl
from mmhub_desktop.store.job_endings import BLOCKED
from mmhub_desktop.store.job_lanes import JobLanes
from mmhub_desktop.store.job_queue import JobQueue
from mmhub_desktop.store.job_search import JobSearch
from mmhub_desktop.store.job_times import JobTimes

OPEN_SAMPLE = 1_000  # open jobs of a batch that are looked at to tell what it waits for
UNKNOWN = Problem("Unknown", "It is not known why.")
WAITS_FOR_LISTING = Problem(
    "Waiting",
    "Another job of the same listing comes first.",
    hint="It starts by itself when that job has ended; resume or cancel that one to go on now.",
)


class JobStore(JobQueue, JobControl, JobCauses, JobAttempts, JobSearch, JobLanes, JobTimes):
    """The three levels of work in one workspace. Reads run on a reader's thread; writes are the engine's."""

    async def batches(self, ids: Sequence[int]) -> list[BatchJob]:
        """Batches in the order of the ids; missing ones are left out."""
        return await self._db.read(lambda c: _in_order(ids, [_batch(row) for row in _rows(c, _BATCHES, ids)]))

    async def jobs(self, ids: Sequence[int]) -> list[MarketplaceJob]:
        """Jobs in the order of the ids, with SKU and title; missing ones are left out."""
        return await self._db.read(lambda c: _in_order(ids, [_job(row) for row in _rows(c, _JOBS, ids)]))

    async def causes(self) -> list[Cause]:
        """What failed, grouped by why; the most frequent first."""
        groups = await self.cause_groups()
        newest = {job.id: job for job in await self.jobs([JobId(group.newest) for group in groups])}
        return [
            Cause(group.cause, group.action, group.account_id, group.count, job.problem or UNKNOWN, job.updated_at)
            for group in groups
            if (job := newest.get(JobId(group.newest))) is not None
        ]

    async def tasks(self, job_id: JobId) -> list[MarketplaceTask]:
        """A job's tasks in order. What a running job does now is shown running, what a cancelled one left cancelled."""
        return await self._db.read(lambda c: _tasks(c, job_id))

    async def tasks_of(self, ids: Sequence[JobId]) -> dict[JobId, list[MarketplaceTask]]:
        """The tasks of several jobs, see ``tasks``."""
        return await self._db.read(lambda c: {job_id: _tasks(c, job_id) for job_id in ids})

    async def waits(self, ids: Sequence[int]) -> "dict[BatchId, BatchWait]":
        """The accounts and the next try of batches, told by their first open jobs."""
        return await self._db.read(lambda c: {BatchId(batch_id): _wait(c, batch_id) for batch_id in ids})

    async def counts(self) -> dict[JobState, int]:
        """How many jobs there are in each state."""
        return await self._db.read(
            lambda c: {JobState(state): count for state, count in c.exec_driver_sql(_COUNTS).tuples()}
        )

    async def waiting(self) -> dict[AccountId | None, int]:
        """How many jobs wait in the queue of each account; None for local work."""
        return await self._db.read(lambda c: dict(c.exec_driver_sql(_WAITING).tuples().all()))


@dataclass(frozen=True, slots=True)
class BatchWait:
    """Who a batch's open jobs wait for. ``next_try_at`` when none of them is ready now."""

    account_ids: tuple[AccountId | None, ...]
    next_try_at: datetime | None = None


def encode_problem(problem: Problem) -> str:
    """A problem as the store keeps it."""
    return json.dumps({**asdict(problem), "cause": cause_of(problem)})


def decode_problem(text: str | None) -> Problem | None:
    """A stored problem."""
    if not text:
        return None
    kept = json.loads(text)
    return Problem(
        kept["kind"], kept["message"], kept.get("hint", ""), kept.get("original", ""),
        tuple(Finding(**finding) for finding in kept.get("findings", ())),
    )  # fmt: skip


def _rows(connection: Connection, sql: str, ids: Sequence[int]) -> Sequence[Any]:
    return connection.exec_driver_sql(sql, (json.dumps(list(ids)),)).all()


def _in_order(ids: Sequence[Any], found: list[Any]) -> list[Any]:
    by_id = {thing.id: thing for thing in found}
    return [by_id[key] for key in ids if key in by_id]


def _moment(value: int) -> datetime:
    return datetime.fromtimestamp(value / 1000, UTC)


def _batch(row: Any) -> BatchJob:
    return BatchJob(
        row.id, row.action, row.title, JobState(row.state), row.total, row.completed, row.failed, row.cancelled,
        _moment(row.created_at), from_ms(row.started_at), from_ms(row.finished_at), row.priority, bool(row.cleared),
        row.stopping,
    )  # fmt: skip


def _job(row: Any) -> MarketplaceJob:
    state = JobState(row.state)
    problem = decode_problem(row.problem)
    blocked = row.ready_at == BLOCKED
    if blocked and state is JobState.PENDING:
        problem = WAITS_FOR_LISTING
    waits = state is JobState.PENDING and not blocked and row.ready_at > row.updated_at
    return MarketplaceJob(
        row.id, row.batch_id, row.action, row.product_id, row.account_id, state, row.attempts, row.done,
        row.tasks_total, row.sku or "", row.title or "", from_ms(row.ready_at) if waits else None, problem,
        _moment(row.updated_at), row.priority, JobState(row.wish) if row.wish else None,
    )  # fmt: skip


def _wait(connection: Connection, batch_id: int) -> BatchWait:
    rows = connection.exec_driver_sql(_WAIT, (batch_id, OPEN_SAMPLE)).all()
    first = min((row.ready for row in rows if row.ready is not None), default=0)
    later = now_ms() < first < BLOCKED
    return BatchWait(tuple(row.account_id for row in rows), from_ms(first) if later else None)


def _tasks(connection: Connection, job_id: JobId) -> list[MarketplaceTask]:
    job_state = connection.exec_driver_sql("SELECT state FROM marketplace_job WHERE id = ?", (job_id,)).scalar()
    found: list[MarketplaceTask] = []
    runs = job_state == JobState.RUNNING
    for row in connection.exec_driver_sql(_TASKS, (job_id,)):
        state = JobState(row.state)
        if state in (JobState.PENDING, JobState.RUNNING):
            if runs:
                state, runs = JobState.RUNNING, False
            else:
                state = JobState.CANCELLED if job_state == JobState.CANCELLED else JobState.PENDING
        found.append(
            MarketplaceTask(
                row.id, job_id, row.position, row.kind, state, row.attempts, from_ms(row.started_at),
                from_ms(row.finished_at), json.loads(row.result) if row.result else {}, decode_problem(row.problem),
            )
        )  # fmt: skip
    return found


_BATCHES = """
SELECT b.*, (SELECT count(*) FROM job_wish w JOIN marketplace_job j ON j.id = w.job_id
  WHERE j.batch_id = b.id AND j.state = 'running') AS stopping
FROM batch_job b WHERE b.id IN (SELECT value FROM json_each(?))
"""
_JOBS = """
SELECT j.*, p.sku, coalesce(p.optimized_title, p.title) AS title,
  CASE WHEN j.state IN ('completed', 'failed', 'cancelled') THEN j.tasks_done ELSE
    (SELECT count(*) FROM marketplace_task t WHERE t.job_id = j.id AND t.state = 'completed') END AS done,
  CASE j.state WHEN 'running' THEN (SELECT w.wish FROM job_wish w WHERE w.job_id = j.id) END AS wish
FROM marketplace_job j LEFT JOIN product p ON p.id = j.product_id WHERE j.id IN (SELECT value FROM json_each(?))
"""
_WAIT = """
SELECT account_id, min(ready_at) AS ready FROM (
  SELECT account_id, ready_at FROM marketplace_job WHERE batch_id = ? AND state IN ('pending', 'running') LIMIT ?)
GROUP BY account_id
"""
_TASKS = "SELECT * FROM marketplace_task WHERE job_id = ? ORDER BY position"
_COUNTS = "SELECT state, count(*) FROM marketplace_job GROUP BY state"
_WAITING = "SELECT account_id, count(*) FROM marketplace_job WHERE state IN ('pending') GROUP BY account_id"
