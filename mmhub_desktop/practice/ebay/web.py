"""Small pieces that the handlers use: the books, the language of a write, answers."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from mmhub_desktop.practice.answers import Malformed, read_object
from mmhub_desktop.practice.checks import Problem
from mmhub_desktop.practice.ebay.books import Books
from mmhub_desktop.practice.ebay.categories import SITES
from mmhub_desktop.practice.ebay.errors import refuse
from mmhub_desktop.practice.state import Json

BOOKS: web.AppKey[Books] = web.AppKey("ebay books", Books)
INVENTORY_PATH = "/sell/inventory/v1"
_LANGUAGES = frozenset({language for _, language, _ in SITES.values()} | {"fr-CA", "nl-BE"})


def books_of(request: web.Request) -> Books:
    """The books behind this request."""
    return request.app[BOOKS]


async def read_body(request: web.Request) -> Json:
    """The JSON object that was sent; another or a doubled content type is eBay's own inner error."""
    if request.headers.get("Content-Type", "").replace(" ", "").lower() not in (
        "application/json",
        "application/json;charset=utf-8",
    ):
        raise refuse(25001, "Internal error", 500)
    try:
        return await read_object(request)
    except Malformed as why:
        raise refuse(25604, str(why)) from None


def written_in(request: web.Request) -> str:
    """The language of a write, which must be named. Refuses 25709."""
    language = request.headers.get("Content-Language", "")
    if language not in _LANGUAGES:
        raise refuse(25709, "Invalid value for header Content-Language.", fieldName="Content-Language")
    return language


def refuse_first(problems: Sequence[Problem]) -> None:
    """Refuse for the first thing that is wrong with a body."""
    for one in problems:
        number = {"product.aspects": 25601, "sku": 25707}.get(one.path, 25709)
        limit = f" The limit is {one.limit}." if one.limit is not None else ""
        raise refuse(number, f"Invalid value for {one.path} ({one.code}).{limit}", fieldName=one.path)


def page_of(request: web.Request, default: int, most: int) -> tuple[int, int]:
    """Limit and page number (not a count of records). Refuses 25706."""
    limit, page = request.query.get("limit", str(default)), request.query.get("offset", "0")
    if not limit.isdigit() or not 1 <= int(limit) <= most or not page.isdigit():
        raise refuse(25706, f"limit must be 1 to {most}, offset a page number")
    return int(limit), int(page)


def empty(status: int = 204, headers: dict[str, str] | None = None) -> web.Response:
    """An answer without a body."""
    return web.Response(status=status, headers=headers)


def answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """A JSON answer."""
    return web.json_response(body, status=status, headers=headers)
