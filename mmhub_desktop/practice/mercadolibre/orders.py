"""Orders and their shipments: searched by time, and told as shipped where the seller's own carrier brings them."""

import time
from datetime import datetime
from typing import Any

from aiohttp import web

from mmhub_desktop.practice.answers import read_object
from mmhub_desktop.practice.mercadolibre.errors import refuse
from mmhub_desktop.practice.mercadolibre.market import Market, sku_of
from mmhub_desktop.practice.mercadolibre.sites import SITES, Seller
from mmhub_desktop.practice.mercadolibre.views import live_status
from mmhub_desktop.practice.mercadolibre.web import answer, caller, market_of, not_found, whole_number
from mmhub_desktop.practice.state import Json

SERVICES = {"MLB": 11, "MLA": 154, "MLM": 231876, "MLC": 282578, "MCO": 282579, "MLU": 282604, "MPE": 361180}
_LAST_OFFSET = 10_000
_HOURS_BEHIND = 4

routes = web.RouteTableDef()


def place_order(market: Market, item: Json, quantity: int, buyer: Json) -> Json:
    """A paid order of one item, or of its first variation that has so many, with its shipment. ValueError."""
    if live_status(market, item)[0] != "active" or item["available_quantity"] < quantity:
        raise ValueError("this item is not for sale in that quantity")
    left = item["available_quantity"] - quantity
    changed = {**item, "available_quantity": left, "sold_quantity": item["sold_quantity"] + quantity}
    variation = _sell_variation(changed, quantity)
    if not left:
        changed |= {"status": "paused", "sub_status": ["out_of_stock"]}
    market.save_item(changed)
    order = {
        "id": market.new_number("order", 2_000_000_000),
        "item_id": item["id"],
        "variation_id": variation.get("id"),
        "seller_sku": _variation_sku(variation) or sku_of(item),
        "title": item["title"],
        "quantity": quantity,
        "unit_price": variation.get("price", item["price"]),
        "currency_id": item["currency_id"],
        "seller_id": item["seller_id"],
        "site_id": item["site_id"],
        "buyer": buyer,
        "status": "paid",
        "created_at": market.now(),
        "changed_at": market.now(),
        "shipment_id": None,
    }
    mode = market.faults.settings.shipping_mode
    if mode != "not_specified":
        order["shipment_id"] = market.new_number("shipment", 40_000_000_000)
        shipment = {"id": order["shipment_id"], "order_id": order["id"], "mode": mode, "status": "ready_to_ship"}
        market.state.put("shipments", str(shipment["id"]), {**shipment, "tracking_number": None, "tracking_url": None})
    market.state.put("orders", str(order["id"]), order)
    return order


def _sell_variation(item: Json, quantity: int) -> Json:
    """The variation that is sold, with less of it in the item; nothing where the item has none."""
    for number, row in enumerate(item["variations"]):
        if row["available_quantity"] >= quantity:
            less = {**row, "available_quantity": row["available_quantity"] - quantity}
            item["variations"] = [*item["variations"][:number], less, *item["variations"][number + 1 :]]
            return less
    if item["variations"]:
        raise ValueError("no variation of this item is for sale in that quantity")
    return {}


def _variation_sku(variation: Json) -> str:
    return next((str(one["value_name"]) for one in variation.get("attributes", ()) if one["id"] == "SELLER_SKU"), "")


def _written(at: float) -> str:
    """A time as orders carry it: with an offset."""
    local = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at - _HOURS_BEHIND * 3600))
    return f"{local}.{int(at * 1000) % 1000:03d}-04:00"


@routes.get("/orders/search")
async def search(request: web.Request) -> web.Response:
    """A seller's orders by time; filters that do not exist are passed over without a word."""
    seller, market = caller(request), market_of(request)
    if request.query.get("seller") != str(seller.id):
        raise refuse(403, "forbidden", "The caller is not authorized to access this resource")
    limit = whole_number(request, "limit", 50, 1, 50)
    offset = whole_number(request, "offset", 0, 0, _LAST_OFFSET)
    rows = [one for one in market.state.table("orders").values() if one["seller_id"] == seller.id]
    fields = {"order.date_created": "created_at"}
    if market.faults.settings.updated_filter:
        fields["order.date_last_updated"] = "changed_at"
    for name, field in fields.items():
        first, last = _moment(request, f"{name}.from"), _moment(request, f"{name}.to")
        rows = [one for one in rows if (first is None or one[field] >= first) and (last is None or one[field] <= last)]
    if status := request.query.get("order.status"):
        rows = [one for one in rows if one["status"] == status]
    rows.sort(key=lambda one: float(one["created_at"]), reverse=request.query.get("sort") != "date_asc")
    some = [_view(market, one) for one in rows[offset : offset + limit]]
    paging = {"total": len(rows), "offset": offset, "limit": limit}
    return answer(
        {"query": "", "results": some, "paging": paging, "sort": {"id": request.query.get("sort", "date_desc")}}
    )


@routes.get("/orders/{order}")
async def read(request: web.Request) -> web.Response:
    """One order."""
    return answer(_view(market_of(request), _own_order(request)))


@routes.get("/orders/{order}/shipments")
async def shipment_of_order(request: web.Request) -> web.Response:
    """The order's shipment."""
    order = _own_order(request)
    shipment = market_of(request).state.table("shipments").get(str(order["shipment_id"]))
    if shipment is None:
        raise not_found("Shipment of order", str(order["id"]))
    return answer(_view_shipment(market_of(request), shipment))


@routes.get("/shipments/{shipment}")
async def read_shipment(request: web.Request) -> web.Response:
    """One shipment, in its newer form when the header asks for it."""
    shipment, _seller = _own_shipment(request)
    view = _view_shipment(market_of(request), shipment)
    if request.headers.get("x-format-new") != "true":
        view = {name: value for name, value in view.items() if name not in ("logistic", "destination")}
    return answer(view)


@routes.post("/shipments/{shipment}/seller_notifications")
async def notify(request: web.Request) -> web.Response:
    """The seller's own carrier has it; other shipments are the marketplace's business."""
    shipment, seller = _own_shipment(request)
    market, body = market_of(request), await read_object(request)
    if shipment["mode"] != "me1":
        raise refuse(400, "bad_request", f"Shipment mode {shipment['mode']} does not accept seller notifications")
    payload = body.get("payload")
    if not isinstance(payload, dict) or payload.get("service_id") != SERVICES[seller.site.id]:
        raise refuse(400, "bad_request", "payload.service_id is not valid for this site")
    if body.get("status") not in ("shipped", "delivered", "not_delivered"):
        raise refuse(400, "bad_request", "Invalid status")
    if shipment["status"] in ("delivered", "not_delivered"):
        raise refuse(400, "bad_request", f"Shipment is already {shipment['status']}")
    if body["status"] == "shipped" and not body.get("tracking_number"):
        raise refuse(400, "bad_request", "tracking_number is required")
    told = {name: body[name] for name in ("status", "tracking_number", "tracking_url") if body.get(name)}
    notified = [*shipment.get("notified", ()), body]
    market.state.put("shipments", str(shipment["id"]), {**shipment, **told, "notified": notified})
    order = market.state.table("orders")[str(shipment["order_id"])]
    market.state.put("orders", str(order["id"]), {**order, "changed_at": market.now()})
    return answer({"status": "OK"}, 201)


@routes.get("/shipment_labels")
async def labels(request: web.Request) -> web.Response:
    """The label that the marketplace prints."""
    seller, market = caller(request), market_of(request)
    for key in request.query.get("shipment_ids", "").split(","):
        shipment = market.state.table("shipments").get(key)
        if shipment is None or market.state.table("orders")[str(shipment["order_id"])]["seller_id"] != seller.id:
            raise not_found("Shipment", key)
        if shipment["mode"] != "me2" or _status(market, shipment) != "ready_to_ship":
            raise refuse(400, "bad_request", "The shipment is not ready to print")
    return web.Response(body=b"%PDF-1.4\n%%EOF\n", content_type="application/pdf")


def _own_order(request: web.Request) -> Json:
    seller, key = caller(request), request.match_info["order"]
    order: Json | None = market_of(request).state.table("orders").get(key)
    if order is None:
        raise not_found("Order", key)
    if order["seller_id"] != seller.id:
        raise refuse(403, "forbidden", "The caller is not authorized to access this resource")
    return order


def _own_shipment(request: web.Request) -> tuple[Json, Seller]:
    seller, key = caller(request), request.match_info["shipment"]
    shipment: Json | None = market_of(request).state.table("shipments").get(key)
    if shipment is None:
        raise not_found("Shipment", key)
    if market_of(request).state.table("orders")[str(shipment["order_id"])]["seller_id"] != seller.id:
        raise refuse(403, "forbidden", "The caller is not authorized to access this resource")
    return shipment, seller


def _status(market: Market, shipment: Json) -> str:
    """The marketplace's own carrier scans a parcel some time after the sale."""
    order = market.state.table("orders")[str(shipment["order_id"])]
    after = market.faults.settings.scanned_after_s
    scanned = shipment["mode"] == "me2" and 0 <= after <= market.now() - order["created_at"]
    return "shipped" if scanned and shipment["status"] == "ready_to_ship" else str(shipment["status"])


def _view_shipment(market: Market, shipment: Json) -> Json:
    order = market.state.table("orders")[str(shipment["order_id"])]
    address = {
        "address_line": "Av. Siempre Viva 742",
        "city": {"name": "Santiago"},
        "state": {"name": "RM"},
        "zip_code": "7500000",
        "country": {"id": SITES[order["site_id"]].country, "name": SITES[order["site_id"]].name},
    }
    return {
        "id": shipment["id"],
        "order_id": order["id"],
        "status": _status(market, shipment),
        "substatus": None,
        "tracking_number": shipment["tracking_number"],
        "tracking_url": shipment["tracking_url"],
        "logistic": {"mode": shipment["mode"], "type": "drop_off" if shipment["mode"] == "me2" else "default"},
        "destination": {"receiver_name": "Ana Pérez", "receiver_phone": "", "shipping_address": address},
        "last_updated": _written(order["changed_at"]),
    }


def _view(market: Market, order: Json) -> Json:
    item = market.items[order["item_id"]]
    price, total = order["unit_price"], round(order["unit_price"] * order["quantity"], 2)
    row: dict[str, Any] = {
        "item": {
            "id": order["item_id"],
            "title": order.get("title") or item["title"],
            "category_id": item["category_id"],
            "variation_id": order.get("variation_id"),
            "seller_custom_field": item["seller_custom_field"],
            "condition": item["condition"],
            "seller_sku": order.get("seller_sku") or sku_of(item),
        },
        "quantity": order["quantity"],
        "unit_price": price,
        "full_unit_price": price,
        "currency_id": order["currency_id"],
    }
    at = float(order["created_at"])
    changed = float(order.get("changed_at", at))
    return {
        "id": order["id"],
        "status": order.get("status", "paid"),
        "date_created": _written(at),
        "date_closed": _written(at),
        "date_last_updated": _written(changed),
        "last_updated": _written(changed),
        "pack_id": None,
        "order_items": [row],
        "total_amount": total,
        "paid_amount": total,
        "currency_id": order["currency_id"],
        "buyer": {"id": 90_000_001, "nickname": str(order["buyer"].get("name") or "COMPRADOR_PRACTICA")},
        "seller": {"id": order["seller_id"]},
        "shipping": {"id": order.get("shipment_id")},
        "tags": ["paid", "not_delivered"],
    }


def _moment(request: web.Request, name: str) -> float | None:
    text = request.query.get(name)
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        raise refuse(400, "bad_request", f"Invalid date: {name}") from None
