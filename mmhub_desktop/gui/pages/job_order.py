"""The menu entries of the jobs page for what goes first and what is left out."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtWidgets import QMenu

from mmhub_desktop.actions import ACTIONS
from mmhub_desktop.domain.job import BatchJob, JobState, MarketplaceJob, MarketplaceTask, Priority
from mmhub_desktop.gui import theme
from mmhub_desktop.gui.tables.jobs_model import Item
from mmhub_desktop.gui.tables.jobs_outline import Level, Node
from mmhub_desktop.gui.tables.jobs_words import order_words

LEVELS = (("Urgent", Priority.URGENT), ("Normal", Priority.NORMAL), ("Low", Priority.LOW))
ItemOf = Callable[[Node], Item | None]


def add_order_menu(
    menu: QMenu,
    nodes: Sequence[Node],
    item_of: ItemOf,
    change: Callable[[Sequence[Node], int], None],
    skip: Callable[[Sequence[Node]], None],
) -> None:
    """Entries for the selected rows: ``change`` is called with rows and a priority, ``skip`` with rows to leave out."""
    items = {node: item_of(node) for node in nodes}
    open_nodes = [node for node, item in items.items() if _is_open(item)]
    if open_nodes:
        priorities = {item.priority for item in items.values() if isinstance(item, BatchJob | MarketplaceJob)}
        order = menu.addMenu(theme.icon("list"), "Priority")
        for label, priority in LEVELS:
            entry = order.addAction(label)
            entry.setCheckable(True)
            entry.setChecked(priorities == {priority})
            entry.triggered.connect(partial(_call, partial(change, open_nodes, int(priority))))
    elif items and all(isinstance(item, MarketplaceTask) for item in items.values()):
        job = item_of(_job_of(nodes[0]))
        if isinstance(job, MarketplaceJob):
            menu.addAction(f"Priority: as its job, {order_words(job.priority)}").setEnabled(False)
    skippable = [node for node, item in items.items() if can_skip(node, item, item_of)]
    if skippable:
        entry = menu.addAction(theme.icon("ban"), _skip_words(skippable))
        entry.triggered.connect(partial(_call, partial(skip, skippable)))


def can_skip(node: Node, item: Item | None, item_of: ItemOf) -> bool:
    """Whether a row can be left out: open batches, jobs that failed or wait, and the step a job has come to when its
    action can do without it."""
    if isinstance(item, BatchJob):
        return not item.state.is_final
    if isinstance(item, MarketplaceJob):
        return item.state in _STANDS
    job = item_of(_job_of(node))
    if item is None or not isinstance(job, MarketplaceJob) or job.state not in _STANDS:
        return False
    before = [item_of(replace(node, task=place)) for place in range(node.task)]
    is_next = item.state is not JobState.COMPLETED and all(
        step is not None and step.state is JobState.COMPLETED for step in before
    )
    action = ACTIONS.get(job.action)
    kind = action.kinds.get(item.kind) if action else None
    return is_next and kind is not None and kind.may_skip


def _skip_words(nodes: Sequence[Node]) -> str:
    if len(nodes) > 1:
        return f"Skip {len(nodes)}"
    return {Level.BATCH: "Skip what has not begun", Level.JOB: "Skip", Level.TASK: "Skip this step"}[nodes[0].level]


def _call(act: Callable[[], None], _checked: bool = False) -> None:
    act()


def _job_of(node: Node) -> Node:
    return Node(Level.JOB, node.batch_id, node.job_id)


def _is_open(item: Item | None) -> bool:
    return item is not None and not isinstance(item, MarketplaceTask) and not item.state.is_final


_STANDS = (JobState.FAILED, JobState.PENDING, JobState.PAUSED)
