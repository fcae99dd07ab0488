"""The table of imports: one file a row, what became of its rows, and how far a running one is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from mmhub_desktop.catalog.import_run import Progress
from mmhub_desktop.domain.history import EntryState, HistoryEntry
from mmhub_desktop.domain.ids import ImportId
from mmhub_desktop.domain.imports import ImportJob, ImportState
from mmhub_desktop.events import ImportProgressed
from mmhub_desktop.gui.tables.declared_columns import LEFT, NOWHERE, RIGHT, DeclaredTable
from mmhub_desktop.gui.tables.jobs_delegate import paint_ground
from mmhub_desktop.gui.tables.jobs_words import duration
from mmhub_desktop.gui.theme import draw_icon, font, theme
from mmhub_desktop.gui.widgets.chip import paint_chip
from mmhub_desktop.gui.words import ago, counted, number

STATE_CHIPS: dict[ImportState, tuple[str, str]] = {
    ImportState.RUNNING: ("Running", "info"),
    ImportState.COMPLETED: ("Done", "ok"),
    ImportState.CANCELLED: ("Cancelled", "neutral"),
    ImportState.INTERRUPTED: ("Interrupted", "warn"),
    ImportState.FAILED: ("Failed", "err"),
}
_UNDO_CHIPS: dict[EntryState, tuple[str, str]] = {
    EntryState.UNDOING: ("Being undone", "info"),
    EntryState.UNDONE: ("Undone", "neutral"),
    EntryState.REDOING: ("Being redone", "info"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its head, its width (0: what is left), its words; numbers stand right."""

    title: str
    width: int
    words: Callable[[ImportJob], str]
    is_number: bool = False


COLUMNS: tuple[Column, ...] = (
    Column("File", 0, lambda job: job.file_name),
    Column("State", 150, lambda job: STATE_CHIPS[job.state][0]),
    Column("New", 92, lambda job: number(job.counts.new), is_number=True),
    Column("Changed", 92, lambda job: number(job.counts.changed), is_number=True),
    Column("The same", 92, lambda job: number(job.counts.same), is_number=True),
    Column("Refused", 92, lambda job: number(job.counts.refused), is_number=True),
)
STATE_COLUMN = 1


class ImportsModel(DeclaredTable):
    """All imports, newest first. ``data(JOB)`` is the row's ``ImportJob``, ``data(DETAIL)`` the line below its name.

    ``data(ENTRY)`` is what the history of changes knows of it (None: nothing was written), ``data(CHIP)`` its state.
    """

    JOB = Qt.ItemDataRole.UserRole + 1
    DETAIL = Qt.ItemDataRole.UserRole + 2
    ENTRY = Qt.ItemDataRole.UserRole + 3
    CHIP = Qt.ItemDataRole.UserRole + 4

    def __init__(
        self, *, now: Callable[[], datetime] = lambda: datetime.now(UTC), parent: QObject | None = None
    ) -> None:
        super().__init__(COLUMNS, parent)
        self._jobs: list[ImportJob] = []
        self._entries: Mapping[ImportId, HistoryEntry] = {}
        self._progress: dict[int, ImportProgressed] = {}
        self._now = now

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = NOWHERE) -> int:
        """One row an import."""
        return 0 if parent.isValid() else len(self._jobs)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words, alignment, and the roles above."""
        if not index.isValid() or index.row() >= len(self._jobs):
            return None
        job = self._jobs[index.row()]
        column = COLUMNS[index.column()]
        if role == self.JOB:
            return job
        if role == self.DETAIL:
            return self._detail(job)
        if role == self.ENTRY:
            return self._entries.get(job.id)
        if role == self.CHIP:
            return self._chip(job)
        words = self._chip(job)[0] if index.column() == STATE_COLUMN else column.words(job)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if column.is_number else LEFT
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == 0:
            return "\n".join(part for part in (job.file_path, job.message) if part)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{column.title}: {words}" + (f", {self._detail(job)}" if index.column() == 0 else "")
        return words if role == Qt.ItemDataRole.DisplayRole else None

    def _chip(self, job: ImportJob) -> tuple[str, str]:
        entry = self._entries.get(job.id)
        return (entry and _UNDO_CHIPS.get(entry.state)) or STATE_CHIPS[job.state]

    def _detail(self, job: ImportJob) -> str:
        """When, how long, how far; or why it failed."""
        progress = self._progress.get(job.id)
        if job.state is ImportState.RUNNING and progress is not None:
            return progress_words(progress)
        parts = [ago(job.started_at, self._now()), counted(job.counts.rows, "row")]
        if job.finished_at is not None:
            parts.append(f"took {duration((job.finished_at - job.started_at).total_seconds())}")
        if job.template:
            parts.append(f"as “{job.template}”")
        if job.message:
            parts.insert(0, job.message.splitlines()[0])
        return "  ·  ".join(parts)

    def set_jobs(self, jobs: Sequence[ImportJob], entries: Mapping[ImportId, HistoryEntry] | None = None) -> None:
        """Show these imports; rows that stand where they stood are changed in place."""
        before, was = self._jobs, self._entries
        self._jobs, self._entries = list(jobs), entries or {}
        if [job.id for job in jobs] != [job.id for job in before]:
            self.beginResetModel()
            self.endResetModel()
            return
        for row, job in enumerate(jobs):
            if job != before[row] or was.get(job.id) != self._entries.get(job.id):
                self.dataChanged.emit(self.index(row, 0), self.index(row, len(COLUMNS) - 1))

    def progress(self, event: ImportProgressed) -> bool:
        """Move a running import on; False when it is not in the table."""
        for row, job in enumerate(self._jobs):
            if job.id == event.id:
                self._progress[event.id] = event
                self._jobs[row] = replace(job, state=event.state, counts=event.counts)
                self.dataChanged.emit(self.index(row, 0), self.index(row, len(COLUMNS) - 1))
                return True
        return False

    def fraction(self, job: ImportJob) -> float:
        """How far a running import is, 0..1."""
        progress = self._progress.get(job.id)
        return min(1.0, progress.counts.rows / progress.total_rows) if progress and progress.total_rows else 0.0


def progress_words(progress: ImportProgressed | Progress) -> str:
    """``310,000 of about 500,000 rows, 82,000 rows/s, about 2 s left``."""
    parts = [f"{number(progress.counts.rows)} of about {number(max(progress.total_rows, progress.counts.rows))} rows"]
    if progress.rows_per_second >= 1:
        parts.append(f"{number(round(progress.rows_per_second))} rows/s")
    if progress.seconds_left is not None:
        parts.append(f"about {duration(progress.seconds_left)} left")
    return ", ".join(parts)


class ImportsDelegate(QStyledItemDelegate):
    """Draws file name and detail in two lines, the state as a chip, numbers at the right."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.hovered = -1

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """One cell."""
        job: ImportJob | None = index.data(ImportsModel.JOB)
        if job is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect: QRect = option.rect
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        column = index.column()
        paint_ground(painter, rect, selected=selected, hovered=index.row() == self.hovered, first=column == 0)
        if column == STATE_COLUMN:
            paint_chip(painter, rect.adjusted(12, 0, -8, 0), *index.data(ImportsModel.CHIP))
        elif column == 0:
            self._paint_file(painter, rect, index, job)
        else:
            is_bad = COLUMNS[column].title == "Refused" and job.counts.refused
            token = "err" if is_bad else "muted" if index.data() == "0" else "text"
            painter.setFont(font("body"))
            painter.setPen(theme().color(token))
            painter.drawText(rect.adjusted(12, 0, -12, 0), RIGHT, str(index.data()))
        painter.restore()

    def _paint_file(
        self, painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex, job: ImportJob
    ) -> None:
        draw_icon(painter, QRect(rect.left() + 16, rect.center().y() - 9, 20, 20), "file-spreadsheet")
        room = rect.adjusted(50, 9, -12, 0)
        for text, role, token, top in (
            (job.file_name, "strong", "text", 0),
            (index.data(ImportsModel.DETAIL), "small", "err" if job.state is ImportState.FAILED else "muted", 19),
        ):
            painter.setFont(font(role))
            painter.setPen(theme().color(token))
            elided = painter.fontMetrics().elidedText(str(text), Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(QRect(room.left(), room.top() + top, room.width(), 19), LEFT, elided)
