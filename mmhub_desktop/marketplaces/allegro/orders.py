"""Orders on Allegro: found by its journal of events, read as checkout forms, and told of parcels.

The journal keeps 60 days and is the better cursor: a checkout form's ``updatedAt`` does not move for every change.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from mmhub_desktop.domain.order import Address, Order, OrderLine, OrdersPage, OrderState, Parcel, Shipment
from mmhub_desktop.errors import Finding, OutcomeUnknown, Rejected, Unavailable, UnexpectedReply
from mmhub_desktop.marketplaces.allegro.commands import call
from mmhub_desktop.marketplaces.allegro.problems import LABEL
from mmhub_desktop.marketplaces.allegro.reading import read_money
from mmhub_desktop.marketplaces.api import Api

_PAGE = 100
_EVENTS = 100
_WAYBILL_MAX, _CARRIER_MAX = 64, 30
_FORMS = "/order/checkout-forms"
_STATES = {
    "SENT": OrderState.SHIPPED, "READY_FOR_PICKUP": OrderState.SHIPPED, "PICKED_UP": OrderState.DELIVERED,
    "CANCELLED": OrderState.CANCELLED, "RETURNED": OrderState.RETURNED, "SUSPENDED": OrderState.PENDING,
}  # fmt: skip
_FINISHED = frozenset({"SENT", "READY_FOR_PICKUP", "PICKED_UP"})


async def list_orders(api: Api, since: datetime, cursor: str) -> OrdersPage:
    """At first the list since then, with the journal's newest event noted before; later what the journal tells."""
    kind, _, rest = cursor.partition(":")
    if kind == "events":
        page = await _from_journal(api, rest)
        if page is not None:
            return page
        kind, rest = "", ""  # the journal no longer knows that event: begin anew
    offset_text, _, event = rest.partition(":")
    offset = int(offset_text) if kind == "list" and offset_text.isdigit() else 0
    if not offset and kind != "list":
        latest = (await api.call("GET", "/order/event-stats")).fields.get("latestEvent")
        event = str(latest.get("id") or "") if isinstance(latest, Mapping) else ""
    params = {
        "updatedAt.gte": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "sort": "updatedAt",
        "limit": _PAGE,
        "offset": offset,
    }
    rows = (await api.call("GET", _FORMS, params=params)).fields.get("checkoutForms")
    if not isinstance(rows, list):
        raise UnexpectedReply(f"{LABEL} gave no list of orders.")
    orders = tuple([await _with_parcels(api, row) for row in rows if isinstance(row, Mapping) and row.get("id")])
    more = len(rows) >= _PAGE
    return OrdersPage(orders, f"list:{offset + len(rows)}:{event}" if more else f"events:{event}", more)


async def _from_journal(api: Api, event: str) -> OrdersPage | None:
    params: dict[str, str | int] = {"limit": _EVENTS, **({"from": event} if event else {})}
    reply = await api.call("GET", "/order/events", params=params, accept=(400, 404, 422))
    events = reply.fields.get("events")
    if reply.status != 200 or not isinstance(events, list):
        return None
    forms: dict[str, None] = {}
    for one in events:
        order = one.get("order") if isinstance(one, Mapping) else None
        form = order.get("checkoutForm") if isinstance(order, Mapping) else None
        if isinstance(form, Mapping) and form.get("id"):
            forms[str(form["id"])] = None
        event = str(one.get("id") or event) if isinstance(one, Mapping) else event
    orders = []
    for form_id in forms:
        found = await api.call("GET", f"{_FORMS}/{form_id}", accept=(404,))
        if found.status == 200 and found.fields.get("id"):
            orders.append(await _with_parcels(api, found.fields))
    return OrdersPage(tuple(orders), f"events:{event}", len(events) >= _EVENTS)


async def read_order(api: Api, order_id: str) -> Order:
    """One order with its parcels."""
    return await _with_parcels(api, await _form(api, order_id))


async def _form(api: Api, order_id: str) -> Mapping[str, Any]:
    form = (await api.call("GET", f"{_FORMS}/{order_id}")).fields
    if not form.get("id"):
        raise UnexpectedReply(f"{LABEL} did not show the order.", original=f"fields: {sorted(form)}")
    return form


async def _with_parcels(api: Api, form: Mapping[str, Any]) -> Order:
    """Asks for the parcels only where the order says that there are some."""
    sent = _part(_part(form, "fulfillment"), "shipmentSummary").get("lineItemsSent")
    return order_of(form, () if sent in (None, "NONE") else await _parcels(api, str(form["id"])))


async def _parcels(api: Api, order_id: str) -> tuple[Parcel, ...]:
    rows = (await api.call("GET", f"{_FORMS}/{order_id}/shipments")).fields.get("shipments")
    return tuple(_parcel(row) for row in (rows if isinstance(rows, list) else ()) if isinstance(row, Mapping))


def _parcel(row: Mapping[str, Any]) -> Parcel:
    lines = tuple(str(one["id"]) for one in row.get("lineItems") or () if isinstance(one, Mapping) and one.get("id"))
    carrier = str(row.get("carrierName") or row.get("carrierId") or "")
    return Parcel(carrier, str(row.get("waybill") or ""), _time(row.get("createdAt")), lines)


def order_of(form: Mapping[str, Any], parcels: tuple[Parcel, ...] = ()) -> Order:
    """A checkout form as an order."""
    lines = [line for line in form.get("lineItems") or () if isinstance(line, Mapping)]
    bought = [moment for line in lines if (moment := _time(line.get("boughtAt"))) is not None]
    updated = _time(form.get("updatedAt")) or max(bought, default=datetime.fromtimestamp(0, UTC))
    sent = {line for parcel in parcels for line in parcel.line_ids}
    whole = any(not parcel.line_ids for parcel in parcels)
    buyer = _part(form, "buyer")
    return Order(
        remote_id=str(form.get("id") or ""),
        state=_state(form),
        placed_at=min(bought, default=updated),
        updated_at=updated,
        lines=tuple(_line(line, shipped=whole or str(line.get("id")) in sent) for line in lines),
        total=read_money(_part(form, "summary").get("totalToPay")),
        buyer=str(buyer.get("login") or " ".join(_words(buyer, "firstName", "lastName"))),
        address=_address(_part(form, "delivery")),
        ship_by=_time(_part(_part(_part(form, "delivery"), "time"), "dispatch").get("to")),
        parcels=parcels,
        raw=dict(form),
    )


def _line(line: Mapping[str, Any], *, shipped: bool) -> OrderLine:
    offer = _part(line, "offer")
    count = line.get("quantity")
    quantity = int(count) if isinstance(count, (int, float)) else 0
    return OrderLine(
        remote_id=str(line.get("id") or ""),
        sku=str(_part(offer, "external").get("id") or ""),
        title=str(offer.get("name") or ""),
        quantity=quantity,
        price=read_money(line.get("price")),
        listing_id=str(offer.get("id") or ""),
        shipped=quantity if shipped else 0,
    )


def _state(form: Mapping[str, Any]) -> OrderState:
    status = str(form.get("status") or "")
    if status == "CANCELLED":
        return OrderState.CANCELLED
    if status != "READY_FOR_PROCESSING":
        return OrderState.PENDING  # only these may be shipped
    fulfillment = _part(form, "fulfillment")
    known = _STATES.get(str(fulfillment.get("status") or ""))
    if known is not None:
        return known
    sent = _part(fulfillment, "shipmentSummary").get("lineItemsSent")
    return {"ALL": OrderState.SHIPPED, "SOME": OrderState.PARTLY_SHIPPED}.get(str(sent), OrderState.OPEN)


def _address(delivery: Mapping[str, Any]) -> Address:
    to, point = _part(delivery, "address"), _part(delivery, "pickupPoint")
    names = [*_words(to, "firstName", "lastName"), *(f"({one})" for one in _words(to, "companyName"))]
    at_point = ", ".join(_words(point, "name", "id"))
    return Address(
        name=" ".join(names),
        lines=tuple(line for line in (str(to.get("street") or ""), at_point) if line),
        city=str(to.get("city") or ""),
        postcode=str(to.get("zipCode") or ""),
        country=str(to.get("countryCode") or ""),
        phone=str(to.get("phoneNumber") or ""),
    )


async def confirm_shipment(api: Api, order_id: str, shipment: Shipment, *, mark_sent: bool) -> Order:
    """Tell of a parcel, unless its number is there for these lines already; then mark the order as sent if it is."""
    form = await _form(api, order_id)
    state = _state(form)
    if state in (OrderState.PENDING, OrderState.CANCELLED, OrderState.RETURNED):
        message = f"{LABEL} does not let this order be shipped: it is {state.value}."
        finding = Finding("allegro.order_state", "", message, "Wait until it is paid, or leave it.")
        raise Rejected(message, findings=(finding,), hint=finding.fix)
    known = await _parcels(api, order_id)
    lines = [line_id for line_id, quantity in shipment.lines if quantity > 0]
    if not _is_known(known, shipment.tracking, lines or _all_lines(form)):
        await _add_parcel(api, order_id, shipment, lines)
    form = await _form(api, order_id)
    fulfillment = _part(form, "fulfillment")
    sent = _part(fulfillment, "shipmentSummary").get("lineItemsSent")
    if mark_sent and sent == "ALL" and str(fulfillment.get("status") or "") not in _FINISHED:
        await _mark_sent(api, order_id, str(form.get("revision") or ""))
    return await read_order(api, order_id)


def _is_known(parcels: Iterable[Parcel], tracking: str, lines: Iterable[str]) -> bool:
    wanted = _plain(tracking)
    covered: set[str] = set()
    for parcel in parcels:
        if _plain(parcel.tracking) == wanted:
            if not parcel.line_ids:
                return True
            covered.update(parcel.line_ids)
    return bool(covered) and set(lines) <= covered


async def _add_parcel(api: Api, order_id: str, shipment: Shipment, lines: list[str]) -> None:
    tracking = shipment.tracking.strip()
    if not tracking or len(tracking) > _WAYBILL_MAX:
        raise _refusal(f"The parcel number must have 1 to {_WAYBILL_MAX} characters.", "Correct it.", tracking)
    body: dict[str, Any] = {"waybill": tracking, **await _carrier(api, shipment.carrier)}
    if lines:
        body["lineItems"] = [{"id": line} for line in lines]
    request = call("POST", f"{_FORMS}/{order_id}/shipments", body)
    reply = await api.submit(request, once=True, accept=(409,))
    if reply.status == 409 and not any(
        _plain(parcel.tracking) == _plain(tracking) for parcel in await _parcels(api, order_id)
    ):
        message = f"{LABEL} says that this parcel number is used for other orders too often."
        raise _refusal(message, "Check the parcel number.", tracking)
    if reply.status not in (201, 409):
        raise OutcomeUnknown(f"{LABEL} did not say whether it took the parcel.", original=f"status {reply.status}")


async def _carrier(api: Api, name: str) -> dict[str, str]:
    """Allegro's own carrier of that id or name, else “other” with the name."""
    rows = (await api.call("GET", "/order/carriers")).fields.get("carriers")
    wanted = _plain(name)
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, Mapping) and row.get("id") and wanted in (_plain(row["id"]), _plain(row.get("name"))):
            return {"carrierId": str(row["id"])}
    if not name.strip() or len(name.strip()) > _CARRIER_MAX:
        message = f"{LABEL} takes names of carriers of up to {_CARRIER_MAX} characters."
        raise _refusal(message, "Shorten the carrier's name.", name)
    return {"carrierId": "OTHER", "carrierName": name.strip()}


async def _mark_sent(api: Api, order_id: str, revision: str) -> None:
    """409: the order has changed meanwhile; then the whole is tried again from the look at it."""
    path = f"{_FORMS}/{order_id}/fulfillment"
    request = call("PUT", f"{path}?checkoutForm.revision={revision}" if revision else path, {"status": "SENT"})
    reply = await api.submit(request, accept=(409,))
    if reply.status == 409:
        raise Unavailable(f"The order has changed at {LABEL} meanwhile.", retry_after_s=2.0)


def _all_lines(form: Mapping[str, Any]) -> list[str]:
    return [str(line.get("id")) for line in form.get("lineItems") or () if isinstance(line, Mapping)]


def _refusal(message: str, fix: str, value: str) -> Rejected:
    return Rejected(message, findings=(Finding("allegro.shipment", "", message, fix, value),), hint=fix)


def _plain(value: Any) -> str:
    return "".join(str(value or "").split()).casefold()


def _words(part: Mapping[str, Any], *names: str) -> list[str]:
    return [str(part[name]) for name in names if part.get(name)]


def _part(whole: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = whole.get(name)
    return part if isinstance(part, Mapping) else {}


def _time(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(value)) if value else None
    except ValueError:
        return None
    if moment is None:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
