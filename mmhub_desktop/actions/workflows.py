"""Puts the workflows of a workspace together: store, runner, engine, scheduler and the kinds of steps."""

from collections.abc import Awaitable, Callable, Collection

from mmhub_desktop.actions.parts import Parts
from mmhub_desktop.actions.steps import installed_steps
from mmhub_desktop.domain.ids import AccountId, BatchId
from mmhub_desktop.domain.job import WorkRequest
from mmhub_desktop.jobs.engine import Engine
from mmhub_desktop.jobs.scheduler import Scheduler
from mmhub_desktop.jobs.workflow_runner import WorkflowRunner
from mmhub_desktop.jobs.workflows import Workflows
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.job_planning import AtPlan
from mmhub_desktop.store.schedules import ScheduleStore
from mmhub_desktop.store.workflow_runs import WorkflowRunStore
from mmhub_desktop.store.workflows import WorkflowStore


def make_workflows(
    db: Database,
    engine: Engine,
    scheduler: Scheduler,
    parts: Parts,
    submit: Callable[[WorkRequest, AtPlan], Awaitable[BatchId]],
    known_accounts: Callable[[], Collection[AccountId]],
) -> Workflows:
    """The workflows of an open workspace. ``submit`` plans work and writes something else in the same transaction."""
    steps = installed_steps()
    store, runs = WorkflowStore(db), WorkflowRunStore(db)
    runner = WorkflowRunner(
        store,
        runs,
        engine,
        lambda work, also: submit(work.request, also),
        parts.bus,
        kinds=lambda: steps.things,
        accounts=known_accounts,
        parts=parts,
    )
    return Workflows(
        store,
        runs,
        runner,
        engine,
        scheduler,
        ScheduleStore(db),
        parts.bus,
        kinds=steps.things,
        broken_kinds=steps.broken,
        accounts=parts.accounts.all,
        known_accounts=known_accounts,
    )
