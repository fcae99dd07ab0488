"""Rows of the product table kept as pictures: while it scrolls, most of what is seen was drawn for the last frame."""

import time
from collections import OrderedDict
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyleOptionViewItem

from mmhub_desktop.domain.product_row import ProductRow
from mmhub_desktop.gui.theme import theme
from mmhub_desktop.gui.thumbnails import Asked, ThumbnailCache

if TYPE_CHECKING:
    from mmhub_desktop.gui.tables.catalog_table import CatalogTable
    from mmhub_desktop.gui.tables.product_tree import FamiliesModel

KEPT = 80  # pictures: about two screens of low rows
KEPT_S = 30.0  # “3 min ago” is no longer true after a while

_Key = tuple[int, object]


class RowPictures:
    """Draws rows through the table's delegate and keeps what came of it. Lives on the window's thread."""

    def __init__(self, table: "CatalogTable", model: "FamiliesModel", thumbnails: ThumbnailCache) -> None:
        self._table = table
        self._model = model
        self._thumbnails = thumbnails
        self._kept: OrderedDict[_Key, tuple[ProductRow | None, QPixmap, Asked | None]] = OrderedDict()
        self._look: object = None  # everything beside the rows that the pictures depend on
        self._since = 0.0

    def forget(self) -> None:
        """Draw everything anew."""
        self._kept.clear()

    def paint(self, area: QRect) -> None:
        """Draw the rows in this part of the viewport."""
        table = self._table
        places = [
            (each, table.columnViewportPosition(each), table.columnWidth(each))
            for each in range(self._model.columnCount())
            if not table.isColumnHidden(each)
        ]
        now = time.monotonic()
        look = (tuple(places), theme().scheme, table.devicePixelRatioF(), table.viewport().width(), self._model.columns)
        if look != self._look or now - self._since > KEPT_S:
            self._kept.clear()
            self._look, self._since = look, now
        first, last = table.rowAt(area.top()), table.rowAt(area.bottom())
        last = self._model.rowCount() - 1 if last < 0 else last
        painter = QPainter(table.viewport())
        below = area.top()
        for row in range(first, last + 1) if first >= 0 else ():
            top, picture = table.rowViewportPosition(row), self._picture(row, places)
            painter.drawPixmap(0, top, picture)
            below = top + table.rowHeight(row)
        if below <= area.bottom():
            painter.fillRect(area.adjusted(0, below - area.top(), 0, 0), theme().color("surface"))
        painter.end()

    def _picture(self, row: int, places: list[tuple[int, int, int]]) -> QPixmap:
        shown, opened, current = self._model.row(row), self._model.opened, self._table.currentIndex()
        selected = self._table.selectionModel().isRowSelected(row)
        at = current.column() if current.row() == row and self._table.hasFocus() else -1
        family = opened is not None and shown is not None and (shown.id in opened, shown.parent_id in opened)
        height = self._table.rowHeight(row)
        of = self._model.ids[row] if shown is not None else 0  # rows that have not come look all the same
        key = (of, (selected, self._table.hovered_row == row, at, opened is not None, family, height))
        kept = self._kept.get(key)
        if kept is not None and kept[0] is shown and (kept[2] is None or not self._thumbnails.has_come(kept[2])):
            self._kept.move_to_end(key)
            return kept[1]
        self._thumbnails.missed = None
        picture = self._draw(row, height, places, selected=selected)
        self._kept[key] = (shown, picture, self._thumbnails.missed)  # drawn again when its thumbnail has come
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return picture

    def _draw(self, row: int, height: int, places: list[tuple[int, int, int]], *, selected: bool) -> QPixmap:
        table = self._table
        ratio = table.devicePixelRatioF()
        picture = QPixmap(QSize(table.viewport().width(), height) * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(theme().color("surface"))
        option = QStyleOptionViewItem()
        table.initViewItemOption(option)
        state = option.state | QStyle.StateFlag.State_Selected if selected else option.state
        delegate = QAbstractItemView.itemDelegate(table)
        painter = QPainter(picture)
        for column, left, width in places:
            if left + width > 0 and left < table.viewport().width():
                option.rect = QRect(left, 0, width, height)
                option.state = state
                delegate.paint(painter, option, self._model.index(row, column))
        painter.end()
        return picture
