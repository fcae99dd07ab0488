"""The columns of the product table, declared: what each says, how it is painted, what it sorts by."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter

from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.product_query import ProductSort
from mmhub_desktop.domain.product_row import ProductRow
from mmhub_desktop.domain.readiness import ReadyState
from mmhub_desktop.gui.tables import product_cells as cells
from mmhub_desktop.gui.words import PRODUCT_STATUS, READY_STATE, ago, listing_wording, moment_text, number

Paint = Callable[[QPainter, QRect, ProductRow, cells.CellContext], None]


@dataclass(frozen=True)
class Column:
    """One column. ``width`` in pixels, 0 takes what is left; ``text`` serves display, copying and screen readers."""

    name: str
    title: str
    width: int
    text: Callable[[ProductRow], str] = field(compare=False)  # made anew for each account column
    paint: Paint = field(compare=False)
    sort: ProductSort | None = None
    sort_account: AccountId | None = None
    descending_first: bool = False
    right: bool = False
    help: str = ""
    tip: Callable[[ProductRow], str] | None = field(default=None, compare=False)


def _price(row: ProductRow) -> str:
    return "" if row.price is None else str(row.price)


FIXED: tuple[Column, ...] = (
    Column("product", "Product", 0, lambda row: f"{row.title}, {row.sku}", cells.paint_product, ProductSort.TITLE,
           tip=lambda row: row.title),
    Column("price", "Price", 112, _price, cells.paint_price, ProductSort.PRICE, right=True,
           tip=lambda row: _price(row) or "No price: the import file had none"),
    Column("quantity", "Stock", 72, lambda row: number(row.quantity), cells.paint_quantity, ProductSort.QUANTITY,
           right=True),
    Column("status", "Status", 118, lambda row: PRODUCT_STATUS[row.status].word, cells.paint_status,
           ProductSort.STATUS),
    Column("quality", "Quality", 118, lambda row: f"{row.quality} of 100", cells.paint_quality, ProductSort.QUALITY,
           descending_first=True, help="Title, description, images and attributes, 0 to 100"),
)  # fmt: skip

UPDATED = Column(
    "updated", "Updated", 104, lambda row: ago(row.updated_at), cells.paint_updated, ProductSort.UPDATED,
    descending_first=True, tip=lambda row: moment_text(row.updated_at),
)  # fmt: skip


def columns_for(accounts: Sequence[Account]) -> tuple[Column, ...]:
    """The fixed columns, then for each connected account its listings and its readiness, before the last."""
    several = len(accounts) > 1
    ready = (_ready_column(account, several=several) for account in accounts)
    return (*FIXED, *(_account_column(account) for account in accounts), *ready, UPDATED)


def _account_column(account: Account) -> Column:
    def word(row: ProductRow) -> str:
        state = row.listings.get(account.id)
        return listing_wording(state).word if state else "Not listed"

    def paint(painter: QPainter, rect: QRect, row: ProductRow, context: cells.CellContext) -> None:
        cells.paint_listing(painter, rect, row.listings.get(account.id, ""), context)

    return Column(
        f"account-{account.id}", account.label, 118, word, paint, sort_account=account.id,
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
        help=f"Whether it could be listed on {account.label}: see Readiness",
        tip=lambda row: f"{account.label}: {word(row)}",
    )  # fmt: skip
