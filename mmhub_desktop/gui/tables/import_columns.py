"""The table of a file's columns in the import wizard: what each is taken for, how surely, and what empty cells mean."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from mmhub_desktop.catalog.plan import ATTRIBUTE, IGNORE
from mmhub_desktop.domain.product import fold
from mmhub_desktop.gui.tables.drift_columns import PAD, write, write_two_lines
from mmhub_desktop.gui.tables.jobs_delegate import paint_ground
from mmhub_desktop.gui.theme import draw_icon
from mmhub_desktop.gui.words import Wording

ROW_HEIGHT = 50
WIDTHS = (0, 168, 130, 96)
_HEADS = ("In the file", "Becomes", "How sure", "Empty cells")
_SURE_FROM = 0.9  # confidence from which a guess need not be looked at
_NOWHERE = QModelIndex()

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

    def cell(self, column: int) -> str:
        """The words of a cell."""
        return (self.header, self.label, self.sure.word, self.empty)[column]


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


class ColumnsModel(QAbstractTableModel):
    """The lines that match a search and a kind. ``data(LINE)`` is the row's ``ColumnLine``."""

    LINE = Qt.ItemDataRole.UserRole + 1

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: list[ColumnLine] = []
        self._shown: list[ColumnLine] = []
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
        return next((row for row, line in enumerate(self._shown) if line.place == place), -1)

    def _show(self) -> None:
        shown = [line for line in self._all if self._matches(line)]
        if [line[:2] for line in shown] == [line[:2] for line in self._shown]:
            self._shown = shown
            if shown:
                self.dataChanged.emit(self.index(0, 0), self.index(len(shown) - 1, len(_HEADS) - 1))
            return
        self.beginResetModel()
        self._shown = shown
        self.endResetModel()

    def _matches(self, line: ColumnLine) -> bool:
        haystack = fold(f"{line.header} {line.label}")
        return (self._only is None or line.sure == self._only) and all(word in haystack for word in self._words)

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NOWHERE) -> int:
        """The lines that match."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = _NOWHERE) -> int:
        """As the heads."""
        return 0 if parent.isValid() else len(_HEADS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The heads."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _HEADS[section]
        return None

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words, and the line itself."""
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        line = self._shown[index.row()]
        if role == self.LINE:
            return line
        if role == Qt.ItemDataRole.AccessibleTextRole:
            examples = f", for example {line.examples}" if index.column() == 0 and line.examples else ""
            return f"{_HEADS[index.column()]}: {line.cell(index.column())}{examples}"
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == 0:
            return f"{line.header}\n{line.examples}"
        return line.cell(index.column()) if role == Qt.ItemDataRole.DisplayRole else None


class ColumnsDelegate(QStyledItemDelegate):
    """Draws the header with examples below it, the field, the confidence as icon and word."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """One cell."""
        line: ColumnLine | None = index.data(ColumnsModel.LINE)
        if line is None:
            return
        column = index.column()
        rect: QRect = option.rect
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_ground(painter, rect, selected=selected, hovered=False, first=column == 0)
        room = rect.adjusted(PAD, 0, -PAD, 0)
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
        painter.restore()
