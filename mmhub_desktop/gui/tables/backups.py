"""The table of backups: when and why made, what they hold, how large they are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from mmhub_desktop.domain.backup import KIND_LABELS, Backup, Contents
from mmhub_desktop.errors import MmhubError
from mmhub_desktop.gui.tables.declared_columns import LEFT, NOWHERE, RIGHT, DeclaredTable
from mmhub_desktop.gui.tables.jobs_delegate import paint_ground
from mmhub_desktop.gui.theme import font, theme
from mmhub_desktop.gui.words import ago, megabytes, moment_text, number
from mmhub_desktop.store.workspace_copy import contents


@dataclass(frozen=True, slots=True)
class BackupRow:
    """A backup with what it holds; None while that is being read, or when it cannot be."""

    backup: Backup
    held: Contents | None = None
    problem: str = ""


def read_row(backup: Backup, path: Path) -> BackupRow:
    """The row of a backup with what its file holds. Blocking."""
    try:
        return BackupRow(backup, contents(path))
    except MmhubError as error:
        return BackupRow(backup, problem=error.message)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its head, its width (0: what is left), its words; numbers stand right."""

    title: str
    width: int
    words: Callable[[BackupRow], str]
    is_number: bool = False


COLUMNS: tuple[Column, ...] = (
    Column("Made", 190, lambda row: moment_text(row.backup.at)),
    Column("Why", 0, lambda row: f"{KIND_LABELS[row.backup.kind]} {f'– {row.problem}' if row.problem else ''}".strip()),
    Column("Products", 120, lambda row: number(row.held.products) if row.held else "", is_number=True),
    Column("Listings", 120, lambda row: number(row.held.listings) if row.held else "", is_number=True),
    Column("Size", 110, lambda row: megabytes(row.backup.size), is_number=True),
)


class BackupsDelegate(QStyledItemDelegate):
    """Draws the words where the heads of the columns stand."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """One cell."""
        painter.save()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        paint_ground(painter, option.rect, selected=selected, hovered=False, first=index.column() == 0)
        room = option.rect.adjusted(12, 0, -12, 0)
        painter.setFont(font("body"))
        painter.setPen(theme().color("text"))
        words = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, RIGHT if COLUMNS[index.column()].is_number else LEFT, words)
        painter.restore()


class BackupsModel(DeclaredTable):
    """Backups, newest first. ``data(ROW)`` is the row itself."""

    ROW = Qt.ItemDataRole.UserRole + 1

    def __init__(
        self, *, now: Callable[[], datetime] = lambda: datetime.now(UTC), parent: QObject | None = None
    ) -> None:
        super().__init__(COLUMNS, parent)
        self.rows: list[BackupRow] = []
        self._now = now

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = NOWHERE) -> int:
        """One row a backup."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words, alignment, and the role above."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row, column = self.rows[index.row()], COLUMNS[index.column()]
        if role == self.ROW:
            return row
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if column.is_number else LEFT
        words = column.words(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{ago(row.backup.at, self._now())}\n{row.backup.name}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{column.title}: {words or 'not known'}"
        return words if role == Qt.ItemDataRole.DisplayRole else None

    def set_rows(self, rows: Sequence[BackupRow]) -> None:
        """Show these; rows that stand where they stood are changed in place."""
        before, self.rows = self.rows, list(rows)
        if [row.backup for row in before] != [row.backup for row in rows]:
            self.beginResetModel()
            self.endResetModel()
        elif rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(COLUMNS) - 1))
