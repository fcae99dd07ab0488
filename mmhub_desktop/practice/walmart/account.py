"""Tokens, who the account is, and where it ships from."""

from aiohttp import web

from mmhub_desktop.practice.answers import Refusal, read_basic, read_form
from mmhub_desktop.practice.tokens import Grant
from mmhub_desktop.practice.walmart.errors import entry_of, refuse
from mmhub_desktop.practice.walmart.market import CLIENT, PARTNER, books_of, check_headers, signed_in

routes = web.RouteTableDef()

_SCOPES = (
    "reports", "item", "shipping", "price", "lagtime", "feeds", "returns", "orders", "rules", "inventory", "content",
)  # fmt: skip


@routes.post("/v3/token")
async def token(request: web.Request) -> web.Response:
    """A token of 15 minutes for the keys alone."""
    books = books_of(request)
    check_headers(request)
    if read_basic(request) != CLIENT or books.is_revoked:
        raise Refusal(
            401, {"error": [entry_of("UNAUTHORIZED.GMP_GATEWAY_API", "Unauthorized client id or client secret")]}
        )
    if (await read_form(request)).get("grant_type") != "client_credentials":
        raise refuse(400, "INVALID_REQUEST_CONTENT.GMP_GATEWAY_API", "grant_type is not supported", "grant_type")
    issued = books.tokens.issue(Grant(PARTNER["partnerId"]), refreshable=False)
    books.state.count("refreshes")
    return books.answer({"access_token": issued.access, "token_type": "Bearer", "expires_in": issued.expires_in})


@routes.get("/v3/token/detail")
async def detail(request: web.Request) -> web.Response:
    """What the keys may do."""
    books = signed_in(request)
    limited = books.settings().view_only
    now = int(books.now() * 1000)
    return books.answer(
        {
            "expire_at": str(now + 900_000),
            "issued_at": str(now),
            "is_valid": True,
            "is_channel_match": True,
            "scopes": {name: "view_only" if name in limited else "full_access" for name in _SCOPES},
        }
    )


@routes.get("/v3/settings/partnerprofile")
async def profile(request: web.Request) -> web.Response:
    """The seller."""
    books = signed_in(request)
    status = "SUSPENDED" if books.settings().suspended else "ACTIVE"
    account = {"configurationName": "ACCOUNT", "configuration": {"status": status}}
    return books.answer({"partner": PARTNER, "configurations": [account]})


@routes.get("/v3/settings/shipping/shipnodes")
async def ship_nodes(request: web.Request) -> web.Response:
    """Two warehouses."""
    books = signed_in(request)
    nodes = [("10001234001", "Main warehouse"), ("10001234002", "Second warehouse")]
    return books.answer(
        [
            {"shipNode": node, "shipNodeName": name, "nodeType": "PHYSICAL", "status": "ACTIVE", "timeZone": "EST"}
            for node, name in nodes
        ]
    )
