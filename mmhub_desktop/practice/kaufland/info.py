"""Calls about the account and the catalogue: ping, storefronts, warehouses, carriers, categories, attributes."""

from typing import Any

from aiohttp import web

from mmhub_desktop.practice.answers import read_object
from mmhub_desktop.practice.checks import Field, check_fields
from mmhub_desktop.practice.kaufland.access import locale_of, page_of, signed, storefront_of
from mmhub_desktop.practice.kaufland.books import Books
from mmhub_desktop.practice.kaufland.errors import gone, invalid, invalid_fields
from mmhub_desktop.practice.kaufland.goods import (
    ATTRIBUTES,
    CARRIERS,
    CATEGORIES,
    CONTENT_LOCALES,
    LOCALES,
    OPENED,
    SHIPPING_GROUPS,
    SHOPS,
    WAREHOUSES,
    Attribute,
    Category,
)
from mmhub_desktop.practice.state import Json

routes = web.RouteTableDef()

_DECIDE = {
    "item": Field(
        "object",
        required=True,
        fields={name: Field(required=True, shortest=1) for name in ("title", "description", "manufacturer")},
    ),
    "price": Field("number", required=True),
}
_GROUPS = {
    "required_attributes": "required",
    "optional_attributes": "optional",
    "conditional_attributes": "conditional",
}
_EMBEDDABLE = ("parent", "children", *_GROUPS)


@routes.get("/v2/status/ping")
@signed
async def ping(books: Books, _request: web.Request) -> web.Response:
    """All is well."""
    return books.answer({"data": {"message": "pong"}})


@routes.get("/v2/info/storefront")
@signed
async def storefronts(books: Books, _request: web.Request) -> web.Response:
    """Those that the seller has opened."""
    return books.answer({"data": list(OPENED)})


@routes.get("/v2/info/locale")
@signed
async def locales(books: Books, _request: web.Request) -> web.Response:
    """All languages of product data."""
    return books.answer({"data": list(LOCALES)})


@routes.get("/v2/carriers")
@signed
async def carriers(books: Books, _request: web.Request) -> web.Response:
    """The carriers' codes."""
    rows = [{"name": name, "isHauler": name.endswith("Hauler")} for name in CARRIERS]
    return books.answer({"data": {"carriers": rows}})


@routes.get("/v2/shipping-groups")
@signed
async def shipping_groups(books: Books, request: web.Request) -> web.Response:
    """The seller's shipping groups on a storefront."""
    storefront = storefront_of(books, request)
    option = {
        "name": "default", "cost_first": 399, "cost_next": 0, "cost_max": 399, "cost_free": 0, "cut_off_time": "12:00",
        "transport_time_min": 1, "transport_time_max": 3,
    }  # fmt: skip
    rows = [
        {
            "currency": SHOPS[storefront].currency,
            "id_shipping_group": number,
            "storefront": storefront,
            "name": name,
            "type": "PACKAGE",
            "is_default": default,
            "regions": [{"countries": [storefront.upper()], "shipping_options": [option]}],
        }
        for number, (name, default) in SHIPPING_GROUPS.items()
    ]
    return _page(books, request, rows, 30)


@routes.get("/v2/warehouses")
@signed
async def warehouses(books: Books, request: web.Request) -> web.Response:
    """The seller's warehouses."""
    address = {
        "street": "Lagerweg", "city": "Berlin", "house_number": "1", "postcode": "10115", "country": "DE",
        "phone": None,
    }  # fmt: skip
    rows = [
        {"id_warehouse": number, "name": name, "address": address, "is_default": default, "type": "normal"}
        for number, (name, default) in WAREHOUSES.items()
    ]
    return _page(books, request, rows, 30)


def _page(books: Books, request: web.Request, rows: list[Json], most: int) -> web.Response:
    offset, limit = page_of(request, most)
    pagination = {"offset": offset, "limit": limit, "total": len(rows)}
    return books.answer({"data": rows[offset : offset + limit], "pagination": pagination})


@routes.post("/v2/categories/decide")
@signed
async def decide(books: Books, request: web.Request) -> web.Response:
    """Categories for a product, best first."""
    storefront = storefront_of(books, request)
    body = await read_object(request)
    if problems := check_fields(body, _DECIDE):
        raise invalid_fields(problems)
    text = body["item"]["title"].casefold()
    fitting = [one for one in CATEGORIES.values() if any(word in text for word in one.words)]
    rows = [*fitting, CATEGORIES[11]]
    return books.answer({"data": [_show(one, storefront) for one in rows]})


@routes.get("/v2/categories/{id_category}")
@signed
async def category(books: Books, request: web.Request) -> web.Response:
    """One category with what is asked for beside it."""
    storefront = storefront_of(books, request)
    wanted = request.query.getall("embedded", [])
    known = [
        name for name in _EMBEDDABLE if name != "conditional_attributes" or books.settings().conditional_attributes
    ]
    if any(name not in known for name in wanted):
        raise invalid(("embedded", "One or more of the given values is invalid."))
    text = request.match_info["id_category"]
    found = CATEGORIES.get(int(text)) if text.isdigit() else None
    if found is None:
        raise gone("Category not found", plain=True)
    body: dict[str, Any] = _show(found, storefront)
    for name, group in _GROUPS.items():
        if name in wanted:
            body[name] = [_show_attribute(ATTRIBUTES[one]) for one in getattr(found, group)]
    return books.answer({"data": body})


@routes.get("/v2/attributes/{id_attribute}/shared-set")
@signed
async def shared_set(books: Books, request: web.Request) -> web.Response:
    """The values of a closed list."""
    locale_of(request, CONTENT_LOCALES)
    number, words = request.match_info["id_attribute"], request.query.get("q", "").casefold()
    values = next((one.values for one in ATTRIBUTES.values() if str(one.number) == number), ())
    rows = [{"label": value, "value": value} for value in values if words in value.casefold()]
    return _page(books, request, rows, 100)


def _show(one: Category, storefront: str) -> Json:
    return {
        "name": one.name,
        "title_singular": one.title,
        "title_plural": one.name,
        "level": 1 if one.leaf else 0,
        "url": f"https://www.kaufland.{storefront}/category/{one.number}/",
        "is_leaf": one.leaf,
        "id_category": one.number,
        "id_parent_category": one.parent,
        "shipping_category": "D",
        "variable_fee": 12.5,
        "fixed_fee": 0,
        "vat": 19,
    }


def _show_attribute(one: Attribute) -> Json:
    return {
        "id": one.number,
        "name": one.name,
        "is_multiple": one.multiple,
        "is_sharedset": bool(one.values),
        "explanation": f"{one.title} des Produkts",
        "seller_instructions": "",
        "title": one.title,
        "type": "text",
    }
