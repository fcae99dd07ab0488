"""What a feed does, entry by entry: new items, offers, texts, prices, stock, each checked as Walmart checks it."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from mmhub_desktop.practice.state import Json
from mmhub_desktop.practice.walmart.catalog import is_sold, version_problem
from mmhub_desktop.practice.walmart.market import Books
from mmhub_desktop.practice.walmart.product_types import TYPES, item_schema

KINDS = ("MP_ITEM", "MP_ITEM_MATCH", "MP_MAINTENANCE", "PRICE_AND_PROMOTION", "inventory")
_HEADER = {"businessUnit", "locale", "version"}
_DATA = "ERR_EXT_DATA_0101107"  # a value that the specification does not allow
_PORTS = {None, 80, 443, 8080, 8443}

Problem = tuple[str, str, str]  # code, words, field


def rows_of(books: Books, kind: str, body: Any) -> tuple[list[Json], tuple[str, str] | None]:
    """The entries of a feed, or why none of it can be read (code, words)."""
    if not isinstance(body, dict):
        return [], ("ERR_INT_DATA_01010092", "The feed is not JSON")
    if kind == "inventory":
        rows = body.get("Inventory")
        if "InventoryHeader" not in body or not isinstance(rows, list):
            return [], ("ERR_EXT_DATA_0503009", "The key Inventory is missing")
        return rows, None
    header, rows = body.get("MPItemFeedHeader"), body.get("MPItem")
    if not isinstance(header, dict) or set(header) != _HEADER or header["businessUnit"] != "WALMART_US":
        return [], ("ERR_INT_DATA_01010092", "Unable to parse the feed header: businessUnit, locale, version")
    if kind != "PRICE_AND_PROMOTION" and (problem := version_problem(books, str(header["version"]))):
        return [], ("ERR_INT_SYS_0801003", problem)
    if not isinstance(rows, list) or not rows:
        return [], ("ERR_INT_DATA_01010092", "MPItem is empty")
    return rows, None


def sku_of(kind: str, row: Json) -> str:
    """The SKU that an entry is about."""
    inner = {"MP_ITEM_MATCH": "Item", "PRICE_AND_PROMOTION": "Promo&Discount", "inventory": ""}.get(kind, "Orderable")
    place = row.get(inner, {}) if inner else row
    return str(place.get("sku") or "") if isinstance(place, dict) else ""


def ingest_row(books: Books, feed: Json, row: Json) -> list[Problem]:
    """Do one entry; what is wrong with it, and then nothing is done."""
    kind = feed["kind"]
    if kind == "MP_ITEM":
        return _new_item(books, row)
    if kind == "MP_ITEM_MATCH":
        return _offer(books, row)
    sku = sku_of(kind, row)
    item = books.items.truth(sku)
    if item is None or item["lifecycle"] != "ACTIVE":
        return [("ERR_EXT_DATA_0101110", f"The SKU {sku} does not exist", "sku")]
    if kind == "MP_MAINTENANCE":
        return _maintain(books, item, row)
    if kind == "inventory":
        quantity = row.get("quantity", {})
        if quantity.get("unit") != "EACH" or not isinstance(quantity.get("amount"), int) or quantity["amount"] < 0:
            return [(_DATA, "quantity is invalid", "quantity")]
        books.stock.put(sku, {"amount": quantity["amount"]})
        return []
    price = row.get("Promo&Discount", {}).get("price")
    if problem := price_problem(price):
        return [(_DATA, problem, "price")]
    set_price(books, sku, price)
    return []


def set_price(books: Books, sku: str, price: float) -> None:
    """Keep a price; a repricer's strategy stays in front of it."""
    item = books.items.truth(sku) or {}
    shown = item["shown_price"] if books.settings().repricer else price
    books.items.put(sku, {**item, "price": price, "shown_price": shown})


def price_problem(price: Any) -> str:
    """What is wrong with a price."""
    if isinstance(price, bool) or not isinstance(price, (int, float)) or price <= 0:
        return "price must be greater than 0"
    return "price has more than 2 decimals" if Decimal(str(price)) % Decimal("0.01") else ""


def _new_item(books: Books, row: Json) -> list[Problem]:
    visible = row.get("Visible")
    visible = visible if isinstance(visible, dict) else {}
    name = next(iter(visible), "")
    if name not in TYPES:
        return [("ERR_EXT_DATA_0101118", f"Invalid product type {name}", "Visible")]
    problems = list(_by_schema(name, row))
    if problems:
        return problems
    orderable, shown = row["Orderable"], visible[name]
    gtin = str(orderable["productIdentifiers"]["productId"]).zfill(14)
    sku = orderable["sku"]
    problems = [*_barcode(books, gtin, sku)]
    if words := price_problem(orderable["price"]):
        problems.append((_DATA, words, "price"))
    addresses = [shown["mainImageUrl"], *shown.get("productSecondaryImageURL", ())]
    problems += [("ERR_EXT_DATA_0101234", words, "mainImageUrl") for one in addresses if (words := _picture(one))]
    if problems:
        return problems
    _keep(
        books, sku, gtin, orderable["price"], shown["productName"], shown["brand"], name,
        {"sent": row, "group": shown.get("variantGroupId", ""), "pictures": addresses,
         "description": shown["shortDescription"], "primary": shown.get("isPrimaryVariant", "")},
    )  # fmt: skip
    return []


def _offer(books: Books, row: Json) -> list[Problem]:
    item = row.get("Item")
    if not isinstance(item, dict):
        return [(_DATA, "Item is missing", "Item")]
    wanted = ("sku", "productIdentifiers", "price", "ShippingWeight", "condition")
    missing: list[Problem] = [(_DATA, f"{name} is required", name) for name in wanted if not item.get(name)]
    if missing:
        return missing
    gtin = str(item["productIdentifiers"].get("productId") or "").zfill(14)
    if not is_sold(gtin) and not books.items.find("gtin", gtin):
        return [("ERR_EXT_DATA_0101145", "No item with this product id exists in the catalogue", "productId")]
    problems = [*_barcode(books, gtin, item["sku"])]
    if words := price_problem(item["price"]):
        problems.append((_DATA, words, "price"))
    if not problems:
        _keep(books, item["sku"], gtin, item["price"], "Walmart's own title", "", TYPES[0], {"sent": row})
    return problems


def _maintain(books: Books, item: Json, row: Json) -> list[Problem]:
    shown = row.get("Visible", {}).get(item["productType"])
    code = str(row["Orderable"].get("productIdentifiers", {}).get("productId") or "").zfill(14)
    if code != item["gtin"]:
        return [("ERR_EXT_DATA_0101119", "The product id is not that of the item", "productId")]
    if not isinstance(shown, dict) or not shown:
        return [("ERR_EXT_DATA_0101118", "The product type is not that of the item", "Visible")]
    problems = [one for one in _by_schema(item["productType"], row) if one[0] != "missing" and "required" not in one[1]]
    if problems:
        return problems
    changes = {"productName": shown.get("productName"), "description": shown.get("shortDescription")}
    books.items.put(item["sku"], {**item, **{name: value for name, value in changes.items() if value is not None}})
    return []


def _keep(
    books: Books, sku: str, gtin: str, price: float, title: str, brand: str, product_type: str, more: Json
) -> None:
    before = books.items.truth(sku) or {}
    reasons = books.settings().unpublished
    item: Json = {
        "sku": sku,
        "gtin": gtin,
        "group": "",
        "wpid": f"{books.new_number('wpid', 1_000_000):X}WPID",
        "item_id": str(books.new_number("item", 7_000_000_000)),
        "ingested_at": books.now(),
        **before,
        **more,
        "price": price,
        "shown_price": price,
        "productName": title,
        "brand": brand,
        "productType": product_type,
        "lifecycle": "ACTIVE",
        "reasons": list(reasons),
    }
    books.items.put(sku, item)


def _barcode(books: Books, gtin: str, sku: str) -> Iterator[Problem]:
    if not gtin.isdigit() or sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(gtin[::-1])) % 10:
        yield "ERR_EXT_DATA_0101120", "The product id has a wrong check digit", "productId"
    for other in books.items.find("gtin", gtin):
        if other != sku:
            yield "ERR_EXT_DATA_0101119", f"The product id is used by SKU {other} already", "productId"


def _picture(address: str) -> str:
    parts = urlsplit(address)
    try:
        port = parts.port
    except ValueError:
        port = 0
    if parts.query or not re.search(r"\.(jpe?g|png|bmp)$", parts.path, re.IGNORECASE) or port not in _PORTS:
        return f"The image could not be downloaded from {address}"
    return ""


def _by_schema(name: str, row: Json) -> Iterator[Problem]:
    """Against the type's own specification, with exact decimals."""
    exact = json.loads(json.dumps(row), parse_float=Decimal)
    for error in _validator(name).iter_errors(exact):
        path = [str(step) for step in error.absolute_path if isinstance(step, str)]
        if error.validator == "required":
            for missing in error.validator_value:
                if missing not in error.instance:
                    yield _DATA, f"'{missing}' is a required attribute", missing
        elif error.validator != "oneOf":
            yield _DATA, error.message[:200], path[-1] if path else ""


@cache
def _validator(name: str) -> Any:
    from jsonschema import Draft7Validator

    return Draft7Validator(json.loads(json.dumps(item_schema(name)), parse_float=Decimal))
