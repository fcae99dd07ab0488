"""The practice Walmart's books: items, stock, feeds, orders, and the switches of its own."""

from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from mmhub_desktop.practice.answers import Refusal
from mmhub_desktop.practice.faults import Switches
from mmhub_desktop.practice.limits import Bucket
from mmhub_desktop.practice.marketplace import PracticeMarketplace
from mmhub_desktop.practice.state import Json
from mmhub_desktop.practice.tokens import TokenProblem
from mmhub_desktop.practice.walmart.errors import body_of, refuse

CLIENT = ("practice-client", "practice-secret")
PARTNER = {"partnerId": "10001234", "partnerName": "Practice Goods LLC", "partnerDisplayName": "Practice Goods"}
SERVICE = "Walmart Marketplace"
_FEEDS_AN_HOUR = {"MP_ITEM_MATCH": 20, "MP_INVENTORY": 50}


@dataclass
class WalmartSwitches(Switches):
    """What can go wrong at Walmart in particular."""

    expires_in: int = 900
    wrapper: str = "ItemResponse"  # or responseRecord: how a single item is wrapped
    repricer: bool = False  # a repricer strategy covers the base price: prices are taken and not shown
    unpublished: list[str] = field(default_factory=list)  # reasons why new items are not published
    system_errors: int = 0  # so many entries of feeds end in SYSTEM_ERROR
    timeout_errors: int = 0
    feed_errors: int = 0  # so many feeds cannot be read at all
    retired_versions: list[str] = field(default_factory=list)
    suspended: bool = False
    view_only: list[str] = field(default_factory=list)  # scopes without full access
    replenish_form: str = "ms"  # ms, s, seconds or iso: how the replenish time is written
    cursor_life_s: float = 120
    retire_after_s: float = 0
    newest_feeds_last: bool = False


class Books(PracticeMarketplace):
    """What every handler of the practice Walmart needs."""

    switches = WalmartSwitches
    process: Callable[[], None]

    def open_books(self) -> None:
        """Set up the tables."""
        self.items = self.shelf(
            "items", sku=lambda row: [row["sku"]], gtin=lambda row: [row["gtin"]], group=lambda row: [row["group"]]
        )
        self.stock = self.shelf("stock")
        self.feeds = self.shelf("feeds", all=lambda _: ["feed"])
        self.orders = self.shelf("orders", all=lambda _: ["order"])
        self._feed_buckets: dict[str, Bucket] = {}

    def take_feed(self, kind: str) -> dict[str, str]:
        """Count a feed of this kind against its hour. Refusal 429; the headers of the answer."""
        if not self.settings().limits:
            return {}
        an_hour = _FEEDS_AN_HOUR.get(kind, 10)
        bucket = self._feed_buckets.setdefault(kind, Bucket(self.now))
        allowed = bucket.take(an_hour / 3600, an_hour)
        headers = self.bucket_headers(int(bucket.left), max(0.0, 1 - bucket.left) * 3600 / an_hour)
        if not allowed:
            raise Refusal(429, body_of(429), headers)
        return headers

    def bucket_headers(self, left: int, wait_s: float) -> dict[str, str]:
        """The two headers about a bucket, in the form that the switch ``replenish_form`` asks for."""
        from datetime import UTC, datetime

        moment = self.now() + wait_s
        form = self.settings().replenish_form
        written = {
            "ms": str(int(moment * 1000)),
            "s": str(int(moment)),
            "seconds": f"{wait_s:.1f}",
            "iso": datetime.fromtimestamp(moment, UTC).isoformat(),
        }[form]
        return {"x-current-token-count": str(left), "x-next-replenish-time": written}

    def item_seen(self, sku: str) -> Json | None:
        """The item as reads show it: not before the look-up lag has passed."""
        return self.items.seen(sku) if self.items.find("sku", sku) else None

    def is_published(self, item: Json) -> bool:
        """Whether buyers can see it by now."""
        after = self.settings().live_after_s
        if after is None or after < 0 or item["lifecycle"] != "ACTIVE" or item["reasons"]:
            return False
        return bool(self.now() >= item["ingested_at"] + after)

    def one_of(self, switch: str) -> bool:
        """Use up one of a counted switch."""
        left = int(getattr(self.settings(), switch))
        if left > 0:
            self.faults.merge({switch: left - 1})
        return left > 0


def books_of(request: web.Request) -> Books:
    """The books behind a request, without a look at who calls."""
    from mmhub_desktop.practice.marketplace import practice_of

    return practice_of(request, Books)


def signed_in(request: web.Request, scope: str = "") -> Books:
    """The books, for a call with a good token and Walmart's headers; feeds that are due are done first. Refusal."""
    books = books_of(request)
    check_headers(request)
    try:
        books.tokens.who(request.headers.get("WM_SEC.ACCESS_TOKEN", ""))
    except TokenProblem:
        raise refuse(
            401, "UNAUTHORIZED.GMP_GATEWAY_API", "Unauthorized token or incorrect authorization header"
        ) from None
    if scope and scope in books.settings().view_only and request.method != "GET":
        raise refuse(403, "FORBIDDEN.GMP_GATEWAY_API", "Access to this resource is not allowed")
    books.process()
    return books


def check_headers(request: web.Request) -> None:
    """400 without the headers that each call must carry."""
    for name in ("WM_QOS.CORRELATION_ID", "WM_SVC.NAME"):
        if not request.headers.get(name):
            raise refuse(400, "INVALID_REQUEST_HEADER.GMP_GATEWAY_API", f"{name} header is missing", name)
