"""Families, their categories and attributes; store prices and price types."""

from collections.abc import Sequence

from aiohttp import web

from mmhub_desktop.practice.paris.books import books_of, missing, page_of
from mmhub_desktop.practice.paris.catalog import ATTRIBUTES, FAMILIES, PRICE_TYPES, STORE_PRICES, Attribute, Family
from mmhub_desktop.practice.state import Json

routes = web.RouteTableDef()


def _results(request: web.Request, rows: Sequence[Json]) -> web.Response:
    books = books_of(request)
    return books.answer({"results": page_of(request, rows), "total": len(rows)})


def _family(request: web.Request) -> Family:
    found = FAMILIES.get(request.match_info["family"])
    if found is None:
        raise missing("Family")
    return found


@routes.get("/v2/families")
async def families(request: web.Request) -> web.Response:
    """All of them, page by page."""
    rows = [{"id": one.id, "name": one.name, "allowVariant": one.allow_variant} for one in FAMILIES.values()]
    return _results(request, rows)


@routes.get("/v2/categories/family/{family}")
async def categories(request: web.Request) -> web.Response:
    """The categories within a family."""
    return _results(
        request, [{"id": key, "name": name, "path": path} for key, name, path in _family(request).categories]
    )


@routes.get("/v2/attributes/product/family/{family}")
async def product_attributes(request: web.Request) -> web.Response:
    """A family's attributes of the product."""
    return _attributes(request, _family(request).product)


@routes.get("/v2/attributes/variant/family/{family}")
async def variant_attributes(request: web.Request) -> web.Response:
    """A family's attributes of each variant."""
    return _attributes(request, _family(request).variant)


def _attributes(request: web.Request, attributes: Sequence[Attribute]) -> web.Response:
    """Without a total: the end is where nothing more comes."""
    return books_of(request).answer({"results": page_of(request, [one.row() for one in attributes])})


@routes.get("/v2/attributes-options/attribute/{attribute}")
async def options(request: web.Request) -> web.Response:
    """A long list's options whose name has the letters of ``q``."""
    attribute = ATTRIBUTES.get(request.match_info["attribute"])
    if attribute is None:
        raise missing("Attribute")
    word = request.query.get("q", "").casefold()
    return _results(request, [row for row in attribute.option_rows() if word in row["name"].casefold()])


@routes.get("/v2/store-prices")
async def store_prices(request: web.Request) -> web.Response:
    """An array."""
    return books_of(request).answer(STORE_PRICES)


@routes.get("/v2/price-types")
async def price_types(request: web.Request) -> web.Response:
    """The kinds of prices."""
    return books_of(request).answer({"results": PRICE_TYPES})
