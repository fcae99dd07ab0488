"""Orders: a line for each piece, as Walmart writes them; acknowledged, shipped, paid by shipping."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from mmhub_desktop.practice.answers import Refusal, read_object
from mmhub_desktop.practice.state import Json
from mmhub_desktop.practice.walmart.carriers import CARRIERS
from mmhub_desktop.practice.walmart.errors import refuse
from mmhub_desktop.practice.walmart.market import Books, signed_in

routes = web.RouteTableDef()

_PAGE_MOST = 200
_WEEK_S, _OLDEST_S = 7 * 86_400, 180 * 86_400
_METHODS = ("Standard", "Express", "OneDay", "Freight", "WhiteGlove", "Value")


@routes.get("/v3/orders")
async def all_orders(request: web.Request) -> web.Response:
    """A page of orders; 404 when there are none."""
    books = signed_in(request)
    query = dict(request.query)
    if "hasMoreElements" in query and f"?{request.rel_url.raw_query_string}" not in books.state.table("cursors"):
        raise refuse(400, "INVALID_REQUEST_PARAM.GMP_ORDER_API", "nextCursor was changed", "nextCursor")
    limit = int(query.get("limit", "100"))
    if limit > _PAGE_MOST:
        raise refuse(400, "INVALID_REQUEST_PARAM.GMP_ORDER_API", "limit must not be above 200", "limit")
    created = _moment(query.get("createdStartDate"), books.now() - _WEEK_S)
    modified = _moment(query.get("lastModifiedStartDate"), 0)
    if created < books.now() - _OLDEST_S:
        raise refuse(400, "INVALID_REQUEST_PARAM.GMP_ORDER_API", "at most 180 days", "createdStartDate")
    found = [
        order
        for key in books.orders.find("all", "order")
        if (order := books.orders.seen(key)) and order["at"] >= created and order["changed_at"] >= modified
    ]
    if not found:
        raise refuse(404, "CONTENT_NOT_FOUND.GMP_ORDER_API", "No orders found for the search criteria")
    offset = int(query.get("poIndex", "0"))
    meta: Json = {"totalCount": len(found), "limit": limit}
    if offset + limit < len(found):
        following = {**query, "limit": str(limit), "hasMoreElements": "true", "soIndex": str(len(found))}
        following |= {"poIndex": str(offset + limit), "partnerId": "10001234", "sellerId": "8"}
        meta["nextCursor"] = f"?{urlencode(following, safe=':')}"
        books.state.put("cursors", meta["nextCursor"], True)
    page = [show(order) for order in found[offset : offset + limit]]
    return books.answer({"list": {"meta": meta, "elements": {"order": page}}})


@routes.get("/v3/orders/{order}")
async def one_order(request: web.Request) -> web.Response:
    """One order; its date is a text here."""
    books = signed_in(request)
    order = _order(books, request, seen=True)
    moment = datetime.fromtimestamp(order["at"]).astimezone().isoformat()
    return books.answer({**show(order), "orderDate": moment})


@routes.post("/v3/orders/{order}/acknowledge")
async def acknowledge(request: web.Request) -> web.Response:
    """Every line that is new becomes acknowledged."""
    books = signed_in(request, "orders")
    order = _order(books, request)
    lines = [{**line, "status": "Acknowledged"} if line["status"] == "Created" else line for line in order["lines"]]
    return books.answer({"order": show(_keep(books, order, lines))})


@routes.post("/v3/orders/{order}/shipping")
async def ship(request: web.Request) -> web.Response:
    """Lines go out; the buyer pays. A line that is out already is refused."""
    books = signed_in(request, "orders")
    order = _order(books, request)
    wish = (await read_object(request)).get("orderShipment", {})
    lines = {line["number"]: dict(line) for line in order["lines"]}
    for told in wish.get("orderLines", {}).get("orderLine", ()):
        line = lines.get(str(told.get("lineNumber")))
        if line is None:
            raise _refused("The line does not exist", "lineNumber")
        if line["status"] not in ("Created", "Acknowledged"):
            raise _refused("The line is shipped or cancelled already", "orderLineStatuses")
        if not told.get("sellerOrderId") or len(str(told["sellerOrderId"])) > 30:
            raise _refused("sellerOrderId is required, 30 characters at most", "sellerOrderId")
        status = told["orderLineStatuses"]["orderLineStatus"][0]
        line |= {"status": "Shipped", "tracking": _tracking(status)}
    books.state.count("captures", sum(line["status"] == "Shipped" for line in lines.values()))
    return books.answer({"order": show(_keep(books, order, list(lines.values())))})


def sell(books: Books, item: Json, quantity: int, buyer: Json) -> Json:
    """A new order of so many pieces of an item."""
    number = str(books.new_number("order", 1_796_277_083_000))
    now = books.now()
    line: Json = {"sku": item["sku"], "title": item["productName"], "price": item["shown_price"], "status": "Created"}
    order: Json = {
        "id": number,
        "at": now,
        "changed_at": now,
        "buyer": {"name": "Kathryn Practice", **{key: str(value) for key, value in buyer.items()}},
        "lines": [{**line, "number": str(place)} for place in range(1, quantity + 1)],
    }
    books.orders.put(number, order)
    return {"order_id": number, **order}


def show(order: Json) -> Json:
    """An order in the API's form."""
    placed = int(order["at"] * 1000)
    address = {
        "name": order["buyer"]["name"],
        "address1": "1 Practice Road",
        "city": "Bentonville",
        "state": "AR",
        "postalCode": "72716",
        "country": "USA",
        "addressType": "RESIDENTIAL",
    }
    return {
        "purchaseOrderId": order["id"],
        "customerOrderId": f"5{order['id']}",
        "customerEmailId": "buyer@relay.walmart.com",
        "orderType": "REGULAR",
        "orderDate": placed,
        "shippingInfo": {
            "phone": "5555550100",
            "estimatedDeliveryDate": placed + 5 * 86_400_000,
            "estimatedShipDate": placed + 2 * 86_400_000,
            "methodCode": "Value",
            "postalAddress": address,
        },
        "orderLines": {"orderLine": [_line(order, line) for line in order["lines"]]},
    }


def _line(order: Json, line: Json) -> Json:
    one = {"unitOfMeasurement": "EACH", "amount": "1"}
    status: Json = {"status": line["status"], "statusQuantity": one}
    if line.get("tracking"):
        status["trackingInfo"] = line["tracking"]
    tax = {"taxName": "Tax1", "taxAmount": {"currency": "USD", "amount": round(line["price"] * 0.08, 2)}}
    charge = {"currency": "USD", "amount": line["price"]}
    return {
        "lineNumber": line["number"],
        "item": {"productName": line["title"], "sku": line["sku"], "condition": "New"},
        "charges": {
            "charge": [{"chargeType": "PRODUCT", "chargeName": "ItemPrice", "chargeAmount": charge, "tax": tax}]
        },
        "orderLineQuantity": one,
        "statusDate": int(order["changed_at"] * 1000),
        "orderLineStatuses": {"orderLineStatus": [status]},
    }


def _tracking(status: Json) -> Json:
    info: Any = status.get("trackingInfo")
    if status.get("status") != "Shipped" or not isinstance(info, dict) or not info.get("trackingNumber"):
        raise _refused("trackingInfo is required", "trackingInfo")
    amount = status.get("statusQuantity", {}).get("amount")
    if not isinstance(amount, str) or amount != "1":
        raise _refused("amount must be the line's quantity, as text", "amount")
    if not isinstance(info.get("shipDateTime"), int) or info.get("methodCode") not in _METHODS:
        raise _refused("shipDateTime or methodCode is invalid", "shipDateTime")
    name = info.get("carrierName", {})
    if name.get("carrier") not in CARRIERS and not (name.get("otherCarrier") and info.get("trackingURL")):
        raise _refused("carrier is not known; otherCarrier needs trackingURL", "carrier")
    return dict(info)


def _refused(words: str, field: str) -> Refusal:
    return refuse(400, "INVALID_REQUEST_CONTENT.GMP_ORDER_API", words, field)


def _order(books: Books, request: web.Request, *, seen: bool = False) -> Json:
    key = request.match_info["order"]
    order = books.orders.seen(key) if seen else books.orders.truth(key)
    if order is None:
        raise refuse(404, "CONTENT_NOT_FOUND.GMP_ORDER_API", "The purchase order does not exist", "purchaseOrderId")
    return order


def _keep(books: Books, order: Json, lines: list[Json]) -> Json:
    order = {**order, "lines": lines, "changed_at": books.now()}
    books.orders.put(order["id"], order)
    return order


def _moment(text: str | None, default: float) -> float:
    if not text:
        return default
    try:
        return datetime.fromisoformat(text if "T" in text else f"{text}T00:00:00Z").timestamp()
    except ValueError:
        raise refuse(400, "INVALID_REQUEST_PARAM.GMP_ORDER_API", "A date is invalid", "createdStartDate") from None
