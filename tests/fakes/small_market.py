"""A small practice marketplace for tests of what all share: offers, orders, and a feed that is done later."""

from collections.abc import Iterable

from aiohttp import web

from mmhub_desktop.practice.answers import Refusal, read_basic, read_bearer, read_form, read_object
from mmhub_desktop.practice.buyer import Brand, Entry, Showcase
from mmhub_desktop.practice.checks import Field, check_fields
from mmhub_desktop.practice.limits import Limit, Verdict
from mmhub_desktop.practice.marketplace import PracticeMarketplace, practice_of
from mmhub_desktop.practice.state import Json
from mmhub_desktop.practice.tokens import Grant, TokenProblem, TokenRules

routes = web.RouteTableDef()

OFFER = {
    "sku": Field(required=True, shortest=1, longest=10),
    "title": Field(required=True),
    "price": Field("number", required=True, least=0.01),
    "stock": Field("integer", least=0),
}


class SmallMarket(PracticeMarketplace):
    """Client credentials, one limit, JSON all the way."""

    brand = Brand("Small market", background="#123456", ink="#ffffff")
    routes = (routes,)
    token_rules = TokenRules(rotates=False)
    token_routes = frozenset({"/token"})
    limits = (Limit("offers", 2, 2, path="/offers*"),)

    def __init__(self, state_file=None):
        super().__init__(state_file)
        self.offers = self.shelf("offers", sku=lambda offer: [offer["sku"]])

    def error_body(self, status: int) -> Json:
        return {"errors": [{"code": status}]}

    def limit_headers(self, verdict: Verdict) -> dict[str, str]:
        return {"X-Left": str(verdict.left)} if verdict.allowed else {"Retry-After": f"{verdict.reset_s:.0f}"}

    def entries(self) -> Iterable[Entry]:
        for key, offer in self.offers:
            yield Entry(key, offer["sku"], offer["title"], f"€ {offer['price']}", offer["stock"], "live", True)

    def showcase(self, listing_id: str) -> Showcase:
        return Showcase(next(entry for entry in self.entries() if entry.id == listing_id), description="<b>x</b>")

    def sell(self, listing_id: str, quantity: int, _buyer: Json) -> Json:
        offer = self.offers.truth(listing_id)
        if offer is None:
            raise LookupError(listing_id)
        if offer["stock"] < quantity:
            raise ValueError("too few are left")
        self.offers.put(listing_id, {**offer, "stock": offer["stock"] - quantity})
        return {"offer": listing_id, "quantity": quantity}


@routes.post("/token")
async def token(request: web.Request) -> web.Response:
    market = practice_of(request, SmallMarket)
    if read_basic(request) != ("key", "secret") or (await read_form(request)).get("grant_type") != "client_credentials":
        raise Refusal(401, {"error": "invalid_client"})
    issued = market.tokens.issue(Grant("seller", ("offers",)), refreshable=False)
    return market.answer({"access_token": issued.access, "expires_in": issued.expires_in})


def market_of(request: web.Request) -> SmallMarket:
    market = practice_of(request, SmallMarket)
    try:
        market.tokens.who(read_bearer(request), "offers")
    except TokenProblem as problem:
        raise Refusal(401, {"error": problem.reason}) from None
    return market


@routes.put("/offers/{sku}")
async def put_offer(request: web.Request) -> web.Response:
    market, offer = market_of(request), await read_object(request)
    if problems := check_fields(offer, OFFER, strict=True):
        raise Refusal(422, [[problem.path, problem.code] for problem in problems])
    market.offers.put(request.match_info["sku"], {"stock": 0, **offer})
    market.background.begin(f"feed-{request.match_info['sku']}")
    return market.answer({}, 202)


@routes.get("/offers/{sku}")
async def get_offer(request: web.Request) -> web.Response:
    market, key = market_of(request), request.match_info["sku"]
    offer = market.offers.seen(key)
    if offer is None:
        raise Refusal(404, market.error_body(404))
    return market.answer({**offer, "done": market.background.poll(f"feed-{key}")})


@routes.get("/search")
async def search(request: web.Request) -> web.Response:
    market = market_of(request)
    return market.answer(market.offers.find("sku", request.query["sku"]))
