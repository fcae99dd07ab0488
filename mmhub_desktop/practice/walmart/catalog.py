"""What Walmart sells already, its product types, and their specifications."""

import re

from aiohttp import web

from mmhub_desktop.practice.answers import read_object
from mmhub_desktop.practice.state import Json
from mmhub_desktop.practice.walmart.errors import refuse
from mmhub_desktop.practice.walmart.market import Books, signed_in
from mmhub_desktop.practice.walmart.product_types import OLDEST, TAXONOMY, TYPES, VERSION, specification

routes = web.RouteTableDef()

_MOST_TYPES, _MOST_FOUND = 20, 40

# Sold by Walmart itself or others: (item id, GTIN, title, brand, product type)
SOLD = (
    ("51681142", "00036000291452", "Bright House Desk Lamp with Articulated Arm, Black", "Bright House", "Table Lamps"),
    ("51681143", "00012345678905", "Lumea Flex Practice Table Lamp for the Desk, White", "Lumea", "Table Lamps"),
    ("51681144", "04006381333931", "Lámpara de escritorio, Practice Lamp for Reading", "Lumea", "Table Lamps"),
    ("51681145", "05901234123457", "Tall Floor Lamp with Shelf", "Bright House", "Floor Lamps"),
    ("51681146", "09780201379624", "Ceramic Coffee Mug 12 oz, Blue, taza de cerámica", "Andina", "Coffee Mugs"),
    ("51681147", "07501031311309", "Soft Baby Blanket with Stripes", "Cuddle", "Baby Blankets"),
    ("51681148", "00614141999996", "Cotton T-Shirt with Round Neck", "Plain", "T-Shirts"),
)


@routes.get("/v3/items/walmart/search")
async def search(request: web.Request) -> web.Response:
    """Published items of all sellers, by barcode or words."""
    books = signed_in(request)
    query = request.query
    code = query.get("gtin") or query.get("upc") or ""
    if code:
        wanted = code.zfill(14)
        rows = [_entry(*one[:1], *one[2:]) for one in SOLD if one[1] == wanted]
        for sku in books.items.find("gtin", wanted):
            item = books.items.seen(sku)
            if item and books.is_published(item):
                rows.append(_entry(item["item_id"], item["productName"], item["brand"], item["productType"]))
    elif query.get("query"):
        words = _words(query["query"])
        ranked = sorted(((len(words & _words(f"{one[2]} {one[4]}")), one) for one in SOLD), key=lambda hit: -hit[0])
        rows = [_entry(*one[:1], *one[2:]) for hits, one in ranked if hits][:_MOST_FOUND]
    else:
        words_of = "At least one search parameter (query, upc, gtin, or asin) is required"
        raise refuse(400, "MISSING_REQUEST_PARAM.GMP_ITEM_QUERY_API", words_of, key="error")
    return books.answer({"items": rows})


@routes.get("/v3/items/taxonomy")
async def taxonomy(request: web.Request) -> web.Response:
    """Categories, groups and types."""
    books = signed_in(request)
    found = [
        {
            "category": category,
            "description": category,
            "productTypeGroup": [
                {
                    "productTypeGroupName": group,
                    "description": group,
                    "productType": [{"productTypeName": name, "description": name} for name in names],
                }
                for group, names in groups.items()
            ],
        }
        for category, groups in TAXONOMY.items()
    ]
    return books.answer({"itemTaxonomy": found, "status": "OK"})


@routes.post("/v3/items/spec")
async def spec(request: web.Request) -> web.Response:
    """The JSON Schema of some product types."""
    books = signed_in(request)
    wish = await read_object(request)
    check_version(books, str(wish.get("version") or ""))
    names = wish.get("productTypes") or []
    if not names or len(names) > _MOST_TYPES:
        raise refuse(400, "INVALID_REQUEST_PARAM.GMP_ITEM_QUERY_API", "1 to 20 productTypes are required", key="")
    if unknown := [name for name in names if name not in TYPES]:
        words = f"Invalid product types: {', '.join(map(str, unknown))}"
        raise refuse(400, "INVALID_REQUEST_PARAM.GMP_ITEM_QUERY_API", words, "productTypes", key="")
    return books.answer(specification(names, str(wish["version"])))


def check_version(books: Books, version: str) -> None:
    """Refuse a version that is not the full dated text, or is retired."""
    if problem := version_problem(books, version):
        raise refuse(400, "ERR_INT_SYS_0801003", problem, "version", key="")


def version_problem(books: Books, version: str) -> str:
    """What is wrong with a version, empty when it is taken."""
    match = VERSION.fullmatch(version)
    if match is None:
        return "WM_SPEC_MODE: the spec version is not supported"
    if match[1] < OLDEST or version in books.settings().retired_versions:
        return "The spec version is retired"
    return ""


def is_sold(gtin: str) -> bool:
    """Whether Walmart sells a product with this barcode of 14 digits already."""
    return any(one[1] == gtin for one in SOLD)


def _entry(item_id: str, title: str, brand: str, product_type: str) -> Json:
    return {
        "itemId": item_id,
        "condition": "New",
        "isMarketPlaceItem": True,
        "images": [{"url": f"https://i5.walmartimages.com/{item_id}.jpeg"}],
        "title": title,
        "brand": brand,
        "productType": product_type,
    }


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w{3,}", text.lower()) if word not in ("with", "the", "and", "for")}
