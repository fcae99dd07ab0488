"""Offers: made, replaced, published and withdrawn, alone and as a group; prices and quantities by themselves."""

from typing import Any

from aiohttp import web

from mmhub_desktop.practice.answers import Refusal
from mmhub_desktop.practice.checks import Field, check_fields
from mmhub_desktop.practice.ebay.auth import INVENTORY, caller
from mmhub_desktop.practice.ebay.books import Books
from mmhub_desktop.practice.ebay.categories import SITES
from mmhub_desktop.practice.ebay.errors import body_of, error, refuse
from mmhub_desktop.practice.ebay.judging import judge, price_errors
from mmhub_desktop.practice.ebay.web import (
    INVENTORY_PATH,
    answer,
    books_of,
    empty,
    page_of,
    read_body,
    refuse_first,
    written_in,
)
from mmhub_desktop.practice.state import Json

routes = web.RouteTableDef()

_OFFERS = INVENTORY_PATH + "/offer"
_OFFER = _OFFERS + "/{offer}"
_AMOUNT = Field("object", fields={"value": Field(required=True), "currency": Field(required=True)})
OFFER = {
    "availableQuantity": Field("integer", least=0),
    "categoryId": Field(),
    "listingDescription": Field(longest=500_000),
    "listingDuration": Field(choices=("GTC",)),
    "listingPolicies": Field("object"),
    "merchantLocationKey": Field(longest=36),
    "includeCatalogProductDetails": Field("boolean"),
    "pricingSummary": Field("object", fields={"price": _AMOUNT}),
}
_NEW = {
    **OFFER,
    "sku": Field(required=True, shortest=1, longest=50),
    "marketplaceId": Field(required=True, choices=tuple(SITES)),
    "format": Field(required=True, choices=("FIXED_PRICE",)),
}
_FIXED = ("sku", "marketplaceId", "format", "listingId", "listed")


def _own(request: web.Request, *, status: int = 404) -> tuple[Books, str, Json]:
    caller(request, INVENTORY)
    books, number = books_of(request), request.match_info["offer"]
    offer = books.offers.truth(number)
    if offer is None:
        raise refuse(25713, f"Offer {number}", status)
    return books, number, offer


def _check_language(request: web.Request, site: str) -> None:
    if written_in(request).partition("-")[0] != SITES[site][1].partition("-")[0]:
        raise refuse(25604, f"The language does not fit {site}.", fieldName="Content-Language")


@routes.post(_OFFERS)
async def make_offer(request: web.Request) -> web.Response:
    """A new offer; one for each SKU, marketplace and format."""
    caller(request, INVENTORY)
    books, offer = books_of(request), await read_body(request)
    written_in(request)
    refuse_first(check_fields(offer, _NEW))
    _check_language(request, offer["marketplaceId"])
    if offer["sku"] not in books.items:
        raise refuse(25702, offer["sku"], skuValue=offer["sku"])
    for number, other in books.offers_of(offer["sku"]):
        if all(other[name] == offer[name] for name in ("marketplaceId", "format")):
            more = error(25002, "Offer entity already exists.", offerId=number)
            raise Refusal(books.settings.offer_conflict, body_of(more))
    return answer({"offerId": books.new_offer(offer)}, 201)


@routes.get(_OFFERS)
async def get_offers(request: web.Request) -> web.Response:
    """The offers of a SKU; 404 when there is none."""
    caller(request, INVENTORY)
    books, sku = books_of(request), request.query.get("sku", "")
    limit, _ = page_of(request, 100, 100)
    if not sku:
        raise refuse(25709, "The sku is needed.", fieldName="sku")
    if sku not in books.items:
        raise refuse(25702, sku, 404, skuValue=sku)
    site = request.query.get("marketplace_id", "")
    found = []
    for number in books.offers.find("sku", sku):
        offer = books.offers.seen(number)
        if offer is not None and site in ("", offer["marketplaceId"]):
            found.append(books.show_offer(number, offer))
    if not found:
        raise refuse(25713, f"SKU {sku}", 404)
    return answer({"href": request.path, "limit": limit, "size": len(found), "total": len(found), "offers": found})


@routes.get(_OFFER)
async def get_offer(request: web.Request) -> web.Response:
    """One offer."""
    books, number, offer = _own(request)
    return answer(books.show_offer(number, books.offers.seen(number) or offer))


@routes.put(_OFFER)
async def put_offer(request: web.Request) -> web.Response:
    """Replaces the whole offer; a published one must still be good for a listing."""
    books, number, before = _own(request)
    body = await read_body(request)
    refuse_first(check_fields(body, OFFER))
    _check_language(request, before["marketplaceId"])
    offer = {**body, **{name: before[name] for name in _FIXED if name in before}}
    listing = books.listing_of(before)
    if listing is not None and listing["status"] == "ACTIVE":
        kept = {**offer, "availableQuantity": max(1, books.stock_of(offer))}  # 0 hides a listing that is there
        if errors := judge(books, kept, books.items.truth(before["sku"]) or {}, _group_of(books, before)):
            raise Refusal(400, body_of(*errors))
        if not books.may_revise(listing):
            raise refuse(25019, "The listing has been revised as often as a day allows.")
    books.offers.put(number, offer)
    books.after_stock(offer)
    return empty()


def _group_of(books: Books, offer: Json) -> Json | None:
    key = books.group_of(offer["sku"])
    return books.groups.truth(key) if key else None


def _is_live(books: Books, offer: Json) -> bool:
    listing = books.listing_of(offer)
    return listing is not None and listing["status"] == "ACTIVE"


@routes.post(_OFFER + "/publish")
async def publish(request: web.Request) -> web.Response:
    """Makes a listing of an offer."""
    books, number, offer = _own(request)
    if _is_live(books, offer):
        raise refuse(25002, "The offer is published already.", listingId=offer["listingId"])
    if books.group_of(offer["sku"]):
        raise refuse(25002, "The offer belongs to a group and is published with it.")
    if errors := judge(books, offer, books.items.truth(offer["sku"]) or {}):
        raise Refusal(400, body_of(*errors))
    return answer({"listingId": books.publish(offer["sku"], [number]), "warnings": []})


@routes.post(_OFFER + "/withdraw")
async def withdraw(request: web.Request) -> web.Response:
    """Ends the listing of an offer, which stays."""
    books, number, offer = _own(request)
    listing = books.listing_of(offer)
    if listing is None:
        raise refuse(25713, f"Offer {number} is not published")
    books.end(listing)
    return answer({"listingId": listing["id"], "warnings": []})


async def _group_wish(request: web.Request) -> tuple[Books, str, Json, list[tuple[str, Json]]]:
    caller(request, INVENTORY)
    books, wish = books_of(request), await read_body(request)
    key, site = wish.get("inventoryItemGroupKey", ""), wish.get("marketplaceId", "")
    group = books.groups.truth(key)
    if group is None:
        raise refuse(25705, f"Group {key}")
    offers = [
        (number, offer)
        for sku in group["variantSKUs"]
        for number, offer in books.offers_of(sku)
        if offer["marketplaceId"] == site
    ]
    return books, key, group, offers


@routes.post(_OFFERS + "/publish_by_inventory_item_group")
async def publish_group(request: web.Request) -> web.Response:
    """Makes one listing of all offers of a group."""
    books, key, group, offers = await _group_wish(request)
    if len(offers) < len(group["variantSKUs"]):
        raise refuse(25713, "Each variant needs an offer.")
    if any(_is_live(books, offer) for _, offer in offers):
        raise refuse(25002, "The group is published already.")
    errors = _variation_errors(books, group)
    for _, offer in offers:
        errors += judge(books, offer, books.items.truth(offer["sku"]) or {}, group)
    if not any(books.stock_of(offer) for _, offer in offers):
        errors.append(error(25004, "One variant needs a quantity of 1 or more."))
    if errors:
        raise Refusal(400, body_of(*errors))
    return answer({"listingId": books.publish(key, [number for number, _ in offers]), "warnings": []})


def _variation_errors(books: Books, group: Json) -> list[Json]:
    varies = group.get("variesBy", {})
    named = {one["name"]: one["values"] for one in varies.get("specifications", ())}
    if not named or not set(varies.get("aspectsImageVariesBy", ())) <= set(named) or not varies["aspectsImageVariesBy"]:
        return [error(25016, "The group does not say what its variants differ by.", fieldName="variesBy")]
    seen = []
    for sku in group["variantSKUs"]:
        aspects = (books.items.truth(sku) or {}).get("product", {}).get("aspects", {})
        own = tuple((aspects.get(name) or [""])[0] for name in named)
        if any(value not in named[name] for name, value in zip(named, own, strict=True)):
            return [error(25601, f"SKU {sku} has no value of the variations.", fieldName=next(iter(named)))]
        seen.append(own)
    return [] if len(set(seen)) == len(seen) else [error(25016, "Two variants are the same.", fieldName="variesBy")]


@routes.post(_OFFERS + "/withdraw_by_inventory_item_group")
async def withdraw_group(request: web.Request) -> web.Response:
    """Ends the listing of a group."""
    books, _, _, offers = await _group_wish(request)
    listing = next((found for _, offer in offers if (found := books.listing_of(offer))), None)
    if listing is None:
        raise refuse(25725)
    books.end(listing)
    return empty()


@routes.post(INVENTORY_PATH + "/bulk_update_price_quantity")
async def bulk_update(request: web.Request) -> web.Response:
    """Prices and quantities of published offers; each with its own outcome, 207 when they differ."""
    caller(request, INVENTORY)
    books, wish = books_of(request), await read_body(request)
    rows: list[Json] = []
    for one in wish.get("requests") or ():
        rows += _update_one(books, one)
    if not rows:
        raise refuse(25709, "Nothing to update.", fieldName="requests")
    mixed = any(row["statusCode"] != 200 for row in rows)
    return answer({"responses": rows}, 207 if mixed else 200)


def _update_one(books: Books, wish: Json) -> list[Json]:
    sku = str(wish.get("sku") or "")
    item = books.items.truth(sku)
    if item is None:
        return [_row(sku, "", error(25702, sku, skuValue=sku))]
    stock = (wish.get("shipToLocationAvailability") or {}).get("quantity")
    rows = [_update_offer(books, sku, one) for one in wish.get("offers") or ()]
    if stock is not None and all(row["statusCode"] == 200 for row in rows):
        now = item.get("availability", {})
        availability = {**now, "shipToLocationAvailability": {"quantity": stock}}
        books.items.put(sku, {**item, "availability": availability})
    return rows or [_row(sku, "")]


def _update_offer(books: Books, sku: str, wish: Json) -> Json:
    number = str(wish.get("offerId") or "")
    offer = books.offers.truth(number)
    if offer is None or offer["sku"] != sku or not _is_live(books, offer):
        return _row(sku, number, error(25713, f"Offer {number} is not published"))
    if sku in books.settings.bulk_refused:
        return _row(sku, number, error(25019, "The listing cannot be revised now."))
    changed = dict(offer)
    if "price" in wish:
        changed["pricingSummary"] = {**offer.get("pricingSummary", {}), "price": wish["price"]}
        if errors := price_errors(changed, offer["marketplaceId"]):
            return _row(sku, number, *errors)
    quantity: Any = wish.get("availableQuantity", offer.get("availableQuantity", 0))
    if not isinstance(quantity, int) or quantity < 0:
        return _row(sku, number, error(25004, "The quantity must be 0 or more."))
    changed["availableQuantity"] = quantity
    listing = books.listing_of(offer)
    if listing is not None and not books.may_revise(listing):
        return _row(sku, number, error(25019, "The listing has been revised as often as a day allows."))
    books.offers.put(number, changed)
    books.after_stock(changed)
    return _row(sku, number)


def _row(sku: str, number: str, *errors: Json) -> Json:
    row: Json = {"statusCode": 400 if errors else 200, "sku": sku}
    if number:
        row["offerId"] = number
    if errors:
        row["errors"] = list(errors)
    return row
