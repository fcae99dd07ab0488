"""The practice eBay as one web application: its routes, its words and its books."""

from collections.abc import Iterable
from pathlib import Path

from aiohttp import web

from mmhub_desktop.practice.answers import Refusal
from mmhub_desktop.practice.buyer import Brand, Entry, Showcase
from mmhub_desktop.practice.ebay import account, auth, inventory, limits, media, offers, orders, taxonomy
from mmhub_desktop.practice.ebay.books import Books, item_stock
from mmhub_desktop.practice.ebay.errors import front_door, refuse
from mmhub_desktop.practice.ebay.switches import Switches
from mmhub_desktop.practice.ebay.web import BOOKS
from mmhub_desktop.practice.limits import Limit
from mmhub_desktop.practice.marketplace import PracticeMarketplace
from mmhub_desktop.practice.state import Json

_MODULES = (auth, account, taxonomy, media, inventory, offers, orders, limits)
_SETTABLE = frozenset({"status", "quantity", "price", "title", "order"})


class EbayPractice(PracticeMarketplace):
    """The marketplace and its application, for ``PracticeServer``."""

    brand = Brand("eBay practice", background="#ffffff", ink="#0064d2")
    routes = tuple(module.routes for module in _MODULES)
    switches = Switches
    token_rules = auth.RULES
    consent_routes = frozenset({"/oauth2/authorize"})
    token_routes = frozenset({"/identity/v1/oauth2/token"})
    limits = (Limit("pictures", 10, 50, path="/commerce/media/*"),)

    def __init__(self, state_file: Path | None = None) -> None:
        super().__init__(state_file)
        self.books = Books(self)
        self.app[BOOKS] = self.books

    def error_body(self, status: int) -> Json:
        """A list of one error."""
        return front_door(status)

    def malformed(self, why: str) -> Refusal:
        """400 with 25604."""
        return refuse(25604, why)

    def refuse_early(self, request: web.Request, route: str) -> None:
        """The switch ``calls_a_day``."""
        limits.count_call(self.books, route)

    def entries(self) -> Iterable[Entry]:
        """Every listing ever made."""
        for number, listing in self.books.listings:
            yield self._entry(number, listing)

    def showcase(self, listing_id: str) -> Showcase:
        """One listing as a buyer sees it."""
        books, listing = self.books, self._listing(listing_id)
        offer, product = self._shown(listing)
        pictures = [books.picture(address) for address in product.get("imageUrls", ())]
        entry = self._entry(listing_id, listing)
        group = books.groups.truth(listing["sku"]) or {}
        return Showcase(
            entry,
            pictures=[f"/_practice/pictures/{row['id']}" for row in pictures if row],
            facts=[(name, ", ".join(values)) for name, values in product.get("aspects", {}).items()],
            description=offer.get("listingDescription") or group.get("description") or product.get("description", ""),
            html=True,
            condition=str((books.items.truth(offer["sku"]) or {}).get("condition", "")).replace("_", " ").title(),
            sold=f"{listing['sold']} sold",
            notice="" if entry.live else f"Buyers do not see this listing: {entry.status}",
        )

    def change(self, listing_id: str, changes: Json) -> Json:
        """Ended by eBay (``status``), changed by the seller elsewhere (``quantity``, ``price``, ``title``), or an order
        changed (``order``: its id and fields).
        """
        books, listing = self.books, self._listing(listing_id)
        if unknown := set(changes) - _SETTABLE:
            raise ValueError(f"only {', '.join(sorted(_SETTABLE))} can be set, not {', '.join(unknown)}")
        offer_id = listing["offers"][0]
        offer = dict(books.offers.truth(offer_id) or {})
        if "quantity" in changes:
            offer["availableQuantity"] = int(changes["quantity"])
        if "price" in changes:
            price = {**offer["pricingSummary"]["price"], "value": str(changes["price"])}
            offer["pricingSummary"] = {**offer["pricingSummary"], "price": price}
        books.offers.put(offer_id, offer)
        if "title" in changes:
            item = dict(books.items.truth(offer["sku"]) or {})
            books.items.put(offer["sku"], {**item, "product": {**item["product"], "title": str(changes["title"])}})
        if "order" in changes:
            order = self.state.table("orders")[changes["order"]["orderId"]]
            changed = {**order, **changes["order"], "lastModifiedDate": books.stamp()}
            self.state.put("orders", order["orderId"], changed)
        if "status" in changes:
            books.listings.put(listing_id, {**listing, "status": str(changes["status"])})
        return self.details()[listing_id]  # type: ignore[no-any-return]

    def sell(self, listing_id: str, quantity: int, buyer: Json) -> Json:
        """Less stock, one more sold, and a paid order of the first variant that has enough."""
        books, listing = self.books, self._listing(listing_id)
        for offer_id in listing["offers"]:
            offer = books.offers.truth(offer_id)
            if offer is not None and books.stock_of(offer) >= quantity and books.status_of(listing) == "ACTIVE":
                break
        else:
            raise ValueError("this listing is not for sale in that quantity")
        left = books.stock_of(offer) - quantity
        books.offers.put(offer_id, {**offer, "availableQuantity": left})
        item = books.items.truth(offer["sku"]) or {}
        stock = {"shipToLocationAvailability": {"quantity": max(0, item_stock(item) - quantity)}}
        books.items.put(offer["sku"], {**item, "availability": {**item.get("availability", {}), **stock}})
        books.listings.put(listing_id, {**listing, "sold": listing["sold"] + quantity})
        order = orders.new_order(books, offer, listing, self._entry(listing_id, listing).title, quantity, buyer)
        books.after_stock(books.offers.truth(offer_id) or offer)
        return {"order_id": order["orderId"], **order}

    def details(self) -> Json:
        """Every listing with its offers and items."""
        books = self.books
        return {
            number: {
                **listing,
                "live_status": books.status_of(listing),
                "offers": [books.offers.truth(one) for one in listing["offers"]],
                "items": [books.items.truth((books.offers.truth(one) or {})["sku"]) for one in listing["offers"]],
            }
            for number, listing in books.listings
        }

    def summary(self) -> Json:
        """The counts, with offers, items, pictures and application tokens."""
        counts = {"offers": len(self.books.offers), "items": len(self.books.items)}
        counts["pictures"] = len(self.state.table("pictures"))
        counts["application_tokens"] = self.state.counted("application tokens").get("", 0)
        return {**super().summary(), **counts}

    def _listing(self, number: str) -> Json:
        listing = self.books.listings.truth(number)
        if listing is None:
            raise LookupError(number)
        return listing

    def _shown(self, listing: Json) -> tuple[Json, Json]:
        """The first offer, and the product with the group's texts over it."""
        offer = self.books.offers.truth(listing["offers"][0]) or {}
        product = dict((self.books.items.truth(offer.get("sku", "")) or {}).get("product", {}))
        group = self.books.groups.truth(listing["sku"]) if len(listing["offers"]) > 1 else None
        return offer, {**product, **{k: v for k, v in (group or {}).items() if k in ("title", "imageUrls")}}

    def _entry(self, number: str, listing: Json) -> Entry:
        offer, product = self._shown(listing)
        price = offer.get("pricingSummary", {}).get("price", {})
        status = self.books.status_of(listing)
        offers = [self.books.offers.truth(one) for one in listing["offers"]]
        return Entry(
            id=number,
            sku=listing["sku"],
            title=str(product.get("title", "")),
            price=f"{price.get('value', '')} {price.get('currency', '')}".strip(),
            quantity=sum(self.books.stock_of(one) for one in offers if one),
            status=status,
            live=status == "ACTIVE",
            seller="practice_seller",
            relisted=bool(listing["relisted"]),
        )
