"""The practice Amazon's listings items: PUT, PATCH, DELETE, GET and search, as the model of 2021-08-01 has them."""

import uuid
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from mmhub_desktop.practice.amazon.auth import check_caller
from mmhub_desktop.practice.amazon.books import Books, patched
from mmhub_desktop.practice.amazon.checks import check_listing, check_patched
from mmhub_desktop.practice.amazon.product_types import TYPES
from mmhub_desktop.practice.amazon.shops import SHOPS
from mmhub_desktop.practice.amazon.views import DATA_SETS, show
from mmhub_desktop.practice.amazon.words import listed, one_of, refuse, sku_of
from mmhub_desktop.practice.answers import read_object
from mmhub_desktop.practice.state import Json

routes = web.RouteTableDef()
BOOKS: web.AppKey[Books] = web.AppKey("books", Books)

_ITEMS = "/listings/2021-08-01/items/{seller}"
_ITEM = f"{_ITEMS}/{{sku}}"
_PREVIEW = "VALIDATION_PREVIEW"
_SORTS = {"sku": "sku", "createdDate": "created_at", "lastUpdatedDate": "updated_at"}
_REACH = 1_000  # SKUs of one search


def books_of(request: web.Request) -> Books:
    """The books behind this request, of a caller who may see them. Refuses 403."""
    books = request.app[BOOKS]
    check_caller(books.market, request, seller_id=request.match_info.get("seller", ""), role="listings")
    return books


@routes.put(_ITEM)
async def put_item(request: web.Request) -> web.Response:
    """Creates a listing or replaces all of it; only checks it in preview mode."""
    books, marketplace, sku = books_of(request), one_of(request, "marketplaceIds", SHOPS), sku_of(request)
    _check_mode(request)
    body = await read_object(request)
    if not isinstance(body.get("productType"), str) or not isinstance(body.get("attributes"), dict):
        raise refuse(400, "Invalid empty value provided in request.", "productType and attributes are required")
    if body["productType"] not in TYPES:
        raise refuse(400, f"Invalid productType '{body['productType']}' provided.")
    issues = check_listing(body, marketplace)
    if issues or request.query.get("mode") == _PREVIEW:
        return _answer(request, books, marketplace, sku, "INVALID" if issues else "VALID", issues)
    if not books.market.settings().never_appears:
        books.put(marketplace, sku, body)
    return _answer(request, books, marketplace, sku, "ACCEPTED")


@routes.patch(_ITEM)
async def patch_item(request: web.Request) -> web.Response:
    """Changes whole attributes of a listing."""
    books, marketplace, sku = books_of(request), one_of(request, "marketplaceIds", SHOPS), sku_of(request)
    _check_mode(request)
    body = await read_object(request)
    row = books.rows.truth(f"{marketplace}|{sku}")
    if row is None or row["deleted"]:  # the models describe no 404 for what changes something
        raise refuse(400, f"SKU '{sku}' not found in marketplace {marketplace}")
    attributes, names = dict(row["attributes"]), set()
    for operation in operations_of(body):
        name = operation["path"].removeprefix("/attributes/")
        attributes = patched(attributes, operation, name)
        names.add(name)
    issues = check_patched(body["productType"], attributes, names, marketplace)
    if issues or request.query.get("mode") == _PREVIEW:
        return _answer(request, books, marketplace, sku, "INVALID" if issues else "VALID", issues)
    if not books.market.settings().never_appears:
        books.change(f"{marketplace}|{sku}", attributes=attributes)
    return _answer(request, books, marketplace, sku, "ACCEPTED")


def operations_of(body: Mapping[str, Any]) -> list[Json]:
    """The operations of a PATCH. Refuses 400 for another form."""
    patches = body.get("patches")
    if not isinstance(body.get("productType"), str) or not isinstance(patches, list) or not patches:
        raise refuse(400, "Invalid empty value provided in request.", "productType and patches are required")
    for one in patches:
        if not isinstance(one, dict) or one.get("op") not in ("add", "replace", "merge", "delete"):
            raise refuse(400, "Invalid patch operation provided.")
        path = str(one.get("path", ""))
        if not path.startswith("/attributes/") or path.count("/") != 2:
            raise refuse(400, f"Invalid patch path '{path}' provided. Only top-level attributes can be patched.")
        value = one.get("value")
        if one["op"] != "delete" and not (isinstance(value, list) and all(isinstance(entry, dict) for entry in value)):
            raise refuse(400, f"Invalid value for '{path}': an array of objects is expected.")
    return patches


@routes.delete(_ITEM)
async def delete_item(request: web.Request) -> web.Response:
    """Removes the seller's offer; said twice it is understood, too."""
    books, marketplace, sku = books_of(request), one_of(request, "marketplaceIds", SHOPS), sku_of(request)
    key = f"{marketplace}|{sku}"
    if key not in books.rows:
        raise refuse(400, f"SKU '{sku}' not found in marketplace {marketplace}")
    books.change(key, deleted=True)
    return _answer(request, books, marketplace, sku, "ACCEPTED")


@routes.get(_ITEM)
async def get_item(request: web.Request) -> web.Response:
    """One listing, as far as it is shown by now."""
    books, marketplace, sku = books_of(request), one_of(request, "marketplaceIds", SHOPS), sku_of(request)
    row = books.seen(marketplace, sku)
    if row is None:
        raise refuse(404, f"SKU '{sku}' not found in marketplace {marketplace}")
    return books.market.answer(show(books, row, _wanted(request)))


@routes.get(_ITEMS)
async def search_items(request: web.Request) -> web.Response:
    """Listings by identifiers or dates, at most twenty a page and a thousand in all."""
    books, marketplace = books_of(request), one_of(request, "marketplaceIds", SHOPS)
    identifiers, kind = listed(request, "identifiers"), request.query.get("identifiersType")
    if bool(identifiers) != bool(kind) or len(identifiers) > 20:
        raise refuse(400, "Invalid 'identifiers' provided.")
    size = request.query.get("pageSize", "10")
    if not size.isdecimal() or not 1 <= int(size) <= 20:
        raise refuse(400, "Invalid 'pageSize' provided.")
    rows = books.all_seen(marketplace)
    if identifiers:
        field = {"SKU": "sku", "ASIN": "asin"}.get(str(kind))
        rows = [row for row in rows if field and row[field] in identifiers]
    rows = _between(request, rows)
    sort = _SORTS.get(request.query.get("sortBy", "lastUpdatedDate"))
    if sort is None:
        raise refuse(400, "Invalid 'sortBy' provided.")
    rows.sort(key=lambda row: row[sort], reverse=request.query.get("sortOrder", "DESC") == "DESC")
    token = request.query.get("pageToken", "")
    start = int(token.removeprefix("page-")) if token.removeprefix("page-").isdecimal() else 0
    page = rows[start : start + int(size)]
    body: Json = {"numberOfResults": len(rows), "items": [show(books, row, _wanted(request)) for row in page]}
    after = start + len(page)
    if after < min(len(rows), _REACH):
        body["pagination"] = {"nextToken": f"page-{after}"}
    return books.market.answer(body)


def _between(request: web.Request, rows: list[Json]) -> list[Json]:
    from datetime import datetime

    for name, field, after in (
        ("createdAfter", "created_at", True), ("createdBefore", "created_at", False),
        ("lastUpdatedAfter", "updated_at", True), ("lastUpdatedBefore", "updated_at", False),
    ):  # fmt: skip
        if name in request.query:
            try:
                limit = datetime.fromisoformat(request.query[name]).timestamp()
            except ValueError:
                raise refuse(400, f"Invalid '{name}' provided.") from None
            # Seconds: what the API writes is cut to them.
            rows = [row for row in rows if (int(row[field]) >= limit if after else int(row[field]) <= limit)]
    return rows


def _wanted(request: web.Request) -> set[str]:
    wanted = set(listed(request, "includedData")) or {"summaries"}
    if wanted - DATA_SETS:
        raise refuse(400, "Invalid 'includedData' provided.")
    return wanted


def _check_mode(request: web.Request) -> None:
    if request.query.get("mode", _PREVIEW) != _PREVIEW:
        raise refuse(400, "Invalid 'mode' provided.")


def _answer(
    request: web.Request, books: Books, marketplace: str, sku: str, status: str, issues: list[Json] | None = None
) -> web.Response:
    body: Json = {"sku": sku, "status": status, "submissionId": uuid.uuid4().hex, "issues": issues or []}
    if "identifiers" in listed(request, "includedData"):
        row = books.seen(marketplace, sku)
        known = bool(row and books.status(row))
        body["identifiers"] = [{"marketplaceId": marketplace, "asin": row["asin"]}] if row and known else []
    return books.market.answer(body)
