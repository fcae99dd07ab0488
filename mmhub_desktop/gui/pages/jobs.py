"""The jobs page: what runs, how far it is, why something waits or failed, and the seller's hand on it."""

import asyncio
from collections.abc import Sequence
from typing import Any, ClassVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget

from mmhub_desktop.actions import ACTIONS
from mmhub_desktop.domain.ids import BatchId
from mmhub_desktop.domain.job import BatchJob, JobState
from mmhub_desktop.domain.job_filter import JobFilter
from mmhub_desktop.events import AccountsChanged, BatchesProgressed, ConnectivityChanged, Event, TasksSettled
from mmhub_desktop.gui.pages.causes import CausesView
from mmhub_desktop.gui.pages.job_controls import JobControls
from mmhub_desktop.gui.pages.job_detail import JobDetail
from mmhub_desktop.gui.pages.job_export import export_shown
from mmhub_desktop.gui.pages.job_filters import CAUSES, LANES, JobFilters, JobTabs
from mmhub_desktop.gui.pages.job_reading import JobReading
from mmhub_desktop.gui.pages.lane_view import LanesView, waits_of
from mmhub_desktop.gui.pages.page import GuiContext, Page
from mmhub_desktop.gui.tables.jobs_model import JobsModel
from mmhub_desktop.gui.tables.jobs_outline import Level, Node
from mmhub_desktop.gui.tables.jobs_view import JobsView
from mmhub_desktop.gui.tables.jobs_words import counts_words
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.card import Card
from mmhub_desktop.gui.widgets.empty import EmptyState
from mmhub_desktop.gui.widgets.header import PageHeader

NO_JOBS = ("No jobs yet", "Select products and publish or enhance them: what runs, waits or fails is shown here.")
_TICK_MS = 1_000


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
        self.reading = JobReading(context, self.model, self.detail)
        self.header = PageHeader("Jobs", "All that is done for you, step by step: what runs, waits or failed")
        self.body.addWidget(self.header)
        self.controls = JobControls(context, self, self.view, self._rows_changed)
        self.pause_all = Button("Pause all", "pause")
        self.pause_all.clicked.connect(lambda: self.context.spawn(self._pause_all(), "Pause all jobs"))
        self.header.add(self.pause_all)
        self.export = Button("Export", "download")
        self.export.setToolTip("Write what is shown, with all steps, to a CSV or JSON file")
        self.export.clicked.connect(
            lambda: self.context.spawn(export_shown(self.context, self, self.model.only), "Export the jobs")
        )
        self.header.add(self.export)
        self.tabs = JobTabs()
        self.filters = JobFilters()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._lay_out_list())
        self._empty = EmptyState("list-checks", *NO_JOBS)
        go = Button("Go to products", "package", "primary")
        go.clicked.connect(lambda: context.window.show_page("products"))
        self._empty.add(go)
        self._empty_button = go
        self._empty_clear = Button("Clear the filters", "x", "primary")
        self._empty_clear.clicked.connect(self.clear_filters)
        self._empty.add(self._empty_clear)
        self._stack.addWidget(self._empty)
        self.causes = CausesView(context)
        self.causes.retried.connect(self.request_refresh)
        self.causes.product_wanted.connect(lambda id_: context.window.show_page("products", product=id_))
        self.lanes = LanesView(context)
        self.lanes.jobs_wanted.connect(self.show_account)
        self._views: dict[str, CausesView | LanesView] = {CAUSES: self.causes, LANES: self.lanes}
        for view in self._views.values():
            self._stack.addWidget(view)
        self.body.addLayout(self._lay_out_bar())
        self.body.addWidget(self.filters)
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

    def _lay_out_bar(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.tabs)
        row.addStretch(1)
        row.addWidget(self.controls.buttons())
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

    def _wire(self) -> None:
        self.tabs.states_chosen.connect(self._show_list)
        self.tabs.view_chosen.connect(self._show_view)
        self.filters.changed.connect(self._filter)
        self.filters.cleared.connect(self.clear_filters)
        self.view.chosen.connect(self._choose)
        self.view.open_wanted.connect(lambda node: self.context.spawn(self.model.open(node), "Open the job"))
        self.model.dataChanged.connect(lambda *_: self._items_changed())
        self.model.modelReset.connect(self._show_empty_or_list)
        self.model.rowsInserted.connect(self._show_empty_or_list)
        self.detail.closed.connect(self._close_detail)
        self.detail.product_wanted.connect(lambda id_: self.context.window.show_page("products", product=id_))

    async def refresh(self, events: Sequence[Event]) -> None:
        """Read again what the events name and the screen shows."""
        workspace = self.context.workspace
        if not events or any(isinstance(event, AccountsChanged) for event in events):
            self.model.name_accounts(await workspace.accounts.all())
            self.filters.offer_accounts(self.model.account_labels, self.model.account_icons)
            self.model.task_labels = {task.name: task.label for action in ACTIONS.values() for task in action.tasks}
        batches = {id_ for event in events if isinstance(event, BatchesProgressed) for id_ in event.ids}
        jobs = {job_id for event in events if isinstance(event, TasksSettled) for _, job_id in event.pairs}
        is_new = any(self.model.outline.batch_row(id_) is None for id_ in batches)
        if not events or (is_new and not self.model.only):
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
        jobs = self.context.workspace.jobs
        if moved and self.tabs.view == CAUSES:
            await self.causes.refresh(self.model.account_labels)
        elif self.tabs.view == LANES:
            await self.lanes.refresh(self.model.account_labels)
        if moved and self.model.only:
            await self._load(self.model.only)
        if moved:
            self._counts = await jobs.counts()
            self._show_counts()
            self.filters.offer_causes(await jobs.causes())
        await self._read_lanes()
        await self.reading.read_past()

    async def _read_lanes(self) -> None:
        """What the accounts of the visible, unfinished batches wait for."""
        workspace, outline = self.context.workspace, self.model.outline
        first, last = self.view.visible_rows()
        seen = {outline.node(row).batch_id for row in range(first, last + 1)}
        items = [self.model.item(Node(Level.BATCH, batch_id)) for batch_id in seen]
        active = [item.id for item in items if isinstance(item, BatchJob) and not item.state.is_final]
        waiting = await waits_of(workspace, active)
        if waiting != self.model.waiting:
            self.model.waiting = waiting
            self.model.repaint_rows(first, last)

    def _show_counts(self) -> None:
        counts = self._counts
        self.header.set_subtitle(counts_words(counts))
        self.pause_all.setEnabled(bool(counts.get(JobState.RUNNING) or counts.get(JobState.PENDING)))

    def _show_empty_or_list(self) -> None:
        is_list = not self.tabs.view
        self.filters.setVisible(is_list)
        if not is_list:
            self._stack.setCurrentWidget(self._views[self.tabs.view])
            return
        if len(self.model.outline):
            self._stack.setCurrentIndex(0)
            return
        asked = self.filters.words()
        if asked:
            self._empty.set_text("No jobs like this", f"You see only: {asked}. Nothing fits all of it.")
        else:
            self._empty.set_text(*NO_JOBS)
        self._empty_button.setVisible(not asked)
        self._empty_clear.setVisible(bool(asked))
        self._stack.setCurrentIndex(1)

    def show_what(self, batch_id: int | None = None, failed: bool = False, **_: Any) -> None:
        """Go to a batch, or to what failed; of a batch that failed, to its first failed job."""
        if batch_id is not None:
            self.filters.clear()  # else it might not be among what is shown
        if failed:
            self.tabs.states[2].click()
        elif batch_id is not None:
            self.tabs.states[0].click()
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

    def show_account(self, account_id: int) -> None:
        """The jobs of one account, whatever was asked for before."""
        self.clear_filters()
        self.filters.choose_account(account_id)

    def clear_filters(self) -> None:
        """Show all jobs again."""
        self.filters.clear()
        self.tabs.states[0].click()

    def search(self) -> bool:
        """To the search by product."""
        if self.tabs.view:
            self.tabs.states[0].click()
        self.filters.search.setFocus()
        return True

    def _show_list(self, states: frozenset[JobState]) -> None:
        self.filters.set_states(states)
        self._show_empty_or_list()

    def _filter(self, only: JobFilter) -> None:
        self.context.spawn(self._load(only), "Read the jobs")

    async def _load(self, only: JobFilter) -> None:
        await self.model.load(only)
        self._show_empty_or_list()

    def _show_view(self, name: str) -> None:
        self.view.clearSelection()
        self._show_empty_or_list()
        self.context.spawn(self._views[name].refresh(self.model.account_labels), "Read the jobs")

    def _rows_changed(self, nodes: Sequence[Node]) -> None:
        self.request_refresh([BatchesProgressed(tuple(BatchId(node.batch_id) for node in nodes))])
        self.model.refresh_rows(*self.view.visible_rows())

    async def _pause_all(self) -> None:
        await self.controls.hand.pause_all()
        self.request_refresh()

    def _choose(self, node: Node | None) -> None:
        self.reading.show(node)
        self.detail.setVisible(node is not None)
        self.controls.enable()

    def _close_detail(self) -> None:
        self.detail.hide()
        self.view.setFocus()

    def _items_changed(self) -> None:
        if self.detail.isVisible():
            self.reading.show(self.view.node())
        self.controls.enable()
