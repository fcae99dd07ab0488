"""The practice Corner Shop: written from the shop's documentation, sharing nothing with the adapter."""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from pathlib import Path

from aiohttp import web

from mmhub_desktop.practice.answers import Refusal, read_object
from mmhub_desktop.practice.buyer import Brand, Entry, Showcase
from mmhub_desktop.practice.marketplace import PracticeMarketplace, practice_of
from mmhub_desktop.practice.state import Json

routes = web.RouteTableDef()
CATEGORY = {"id": "all", "name": "Everything", "attributes": []}


class CornerShopPractice(PracticeMarketplace):
    """Items on one shelf."""

    brand = Brand("Corner Shop", background="#245c3a", ink="#ffffff")
    routes = (routes,)

    def __init__(self, state_file: Path | None = None) -> None:
        super().__init__(state_file)
        self.items = self.shelf("items", sku=lambda item: [item["sku"]])

    def error_body(self, status: int) -> Json:
        """As the shop writes errors."""
        return {"errors": [{"field": "", "message": f"status {status}"}]}

    def entries(self) -> Iterable[Entry]:
        """Every item."""
        for key, item in self.items:
            price = f"{item['price']} {item['currency']}"
            live = item["state"] == "active" and item["quantity"] > 0
            yield Entry(key, item["sku"], item["title"], price, item["quantity"], item["state"], live)

    def showcase(self, listing_id: str) -> Showcase:
        """One item as a buyer sees it."""
        entry = next((one for one in self.entries() if one.id == listing_id), None)
        if entry is None:
            raise LookupError(listing_id)
        return Showcase(entry, description=self.items.truth(listing_id)["description"])


def shop_of(request: web.Request) -> CornerShopPractice:
    """The shop, for a caller with the right key."""
    shop = practice_of(request, CornerShopPractice)
    if request.headers.get("X-Api-Key") != "practice-key" or shop.is_revoked:
        raise Refusal(401, shop.error_body(401))
    return shop


def item_of(request: web.Request) -> tuple[CornerShopPractice, str, Json]:
    """The item that the path names."""
    shop, key = shop_of(request), request.match_info["item"]
    item = shop.items.seen(key)
    if item is None:
        raise Refusal(404, shop.error_body(404))
    return shop, key, item


def check(item: Json) -> None:
    """What the shop refuses."""
    try:
        price = Decimal(str(item.get("price", "")))
    except InvalidOperation:
        price = Decimal(0)
    errors = []
    if not 0 < price <= 1_000_000:
        errors.append({"field": "price", "message": "price must be between 0 and 1000000"})
    if not 0 < len(str(item.get("title", "")).strip()) <= 80:
        errors.append({"field": "title", "message": "title must have 1 to 80 characters"})
    if errors:
        raise Refusal(422, {"errors": errors})


@routes.get("/me")
async def me(request: web.Request) -> web.Response:
    """Whose key it is."""
    return shop_of(request).answer({"id": "7", "name": "Practice seller", "currency": "EUR"})


@routes.get("/categories")
async def categories(request: web.Request) -> web.Response:
    """There is one."""
    return shop_of(request).answer([CATEGORY])


@routes.get("/categories/{category}")
async def category(request: web.Request) -> web.Response:
    """Its rules."""
    return shop_of(request).answer(CATEGORY)


@routes.post("/pictures")
async def picture(request: web.Request) -> web.Response:
    """A picture's bytes."""
    shop = shop_of(request)
    await request.read()
    return shop.answer({"id": f"P{shop.new_number('picture')}"}, 201)


@routes.get("/items")
async def find(request: web.Request) -> web.Response:
    """Items by SKU."""
    shop = shop_of(request)
    found = shop.items.find("sku", request.query.get("sku", ""))
    return shop.answer([shop.items.truth(key) for key in found])


@routes.post("/items")
async def create(request: web.Request) -> web.Response:
    """A new item, every time."""
    shop, item = shop_of(request), await read_object(request)
    check(item)
    key = f"CS{shop.new_number('item', 1_000_000)}"
    kept = {**item, "id": key, "state": "active", "url": f"https://cornershop.example/{key}"}
    shop.items.put(key, kept)
    return shop.answer({"id": key, "state": "pending"}, 201)


@routes.get("/items/{item}")
async def read(request: web.Request) -> web.Response:
    """One item."""
    shop, _, item = item_of(request)
    return shop.answer(item)


@routes.patch("/items/{item}")
async def change(request: web.Request) -> web.Response:
    """Other values of an item."""
    shop, key, item = item_of(request)
    changed = {**item, **await read_object(request)}
    check(changed)
    shop.items.put(key, changed)
    return shop.answer(changed)


@routes.delete("/items/{item}")
async def end(request: web.Request) -> web.Response:
    """An item taken off."""
    shop, key, item = item_of(request)
    shop.items.put(key, {**item, "state": "ended"})
    return shop.answer({})
