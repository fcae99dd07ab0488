"""Columns for the product table's model and view whose rows are something else than products."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter

from mmhub_desktop.gui.tables.line_painting import PAD, write
from mmhub_desktop.gui.tables.product_columns import Column

Paint = Callable[[QPainter, QRect, Any, Any], None]


def line_column(name: str, title: str, width: int, text: Any, paint: Paint, tip: Any = None) -> Column:
    """A column of such rows; ``text``, ``paint`` and ``tip`` are given one."""
    return Column(name, title, width, text, paint, tip=tip)


def paint_words(text: Callable[[Any], str], token: str) -> Paint:
    """A painter of one line in the colour of ``token``."""

    def paint(painter: QPainter, rect: QRect, row: Any, context: object) -> None:  # noqa: ARG001
        write(painter, rect.adjusted(PAD, 0, -PAD, 0), text(row), "body", token)

    return paint
