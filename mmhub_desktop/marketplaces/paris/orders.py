"""Sub-orders of Paris: what one seller sends to one buyer. Each item row is one unit; labels come from Paris.

Filters know the time of creation only, so that a month is read again each time for what has changed.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.order import Address, Order, OrderLine, OrdersPage, OrderState, Parcel
from mmhub_desktop.errors import Finding, Rejected
from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.paris.paging import NOTHING, Row, read_rows
from mmhub_desktop.marketplaces.paris.problems import LABEL
from mmhub_desktop.marketplaces.paris.reading import seller_sku
from mmhub_desktop.marketplaces.paris.terms import CURRENCY

_PAGE = 50
_AGAIN = timedelta(days=30)
_AHEAD = timedelta(hours=1)  # this computer's clock may be behind
_LIST, _SHIPMENTS = "/v3/sub-orders", "/v2/sub-orders"

_STATES = {
    "8": OrderState.OPEN, "14": OrderState.SHIPPED, "24": OrderState.PARTLY_SHIPPED,
    "4": OrderState.DELIVERED, "21": OrderState.DELIVERED, "18": OrderState.CANCELLED, "2": OrderState.CANCELLED,
    "22": OrderState.RETURNED, "72": OrderState.RETURNED,
    "awaiting_fullfillment": OrderState.OPEN, "ready_to_ship": OrderState.OPEN, "shipped": OrderState.SHIPPED,
    "delivered": OrderState.DELIVERED, "cancelled": OrderState.CANCELLED,
}  # fmt: skip


async def list_orders(api: Api, since: datetime, cursor: str, now: datetime) -> OrdersPage:
    """Sub-orders created since then, and those of the last thirty days again."""
    start, end, offset = _place(since, cursor, now)
    params = {"gteCreatedAtInOrigin": start, "lteCreatedAtInOrigin": end, "limit": _PAGE, "offset": offset}
    rows, _total = read_rows(await api.call("GET", _LIST, params=params, accept=NOTHING), "data")
    rows = [row for row in rows if row.get("subOrderNumber")]
    shipments = await _shipments(api, [str(row["subOrderNumber"]) for row in rows])
    orders = tuple(read_order_row(row, shipments.get(str(row["subOrderNumber"]), {})) for row in rows)
    if rows:
        return OrdersPage(orders, json.dumps([start, end, offset + len(rows)]), more=True)
    return OrdersPage((), json.dumps([stamp(now)]))


async def read_order(api: Api, remote_id: str) -> Order:
    """One sub-order. Rejected when Paris does not know it."""
    reply = await api.call("GET", _LIST, params={"subOrderNumber": remote_id}, accept=NOTHING)
    rows, _total = read_rows(reply, "data")
    row = next((row for row in rows if str(row.get("subOrderNumber")) == remote_id), None)
    if row is None:
        finding = Finding("paris.order_gone", "", f"{LABEL} does not know the order {remote_id}.")
        raise Rejected(finding.message, findings=(finding,))
    return read_order_row(row, (await _shipments(api, [remote_id])).get(remote_id, {}))


def read_order_row(row: Row, shipped: Row) -> Order:
    """A sub-order with what another call tells of its shipments."""
    placed = _time(row.get("createdAtInOrigin") or row.get("createdAt"))
    items = [item for item in row.get("items") or () if isinstance(item, Mapping)]
    state = _state(row)
    lines = tuple(_lines(items, state))
    customer = row.get("customer")
    amounts = [line.price.minor * line.quantity for line in lines if line.price is not None]
    return Order(
        remote_id=str(row.get("subOrderNumber") or ""),
        state=state,
        placed_at=placed,
        updated_at=_time(row.get("updatedAt"), placed),
        lines=lines,
        total=Money(sum(amounts), CURRENCY) if amounts else None,
        buyer=str(customer.get("name") or "") if isinstance(customer, Mapping) else "",
        address=_address(row),
        ship_by=_time(row["dispatchDate"]) if row.get("dispatchDate") else None,
        parcels=tuple(_parcels(shipped)),
        raw={**row, "shipments": list(shipped.get("shipments") or ())},
    )


async def _shipments(api: Api, numbers: Sequence[str]) -> Mapping[str, Row]:
    """Sub-order number → its row with shipments; one call with a comma list (a repeated parameter is refused)."""
    if not numbers:
        return {}
    reply = await api.call("GET", _SHIPMENTS, params={"subOrderNumber": ",".join(numbers)}, accept=NOTHING)
    rows, _total = read_rows(reply, "data")
    return {str(row.get("subOrderNumber")): row for row in rows}


def _place(since: datetime, cursor: str, now: datetime) -> tuple[str, str, int]:
    """From when, until when, and from which row."""
    kept = json.loads(cursor) if cursor else []
    if len(kept) == 3:
        return str(kept[0]), str(kept[1]), int(kept[2])
    newest = datetime.fromisoformat(str(kept[0])) if kept else since
    start = min(newest, now - _AGAIN) if kept else min(since, now)
    return stamp(start), stamp(now + _AHEAD), 0


def stamp(at: datetime) -> str:
    """A time as Paris writes it: UTC with milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _lines(items: Sequence[Row], state: OrderState) -> Iterator[OrderLine]:
    """Units grouped by SKU: each row is one."""
    groups: dict[str, list[Row]] = {}
    for item in items:
        groups.setdefault(str(item.get("sku") or seller_sku(item) or item.get("id")), []).append(item)
    for key, rows in groups.items():
        first, count = rows[0], len(rows)
        yield OrderLine(
            remote_id=key,
            sku=seller_sku(first),
            title=str(first.get("name") or ""),
            quantity=count,
            price=_money(first.get("priceAfterDiscounts")),
            listing_id=str(first.get("sku") or ""),
            shipped=count if state in (OrderState.SHIPPED, OrderState.DELIVERED) else 0,
            cancelled=count if state is OrderState.CANCELLED else 0,
        )


def _parcels(shipped: Row) -> Iterator[Parcel]:
    for one in shipped.get("shipments") or ():
        if isinstance(one, Mapping) and one.get("trackingNumber"):
            at = _time(one["dispatchDate"]) if one.get("dispatchDate") else None
            yield Parcel(str(one.get("carrier") or ""), str(one["trackingNumber"]), at)


def _state(row: Row) -> OrderState:
    """An unknown status is nothing that may be shipped, and no error."""
    status = row.get("status")
    words = [row.get("statusId"), status.get("id") if isinstance(status, Mapping) else None]
    words += [status.get("name") if isinstance(status, Mapping) else status]
    told = [str(one).casefold() for one in words if one is not None]
    return next((_STATES[one] for one in told if one in _STATES), OrderState.PENDING)


def _address(row: Row) -> Address:
    told = row.get("shippingAddress")
    if not isinstance(told, Mapping):
        return Address()
    customer = row.get("customer")
    name = customer.get("name") if isinstance(customer, Mapping) else ""
    lines = [str(told[key]) for key in ("address1", "address2", "address3") if told.get(key)]
    return Address(
        name=str(told.get("name") or name or ""),
        lines=tuple(lines),
        city=str(told.get("communeName") or told.get("city") or ""),
        region=str(told.get("regionName") or told.get("region") or ""),
        country="CL",
        phone=str(told.get("phone") or ""),
    )


def _money(value: Any) -> Money | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return Money.of(Decimal(str(value)), CURRENCY)
    except (InvalidOperation, ValueError):
        return None


def _time(value: Any, default: datetime | None = None) -> datetime:
    """A time, UTC where it names no zone; the default, else the beginning of 1970, where there is none."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return default or datetime.fromtimestamp(0, UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
