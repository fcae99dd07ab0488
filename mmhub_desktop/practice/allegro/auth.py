"""Signing in to the practice Allegro: device codes, consent with a redirect, refresh tokens that work once."""

import secrets
from urllib.parse import urlencode

from aiohttp import web

from mmhub_desktop.practice.allegro.market import LOGIN, MARKETPLACES, SELLER, AllegroMarket, market_of
from mmhub_desktop.practice.answers import Malformed, Refusal, base_url, read_basic, read_form
from mmhub_desktop.practice.marketplace import practice_of
from mmhub_desktop.practice.state import Json
from mmhub_desktop.practice.tokens import Grant, Issued, TokenProblem, TokenRules

CLIENT_ID, CLIENT_SECRET = "practice-app", "practice-secret"
RULES = TokenRules(code_life_s=10, refresh_life_s=90 * 24 * 3600)
TOKEN, DEVICE, CONSENT = "/auth/oauth/token", "/auth/oauth/device", "/auth/oauth/authorize"
AGREE = "/skojarz-aplikacje"
_DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_DEVICE_LIFE_S = 3_600
_WORDS = {
    "redirect": ("invalid_grant", "Invalid redirect"),
    "verifier_missing": ("invalid_request", "code_verifier is missing"),
    "verifier_wrong": ("invalid_grant", "code_verifier does not match"),
    "scope": ("invalid_scope", "The scope is wider than the one that was granted"),
}

routes = web.RouteTableDef()


def _oauth_error(error: str, description: str, status: int = 400) -> Refusal:
    return Refusal(status, {"error": error, "error_description": description})


def _check_client(request: web.Request) -> None:
    if read_basic(request) != (CLIENT_ID, CLIENT_SECRET):
        raise _oauth_error("invalid_client", "Bad client credentials", 401)


async def _form(request: web.Request) -> dict[str, str]:
    try:
        return await read_form(request)
    except Malformed as why:
        raise _oauth_error("invalid_request", str(why)) from None


@routes.post(DEVICE)
async def device(request: web.Request) -> web.Response:
    """A code for the program and one for the person."""
    market = practice_of(request, AllegroMarket)
    _check_client(request)
    if (await _form(request)).get("client_id") != CLIENT_ID:
        raise _oauth_error("invalid_request", "client_id is missing")
    code, shown = secrets.token_hex(16), f"{secrets.token_hex(2)}-{secrets.token_hex(2)}".upper()
    settings = market.settings()
    row = {"user_code": shown, "at": market.now(), "asked_at": 0.0, "answer": "pending"}
    market.state.put("devices", code, row)
    page = f"{base_url(request)}{AGREE}"
    return web.json_response(
        {
            "device_code": code,
            "user_code": shown,
            "verification_uri": page,
            "verification_uri_complete": f"{page}?code={shown}",
            "expires_in": _DEVICE_LIFE_S,
            "interval": settings.device_interval_s,
        }
    )


@routes.get(AGREE)
async def agree(request: web.Request) -> web.Response:
    """The page that a seller opens: it agrees at once, unless the switches say otherwise, and goes to the listings."""
    market = practice_of(request, AllegroMarket)
    shown = request.query.get("code", "")
    for code, row in list(market.state.table("devices").items()):
        if row["user_code"] == shown:
            settings = market.settings()
            answer = "denied" if settings.deny_consent else "pending" if settings.device_asks else "agreed"
            market.state.put("devices", code, {**row, "answer": answer})
            raise web.HTTPFound(f"{base_url(request)}/_practice/")
    raise _oauth_error("invalid_request", "There is no such code", 404)


@routes.get(CONSENT)
async def consent(request: web.Request) -> web.Response:
    """Agrees at once and redirects with ``code`` and ``state``."""
    market, query = practice_of(request, AllegroMarket), request.query
    redirect_uri = query.get("redirect_uri", "")
    if query.get("client_id") != CLIENT_ID or query.get("response_type") != "code":
        raise _oauth_error("invalid_request", "client_id or response_type is wrong")
    if redirect_uri != market.settings().redirect_uri:
        raise _oauth_error("invalid_request", "the redirect_uri is not the registered one")
    state = {"state": query["state"]} if "state" in query else {}
    if market.settings().deny_consent:
        raise web.HTTPFound(f"{redirect_uri}?{urlencode({'error': 'access_denied', **state})}")
    code = market.tokens.new_code(
        SELLER,
        redirect_uri,
        challenge=query.get("code_challenge", ""),
        method=query.get("code_challenge_method", "plain"),
        scopes=market.settings().scopes,
    )
    raise web.HTTPFound(f"{redirect_uri}?{urlencode({'code': code, **state})}")


@routes.post(TOKEN)
async def token(request: web.Request) -> web.Response:
    """New tokens for a code, an agreed device code or a refresh token."""
    market = practice_of(request, AllegroMarket)
    _check_client(request)
    form = await _form(request)
    try:
        match form.get("grant_type"):
            case "authorization_code":
                grant = market.tokens.take_code(
                    form.get("code", ""), form.get("redirect_uri", ""), form.get("code_verifier", "")
                )
                issued = market.tokens.issue(grant)
            case "refresh_token":
                issued = market.tokens.refresh(form.get("refresh_token", ""))
            case grant_type if grant_type == _DEVICE_GRANT:
                issued = _take_device(market, form.get("device_code", ""))
            case _:
                raise _oauth_error("unsupported_grant_type", "Unsupported grant type")
    except TokenProblem as problem:
        raise _oauth_error(*_WORDS.get(problem.reason, ("invalid_grant", "Invalid or used"))) from None
    return web.json_response(_answer(issued))


def _take_device(market: AllegroMarket, code: str) -> Issued:
    row = market.state.table("devices").get(code)
    if row is None:
        raise _oauth_error("invalid_grant", "Invalid device code")
    if market.now() > row["at"] + _DEVICE_LIFE_S:
        raise _oauth_error("expired_token", "The device code has expired")
    too_soon = market.now() < row["asked_at"] + market.settings().device_interval_s
    market.state.put("devices", code, {**row, "asked_at": market.now()})
    if row["answer"] == "denied":
        raise _oauth_error("access_denied", "The user has declined")
    if row["answer"] == "pending":
        raise _oauth_error("slow_down" if too_soon else "authorization_pending", "The user has not agreed yet")
    market.state.remove("devices", code)
    return market.tokens.issue(Grant(SELLER, tuple(market.settings().scopes)))


def _answer(issued: Issued) -> Json:
    return {
        "access_token": issued.access,
        "token_type": "bearer",
        "refresh_token": issued.refresh,
        "expires_in": issued.expires_in,
        "scope": " ".join(issued.grant.scopes),
        "allegro_api": True,
    }


@routes.get("/me")
async def me(request: web.Request) -> web.Response:
    """Who the token belongs to."""
    market = market_of(request, "profile:read")
    return market.answer(
        {
            "id": SELLER,
            "login": LOGIN,
            "firstName": "Practice",
            "lastName": "Seller",
            "email": "seller@practice.invalid",
            "baseMarketplace": {"id": market.settings().marketplace},
            "company": {"name": "Practice", "taxId": None},
            "features": [],
        }
    )


@routes.get("/marketplaces")
async def marketplaces(request: web.Request) -> web.Response:
    """All marketplaces with their currencies."""
    market = market_of(request)
    rows = [
        {
            "id": name,
            "languages": {"offerCreation": [{"code": "pl-PL"}], "offerDisplay": [{"code": "pl-PL"}]},
            "currencies": {"base": {"code": currency}, "additional": []},
            "shippingCountries": [{"code": "PL"}],
        }
        for name, currency in MARKETPLACES.items()
    ]
    return market.answer({"marketplaces": rows})
