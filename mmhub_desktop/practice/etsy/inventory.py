"""Inventories: replaced as a whole, in a form that differs from the one that is read."""

from typing import Any

from aiohttp import web

from mmhub_desktop.practice.answers import read_object
from mmhub_desktop.practice.checks import Field, check_fields
from mmhub_desktop.practice.etsy.auth import check_key, signed_in
from mmhub_desktop.practice.etsy.listings import listing_of
from mmhub_desktop.practice.etsy.market import READINESS_STATE, Market
from mmhub_desktop.practice.etsy.switches import refuse
from mmhub_desktop.practice.etsy.views import show_inventory
from mmhub_desktop.practice.state import Json

routes = web.RouteTableDef()
_NUMBERS = Field("list", entry=Field("integer"))
_OFFERING = {
    "price": Field("number", required=True, least=0.2, most=10_000_000),
    "quantity": Field("integer", required=True, least=0, most=999),
    "is_enabled": Field("boolean", required=True),
    "readiness_state_id": Field("integer", required=True, nullable=True),
}
_VALUE = {
    "property_id": Field("integer", required=True),
    "property_name": Field(),
    "scale_id": Field("integer", nullable=True),
    "value_ids": Field("list", required=True, entry=Field("integer")),
    "values": Field("list", required=True, shortest=1, entry=Field()),
}
_PRODUCT = {
    "sku": Field(nullable=True),
    "property_values": Field("list", entry=Field("object", fields=_VALUE)),
    "offerings": Field("list", required=True, shortest=1, entry=Field("object", fields=_OFFERING)),
}
_INVENTORY = {
    "products": Field("list", required=True, shortest=1, entry=Field("object", fields=_PRODUCT)),
    "price_on_property": _NUMBERS,
    "quantity_on_property": _NUMBERS,
    "sku_on_property": _NUMBERS,
    "readiness_state_on_property": Field("list", nullable=True, entry=Field("integer")),
}


@routes.get("/v3/application/listings/{listing_id}/inventory")
async def read(request: web.Request) -> web.Response:
    """The inventory as it is read."""
    check_key(request)
    market = signed_in(request, "listings_r")
    return market.answer(show_inventory(market, listing_of(request, market)))


@routes.put("/v3/application/listings/{listing_id}/inventory")
async def replace(request: web.Request) -> web.Response:
    """The inventory as it is written: what is left out is deleted."""
    check_key(request)
    market = signed_in(request, "listings_w")
    listing = listing_of(request, market)
    body = await read_object(request)
    for problem in check_fields(body, _INVENTORY, strict=True):
        raise refuse(400, f"{problem.path}: {problem.code}, {problem.limit or problem.value}")
    _check_values(body)
    known = {one["sku"]: one for one in listing["products"] if one["sku"]}
    changed = {
        **listing,
        "products": [_product(market, one, known) for one in body["products"]],
        **{key: body.get(key) or [] for key in ("price_on_property", "quantity_on_property", "sku_on_property")},
    }
    return market.answer(show_inventory(market, market.keep(changed)))


def _check_values(body: Json) -> None:
    offerings = [one for product in body["products"] for one in product["offerings"]]
    if not any(one["is_enabled"] and one["quantity"] >= 1 for one in offerings):
        raise refuse(400, "At least one offering must be enabled with a quantity greater than 0")
    if any(one["readiness_state_id"] not in (None, READINESS_STATE) for one in offerings):
        raise refuse(400, "readiness_state_id does not belong to the shop")
    for product in body["products"]:
        for value in product.get("property_values", ()):
            if any(sign in text for text in value["values"] for sign in "()"):
                raise refuse(400, "property_values cannot contain parentheses")
    for key, values in (
        ("price_on_property", {one["price"] for one in offerings}),
        ("quantity_on_property", {one["quantity"] for one in offerings}),
        ("sku_on_property", {product.get("sku") for product in body["products"]}),
    ):
        if len(values) > 1 and not body.get(key):
            raise refuse(400, f"{key} must name the properties by which the products differ")


def _product(market: Market, product: Json, known: dict[str, Any]) -> Json:
    sku = product.get("sku") or ""
    before = known.get(sku)
    values = [{"scale_id": None, "property_name": None, **one} for one in product.get("property_values", ())]
    return {
        "product_id": before["product_id"] if before else market.new_number("product", 5_000_000_000),
        "sku": sku,
        "property_values": values,
        "offerings": [
            {**one, "price": round(one["price"] * 100), "offering_id": market.new_number("offering", 6_000_000_000)}
            for one in product["offerings"]
        ],
    }
