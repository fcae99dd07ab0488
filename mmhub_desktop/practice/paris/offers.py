"""Prices and stock: calls of their own, with absolute values. A price call overwrites every row there was."""

from typing import Any

from aiohttp import web

from mmhub_desktop.practice.answers import read_object
from mmhub_desktop.practice.paris.books import ParisBooks, books_of, missing, page_of, price_type, refuse
from mmhub_desktop.practice.paris.catalog import PRICE_TYPES, STORE_PRICES
from mmhub_desktop.practice.state import Json

routes = web.RouteTableDef()

_FORMS = {
    "storePrice": ("storePrice", "type"),
    "store": ("store", "price"),
    "priceTypeId": ("", "priceTypeId"),
    "value": ("", ""),
}
_HIGHEST = 2_147_483_647


@routes.post("/v2/prices/product/{id}")
async def set_prices(request: web.Request) -> web.Response:
    """All price rows of a product: what is not sent again is gone, a running offer too."""
    return await _overwrite(request)


async def _overwrite(request: web.Request) -> web.Response:
    books, body = books_of(request), await read_object(request)
    key = _priced(books, request.match_info["id"])
    rows = body.get("prices")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise refuse(["prices should not be empty"])
    kept = [_row(books, row, place) for place, row in enumerate(rows)]
    if not books.settings().ignores_prices:
        books.prices.put(key, {"rows": kept})
    return books.answer({"prices": rows})


@routes.patch("/v2/prices/product/{id}")
async def change_prices(request: web.Request) -> web.Response:
    """The same."""
    return await _overwrite(request)


@routes.get("/v2/prices/product/{id}")
async def read_prices(request: web.Request) -> web.Response:
    """The rows as they were set."""
    books = books_of(request)
    if not books.settings().price_reads:
        raise missing("Cannot GET this path:")
    row = books.prices.seen(_priced(books, request.match_info["id"]))
    return books.answer(
        {"prices": [{k: v for k, v in one.items() if k != "kind"} for one in row["rows"]] if row else []}
    )


def _priced(books: ParisBooks, named: str) -> str:
    """The product whose price an id in the path names, in the form that the switch asks for."""
    wanted = books.settings().price_id
    product = named.rpartition("-")[0]
    if wanted in ("parent", "any") and named in books.products:
        return named
    if wanted in ("variant", "any") and books.variant(named) is not None:
        return product
    raise missing("Product")


def _row(books: ParisBooks, row: Json, place: int) -> Json:
    form = books.settings().price_row
    names = [form] if form != "any" else list(_FORMS)
    value = row.get("value")
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= _HIGHEST:
        raise refuse([f"prices.{place}.value must be a positive integer"])
    for name in names:
        store, kind = _FORMS[name]
        if (not store or row.get(store) in [one["id"] for one in STORE_PRICES]) and _kind(row.get(kind), kind):
            return {**row, "kind": _kind(row.get(kind), kind)}
    raise refuse([f"prices.{place} has no known store price or price type"])


def _kind(told: Any, field: str) -> str:
    """The price type that a row names; empty for none."""
    if not field:
        return price_type("Precio")
    if field == "priceTypeId":
        return {"list": price_type("Precio"), "offer": price_type("Precio oferta")}.get(str(told), "")
    return str(told) if told in [one["id"] for one in PRICE_TYPES] else ""


@routes.post("/v1/stock/sku-seller")
async def set_stock_by_seller_sku(request: web.Request) -> web.Response:
    """Stock by the seller's SKU, named ``sku_seller`` here and nowhere else."""
    books, rows = books_of(request), _stock_rows(await read_object(request), "sku_seller")
    found = [(row, books.stock.find("sku", row["sku_seller"])) for row in rows]
    if unknown := [row["sku_seller"] for row, keys in found if not keys]:
        raise refuse([f"sku_seller {one} not found" for one in unknown], 404)
    for row, keys in found:
        for key in keys:
            _set(books, key, row["quantity"])
    return books.answer({"skus": rows})


@routes.post("/v2/stock")
async def set_stock(request: web.Request) -> web.Response:
    """Stock by the marketplace's SKU, with or without a warehouse."""
    books, rows = books_of(request), _stock_rows(await read_object(request), "sku")
    if unknown := [row["sku"] for row in rows if row["sku"] not in books.stock]:
        raise refuse([f"sku {one} not found" for one in unknown], 404)
    for row in rows:
        _set(books, row["sku"], row["quantity"])
    return books.answer({"skus": rows})


@routes.get("/v2/stock")
async def read_stock(request: web.Request) -> web.Response:
    """One SKU's stock, or everybody's page by page; what is kept as reserve is taken off."""
    books = books_of(request)
    keys = [request.query["sku"]] if "sku" in request.query else [key for key, _ in books.stock]
    rows = [row for key in keys if (row := books.stock.seen(key)) is not None]
    reserve = books.settings().safety_stock
    shown = [
        {"sku": row["sku"], "sku_seller": row["sku_seller"], "quantity": row["quantity"],
         "availableStock": max(0, row["quantity"] - reserve)}
        for row in page_of(request, rows)
    ]  # fmt: skip
    return books.answer({"pagging": {"quantity": len(shown)}, "skus": shown})


def _set(books: ParisBooks, sku: str, quantity: int) -> None:
    variant = books.variant(sku)
    if variant is not None:
        books.set_stock(variant, quantity)


def _stock_rows(body: Json, name: str) -> list[Json]:
    rows = body.get("skus")
    if not isinstance(rows, list) or not rows:
        raise refuse(["skus should not be empty"])
    told = []
    for place, row in enumerate(rows):
        if not isinstance(row, dict) or not isinstance(row.get(name), str):
            told.append(f"skus.{place}.{name} must be a string")
        elif not isinstance(row.get("quantity"), int) or row["quantity"] < 0:
            told.append(f"skus.{place}.quantity must not be less than 0")
    if told:
        raise refuse(told)
    return rows
