"""Units: a seller's offers, one for each storefront."""

import re
from typing import Any

from aiohttp import web

from mmhub_desktop.practice.answers import read_json, read_object
from mmhub_desktop.practice.checks import Field, check_fields
from mmhub_desktop.practice.kaufland.access import page_of, signed, storefront_of
from mmhub_desktop.practice.kaufland.books import Books, shop_of
from mmhub_desktop.practice.kaufland.errors import gone, invalid, refuse, words_of
from mmhub_desktop.practice.kaufland.goods import SHIPPING_GROUPS, WAREHOUSES
from mmhub_desktop.practice.state import Json

routes = web.RouteTableDef()

_CENTS = Field("integer", least=1, most=2_147_483_647)
_VAT = ("standard_rate", "reduced_rate_1", "reduced_rate_2", "super_reduced_rate", "zero_rate")
_CONDITIONS = (
    "NEW",
    *(f"USED___{grade}" for grade in ("AS_NEW", "VERY_GOOD", "GOOD", "ACCEPTABLE")),
    *(f"REFURBISHED___{grade}" for grade in ("AS_NEW", "VERY_GOOD", "GOOD", "ACCEPTABLE")),
)
_CHANGEABLE = {
    "amount": Field("integer", least=0, most=2_147_483_647),
    "handling_time": Field("integer", least=0, most=100),
    "listing_price": _CENTS,
    "minimum_price": _CENTS,
    "note": Field(longest=250),
    "id_shipping_group": Field("integer", choices=tuple(SHIPPING_GROUPS)),
    "id_warehouse": Field("integer", choices=tuple(WAREHOUSES)),
    "vat_indicator": Field(choices=_VAT),
    "eco_participation": Field("integer", nullable=True, least=1),
    "battery_participation": Field("integer", nullable=True, least=1),
}
_NEW = {
    **_CHANGEABLE,
    "id_offer": Field(required=True, shortest=1),
    "listing_price": Field("integer", required=True, least=1, most=2_147_483_647),
    "handling_time": Field("integer", required=True, least=0, most=100),
    "ean": Field(pattern=r"\d{13,14}"),
    "id_product": Field("integer"),
    "condition": Field(choices=_CONDITIONS),
}
_PATCH = {**_CHANGEABLE, "status": Field(choices=("AVAILABLE", "ONHOLD"))}
_BULK_MOST = 150


@routes.get("/v2/units")
@signed
async def list_units(books: Books, request: web.Request) -> web.Response:
    """The offers of a storefront, oldest first; a new one is missing for a while."""
    storefront = storefront_of(books, request)
    offset, limit = page_of(request)
    if "id_offer" in request.query:
        keys = books.units.find("offer", f"{storefront}|{request.query['id_offer']}")
    elif "ean" in request.query:
        keys = books.units.find("ean", f"{storefront}|{request.query['ean']}")
    else:
        keys = books.units.find("shop", storefront)
    seen = [(key, row) for key in keys if (row := books.units.seen(key)) is not None]
    if "id_product" in request.query:
        seen = [(key, row) for key, row in seen if str(books.id_product(row["ean"])) == request.query["id_product"]]
    with_product = "products" in request.query.getall("embedded", [])
    rows = [show(books, key, row, with_product=with_product) for key, row in seen[offset : offset + limit]]
    return books.answer({"data": rows, "pagination": {"offset": offset, "limit": limit, "total": len(seen)}})


@routes.post("/v2/units")
@signed
async def create_unit(books: Books, request: web.Request) -> web.Response:
    """Make an offer."""
    storefront, body = storefront_of(books, request), await read_object(request)
    _check(body, _NEW, storefront)
    ean = _product_of(books, body)
    same = [(key, row) for key, row in books.siblings(body["id_offer"]) if row["storefront"] == storefront]
    for _, row in books.siblings(body["id_offer"]):
        if row["ean"] != ean:
            raise invalid(("id_offer", "This id_offer is used for another product."))
        if row["condition"] != body.get("condition", "NEW"):
            raise invalid(("id_offer", "This id_offer is used for another condition."))
    if same and books.settings().repeat_unit == "refuse":
        raise refuse(400, "already-exists", "A unit with this id_offer already exists")
    if same and books.settings().repeat_unit == "update":
        key = same[0][0]
        _change(books, key, {name: body[name] for name in _CHANGEABLE if name in body})
        return books.answer({"data": show(books, key, _truth(books, key))})
    shared = next((row for _, row in books.siblings(body["id_offer"])), {"id_warehouse": 201})
    key = str(books.new_number("unit", 350_000_000))
    row = {
        "storefront": storefront,
        "id_offer": body["id_offer"],
        "ean": ean,
        "condition": body.get("condition", "NEW"),
        "listing_price": body["listing_price"],
        "minimum_price": body.get("minimum_price"),
        "amount": body.get("amount", 1),
        "handling_time": body["handling_time"],
        "note": body.get("note"),
        "id_shipping_group": body.get("id_shipping_group", 101),
        "id_warehouse": body.get("id_warehouse", shared["id_warehouse"]),
        "vat_indicator": body.get("vat_indicator", "standard_rate"),
        "hold": False,
        "deleted": False,
        "again": any(old["deleted"] for _, old in books.all_of(body["id_offer"])),
        "created": books.now(),
        "changed": books.now(),
    }
    books.add_unit(key, row)
    books.set_stock(body["id_offer"], amount=row["amount"], id_warehouse=row["id_warehouse"])
    status = books.settings().create_status
    headers = {"Location": f"/v2/units/{key}?storefront={storefront}"} if status == 201 else {}
    return books.answer({"data": show(books, key, _truth(books, key))}, status, headers)


def _product_of(books: Books, body: Json) -> str:
    """The EAN that an offer is for. Refusal for a product that cannot be offered."""
    ean = str(body.get("ean", ""))
    if not ean and "id_product" not in body:
        raise invalid(("ean", "Either id_product or ean is required."))
    if not ean:
        known = [one for one, number in books.state.table("product numbers").items() if number == body["id_product"]]
        if not known:
            raise invalid(("id_product", "The product does not exist."))
        ean = known[0]
    if not re.fullmatch(r"\d{13,14}", ean):
        raise invalid(("ean", "This is not a valid EAN."))
    if books.product(ean) is not None:
        return ean
    has_data = any(row["ean"] == ean for row in books.state.table("product data").values())
    if books.settings().unknown_ean == "refuse" or not has_data:
        raise invalid(("ean", "There is no product with this EAN."))
    return ean


@routes.get("/v2/units/{id_unit}")
@signed
async def get_unit(books: Books, request: web.Request) -> web.Response:
    """One offer."""
    key, _ = _find(books, request)
    row = books.units.seen(key)
    if row is None:
        raise gone("Unit not found")
    with_product = "products" in request.query.getall("embedded", [])
    return books.answer({"data": show(books, key, row, with_product=with_product)})


@routes.patch("/v2/units/{id_unit}")
@signed
async def patch_unit(books: Books, request: web.Request) -> web.Response:
    """Change an offer."""
    key, row = _find(books, request)
    body = await read_object(request)
    _check(body, _PATCH, row["storefront"])
    _change(books, key, body)
    return books.answer({"data": show(books, key, _truth(books, key))})


@routes.delete("/v2/units/{id_unit}")
@signed
async def delete_unit(books: Books, request: web.Request) -> web.Response:
    """Delete an offer for good."""
    key, row = _find(books, request)
    books.units.put(key, {**row, "deleted": True, "changed": books.now()})
    return books.empty()


@routes.post("/v2/units/bulk")
@signed
async def bulk(books: Books, request: web.Request) -> web.Response:
    """Change up to 150 offers; each has its own answer."""
    storefront, body = storefront_of(books, request), await read_json(request)
    if not isinstance(body, list) or not all(isinstance(one, dict) and "id_unit" in one for one in body):
        raise refuse(400, "units/bulk-invalid-operation", "The body must be a list of units")
    if len(body) > _BULK_MOST:
        raise refuse(400, "units/bulk-too-many-units", f"No more than {_BULK_MOST} units are allowed")
    if len({one["id_unit"] for one in body}) < len(body):
        raise refuse(400, "units/bulk-duplicate-units", "Duplicate units are not allowed")
    return books.answer({"data": [_bulk_row(books, storefront, one) for one in body]}, 207)


def _bulk_row(books: Books, storefront: str, wish: Json) -> Json:
    key, changes = str(wish["id_unit"]), wish.get("unit_data") or {}
    row = books.units.truth(key)
    if row is None or row["deleted"] or row["storefront"] != storefront:
        return {"id_unit": wish["id_unit"], "status_code": 404, "message": "Unit not found", "errors": []}
    problems = [words_of(one) for one in check_fields(changes, _PATCH, strict=True)]
    problems += _price_problems(changes, storefront)
    if problems:
        errors = [{"field": field, "message": words} for field, words in problems]
        return {"id_unit": wish["id_unit"], "status_code": 400, "message": "Validation failed", "errors": errors}
    _change(books, key, changes)
    return {"id_unit": wish["id_unit"], "status_code": 200, "unit": show(books, key, _truth(books, key))}


def _find(books: Books, request: web.Request) -> tuple[str, Json]:
    storefront, key = storefront_of(books, request), request.match_info["id_unit"]
    row = books.units.truth(key)
    if row is None or row["deleted"] or row["storefront"] != storefront:
        raise gone("Unit not found")
    return key, row


def _truth(books: Books, key: str) -> Json:
    row = books.units.truth(key)
    if row is None:
        raise LookupError(key)
    return row


def _check(body: Json, fields: dict[str, Field], storefront: str) -> None:
    problems = [words_of(one) for one in check_fields(body, fields, strict=True)] or _price_problems(body, storefront)
    if problems:
        raise invalid(*problems)


def _price_problems(body: Json, storefront: str) -> list[tuple[str, str]]:
    price, most = body.get("listing_price"), shop_of(storefront).price_most * 100
    if isinstance(price, int) and price > most:
        return [("listing_price", f"This value should be {most} or less.")]
    return []


def _change(books: Books, key: str, changes: Json) -> None:
    """Stock and warehouse hold for all storefronts, everything else for this offer."""
    row = _truth(books, key)
    own: dict[str, Any] = {name: value for name, value in changes.items() if name != "status"}
    if "status" in changes:
        own["hold"] = changes["status"] == "ONHOLD"
    books.units.put(key, {**row, **own, "changed": books.now()})
    shared = {name: changes[name] for name in ("amount", "id_warehouse") if name in changes}
    if shared:
        books.set_stock(row["id_offer"], **shared)


def show(books: Books, key: str, row: Json, *, with_product: bool = False) -> Json:
    """An offer as the API shows it."""
    body = {
        "status": books.status_of(key, row),
        "currency": shop_of(row["storefront"]).currency,
        "id_unit": int(key),
        "note": row["note"],
        "condition": row["condition"],
        "listing_price": row["listing_price"],
        "minimum_price": row["minimum_price"] or row["listing_price"],
        "price": row["listing_price"],
        "id_offer": row["id_offer"],
        "id_product": books.id_product(row["ean"]),
        "id_shipping_group": row["id_shipping_group"],
        "id_warehouse": row["id_warehouse"],
        "amount": row["amount"],
        "date_inserted_iso": books.stamp(row["created"]),
        "date_lastchange_iso": books.stamp(row["changed"]),
        "handling_time": row["handling_time"],
        "shipping_rate": 399,
        "storefront": row["storefront"],
        "transport_time_min": 1,
        "transport_time_max": 3,
        "fulfillment_type": "fulfilled_by_merchant",
        "vat_indicator": row["vat_indicator"],
    }
    if with_product:
        unready = {"title": "", "manufacturer": "", "category": 11, "picture": ""}
        page = books.product(row["ean"]) or unready
        body["product"] = books.show_product(row["ean"], row["storefront"], page)
    return body
