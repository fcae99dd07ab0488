"""Etsy's receipts as orders, and tracking codes told once."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

from mmhub_desktop.domain.order import Address, Order, OrderLine, OrdersPage, OrderState, Parcel, Shipment
from mmhub_desktop.errors import UnexpectedReply
from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.etsy.changing import Paths
from mmhub_desktop.marketplaces.etsy.inventory import read_money
from mmhub_desktop.marketplaces.etsy.problems import LABEL
from mmhub_desktop.marketplaces.outgoing import form_request

PAGE = 100
_FIRST_S = 946_684_800  # the earliest moment that Etsy takes
_OVERLAP_S = 120  # what changed while the last page was read comes again
# Carrier names that Etsy is known to use; others are told as "other", with the code.
_CARRIERS = {
    "ups": "ups", "usps": "usps", "fedex": "fedex", "dhl": "dhl", "royalmail": "royal-mail", "dpd": "dpd", "gls": "gls",
    "canadapost": "canada-post", "australiapost": "australia-post", "laposte": "la-poste", "tnt": "tnt",
}  # fmt: skip


async def list_receipts(api: Api, paths: Paths, since: datetime, cursor: str) -> OrdersPage:
    """A page of receipts by the time of their last change, oldest first; the cursor is ``seconds:offset``."""
    start, offset = _read_cursor(cursor) or (int(since.timestamp()), 0)
    params = {
        "min_last_modified": max(start, _FIRST_S), "limit": PAGE, "offset": offset, "sort_on": "updated",
        "sort_order": "asc", **paths.legacy,
    }  # fmt: skip
    reply = await api.call("GET", f"/v3/application/shops/{paths.shop_id}/receipts", params=params)
    rows = reply.fields.get("results")
    if not isinstance(rows, list):
        raise UnexpectedReply(f"{LABEL} gave no list of orders.", original=str(reply.body)[:300])
    orders = [read_receipt(row) for row in rows if isinstance(row, Mapping)]
    last = max((int(one.updated_at.timestamp()) for one in orders), default=start)
    if len(rows) < PAGE:
        return OrdersPage(tuple(orders), f"{last - _OVERLAP_S if orders else start}:0")
    # Offsets slip when a receipt changes meanwhile: the next page begins at the last moment seen, where that moved on.
    return OrdersPage(tuple(orders), f"{last}:0" if last > start else f"{start}:{offset + len(rows)}", more=True)


async def get_receipt(api: Api, paths: Paths, receipt_id: str) -> Order:
    """One receipt as it is now."""
    path = f"/v3/application/shops/{paths.shop_id}/receipts/{receipt_id}"
    return read_receipt((await api.call("GET", path, params=paths.legacy)).fields)


async def send_tracking(api: Api, paths: Paths, receipt_id: str, shipment: Shipment) -> Order:
    """Tell a tracking code unless Etsy knows it: each success sends the buyer an e-mail and adds a parcel."""
    order = await get_receipt(api, paths, receipt_id)
    known = {_plain(parcel.tracking) for parcel in order.parcels}
    if _plain(shipment.tracking) in known or (not shipment.tracking and order.state is OrderState.SHIPPED):
        return order
    fields = {}
    if shipment.tracking:
        carrier = _CARRIERS.get(re.sub(r"[^a-z]", "", shipment.carrier.casefold()), "other")
        fields = {"tracking_code": shipment.tracking.strip(), "carrier_name": carrier}
    path = f"/v3/application/shops/{paths.shop_id}/receipts/{receipt_id}/tracking"
    reply = await api.submit(form_request("POST", path, fields, params=paths.legacy), once=True)
    return read_receipt(reply.fields) if reply.fields.get("receipt_id") else await get_receipt(api, paths, receipt_id)


def read_receipt(row: Mapping[str, Any]) -> Order:
    """A receipt as an order; what Etsy keeps to itself (addresses in some regions) stays empty."""
    if not row.get("receipt_id"):
        raise UnexpectedReply(f"{LABEL} did not show the order.", original=f"fields: {sorted(row)}")
    shipped = row.get("is_shipped") is True
    sales = [one for one in row.get("transactions") or () if isinstance(one, Mapping)]
    lines = tuple(_line(one, shipped) for one in sales)
    due = [one["expected_ship_date"] for one in sales if one.get("expected_ship_date")]
    return Order(
        remote_id=str(row["receipt_id"]),
        state=_state(row, shipped),
        placed_at=_moment(row.get("created_timestamp") or row.get("create_timestamp")),
        updated_at=_moment(row.get("updated_timestamp") or row.get("update_timestamp")),
        lines=lines,
        total=read_money(row.get("grandtotal")),
        buyer=_text(row.get("name")),
        address=Address(
            name=_text(row.get("name")),
            lines=tuple(line for key in ("first_line", "second_line") if (line := _text(row.get(key)))),
            city=_text(row.get("city")),
            region=_text(row.get("state")),
            postcode=_text(row.get("zip")),
            country=_text(row.get("country_iso")),
        ),
        ship_by=_moment(min(due)) if due else None,
        parcels=tuple(_parcel(one) for one in row.get("shipments") or () if isinstance(one, Mapping)),
        raw=dict(row),
    )


def _state(row: Mapping[str, Any], shipped: bool) -> OrderState:
    word = str(row.get("status") or "").casefold()
    if word in ("canceled", "cancelled"):
        return OrderState.CANCELLED
    if word == "fully refunded":
        return OrderState.RETURNED if shipped else OrderState.CANCELLED
    if shipped or word == "completed":
        return OrderState.SHIPPED
    return OrderState.OPEN if row.get("is_paid") is True else OrderState.PENDING


def _line(row: Mapping[str, Any], shipped: bool) -> OrderLine:
    quantity = row.get("quantity")
    quantity = quantity if isinstance(quantity, int) else 0
    return OrderLine(
        remote_id=str(row.get("transaction_id") or ""),
        sku=_text(row.get("sku")),
        title=unescape(_text(row.get("title"))),
        quantity=quantity,
        price=read_money(row.get("price")),
        listing_id=str(row.get("listing_id") or ""),
        shipped=quantity if shipped else 0,
    )


def _parcel(row: Mapping[str, Any]) -> Parcel:
    at = row.get("shipment_notification_timestamp")
    return Parcel(_text(row.get("carrier_name")), _text(row.get("tracking_code")), _moment(at) if at else None)


def _read_cursor(cursor: str) -> tuple[int, int] | None:
    match = re.fullmatch(r"(\d{1,12}):(\d{1,9})", cursor)
    return (int(match[1]), int(match[2])) if match else None


def _moment(seconds: Any) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(seconds=seconds if isinstance(seconds, int) else 0)


def _plain(code: str) -> str:
    return re.sub(r"[\s-]", "", code).casefold()


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
