"""An account's rules for its listings: price, stock, description and defaults, with what they make of a product."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from mmhub_desktop.domain import template
from mmhub_desktop.domain.forbidden_words import read_words
from mmhub_desktop.domain.listing_rules import ListingRules, StockRule, read_decimal
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.price_rule import PriceRule, Rate, Rounding
from mmhub_desktop.domain.product import Product
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.gui.dialogs.frame import Dialog
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.widgets.card import Card
from mmhub_desktop.gui.widgets.label import Label

ROUNDING_WORDS = {
    Rounding.NONE: "Not rounded",
    Rounding.NINETY_NINE: "Up to .99",
    Rounding.NINETY_FIVE: "Up to .95",
    Rounding.FIVE: "Up to a multiple of 5",
    Rounding.TEN: "Up to a multiple of 10",
}
_MOST_PIECES = 1_000_000
_NO_EXAMPLE = "There is no product to show an example of yet."


@dataclass(frozen=True, slots=True)
class Example:
    """What the rules make of the example product, in words."""

    price: str
    quantity: str
    description: str


class RulesDialog(Dialog):
    """Changes the rules of one account; ``accept`` only after they were kept. ``examples`` are products to try on."""

    def __init__(
        self,
        context: GuiContext,
        account: Account,
        rules: ListingRules,
        examples: Sequence[Product],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            f"Rules for {account.label}",
            "They hold for every listing on this account, at the next publish or update. Nothing is sent now.",
            parent,
            width=720,
        )
        self._context = context
        self._account = account
        self._examples = tuple(examples)
        price, rate = rules.price, rules.price.rate
        self.factor = _line(f"{price.factor:f}", "Factor")
        self.addition = _line(f"{price.addition:f}", "Addition")
        self.rounding = QComboBox()
        for each, words in ROUNDING_WORDS.items():
            self.rounding.addItem(words, each.value)
        self.rounding.setCurrentIndex(self.rounding.findData(price.rounding.value))
        self.margin = _line("" if price.margin is None else f"{price.margin:f}", "Margin", "No floor")
        self.fee = _line(f"{price.fee:f}", "Fee")
        self.rate_of = _line(rate.of if rate else "", "Currency of the products", "USD")
        self.rate_to = _line(rate.currency if rate else "", "Currency of the account", "EUR")
        self.rate = _line(f"{rate.factor:f}" if rate else "", "Exchange rate", "No rate")
        self.rate_day = _line(rate.day.isoformat() if rate else "", "Day of the rate", "Today")
        self.keep_back = _pieces(rules.stock.keep_back, "None")
        self.at_most = _pieces(rules.stock.at_most or 0, "All")
        self.template = QPlainTextEdit(rules.template)
        self.template.setPlaceholderText("Empty: descriptions stay as the products have them.")
        self.defaults = QPlainTextEdit("\n".join(f"{name}: {value}" for name, value in rules.defaults.items()))
        self.defaults.setPlaceholderText("Warranty: 12 months")
        self.forbidden = _line(", ".join(rules.forbidden), "Words that must not be in texts", "replica, second hand")
        self.example = QComboBox()
        for product in self._examples:
            self.example.addItem(f"{product.sku}  {product.text.title}", product.id)
        self.shown = {name: Label("", "body") for name in ("price", "quantity", "description")}
        self._lay_out()
        self.add_button("Cancel", self.reject)
        self.keep_button = self.add_button("Keep rules", self._keep, "primary")
        self._listen()
        self._show_example()
        self.factor.setFocus()
        self.factor.selectAll()

    def _lay_out(self) -> None:
        inside = QWidget()
        inside.setProperty("clear", True)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 12, 0)
        column.setSpacing(10)
        column.addWidget(Label("Price", "section"))
        column.addLayout(
            _grid(
                ("Times", self.factor), ("Plus", self.addition), ("Rounding", self.rounding),
                ("Margin on the cost, %", self.margin), ("Marketplace's fee, %", self.fee),
            )
        )  # fmt: skip
        column.addWidget(_note("The floor keeps this margin after the fee. No price goes below it, whatever is set."))
        column.addLayout(
            _grid(
                ("One unit of", self.rate_of), ("is so many", self.rate), ("units of", self.rate_to),
                ("Read on", self.rate_day),
            )
        )  # fmt: skip
        column.addWidget(Label("Stock", "section"))
        column.addLayout(_grid(("Keep back", self.keep_back), ("Show at most", self.at_most)))
        column.addWidget(Label("Description template", "section"))
        self.template.setFixedHeight(96)
        self.template.setAccessibleName("Description template")
        self.template.setTabChangesFocus(True)
        column.addWidget(self.template)
        column.addWidget(_note(f"Placeholders: {'  '.join(template.PLACEHOLDERS)}"))
        column.addWidget(Label("Attributes for products that do not have them", "section"))
        self.defaults.setFixedHeight(64)
        self.defaults.setAccessibleName("Default attributes, one in a line as Name: value")
        self.defaults.setTabChangesFocus(True)
        column.addWidget(self.defaults)
        column.addWidget(Label("Words that must not be in title, description or keywords", "section"))
        column.addWidget(self.forbidden)
        words = "With commas between. No text with one of them is published or changed to; Readiness shows which."
        column.addWidget(_note(words))
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setMinimumHeight(360)
        area.setWidget(inside)
        self.body.addWidget(area, 1)
        self.body.addWidget(self._example_card())

    def _example_card(self) -> Card:
        card = Card()
        card.setAccessibleName("Example")
        self.example.setAccessibleName("Product of the example")
        self.example.setVisible(bool(self._examples))
        card.body.addWidget(self.example)
        for name, label in self.shown.items():
            label.setWordWrap(True)
            label.setAccessibleName(f"Example: {name}")
            card.body.addWidget(label)
        self.shown["description"].set_tone("muted")
        return card

    def _listen(self) -> None:
        rate = (self.rate_of, self.rate_to, self.rate, self.rate_day)
        for line in (self.factor, self.addition, self.margin, self.fee, self.forbidden, *rate):
            line.textChanged.connect(lambda _: self._show_example())
        for box in (self.rounding, self.example):
            box.currentIndexChanged.connect(lambda _: self._show_example())
        for pieces in (self.keep_back, self.at_most):
            pieces.valueChanged.connect(lambda _: self._show_example())
        for text in (self.template, self.defaults):
            text.textChanged.connect(self._show_example)

    def rules(self) -> ListingRules:
        """What was entered. UserMistake where it makes no sense."""
        margin = self.margin.text().strip()
        price = PriceRule(
            read_decimal(self.factor.text() or "1", "factor"),
            read_decimal(self.addition.text() or "0", "addition"),
            Rounding(self.rounding.currentData()),  # Qt hands back a plain text
            read_decimal(margin, "margin") if margin else None,
            read_decimal(self.fee.text() or "0", "fee"),
            self._rate(),
        )
        stock = StockRule(self.keep_back.value(), self.at_most.value() or None)
        price.check()
        stock.check()
        template.check(self.template.toPlainText())
        forbidden = read_words(self.forbidden.text())
        return ListingRules(price, stock, self.template.toPlainText().strip(), self._defaults(), forbidden)

    def _rate(self) -> Rate | None:
        if not self.rate.text().strip():
            return None
        day = self.rate_day.text().strip()
        try:
            read_on = date.fromisoformat(day) if day else datetime.now().astimezone().date()
        except ValueError as error:
            raise UserMistake(f"“{day}” is no day.", hint="Write it as 2026-11-20.") from error
        return Rate(
            self.rate_of.text().strip().upper(),
            self.rate_to.text().strip().upper(),
            read_decimal(self.rate.text(), "exchange rate"),
            read_on,
        )

    def _defaults(self) -> dict[str, str]:
        found = {}
        for line in self.defaults.toPlainText().splitlines():
            if line.strip():
                name, colon, value = line.partition(":")
                if not colon or not name.strip() or not value.strip():
                    raise UserMistake(f"“{line.strip()}” is no attribute.", hint="Write it as Name: value.")
                found[name.strip()] = value.strip()
        return found

    def _show_example(self) -> None:
        """Work the example out anew, or say why that cannot be."""
        try:
            rules = self.rules()
        except UserMistake as error:
            self.keep_button.setEnabled(False)
            self._say(Example(str(error), "", ""), tone="err")
            return
        self.keep_button.setEnabled(True)
        at = self.example.currentIndex()
        if not 0 <= at < len(self._examples):
            self._say(Example(_NO_EXAMPLE, "", ""), tone="muted")
            return
        product = self._examples[at]
        made = self._context.workspace.listing_desk.example(self._account.id, rules, product)
        price = "There is no price." if made.product.price is None else made.sources["price"].words
        if made.product.price is not None and rules.price.is_plain:
            price = f"Price: {made.product.price}, as the product has it"
        said = " ".join(found.message for found in made.findings)
        quantity = f"Stock: {made.product.quantity:,}"
        if not rules.stock.is_plain:
            quantity = made.sources["quantity"].words
        words = made.product.text.description.replace("\n", " ")
        self._say(Example(f"{price}\n{said}".strip(), quantity, f"{words[:180]}…" if len(words) > 180 else words))

    def _say(self, example: Example, tone: str = "text") -> None:
        self.shown["price"].setText(example.price)
        self.shown["price"].set_tone(tone)
        for name, text in (("quantity", example.quantity), ("description", example.description)):
            self.shown[name].setText(text)
            self.shown[name].setVisible(bool(text))
        self.fit()

    def _keep(self) -> None:
        self.work(self._context.spawn, self._save(), "Keep the rules", button=self.keep_button)

    async def _save(self) -> None:
        await self._context.workspace.listing_desk.save_rules(self._account.id, self.rules())
        self.accept()


def _line(text: str, name: str, placeholder: str = "") -> QLineEdit:
    line = QLineEdit(text)
    line.setAccessibleName(name)
    line.setPlaceholderText(placeholder)
    return line


def _pieces(value: int, none: str) -> QSpinBox:
    box = QSpinBox()
    box.setRange(0, _MOST_PIECES)
    box.setGroupSeparatorShown(True)
    box.setSpecialValueText(none)
    box.setSuffix(" pieces")
    box.lineEdit().setTextMargins(8, 0, 0, 0)  # Fusion leaves a stylesheet's padding out here
    box.setValue(value)
    return box


def _grid(*fields: tuple[str, QWidget]) -> QGridLayout:
    """Fields side by side, each below its name."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(10)
    grid.setVerticalSpacing(3)
    for column, (words, field) in enumerate(fields):
        label = Label(words, "label", "muted")
        label.setBuddy(field)
        if not field.accessibleName():
            field.setAccessibleName(words)
        grid.addWidget(label, 0, column)
        grid.addWidget(field, 1, column)
        grid.setColumnStretch(column, 1)
    return grid


def _note(words: str) -> Label:
    label = Label(words, "small", "muted")
    label.setWordWrap(True)
    return label


async def change_rules(context: GuiContext, account: Account, parent: QWidget) -> None:
    """Ask for new rules of an account, with some of the products as examples."""
    from mmhub_desktop.domain.product_query import ProductQuery, ProductSort
    from mmhub_desktop.gui.background import asked

    workspace = context.workspace
    ids = await workspace.products.first_ids(ProductQuery(sort=ProductSort.TITLE, descending=False), 50)
    examples = await workspace.products.get_many(list(ids))
    rules = await workspace.listing_desk.rules(account.id)
    dialog = RulesDialog(context, account, rules, examples, parent.window())
    await asked(dialog)
