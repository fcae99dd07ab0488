"""The seller's hand on the work: pause, resume, cancel, retry, skip, and what goes first."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from mmhub_desktop.domain.ids import BatchId, JobId
from mmhub_desktop.domain.job import JobState, Problem
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.job_endings import BLOCKED, finish_counts

SKIPPED = Problem("Skipped", "Skipped.", "It can be tried again at any time.")


class Scope(StrEnum):
    """Whose jobs are meant."""

    BATCH = "batch"
    JOB = "job"
    ACCOUNT = "account"


@dataclass(slots=True)
class Changed:
    """What a control changed: the jobs, their batches, and the batches that ended by it."""

    jobs: list[JobId] = field(default_factory=list)
    batches: list[BatchId] = field(default_factory=list)
    finished_batches: list[BatchId] = field(default_factory=list)


class JobControl:
    """Changes of state asked for by the seller, each one transaction.

    ``held`` names jobs of the scope that the engine has claimed and not begun: they are marked running in the
    file and are treated like waiting ones. Jobs in the middle of a task are the engine's to stop; what was asked of
    them is noted, so that ``recover`` does it when the program ends before the task does.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    async def recover(self, now_ms: int) -> Changed:
        """After a start: jobs that were running when the program ended go back to the queue, or are paused or
        cancelled where the seller had asked for that, also when they had just come back to the queue. Returns the
        cancelled ones."""

        def write(connection: Connection) -> Changed:
            changed = _end_as_cancelled(connection, _wished(connection, JobState.CANCELLED), now_ms)
            _set_state(connection, _wished(connection, JobState.PAUSED), JobState.PAUSED, now_ms)
            connection.exec_driver_sql("DELETE FROM job_wish")
            connection.exec_driver_sql(_RECOVER, {"now": now_ms})
            return changed

        return await self._db.write(write)

    async def pause(self, scope: Scope, which: int, held: Sequence[JobId], now_ms: int) -> Changed:
        """Waiting jobs become paused; a batch too, unless it has ended."""

        def write(connection: Connection) -> Changed:
            _wish(connection, scope, which, held, JobState.PAUSED)
            ids = [*_select(connection, scope, which, (JobState.PENDING,)), *held]
            _set_state(connection, ids, JobState.PAUSED, now_ms)
            if scope is Scope.BATCH:
                connection.exec_driver_sql(_PAUSE_BATCH, (which,))
            return Changed(ids, _batches(connection, ids) if scope is not Scope.BATCH else [BatchId(which)])

        return await self._db.write(write)

    async def resume(self, scope: Scope, which: int, now_ms: int) -> Changed:
        """Paused jobs wait again; those whose listing is taken stay behind the other job."""

        def write(connection: Connection) -> Changed:
            running = _select(connection, scope, which, (JobState.RUNNING,))
            ids = _select(connection, scope, which, (JobState.PAUSED,))
            connection.exec_driver_sql(_UNWISH, {"ids": json.dumps([*ids, *running]), "wish": JobState.PAUSED})
            _set_state(connection, ids, JobState.PENDING, now_ms)
            if scope is Scope.BATCH:
                connection.exec_driver_sql(_RESUME_BATCH, (which,))
            _free(connection, now_ms)
            return Changed(ids, _batches(connection, ids) if scope is not Scope.BATCH else [BatchId(which)])

        return await self._db.write(write)

    async def cancel(self, scope: Scope, which: int, held: Sequence[JobId], now_ms: int) -> Changed:
        """Waiting and paused jobs end as cancelled, counted in their batches."""

        def write(connection: Connection) -> Changed:
            _wish(connection, scope, which, held, JobState.CANCELLED)
            ids = [*_select(connection, scope, which, (JobState.PENDING, JobState.PAUSED)), *held]
            return _end_as_cancelled(connection, ids, now_ms)

        return await self._db.write(write)

    async def skip(self, scope: Scope, which: int, held: Sequence[JobId], now_ms: int) -> Changed:
        """Failed, waiting and paused jobs end as cancelled, with the reason that they were skipped."""
        states = (JobState.FAILED, JobState.PENDING, JobState.PAUSED)

        def write(connection: Connection) -> Changed:
            _wish(connection, scope, which, held, JobState.CANCELLED)
            ids = [*_select(connection, scope, which, states), *held]
            changed = _end_as_cancelled(connection, ids, now_ms)
            connection.exec_driver_sql(_SET_PROBLEM, (json.dumps(asdict(SKIPPED)), json.dumps(ids)))
            return changed

        return await self._db.write(write)

    async def skip_unbegun(self, batch_id: BatchId, held: Sequence[JobId], now_ms: int) -> Changed:
        """Waiting and paused jobs of a batch of which no step was tried end as skipped; what has begun goes on."""

        def write(connection: Connection) -> Changed:
            _set_state(connection, held, JobState.PENDING, now_ms)
            ids: list[JobId] = json.loads(connection.exec_driver_sql(_UNBEGUN, (batch_id,)).scalar_one())
            changed = _end_as_cancelled(connection, ids, now_ms)
            connection.exec_driver_sql(_SET_PROBLEM, (json.dumps(asdict(SKIPPED)), json.dumps(ids)))
            return changed

        return await self._db.write(write)

    async def skip_step(
        self, job_id: JobId, may_skip: Mapping[str, Collection[str]], held: Sequence[JobId], now_ms: int
    ) -> Changed:
        """The step that a failed, waiting or paused job has come to counts as done, and the job goes on after it.

        Only steps that ``may_skip`` (action → kinds) names; nothing is changed otherwise.
        """

        def write(connection: Connection) -> Changed:
            _set_state(connection, held, JobState.PENDING, now_ms)
            row = connection.exec_driver_sql(_CURRENT_STEP, (job_id,)).first()
            if row is None or row.kind not in may_skip.get(row.action, ()):
                return Changed()
            connection.exec_driver_sql(_SKIP_STEP, (now_ms, row.id))
            if row.state == JobState.FAILED:
                return _start_over(connection, [job_id], now_ms)
            connection.exec_driver_sql(_GO_ON, {"job": job_id, "now": now_ms, "blocked": BLOCKED})
            return Changed([job_id], [BatchId(row.batch_id)])

        return await self._db.write(write)

    async def prioritize(self, scope: Scope, which: int, priority: int, now_ms: int) -> Changed:
        """Jobs that have not come to a good end, and a batch as a whole, go before or after others."""
        states = (JobState.PENDING, JobState.RUNNING, JobState.PAUSED, JobState.FAILED)

        def write(connection: Connection) -> Changed:
            ids = _select(connection, scope, which, states)
            connection.exec_driver_sql(_SET_PRIORITY, (priority, now_ms, json.dumps(ids)))
            if scope is Scope.BATCH:
                connection.exec_driver_sql("UPDATE batch_job SET priority = ? WHERE id = ?", (priority, which))
            return Changed(ids, _batches(connection, ids) if scope is not Scope.BATCH else [BatchId(which)])

        return await self._db.write(write)

    async def retry(self, scope: Scope, which: int, now_ms: int) -> Changed:
        """Failed jobs (a single one: cancelled too) wait again; their failed tasks start over, completed ones stay."""
        states = (JobState.FAILED, JobState.CANCELLED) if scope is Scope.JOB else (JobState.FAILED,)

        def write(connection: Connection) -> Changed:
            return _start_over(connection, _select(connection, scope, which, states), now_ms)

        return await self._db.write(write)

    async def retry_failed(self, ids: Sequence[JobId], now_ms: int) -> Changed:
        """Like ``retry``, for those of the jobs that have failed."""

        def write(connection: Connection) -> Changed:
            failed = json.loads(connection.exec_driver_sql(_ONLY_FAILED, (json.dumps(list(ids)),)).scalar_one())
            return _start_over(connection, failed, now_ms)

        return await self._db.write(write)


def _select(connection: Connection, scope: Scope, which: int, states: Sequence[JobState]) -> list[JobId]:
    found: list[JobId] = json.loads(
        connection.exec_driver_sql(_SELECT[scope], {"which": which, "states": json.dumps(states)}).scalar_one()
    )
    return found


def _start_over(connection: Connection, ids: Sequence[JobId], now_ms: int) -> Changed:
    counts = _count_by_batch(connection, ids)
    packed = json.dumps(ids)
    connection.exec_driver_sql("DELETE FROM job_wish WHERE job_id IN (SELECT value FROM json_each(?))", (packed,))
    connection.exec_driver_sql(_RESET_TASKS, (packed,))
    connection.exec_driver_sql(_RESET_JOBS, {"ids": packed, "now": now_ms, "blocked": BLOCKED})
    for batch, state, count in counts:
        failed, cancelled = (count, 0) if state == JobState.FAILED else (0, count)
        connection.exec_driver_sql(_REOPEN_BATCH, (failed, cancelled, batch))
    _free(connection, now_ms)
    return Changed(list(ids), [batch for batch, _, _ in counts])


def _end_as_cancelled(connection: Connection, ids: Sequence[JobId], now_ms: int) -> Changed:
    counts = _count_by_batch(connection, ids)
    _set_state(connection, ids, JobState.CANCELLED, now_ms)
    ended = []
    for batch, state, count in counts:
        failed = count if state == JobState.FAILED else 0
        if finish_counts(connection, batch, (0, -failed, count), now_ms):
            ended.append(batch)
    _free(connection, now_ms)
    return Changed(list(ids), [batch for batch, _, _ in counts], ended)


def _wish(connection: Connection, scope: Scope, which: int, held: Sequence[JobId], wish: JobState) -> None:
    """Note what is asked of the jobs in the middle of a task; a cancel is not taken back by a pause."""
    ids = set(_select(connection, scope, which, (JobState.RUNNING,))) - set(held)
    if ids:
        connection.exec_driver_sql(_WISH, {"ids": json.dumps(list(ids)), "wish": wish})


def _wished(connection: Connection, wish: JobState) -> list[JobId]:
    found: list[JobId] = json.loads(connection.exec_driver_sql(_WISHED, (wish.value,)).scalar_one())
    return found


def _set_state(connection: Connection, ids: Sequence[JobId], state: JobState, now_ms: int) -> None:
    connection.exec_driver_sql(_SET_STATE, (state.value, now_ms, json.dumps(ids)))


def _batches(connection: Connection, ids: Sequence[JobId]) -> list[BatchId]:
    return [batch for batch, _, _ in _count_by_batch(connection, ids)]


def _count_by_batch(connection: Connection, ids: Sequence[JobId]) -> list[tuple[BatchId, str, int]]:
    rows: list[Any] = list(connection.exec_driver_sql(_COUNT_BY_BATCH, (json.dumps(ids),)))
    merged: dict[tuple[BatchId, str], int] = {}
    for batch, state, count in rows:
        key = (BatchId(batch), state if state in (JobState.FAILED, JobState.CANCELLED) else "open")
        merged[key] = merged.get(key, 0) + count
    return [(batch, state, count) for (batch, state), count in merged.items()]


def _free(connection: Connection, now_ms: int) -> None:
    connection.exec_driver_sql(_FREE_ALL, {"now": now_ms, "blocked": BLOCKED})


_SELECT = {
    Scope.BATCH: """
SELECT json_group_array(id) FROM marketplace_job
WHERE batch_id = :which AND state IN (SELECT value FROM json_each(:states))
""",
    Scope.JOB: """
SELECT json_group_array(id) FROM marketplace_job
WHERE id = :which AND state IN (SELECT value FROM json_each(:states))
""",
    Scope.ACCOUNT: """
SELECT json_group_array(id) FROM marketplace_job
WHERE account_id = :which AND state IN ('pending', 'running', 'paused')
AND state IN (SELECT value FROM json_each(:states))
""",
}
_RECOVER = """
UPDATE marketplace_job SET state = 'pending', updated_at = :now WHERE state = 'running' AND batch_id IN
(SELECT id FROM batch_job WHERE state IN ('pending', 'running', 'paused'))
"""
_WISH = """
INSERT INTO job_wish (job_id, wish) SELECT value, :wish FROM json_each(:ids) WHERE true
ON CONFLICT (job_id) DO UPDATE SET wish = excluded.wish WHERE job_wish.wish <> 'cancelled'
"""
_UNWISH = "DELETE FROM job_wish WHERE wish = :wish AND job_id IN (SELECT value FROM json_each(:ids))"
_WISHED = """
SELECT json_group_array(w.job_id) FROM job_wish w JOIN marketplace_job j ON j.id = w.job_id
WHERE w.wish = ? AND j.state IN ('running', 'pending')
"""
_SET_STATE = """
UPDATE marketplace_job SET state = ?, updated_at = ? WHERE id IN (SELECT value FROM json_each(?))
"""
_ONLY_FAILED = """
SELECT json_group_array(id) FROM marketplace_job
WHERE id IN (SELECT value FROM json_each(?)) AND state IN ('failed')
"""
_SET_PROBLEM = "UPDATE marketplace_job SET problem = ? WHERE id IN (SELECT value FROM json_each(?))"
_UNBEGUN = """
SELECT json_group_array(j.id) FROM marketplace_job j WHERE j.batch_id = ? AND j.state IN ('pending', 'paused')
AND NOT EXISTS (SELECT 1 FROM marketplace_task t WHERE t.job_id = j.id
  AND (t.state <> 'pending' OR t.attempts > 0 OR t.seen))
"""
_CURRENT_STEP = """
SELECT t.id, t.kind, j.action, j.state, j.batch_id FROM marketplace_job j JOIN marketplace_task t ON t.job_id = j.id
WHERE j.id = ? AND j.state IN ('failed', 'pending', 'paused') AND t.state <> 'completed' ORDER BY t.position LIMIT 1
"""
_SKIP_STEP = """
UPDATE marketplace_task SET state = 'completed', problem = NULL, result = '{"skipped":true}', finished_at = ?
WHERE id = ?
"""
_GO_ON = """
UPDATE marketplace_job SET ready_at = CASE ready_at WHEN :blocked THEN ready_at ELSE :now END, problem = NULL,
  updated_at = :now WHERE id = :job
"""
_SET_PRIORITY = """
UPDATE marketplace_job SET priority = ?, updated_at = max(updated_at, ?) WHERE id IN (SELECT value FROM json_each(?))
"""
_COUNT_BY_BATCH = """
SELECT batch_id, state, count(*) FROM marketplace_job WHERE id IN (SELECT value FROM json_each(?))
GROUP BY batch_id, state
"""
_PAUSE_BATCH = "UPDATE batch_job SET state = 'paused' WHERE id = ? AND state IN ('pending', 'running')"
_RESUME_BATCH = """
UPDATE batch_job SET state = CASE WHEN started_at IS NULL THEN 'pending' ELSE 'running' END
WHERE id = ? AND state = 'paused'
"""
_RESET_TASKS = """
UPDATE marketplace_task SET state = 'pending', attempts = 0, problem = NULL, finished_at = NULL
WHERE job_id IN (SELECT value FROM json_each(?)) AND state = 'failed'
"""
_RESET_JOBS = """
UPDATE marketplace_job SET state = 'pending', attempts = 0, problem = NULL, ready_at = :blocked, updated_at = :now
WHERE id IN (SELECT value FROM json_each(:ids))
"""
_REOPEN_BATCH = """
UPDATE batch_job SET failed = failed - ?, cancelled = cancelled - ?, finished_at = NULL, state = CASE
  WHEN state = 'paused' THEN 'paused' WHEN started_at IS NULL THEN 'pending' ELSE 'running' END
WHERE id = ?
"""
# A listing is held by its open job whose ready_at is not BLOCKED; where there is none, the oldest waiting one gets it.
_FREE_ALL = """
UPDATE marketplace_job SET ready_at = :now, updated_at = :now WHERE id IN (
  SELECT min(j.id) FROM marketplace_job j
  WHERE j.state IN ('pending') AND j.ready_at = :blocked AND NOT EXISTS (
    SELECT 1 FROM marketplace_job o WHERE o.product_id = j.product_id AND o.account_id IS j.account_id
    AND o.state IN ('pending', 'running', 'paused') AND o.ready_at <> :blocked)
  GROUP BY j.product_id, j.account_id)
"""
