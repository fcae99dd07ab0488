"""The runs of a workflow: how far each is, step by step, what it said, and the seller's hand on it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mmhub_desktop.domain.ids import BatchId, WorkflowRunId
from mmhub_desktop.domain.job import BatchJob
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.step_kind import StepKind
from mmhub_desktop.domain.workflow_run import RunState, StepRun, StepState, WorkflowRun
from mmhub_desktop.gui.pages.workflow_draft import in_order
from mmhub_desktop.gui.pages.workflow_words import RUN_CHIPS, STEP_CHIPS, step_title
from mmhub_desktop.gui.tables.jobs_words import clock
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.card import Card, Line
from mmhub_desktop.gui.widgets.chip import Chip
from mmhub_desktop.gui.widgets.label import ElidedLabel, Label
from mmhub_desktop.gui.widgets.progress import ProgressLine
from mmhub_desktop.gui.words import ago, counted, moment_text, number


class RunStepRow(QWidget):
    """One step of a run: title, bar, counts, what it said, and the way to its batch."""

    batch_asked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._batch: BatchId | None = None
        self.title = ElidedLabel("", "body")
        self.chip = Chip()
        self.bar = ProgressLine()
        self.words = Label("", "small", "muted")
        self.words.setWordWrap(True)
        self.jobs_button = Button("Jobs", "list-checks", "quiet")
        self.jobs_button.clicked.connect(self._ask)
        text = QVBoxLayout()
        text.setSpacing(4)
        text.addWidget(self.title)
        text.addWidget(self.bar)
        text.addWidget(self.words)
        row = QHBoxLayout(self)
        row.setContentsMargins(28, 4, 0, 4)
        row.setSpacing(12)
        row.addLayout(text, 1)
        row.addWidget(self.chip, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.jobs_button, 0, Qt.AlignmentFlag.AlignTop)

    def _ask(self) -> None:
        if self._batch is not None:
            self.batch_asked.emit(self._batch)

    def show_step(self, title: str, step: StepRun, batch: BatchJob | None) -> None:
        """Draw how far it is; the ``batch`` of a running step tells how far that one is."""
        self._batch = step.batch_id
        self.title.setText(title)
        self.chip.set_state(*STEP_CHIPS[step.state])
        done, whole = step.completed + step.failed + step.cancelled, step.products
        words = step_words(step, datetime.now(UTC))
        if batch is not None and step.state is StepState.RUNNING:
            done, whole = batch.done, batch.total
            words = f"{number(batch.done)} of {counted(batch.total, 'job')}"
            words += f"  ·  {number(batch.failed)} failed" if batch.failed else ""
        self.bar.setVisible(step.products > 0 and step.state is not StepState.WAITING)
        tone = "err" if step.failed else "ok" if step.state is StepState.COMPLETED else "accent"
        self.bar.set_progress(done / whole if whole else 0.0, tone)
        self.words.setText(words)
        self.words.setVisible(bool(self.words.text()))
        self.jobs_button.setVisible(step.batch_id is not None)
        self.jobs_button.setAccessibleName(f"Show the jobs of {title}")
        self.setAccessibleName(f"{title}: {self.chip.text}, {self.words.text()}")


class RunRow(QWidget):
    """One run; the button at the left opens and closes its steps."""

    pause_asked = Signal(int)
    resume_asked = Signal(int)
    cancel_asked = Signal(int)
    batch_asked = Signal(int)
    opened = Signal(int, bool)

    def __init__(self, run_id: WorkflowRunId) -> None:
        super().__init__()
        self.run_id = run_id
        self.steps: dict[str, RunStepRow] = {}
        self.fold = Button("", "chevron-right", "quiet")
        self.fold.setCheckable(True)
        self.fold.toggled.connect(self._show_steps)
        self.title = ElidedLabel("", "strong")
        self.words = Label("", "small", "muted")
        self.words.setWordWrap(True)
        self.chip = Chip()
        self.pause_button = Button("Pause", "pause", "quiet")
        self.cancel_button = Button("Cancel", "x", "quiet")
        self.pause_button.clicked.connect(self._toggle)
        self.cancel_button.clicked.connect(lambda: self.cancel_asked.emit(self.run_id))
        self._paused = False
        text = QVBoxLayout()
        text.setSpacing(2)
        text.addWidget(self.title)
        text.addWidget(self.words)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.fold)
        head.addLayout(text, 1)
        for widget in (self.chip, self.pause_button, self.cancel_button):
            head.addWidget(widget)
        self._inside = QWidget()
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._inside.hide()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(8, 8, 12, 8)
        whole.setSpacing(4)
        whole.addLayout(head)
        whole.addWidget(self._inside)

    def _show_steps(self, shown: bool) -> None:
        self.fold.set_icon("chevron-down" if shown else "chevron-right")
        self._inside.setVisible(shown)
        self.opened.emit(self.run_id, shown)

    def _toggle(self) -> None:
        (self.resume_asked if self._paused else self.pause_asked).emit(self.run_id)

    def show_run(
        self,
        run: WorkflowRun,
        kinds: Mapping[str, StepKind],
        accounts: Mapping[int, Account],
        batches: Mapping[int, BatchJob],
    ) -> None:
        """Draw the run as it is now; its steps only where they are known."""
        self._paused = run.state is RunState.PAUSED
        self.title.setText(f"{run.cause[:1].upper()}{run.cause[1:]}: {counted(run.products, 'product')}")
        self.title.setToolTip(moment_text(run.started_at))
        when = f"began {ago(run.started_at)}"
        self.words.setText("  ·  ".join(part for part in (when, run.said) if part))
        self.chip.set_state(*RUN_CHIPS[run.state])
        self.pause_button.setVisible(not run.state.is_final)
        self.cancel_button.setVisible(not run.state.is_final)
        self.pause_button.setText("Resume" if self._paused else "Pause")
        self.pause_button.set_icon("play" if self._paused else "pause")
        said = f"the run of {moment_text(run.started_at)}"
        self.pause_button.setAccessibleName(f"{self.pause_button.text()} {said}")
        self.cancel_button.setAccessibleName(f"Cancel {said}")
        self.fold.set_hint(f"Show the steps of {said}")
        self.setAccessibleName(f"{self.title.text()}, {self.chip.text}, {self.words.text()}")
        known = {step.key: step for step in run.steps}
        for step in in_order(run.workflow):
            if step.key not in known:
                continue
            if step.key not in self.steps:
                row = self.steps[step.key] = RunStepRow()
                row.batch_asked.connect(self.batch_asked)
                self._column.addWidget(row)
            self.steps[step.key].show_step(
                step_title(step, kinds, accounts), known[step.key], batches.get(known[step.key].batch_id or 0)
            )


class RunsCard(Card):
    """The last runs of a workflow, the newest first. Signals carry the run's or the batch's number."""

    pause_asked = Signal(int)
    resume_asked = Signal(int)
    cancel_asked = Signal(int)
    batch_asked = Signal(int)
    opened = Signal()  # steps of another run are to be shown

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.body.setContentsMargins(0, 4, 0, 4)
        self.body.setSpacing(0)
        self.rows: dict[WorkflowRunId, RunRow] = {}
        self._lines: list[Line] = []
        self.unfolded: set[int] = set()

    def show_runs(
        self,
        runs: Sequence[WorkflowRun],
        kinds: Mapping[str, StepKind],
        accounts: Mapping[int, Account],
        batches: Mapping[int, BatchJob],
    ) -> None:
        """Draw these runs; ``batches`` are those of steps under way."""
        if [run.id for run in runs] != list(self.rows):
            self._rebuild([run.id for run in runs])
        for run in runs:
            self.rows[run.id].show_run(run, kinds, accounts, batches)
        self.setVisible(bool(runs))

    def _rebuild(self, ids: Sequence[WorkflowRunId]) -> None:
        for old in (*self.rows.values(), *self._lines):
            self.body.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.rows, self._lines = {}, []
        for run_id in ids:
            if self.rows:
                self._lines.append(Line())
                self.body.addWidget(self._lines[-1])
            row = self.rows[run_id] = RunRow(run_id)
            row.fold.setChecked(run_id in self.unfolded)
            for mine, its in (
                (self.pause_asked, row.pause_asked), (self.resume_asked, row.resume_asked),
                (self.cancel_asked, row.cancel_asked), (self.batch_asked, row.batch_asked),
            ):  # fmt: skip
                its.connect(mine)
            row.opened.connect(self._note_opened)
            self.body.addWidget(row)

    def _note_opened(self, run_id: int, shown: bool) -> None:
        (self.unfolded.add if shown else self.unfolded.discard)(run_id)
        self.opened.emit()


def step_words(step: StepRun, now: datetime) -> str:
    """How many products are done, what failed, what it waits for and what it said."""
    parts = []
    if step.products and step.state is not StepState.WAITING:
        parts.append(f"{number(step.completed)} of {counted(step.products, 'product')}")
    if step.failed:
        parts.append(f"{number(step.failed)} failed")
    if step.cancelled:
        parts.append(f"{number(step.cancelled)} cancelled")
    if step.ready_at is not None and not step.state.is_final and step.ready_at > now:
        parts.append(f"goes on at {clock(step.ready_at, now)}")
    if step.said:
        parts.append(step.said)
    return "  ·  ".join(parts)
