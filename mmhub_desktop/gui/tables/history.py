"""The table of the history: one change a row, who made it, to how many products, and whether it stands."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from mmhub_desktop.domain.history import KIND_LABELS, EntryKind, EntryState, HistoryEntry
from mmhub_desktop.gui.tables.declared_columns import LEFT, NOWHERE, RIGHT, DeclaredTable
from mmhub_desktop.gui.tables.jobs_delegate import paint_ground
from mmhub_desktop.gui.theme import draw_icon, font, theme
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


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its head, its width (0: what is left), its words; numbers stand right."""

    title: str
    width: int
    words: Callable[[HistoryEntry], str]
    is_number: bool = False


COLUMNS: tuple[Column, ...] = (
    Column("Change", 0, lambda entry: entry.label),
    Column("State", 190, lambda entry: STATE_CHIPS[entry.state][0]),
    Column("Products", 110, lambda entry: number(entry.products), is_number=True),
    Column("Left as they were", 140, lambda entry: number(entry.refused) if entry.refused else "", is_number=True),
)
STATE_COLUMN = 1


class HistoryModel(DeclaredTable):
    """Entries, newest first. ``data(ENTRY)`` is the row's entry, ``data(DETAIL)`` the line below its name."""

    ENTRY = Qt.ItemDataRole.UserRole + 1
    DETAIL = Qt.ItemDataRole.UserRole + 2

    def __init__(
        self, *, now: Callable[[], datetime] = lambda: datetime.now(UTC), parent: QObject | None = None
    ) -> None:
        super().__init__(COLUMNS, parent)
        self._entries: list[HistoryEntry] = []
        self._now = now

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = NOWHERE) -> int:
        """One row an entry."""
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words, alignment, and the roles above."""
        if not index.isValid() or index.row() >= len(self._entries):
            return None
        entry, column = self._entries[index.row()], COLUMNS[index.column()]
        if role == self.ENTRY:
            return entry
        if role == self.DETAIL:
            return self._detail(entry)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if column.is_number else LEFT
        words = column.words(entry)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{entry.label}\n{moment_text(entry.at)}" if index.column() == 0 else words or None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{column.title}: {words or 'none'}" + (f", {self._detail(entry)}" if index.column() == 0 else "")
        return words if role == Qt.ItemDataRole.DisplayRole else None

    def _detail(self, entry: HistoryEntry) -> str:
        """What sort of change, who, when; and when it was undone."""
        parts = [KIND_LABELS[entry.kind], *([f"by {entry.actor}"] if entry.actor else []), ago(entry.at, self._now())]
        if entry.undone_at is not None:
            parts.append(f"undone {ago(entry.undone_at, self._now())}")
        if entry.refused:
            parts.append(f"{counted(entry.refused, 'value')} stayed")
        return "  ·  ".join(parts)

    def set_entries(self, entries: Sequence[HistoryEntry]) -> None:
        """Show these; rows that stand where they stood are changed in place."""
        before, self._entries = self._entries, list(entries)
        if [entry.id for entry in before] != [entry.id for entry in entries]:
            self.beginResetModel()
            self.endResetModel()
            return
        for row, entry in enumerate(entries):
            if entry != before[row]:
                self.dataChanged.emit(self.index(row, 0), self.index(row, len(COLUMNS) - 1))

    def row_of(self, entry_id: int) -> int:
        """Where an entry stands, -1 when it is not shown."""
        return next((row for row, entry in enumerate(self._entries) if entry.id == entry_id), -1)


class HistoryDelegate(QStyledItemDelegate):
    """Draws the change and its detail in two lines, the state as a chip, numbers at the right."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.hovered = -1

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """One cell."""
        entry: HistoryEntry | None = index.data(HistoryModel.ENTRY)
        if entry is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect: QRect = option.rect
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        column = index.column()
        paint_ground(painter, rect, selected=selected, hovered=index.row() == self.hovered, first=column == 0)
        if column == STATE_COLUMN:
            paint_chip(painter, rect.adjusted(12, 0, -8, 0), *STATE_CHIPS[entry.state])
        elif column == 0:
            self._paint_change(painter, rect, index, entry)
        else:
            painter.setFont(font("body"))
            painter.setPen(theme().color("warn" if COLUMNS[column].title == "Left as they were" else "text"))
            painter.drawText(rect.adjusted(12, 0, -12, 0), RIGHT, str(index.data()))
        painter.restore()

    def _paint_change(
        self, painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex, entry: HistoryEntry
    ) -> None:
        draw_icon(painter, QRect(rect.left() + 16, rect.center().y() - 9, 20, 20), KIND_ICONS[entry.kind])
        room = rect.adjusted(50, 9, -12, 0)
        for text, role, token, top in (
            (entry.label, "strong", "text", 0),
            (index.data(HistoryModel.DETAIL), "small", "muted", 19),
        ):
            painter.setFont(font(role))
            painter.setPen(theme().color(token))
            elided = painter.fontMetrics().elidedText(str(text), Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(QRect(room.left(), room.top() + top, room.width(), 19), LEFT, elided)
