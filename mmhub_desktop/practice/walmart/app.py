"""The practice Walmart as one web application: its routes, its words, its buyer's page."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from aiohttp import web

from mmhub_desktop.practice.answers import Refusal
from mmhub_desktop.practice.buyer import Brand, Entry, Showcase
from mmhub_desktop.practice.limits import Limit, Verdict
from mmhub_desktop.practice.state import Json
from mmhub_desktop.practice.tokens import TokenRules
from mmhub_desktop.practice.walmart import account, catalog, feeds, items, orders
from mmhub_desktop.practice.walmart.errors import body_of, refuse
from mmhub_desktop.practice.walmart.market import Books

_SETTABLE = {"productName", "price", "shown_price", "reasons", "lifecycle", "amount"}


class WalmartPractice(Books):
    """The marketplace and its application, for ``PracticeServer``."""

    brand = Brand("Walmart (practice)", background="#0053e2", ink="#ffffff", buy="Add to cart")
    routes = (account.routes, catalog.routes, feeds.routes, items.routes, orders.routes)
    token_rules = TokenRules(rotates=False)
    token_routes = frozenset({"/v3/token"})
    limits = (
        Limit("item by SKU", 900 / 60, 900, "GET", "/v3/items/{sku}"),
        Limit("taxonomy", 200 / 60, 200, "GET", "/v3/items/taxonomy"),
        Limit("spec", 3 / 60, 3, "POST", "/v3/items/spec"),
        Limit("feed status", 5000 / 60, 5000, "GET", "/v3/feeds*"),
        Limit("price", 100 / 3600, 100, "PUT", "/v3/price"),
        Limit("stock", 200 / 60, 200, "PUT", "/v3/inventory"),
        Limit("orders", 5000 / 60, 5000, "GET", "/v3/orders*"),
        Limit("acknowledge", 60 / 60, 60, "POST", "/v3/orders/{order}/acknowledge"),
        Limit("shipping", 60 / 60, 60, "POST", "/v3/orders/{order}/shipping"),
        Limit("partner profile", 50 / 60, 50, "GET", "/v3/settings/partnerprofile"),
    )

    def __init__(self, state_file: Path | None = None) -> None:
        super().__init__(state_file)
        self.open_books()

    def process(self) -> None:
        """Do what is due: feeds, retirements."""
        feeds.process(self)
        items.settle(self)

    def error_body(self, status: int) -> Any:
        """An ``errors`` list with the gateway's code."""
        return body_of(status)

    def malformed(self, why: str) -> Refusal:
        """400."""
        return refuse(400, "INVALID_REQUEST_CONTENT.GMP_GATEWAY_API", why)

    def limit_headers(self, verdict: Verdict) -> dict[str, str]:
        """What is left of the bucket, while limits are on."""
        return self.bucket_headers(verdict.left, verdict.reset_s) if self.settings().limits else {}

    def caller_of(self, request: web.Request) -> str:
        """The account: every token is of the same one."""
        return "seller"

    def entries(self) -> Iterable[Entry]:
        """Every item ever made."""
        self.process()
        for sku, item in self.items:
            yield Entry(
                sku, sku, item["productName"], f"${item['shown_price']:,.2f}", self._amount(sku),
                items.status_of(self, item), self.is_published(item) and self._amount(sku) > 0,
            )  # fmt: skip

    def showcase(self, listing_id: str) -> Showcase:
        """One item as a buyer sees it. LookupError."""
        entry = next((one for one in self.entries() if one.id == listing_id), None)
        item = self.items.truth(listing_id)
        if entry is None or item is None:
            raise LookupError(listing_id)
        shown: Json = next(iter(item.get("sent", {}).get("Visible", {}).values()), {})
        facts = [("Product type", item["productType"]), ("Brand", item["brand"]), ("GTIN", item["gtin"])]
        facts += [(name, str(value)) for name, value in shown.items() if isinstance(value, (str, int, float))]
        notice = "" if entry.live else " ".join(item["reasons"]) or "This item is not for sale at the moment."
        features = "\n".join(f"• {one}" for one in shown.get("keyFeatures", ()))
        words = f"{item.get('description', '')}\n\n{features}".strip()
        return Showcase(entry, item.get("pictures", ()), facts, words, notice=notice, condition="New")

    def change(self, listing_id: str, changes: Json) -> Json:
        """Unpublished, retired, renamed, sold elsewhere."""
        item = self.items.truth(listing_id)
        if item is None:
            raise LookupError(listing_id)
        if unknown := set(changes) - _SETTABLE:
            raise ValueError(f"only {', '.join(sorted(_SETTABLE))} can be set, not {', '.join(unknown)}")
        changes = dict(changes)
        if "amount" in changes:
            self.stock.put(listing_id, {"amount": int(changes.pop("amount"))})
        self.items.put(listing_id, {**item, **changes})
        return {**item, **changes}

    def sell(self, listing_id: str, quantity: int, buyer: Json) -> Json:
        """Less stock and a new order."""
        self.process()
        item = self.items.truth(listing_id)
        if item is None:
            raise LookupError(listing_id)
        if not self.is_published(item) or self._amount(listing_id) < quantity:
            raise ValueError("this item is not for sale in that quantity")
        self.stock.put(listing_id, {"amount": self._amount(listing_id) - quantity})
        return orders.sell(self, item, quantity, buyer)

    def summary(self) -> Json:
        """The counts, with feeds by kind, how often each SKU was sent in an item feed, and payments captured."""
        counts: dict[str, int] = {}
        for _, feed in self.feeds:
            counts[feed["kind"]] = counts.get(feed["kind"], 0) + 1
        captures = self.state.counted("captures").get("", 0)
        return {**super().summary(), "feeds": counts, "sent": self.state.counted("sent "), "captures": captures}

    def _amount(self, sku: str) -> int:
        return int((self.stock.truth(sku) or {"amount": 0})["amount"])
