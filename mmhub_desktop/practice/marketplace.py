"""What every practice marketplace is made of: its books, its switches, and what each request goes through.

A marketplace is a subclass that names its routes, switches and words; see docs/adding-a-marketplace.md.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from aiohttp import web
from aiohttp.typedefs import Handler

from mmhub_desktop.practice import control
from mmhub_desktop.practice.answers import ON_PURPOSE, Malformed, Refusal, read_bearer
from mmhub_desktop.practice.buyer import Brand, Entry, Showcase
from mmhub_desktop.practice.clock import Clock
from mmhub_desktop.practice.faults import Faults, Mishap, Switches, pause
from mmhub_desktop.practice.limits import Bucket, Limit, Limits, Verdict
from mmhub_desktop.practice.pictures import Pictures
from mmhub_desktop.practice.shelf import Background, Shelf
from mmhub_desktop.practice.state import Json, State
from mmhub_desktop.practice.tokens import TokenRules, Tokens

_LARGEST_REQUEST = 64 * 1024 * 1024

PracticeT = TypeVar("PracticeT", bound="PracticeMarketplace")


class PracticeMarketplace(control.Controlled):
    """One practice marketplace; used on the loop's thread only. State survives a restart where a file is given."""

    brand: ClassVar[Brand]
    routes: ClassVar[Sequence[web.RouteTableDef]] = ()
    switches: ClassVar[type[Switches]] = Switches
    token_rules: ClassVar[TokenRules] = TokenRules()
    limits: ClassVar[Sequence[Limit]] = ()
    consent_routes: ClassVar[frozenset[str]] = frozenset()  # templates; never fail at random
    token_routes: ClassVar[frozenset[str]] = frozenset()  # templates; fail at random before their effect only
    content_type: ClassVar[str] = "application/json"

    def __init__(self, state_file: Path | None = None) -> None:
        self.state = State(state_file)
        self.clock = Clock(self.state)
        self.faults: Faults[Any] = Faults(self.state, self.switches, self.consent_routes, self.token_routes)
        self.tokens = Tokens(self.state, self.now, self.settings, self.token_rules)
        self.background = Background(self.state, self.now, self.settings)
        self.pictures = Pictures(state_file)
        self._calls = Bucket(self.now)
        self._limits = Limits(self.limits, self.now)
        self._shelves: list[Shelf] = []
        self.app = web.Application(middlewares=[_meet], client_max_size=_LARGEST_REQUEST)
        self.app[control.MARKETPLACE] = self
        for routes in (control.routes, *self.routes):
            self.app.add_routes(routes)

    # What a marketplace says in its own words

    def error_body(self, status: int) -> Any:
        """The body its front door sends for a status when nothing more is known."""
        return {"message": f"status {status}", "status": status}

    def malformed(self, why: str) -> Refusal:
        """Its answer to a request that cannot be read."""
        return Refusal(400, self.error_body(400))

    def limit_headers(self, verdict: Verdict) -> Mapping[str, str]:
        """The headers about a declared limit, on answers and on refusals (``verdict.allowed``)."""
        return {}

    def caller_of(self, request: web.Request) -> str:
        """Whose calls a declared limit counts together."""
        return read_bearer(request)

    def refuse_early(self, request: web.Request, route: str) -> None:
        """Raise Refusal before any handler, for switches that bar a whole account or application."""

    def entries(self) -> Iterable[Entry]:
        """Every listing ever created, in order of creation."""
        return ()

    def showcase(self, listing_id: str) -> Showcase:
        """One listing as a buyer sees it. LookupError."""
        raise LookupError(listing_id)

    def change(self, listing_id: str, changes: Json) -> Json:
        """Change a listing behind the seller's back, as the marketplace would. LookupError, ValueError."""
        raise ValueError("nothing can be set here")

    def sell(self, listing_id: str, quantity: int, buyer: Json) -> Json:
        """A buyer buys: less stock and a new order, returned with its ``order_id``. LookupError, ValueError."""
        raise ValueError("nothing can be bought here")

    def details(self) -> Json:
        """The listings of ``GET /_practice/state``, by id."""
        return {entry.id: asdict(entry) for entry in self.entries()}

    # What all of them do

    def now(self) -> float:
        """Seconds since 1970 by the marketplace's clock."""
        return self.clock.now()

    def settings(self) -> Any:
        """The switches as they stand, of the type that ``switches`` names."""
        return self.faults.settings

    @property
    def is_revoked(self) -> bool:
        """Whether the switch ``revoke`` has taken the account's access away: for those who sign in by keys alone."""
        return bool(self.state.table("access").get("revoked"))

    def shelf(self, table: str, **indexes: Any) -> Shelf:
        """A table of things that are read and found with the switches' lags; indexes by name, see ``Shelf``."""
        shelf = Shelf(self.state, table, self.now, self.settings, indexes)
        self._shelves.append(shelf)
        return shelf

    def new_number(self, series: str, start: int = 0) -> int:
        """The next number of a series."""
        return start + self.state.count(f"number {series}")

    def answer(self, body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
        """A JSON answer in the marketplace's media type."""
        return web.json_response(body, status=status, headers=headers, content_type=self.content_type)

    def set_faults(self, changes: Mapping[str, Any]) -> None:
        """The same as ``POST /_practice/faults``; ``expire_tokens``, ``revoke``, ``restore`` act once. ValueError."""
        changes = dict(changes)
        once = {name: changes.pop(name, False) for name in ("expire_tokens", "revoke", "restore")}
        self.faults.merge(changes)
        if once["expire_tokens"]:
            self.tokens.expire()
        if once["revoke"]:
            self.tokens.revoke()
            self.state.put("access", "revoked", True)
        if once["restore"]:
            self.state.remove("access", "revoked")

    def summary(self) -> Json:
        """The counts: creates, creates of each SKU, SKUs created more than once, live items, requests, refreshes."""
        per_sku: Counter[str] = Counter()
        per_seller: Counter[tuple[str, str]] = Counter()
        live: set[tuple[str, str]] = set()
        statuses: Counter[str] = Counter()
        live_items = 0
        for entry in self.entries():
            statuses[entry.status] += 1
            per_sku[entry.sku] += 1
            per_seller[entry.seller, entry.sku] += not entry.relisted
            if entry.live:
                live_items += 1
                live.add((entry.seller, entry.sku))
        return {
            "creates": sum(per_sku.values()),
            "creates_by_sku": dict(per_sku),
            "duplicate_skus": sorted(sku for (_, sku), n in per_seller.items() if n > 1),
            "live_items": live_items,
            "live_skus": len(live),
            "items_by_status": dict(statuses),
            "requests": self.state.counted("request "),
            "answers": self.state.counted("answer "),
            "failures": self.state.counted("failures "),
            "refreshes": self.state.counted("refreshes").get("", 0),
            "refreshes_refused": self.state.counted("refreshes refused").get("", 0),
            "rate_limited": self.state.counted("rate limited").get("", 0),
        }

    def reset(self) -> None:
        """As on the first day: nothing listed, nobody signed in, every fault off."""
        self.state.clear()
        self.faults.reset()
        self.pictures.clear()
        for shelf in self._shelves:
            shelf.index_anew()

    def close(self) -> None:
        """Let go of the state file."""
        self.state.close()

    def may_call(self) -> bool:
        """Whether the switch ``rate_per_s`` lets one more call through."""
        return self._calls.take(self.settings().rate_per_s)

    def take_limit(self, method: str, route: str, caller: str) -> Verdict | None:
        """Count one call against the declared limits."""
        return self._limits.take(method, route, caller)


def practice_of(request: web.Request, kind: type[PracticeT]) -> PracticeT:
    """The practice marketplace behind this request. TypeError for another one."""
    found = request.app[control.MARKETPLACE]
    if not isinstance(found, kind):
        raise TypeError(f"{type(found).__name__} is no {kind.__name__}")
    return found


@web.middleware
async def _meet(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Counts, delays, limits and fails requests as the switches say, then lets them through."""
    market = practice_of(request, PracticeMarketplace)
    if request.path.startswith("/_practice/"):
        return await _serve(market, request, handler)
    resource = request.match_info.route.resource
    route = resource.canonical if resource else "(unknown)"
    market.state.count(f"request {request.method} {route}")
    half = market.settings().latency_ms / 2000
    # Half before the effect and half after it, so that a killed caller may have missed either.
    await pause(half)
    response = await _answer(market, request, handler, route)
    await pause(half)
    market.state.count(f"answer {response.status}")
    return response


async def _answer(
    market: PracticeMarketplace, request: web.Request, handler: Handler, route: str
) -> web.StreamResponse:
    verdict = market.take_limit(request.method, route, market.caller_of(request))
    headers = market.limit_headers(verdict) if verdict is not None else {}
    over = verdict is not None and not verdict.allowed and market.settings().limits
    if over or not market.may_call():
        market.state.count("rate limited")
        return market.answer(market.error_body(429), 429, headers)
    mishap = market.faults.next(request.method, request.path, route)
    if mishap is not None:
        return await _suffer(market, request, handler, mishap)
    try:
        market.refuse_early(request, route)
    except Refusal as refusal:
        return _refused(market, refusal)
    response = await _serve(market, request, handler)
    response.headers.update(headers)
    return response


async def _suffer(
    market: PracticeMarketplace, request: web.Request, handler: Handler, mishap: Mishap
) -> web.StreamResponse:
    """Does to a request what was decided; the effect happens first when it should."""
    as_usual = not mishap.status and not mishap.drop
    served = await _serve(market, request, handler) if mishap.after_effect or as_usual else None
    await pause(mishap.delay_s)
    if mishap.drop:
        if request.transport is not None:
            request.transport.close()
        return web.Response(status=499)  # goes nowhere: the connection is closed
    if served is not None and as_usual:
        return served
    if mishap.expire_token:
        market.tokens.expire(read_bearer(request) or "-")
    headers = dict(mishap.headers)
    if mishap.body is None:
        return market.answer(market.error_body(mishap.status), mishap.status, headers)
    return market.answer(mishap.body, mishap.status, {**headers, ON_PURPOSE: "1"})


async def _serve(market: PracticeMarketplace, request: web.Request, handler: Handler) -> web.StreamResponse:
    """The real answer; refusals and unknown paths in the marketplace's own words."""
    try:
        return await handler(request)
    except Refusal as refusal:
        return _refused(market, refusal)
    except Malformed as why:
        return _refused(market, market.malformed(str(why)))
    except web.HTTPRedirection as redirect:
        return web.Response(status=redirect.status, headers={"Location": redirect.headers["Location"]})
    except web.HTTPNotFound as missing:
        if request.path.startswith("/_practice/"):
            return web.Response(status=404, text=missing.text)
        return market.answer(market.error_body(404), 404)
    except web.HTTPMethodNotAllowed:
        return market.answer(market.error_body(405), 405)
    except (web.HTTPRequestEntityTooLarge, web.RequestPayloadError, ConnectionError):
        return _refused(market, market.malformed("The request body is too large or broken off"))


def _refused(market: PracticeMarketplace, refusal: Refusal) -> web.Response:
    return market.answer(refusal.body, refusal.status, refusal.headers)
