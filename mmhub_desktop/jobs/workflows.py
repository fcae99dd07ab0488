"""Workflows as the faces use them: keep, check, run, control, hand on. All of it belongs to the loop."""

import contextlib
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mmhub_desktop.domain.ids import AccountId, BatchId, ProductId, ScheduleId, WorkflowId, WorkflowRunId
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.schedule import Schedule, next_run
from mmhub_desktop.domain.step_kind import StepKind
from mmhub_desktop.domain.workflow import Workflow, from_form, to_form, with_accounts
from mmhub_desktop.domain.workflow_check import check, with_titles
from mmhub_desktop.domain.workflow_facts import FACTS, ON_SCHEDULE, TRIGGERS, Fact, TriggerKind
from mmhub_desktop.domain.workflow_run import RunState, WorkflowRun
from mmhub_desktop.errors import Finding, UserMistake
from mmhub_desktop.events import Bus, Notice
from mmhub_desktop.jobs.engine import Engine
from mmhub_desktop.jobs.scheduler import Scheduler
from mmhub_desktop.jobs.workflow_runner import WorkflowRunner
from mmhub_desktop.store.job_planning import AtPlan
from mmhub_desktop.store.schedules import ScheduleStore
from mmhub_desktop.store.workflow_runs import WorkflowRunStore
from mmhub_desktop.store.workflows import WorkflowStore

SCHEDULED = "workflow:"  # what the action of a workflow's schedule begins with; its number follows


class Workflows:
    """The workflows of the open workspace. ``facts`` and ``triggers`` are what conditions and triggers may name;
    ``broken_kinds`` says what was wrong with steps of other packages."""

    facts: Mapping[str, Fact] = FACTS
    triggers: Mapping[str, TriggerKind] = TRIGGERS

    def __init__(
        self,
        store: WorkflowStore,
        runs: WorkflowRunStore,
        runner: WorkflowRunner,
        engine: Engine,
        scheduler: Scheduler,
        schedules: ScheduleStore,
        bus: Bus,
        *,
        kinds: Mapping[str, StepKind],
        broken_kinds: Sequence[str],
        accounts: Callable[[], Awaitable[Sequence[Account]]],
        known_accounts: Callable[[], Collection[AccountId]],
    ) -> None:
        self._store = store
        self._runs = runs
        self._engine = engine
        self._scheduler = scheduler
        self._schedules = schedules
        self._bus = bus
        self._accounts = accounts
        self._known_accounts = known_accounts
        self.runner = runner
        self.kinds = kinds
        self.broken_kinds = tuple(broken_kinds)

    async def start(self, *, triggers: bool = True) -> None:
        """Go on with open runs. ``triggers`` False leaves what imports and changed quantities ask for to a later start;
        times are the scheduler's."""
        await self._mend_schedules()
        self.runner.start(triggers=triggers)
        for words in self.broken_kinds:
            self._bus.publish(Notice("warn", words, "Update or remove the package that added it."))

    async def all(self) -> list[Workflow]:
        """All workflows in the order of their names."""
        return await self._store.all()

    async def get(self, workflow_id: WorkflowId) -> Workflow:
        """One workflow. UserMistake when there is none of this number."""
        return await self._store.get(workflow_id)

    def check(self, workflow: Workflow) -> tuple[Finding, ...]:
        """What keeps it from running; a finding's ``field`` names the step. See ``domain.workflow_check``."""
        return check(workflow, self.kinds, self._known_accounts())

    async def save(self, workflow: Workflow) -> Workflow:
        """Add (id 0) or change a workflow; runs under way go on as they began. UserMistake when it cannot run."""
        self._refuse(workflow)
        timing = workflow.trigger.timing if workflow.trigger.kind == ON_SCHEDULE else None
        if timing is not None and workflow.active and next_run(timing, self._scheduler.now()) is None:
            raise UserMistake("This time has passed.", hint="Choose one that is still to come.")
        saved = await self._store.save(workflow)
        await self._keep_schedule(saved)
        self._told()
        return saved

    async def remove(self, workflow_id: WorkflowId) -> None:
        """Forget a workflow. Runs under way go on, and all its runs stay to be seen."""
        await self._store.remove(workflow_id)
        for schedule in await self._schedules_of(workflow_id):
            await self._scheduler.remove(schedule.id)
        self._told()

    async def run(
        self, workflow_id: WorkflowId, product_ids: Sequence[ProductId] | None = None, *, cause: str = "by hand"
    ) -> WorkflowRunId:
        """Start it for these products; None: for all of its scope. UserMistake when there are none or it cannot run."""
        workflow = await self._store.get(workflow_id)
        self._refuse(workflow)
        ids: Sequence[int] = await self._runs.in_scope(workflow.scope) if product_ids is None else product_ids
        run_id = await self._runs.begin(with_titles(workflow, self.kinds), ids, cause)
        if run_id is None:
            raise UserMistake("There is no product to run it for.", hint="Choose products, or change its scope.")
        self._told()
        return run_id

    async def start_waiting(self) -> None:
        """Start what imports and changed quantities ask for, after a ``start`` that left that out."""
        await self.runner.start_waiting()
        self._told()

    async def run_scheduled(self, schedule: Schedule, also: AtPlan) -> str:
        """Start the workflow of a schedule, unless its last run still goes on; what was done, in words."""
        workflow = await self._store.get(workflow_of(schedule))
        self._refuse(workflow)
        if await self._store.has_open_run(workflow.id):
            return "The run before has not ended yet."
        ids = await self._runs.in_scope(workflow.scope)
        titled = with_titles(workflow, self.kinds)
        run_id = await self._runs.begin(titled, ids, "schedule", beside=lambda c: also(c, BatchId(0)))
        self._told()
        return "No product matched." if run_id is None else f"Workflow run {run_id} was started."

    async def runs(self, workflow_id: WorkflowId | None = None, limit: int = 50) -> list[WorkflowRun]:
        """The last runs, of one workflow or of all, the newest first."""
        return await self._store.runs(workflow_id, limit)

    async def open_runs(self) -> list[WorkflowRun]:
        """Runs that have not ended, paused ones too."""
        return [run for run in await self._store.open_runs() if not run.state.is_final]

    async def run_detail(self, run_id: WorkflowRunId) -> WorkflowRun:
        """One run with its steps in order. UserMistake when there is none of this number."""
        return await self._store.run(run_id)

    async def cancel_run(self, run_id: WorkflowRunId) -> None:
        """End a run: nothing more begins, its batches are cancelled; calls under way are waited for."""
        run = await self._store.run(run_id)
        if await self._runs.cancel(run_id):
            self.runner.drop_calls(run)
            for batch_id in _open_batches(await self._store.run(run_id)):
                await self._engine.cancel_batch(batch_id)
        self._told()

    async def pause_run(self, run_id: WorkflowRunId) -> None:
        """Begin no step of a run, and no job of its steps under way."""
        if await self._runs.switch(run_id, RunState.PAUSED):
            for batch_id in _open_batches(await self._store.run(run_id)):
                await self._engine.pause_batch(batch_id)
        self._told()

    async def resume_run(self, run_id: WorkflowRunId) -> None:
        """Let a paused run go on."""
        if await self._runs.switch(run_id, RunState.RUNNING):
            for batch_id in _open_batches(await self._store.run(run_id)):
                await self._engine.resume_batch(batch_id)
        self._told()

    async def wait_run(self, run_id: WorkflowRunId) -> WorkflowRun:
        """Until a run has ended with all of its steps, and the run then."""
        return await self.runner.wait_run(run_id)

    async def export(self, workflow_id: WorkflowId) -> dict[str, Any]:
        """A workflow as JSON values for another workspace, with the names of its accounts."""
        workflow = await self._store.get(workflow_id)
        used = {int(account_id) for step in workflow.steps for account_id in step.account_ids}
        used |= {int(one.of) for step in workflow.steps for one in step.when if one.of.isdecimal()}
        accounts = {
            str(account.id): {"marketplace": account.marketplace, "label": account.label}
            for account in await self._accounts()
            if account.id in used
        }
        return {**to_form(workflow), "accounts": accounts}

    async def read_export(self, form: Mapping[str, Any]) -> Workflow:
        """The workflow of an export, not saved yet: its accounts are found by marketplace and label, else by the
        marketplace alone where there is one; those that are not found are left out. UserMistake when it is none."""
        workflow = from_form(form)
        here = await self._accounts()
        ids = {}
        for number, about in dict(form.get("accounts") or {}).items():
            same = [account for account in here if account.marketplace == about.get("marketplace")]
            named = [account for account in same if account.label == about.get("label")]
            if named or len(same) == 1:
                ids[int(number)] = (named or same)[0].id
        return with_accounts(workflow, ids)

    async def _mend_schedules(self) -> None:
        """Bring the schedules in line with the workflows, should the program have ended between the two."""
        workflows = {workflow.id: workflow for workflow in await self._store.all()}
        for schedule in await self._schedules.all():
            if schedule.action.startswith(SCHEDULED) and workflow_of(schedule) not in workflows:
                await self._scheduler.remove(schedule.id)
        for workflow in workflows.values():
            timed = workflow.trigger.kind == ON_SCHEDULE and workflow.active
            if timed != bool(await self._schedules_of(workflow.id)):
                with contextlib.suppress(UserMistake):  # its only time has passed meanwhile
                    await self._keep_schedule(workflow)

    def _refuse(self, workflow: Workflow) -> None:
        findings = self.check(workflow)
        if findings:
            raise UserMistake(findings[0].message, hint=findings[0].fix)

    async def _schedules_of(self, workflow_id: WorkflowId) -> list[Schedule]:
        return [one for one in await self._schedules.all() if one.action == f"{SCHEDULED}{workflow_id}"]

    async def _keep_schedule(self, workflow: Workflow) -> None:
        """A timed workflow has one schedule while it is active, which the scheduler runs like the others."""
        present = await self._schedules_of(workflow.id)
        timing = workflow.trigger.timing
        if workflow.trigger.kind != ON_SCHEDULE or timing is None or not workflow.active:
            for schedule in present:
                await self._scheduler.remove(schedule.id)
            return
        kept = present[0] if present else Schedule(ScheduleId(0), "", f"{SCHEDULED}{workflow.id}", timing)
        scope = workflow.scope
        changed = replace(kept, name=workflow.name, timing=timing, status=scope.status, search=scope.search)
        if changed != kept:
            await self._scheduler.save(replace(changed, active=True))

    def _told(self) -> None:
        self.runner.tell()
        self.runner.wake()


def workflow_of(schedule: Schedule) -> WorkflowId:
    """The workflow that a schedule starts. UserMistake when it is none."""
    number = schedule.action.removeprefix(SCHEDULED)
    if not number.isdecimal():
        raise UserMistake(f"“{schedule.action}” is no workflow.")
    return WorkflowId(int(number))


def _open_batches(run: WorkflowRun) -> list[BatchId]:
    return [step.batch_id for step in run.steps if step.batch_id is not None and not step.state.is_final]
