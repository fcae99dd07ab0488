"""Consent with PKCE, rotating refresh tokens of 90 days, and the two headers that every call needs."""

import secrets
from urllib.parse import urlencode

from aiohttp import web

from mmhub_desktop.practice.answers import Malformed, Refusal, read_bearer, read_form
from mmhub_desktop.practice.etsy.market import USER_ID, Market, market_of
from mmhub_desktop.practice.etsy.switches import refuse
from mmhub_desktop.practice.state import Json
from mmhub_desktop.practice.tokens import Grant, Issued, TokenProblem, TokenRules

KEYSTRING = "practice-keystring"
SHARED_SECRET = "practice-shared-secret"  # noqa: S105 - the practice application's published secret
SCOPES = frozenset(
    {
        "listings_r", "listings_w", "listings_d", "transactions_r", "transactions_w", "shops_r", "shops_w", "email_r",
        "address_r",
    }
)  # fmt: skip

routes = web.RouteTableDef()


def _make(kind: str, seller: str) -> str:
    """The number of the user stands before the first dot of a token."""
    return secrets.token_urlsafe(24) if kind == "code" else f"{seller}.{secrets.token_urlsafe(32)}"


RULES = TokenRules(refresh_life_s=90 * 24 * 3600, make=_make)
_PROBLEMS = {
    "expired": "refresh token or code has expired",
    "used": "The refresh token has been revoked",
    "redirect": "redirect_uri does not match the one of the authorization",
    "verifier_missing": "code_verifier is required",
    "verifier_wrong": "code_verifier does not match the code_challenge",
}


def _oauth(error: str, words: str) -> Refusal:
    return Refusal(400, {"error": error, "error_description": words})


@routes.get("/oauth/connect")
async def consent(request: web.Request) -> web.Response:
    """Consents at once and redirects with ``code`` and ``state``."""
    market, query = market_of(request), request.query
    settings = market.settings()
    if query.get("client_id") != KEYSTRING:
        raise _oauth("invalid_client", "client_id is not known")
    if query.get("response_type") != "code":
        raise _oauth("invalid_request", "response_type must be code")
    if query.get("redirect_uri") != settings.redirect_uri:
        raise _oauth("invalid_request", "redirect_uri is not registered with the application")
    if not query.get("state"):
        raise _oauth("invalid_request", "state is required")
    if query.get("code_challenge_method") != "S256" or not query.get("code_challenge"):
        raise _oauth("invalid_request", "code_challenge with the method S256 is required")
    scopes = query.get("scope", "").split()
    if not scopes or set(scopes) - SCOPES:
        raise _oauth("invalid_scope", "scope is missing or not known")
    if settings.deny_consent:
        answer = {"error": "access_denied", "error_description": "The user denied access", "state": query["state"]}
        raise web.HTTPFound(f"{settings.redirect_uri}?{urlencode(answer)}")
    code = market.tokens.new_code(
        str(USER_ID), settings.redirect_uri, challenge=query["code_challenge"], method="S256", scopes=scopes
    )
    raise web.HTTPFound(f"{settings.redirect_uri}?{urlencode({'code': code, 'state': query['state']})}")


@routes.post("/v3/public/oauth/token")
async def token(request: web.Request) -> web.Response:
    """Exchanges a code or a refresh token for a new pair."""
    market = market_of(request)
    try:
        form = await read_form(request)
    except Malformed as why:
        raise _oauth("invalid_request", str(why)) from None
    if form.get("client_id") != KEYSTRING:
        raise _oauth("invalid_client", "client_id is not known")
    try:
        if form.get("grant_type") == "authorization_code":
            return market.answer(_tokens(_exchange(market, form)))
        if form.get("grant_type") == "refresh_token":
            return market.answer(_tokens(market.tokens.refresh(form.get("refresh_token", ""))))
    except TokenProblem as problem:
        raise _oauth("invalid_grant", _PROBLEMS.get(problem.reason, "code or token is not known")) from None
    raise _oauth("unsupported_grant_type", "grant_type must be authorization_code or refresh_token")


def _exchange(market: Market, form: dict[str, str]) -> Issued:
    grant = market.tokens.take_code(form.get("code", ""), form.get("redirect_uri", ""), form.get("code_verifier", ""))
    return market.tokens.issue(Grant(grant.seller, grant.scopes))


def _tokens(issued: Issued) -> Json:
    return {
        "access_token": issued.access,
        "token_type": "Bearer",
        "expires_in": issued.expires_in,
        "refresh_token": issued.refresh,
    }


def check_key(request: web.Request) -> None:
    """403 without ``keystring:shared_secret`` in ``x-api-key``."""
    market = market_of(request)
    key = request.headers.get("x-api-key", "")
    if key == f"{KEYSTRING}:{SHARED_SECRET}" or (key == KEYSTRING and market.settings().keystring_only):
        return
    if key.startswith(KEYSTRING):
        raise refuse(403, "Shared secret is required in x-api-key header.")
    raise refuse(403, "API key not found or not active.")


def is_owner(request: web.Request) -> bool:
    """Whether the call carries a token of the shop."""
    try:
        market_of(request).tokens.who(read_bearer(request))
    except TokenProblem:
        return False
    return True


def signed_in(request: web.Request, *scopes: str) -> Market:
    """The market for a call that needs a token with these scopes."""
    market = market_of(request)
    try:
        market.tokens.who(read_bearer(request), *scopes)
    except TokenProblem as problem:
        if problem.reason == "scope":
            words = f"insufficient_scope: this call needs the scopes {' '.join(scopes)}"
            raise refuse(403, words) from None
        words = "access token is expired" if problem.reason == "expired" else "access token is not valid"
        raise Refusal(401, {"error": "invalid_token", "error_description": words}) from None
    return market
