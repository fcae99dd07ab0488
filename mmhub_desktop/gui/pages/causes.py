"""The part of the jobs page that shows what failed, grouped by why, to try one, some or all of it again."""

from collections.abc import Awaitable, Callable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from mmhub_desktop.actions import ACTIONS
from mmhub_desktop.domain.ids import JobId
from mmhub_desktop.domain.job import Cause, MarketplaceJob
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.tables.rows import RowColumn, RowsModel, RowsView
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.card import Card
from mmhub_desktop.gui.widgets.empty import EmptyState
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.words import ago, counted, number

SHOWN = 500  # jobs of a cause in the list; all of them are counted and tried again


class CausesView(QWidget):
    """Causes at the left, the failed jobs of the chosen one at the right. ``refresh`` reads both again."""

    retried = Signal()
    product_wanted = Signal(int)

    def __init__(self, context: GuiContext) -> None:
        super().__init__()
        self._context = context
        self._labels: Mapping[int, str] = {}
        self._shown: Cause | None = None
        self.causes = RowsModel(
            (
                RowColumn("Why", 0, lambda cause: cause.words, self._about),
                RowColumn("Last", 110, lambda cause: ago(cause.last_at)),
                RowColumn("Jobs", 84, lambda cause: number(cause.count), is_number=True),
            ),
            key=lambda cause: cause.key,
        )
        self.jobs = RowsModel(
            (RowColumn("Product", 0, lambda job: job.title or job.sku, lambda job: job.sku),), key=lambda job: job.id
        )
        self.view = RowsView(self.causes, "Causes of failed jobs")
        self.job_view = RowsView(self.jobs, "Failed jobs of this cause", many=True)
        self.hint = Label("", "body", "muted")
        self.hint.setWordWrap(True)
        self.retry_one = Button("Retry one", "rotate-cw")
        self.retry_one.setToolTip("Try the newest job of this cause, to see whether it goes well now")
        self.retry_selected = Button("Retry selected", "rotate-cw")
        self.retry_all = Button("Retry all", "rotate-cw", "primary")
        self._stack = QStackedWidget()
        self._stack.addWidget(self._lay_out())
        self._stack.addWidget(
            EmptyState("circle-check", "Nothing has failed", "Jobs that fail are grouped here by why.")
        )
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)
        self._wire()

    def _lay_out(self) -> QSplitter:
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setHandleWidth(16)
        splitter.setChildrenCollapsible(False)
        left, right = Card(), Card()
        left.body.setContentsMargins(1, 1, 1, 6)
        left.body.addWidget(self.view)
        right.body.setContentsMargins(1, 12, 1, 12)
        right.body.setSpacing(10)
        above, buttons = QVBoxLayout(), QHBoxLayout()
        above.setContentsMargins(16, 0, 16, 0)
        above.addWidget(self.hint)
        buttons.setContentsMargins(16, 0, 16, 0)
        buttons.setSpacing(8)
        for button in (self.retry_one, self.retry_selected, self.retry_all):
            buttons.addWidget(button)
        buttons.addStretch(1)
        right.body.addLayout(above)
        right.body.addLayout(buttons)
        right.body.addWidget(self.job_view, 1)
        right.setMinimumWidth(380)
        splitter.addWidget(left)
        splitter.addWidget(right)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 2)
        return splitter

    def _wire(self) -> None:
        spawn = self._context.spawn
        self.view.selectionModel().currentRowChanged.connect(
            lambda *_: spawn(self._show(self.view.thing()), "Read the failed jobs")
        )
        self.job_view.selectionModel().selectionChanged.connect(lambda *_: self._enable())
        self.job_view.doubleClicked.connect(
            lambda index: self.product_wanted.emit(index.data(RowsModel.THING).product_id)
        )
        self.retry_one.clicked.connect(lambda: spawn(self._retry(self._one), "Try again"))
        self.retry_selected.clicked.connect(lambda: spawn(self._retry(self._selected), "Try again"))
        self.retry_all.clicked.connect(lambda: spawn(self._retry(self._all), "Try again"))

    def _about(self, cause: Cause) -> str:
        action = ACTIONS.get(cause.action)
        parts = [action.label if action else cause.action]
        if cause.account_id is not None:
            parts.append(self._labels.get(cause.account_id, f"account {cause.account_id}"))
        if cause.problem.hint:
            parts.append(cause.problem.hint)
        return "  ·  ".join(parts)

    async def refresh(self, labels: Mapping[int, str]) -> None:
        """Read the causes and the jobs of the chosen one again; ``labels`` names the accounts."""
        self._labels = labels
        chosen = self.view.thing()
        causes = await self._context.workspace.jobs.causes()
        self.causes.set_rows(causes)
        self._stack.setCurrentIndex(0 if causes else 1)
        row = next((row for row, cause in enumerate(causes) if chosen and cause.key == chosen.key), 0)
        if causes and self.view.currentIndex().row() != row:
            self.view.setCurrentIndex(self.causes.index(row, 0))
        await self._show(self.view.thing())

    async def _show(self, cause: Cause | None) -> None:
        self._shown = cause
        if cause is None:
            self.jobs.set_rows([])
        else:
            jobs = self._context.workspace.jobs
            found = await jobs.jobs((await jobs.failed_of(cause))[:SHOWN])
            if self._shown is not cause:  # another one was chosen meanwhile
                return
            self.jobs.set_rows(found)
            more = f" The newest {number(SHOWN)} are listed." if cause.count > SHOWN else ""
            self.hint.setText(f"{cause.words} {cause.problem.hint}{more}".strip())
            self.retry_all.setText(f"Retry all {number(cause.count)}" if cause.count > 1 else "Retry")
        self._enable()

    def _enable(self) -> None:
        has_cause = self._shown is not None
        self.retry_all.setEnabled(has_cause)
        self.retry_one.setVisible(self._shown is not None and self._shown.count > 1)
        self.retry_selected.setEnabled(bool(self.job_view.selectionModel().selectedRows()))

    async def _retry(self, retry: Callable[[Cause], Awaitable[int]]) -> None:
        if self._shown is None:
            return
        count = await retry(self._shown)
        self._context.window.notify("info", f"{counted(count, 'job')} will be tried again.", key="retry-cause")
        await self.refresh(self._labels)
        self.retried.emit()

    async def _one(self, cause: Cause) -> int:
        newest = await self._context.workspace.jobs.failed_of(cause)
        return await self._context.workspace.engine.retry_failed([JobId(id_) for id_ in newest[:1]])

    async def _selected(self, _: Cause) -> int:
        chosen: list[MarketplaceJob] = self.job_view.things()
        return await self._context.workspace.engine.retry_failed([job.id for job in chosen])

    async def _all(self, cause: Cause) -> int:
        return await self._context.workspace.engine.retry_cause(cause)
