"""What can go wrong on the practice MercadoLibre alone, and the words of its front door."""

from dataclasses import dataclass, field
from typing import Any

from mmhub_desktop.practice import faults


@dataclass
class Switches(faults.Switches):
    """The switches of ``POST /_practice/faults``. Seconds and milliseconds as the names say."""

    expires_in: int = 21600
    live_as: str = "under_review"  # or picture_download_pending, until live
    picture_quota_per_min: int = 0
    pkce: bool = True
    site: str = "MLC"
    user_products: bool = False
    warehouse: bool = False
    price_automation: list[str] = field(default_factory=list)  # item ids, or "*"
    close_lock_s: float = 0  # deleting this soon after closing is a 409
    stock_lag_s: float = 0  # user product stock reaches its items this late
    partial: bool = False  # items are read as 206 with fields missing
    attributes_merge: bool = False  # a PUT's attributes merge by id instead of replacing the set
    forbidden: bool = False  # as an address that is not on the application's list
    blocked: bool = False  # the whole application
    unable_to_list: bool = False
    not_authorised_brands: list[str] = field(default_factory=list)
    picture_error: bool = False  # uploads end in ERROR
    shipping_mode: str = "me2"  # of new orders: me1 (the seller's carrier), me2, custom, not_specified
    scanned_after_s: float = -1  # until the marketplace's carrier has scanned a parcel; negative: never
    updated_filter: bool = True  # orders can be searched by when they changed, which is not documented


def error_body(status: int) -> dict[str, Any]:
    """The body MercadoLibre's front door sends for a status."""
    message, error = {
        401: ("invalid access token", "unauthorized"),
        403: ("forbidden", "forbidden"),
        404: ("resource not found", "not_found"),
        405: ("this method is not allowed here", "method_not_allowed"),
        409: ("item optimistic locking error: conflict", "conflict"),
        429: ("Too many requests", "local_rate_limited"),
        502: ("Bad gateway", "bad_gateway"),
        503: ("Service unavailable", "service_unavailable"),
    }.get(
        status, ("Internal server error", "internal_server_error") if status >= 500 else ("Bad request", "bad_request")
    )
    return {"message": message, "error": error, "status": status, "cause": []}
