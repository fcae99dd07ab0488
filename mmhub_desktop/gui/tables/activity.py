"""The table of calls: one account's operation a row, with its numbers."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QObject, Qt

from mmhub_desktop.actions import ACTIONS
from mmhub_desktop.domain.call import OUTSIDE_JOBS
from mmhub_desktop.domain.call_stats import CallStats
from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.gui.tables.declared_columns import Column, DeclaredTable
from mmhub_desktop.gui.tables.jobs_words import duration, response_time
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


def _slowed(stats: CallStats) -> str:
    return duration(stats.throttled_ms / 1000) if stats.throttled_ms else "–"


class ActivityRow(NamedTuple):
    """One operation's numbers on one account."""

    stats: CallStats
    account: str


COLUMNS: tuple[Column, ...] = (
    Column("Work", 0, lambda row: operation_words(row.stats.operation)),
    Column("Account", 170, lambda row: row.account),
    Column("Calls", 76, lambda row: number(row.stats.calls), is_number=True),
    Column("Success", 84, lambda row: percent(row.stats.success_rate), is_number=True),
    Column("Half within", 96, lambda row: response_time(row.stats.p50_ms), is_number=True),
    Column("95% within", 96, lambda row: response_time(row.stats.p95_ms), is_number=True),
    Column("Retries", 76, lambda row: number(row.stats.retries), is_number=True),
    Column("Slowed for", 96, lambda row: _slowed(row.stats), is_number=True),
)
SUCCESS_COLUMN = 3


class ActivityModel(DeclaredTable):
    """Operations with the most calls first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(COLUMNS, parent, key=lambda row: (row.stats.account_id, row.stats.operation))

    def set_stats(self, stats: Sequence[CallStats], labels: Mapping[AccountId, str]) -> None:
        """Show these numbers; ``labels`` names the accounts."""
        ordered = sorted(stats, key=lambda each: (-each.calls, each.operation, each.account_id))
        self.set_rows([ActivityRow(each, labels.get(each.account_id, "removed")) for each in ordered])

    def cell(self, row: ActivityRow, column: int, role: int) -> Any:
        """Words; an operation's own name; a success rate that is a problem."""
        if role == Qt.ItemDataRole.ToolTipRole and column == 0:
            return row.stats.operation
        if role == self.TOKEN and column == SUCCESS_COLUMN:
            rate = row.stats.success_rate
            return "err" if rate is not None and rate < POOR else None
        return super().cell(row, column, role)
