"""What others are told of workflow runs: outbox rows in the transaction of the change they tell of."""

import json
from typing import Any

from sqlalchemy import Connection

from mmhub_desktop.domain.ids import WorkflowRunId
from mmhub_desktop.domain.webhook import error_data
from mmhub_desktop.domain.workflow_run import RunState, StepState, WorkflowRun
from mmhub_desktop.store.outbox_rows import plain_connection, tell
from mmhub_desktop.store.workflows import read_run

STARTED, COMPLETED = "canvas.workflow.started", "workflow.completed"
FAILED = ("workflow.error", "canvas.workflow.error")
MESSAGE = "workflow.message"


def tell_started(connection: Connection, run_id: WorkflowRunId) -> None:
    """A run has begun."""
    _tell(connection, STARTED, run_id)


def tell_ended(connection: Connection, run_id: WorkflowRunId, state: RunState) -> None:
    """A run has come to its end; nothing is told of one that the seller cancelled."""
    for name in {RunState.COMPLETED: (COMPLETED,), RunState.FAILED: FAILED}.get(state, ()):
        _tell(connection, name, run_id)


def tell_message(connection: Connection, run_id: WorkflowRunId, key: str, message: str, products: int) -> None:
    """A run came to a webhook step."""
    step = {"key": key, "products": products}
    _tell(connection, MESSAGE, run_id, {"step": step, "message": message})


def _tell(connection: Connection, name: str, run_id: WorkflowRunId, more: dict[str, Any] | None = None) -> None:
    def data() -> dict[str, Any]:
        run = read_run(connection, run_id)
        return {**_data(run), **(more or {}), **({"error": _error(connection, run)} if name in FAILED else {})}

    tell(plain_connection(connection), name, f"workflow_run:{run_id}", data)


def _data(run: WorkflowRun) -> dict[str, Any]:
    named = {step.key: step for step in run.workflow.steps}
    return {
        "workflow": {"id": run.workflow_id, "name": run.workflow.name},
        "run": {
            "id": run.id, "state": run.state.value, "cause": run.cause, "products": run.products,
            "started_at": run.started_at.isoformat(),
            "finished_at": run.finished_at.isoformat() if run.finished_at else None,
        },
        "steps": [
            {
                "key": step.key, "kind": named[step.key].kind, "title": named[step.key].title,
                "state": step.state.value, "products": step.products, "completed": step.completed,
                "failed": step.failed, "cancelled": step.cancelled, "batch_id": step.batch_id, "said": step.said,
            }
            for step in run.steps
        ],
    }  # fmt: skip


def _error(connection: Connection, run: WorkflowRun) -> dict[str, Any]:
    """The run's own words, with what the first failed job of the first failed step has to say."""
    failed = [step for step in run.steps if step.state is StepState.FAILED]
    problem: dict[str, Any] = {"kind": "WorkflowFailed"}
    retries = 0
    batches = [step.batch_id for step in failed if step.batch_id is not None]
    if batches:
        row = connection.exec_driver_sql(
            "SELECT problem, attempts FROM marketplace_job WHERE batch_id = ? AND state = 'failed' ORDER BY id LIMIT 1",
            (batches[0],),
        ).first()
        if row is not None and row[0]:
            problem, retries = json.loads(row[0]), max(0, row[1] - 1)
    return {**error_data(problem, retries), "message": run.said, "step": failed[0].key if failed else ""}
