"""Amazon's listings items read into the program's words.

An answer holds one entry for each marketplace; only the account's own counts. The listing's id is the seller's SKU:
it never changes, while the ASIN comes later and names a page that several sellers share.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from mmhub_desktop.domain.listing import ListingState, VariantState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.errors import Finding, UnexpectedReply
from mmhub_desktop.marketplaces.amazon.offers import CHANNEL
from mmhub_desktop.marketplaces.amazon.problems import LABEL, read_issues
from mmhub_desktop.marketplaces.base import RemoteListing

INCLUDED = "summaries,issues,offers,fulfillmentAvailability,attributes,relationships"

Item = Mapping[str, Any]


def read_item(item: Item, marketplace_id: str, domain: str) -> RemoteListing:
    """One listings item as a listing of one marketplace. UnexpectedReply where it has no SKU."""
    sku = str(item.get("sku") or "")
    if not sku:
        raise UnexpectedReply(f"{LABEL} showed a listing without SKU.", original=str(item)[:300])
    summary = summary_of(item, marketplace_id)
    asin = str(summary.get("asin") or "")
    issues = read_issues(item.get("issues"), marketplace_id)
    price = price_of(item, marketplace_id)
    state = _state(summary, issues)
    return RemoteListing(
        remote_id=sku,
        state=state,
        url=f"https://{domain}/dp/{asin}" if asin and domain else "",
        sku=sku,
        title=str(summary.get("itemName") or _own_title(item) or ""),
        price=price,
        quantity=quantity_of(item),
        reasons=tuple(_reasons(item, state, issues, price, marketplace_id)),
        raw=dict(item),
        gtin=_gtin(item),
    )


def read_family(parent: RemoteListing, children: Sequence[RemoteListing]) -> RemoteListing:
    """A family's heading with what its variants show: it is live as soon as one of them can be bought.

    Price and stock are its variants' alone.
    """
    live = [child for child in children if child.state is ListingState.LIVE]
    states = [child.state for child in children]
    state = ListingState.LIVE if live else parent.state
    for one in (ListingState.ACCEPTED, ListingState.REJECTED, ListingState.PAUSED):
        if not live and one in states:
            state = one
    reasons = () if live else tuple(reason for child in children for reason in child.reasons)
    return RemoteListing(
        remote_id=parent.remote_id,
        state=state,
        url=parent.url or next((child.url for child in live), ""),
        sku=parent.sku,
        title=parent.title,
        reasons=(*parent.reasons, *reasons) if state is not ListingState.LIVE else parent.reasons,
        raw={**parent.raw, "children": [dict(child.raw) for child in children]},
        gtin=parent.gtin,
        variants=tuple(VariantState(child.sku, child.price, child.quantity) for child in children),
    )


def child_skus(item: Item, marketplace_id: str) -> tuple[str, ...]:
    """The SKUs of a parent's variants; empty for everything else."""
    found: dict[str, None] = {}
    for place in _list(item.get("relationships")):
        if place.get("marketplaceId") in (marketplace_id, None):
            for relation in _list(place.get("relationships")):
                if relation.get("type") == "VARIATION":
                    found |= dict.fromkeys(str(sku) for sku in relation.get("childSkus") or ())
    return tuple(found)


def is_parent(item: Item) -> bool:
    """Whether the item is the heading of a family."""
    level = _first(_attributes(item).get("parentage_level"))
    return level.get("value") == "parent"


def summary_of(item: Item, marketplace_id: str) -> Mapping[str, Any]:
    """The item's summary for one marketplace, empty where there is none."""
    return _here(item.get("summaries"), marketplace_id)


def product_type_of(item: Item, marketplace_id: str) -> str:
    """The product type that the item was submitted with, empty when not told."""
    found = summary_of(item, marketplace_id).get("productType")
    return str(found or _here(item.get("productTypes"), marketplace_id).get("productType") or "")


def quantity_of(item: Item) -> int | None:
    """The quantity that the seller ships; None when not told, and where Amazon ships from a stock of its own."""
    rows = _list(item.get("fulfillmentAvailability"))
    own = [row for row in rows if row.get("fulfillmentChannelCode") == CHANNEL and isinstance(row.get("quantity"), int)]
    return int(own[0]["quantity"]) if own else None


def _is_sold_out(item: Item) -> bool:
    """Whether every way of shipping that tells a quantity has none left."""
    told = [row.get("quantity") for row in _list(item.get("fulfillmentAvailability"))]
    told = [quantity for quantity in told if quantity is not None]
    return bool(told) and not any(told)


def is_shipped_by_amazon(item: Item) -> bool:
    """Whether Amazon ships it (FBA): a channel other than the seller's own, and not the seller's own."""
    channels = {str(row.get("fulfillmentChannelCode")) for row in _list(item.get("fulfillmentAvailability"))}
    channels |= {
        str(row.get("fulfillment_channel_code")) for row in _list(_attributes(item).get("fulfillment_availability"))
    }
    return bool(channels - {"None"}) and CHANNEL not in channels


def price_of(item: Item, marketplace_id: str) -> Money | None:
    """The price of the offer to everybody, else what the seller has submitted; None where there is none."""
    for offer in _list(item.get("offers")):
        price = offer.get("price")
        if offer.get("marketplaceId") == marketplace_id and offer.get("offerType") != "B2B":
            found = read_money(price)
            if found is not None:
                return found
    return submitted_price(item, marketplace_id)


def submitted_price(item: Item, marketplace_id: str) -> Money | None:
    """The regular price that the seller has submitted."""
    offer = _offer(item, marketplace_id)
    return read_money(
        {"amount": _scheduled(offer.get("our_price")).get("value_with_tax"), "currencyCode": offer.get("currency")}
    )


def read_money(value: Any) -> Money | None:
    """An amount with its currency, by its printed digits; None when it is none."""
    if not isinstance(value, Mapping) or isinstance(value.get("amount"), bool):
        return None
    currency = str(value.get("currencyCode") or value.get("currency") or "")
    try:
        amount = Decimal(str(value.get("amount")))
        return Money.of(amount, currency) if currency and amount.is_finite() else None
    except (InvalidOperation, ValueError):
        return None


def _state(summary: Mapping[str, Any], issues: Sequence[Finding]) -> ListingState:
    status = {str(one) for one in summary.get("status") or ()}
    if "BUYABLE" in status:
        return ListingState.LIVE
    if any(issue.blocks for issue in issues):
        return ListingState.REJECTED
    return ListingState.PAUSED if status else ListingState.ACCEPTED


def _reasons(
    item: Item, state: ListingState, issues: Sequence[Finding], price: Money | None, marketplace_id: str
) -> Iterator[Finding]:
    """Why it cannot be bought, and what Amazon finds fault with."""
    sale = _scheduled(_offer(item, marketplace_id).get("discounted_price"))
    if sale.get("value_with_tax") is not None:
        message = f"A sale price of {sale['value_with_tax']} is set; while it runs, other prices have no effect."
        fix = "End the sale in Seller Central if the new price should count at once."
        yield Finding("amazon.sale_price", "price", message, fix, blocks=False)
    if state is ListingState.LIVE:
        for issue in issues:
            yield Finding(issue.rule, issue.field, issue.message, issue.fix, blocks=False, original=issue.original)
        return
    yield from issues
    if is_parent(item) or state is ListingState.REJECTED:
        return
    if _is_sold_out(item):
        yield Finding("amazon.out_of_stock", "quantity", "It is out of stock.", "Set a quantity above 0.")
    elif price is None and state is ListingState.PAUSED:
        yield Finding("amazon.no_price", "price", "It has no price.", "Set a price.")
    elif state is ListingState.PAUSED:
        message = "It is shown but cannot be bought."
        yield Finding("amazon.not_buyable", "", message, "Look at the listing in Seller Central.")


def _own_title(item: Item) -> Any:
    return _first(_attributes(item).get("item_name")).get("value")


def _gtin(item: Item) -> str:
    entry = _first(_attributes(item).get("externally_assigned_product_identifier"))
    return str(entry.get("value") or "") if str(entry.get("type")) in ("ean", "upc", "gtin", "isbn") else ""


def _offer(item: Item, marketplace_id: str) -> Mapping[str, Any]:
    for offer in _list(_attributes(item).get("purchasable_offer")):
        if offer.get("marketplace_id") in (marketplace_id, None) and offer.get("audience", "ALL") == "ALL":
            return offer
    return {}


def _scheduled(price: Any) -> Mapping[str, Any]:
    """The first entry of a price's schedule."""
    return _first(_first(price).get("schedule"))


def _attributes(item: Item) -> Mapping[str, Any]:
    found = item.get("attributes")
    return found if isinstance(found, Mapping) else {}


def _here(rows: Any, marketplace_id: str) -> Mapping[str, Any]:
    return next((row for row in _list(rows) if row.get("marketplaceId") == marketplace_id), {})


def _first(rows: Any) -> Mapping[str, Any]:
    return next(iter(_list(rows)), {})


def _list(rows: Any) -> list[Mapping[str, Any]]:
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
