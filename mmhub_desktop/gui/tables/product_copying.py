"""Rows of the product table as a spreadsheet takes them from the clipboard: tab-separated text and an HTML table."""

from collections.abc import Iterable, Sequence
from html import escape

from PySide6.QtCore import QMimeData

from mmhub_desktop.domain.product_row import ProductRow
from mmhub_desktop.gui.tables.product_columns import Column, Words

MOST_ROWS = 50_000  # a clipboard is no file
AT_ONCE = 200  # rows made into text in one step


class CopiedRows:
    """Gathers rows, a page at a time; ``mime`` is what goes onto the clipboard."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._cells: list[tuple[Words, bool]] = []
        heads = []
        for column in columns:
            for head, words in column.copies or ((column.title, column.text),):
                heads.append(head)
                self._cells.append((words, column.right))
        self._lines = ["\t".join(map(_tab_cell, heads))]
        self._rows = [f"<tr>{''.join(f'<th>{escape(head)}</th>' for head in heads)}</tr>"]

    def add(self, rows: Iterable[ProductRow]) -> None:
        """Put these below."""
        for row in rows:
            values = [(words(row), is_number) for words, is_number in self._cells]
            self._lines.append("\t".join(_tab_cell(value) for value, _ in values))
            cells = "".join(f"<td{'' if is_number else _AS_TEXT}>{escape(value)}</td>" for value, is_number in values)
            self._rows.append(f"<tr>{cells}</tr>")

    def mime(self) -> QMimeData:
        """Plain text for any program, HTML for spreadsheets, which keeps barcodes and leading zeros as they are."""
        made = QMimeData()
        made.setText("\n".join(self._lines) + "\n")
        made.setHtml(f"<table>{''.join(self._rows)}</table>")
        return made


_AS_TEXT = " style=\"mso-number-format:'\\@'\""


def _tab_cell(value: str) -> str:
    if any(each in value for each in '\t\n\r"'):
        return '"' + value.replace('"', '""') + '"'
    return value
