"""The practice Kaufland as one web application: its routes, its words, its buyer's pages."""

from collections.abc import Iterable
from dataclasses import asdict

from aiohttp import web

from mmhub_desktop.practice.answers import Refusal
from mmhub_desktop.practice.buyer import Brand, Entry, Showcase
from mmhub_desktop.practice.kaufland import info, orders, product_data, units
from mmhub_desktop.practice.kaufland.books import Books, shop_of
from mmhub_desktop.practice.kaufland.errors import body_for, refuse
from mmhub_desktop.practice.limits import Limit
from mmhub_desktop.practice.state import Json

_SETTABLE = {"hold", "amount", "listing_price", "note"}


class KauflandPractice(Books):
    """The marketplace and its application, for ``PracticeServer``."""

    brand = Brand(
        "Kaufland", background="#e10915", ink="#ffffff", language="de", facts="Details", description="Beschreibung",
        stock="Auf Lager", buy="In den Warenkorb",
    )  # fmt: skip
    routes = (info.routes, product_data.routes, units.routes, orders.routes)
    limits = (Limit("calls", 111, 111),)

    def error_body(self, status: int) -> Json:
        """Type, message and no fields."""
        return body_for(status)

    def malformed(self, why: str) -> Refusal:
        """400 ``bad-request``."""
        return refuse(400, "bad-request", why)

    def caller_of(self, request: web.Request) -> str:
        """Limits count for the seller."""
        return request.headers.get("Shop-Client-Key", "")

    def refuse_early(self, request: web.Request, route: str) -> None:
        """The switch ``inactive_account``."""
        if self.settings().inactive_account:
            raise refuse(403, "inactive-account", "The seller account is inactive")

    def entries(self) -> Iterable[Entry]:
        """Every offer ever made; the storefront tells apart what is no duplicate."""
        for key, row in self.units:
            status = "DELETED" if row["deleted"] else self.status_of(key, row)
            live = status == "AVAILABLE" and row["amount"] > 0
            page = self.product(row["ean"]) or {"title": row["ean"]}
            price = f"{row['listing_price'] / 100:.2f} {shop_of(row['storefront']).currency}"
            yield Entry(
                key, row["id_offer"], page["title"], price, row["amount"], status, live, row["storefront"], row["again"]
            )

    def showcase(self, listing_id: str) -> Showcase:
        """One offer on its product's page."""
        entry = next((one for one in self.entries() if one.id == listing_id), None)
        row = self.units.truth(listing_id)
        if entry is None or row is None:
            raise LookupError(listing_id)
        page = self.product(row["ean"]) or {}
        notice = "" if entry.live else f"Dieses Angebot ist nicht im Shop: {entry.status}."
        facts = [("EAN", row["ean"]), ("Hersteller", str(page.get("manufacturer", ""))), ("Zustand", row["condition"])]
        pictures = [page["picture"]] if page.get("picture") else []
        return Showcase(entry, pictures, facts, str(page.get("description", "")), notice=notice)

    def place(self, listing_id: str) -> str:
        """The offer's storefront."""
        row = self.units.truth(listing_id)
        return f"kaufland.{row['storefront']}" if row else ""

    def change(self, listing_id: str, changes: Json) -> Json:
        """Changed in the Seller Portal, or by Kaufland."""
        row = self.units.truth(listing_id)
        if row is None:
            raise LookupError(listing_id)
        if unknown := set(changes) - _SETTABLE:
            raise ValueError(f"only {', '.join(sorted(_SETTABLE))} can be set, not {', '.join(unknown)}")
        self.units.put(listing_id, {**row, **changes, "changed": self.now()})
        return dict(self.units.truth(listing_id) or {})

    def sell(self, listing_id: str, quantity: int, buyer: Json) -> Json:
        """Less stock on all storefronts, and an order with a row for each piece."""
        row = self.units.truth(listing_id)
        if row is None:
            raise LookupError(listing_id)
        if self.status_of(listing_id, row) != "AVAILABLE" or row["amount"] < quantity:
            raise ValueError("this offer is not for sale in that quantity")
        self.set_stock(row["id_offer"], amount=row["amount"] - quantity)
        return orders.place_order(self, listing_id, row, quantity, buyer)

    def details(self) -> Json:
        """Every offer with the data that was sent for its EAN."""
        data = self.state.table("product data")
        found = {}
        for entry in self.entries():
            row = self.units.truth(entry.id) or {}
            sent = [one["attributes"] for one in data.values() if one["ean"] == row.get("ean")]
            found[entry.id] = {**asdict(entry), **row, "data": sent}
        return found

    def summary(self) -> Json:
        """The counts, with how often product data was sent for each EAN."""
        return {**super().summary(), "product_data": self.state.counted("product data ")}
