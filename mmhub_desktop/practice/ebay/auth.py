"""Consent by RuName, tokens of the seller and of the application."""

import secrets
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from mmhub_desktop.practice.answers import Malformed, Refusal, read_basic, read_bearer, read_form
from mmhub_desktop.practice.ebay.errors import refuse
from mmhub_desktop.practice.ebay.switches import Switches
from mmhub_desktop.practice.marketplace import PracticeMarketplace, practice_of
from mmhub_desktop.practice.tokens import Grant, Issued, TokenProblem, TokenRules

CLIENT_ID = "Practice-MMHub-PRD-0123456789"
CLIENT_SECRET = "PRD-practice-cert-id"  # noqa: S105 - the practice application's published secret
SELLER = "practice-seller"
BASE = "https://api.ebay.com/oauth/api_scope"
INVENTORY, ACCOUNT, FULFILLMENT, IDENTITY = (
    f"{BASE}/{right}" for right in ("sell.inventory", "sell.account", "sell.fulfillment", "commerce.identity.readonly")
)
_SCOPES = frozenset({BASE, INVENTORY, ACCOUNT, FULFILLMENT, IDENTITY})
_CODE_LIFE_S = 299

routes = web.RouteTableDef()


def _make(kind: str, _seller: str) -> str:
    return f"v^1.1#i^1#{'p^1' if kind == 'access' else 'r^1'}#I^3#f^0#t^{secrets.token_urlsafe(24)}"


RULES = TokenRules(
    code_life_s=_CODE_LIFE_S, refresh_life_s=47_304_000, rotates=False, newest_only=False, make=_make
)  # fmt: skip


def _oauth_error(error: str, text: str, status: int = 400) -> Refusal:
    return Refusal(status, {"error": error, "error_description": text})


def caller(request: web.Request, scope: str) -> Grant:
    """Who calls, with the right that is needed. Refuses 401 and 403; the language must be named."""
    market = practice_of(request, PracticeMarketplace)
    settings: Switches = market.settings()
    token = read_bearer(request)
    if not token:
        raise refuse(1001, status=401)
    try:
        grant = market.tokens.who(token, scope)
    except TokenProblem as problem:
        if problem.reason == "scope":
            raise refuse(1100, "Insufficient permissions to fulfill the request.", 403) from None
        if settings.expired_as_403:
            raise refuse(1100, "Insufficient permissions to fulfill the request.", 403) from None
        raise refuse(1001, "Check the value of the Authorization HTTP request header.", 401) from None
    if request.headers.get("Accept-Language", "*") == "*":
        raise refuse(25709, "Invalid value for header Accept-Language.", fieldName="Accept-Language")
    return grant


@routes.get("/oauth2/authorize")
async def consent(request: web.Request) -> web.Response:
    """Agrees at once and redirects to the accept page of the RuName, the code encoded."""
    market, query = practice_of(request, PracticeMarketplace), request.query
    settings: Switches = market.settings()
    if query.get("client_id") != CLIENT_ID or query.get("redirect_uri") != settings.redirect_uri:
        raise _oauth_error("invalid_request", "The client or the RuName is not known")
    if query.get("response_type") != "code":
        raise _oauth_error("unsupported_response_type", "response_type must be code")
    scopes = query.get("scope", "").split()
    if not scopes or set(scopes) - _SCOPES:
        raise _oauth_error("invalid_scope", "The requested scope is invalid")
    state = {"state": query["state"]} if "state" in query else {}
    if settings.deny_consent:
        declined = {"isAuthSuccessful": "false", "error": "access_denied", **state}
        raise web.HTTPFound(f"{settings.accept_page}?{urlencode(declined)}")
    given = [one for one in scopes if one.rpartition("/")[2] not in settings.withheld_scopes]
    code = market.tokens.new_code(SELLER, settings.redirect_uri, scopes=given)
    agreed = {"isAuthSuccessful": "true", **state, "code": code, "expires_in": str(_CODE_LIFE_S)}
    raise web.HTTPFound(f"{settings.accept_page}?{urlencode(agreed)}")


@routes.post("/identity/v1/oauth2/token")
async def token(request: web.Request) -> web.Response:
    """A code, a refresh token or the keys alone for an access token."""
    market = practice_of(request, PracticeMarketplace)
    try:
        form = await read_form(request)
    except Malformed as why:
        raise _oauth_error("invalid_request", str(why)) from None
    if read_basic(request) != (CLIENT_ID, CLIENT_SECRET):
        raise _oauth_error("invalid_client", "client authentication failed", 401)
    try:
        return market.answer(_grant(market, form))
    except TokenProblem as problem:
        if problem.reason == "scope":
            raise _oauth_error("invalid_scope", "The requested scope exceeds the granted one") from None
        text = "the provided authorization grant or refresh token is invalid, expired or was issued to another client"
        raise _oauth_error("invalid_grant", text) from None


def _grant(market: PracticeMarketplace, form: dict[str, str]) -> dict[str, Any]:
    match form.get("grant_type"):
        case "client_credentials":
            market.state.count("application tokens")
            scopes = tuple(form.get("scope", "").split())
            if not scopes or set(scopes) - {BASE}:
                raise _oauth_error("invalid_scope", "The requested scope is invalid")
            issued = market.tokens.issue(Grant("application", scopes), refreshable=False)
            return _told(issued, "Application Access Token")
        case "authorization_code":
            grant = market.tokens.take_code(form.get("code", ""), form.get("redirect_uri", ""))
            issued = market.tokens.issue(grant)
            refresh = {"refresh_token": issued.refresh, "refresh_token_expires_in": int(RULES.refresh_life_s)}
            return {**_told(issued, "User Access Token"), **refresh}
        case "refresh_token":
            issued = market.tokens.refresh(form.get("refresh_token", ""), form.get("scope", "").split())
            told = _told(issued, "User Access Token")
            if market.settings().rotate_refresh:
                told["refresh_token"] = market.tokens.issue(issued.grant).refresh
            return told
        case _:
            raise _oauth_error("unsupported_grant_type", "grant type in request is not supported by the server")


def _told(issued: Issued, kind: str) -> dict[str, Any]:
    return {"access_token": issued.access, "expires_in": issued.expires_in, "token_type": kind}
