"""Product types of the practice Amazon and their schemas, built in the form of the real ones."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from mmhub_desktop.practice.amazon.shops import SHOPS

Json = dict[str, Any]
COLORS = ("black", "white", "blue", "red", "green", "multicolor")
SIZES = ("small", "medium", "large", "x_large")
CONDITIONS = {
    "new_new": "New", "used_like_new": "Used - Like New", "used_very_good": "Used - Very Good",
    "used_good": "Used - Good", "used_acceptable": "Used - Acceptable", "refurbished_refurbished": "Refurbished",
}  # fmt: skip
COUNTRIES = {"CN": "China", "DE": "Germany", "MX": "Mexico", "US": "United States", "PT": "Portugal"}


@dataclass(frozen=True)
class ProductType:
    """One product type: by which words a title leads to it, and what it has beside the usual attributes."""

    name: str
    label: str
    words: tuple[str, ...]
    extra: Mapping[str, Json] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    themes: tuple[str, ...] = ("COLOR", "SIZE", "SIZE/COLOR")


def _leaf(kind: str = "string", **more: Any) -> Json:
    return {"title": "Value", "editable": True, "hidden": False, "type": kind, **more}


def _attribute(
    title: str, value: Json, *, most: int = 1, local: bool = False, place: bool = True, **parts: Json
) -> Json:
    """An attribute in Amazon's form: an array of objects with selectors."""
    selectors = [name for name, on in (("marketplace_id", place), ("language_tag", local)) if on]
    properties: Json = {"value": value, **parts}
    if local:
        properties["language_tag"] = {"$ref": "#/$defs/language_tag"}
    if place:
        properties["marketplace_id"] = {"$ref": "#/$defs/marketplace_id"}
    required = ["value", *(["language_tag"] if local else []), *(["unit"] if "unit" in parts else [])]
    return _array(title, {"type": "object", "required": required, "properties": properties}, selectors, most)


def _array(title: str, entry: Json, selectors: Sequence[str], most: int = 1) -> Json:
    return {
        "title": title,
        "description": f"Provide the {title.lower()}.",
        "type": "array",
        "minItems": 1,
        "minUniqueItems": 1,
        "maxUniqueItems": most,
        "selectors": list(selectors),
        "items": {**entry, "additionalProperties": False},
    }


def _listed(values: Mapping[str, str] | Sequence[str], *, free: bool = False) -> Json:
    names = values if isinstance(values, Mapping) else {one: one.replace("_", " ").title() for one in values}
    listed = {"type": "string", "enum": list(names), "enumNames": list(names.values())}
    if not free:
        return {"title": "Value", "editable": True, "hidden": False, **listed}
    return {"title": "Value", "editable": True, "hidden": False, "anyOf": [{"type": "string"}, listed]}


def _measure(title: str, units: Sequence[str]) -> Json:
    return _attribute(title, _leaf("number", minimum=0), unit=_listed(units))


def _dimensions(title: str) -> Json:
    units = _listed(("centimeters", "inches", "millimeters"))
    part = {
        "type": "object",
        "required": ["value", "unit"],
        "properties": {"value": _leaf("number", minimum=0), "unit": units},
        "additionalProperties": False,
    }
    sides = {side: {"title": side.title(), **part} for side in ("length", "width", "height")}
    place = {"marketplace_id": {"$ref": "#/$defs/marketplace_id"}}
    entry = {"type": "object", "required": list(sides), "properties": {**sides, **place}}
    return _array(title, entry, ["marketplace_id"])


def _schedule(**more: Json) -> Json:
    entry = {
        "type": "object",
        "required": ["value_with_tax"],
        "properties": {"value_with_tax": _leaf("number", minimum=0.01, maximum=1_000_000_000), **more},
        "additionalProperties": False,
    }
    schedule = {"type": "array", "minItems": 1, "items": entry}
    price = {"type": "object", "required": ["schedule"], "properties": {"schedule": schedule}}
    return {"type": "array", "minItems": 1, "maxItems": 1, "items": {**price, "additionalProperties": False}}


def _offer() -> Json:
    moments = {"start_at": {"type": "string"}, "end_at": {"type": "string"}}
    entry = {
        "type": "object",
        "required": ["currency", "our_price"],
        "properties": {
            "currency": {"type": "string"},
            "our_price": _schedule(),
            "discounted_price": _schedule(**moments),
            "audience": _listed(("ALL", "B2B")),
            "marketplace_id": {"$ref": "#/$defs/marketplace_id"},
        },
    }
    return _array("Offer", entry, ["marketplace_id", "currency", "audience"], 3)


def _stock() -> Json:
    entry = {
        "type": "object",
        "required": ["fulfillment_channel_code"],
        "properties": {
            "fulfillment_channel_code": _listed({"DEFAULT": "Merchant", "AMAZON_NA": "Amazon"}),
            "quantity": _leaf("integer", minimum=0, maximum=10_000_000),
            "lead_time_to_ship_max_days": _leaf("integer", minimum=1, maximum=30),
            "restock_date": {"type": "string"},
        },
    }
    return _array("Fulfillment availability", entry, ["fulfillment_channel_code"], 2)


def _picture() -> Json:
    entry = {
        "type": "object",
        "required": ["media_location"],
        "properties": {
            "media_location": {"type": "string", "pattern": "^(https?|s3)://", "maxLength": 1800},
            "marketplace_id": {"$ref": "#/$defs/marketplace_id"},
        },
    }
    return _array("Image", entry, ["marketplace_id"])


def _usual(themes: Sequence[str]) -> Json:
    """What every product type has."""
    place = {"marketplace_id": {"$ref": "#/$defs/marketplace_id"}}
    gtin = {
        "type": "object",
        "required": ["type", "value"],
        "properties": {
            "type": _listed({"ean": "EAN", "gtin": "GTIN", "upc": "UPC"}),
            "value": _leaf(minLength=8, maxLength=14, pattern=r"^\d+$"),
            **place,
        },
    }
    relation = {
        "type": "object",
        "required": ["child_relationship_type", "parent_sku"],
        "properties": {"child_relationship_type": _listed(("variation",)), "parent_sku": _leaf(), **place},
    }
    theme = {"type": "object", "required": ["name"], "properties": {"name": _listed(themes)}}
    pictures = ["main_product_image_locator", *(f"other_product_image_locator_{n}" for n in range(1, 9))]
    return {
        "item_name": _attribute("Item Name", _leaf(minLength=1, maxLength=200, maxUtf8ByteLength=500), local=True),
        "product_description": _attribute("Product Description", _leaf(maxLength=2000), local=True),
        "bullet_point": _attribute("Bullet Point", _leaf(maxLength=700), most=10, local=True),
        "generic_keyword": _attribute("Search Terms", _leaf(maxUtf8ByteLength=249), local=True),
        "brand": _attribute("Brand Name", _leaf(maxLength=100), local=True),
        "manufacturer": _attribute("Manufacturer", _leaf(maxLength=100), local=True),
        "model_name": _attribute("Model Name", _leaf(maxLength=100), local=True),
        "model_number": _attribute("Model Number", _leaf(maxLength=40)),
        "part_number": _attribute("Part Number", _leaf(maxLength=40)),
        "condition_type": _attribute("Item Condition", _listed(CONDITIONS)),
        "externally_assigned_product_identifier": _array("External Product ID", gtin, ["type"]),
        "supplier_declared_has_product_identifier_exemption": _attribute("Is exempt from GTIN", _leaf("boolean")),
        "merchant_suggested_asin": _attribute("ASIN", _leaf(maxLength=10)),
        "purchasable_offer": _offer(),
        "list_price": _attribute("List Price", _leaf("number", minimum=0), currency={"type": "string"}),
        "fulfillment_availability": _stock(),
        "color": _attribute("Color", _listed(COLORS, free=True), local=True),
        "size": _attribute("Size", _listed(SIZES, free=True), local=True),
        "material": _attribute("Material", _leaf(maxLength=100), most=3, local=True),
        "country_of_origin": _attribute("Country of Origin", _listed(COUNTRIES)),
        "item_package_weight": _measure("Package Weight", ("grams", "kilograms", "pounds")),
        "item_package_dimensions": _dimensions("Package Dimensions"),
        "number_of_items": _attribute("Number of Items", _leaf("integer", minimum=1)),
        "batteries_required": _attribute("Are batteries required?", _leaf("boolean")),
        "batteries_included": _attribute("Are batteries included?", _leaf("boolean")),
        "parentage_level": _attribute("Parentage Level", _listed(("parent", "child"))),
        "child_parent_sku_relationship": _array("Parent SKU", relation, ["marketplace_id"]),
        "variation_theme": _array("Variation Theme", theme, []),
        **{name: _picture() for name in pictures},
    }


def _value_is(name: str, value: Any) -> Json:
    """Holds when an attribute has this value."""
    entry = {"required": ["value"], "properties": {"value": {"enum": [value]}}}
    return {"required": [name], "properties": {name: {"contains": entry}}}


_CONDITIONAL: list[Json] = [
    {
        "if": {"not": _value_is("supplier_declared_has_product_identifier_exemption", True)},
        "then": {
            "if": {"not": {"required": ["merchant_suggested_asin"]}},
            "then": {"required": ["externally_assigned_product_identifier"]},
        },
    },
    {"if": _value_is("batteries_required", True), "then": {"required": ["batteries_included"]}},
    {
        "if": _value_is("parentage_level", "child"),
        "then": {"required": ["child_parent_sku_relationship", "variation_theme"]},
    },
]
REQUIRED = ("item_name", "brand", "product_description", "bullet_point")

TYPES = {
    kind.name: kind
    for kind in (
        ProductType(
            "LAMP", "Lamp", ("lamp", "lampara", "lámpara", "leuchte", "light"),
            {
                "wattage": _measure("Wattage", ("watts", "kilowatts")),
                "light_source_type": _attribute("Light Source", _listed(("led", "halogen"))),
            },
        ),
        ProductType(
            "DRINKING_CUP", "Cup", ("cup", "mug", "taza", "tasse"),
            {"capacity": _measure("Capacity", ("milliliters", "liters", "fluid_ounces"))}, ("capacity",),
        ),
        ProductType("SHIRT", "Shirt", ("shirt", "camisa", "hemd", "tee"), required=("color", "size")),
        ProductType("HOME", "Home", ()),
    )
}  # fmt: skip


def find_types(words: str) -> list[ProductType]:
    """The product types for some words, the general one last."""
    lowered = words.casefold()
    return [*(kind for kind in TYPES.values() if any(word in lowered for word in kind.words)), TYPES["HOME"]]


@cache
def schema_of(name: str, marketplace_id: str) -> Json:
    """The schema of a product type in one marketplace."""
    kind, shop = TYPES[name], SHOPS[marketplace_id]
    base = "https://schemas.amazon.com/selling-partners/definitions/product-types"
    language = {"title": "Language", "type": "string", "enum": [shop.language], "enumNames": [shop.language]}
    return {
        "$schema": f"{base}/meta-schema/v1",
        "$id": f"{base}/schema/v1/{name}",
        "$comment": f"Practice schema of {name}",
        "$defs": {
            "language_tag": {**language, "editable": False, "hidden": True},
            "marketplace_id": {
                "title": "Marketplace", "type": "string", "enum": [shop.id], "editable": False, "hidden": True,
            },
        },
        "type": "object",
        "required": [*REQUIRED, "condition_type", *kind.required],
        "properties": {**_usual(kind.themes), **kind.extra},
        "allOf": _CONDITIONAL,
        "additionalProperties": False,
    }  # fmt: skip


def checksum_of(name: str, marketplace_id: str) -> str:
    """The Base64 MD5 of a schema."""
    data = json.dumps(schema_of(name, marketplace_id)).encode()
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()
