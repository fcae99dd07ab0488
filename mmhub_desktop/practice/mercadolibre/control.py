"""What no marketplace offers: switches, counts, a buyer's view, and a fresh start, under ``/_practice``."""

from collections import Counter
from typing import Any

from aiohttp import web

from mmhub_desktop.practice.mercadolibre.auth import expire_tokens, revoke
from mmhub_desktop.practice.mercadolibre.errors import refuse
from mmhub_desktop.practice.mercadolibre.market import Market, sku_of
from mmhub_desktop.practice.mercadolibre.page import draw_item
from mmhub_desktop.practice.mercadolibre.views import live_status
from mmhub_desktop.practice.mercadolibre.web import answer, market_of, not_found, read_json
from mmhub_desktop.practice.state import Json

_SETTABLE = {"status", "sub_status", "sold_quantity", "available_quantity", "price", "title"}

routes = web.RouteTableDef()


def merge_faults(market: Market, changes: Json) -> None:
    """Change switches; ``expire_tokens`` and ``revoke`` happen once. ValueError for an unknown switch."""
    changes = dict(changes)
    once = {name: changes.pop(name, False) for name in ("expire_tokens", "revoke")}
    market.faults.merge(changes)
    if once["expire_tokens"]:
        expire_tokens(market)
    if once["revoke"]:
        revoke(market)


@routes.get("/_practice/faults")
async def read_faults(request: web.Request) -> web.Response:
    """All switches as they stand."""
    return answer(vars(market_of(request).faults.settings))


@routes.post("/_practice/faults")
async def set_faults(request: web.Request) -> web.Response:
    """Changes the switches that are sent."""
    market = market_of(request)
    try:
        merge_faults(market, await read_json(request))
    except (ValueError, TypeError) as error:
        raise refuse(400, "bad_request", str(error)) from None
    return answer(vars(market.faults.settings))


def summarize(market: Market) -> Json:
    """The counts: creates, creates of each SKU, SKUs created more than once, live items, requests, refreshes."""
    per_sku: Counter[str] = Counter()
    per_seller: Counter[tuple[int, str]] = Counter()
    live_skus: set[tuple[int, str]] = set()
    statuses: Counter[str] = Counter()
    for item in market.items.values():
        status = live_status(market, item)[0]
        statuses[status] += 1
        sku = sku_of(item)
        per_sku[sku] += 1
        if not item.get("parent_item_id"):  # listing a closed item again is no duplicate
            per_seller[item["seller_id"], sku] += 1
        if status == "active":
            live_skus.add((item["seller_id"], sku))
    state = market.state
    return {
        "creates": len(market.items),
        "creates_by_sku": dict(per_sku),
        "duplicate_skus": sorted(sku for (_, sku), n in per_seller.items() if n > 1),
        "live_items": statuses["active"],
        "live_skus": len(live_skus),
        "items_by_status": dict(statuses),
        "pictures": len(market.pictures),
        "descriptions": len(state.table("descriptions")),
        "requests": state.counted("request "),
        "answers": state.counted("answer "),
        "failures": state.counted("failures "),
        "refreshes": state.counted("refreshes").get("", 0),
        "refreshes_refused": state.counted("refreshes refused").get("", 0),
        "rate_limited": state.counted("rate limited").get("", 0),
    }


@routes.get("/_practice/state")
async def read_state(request: web.Request) -> web.Response:
    """The counts and, unless ``?items=false``, every item with what was sent about it."""
    market = market_of(request)
    body: dict[str, Any] = summarize(market)
    if request.query.get("items") != "false":
        texts = market.state.table("descriptions")
        body["items"] = {
            item_id: {
                **item,
                "sku": sku_of(item),
                "live_status": live_status(market, item)[0],
                "live_sub_status": live_status(market, item)[1],
                "description": texts.get(item_id, {}).get("plain_text"),
            }
            for item_id, item in market.items.items()
        }
    return answer(body)


@routes.post("/_practice/reset")
async def reset(request: web.Request) -> web.Response:
    """Forgets everything and turns every fault off."""
    market_of(request).reset()
    return answer({"reset": True})


@routes.post("/_practice/items/{item}")
async def set_item(request: web.Request) -> web.Response:
    """Changes an item behind the seller's back: sold, moderated, closed by the marketplace."""
    market, item_id = market_of(request), request.match_info["item"]
    changes = await read_json(request)
    if item_id not in market.items:
        raise not_found("Item", item_id)
    if unknown := set(changes) - _SETTABLE:
        raise refuse(400, "bad_request", f"only {', '.join(sorted(_SETTABLE))} can be set, not {', '.join(unknown)}")
    market.save_item({**market.items[item_id], **changes})
    return answer(market.items[item_id])


@routes.get("/_practice/items/{item}")
async def item_page(request: web.Request) -> web.Response:
    """The listing as a buyer sees it."""
    market, item_id = market_of(request), request.match_info["item"]
    item = market.items.get(item_id)
    if item is None:
        raise web.HTTPNotFound(text="There is no such listing.")
    text = market.state.table("descriptions").get(item_id, {}).get("plain_text", "")
    return web.Response(text=draw_item(item, live_status(market, item), text), content_type="text/html")


@routes.get("/_practice/pictures/{picture}")
async def picture(request: web.Request) -> web.Response:
    """An uploaded picture."""
    market, picture_id = market_of(request), request.match_info["picture"]
    data = market.picture_bytes(picture_id)
    if data is None:
        raise web.HTTPNotFound(text="This picture is not kept any more.")
    return web.Response(body=data, content_type=f"image/{market.pictures[picture_id]['type']}")
