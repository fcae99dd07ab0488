"""How many calls of each API a day allows, and what eBay tells of it."""

from datetime import UTC, datetime

from aiohttp import web

from mmhub_desktop.practice.answers import Refusal
from mmhub_desktop.practice.ebay.auth import BASE, caller
from mmhub_desktop.practice.ebay.books import Books
from mmhub_desktop.practice.ebay.errors import front_door
from mmhub_desktop.practice.ebay.web import answer, books_of

routes = web.RouteTableDef()

_DAY_S = 86_400
# path → (context, API) as the analytics name them
_APIS = {
    "/sell/inventory": ("sell", "Inventory"),
    "/sell/fulfillment": ("sell", "Fulfillment"),
    "/sell/account": ("sell", "Account"),
    "/commerce/taxonomy": ("commerce", "Taxonomy"),
    "/commerce/media": ("commerce", "Media"),
}


def api_of(path: str) -> str:
    """The API that a path belongs to, empty for none that is counted."""
    return next((name for begin, (_, name) in _APIS.items() if path.startswith(begin)), "")


def count_call(books: Books, path: str) -> None:
    """Count a call against its API's day. Refuses 429 with 2001 when it is used up; nothing says when to come back."""
    allowed, name = books.settings.calls_a_day, api_of(path)
    if not name or allowed <= 0:
        return
    today = int(books.market.now() // _DAY_S)
    day, used = books.market.state.table("calls").get(name, [today, 0])
    used = used if day == today else 0
    if used >= allowed:
        raise Refusal(429, front_door(429))
    books.market.state.put("calls", name, [today, used + 1])


@routes.get("/developer/analytics/v1_beta/rate_limit/")
async def rate_limit(request: web.Request) -> web.Response:
    """What is left of each API's day; the filters are not looked at."""
    caller(request, BASE)
    books = books_of(request)
    allowed = books.settings.calls_a_day or 5_000
    today = int(books.market.now() // _DAY_S)
    reset = datetime.fromtimestamp((today + 1) * _DAY_S, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    rows = []
    for context, name in _APIS.values():
        day, used = books.market.state.table("calls").get(name, [today, 0])
        used = used if day == today else 0
        rate = {"limit": allowed, "count": used, "remaining": allowed - used, "reset": reset, "timeWindow": _DAY_S}
        resources = [{"name": name.lower(), "rates": [rate]}]
        rows.append({"apiContext": context, "apiName": name, "apiVersion": "v1", "resources": resources})
    return answer({"rateLimits": rows})
