"""The table of the history: one change a row, who made it, to how many products, and whether it stands."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QPainter

from mmhub_desktop.domain.history import KIND_LABELS, EntryKind, EntryState, HistoryEntry
from mmhub_desktop.gui.tables.declared_columns import Column, DeclaredTable
from mmhub_desktop.gui.tables.line_delegate import LineDelegate
from mmhub_desktop.gui.tables.line_painting import PAD, write_two_lines
from mmhub_desktop.gui.widgets.chip import paint_chip
from mmhub_desktop.gui.words import ago, counted, moment_text, number

STATE_CHIPS: dict[EntryState, tuple[str, str]] = {
    EntryState.OPEN: ("Under way", "info"),
    EntryState.DONE: ("Done", "ok"),
    EntryState.UNDOING: ("Being undone", "info"),
    EntryState.UNDONE: ("Undone", "neutral"),
    EntryState.REDOING: ("Being redone", "info"),
    EntryState.CUT_SHORT: ("Cut short, taken back", "warn"),
    EntryState.FORGOTTEN: ("Too old to undo", "neutral"),
}
KIND_ICONS: dict[EntryKind, str] = {
    EntryKind.EDIT: "pencil", EntryKind.BULK_EDIT: "table", EntryKind.ENHANCE: "sparkles",
    EntryKind.DELETE: "trash-2", EntryKind.IMPORT: "file-up", EntryKind.TAKE_LIVE: "arrow-down",
    EntryKind.RESTORE: "rotate-ccw", EntryKind.ADOPT: "plug",
}  # fmt: skip


COLUMNS: tuple[Column, ...] = (
    Column("Change", 0, lambda entry: entry.label),
    Column("State", 190, lambda entry: STATE_CHIPS[entry.state][0]),
    Column("Products", 110, lambda entry: number(entry.products), is_number=True),
    Column("Left as they were", 140, lambda entry: number(entry.refused) if entry.refused else "", is_number=True),
)
STATE_COLUMN, LEFT_COLUMN = 1, 3


class HistoryModel(DeclaredTable):
    """Entries, newest first. ``data(ENTRY)`` is the row's entry, ``data(DETAIL)`` the line below its name."""

    ENTRY = DeclaredTable.ROW
    DETAIL = Qt.ItemDataRole.UserRole + 2

    def __init__(
        self, *, now: Callable[[], datetime] = lambda: datetime.now(UTC), parent: QObject | None = None
    ) -> None:
        super().__init__(COLUMNS, parent, key=lambda entry: entry.id)
        self._now = now

    def cell(self, row: HistoryEntry, column: int, role: int) -> Any:
        """Words, and the roles above."""
        if role == self.DETAIL:
            return self._detail(row)
        if role == self.TOKEN:
            return "warn" if column == LEFT_COLUMN else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{row.label}\n{moment_text(row.at)}" if column == 0 else COLUMNS[column].words(row) or None
        said = super().cell(row, column, role)
        return f"{said}, {self._detail(row)}" if role == Qt.ItemDataRole.AccessibleTextRole and column == 0 else said

    def _detail(self, entry: HistoryEntry) -> str:
        """What sort of change, who, when; and when it was undone."""
        parts = [KIND_LABELS[entry.kind], *([f"by {entry.actor}"] if entry.actor else []), ago(entry.at, self._now())]
        if entry.undone_at is not None:
            parts.append(f"undone {ago(entry.undone_at, self._now())}")
        if entry.refused:
            parts.append(f"{counted(entry.refused, 'value')} stayed")
        return "  ·  ".join(parts)

    def row_of(self, entry_id: int) -> int:
        """Where an entry stands, -1 when it is not shown."""
        return next((row for row, entry in enumerate(self.rows) if entry.id == entry_id), -1)


class HistoryDelegate(LineDelegate):
    """Draws the change and its detail in two lines, the state as a chip, numbers at the right."""

    def paint_cell(self, painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex) -> None:
        """By column."""
        entry: HistoryEntry = index.data(HistoryModel.ENTRY)
        if index.column() == STATE_COLUMN:
            paint_chip(painter, rect.adjusted(PAD, 0, -8, 0), *STATE_CHIPS[entry.state])
        elif index.column() == 0:
            write_two_lines(painter, rect, entry.label, index.data(HistoryModel.DETAIL), icon=KIND_ICONS[entry.kind])
        else:
            super().paint_cell(painter, rect, index)
