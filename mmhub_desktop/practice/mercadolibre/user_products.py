"""User products: one physical product behind one or more items, and its stock by place."""

import asyncio
import hashlib
import json

from aiohttp import web

from mmhub_desktop.practice.answers import read_object
from mmhub_desktop.practice.mercadolibre.attributes import ATTRIBUTES
from mmhub_desktop.practice.mercadolibre.errors import invalid_one, refuse
from mmhub_desktop.practice.mercadolibre.market import Market, stamp
from mmhub_desktop.practice.mercadolibre.sites import Seller
from mmhub_desktop.practice.mercadolibre.web import answer, caller, market_of, not_found
from mmhub_desktop.practice.state import Json

MAX_ITEMS = 30

routes = web.RouteTableDef()


def _digest(parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def _level_values(item: Json, level: str) -> list[list[str]]:
    return sorted(
        [row["id"], str(row["value_name"]).casefold()]
        for row in item["attributes"]
        if row["id"] in ATTRIBUTES and ATTRIBUTES[row["id"]].level == level
    )


def join_user_product(market: Market, seller: Seller, item: Json) -> None:
    """Give a new item its user product, family and, in the new model, its title. Refuses 400 past thirty items."""
    family = [seller.id, item["family_name"], item["domain_id"], _level_values(item, "PARENT_PK"), item["condition"]]
    item["family_id"] = None
    key = f"item {item['id']}"  # the old model: one user product for each item
    if market.is_new_model(seller):
        item["family_id"] = int(_digest(family)[:12], 16)
        key = _digest([family, _level_values(item, "CHILD_PK")])
        item["title"] = make_title(item)
    number_of = market.state.table("user_product_keys")
    if key not in number_of:
        number = market.new_number("user product", 300_000_000)
        market.state.put("user_product_keys", key, f"{seller.site.id}U{number}")
    product_id = number_of[key]
    product = market.user_products.get(product_id) or {
        "id": product_id,
        "seller_id": seller.id,
        "items": [],
        "version": 1,
        "locations": _first_locations(market, item["available_quantity"]),
    }
    if len(product["items"]) >= MAX_ITEMS:
        raise invalid_one("family_full", f"The user product {product_id} already has {MAX_ITEMS} items.", "item")
    product["items"] = [*product["items"], item["id"]]
    item["user_product_id"] = product_id
    market.state.put("user_products", product_id, product)


def make_title(item: Json) -> str:
    """The title MercadoLibre makes up in the new model: the family's name and what tells the variant apart."""
    variant = " ".join(value for _, value in _level_values(item, "CHILD_PK"))
    return f"{item['family_name']} {variant.title()}".strip()


def _first_locations(market: Market, quantity: int) -> list[Json]:
    if market.faults.settings.warehouse:
        return [
            {"type": "seller_warehouse", "store_id": "70001", "network_node_id": "NODE1", "quantity": quantity},
            {"type": "seller_warehouse", "store_id": "70002", "network_node_id": "NODE2", "quantity": 0},
        ]
    return [{"type": "selling_address", "quantity": quantity}]


def _own_product(request: web.Request) -> Json:
    seller = caller(request)
    product_id = request.match_info["product"]
    product: Json | None = market_of(request).user_products.get(product_id)
    if product is None or product["seller_id"] != seller.id:
        raise not_found("User product", product_id)
    return product


@routes.get("/user-products/{product}")
async def read(request: web.Request) -> web.Response:
    """A user product."""
    product = _own_product(request)
    item = market_of(request).items[product["items"][0]]
    return answer(
        {
            "id": product["id"],
            "name": item["title"],
            "user_id": product["seller_id"],
            "domain_id": item["domain_id"],
            "family_id": item["family_id"],
            "attributes": item["attributes"],
            "pictures": item["pictures"],
            "date_created": stamp(item["created_at"]),
        }
    )


@routes.get("/user-products/{product}/stock")
async def stock(request: web.Request) -> web.Response:
    """Stock by place, with its version in the header ``x-version``."""
    return _stock_answer(_own_product(request))


def _stock_answer(product: Json) -> web.Response:
    body = {"id": product["id"], "user_id": product["seller_id"], "locations": product["locations"]}
    return answer(body, headers={"x-version": str(product["version"])})


@routes.put("/user-products/{product}/stock/type/{kind}")
async def set_stock(request: web.Request) -> web.Response:
    """Sets the stock of one kind of place; needs the newest ``x-version``."""
    product, kind = _own_product(request), request.match_info["kind"]
    market, body = market_of(request), await read_object(request)
    version = request.headers.get("x-version")
    if version is None:
        raise refuse(400, "bad_request", "The header x-version is required")
    if version != str(product["version"]):
        raise refuse(409, "conflict", "Version mismatch: the stock was changed since it was read")
    product["locations"] = _new_locations(market, caller(request), product, kind, body)
    product["version"] += 1
    product["changed_at"] = market.now()
    market.state.put("user_products", product["id"], product)
    if market.faults.settings.stock_lag_s <= 0:
        spread_stock(market, product)
    else:
        _spread_later(market, product)
    return _stock_answer(product)


def _new_locations(market: Market, seller: Seller, product: Json, kind: str, body: Json) -> list[Json]:
    if kind == "selling_address":
        if market.faults.settings.warehouse or not seller.site.has_selling_address:
            raise refuse(400, "bad_request", "The stock type selling_address is not available for this user")
        return [{"type": kind, "quantity": _quantity(body.get("quantity"))}]
    if kind != "seller_warehouse" or not market.faults.settings.warehouse:
        raise refuse(400, "bad_request", f"The stock type {kind} is not available for this user")
    rows = body.get("locations")
    if not isinstance(rows, list) or not all(isinstance(row, dict) and row.get("store_id") for row in rows):
        raise refuse(400, "bad_request", "locations must be a list with store_id, network_node_id and quantity")
    kept = {row.get("store_id"): row for row in product["locations"] if row["type"] == kind}
    for row in rows:
        store = str(row["store_id"])
        node = row.get("network_node_id") or kept.get(store, {}).get("network_node_id")
        kept[store] = {
            "type": kind,
            "store_id": store,
            "network_node_id": node,
            "quantity": _quantity(row.get("quantity")),
        }
    return list(kept.values())


def _quantity(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 99999:
        raise refuse(400, "bad_request", f"Invalid quantity: {value}")
    return value


def spread_stock(market: Market, product: Json) -> None:
    """Bring the user product's total to all its items that are not closed."""
    total = sum(row["quantity"] for row in product["locations"])
    for item_id in product["items"]:
        item = market.items.get(item_id)  # none after a reset in between
        if item is not None and item["status"] != "closed":
            set_quantity(item, total)
            market.save_item(item)


def _spread_later(market: Market, product: Json) -> None:
    loop = asyncio.get_running_loop()
    loop.call_later(market.faults.settings.stock_lag_s, spread_stock, market, product)


def set_quantity(item: Json, quantity: int) -> None:
    """Change an item's quantity: nothing left pauses it, stock again wakes it, unless the seller paused it."""
    item["available_quantity"] = quantity
    if quantity == 0 and item["status"] == "active":
        item["status"], item["sub_status"] = "paused", ["out_of_stock"]
    elif quantity > 0 and item["status"] == "paused" and item["sub_status"] == ["out_of_stock"]:
        item["status"], item["sub_status"] = "active", []
