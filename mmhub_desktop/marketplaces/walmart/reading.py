"""Walmart's items as listings: both wrappers of the answer, its states and its reasons."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from mmhub_desktop.domain.listing import ListingState, VariantState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.base import RemoteListing
from mmhub_desktop.marketplaces.walmart.problems import LABEL

_SHOWN, _ENDED = "PUBLISHED", frozenset({"RETIRED", "ARCHIVED"})
_AT_WORK = frozenset({"READY_TO_PUBLISH", "IN_PROGRESS", "STAGE"})
# words in a reason → the product's field; a field "" with blocks False: nothing for the seller to do
_REASONS: tuple[tuple[str, str, str, bool], ...] = (
    ("in progress", "", "Nothing to do: it is looked at again.", False),
    ("being processed", "", "Nothing to do: it is looked at again.", False),
    ("under review", "", "Wait for Walmart's review; it may take a day or two.", False),
    ("tax code", "attributes.productTaxCode", "Add the attribute “productTaxCode” and publish again.", True),
    ("shipping", "", "Check the shipping template of the item in Seller Center.", True),
    ("price", "price", "Correct the price and update the listing.", True),
    ("image", "images", "Replace the pictures and publish again.", True),
    ("end date", "", "Publish again with a later end date.", True),
    ("start date", "", "It is shown from its start date on.", False),
    ("brand", "brand", "Ask for permission to sell the brand in Seller Center, or correct the brand.", True),
    ("inventory", "quantity", "Update the stock.", False),
    ("out of stock", "quantity", "Update the stock.", False),
    ("internal error", "", "Publish again.", True),
)


def records_of(body: Any) -> Iterator[Mapping[str, Any]]:
    """The items of an answer: ``ItemResponse`` (a list), ``responseRecord`` (one), or the item by itself."""
    if not isinstance(body, Mapping):
        return
    for key in ("ItemResponse", "responseRecord"):
        found = body.get(key)
        if found is not None:
            rows = found if isinstance(found, list) else [found]
            yield from (row for row in rows if isinstance(row, Mapping) and row.get("sku"))
            return
    if body.get("sku") and ("publishedStatus" in body or "lifecycleStatus" in body):
        yield body


def item_url(item_id: str) -> str:
    """The address that buyers see; empty while the item has no number yet."""
    return f"https://www.walmart.com/ip/{item_id}" if item_id.isdigit() else ""


def read_item(item: Mapping[str, Any], quantity: int | None = None, item_id: str = "") -> RemoteListing:
    """An item with the stock that another call told."""
    sku = str(item["sku"])
    status = str(item.get("publishedStatus") or "")
    lifecycle = str(item.get("lifecycleStatus") or "")
    reasons = tuple(_reasons(item))
    state = _state(status, lifecycle, quantity, reasons)
    if state is ListingState.PAUSED and not reasons:
        message = "There is no stock, so buyers cannot order it."
        reasons = (Finding("walmart.out_of_stock", "quantity", message, "Update the stock.", "0", blocks=False),)
    elif not reasons and status not in (_SHOWN, *_AT_WORK) and lifecycle not in _ENDED:
        message = f"{LABEL} shows the item as {status.replace('_', ' ').lower() or 'something without a name'}."
        reasons = (Finding("walmart.status", "", message, "See the item in Seller Center.", status, blocks=False),)
    return RemoteListing(
        remote_id=sku,
        state=state,
        url=item_url(item_id),
        sku=sku,
        title=str(item.get("productName") or ""),
        price=read_money(item.get("price")),
        quantity=quantity,
        reasons=reasons,
        raw=dict(item),
        gtin=str(item.get("gtin") or item.get("upc") or ""),
    )


def read_group(remote_id: str, members: list[RemoteListing]) -> RemoteListing:
    """A family as one listing: live when one of it is. Price and stock are its variants' alone."""
    order = (ListingState.LIVE, ListingState.PAUSED, ListingState.ACCEPTED, ListingState.REJECTED, ListingState.ENDED)
    best = min(members, key=lambda one: order.index(one.state) if one.state in order else len(order))
    return RemoteListing(
        remote_id=remote_id,
        state=best.state,
        url=next((one.url for one in members if one.url), ""),
        sku=remote_id.partition(":")[2],
        title=best.title,
        reasons=tuple(dict.fromkeys(reason for one in members for reason in one.reasons)),
        raw={"ItemResponse": [dict(one.raw) for one in members]},
        variants=tuple(VariantState(one.sku, one.price, one.quantity) for one in members),
    )


def read_money(value: Any) -> Money | None:
    """``{currency, amount}`` by the printed digits; None when it is none."""
    if not isinstance(value, Mapping):
        return None
    amount, currency = value.get("amount"), value.get("currency")
    if isinstance(amount, bool) or not isinstance(amount, (int, float, str)) or not isinstance(currency, str):
        return None
    try:
        return Money.of(Decimal(str(amount)), currency)
    except ArithmeticError:
        return None


def read_quantity(body: Any) -> int | None:
    """The stock of an inventory answer."""
    quantity = body.get("quantity") if isinstance(body, Mapping) else None
    amount = quantity.get("amount") if isinstance(quantity, Mapping) else None
    if isinstance(amount, bool) or not isinstance(amount, (int, float)):
        return None
    return int(amount)


def _state(status: str, lifecycle: str, quantity: int | None, reasons: tuple[Finding, ...]) -> ListingState:
    if lifecycle in _ENDED:
        return ListingState.ENDED
    if status == _SHOWN:
        return ListingState.PAUSED if quantity is not None and quantity <= 0 else ListingState.LIVE
    if status in ("UNPUBLISHED", "SYSTEM_PROBLEM") and any(reason.blocks for reason in reasons):
        return ListingState.REJECTED
    if status == "UNPUBLISHED" and quantity is not None and quantity <= 0:
        return ListingState.PAUSED
    return ListingState.ACCEPTED


def _reasons(item: Mapping[str, Any]) -> Iterator[Finding]:
    told = item.get("unpublishedReasons")
    rows = told.get("reason") if isinstance(told, Mapping) else None
    for words in [rows] if isinstance(rows, str) else rows or ():
        text = str(words)
        lower = text.lower()
        hit = next((row for row in _REASONS if row[0] in lower), ("", "", "See the item in Seller Center.", True))
        yield Finding("walmart.unpublished", hit[1], text, hit[2], blocks=hit[3], original=text)
    if item.get("publishedStatus") == "SYSTEM_PROBLEM":
        message = f"{LABEL} had a problem of its own with this item."
        yield Finding("walmart.system_problem", "", message, "Publish it again.", original="SYSTEM_PROBLEM")
    if str(item.get("isDuplicate")).lower() == "true":
        message = f"{LABEL} takes this item for a double of another one."
        fix = "Answer the request about duplicates in Seller Center."
        yield Finding("walmart.duplicate", "gtin", message, fix, blocks=False)
