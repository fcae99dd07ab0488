"""The seller's hand on the rows of the job tree: what is asked first, and the engine's verbs one after another."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from mmhub_desktop.domain.ids import BatchId, JobId
from mmhub_desktop.domain.job import BatchJob, JobState
from mmhub_desktop.domain.job_filter import JobFilter
from mmhub_desktop.gui.dialogs.confirm import confirm
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.tables.jobs_delegate import CANCEL, PAUSE, Control, controls_of
from mmhub_desktop.gui.tables.jobs_model import Item
from mmhub_desktop.gui.tables.jobs_outline import Level, Node
from mmhub_desktop.gui.words import counted


class JobHand:
    """Acts on nodes of the tree. ``item_of`` tells what stands in a row, ``parent`` carries the questions."""

    def __init__(self, context: GuiContext, parent: QWidget, item_of: Callable[[Node], Item | None]) -> None:
        self._context = context
        self._parent = parent
        self._item_of = item_of

    def able(self, control: Control, nodes: Sequence[Node]) -> list[Node]:
        """Those of the rows that can be paused, cancelled …; jobs whose batch is among them are left out."""
        wanted = [node for node in nodes if control in controls_of(self._item_of(node))]
        batches = {node.batch_id for node in wanted if node.level is Level.BATCH}
        return [node for node in wanted if node.level is Level.BATCH or node.batch_id not in batches]

    async def control(self, control: Control, nodes: Sequence[Node]) -> bool:
        """Pause, resume, retry or cancel; False when the seller thought better of it."""
        if control is CANCEL and not await self._may_cancel(nodes):
            return False
        engine = self._context.workspace.engine
        for node in nodes:
            if node.level is Level.BATCH:
                await getattr(engine, f"{control.verb}_batch")(node.batch_id)
            else:
                await getattr(engine, f"{control.verb}_job")(node.job_id)
        if control is CANCEL:
            await self._tell_under_way(nodes)
        return True

    async def change_order(self, nodes: Sequence[Node], priority: int) -> None:
        """Let batches and jobs go before or after others."""
        engine = self._context.workspace.engine
        for node in nodes:
            if node.level is Level.BATCH:
                await engine.prioritize_batch(BatchId(node.batch_id), priority)
            else:
                await engine.prioritize_job(JobId(node.job_id), priority)

    async def skip(self, nodes: Sequence[Node]) -> None:
        """Leave out jobs, what has not begun of batches, and single steps, for good."""
        engine = self._context.workspace.engine
        count = 0
        for node in nodes:
            if node.level is Level.BATCH:
                count += await engine.skip_batch(BatchId(node.batch_id))
            elif node.level is Level.JOB:
                count += await engine.skip_job(JobId(node.job_id))
            else:
                await engine.skip_step(JobId(node.job_id))
        if any(node.level is Level.BATCH for node in nodes):
            hint = "What had begun goes on to its end."
            self._context.window.notify("info", f"{counted(count, 'job')} skipped.", hint, key="skip")

    async def pause_all(self) -> None:
        """Pause every batch that can be."""
        jobs, engine = self._context.workspace.jobs, self._context.workspace.engine
        active = JobFilter(frozenset({JobState.PENDING, JobState.RUNNING}))
        for batch in await jobs.batches(await jobs.batch_ids(active)):
            if PAUSE in controls_of(batch):
                await engine.pause_batch(batch.id)

    async def _may_cancel(self, nodes: Sequence[Node]) -> bool:
        left = 0
        for node in nodes:
            item = self._item_of(node)
            left += item.total - item.done if isinstance(item, BatchJob) else 1
        if left <= 1:
            return True
        text = "What is already listed stays listed. Steps that are running now are finished first."
        return await confirm(
            self._parent, f"Cancel {counted(left, 'job')}?", text, f"Cancel {counted(left, 'job')}", refuse="Keep"
        )

    async def _tell_under_way(self, nodes: Sequence[Node]) -> None:
        """Say what the cancel waits for: calls that are under way cannot be taken back."""
        jobs = self._context.workspace.jobs
        waits = sum(
            batch.stopping
            for batch in await jobs.batches([node.batch_id for node in nodes if node.level is Level.BATCH])
        )
        waits += sum(
            job.stopping is not None
            for job in await jobs.jobs([node.job_id for node in nodes if node.level is Level.JOB])
        )
        if waits:
            self._context.window.notify(
                "info", f"Cancelled. {counted(waits, 'job')} still in the middle of a step.",
                "What is under way cannot be taken back: each ends as cancelled when its step has ended.", key="cancel",
            )  # fmt: skip
