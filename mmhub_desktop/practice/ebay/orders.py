"""Orders and their parcels."""

import re
from datetime import datetime, timedelta
from urllib.parse import quote

from aiohttp import web

from mmhub_desktop.practice.ebay.auth import FULFILLMENT, caller
from mmhub_desktop.practice.ebay.books import Books
from mmhub_desktop.practice.ebay.errors import refuse
from mmhub_desktop.practice.ebay.web import answer, books_of, read_body
from mmhub_desktop.practice.state import Json

routes = web.RouteTableDef()

_ORDERS = "/sell/fulfillment/v1/order"
_ORDER = _ORDERS + "/{order}"
_YEARS = timedelta(days=730)
_NO_TRACKING = "999999999"


def new_order(books: Books, offer: Json, listing: Json, title: str, quantity: int, buyer: Json) -> Json:
    """An order that is paid and waits to be shipped; returned as it is kept."""
    site = offer["marketplaceId"]
    unit = offer["pricingSummary"]["price"]
    cents = round(float(unit["value"]) * 100) * quantity

    def money(minor: int) -> Json:
        return {"value": f"{minor // 100}.{minor % 100:02d}", "currency": unit["currency"]}

    number = books.market.new_number("order", 10_000)
    order_id = f"12-{number:05d}-{(number * 7919) % 100_000:05d}"
    now, later = books.stamp(), books.stamp(books.market.now() + 2 * 86_400)
    name = str(buyer.get("name") or "Alex Buyer")
    contact = {
        "fullName": name,
        "contactAddress": {
            "addressLine1": "Practice Lane 7",
            "city": "Springfield",
            "stateOrProvince": "IL",
            "postalCode": "62701",
            "countryCode": "US",
        },
        "primaryPhone": {"phoneNumber": "5550100"},
        "email": "practice@members.ebay.com",
    }
    line = {
        "lineItemId": str(books.market.new_number("line", 10_050_000_000)),
        "legacyItemId": listing["id"],
        "sku": offer["sku"],
        "title": title,
        "quantity": quantity,
        "lineItemCost": money(cents),
        "total": money(cents),
        "deliveryCost": {"shippingCost": money(0)},
        "soldFormat": "FIXED_PRICE",
        "listingMarketplaceId": site,
        "purchaseMarketplaceId": site,
        "lineItemFulfillmentStatus": "NOT_STARTED",
        "lineItemFulfillmentInstructions": {
            "minEstimatedDeliveryDate": later,
            "maxEstimatedDeliveryDate": later,
            "shipByDate": later,
            "guaranteedDelivery": False,
        },
        "properties": {"buyerProtection": True},
        "appliedPromotions": [],
        "refunds": [],
        "taxes": [],
    }
    payment = {"paymentMethod": "EBAY", "paymentStatus": "PAID", "amount": money(cents), "paymentDate": now}
    order = {
        "orderId": order_id,
        "creationDate": now,
        "lastModifiedDate": now,
        "orderFulfillmentStatus": "NOT_STARTED",
        "orderPaymentStatus": "PAID",
        "sellerId": "practice_seller",
        "buyer": {
            "username": str(buyer.get("username") or "practice_buyer"),
            "buyerRegistrationAddress": contact,
            "taxAddress": {"postalCode": "62701", "countryCode": "US"},
        },
        "cancelStatus": {"cancelState": "NONE_REQUESTED", "cancelRequests": []},
        "pricingSummary": {"priceSubtotal": money(cents), "deliveryCost": money(0), "total": money(cents)},
        "paymentSummary": {"totalDueSeller": money(cents), "payments": [payment], "refunds": []},
        "fulfillmentStartInstructions": [
            {
                "fulfillmentInstructionsType": "SHIP_TO",
                "shippingStep": {
                    "shipTo": contact,
                    "shippingCarrierCode": "USPS",
                    "shippingServiceCode": "USPSPriority",
                },
            }
        ],
        "fulfillmentHrefs": [],
        "lineItems": [line],
        "totalFeeBasisAmount": money(cents),
    }
    books.market.state.put("orders", order_id, order)
    return order


def _order(request: web.Request, status: int = 404) -> tuple[Books, Json]:
    caller(request, FULFILLMENT)
    books = books_of(request)
    order = books.market.state.table("orders").get(request.match_info["order"])
    if order is None:
        raise refuse(32100, request.match_info["order"], status)
    return books, order


@routes.get(_ORDER)
async def get_order(request: web.Request) -> web.Response:
    """One order."""
    return answer(_order(request)[1])


@routes.get(_ORDERS)
async def get_orders(request: web.Request) -> web.Response:
    """Orders by date, newest first; the offset counts records here."""
    caller(request, FULFILLMENT)
    books, query = books_of(request), request.query
    limit, offset = query.get("limit", "50"), query.get("offset", "0")
    if not limit.isdigit() or not 1 <= int(limit) <= 200:
        raise refuse(31100, limit)
    if not offset.isdigit():
        raise refuse(31000, offset)
    rows = sorted(books.market.state.table("orders").values(), key=lambda one: one["creationDate"], reverse=True)
    if "orderIds" in query:
        wanted = query["orderIds"].split(",")
        rows = [row for row in rows if row["orderId"] in wanted]
    else:
        rows = [row for row in rows if _passes(books, row, query.get("filter", ""))]
    first, most = int(offset), int(limit)
    body = {
        "href": request.path_qs,
        "total": len(rows),
        "limit": most,
        "offset": first,
        "orders": rows[first : first + most],
    }
    if first + most < len(rows):
        body["next"] = f"https://api.ebay.com{_ORDERS}?limit={most}&offset={first + most}"
    return answer(body)


def _passes(books: Books, row: Json, wish: str) -> bool:
    for name, begin, end in re.findall(r"(creationdate|lastmodifieddate):\[([^.\]]*(?:\.\d+Z)?)\.\.([^\]]*)\]", wish):
        field = "creationDate" if name == "creationdate" else "lastModifiedDate"
        if not _within(books, row[field], begin, end):
            return False
    status = re.search(r"orderfulfillmentstatus:\{([A-Z_|]+)\}", wish)
    if wish and not status and "date:[" not in wish:
        raise refuse(30800, wish)
    return status is None or row["orderFulfillmentStatus"] in status[1].split("|")


def _within(books: Books, at: str, begin: str, end: str) -> bool:
    now = datetime.fromisoformat(books.stamp())
    try:
        first = datetime.fromisoformat(begin)
        last = datetime.fromisoformat(end) if end else now
    except ValueError:
        raise refuse(30810, f"{begin}..{end}") from None
    if first > now or last > now:
        raise refuse(30850)
    if first > last:
        raise refuse(30840)
    if now - first > _YEARS:
        raise refuse(30830)
    return first <= datetime.fromisoformat(at) <= last


@routes.get(_ORDER + "/shipping_fulfillment")
async def get_parcels(request: web.Request) -> web.Response:
    """The parcels of an order."""
    books, order = _order(request, 400)
    rows = books.market.state.table("parcels").get(order["orderId"], [])
    return answer({"fulfillments": rows, "total": len(rows)})


@routes.post(_ORDER + "/shipping_fulfillment")
async def add_parcel(request: web.Request) -> web.Response:
    """One more parcel, each time it is told; it cannot be taken back."""
    books, order = _order(request, 400)
    wish = await read_body(request)
    known = {line["lineItemId"]: line for line in order["lineItems"]}
    named = [str(one.get("lineItemId")) for one in wish.get("lineItems") or ()]
    if not named or set(named) - set(known):
        raise refuse(32200, ", ".join(named))
    if len(set(named)) != len(named):
        raise refuse(32210)
    carrier, tracking = str(wish.get("shippingCarrierCode") or ""), str(wish.get("trackingNumber") or "")
    if bool(carrier) != bool(tracking) or not re.fullmatch(r"[A-Za-z0-9]*", tracking):
        raise refuse(32300)
    shipped = str(wish.get("shippedDate") or books.stamp())
    try:
        at = datetime.fromisoformat(shipped)
    except ValueError:
        raise refuse(32500, shipped) from None
    now = datetime.fromisoformat(books.stamp())
    if at.tzinfo is None or at > now + timedelta(days=1):
        raise refuse(32500, shipped)
    row = {"fulfillmentId": tracking or _NO_TRACKING, "lineItems": wish["lineItems"], "shippedDate": shipped}
    if tracking:
        row |= {"shippingCarrierCode": carrier, "shipmentTrackingNumber": tracking}
    rows = [*books.market.state.table("parcels").get(order["orderId"], []), row]
    books.market.state.put("parcels", order["orderId"], rows)
    address = f"https://api.ebay.com{_ORDERS}/{order['orderId']}/shipping_fulfillment/{quote(row['fulfillmentId'])}"
    books.market.state.put("orders", order["orderId"], _shipped(books, order, rows, address))
    return answer({}, 201, {"Location": address})


def _shipped(books: Books, order: Json, parcels: list[Json], address: str) -> Json:
    done: dict[str, int] = {}
    for parcel in parcels:
        for line in parcel["lineItems"]:
            done[line["lineItemId"]] = done.get(line["lineItemId"], 0) + int(line["quantity"])
    lines = []
    for line in order["lineItems"]:
        count = done.get(line["lineItemId"], 0)
        status = "FULFILLED" if count >= line["quantity"] else "IN_PROGRESS" if count else "NOT_STARTED"
        lines.append({**line, "lineItemFulfillmentStatus": status})
    whole = all(line["lineItemFulfillmentStatus"] == "FULFILLED" for line in lines)
    return {
        **order,
        "lineItems": lines,
        "orderFulfillmentStatus": "FULFILLED" if whole else "IN_PROGRESS",
        "lastModifiedDate": books.stamp(),
        "fulfillmentHrefs": [*order["fulfillmentHrefs"], address],
    }
