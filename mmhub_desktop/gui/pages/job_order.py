"""The menu entries of the jobs page for what goes first and what is left out."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QMenu

from mmhub_desktop.domain.job import BatchJob, JobState, MarketplaceJob, MarketplaceTask, Priority
from mmhub_desktop.gui import theme
from mmhub_desktop.gui.tables.jobs_model import Item
from mmhub_desktop.gui.tables.jobs_outline import Node

LEVELS = (("Urgent", Priority.URGENT), ("Normal", Priority.NORMAL), ("Low", Priority.LOW))
Change = Callable[[Sequence[Node], int | None], None]


def add_order_menu(
    menu: QMenu, nodes: Sequence[Node], item_of: Callable[[Node], Item | None], change: Change
) -> None:  # fmt: skip
    """Entries for the selected rows; ``change`` is called with them and the priority, or None to skip jobs."""
    items = {node: item_of(node) for node in nodes}
    open_nodes = [node for node, item in items.items() if _is_open(item)]
    if open_nodes:
        priorities = {item.priority for item in items.values() if isinstance(item, BatchJob | MarketplaceJob)}
        order = menu.addMenu(theme.icon("list"), "Priority")
        for label, priority in LEVELS:
            entry = order.addAction(label)
            entry.setCheckable(True)
            entry.setChecked(priorities == {priority})
            entry.triggered.connect(partial(_call, change, open_nodes, int(priority)))
    skippable = [node for node, item in items.items() if _can_skip(item)]
    if skippable:
        skip = menu.addAction(theme.icon("ban"), "Skip" if len(skippable) == 1 else f"Skip {len(skippable)} jobs")
        skip.setToolTip("Leave it out for good; it counts as cancelled")
        skip.triggered.connect(partial(_call, change, skippable, None))


def _call(change: Change, nodes: Sequence[Node], priority: int | None, _checked: bool = False) -> None:
    change(nodes, priority)


def _is_open(item: Item | None) -> bool:
    return item is not None and not isinstance(item, MarketplaceTask) and not item.state.is_final


def _can_skip(item: Item | None) -> bool:
    return isinstance(item, MarketplaceJob) and item.state in (JobState.FAILED, JobState.PENDING, JobState.PAUSED)
