"""Small pieces every handler uses: the market, who is calling, answers."""

from typing import Any

from aiohttp import web

from mmhub_desktop.practice.mercadolibre.errors import refuse
from mmhub_desktop.practice.mercadolibre.market import Market
from mmhub_desktop.practice.mercadolibre.sites import SELLERS, Seller
from mmhub_desktop.practice.tokens import TokenProblem

MARKET: web.AppKey[Market] = web.AppKey("market", Market)


def market_of(request: web.Request) -> Market:
    """The books behind this request."""
    return request.app[MARKET]


def caller(request: web.Request) -> Seller:
    """Who is calling, from the bearer token. Refuses 401."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    market = market_of(request)
    if scheme.lower() != "bearer" or not token:
        raise refuse(401, "unauthorized", "authorization value not present", code="unauthorized")
    try:
        return SELLERS[int(market.tokens.who(token).seller)]
    except TokenProblem:
        raise refuse(401, "unauthorized", "invalid access token", code="unauthorized") from None


def answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """A JSON answer."""
    return web.json_response(body, status=status, headers=headers)


def not_found(what: str, key: str) -> Exception:
    """404 for one thing."""
    return refuse(404, "not_found", f"{what} with id {key} not found")


def whole_number(request: web.Request, name: str, default: int, least: int, most: int) -> int:
    """A whole number from the query, within bounds. Refuses 400."""
    text = request.query.get(name, str(default))
    if not text.isdigit() or not least <= int(text) <= most:
        raise refuse(400, "bad_request", f"Invalid {name}: {text}. It must be between {least} and {most}")
    return int(text)
