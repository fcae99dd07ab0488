"""The columns of the product table, declared: what each says, how it is painted, what it sorts by."""

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter

from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.measures import size_text, weight_text
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product_query import ProductSort
from mmhub_desktop.domain.product_row import ProductRow
from mmhub_desktop.domain.readiness import ReadyState
from mmhub_desktop.gui.tables import product_cells as cells
from mmhub_desktop.gui.tables.product_marketplaces import MarketplaceStates
from mmhub_desktop.gui.words import PRODUCT_STATUS, READY_STATE, ago, listing_wording, moment_text, number

Paint = Callable[[QPainter, QRect, ProductRow, cells.CellContext], None]
Words = Callable[[ProductRow], str]

PRODUCT, MARKETPLACES, READINESS, ATTRIBUTES = "Product", "Marketplaces", "Readiness", "Attributes"
ATTRIBUTE = "attribute:"  # the names of attribute columns begin with it
MAIN = "product"  # the column that is always there, first


@dataclass(frozen=True)
class Column:
    """One column. ``width`` in pixels, 0 takes what is left; ``text`` serves display, copying and screen readers.

    ``field`` is the product's field behind it as ``domain.product_cells`` names it, "" where there is none to edit.
    ``copies`` are the (head, words) a spreadsheet gets in place of title and ``text``; ``group`` is for the chooser.
    """

    name: str
    title: str
    width: int
    text: Words = dataclasses.field(compare=False)  # made anew for each account column
    paint: Paint = dataclasses.field(compare=False)
    sort: ProductSort | None = None
    sort_account: AccountId | None = None
    descending_first: bool = False
    right: bool = False
    help: str = ""
    tip: Words | None = dataclasses.field(default=None, compare=False)
    field: str = ""
    group: str = PRODUCT
    sort_ready: AccountId | None = None
    sort_attribute: str = ""
    copies: tuple[tuple[str, Words], ...] = dataclasses.field(default=(), compare=False)

    @property
    def sorts(self) -> bool:
        """Whether the table can be sorted by it."""
        return any((self.sort, self.sort_account is not None, self.sort_ready is not None, self.sort_attribute))


def _price(row: ProductRow) -> str:
    return "" if row.price is None else str(row.price)


def _amount(money: Money | None) -> str:
    return "" if money is None else str(money.amount)


def _currency(row: ProductRow) -> str:
    return next((money.currency for money in (row.price, row.cost) if money is not None), "")


def _variants(row: ProductRow) -> str:
    return "" if row.family is None else number(row.family.variants)


def _options(row: ProductRow) -> str:
    return ", ".join(f"{name}: {value}" for name, value in row.options.items())


def _words(
    name: str, title: str, width: int, words: Words, *, sort: ProductSort | None = None, right: bool = False,
    edits: str = "", inherits: str = "", group: str = PRODUCT, sort_attribute: str = "", muted: bool = False,
) -> Column:  # fmt: skip
    """A column of one plain line; its tooltip says what does not fit."""
    paint = cells.paint_words(words, inherits, right=right, muted=muted)
    return Column(
        name, title, width, words, paint, sort, right=right, tip=words, field=edits, group=group,
        sort_attribute=sort_attribute,
    )  # fmt: skip


PLAIN: tuple[Column, ...] = (
    Column(
        MAIN, "Product", 0, lambda row: f"{row.title}, {row.sku}", cells.paint_product, ProductSort.TITLE,
        tip=lambda row: row.title, field="original.title",
        copies=(("Title", lambda row: row.title), ("SKU", lambda row: row.sku)),
    ),
    _words("sku", "SKU", 130, lambda row: row.sku, sort=ProductSort.SKU, edits="sku"),
    Column(
        "price", "Price", 112, _price, cells.paint_price, ProductSort.PRICE, right=True, field="price",
        tip=lambda row: _price(row) or "No price: the import file had none",
        copies=(("Price", lambda row: _amount(row.price)), ("Currency", _currency)),
    ),
    Column(
        "cost", "Cost", 112, lambda row: "" if row.cost is None else str(row.cost), cells.paint_cost,
        ProductSort.COST, right=True, field="cost", copies=(("Cost", lambda row: _amount(row.cost)),),
    ),
    Column(
        "quantity", "Stock", 72, lambda row: number(row.quantity), cells.paint_quantity, ProductSort.QUANTITY,
        right=True, field="quantity", copies=(("Stock", lambda row: str(row.quantity)),),
    ),
    Column(
        "status", "Status", 120, lambda row: PRODUCT_STATUS[row.status].word, cells.paint_status, ProductSort.STATUS,
    ),
    Column(
        "quality", "Quality", 96, lambda row: f"{row.quality} of 100", cells.paint_quality, ProductSort.QUALITY,
        descending_first=True, help="Title, description, images and attributes, 0 to 100",
        copies=(("Quality", lambda row: str(row.quality)),),
    ),
    _words("brand", "Brand", 120, lambda row: row.brand, sort=ProductSort.BRAND, edits="brand", inherits="brand"),
    _words(
        "category", "Category", 160, lambda row: row.category, sort=ProductSort.CATEGORY, edits="category",
        inherits="category",
    ),
    _words("gtin", "GTIN", 124, lambda row: row.gtin, sort=ProductSort.GTIN, edits="gtin"),
    _words(
        "condition", "Condition", 104, lambda row: row.condition.value.capitalize(), sort=ProductSort.CONDITION,
        edits="condition",
    ),
    _words(
        "weight", "Weight", 92, lambda row: weight_text(row.weight_g), sort=ProductSort.WEIGHT, right=True,
        edits="weight", inherits="weight_g",
    ),
    _words("size", "Size", 150, lambda row: size_text(row.size_mm), edits="size", right=True),
    _words("variants", "Variants", 84, _variants, right=True),
    _words("options", "Options", 150, _options),
    _words("active", "For sale", 84, lambda row: "Yes" if row.active else "No", sort=ProductSort.ACTIVE,
           edits="active"),
    _words("source", "Source", 110, lambda row: row.source, sort=ProductSort.SOURCE, muted=True),
    _words("source_id", "Source id", 120, lambda row: row.source_id, muted=True),
    Column(
        "created", "Added", 96, lambda row: ago(row.created_at),
        cells.paint_words(lambda row: ago(row.created_at), muted=True),
        ProductSort.CREATED, descending_first=True, tip=lambda row: moment_text(row.created_at),
        copies=(("Added", lambda row: moment_text(row.created_at)),),
    ),
    Column(
        "updated", "Updated", 96, lambda row: ago(row.updated_at), cells.paint_updated, ProductSort.UPDATED,
        descending_first=True, tip=lambda row: moment_text(row.updated_at),
        copies=(("Updated", lambda row: moment_text(row.updated_at)),),
    ),
)  # fmt: skip

_USUAL = (MAIN, "price", "quantity", "status", "quality", "marketplaces", "updated")


def all_columns(accounts: Sequence[Account], attributes: Iterable[str] = ()) -> dict[str, Column]:
    """Every column there is, by name: the plain ones, those of the accounts, and one for each attribute named."""
    several = len(accounts) > 1
    found = list(PLAIN)
    if accounts:
        found.insert(7, _marketplaces_column(accounts))
    found += [_account_column(account) for account in accounts]
    found += [_ready_column(account, several=several) for account in accounts]
    found += [_attribute_column(name) for name in attributes]
    return {column.name: column for column in found}


def usual_names(accounts: Sequence[Account]) -> tuple[str, ...]:
    """What is shown until the seller chooses otherwise; with a single account its readiness, too."""
    ready = tuple(f"ready-{account.id}" for account in accounts) if len(accounts) == 1 else ()
    names = (*_USUAL[:-1], *ready, _USUAL[-1])
    return names if accounts else tuple(name for name in names if name != "marketplaces")


def columns_for(accounts: Sequence[Account], names: Sequence[str] = ()) -> tuple[Column, ...]:
    """The columns of these names that there are, in this order, none: the usual ones. The product comes first."""
    names = names or usual_names(accounts)
    attributes = (name.removeprefix(ATTRIBUTE) for name in names if name.startswith(ATTRIBUTE))
    every = all_columns(accounts, attributes)
    return tuple(every[name] for name in dict.fromkeys((MAIN, *names)) if name in every)


def _marketplaces_column(accounts: Sequence[Account]) -> Column:
    states = MarketplaceStates.of(accounts)
    return Column(
        "marketplaces", "Marketplaces", states.width, states.say, states.paint, group=MARKETPLACES,
        help="Where each product is listed, in the order of your accounts", tip=states.tip,
    )  # fmt: skip


def _attribute_column(name: str) -> Column:
    def words(attribute: str, row: ProductRow) -> str:
        return row.attributes.get(attribute, "")

    return _words(
        f"{ATTRIBUTE}{name}", name, 130, partial(words, name), edits=f"attributes.{name}", group=ATTRIBUTES,
        sort_attribute=name,
    )  # fmt: skip


def _account_column(account: Account) -> Column:
    def word(row: ProductRow) -> str:
        state = row.listings.get(account.id)
        return listing_wording(state).word if state else "Not listed"

    def paint(painter: QPainter, rect: QRect, row: ProductRow, context: cells.CellContext) -> None:
        cells.paint_listing(painter, rect, row.listings.get(account.id, ""), context)

    return Column(
        f"account-{account.id}", account.label, 118, word, paint, sort_account=account.id, group=MARKETPLACES,
        help=f"Listings on {account.label}", tip=lambda row: f"{account.label}: {word(row)}",
    )  # fmt: skip


def _ready_column(account: Account, *, several: bool) -> Column:
    def word(row: ProductRow) -> str:
        state = row.ready.get(account.id)
        return READY_STATE[ReadyState(state)].word if state else "Not checked yet"

    def paint(painter: QPainter, rect: QRect, row: ProductRow, context: cells.CellContext) -> None:
        cells.paint_ready(painter, rect, row.ready.get(account.id, ""), context)

    return Column(
        f"ready-{account.id}", f"Ready: {account.label}" if several else "Ready", 124, word, paint,
        sort_ready=account.id, group=READINESS, help=f"Whether it could be listed on {account.label}: see Readiness",
        tip=lambda row: f"{account.label}: {word(row)}",
    )  # fmt: skip
