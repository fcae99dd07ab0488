"""A product's variants: their options, and what differs between them, in a matrix or a list."""

from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.product import Product
from mmhub_desktop.gui.editor.cells_view import CellsView
from mmhub_desktop.gui.editor.option_rows import OptionRows
from mmhub_desktop.gui.editor.sheet import EditedProduct
from mmhub_desktop.gui.editor.variants_model import FIELDS, VariantsModel
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.empty import EmptyState
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.words import counted

_WIDTH, _NARROW, _NARROWEST = 140, 110, 90


class VariantsTab(QWidget):
    """For a variant it only leads to its main product, where all of them are edited together."""

    def __init__(self, sheet: EditedProduct, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sheet = sheet
        self._shown = ProductId(0)
        self.model = VariantsModel(sheet, self)
        self.options = OptionRows()
        self.options.changed.connect(self._options_changed)
        self.options.renamed.connect(self._rename)
        self.table = CellsView("Variants", self.model)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.removed.connect(self.remove)
        self.model.modelReset.connect(self._lay_out)
        self.model.caught_up.connect(self._read)
        self.field = QComboBox()
        self.field.setAccessibleName("What the matrix shows")
        for name, label in FIELDS:
            self.field.addItem(label, name)
        self.field.currentIndexChanged.connect(lambda _: self._choose_field())
        self.as_list = Button("List", "list", "quiet")
        self.as_list.setCheckable(True)
        self.as_list.setToolTip("Show all fields, a line for each variant")
        self.as_list.toggled.connect(self._choose_shape)
        self.create_button = Button("Create", "plus")
        self.create_button.clicked.connect(self.create_missing)
        self.removing = Button("Remove", "trash-2")
        self.removing.setToolTip("Take the selected variants away when you save; again brings them back (Del)")
        self.removing.clicked.connect(self.remove)
        self._note = Label("", "small", "muted")
        self._note.setWordWrap(True)
        self._family = self._make_family()
        self._places = QStackedWidget()
        self.empty = EmptyState("package", "No variants", "Give an option above with its values, as Size: S, M, L.")
        self._rooms = QStackedWidget()
        self._rooms.addWidget(self.empty)
        self._rooms.addWidget(self.table)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(2, 12, 12, 0)
        column.setSpacing(10)
        column.addWidget(self.options)
        column.addLayout(self._bar())
        column.addWidget(self._rooms, 1)
        column.addWidget(self._note)
        self._places.addWidget(whole)
        self._places.addWidget(self._family)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._places)

    def _bar(self) -> QHBoxLayout:
        bar = QHBoxLayout()
        bar.setSpacing(8)
        self._shows = Label("Cells show", "body", "muted")
        for part in (self._shows, self.field, self.as_list):
            bar.addWidget(part)
        bar.addStretch(1)
        bar.addWidget(self.create_button)
        bar.addWidget(self.removing)
        return bar

    def _make_family(self) -> QWidget:
        made = EmptyState("package", "This is a variant", " ")
        self.open_parent = Button("Open its main product", "arrow-left", "primary")
        made.add(self.open_parent)
        self._family_words = made
        return made

    def show_content(self) -> None:
        """Show the variants."""
        family = self._sheet.content.family
        if family.product.id != self._shown:
            self._shown = family.product.id
            self.model.extra = {}
        parent = family.parent
        self._places.setCurrentIndex(1 if parent is not None else 0)
        if parent is not None:
            self._show_parent(parent, family.product)
        self._read()

    def cell_changed(self, key: str) -> None:  # noqa: ARG002 - the product's price and SKU show in variants, too
        """Something was edited."""
        self._read()

    def first_field(self) -> QWidget:
        """The table, or the options where there are none."""
        if self._sheet.content.family.parent is not None:
            return self.open_parent
        if not self.model.rowCount():
            return self.options.first_field()
        if not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self.model.index(0, 0))
        return self.table

    def create_missing(self) -> None:
        """Make a variant of each combination that is none."""
        for options in self.model.missing():
            self.model.cells.add(options)
        self._read()

    def remove(self) -> None:
        """Take the selected variants away, or bring them back."""
        lines = {line.ref: line for index in self.table.selectedIndexes() if (line := self.model.line_at(index))}
        for line in lines.values():
            self.model.cells.toggle_removed(line)
        self._read()

    def _read(self) -> None:
        if self.model.is_behind:
            return
        self.model.read()
        self.options.show_axes(self.model.axes)
        count, gaps = len(self.model.cells.living), len(self.model.missing())
        self._rooms.setCurrentIndex(1 if self.model.rowCount() else 0)
        self.create_button.setVisible(bool(gaps))
        self.create_button.setText(f"Create {counted(gaps, 'variant')}" if not count else f"Create {gaps:,} missing")
        self.create_button.setAccessibleName(f"Create the {gaps} combinations that are no variants yet")
        self.removing.setVisible(bool(self.model.cells.lines))
        for part in (self._shows, self.field):
            part.setVisible(self.model.is_matrix)
        self.as_list.setVisible(self.model.can_be_matrix)
        stock = sum(int(text) for line in self.model.cells.living if (text := self._quantity(line.ref)).isdecimal())
        words = [f"{counted(count, 'variant')}, {stock:,} in stock"] if count else []
        if count:
            words.append("Prices in italics are the product's and follow it; clear a price to use it again.")
        self._note.setText(". ".join(words))

    def _quantity(self, ref: str) -> str:
        return self.model.cells.value(ref, "quantity")

    def _show_parent(self, parent: Product, product: Product) -> None:
        what = ", ".join(f"{name}: {value}" for name, value in product.options.items()) or "no options yet"
        self._family_words.set_text(
            f"A variant of {parent.sku}", f"{parent.text.title} ({what}). All variants are edited there, side by side."
        )

    def _options_changed(self, axes: dict[str, list[str]]) -> None:
        self.model.extra = axes
        self._read()

    def _rename(self, old: str, new: str) -> None:
        for line in self.model.cells.lines:
            if old in line.options:
                options = {new if name == old else name: value for name, value in line.options.items()}
                self.model.cells.set_options(line, options)
        self.model.extra = {new if name == old else name: values for name, values in self.model.extra.items()}
        self._read()

    def _choose_field(self) -> None:
        self.model.field = str(self.field.currentData())
        self._read()

    def _choose_shape(self, as_list: bool) -> None:
        self.model.as_list = as_list
        self._read()

    def _lay_out(self) -> None:
        """A matrix has value heads at the left; in a list the SKU takes what is left."""
        matrix = self.model.is_matrix
        self.table.verticalHeader().setVisible(matrix)
        head = self.table.horizontalHeader()
        head.setMinimumSectionSize(_NARROWEST)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for column in range(self.model.columnCount()):
            self.table.setColumnWidth(column, _WIDTH if matrix else _NARROW)
        if not matrix and self.model.columnCount():
            sku = len(self.model.axes) + [name for name, _ in FIELDS].index("sku")
            head.setSectionResizeMode(sku, QHeaderView.ResizeMode.Stretch)
            self.table.setColumnWidth(sku + 1, _WIDTH)  # the barcode
            self.table.setColumnWidth(self.model.columnCount() - 1, 160)
