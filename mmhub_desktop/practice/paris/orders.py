"""Orders and sub-orders, labels that Paris prints, and what a seller cannot deliver."""

from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from mmhub_desktop.practice.answers import read_object
from mmhub_desktop.practice.paris.books import ParisBooks, books_of, missing, page_of, refuse, stamp
from mmhub_desktop.practice.paris.catalog import CANCELLATION_REASONS
from mmhub_desktop.practice.state import Json

routes = web.RouteTableDef()

_NAMES = {8: "ready_to_ship", 14: "shipped", 18: "cancelled", 24: "partial"}


def _orders(request: web.Request) -> list[Json]:
    """Oldest first."""
    return list(books_of(request).state.table("orders").values())


def _status(books: ParisBooks, order: Json) -> int:
    """Ready until the carrier has scanned the label."""
    if "status" in order:
        return int(order["status"])
    after = books.settings().scanned_after_s
    return 14 if 0 <= after <= books.now() - order["at"] else 8


@routes.get("/v1/orders")
async def orders(request: web.Request) -> web.Response:
    """Orders of whole days."""
    books = books_of(request)
    first, last = _day(request, "gteCreatedAt"), _day(request, "lteCreatedAt")
    rows = [one for one in _orders(request) if first <= stamp(one["at"])[:10] <= last]
    data = [
        {"orderNumber": one["orderNumber"], "createdAt": stamp(one["at"]), "subOrders": [_sub_order(books, one)]}
        for one in page_of(request, rows)
    ]
    return books.answer({"data": data, "count": len(rows)})


@routes.get("/v3/sub-orders")
async def sub_orders(request: web.Request) -> web.Response:
    """Sub-orders of a span of time, or one; without tracking."""
    books = books_of(request)
    if number := request.query.get("subOrderNumber"):
        rows = [one for one in _orders(request) if one["subOrderNumber"] == number]
    else:
        first, last = _time(request, "gteCreatedAtInOrigin"), _time(request, "lteCreatedAtInOrigin")
        rows = [one for one in _orders(request) if first <= one["at"] <= last]
    return books.answer({"data": [_sub_order(books, one) for one in page_of(request, rows)], "count": len(rows)})


@routes.get("/v2/sub-orders")
async def shipments(request: web.Request) -> web.Response:
    """Shipments with labels of several sub-orders, their numbers joined by commas."""
    books = books_of(request)
    given = request.query.getall("subOrderNumber", [])
    if len(given) > 1:
        return books.answer(books.error_body(500), 500)
    wanted = given[0].split(",") if given else []
    rows = [one for one in _orders(request) if one["subOrderNumber"] in wanted]
    data = [{"subOrderNumber": one["subOrderNumber"], "shipments": [_shipment(request, one)]} for one in rows]
    return books.answer({"data": data, "count": len(data)})


@routes.get("/v2/shipments/{sub_order}")
async def shipment(request: web.Request) -> web.Response:
    """One shipment's label."""
    order = _known(request, request.match_info["sub_order"])
    label = _shipment(request, order)["label"][0]
    return books_of(request).answer({"labelId": f"L{order['subOrderNumber']}", "labelUrl": label["url"]})


@routes.get("/v1/sub-orders/{label}/print-label")
async def print_label(request: web.Request) -> web.Response:
    """The label as a (tiny) PDF."""
    books_of(request)
    _known(request, request.match_info["label"].removeprefix("L"))
    return web.Response(body=b"%PDF-1.4\n%%EOF\n", content_type="application/pdf")


@routes.get("/v1/order-item/cancellation-reason")
async def cancellation_reasons(request: web.Request) -> web.Response:
    """Why a seller may not deliver."""
    return books_of(request).answer(CANCELLATION_REASONS)


@routes.put("/v1/sub-orders/cancel/{sub_order}")
async def cancel(request: web.Request) -> web.Response:
    """The seller cannot deliver."""
    books, body = books_of(request), await read_object(request)
    order = _known(request, request.match_info["sub_order"])
    if body.get("status") != "unable_to_fulfill":
        raise refuse(["status must be one of the following values: unable_to_fulfill"])
    if str(body.get("cancellationReasonId")) not in [one["id"] for one in CANCELLATION_REASONS]:
        raise refuse(["cancellationReasonId does not exist"])
    if _status(books, order) != 8:
        raise refuse(["the sub-order cannot be cancelled any more"], 422)
    after = {**order, "status": 18}
    books.state.put("orders", order["subOrderNumber"], after)
    return books.answer(_sub_order(books, after))


def _sub_order(books: ParisBooks, order: Json) -> Json:
    status = _status(books, order)
    kept = {key: value for key, value in order.items() if key not in ("at", "status")}
    items = [{**item, "statusId": status} for item in order["items"]]
    told = {"statusId": status, "status": {"id": status, "name": _NAMES.get(status, "unknown")}, "items": items}
    more = {"createdAtInOrigin": stamp(order["at"]), "dispatchCost": 3990, "origin": "paris", "businessInvoice": None}
    return {**kept, **more, **told}


def _shipment(request: web.Request, order: Json) -> Json:
    number = order["subOrderNumber"]
    label = f"{request.scheme}://{request.host}/v1/sub-orders/L{number}/print-label"
    promised = stamp(order["at"] + 2 * 24 * 3600)
    about = {"carrier": "Bluexpress", "trackingNumber": f"BX{number}", "dispatchDate": promised}
    return {**about, "label": [{"format": "PDF", "url": label}]}


def _known(request: web.Request, number: str) -> Json:
    order: Any = books_of(request).state.table("orders").get(number)
    if order is None:
        raise missing("Sub order")
    found: Json = order
    return found


def _day(request: web.Request, name: str) -> str:
    try:
        return datetime.strptime(request.query.get(name, ""), "%Y-%m-%d").date().isoformat()  # noqa: DTZ007 - a day
    except ValueError:
        raise refuse([f"{name} must be a valid ISO 8601 date string"]) from None


def _time(request: web.Request, name: str) -> float:
    try:
        found = datetime.fromisoformat(request.query.get(name, ""))
    except ValueError:
        raise refuse([f"{name} must be a valid ISO 8601 date string"]) from None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
