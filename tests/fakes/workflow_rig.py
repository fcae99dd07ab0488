"""Workflows on a real workspace file: the engine with two small actions, the runner, a clock turned by hand."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from mmhub_desktop.domain.ids import AccountId, BatchId, ProductId, SubscriptionId, WorkflowId, WorkflowRunId
from mmhub_desktop.domain.job import BatchJob, WorkRequest
from mmhub_desktop.domain.marketplace import Account, AccountKind
from mmhub_desktop.domain.schedule import Schedule
from mmhub_desktop.domain.step_kind import StepContext, StepKind, StepResult, Submit
from mmhub_desktop.domain.webhook import AVAILABLE, Message, Subscription
from mmhub_desktop.domain.workflow import Condition, Operator, Workflow, WorkflowStep
from mmhub_desktop.domain.workflow_run import WorkflowRun
from mmhub_desktop.errors import Rejected
from mmhub_desktop.events import Bus, Notice, WorkflowsChanged
from mmhub_desktop.jobs.action import Action, JsonResult, TaskContext, TaskKind
from mmhub_desktop.jobs.engine import Engine
from mmhub_desktop.jobs.lane import LaneSettings
from mmhub_desktop.jobs.plan import plan_whole
from mmhub_desktop.jobs.scheduler import Scheduler
from mmhub_desktop.jobs.workflow_runner import WorkflowRunner
from mmhub_desktop.jobs.workflows import Workflows
from mmhub_desktop.store.accounts import AccountStore
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.job_planning import AtPlan
from mmhub_desktop.store.jobs import JobStore
from mmhub_desktop.store.outbox import OutboxStore
from mmhub_desktop.store.products import ProductStore
from mmhub_desktop.store.schedules import ScheduleStore
from mmhub_desktop.store.workflow_runs import WorkflowRunStore
from mmhub_desktop.store.workflows import WorkflowStore
from tests.fakes.clock import FakeClock
from tests.fakes.shop import lamp


def step(key: str, *after: str, kind: str = "local", when: tuple[Condition, ...] = (), **more: Any) -> WorkflowStep:
    """A step of the rig's local action unless told otherwise."""
    return WorkflowStep(key, kind, after=after, when=when, **more)


def when(field: str, operator: Operator, value: str) -> tuple[Condition, ...]:
    """One condition."""
    return (Condition(field, operator, value),)


class WorkflowRig:
    """Everything of one workspace that workflows touch. ``ran`` lists what the actions did: (step title, product,
    account); ``bad`` names what fails: (step title or account, product)."""

    def __init__(self, path: Path) -> None:
        self.db = Database.open(path)
        self.bus = Bus()
        self.clock = FakeClock()
        self.jobs = JobStore(self.db)
        self.products = ProductStore(self.db)
        self.accounts = AccountStore(self.db)
        self.outbox = OutboxStore(self.db)
        self.runs = WorkflowRunStore(self.db)
        self.notices: list[Notice] = []
        self.ran: list[tuple[str, int, int | None]] = []
        self.bad: set[tuple[str | int, int]] = set()
        self.gate: asyncio.Event | None = None
        self.account_ids: list[AccountId] = []
        self.bus.subscribe(Notice, self.notices.append)
        self.actions = {name: self._action(name) for name in ("local", "remote")}
        self.engine = Engine(
            self.jobs, self.actions, self.bus, lanes=lambda _: LaneSettings(4), parts=self, clock=self.clock
        )
        self.kinds = {name: self._kind(name) for name in self.actions}
        self.scheduler = Scheduler(ScheduleStore(self.db), self._run_schedule, self.bus, clock=self.clock)
        store = WorkflowStore(self.db)
        self.runner = WorkflowRunner(
            store, self.runs, self.engine, self._submit, self.bus, kinds=lambda: self.kinds,
            accounts=lambda: self.account_ids, parts=self, clock=self.clock,
        )  # fmt: skip
        self.workflows = Workflows(
            store, self.runs, self.runner, self.engine, self.scheduler, ScheduleStore(self.db), self.bus,
            kinds=self.kinds, broken_kinds=(), accounts=self.accounts.all, known_accounts=lambda: self.account_ids,
        )  # fmt: skip

    async def start(self) -> None:
        """Run."""
        self.account_ids = [account.id for account in await self.accounts.all()]
        await self.engine.start()
        await self.workflows.start()

    async def close(self) -> None:
        """Stop and close the file."""
        await self.scheduler.stop()
        await self.runner.stop(0.05)
        stopping = asyncio.ensure_future(self.engine.stop(0.0))
        while not stopping.done():
            await asyncio.sleep(0)
            self.clock.advance(1)
        await stopping
        self.db.close()

    async def add(self, count: int = 3, **changes: Any) -> tuple[ProductId, ...]:
        """Products."""
        first = await self.products.count() + 1
        return tuple([await self.products.save(lamp(n, **changes)) for n in range(first, first + count)])

    async def add_accounts(self, count: int = 2) -> tuple[AccountId, ...]:
        """Accounts of no real marketplace."""
        for number in range(count):
            account = Account(AccountId(0), "nowhere", f"Shop {number}", AccountKind.PRACTICE)
            self.account_ids.append((await self.accounts.add(account)).id)
        return tuple(self.account_ids)

    async def save(self, *steps: WorkflowStep, name: str = "Night", **more: Any) -> Workflow:
        """Keep a workflow."""
        return await self.workflows.save(Workflow(WorkflowId(0), name, steps, **more))

    async def do(self, *steps: WorkflowStep, products: tuple[ProductId, ...] | None = None) -> WorkflowRun:
        """Save a workflow, run it to its end."""
        workflow = await self.save(*steps)
        return await self.end(await self.workflows.run(workflow.id, products))

    async def end(self, run_id: WorkflowRunId) -> WorkflowRun:
        """The run when it has ended."""
        return await asyncio.wait_for(self.workflows.wait_run(run_id), 20)

    async def until(self, done: Callable[[list[WorkflowRun]], bool]) -> list[WorkflowRun]:
        """All runs, the newest first, as soon as they are as wished; looked at whenever one has moved on."""
        moved = asyncio.Event()
        with contextlib.ExitStack() as stack:
            stack.callback(self.bus.subscribe(WorkflowsChanged, lambda _: moved.set()))
            async with asyncio.timeout(20):
                while not done(runs := await self.workflows.runs()):
                    await moved.wait()
                    moved.clear()
        return runs

    async def settled(self) -> list[WorkflowRun]:
        """All runs once the runner has nothing to do any more."""
        while self.runner._woken.is_set() or self.runner._calls:
            await self.db.write(lambda _: None)
            await asyncio.sleep(0)
        await self.runner.look()
        return await self.workflows.runs()

    async def listen(self) -> SubscriptionId:
        """Somebody who wants to be told everything."""
        subscription = Subscription(SubscriptionId(0), "http://127.0.0.1:9/hook", AVAILABLE)
        return (await self.outbox.add(subscription)).id

    async def told(self, subscription: SubscriptionId) -> list[Message]:
        """What is told of workflows, in order."""
        messages = await self.outbox.messages(subscription)
        return sorted((one for one in messages if "workflow" in one.event_type), key=lambda one: one.id)

    async def batches(self) -> list[BatchJob]:
        """All batches in order."""
        return await self.jobs.batches(sorted(await self.jobs.batch_ids()))

    def _kind(self, name: str) -> StepKind:
        async def plan(context: StepContext) -> StepResult:
            options = {"step": context.key}
            return Submit(WorkRequest(name, context.product_ids, context.account_ids, context.title, options))

        return StepKind(name, name.title(), plan, needs_accounts=name == "remote")

    def _action(self, name: str) -> Action:
        async def work(context: TaskContext) -> JsonResult | None:
            key = str(context.options["step"])
            if self.gate is not None:
                await self.gate.wait()
            self.ran.append((key, context.product_id, context.account_id))
            if {(key, context.product_id), (context.account_id or 0, context.product_id)} & self.bad:
                raise Rejected("The title is too long.", original="title: 61 > 60")
            return None

        return Action(name, name.title(), name.title(), (TaskKind("work", "Work", work),), per_account=name == "remote")

    async def _submit(self, work: Submit, also: AtPlan) -> BatchId:
        created = await plan_whole(self.jobs, work.request, self.actions[work.request.action], also=also)
        self.engine.replaced(created)
        return created.batch_id

    async def _run_schedule(self, schedule: Schedule, _beside: str, also: AtPlan) -> BatchId | str:
        return await self.workflows.run_scheduled(schedule, also)


@contextlib.asynccontextmanager
async def open_rig(path: Path, *, run: bool = True) -> AsyncIterator[WorkflowRig]:
    """A rig on this file, running unless told otherwise."""
    rig = WorkflowRig(path)
    try:
        if run:
            await rig.start()
        yield rig
    finally:
        await rig.close()
