"""How the rows of the job tree are drawn, and where their buttons are."""

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QTableView

from mmhub_desktop.domain.job import BatchJob, JobState, MarketplaceJob, MarketplaceTask
from mmhub_desktop.gui.tables import jobs_words as words
from mmhub_desktop.gui.tables.declared_columns import RIGHT
from mmhub_desktop.gui.tables.jobs_model import Item, JobsModel
from mmhub_desktop.gui.tables.jobs_outline import Level
from mmhub_desktop.gui.tables.line_delegate import OUTSIDE, LineDelegate
from mmhub_desktop.gui.tables.line_painting import width_of, write
from mmhub_desktop.gui.theme import draw_icon, theme
from mmhub_desktop.gui.widgets.chip import chip_width, paint_chip
from mmhub_desktop.gui.widgets.progress import paint_progress

HEIGHTS = {Level.BATCH: 84, Level.JOB: 52, Level.TASK: 36}
_INDENTS = {Level.BATCH: 16, Level.JOB: 44, Level.TASK: 76}
_EDGE = 16
_BUTTON = 28
_MOST_BUTTONS = 3  # room is kept for so many, so that the chips stand in one column
_STATE_ICONS = {
    JobState.PENDING: ("clock", "muted"),
    JobState.RUNNING: ("loader", "info"),
    JobState.PAUSED: ("circle-pause", "warn"),
    JobState.COMPLETED: ("circle-check", "ok"),
    JobState.FAILED: ("circle-alert", "err"),
    JobState.CANCELLED: ("ban", "muted"),
}


@dataclass(frozen=True, slots=True)
class Control:
    """Something the seller can do to a batch or job: the engine's verb, its words and icon."""

    verb: str  # "pause", "resume", "cancel", "retry": Engine.<verb>_batch / <verb>_job
    label: str
    icon: str
    batch_label: str = ""


PAUSE = Control("pause", "Pause", "pause")
RESUME = Control("resume", "Resume", "play")
RETRY = Control("retry", "Try again", "rotate-cw", "Retry failed")
CANCEL = Control("cancel", "Cancel", "x")
CONTROLS = (PAUSE, RESUME, RETRY, CANCEL)


def controls_of(item: Item | None) -> tuple[Control, ...]:
    """What can be done to a row in the state that it is in."""
    if item is None or isinstance(item, MarketplaceTask):
        return ()
    found = []
    if item.state in (JobState.PENDING, JobState.RUNNING):
        found.append(PAUSE)
    if item.state is JobState.PAUSED:
        found.append(RESUME)
    if item.failed if isinstance(item, BatchJob) else item.state is JobState.FAILED:
        found.append(RETRY)
    if not item.state.is_final:
        found.append(CANCEL)
    return tuple(found)


class JobsDelegate(LineDelegate):
    """Draws batches as cards with a bar, jobs in two lines, tasks in one. Colours and fonts come from the theme."""

    def __init__(self, view: QTableView) -> None:
        super().__init__(view)
        self.pointer = OUTSIDE

    def sizeHint(
        self,
        option: QStyleOptionViewItem,  # noqa: ARG002 - Qt's signature
        index: QModelIndex | QPersistentModelIndex,
    ) -> QSize:
        """The height of the row's level."""
        return QSize(200, HEIGHTS[index.data(JobsModel.NODE).level])

    def point_at(self, point: QPoint) -> None:
        """Buttons answer to the mouse, too."""
        super().point_at(point)
        self.pointer = point
        self.draw_again(self.hovered)

    def paint_cell(self, painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex) -> None:
        """By level."""
        node, item = index.data(JobsModel.NODE), index.data(JobsModel.ITEM)
        if isinstance(item, BatchJob):
            self._paint_batch(painter, rect, index, item)
        elif isinstance(item, MarketplaceJob):
            self._paint_job(painter, rect, index, item)
        elif isinstance(item, MarketplaceTask):
            self._paint_task(painter, rect, index, item)
        else:
            write(painter, rect.adjusted(_INDENTS[node.level] + 28, 0, 0, 0), "…", "body", "faint")

    def control_at(self, rect: QRect, item: Item | None, point: QPoint) -> Control | None:
        """The button of a row under a point of the view."""
        for control, place in self._places(rect, item):
            if place.contains(point):
                return control
        return None

    def arrow_rect(self, rect: QRect, level: Level) -> QRect:
        """Where the row is opened and closed."""
        left = rect.left() + _INDENTS[level] - 8
        top = rect.top() + (8 if level is Level.BATCH else rect.height() // 2 - 16)
        return QRect(left, top, 32, 32)

    def _places(self, rect: QRect, item: Item | None) -> list[tuple[Control, QRect]]:
        controls = controls_of(item)
        right = rect.right() - _EDGE + 6
        middle = rect.top() + 24 if isinstance(item, BatchJob) else rect.center().y() + 1
        return [
            (control, QRect(right - _BUTTON * (len(controls) - place), middle - _BUTTON // 2, _BUTTON, _BUTTON))
            for place, control in enumerate(controls)
        ]

    def _paint_batch(
        self, painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex, batch: BatchJob
    ) -> None:
        self._paint_arrow(painter, rect, index, Level.BATCH)
        left, right = rect.left() + _INDENTS[Level.BATCH] + 28, rect.right() - _EDGE
        end = self._paint_right(painter, rect, batch, 24)
        title = QRect(left, rect.top() + 12, end - left - 12, 24)
        write(painter, title, index.data(Qt.ItemDataRole.DisplayRole), "strong", "text")
        fraction = batch.done / batch.total if batch.total else 0.0
        thin = 3 if batch.state.is_final else 6  # what is over does not shout
        bar = QRect(left, rect.top() + 47 - thin // 2, right - left, thin)
        paint_progress(painter, bar, fraction, "err" if batch.failed else words.bar_tone(batch))
        well = (batch.done - batch.failed) / batch.total if batch.total else 0.0
        if batch.failed and well:
            self._paint_well(painter, bar, well, words.bar_tone(batch))
        below = QRect(left, rect.top() + 55, right - left, 20)
        write(painter, below.adjusted(0, 0, -60, 0), index.data(JobsModel.DETAIL), "body", "muted")
        write(painter, below, f"{fraction:.0%}", "body", "muted", RIGHT)

    def _paint_job(
        self, painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex, job: MarketplaceJob
    ) -> None:
        self._paint_arrow(painter, rect, index, Level.JOB)
        left = rect.left() + _INDENTS[Level.JOB] + 28
        if icon := index.data(JobsModel.ICON):
            draw_icon(painter, QRect(left, rect.center().y() - 9, 18, 18), icon)
            left += 28
        end = self._paint_right(painter, rect, job, rect.height() // 2)
        steps = QRect(end - 76, rect.top(), 64, rect.height())
        if job.tasks_total and job.state is not JobState.COMPLETED:
            step = f"{job.tasks_done} of {job.tasks_total}"
            write(painter, steps, step, "body", "muted", RIGHT)
        width = steps.left() - left - 12
        write(painter, QRect(left, rect.top() + 7, width, 19), self._display(index), "body", "text")
        detail_token = "err" if job.state is JobState.FAILED else "muted"
        write(painter, QRect(left, rect.top() + 26, width, 19), index.data(JobsModel.DETAIL), "label", detail_token)

    def _paint_task(
        self, painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex, task: MarketplaceTask
    ) -> None:
        left, middle = rect.left() + _INDENTS[Level.TASK] + 28, rect.center().y()
        name, token = _STATE_ICONS[task.state]
        draw_icon(painter, QRect(left, middle - 8, 16, 16), name, token)
        word = words.STATE_CHIPS[task.state][0]
        right = rect.right() - _EDGE
        said = "  ·  ".join(part for part in (index.data(JobsModel.DETAIL), word) if part)
        width = width_of(said, "body") + 2
        place = QRect(right - width, rect.top(), width, rect.height())
        write(painter, place, said, "body", "muted", RIGHT)
        room = QRect(left + 24, rect.top(), place.left() - left - 40, rect.height())
        write(painter, room, self._display(index), "body", "text")

    def _paint_arrow(
        self, painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex, level: Level
    ) -> None:
        name = "chevron-down" if index.data(JobsModel.OPEN) else "chevron-right"
        draw_icon(painter, self.arrow_rect(rect, level).adjusted(8, 8, -8, -8), name, "muted")

    def _paint_right(self, painter: QPainter, rect: QRect, item: BatchJob | MarketplaceJob, middle: int) -> int:
        """Buttons and chip at the right edge; returns where they begin."""
        places = self._places(rect, item)
        for control, place in places:
            over = place.contains(self.pointer)
            if over:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme().color("border"))
                painter.drawRoundedRect(place, 7, 7)
            draw_icon(painter, place.adjusted(6, 6, -6, -6), control.icon, "text" if over else "muted")
        right = rect.right() - _EDGE + 6 - _MOST_BUTTONS * _BUTTON - 8
        word, tone = words.STATE_CHIPS[item.state]
        width = chip_width(word)
        paint_chip(painter, QRect(right - width, rect.top() + middle - 11, width, 22), word, tone)
        return right - width

    def _paint_well(self, painter: QPainter, bar: QRect, fraction: float, tone: str) -> None:
        """What went well, over a bar that ends in what failed."""
        painter.save()
        painter.setClipRect(QRect(bar.left(), bar.top(), round(bar.width() * fraction), bar.height()))
        paint_progress(painter, bar, 1.0, tone)
        painter.restore()

    def _display(self, index: QModelIndex | QPersistentModelIndex) -> str:
        return str(index.data(Qt.ItemDataRole.DisplayRole))
