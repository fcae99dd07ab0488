"""What no marketplace offers, under ``/_practice``: switches, counts, a clock, a buyer's view, sales, a fresh start."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any, ClassVar

from aiohttp import web

from mmhub_desktop.practice.answers import base_url, read_object
from mmhub_desktop.practice.buyer import Brand, Entry, Showcase, draw_listing, draw_listings
from mmhub_desktop.practice.clock import Clock
from mmhub_desktop.practice.pictures import Pictures, media_type
from mmhub_desktop.practice.state import Json

routes = web.RouteTableDef()


class Controlled(ABC):
    """What these calls need of a practice marketplace."""

    brand: ClassVar[Brand]
    clock: Clock
    pictures: Pictures

    @abstractmethod
    def settings(self) -> Any:
        """The switches as they stand."""

    @abstractmethod
    def set_faults(self, changes: Mapping[str, Any]) -> None:
        """Change switches. ValueError."""

    @abstractmethod
    def summary(self) -> Json:
        """The counts."""

    @abstractmethod
    def details(self) -> Json:
        """The listings by id."""

    @abstractmethod
    def entries(self) -> Iterable[Entry]:
        """Every listing in a few words."""

    @abstractmethod
    def showcase(self, listing_id: str) -> Showcase:
        """One listing as a buyer sees it. LookupError."""

    @abstractmethod
    def change(self, listing_id: str, changes: Json) -> Json:
        """Change a listing behind the seller's back. LookupError, ValueError."""

    @abstractmethod
    def sell(self, listing_id: str, quantity: int, buyer: Json) -> Json:
        """A buyer buys. LookupError, ValueError."""

    @abstractmethod
    def reset(self) -> None:
        """Forget everything."""

    def place(self, listing_id: str) -> str:
        """The site a listing stands on, for its page; empty where there is one only."""
        return ""


MARKETPLACE: web.AppKey[Controlled] = web.AppKey("marketplace", Controlled)


def _market(request: web.Request) -> Controlled:
    return request.app[MARKETPLACE]


def _wrong(error: Exception) -> web.Response:
    """400 for what cannot be done, 404 for what is not there."""
    if isinstance(error, LookupError):
        return web.json_response({"message": "there is no such listing"}, status=404)
    return web.json_response({"message": str(error)}, status=400)


@routes.get("/_practice/faults")
async def read_faults(request: web.Request) -> web.Response:
    """All switches as they stand."""
    return web.json_response(asdict(_market(request).settings()))


@routes.post("/_practice/faults")
async def set_faults(request: web.Request) -> web.Response:
    """Changes the switches that are sent; ``expire_tokens``, ``revoke`` and ``restore`` happen once."""
    market = _market(request)
    try:
        market.set_faults(await read_object(request))
    except (ValueError, TypeError) as error:
        return _wrong(error)
    return web.json_response(asdict(market.settings()))


@routes.get("/_practice/state")
async def read_state(request: web.Request) -> web.Response:
    """The counts and, unless ``?items=false``, every listing with what was sent about it."""
    market = _market(request)
    body = dict(market.summary())
    if request.query.get("items") != "false":
        body["items"] = market.details()
    return web.json_response(body)


@routes.post("/_practice/reset")
async def reset(request: web.Request) -> web.Response:
    """Forgets everything and turns every fault off."""
    _market(request).reset()
    return web.json_response({"reset": True})


@routes.post("/_practice/clock")
async def advance(request: web.Request) -> web.Response:
    """Lets ``advance_s`` seconds pass at once; answers the marketplace's time."""
    try:
        now = _market(request).clock.advance(float((await read_object(request)).get("advance_s", 0)))
    except (ValueError, TypeError) as error:
        return _wrong(error)
    return web.json_response({"now": now})


@routes.get("/_practice/")
async def all_pages(request: web.Request) -> web.Response:
    """Every listing in a table, each with a link to its page."""
    market = _market(request)
    return web.Response(text=draw_listings(market.entries(), market.brand, base_url(request)), content_type="text/html")


@routes.get("/_practice/items")
async def all_entries(request: web.Request) -> web.Response:
    """Every listing in a few words."""
    return web.json_response([asdict(entry) for entry in _market(request).entries()])


@routes.get("/_practice/items/{item:.+}")
async def item_page(request: web.Request) -> web.Response:
    """The listing as a buyer sees it."""
    market, key = _market(request), request.match_info["item"]
    try:
        page = draw_listing(market.showcase(key), market.brand, market.place(key))
    except LookupError:
        raise web.HTTPNotFound(text="There is no such listing.") from None
    return web.Response(text=page, content_type="text/html")


@routes.get("/_practice/showcases/{item:.+}")
async def showcase(request: web.Request) -> web.Response:
    """Everything a buyer sees of a listing, as JSON."""
    try:
        return web.json_response(asdict(_market(request).showcase(request.match_info["item"])))
    except LookupError as error:
        return _wrong(error)


@routes.post("/_practice/items/{item:.+}")
async def set_item(request: web.Request) -> web.Response:
    """Changes a listing behind the seller's back: sold, moderated, closed by the marketplace."""
    try:
        return web.json_response(_market(request).change(request.match_info["item"], await read_object(request)))
    except (LookupError, ValueError) as error:
        return _wrong(error)


@routes.post("/_practice/sell/{item:.+}")
async def sell(request: web.Request) -> web.Response:
    """A buyer buys ``quantity`` (1) of a listing; ``buyer`` may say who. Answers the order."""
    wish = await read_object(request) if request.can_read_body else {}
    try:
        quantity = int(wish.get("quantity", 1))
        if quantity < 1:
            raise ValueError("the quantity must be at least 1")
        return web.json_response(_market(request).sell(request.match_info["item"], quantity, wish.get("buyer") or {}))
    except (LookupError, ValueError) as error:
        return _wrong(error)


@routes.get("/_practice/pictures/{picture}")
async def picture(request: web.Request) -> web.Response:
    """An uploaded picture."""
    data = _market(request).pictures.read(request.match_info["picture"])
    if data is None:
        raise web.HTTPNotFound(text="This picture is not kept any more.")
    return web.Response(body=data, content_type=media_type(data) or "application/octet-stream")
