"""Descriptions: a second resource beside the item, created once and replaced afterwards."""

from aiohttp import web

from mmhub_desktop.practice.answers import read_object
from mmhub_desktop.practice.mercadolibre.changes import check_plain_text
from mmhub_desktop.practice.mercadolibre.errors import invalid_one, refuse
from mmhub_desktop.practice.mercadolibre.items import note_received, own_item
from mmhub_desktop.practice.mercadolibre.market import stamp
from mmhub_desktop.practice.mercadolibre.web import answer, caller, market_of, not_found
from mmhub_desktop.practice.state import Json

routes = web.RouteTableDef()


def _view(row: Json) -> Json:
    return {
        "text": "",
        "plain_text": row["plain_text"],
        "last_updated": row.get("updated", row["created"]),
        "date_created": row["created"],
        "snapshot": {"url": "", "width": 0, "height": 0, "status": ""},
    }


@routes.get("/items/{item}/description")
async def read(request: web.Request) -> web.Response:
    """The description."""
    caller(request)
    item_id = request.match_info["item"]
    row = market_of(request).state.table("descriptions").get(item_id)
    if row is None:
        raise not_found("The description of the item", item_id)
    return answer(_view(row))


@routes.post("/items/{item}/description")
async def create(request: web.Request) -> web.Response:
    """The first description; a second one is a 400."""
    _, item = own_item(request)
    market, body = market_of(request), await read_object(request)
    if item["id"] in market.state.table("descriptions"):
        message = f"Item {item['id']} already has a description, use PUT instead"
        raise invalid_one("description_exists", message, "item.description")
    row = {"plain_text": check_plain_text(body), "created": stamp()}
    note_received(request, item, body)
    market.save_item(item)
    market.state.put("descriptions", item["id"], row)
    return answer(_view(row), 201)


@routes.put("/items/{item}/description")
async def replace(request: web.Request) -> web.Response:
    """Another description; needs ``api_version=2`` and one that exists."""
    _, item = own_item(request)
    market, body = market_of(request), await read_object(request)
    if request.query.get("api_version") != "2":
        raise refuse(400, "bad_request", "The parameter api_version=2 is required")
    before = market.state.table("descriptions").get(item["id"])
    if before is None:
        raise not_found("The description of the item", item["id"])
    row = {**before, "plain_text": check_plain_text(body), "updated": stamp()}
    note_received(request, item, body)
    market.save_item(item)
    market.state.put("descriptions", item["id"], row)
    return answer(_view(row))
