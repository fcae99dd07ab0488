"""What the practice Paris keeps: products, their prices and stock, sub-orders; and who calls."""

import base64
import json
import secrets
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from mmhub_desktop.practice.answers import Refusal, read_bearer
from mmhub_desktop.practice.buyer import Brand, Entry, Showcase
from mmhub_desktop.practice.marketplace import PracticeMarketplace, practice_of
from mmhub_desktop.practice.paris.catalog import FAMILIES, PRICE_TYPES
from mmhub_desktop.practice.paris.switches import ParisSwitches
from mmhub_desktop.practice.state import Json
from mmhub_desktop.practice.tokens import TokenProblem, TokenRules

API_KEY = "practice-api-key"
SELLER = {"seller_id": "7001", "seller_name": "Tienda de práctica", "email": "seller@practice.invalid"}
_WORDS = {
    400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
    429: "Too Many Requests", 500: "Internal server error", 502: "Bad Gateway", 503: "Service Unavailable",
}  # fmt: skip
_DESCRIPTIONS = ("Descripción Larga/Emocional", "Descripción corta")


def _make_token(_kind: str, seller: str) -> str:
    """A JSON Web Token, whose payload the sign-in also tells as ``jwtPayload``."""

    def part(value: Json) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    payload = {**SELLER, "seller_status": "active", "sub": seller, "jti": secrets.token_hex(8)}
    return f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part(payload)}.{secrets.token_urlsafe(16)}"


class ParisBooks(PracticeMarketplace):
    """Everything but the routes."""

    brand = Brand(
        "Paris practice", background="#00a0df", ink="#ffffff", language="es", facts="Ficha técnica",
        description="Descripción", stock="Disponibles", buy="Agregar al carro",
    )  # fmt: skip
    switches = ParisSwitches
    token_rules = TokenRules(make=_make_token)
    token_routes = frozenset({"/v1/auth/apiKey"})

    def __init__(self, state_file: Path | None = None) -> None:
        super().__init__(state_file)
        self.products = self.shelf("products", sku=skus_of)
        self.prices = self.shelf("prices")
        self.stock = self.shelf("stock", sku=lambda row: [row["sku_seller"]])

    def error_body(self, status: int) -> Json:
        """Status and words."""
        return {"statusCode": status, "message": _WORDS.get(status, "Error")}

    def malformed(self, why: str) -> Refusal:
        """400 with what is wrong."""
        return refuse([why])

    def approval(self, product: Json) -> str:
        """What people have said of the product by now."""
        if product.get("approval"):
            return str(product["approval"])
        after = self.settings().live_after_s
        done = after is not None and after >= 0 and self.now() >= product["sent_at"] + after
        if not done:
            return "pending"
        return "rejected" if product.get("reason") else "approved"

    def price_of(self, product_id: str) -> int | None:
        """What a buyer pays: the offer where one is lower."""
        row = self.prices.truth(product_id)
        values = [one["value"] for one in row["rows"]] if row else []
        return min(values) if values else None

    def available(self, product: Json) -> int:
        """Pieces of all variants that can be bought."""
        rows = [self.stock.truth(one["sku"]) for one in product["variants"]]
        return sum(max(0, row["quantity"] - self.settings().safety_stock) for row in rows if row)

    def entries(self) -> Iterable[Entry]:
        """Every product ever created."""
        return (self._entry(key, product) for key, product in self.products)

    def _entry(self, key: str, product: Json) -> Entry:
        approval, price, stock = self.approval(product), self.price_of(key), self.available(product)
        live = approval == "approved" and stock > 0 and price is not None
        shown = "" if price is None else f"$ {price:,}".replace(",", ".")
        return Entry(key, product["sellerSku"], product["name"], shown, stock, approval, live)

    def details(self) -> Json:
        """Products with their price rows and stock."""
        return {
            key: {**product, "prices": (self.prices.truth(key) or {}).get("rows", []), "stock": self.available(product)}
            for key, product in self.products
        }

    def showcase(self, listing_id: str) -> Showcase:
        """One product as a buyer sees it."""
        product = self._known(listing_id)
        entry = self._entry(listing_id, product)
        names = FAMILIES[product["familyId"]].by_id
        rows = [*product["attributes"], *(one for variant in product["variants"] for one in variant["attributes"])]
        told = [(names[row["id"]], row["value"]) for row in rows if row["id"] in names and row["value"]]
        options = {one["id"]: one["name"] for attribute, _ in told for one in attribute.option_rows()}
        facts = [(one.name, options.get(value, value)) for one, value in told if one.name not in _DESCRIPTIONS]
        text = next((value for one, value in told if one.name == _DESCRIPTIONS[0]), "")
        pictures = [media["src"] for media in product["variants"][0]["medias"]]
        notice = "" if entry.live else f"Not shown to buyers: {entry.status}, stock {entry.quantity}"
        return Showcase(entry, pictures, facts, text, html=True, notice=notice)

    def change(self, listing_id: str, changes: Json) -> Json:
        """``approval``, ``reason``, ``name``, ``quantity`` or price ``rows`` behind the seller's back."""
        product = self._known(listing_id)
        if unknown := set(changes) - {"approval", "reason", "name", "quantity", "rows"}:
            raise ValueError(f"cannot be set: {', '.join(sorted(unknown))}")
        kept: Json = {key: changes[key] for key in ("approval", "reason", "name") if key in changes}
        self.products.put(listing_id, {**product, **kept})
        if "rows" in changes:
            self.prices.put(listing_id, {"rows": changes["rows"]})
        if "quantity" in changes:
            self.set_stock(product["variants"][0], int(changes["quantity"]))
        return self._known(listing_id)

    def sell(self, listing_id: str, quantity: int, buyer: Json) -> Json:
        """A buyer buys the first variant: a sub-order that is ready to dispatch."""
        product = self._known(listing_id)
        variant = product["variants"][0]
        stock = self.stock.truth(variant["sku"])
        price = self.price_of(listing_id)
        if stock is None or stock["quantity"] < quantity or price is None:
            raise ValueError("too few are left")
        self.set_stock(variant, stock["quantity"] - quantity)
        number = self.new_number("orders", 300_000_000)
        item = {
            "sku": variant["sku"], "sellerSku": variant["skuSeller"], "name": product["name"], "statusId": 8,
            "priceAfterDiscounts": price,
        }  # fmt: skip
        order: Json = {
            "orderNumber": str(number),
            "subOrderNumber": f"{number}1",
            "at": self.now(),
            "customer": {"name": str(buyer.get("name") or "Ana Pérez"), "documentType": "RUT"},
            "shippingAddress": {"address1": "Av. Providencia 1234", "communeName": "Providencia", "regionName": "RM"},
            "items": [{**item, "id": f"{number}-{n}"} for n in range(1, quantity + 1)],
        }
        self.state.put("orders", order["subOrderNumber"], order)
        return {"order_id": order["subOrderNumber"]}

    def set_stock(self, variant: Json, quantity: int) -> None:
        """Pieces of one variant."""
        self.stock.put(
            variant["sku"], {"sku": variant["sku"], "sku_seller": variant["skuSeller"], "quantity": quantity}
        )

    def variant(self, sku: str) -> Json | None:
        """The variant with this marketplace SKU."""
        product = self.products.truth(sku.rpartition("-")[0])
        return next((one for one in product["variants"] if one["sku"] == sku), None) if product else None

    def _known(self, listing_id: str) -> Json:
        product = self.products.truth(listing_id)
        if product is None:
            raise LookupError(listing_id)
        return product


def skus_of(product: Json) -> list[str]:
    """Every seller SKU that a product is found by."""
    return list(dict.fromkeys([product["sellerSku"], *(one["skuSeller"] for one in product["variants"])]))


def books_of(request: web.Request) -> ParisBooks:
    """The marketplace behind a request that shows a good access token."""
    books = practice_of(request, ParisBooks)
    try:
        books.tokens.who(read_bearer(request))
    except TokenProblem:
        status = 403 if books.settings().forbids_expired else 401
        raise Refusal(status, books.error_body(status)) from None
    return books


def refuse(messages: Sequence[str], status: int = 400) -> Refusal:
    """An error with its texts."""
    return Refusal(status, {"statusCode": status, "message": list(messages), "error": _WORDS.get(status, "Error")})


def missing(what: str) -> Refusal:
    """404 for something."""
    return Refusal(404, {"statusCode": 404, "message": f"{what} not found", "error": "Not Found"})


def page_of(request: web.Request, rows: Sequence[Json], *, by_pages: bool = False) -> list[Json]:
    """The rows that ``limit`` and ``offset`` ask for; ``by_pages``: the offset is the number of a page."""
    try:
        limit = int(request.query.get("limit", "10"))
        offset = int(request.query.get("offset", "0"))
    except ValueError:
        raise refuse(["limit must be a number string"]) from None
    if limit < 1 or offset < 0:
        raise refuse(["limit must not be less than 1"])
    settings = practice_of(request, ParisBooks).settings()
    limit = min(limit, settings.most_rows)
    start = offset * limit if by_pages else offset
    some = list(rows[start : start + limit])
    if not some and settings.empty_is_404:
        raise missing("Results")
    return some


def stamp(at: float) -> str:
    """A time as the API writes it."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def price_type(name: str) -> str:
    """The id of a price type."""
    return next(str(row["id"]) for row in PRICE_TYPES if row["name"] == name)
