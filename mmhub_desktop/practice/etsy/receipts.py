"""Receipts, and tracking codes: each one that is taken sends the buyer an e-mail and adds a parcel."""

from aiohttp import web

from mmhub_desktop.practice.etsy.auth import check_key, signed_in
from mmhub_desktop.practice.etsy.fields import read_fields
from mmhub_desktop.practice.etsy.listings import numbers, own_shop
from mmhub_desktop.practice.etsy.switches import refuse
from mmhub_desktop.practice.etsy.views import show_receipt

routes = web.RouteTableDef()
_RECEIPTS = "/v3/application/shops/{shop_id}/receipts"


@routes.get(_RECEIPTS)
async def listed(request: web.Request) -> web.Response:
    """Receipts, filtered by time, in the order asked for."""
    check_key(request)
    market = signed_in(request, "transactions_r")
    own_shop(request)
    limit, offset = numbers(request)
    try:
        since = int(request.query.get("min_last_modified", 946_684_800))
    except ValueError:
        raise refuse(400, "min_last_modified must be a number") from None
    if since < 946_684_800:
        raise refuse(400, "min_last_modified must be at least 946684800")
    key = {"created": "created", "updated": "updated", "receipt_id": "receipt_id"}.get(
        request.query.get("sort_on", "created")
    )
    if key is None:
        raise refuse(400, "sort_on must be created, updated or receipt_id")
    found = [receipt for _, receipt in market.receipts if receipt["updated"] >= since]
    found.sort(key=lambda one: (one[key], one["receipt_id"]), reverse=request.query.get("sort_order", "desc") == "desc")
    rows = [show_receipt(market, one) for one in found[offset : offset + limit]]
    return market.answer({"count": len(found), "results": rows})


@routes.get(f"{_RECEIPTS}/{{receipt_id}}")
async def show(request: web.Request) -> web.Response:
    """One receipt."""
    check_key(request)
    market = signed_in(request, "transactions_r")
    own_shop(request)
    receipt = market.receipts.truth(request.match_info["receipt_id"])
    if receipt is None:
        raise refuse(404, "Receipt not found")
    return market.answer(show_receipt(market, receipt))


@routes.post(f"{_RECEIPTS}/{{receipt_id}}/tracking")
async def track(request: web.Request) -> web.Response:
    """A parcel: the receipt is completed, and the buyer is told, each time."""
    check_key(request)
    market = signed_in(request, "transactions_w")
    own_shop(request)
    receipt = market.receipts.truth(request.match_info["receipt_id"])
    if receipt is None:
        raise refuse(404, "Receipt not found")
    fields = await read_fields(request)
    if fields.get("tracking_code") and not fields.get("carrier_name"):
        raise refuse(400, "carrier_name is required with a tracking_code")
    shipment = {
        "receipt_shipping_id": market.new_number("shipment", 8_000_000_000),
        "shipment_notification_timestamp": market.stamp(),
        "carrier_name": fields.get("carrier_name", ""),
        "tracking_code": fields.get("tracking_code", ""),
    }
    market.state.count("e-mails to buyers")
    changed = {
        **receipt, "shipments": [*receipt["shipments"], shipment], "status": "completed", "updated": market.stamp(),
    }  # fmt: skip
    market.receipts.put(str(receipt["receipt_id"]), changed)
    return market.answer(show_receipt(market, changed))
