"""Orders and shipments of MercadoLibre: listed by when they changed, told as shipped by the seller's own carrier.

With MercadoLibre's own shipping (ME2) there is nothing to tell: it prints the label, and its carrier's scan does the
rest.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from mmhub_desktop.domain.order import Address, Order, OrderLine, OrdersPage, OrderState, Parcel, Shipment
from mmhub_desktop.errors import Finding, Rejected, UnexpectedReply, Unsupported
from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.mercadolibre.amounts import read_money
from mmhub_desktop.marketplaces.mercadolibre.problems import LABEL

_PAGE = 50
_SHIFT = 5  # rows seen again on the next page: an order that changes meanwhile leaves a window and moves the others
_WINDOW = timedelta(days=7)  # short: an offset of about 10,000 is reported to be the last
_OVERLAP = timedelta(minutes=15)
_AGAIN = timedelta(days=30)  # looked at again where changes cannot be asked for
_UPDATED, _CREATED = "order.date_last_updated", "order.date_created"
_NEW_FORM = {"x-format-new": "true"}
_OWN_CARRIER = ("me1",)
# the service that stands for the seller's own carrier
_SERVICES = {"MLB": 11, "MLA": 154, "MLM": 231876, "MLC": 282578, "MCO": 282579, "MLU": 282604, "MPE": 361180}
_CANCELLED = frozenset({"cancelled", "invalid"})
_SHIPPED = {
    "ready_to_ship": OrderState.OPEN,
    "shipped": OrderState.SHIPPED,
    "delivered": OrderState.DELIVERED,
    "not_delivered": OrderState.RETURNED,
}


async def list_orders(api: Api, user_id: str, since: datetime, cursor: str, now: datetime) -> OrdersPage:
    """Orders that changed since then, window by window; where that filter is passed over, by when they were placed."""
    field, start, end, offset = _place(since, cursor, now)
    params = {
        "seller": user_id,
        f"{field}.from": _stamp(start),
        f"{field}.to": _stamp(end),
        "sort": "date_asc",
        "limit": _PAGE,
        "offset": offset,
    }
    reply = await api.call("GET", "/orders/search", params=params)
    rows = reply.fields.get("results")
    if not isinstance(rows, list):
        raise UnexpectedReply(f"{LABEL} gave no list of orders.", original=str(reply.body)[:300])
    rows = [row for row in rows if isinstance(row, Mapping) and row.get("id")]
    if field == _UPDATED and any(_changed(row) < start - _OVERLAP for row in rows):
        return await list_orders(api, user_id, since, json.dumps([_CREATED, _stamp(start - _AGAIN), "", 0]), now)
    orders = tuple([read_order_row(row, await _shipment(api, row)) for row in rows])
    if not _is_last(reply.fields, offset, len(rows)):
        step = max(1, len(rows) - _SHIFT)
        return OrdersPage(orders, json.dumps([field, _stamp(start), _stamp(end), offset + step]), more=True)
    if end < now:
        return OrdersPage(orders, json.dumps([field, _stamp(end - _OVERLAP), "", 0]), more=True)
    again = end - (_OVERLAP if field == _UPDATED else _AGAIN)
    return OrdersPage(orders, json.dumps([field, _stamp(min(again, now - _OVERLAP)), "", 0]))


def _is_last(body: Mapping[str, Any], offset: int, count: int) -> bool:
    """Whether a window has no more pages; by the total where it is told."""
    paging = body.get("paging")
    total = paging.get("total") if isinstance(paging, Mapping) else None
    return count == 0 or (offset + count >= total if isinstance(total, int) else count < _PAGE)


async def read_order(api: Api, remote_id: str) -> Order:
    """One order with its shipment. Rejected when it is not there."""
    row = (await api.call("GET", f"/orders/{remote_id}")).fields
    if not row.get("id"):
        raise UnexpectedReply(f"{LABEL} did not show the order.", original=str(row)[:300])
    return read_order_row(row, await _shipment(api, row))


async def confirm_shipment(api: Api, remote_id: str, parcel: Shipment, site: str) -> Order:
    """Tell that the seller's own carrier has the goods, once. Unsupported where MercadoLibre ships itself."""
    order = await read_order(api, remote_id)
    shipment = order.raw.get("shipment") or {}
    mode = _mode(shipment)
    if any(one.tracking == parcel.tracking for one in order.parcels) and order.state is not OrderState.OPEN:
        return order
    if mode not in _OWN_CARRIER:
        raise _not_told(mode)
    _check_lines(order, parcel)
    if site not in _SERVICES:
        raise Unsupported(
            f"{LABEL} names no service for own carriers in {site}.", hint="Tell it on MercadoLibre's page."
        )
    body = {
        "tracking_number": parcel.tracking,
        "tracking_url": parcel.tracking_url,
        "status": "shipped",
        "substatus": None,
        "payload": {"service_id": _SERVICES[site], "comment": parcel.carrier, "date": _stamp(parcel.shipped_at)},
    }
    await api.call("POST", f"/shipments/{shipment['id']}/seller_notifications", json=body, once=True)
    return await read_order(api, remote_id)


def read_order_row(row: Mapping[str, Any], shipment: Mapping[str, Any]) -> Order:
    """An order with its shipment, empty where it has none."""
    placed = _time(row.get("date_created"))
    currency = str(row.get("currency_id") or "")
    state = _state(row, shipment)
    buyer = row.get("buyer")
    return Order(
        remote_id=str(row["id"]),
        state=state,
        placed_at=placed,
        updated_at=max(_changed(row), placed),
        lines=tuple(_lines(row, state, currency)),
        total=read_money(row.get("total_amount"), currency),
        buyer=str(buyer.get("nickname") or "") if isinstance(buyer, Mapping) else "",
        address=_address(shipment),
        parcels=tuple(_parcels(shipment)),
        raw={**row, "shipment": dict(shipment)},
    )


async def _shipment(api: Api, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """The order's shipment in its newer form; nothing where there is none, or it may not be seen."""
    shipping = row.get("shipping")
    key = shipping.get("id") if isinstance(shipping, Mapping) else None
    if not key:
        return {}
    reply = await api.call("GET", f"/shipments/{key}", headers=_NEW_FORM, accept=(400, 403, 404))
    return {"id": key, **reply.fields} if reply.status == 200 else {"id": key}


def _place(since: datetime, cursor: str, now: datetime) -> tuple[str, datetime, datetime, int]:
    """By which date, from when, until when, and from which row."""
    field, first, last, offset = json.loads(cursor) if cursor else (_UPDATED, _stamp(since - _OVERLAP), "", 0)
    start = _time(first)
    end = _time(last) if last else min(start + _WINDOW, now + _OVERLAP)
    return str(field), start, end, int(offset)


def _state(row: Mapping[str, Any], shipment: Mapping[str, Any]) -> OrderState:
    """What is not surely to be shipped is pending: unpaid, unknown, or not released by MercadoLibre's shipping yet."""
    status = str(row.get("status") or "")
    if status in _CANCELLED:
        return OrderState.CANCELLED
    tags = {str(tag) for tag in row.get("tags") or ()}
    if status not in ("paid", "partially_refunded"):
        return OrderState.PENDING
    if not shipment:
        return OrderState.DELIVERED if "delivered" in tags else OrderState.OPEN
    told = str(shipment.get("status") or "")
    if told in _SHIPPED:
        return _SHIPPED[told]
    waits = told in ("pending", "handling") and _mode(shipment) in (*_OWN_CARRIER, "custom")
    return OrderState.OPEN if waits else OrderState.PENDING


def _lines(row: Mapping[str, Any], state: OrderState, currency: str) -> Iterator[OrderLine]:
    for one in row.get("order_items") or ():
        item = one.get("item") if isinstance(one, Mapping) else None
        if not isinstance(item, Mapping):
            continue
        quantity = one.get("quantity")
        count = quantity if isinstance(quantity, int) else 1
        variation = item.get("variation_id")
        yield OrderLine(
            remote_id=f"{item.get('id')}:{variation}" if variation else str(item.get("id") or ""),
            sku=str(item.get("seller_sku") or item.get("seller_custom_field") or ""),
            title=str(item.get("title") or ""),
            quantity=count,
            price=read_money(one.get("unit_price"), str(one.get("currency_id") or currency)),
            listing_id=str(item.get("id") or ""),
            shipped=count if state in (OrderState.SHIPPED, OrderState.DELIVERED) else 0,
            cancelled=count if state is OrderState.CANCELLED else 0,
        )


def _parcels(shipment: Mapping[str, Any]) -> Iterator[Parcel]:
    if shipment.get("tracking_number"):
        method = shipment.get("tracking_method") or _mode(shipment)
        yield Parcel(str(method or ""), str(shipment["tracking_number"]))


def _mode(shipment: Mapping[str, Any]) -> str:
    logistic = shipment.get("logistic")
    mode = logistic.get("mode") if isinstance(logistic, Mapping) else shipment.get("mode")
    return str(mode or "").casefold()


def _not_told(mode: str) -> Unsupported:
    if mode in ("", "not_specified", "custom"):
        hint = "Agree with the buyer, and mark it as delivered on MercadoLibre's page of the order."
        return Unsupported(f"{LABEL} takes no tracking number for this order.", hint=hint)
    hint = "Print its label on MercadoLibre and hand the parcel over; the carrier's scan marks it as shipped."
    return Unsupported(f"{LABEL} ships this order itself.", hint=hint)


def _check_lines(order: Order, parcel: Shipment) -> None:
    """A shipment holds the whole order."""
    told = dict(parcel.lines)
    if told and told != {line.remote_id: line.quantity for line in order.lines}:
        message = f"{LABEL} takes one parcel for the whole order."
        finding = Finding("mercadolibre.partial_shipment", "", message, "Ship everything, then tell it once.")
        raise Rejected(message, findings=(finding,), hint=finding.fix)


def _address(shipment: Mapping[str, Any]) -> Address:
    """Where it goes; in the newer form under ``destination``, in the older one under ``receiver_address``."""
    destination = shipment.get("destination")
    near = destination if isinstance(destination, Mapping) else shipment
    told = near.get("shipping_address") or near.get("receiver_address")
    if not isinstance(told, Mapping):
        return Address()

    def name_of(key: str) -> str:
        value = told.get(key)
        return str((value.get("name") or value.get("id") or "") if isinstance(value, Mapping) else value or "")

    country = told.get("country")
    code = str(country.get("id") or "") if isinstance(country, Mapping) else ""
    return Address(
        name=str(near.get("receiver_name") or told.get("receiver_name") or ""),
        lines=tuple(str(told[key]) for key in ("address_line", "comment") if told.get(key)),
        city=name_of("city"),
        region=name_of("state"),
        postcode=str(told.get("zip_code") or ""),
        country=code if len(code) == 2 else "",
        phone=str(near.get("receiver_phone") or told.get("receiver_phone") or ""),
    )


def _changed(row: Mapping[str, Any]) -> datetime:
    return _time(row.get("date_last_updated") or row.get("last_updated") or row.get("date_created"))


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def _time(value: Any) -> datetime:
    """A time with its own offset; the beginning of 1970 where there is none."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
