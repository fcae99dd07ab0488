"""A seller's items: by SKU, by status, page by page or as a scan."""

import base64
import json
import time

from aiohttp import web

from mmhub_desktop.practice.mercadolibre.catalog import own_seller
from mmhub_desktop.practice.mercadolibre.errors import refuse
from mmhub_desktop.practice.mercadolibre.market import Market
from mmhub_desktop.practice.mercadolibre.sites import Seller
from mmhub_desktop.practice.mercadolibre.views import live_status
from mmhub_desktop.practice.mercadolibre.web import answer, market_of, whole_number
from mmhub_desktop.practice.state import Json

_SCROLL_LIFE_S = 300
_LAST_OFFSET = 1000

routes = web.RouteTableDef()


@routes.get("/users/{user}/items/search")
async def search(request: web.Request) -> web.Response:
    """Ids only. New items are found by SKU only after the look-up lag."""
    seller, market = own_seller(request), market_of(request)
    limit = whole_number(request, "limit", 50, 1, 100)
    ids = _matching(market, seller, request)
    if request.query.get("search_type") == "scan":
        return answer(_scan(seller, ids, limit, request))
    offset = whole_number(request, "offset", 0, 0, 10**9)
    if offset + limit > _LAST_OFFSET and offset:
        raise refuse(400, "bad_request", f"Invalid offset: {offset}. Use search_type=scan beyond {_LAST_OFFSET} items")
    page = ids[offset : offset + limit]
    return answer(_page(seller, page, {"limit": limit, "offset": offset, "total": len(ids)}))


def _page(seller: Seller, ids: list[str], paging: Json, **more: object) -> Json:
    return {
        "seller_id": str(seller.id),
        "query": None,
        "paging": paging,
        "results": ids,
        "orders": [],
        "available_orders": [],
        **more,
    }


def _matching(market: Market, seller: Seller, request: web.Request) -> list[str]:
    query = request.query
    if "seller_sku" in query:
        ids = market.items_by_sku(seller.id, query["seller_sku"])
    else:
        lag, now = market.faults.settings.lookup_lag_s, market.now()
        ids = [i for i in market.items_of(seller.id) if market.items[i]["created_at"] + lag <= now]
    if "sku" in query:
        ids = [i for i in ids if market.items[i]["seller_custom_field"] == query["sku"]]
    if "user_product_id" in query:
        wanted = set(query["user_product_id"].split(","))
        ids = [i for i in ids if market.items[i]["user_product_id"] in wanted]
    if "status" in query:
        ids = [i for i in ids if live_status(market, market.items[i])[0] == query["status"]]
    # Newest first, and what was deleted is not found any more.
    return [i for i in reversed(ids) if "deleted" not in market.items[i]["sub_status"]]


def _scan(seller: Seller, ids: list[str], limit: int, request: web.Request) -> Json:
    if "offset" in request.query:
        raise refuse(400, "bad_request", "offset cannot be used with search_type=scan")
    position = 0
    if scroll := request.query.get("scroll_id"):
        try:
            started, position = json.loads(base64.urlsafe_b64decode(scroll))
        except (ValueError, TypeError):
            raise refuse(400, "bad_request", "Invalid scroll_id") from None
        if time.time() - started > _SCROLL_LIFE_S:
            raise refuse(400, "bad_request", "The scroll_id has expired")
    page = ids[position : position + limit]
    token = base64.urlsafe_b64encode(json.dumps([time.time(), position + limit]).encode()).decode() if page else None
    return _page(seller, page, {"limit": limit, "total": len(ids)}, scroll_id=token)
