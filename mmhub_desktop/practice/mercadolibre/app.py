"""The practice MercadoLibre as one web application: routes, and what every request goes through."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from mmhub_desktop.practice.mercadolibre import (
    auth,
    catalog,
    changes,
    control,
    descriptions,
    items,
    pictures,
    search,
    user_products,
)
from mmhub_desktop.practice.mercadolibre.errors import Refusal, refuse
from mmhub_desktop.practice.mercadolibre.faults import Mishap, error_body, pause
from mmhub_desktop.practice.mercadolibre.market import Market
from mmhub_desktop.practice.mercadolibre.web import MARKET, answer, market_of

_ROUTES = (auth, search, catalog, pictures, descriptions, changes, items, user_products, control)


class MercadoLibrePractice:
    """The marketplace and its application, for ``PracticeServer``."""

    def __init__(self, state_file: Path | None = None) -> None:
        self.market = Market(state_file)
        self.app = web.Application(middlewares=[_meet], client_max_size=16 * 1024 * 1024)
        self.app[MARKET] = self.market
        for module in _ROUTES:
            self.app.add_routes(module.routes)

    def set_faults(self, changes: Mapping[str, Any]) -> None:
        """The same as ``POST /_practice/faults``. ValueError for a switch that does not exist."""
        control.merge_faults(self.market, dict(changes))

    def summary(self) -> dict[str, Any]:
        """The counts of ``GET /_practice/state`` without the items."""
        return control.summarize(self.market)

    def close(self) -> None:
        """Let go of the state file."""
        self.market.state.close()


@web.middleware
async def _meet(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Counts, delays, limits and fails requests as the switches say, then lets them through."""
    if request.path.startswith("/_practice/"):
        return await _serve(request, handler)
    market = market_of(request)
    resource = request.match_info.route.resource
    route = resource.canonical if resource else "(unknown)"
    market.state.count(f"request {request.method} {route}")
    half = market.faults.settings.latency_ms / 2000
    # Half before the effect and half after it, so that a killed caller may have missed either.
    await pause(half)
    response = await _answer(request, handler, route)
    await pause(half)
    market.state.count(f"answer {response.status}")
    return response


async def _answer(request: web.Request, handler: Handler, route: str) -> web.StreamResponse:
    market = market_of(request)
    settings = market.faults.settings
    if not market.faults.may_call():
        market.state.count("rate limited")
        return answer(error_body(429), 429)
    if mishap := market.faults.next(request.method, request.path, route):
        return await _suffer(request, handler, mishap)
    if settings.forbidden and route != "/authorization":
        body = {"blocked_by": "PolicyAgent", "code": "PA_UNAUTHORIZED_RESULT_FROM_POLICIES"}
        return answer({**error_body(403), **body}, 403)
    if settings.blocked and route != "/authorization":
        return answer(
            {"message": "unauthorized_scopes", "error": "unauthorized_scopes", "status": 401, "cause": []}, 401
        )
    return await _serve(request, handler)


async def _suffer(request: web.Request, handler: Handler, mishap: Mishap) -> web.StreamResponse:
    """Does to a request what was decided; the effect happens first when it should."""
    as_usual = not mishap.status and not mishap.drop
    served = await _serve(request, handler) if mishap.after_effect or as_usual else None
    await pause(mishap.delay_s)
    if mishap.drop:
        if request.transport is not None:
            request.transport.close()
        return web.Response(status=499)  # goes nowhere: the connection is closed
    if served is not None and as_usual:
        return served
    if mishap.expire_token:
        token = request.headers.get("Authorization", "").partition(" ")[2]
        auth.expire_tokens(market_of(request), token or "-")
    body = mishap.body if mishap.body is not None else error_body(mishap.status)
    return answer(body, mishap.status, dict(mishap.headers))


async def _serve(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The real answer, refusals and unknown paths as JSON."""
    try:
        return await handler(request)
    except Refusal as refusal:
        return _refused(refusal)
    except web.HTTPFound as redirect:
        return web.Response(status=302, headers={"Location": redirect.headers["Location"]})
    except web.HTTPNotFound as missing:
        if request.path.startswith("/_practice/"):
            return web.Response(status=404, text=missing.text)
        return _refused(refuse(404, "not_found", f"resource not found: {request.path}"))
    except web.HTTPMethodNotAllowed:
        return _refused(refuse(405, "method_not_allowed", f"{request.method} is not allowed here"))
    except (web.HTTPRequestEntityTooLarge, web.RequestPayloadError, ConnectionError):
        return _refused(refuse(400, "bad_request", "The request body is too large or broken off"))


def _refused(refusal: Refusal) -> web.Response:
    return answer(refusal.body, refusal.status, refusal.headers)
