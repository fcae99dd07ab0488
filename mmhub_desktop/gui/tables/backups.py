"""The table of backups: when and why made, what they hold, how large they are."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt

from mmhub_desktop.domain.backup import KIND_LABELS, Backup, Contents
from mmhub_desktop.errors import MmhubError
from mmhub_desktop.gui.tables.declared_columns import Column, DeclaredTable
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


COLUMNS: tuple[Column, ...] = (
    Column("Made", 190, lambda row: moment_text(row.backup.at)),
    Column("Why", 0, lambda row: f"{KIND_LABELS[row.backup.kind]} {f'– {row.problem}' if row.problem else ''}".strip()),
    Column("Products", 120, lambda row: number(row.held.products) if row.held else "", is_number=True),
    Column("Listings", 120, lambda row: number(row.held.listings) if row.held else "", is_number=True),
    Column("Size", 110, lambda row: megabytes(row.backup.size), is_number=True),
)


class BackupsModel(DeclaredTable):
    """Backups, newest first. ``data(ROW)`` is the row itself."""

    def __init__(
        self, *, now: Callable[[], datetime] = lambda: datetime.now(UTC), parent: QObject | None = None
    ) -> None:
        super().__init__(COLUMNS, parent, key=lambda row: row.backup)
        self._now = now

    def cell(self, row: BackupRow, column: int, role: int) -> Any:
        """Words, and how long ago it was made."""
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{ago(row.backup.at, self._now())}\n{row.backup.name}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{COLUMNS[column].title}: {COLUMNS[column].words(row) or 'not known'}"
        return super().cell(row, column, role)
