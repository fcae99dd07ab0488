"""The table of the products that an import makes: one a row, with a column for each field that the file fills."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QPainter

from mmhub_desktop.catalog.dry_run import ProductChange
from mmhub_desktop.domain.product import fold
from mmhub_desktop.gui.tables.line_delegate import LineDelegate
from mmhub_desktop.gui.tables.line_painting import PAD, write

ROW_HEIGHT = 32
_LONGEST = 300  # characters of a cell
_FIRST = ("SKU", "Title")
_NOWHERE = QModelIndex()
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class NewProductsModel(QAbstractTableModel):
    """Holds all and shows those that match. Columns: SKU, title, then the fields in the order they come."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.heads: tuple[str, ...] = _FIRST
        self._all: list[tuple[str, tuple[str, ...]]] = []  # (what the search looks in, cells)
        self._shown: list[tuple[str, ...]] = []

    def set_products(self, products: Sequence[ProductChange]) -> None:
        """Take other products; the filter is cleared."""
        named = [{each.field: each.new for each in product.fields} for product in products]
        others = dict.fromkeys(field for fields in named for field in fields if field not in _FIRST)
        self.beginResetModel()
        self.heads = (*_FIRST, *others)
        self._all = [
            (fold(f"{product.sku} {product.title}"), (product.sku, product.title, *(fields.get(x, "") for x in others)))
            for product, fields in zip(products, named, strict=True)
        ]
        self._shown = [cells for _, cells in self._all]
        self.endResetModel()

    def filter(self, text: str) -> None:
        """Show products with all these words in SKU or title."""
        words = fold(text).split()
        self.beginResetModel()
        self._shown = [cells for key, cells in self._all if all(word in key for word in words)]
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NOWHERE) -> int:
        """The products that match."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = _NOWHERE) -> int:
        """As many as ``heads``."""
        return 0 if parent.isValid() else len(self.heads)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Names of the fields."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.heads):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.heads[section]
        return _LEFT if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The values, whole in the tool tip."""
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        text = self._shown[index.row()][index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return text[:_LONGEST].replace("\n", " ⏎ ")
        return text[: 10 * _LONGEST] if role == Qt.ItemDataRole.ToolTipRole else None


class NewProductsDelegate(LineDelegate):
    """Draws the cells below their heads, the SKU muted."""

    def paint_cell(self, painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex) -> None:
        """One line."""
        token, role = ("muted", "small") if index.column() == 0 else ("text", "body")
        write(painter, rect.adjusted(PAD, 0, -PAD, 0), str(index.data() or ""), role, token)
