"""The schedules page: what is done by itself, when it runs next, and what became of the last run."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget

from mmhub_desktop.actions import ACTIONS
from mmhub_desktop.domain.job import BatchJob
from mmhub_desktop.domain.product import ProductStatus
from mmhub_desktop.domain.schedule import Schedule
from mmhub_desktop.domain.workflow_run import WorkflowRun
from mmhub_desktop.events import AccountsChanged, BatchesProgressed, Event, SchedulesChanged, WorkflowsChanged
from mmhub_desktop.gui import theme
from mmhub_desktop.gui.background import asked
from mmhub_desktop.gui.dialogs.confirm import confirm
from mmhub_desktop.gui.dialogs.schedule import ScheduleDialog
from mmhub_desktop.gui.pages.page import GuiContext, Page
from mmhub_desktop.gui.pages.workflow_words import RUN_CHIPS
from mmhub_desktop.gui.tables.jobs_words import STATE_CHIPS, clock
from mmhub_desktop.gui.tables.rows import RowColumn, RowsModel, RowsView
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.card import Card
from mmhub_desktop.gui.widgets.empty import EmptyState
from mmhub_desktop.gui.widgets.header import PageHeader
from mmhub_desktop.gui.widgets.row_action import offer_menu
from mmhub_desktop.gui.words import PRODUCT_STATUS, ago, counted, number
from mmhub_desktop.jobs.workflows import SCHEDULED, workflow_of


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """A schedule, the names of its accounts, and the batch of its last run, or the run where it starts a workflow."""

    schedule: Schedule
    accounts: str
    batch: BatchJob | None
    run: WorkflowRun | None = None

    @property
    def is_workflow(self) -> bool:
        """Whether it starts a workflow, which decides what is done and when."""
        return self.schedule.action.startswith(SCHEDULED)

    @property
    def about(self) -> str:
        """What it does, with which products, where."""
        schedule = self.schedule
        action = ACTIONS.get(schedule.action)
        status = f"“{PRODUCT_STATUS[ProductStatus(schedule.status)].word}” products" if schedule.status else "products"
        which = (
            f"{status} with “{schedule.search}”" if schedule.search else status if schedule.status else "all products"
        )
        where = f" on {self.accounts}" if self.accounts else ""
        if action is not None and action.about is not None:
            return f"{action.label}{where}"
        if self.is_workflow:
            return f"Workflow: {which}"
        return f"{action.label if action else schedule.action}: {which}{where}"

    @property
    def next_words(self) -> str:
        """When it runs next."""
        if self.schedule.next_at is None:
            return "—"
        return clock(self.schedule.next_at, datetime.now(UTC))

    @property
    def result(self) -> tuple[str, str]:
        """Word and tone of what became of the last run."""
        if self.run is not None:
            return RUN_CHIPS[self.run.state]
        if self.batch is not None:
            return STATE_CHIPS[self.batch.state]
        return ("Left out", "warn") if self.schedule.last_result else ("", "neutral")

    @property
    def result_detail(self) -> str:
        """When that was, and how far it came or why it did not run."""
        schedule = self.schedule
        if schedule.last_at is None:
            return "has not run yet"
        when = ago(schedule.last_at)
        if self.run is not None:
            return f"{counted(self.run.products, 'product')}, {when}"
        if self.batch is not None:
            return f"{number(self.batch.completed)} of {number(self.batch.total)}, {when}"
        return f"{schedule.last_result} {when}".strip()


Act = Callable[[ScheduleRow], Coroutine[Any, Any, None]]
COLUMNS = (
    RowColumn("Schedule", 0, lambda row: row.schedule.name, lambda row: row.about),
    RowColumn("When", 230, lambda row: row.schedule.timing.words[:1].upper() + row.schedule.timing.words[1:]),
    RowColumn(
        "Active", 110, lambda row: "Active" if row.schedule.active else "Paused",
        tone=lambda row: "ok" if row.schedule.active else "neutral",
    ),
    RowColumn("Next run", 130, lambda row: row.next_words),
    RowColumn("Last result", 210, lambda row: row.result[0], lambda row: row.result_detail, lambda row: row.result[1]),
)  # fmt: skip


class SchedulesPage(Page):
    """A table of schedules with buttons for the chosen one above it."""

    refresh_on: ClassVar[tuple[type[Event], ...]] = (
        SchedulesChanged, BatchesProgressed, AccountsChanged, WorkflowsChanged,
    )  # fmt: skip

    def __init__(self, context: GuiContext) -> None:
        super().__init__(context)
        self.setAccessibleName("Schedules")
        self.header = PageHeader("Schedules", "Work that is done by itself at given times")
        self.add_button = Button("Add schedule", "plus", "primary")
        self.add_button.clicked.connect(lambda: context.spawn(self._edit(None), "Add a schedule"))
        self.header.add(self.add_button)
        self.body.addWidget(self.header)
        self.model = RowsModel(COLUMNS, key=lambda row: row.schedule.id, parent=self)
        self.view = RowsView(self.model, "Schedules")
        self.run_action = self._action("Run now", "play", "", self._run_now)
        self.switch_action = self._action("Pause", "pause", "", self._switch)
        self.edit_action = self._action("Change", "settings", "", self._edit)
        self.show_action = self._action("Show the last run", "list-checks", "", self._show_run)
        self.remove_action = self._action("Delete", "trash-2", "Del", self._remove)
        self._bar = self._lay_out_bar()
        self.body.addWidget(self._bar)
        self._stack = QStackedWidget()
        card = Card()
        card.body.setContentsMargins(1, 1, 1, 6)
        card.body.addWidget(self.view)
        self._stack.addWidget(card)
        empty = EmptyState(
            "clock",
            "Nothing is scheduled yet",
            "Let prices and stock be updated every hour, or new products be published every night, by itself.",
        )
        first = Button("Add schedule", "plus", "primary")
        first.clicked.connect(self.add_button.click)
        empty.add(first)
        self._stack.addWidget(empty)
        self.body.addWidget(self._stack, 1)
        self.view.selectionModel().currentRowChanged.connect(lambda *_: self._enable())
        self.model.dataChanged.connect(lambda *_: self._enable())
        self.model.modelReset.connect(self._enable)
        self.view.doubleClicked.connect(lambda _: self.edit_action.trigger())
        offer_menu(self.view, lambda: self.buttons)
        self._enable()

    def _action(self, text: str, icon: str, key: str, act: Act) -> QAction:
        action = QAction(theme.icon(icon), text, self)
        if key:
            action.setShortcut(QKeySequence(key))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(lambda: self._spawn(act, text))
        self.addAction(action)
        return action

    def _spawn(self, act: Act, what: str) -> None:
        row = self.current()
        if row is not None:
            self.context.spawn(act(row), what)

    def _lay_out_bar(self) -> QFrame:
        bar = QFrame()
        line = QHBoxLayout(bar)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        self.buttons: dict[QAction, Button] = {}
        for action, icon in (
            (self.run_action, "play"), (self.switch_action, "pause"), (self.edit_action, "settings"),
            (self.show_action, "list-checks"), (self.remove_action, "trash-2"),
        ):  # fmt: skip
            button = Button(action.text(), icon)
            button.clicked.connect(action.trigger)
            action.enabledChanged.connect(button.setEnabled)
            line.addWidget(button)
            self.buttons[action] = button
        line.addStretch(1)
        return bar

    async def refresh(self, events: Sequence[Event]) -> None:
        """Read the schedules and the batches of their last runs again."""
        batches = [event for event in events if isinstance(event, BatchesProgressed)]
        if batches and len(batches) == len(events):
            mine = {row.schedule.last_batch_id for row in self.model.rows}
            if not any(mine & set(event.ids) for event in batches):
                return
        workspace = self.context.workspace
        schedules = await workspace.schedules.all()
        labels = {account.id: account.label for account in await workspace.accounts.all()}
        last = [schedule.last_batch_id for schedule in schedules if schedule.last_batch_id is not None]
        known = {batch.id: batch for batch in await workspace.jobs.batches(last)}
        self.model.set_rows(
            [
                ScheduleRow(
                    schedule,
                    ", ".join(labels.get(account, "a removed account") for account in schedule.account_ids),
                    known.get(schedule.last_batch_id) if schedule.last_batch_id is not None else None,
                    await self._last_run(schedule),
                )
                for schedule in schedules
            ]
        )
        self._stack.setCurrentIndex(0 if schedules else 1)
        self._bar.setVisible(bool(schedules))
        self.add_button.setVisible(bool(schedules))  # the empty page has its own: one primary button a page
        active = sum(schedule.active for schedule in schedules)
        words = counted(len(schedules), "schedule") if schedules else ""
        self.header.set_subtitle(f"{words}, {active} active" if schedules else words)
        if schedules and not self.view.currentIndex().isValid():
            self.view.setCurrentIndex(self.model.index(0, 0))
        self._enable()

    async def _last_run(self, schedule: Schedule) -> WorkflowRun | None:
        if not schedule.action.startswith(SCHEDULED) or schedule.last_at is None:
            return None
        runs = await self.context.workspace.workflows.runs(workflow_of(schedule), 1)
        return runs[0] if runs else None

    def current(self) -> ScheduleRow | None:
        """The row that is chosen."""
        row: ScheduleRow | None = self.view.thing()
        return row

    def _enable(self) -> None:
        row = self.current()
        for action in (self.run_action, self.switch_action, self.edit_action, self.remove_action):
            action.setEnabled(row is not None)
        self.show_action.setEnabled(row is not None and (row.batch is not None or row.run is not None))
        is_workflow = row is not None and row.is_workflow
        for action in (self.switch_action, self.remove_action):  # the workflow itself is switched off or deleted
            action.setEnabled(row is not None and not is_workflow)
        self.edit_action.setText("Open the workflow" if is_workflow else "Change")
        self.buttons[self.edit_action].setText(self.edit_action.text())
        is_active = row is None or row.schedule.active
        self.switch_action.setText("Pause" if is_active else "Resume")
        button = self.buttons[self.switch_action]
        button.setText(self.switch_action.text())
        button.set_icon("pause" if is_active else "play")
        for action, button in self.buttons.items():
            button.setEnabled(action.isEnabled())

    # What the seller does

    async def _edit(self, row: ScheduleRow | None) -> None:
        if row is not None and row.is_workflow:
            self._open_workflow(row)
            return
        accounts = await self.context.workspace.accounts.all()
        dialog = ScheduleDialog(self.context, accounts, self, schedule=row.schedule if row else None)
        await asked(dialog)

    def _open_workflow(self, row: ScheduleRow) -> None:
        self.context.window.show_page("workflows", workflow=workflow_of(row.schedule))

    async def _run_now(self, row: ScheduleRow) -> None:
        if row.is_workflow:
            await self.context.workspace.workflows.run(workflow_of(row.schedule))
            self.context.window.notify(
                "ok", f"“{row.schedule.name}” runs.", action_text="Show", act=lambda: self._open_workflow(row)
            )
            return
        answer = await self.context.workspace.scheduler.run_now(row.schedule.id)
        window = self.context.window
        if isinstance(answer, str):
            window.notify("info", f"“{row.schedule.name}” has nothing to do. {answer}")
            return
        window.notify(
            "ok", f"“{row.schedule.name}” runs.", action_text="Show",
            act=lambda: window.show_page("jobs", batch_id=answer),
        )  # fmt: skip

    async def _switch(self, row: ScheduleRow) -> None:
        await self.context.workspace.scheduler.set_active(row.schedule.id, not row.schedule.active)

    async def _show_run(self, row: ScheduleRow) -> None:
        if row.is_workflow:
            self._open_workflow(row)
            return
        self.context.window.show_page("jobs", batch_id=row.schedule.last_batch_id)

    async def _remove(self, row: ScheduleRow) -> None:
        text = "Work that it has planned goes on. Its past runs stay under Jobs."
        if await confirm(self, f"Delete “{row.schedule.name}”?", text, "Delete the schedule", refuse="Keep"):
            await self.context.workspace.scheduler.remove(row.schedule.id)
