"""eBay's orders: listed since a time, read one by one, and told that goods are on their way."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote, unquote

from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.order import Address, Order, OrderLine, OrdersPage, OrderState, Parcel, Shipment
from mmhub_desktop.errors import Finding, Rejected, UnexpectedReply, UserMistake
from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.ebay.problems import LABEL
from mmhub_desktop.marketplaces.ebay.single import read_amount

ORDERS = "/sell/fulfillment/v1/order"
ORDER_CALLS = "order calls"  # counted by the day
_PAGE = 200
_WINDOW = timedelta(days=7)  # paging ends at 10,000 orders, so long spans are asked for a week at a time
_OVERLAP = timedelta(minutes=5)  # what changed while it was listed comes again
_OLDEST = timedelta(days=720)  # eBay shows two years
_PAID = frozenset({"PAID", "PARTIALLY_REFUNDED"})
_SHIPPABLE = frozenset({OrderState.OPEN, OrderState.PARTLY_SHIPPED})
_STATES = {
    "FULFILLED": OrderState.SHIPPED,
    "IN_PROGRESS": OrderState.PARTLY_SHIPPED,
    "NOT_STARTED": OrderState.OPEN,
}


async def list_orders(api: Api, since: datetime, cursor: str) -> OrdersPage:
    """Up to 200 orders changed since then. The cursor is ``begin|offset|newest``: window, place in it, last change."""
    now = api.connection.now()
    begin, offset, newest = _read_cursor(cursor, max(since, now - _OLDEST))
    end = begin + _WINDOW if begin + _WINDOW < now - _OVERLAP else None
    span = f"lastmodifieddate:[{_text(begin)}..{_text(end) if end else ''}]"
    reply = await api.call("GET", ORDERS, params={"filter": span, "limit": _PAGE, "offset": offset})
    rows = reply.fields.get("orders")
    if rows is not None and not isinstance(rows, list):
        raise UnexpectedReply(f"{LABEL} gave no list of orders.", original=str(reply.body)[:300])
    orders = tuple(read_order(row) for row in rows or () if isinstance(row, Mapping))
    newest = max([newest, *(order.updated_at for order in orders)])
    total = reply.fields.get("total")
    reached = offset + _PAGE
    more = bool(reply.fields.get("next")) or (isinstance(total, int) and total > reached)
    if more and rows:
        return OrdersPage(orders, f"{_text(begin)}|{reached}|{_text(newest)}", more=True)
    if end is not None:
        return OrdersPage(orders, f"{_text(end - _OVERLAP)}|0|{_text(newest)}", more=True)
    return OrdersPage(orders, f"{_text(max(begin, newest - _OVERLAP))}|0|{_text(newest)}")


async def fetch_order(api: Api, remote_id: str) -> Order:
    """One order with its parcels. Rejected when eBay does not know it."""
    path = f"{ORDERS}/{quote(remote_id, safe='')}"
    order = (await api.call("GET", path)).fields
    if order.get("orderFulfillmentStatus") == "NOT_STARTED":
        return read_order(order)
    parcels, shipped = await _parcels(api, path)
    return read_order(order, parcels, shipped)


async def confirm_shipment(api: Api, remote_id: str, shipment: Shipment) -> Order:
    """Tell eBay of a parcel unless it knows it already: it takes the same twice and lets nobody take it back."""
    path = f"{ORDERS}/{quote(remote_id, safe='')}"
    carrier, tracking = _check_parcel(shipment)
    raw = (await api.call("GET", path)).fields
    parcels, shipped = await _parcels(api, path)
    order = read_order(raw, parcels, shipped)
    lines = list(shipment.lines) or [
        (line.remote_id, line.quantity - line.shipped) for line in order.lines if line.quantity > line.shipped
    ]
    if _is_told(parcels, tracking, [line for line, _ in shipment.lines]) or not lines:
        return order
    if order.state not in _SHIPPABLE:
        fix = "Ship orders when they are paid." if order.state is OrderState.PENDING else "There is nothing to ship."
        message = f"The order is {order.state.value}; {LABEL} takes no parcel for it."
        raise Rejected(message, findings=(Finding("ebay.order_state", "", message, fix),), hint=fix)
    body: dict[str, Any] = {
        "lineItems": [{"lineItemId": line, "quantity": quantity} for line, quantity in lines],
        "shippedDate": _text(shipment.shipped_at),
    }
    if tracking:
        body |= {"shippingCarrierCode": carrier, "trackingNumber": tracking}
    await api.call("POST", f"{path}/shipping_fulfillment", json=body, once=True)
    return await fetch_order(api, remote_id)


def read_order(
    order: Mapping[str, Any], parcels: Sequence[Parcel] | None = None, shipped: Mapping[str, int] | None = None
) -> Order:
    """An order from eBay's answer; ``parcels`` None where they were not asked for, ``shipped`` pieces by line."""
    if parcels is None:
        parcels = _parcels_named(order.get("fulfillmentHrefs"))
    lines = tuple(_line(row, shipped or {}) for row in order.get("lineItems") or () if isinstance(row, Mapping))
    placed = _time(order.get("creationDate"))
    shipping = _shipping(order)
    due = [_time(_of(row, "lineItemFulfillmentInstructions").get("shipByDate")) for row in order.get("lineItems") or ()]
    return Order(
        remote_id=str(order.get("orderId") or ""),
        state=_state(order),
        placed_at=placed or datetime.fromtimestamp(0, UTC),
        updated_at=_time(order.get("lastModifiedDate")) or placed or datetime.fromtimestamp(0, UTC),
        lines=lines,
        total=read_amount(_of(order, "pricingSummary").get("total")),
        buyer=str(_of(order, "buyer").get("username") or ""),
        address=_address(shipping),
        ship_by=min((one for one in due if one is not None), default=None),
        parcels=tuple(parcels),
        raw=dict(order),
    )


def _state(order: Mapping[str, Any]) -> OrderState:
    """Anything but paid, and a cancellation that is asked for, must not be shipped."""
    cancelled = _of(order, "cancelStatus").get("cancelState")
    if cancelled == "CANCELED":
        return OrderState.CANCELLED
    progress = _STATES.get(str(order.get("orderFulfillmentStatus")), OrderState.PENDING)
    payment = order.get("orderPaymentStatus")
    if payment == "FULLY_REFUNDED":
        return OrderState.CANCELLED if progress is OrderState.OPEN else OrderState.RETURNED
    if progress is OrderState.SHIPPED:
        return progress
    return progress if payment in _PAID and cancelled in (None, "NONE_REQUESTED") else OrderState.PENDING


def _line(row: Mapping[str, Any], shipped: Mapping[str, int]) -> OrderLine:
    quantity = row.get("quantity")
    quantity = quantity if isinstance(quantity, int) and quantity > 0 else 1
    whole = read_amount(row.get("lineItemCost"))
    line_id = str(row.get("lineItemId") or "")
    done = row.get("lineItemFulfillmentStatus") == "FULFILLED"
    return OrderLine(
        remote_id=line_id,
        sku=str(row.get("sku") or ""),
        title=str(row.get("title") or ""),
        quantity=quantity,
        price=Money.of(whole.amount / Decimal(quantity), whole.currency) if whole else None,
        listing_id=str(row.get("legacyItemId") or ""),
        shipped=quantity if done else min(quantity, shipped.get(line_id, 0)),
    )


async def _parcels(api: Api, path: str) -> tuple[tuple[Parcel, ...], Mapping[str, int]]:
    """The parcels that eBay knows of, and how many pieces of each line are in them."""
    found: list[Parcel] = []
    shipped: Counter[str] = Counter()
    rows = (await api.call("GET", f"{path}/shipping_fulfillment")).fields.get("fulfillments")
    for row in rows if isinstance(rows, list) else ():
        if not isinstance(row, Mapping):
            continue
        lines = [line for line in row.get("lineItems") or () if isinstance(line, Mapping)]
        for line in lines:
            quantity = line.get("quantity")
            shipped[str(line.get("lineItemId"))] += quantity if isinstance(quantity, int) else 1
        found.append(
            Parcel(
                carrier=str(row.get("shippingCarrierCode") or ""),
                tracking=str(row.get("shipmentTrackingNumber") or ""),
                shipped_at=_time(row.get("shippedDate")),
                line_ids=tuple(str(line.get("lineItemId")) for line in lines),
            )
        )
    return tuple(found), shipped


def _parcels_named(addresses: Any) -> tuple[Parcel, ...]:
    """Parcels from their addresses, whose last part is the tracking number, or nines where there is none."""
    named = [unquote(str(one).rstrip("/").rpartition("/")[2]) for one in addresses or ()]
    return tuple(Parcel("", "" if re.fullmatch("9+", one) else one) for one in named)


def _is_told(parcels: Sequence[Parcel], tracking: str, lines: Sequence[str]) -> bool:
    """Whether eBay knows this parcel: the same tracking number, for the same lines where they are named."""
    for parcel in parcels:
        if _plain(parcel.tracking) == tracking and (tracking or lines) and set(lines) <= set(parcel.line_ids):
            return True
    return False


def _check_parcel(shipment: Shipment) -> tuple[str, str]:
    """Carrier and tracking number as eBay takes them: letters and digits, both or neither. UserMistake."""
    carrier, tracking = shipment.carrier.strip(), _plain(shipment.tracking)
    if bool(carrier) != bool(tracking) and tracking:
        raise UserMistake("The carrier is missing.", hint="eBay takes a tracking number only with its carrier.")
    if tracking and not re.fullmatch(r"[A-Za-z0-9]+", tracking):
        raise UserMistake(
            f"“{shipment.tracking}” is no tracking number that eBay takes.", hint="Use letters and digits only."
        )
    return carrier, tracking


def _plain(tracking: str) -> str:
    return re.sub(r"[\s-]", "", tracking)


def _shipping(order: Mapping[str, Any]) -> Mapping[str, Any]:
    for row in order.get("fulfillmentStartInstructions") or ():
        if found := _of(_of(row, "shippingStep"), "shipTo"):
            return found
    return {}


def _address(shipping: Mapping[str, Any]) -> Address:
    place = _of(shipping, "contactAddress")
    lines = [str(shipping.get("companyName") or ""), *(str(place.get(f"addressLine{n}") or "") for n in (1, 2))]
    return Address(
        name=str(shipping.get("fullName") or ""),
        lines=tuple(line for line in lines if line),
        city=str(place.get("city") or ""),
        region=str(place.get("stateOrProvince") or ""),
        postcode=str(place.get("postalCode") or ""),
        country=str(place.get("countryCode") or ""),
        phone=str(_of(shipping, "primaryPhone").get("phoneNumber") or ""),
    )


def _of(thing: Any, name: str) -> Mapping[str, Any]:
    found = thing.get(name) if isinstance(thing, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _read_cursor(cursor: str, since: datetime) -> tuple[datetime, int, datetime]:
    begin, _, rest = cursor.partition("|")
    offset, _, newest = rest.partition("|")
    first = _time(begin)
    if first is None or not offset.isdigit():
        return since.astimezone(UTC), 0, since.astimezone(UTC)
    return first, int(offset), _time(newest) or first


def _text(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def _time(text: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
