"""Amazon's orders (version 2026-01-01) read into the program's words, and what is told of a parcel."""

import json
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from mmhub_desktop.domain.order import Address, Order, OrderLine, OrdersPage, OrderState, Parcel, Shipment
from mmhub_desktop.errors import Finding, Rejected, UnexpectedReply
from mmhub_desktop.marketplaces.amazon.problems import LABEL
from mmhub_desktop.marketplaces.amazon.reading import read_money
from mmhub_desktop.marketplaces.api import Reply

INCLUDED = "BUYER,RECIPIENT,PROCEEDS,FULFILLMENT,PACKAGES,CANCELLATION"
WITHOUT_ADDRESS = "PROCEEDS,FULFILLMENT,PACKAGES,CANCELLATION"
_OVERLAP = timedelta(minutes=5)  # orders reach the search a little later than they change

_STATES = {
    "PENDING_AVAILABILITY": OrderState.PENDING,
    "PENDING": OrderState.PENDING,
    "UNSHIPPED": OrderState.OPEN,
    "PARTIALLY_SHIPPED": OrderState.PARTLY_SHIPPED,
    "SHIPPED": OrderState.SHIPPED,
    "CANCELLED": OrderState.CANCELLED,
    "UNFULFILLABLE": OrderState.PENDING,  # whatever it becomes, it must not be shipped
}

# what sellers call carriers → Amazon's codes; others are sent by name, as “Other”
_CARRIERS = {
    word: code
    for code, words in {
        "UPS": ("ups",), "USPS": ("usps",), "FedEx": ("fedex", "federal express"), "DHL": ("dhl", "dhl express"),
        "Royal Mail": ("royal mail",), "GLS": ("gls",), "DPD": ("dpd",), "TNT": ("tnt",), "OnTrac": ("ontrac",),
        "Canada Post": ("canada post",), "Australia Post": ("australia post",), "Parcelforce": ("parcelforce",),
        "Deutsche Post": ("deutsche post",), "Correos": ("correos",), "Chronopost": ("chronopost",),
    }.items()
    for word in words
}  # fmt: skip


def first_query(since: datetime, marketplace_id: str) -> dict[str, str]:
    """The query for what was placed or changed since then; ``cursor`` texts carry it on."""
    return {"lastUpdatedAfter": stamp(since - _OVERLAP), "marketplaceIds": marketplace_id, "fulfilledBy": "MERCHANT"}


def read_cursor(cursor: str, since: datetime, marketplace_id: str) -> dict[str, str]:
    """The query that a cursor asks for; the first one where there is no cursor or one that is not understood."""
    try:
        kept = json.loads(cursor)
        query = {str(name): str(value) for name, value in kept.items()}
    except (ValueError, AttributeError):
        query = {}
    return query if "lastUpdatedAfter" in query else first_query(since, marketplace_id)


def read_page(reply: Reply, query: Mapping[str, str]) -> OrdersPage:
    """A page of orders with the cursor of the next one, or of what is new after this."""
    rows = reply.fields.get("orders")
    if not isinstance(rows, list):
        raise UnexpectedReply(f"{LABEL} gave no list of orders.", original=str(reply.body)[:300])
    orders = tuple(read_order(row) for row in rows if isinstance(row, Mapping))
    pagination = reply.fields.get("pagination")
    token = pagination.get("nextToken") if isinstance(pagination, Mapping) else None
    kept = {name: value for name, value in query.items() if name != "paginationToken"}
    if token:
        return OrdersPage(orders, json.dumps({**kept, "paginationToken": str(token)}), more=True)
    until = read_time(reply.fields.get("lastUpdatedBefore"))
    if until is not None:
        kept["lastUpdatedAfter"] = stamp(until - _OVERLAP)
    return OrdersPage(orders, json.dumps(kept))


def read_order(row: Mapping[str, Any]) -> Order:
    """One order. UnexpectedReply when it has no id or times."""
    placed, updated = read_time(row.get("createdTime")), read_time(row.get("lastUpdatedTime"))
    order_id = str(row.get("orderId") or "")
    if not order_id or placed is None:
        raise UnexpectedReply(f"{LABEL} showed an order without id or time.", original=str(row)[:300])
    parcels = tuple(_parcel(one) for one in _rows(row.get("packages")) if _package_state(one) != "CANCELLED")
    state = _STATES.get(str(_map(row.get("fulfillment")).get("fulfillmentStatus") or ""), OrderState.PENDING)
    packages = [_package_state(one) for one in _rows(row.get("packages"))]
    if state is OrderState.SHIPPED and packages and all(one == "DELIVERED" for one in packages):
        state = OrderState.DELIVERED
    buyer = _map(row.get("buyer"))
    window = _map(_map(row.get("fulfillment")).get("shipByWindow"))
    return Order(
        remote_id=order_id,
        state=state,
        placed_at=placed,
        updated_at=updated or placed,
        lines=tuple(_line(one, state) for one in _rows(row.get("orderItems"))),
        total=read_money(_map(row.get("proceeds")).get("grandTotal")),
        buyer=str(buyer.get("buyerName") or buyer.get("buyerCompanyName") or ""),
        address=_address(_map(_map(row.get("recipient")).get("deliveryAddress"))),
        ship_by=read_time(window.get("latestDateTime")),
        parcels=parcels,
        raw=dict(row),
    )


def _line(row: Mapping[str, Any], state: OrderState) -> OrderLine:
    product, fulfillment = _map(row.get("product")), _map(row.get("fulfillment"))
    quantity = _whole(row.get("quantityOrdered"))
    is_cancelled = state is OrderState.CANCELLED or bool(_map(row.get("cancellation")).get("cancellationExecution"))
    sku = str(product.get("sellerSku") or "")
    return OrderLine(
        remote_id=str(row.get("orderItemId") or ""),
        sku=sku,
        title=str(product.get("title") or ""),
        quantity=quantity,
        price=read_money(_map(product.get("price")).get("unitPrice")),
        listing_id=sku,
        shipped=_whole(fulfillment.get("quantityFulfilled")),
        cancelled=quantity if is_cancelled else 0,
    )


def _address(row: Mapping[str, Any]) -> Address:
    """Where it goes; parts that only some countries have (a neighbourhood) become lines where no line says them."""
    names = ("companyName", "addressLine1", "addressLine2", "addressLine3", "districtOrCounty")
    lines = [str(row[name]) for name in names if row.get(name)]
    for part in _map(row.get("extendedFields")).values():
        if part and not any(str(part) in line for line in lines):
            lines.append(str(part))
    return Address(
        name=str(row.get("name") or ""),
        lines=tuple(lines),
        city=str(row.get("city") or row.get("municipality") or ""),
        region=str(row.get("stateOrRegion") or ""),
        postcode=str(row.get("postalCode") or ""),
        country=str(row.get("countryCode") or ""),
        phone=str(row.get("phone") or ""),
    )


def _parcel(row: Mapping[str, Any]) -> Parcel:
    return Parcel(
        carrier=str(row.get("carrier") or ""),
        tracking=str(row.get("trackingNumber") or ""),
        shipped_at=read_time(row.get("shipTime")),
        line_ids=tuple(str(one.get("orderItemId")) for one in _rows(row.get("packageItems"))),
    )


def _package_state(row: Mapping[str, Any]) -> str:
    return str(_map(row.get("packageStatus")).get("status") or "")


def is_told(order: Order, shipment: Shipment) -> bool:
    """Whether Amazon knows this tracking number already for all the lines that are meant."""
    meant = {line_id for line_id, _ in shipment.lines}
    told = [parcel for parcel in order.parcels if parcel.tracking == shipment.tracking.strip()]
    return any(not parcel.line_ids or meant <= set(parcel.line_ids) for parcel in told)


def shipment_body(order: Order, shipment: Shipment, marketplace_id: str, now: datetime) -> dict[str, Any]:
    """What is sent about a parcel. Rejected where Amazon would refuse it for sure.

    The package's reference is made from its tracking number: the same parcel told again corrects itself, another one
    never takes its place.
    """
    tracking, carrier = shipment.tracking.strip(), shipment.carrier.strip()
    lines = shipment.lines or tuple(
        (line.remote_id, line.quantity - line.shipped - line.cancelled) for line in order.lines
    )
    items = [{"orderItemId": line_id, "quantity": count} for line_id, count in lines if count > 0]
    found = []
    if order.state not in (OrderState.OPEN, OrderState.PARTLY_SHIPPED):
        message = f"The order is {order.state.value.replace('_', ' ')}."
        found.append(Finding("amazon.order_state", "order", message, "Only open orders can be shipped."))
    elif not items:
        found.append(Finding("amazon.order_lines", "lines", "Nothing is left to ship.", "Check the quantities."))
    if not tracking:
        found.append(Finding("amazon.tracking", "tracking", "The tracking number is missing.", "Enter it."))
    if not carrier:
        found.append(Finding("amazon.carrier", "carrier", "The carrier is missing.", "Enter its name."))
    if shipment.shipped_at > now:
        message = "The time of shipping lies in the future."
        found.append(Finding("amazon.ship_date", "shipped_at", message, "Enter when it was handed over."))
    if found:
        raise Rejected(f"{LABEL} does not take this shipment.", findings=tuple(found), hint=found[0].fix)
    code = _CARRIERS.get(carrier.casefold())
    package: dict[str, Any] = {
        "packageReferenceId": str(zlib.crc32(tracking.encode()) % 999_999 + 1),
        "carrierCode": code or "Other",
        "trackingNumber": tracking,
        "shipDate": stamp(shipment.shipped_at),
        "orderItems": items,
    }
    if code is None:
        package["carrierName"] = carrier
    place = _map(order.raw.get("salesChannel")).get("marketplaceId")
    return {"marketplaceId": str(place or marketplace_id), "packageDetail": package}


def stamp(moment: datetime) -> str:
    """A time as Amazon writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_time(value: Any) -> datetime | None:
    """A time of Amazon's, aware; None when it is none."""
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _rows(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
