"""The product types of the practice Walmart and their specifications, JSON Schema (draft 7)."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

Json = dict[str, Any]

_DRAFT = "http://json-schema.org/draft-07/schema#"
VERSION = re.compile(r"5\.0\.(\d{8})-\d{2}_\d{2}_\d{2}-api")
OLDEST = "20260101"  # versions of before are retired

TAXONOMY: Mapping[str, Mapping[str, Sequence[str]]] = {
    "Home": {
        "Lighting": ("Table Lamps", "Floor Lamps"),
        "Bedding": ("Baby Blankets",),
        "Kitchen": ("Coffee Mugs",),
        "Decor": ("Candle Holders",),
    },
    "Clothing": {"Tops": ("T-Shirts",)},
}
TYPES = tuple(name for groups in TAXONOMY.values() for names in groups.values() for name in names)

_OWN: Mapping[str, Json] = {
    "Table Lamps": {
        "bulbType": {"type": "string", "title": "Bulb Type", "enum": ["LED", "Incandescent", "Halogen", "Fluorescent"]},
        "shape": {"type": "string", "title": "Shape", "minLength": 1, "maxLength": 100},
    },
    "Floor Lamps": {
        "bulbType": {"type": "string", "title": "Bulb Type", "enum": ["LED", "Incandescent", "Halogen", "Fluorescent"]},
    },
    "Baby Blankets": {
        "smallPartsWarnings": {
            "type": "array",
            "title": "Small Parts Warning Code",
            "minItems": 1,
            "items": {"type": "string", "enum": ["0 - No warning applicable", "4 - Choking hazard balloon"]},
        },
    },
    "Coffee Mugs": {
        "capacity": {
            "type": "object",
            "title": "Capacity",
            "properties": {
                "measure": {"type": "number", "minimum": 0, "multipleOf": 0.01},
                "unit": {"type": "string", "enum": ["fl oz", "ml"]},
            },
            "required": ["unit", "measure"],
            "additionalProperties": False,
        },
    },
    "T-Shirts": {
        "gender": {"type": "string", "title": "Gender", "enum": ["Male", "Female", "Unisex"]},
        "size": {"type": "string", "title": "Size", "minLength": 1, "maxLength": 500},
    },
}
_REQUIRED: Mapping[str, Sequence[str]] = {
    "Baby Blankets": ("smallPartsWarnings",),
    "T-Shirts": ("gender", "size"),
}
_VARY: Mapping[str, Sequence[str]] = {"T-Shirts": ("size", "color"), "Table Lamps": ("color", "shape")}


def specification(names: Sequence[str], version: str) -> Json:
    """The whole document for some product types."""
    header = {
        "businessUnit": {"type": "string", "title": "Business Unit", "enum": ["WALMART_US"]},
        "locale": {"type": "string", "title": "Locale", "enum": ["en"]},
        "version": {"type": "string", "title": "Spec Version", "enum": [version]},
    }
    visible = {
        "$schema": _DRAFT,
        "type": "object",
        "title": "Visible",
        "additionalProperties": False,
        "properties": {name: _visible(name) for name in names},
        "oneOf": [{"type": "object", "required": [name]} for name in names],
    }
    item = {
        "$schema": _DRAFT,
        "type": "object",
        "additionalProperties": False,
        "properties": {"Visible": visible, "Orderable": _orderable()},
        "required": ["Visible", "Orderable"],
    }
    return {
        "$schema": _DRAFT,
        "type": "object",
        "title": "MP_ITEM",
        "properties": {
            "MPItemFeedHeader": {
                "title": "MPItemFeedHeader",
                "type": "object",
                "additionalProperties": False,
                "properties": header,
                "required": list(header),
            },
            "MPItem": {"title": "MPItem", "type": "array", "minItems": 1, "items": item},
        },
        "required": ["MPItemFeedHeader", "MPItem"],
        "additionalProperties": False,
    }


def item_schema(name: str) -> Json:
    """The schema of one entry of a feed."""
    document = specification([name], "5.0.20260101-00_00_00-api")
    found: Json = document["properties"]["MPItem"]["items"]
    return found


def _text(title: str, longest: int, shortest: int = 1) -> Json:
    return {"type": "string", "title": title, "minLength": shortest, "maxLength": longest}


def _choice(title: str, *values: str) -> Json:
    return {"type": "string", "title": title, "enum": list(values)}


def _measure(title: str, unit: str) -> Json:
    return {
        "type": "object",
        "title": title,
        "properties": {
            "measure": {"type": "number", "title": "Measure", "minimum": 0, "multipleOf": 0.01},
            "unit": {"type": "string", "title": "Unit", "enum": [unit]},
        },
        "required": ["unit", "measure"],
        "additionalProperties": False,
    }


def _orderable() -> Json:
    return {
        "$schema": _DRAFT,
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "sku": _text("SKU", 50),
            "productIdentifiers": {
                "type": "object",
                "title": "Product Identifiers",
                "properties": {
                    "productIdType": _choice("Product ID Type", "ISBN", "GTIN", "UPC", "EAN"),
                    "productId": _text("Product ID", 14, 8),
                },
                "required": ["productIdType", "productId"],
                "additionalProperties": False,
            },
            "price": {"type": "number", "title": "Selling Price", "minimum": 0, "maximum": 10**16, "multipleOf": 0.01},
            "ShippingWeight": {
                "type": "number",
                "title": "Shipping Weight (lbs)",
                "minimum": 0,
                "maximum": 10**16,
                "multipleOf": 0.001,
            },
            "fulfillmentLagTime": _text("Fulfillment Lag Time", 2),
            "stateRestrictions": {
                "type": "array",
                "title": "State Restrictions",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "properties": {
                        "stateRestrictionsText": _choice("State Restrictions Reason", "Illegal for Sale", "None"),
                        "states": _choice("States", "CA - California", "NY - New York", "TX - Texas"),
                    },
                    "additionalProperties": False,
                },
            },
            "electronicsIndicator": _choice("Product is or Contains an Electronic Component?", "Yes", "No"),
            "batteryTechnologyType": _choice(
                "Product is or Contains this Battery Type", "Does Not Contain a Battery", "Alkaline", "Lithium Ion"
            ),
            "safetyDataSheet": _text("Safety Data Sheet", 2500),
            "startDate": {"type": "string", "title": "Site Start Date", "format": "date-time"},
            "endDate": {"type": "string", "title": "Site End Date", "format": "date-time"},
            "MustShipAlone": _choice("Must ship alone?", "Yes", "No"),
        },
        "required": ["sku", "productIdentifiers", "price", "ShippingWeight"],
        "allOf": [
            {
                "if": {
                    "properties": {"batteryTechnologyType": {"enum": ["Lithium Ion"]}},
                    "required": ["batteryTechnologyType"],
                },
                "then": {"required": ["safetyDataSheet"]},
            }
        ],
    }


def _visible(name: str) -> Json:
    vary = list(_VARY.get(name, ("color",)))
    required = ["productName", "brand", "shortDescription", "keyFeatures", "mainImageUrl", "color", "condition"]
    return {
        "$schema": _DRAFT,
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "productName": _text("Product Name", 199, 10),
            "brand": _text("Brand Name", 60),
            "shortDescription": _text("Site Description", 4000),
            "keyFeatures": {
                "type": "array", "title": "Key Features", "minItems": 3,
                "items": {"type": "string", "minLength": 1, "maxLength": 10000},
            },
            "mainImageUrl": {**_text("Main Image URL", 2500), "format": "uri"},
            "productSecondaryImageURL": {
                "type": "array", "title": "Additional Image URL", "minItems": 3,
                "items": {**_text("Additional Image URL", 2500), "format": "uri"},
            },
            "color": _text("Color", 600),
            "condition": _choice("Condition", "New", "Restored", "Pre-Owned: Good"),
            "isProp65WarningRequired": _choice("Is Prop 65 Warning Required", "Yes", "No"),
            "prop65WarningText": _text("California Prop 65 Warning Text", 5000),
            "has_written_warranty": _choice("Has Written Warranty", "Yes - Warranty Text", "No"),
            "warrantyText": _text("Warranty Text", 20000),
            "countPerPack": {"type": "integer", "title": "Count Per Pack", "minimum": 0},
            "assembledProductLength": _measure("Assembled Product Depth", "in"),
            "assembledProductWidth": _measure("Assembled Product Width", "in"),
            "assembledProductHeight": _measure("Assembled Product Height", "in"),
            "assembledProductWeight": _measure("Assembled Product Weight", "lb"),
            "manufacturer": _text("Manufacturer Name", 60),
            "modelNumber": _text("Model Number", 60),
            "variantGroupId": _text("Variant Group ID", 300),
            "variantAttributeNames": {
                "type": "array", "title": "Variant Attribute Names", "minItems": 1,
                "items": {"type": "string", "enum": vary},
            },
            "isPrimaryVariant": _choice("Is Primary Variant", "Yes", "No"),
            **_OWN.get(name, {}),
        },
        "required": [*required, *_REQUIRED.get(name, ())],
        "allOf": [
            {
                "if": {
                    "properties": {"has_written_warranty": {"enum": ["Yes - Warranty Text"]}},
                    "required": ["has_written_warranty"],
                },
                "then": {"required": ["warrantyText"]},
            },
            {
                "if": {
                    "properties": {"isProp65WarningRequired": {"enum": ["Yes"]}},
                    "required": ["isProp65WarningRequired"],
                },
                "then": {"required": ["prop65WarningText"]},
            },
        ],
    }  # fmt: skip
