"""Consent and tokens: authorization code with PKCE, single-use rotating refresh tokens."""

import secrets
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from mmhub_desktop.practice.answers import Malformed, Refusal, read_form
from mmhub_desktop.practice.mercadolibre.market import Market
from mmhub_desktop.practice.mercadolibre.sites import SITES, Seller, find_seller
from mmhub_desktop.practice.mercadolibre.web import answer, market_of
from mmhub_desktop.practice.state import Json
from mmhub_desktop.practice.tokens import Grant, Issued, TokenProblem, TokenRules

CLIENT_ID = "practice-app"
CLIENT_SECRET = "practice-secret"  # noqa: S105 - the practice application's published secret
_USED = "Error validating grant. Your authorization code or refresh token may be expired or it was already used"

routes = web.RouteTableDef()


def _make_token(kind: str, seller: str) -> str:
    return f"APP_USR-{secrets.token_hex(16)}-{seller}" if kind == "access" else f"TG-{secrets.token_hex(12)}-{seller}"


# Only the newest refresh token of a seller works, older access tokens live out their time.
RULES = TokenRules(make=_make_token)

_PROBLEMS = {
    "redirect": ("invalid_request", "the redirect_uri does not match the one of the authorization"),
    "verifier_missing": ("invalid_request", "code_verifier is a required parameter"),
    "verifier_wrong": ("invalid_grant", "code_verifier does not match the code_challenge"),
}


def _oauth_error(error: str, text: str, status: int = 400) -> Refusal:
    return Refusal(status, {"error_description": text, "error": error, "status": status, "cause": []})


@routes.get("/authorization")
async def consent(request: web.Request) -> web.Response:
    """Consents at once and redirects with ``code`` and ``state``; ``site`` and ``login_hint`` choose the seller."""
    market, query = market_of(request), request.query
    settings = market.faults.settings
    if query.get("client_id") != CLIENT_ID:
        raise _oauth_error("invalid_client", "invalid client_id or client_secret.")
    if query.get("response_type") != "code":
        raise _oauth_error("invalid_request", "response_type must be code")
    redirect_uri = query.get("redirect_uri", "")
    if redirect_uri != settings.redirect_uri:
        raise _oauth_error("invalid_request", "the redirect_uri does not match the one of the application")
    if settings.pkce and not query.get("code_challenge"):
        raise _oauth_error("invalid_request", "code_challenge is required")
    if query.get("code_challenge_method", "plain") not in {"plain", "S256"}:
        raise _oauth_error("invalid_request", "code_challenge_method must be S256 or plain")
    state = {"state": query["state"]} if "state" in query else {}
    if settings.deny_consent:
        raise web.HTTPFound(f"{redirect_uri}?{urlencode({'error': 'access_denied', **state})}")
    seller = _choose_seller(market, query.get("site", settings.site), query.get("login_hint", ""))
    code = market.tokens.new_code(
        str(seller.id),
        redirect_uri,
        challenge=query.get("code_challenge", ""),
        method=query.get("code_challenge_method", "plain"),
    )
    raise web.HTTPFound(f"{redirect_uri}?{urlencode({'code': code, **state})}")


def _choose_seller(market: Market, site: str, hint: str) -> Seller:
    if site not in SITES:
        raise _oauth_error("invalid_request", f"there is no site {site}")
    new_model = market.faults.settings.user_products or hint.lower() in {"user_products", "new", "up"}
    return find_seller(site, new_model)


@routes.post("/oauth/token")
async def token(request: web.Request) -> web.Response:
    """Exchanges a code or a refresh token for a new pair."""
    try:
        form = await read_form(request)
    except Malformed as why:
        raise _oauth_error("invalid_request", str(why)) from None
    market = market_of(request)
    market.state.count("token requests")
    if form.get("client_id") != CLIENT_ID or form.get("client_secret") != CLIENT_SECRET:
        raise _oauth_error("invalid_client", "invalid client_id or client_secret.")
    try:
        match form.get("grant_type"):
            case "authorization_code":
                return answer(_exchange_code(market, form))
            case "refresh_token":
                return answer(_refresh(market, form))
            case None:
                raise _oauth_error("invalid_request", "grant_type is required")
            case _:
                raise _oauth_error("unsupported_grant_type", "grant_type must be authorization_code or refresh_token")
    except TokenProblem as problem:
        raise _oauth_error(*_PROBLEMS.get(problem.reason, ("invalid_grant", _USED))) from None


def _exchange_code(market: Market, form: dict[str, str]) -> Json:
    grant = market.tokens.take_code(form.get("code", ""), form.get("redirect_uri", ""), form.get("code_verifier", ""))
    return issue_tokens(market, int(grant.seller))


def _refresh(market: Market, form: dict[str, str]) -> Json:
    token = form.get("refresh_token", "")
    if not token:
        raise _oauth_error("invalid_request", "refresh_token is a required parameter")
    return _token_answer(market.tokens.refresh(token))


def issue_tokens(market: Market, seller_id: int) -> Json:
    """A new pair for a seller."""
    return _token_answer(market.tokens.issue(Grant(str(seller_id))))


def _token_answer(issued: Issued) -> Json:
    return {
        "access_token": issued.access,
        "token_type": "Bearer",
        "expires_in": issued.expires_in,
        "scope": "offline_access read write",
        "user_id": int(issued.grant.seller),
        "refresh_token": issued.refresh,
    }


def describe(market: Market, seller: Seller) -> dict[str, Any]:
    """The seller as ``/users/me`` shows it."""
    return {
        "id": seller.id,
        "nickname": seller.nickname,
        "registration_date": "2020-01-01T00:00:00.000-04:00",
        "country_id": seller.site.country,
        "user_type": "normal",
        "site_id": seller.site.id,
        "permalink": f"http://perfil.mercadolibre.com/{seller.nickname}",
        "tags": market.tags_of(seller),
        "status": {
            "site_status": "active",
            "list": {"allow": not market.faults.settings.unable_to_list, "codes": []},
            "sell": {"allow": True, "codes": []},
        },
    }
