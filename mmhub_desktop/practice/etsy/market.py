"""The practice Etsy's books: one shop, its listings, receipts, profiles."""

from collections.abc import Iterable
from typing import Any

from aiohttp import web

from mmhub_desktop.practice.buyer import Brand, Entry, Showcase
from mmhub_desktop.practice.control import MARKETPLACE
from mmhub_desktop.practice.etsy.switches import Switches, error_body, refuse
from mmhub_desktop.practice.limits import Limit, Verdict
from mmhub_desktop.practice.marketplace import PracticeMarketplace
from mmhub_desktop.practice.state import Json

USER_ID, SHOP_ID = 91_000_001, 52_000_001
SHIPPING_PROFILE, RETURN_POLICY, READINESS_STATE, SECTION = 7_100_001, 7_200_001, 7_300_001, 7_400_001
CURRENCY, DIVISOR = "USD", 100
_DAY_S = 86_400
_MONTHS_S = 4 * 30 * _DAY_S
_SETTABLE = {"state", "title", "quantity"}


class Market(PracticeMarketplace):
    """One shop with its application; ``app.EtsyPractice`` adds the routes."""

    brand = Brand("Etsy", background="#f1641e", ink="#ffffff", facts="Details", buy="Add to cart")
    switches = Switches
    limits = (Limit("second", 10, 10, path="/v3/application/*"),)

    def __init__(self, state_file: Any = None) -> None:
        super().__init__(state_file)
        self.listings = self.shelf("listings")
        self.receipts = self.shelf("receipts")

    def error_body(self, status: int) -> Json:
        """``{"error": …}``."""
        return error_body(status)

    def malformed(self, why: str) -> Any:
        """400 with a sentence."""
        return refuse(400, why)

    def limit_headers(self, verdict: Verdict) -> dict[str, str]:
        """What is left of the second and of the day."""
        most = self.settings().calls_per_day
        used = self.state.counted("calls of ").get(str(int(self.now() // _DAY_S)), 0)
        headers = {
            "x-limit-per-second": f"{verdict.limit.rate_per_s:.0f}",
            "x-remaining-this-second": str(verdict.left),
            "x-limit-per-day": str(most),
            "x-remaining-today": str(max(0, most - used)),
        }
        return headers if verdict.allowed else {**headers, "retry-after": str(max(1, round(verdict.reset_s)))}

    def caller_of(self, request: web.Request) -> str:
        """Limits are the application's."""
        return request.headers.get("x-api-key", "").partition(":")[0]

    def refuse_early(self, request: web.Request, route: str) -> None:
        """The quota of the day."""
        if not route.startswith("/v3/application/"):
            return
        used = self.state.count(f"calls of {int(self.now() // _DAY_S)}")
        if self.settings().limits and used > self.settings().calls_per_day:
            raise refuse(429, "You have exceeded your quota of API calls for today")

    def money(self, minor: int) -> Json:
        """An amount as Etsy writes it."""
        return {"amount": minor, "divisor": DIVISOR, "currency_code": CURRENCY}

    def stamp(self) -> int:
        """Now, in whole seconds."""
        return int(self.now())

    def keep(self, listing: Json, **changes: Any) -> Json:
        """A listing with changes, kept; the state's moment follows."""
        now = self.stamp()
        changed = {**listing, **changes, "updated": now}
        if changes.get("state", listing["state"]) != listing["state"]:
            changed["state_at"] = now
            if changed["state"] == "active" and (listing["state"] != "inactive" or listing["ending"] <= now):
                changed["ending"] = now + _MONTHS_S
                self.state.count("fees")  # listed or renewed: USD 0.20
        self.listings.put(str(listing["listing_id"]), changed)
        return changed

    def state_of(self, listing: Json) -> str:
        """A listing's state by the clock."""
        ended = listing["state"] == "active" and listing["ending"] <= self.now()
        return "expired" if ended else str(listing["state"])

    def entries(self) -> Iterable[Entry]:
        """Every listing that was ever created."""
        for key, listing in self.listings:
            state = self.state_of(listing)
            yield Entry(
                key, skus(listing)[0], listing["title"], f"US$ {cheapest(listing) / DIVISOR:,.2f}", stock(listing),
                "removed" if listing["removed"] else state, state == "active" and not listing["removed"], str(SHOP_ID),
            )  # fmt: skip

    def summary(self) -> Json:
        """The counts, with every SKU of a family, and the fees."""
        counts = super().summary()
        for _, listing in self.listings:
            for sku in skus(listing)[1:]:
                counts["creates_by_sku"][sku] = counts["creates_by_sku"].get(sku, 0) + 1
        counts["duplicate_skus"] = [sku for sku in counts["duplicate_skus"] if sku]  # drafts have none at first
        return {**counts, "fees": self.state.counted("fees").get("", 0)}

    def showcase(self, listing_id: str) -> Showcase:
        """One listing as a buyer sees it."""
        listing = self.listings.truth(listing_id)
        if listing is None:
            raise LookupError(listing_id)
        entry = next(one for one in self.entries() if one.id == listing_id)
        facts = [(one["property_name"], ", ".join(one["values"])) for one in listing["properties"].values()]
        facts += [(name, ", ".join(listing[key])) for name, key in (("Materials", "materials"), ("Tags", "tags"))]
        return Showcase(
            entry,
            [f"/_practice/pictures/{one['listing_image_id']}" for one in images_of(listing)],
            [(name, value) for name, value in facts if value],
            listing["description"],
            notice="" if entry.live else f"Buyers do not see this: it is {entry.status}.",
        )

    def change(self, listing_id: str, changes: Json) -> Json:
        """State, title or stock, as the seller might on Etsy's own pages."""
        listing = self.listings.truth(listing_id)
        if listing is None:
            raise LookupError(listing_id)
        if unknown := set(changes) - _SETTABLE:
            raise ValueError(f"only {', '.join(sorted(_SETTABLE))} can be set, not {', '.join(unknown)}")
        if "quantity" in changes:
            listing = with_stock(listing, int(changes["quantity"]))
        return self.keep(listing, **{key: value for key, value in changes.items() if key != "quantity"})

    def sell(self, listing_id: str, quantity: int, buyer: Json) -> Json:
        """Less stock, a paid receipt; the last piece makes the listing sold out."""
        listing = self.listings.truth(listing_id)
        if listing is None:
            raise LookupError(listing_id)
        offering = next((one for one in offerings(listing) if one["quantity"] >= quantity), None)
        if self.state_of(listing) != "active" or offering is None:
            raise ValueError("this listing is not for sale in that quantity")
        products = [
            {**one, "offerings": [sold(each, offering, quantity) for each in one["offerings"]]}
            for one in listing["products"]
        ]
        after = {**listing, "products": products}
        self.keep(after, state=listing["state"] if stock(after) else "sold_out")
        receipt_id = self.new_number("receipt", 3_000_000_000)
        product = next(one for one in listing["products"] if offering in one["offerings"])
        now = self.stamp()
        receipt = {
            "receipt_id": receipt_id, "listing_id": listing["listing_id"], "title": listing["title"],
            "sku": product["sku"], "product_id": product["product_id"], "price": offering["price"],
            "quantity": quantity, "created": now, "updated": now, "status": "paid", "shipments": [], "buyer": buyer,
        }  # fmt: skip
        self.receipts.put(str(receipt_id), receipt)
        return {"order_id": str(receipt_id), "listing_id": listing["listing_id"], "quantity": quantity}


def market_of(request: web.Request) -> Market:
    """The practice Etsy behind a request."""
    found = request.app[MARKETPLACE]
    if not isinstance(found, Market):
        raise TypeError("another marketplace")
    return found


def skus(listing: Json) -> list[str]:
    """The SKUs of a listing's products, in order."""
    return [one["sku"] for one in listing["products"]] or [""]


def offerings(listing: Json) -> list[Json]:
    """The offerings of all products."""
    return [one for product in listing["products"] for one in product["offerings"]]


def stock(listing: Json) -> int:
    """Pieces that can be bought."""
    return sum(one["quantity"] for one in offerings(listing) if one["is_enabled"])


def cheapest(listing: Json) -> int:
    """The lowest price, in hundredths."""
    return min((one["price"] for one in offerings(listing)), default=0)


def sold(offering: Json, which: Json, quantity: int) -> Json:
    """An offering after a sale of ``which``."""
    return {**offering, "quantity": offering["quantity"] - quantity} if offering is which else offering


def with_stock(listing: Json, quantity: int) -> Json:
    """A listing with that many pieces of its first product."""
    first, *others = listing["products"]
    changed = {**first, "offerings": [{**one, "quantity": quantity} for one in first["offerings"]]}
    return {**listing, "products": [changed, *others]}


def images_of(listing: Json) -> list[Json]:
    """The images of a listing by rank."""
    return sorted(listing["images"], key=lambda one: int(one["rank"]))
