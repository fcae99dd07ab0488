"""The table of a file's columns in the import wizard: what each is taken for, how surely, and what empty cells mean."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QPainter

from mmhub_desktop.catalog.plan import ATTRIBUTE, IGNORE
from mmhub_desktop.domain.product import fold
from mmhub_desktop.gui.tables.declared_columns import Column, DeclaredTable
from mmhub_desktop.gui.tables.line_delegate import LineDelegate
from mmhub_desktop.gui.tables.line_painting import PAD, write, write_two_lines
from mmhub_desktop.gui.theme import draw_icon
from mmhub_desktop.gui.words import Wording

ROW_HEIGHT = 50
COLUMNS: tuple[Column, ...] = (
    Column("In the file", 0, lambda line: line.header),
    Column("Becomes", 168, lambda line: line.label),
    Column("How sure", 130, lambda line: line.sure.word),
    Column("Empty cells", 96, lambda line: line.empty),
)
_SURE_FROM = 0.9  # confidence from which a guess need not be looked at

SURE = Wording("Sure", "ok", "circle-check")
CHECK = Wording("Please check", "warn", "circle-help")
ATTRIBUTES = Wording("Attribute", "neutral", "tag")
LEFT_OUT = Wording("Left out", "faint", "ban")
BY_YOU = Wording("Your choice", "accent", "hand")
AS_LAST_TIME = Wording("As last time", "ok", "circle-check")
ALL_ROWS = Wording("For all rows", "accent", "list-checks")


class ColumnLine(NamedTuple):
    """One row: a column of the file, or (``place`` -1) a value that all rows get."""

    place: int
    header: str
    examples: str
    field: str  # what it becomes, as the plan names it
    label: str  # the same in words
    sure: Wording
    empty: str  # what its empty cells mean, in a few words


def how_sure(field: str, confidence: float, *, by_hand: bool, by_template: bool = False) -> Wording:
    """The word and icon for a guess."""
    if field == IGNORE:
        return LEFT_OUT
    if by_template:
        return AS_LAST_TIME
    if by_hand:
        return BY_YOU
    if field == ATTRIBUTE:
        return ATTRIBUTES
    return SURE if confidence >= _SURE_FROM else CHECK


class ColumnsModel(DeclaredTable):
    """The lines that match a search and a kind. ``data(LINE)`` is the row's ``ColumnLine``."""

    LINE = DeclaredTable.ROW

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(COLUMNS, parent, key=lambda line: line[:2])
        self._all: list[ColumnLine] = []
        self._only: Wording | None = None
        self._words: list[str] = []

    @property
    def lines(self) -> Sequence[ColumnLine]:
        """All lines, shown or not."""
        return self._all

    def set_lines(self, lines: Sequence[ColumnLine]) -> None:
        """Take other lines; those that stand where they stood are changed in place."""
        self._all = list(lines)
        self._show()

    def filter(self, only: Wording | None, text: str) -> None:
        """Show those of one kind (None: all), with all these words in header or field."""
        self._only, self._words = only, fold(text).split()
        self._show()

    def row_of(self, place: int) -> int:
        """The row that shows a column of the file, -1 when it is not shown."""
        return next((row for row, line in enumerate(self.rows) if line.place == place), -1)

    def _show(self) -> None:
        self.set_rows([line for line in self._all if self._matches(line)])

    def _matches(self, line: ColumnLine) -> bool:
        haystack = fold(f"{line.header} {line.label}")
        return (self._only is None or line.sure == self._only) and all(word in haystack for word in self._words)

    def cell(self, row: ColumnLine, column: int, role: int) -> str | None:
        """Words, with the examples of a column for those who do not see them."""
        if role == Qt.ItemDataRole.ToolTipRole and column == 0:
            return f"{row.header}\n{row.examples}"
        said: str | None = super().cell(row, column, role)
        shows_examples = role == Qt.ItemDataRole.AccessibleTextRole and column == 0 and row.examples
        return f"{said}, for example {row.examples}" if shows_examples else said


class ColumnsDelegate(LineDelegate):
    """Draws the header with examples below it, the field, the confidence as icon and word."""

    def paint_cell(self, painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex) -> None:
        """By column."""
        line: ColumnLine = index.data(ColumnsModel.LINE)
        column, room = index.column(), rect.adjusted(PAD, 0, -PAD, 0)
        if column == 0:
            write_two_lines(painter, rect, line.header, line.examples)
        elif column == 1:
            write(painter, room, line.label, "strong", "faint" if line.sure is LEFT_OUT else "text")
        elif column == 2:
            tone = line.sure.tone
            draw_icon(painter, QRect(room.left(), room.center().y() - 7, 16, 16), line.sure.icon, tone)
            token = {"accent": "accent_text", "warn": "warn"}.get(tone, "muted")
            write(painter, room.adjusted(24, 0, 0, 0), line.sure.word, "body", token)
        else:
            write(painter, room, line.empty, "body", "faint" if line.sure is LEFT_OUT else "muted")
