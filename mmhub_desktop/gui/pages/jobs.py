"""The jobs page: what runs, how far it is, why something waits or failed, and the seller's hand on it."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QMenu, QSplitter, QStackedWidget

from mmhub_desktop.actions import ACTIONS
from mmhub_desktop.domain.ids import BatchId, JobId
from mmhub_desktop.domain.job import BatchJob, JobState, MarketplaceJob, MarketplaceTask
from mmhub_desktop.events import AccountsChanged, BatchesProgressed, ConnectivityChanged, Event, TasksSettled
from mmhub_desktop.gui import theme
from mmhub_desktop.gui.dialogs.confirm import confirm
from mmhub_desktop.gui.pages.causes import CausesView
from mmhub_desktop.gui.pages.job_detail import JobDetail
from mmhub_desktop.gui.pages.job_order import add_order_menu
from mmhub_desktop.gui.pages.lanes import lane_words
from mmhub_desktop.gui.pages.page import GuiContext, Page
from mmhub_desktop.gui.tables.jobs_delegate import CANCEL, CONTROLS, PAUSE, Control, controls_of
from mmhub_desktop.gui.tables.jobs_model import Item, JobsModel
from mmhub_desktop.gui.tables.jobs_outline import Level, Node
from mmhub_desktop.gui.tables.jobs_view import JobsView
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.card import Card
from mmhub_desktop.gui.widgets.empty import EmptyState
from mmhub_desktop.gui.widgets.header import PageHeader
from mmhub_desktop.gui.words import counted, number

FILTERS: tuple[tuple[str, frozenset[JobState]], ...] = (
    ("All", frozenset()),
    ("In progress", frozenset({JobState.PENDING, JobState.RUNNING, JobState.PAUSED})),
    ("Failed", frozenset({JobState.FAILED})),
    ("Done", frozenset({JobState.COMPLETED})),
    ("Cancelled", frozenset({JobState.CANCELLED})),
)
NO_JOBS = ("No jobs yet", "Select products and publish or enhance them: what runs, waits or fails is shown here.")
_TICK_MS = 1_000
_SHORTCUTS = {"pause": "Ctrl+P", "resume": "Ctrl+Shift+P", "retry": "Ctrl+R", "cancel": "Del"}


class JobsPage(Page):
    """Batch → job → task, live. Only the rows on the screen are read again when something happens."""

    refresh_on: ClassVar[tuple[type[Event], ...]] = (
        TasksSettled, BatchesProgressed, AccountsChanged, ConnectivityChanged,
    )  # fmt: skip

    def __init__(self, context: GuiContext) -> None:
        super().__init__(context)
        self.setAccessibleName("Jobs")
        self.model = JobsModel(
            context.workspace.jobs, context.spawn, seconds_left=context.workspace.engine.seconds_left, parent=self
        )
        self.view = JobsView(self.model)
        self.detail = JobDetail()
        self.header = PageHeader("Jobs")
        self.body.addWidget(self.header)
        self.actions_by_verb = {control.verb: self._make_action(control) for control in CONTROLS}
        self.pause_all = Button("Pause all", "pause")
        self.pause_all.clicked.connect(lambda: self.context.spawn(self._pause_all(), "Pause all jobs"))
        self.header.add(self.pause_all)
        self.filter_buttons: list[Button] = []
        self._stack = QStackedWidget()
        self._stack.addWidget(self._lay_out_list())
        self._empty = EmptyState("list-checks", *NO_JOBS)
        go = Button("Go to products", "package", "primary")
        go.clicked.connect(lambda: context.window.show_page("products"))
        self._empty.add(go)
        self._empty_button = go
        self._stack.addWidget(self._empty)
        self.causes = CausesView(context)
        self.causes.retried.connect(self.request_refresh)
        self.causes.product_wanted.connect(lambda id_: context.window.show_page("products", product=id_))
        self._stack.addWidget(self.causes)
        self.body.addLayout(self._lay_out_bar())
        self.body.addWidget(self._stack, 1)
        self._wire()
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._second_passed)
        self._moved = True  # jobs have moved since the numbers were read
        self._reading: asyncio.Task[Any] | None = None
        self._counts: dict[JobState, int] = {}
        self._choose(None)
        self.setFocusProxy(self.view)

    # Building

    def _lay_out_bar(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        group = QButtonGroup(self)
        for name, states in FILTERS:
            button = Button(name, kind="quiet")
            button.setCheckable(True)
            button.setAccessibleName(f"Show jobs: {name}")
            button.clicked.connect(partial(self.set_filter, states))
            group.addButton(button)
            row.addWidget(button)
            self.filter_buttons.append(button)
        self.filter_buttons[0].setChecked(True)
        self.cause_button = Button("By cause", kind="quiet")
        self.cause_button.setCheckable(True)
        self.cause_button.setAccessibleName("Show failed jobs by cause")
        self.cause_button.clicked.connect(self._show_causes)
        group.addButton(self.cause_button)
        row.addWidget(self.cause_button)
        row.addStretch(1)
        for control in CONTROLS:
            button = Button(control.batch_label or control.label, control.icon, "quiet")
            action = self.actions_by_verb[control.verb]
            button.clicked.connect(action.trigger)
            action.enabledChanged.connect(button.setEnabled)
            button.setEnabled(False)
            button.setToolTip(f"{control.label} the selected jobs ({_SHORTCUTS[control.verb]})")
            row.addWidget(button)
        return row

    def _lay_out_list(self) -> QSplitter:
        card = Card()
        card.body.setContentsMargins(1, 6, 1, 6)
        card.body.addWidget(self.view)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setHandleWidth(16)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(card)
        splitter.addWidget(self.detail)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 2)
        self.detail.setMinimumWidth(300)
        self.detail.hide()
        return splitter

    def _make_action(self, control: Control) -> QAction:
        action = QAction(theme.icon(control.icon), control.batch_label or control.label, self)
        action.setShortcut(QKeySequence(_SHORTCUTS[control.verb]))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.setEnabled(False)
        action.triggered.connect(lambda: self.control(control, self.view.nodes()))
        self.addAction(action)
        return action

    def _wire(self) -> None:
        self.view.chosen.connect(self._choose)
        self.view.open_wanted.connect(lambda node: self.context.spawn(self.model.open(node), "Open the job"))
        self.view.controlled.connect(lambda control, node: self.control(control, [node]))
        self.view.menu_wanted.connect(self._show_menu)
        self.view.selectionModel().selectionChanged.connect(lambda *_: self._enable_actions())
        self.model.dataChanged.connect(lambda *_: self._items_changed())
        self.model.modelReset.connect(self._show_empty_or_list)
        self.model.rowsInserted.connect(self._show_empty_or_list)
        self.detail.closed.connect(self._close_detail)
        self.detail.product_wanted.connect(lambda id_: self.context.window.show_page("products", product=id_))

    # Refreshing

    async def refresh(self, events: Sequence[Event]) -> None:
        """Read again what the events name and the screen shows."""
        workspace = self.context.workspace
        if not events or any(isinstance(event, AccountsChanged) for event in events):
            self.model.account_labels = {account.id: account.label for account in await workspace.accounts.all()}
            self.model.task_labels = {task.name: task.label for action in ACTIONS.values() for task in action.tasks}
        batches = {id_ for event in events if isinstance(event, BatchesProgressed) for id_ in event.ids}
        jobs = {job_id for event in events if isinstance(event, TasksSettled) for _, job_id in event.pairs}
        is_new = any(self.model.outline.batch_row(id_) is None for id_ in batches)
        if not events or (is_new and not self.model.states):
            await self.model.load()
            self._show_empty_or_list()
        first, last = self.view.visible_rows()
        if not events:
            self.model.refresh_rows(first, last)
            self._moved = True
            await self._read_slowly()
            self._tick.start()
        elif batches or jobs:
            self.model.refresh_rows(first, last, batches, jobs)
            self._moved = True

    def hideEvent(self, event: Any) -> None:
        """Nothing counts down while nobody looks."""
        super().hideEvent(event)
        self._tick.stop()

    def _second_passed(self) -> None:
        """Countdowns move; what is costly to count is read again when jobs have moved."""
        first, last = self.view.visible_rows()
        self.model.repaint_rows(first, last)
        if self._reading is None or self._reading.done():
            self._reading = self.context.spawn(self._read_slowly(), "Read the jobs")

    async def _read_slowly(self) -> None:
        """The numbers of all jobs, who waits for what, the causes, and the ids that a filter lets through."""
        moved, self._moved = self._moved, False
        if moved and self.cause_button.isChecked():
            await self.causes.refresh(self.model.account_labels)
        if moved and self.model.states:
            await self.model.load()
        if moved:
            self._counts = await self.context.workspace.jobs.counts()
            self._show_counts()
        await self._read_lanes()

    async def _read_lanes(self) -> None:
        """What the accounts of the visible, unfinished batches wait for."""
        workspace, outline = self.context.workspace, self.model.outline
        first, last = self.view.visible_rows()
        seen = {outline.node(row).batch_id for row in range(first, last + 1)}
        items = [self.model.item(Node(Level.BATCH, batch_id)) for batch_id in seen]
        active = [item.id for item in items if isinstance(item, BatchJob) and not item.state.is_final]
        waiting = {}
        for batch_id, wait in (await workspace.jobs.waits(active)).items() if active else ():
            lanes = [workspace.engine.lane_state(account_id) for account_id in wait.account_ids]
            waiting[int(batch_id)] = lane_words(lanes, wait.next_try_at)
        if waiting != self.model.waiting:
            self.model.waiting = waiting
            self.model.repaint_rows(first, last)

    def _show_counts(self) -> None:
        counts = self._counts
        parts = [
            f"{number(counts[state])} {word}"
            for state, word in (
                (JobState.RUNNING, "running"), (JobState.PENDING, "waiting"), (JobState.PAUSED, "paused"),
                (JobState.FAILED, "failed"),
            )
            if counts.get(state)
        ]  # fmt: skip
        total = sum(counts.values())
        if total and not any(counts.get(state) for state in JobState if not state.is_final):
            parts.insert(0, f"{counted(total, 'job')}, all finished")
        self.header.set_subtitle(", ".join(parts))
        self.pause_all.setEnabled(bool(counts.get(JobState.RUNNING) or counts.get(JobState.PENDING)))

    def _show_empty_or_list(self) -> None:
        if self.cause_button.isChecked():
            self._stack.setCurrentWidget(self.causes)
            return
        if len(self.model.outline):
            self._stack.setCurrentIndex(0)
            return
        if self.model.states:
            name = next(name for name, states in FILTERS if states == self.model.states)
            self._empty.set_text(f"No jobs here: {name.lower()}", "Choose “All” to see every job.")
        else:
            self._empty.set_text(*NO_JOBS)
        self._empty_button.setVisible(not self.model.states)
        self._stack.setCurrentIndex(1)

    # What the seller does

    def show_what(self, batch_id: int | None = None, failed: bool = False, **_: Any) -> None:
        """Go to a batch, or to what failed; of a batch that failed, to its first failed job."""
        if failed:
            self.filter_buttons[2].click()
        if batch_id is not None:
            self.context.spawn(self._go_to_batch(batch_id, open_it=failed), "Show the job")

    async def _go_to_batch(self, batch_id: int, *, open_it: bool) -> None:
        await self.model.load()
        if open_it:
            await self.model.open(Node(Level.BATCH, batch_id))
        row = self.model.outline.batch_row(batch_id)
        if row is not None:
            below = 1 if self.model.outline.is_open(Node(Level.BATCH, batch_id)) else 0
            self.view.setCurrentIndex(self.model.index(row + below, 0))
            self.view.setFocus()

    def set_filter(self, states: frozenset[JobState]) -> None:
        """Show only batches and jobs in these states; all when empty."""
        self._show_empty_or_list()
        self.context.spawn(self.model.load(states), "Read the jobs")

    def _show_causes(self) -> None:
        self.view.clearSelection()
        self._show_empty_or_list()
        self.context.spawn(self.causes.refresh(self.model.account_labels), "Read why jobs failed")

    def control(self, control: Control, nodes: Sequence[Node]) -> None:
        """Pause, resume, retry or cancel what stands in the rows; rows that cannot are left out."""
        wanted = [node for node in nodes if control in controls_of(self.model.item(node))]
        batches = {node.batch_id for node in wanted if node.level is Level.BATCH}
        wanted = [node for node in wanted if node.level is Level.BATCH or node.batch_id not in batches]
        if wanted:
            self.context.spawn(self._control(control, wanted), control.label)

    async def _control(self, control: Control, nodes: Sequence[Node]) -> None:
        if control is CANCEL and not await self._may_cancel(nodes):
            return
        engine = self.context.workspace.engine
        for node in nodes:
            if node.level is Level.BATCH:
                await getattr(engine, f"{control.verb}_batch")(node.batch_id)
            else:
                await getattr(engine, f"{control.verb}_job")(node.job_id)
        self.request_refresh([BatchesProgressed(tuple(BatchId(node.batch_id) for node in nodes))])
        first, last = self.view.visible_rows()
        self.model.refresh_rows(first, last)

    def change_order(self, nodes: Sequence[Node], priority: int | None) -> None:
        """Let batches and jobs go before or after others; None leaves jobs out for good."""
        self.context.spawn(self._change_order(nodes, priority), "Change what goes first")

    async def _change_order(self, nodes: Sequence[Node], priority: int | None) -> None:
        engine = self.context.workspace.engine
        for node in nodes:
            if priority is None:
                await engine.skip_job(JobId(node.job_id))
            elif node.level is Level.BATCH:
                await engine.prioritize_batch(BatchId(node.batch_id), priority)
            else:
                await engine.prioritize_job(JobId(node.job_id), priority)
        self._moved = True
        self.model.refresh_rows(*self.view.visible_rows())

    async def _may_cancel(self, nodes: Sequence[Node]) -> bool:
        left = 0
        for node in nodes:
            item = self.model.item(node)
            left += item.total - item.done if isinstance(item, BatchJob) else 1
        if left <= 1:
            return True
        text = "What is already listed stays listed. Steps that are running now are finished first."
        return await confirm(
            self, f"Cancel {counted(left, 'job')}?", text, f"Cancel {counted(left, 'job')}", refuse="Keep"
        )

    async def _pause_all(self) -> None:
        jobs, engine = self.context.workspace.jobs, self.context.workspace.engine
        active = frozenset({JobState.PENDING, JobState.RUNNING})
        for batch in await jobs.batches([BatchId(id_) for id_ in await jobs.batch_ids(active)]):
            if PAUSE in controls_of(batch):
                await engine.pause_batch(batch.id)
        self.request_refresh()

    def _show_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for action in self.actions_by_verb.values():
            menu.addAction(action)
        add_order_menu(menu, self.view.nodes(), self.model.item, self.change_order)
        node = self.view.node()
        item = self.model.item(node) if node else None
        if isinstance(item, MarketplaceJob):
            menu.addSeparator()
            product_id = item.product_id
            show = menu.addAction(theme.icon("package"), "Show the product")
            show.triggered.connect(lambda: self.context.window.show_page("products", product=product_id))
        menu.popup(place)

    # The selected rows

    def _choose(self, node: Node | None) -> None:
        self._show_detail(node)
        self.detail.setVisible(node is not None)
        self._enable_actions()

    def _close_detail(self) -> None:
        self.detail.hide()
        self.view.setFocus()

    def _items_changed(self) -> None:
        if self.detail.isVisible():
            self._show_detail(self.view.node())
        self._enable_actions()

    def _show_detail(self, node: Node | None) -> None:
        item: Item | None = self.model.item(node) if node else None
        account = ""
        if isinstance(item, MarketplaceJob):
            account = self.model.account_labels.get(item.account_id or 0, "")
        is_new = self.detail.show_item(item, self.model.title(item) if item else "", account)
        if is_new and isinstance(item, MarketplaceJob | MarketplaceTask):
            self.context.spawn(self._show_calls(item), "Read the calls")

    async def _show_calls(self, item: MarketplaceJob | MarketplaceTask) -> None:
        """What a job, or one of its steps, said to the marketplace."""
        job_id = item.id if isinstance(item, MarketplaceJob) else item.job_id
        calls = await self.context.workspace.calls.of_job(job_id)
        if isinstance(item, MarketplaceTask):
            calls = [call for call in calls if call.task_id == item.id]
        self.detail.show_calls(item, calls, self._step_label)

    def _step_label(self, operation: str) -> str:
        step = operation.rpartition(".")[2]
        return self.model.task_labels.get(step, step.replace("_", " ").capitalize())

    def _enable_actions(self) -> None:
        able = {control for node in self.view.nodes() for control in controls_of(self.model.item(node))}
        for control in CONTROLS:
            self.actions_by_verb[control.verb].setEnabled(control in able)
