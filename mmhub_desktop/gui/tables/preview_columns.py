"""The columns of a preview's table, for the model and view of the product table, and the words of its outcomes."""

from collections.abc import Mapping

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter

from mmhub_desktop.domain.preview import PreviewOutcome, PreviewRow
from mmhub_desktop.gui.tables.line_columns import line_column, paint_words
from mmhub_desktop.gui.tables.line_painting import PAD, write_two_lines
from mmhub_desktop.gui.tables.product_columns import Column
from mmhub_desktop.gui.widgets.chip import paint_chip
from mmhub_desktop.gui.words import Wording, counted

OUTCOMES: dict[PreviewOutcome, Wording] = {
    PreviewOutcome.NEW: Wording("New", "accent", "plus"),
    PreviewOutcome.CHANGED: Wording("Changed", "info", "pencil"),
    PreviewOutcome.ENDS: Wording("Ends", "warn", "circle-stop"),
    PreviewOutcome.SAME: Wording("Same", "neutral", "check"),
    PreviewOutcome.SKIPPED: Wording("Skipped", "neutral", "ban"),
    PreviewOutcome.BLOCKED: Wording("Blocked", "err", "circle-x"),
    PreviewOutcome.FAILED: Wording("Unclear", "warn", "circle-help"),
}


def what_happens(row: PreviewRow) -> str:
    """What sending does to the listing, in a few words."""
    if row.outcome is PreviewOutcome.NEW:
        return "A new listing"
    if row.outcome is PreviewOutcome.CHANGED:
        return f"{counted(row.changes, 'field')} {'changes' if row.changes == 1 else 'change'}"
    if row.outcome is PreviewOutcome.ENDS:
        return "The listing ends"
    return row.reason


def preview_columns(labels: Mapping[int, str]) -> tuple[Column, ...]:
    """Product, account, outcome, what happens; ``labels`` names the accounts by id."""

    def account(row: PreviewRow) -> str:
        return labels.get(row.account_id, "")

    return (
        line_column("product", "Product", 0, lambda row: f"{row.title}, {row.sku}", _paint_product),
        line_column("account", "Account", 112, account, paint_words(account, "muted")),
        line_column("outcome", "Outcome", 108, lambda row: OUTCOMES[row.outcome].word, _paint_outcome),
        line_column("what", "What happens", 226, what_happens, paint_words(what_happens, "text"), what_happens),
    )


def _paint_product(painter: QPainter, rect: QRect, row: PreviewRow, context: object) -> None:  # noqa: ARG001
    write_two_lines(painter, rect, row.title or row.sku, row.sku)


def _paint_outcome(painter: QPainter, rect: QRect, row: PreviewRow, context: object) -> None:  # noqa: ARG001
    word = OUTCOMES[row.outcome]
    paint_chip(painter, rect.adjusted(PAD, 0, -PAD, 0), word.word, word.tone)
