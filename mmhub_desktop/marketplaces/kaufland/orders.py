"""Kaufland's orders: one row for each piece, grouped by order; shipments told piece by piece."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.order import Address, Order, OrderLine, OrdersPage, OrderState, Parcel, Shipment
from mmhub_desktop.errors import Finding, Rejected, UnexpectedReply
from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.characters import fold
from mmhub_desktop.marketplaces.kaufland.problems import LABEL
from mmhub_desktop.marketplaces.outgoing import json_request

_PAGE = 50  # rows of one page, each order of which is read whole
_PAGES_OVERLAP = 5  # rows that come again on the next page
_OVERLAP = timedelta(minutes=10)  # what changed shortly before is asked for again

_STATES = {
    "open": OrderState.PENDING,
    "need_to_be_sent": OrderState.OPEN,
    "sent": OrderState.SHIPPED,
    "sent_and_autopaid": OrderState.SHIPPED,
    "received": OrderState.DELIVERED,
    "cancelled": OrderState.CANCELLED,
    "returned": OrderState.RETURNED,
    "returned_paid": OrderState.RETURNED,
}
_GONE = frozenset({OrderState.SHIPPED, OrderState.DELIVERED, OrderState.RETURNED})


async def list_orders(api: Api, storefront: str, since: datetime, cursor: str) -> OrdersPage:
    """Orders with a piece that changed since then, newest first: Kaufland sorts in no other way.

    The cursor is ``since|offset|newest change seen``. New changes push rows down, so pages and runs overlap.
    """
    since, offset, newest = _read_cursor(cursor, since)
    params = {
        "storefront": storefront,
        "ts_updated_from_iso": _stamp(since),
        "sort": "ts_updated:desc",
        "limit": _PAGE,
        "offset": offset,
    }
    reply = await api.call("GET", "/v2/order-units", params=params)
    rows = _rows(reply.fields)
    newest = max([newest, *(_time(row.get("ts_updated_iso")) or newest for row in rows)])
    ids = dict.fromkeys(str(row["id_order"]) for row in rows if row.get("id_order"))
    orders = tuple([await read_order(api, one) for one in ids])
    if len(rows) >= _PAGE:
        return OrdersPage(orders, f"{_stamp(since)}|{offset + _PAGE - _PAGES_OVERLAP}|{_stamp(newest)}", more=True)
    return OrdersPage(orders, f"{_stamp(max(since, newest - _OVERLAP))}|0|{_stamp(newest)}")


async def read_order(api: Api, remote_id: str) -> Order:
    """One order with all its pieces. Rejected where there is no such order."""
    reply = await api.call("GET", f"/v2/orders/{remote_id}")
    data = reply.fields.get("data")
    if not isinstance(data, Mapping):
        raise UnexpectedReply(f"{LABEL} did not show order {remote_id}.", original=str(reply.body)[:300])
    return order_of(data)


async def confirm_shipment(api: Api, remote_id: str, shipment: Shipment) -> Order:
    """Tell Kaufland, piece by piece, what was not told before. It never shows tracking numbers again.

    So a piece that is sent already counts as sent in this parcel.
    """
    order = await read_order(api, remote_id)
    wanted = {line_id for line_id, _ in shipment.lines} or {
        line.remote_id for line in order.lines if not line.cancelled and _is_shippable(order, line.remote_id)
    }
    states = _line_states(order)
    waiting = [one for one in wanted if states.get(one) is OrderState.PENDING]
    if waiting or not wanted:
        message = f"{LABEL} has not released order {remote_id} for shipping."
        fix = "Wait until its state is “to be sent”."
        raise Rejected(message, findings=(Finding("kaufland.not_released", "", message, fix),), hint=fix)
    to_send = [line.remote_id for line in order.lines if states[line.remote_id] is OrderState.OPEN]
    to_send = [one for one in to_send if one in wanted]
    if to_send:
        body = {"tracking_numbers": shipment.tracking, "carrier_code": await _carrier(api, shipment.carrier)}
        for line_id in to_send:
            await api.submit(json_request("PATCH", f"/v2/order-units/{line_id}/send", body), once=True)
        order = await read_order(api, remote_id)
    states = _line_states(order)
    sent = tuple(one for one in sorted(wanted) if states.get(one) in _GONE)
    parcel = Parcel(shipment.carrier, shipment.tracking, shipment.shipped_at, sent)
    return order_of(order.raw, (parcel,) if sent else ())


def order_of(data: Mapping[str, Any], parcels: tuple[Parcel, ...] = ()) -> Order:
    """Kaufland's order in the program's words."""
    units = [one for one in data.get("order_units") or () if isinstance(one, Mapping)]
    placed = _time(data.get("ts_created_iso")) or datetime.fromtimestamp(0, UTC)
    updated = [time for one in units if (time := _time(one.get("ts_updated_iso"))) is not None]
    expiries = [time for one in units if (time := _time(one.get("delivery_time_expires_iso"))) is not None]
    return Order(
        remote_id=str(data.get("id_order") or ""),
        state=_state([_unit_state(one) for one in units]),
        placed_at=placed,
        updated_at=max(updated, default=placed),
        lines=tuple(_line(one) for one in units),
        buyer=_buyer(data),
        address=_address(data.get("shipping_address")),
        ship_by=min(expiries, default=None),
        parcels=parcels,
        raw=dict(data),
    )


def _state(states: Sequence[OrderState]) -> OrderState:
    """An order's state from those of its pieces; cancelled pieces count only where there is nothing else."""
    left = {one for one in states if one is not OrderState.CANCELLED}
    if not left:
        return OrderState.CANCELLED if states else OrderState.PENDING
    if left & _GONE and OrderState.OPEN in left:
        return OrderState.PARTLY_SHIPPED
    for one in (OrderState.OPEN, OrderState.PENDING, OrderState.SHIPPED, OrderState.DELIVERED):
        if one in left:
            return one
    return OrderState.RETURNED


def _unit_state(unit: Mapping[str, Any]) -> OrderState:
    """A word that nobody knows yet counts as not to be shipped."""
    return _STATES.get(str(unit.get("status") or ""), OrderState.PENDING)


def _line_states(order: Order) -> dict[str, OrderState]:
    units = order.raw.get("order_units") or ()
    return {str(one.get("id_order_unit")): _unit_state(one) for one in units if isinstance(one, Mapping)}


def _is_shippable(order: Order, line_id: str) -> bool:
    """Whether a piece is to be sent, or was."""
    return _line_states(order).get(line_id) in {OrderState.OPEN, *_GONE}


def _line(unit: Mapping[str, Any]) -> OrderLine:
    state = _unit_state(unit)
    product: Mapping[str, Any] = unit["product"] if isinstance(unit.get("product"), Mapping) else {}
    price, currency = unit.get("price"), str(unit.get("currency") or "")
    return OrderLine(
        remote_id=str(unit.get("id_order_unit") or ""),
        sku=str(unit.get("id_offer") or ""),
        title=str(product.get("title") or ""),
        quantity=1,
        price=Money(price, currency) if isinstance(price, int) and currency else None,
        shipped=int(state in _GONE),
        cancelled=int(state is OrderState.CANCELLED),
    )


def _buyer(data: Mapping[str, Any]) -> str:
    buyer = data.get("buyer")
    return str(buyer.get("email") or buyer.get("id_buyer") or "") if isinstance(buyer, Mapping) else ""


def _address(told: Any) -> Address:
    if not isinstance(told, Mapping):
        return Address()

    def words(*keys: str) -> str:
        return " ".join(str(told[key]) for key in keys if told.get(key))

    lines = (words("company_name"), words("street", "house_number"), words("additional_field"))
    return Address(
        name=words("first_name", "last_name"),
        lines=tuple(line for line in lines if line),
        city=words("city"),
        postcode=words("postcode"),
        country=words("country").upper(),
        phone=words("phone"),
    )


async def _carrier(api: Api, name: str) -> str:
    """Kaufland's own code of a carrier. Rejected, naming some, for one that it does not know."""
    data = (await api.call("GET", "/v2/carriers")).fields.get("data")
    rows = data.get("carriers") if isinstance(data, Mapping) else None
    codes = [str(row["name"]) for row in rows or () if isinstance(row, Mapping) and row.get("name")]
    wanted = fold(name).replace(" ", "")
    found = next((code for code in codes if fold(code).replace(" ", "") == wanted), None)
    if found is not None:
        return found
    message, fix = f"{LABEL} does not know the carrier “{name}”.", f"Choose one, for example {', '.join(codes[:8])}."
    raise Rejected(message, findings=(Finding("kaufland.carrier", "carrier", message, fix, name),), hint=fix)


def _rows(fields: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    rows = fields.get("data")
    if not isinstance(rows, list):
        raise UnexpectedReply(f"{LABEL} gave no list of orders.", original=str(fields)[:300])
    return [row for row in rows if isinstance(row, Mapping)]


def _read_cursor(cursor: str, since: datetime) -> tuple[datetime, int, datetime]:
    match = re.fullmatch(r"([^|]+)\|(\d+)\|([^|]+)", cursor)
    kept, newest = (_time(match[1]), _time(match[3])) if match else (None, None)
    if match is None or kept is None or newest is None:
        return since, 0, since
    return kept, int(match[2]), newest


def _stamp(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _time(text: Any) -> datetime | None:
    try:
        time = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)
