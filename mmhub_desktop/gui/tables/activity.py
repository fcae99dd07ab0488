"""The table of calls: one account's operation a row, with its numbers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from mmhub_desktop.actions import ACTIONS
from mmhub_desktop.domain.call import OUTSIDE_JOBS
from mmhub_desktop.domain.call_stats import CallStats
from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.gui.tables.declared_columns import LEFT, NOWHERE, RIGHT, DeclaredTable
from mmhub_desktop.gui.tables.jobs_delegate import paint_ground
from mmhub_desktop.gui.tables.jobs_words import duration, response_time
from mmhub_desktop.gui.theme import font, theme
from mmhub_desktop.gui.words import number

POOR = 0.9  # a success rate below this is shown as a problem


def operation_words(operation: str) -> str:
    """An operation for the seller: ``publish.create_listing`` → “Publish: Create the listing”."""
    if operation == OUTSIDE_JOBS:
        return "Signing in and testing"
    name, _, step = operation.partition(".")
    action = ACTIONS.get(name)
    if action is None:
        return operation.replace("_", " ").replace(".", ": ").capitalize()
    kind = action.kinds.get(step)
    return f"{action.label}: {kind.label if kind else step.replace('_', ' ').capitalize()}"


def percent(rate: float | None) -> str:
    """A share; a hundred per cent only when it is."""
    if rate is None:
        return "–"
    return f"{min(rate, 0.999):.1%}" if rate < 1 else "100%"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its head, its width (0: what is left), its words; numbers stand right."""

    title: str
    width: int
    words: Callable[[CallStats, Mapping[AccountId, str]], str]
    is_number: bool = True


COLUMNS: tuple[Column, ...] = (
    Column("Work", 0, lambda s, _: operation_words(s.operation), is_number=False),
    Column("Account", 170, lambda s, labels: labels.get(s.account_id, "removed"), is_number=False),
    Column("Calls", 76, lambda s, _: number(s.calls)),
    Column("Success", 84, lambda s, _: percent(s.success_rate)),
    Column("Half within", 96, lambda s, _: response_time(s.p50_ms)),
    Column("95% within", 96, lambda s, _: response_time(s.p95_ms)),
    Column("Retries", 76, lambda s, _: number(s.retries)),
    Column("Slowed for", 96, lambda s, _: duration(s.throttled_ms / 1000) if s.throttled_ms else "–"),
)
SUCCESS_COLUMN = 3


class ActivityModel(DeclaredTable):
    """Operations with the most calls first. ``set_stats`` keeps rows in place where it can."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(COLUMNS, parent)
        self._rows: list[CallStats] = []
        self._labels: Mapping[AccountId, str] = {}

    def set_stats(self, stats: Sequence[CallStats], labels: Mapping[AccountId, str]) -> None:
        """Show these numbers; ``labels`` names the accounts."""
        rows = sorted(stats, key=lambda each: (-each.calls, each.operation, each.account_id))
        keys = [(each.account_id, each.operation) for each in rows]
        if keys == [(each.account_id, each.operation) for each in self._rows]:
            self._rows, self._labels = rows, labels
            if rows:
                self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(COLUMNS) - 1))
            return
        self.beginResetModel()
        self._rows, self._labels = rows, labels
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = NOWHERE) -> int:
        """One row an account and operation."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words, alignment, colour."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        stats, column = self._rows[index.row()], COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.words(stats, self._labels)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if column.is_number else LEFT
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{column.title}: {column.words(stats, self._labels)}"
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == 0:
            return stats.operation
        if role == Qt.ItemDataRole.ForegroundRole and index.column() == SUCCESS_COLUMN:
            poor = stats.success_rate is not None and stats.success_rate < POOR
            return theme().color("err") if poor else None
        return None


class PlainDelegate(QStyledItemDelegate):
    """Draws a cell's words with the room and ground of the other tables, in the model's colour where it names one."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """One cell."""
        painter.save()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        paint_ground(painter, option.rect, selected=selected, hovered=False, first=index.column() == 0)
        text = str(index.data())
        token = "muted" if text in ("0", "–") else "text"
        painter.setPen(index.data(Qt.ItemDataRole.ForegroundRole) or theme().color(token))
        painter.setFont(font("body"))
        room = option.rect.adjusted(14, 0, -14, 0)
        words = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, index.data(Qt.ItemDataRole.TextAlignmentRole), words)
        painter.restore()
