"""The table of imports: one file a row, what became of its rows, and how far a running one is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QPainter

from mmhub_desktop.catalog.import_run import Progress
from mmhub_desktop.domain.history import EntryState, HistoryEntry
from mmhub_desktop.domain.ids import ImportId
from mmhub_desktop.domain.imports import ImportJob, ImportState
from mmhub_desktop.events import ImportProgressed
from mmhub_desktop.gui.tables.declared_columns import Column, DeclaredTable
from mmhub_desktop.gui.tables.jobs_words import duration
from mmhub_desktop.gui.tables.line_delegate import LineDelegate
from mmhub_desktop.gui.tables.line_painting import PAD, write_two_lines
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


COLUMNS: tuple[Column, ...] = (
    Column("File", 0, lambda job: job.file_name),
    Column("State", 150, lambda job: STATE_CHIPS[job.state][0]),
    Column("New", 92, lambda job: number(job.counts.new), is_number=True),
    Column("Changed", 92, lambda job: number(job.counts.changed), is_number=True),
    Column("The same", 92, lambda job: number(job.counts.same), is_number=True),
    Column("Refused", 92, lambda job: number(job.counts.refused), is_number=True),
)
STATE_COLUMN, REFUSED_COLUMN = 1, 5


class ImportsModel(DeclaredTable):
    """All imports, newest first. ``data(JOB)`` is the row's ``ImportJob``, ``data(DETAIL)`` the line below its name.

    ``data(ENTRY)`` is what the history of changes knows of it (None: nothing was written), ``data(CHIP)`` its state.
    """

    JOB = DeclaredTable.ROW
    DETAIL = Qt.ItemDataRole.UserRole + 2
    ENTRY = Qt.ItemDataRole.UserRole + 3
    CHIP = Qt.ItemDataRole.UserRole + 4

    def __init__(
        self, *, now: Callable[[], datetime] = lambda: datetime.now(UTC), parent: QObject | None = None
    ) -> None:
        super().__init__(COLUMNS, parent, key=lambda job: job.id)
        self._entries: Mapping[ImportId, HistoryEntry] = {}
        self._progress: dict[int, ImportProgressed] = {}
        self._now = now

    def cell(self, row: ImportJob, column: int, role: int) -> Any:
        """Words, and the roles above."""
        if role == self.DETAIL:
            return self._detail(row)
        if role == self.ENTRY:
            return self._entries.get(row.id)
        if role == self.CHIP:
            return self._chip(row)
        if role == self.TOKEN:
            return "err" if column == REFUSED_COLUMN and row.counts.refused else None
        if role == Qt.ItemDataRole.ToolTipRole and column == 0:
            return "\n".join(part for part in (row.file_path, row.message) if part)
        if role == Qt.ItemDataRole.AccessibleTextRole and column == 0:
            return f"{super().cell(row, column, role)}, {self._detail(row)}"
        if column == STATE_COLUMN and role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{COLUMNS[column].title}: {self._chip(row)[0]}"
        if column == STATE_COLUMN and role == Qt.ItemDataRole.DisplayRole:
            return self._chip(row)[0]
        return super().cell(row, column, role)

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
        was, self._entries = self._entries, entries or {}
        self.set_rows(jobs)
        for place, job in enumerate(self.rows):
            if was.get(job.id) != self._entries.get(job.id):
                self.tell_changed(place)

    def progress(self, event: ImportProgressed) -> bool:
        """Move a running import on; False when it is not in the table."""
        for place, job in enumerate(self.rows):
            if job.id == event.id:
                self._progress[event.id] = event
                self.rows[place] = replace(job, state=event.state, counts=event.counts)
                self.tell_changed(place)
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


class ImportsDelegate(LineDelegate):
    """Draws file name and detail in two lines, the state as a chip, numbers at the right."""

    def paint_cell(self, painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex) -> None:
        """By column."""
        if index.column() == STATE_COLUMN:
            paint_chip(painter, rect.adjusted(PAD, 0, -8, 0), *index.data(ImportsModel.CHIP))
        elif index.column() == 0:
            job: ImportJob = index.data(ImportsModel.JOB)
            tone = "err" if job.state is ImportState.FAILED else "muted"
            detail = index.data(ImportsModel.DETAIL)
            write_two_lines(painter, rect, job.file_name, detail, icon="file-spreadsheet", tone=tone)
        else:
            super().paint_cell(painter, rect, index)
