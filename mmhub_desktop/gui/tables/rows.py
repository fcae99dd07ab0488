"""A small table of things that are all in memory: columns declared, drawn in two lines with chips."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QTableView

from mmhub_desktop.gui.tables.declared_columns import LEFT, RIGHT, DeclaredTable
from mmhub_desktop.gui.tables.line_delegate import LineDelegate
from mmhub_desktop.gui.tables.line_painting import PAD, write
from mmhub_desktop.gui.theme import draw_icon
from mmhub_desktop.gui.widgets.chip import paint_chip
from mmhub_desktop.gui.widgets.plain_table import prepare_table

ROW_HEIGHT = 52


@dataclass(frozen=True, slots=True)
class RowColumn:
    """One column: head, width (0: what is left), first line, second line or none, tone when it is a chip.

    ``icon`` names the icon in front of the first line; an empty name leaves its place free.
    """

    title: str
    width: int
    words: Callable[[Any], str]
    detail: Callable[[Any], str] | None = None
    tone: Callable[[Any], str] | None = None
    is_number: bool = False
    icon: Callable[[Any], str] | None = None


class RowsModel(DeclaredTable):
    """``data(THING)`` is the row's thing, ``data(DETAIL)`` the second line of a cell; ``key`` tells things apart."""

    THING = DeclaredTable.ROW
    DETAIL = Qt.ItemDataRole.UserRole + 2

    def __init__(
        self, columns: Sequence[RowColumn], key: Callable[[Any], object], parent: QObject | None = None
    ) -> None:
        super().__init__(columns, parent, key=key)
        self.columns = tuple(columns)

    def cell(self, row: Any, column: int, role: int) -> Any:
        """Words for display, tips and screen readers, and the second line."""
        declared = self.columns[column]
        detail = declared.detail(row) if declared.detail else ""
        if role == self.DETAIL:
            return detail
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            said = f"{declared.words(row)}, {detail}" if detail else declared.words(row)
            return f"{declared.title}: {said}" if role == Qt.ItemDataRole.AccessibleTextRole else said
        return super().cell(row, column, role)


class _RowsDelegate(LineDelegate):
    """Draws the cells of a ``RowsModel``."""

    def __init__(self, columns: Sequence[RowColumn], view: QTableView) -> None:
        super().__init__(view)
        self._columns = columns

    def paint_cell(self, painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex) -> None:
        """One line or two; in the first a chip or words with an icon."""
        thing, column = index.data(RowsModel.THING), self._columns[index.column()]
        room, align = rect.adjusted(PAD, 0, -PAD, -1), RIGHT if column.is_number else LEFT
        words, detail = column.words(thing), str(index.data(RowsModel.DETAIL))
        if column.tone is not None:
            top = room if not detail else QRect(room.left(), room.top() + 4, room.width(), 24)
            if words:
                paint_chip(painter, top, words, column.tone(thing))
        else:
            if column.icon is not None:
                if name := column.icon(thing):
                    draw_icon(painter, QRect(room.left(), room.center().y() - 9, 18, 18), name)
                room = room.adjusted(28, 0, 0, 0)
            top = room if not detail else QRect(room.left(), room.top() + 7, room.width(), 19)
            write(painter, top, words, "strong" if index.column() == 0 else "body", "text", align)
        if detail:
            write(painter, QRect(room.left(), room.top() + 26, room.width(), 19), detail, "small", "muted", align)


class RowsView(QTableView):
    """Shows a ``RowsModel``; whole rows are selected, several with ``many``."""

    def __init__(self, model: RowsModel, name: str, *, many: bool = False) -> None:
        super().__init__()
        self._rows = model
        self.setModel(model)
        self.setItemDelegate(_RowsDelegate(model.columns, self))
        self.setAccessibleName(name)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        prepare_table(self, ROW_HEIGHT, [column.width for column in model.columns])
        if many:
            self.setSelectionMode(QTableView.SelectionMode.ExtendedSelection)

    def thing(self) -> Any:
        """The current row's thing, or None."""
        index = self.currentIndex()
        return index.data(RowsModel.THING) if index.isValid() else None

    def things(self) -> list[Any]:
        """The selected rows' things, from the top."""
        return [index.data(RowsModel.THING) for index in sorted(self.selectionModel().selectedRows())]
