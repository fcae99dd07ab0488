"""What eBay finds wrong with an offer when it is to be published."""

import re
from decimal import Decimal, InvalidOperation

from mmhub_desktop.practice.ebay.account import POLICIES
from mmhub_desktop.practice.ebay.books import Books
from mmhub_desktop.practice.ebay.categories import CATEGORIES, CONDITIONS, SITES, Category, aspect_name
from mmhub_desktop.practice.ebay.errors import error
from mmhub_desktop.practice.ebay.inventory import locations_of
from mmhub_desktop.practice.state import Json

_ACTIVE = re.compile(r"<\s*(script|iframe|object|embed|form)\b", re.IGNORECASE)
_PRICE_MAX = Decimal("99999999.99")


def judge(books: Books, offer: Json, item: Json, group: Json | None = None) -> list[Json]:
    """Every reason why an offer cannot become a listing; ``group``: as a variant of it."""
    settings, site = books.settings, offer["marketplaceId"]
    if not settings.registered or not settings.policies:
        return [error(25018, "The seller account is not complete.")]
    found = _terms(books, offer) + price_errors(offer, site)
    shown = {**item.get("product", {}), **{k: v for k, v in (group or {}).items() if k in ("title", "imageUrls")}}
    if not str(shown.get("title") or "").strip():
        found.append(error(25016, "A title is needed.", fieldName="title"))
    text = offer.get("listingDescription") or (group or {}).get("description") or shown.get("description") or ""
    if not text.strip():
        found.append(error(25016, "A description is needed.", fieldName="description"))
    elif _ACTIVE.search(text):
        found.append(error(25016, "The description holds active content.", fieldName="listingDescription"))
    found += _pictures(books, shown.get("imageUrls") or [])
    if books.stock_of(offer) < 1 and group is None:
        found.append(error(25004, "The quantity must be 1 or more.", fieldName="availableQuantity"))
    category = CATEGORIES.get(str(offer.get("categoryId")))
    if category is None:
        return [*found, error(25005, "The category is not a leaf of this marketplace.", fieldName="categoryId")]
    allowed = {CONDITIONS[one][1] for one in category.conditions}
    if item.get("condition") not in allowed:
        found.append(error(25021, "The condition is not valid in this category.", fieldName="condition"))
    return found + _specifics(
        category, {**(group or {}).get("aspects", {}), **item["product"].get("aspects", {})}, site
    )


def _specifics(category: Category, aspects: Json, site: str) -> list[Json]:
    found = []
    for aspect in category.aspects:
        name = aspect_name(aspect, site)
        values = aspects.get(name) or []
        if aspect.required and not values:
            found.append(error(25029, f"The item specific {name} is missing.", fieldName=name))
        elif aspect.closed and set(values) - set(aspect.values):
            found.append(error(25601, f"The item specific {name} takes its own values only.", fieldName=name))
        elif len(values) > 1 and not aspect.several:
            found.append(error(25601, f"The item specific {name} takes one value.", fieldName=name))
        for value, other, words in aspect.only_with:
            if value in values and not set(aspects.get(other) or words) & set(words):
                found.append(error(25601, f"{value} does not fit {other}.", fieldName=name))
    return found


def price_errors(offer: Json, site: str) -> list[Json]:
    """What is wrong with the price."""
    price = offer.get("pricingSummary", {}).get("price") or {}
    try:
        amount = Decimal(price["value"])
    except (KeyError, InvalidOperation, TypeError):
        return [error(25003, "A price is needed, its value as a text.", fieldName="price")]
    if not 0 < amount <= _PRICE_MAX:
        return [error(25003, f"The price must be above 0 and at most {_PRICE_MAX}.", fieldName="price")]
    if price.get("currency") != SITES[site][2]:
        return [error(25003, f"The currency of {site} is {SITES[site][2]}.", fieldName="price")]
    return []


def _terms(books: Books, offer: Json) -> list[Json]:
    policies = offer.get("listingPolicies") or {}
    found = [
        error(number, "The policy is missing or does not exist.", fieldName=name)
        for number, (name, policy) in POLICIES.items()
        if policies.get(name) != policy
    ]
    if offer.get("merchantLocationKey") not in locations_of(books):
        found.append(error(25012, "The merchantLocationKey is missing or does not exist."))
    if books.settings.selling_limit:
        listed = sum(books.stock_of(one) for _, one in books.offers if books.listing_of(one))
        if listed + books.stock_of(offer) > books.settings.selling_limit:
            found.append(error(25026, "You have reached the number of items that you may list."))
    return found


def _pictures(books: Books, addresses: list[str]) -> list[Json]:
    if not addresses:
        return [error(25014, "At least one picture is needed.", fieldName="imageUrls")]
    gone = [one for one in addresses if books.is_own(one) and books.picture(one) is None]
    return [error(25015, "The picture has expired or never was there.", fieldName="imageUrls")] if gone else []
