"""The practice Kaufland's books: offers, products, the data behind them, orders."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from mmhub_desktop.practice.faults import KINDS, Switches
from mmhub_desktop.practice.kaufland.goods import KNOWN, LOCALES, SHOPS, Shop
from mmhub_desktop.practice.marketplace import PracticeMarketplace
from mmhub_desktop.practice.state import Json

CLIENT_KEY = "practice0client0key0for0kaufland"
SECRET_KEY = "practice0secret0key0" * 3 + "0000"


@dataclass
class KauflandSwitches(Switches):
    """The traps of this marketplace beside those of all.

    ``unknown_ean`` "incomplete" or "refuse": what becomes of an offer whose product is not ready. ``repeat_unit``
    "refuse", "update" or "duplicate": a second offer with the same id_offer. ``refuse_data``: the reason why all
    product data fails from now on; ``missing_attribute``: what is said to be missing.
    """

    # Keys that are good do not turn bad by themselves, so a refused call at random would be no practice.
    failure_kinds: list[str] = field(default_factory=lambda: [kind for kind in KINDS if kind != "401"])
    unknown_ean: str = "incomplete"
    repeat_unit: str = "refuse"
    refuse_data: str = ""
    missing_attribute: str = ""
    knows_all: bool = False  # every EAN has a product page
    others_text: bool = False  # another source's text wins on product pages
    conditional_attributes: bool = True  # False: as before they were known, a 400
    create_status: int = 200
    inactive_account: bool = False
    closed_storefronts: list[str] = field(default_factory=list)


class Books(PracticeMarketplace):
    """What all of its handlers work on."""

    switches = KauflandSwitches

    def __init__(self, state_file: Path | None = None) -> None:
        super().__init__(state_file)
        self.units = self.shelf(
            "units",
            offer=lambda row: [] if row["deleted"] else [row["id_offer"], f"{row['storefront']}|{row['id_offer']}"],
            ean=lambda row: [] if row["deleted"] else [f"{row['storefront']}|{row['ean']}"],
            shop=lambda row: [] if row["deleted"] else [row["storefront"]],
        )

    def answer(self, body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
        """JSON, dated by the practice clock."""
        return super().answer(body, status, {"Date": self.date(), **(headers or {})})

    def empty(self) -> web.Response:
        """204."""
        return web.Response(status=204, headers={"Date": self.date()})

    def date(self) -> str:
        """The ``Date`` header."""
        return datetime.fromtimestamp(self.now(), UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")

    def stamp(self, at: float | None = None) -> str:
        """A time as the API shows it."""
        return datetime.fromtimestamp(self.now() if at is None else at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    # Products

    def id_product(self, ean: str) -> int:
        """The number of an EAN's product, given when it is first heard of."""
        if ean in KNOWN:
            return KNOWN[ean].number
        numbers = self.state.table("product numbers")
        if ean not in numbers:
            self.state.put("product numbers", ean, self.new_number("product", 400_000_000))
        return int(numbers[ean])

    def product(self, ean: str) -> Json | None:
        """What the product page of an EAN shows; None where there is none yet."""
        self.settle(ean)
        made: Json | None = self.state.table("products").get(ean)
        if made is not None:
            return made
        if ean in KNOWN:
            known = KNOWN[ean]
            return {"title": known.title, "manufacturer": known.manufacturer, "category": known.category, "picture": ""}
        if self.settings().knows_all:
            return {"title": f"Produkt {ean}", "manufacturer": "Hersteller", "category": 11, "picture": ""}
        return None

    def settle(self, ean: str) -> None:
        """Come to the end of product data whose time is over."""
        for locale in LOCALES:
            key = data_key(locale, ean)
            row = self.state.table("product data").get(key)
            if row is not None and not row["verdict"] and self.background.is_done(key):
                self.state.put("product data", key, {**row, "verdict": row["coming"]})
                if row["coming"]["product_ready"]:
                    self.make_product(ean, row["attributes"])

    def make_product(self, ean: str, attributes: Json) -> None:
        """Let data become a product page; where another source wins, its text is shown."""

        def first(name: str) -> str:
            return str((attributes.get(name) or [""])[0])

        title = "Text einer anderen Quelle" if self.settings().others_text else first("title")
        page = {
            "title": title, "manufacturer": first("manufacturer"), "category": attributes.get("category_id", 11),
            "picture": first("picture"), "description": first("description"),
        }  # fmt: skip
        self.state.put("products", ean, page)

    def show_product(self, ean: str, storefront: str, page: Json) -> Json:
        """A product as units and orders embed it."""
        number = self.id_product(ean)
        return {
            "id_product": number,
            "storefront": storefront,
            "title": page["title"],
            "eans": [ean],
            "id_category": page["category"],
            "main_picture": page["picture"] or "https://media.cdn.kaufland.de/product-images/none.jpg",
            "manufacturer": page["manufacturer"],
            "url": f"https://www.kaufland.{storefront}/product/{number}/",
            "age_rating": 0,
            "is_valid": True,
            "dangerous_goods_li_shipping": None,
            "danger_label_9A": None,
        }

    # Offers

    def status_of(self, key: str, row: Json) -> str:
        """The status that buyers' pages follow."""
        if row["hold"]:
            return "ONHOLD"
        after = self.settings().live_after_s
        waits = after is None or after < 0 or self.now() < self.units.created_at(key) + after
        return "INCOMPLETE" if waits or self.product(row["ean"]) is None else "AVAILABLE"

    def siblings(self, id_offer: str) -> list[tuple[str, Json]]:
        """All offers with the same id on all storefronts: they share stock and warehouse."""
        return [(key, row) for key, row in self.all_of(id_offer) if not row["deleted"]]

    def all_of(self, id_offer: str) -> list[tuple[str, Json]]:
        """The same with those that were deleted."""
        keys = self.state.table("offers").get(id_offer, ())
        return [(key, row) for key in keys if (row := self.units.truth(key)) is not None]

    def add_unit(self, key: str, row: Json) -> None:
        """Keep a new offer."""
        self.units.put(key, row)
        self.state.put("offers", row["id_offer"], [*self.state.table("offers").get(row["id_offer"], ()), key])

    def set_stock(self, id_offer: str, **shared: Any) -> None:
        """Give all offers of one id the same stock or warehouse."""
        for key, row in self.siblings(id_offer):
            self.units.put(key, {**row, **shared, "changed": self.now()})


def data_key(locale: str, ean: str) -> str:
    """Under what one data set, and the work on it, is kept."""
    return f"product-data|{locale}|{ean}"


def shop_of(storefront: str) -> Shop:
    """A storefront. KeyError."""
    return SHOPS[storefront]
