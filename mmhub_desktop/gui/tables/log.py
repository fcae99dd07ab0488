"""The table of log lines, newest first; older ones are asked for when the view comes to the end."""

import json
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from mmhub_desktop.gui.theme import theme
from mmhub_desktop.support.log_reading import LogLine

COLUMNS: tuple[tuple[str, int], ...] = (("Time", 150), ("Level", 90), ("Subject", 130), ("Message", 0))
"""Heads and widths (0: what is left)."""
_TOKENS = {"warning": "warn", "error": "err", "critical": "err", "debug": "faint"}
_NOWHERE = QModelIndex()
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class LogModel(QAbstractTableModel):
    """``data(LINE)`` is the row's ``LogLine``. ``more_wanted`` is emitted once for each page that is missing."""

    LINE = Qt.ItemDataRole.UserRole + 1
    more_wanted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: list[LogLine] = []
        self._has_older = False

    def set_lines(self, lines: Sequence[LogLine], *, has_older: bool) -> None:
        """Show these, newest first, in place of all others."""
        self.beginResetModel()
        self._lines, self._has_older = list(lines), has_older
        self.endResetModel()

    def add_older(self, lines: Sequence[LogLine], *, has_older: bool) -> None:
        """Put older lines below."""
        self._has_older = has_older
        if lines:
            self.beginInsertRows(_NOWHERE, len(self._lines), len(self._lines) + len(lines) - 1)
            self._lines += lines
            self.endInsertRows()

    def add_newer(self, lines: Sequence[LogLine]) -> None:
        """Put newer lines, newest first, on top."""
        if lines:
            self.beginInsertRows(_NOWHERE, 0, len(lines) - 1)
            self._lines[:0] = lines
            self.endInsertRows()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NOWHERE) -> int:
        """One row a line."""
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = _NOWHERE) -> int:
        """As declared in ``COLUMNS``."""
        return 0 if parent.isValid() else len(COLUMNS)

    def canFetchMore(self, parent: QModelIndex | QPersistentModelIndex) -> bool:
        """Whether there are older lines."""
        return not parent.isValid() and self._has_older

    def fetchMore(self, parent: QModelIndex | QPersistentModelIndex) -> None:
        """Ask for them; they come later."""
        if self.canFetchMore(parent):
            self._has_older = False  # asked for: not again until they have come
            self.more_wanted.emit()

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Heads of the columns."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section][0]
        return _LEFT if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words, alignment, the level's colour, the line itself."""
        if not index.isValid() or index.row() >= len(self._lines):
            return None
        line = self._lines[index.row()]
        if role == self.LINE:
            return line
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT
        if role == Qt.ItemDataRole.ForegroundRole:
            return theme().color(_TOKENS[line.level]) if index.column() == 1 and line.level in _TOKENS else None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            words = (f"{line.at.astimezone():%d %b %H:%M:%S}", line.level.capitalize(), line.subject, line.message)
            return words[index.column()].replace("\n", " ")
        return None


def whole_line(line: LogLine) -> str:
    """All that a line holds, a field a line; tracebacks with their line breaks."""
    fields = json.loads(line.text)
    return "\n".join(f"{name}: {value}" for name, value in fields.items())
