"""The timeline in the details of a batch, job or step: the chart, and below it the same in words."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from mmhub_desktop.domain.ids import JobId
from mmhub_desktop.domain.job import BatchJob, JobState, MarketplaceJob, MarketplaceTask
from mmhub_desktop.domain.timeline import Span, job_spans
from mmhub_desktop.gui.tables.jobs_model import Item
from mmhub_desktop.gui.tables.jobs_words import duration
from mmhub_desktop.gui.widgets.bar_chart import Bar, BarChart
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.widgets.timeline import TimelineChart
from mmhub_desktop.gui.words import counted

if TYPE_CHECKING:
    from mmhub_desktop.workspace import Workspace

PARTS = 40  # bars of a batch
MOST_LINES = 60  # the newest are told in words
_BAD = (JobState.FAILED, JobState.CANCELLED)


class JobTimeline(QWidget):
    """Shows what ``read_timeline`` found; nothing, until there is something."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chart = TimelineChart()
        self.ends = BarChart(height=56)
        self.lines: list[tuple[str, str]] = []
        self._words = QWidget()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 4, 0, 0)
        self._column.setSpacing(8)
        self._column.addWidget(Label("Timeline", "section"))
        self._column.addWidget(self.chart)
        self._column.addWidget(self.ends)
        self._column.addWidget(self._words)
        self.hide()

    def clear(self) -> None:
        """Show nothing."""
        self.lines = []
        self.hide()

    def show_spans(self, spans: Sequence[Span], head: Sequence[tuple[str, str]], now: datetime) -> None:
        """The chart of spans; ``head`` are lines (time, words) that come before theirs."""
        self.chart.set_spans(spans, now)
        self.chart.setVisible(bool(spans))
        self.ends.hide()
        self._say([*head, *(_line(span, now) for span in spans)])

    def show_ends(self, bars: Sequence[Bar], summary: str, lines: Sequence[tuple[str, str]]) -> None:
        """The chart of a batch: how many jobs ended when."""
        self.chart.hide()
        self.ends.set_bars(bars, summary)
        self.ends.setVisible(any(bar.value for bar in bars))
        self._say(lines)

    def _say(self, lines: Sequence[tuple[str, str]]) -> None:
        left_out = len(lines) - MOST_LINES
        if left_out > 0:
            lines = [lines[0], ("", f"{counted(left_out, 'line')} left out"), *lines[-MOST_LINES:]]
        if list(lines) != self.lines:
            self.lines = list(lines)
            words = QWidget()
            grid = QGridLayout(words)
            grid.setContentsMargins(0, 0, 0, 0)
            grid.setHorizontalSpacing(12)
            grid.setVerticalSpacing(4)
            grid.setColumnStretch(1, 1)
            for row, (at, said) in enumerate(lines):
                label = Label(said, "small")
                label.setWordWrap(True)
                grid.addWidget(Label(at, "small", "muted"), row, 0)
                grid.addWidget(label, row, 1)
            self._column.replaceWidget(self._words, words)
            self._words.deleteLater()
            self._words = words
        self.setVisible(bool(self.lines))


async def read_timeline(
    workspace: "Workspace", item: Item, label: Callable[[str], str]
) -> Callable[[JobTimeline], None]:
    """Read what is known of the past of an item; call what comes back with the widget that is to show it."""
    now = datetime.now(UTC)
    if isinstance(item, BatchJob):
        return await _read_batch(workspace, item, now)
    job_id = item.id if isinstance(item, MarketplaceJob) else item.job_id
    spans, head = await _read_job(workspace, job_id, label)
    if isinstance(item, MarketplaceTask):
        mine = label(item.kind)
        spans, head = [span for span in spans if span.row == mine], []
    return lambda shown: shown.show_spans(spans, head, now)


async def _read_job(
    workspace: "Workspace", job_id: JobId, label: Callable[[str], str]
) -> tuple[list[Span], list[tuple[str, str]]]:
    for job in await workspace.jobs.jobs([job_id]):
        (batch,) = await workspace.jobs.batches([job.batch_id])
        tasks, attempts = await workspace.jobs.tasks(job_id), await workspace.jobs.attempts_of(job_id)
        spans = job_spans(batch.created_at, tasks, attempts, label, job.state, job.next_try_at)
        return spans, [(_clock(batch.created_at), "planned")]
    return [], []


async def _read_batch(workspace: "Workspace", batch: BatchJob, now: datetime) -> Callable[[JobTimeline], None]:
    begin, end = batch.started_at or batch.created_at, batch.finished_at or now
    counts = await workspace.jobs.ends(batch.id, begin, end, PARTS)
    span = (end - begin) / PARTS
    bars = []
    for part in range(PARTS):
        done = counts.get((part, JobState.COMPLETED), 0)
        bad = sum(counts.get((part, state), 0) for state in _BAD)
        words = f"{_clock(begin + part * span)}: {done} done" + (f", {bad} not" if bad else "")
        bars.append(Bar(done + bad, bad, words if done or bad else ""))
    lines = [(_clock(batch.created_at), "planned")]
    if batch.started_at is not None:
        waited = (batch.started_at - batch.created_at).total_seconds()
        lines.append((_clock(batch.started_at), f"began after {duration(waited)}" if waited >= 1 else "began"))
    if batch.finished_at is not None:
        took = (batch.finished_at - begin).total_seconds()
        lines.append((_clock(batch.finished_at), f"ended after {duration(took)}"))
    elif batch.state is JobState.PAUSED:
        lines.append((_clock(now), "paused"))
    summary = f"When the jobs ended, from {_clock(begin)} to {_clock(end)}: {counted(batch.done, 'job')}"
    return lambda shown: shown.show_ends(bars, summary, lines)


def _line(span: Span, now: datetime) -> tuple[str, str]:
    took = ((span.end or now) - span.start).total_seconds()
    what = f"{span.row}: {span.words}" if span.row else span.words[:1].upper() + span.words[1:]
    if span.end is not None and span.end > now:
        return _clock(span.start), f"{what} at {_clock(span.end)}"
    return _clock(span.start), what if span.kind == "skipped" else f"{what} ({duration(took)})"


def _clock(moment: datetime) -> str:
    local = moment.astimezone()
    return f"{local:%H:%M:%S}" if local.date() == datetime.now(UTC).astimezone().date() else f"{local:%d %b %H:%M:%S}"
