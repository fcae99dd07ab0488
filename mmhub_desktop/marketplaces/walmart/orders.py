"""Walmart's orders in the program's words, and what is told about their shipment."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode

from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.order import Address, Order, OrderLine, OrdersPage, OrderState, Parcel, Shipment
from mmhub_desktop.errors import Finding, Rejected, UnexpectedReply
from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.outgoing import json_request
from mmhub_desktop.marketplaces.walmart.auth import CURRENCY
from mmhub_desktop.marketplaces.walmart.carriers import carrier_of
from mmhub_desktop.marketplaces.walmart.problems import LABEL
from mmhub_desktop.marketplaces.walmart.reading import read_money

_PAGE = 200
_OVERLAP = timedelta(minutes=10)
_OLDEST = timedelta(days=179)  # Walmart shows 180 days; asked for changes it still looks at 7 days of orders only
_SELLER_ID_MAX = 30
_METHODS = ("Standard", "Express", "OneDay", "Freight", "WhiteGlove", "Value")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where reading of orders has come to: Walmart's own cursor, and the moment from which the next reading goes."""

    next: str = ""
    since: str = ""

    @staticmethod
    def read(cursor: str) -> "_Place":
        """From a cursor; Rejected for one of something else."""
        try:
            found = json.loads(cursor)
            return _Place(str(found["next"]), str(found["since"]))
        except (ValueError, KeyError, TypeError):
            raise Rejected(f"{LABEL} cannot go on reading orders from there.", hint="Read them anew.") from None

    def write(self) -> str:
        """As a cursor."""
        return json.dumps({"next": self.next, "since": self.since})


async def list_orders(api: Api, since: datetime, cursor: str) -> OrdersPage:
    """A page of orders changed since then. 404 is Walmart's way to say that there are none."""
    place = _Place.read(cursor) if cursor else _Place()
    now = api.connection.now()
    if place.next:
        path = f"/v3/orders{place.next}"  # a whole query, sent back as it came
        until = place.since
    else:
        start = datetime.fromisoformat(place.since) if place.since else since
        query = {
            "lastModifiedStartDate": _stamp(start - _OVERLAP),
            "createdStartDate": _stamp(now - _OLDEST),
            "limit": _PAGE,
        }
        path = f"/v3/orders?{urlencode(query)}"
        until = now.astimezone(UTC).isoformat()
    reply = await api.call("GET", path, accept=(404,))
    found = reply.fields.get("list") if reply.status == 200 else {}
    found = found if isinstance(found, Mapping) else {}
    elements = found.get("elements")
    rows = elements.get("order") if isinstance(elements, Mapping) else None
    meta = found.get("meta")
    following = str(meta.get("nextCursor") or "") if isinstance(meta, Mapping) else ""
    orders = tuple(read_order(row) for row in rows or () if isinstance(row, Mapping) and row.get("purchaseOrderId"))
    more = bool(following and orders)
    return OrdersPage(orders, _Place(following if more else "", until).write(), more)


async def fetch_order(api: Api, remote_id: str) -> Order:
    """One order as it is now."""
    reply = await api.call("GET", f"/v3/orders/{quote(remote_id, safe='')}")
    return _one(reply.fields)


async def acknowledge(api: Api, remote_id: str) -> Order:
    """Tell Walmart that the order was received; wanted within four hours, harmless to repeat."""
    reply = await api.call("POST", f"/v3/orders/{quote(remote_id, safe='')}/acknowledge")
    return _one(reply.fields)


async def ship(api: Api, remote_id: str, shipment: Shipment) -> Order:
    """Tell of a parcel, unless Walmart knows it already: it takes the buyer's money with this."""
    order = await fetch_order(api, remote_id)
    wanted = dict(shipment.lines)
    known = [
        parcel
        for parcel in order.parcels
        if parcel.tracking == shipment.tracking and (not wanted or set(wanted) <= set(parcel.line_ids))
    ]
    if known:
        return order
    left = [(line, line.quantity - line.shipped - line.cancelled) for line in order.lines]
    going = [(line, min(rest, wanted.get(line.remote_id, rest))) for line, rest in left if rest > 0]
    going = [(line, count) for line, count in going if count > 0 and (not wanted or line.remote_id in wanted)]
    if not going:
        message = "Nothing of this order is left to ship."
        finding = Finding("walmart.nothing_to_ship", "", message, "Look at the order at Walmart.", remote_id)
        raise Rejected(message, findings=(finding,), hint=finding.fix)
    body = {"orderShipment": {"orderLines": {"orderLine": [_line(order, *one, shipment) for one in going]}}}
    request = json_request("POST", f"/v3/orders/{quote(remote_id, safe='')}/shipping", body)
    reply = await api.submit(request, once=True)
    return _one(reply.fields)


def read_order(raw: Mapping[str, Any]) -> Order:
    """An order as Walmart tells of it; it has no state of its own, that follows from its lines."""
    info = raw.get("shippingInfo")
    info = info if isinstance(info, Mapping) else {}
    container = raw.get("orderLines")
    rows = container.get("orderLine") if isinstance(container, Mapping) else None
    rows = [row for row in rows or () if isinstance(row, Mapping)]
    placed = _moment(raw.get("orderDate")) or datetime.fromtimestamp(0, UTC)
    changes = [moment for row in rows if (moment := _moment(row.get("statusDate")))]
    address = _address(info)
    return Order(
        remote_id=str(raw["purchaseOrderId"]),
        state=_state(rows),
        placed_at=placed,
        updated_at=max(changes, default=placed),
        lines=tuple(_read_line(row) for row in rows),
        total=_total(raw, rows),
        buyer=address.name,
        address=address,
        ship_by=_moment(info.get("estimatedShipDate")),
        acknowledged=not any(status == "Created" for row in rows for status, _, _ in _statuses(row)),
        parcels=tuple(_parcels(rows)),
        raw=dict(raw),
    )


def _one(body: Mapping[str, Any]) -> Order:
    raw = body.get("order") if isinstance(body.get("order"), Mapping) else body
    if not isinstance(raw, Mapping) or not raw.get("purchaseOrderId"):
        raise UnexpectedReply(f"{LABEL} did not show the order.", original=str(body)[:300])
    return read_order(raw)


def _line(order: Order, line: OrderLine, count: int, shipment: Shipment) -> dict[str, Any]:
    info = order.raw.get("shippingInfo")
    method = str(info.get("methodCode") or "") if isinstance(info, Mapping) else ""
    carrier = carrier_of(shipment.carrier)
    tracking: dict[str, Any] = {
        "shipDateTime": int(shipment.shipped_at.timestamp() * 1000),
        "carrierName": {"carrier": carrier} if carrier else {"otherCarrier": shipment.carrier.strip()},
        "methodCode": method if method in _METHODS else "Standard",
        "trackingNumber": shipment.tracking,
    }
    if shipment.tracking_url:
        tracking["trackingURL"] = shipment.tracking_url
    elif not carrier:
        message = f"{LABEL} does not know the carrier “{shipment.carrier}”, so it needs the parcel's tracking page."
        fix = "Enter the address where the buyer can follow the parcel, or a carrier that Walmart knows."
        finding = Finding("walmart.carrier", "tracking_url", message, fix, shipment.carrier)
        raise Rejected(message, findings=(finding,), hint=fix)
    quantity = {"unitOfMeasurement": "EACH", "amount": str(count)}
    status = {"status": "Shipped", "statusQuantity": quantity, "trackingInfo": tracking}
    return {
        "lineNumber": line.remote_id,
        "sellerOrderId": order.remote_id[:_SELLER_ID_MAX],
        "orderLineStatuses": {"orderLineStatus": [status]},
    }


def _read_line(row: Mapping[str, Any]) -> OrderLine:
    item = row.get("item")
    item = item if isinstance(item, Mapping) else {}
    quantity = _count(row.get("orderLineQuantity"))
    done = {"Shipped": 0, "Delivered": 0, "Cancelled": 0}
    for status, count, _ in _statuses(row):
        if status in done:
            done[status] += count
    return OrderLine(
        remote_id=str(row.get("lineNumber") or ""),
        sku=str(item.get("sku") or ""),
        title=str(item.get("productName") or ""),
        quantity=quantity,
        price=_piece_price(row, quantity),
        listing_id=str(item.get("sku") or ""),
        shipped=done["Shipped"] + done["Delivered"],
        cancelled=done["Cancelled"],
    )


def _piece_price(row: Mapping[str, Any], quantity: int) -> Money | None:
    """The product's charge; it is that of the whole line, which nearly always has one piece."""
    amounts = [money for kind, money, _ in _charges(row) if kind == "PRODUCT" and money is not None]
    if not amounts or len({money.currency for money in amounts}) > 1:
        return None
    total = sum(money.minor for money in amounts)
    return Money.of(Money(total, amounts[0].currency).amount / Decimal(max(1, quantity)), amounts[0].currency)


def _total(raw: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Money | None:
    summary = raw.get("orderSummary")
    told = summary.get("totalAmount") if isinstance(summary, Mapping) else None
    if isinstance(told, Mapping):
        money = read_money({"currency": told.get("currencyUnit"), "amount": told.get("currencyAmount")})
        if money is not None:
            return money
    parts = [money for row in rows for _, amount, tax in _charges(row) for money in (amount, tax) if money is not None]
    if not parts or len({money.currency for money in parts}) > 1:
        return None
    return Money(sum(money.minor for money in parts), parts[0].currency or CURRENCY)


def _charges(row: Mapping[str, Any]) -> Iterator[tuple[str, Money | None, Money | None]]:
    container = row.get("charges")
    for charge in (container.get("charge") if isinstance(container, Mapping) else None) or ():
        if isinstance(charge, Mapping):
            tax = charge.get("tax")
            tax_amount = read_money(tax.get("taxAmount")) if isinstance(tax, Mapping) else None
            yield str(charge.get("chargeType") or ""), read_money(charge.get("chargeAmount")), tax_amount


def _statuses(row: Mapping[str, Any]) -> Iterator[tuple[str, int, Mapping[str, Any]]]:
    container = row.get("orderLineStatuses")
    for one in (container.get("orderLineStatus") if isinstance(container, Mapping) else None) or ():
        if isinstance(one, Mapping):
            tracking = one.get("trackingInfo")
            yield (
                str(one.get("status") or ""),
                _count(one.get("statusQuantity")),
                tracking if isinstance(tracking, Mapping) else {},
            )


def _state(rows: Sequence[Mapping[str, Any]]) -> OrderState:
    counts: dict[str, int] = {}
    for row in rows:
        for status, count, _ in _statuses(row):
            counts[status] = counts.get(status, 0) + max(1, count)
    alive = {status: count for status, count in counts.items() if status != "Cancelled"}
    if counts and not alive:
        return OrderState.CANCELLED
    if alive and set(alive) == {"Refund"}:
        return OrderState.RETURNED
    gone = set(alive) & {"Shipped", "Delivered"}
    if not gone:
        return OrderState.OPEN
    if set(alive) - {"Shipped", "Delivered", "Refund"}:
        return OrderState.PARTLY_SHIPPED
    return OrderState.DELIVERED if gone == {"Delivered"} else OrderState.SHIPPED


def _parcels(rows: Sequence[Mapping[str, Any]]) -> Iterator[Parcel]:
    found: dict[tuple[str, str], tuple[datetime | None, list[str]]] = {}
    for row in rows:
        for _, _, tracking in _statuses(row):
            number = str(tracking.get("trackingNumber") or "")
            if not number:
                continue
            name = tracking.get("carrierName")
            name = name if isinstance(name, Mapping) else {}
            carrier = str(name.get("carrier") or name.get("otherCarrier") or "")
            entry = found.setdefault((carrier, number), (_moment(tracking.get("shipDateTime")), []))
            entry[1].append(str(row.get("lineNumber") or ""))
    for (carrier, number), (at, lines) in found.items():
        yield Parcel(carrier, number, at, tuple(dict.fromkeys(lines)))


def _address(info: Mapping[str, Any]) -> Address:
    raw = info.get("postalAddress")
    raw = raw if isinstance(raw, Mapping) else {}
    country = str(raw.get("country") or "")
    return Address(
        name=str(raw.get("name") or ""),
        lines=tuple(str(raw[key]) for key in ("address1", "address2") if raw.get(key)),
        city=str(raw.get("city") or ""),
        region=str(raw.get("state") or ""),
        postcode=str(raw.get("postalCode") or ""),
        country={"USA": "US", "CAN": "CA", "MEX": "MX"}.get(country, country),
        phone=str(info.get("phone") or ""),
    )


def _count(value: Any) -> int:
    """``{amount: "2"}``: a text that holds a number."""
    amount = value.get("amount") if isinstance(value, Mapping) else None
    try:
        return int(Decimal(str(amount)))
    except (ArithmeticError, ValueError):
        return 0


def _moment(value: Any) -> datetime | None:
    """Milliseconds since 1970, or ISO 8601: the documents have both for the same field."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)) or not value:
        return None
    try:
        if isinstance(value, str) and not value.isdigit():
            moment = datetime.fromisoformat(value)
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        return datetime.fromtimestamp(int(value) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
