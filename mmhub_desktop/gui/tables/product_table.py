"""The product table as a view: whole-row hover and selection, two-line rows, keys, selection as ids."""

from array import array

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.gui.tables.product_cells import ROW_HEIGHT, CellContext
from mmhub_desktop.gui.tables.product_delegate import RowDelegate
from mmhub_desktop.gui.tables.products import ProductsModel
from mmhub_desktop.gui.theme import theme
from mmhub_desktop.gui.thumbnails import ThumbnailCache
from mmhub_desktop.gui.widgets.table_header import TableHeader

NARROWEST_PRODUCT = 220
FEWEST_COLUMNS = 2
MOST_TO_RESELECT = 200_000  # finding the selected ids again in more rows would hold the window up

_REPLACE = QItemSelectionModel.SelectionFlag.ClearAndSelect
_KEEP = QItemSelectionModel.SelectionFlag.NoUpdate


class ProductTable(QTableView):
    """Shows a ``ProductsModel``. ``opened`` is emitted for Enter or a double click, ``delete_asked`` for Delete."""

    opened = Signal(int)  # product id
    delete_asked = Signal()
    menu_asked = Signal(QPoint)  # global
    selection_changed = Signal()

    def __init__(self, model: ProductsModel, thumbnails: ThumbnailCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._products = model
        self._thumbnails = thumbnails
        self._is_compact = False
        self.hovered_row = -1
        self.marks_cell = False  # whether the cell that the keyboard is on has a frame
        self.widths: dict[str, int] = {}  # of columns that the seller has given one, by name
        self.setModel(model)
        self.setItemDelegate(RowDelegate(self))
        self.setAccessibleName("Products")
        self.setProperty("framed", True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(lambda spot: self.menu_asked.emit(self.viewport().mapToGlobal(spot)))
        self.doubleClicked.connect(self._open)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(ROW_HEIGHT)
        rows.setDefaultSectionSize(ROW_HEIGHT)
        header = TableHeader(self)
        header.setMinimumSectionSize(64)
        self.setHorizontalHeader(header)
        model.modelReset.connect(self.lay_out)
        thumbnails.arrived.connect(self.viewport().update)
        theme().changed.connect(self.viewport().update)
        self.selectionModel().selectionChanged.connect(lambda *_: self.selection_changed.emit())
        self.selectionModel().currentRowChanged.connect(lambda *_: self.viewport().update())

    def lay_out(self) -> None:
        """Give the columns their widths: one without a width of its own takes what the others leave."""
        columns = self._products.columns
        room = self.viewport().width()
        widths = [self.widths.get(column.name, column.width) for column in columns]
        shown = self._in_order()
        while self._is_compact and sum(widths[each] or NARROWEST_PRODUCT for each in shown) > room:
            if len(shown) <= FEWEST_COLUMNS:
                break
            shown.pop()
        others = sum(widths[each] for each in shown)
        for place, width in enumerate(widths):
            self.setColumnHidden(place, place not in shown)
            self.setColumnWidth(place, width or max(NARROWEST_PRODUCT, room - others))

    def _in_order(self) -> list[int]:
        """The columns' places in the model, as they stand from left to right."""
        header = self.horizontalHeader()
        return [header.logicalIndex(each) for each in range(header.count())]

    def cell_context(self) -> CellContext:
        """What the painters of cells are given."""
        return CellContext(self._thumbnails, self.devicePixelRatioF())

    def set_compact(self, compact: bool) -> None:
        """Leave out columns from the right that there is no room for, while the detail stands beside the table."""
        if compact != self._is_compact:
            self._is_compact = compact
            self.lay_out()

    def current_id(self) -> ProductId | None:
        """The product the keyboard is on."""
        index = self.currentIndex()
        return self._products.product_id(index.row()) if index.isValid() else None

    def selected_ids(self) -> "array[int]":
        """Ids of the selected rows, in the table's order, without loading any row."""
        ids: array[int] = array("q")
        for top, bottom in self.spans():
            ids.extend(self._products.ids[top : bottom + 1])
        return ids

    def selected_count(self) -> int:
        """How many rows are selected."""
        return sum(bottom - top + 1 for top, bottom in self.spans())

    def select_ids(self, ids: "array[int]", current: int | None) -> None:
        """Select what is still there of ``ids``, and put the keyboard on ``current``."""
        if len(ids) == 0 or len(self._products.ids) > MOST_TO_RESELECT:
            self.clearSelection()
        else:
            self.selectionModel().select(self._selection_of(set(ids)), _REPLACE)
        if current is not None and (row := self._products.row_of(current)) >= 0:
            self.selectionModel().setCurrentIndex(self._products.index(row, 0), _KEEP)

    def _selection_of(self, wanted: set[int]) -> QItemSelection:
        rows = [row for row, product_id in enumerate(self._products.ids) if product_id in wanted]
        selection = QItemSelection()
        last_column = self._products.columnCount() - 1
        start = 0
        for place, row in enumerate(rows):
            if place + 1 == len(rows) or rows[place + 1] != row + 1:  # the end of a run of neighbours
                selection.select(self._products.index(rows[start], 0), self._products.index(row, last_column))
                start = place + 1
        return selection

    def spans(self) -> list[tuple[int, int]]:
        """The selected rows as (first, last), each row once."""
        selection = self.selectionModel().selection()
        ranges = sorted((selection.at(each).top(), selection.at(each).bottom()) for each in range(selection.count()))
        spans: list[tuple[int, int]] = []
        end = -1
        for top, bottom in ranges:
            if bottom > end:
                spans.append((max(top, end + 1), bottom))
                end = bottom
        return spans

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, Delete asks to delete, the menu key opens the menu."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex())
        elif event.key() == Qt.Key.Key_Delete:
            self.delete_asked.emit()
        elif event.key() == Qt.Key.Key_Menu:
            self.menu_asked.emit(self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).bottomLeft()))
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._jump(0 if event.key() == Qt.Key.Key_Home else self._products.rowCount() - 1)
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Hover is of the whole row."""
        super().mouseMoveEvent(event)
        self._hover(self.rowAt(event.position().toPoint().y()))

    def leaveEvent(self, event: QEvent) -> None:
        """No row is hovered."""
        super().leaveEvent(event)
        self._hover(-1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The first column takes the new room."""
        super().resizeEvent(event)
        self.lay_out()

    def _hover(self, row: int) -> None:
        if row != self.hovered_row:
            old, self.hovered_row = self.hovered_row, row
            for each in (old, row):
                if each >= 0:
                    top = self.rowViewportPosition(each)
                    self.viewport().update(QRect(0, top, self.viewport().width(), self.rowHeight(each)))

    def _jump(self, row: int) -> None:
        index = self._products.index(row, 0)
        if index.isValid():
            self.setCurrentIndex(index)
            self.scrollTo(index)

    def _open(self, index: QModelIndex) -> None:
        product_id = self._products.product_id(index.row()) if index.isValid() else None
        if product_id is not None:
            self.opened.emit(product_id)
