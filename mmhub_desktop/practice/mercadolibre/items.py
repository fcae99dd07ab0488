"""Items: validate, create, read, relist, prices, moderation."""

from typing import Any

from aiohttp import web

from mmhub_desktop.practice.answers import Refusal, base_url, read_object
from mmhub_desktop.practice.mercadolibre.drafts import DraftCheck, price_causes, quantity_causes
from mmhub_desktop.practice.mercadolibre.errors import blocks, cause, invalid, refuse
from mmhub_desktop.practice.mercadolibre.market import Market, stamp
from mmhub_desktop.practice.mercadolibre.sites import SITES, Seller
from mmhub_desktop.practice.mercadolibre.user_products import join_user_product
from mmhub_desktop.practice.mercadolibre.views import live_status, pick, view_item
from mmhub_desktop.practice.mercadolibre.web import answer, caller, market_of, not_found
from mmhub_desktop.practice.state import Json

_PARTIAL = ("attributes", "pictures", "sale_terms", "permalink")

routes = web.RouteTableDef()


def own_item(request: web.Request) -> tuple[Seller, Json]:
    """The caller and their item of the path. Refuses 404 and 403."""
    seller = caller(request)
    item_id = request.match_info["item"]
    item: Json | None = market_of(request).items.get(item_id)
    if item is None:
        raise not_found("Item", item_id)
    if item["seller_id"] != seller.id:
        raise refuse(403, "forbidden", "The caller is not authorized to access this resource")
    return seller, item


def _checked(market: Market, seller: Seller, draft: Json) -> DraftCheck:
    if market.faults.settings.unable_to_list:
        raise refuse(403, "seller.unable_to_list", "User is unable to list", code="seller.unable_to_list")
    check = DraftCheck(market, seller, dict(draft))
    check.run()
    if blocks(check.causes):
        raise invalid(check.causes)
    return check


@routes.post("/items/validate")
async def validate(request: web.Request) -> web.Response:
    """Says whether a draft would be taken, without keeping it."""
    _checked(market_of(request), caller(request), await read_object(request))
    return web.Response(status=204)


@routes.post("/items")
async def create(request: web.Request) -> web.Response:
    """Lists an item. Sending the same twice lists it twice."""
    seller, market = caller(request), market_of(request)
    draft = await read_object(request)
    check = _checked(market, seller, draft)
    item = _new_item(market, seller, check.item)
    item["sent"] = [_received(request, draft)]
    join_user_product(market, seller, item)
    market.save_item(item)
    text = draft.get("description")
    if isinstance(text, dict) and text.get("plain_text"):
        market.state.put("descriptions", item["id"], {"plain_text": text["plain_text"], "created": stamp()})
    view = view_item(market, item, base_url(request))
    return answer({**view, "warnings": check.causes}, 201)


def _new_item(market: Market, seller: Seller, fields: Json) -> Json:
    number = market.new_number("item", 1_400_000_000)
    return {
        **fields,
        "id": f"{seller.site.id}{number}",
        "sold_quantity": 0,
        "status": "active",
        "sub_status": [],
        "created_at": market.now(),
        "sent": [],
    }


def _received(request: web.Request, body: Json) -> Json:
    return {"at": stamp(), "method": request.method, "path": request.path, "body": body}


def note_received(request: web.Request, item: Json, body: Json) -> None:
    """Keep what was sent about an item; the create and the newest fifty."""
    item["sent"] = [item["sent"][0], *item["sent"][1:][-49:], _received(request, body)]


@routes.get("/items")
async def multiget(request: web.Request) -> web.Response:
    """Up to twenty items; each row carries its own code."""
    caller(request)
    market = market_of(request)
    ids = [i.strip() for i in request.query.get("ids", "").split(",") if i.strip()]
    if not ids:
        raise refuse(400, "bad_request", "The parameter ids is required")
    if len(ids) > 20:
        raise refuse(400, "bad_request", "The number of ids must not be more than 20")
    names, base = request.query.get("attributes", ""), base_url(request)
    internal = request.query.get("include_internal_attributes") == "true"
    rows: list[Json] = []
    for item_id in ids:
        item = market.items.get(item_id)
        if item is None:
            body: Json = {
                "message": f"Item with id {item_id} not found",
                "error": "not_found",
                "status": 404,
                "cause": [],
            }
            rows.append({"code": 404, "body": body})
            continue
        view = view_item(market, item, base, internal)
        if market.faults.settings.partial:
            rows.append({"code": 206, "body": pick(_without(view), names)})
        else:
            rows.append({"code": 200, "body": pick(view, names)})
    return answer(rows)


@routes.get("/items/{item}")
async def read(request: web.Request) -> web.Response:
    """One item."""
    caller(request)
    market, item_id = market_of(request), request.match_info["item"]
    item = market.items.get(item_id)
    if item is None:
        raise not_found("Item", item_id)
    internal = request.query.get("include_internal_attributes") == "true"
    view = view_item(market, item, base_url(request), internal)
    names = request.query.get("attributes", "")
    if market.faults.settings.partial:
        return answer(pick(_without(view), names), 206, {"X-Content-Missing": ", ".join(_PARTIAL)})
    return answer(pick(view, names))


def _without(view: Json) -> Json:
    return {name: value for name, value in view.items() if name not in _PARTIAL}


@routes.post("/items/{item}/relist")
async def relist(request: web.Request) -> web.Response:
    """Lists a closed item again under a new id."""
    seller, old = own_item(request)
    market, body = market_of(request), await read_object(request)
    if old["status"] != "closed" or "deleted" in old["sub_status"]:
        raise refuse(400, "bad_request", f"Item {old['id']} with status {old['status']} is not possible to relist")
    fields = {name: value for name, value in old.items() if name not in {"sent", "id", "user_product_id", "family_id"}}
    fields["price"] = body.get("price", old["price"])
    fields["available_quantity"] = body.get("quantity", old["initial_quantity"])
    fields["initial_quantity"] = fields["available_quantity"]
    fields["listing_type_id"] = body.get("listing_type_id", old["listing_type_id"])
    causes = price_causes(fields["price"], SITES[old["site_id"]], old["category_id"])
    causes += quantity_causes(fields["available_quantity"], old["listing_type_id"], least=1)
    if causes:
        raise invalid(causes)
    item = {**_new_item(market, seller, fields), "parent_item_id": old["id"]}
    item["sent"] = [_received(request, body)]
    join_user_product(market, seller, item)
    market.save_item(item)
    if old["id"] in market.state.table("descriptions"):
        market.state.put("descriptions", item["id"], market.state.table("descriptions")[old["id"]])
    return answer(view_item(market, item, base_url(request)), 201)


@routes.get("/items/{item}/sale_price")
async def sale_price(request: web.Request) -> web.Response:
    """The price a buyer pays now."""
    caller(request)
    item = market_of(request).items.get(request.match_info["item"])
    if item is None:
        raise not_found("Item", request.match_info["item"])
    return answer(
        {
            "price_id": "1",
            "amount": item["price"],
            "regular_amount": None,
            "currency_id": item["currency_id"],
            "reference_date": stamp(),
            "metadata": {},
        }
    )


@routes.get("/moderations/last_moderation/{reference}")
async def last_moderation(request: web.Request) -> web.Response:
    """Why an item is not shown; 404 when nothing is wrong with it."""
    caller(request)
    reference = request.match_info["reference"]
    item = market_of(request).items.get(reference.removesuffix("-ITM"))
    if item is None or not reference.endswith("-ITM"):
        raise not_found("Moderation", reference)
    status, sub_status = live_status(market_of(request), item)
    if status == "active" or (status, sub_status) == ("paused", ["paused_by_seller"]):
        raise not_found("Moderation", reference)
    pictures = "picture_download_pending" in sub_status
    reason = (
        "Estamos procesando las fotos de tu publicación."
        if pictures
        else "Estamos revisando tu publicación. Te avisaremos cuando esté activa."
    )
    remedy = "Carga las fotos de nuevo si el problema sigue." if pictures else "No tienes que hacer nada."
    row: dict[str, Any] = {
        "name": "PICTURE_DOWNLOAD" if pictures else "UNDER_REVIEW",
        "id": str(item["created_at"]).replace(".", "")[:10],
        "date_created": stamp(item["created_at"]),
        "wordings": [{"type": "REASON", "value": reason}, {"type": "REMEDY", "value": remedy}],
        "evidence": [],
    }
    return answer([row])


def check_lock(market: Market, item: Json) -> None:
    """Refuses 409 while a close has not settled yet."""
    if market.now() < item.get("closed_at", 0) + market.faults.settings.close_lock_s:
        raise Refusal(409, {"message": "item optimistic locking error: conflict", "status": 409, "cause": []})


def wrong_status(message: str) -> Refusal:
    """400 for a change the item's status does not allow."""
    return invalid([cause("status", message, "item.status")])
