"""The practice Amazon's orders (2026-01-01) and confirmations of shipments (v0)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from aiohttp import web

from mmhub_desktop.practice.amazon.auth import check_caller
from mmhub_desktop.practice.amazon.books import money, price_of, stamp, stock_of, text_of
from mmhub_desktop.practice.amazon.shops import SHOPS
from mmhub_desktop.practice.amazon.words import listed, refuse
from mmhub_desktop.practice.answers import read_object
from mmhub_desktop.practice.checks import Field, check_fields
from mmhub_desktop.practice.marketplace import PracticeMarketplace, practice_of
from mmhub_desktop.practice.state import Json

routes = web.RouteTableDef()
_TABLE = "orders"
_PATH = "/orders/2026-01-01/orders"
_STATUSES = frozenset(
    {"PENDING_AVAILABILITY", "PENDING", "UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED", "CANCELLED", "UNFULFILLABLE"}
)
_DATA = frozenset(
    {
        "BUYER",
        "RECIPIENT",
        "PROCEEDS",
        "EXPENSE",
        "PROMOTION",
        "CANCELLATION",
        "FULFILLMENT",
        "PACKAGES",
        "TAX",
        "PAYMENT",
    }
)
_SHIPMENT = {
    "marketplaceId": Field(required=True, choices=tuple(SHOPS)),
    "packageDetail": Field(
        "object",
        required=True,
        fields={
            "packageReferenceId": Field(required=True, pattern=r"[1-9]\d*"),
            "carrierCode": Field(required=True, shortest=1),
            "carrierName": Field(),
            "shippingMethod": Field(),
            "trackingNumber": Field(required=True, shortest=1),
            "shipDate": Field(required=True),
            "orderItems": Field(
                "list",
                required=True,
                shortest=1,
                entry=Field(
                    "object",
                    fields={"orderItemId": Field(required=True), "quantity": Field("integer", required=True, least=1)},
                ),
            ),
        },
    ),
}


def new_order(market: PracticeMarketplace, row: Json, quantity: int, buyer: Json) -> Json:
    """An order of so many of one listing, in the form that the API shows."""
    number, now = market.new_number("order", 1_000_000), market.now()
    amount = price_of(row, now) or 0.0
    status = "PENDING" if market.settings().orders_pending else "UNSHIPPED"
    address = {
        "name": buyer.get("name", "Pat Practice"),
        "addressLine1": "1 Example Street",
        "city": "Seattle",
        "stateOrRegion": "WA",
        "postalCode": "98101",
        "countryCode": SHOPS[row["marketplace"]].country,
    }
    order: Json = {
        "orderId": f"902-{number:07d}-{number:07d}",
        "createdTime": stamp(now),
        "lastUpdatedTime": stamp(now),
        "salesChannel": {
            "channelName": "AMAZON",
            "marketplaceId": row["marketplace"],
            "marketplaceName": SHOPS[row["marketplace"]].name,
        },
        "buyer": {"buyerName": address["name"], "buyerEmail": "buyer@marketplace.example"},
        "recipient": {"deliveryAddress": address},
        "proceeds": {"grandTotal": money(row, amount * quantity)},
        "fulfillment": {
            "fulfillmentStatus": status,
            "fulfilledBy": "MERCHANT",
            "fulfillmentServiceLevel": "STANDARD",
            "shipByWindow": {"earliestDateTime": stamp(now), "latestDateTime": stamp(now + 2 * 24 * 3600)},
        },
        "orderItems": [
            {
                "orderItemId": f"{number:014d}",
                "quantityOrdered": quantity,
                "product": {
                    "asin": row["asin"],
                    "title": text_of(row, "item_name"),
                    "sellerSku": row["sku"],
                    "price": {"unitPrice": money(row, amount)},
                },
                "fulfillment": {"quantityFulfilled": 0, "quantityUnfulfilled": quantity},
            }
        ],
        "packages": [],
    }
    market.state.put(_TABLE, order["orderId"], {"order": order, "at": now, "changed_at": now})
    return order


def left_after(row: Json, quantity: int) -> list[Json]:
    """The listing's stock after a sale. ValueError when there is not enough."""
    if stock_of(row) < quantity:
        raise ValueError("too few are left")
    entries = [dict(one) for one in row["attributes"]["fulfillment_availability"]]
    for entry in entries:
        taken = min(quantity, int(entry.get("quantity") or 0))
        entry["quantity"] = int(entry.get("quantity") or 0) - taken
        quantity -= taken
    return entries


@routes.get(_PATH)
async def search_orders(request: web.Request) -> web.Response:
    """Orders created or changed since a time, page by page."""
    market = practice_of(request, PracticeMarketplace)
    wanted = _wanted(market, request)
    query, settings = request.query, market.settings()
    if ("createdAfter" in query) == ("lastUpdatedAfter" in query):
        raise refuse(400, "Exactly one of 'createdAfter' and 'lastUpdatedAfter' must be provided.")
    field, name = ("at", "createdAfter") if "createdAfter" in query else ("changed_at", "lastUpdatedAfter")
    since, until = _moment(query[name], name), market.now() - settings.order_lag_s
    size = query.get("maxResultsPerPage", "100")
    if not size.isdecimal() or not 1 <= int(size) <= 100 or set(listed(request, "fulfillmentStatuses")) - _STATUSES:
        raise refuse(400)
    rows = [row for row in market.state.table(_TABLE).values() if since <= row[field] <= until]
    places, statuses = listed(request, "marketplaceIds"), listed(request, "fulfillmentStatuses")
    orders = [
        row["order"]
        for row in sorted(rows, key=lambda row: row[field])
        if (not places or row["order"]["salesChannel"]["marketplaceId"] in places)
        and (not statuses or row["order"]["fulfillment"]["fulfillmentStatus"] in statuses)
    ]
    start = _start(market, query.get("paginationToken", ""))
    page = orders[start : start + int(size)]
    body: Json = {"orders": [_show(order, wanted) for order in page]}
    if start + len(page) < len(orders):
        body["pagination"] = {"nextToken": f"{start + len(page)}-{int(market.now())}"}
    body["lastUpdatedBefore" if field == "changed_at" else "createdBefore"] = stamp(until)
    return market.answer(body)


@routes.get(_PATH + "/{order}")
async def get_order(request: web.Request) -> web.Response:
    """One order."""
    market = practice_of(request, PracticeMarketplace)
    wanted = _wanted(market, request)
    return market.answer({"order": _show(_order(market, request.match_info["order"])["order"], wanted)})


@routes.post("/orders/v0/orders/{order}/shipmentConfirmation")
async def confirm_shipment(request: web.Request) -> web.Response:
    """Takes a package, or a correction of one that is known."""
    market = practice_of(request, PracticeMarketplace)
    check_caller(market, request, role="orders")
    row = _order(market, request.match_info["order"])
    body = await read_object(request)
    wrong = check_fields(body, _SHIPMENT)
    if wrong:
        raise refuse(400, f"Invalid value for '{wrong[0].path}' ({wrong[0].code}).")
    order, package = row["order"], body["packageDetail"]
    shipped_at = _moment(package["shipDate"], "shipDate")
    if package["carrierCode"] == "Other" and not package.get("carrierName"):
        raise refuse(400, "carrierName is required when carrierCode is Other.")
    if not row["at"] - 1 <= shipped_at <= market.now() + 1:
        raise refuse(400, "shipDate must not be in the future nor before the order.")
    status = order["fulfillment"]["fulfillmentStatus"]
    if status in ("PENDING", "PENDING_AVAILABILITY", "CANCELLED"):
        raise refuse(400, f"Order is {status}.")
    packages = [one for one in order["packages"] if one["packageReferenceId"] != package["packageReferenceId"]]
    if status == "SHIPPED" and len(packages) == len(order["packages"]):
        raise refuse(400, "Package to update not found.", code="PackageToUpdateNotFound")
    packages.append(_package(package))
    changed = _with_packages(order, packages)
    changed["lastUpdatedTime"] = stamp(market.now())
    market.state.put(_TABLE, order["orderId"], {**row, "order": changed, "changed_at": market.now()})
    return web.Response(status=204)


def _package(detail: Json) -> Json:
    items = [{"orderItemId": one["orderItemId"], "quantity": one["quantity"]} for one in detail["orderItems"]]
    carrier = detail["carrierName"] if detail["carrierCode"] == "Other" else detail["carrierCode"]
    return {
        "packageReferenceId": detail["packageReferenceId"],
        "packageStatus": {"status": "SHIPPED"},
        "carrier": carrier,
        "shipTime": detail["shipDate"],
        "trackingNumber": detail["trackingNumber"],
        "packageItems": items,
    }


def _with_packages(order: Json, packages: list[Json]) -> Json:
    """The order with what its packages have shipped. Refuses 400 for more than was ordered."""
    rows, left = [], 0
    known = {row["orderItemId"] for row in order["orderItems"]}
    sent: Iterable[Any] = [one for package in packages for one in package["packageItems"]]
    if any(one["orderItemId"] not in known for one in sent):
        raise refuse(400, "orderItemId does not belong to the order.")
    for row in order["orderItems"]:
        count = sum(one["quantity"] for one in sent if one["orderItemId"] == row["orderItemId"])
        if count > row["quantityOrdered"]:
            raise refuse(400, "The quantity exceeds what is left to ship.")
        left += row["quantityOrdered"] - count
        rows.append(
            {**row, "fulfillment": {"quantityFulfilled": count, "quantityUnfulfilled": row["quantityOrdered"] - count}}
        )
    status = "PARTIALLY_SHIPPED" if left else "SHIPPED"
    fulfillment = {**order["fulfillment"], "fulfillmentStatus": status}
    return {**order, "orderItems": rows, "packages": packages, "fulfillment": fulfillment}


def _show(order: Json, wanted: set[str]) -> Json:
    """The data sets that were asked for; an order that is not paid tells no address."""
    hidden = {"BUYER": "buyer", "RECIPIENT": "recipient", "PROCEEDS": "proceeds", "PACKAGES": "packages"}
    hidden["FULFILLMENT"] = "fulfillment"
    gone = {field for name, field in hidden.items() if name not in wanted}
    if order["fulfillment"]["fulfillmentStatus"] == "PENDING":
        gone.add("recipient")
    return {name: value for name, value in order.items() if name not in gone}


def _wanted(market: PracticeMarketplace, request: web.Request) -> set[str]:
    check_caller(market, request, role="orders")
    wanted = set(listed(request, "includedData"))
    if wanted - _DATA:
        raise refuse(400, "Invalid 'includedData' provided.")
    if "addresses" in market.settings().missing_roles and wanted & {"BUYER", "RECIPIENT"}:
        raise refuse(403)
    return wanted


def _order(market: PracticeMarketplace, order_id: str) -> Json:
    row: Json | None = market.state.table(_TABLE).get(order_id)
    if row is None:
        raise refuse(404, "The requested order does not exist.")
    return row


def _moment(text: Any, name: str) -> float:
    try:
        return datetime.fromisoformat(str(text)).timestamp()
    except ValueError:
        raise refuse(400, f"Invalid '{name}' provided.") from None


def _start(market: PracticeMarketplace, token: str) -> int:
    """Where a page begins. Refuses 400 for a token that is too old."""
    if not token:
        return 0
    start, _, made = token.partition("-")
    if not (start.isdecimal() and made.isdecimal()) or int(made) + market.settings().page_life_s < market.now():
        raise refuse(400, "Invalid 'paginationToken' provided.")
    return int(start)
