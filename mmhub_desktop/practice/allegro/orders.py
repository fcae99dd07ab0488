"""Orders: checkout forms, the journal of events, parcels and the seller's status."""

import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from aiohttp import web

from mmhub_desktop.practice.allegro.errors import error, refuse
from mmhub_desktop.practice.allegro.market import SELLER, AllegroMarket, market_of
from mmhub_desktop.practice.answers import read_object
from mmhub_desktop.practice.state import Json

routes = web.RouteTableDef()

_FORM = "/order/checkout-forms/{form}"
_CARRIERS = {"INPOST": "InPost", "UPS": "UPS", "DPD": "DPD", "DHL": "DHL", "ALLEGRO": "Allegro One", "OTHER": "Other"}
_SETTABLE = {
    "NEW", "PROCESSING", "READY_FOR_SHIPMENT", "READY_FOR_PICKUP", "SENT", "PICKED_UP", "CANCELLED", "SUSPENDED",
}  # fmt: skip
_SAME_WAYBILL = 10  # orders that may carry one parcel number


def place_order(market: AllegroMarket, offer: Json, quantity: int, buyer: Mapping[str, Any]) -> Json:
    """A buyer buys and pays: a form, and what the journal tells of it."""
    price = offer["sellingMode"]["price"]
    form_id, line_id = str(uuid.uuid4()), str(uuid.uuid4())
    total = f"{Decimal(price['amount']) * quantity:.2f}"
    line = {
        "id": line_id,
        "offer": {"id": offer["id"], "name": offer["name"], "external": offer.get("external") or {"id": ""}},
        "quantity": quantity,
        "originalPrice": price,
        "price": price,
        "boughtAt": market.stamp(),
        "selectedAdditionalServices": [],
        "vouchers": [],
    }
    address = {
        "firstName": "Jan", "lastName": "Kowalski", "street": "Prosta 2/3", "city": "Warszawa", "zipCode": "00-838",
        "countryCode": "PL", "phoneNumber": "500600700",
    }  # fmt: skip
    person = {
        "id": "55500000", "email": "buyer@practice.invalid", "login": str(buyer.get("login") or "buyer"),
        "firstName": "Jan", "lastName": "Kowalski", "guest": False,
    }  # fmt: skip
    form: Json = {
        "id": form_id,
        "buyer": person,
        "payment": {
            "id": str(uuid.uuid4()), "type": "ONLINE", "provider": "PAYU", "finishedAt": market.stamp(),
            "paidAmount": {"amount": total, "currency": price["currency"]},
        },
        "status": "READY_FOR_PROCESSING",
        "fulfillment": {"status": "NEW", "shipmentSummary": {"lineItemsSent": "NONE"}, "provider": {"id": "SELLER"}},
        "delivery": {
            "address": address,
            "method": {"id": "1fa56f79-4b6a-4821-a6f2-ca9c16d5c925", "name": "Courier"},
            "cost": {"amount": "0.00", "currency": price["currency"]},
            "time": {"dispatch": {"from": market.stamp(), "to": market.stamp(market.now() + 24 * 3600)}},
            "smart": True,
        },
        "invoice": {"required": False},
        "lineItems": [line],
        "surcharges": [],
        "marketplace": {"id": market.settings().marketplace},
        "summary": {"totalToPay": {"amount": total, "currency": price["currency"]}},
    }  # fmt: skip
    _save(market, form)
    for kind in ("BOUGHT", "FILLED_IN", "READY_FOR_PROCESSING"):
        _tell(market, form, kind)
    return {"order_id": form_id, "line_id": line_id}


def _save(market: AllegroMarket, form: Json) -> None:
    form = {**form, "updatedAt": market.stamp(), "revision": uuid.uuid4().hex[:8]}
    market.state.put("orders", form["id"], form)


def _tell(market: AllegroMarket, form: Json, kind: str) -> None:
    """A line of the journal."""
    number = str(market.new_number("event", 1_600_000_000_000))
    lines = [
        {key: line[key] for key in ("id", "offer", "quantity", "originalPrice", "price", "boughtAt")}
        for line in form["lineItems"]
    ]
    order: Json = {
        "seller": {"id": SELLER},
        "buyer": {key: form["buyer"][key] for key in ("id", "email", "login", "guest")},
        "lineItems": lines,
        "marketplace": form["marketplace"],
    }
    if kind != "BOUGHT":
        order["checkoutForm"] = {"id": form["id"], "revision": market.state.table("orders")[form["id"]]["revision"]}
    market.state.put("events", number, {"id": number, "order": order, "type": kind, "occurredAt": market.stamp()})


def cancel(market: AllegroMarket, form_id: str) -> None:
    """The buyer cancels. KeyError."""
    form = {**market.state.table("orders")[form_id], "status": "CANCELLED"}
    _save(market, form)
    _tell(market, form, "BUYER_CANCELLED")


@routes.get("/order/event-stats")
async def stats(request: web.Request) -> web.Response:
    """The newest line of the journal."""
    market = market_of(request, "orders:read")
    events = list(market.state.table("events").values())
    latest = {"latestEvent": {key: events[-1][key] for key in ("id", "occurredAt")}} if events else {}
    return market.answer(latest)


@routes.get("/order/events")
async def events(request: web.Request) -> web.Response:
    """The journal after a line."""
    market, query = market_of(request, "orders:read"), request.query
    rows = list(market.state.table("events").values())
    if "from" in query:
        known = [row["id"] for row in rows]
        if query["from"] not in known:
            raise refuse(422, error("InvalidEventId", "There is no such event", "from"))
        rows = rows[known.index(query["from"]) + 1 :]
    if "type" in query:
        rows = [row for row in rows if row["type"] in query.getall("type")]
    return market.answer({"events": rows[: int(query.get("limit", 100))]})


@routes.get("/order/checkout-forms")
async def forms(request: web.Request) -> web.Response:
    """Orders, filtered."""
    market, query = market_of(request, "orders:read"), request.query
    rows = list(market.state.table("orders").values())
    for name, place in (("status", "status"), ("marketplace.id", "marketplace")):
        if name in query:
            wanted = query[name]
            rows = [row for row in rows if row[place] == wanted or row[place] == {"id": wanted}]
    if "updatedAt.gte" in query:
        rows = [row for row in rows if row["updatedAt"] >= query["updatedAt.gte"]]
    rows.sort(key=lambda row: str(row["updatedAt"]), reverse=not query.get("sort", "-").startswith("updatedAt"))
    limit, offset = int(query.get("limit", 100)), int(query.get("offset", 0))
    if not 1 <= limit <= 100:
        raise refuse(422)
    shown = rows[offset : offset + limit]
    return market.answer({"checkoutForms": shown, "count": len(shown), "totalCount": len(rows)})


def _form(request: web.Request, market: AllegroMarket) -> Json:
    key = request.match_info["form"]
    form: Json | None = market.state.table("orders").get(key)
    if form is None:
        raise refuse(404, error("CheckoutFormNotFound", f"Order {key} not found", user="There is no such order."))
    return form


@routes.get(_FORM)
async def form(request: web.Request) -> web.Response:
    """One order."""
    market = market_of(request, "orders:read")
    return market.answer(_form(request, market))


@routes.get("/order/carriers")
async def carriers(request: web.Request) -> web.Response:
    """Who carries parcels."""
    market = market_of(request)
    return market.answer({"carriers": [{"id": key, "name": name} for key, name in _CARRIERS.items()]})


@routes.get(f"{_FORM}/shipments")
async def shipments(request: web.Request) -> web.Response:
    """The parcels of an order."""
    market = market_of(request, "orders:read")
    form = _form(request, market)
    return market.answer({"shipments": _parcels(market, form["id"])})


def _parcels(market: AllegroMarket, form_id: str) -> list[Json]:
    rows = [row for row in market.state.table("parcels").values() if row["form"] == form_id]
    return [{name: value for name, value in row.items() if name != "form"} for row in rows]


@routes.post(f"{_FORM}/shipments")
async def add_shipment(request: web.Request) -> web.Response:
    """One more parcel, also when its number is there already; 409 when too many orders carry that number."""
    market, body = market_of(request, "orders:write"), await read_object(request)
    form = _form(request, market)
    waybill, carrier = str(body.get("waybill") or ""), str(body.get("carrierId") or "")
    if not waybill or len(waybill) > 64:
        raise refuse(422, error("InvalidWaybill", "The waybill must have 1 to 64 characters", "waybill"))
    if carrier not in _CARRIERS:
        raise refuse(422, error("InvalidCarrier", f"There is no carrier {carrier}", "carrierId"))
    if (carrier == "OTHER") != bool(body.get("carrierName")):
        raise refuse(422, error("InvalidCarrierName", "carrierName goes with OTHER only", "carrierName"))
    lines = [str(line["id"]) for line in body.get("lineItems") or form["lineItems"]]
    if set(lines) - {line["id"] for line in form["lineItems"]}:
        raise refuse(422, error("InvalidLineItem", "The line is not of this order", "lineItems"))
    others = {row["form"] for row in market.state.table("parcels").values() if row["waybill"] == waybill}
    if len(others - {form["id"]}) >= _SAME_WAYBILL:
        raise refuse(409, error("WaybillUsedTooOften", "The waybill is used for too many orders", "waybill"))
    parcel_id = f"parcel-{market.new_number('parcel')}"
    parcel: Json = {
        "id": parcel_id,
        "waybill": waybill,
        "carrierId": carrier,
        "lineItems": [{"id": line} for line in lines],
        "createdAt": market.stamp(),
    }
    if body.get("carrierName"):
        parcel["carrierName"] = body["carrierName"]
    market.state.put("parcels", parcel_id, {**parcel, "form": form["id"]})
    sent = {line["id"] for row in _parcels(market, form["id"]) for line in row["lineItems"]}
    is_all = sent >= {line["id"] for line in form["lineItems"]}
    fulfillment = {**form["fulfillment"], "shipmentSummary": {"lineItemsSent": "ALL" if is_all else "SOME"}}
    if market.settings().sent_by_parcel and is_all:
        fulfillment["status"] = "SENT"
    _save(market, {**form, "fulfillment": fulfillment})
    return market.answer(parcel, 201)


@routes.put(f"{_FORM}/fulfillment")
async def fulfillment(request: web.Request) -> web.Response:
    """The seller's status. 409 for a revision that is not the newest."""
    market, body = market_of(request, "orders:write"), await read_object(request)
    form = _form(request, market)
    if request.query.get("checkoutForm.revision", form["revision"]) != form["revision"]:
        raise refuse(409, error("RevisionConflict", "The order has changed meanwhile", "checkoutForm.revision"))
    if body.get("status") not in _SETTABLE:
        raise refuse(422, error("InvalidStatus", "This status cannot be set", "status"))
    changed = {**form, "fulfillment": {**form["fulfillment"], "status": body["status"]}}
    _save(market, changed)
    _tell(market, changed, "FULFILLMENT_STATUS_CHANGED")
    return web.Response(status=204)
