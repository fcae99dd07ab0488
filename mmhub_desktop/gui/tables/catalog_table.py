"""The table of the products page: columns that are arranged by hand, row heights, families, copying."""

from collections.abc import Sequence

from PySide6.QtCore import QItemSelection, QKeyCombination, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QWidget

from mmhub_desktop.domain.product_view import Density
from mmhub_desktop.gui.tables.line_painting import PAD, width_of
from mmhub_desktop.gui.tables.product_cells import CellContext, arrow_rect
from mmhub_desktop.gui.tables.product_columns import MAIN, Column
from mmhub_desktop.gui.tables.product_painting import RowPictures
from mmhub_desktop.gui.tables.product_table import ProductTable
from mmhub_desktop.gui.tables.product_tree import FamiliesModel
from mmhub_desktop.gui.thumbnails import ThumbnailCache

NARROWEST, WIDEST = 64, 640
SETTLES_AFTER_MS = 120
MARKS = 26  # room that fitted columns keep for a chip's dot, an icon or a sort arrow
_COPY_CELL = QKeyCombination(Qt.Modifier.CTRL | Qt.Modifier.SHIFT, Qt.Key.Key_C)


ROW_HEIGHTS: dict[Density, int] = {Density.COMPACT: 32, Density.NORMAL: 56, Density.PICTURES: 104}


class CatalogTable(ProductTable):
    """Shows a ``FamiliesModel``. ``arranged``: the seller moved, resized or fitted a column; ``copy_asked``: Ctrl+C."""

    arranged = Signal()
    copy_asked = Signal(bool)  # only the current cell

    def __init__(self, model: FamiliesModel, thumbnails: ThumbnailCache, parent: QWidget | None = None) -> None:
        self._families = model
        self._context: CellContext | None = None
        self._is_arranging = False  # by the program, not by the seller
        self._settling = QTimer()
        self._settling.setSingleShot(True)
        self._settling.setInterval(SETTLES_AFTER_MS)
        self._settling.timeout.connect(self._settle)
        super().__init__(model, thumbnails, parent)
        self.marks_cell = True
        self.verticalHeader().setMinimumSectionSize(min(ROW_HEIGHTS.values()))  # to raise it is a step for each row
        self.pictures = RowPictures(self, model, thumbnails)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # so scrolling moves what is there
        header = self.horizontalHeader()
        header.setSectionsMovable(True)
        header.setFirstSectionMovable(False)
        header.setToolTip("Click to sort, drag to move, double click the edge to fit")
        header.sectionResized.connect(self._resized)
        header.sectionMoved.connect(lambda *_: self._moved())
        header.sectionHandleDoubleClicked.connect(self.fit_column)

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns in the model's order."""
        return self._families.columns

    def column(self, section: int) -> Column:
        """The column of a section of the header."""
        return self._families.columns[section]

    def show_sorting(self, section: int, *, descending: bool) -> None:
        """Let the header say what the rows are sorted by."""
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        self.horizontalHeader().setSortIndicator(section, order)

    @property
    def column_names(self) -> tuple[str, ...]:
        """The columns as they stand from left to right."""
        columns = self._families.columns
        return tuple(columns[each].name for each in self._in_order())

    def ids_from(self, row: int, count: int) -> list[int]:
        """The products in so many rows from this one on, as far as there are any."""
        return list(self._families.ids[row : row + count])

    def fields_from(self, column: int) -> list[str]:
        """The fields behind this column and those to its right; "" for one that cannot be edited."""
        order = [each for each in self._in_order() if not self.isColumnHidden(each)]
        return [self._families.columns[each].field for each in order[order.index(column) :]]

    def lay_out(self) -> None:
        """As the table does; what it sets is not the seller's."""
        was, self._is_arranging = self._is_arranging, True
        super().lay_out()
        self._is_arranging = was

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Show these columns in this order; the rows, what is selected of them, and the place in them stay."""
        spans, current = self.spans(), self.currentIndex()
        column = self._families.columns[current.column()].name if current.isValid() else ""
        top = self.verticalScrollBar().value()
        was, self._is_arranging = self._is_arranging, True
        changed = self._families.set_columns(columns)
        header = self.horizontalHeader()
        for place in range(header.count()):
            header.moveSection(header.visualIndex(place), place)
        self._is_arranging = was
        self.lay_out()
        if changed:
            self._select_spans(spans)
            names = [each.name for each in columns]
            if current.isValid():
                found = self._families.index(current.row(), names.index(column) if column in names else 0)
                self.selectionModel().setCurrentIndex(found, self.selectionModel().SelectionFlag.NoUpdate)
            self.verticalScrollBar().setValue(top)

    def set_density(self, density: Density) -> None:
        """Give the rows their height; the row at the top stays there."""
        height = ROW_HEIGHTS[density]
        if height != self.verticalHeader().defaultSectionSize():
            top = self.rowAt(0)
            self.verticalHeader().setDefaultSectionSize(height)
            if top > 0:
                self.scrollTo(self._families.index(top, 0), self.ScrollHint.PositionAtTop)

    def fit_column(self, place: int) -> None:
        """Make a column as wide as what is seen of it; the product takes what the others leave again."""
        column = self._families.columns[place]
        if column.name == MAIN:
            self.widths.pop(MAIN, None)
        else:
            widest = width_of(column.title, "label")
            first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
            for row in range(max(0, first), (len(self._families.ids) - 1 if last < 0 else last) + 1):
                found = self._families.row(row)
                widest = max(widest, width_of(column.text(found), "body") if found else 0)
            self.widths[column.name] = min(WIDEST, max(NARROWEST, widest + 2 * PAD + MARKS))
        self.lay_out()
        self.arranged.emit()

    def cell_context(self) -> CellContext:
        """Painters are told which families are open."""
        ratio, opened = self.devicePixelRatioF(), self._families.opened
        if self._context is None or self._context.ratio != ratio or self._context.opened is not opened:
            self._context = CellContext(self._thumbnails, ratio, opened)
        return self._context

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows, each as a picture that is kept."""
        self.pictures.paint(event.rect())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies (with Shift the cell alone); Right and + open a family, Left and - close it."""
        row, column = self.currentIndex().row(), self.currentIndex().column()
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_asked.emit(False)
        elif event.keyCombination() == _COPY_CELL:
            self.copy_asked.emit(True)
        elif self._families.is_tree and row >= 0 and self._turn(Qt.Key(event.key()), row, column):
            event.accept()
        else:
            super().keyPressEvent(event)

    def _turn(self, key: Qt.Key, row: int, column: int) -> bool:
        opens = key == Qt.Key.Key_Plus or (key == Qt.Key.Key_Right and column == 0)
        closes = key == Qt.Key.Key_Minus or (key == Qt.Key.Key_Left and column == 0)
        if (opens and self._families.has_variants(row) and not self._families.is_open(row)) or (
            closes and self._families.is_open(row)
        ):
            self._families.toggle(row)
            return True
        parent = self._families.parent_row(row) if closes else -1
        if parent >= 0:
            self.selectRow(parent)
            self.setCurrentIndex(self._families.index(parent, 0))
        return parent >= 0

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The arrow before a parent opens and closes its family without selecting it."""
        spot = event.position().toPoint()
        if self._is_arrow(spot) and event.button() == Qt.MouseButton.LeftButton:
            self._families.toggle(self.rowAt(spot.y()))
        else:
            super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A quick second click on the arrow does not open the product."""
        if not self._is_arrow(event.position().toPoint()):
            super().mouseDoubleClickEvent(event)

    def _is_arrow(self, spot: QPoint) -> bool:
        index = self.indexAt(spot)
        row = self._families.row(index.row()) if index.isValid() and index.column() == 0 else None
        arrow = arrow_rect(self.visualRect(index), row, self.cell_context()) if row is not None else None
        return arrow is not None and arrow.adjusted(-6, -6, 6, 6).contains(spot)

    def _resized(self, place: int, old: int, new: int) -> None:
        if self._is_arranging or not old or not new:  # hidden and shown
            return
        self.widths[self._families.columns[place].name] = max(NARROWEST, new)
        self._settling.start()

    def _settle(self) -> None:
        """When the mouse has let go the product takes what is left: before, the edge would run away from it."""
        if QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton:
            self._settling.start()
        else:
            self.lay_out()
            self.arranged.emit()

    def _moved(self) -> None:
        if not self._is_arranging:
            QTimer.singleShot(0, self, self._take_order)

    def _take_order(self) -> None:
        """Let the model's columns stand as the seller has put them."""
        columns = self._families.columns
        self.set_columns([columns[each] for each in self._in_order()])
        self.arranged.emit()

    def _select_spans(self, spans: Sequence[tuple[int, int]]) -> None:
        selection, last = QItemSelection(), self._families.columnCount() - 1
        for first, end in spans:
            selection.select(self._families.index(first, 0), self._families.index(end, last))
        self.selectionModel().select(selection, self.selectionModel().SelectionFlag.ClearAndSelect)
