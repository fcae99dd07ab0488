"""What the steps of a run write, each method one transaction.

A step is noted as begun together with the batch that it plans (``note_planned``).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from mmhub_desktop.domain.ids import BatchId, ProductId, WorkflowRunId
from mmhub_desktop.domain.workflow import OnFailure, WorkflowStep
from mmhub_desktop.domain.workflow_facts import Outcome
from mmhub_desktop.domain.workflow_run import RunState, StepState
from mmhub_desktop.store.database import Database, now_ms, to_ms
from mmhub_desktop.store.workflow_messages import tell_ended, tell_message
from mmhub_desktop.store.workflow_selection import TAKEN, still_taken, taken_by, to_list


class StepTaken(Exception):
    """The step has begun or ended already, or its run rests or has ended: what was about to be written is not."""


class WorkflowStepStore:
    """Writes the steps of runs, for the asyncio loop."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def products_of(self, run_id: WorkflowRunId, step: WorkflowStep, *, begun: bool) -> tuple[ProductId, ...]:
        """The products a step takes; ``begun``: those that it took when it began."""

        def read(connection: Connection) -> tuple[ProductId, ...]:  # made here: a long one would hold the loop
            found = still_taken(connection, run_id, step.key) if begun else taken_by(connection, run_id, step)
            return tuple(map(ProductId, found))

        return await self._db.read(read)

    async def begin_step(self, step_id: int, run_id: WorkflowRunId, key: str, ids: Sequence[ProductId]) -> None:
        """A step without batch begins. StepTaken when it may not."""

        def write(connection: Connection) -> None:
            _take(connection, step_id, None, len(ids))
            _note_outcomes(connection, run_id, key, {TAKEN: ids})

        await self._db.write(write)

    async def put_off(self, step_id: int, at: datetime, said: str) -> None:
        """A step that has begun waits until this time."""
        await self._db.write(
            lambda c: c.exec_driver_sql(
                "UPDATE workflow_step_run SET ready_at = ?, said = ? WHERE id = ? AND state = 'running'",
                (to_ms(at), said, step_id),
            )
        )

    async def pass_by(self, step_id: int, said: str) -> None:
        """No product takes this step."""

        def write(connection: Connection) -> None:
            _take(connection, step_id, None, 0)
            _end_step(connection, step_id, StepState.PASSED_BY, said, (0, 0, 0))

        await self._db.write(write)

    async def end_step(
        self,
        step_id: int,
        run_id: WorkflowRunId,
        step: WorkflowStep,
        ids: Sequence[ProductId],
        failed: Mapping[ProductId, str],
        said: str,
        message: str | None = None,
    ) -> None:
        """A step without batch has ended. StepTaken when it had already."""

        def write(connection: Connection) -> None:
            _take(connection, step_id, None, len(ids), also_begun=True)
            bad = [each for each in ids if each in failed]
            good = [each for each in ids if each not in failed]
            _note_outcomes(connection, run_id, step.key, {Outcome.COMPLETED: good, Outcome.FAILED: bad})
            words = said or (failed[bad[0]] if bad else "")
            _close_step(connection, step_id, run_id, step, (len(good), len(bad), 0), words)
            if message is not None:
                tell_message(connection, run_id, step.key, message, len(ids))

        await self._db.write(write)

    async def fail_step(self, step_id: int, run_id: WorkflowRunId, step: WorkflowStep, count: int, said: str) -> None:
        """A step could not be begun, or broke. StepTaken when it had ended or its run rests."""

        def write(connection: Connection) -> None:
            _take(connection, step_id, None, count, also_begun=True)
            connection.exec_driver_sql(_FAIL_TAKEN, {"run": run_id, "key": f"$.{step.key}", "taken": TAKEN})
            _close_step(connection, step_id, run_id, step, (0, count, 0), said)

        await self._db.write(write)

    async def collect(self, step_id: int, run_id: WorkflowRunId, step: WorkflowStep) -> bool:
        """Note what became of a step whose batch has ended. False while it has not, or when it was noted before."""
        return await self._db.write(lambda connection: _collect(connection, step_id, run_id, step))


def note_planned(connection: Connection, step_id: int, batch_id: BatchId, products: int) -> None:
    """A step begins with this batch, in the transaction that plans it. StepTaken undoes both: it may not begin."""
    _take(connection, step_id, batch_id, products, also_begun=True)


def end_run(connection: Connection, run_id: WorkflowRunId, state: RunState, said: str) -> bool:
    """End a run now: what has not begun never does, and whoever wants is told. False when it had ended."""
    done = connection.exec_driver_sql(
        "UPDATE workflow_run SET state = ?, said = ?, finished_at = ? WHERE id = ? AND state IN ('running', 'paused')",
        (state, said, now_ms(), run_id),
    )
    if not done.rowcount:
        return False
    connection.exec_driver_sql(
        "UPDATE workflow_step_run SET state = 'cancelled', finished_at = ?"
        " WHERE run_id = ? AND (state = 'waiting' OR state = 'running' AND batch_id IS NULL)",
        (now_ms(), run_id),
    )
    tell_ended(connection, run_id, state)
    return True


def _take(
    connection: Connection, step_id: int, batch_id: BatchId | None, products: int, *, also_begun: bool = False
) -> None:
    states = "('waiting', 'running')" if also_begun else "('waiting')"
    done = connection.exec_driver_sql(
        "UPDATE workflow_step_run SET state = 'running', batch_id = :batch, products = :products,"  # noqa: S608 - ours
        " started_at = coalesce(started_at, :now), ready_at = NULL, said = ''"
        f" WHERE id = :id AND batch_id IS NULL AND (state IN {states})"
        " AND (state = 'running' OR (SELECT r.state FROM workflow_run r WHERE r.id = run_id) = 'running')",
        {"batch": batch_id, "products": products, "now": now_ms(), "id": step_id},
    )
    if not done.rowcount:
        raise StepTaken


def _note_outcomes(
    connection: Connection, run_id: WorkflowRunId, key: str, outcomes: Mapping[str, Sequence[ProductId]]
) -> None:
    for outcome, ids in outcomes.items():
        if ids:
            values = {"key": f"$.{key}", "outcome": str(outcome), "run": run_id, "ids": to_list(tuple(ids))}
            connection.exec_driver_sql(_NOTE_OUTCOME, values)


def _collect(connection: Connection, step_id: int, run_id: WorkflowRunId, step: WorkflowStep) -> bool:
    row = connection.exec_driver_sql(_ENDED_BATCH, (step_id,)).first()
    if row is None:
        return False
    connection.exec_driver_sql(_COLLECT, {"key": f"$.{step.key}", "run": run_id, "batch": row[0]})
    counts = dict(
        connection.exec_driver_sql(_COUNT_OUTCOMES, {"key": f"$.{step.key}", "run": run_id}).tuples().all()
    )  # fmt: skip
    numbers = (counts.get("completed", 0), counts.get("failed", 0), counts.get("cancelled", 0))
    _close_step(connection, step_id, run_id, step, numbers, "")
    return True


def _close_step(
    connection: Connection,
    step_id: int,
    run_id: WorkflowRunId,
    step: WorkflowStep,
    counts: tuple[int, int, int],
    said: str,
) -> None:
    """End a step by what became of its products; a failure ends the run where the step says so."""
    completed, failed, cancelled = counts
    stops = failed > 0 and step.on_failure is OnFailure.STOP
    state = StepState.COMPLETED
    if stops or (failed and not completed):
        state = StepState.FAILED
    elif cancelled and not completed:
        state = StepState.CANCELLED
    if not said and failed:
        said = f"{failed:,} of {completed + failed + cancelled:,} products failed."
    _end_step(connection, step_id, state, said, counts)
    if stops:
        end_run(connection, run_id, RunState.FAILED, f"“{step.title}” stopped the run. {said}")


def _end_step(
    connection: Connection, step_id: int, state: StepState, said: str, counts: tuple[int, int, int]
) -> None:  # fmt: skip
    connection.exec_driver_sql(
        "UPDATE workflow_step_run SET state = ?, said = ?, completed = ?, failed = ?, cancelled = ?, ready_at = NULL,"
        " finished_at = ? WHERE id = ?",
        (state, said, *counts, now_ms(), step_id),
    )


_NOTE_OUTCOME = """
UPDATE workflow_run_product SET outcomes = json_set(outcomes, :key, :outcome)
WHERE run_id = :run AND product_id IN (SELECT value FROM json_each(:ids))
"""
_FAIL_TAKEN = """
UPDATE workflow_run_product SET outcomes = json_set(outcomes, :key, 'failed')
WHERE run_id = :run AND json_extract(outcomes, :key) = :taken
"""
_ENDED_BATCH = """
SELECT s.batch_id FROM workflow_step_run s LEFT JOIN batch_job b ON b.id = s.batch_id
WHERE s.id = ? AND s.state = 'running' AND s.batch_id IS NOT NULL
AND (b.id IS NULL OR b.state IN ('completed', 'failed', 'cancelled'))
"""
# On several accounts a product has failed where one of its jobs has.
_COLLECT = """
UPDATE workflow_run_product SET outcomes = json_set(outcomes, :key, j.outcome)
FROM (SELECT product_id, CASE WHEN max(state = 'failed') THEN 'failed' WHEN max(state = 'cancelled') THEN 'cancelled'
  ELSE 'completed' END AS outcome FROM marketplace_job WHERE batch_id = :batch GROUP BY product_id) j
WHERE workflow_run_product.run_id = :run AND workflow_run_product.product_id = j.product_id
"""
_COUNT_OUTCOMES = """
SELECT json_extract(outcomes, :key) AS outcome, count(*) FROM workflow_run_product
WHERE run_id = :run AND outcome IS NOT NULL GROUP BY 1
"""
