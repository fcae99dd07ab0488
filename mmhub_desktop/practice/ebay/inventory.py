"""Inventory items, their groups and the places that goods ship from."""

import re
from typing import Any

from aiohttp import web

from mmhub_desktop.practice.checks import Field, check_fields
from mmhub_desktop.practice.ebay.auth import INVENTORY, caller
from mmhub_desktop.practice.ebay.books import Books
from mmhub_desktop.practice.ebay.categories import CONDITIONS
from mmhub_desktop.practice.ebay.errors import refuse
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

_ITEM = INVENTORY_PATH + "/inventory_item/{sku}"
_GROUP = INVENTORY_PATH + "/inventory_item_group/{key}"
_LOCATION = INVENTORY_PATH + "/location/{key}"
_ADDRESSES = Field("list", longest=24, entry=Field(pattern=r"https://.+"))
_CODES = Field("list", entry=Field())
_QUANTITY = Field("object", fields={"quantity": Field("integer", least=0)})
_WEIGHT = Field(
    "object",
    fields={"value": Field("number", least=0), "unit": Field(choices=("POUND", "KILOGRAM", "OUNCE", "GRAM"))},
)
_SIZE = Field(
    "object",
    fields={
        **dict.fromkeys(("length", "width", "height"), Field("number", least=0)),
        "unit": Field(choices=("INCH", "FEET", "CENTIMETER", "METER")),
    },
)
ITEM = {
    "product": Field(
        "object",
        fields={
            "title": Field(longest=80),
            "description": Field(longest=4000),
            "imageUrls": _ADDRESSES,
            "aspects": Field("object"),
            "brand": Field(longest=65),
            "mpn": Field(longest=65),
            **dict.fromkeys(("ean", "upc", "isbn"), _CODES),
        },
    ),
    "condition": Field(choices=tuple(word for _, word in CONDITIONS.values())),
    "conditionDescription": Field(longest=1000),
    "availability": Field("object", fields={"shipToLocationAvailability": _QUANTITY}),
    "packageWeightAndSize": Field("object", fields={"weight": _WEIGHT, "dimensions": _SIZE}),
}
GROUP = {
    "title": Field(longest=80),
    "description": Field(longest=500_000),
    "imageUrls": _ADDRESSES,
    "aspects": Field("object"),
    "variantSKUs": Field("list", required=True, shortest=1, entry=Field()),
    "variesBy": Field(
        "object",
        fields={
            "aspectsImageVariesBy": Field("list", entry=Field()),
            "specifications": Field(
                "list",
                entry=Field(
                    "object",
                    fields={"name": Field(required=True), "values": Field("list", required=True, entry=Field())},
                ),
            ),
        },
    ),
}


def _sku(request: web.Request, books: Books) -> str:
    sku = request.match_info["sku"]
    if len(sku) > 50 or (books.settings.strict_skus and not re.fullmatch(r"[A-Za-z0-9]+", sku)):
        raise refuse(25707, "Only alphanumeric characters can be used, and the length must not exceed 50 characters.")
    return sku


def check_aspects(aspects: Any) -> None:
    """Names with lists of values, neither too long. Refuses 25601."""
    for name, values in (aspects or {}).items():
        if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
            raise refuse(25601, "The values must be a list of texts.", fieldName=name)
        if len(name) > 40 or any(len(one) > 65 for one in values):
            raise refuse(25601, "Name or value is too long.", fieldName=name)


@routes.put(_ITEM)
async def put_item(request: web.Request) -> web.Response:
    """Replaces the whole item; what is live changes at once."""
    caller(request, INVENTORY)
    books, language = books_of(request), written_in(request)
    sku, item = _sku(request, books), await read_body(request)
    refuse_first(check_fields(item, ITEM))
    check_aspects(item.get("product", {}).get("aspects"))
    before = books.items.truth(sku)
    if before is not None and books.settings.title_sticks:
        item["product"] = {**item.get("product", {}), "title": before["product"].get("title", "")}
    for listing in _listings_of(books, sku):
        if not books.may_revise(listing):
            raise refuse(25019, "The listing has been revised as often as a day allows.")
    books.items.put(sku, {**item, "locale": language.replace("-", "_")})
    for _, offer in books.offers_of(sku):
        books.after_stock(offer)
    return answer({"warnings": []}, 201) if before is None else empty()


def _listings_of(books: Books, sku: str) -> list[Json]:
    found = [books.listing_of(offer) for _, offer in books.offers_of(sku)]
    return [one for one in found if one is not None and one["status"] == "ACTIVE"]


def show_item(books: Books, sku: str, item: Json) -> Json:
    """An item as getInventoryItem shows it."""
    shown: Json = {**item, "sku": sku}
    if group := books.group_of(sku):
        shown |= {"groupIds": [group], "inventoryItemGroupKeys": [group]}
    return shown


@routes.get(_ITEM)
async def get_item(request: web.Request) -> web.Response:
    """One item."""
    caller(request, INVENTORY)
    books, sku = books_of(request), request.match_info["sku"]
    item = books.items.seen(sku)
    if item is None:
        raise refuse(25710, status=404)
    return answer(show_item(books, sku, item))


@routes.get(INVENTORY_PATH + "/inventory_item")
async def get_items(request: web.Request) -> web.Response:
    """A page of items; the offset is the page's number."""
    caller(request, INVENTORY)
    books = books_of(request)
    limit, page = page_of(request, 25, 200)
    everything = [(sku, item) for sku, item in books.items]
    rows = everything[page * limit : (page + 1) * limit]
    path = INVENTORY_PATH + "/inventory_item"
    body = {
        "href": f"{path}?limit={limit}&offset={page}",
        "total": len(everything),
        "size": len(rows),
        "limit": limit,
        "inventoryItems": [show_item(books, sku, item) for sku, item in rows],
    }
    if (page + 1) * limit < len(everything):
        body["next"] = f"{path}?limit={limit}&offset={page + 1}"
    return answer(body)


@routes.put(_GROUP)
async def put_group(request: web.Request) -> web.Response:
    """Replaces the whole group; its members must exist, and belong to no other and no listing of their own."""
    caller(request, INVENTORY)
    books = books_of(request)
    written_in(request)
    key, group = request.match_info["key"], await read_body(request)
    refuse_first(check_fields(group, GROUP))
    check_aspects(group.get("aspects"))
    for sku in group["variantSKUs"]:
        if sku not in books.items:
            raise refuse(25701, f"SKU: {sku}", skuValue=sku)
        if books.group_of(sku) not in ("", key):
            raise refuse(25703, f"SKU : {sku}", skuValue=sku)
        for listing in _listings_of(books, sku):
            if listing["sku"] != key:
                raise refuse(25704, f"SKU : {sku}", skuValue=sku)
    before = books.groups.truth(key)
    books.groups.put(key, group)
    return answer({"warnings": []}, 201) if before is None else empty()


@routes.get(_GROUP)
async def get_group(request: web.Request) -> web.Response:
    """One group."""
    caller(request, INVENTORY)
    key = request.match_info["key"]
    group = books_of(request).groups.seen(key)
    if group is None:
        raise refuse(25705, status=404)
    return answer({**group, "inventoryItemGroupKey": key})


def locations_of(books: Books) -> dict[str, Json]:
    """The places that goods ship from, by key."""
    found: dict[str, Json] = {}
    if books.settings.locations:
        address = {"addressLine1": "Practice Street 1", "city": "Berlin", "stateOrProvince": "BE"}
        place = {"address": {**address, "postalCode": "10115", "country": "DE"}}
        found["practice-warehouse"] = {"location": place, "name": "Practice warehouse", "locationTypes": ["WAREHOUSE"]}
    return {**found, **books.market.state.table("locations")}


def _show_location(key: str, row: Json) -> Json:
    address = {"stateOrProvince": "", **row["location"]["address"]}
    return {
        **row,
        "location": {"address": address, "locationId": f"L-{key}"},
        "merchantLocationKey": key,
        "merchantLocationStatus": "ENABLED",
        "phone": "",
    }


@routes.get(INVENTORY_PATH + "/location")
async def get_locations(request: web.Request) -> web.Response:
    """All of them."""
    caller(request, INVENTORY)
    limit, _ = page_of(request, 100, 100)
    rows = [_show_location(key, row) for key, row in locations_of(books_of(request)).items()]
    path = f"{INVENTORY_PATH}/location?limit={limit}"
    return answer({"href": path, "limit": limit, "offset": 0, "total": len(rows), "locations": rows[:limit]})


@routes.get(_LOCATION)
async def get_location(request: web.Request) -> web.Response:
    """One of them."""
    caller(request, INVENTORY)
    key = request.match_info["key"]
    row = locations_of(books_of(request)).get(key)
    if row is None:
        raise refuse(25804, "The location does not exist.", 404)
    return answer(_show_location(key, row))


@routes.post(_LOCATION)
async def make_location(request: web.Request) -> web.Response:
    """A new one; its key cannot be used twice."""
    caller(request, INVENTORY)
    books, key, body = books_of(request), request.match_info["key"], await read_body(request)
    if key in locations_of(books):
        raise refuse(25803, "merchantLocationKey already exists.", 409, fieldName="merchantLocationKey")
    address = (body.get("location") or {}).get("address") or {}
    if len(key) > 36 or not (address.get("country") and (address.get("postalCode") or address.get("city"))):
        raise refuse(25804, "Postal code and country are needed.")
    books.market.state.put("locations", key, body)
    return empty()
