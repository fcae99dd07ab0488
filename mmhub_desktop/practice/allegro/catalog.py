"""Categories with their parameters, and the product catalogue."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from mmhub_desktop.practice.allegro.errors import error, refuse
from mmhub_desktop.practice.allegro.market import market_of
from mmhub_desktop.practice.answers import base_url
from mmhub_desktop.practice.state import Json

routes = web.RouteTableDef()

CONDITION, BRAND, CODE, EAN, MODEL = "11323", "248811", "237206", "225693", "17448"
COLOUR, CAPACITY, POWER, LIGHT, ENERGY, MATERIAL, RANGE = (
    "127448", "202685", "235922", "250000", "250001", "250002", "250003",
)  # fmt: skip

# id → (Polish name, English name, parent, words that mean it)
CATEGORIES: Mapping[str, tuple[str, str, str, tuple[str, ...]]] = {
    "5": ("Dom i Ogród", "Home and garden", "", ()),
    "67414": ("Wyposażenie", "Furnishing", "5", ()),
    "67415": ("Kubki", "Mugs", "67414", ("kubek", "mug", "cup", "taza", "caneca", "filizanka")),
    "67416": ("Lampki biurkowe", "Desk lamps", "67414", ("lampa", "lampka", "lamp", "lampara", "luminaria")),
    "99999": ("Pozostałe", "Others", "5", ()),
}


def _entries(parameter: str, *values: str, of: Mapping[str, list[str]] | None = None) -> list[Json]:
    """A dictionary; ids are the parameter's with a number behind, as Allegro's are."""
    rows = []
    for number, value in enumerate(values, 1):
        row: Json = {"id": f"{parameter}_{number}", "value": value, "dependsOnValueIds": (of or {}).get(value, [])}
        rows.append(row)
    return rows


def _parameter(
    parameter: str, polish: str, english: str, kind: str, *, product: bool, required: bool = False, **more: Any
) -> Json:
    options = {
        "ambiguousValueId": None,
        "dependsOnParameterId": None,
        "describesProduct": product,
        "customValuesEnabled": False,
    }
    return {
        "id": parameter,
        "names": {"pl": polish, "en": english},
        "type": kind,
        "required": required,
        "requiredForProduct": product and required,
        "unit": None,
        **more,
        "options": {**options, **more.get("options", {})},
    }


_TEXT = {"minLength": 1, "maxLength": 40, "allowedNumberOfValues": 1}
_COMMON = (
    _parameter(
        CONDITION, "Stan", "Condition", "dictionary", product=False, required=True,
        restrictions={"multipleChoices": False}, dictionary=_entries(CONDITION, "Nowy", "Używany", "Odnowiony"),
    ),
    _parameter(
        BRAND, "Marka", "Brand", "dictionary", product=True, required=True,
        restrictions={"multipleChoices": False}, dictionary=_entries(BRAND, "bez marki", "Lumea", "Ikea", "inna"),
        options={"ambiguousValueId": f"{BRAND}_4", "customValuesEnabled": True},
    ),
    _parameter(CODE, "Kod producenta", "Manufacturer code", "string", product=True, restrictions=_TEXT),
    _parameter(
        EAN, "EAN (GTIN)", "EAN (GTIN)", "string", product=True,
        restrictions={"minLength": 8, "maxLength": 14, "allowedNumberOfValues": 1},
    ),
)  # fmt: skip
_MUGS = (
    _parameter(
        COLOUR, "Kolor", "Color", "dictionary", product=True, restrictions={"multipleChoices": True},
        dictionary=_entries(COLOUR, "biały", "czarny", "niebieski", "czerwony", "zielony"),
    ),
    _parameter(
        CAPACITY, "Pojemność", "Capacity", "float", product=True, required=True,
        unit="ml", restrictions={"min": 10, "max": 5000, "range": False, "precision": 1},
    ),
)  # fmt: skip
_LAMPS = (
    _parameter(MODEL, "Model", "Model", "string", product=True, required=True, restrictions=_TEXT),
    _parameter(
        POWER, "Moc", "Power", "integer", product=True, unit="W",
        restrictions={"min": 1, "max": 500, "range": False},
    ),
    _parameter(
        RANGE, "Temperatura barwowa", "Colour temperature", "integer", product=True, unit="K",
        restrictions={"min": 1000, "max": 10000, "range": True},
    ),
    _parameter(
        LIGHT, "Źródło światła w zestawie", "Light source included", "dictionary", product=True,
        restrictions={"multipleChoices": False}, dictionary=_entries(LIGHT, "tak", "nie"),
    ),
    _parameter(
        ENERGY, "Klasa energetyczna", "Energy class", "dictionary", product=True,
        requiredIf={
            "parametersWithValue": [{"id": LIGHT, "oneOfValueIds": [f"{LIGHT}_1"]}], "parametersWithoutValue": [],
        },
        restrictions={"multipleChoices": False}, dictionary=_entries(ENERGY, "A", "B", "C", "D"),
    ),
    _parameter(
        MATERIAL, "Materiał klosza", "Material of the shade", "dictionary", product=True,
        restrictions={"multipleChoices": False},
        dictionary=_entries(MATERIAL, "szkło", "metal", of={"szkło": [f"{LIGHT}_1"]}),
        options={"dependsOnParameterId": LIGHT},
    ),
)  # fmt: skip
PARAMETERS: Mapping[str, tuple[Json, ...]] = {
    "67415": (*_COMMON, *_MUGS),
    "67416": (*_COMMON, *_LAMPS),
    "99999": _COMMON,
}


def _product(number: int, name: str, category: str, gtin: str, brand: str) -> Json:
    return {
        "id": f"00000000-0000-4000-8000-{number:012d}", "name": name, "category": category, "gtin": gtin,
        "brand": brand,
    }  # fmt: skip


PRODUCTS = (
    _product(1, "Kubek ceramiczny Ikea 350 ml", "67415", "5901234123457", "Ikea"),
    _product(2, "Lampka biurkowa Lumea Flex", "67416", "4006381333931", "Lumea"),
    _product(3, "Lampka biurkowa Lumea Flex 2", "67416", "4006381333931", "Lumea"),
)


def is_leaf(category: str) -> bool:
    """Whether offers may stand in a category."""
    return category in PARAMETERS


def _fold(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def _language(request: web.Request) -> str:
    return "pl" if request.headers.get("Accept-Language", "").startswith("pl") else "en"


def _name(category: str, language: str) -> str:
    polish, english, *_ = CATEGORIES[category]
    return polish if language == "pl" else english


def _node(category: str, language: str) -> Json:
    parent = CATEGORIES[category][2]
    node: Json = {"id": category, "name": _name(category, language)}
    return {**node, "parent": _node(parent, language)} if parent else node


@routes.get("/sale/matching-categories")
async def matching(request: web.Request) -> web.Response:
    """Leaves whose words stand in the name; “Others” where none do."""
    market = market_of(request)
    name = request.query.get("name", "").strip()
    if not name:
        raise refuse(422, error("ConstraintViolationException", "name must not be empty", "name"))
    words = re.findall(r"\w+", _fold(name))
    found = [key for key, row in CATEGORIES.items() if any(word.startswith(row[3]) for word in words if row[3])]
    nodes = [_node(key, _language(request)) for key in (*found, "99999")]
    return market.answer({"matchingCategories": nodes})


@routes.get("/sale/categories/{category}")
async def category(request: web.Request) -> web.Response:
    """One category."""
    market, key = market_of(request), request.match_info["category"]
    if key not in CATEGORIES:
        raise refuse(404, error("CategoryNotFoundException", f"Category {key} not found", user="No such category."))
    parent = CATEGORIES[key][2]
    body: Json = {
        "id": key,
        "name": _name(key, _language(request)),
        "leaf": is_leaf(key),
        "options": {
            "advertisement": False,
            "offersWithProductPublicationEnabled": True,
            "productCreationEnabled": True,
            "sellerCanRequirePurchaseComments": False,
        },
    }
    return market.answer({**body, "parent": {"id": parent}} if parent else body)


@routes.get("/sale/categories/{category}/parameters")
async def parameters(request: web.Request) -> web.Response:
    """What a category asks for; names in the language asked for, values in Polish."""
    market, key = market_of(request), request.match_info["category"]
    if key not in CATEGORIES:
        raise refuse(404, error("CategoryNotFoundException", f"Category {key} not found", user="No such category."))
    language = _language(request)
    rows = [
        {**{name: value for name, value in row.items() if name != "names"}, "name": row["names"][language]}
        for row in PARAMETERS.get(key, ())
    ]
    return market.answer({"parameters": rows})


@routes.get("/sale/products")
async def products(request: web.Request) -> web.Response:
    """Products of the catalogue by barcode or words."""
    market = market_of(request, "sale:offers:read")
    phrase = request.query.get("phrase", "").strip()
    if not phrase:
        raise refuse(422, error("ConstraintViolationException", "phrase or ean is required", "phrase"))
    by_code = request.query.get("mode") == "GTIN"
    found = [row for row in PRODUCTS if row["gtin"] == phrase or (not by_code and _fold(phrase) in _fold(row["name"]))]
    host = base_url(request)
    rows = [
        {
            "id": row["id"],
            "name": row["name"],
            "category": {
                "id": row["category"],
                "path": [{"id": row["category"], "name": _name(row["category"], "pl")}],
            },
            "images": [{"url": f"{host}/_practice/pictures/catalogue"}],
            "parameters": product_parameters(row),
            "publication": {"status": "LISTED"},
        }
        for row in found
    ]
    return market.answer({"products": rows, "categories": {"subcategories": [], "path": []}, "filters": []})


def product_parameters(row: Json) -> list[Json]:
    """A catalogue product's own parameters."""
    brands = next(one for one in _COMMON if one["id"] == BRAND)["dictionary"]
    brand = next(one["id"] for one in brands if one["value"] == row["brand"])
    return [
        {"id": BRAND, "name": "Marka", "values": [row["brand"]], "valuesIds": [brand]},
        {"id": EAN, "name": "EAN (GTIN)", "values": [row["gtin"]]},
    ]
