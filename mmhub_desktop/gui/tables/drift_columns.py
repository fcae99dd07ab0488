"""The columns of the table of differences, for the model and view of the product table."""

from collections.abc import Mapping

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter

from mmhub_desktop.domain.drift import DriftField, DriftRow
from mmhub_desktop.gui.tables.line_columns import line_column, paint_words
from mmhub_desktop.gui.tables.line_painting import PAD, write_two_lines
from mmhub_desktop.gui.tables.product_columns import Column
from mmhub_desktop.gui.widgets.chip import paint_chip
from mmhub_desktop.gui.words import ago, moment_text

FIELD_WORDS: dict[DriftField, str] = {
    DriftField.PRICE: "Price",
    DriftField.QUANTITY: "Stock",
    DriftField.TITLE: "Title",
}


def drift_columns(labels: Mapping[int, str]) -> tuple[Column, ...]:
    """Product, account, field, ours, live, when read; ``labels`` names the accounts by id."""

    def account(row: DriftRow) -> str:
        return labels.get(row.account_id, "")

    return (
        line_column("product", "Product", 0, lambda row: f"{row.product}, {row.sku}", _paint_product),
        line_column("account", "Account", 132, account, paint_words(account, "muted")),
        line_column("field", "Field", 92, lambda row: FIELD_WORDS[row.field], _paint_field),
        line_column("ours", "Ours", 215, lambda row: row.ours, paint_words(lambda row: row.ours, "text")),
        line_column("live", "Live", 215, lambda row: row.live, paint_words(lambda row: row.live, "accent_text")),
        line_column(
            "read", "Read", 104, lambda row: ago(row.read_at), paint_words(lambda row: ago(row.read_at), "muted"),
            tip=lambda row: moment_text(row.read_at),
        ),
    )  # fmt: skip


def _paint_product(painter: QPainter, rect: QRect, row: DriftRow, context: object) -> None:  # noqa: ARG001
    write_two_lines(painter, rect, row.product, row.sku)


def _paint_field(painter: QPainter, rect: QRect, row: DriftRow, context: object) -> None:  # noqa: ARG001
    paint_chip(painter, rect.adjusted(PAD, 0, -PAD, 0), FIELD_WORDS[row.field], "neutral")
