"""Everything that a run of a workflow writes, each method one transaction.

A run's end is written together with what others are told of it, and its beginning with what it began for, so that a
kill at any point neither doubles nor loses anything.
"""

import json
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from mmhub_desktop.domain.ids import WorkflowId, WorkflowRunId
from mmhub_desktop.domain.workflow import ProductScope, Workflow, to_form
from mmhub_desktop.domain.workflow_run import RunState, StepState
from mmhub_desktop.store.database import now_ms
from mmhub_desktop.store.workflow_events import WAITING_IMPORTS, WAITING_QUANTITIES, Consumed, Waiting
from mmhub_desktop.store.workflow_messages import tell_started
from mmhub_desktop.store.workflow_selection import in_scope, of_import, of_quantities, to_list
from mmhub_desktop.store.workflow_steps import StepTaken, WorkflowStepStore, end_run


@dataclass(frozen=True, slots=True)
class Found:
    """The products that something has happened to; ``consumed`` goes into the run's transaction."""

    product_ids: "array[int]"
    consumed: Consumed


class WorkflowRunStore(WorkflowStepStore):
    """Writes runs and their steps, for the asyncio loop."""

    async def begin(
        self,
        workflow: Workflow,
        product_ids: Sequence[int],
        cause: str,
        *,
        chain: int = 0,
        consumed: Consumed | None = None,
        refused: str = "",
        beside: Callable[[Connection], None] | None = None,
    ) -> WorkflowRunId | None:
        """Write a run that is about to start; with ``refused`` one that failed before it did, saying why.

        None when none of the products is there any more (what was ``consumed`` is gone then, too).
        """

        def write(connection: Connection) -> WorkflowRunId | None:
            if consumed is not None:
                _consume(connection, consumed)
            run_id = _begin(connection, workflow, product_ids, cause, chain)
            if run_id is not None:
                tell_started(connection, run_id)
                if refused:
                    end_run(connection, run_id, RunState.FAILED, refused)
            if beside is not None:
                beside(connection)
            return run_id

        return await self._db.write(write)

    async def waiting(self) -> list[Waiting]:
        """What has happened that workflows are to be started for."""

        def read(connection: Connection) -> list[Waiting]:
            imports = [
                Waiting(WorkflowId(row[0]), row[1], row[2], row[3])
                for row in connection.exec_driver_sql(WAITING_IMPORTS)
            ]
            quantities = connection.exec_driver_sql(WAITING_QUANTITIES)
            return imports + [Waiting(WorkflowId(row[0]), only_own=bool(row[1])) for row in quantities]

        return await self._db.read(read)

    async def find(self, waiting: Waiting, scope: ProductScope) -> Found:
        """The products that this is about."""

        def read(connection: Connection) -> Found:
            if waiting.event_id:
                ids = of_import(connection, scope, waiting.import_id)
                return Found(ids, Consumed(waiting, array("q")))
            seen = of_quantities(connection, ProductScope(), waiting.workflow_id)
            return Found(of_quantities(connection, scope, waiting.workflow_id), Consumed(waiting, seen))

        return await self._db.read(read)

    async def forget(self, consumed: Consumed) -> None:
        """Nothing is to be started for this."""
        await self._db.write(lambda connection: _consume(connection, consumed))

    async def in_scope(self, scope: ProductScope) -> "array[int]":
        """All products of a scope."""
        return await self._db.read(lambda connection: in_scope(connection, scope))

    async def last_chain(self, workflow_id: WorkflowId) -> int:
        """How many runs in a row, up to the newest, were started only by changes during the run before."""
        query = "SELECT chain FROM workflow_run WHERE workflow_id = ? ORDER BY id DESC LIMIT 1"
        return await self._db.read(lambda c: c.exec_driver_sql(query, (workflow_id,)).scalar() or 0)

    async def finish(self, run_id: WorkflowRunId) -> RunState | None:
        """End a run all of whose steps have ended; its state, None when it goes on."""
        return await self._db.write(lambda connection: _finish(connection, run_id))

    async def cancel(self, run_id: WorkflowRunId) -> bool:
        """End a run by the seller's wish; its batches are the caller's to cancel. False when it had ended."""
        return await self._db.write(lambda c: end_run(c, run_id, RunState.CANCELLED, "Cancelled."))

    async def switch(self, run_id: WorkflowRunId, to: RunState) -> bool:
        """Pause a running run, or let a paused one go on. False when it is neither."""
        before = RunState.RUNNING if to is RunState.PAUSED else RunState.PAUSED
        return await self._db.write(
            lambda c: (
                c.exec_driver_sql(
                    "UPDATE workflow_run SET state = ? WHERE id = ? AND state = ?", (to, run_id, before)
                ).rowcount
                > 0
            )
        )


def _begin(
    connection: Connection, workflow: Workflow, ids: Sequence[int], cause: str, chain: int
) -> WorkflowRunId | None:
    row = connection.exec_driver_sql(
        "INSERT INTO workflow_run (workflow_id, form, cause, chain, started_at) VALUES (?, ?, ?, ?, ?) RETURNING id",
        (workflow.id, json.dumps(to_form(workflow), ensure_ascii=False), cause, chain, now_ms()),
    ).scalar_one()
    run_id = WorkflowRunId(row)
    found = connection.exec_driver_sql(_ADD_PRODUCTS, (run_id, to_list(tuple(ids)))).rowcount
    if not found:
        connection.exec_driver_sql("DELETE FROM workflow_run WHERE id = ?", (run_id,))
        return None
    connection.exec_driver_sql("UPDATE workflow_run SET products = ? WHERE id = ?", (found, run_id))
    for position, step in enumerate(workflow.steps):
        connection.exec_driver_sql(
            "INSERT INTO workflow_step_run (run_id, position, key) VALUES (?, ?, ?)", (run_id, position, step.key)
        )
    return run_id


def _consume(connection: Connection, consumed: Consumed) -> None:
    waiting = consumed.waiting
    if waiting.event_id:
        done = connection.exec_driver_sql("DELETE FROM workflow_event WHERE id = ?", (waiting.event_id,))
        if not done.rowcount:
            raise StepTaken
        return
    connection.exec_driver_sql(
        "DELETE FROM workflow_quantity WHERE workflow_id = ? AND product_id IN (SELECT value FROM json_each(?))",
        (waiting.workflow_id, to_list(consumed.seen)),
    )


def _finish(connection: Connection, run_id: WorkflowRunId) -> RunState | None:
    rows = connection.exec_driver_sql(
        "SELECT key, state, said, failed FROM workflow_step_run WHERE run_id = ? ORDER BY position", (run_id,)
    ).all()
    if any(not StepState(row.state).is_final for row in rows):
        return None
    form = json.loads(
        connection.exec_driver_sql("SELECT form FROM workflow_run WHERE id = ?", (run_id,)).scalar_one()
    )  # fmt: skip
    titles = {step["key"]: step["title"] for step in form["steps"]}
    failed = [row for row in rows if row.state == StepState.FAILED]
    cancelled = [row for row in rows if row.state == StepState.CANCELLED]
    partly = [row for row in rows if row.failed]
    if failed:
        state, said = RunState.FAILED, f"“{titles[failed[0].key]}” failed. {failed[0].said}"
    elif cancelled:
        state, said = RunState.CANCELLED, f"“{titles[cancelled[0].key]}” was cancelled."
    else:
        state = RunState.COMPLETED
        said = f"“{titles[partly[0].key]}”: {partly[0].said}" if partly else ""
    return state if end_run(connection, run_id, state, said) else None


_ADD_PRODUCTS = """
INSERT OR IGNORE INTO workflow_run_product (run_id, product_id)
SELECT ?, p.id FROM json_each(?) each CROSS JOIN product p ON p.id = each.value
"""
