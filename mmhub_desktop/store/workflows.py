"""The workflows of a workspace, and the runs of them as the faces read them."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select

from mmhub_desktop.domain.ids import BatchId, WorkflowId, WorkflowRunId
from mmhub_desktop.domain.workflow import Workflow, from_form, to_form
from mmhub_desktop.domain.workflow_run import RunState, StepRun, StepState, WorkflowRun
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.store.database import Database, from_ms, now_ms
from mmhub_desktop.store.schema_workflows import workflow as table
from mmhub_desktop.store.schema_workflows import workflow_run, workflow_step_run


class WorkflowStore:
    """Reads and writes workflows and reads their runs, for the asyncio loop."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def all(self) -> list[Workflow]:
        """All workflows in the order of their names."""
        query = select(table).order_by(table.c.name, table.c.id)
        return [_workflow(row) for row in await self._db.read(lambda c: c.execute(query).all())]

    async def get(self, workflow_id: WorkflowId) -> Workflow:
        """One workflow. UserMistake when there is none of this number."""
        query = select(table).where(table.c.id == workflow_id)
        rows: Sequence[Any] = await self._db.read(lambda c: c.execute(query).all())
        if not rows:
            raise UserMistake(f"There is no workflow {workflow_id}.", hint="See “mmhub workflows list”.")
        return _workflow(rows[0])

    async def save(self, workflow: Workflow) -> Workflow:
        """Insert (id 0) or update; returns it as stored. UserMistake when it was removed meanwhile."""
        now = now_ms()
        values = {
            "name": workflow.name,
            "form": json.dumps(to_form(workflow), ensure_ascii=False),
            "started_by": workflow.trigger.kind,
            "active": workflow.active,
            "updated_at": now,
        }

        def write(connection: Connection) -> Workflow:
            if workflow.id:
                done = connection.execute(table.update().where(table.c.id == workflow.id).values(values))
                if not done.rowcount:
                    raise UserMistake(f"“{workflow.name}” was removed meanwhile.", hint="Save it as a new workflow.")
                return replace(workflow, changed_at=from_ms(now))
            key = connection.execute(table.insert().values({**values, "created_at": now})).inserted_primary_key
            assert key is not None  # noqa: S101 - an insert into a table with a key
            return replace(workflow, id=WorkflowId(key[0]), changed_at=from_ms(now))

        return await self._db.write(write)

    async def remove(self, workflow_id: WorkflowId) -> None:
        """Forget a workflow; its runs stay."""
        await self._db.write(lambda c: c.execute(table.delete().where(table.c.id == workflow_id)))

    async def runs(self, workflow_id: WorkflowId | None = None, limit: int = 50) -> list[WorkflowRun]:
        """The last runs, of one workflow or of all, the newest first, with their steps."""
        query = select(workflow_run).order_by(workflow_run.c.id.desc()).limit(limit)
        if workflow_id is not None:
            query = query.where(workflow_run.c.workflow_id == workflow_id)
        return await self._db.read(lambda c: _with_steps(c, c.execute(query).all()))

    async def run(self, run_id: WorkflowRunId) -> WorkflowRun:
        """One run with its steps in order. UserMistake when there is none of this number."""
        query = select(workflow_run).where(workflow_run.c.id == run_id)
        found = await self._db.read(lambda c: _with_steps(c, c.execute(query).all()))
        if not found:
            raise UserMistake(f"There is no run {run_id}.", hint="See “mmhub workflows runs”.")
        return found[0]

    async def open_runs(self) -> list[WorkflowRun]:
        """Runs that have not ended, and ended ones of which a step has not."""

        def read(connection: Connection) -> list[WorkflowRun]:
            ids = connection.exec_driver_sql(_OPEN).scalars().all()
            query = select(workflow_run).where(workflow_run.c.id.in_(ids)).order_by(workflow_run.c.id)
            return _with_steps(connection, connection.execute(query).all()) if ids else []

        return await self._db.read(read)

    async def has_open_run(self, workflow_id: WorkflowId) -> bool:
        """Whether a run of it has not ended."""
        query = select(workflow_run.c.id).where(
            workflow_run.c.workflow_id == workflow_id, workflow_run.c.state.in_(["running", "paused"])
        )
        return await self._db.read(lambda c: c.execute(query).first() is not None)


def read_run(connection: Connection, run_id: WorkflowRunId) -> WorkflowRun:
    """One run, within a transaction that knows that it exists."""
    return _with_steps(connection, connection.execute(select(workflow_run).where(workflow_run.c.id == run_id)).all())[0]


def _workflow(row: Any) -> Workflow:
    kept = from_form(json.loads(row.form), WorkflowId(row.id))
    return replace(kept, active=bool(row.active), changed_at=from_ms(row.updated_at))


def _with_steps(connection: Connection, rows: Sequence[Any]) -> list[WorkflowRun]:
    steps: dict[int, list[StepRun]] = {row.id: [] for row in rows}
    found = select(workflow_step_run).where(workflow_step_run.c.run_id.in_(list(steps)))
    for step in connection.execute(found.order_by(workflow_step_run.c.run_id, workflow_step_run.c.position)):
        steps[step.run_id].append(_step(step))
    return [_run(row, steps[row.id]) for row in rows]


def _run(row: Any, steps: Sequence[StepRun]) -> WorkflowRun:
    started = from_ms(row.started_at)
    assert started is not None  # noqa: S101 - the column is NOT NULL
    workflow = from_form(json.loads(row.form), WorkflowId(row.workflow_id))
    return WorkflowRun(
        WorkflowRunId(row.id), WorkflowId(row.workflow_id), workflow, RunState(row.state), row.cause, row.products,
        row.said, started, from_ms(row.finished_at), row.chain, tuple(steps),
    )  # fmt: skip


def _step(row: Any) -> StepRun:
    return StepRun(
        row.id, row.key, StepState(row.state), None if row.batch_id is None else BatchId(row.batch_id), row.products,
        row.completed, row.failed, row.cancelled, row.said, from_ms(row.ready_at), from_ms(row.started_at),
        from_ms(row.finished_at),
    )  # fmt: skip


_OPEN = """
SELECT id FROM workflow_run WHERE state IN ('running', 'paused')
UNION SELECT run_id FROM workflow_step_run WHERE state IN ('waiting', 'running')
"""
