"""The columns of the table of differences, for the model and view of the product table."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter

from mmhub_desktop.domain.drift import DriftField, DriftRow
from mmhub_desktop.gui.tables.line_painting import PAD, write, write_two_lines
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
        _column("product", "Product", 0, lambda row: f"{row.product}, {row.sku}", _paint_product),
        _column("account", "Account", 132, account, _words(account, "muted")),
        _column("field", "Field", 92, lambda row: FIELD_WORDS[row.field], _paint_field),
        _column("ours", "Ours", 215, lambda row: row.ours, _words(lambda row: row.ours, "text")),
        _column("live", "Live", 215, lambda row: row.live, _words(lambda row: row.live, "accent_text")),
        _column(
            "read", "Read", 104, lambda row: ago(row.read_at), _words(lambda row: ago(row.read_at), "muted"),
            tip=lambda row: moment_text(row.read_at),
        ),
    )  # fmt: skip


def _column(name: str, title: str, width: int, text: Any, paint: Any, tip: Any = None) -> Column:
    """A column whose rows are differences in place of products."""
    return Column(name, title, width, text, paint, tip=tip)


def _paint_product(painter: QPainter, rect: QRect, row: DriftRow, context: object) -> None:  # noqa: ARG001
    write_two_lines(painter, rect, row.product, row.sku)


def _paint_field(painter: QPainter, rect: QRect, row: DriftRow, context: object) -> None:  # noqa: ARG001
    paint_chip(painter, rect.adjusted(PAD, 0, -PAD, 0), FIELD_WORDS[row.field], "neutral")


def _words(text: Any, token: str) -> Any:
    def paint(painter: QPainter, rect: QRect, row: Any, context: object) -> None:  # noqa: ARG001
        write(painter, rect.adjusted(PAD, 0, -PAD, 0), text(row), "body", token)

    return paint
