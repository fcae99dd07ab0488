"""The practice Amazon as one web application: its routes, limits, words and books."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from aiohttp import web

from mmhub_desktop.practice.amazon import auth, catalogue, feeds, listings, orders
from mmhub_desktop.practice.amazon.books import Books, is_parent, pictures_of, price_of, stock_of, text_of
from mmhub_desktop.practice.amazon.shops import SHOPS
from mmhub_desktop.practice.amazon.switches import Switches
from mmhub_desktop.practice.amazon.words import TOKEN_HEADER, error_body, refuse
from mmhub_desktop.practice.answers import Refusal
from mmhub_desktop.practice.buyer import Brand, Entry, Showcase
from mmhub_desktop.practice.limits import Limit, Verdict
from mmhub_desktop.practice.marketplace import PracticeMarketplace
from mmhub_desktop.practice.state import Json

_ITEM = "/listings/2021-08-01/items/{seller}/{sku}"
_FACTS = ("brand", "color", "size", "material", "model_name", "country_of_origin")
_SETTABLE = frozenset({"issues", "attributes", "deleted", "product_type"})


class AmazonPractice(PracticeMarketplace):
    """The marketplace and its application, for ``PracticeServer``."""

    brand = Brand("Amazon", background="#131a22", ink="#ffffff", facts="Product details", buy="Add to basket")
    routes = (auth.routes, catalogue.routes, listings.routes, orders.routes, feeds.routes)
    switches = Switches
    token_rules = auth.RULES
    token_routes = frozenset({"/auth/o2/token"})
    limits = (
        Limit("put", 5, 10, "PUT", _ITEM),
        Limit("get", 5, 10, "GET", _ITEM),
        Limit("patch", 5, 5, "PATCH", _ITEM),
        Limit("delete", 5, 5, "DELETE", _ITEM),
        Limit("search", 5, 5, "GET", "/listings/2021-08-01/items/{seller}"),
        Limit("types", 5, 10, "GET", "/definitions/2020-09-01/productTypes"),
        Limit("type", 5, 10, "GET", "/definitions/2020-09-01/productTypes/{name}"),
        Limit("restrictions", 5, 10, "GET", "/listings/2021-08-01/restrictions"),
        Limit("catalogue", 2, 2, "GET", "/catalog/2022-04-01/items"),
        Limit("feed files", 0.5, 15, "POST", "/feeds/2021-06-30/documents"),
        Limit("feeds", 0.0083, 15, "POST", "/feeds/2021-06-30/feeds"),
        Limit("feed", 2, 15, "GET", "/feeds/2021-06-30/feeds/{feed}"),
        Limit("feed reports", 0.0222, 10, "GET", "/feeds/2021-06-30/documents/{key}"),
        Limit("participations", 0.016, 15, "GET", "/sellers/*"),
        Limit("search orders", 0.0056, 20, "GET", "/orders/2026-01-01/orders"),
        Limit("order", 0.5, 30, "GET", "/orders/2026-01-01/orders/{order}"),
        Limit("shipment", 2, 10, "POST", "/orders/v0/*"),
    )

    def __init__(self, state_file: Path | None = None) -> None:
        super().__init__(state_file)
        self.books = Books(self)
        self.app[listings.BOOKS] = self.books

    def error_body(self, status: int) -> Json:
        """A list with one error."""
        return error_body(status)

    def malformed(self, why: str) -> Refusal:
        """400 ``InvalidInput``."""
        return refuse(400, "Request has missing or invalid parameters and cannot be parsed.", why)

    def limit_headers(self, verdict: Verdict) -> Mapping[str, str]:
        """The rate of the operation; what is left is not told."""
        return {"x-amzn-RateLimit-Limit": f"{verdict.limit.rate_per_s:g}", "x-amzn-RequestId": self._request_id()}

    def _request_id(self) -> str:
        return f"practice-{self.new_number('request id')}"

    def caller_of(self, request: web.Request) -> str:
        """The application and seller behind the token: there is one of each."""
        return "seller" if request.headers.get(TOKEN_HEADER) else ""

    def entries(self) -> Iterable[Entry]:
        """Every listing ever made."""
        return (self._entry(key, row) for key, row in self.books.rows)

    def _entry(self, key: str, row: Json) -> Entry:
        shop, amount = SHOPS[row["marketplace"]], price_of(row, self.now())
        status = self.books.status(row)
        words = "deleted" if row["deleted"] else ", ".join(status).lower() or "processing"
        price = "" if amount is None else f"{shop.currency} {amount:,.{shop.decimals}f}"
        seller = f"{row['seller']} {row['marketplace']}"
        live = "BUYABLE" in status or (is_parent(row) and bool(status))
        title = text_of(row, "item_name") or row["asin"]
        return Entry(key, row["sku"], title, price, stock_of(row), words, live, seller)

    def showcase(self, listing_id: str) -> Showcase:
        """One listing as a buyer sees it."""
        row = self._row(listing_id)
        entry = self._entry(listing_id, row)
        notice = "" if entry.live else f"Not for sale: {entry.status}. "
        notice += " ".join(one["message"] for one in self.books.issues(row))
        return Showcase(
            entry,
            [url for _, url in pictures_of(row)],
            [(name.replace("_", " ").title(), text_of(row, name)) for name in _FACTS if text_of(row, name)],
            text_of(row, "product_description"),
            condition=text_of(row, "condition_type").replace("_", " "),
            sold=f"{row['sold']} sold",
            notice=notice.strip(),
        )

    def place(self, listing_id: str) -> str:
        """The listing's shop."""
        return SHOPS[self._row(listing_id)["marketplace"]].name

    def change(self, listing_id: str, changes: Json) -> Json:
        """Set issues, attributes or the product type, or delete, as Amazon or the seller would elsewhere."""
        row = self._row(listing_id)
        if unknown := set(changes) - _SETTABLE:
            raise ValueError(f"only {', '.join(sorted(_SETTABLE))} can be set, not {', '.join(unknown)}")
        if "attributes" in changes:
            changes = {**changes, "attributes": {**row["attributes"], **changes["attributes"]}}
        return self.books.change(listing_id, **changes)

    def sell(self, listing_id: str, quantity: int, buyer: Json) -> Json:
        """Less stock, and an order."""
        row = self._row(listing_id)
        if "BUYABLE" not in self.books.status(row):
            raise ValueError("this listing cannot be bought")
        stock = orders.left_after(row, quantity)
        attributes = {**row["attributes"], "fulfillment_availability": stock}
        self.books.change(listing_id, attributes=attributes, sold=row["sold"] + quantity)
        order = orders.new_order(self, row, quantity, buyer)
        return {"order_id": order["orderId"], **order}

    def details(self) -> dict[str, Any]:
        """Every listing with what was sent about it."""
        return {key: {**row, "status": self.books.status(row)} for key, row in self.books.rows}

    def _row(self, listing_id: str) -> Json:
        row = self.books.rows.truth(listing_id)
        if row is None:
            raise LookupError(listing_id)
        return row
