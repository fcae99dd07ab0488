"""Price, stock, codes, measures and what else a product is, each checked where it is entered."""

from collections.abc import Callable
from decimal import Decimal

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QLineEdit,
    QScrollArea,
    QWidget,
)

from mmhub_desktop.domain.gtin import read_gtin
from mmhub_desktop.domain.product import Condition, Product
from mmhub_desktop.domain.product_cells import PARENT
from mmhub_desktop.gui.editor.field_row import FieldRow
from mmhub_desktop.gui.editor.sheet import EditedProduct
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.card import Card
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.words import ago

CURRENCIES = ("EUR", "USD", "GBP", "PLN", "CZK", "MXN", "BRL", "CLP", "ARS", "COP", "CAD", "AUD", "JPY")


class FactsTab(QScrollArea):
    """Cards of fields; ``rows`` by cell."""

    def __init__(self, sheet: EditedProduct, context: GuiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sheet = sheet
        self._context = context
        self._proposed_for = 0
        self.rows: dict[str, FieldRow] = {}
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        content = QWidget()
        content.setProperty("clear", True)
        grid = QGridLayout(content)
        grid.setContentsMargins(2, 12, 12, 12)
        grid.setSpacing(16)
        grid.addWidget(self._money_card(), 0, 0)
        grid.addWidget(self._identity_card(), 0, 1, 2, 1)
        grid.addWidget(self._parcel_card(), 1, 0)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(2, 1)
        self.setWidget(content)

    def _money_card(self) -> QWidget:
        currency = QComboBox()
        currency.setEditable(True)
        currency.addItems(CURRENCIES)
        self.active = QCheckBox("May be listed")
        return self._card(
            "Price and stock",
            self._row("price", "Price", QLineEdit()),
            self._row("cost", "Cost", QLineEdit()),
            self._row("currency", "Currency", currency),
            self._row("quantity", "In stock", QLineEdit()),
            self._row("active", "Active", self.active),
        )

    def _identity_card(self) -> QWidget:
        condition = QComboBox()
        for each in Condition:
            condition.addItem(each.value.capitalize(), each.value)
        self.mend = Button("Mend", kind="plain")
        self.mend.clicked.connect(lambda: self._sheet.set("gtin", read_gtin(self._sheet.value("gtin")).mended))
        parent = QLineEdit()
        parent.setPlaceholderText("SKU of its main product, empty for none")
        card = self._card(
            "What it is",
            self._row("sku", "SKU", QLineEdit()),
            self._row("gtin", "Barcode", QLineEdit(), self.mend),
            self._row("brand", "Brand", QLineEdit()),
            self._row("category", "Category", QLineEdit()),
            self._row("condition", "Condition", condition),
            self._row(PARENT, "Variant of", parent),
        )
        self.origin = Label("", "small", "muted")
        self.origin.setWordWrap(True)
        card.body.addWidget(self.origin)
        return card

    def _parcel_card(self) -> QWidget:
        weight, size = QLineEdit(), QLineEdit()
        weight.setPlaceholderText("1.2 kg")
        size.setPlaceholderText("30 × 20 × 10 cm")
        return self._card("Parcel", self._row("weight", "Weight", weight), self._row("size", "Size", size))

    def _card(self, title: str, *rows: FieldRow) -> Card:
        card = Card()
        card.body.addWidget(Label(title, "section"))
        for row in rows:
            card.body.addWidget(row)
        card.body.addStretch(1)
        return card

    def _row(
        self, key: str, label: str, control: QLineEdit | QComboBox | QCheckBox, beside: QWidget | None = None
    ) -> FieldRow:
        row = FieldRow(label, control, beside=beside)
        row.edited.connect(lambda text: self._sheet.set(key, text))
        row.undo.clicked.connect(lambda: self._sheet.set(key, self._sheet.edits.stored(key)))
        self.rows[key] = row
        return row

    def first_field(self) -> QWidget:
        """Where the keyboard goes when the tab is opened."""
        return self.rows["price"].control

    def cell_changed(self, key: str) -> None:  # noqa: ARG002 - one cell bears on the notes of others
        """Show what follows from a changed cell."""
        self.show_content()

    def show_content(self) -> None:
        """Show every cell, what follows from it and what is wrong with it."""
        if self._sheet.stored.id != self._proposed_for:
            self._proposed_for = self._sheet.stored.id
            self._context.spawn(self._propose_words(), "Propose brands and categories")
        faults = self._sheet.faults()
        product = self._sheet.product()
        for key, row in self.rows.items():
            row.show_text(self._sheet.value(key))
            row.undo.setVisible(key in self._sheet.edits)
            if key in faults:
                row.say(f"{faults[key].message} {faults[key].hint}".strip(), "err")
            else:
                row.say(*_NOTES[key](product) if key in _NOTES else ("", "muted"))
        self._show_barcode()
        self._show_origin(product)

    async def _propose_words(self) -> None:
        """Brands and categories of other products: mappings go by the very words."""
        for cell, words in (await self._context.workspace.product_editing.store.words()).items():
            self.rows[cell].propose(words)

    def _show_barcode(self) -> None:
        reading = read_gtin(self._sheet.value("gtin"))
        self.mend.setVisible(bool(reading.mended))
        self.mend.set_hint(f"Use {reading.mended}")
        if not reading.code:
            self.rows["gtin"].say("Most marketplaces ask for it. EAN, UPC or ISBN.", "muted")
        elif reading.fault:
            mended = f" {reading.mended} would be right." if reading.mended else ""
            self.rows["gtin"].say(f"{reading.fault}{mended}", "warn")
        else:
            given = f". Prefix {reading.issuer}" if reading.issuer else ""
            self.rows["gtin"].say(f"{reading.kind}, check digit right{given}", "ok")

    def _show_origin(self, product: Product) -> None:
        family = self._sheet.content.family
        words = [f"Changed {ago(product.updated_at)}"]
        if product.source or product.source_id:
            words.append(f"from {' '.join(part for part in (product.source, product.source_id) if part)}")
        if family.variants:
            words.append(f"{len(family.variants)} variants")
        self.origin.setText(" · ".join(words))


def _margin(product: Product) -> tuple[str, str]:
    if product.price is None:
        return "Nothing can be listed without a price.", "warn"
    if product.cost is None or product.cost.currency != product.price.currency:
        return str(product.price), "muted"
    profit = product.price.minor - product.cost.minor
    share = Decimal(100 * profit) / product.price.minor if product.price.minor else Decimal(0)
    left = type(product.price)(profit, product.price.currency)
    if profit < 0:
        return f"{-share:.0f} % below cost: {left} for each sold, before fees", "err"
    return f"Margin {share:.0f} %: {left} for each sold, before fees and taxes", "ok"


def _cost(product: Product) -> tuple[str, str]:
    return (str(product.cost), "muted") if product.cost else ("What you pay for it; buyers do not see it.", "muted")


def _stock(product: Product) -> tuple[str, str]:
    return ("Sold out", "warn") if product.quantity <= 0 else ("", "muted")


def _weight(product: Product) -> tuple[str, str]:
    grams = product.weight_g
    return (f"= {grams:,} g" if grams is not None and grams >= 1000 else "", "muted")


def _size(product: Product) -> tuple[str, str]:
    if product.size_mm is None:
        return "Length × width × height", "muted"
    length, width, height = product.size_mm
    return f"{length / 10:g} × {width / 10:g} × {height / 10:g} cm, {length * width * height / 1e6:.1f} litres", "muted"


_NOTES: dict[str, Callable[[Product], tuple[str, str]]] = {
    "price": _margin, "cost": _cost, "quantity": _stock, "weight": _weight, "size": _size,
}  # fmt: skip
