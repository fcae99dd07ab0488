"""Carries runs of workflows from step to step, beside the engine; all it knows is in the store.

It looks when something has happened: a batch of a step ended, a run began, products changed, a time has come. Whatever
it does is one transaction, and what it was about to do when the program ended is found again at the next start.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from mmhub_desktop.domain.ids import AccountId, BatchId, ProductId, WorkflowId, WorkflowRunId
from mmhub_desktop.domain.step_kind import Ended, Later, StepContext, StepKind, Submit
from mmhub_desktop.domain.workflow import WorkflowStep
from mmhub_desktop.domain.workflow_check import check, with_titles
from mmhub_desktop.domain.workflow_facts import ON_IMPORT, ON_QUANTITY
from mmhub_desktop.domain.workflow_run import RunState, StepRun, StepState, WorkflowRun
from mmhub_desktop.errors import MmhubError, WorkspaceError
from mmhub_desktop.events import Bus, Notice, ProductsChanged, WorkflowsChanged
from mmhub_desktop.jobs.clock import Clock, SystemClock, Timer
from mmhub_desktop.jobs.engine import Engine
from mmhub_desktop.store.job_planning import AtPlan
from mmhub_desktop.store.workflow_events import Waiting
from mmhub_desktop.store.workflow_runs import WorkflowRunStore
from mmhub_desktop.store.workflow_steps import StepTaken, note_planned
from mmhub_desktop.store.workflows import WorkflowStore

LONGEST_SLEEP_S = 60.0  # look at the clock at least so often: it may have been set
TRY_AGAIN_S = 5.0  # after the store could not be written
FOLLOW_UPS = 3  # runs in a row that are started only by quantities that changed during the run before

_log = logging.getLogger("mmhub.workflows")

SubmitWork = Callable[[Submit, AtPlan], Awaitable[BatchId]]
"""Plans a step's work, and writes something else in the same transaction."""


class WorkflowRunner:
    """Lives on the loop, like the engine whose batches it waits for."""

    def __init__(
        self,
        store: WorkflowStore,
        runs: WorkflowRunStore,
        engine: Engine,
        submit: SubmitWork,
        bus: Bus,
        *,
        kinds: Callable[[], Mapping[str, StepKind]],
        accounts: Callable[[], Collection[AccountId]],
        parts: Any = None,
        clock: Clock | None = None,
    ) -> None:
        self._store = store
        self._runs = runs
        self._engine = engine
        self._submit = submit
        self._bus = bus
        self._kinds = kinds
        self._accounts = accounts
        self._parts = parts
        self._clock: Clock = clock or SystemClock()
        self._woken = asyncio.Event()
        self._changed = asyncio.Event()  # replaced each time something of a run was written
        self._timer: Timer | None = None
        self._task: asyncio.Task[None] | None = None
        self._triggers = True
        self._calls: dict[int, asyncio.Task[None]] = {}  # by the id of the step of a run
        self._watched: dict[BatchId, asyncio.Task[None]] = {}
        self._resting: set[WorkflowId] = set()  # those of which it was told that they wait for a change from outside
        self._unsubscribe: Callable[[], None] | None = None

    def start(self, *, triggers: bool = True) -> None:
        """Go on with open runs; with ``triggers`` also start what imports and changed quantities ask for."""
        if self._task is None:
            self._triggers = triggers
            self._unsubscribe = self._bus.subscribe(ProductsChanged, lambda _: self.wake())
            self._task = asyncio.get_running_loop().create_task(self._keep_looking(), name="workflows")
            self.wake()

    async def stop(self, grace_s: float = 5.0) -> None:
        """Begin nothing more. Steps that are being planned are finished, others get ``grace_s``, then are repeated
        at the next start."""
        if self._unsubscribe is not None:
            self._unsubscribe()
        for task in (self._task, *self._watched.values()):
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        if self._calls:
            await asyncio.wait(self._calls.values(), timeout=grace_s)
            for call in self._calls.values():
                call.cancel()
            await asyncio.gather(*self._calls.values(), return_exceptions=True)
        if self._timer is not None:
            self._timer.cancel()
        self._task = None

    def wake(self) -> None:
        """Something happened that runs may wait for. Cheap, call it freely."""
        self._woken.set()

    async def wait_run(self, run_id: WorkflowRunId) -> WorkflowRun:
        """Until a run has ended and nothing of it is under way, and the run then."""
        while True:
            changed = self._changed
            run = await self._store.run(run_id)
            if run.state.is_final and all(step.state.is_final for step in run.steps):
                return run
            await changed.wait()

    def tell(self) -> None:
        """Something of a run or workflow was written."""
        self._changed.set()
        self._changed = asyncio.Event()
        self._bus.publish(WorkflowsChanged())

    async def look(self) -> float:
        """Do what can be done now; the seconds until something is due."""
        if self._triggers:
            await self.start_waiting()
        wait_s = LONGEST_SLEEP_S
        for run in await self._store.open_runs():
            wait_s = min(wait_s, await self._advance(run))
        return wait_s

    async def start_waiting(self) -> None:
        """Start the workflows that imports and changed quantities ask for."""
        for waiting in await self._runs.waiting():
            await self._start(waiting)

    async def _keep_looking(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            try:
                wait_s = await self.look()
            except Exception:  # noqa: BLE001 - the store may be full or locked: it is tried again
                _log.exception("the workflows could not be looked at")
                wait_s = TRY_AGAIN_S
            self._wake_in(wait_s)

    def _wake_in(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._clock.call_later(max(0.001, seconds), self.wake)

    async def _start(self, waiting: Waiting) -> None:
        """Start a workflow for what has happened, unless it is not meant any more or must wait."""
        workflow = await self._store.get(waiting.workflow_id)
        chain = 0
        if not waiting.event_id:
            if await self._store.has_open_run(workflow.id):
                return  # its end comes back here
            if waiting.only_own:
                chain = await self._runs.last_chain(workflow.id) + 1
            if chain > FOLLOW_UPS:
                self._tell_resting(workflow.id, workflow.name)
                return
        self._resting.discard(workflow.id)
        found = await self._runs.find(waiting, workflow.scope)
        if not workflow.active or workflow.trigger.kind != (ON_IMPORT if waiting.event_id else ON_QUANTITY):
            await self._runs.forget(found.consumed)
            return
        findings = check(workflow, self._kinds(), self._accounts())
        cause = f"import of {waiting.file_name}" if waiting.event_id else "quantities changed"
        refused = f"{findings[0].message} {findings[0].fix}" if findings else ""
        run_id = await self._runs.begin(
            with_titles(workflow, self._kinds()), found.product_ids, cause, chain=chain, consumed=found.consumed,
            refused=refused,
        )  # fmt: skip
        if run_id is not None:
            self.tell()
            if refused:
                self._bus.publish(Notice("err", f"“{workflow.name}” could not start. {refused}"))

    def _tell_resting(self, workflow_id: WorkflowId, name: str) -> None:
        if workflow_id not in self._resting:
            self._resting.add(workflow_id)
            self._bus.publish(
                Notice(
                    "warn", f"“{name}” seems to start itself: each run was followed by changes of its own products.",
                    "It runs again when a quantity changes while it is not at work.",
                )
            )  # fmt: skip

    async def _advance(self, run: WorkflowRun) -> float:
        """Do for a run what can be done now; the seconds until something of it is due."""
        wait_s = LONGEST_SLEEP_S
        states = {step.key: step.state for step in run.steps}
        for step_run in run.steps:
            step = run.workflow.step(step_run.key)
            if step_run.state.is_final:
                continue
            if step_run.batch_id is not None:
                await self._follow(run, step_run, step, step_run.batch_id)
            elif run.state is RunState.RUNNING and step_run.id not in self._calls:
                if step_run.state is StepState.WAITING:
                    if all(states[key].is_final for key in step.after):
                        self._call(step_run.id, self._begin(run, step_run, step))
                else:
                    due_s = (step_run.ready_at - self.now()).total_seconds() if step_run.ready_at else 0.0
                    if due_s <= 0:
                        self._call(step_run.id, self._begin(run, step_run, step))
                    wait_s = min(wait_s, due_s) if due_s > 0 else wait_s
        if not run.state.is_final and all(state.is_final for state in states.values()):
            await self._finish(run)
        return wait_s

    async def _follow(self, run: WorkflowRun, step_run: StepRun, step: WorkflowStep, batch_id: BatchId) -> None:
        """Note the end of a step's batch, or wait for it; end it where the run has ended."""
        if await self._runs.collect(step_run.id, run.id, step):
            self.tell()
            self.wake()
        elif batch_id not in self._watched:
            task = asyncio.get_running_loop().create_task(self._await_end(batch_id, cancel=run.state.is_final))
            self._watched[batch_id] = task
        elif run.state.is_final:
            await self._engine.cancel_batch(batch_id)

    async def _await_end(self, batch_id: BatchId, *, cancel: bool) -> None:
        try:
            if cancel:
                await self._engine.cancel_batch(batch_id)
            await self._engine.wait_batch(batch_id)
        finally:
            del self._watched[batch_id]
            self.wake()

    async def _finish(self, run: WorkflowRun) -> None:
        state = await self._runs.finish(run.id)
        if state is None:
            return
        self.tell()
        self.wake()  # changed quantities may have waited for its end
        ended = await self._store.run(run.id)
        name, products = run.workflow.name, f"{run.products:,} product{'' if run.products == 1 else 's'}"
        if state is RunState.COMPLETED:
            self._bus.publish(Notice("ok", f"“{name}” has ended: {products}.", ended.said))
        else:
            self._bus.publish(Notice("err" if state is RunState.FAILED else "warn", f"“{name}”: {ended.said}"))

    def _call(self, step_id: int, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._calls[step_id] = task
        task.add_done_callback(partial(self._called, step_id))

    def _called(self, step_id: int, task: asyncio.Task[None]) -> None:
        del self._calls[step_id]
        if task.cancelled():
            return
        if task.exception() is None:
            self.tell()
            self.wake()
        else:
            _log.error("a step of a workflow could not be written", exc_info=task.exception())
            self._clock.call_later(TRY_AGAIN_S, self.wake)

    async def _begin(self, run: WorkflowRun, step_run: StepRun, step: WorkflowStep) -> None:
        """Begin a step, or call one again that had begun."""
        begun = step_run.state is StepState.RUNNING
        ids = await self._runs.products_of(run.id, step, begun=begun)
        with contextlib.suppress(StepTaken):
            if not ids and not begun:
                met = " and met its conditions" if step.when else ""
                await self._runs.pass_by(step_run.id, f"No product came so far{met}.")
                return
            try:
                await self._do(run, step_run, step, ids)
            except (StepTaken, WorkspaceError):
                raise
            except Exception as error:  # noqa: BLE001 - also foreign code: a broken step fails, nothing else
                if not isinstance(error, MmhubError):
                    _log.error("the step %s of a workflow is broken", step.kind, exc_info=error)
                said = str(error) if isinstance(error, MmhubError) else _words(error)
                await self._runs.fail_step(step_run.id, run.id, step, len(ids), said)

    async def _do(self, run: WorkflowRun, step_run: StepRun, step: WorkflowStep, ids: tuple[ProductId, ...]) -> None:
        begun = step_run.state is StepState.RUNNING
        kind = self._kinds().get(step.kind)
        if kind is None:
            raise MmhubError(f"This program has no step “{step.kind}”.", hint="Install the package that added it.")
        if kind.has_effect and not begun:
            await self._runs.begin_step(step_run.id, run.id, step.key, ids)
        title = f"{run.workflow.name}: {step.title}"
        defaults = {option.key: option.default for option in kind.fields}
        context = StepContext(
            run.workflow_id, run.workflow.name, run.id, step.key, title, ids, step.account_ids,
            {**defaults, **step.options}, run.workflow.priority, step_run.started_at or self.now(), self.now(), begun,
            self._parts,
        )  # fmt: skip
        async with asyncio.timeout(kind.timeout_s):
            result = await kind.run(context)
        if isinstance(result, Submit):
            await self._submit(result, lambda c, batch_id: note_planned(c, step_run.id, batch_id, len(ids)))
        elif isinstance(result, Later):
            if not begun and not kind.has_effect:
                await self._runs.begin_step(step_run.id, run.id, step.key, ids)
            await self._runs.put_off(step_run.id, result.at, result.said)
        elif isinstance(result, Ended):
            await self._runs.end_step(step_run.id, run.id, step, ids, result.failed, result.said, result.message)
        else:
            raise TypeError(f"a step of the kind {step.kind} answered {result!r}")

    def drop_calls(self, run: WorkflowRun) -> None:
        """The run was cancelled: steps of it that are being called are not waited for."""
        for step in run.steps:
            call = self._calls.get(step.id)
            if call is not None:
                call.cancel()

    def now(self) -> datetime:
        """The present time."""
        return datetime.fromtimestamp(self._clock.now(), UTC)


def _words(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "The step took too long and was ended."
    return "The step made a mistake; the log says more."
