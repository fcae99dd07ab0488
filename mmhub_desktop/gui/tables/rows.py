"""A small table of things that are all in memory: columns declared, drawn in two lines with chips."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from mmhub_desktop.gui import theme as themes
from mmhub_desktop.gui.tables.declared_columns import LEFT, NOWHERE, RIGHT, DeclaredTable
from mmhub_desktop.gui.tables.jobs_delegate import paint_ground
from mmhub_desktop.gui.theme import draw_icon, font, theme
from mmhub_desktop.gui.widgets.chip import paint_chip

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
    """``data(THING)`` is the row's thing. ``set_rows`` keeps the rows where they stand when the keys are the same."""

    THING = Qt.ItemDataRole.UserRole + 1
    DETAIL = Qt.ItemDataRole.UserRole + 2

    def __init__(
        self, columns: Sequence[RowColumn], key: Callable[[Any], object], parent: QObject | None = None
    ) -> None:
        super().__init__(columns, parent)
        self.columns = tuple(columns)
        self.rows: list[Any] = []
        self._key = key

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = NOWHERE) -> int:
        """One row a thing."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words for display, tips and screen readers, and the roles above."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        thing, column = self.rows[index.row()], self.columns[index.column()]
        detail = column.detail(thing) if column.detail else ""
        if role == self.THING:
            return thing
        if role == self.DETAIL:
            return detail
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            said = f"{column.words(thing)}, {detail}" if detail else column.words(thing)
            return f"{column.title}: {said}" if role == Qt.ItemDataRole.AccessibleTextRole else said
        return column.words(thing) if role == Qt.ItemDataRole.DisplayRole else None

    def set_rows(self, rows: Sequence[Any]) -> None:
        """Show these things; rows that stand where they stood are changed in place."""
        if [self._key(row) for row in rows] == [self._key(row) for row in self.rows]:
            changed = [place for place, row in enumerate(rows) if row != self.rows[place]]
            self.rows = list(rows)
            for place in changed:
                self.dataChanged.emit(self.index(place, 0), self.index(place, len(self.columns) - 1))
            return
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()


class _RowsDelegate(QStyledItemDelegate):
    """Draws the cells of a ``RowsModel``."""

    def __init__(self, columns: Sequence[RowColumn], parent: QObject) -> None:
        super().__init__(parent)
        self._columns = columns

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """One cell."""
        thing = index.data(RowsModel.THING)
        if thing is None:
            return
        column = self._columns[index.column()]
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        paint_ground(painter, rect, selected=selected, hovered=hovered, first=index.column() == 0)
        room = rect.adjusted(12, 0, -12, -1)
        detail = str(index.data(RowsModel.DETAIL))
        if column.tone is not None:
            top = room if not detail else QRect(room.left(), room.top() + 4, room.width(), 24)
            if column.words(thing):
                paint_chip(painter, top, column.words(thing), column.tone(thing))
        else:
            if column.icon is not None:
                if name := column.icon(thing):
                    draw_icon(painter, QRect(room.left(), room.center().y() - 9, 18, 18), name)
                room = room.adjusted(28, 0, 0, 0)
            top = room if not detail else QRect(room.left(), room.top() + 7, room.width(), 19)
            self._line(painter, top, column.words(thing), "strong" if index.column() == 0 else "body", "text", column)
        if detail:
            below = QRect(room.left(), room.top() + 26, room.width(), 19)
            self._line(painter, below, detail, "small", "muted", column)
        painter.restore()

    def _line(
        self, painter: QPainter, room: QRect, words: str, role: str, token: str, column: RowColumn
    ) -> None:  # fmt: skip
        painter.setFont(font(role))
        painter.setPen(theme().color(token))
        elided = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, RIGHT if column.is_number else LEFT, elided)


class RowsView(QTableView):
    """Shows a ``RowsModel``; whole rows are selected, several with ``many``."""

    def __init__(self, model: RowsModel, name: str, *, many: bool = False) -> None:
        super().__init__()
        self._rows = model
        self.setModel(model)
        self.setItemDelegate(_RowsDelegate(model.columns, self))
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        mode = QAbstractItemView.SelectionMode
        self.setSelectionMode(mode.ExtendedSelection if many else mode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        head = self.horizontalHeader()
        head.setFont(themes.font("label"))
        head.setHighlightSections(False)
        head.setSectionsClickable(False)
        for place, column in enumerate(model.columns):
            if column.width:
                head.setSectionResizeMode(place, QHeaderView.ResizeMode.Fixed)
                head.resizeSection(place, column.width)
            else:
                head.setSectionResizeMode(place, QHeaderView.ResizeMode.Stretch)

    def thing(self) -> Any:
        """The current row's thing, or None."""
        index = self.currentIndex()
        return index.data(RowsModel.THING) if index.isValid() else None

    def things(self) -> list[Any]:
        """The selected rows' things, from the top."""
        return [index.data(RowsModel.THING) for index in sorted(self.selectionModel().selectedRows())]
