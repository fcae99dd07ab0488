"""What a dry run found to be new, with a search by product."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QLineEdit, QTableView, QVBoxLayout, QWidget

from mmhub_desktop.catalog.dry_run import ProductChange
from mmhub_desktop.gui.tables.import_new import ROW_HEIGHT, NewProductsDelegate, NewProductsModel
from mmhub_desktop.gui.tables.line_painting import PAD
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.widgets.plain_table import prepare_table
from mmhub_desktop.gui.words import number

_WIDTHS = (140, 260)  # SKU and title; the rest takes what its words need, within bounds
_OTHERS = (90, 220)


class Added(QWidget):
    """The new products, as far as the dry run lists them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = NewProductsModel(self)
        self.view = QTableView()
        self.view.setAccessibleName("New products")
        self.view.setModel(self.model)
        self.view.setItemDelegate(NewProductsDelegate(self.view))
        self.view.setWordWrap(False)
        prepare_table(self.view, ROW_HEIGHT, ())
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.view.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.view.setSelectionBehavior(QTableView.SelectionBehavior.SelectItems)  # arrows bring any column into sight
        self.view.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.product = QLineEdit()
        self.product.setPlaceholderText("Find a product")
        self.product.setAccessibleName("Find a new product by SKU or title")
        self.product.setClearButtonEnabled(True)
        self.product.textChanged.connect(self.model.filter)
        self.words = Label("", "small", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 10, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.product)
        column.addWidget(self.view, 1)
        column.addWidget(self.words)

    def show_products(self, products: Sequence[ProductChange], all_new: int) -> None:
        """Draw them; says how many of all new products are here."""
        self.product.clear()
        self.model.set_products(products)
        head = self.view.horizontalHeader()
        for place in range(len(self.model.heads)):
            wanted = max(self.view.sizeHintForColumn(place), head.sectionSizeHint(place)) + 2 * PAD
            head.resizeSection(
                place, _WIDTHS[place] if place < len(_WIDTHS) else min(max(wanted, _OTHERS[0]), _OTHERS[1])
            )
        self.words.setText(f"The first {number(len(products))} of {number(all_new)} new products are listed here.")
        self.words.setVisible(len(products) < all_new)
