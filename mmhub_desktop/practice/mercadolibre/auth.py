"""Consent and tokens: authorization code with PKCE, single-use rotating refresh tokens."""

import base64
import hashlib
import secrets
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from mmhub_desktop.practice.mercadolibre.errors import Refusal
from mmhub_desktop.practice.mercadolibre.market import Market
from mmhub_desktop.practice.mercadolibre.sites import SITES, Seller, find_seller
from mmhub_desktop.practice.mercadolibre.web import answer, market_of, market_time
from mmhub_desktop.practice.state import Json

CLIENT_ID = "practice-app"
CLIENT_SECRET = "practice-secret"  # noqa: S105 - the practice application's published secret
_CODE_LIFE_S = 600
_REFRESH_LIFE_S = 182 * 24 * 3600
_USED = "Error validating grant. Your authorization code or refresh token may be expired or it was already used"

routes = web.RouteTableDef()


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
    code = f"TG-{secrets.token_hex(12)}-{seller.id}"
    grant = {
        "seller_id": seller.id,
        "redirect_uri": redirect_uri,
        "challenge": query.get("code_challenge", ""),
        "method": query.get("code_challenge_method", "plain"),
        "expires_at": market_time() + _CODE_LIFE_S,
    }
    market.state.put("codes", code, grant)
    raise web.HTTPFound(f"{redirect_uri}?{urlencode({'code': code, **state})}")


def _choose_seller(market: Market, site: str, hint: str) -> Seller:
    if site not in SITES:
        raise _oauth_error("invalid_request", f"there is no site {site}")
    new_model = market.faults.settings.user_products or hint.lower() in {"user_products", "new", "up"}
    return find_seller(site, new_model)


@routes.post("/oauth/token")
async def token(request: web.Request) -> web.Response:
    """Exchanges a code or a refresh token for a new pair."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise _oauth_error("invalid_request", "the body must be application/x-www-form-urlencoded")
    form = {name: str(value) for name, value in (await request.post()).items()}
    market = market_of(request)
    market.state.count("token requests")
    if form.get("client_id") != CLIENT_ID or form.get("client_secret") != CLIENT_SECRET:
        raise _oauth_error("invalid_client", "invalid client_id or client_secret.")
    match form.get("grant_type"):
        case "authorization_code":
            return answer(_exchange_code(market, form))
        case "refresh_token":
            return answer(_refresh(market, form))
        case None:
            raise _oauth_error("invalid_request", "grant_type is required")
        case _:
            raise _oauth_error("unsupported_grant_type", "grant_type must be authorization_code or refresh_token")


def _exchange_code(market: Market, form: dict[str, str]) -> Json:
    code = form.get("code", "")
    grant = market.state.table("codes").get(code)
    if grant is None or grant["expires_at"] <= market_time():
        raise _oauth_error("invalid_grant", _USED)
    if form.get("redirect_uri") != grant["redirect_uri"]:
        raise _oauth_error("invalid_request", "the redirect_uri does not match the one of the authorization")
    if grant["challenge"]:
        verifier = form.get("code_verifier", "")
        if not verifier:
            raise _oauth_error("invalid_request", "code_verifier is a required parameter")
        if _challenge_of(verifier, grant["method"]) != grant["challenge"]:
            raise _oauth_error("invalid_grant", "code_verifier does not match the code_challenge")
    market.state.remove("codes", code)
    return issue_tokens(market, grant["seller_id"])


def _challenge_of(verifier: str, method: str) -> str:
    if method == "plain":
        return verifier
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _refresh(market: Market, form: dict[str, str]) -> Json:
    token = form.get("refresh_token", "")
    if not token:
        raise _oauth_error("invalid_request", "refresh_token is a required parameter")
    grant = market.state.table("refresh_tokens").get(token)
    now = market_time()
    if grant is None or grant["expires_at"] <= now:
        raise _oauth_error("invalid_grant", _USED)
    used_at = grant.get("used_at")
    if used_at is not None and now - used_at > market.faults.settings.refresh_grace_s:
        market.state.count("refreshes refused")
        raise _oauth_error("invalid_grant", _USED)
    market.state.count("refreshes")
    if used_at is None:
        market.state.put("refresh_tokens", token, {**grant, "used_at": now})
    return issue_tokens(market, grant["seller_id"])


def issue_tokens(market: Market, seller_id: int) -> Json:
    """A new pair; only the newest refresh token of a seller works, older access tokens live out their time."""
    now = market_time()
    expires_in = market.faults.settings.expires_in
    access = f"APP_USR-{secrets.token_hex(16)}-{seller_id}"
    refresh = f"TG-{secrets.token_hex(12)}-{seller_id}"
    for older, grant in list(market.state.table("refresh_tokens").items()):
        if grant["seller_id"] == seller_id and grant.get("used_at") is None:
            market.state.put("refresh_tokens", older, {**grant, "used_at": now})
    market.state.put("access_tokens", access, {"seller_id": seller_id, "expires_at": now + expires_in})
    market.state.put("refresh_tokens", refresh, {"seller_id": seller_id, "expires_at": now + _REFRESH_LIFE_S})
    return {
        "access_token": access,
        "token_type": "Bearer",
        "expires_in": expires_in,
        "scope": "offline_access read write",
        "user_id": seller_id,
        "refresh_token": refresh,
    }


def expire_tokens(market: Market, token: str = "") -> None:
    """End the life of one access token, or of all; refresh tokens stay good."""
    for access in [token] if token else list(market.state.table("access_tokens")):
        market.state.remove("access_tokens", access)


def revoke(market: Market) -> None:
    """As if every seller had taken the permission back: no token works any more."""
    for table in ("access_tokens", "refresh_tokens", "codes"):
        for token in list(market.state.table(table)):
            market.state.remove(table, token)


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
