"""Items as Walmart shows them to their seller: one, all, a group; retiring; price and stock of one."""

import secrets
from typing import Any

from aiohttp import web

from mmhub_desktop.practice.answers import read_object
from mmhub_desktop.practice.state import Json
from mmhub_desktop.practice.walmart.errors import refuse
from mmhub_desktop.practice.walmart.ingest import price_problem, set_price
from mmhub_desktop.practice.walmart.market import Books, signed_in

routes = web.RouteTableDef()

_PAGE_MOST, _OFFSET_MOST = 1_000, 10_000


@routes.get("/v3/items")
async def all_items(request: web.Request) -> web.Response:
    """The account's items by place or by a scroll, or those of one group; 404 when there are none."""
    books = signed_in(request)
    limit, offset = int(request.query.get("limit", "20")), int(request.query.get("offset", "0"))
    if limit > _PAGE_MOST or offset > _OFFSET_MOST:
        raise refuse(400, "INVALID_REQUEST_PARAM.GMP_ITEM_QUERY_API", "limit or offset is too high", "limit", key="")
    group = request.query.get("variantGroupId", "")
    keys = books.items.find("group", group) if group else [key for key, _ in books.items]
    found = [item for key in keys if (item := books.item_seen(key))]
    cursor = request.query.get("nextCursor", "")
    answer: Json = {"totalItems": len(found)}
    if cursor:
        offset, answer["nextCursor"] = _scroll(books, cursor, limit)
    if not found:
        raise refuse(404, "CONTENT_NOT_FOUND.GMP_ITEM_QUERY_API", "No items found", key="")
    rows = [show(books, item) for item in found[offset : offset + limit]]
    return books.answer({"ItemResponse": rows, **answer})


@routes.get("/v3/items/{sku}")
async def one_item(request: web.Request) -> web.Response:
    """One item; 404 also while it is being ingested."""
    books = signed_in(request)
    item = books.item_seen(request.match_info["sku"])
    if item is None:
        raise refuse(404, "CONTENT_NOT_FOUND.GMP_ITEM_QUERY_API", "No content found for the SKU", "sku", key="")
    row = show(books, item)
    if books.settings().wrapper == "responseRecord":
        return books.answer({"responseRecord": row})
    return books.answer({"ItemResponse": [row], "totalItems": 1})


@routes.delete("/v3/items/{sku}")
async def retire(request: web.Request) -> web.Response:
    """Retire an item for good; it shows after a while."""
    books = signed_in(request, "item")
    sku = request.match_info["sku"]
    item = books.items.truth(sku)
    if item is None:
        raise refuse(404, "CONTENT_NOT_FOUND.GMP_ITEM_QUERY_API", "No content found for the SKU", "sku", key="")
    if item["lifecycle"] == "ACTIVE" and sku not in books.state.table("retiring"):
        books.state.put("retiring", sku, books.now())
    settle(books)
    message = "Thank you. Your item has been submitted for retirement. It may take up to 48 hours."
    return books.answer({"sku": sku, "message": message})


@routes.get("/v3/inventory")
async def read_stock(request: web.Request) -> web.Response:
    """The stock of one item."""
    books = signed_in(request)
    sku = _sku(request, books, published=False)
    kept = books.stock.seen(sku) or {"amount": 0}
    return books.answer({"sku": sku, "quantity": {"unit": "EACH", "amount": kept["amount"]}})


@routes.put("/v3/inventory")
async def set_stock(request: web.Request) -> web.Response:
    """Replace the stock of one item; 404 until it is published."""
    books = signed_in(request, "inventory")
    sku = _sku(request, books, published=True)
    body = await read_object(request)
    quantity = body.get("quantity")
    amount = quantity.get("amount") if isinstance(quantity, dict) else None
    if body.get("sku") != sku or isinstance(amount, bool) or not isinstance(amount, int) or amount < 0:
        raise refuse(400, "INVALID_REQUEST_CONTENT.GMP_INVENTORY_API", "quantity is invalid", "quantity")
    books.stock.put(sku, {"amount": amount})
    return books.answer({"sku": sku, "quantity": {"unit": "EACH", "amount": amount}})


@routes.put("/v3/price")
async def put_price(request: web.Request) -> web.Response:
    """Take one price; it shows after the read lag."""
    books = signed_in(request, "price")
    body = await read_object(request)
    pricing = body.get("pricing")
    current = pricing[0].get("currentPrice", {}) if isinstance(pricing, list) and pricing else {}
    sku = _price(books, str(body.get("sku") or ""), current.get("amount"))
    message = "The price of the item has been updated. Allow up to five minutes for this change to be reflected."
    return books.answer({"statusCode": 200, "mart": "WALMART_US", "sku": sku, "message": message})


@routes.post("/v3/price")
async def post_price(request: web.Request) -> web.Response:
    """The successor of the call above."""
    books = signed_in(request, "price")
    for name in ("WM_GLOBAL_VERSION", "WM_MARKET"):
        if not request.headers.get(name):
            raise refuse(400, "INVALID_REQUEST_HEADER.GMP_GATEWAY_API", f"{name} header is missing", name)
    price = (await read_object(request)).get("MPItem", {}).get("Price", {})
    sku = _price(books, str(price.get("sku") or ""), price.get("price"))
    entry = {"martId": 0, "sku": sku, "ingestionStatus": "SUCCESS"}
    return books.answer(
        {
            "feedStatus": "PROCESSED",
            "feedSubmissionDate": int(books.now() * 1000),
            "itemsReceived": 1,
            "itemsSucceeded": 1,
            "itemsFailed": 0,
            "itemsProcessing": 0,
            "itemsDetails": {"itemIngestionStatus": [entry]},
        }
    )


def settle(books: Books) -> None:
    """Retirements that are due."""
    for key, at in list(books.state.table("retiring").items()):
        item = books.items.truth(key)
        if item is not None and books.now() >= at + books.settings().retire_after_s:
            books.items.put(key, {**item, "lifecycle": "RETIRED"})
            books.state.remove("retiring", key)


def show(books: Books, item: Json) -> Json:
    """An item in the API's form."""
    row: Json = {
        "mart": "WALMART_US",
        "sku": item["sku"],
        "condition": "New",
        "wpid": item["wpid"],
        "upc": item["gtin"][2:] if item["gtin"].startswith("00") else "",
        "gtin": item["gtin"],
        "productName": item["productName"],
        "productType": item["productType"],
        "price": {"currency": "USD", "amount": item["shown_price"]},
        "publishedStatus": status_of(books, item),
        "lifecycleStatus": item["lifecycle"],
    }
    if item["reasons"]:
        row["unpublishedReasons"] = {"reason": item["reasons"]}
    if item["group"]:
        row["variantGroupId"] = item["group"]
        row["variantGroupInfo"] = {"isPrimary": item.get("primary") == "Yes"}
    return row


def status_of(books: Books, item: Json) -> str:
    """``publishedStatus``."""
    if item["reasons"] or item["lifecycle"] != "ACTIVE":
        return "UNPUBLISHED"
    return "PUBLISHED" if books.is_published(item) else "IN_PROGRESS"


def _scroll(books: Books, cursor: str, limit: int) -> tuple[int, str]:
    """Where a scroll stands; the cursor stays the same, moves with each page and lives for two minutes."""
    if cursor == "*":
        cursor = secrets.token_hex(12)
        books.state.put("scrolls", cursor, {"at": books.now(), "offset": limit})
        return 0, cursor
    row: Any = books.state.table("scrolls").get(cursor)
    if row is None or books.now() > row["at"] + books.settings().cursor_life_s:
        raise refuse(400, "INVALID_REQUEST_PARAM.GMP_ITEM_QUERY_API", "Invalid Cursor", "nextCursor", key="")
    books.state.put("scrolls", cursor, {"at": books.now(), "offset": row["offset"] + limit})
    return int(row["offset"]), cursor


def _sku(request: web.Request, books: Books, *, published: bool) -> str:
    sku = request.query.get("sku", "")
    item = books.item_seen(sku)
    if item is None or (published and status_of(books, item) == "IN_PROGRESS"):
        raise refuse(404, "CONTENT_NOT_FOUND.GMP_INVENTORY_API", "No item of this SKU yet", "sku")
    return sku


def _price(books: Books, sku: str, amount: Any) -> str:
    if books.item_seen(sku) is None:
        raise refuse(404, "CONTENT_NOT_FOUND.GMP_PRICE_API", "No item of this SKU", "sku")
    if problem := price_problem(amount):
        raise refuse(400, "INVALID_REQUEST_CONTENT.GMP_PRICE_API", problem, "price")
    set_price(books, sku, amount)
    return sku
