"""An API key is exchanged for an access token of four hours; there is no refresh token."""

from aiohttp import web

from mmhub_desktop.practice.answers import Refusal, read_bearer
from mmhub_desktop.practice.marketplace import practice_of
from mmhub_desktop.practice.paris.books import API_KEY, SELLER, ParisBooks
from mmhub_desktop.practice.tokens import Grant

routes = web.RouteTableDef()


@routes.post("/v1/auth/apiKey")
async def sign_in(request: web.Request) -> web.Response:
    """A token for the key in the header; the body may be empty."""
    books = practice_of(request, ParisBooks)
    if read_bearer(request) != API_KEY or books.is_revoked:
        raise Refusal(401, books.error_body(401))
    books.state.count("refreshes")
    issued = books.tokens.issue(Grant(SELLER["seller_id"]), refreshable=False)
    life = str(issued.expires_in) if books.settings().expires_as_text else issued.expires_in
    payload = {**SELLER, "seller_status": books.settings().seller_status}
    return books.answer({"accessToken": issued.access, "expiresIn": life, "jwtPayload": payload}, 201)
