"""Login with Amazon on the practice marketplace, and who calls: tokens live an hour, the refresh token stays."""

from aiohttp import web

from mmhub_desktop.practice.amazon.words import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, SELLER_ID, TOKEN_HEADER, refuse
from mmhub_desktop.practice.answers import Malformed, Refusal, read_form
from mmhub_desktop.practice.marketplace import PracticeMarketplace, practice_of
from mmhub_desktop.practice.tokens import Grant, TokenProblem, TokenRules

routes = web.RouteTableDef()
RULES = TokenRules(rotates=False, refresh_life_s=10 * 365 * 24 * 3600, make=lambda kind, _: _make(kind))
_TABLE = "refresh_tokens"


def _make(kind: str) -> str:
    import secrets

    return f"Atz{'a' if kind == 'access' else 'r'}|{secrets.token_hex(24)}"


@routes.post("/auth/o2/token")
async def token(request: web.Request) -> web.Response:
    """A new access token for the refresh token."""
    market = practice_of(request, PracticeMarketplace)
    try:
        form = await read_form(request)
    except Malformed as why:
        raise _refuse("invalid_request", str(why)) from None
    if form.get("client_id") != CLIENT_ID or form.get("client_secret") != CLIENT_SECRET:
        raise Refusal(401, {"error": "invalid_client", "error_description": "Client authentication failed"})
    if form.get("grant_type") != "refresh_token":
        raise _refuse("unsupported_grant_type", "The authorization grant type is not supported")
    given = form.get("refresh_token", "")
    if given == REFRESH_TOKEN and not market.is_revoked and given not in market.state.table(_TABLE):
        row = {"seller": SELLER_ID, "scopes": [], "expires_at": market.now() + RULES.refresh_life_s}
        market.state.put(_TABLE, given, row)
    try:
        issued = market.tokens.refresh(given)
    except TokenProblem:
        raise _refuse("invalid_grant", "The request has an invalid grant parameter : refresh_token") from None
    body = {
        "access_token": issued.access,
        "token_type": "bearer",
        "expires_in": issued.expires_in,
        "refresh_token": given,
    }
    return market.answer(body)


def _refuse(code: str, words: str) -> Refusal:
    return Refusal(400, {"error": code, "error_description": words})


def check_caller(market: PracticeMarketplace, request: web.Request, *, seller_id: str = "", role: str = "") -> Grant:
    """Who is calling. Refuses a missing, unknown or expired token, a foreign seller id and a missing role with 403."""
    given = request.headers.get(TOKEN_HEADER, "")
    if not given:
        raise refuse(401, details="Access token is missing in the request header.")
    try:
        grant = market.tokens.who(given)
    except TokenProblem as problem:
        words = "has expired" if problem.reason == "expired" else "is revoked, malformed or invalid"
        raise refuse(403, details=f"The access token you provided {words}.") from None
    if (seller_id and seller_id != grant.seller) or role in market.settings().missing_roles:
        raise refuse(403)
    return grant
