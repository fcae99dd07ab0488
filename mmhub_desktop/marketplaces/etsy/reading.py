"""Etsy's listings and categories read into the program's words."""

import html
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from mmhub_desktop.domain.listing import ListingState, VariantState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.base import CategoryRules, RemoteListing
from mmhub_desktop.marketplaces.etsy.attributes import read_properties
from mmhub_desktop.marketplaces.etsy.inventory import offerings_of, present, products_of, read_money
from mmhub_desktop.marketplaces.etsy.mapping import PRICE_MIN
from mmhub_desktop.marketplaces.etsy.taxonomy import Node
from mmhub_desktop.marketplaces.etsy.texts import TITLE_MAX

PICTURES_MAX = 20
DESCRIPTION_MAX = 50_000  # Etsy publishes none
SOLD_OUT_STOCK = 1  # what an inventory must keep while a listing is off because nothing is left

_STATES = {
    "active": ListingState.LIVE,
    "draft": ListingState.ACCEPTED,
    "inactive": ListingState.PAUSED,
    "edit": ListingState.PAUSED,
    "sold_out": ListingState.PAUSED,
    "expired": ListingState.ENDED,
}
_RENEW = "Put stock in and allow renewing in the account's settings (USD 0.20), or renew it on Etsy."
_REASONS = {
    "inactive": ("", "It is switched off on Etsy.", "Switch it on in Etsy's Shop Manager."),
    "edit": ("", "It is being edited on Etsy.", "Finish it in Etsy's Shop Manager."),
    "sold_out": ("quantity", "It is sold out.", _RENEW),
    "expired": ("", "It has expired after four months.", "Publish the product again, or renew it on Etsy (USD 0.20)."),
    "draft": ("", "Etsy still has it as a draft.", "Publish it again, or in Etsy's Shop Manager › Listings › Drafts."),
}
_BY_HAND = (
    "It is a draft on Etsy, as your account is set.",
    "Publish it in Etsy's Shop Manager › Listings › Drafts, or let this program publish (account settings).",
)
_OUT = ("It is out of stock, so it is switched off.", "Set a quantity above 0.")


def read_listing(row: Mapping[str, Any], *, leaves_drafts: bool = False) -> RemoteListing:
    """A listing, with its inventory where the answer has it. ``leaves_drafts``: drafts are what the seller wants."""
    word = str(row.get("state") or "")
    state = _STATES.get(word, ListingState.PAUSED)
    as_wished = word == "draft" and leaves_drafts
    if as_wished:
        state = ListingState.PAUSED
    variants = _variants(row, word)
    return RemoteListing(
        remote_id=str(row.get("listing_id") or ""),
        state=state,
        url=str(row.get("url") or ""),
        sku=sku_of(row),
        title=html.unescape(str(row.get("title") or "")),
        price=None if variants else _price(row),
        quantity=None if variants else _quantity(row, word),
        reasons=() if state is ListingState.LIVE else tuple(_reasons(row, word, as_wished)),
        raw=dict(row),
        as_wished=as_wished,
        variants=variants,
    )


def sku_of(row: Mapping[str, Any]) -> str:
    """The first SKU that a listing carries."""
    return next(iter(skus_of(row)), "")


def skus_of(row: Mapping[str, Any]) -> list[str]:
    """All SKUs that a listing carries, of its inventory or of its own field, where the answer shows them."""
    found = [str(one.get("sku") or "") for one in products_of(row.get("inventory"))]
    own = row.get("skus")
    return [sku for sku in (found or [str(one) for one in own or ()] if isinstance(own, list) else found) if sku]


def is_off_for_stock(row: Mapping[str, Any]) -> bool:
    """Whether a listing is off as this program switches it off when nothing is left: inactive, one piece kept."""
    stock = [one.get("quantity") or 0 for one in offerings_of(row.get("inventory")) if one.get("is_enabled", True)]
    return row.get("state") == "inactive" and sum(stock or [row.get("quantity") or 0]) == SOLD_OUT_STOCK


def _variants(row: Mapping[str, Any], word: str) -> tuple[VariantState, ...]:
    """Price and stock of each product of a family; nothing for a listing of one product."""
    products = products_of(row.get("inventory"))
    if len(products) < 2:
        return ()
    is_empty = word == "sold_out" or is_off_for_stock(row)
    found = []
    for product in products:
        offerings = present(product.get("offerings"))
        prices = [price for one in offerings if (price := read_money(one.get("price")))]
        stock = sum(one.get("quantity") or 0 for one in offerings if one.get("is_enabled", True))
        found.append(
            VariantState(
                str(product.get("sku") or ""),
                min(prices, key=lambda one: one.minor, default=None),
                0 if is_empty else stock,
            )
        )
    return tuple(found)


def has_expired(row: Mapping[str, Any], now: datetime) -> bool:
    """Whether the four months that were paid for are over, so that showing it would cost a fee."""
    if row.get("state") in ("expired", "sold_out"):
        return True
    end = row.get("ending_timestamp")
    return isinstance(end, int) and datetime.fromtimestamp(end, UTC) <= now


def created_at(row: Mapping[str, Any]) -> datetime:
    """When a listing was created; the beginning of time where the answer does not say."""
    seconds = row.get("created_timestamp") or row.get("creation_timestamp") or 0
    return datetime.fromtimestamp(seconds if isinstance(seconds, int) else 0, UTC)


def _price(row: Mapping[str, Any]) -> Money | None:
    prices = [price for one in offerings_of(row.get("inventory")) if (price := read_money(one.get("price")))]
    return min(prices, key=lambda one: one.minor) if prices else read_money(row.get("price"))


def _quantity(row: Mapping[str, Any], word: str) -> int | None:
    if word == "sold_out" or is_off_for_stock(row):
        return 0
    quantity = row.get("quantity")
    return quantity if isinstance(quantity, int) else None


def _reasons(row: Mapping[str, Any], word: str, as_wished: bool) -> Iterator[Finding]:
    if as_wished:
        yield Finding("etsy.draft", "", *_BY_HAND, blocks=False, original=word)
    elif is_off_for_stock(row):
        yield Finding("etsy.out_of_stock", "quantity", *_OUT, original=word)
    else:
        field, message, fix = _REASONS.get(word, ("", f"Etsy reports: {word or 'nothing'}.", "Look at it on Etsy."))
        yield Finding(f"etsy.{word or 'unknown'}", field, message, fix, blocks=word != "draft", original=word)


def read_category_rules(
    node: Node, properties: Any, currency: str, enumerations: Mapping[str, list[str]]
) -> CategoryRules:
    """A category with its properties; ``schema`` keeps what the rules have no room for."""
    rules, more = read_properties(properties)
    return CategoryRules(
        id=node.id,
        name=node.name,
        listing_allowed=node.is_leaf,
        title_max=TITLE_MAX,
        description_max=DESCRIPTION_MAX,
        pictures_max=PICTURES_MAX,
        currency=currency,
        price_min=Money(PRICE_MIN, currency) if currency else None,
        attributes=rules,
        schema={"properties": more, **enumerations},
    )
