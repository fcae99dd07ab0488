"""Feeds the details beside the job tree: the item itself at once, its calls and its timeline when they have come."""

from mmhub_desktop.domain.job import MarketplaceJob, MarketplaceTask
from mmhub_desktop.gui.pages.job_detail import JobDetail
from mmhub_desktop.gui.pages.job_timeline import read_timeline
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.tables.jobs_model import Item, JobsModel
from mmhub_desktop.gui.tables.jobs_outline import Node


class JobReading:
    """Lives as long as the page. The timeline is read at once for another item, else when ``read_past`` is called."""

    def __init__(self, context: GuiContext, model: JobsModel, detail: JobDetail) -> None:
        self._context = context
        self._model = model
        self._detail = detail
        self._item: Item | None = None
        self._past_due = False  # the item has changed since its timeline was read

    def show(self, node: Node | None) -> None:
        """Show what stands in a row, as far as it is here."""
        item = self._model.item(node) if node else None
        account = ""
        if isinstance(item, MarketplaceJob):
            account = self._model.account_labels.get(item.account_id or 0, "")
        is_new = self._detail.show_item(item, self._model.title(item) if item else "", account)
        before, self._item = self._item, item
        if not is_new or item is None:
            return
        self._past_due = True
        if before is None or (type(before), before.id) != (type(item), item.id):
            self._context.spawn(self.read_past(), "Read the timeline")
        if isinstance(item, MarketplaceJob | MarketplaceTask):
            self._context.spawn(self._read_calls(item), "Read the calls")

    async def read_past(self) -> None:
        """Read the timeline again, if something has changed since and somebody looks."""
        item = self._item
        if item is not None and self._past_due and self._detail.isVisible():
            self._past_due = False
            show = await read_timeline(self._context.workspace, item, self._model.task_label)
            self._detail.show_past(item, show)

    async def _read_calls(self, item: MarketplaceJob | MarketplaceTask) -> None:
        """What a job, or one of its steps, said to the marketplace."""
        job_id = item.id if isinstance(item, MarketplaceJob) else item.job_id
        calls = await self._context.workspace.calls.of_job(job_id)
        if isinstance(item, MarketplaceTask):
            calls = [call for call in calls if call.task_id == item.id]
        self._detail.show_calls(item, calls, self._step_label)

    def _step_label(self, operation: str) -> str:
        return self._model.task_label(operation.rpartition(".")[2])
