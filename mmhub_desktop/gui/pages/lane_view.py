"""The part of the jobs page that shows each account's lane: what runs there, and what the rest waits for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.schedule import Schedule
from mmhub_desktop.gui.marketplace_icon import PLAIN, account_icons
from mmhub_desktop.gui.pages.lanes import budget_words, hold_up, lane_words
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.tables.jobs_words import clock, duration
from mmhub_desktop.gui.tables.rows import RowColumn, RowsModel, RowsView
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.card import Card
from mmhub_desktop.gui.words import counted, number
from mmhub_desktop.jobs.breaker import BreakerState
from mmhub_desktop.jobs.lane import LaneState
from mmhub_desktop.store.job_lanes import LaneQueue

if TYPE_CHECKING:
    from mmhub_desktop.workspace import Workspace

LOCAL = "This computer"


@dataclass(frozen=True, slots=True)
class LaneRow:
    """One account (None: work on this computer) with its lane, its queue in the store, and its next schedule."""

    account_id: AccountId | None
    label: str
    lane: LaneState
    queue: LaneQueue
    schedule: Schedule | None
    now: datetime
    icon: str = "monitor"

    @property
    def waiting(self) -> int:
        """Jobs that have not begun: in the store, and taken from there already."""
        return self.queue.total + self.lane.waiting

    @property
    def state(self) -> tuple[str, str]:
        """Word and tone."""
        if self.lane.paused:
            return "Paused", "warn"
        if self.lane.breaker is BreakerState.OPEN:
            return ("Held up", "err") if self.lane.next_try_at is None else ("Waiting", "warn")
        if self.lane.breaker is BreakerState.HALF_OPEN:
            return "Trying again", "info"
        if self.lane.running:
            return "Working", "ok"
        return ("Waiting", "warn") if self.waiting else ("Nothing to do", "neutral")

    @property
    def why(self) -> str:
        """What the whole lane waits for, or the first thing that some of its jobs wait for."""
        reasons = self._reasons()
        return reasons[0] if reasons else ("nothing is held up" if self.lane.running or self.waiting else "")

    @property
    def why_else(self) -> str:
        """Everything else that jobs wait for."""
        return "  ·  ".join(self._reasons()[1:])

    def _reasons(self) -> list[str]:
        held, queue = hold_up(self.lane, self.now), self.queue
        found = [held] if held else []
        tokens = self.lane.tokens_left
        if not held and tokens is not None and tokens < 1 and self.waiting:
            found.append("rate limit: no call free at this moment")
        if queue.later and queue.next_at is not None:
            seconds = max(1.0, (queue.next_at - self.now).total_seconds())
            found.append(f"{counted(queue.later, 'job')} to be tried again, the first in {duration(seconds)}")
        if queue.behind:
            found.append(f"{counted(queue.behind, 'job')} behind another job of the same listing")
        if queue.ready and self.lane.running and not held:
            found.append(f"{counted(queue.ready, 'job')} for their turn")
        return found


class LanesView(QWidget):
    """A row for each account. ``refresh`` reads all of it again; cheap enough for once a second."""

    jobs_wanted = Signal(int)  # account id

    def __init__(self, context: GuiContext) -> None:
        super().__init__()
        self._context = context
        self.model = RowsModel(
            (
                RowColumn(
                    "Account",
                    218,
                    lambda row: row.label,
                    lambda row: "  ·  ".join(budget_words(row.lane)) or "no limit",
                    icon=lambda row: row.icon,
                ),
                RowColumn("State", 130, lambda row: row.state[0], tone=lambda row: row.state[1]),
                RowColumn("Waits for", 0, lambda row: row.why, lambda row: row.why_else),
                RowColumn("Next schedule", 200, _schedule_name, _schedule_time),
                RowColumn("Running", 84, lambda row: number(row.lane.running), is_number=True),
                RowColumn("Waiting", 96, lambda row: number(row.waiting), is_number=True),
            ),
            key=lambda row: row.account_id,
        )
        self.view = RowsView(self.model, "Accounts with what runs and what waits for what")
        self.show_jobs = Button("Show its jobs", "list-checks")
        self.pause = Button("Pause account", "pause")
        self._lay_out()
        self.view.selectionModel().currentRowChanged.connect(lambda *_: self._enable())
        self.model.dataChanged.connect(lambda *_: self._enable())
        self.view.doubleClicked.connect(lambda _: self._show_jobs())
        self.show_jobs.clicked.connect(self._show_jobs)
        self.pause.clicked.connect(self._pause)
        self._enable()

    def _lay_out(self) -> None:
        card = Card()
        card.body.setContentsMargins(1, 1, 1, 6)
        card.body.addWidget(self.view)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.show_jobs)
        buttons.addWidget(self.pause)
        buttons.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(12)
        outer.addLayout(buttons)
        outer.addWidget(card, 1)

    async def refresh(self, labels: Mapping[int, str]) -> None:
        """Read lanes, queues and schedules; ``labels`` names the accounts."""
        workspace = self._context.workspace
        now = datetime.now(UTC)
        queues = await workspace.jobs.queues(int(now.timestamp() * 1000))
        schedules = [each for each in await workspace.schedules.all() if each.active and each.next_at]
        icons = account_icons(await workspace.accounts.all())
        rows = []
        for account_id in (*map(AccountId, labels), None):
            lane, queue = workspace.engine.lane_state(account_id), queues.get(account_id, LaneQueue())
            label = LOCAL if account_id is None else labels[account_id]
            icon = "monitor" if account_id is None else icons.get(account_id, PLAIN)
            rows.append(LaneRow(account_id, label, lane, queue, next_schedule(schedules, account_id), now, icon))
        self.model.set_rows(rows)
        if not self.view.currentIndex().isValid():
            self.view.setCurrentIndex(self.model.index(0, 0))
        self._enable()

    def _enable(self) -> None:
        row: LaneRow | None = self.view.thing()
        for button in (self.show_jobs, self.pause):
            button.setEnabled(row is not None and row.account_id is not None)
        paused = row is not None and row.lane.paused
        self.pause.setText("Resume account" if paused else "Pause account")
        self.pause.set_icon("play" if paused else "pause")

    def _show_jobs(self) -> None:
        row: LaneRow | None = self.view.thing()
        if row is not None and row.account_id is not None:
            self.jobs_wanted.emit(row.account_id)

    def _pause(self) -> None:
        row: LaneRow | None = self.view.thing()
        if row is not None and row.account_id is not None:
            work = self._context.workspace.pause_account(row.account_id, not row.lane.paused)
            self._context.spawn(work, "Pause the account")


async def waits_of(workspace: "Workspace", batch_ids: Sequence[int]) -> dict[int, str]:
    """What the accounts of unfinished batches wait for, in words; empty for those that move."""
    waits = await workspace.jobs.waits(batch_ids) if batch_ids else {}
    return {
        int(batch_id): lane_words([workspace.engine.lane_state(each) for each in wait.account_ids], wait.next_try_at)
        for batch_id, wait in waits.items()
    }


def next_schedule(schedules: Sequence[Schedule], account_id: AccountId | None) -> Schedule | None:
    """The active schedule that comes first for an account; for this computer, of those without accounts."""
    mine = [
        each
        for each in schedules
        if each.next_at is not None
        and (account_id in each.account_ids if account_id is not None else not each.account_ids)
    ]
    return min(mine, key=lambda each: each.next_at or datetime.max.replace(tzinfo=UTC), default=None)


def _schedule_name(row: LaneRow) -> str:
    return row.schedule.name if row.schedule else "none"


def _schedule_time(row: LaneRow) -> str:
    return clock(row.schedule.next_at, row.now) if row.schedule and row.schedule.next_at else ""
