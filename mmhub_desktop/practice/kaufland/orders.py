"""Orders: one row for each piece, newest first; sent piece by piece."""

from typing import Any

from aiohttp import web

from mmhub_desktop.practice.answers import read_object
from mmhub_desktop.practice.checks import Field, check_fields
from mmhub_desktop.practice.kaufland.access import page_of, signed, storefront_of
from mmhub_desktop.practice.kaufland.books import Books, shop_of
from mmhub_desktop.practice.kaufland.errors import gone, invalid, invalid_fields, refuse
from mmhub_desktop.practice.kaufland.goods import CARRIERS
from mmhub_desktop.practice.state import Json

routes = web.RouteTableDef()

_SORTS = {"ts_created:desc": "created", "ts_updated:desc": "updated"}
_SEND = {"tracking_numbers": Field(required=True, shortest=1), "carrier_code": Field(required=True, choices=CARRIERS)}
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def place_order(books: Books, key: str, unit: Json, quantity: int, buyer: Json) -> Json:
    """A buyer has bought: one row for each piece, paid, to be sent. ``buyer`` may give a status."""
    number = books.new_number("order", 7_000_000)
    id_order = "M" + "".join(_LETTERS[number // 32**place % 32] for place in range(6))
    page = books.product(unit["ean"]) or {"title": "", "manufacturer": "", "category": 11, "picture": ""}
    pieces = []
    for _ in range(quantity):
        piece = {
            "id_order_unit": books.new_number("order unit", 314_567_000_000),
            "id_order": id_order,
            "id_unit": key,
            "created": books.now(),
            "updated": books.now(),
            "status": buyer.get("status", "need_to_be_sent"),
            "price": unit["listing_price"],
            "id_offer": unit["id_offer"],
            "storefront": unit["storefront"],
            "condition": unit["condition"],
            "product": books.show_product(unit["ean"], unit["storefront"], page),
        }
        books.state.put("order units", str(piece["id_order_unit"]), piece)
        pieces.append(piece["id_order_unit"])
    return {"order_id": id_order, "order_units": pieces}


@routes.get("/v2/order-units")
@signed
async def list_order_units(books: Books, request: web.Request) -> web.Response:
    """Rows of all orders, in the one order there is: newest first."""
    storefront = storefront_of(books, request, required=False)
    offset, limit = page_of(request)
    sort = _SORTS.get(request.query.get("sort", "ts_created:desc"))
    if sort is None:
        raise invalid(("sort", "The value you selected is not a valid choice."))
    statuses = request.query.getall("status", [])
    since = {key: request.query.get(f"ts_{key}_from_iso", "") for key in ("created", "updated")}
    rows = [
        row
        for row in books.state.table("order units").values()
        if storefront in ("", row["storefront"])
        and (not statuses or row["status"] in statuses)
        and row["id_offer"] == request.query.get("id_offer", row["id_offer"])
        and all(not text or books.stamp(row[key]) >= text for key, text in since.items())
    ]
    rows.sort(key=lambda row: (row[sort], row["id_order_unit"]), reverse=True)
    shown = [_show(books, row, alone=True) for row in rows[offset : offset + limit]]
    return books.answer({"data": shown, "pagination": {"offset": offset, "limit": limit, "total": len(rows)}})


@routes.get("/v2/orders/{id_order}")
@signed
async def get_order(books: Books, request: web.Request) -> web.Response:
    """One order with all its pieces."""
    rows = [
        row for row in books.state.table("order units").values() if row["id_order"] == request.match_info["id_order"]
    ]
    if not rows:
        raise gone("Order not found")
    first = rows[0]
    body = {
        "id_order": first["id_order"],
        "ts_created_iso": books.stamp(first["created"]),
        "is_marketplace_deemed_supplier": False,
        "storefront": first["storefront"],
        "fulfillment_type": "fulfilled_by_merchant",
        "order_units": [{**_show(books, row, alone=False), "tickets": []} for row in rows],
        "billing_address": _address(first),
        "shipping_address": _address(first),
        "buyer": _buyer(first),
    }
    return books.answer({"data": body})


@routes.patch("/v2/order-units/{id_order_unit}/send")
@signed
async def send_order_unit(books: Books, request: web.Request) -> web.Response:
    """A piece is on its way. Once: a piece that is sent, or not to be sent yet, is refused."""
    key = request.match_info["id_order_unit"]
    row: Json | None = books.state.table("order units").get(key)
    if row is None:
        raise gone("Order unit not found")
    body = await read_object(request)
    if problems := check_fields(body, _SEND, strict=True):
        raise invalid_fields(problems)
    if row["status"] != "need_to_be_sent":
        words = f"An order unit with the status {row['status']} cannot be sent"
        raise refuse(403, "action-not-allowed", words)
    sent = {"status": "sent", "updated": books.now(), "sent_with": body}
    books.state.put("order units", key, {**row, **sent})
    return books.empty()


def _show(books: Books, row: Json, *, alone: bool) -> Json:
    body: dict[str, Any] = {
        "id_order_unit": row["id_order_unit"],
        "id_order": row["id_order"],
        "ts_created_iso": books.stamp(row["created"]),
        "is_marketplace_deemed_supplier": False,
        "ts_updated_iso": books.stamp(row["updated"]),
        "status": row["status"],
        "price": row["price"],
        "id_offer": row["id_offer"],
        "revenue_gross": row["price"] * 7 // 8,
        "revenue_net": row["price"] * 7 // 10,
        "note": None,
        "unit_condition": row["condition"],
        "storefront": row["storefront"],
        "currency": shop_of(row["storefront"]).currency,
        "delivery_time_min": 2,
        "delivery_time_max": 5,
        "delivery_time_expires_iso": books.stamp(row["created"] + 5 * 86_400),
        "order_received_timestamp_iso": None,
        "shipping_rate": 399,
        "cancel_reason": None,
        "product": row["product"],
        "vat": 19.0,
    }
    if alone:
        own = {"buyer": _buyer(row), "billing_address": _address(row), "shipping_address": _address(row)}
        body |= {"fulfillment_type": "fulfilled_by_merchant", **own}
    return body


def _buyer(row: Json) -> Json:
    return {"id_buyer": 900_001, "email": f"{row['id_order'].lower()}@buyer.example"}


def _address(row: Json) -> Json:
    return {
        "first_name": "Erika",
        "last_name": "Mustermann",
        "company_name": None,
        "street": "Heidestraße",
        "house_number": "17",
        "postcode": "51147",
        "additional_field": None,
        "city": "Köln",
        "phone": None,
        "country": row["storefront"].upper(),
    }
