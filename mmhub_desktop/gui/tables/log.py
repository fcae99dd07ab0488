"""The table of log lines, newest first; older ones are asked for when the view comes to the end."""

import json
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from mmhub_desktop.gui.tables.declared_columns import NOWHERE, Column, DeclaredTable
from mmhub_desktop.support.log_reading import LogLine

COLUMNS: tuple[Column, ...] = (
    Column("Time", 150, lambda line: f"{line.at.astimezone():%d %b %H:%M:%S}"),
    Column("Level", 90, lambda line: line.level.capitalize()),
    Column("Subject", 130, lambda line: line.subject),
    Column("Message", 0, lambda line: line.message.replace("\n", " ")),
)
LEVEL_COLUMN = 1
_TOKENS = {"warning": "warn", "error": "err", "critical": "err", "debug": "faint"}


class LogModel(DeclaredTable):
    """``data(LINE)`` is the row's ``LogLine``. ``more_wanted`` is emitted once for each page that is missing."""

    LINE = DeclaredTable.ROW
    more_wanted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(COLUMNS, parent)
        self._has_older = False

    def set_lines(self, lines: Sequence[LogLine], *, has_older: bool) -> None:
        """Show these, newest first, in place of all others."""
        self.beginResetModel()
        self.rows, self._has_older = list(lines), has_older
        self.endResetModel()

    def add_older(self, lines: Sequence[LogLine], *, has_older: bool) -> None:
        """Put older lines below."""
        self._has_older = has_older
        if lines:
            self.beginInsertRows(NOWHERE, len(self.rows), len(self.rows) + len(lines) - 1)
            self.rows += lines
            self.endInsertRows()

    def add_newer(self, lines: Sequence[LogLine]) -> None:
        """Put newer lines, newest first, on top."""
        if lines:
            self.beginInsertRows(NOWHERE, 0, len(lines) - 1)
            self.rows[:0] = lines
            self.endInsertRows()

    def canFetchMore(self, parent: QModelIndex | QPersistentModelIndex) -> bool:
        """Whether there are older lines."""
        return not parent.isValid() and self._has_older

    def fetchMore(self, parent: QModelIndex | QPersistentModelIndex) -> None:
        """Ask for them; they come later."""
        if self.canFetchMore(parent):
            self._has_older = False  # asked for: not again until they have come
            self.more_wanted.emit()

    def cell(self, row: LogLine, column: int, role: int) -> Any:
        """Words as they are, also for screen readers: lines are read one after the other. The level's colour."""
        if role == self.TOKEN:
            return _TOKENS.get(row.level) if column == LEVEL_COLUMN else None
        spoken = role == Qt.ItemDataRole.AccessibleTextRole
        return super().cell(row, column, Qt.ItemDataRole.DisplayRole if spoken else role)


def whole_line(line: LogLine) -> str:
    """All that a line holds, a field a line; tracebacks with their line breaks."""
    fields = json.loads(line.text)
    return "\n".join(f"{name}: {value}" for name, value in fields.items())
