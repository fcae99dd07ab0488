"""What the practice eBay keeps: inventory items, groups, offers, listings, pictures; and how an offer shows itself."""

from datetime import UTC, datetime
from typing import Any

from mmhub_desktop.practice.ebay.switches import Switches
from mmhub_desktop.practice.marketplace import PracticeMarketplace
from mmhub_desktop.practice.state import Json

_IMAGES = "https://i.ebayimg.com/images/g/"
_DAY_S = 86_400


class Books:
    """The tables of one practice eBay; things are looked at as late as its switches say."""

    def __init__(self, market: PracticeMarketplace) -> None:
        self.market = market
        self.items = market.shelf("items")
        self.groups = market.shelf("groups")
        self.offers = market.shelf("offers", sku=lambda offer: [offer["sku"]])
        self.listings = market.shelf("listings")

    @property
    def settings(self) -> Switches:
        """The switches as they stand."""
        found: Switches = self.market.settings()
        return found

    def offers_of(self, sku: str) -> list[tuple[str, Json]]:
        """The offers of a SKU as they are, without any lag."""
        numbers = self.market.state.table("offers of").get(sku, [])
        return [(number, offer) for number in numbers if (offer := self.offers.truth(number))]

    def new_offer(self, offer: Json) -> str:
        """Keep a new offer; its number."""
        number, sku = str(self.market.new_number("offer", 7_000_000_000)), offer["sku"]
        self.offers.put(number, offer)
        known = self.market.state.table("offers of").get(sku, [])
        self.market.state.put("offers of", sku, [*known, number])
        return number

    def group_of(self, sku: str) -> str:
        """The group that a SKU belongs to, empty for none."""
        return next((key for key, group in self.groups if sku in group["variantSKUs"]), "")

    def listing_of(self, offer: Json) -> Json | None:
        """The listing that an offer is published as."""
        number = offer.get("listingId")
        return self.listings.truth(number) if number else None

    def stock_of(self, offer: Json) -> int:
        """How many can be bought: the offer's own quantity, else the item's."""
        if isinstance(offer.get("availableQuantity"), int):
            return int(offer["availableQuantity"])
        return item_stock(self.items.truth(offer["sku"]) or {})

    def status_of(self, listing: Json) -> str:
        """ACTIVE, OUT_OF_STOCK or as it was ended."""
        if listing["status"] != "ACTIVE":
            return str(listing["status"])
        offers = [self.offers.truth(number) for number in listing["offers"]]
        stock = sum(self.stock_of(offer) for offer in offers if offer)
        return "ACTIVE" if stock > 0 else "OUT_OF_STOCK"

    def show_offer(self, number: str, offer: Json) -> Json:
        """An offer as getOffer shows it."""
        shown: Json = {name: value for name, value in offer.items() if name not in ("listingId", "listed")}
        shown |= {"offerId": number, "status": "UNPUBLISHED", "hideBuyerDetails": False}
        shown.setdefault("listingDuration", "GTC")
        shown.setdefault("listingPolicies", {})
        shown.setdefault("pricingSummary", {})
        shown["availableQuantity"] = self.stock_of(offer)
        listing = self.listing_of(offer)
        if listing is not None:
            shown["status"] = "PUBLISHED"
            shown["listing"] = {
                "listingId": listing["id"],
                "listingStatus": self.status_of(listing),
                "soldQuantity": listing["sold"],
            }
            if offer["sku"] in self.settings.on_hold:
                shown["listing"]["listingOnHold"] = True
        return shown

    def publish(self, sku: str, numbers: list[str]) -> str:
        """A new listing of these offers under a SKU or group key; its number."""
        number = str(self.market.new_number("listing", 110_550_000_000))
        relisted = False
        for offer_id in numbers:
            offer = self.offers.truth(offer_id) or {}
            relisted = relisted or bool(offer.get("listed"))
            self.offers.put(offer_id, {**offer, "listingId": number, "listed": True})
        row = {
            "id": number,
            "sku": sku,
            "offers": numbers,
            "status": "ACTIVE",
            "sold": 0,
            "relisted": relisted,
            "revisions": [0, 0],
        }
        self.listings.put(number, row)
        return number

    def end(self, listing: Json, status: str = "ENDED", *, unpublish: bool = True) -> None:
        """End a listing; its offers go back to unpublished where the seller has withdrawn them."""
        self.listings.put(listing["id"], {**listing, "status": status})
        for offer_id in listing["offers"] if unpublish else ():
            offer = dict(self.offers.truth(offer_id) or {})
            offer.pop("listingId", None)
            self.offers.put(offer_id, offer)

    def may_revise(self, listing: Json) -> bool:
        """Count one revision; False when the listing has had as many as a day allows."""
        today = int(self.market.now() // _DAY_S)
        day, count = listing["revisions"]
        count = count + 1 if day == today else 1
        self.listings.put(listing["id"], {**listing, "revisions": [today, count]})
        return count <= self.settings.revisions_per_day

    def after_stock(self, offer: Json) -> None:
        """Without out-of-stock control a listing ends at a stock of 0."""
        listing = self.listing_of(offer)
        if listing and not self.settings.out_of_stock_control and self.status_of(listing) == "OUT_OF_STOCK":
            self.end(listing, unpublish=False)

    def keep_picture(self, picture_id: str, name: str) -> Json:
        """A picture's row; its address lasts 30 days unless a listing uses it."""
        address = f"{_IMAGES}{picture_id}/s-l1600.{name}"
        row = {"id": picture_id, "url": address, "expires_at": self.market.now() + 30 * _DAY_S}
        self.market.state.put("pictures", address, row)
        return row

    def picture(self, address: str) -> Json | None:
        """The row of one of eBay's own addresses, as long as it lasts."""
        row: Json | None = self.market.state.table("pictures").get(address)
        return row if row is not None and row["expires_at"] > self.market.now() else None

    def is_own(self, address: str) -> bool:
        """Whether an address is one of eBay's picture service."""
        return address.startswith("https://i.ebayimg.com/")

    def stamp(self, at: float | None = None) -> str:
        """A moment as eBay writes it."""
        moment = datetime.fromtimestamp(self.market.now() if at is None else at, UTC)
        return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def item_stock(item: Json) -> int:
    """The quantity of an inventory item."""
    found: Any = item.get("availability", {}).get("shipToLocationAvailability", {}).get("quantity", 0)
    return int(found)
