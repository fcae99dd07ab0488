"""Who calls: keys, timestamp and signature of every request."""

import hashlib
import hmac
from collections.abc import Awaitable, Callable

from aiohttp import web

from mmhub_desktop.practice.kaufland.books import CLIENT_KEY, SECRET_KEY, Books
from mmhub_desktop.practice.kaufland.errors import refuse
from mmhub_desktop.practice.kaufland.goods import LOCALES, OPENED, SHOPS
from mmhub_desktop.practice.marketplace import practice_of

_TOLERANCE_S = 300
_HEADERS = ("Shop-Client-Key", "Shop-Timestamp", "Shop-Signature", "User-Agent")

Handler = Callable[[Books, web.Request], Awaitable[web.Response]]


def signed(handler: Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Let only signed calls through, with the books at hand."""

    async def check(request: web.Request) -> web.Response:
        books = practice_of(request, Books)
        await check_signature(books, request)
        return await handler(books, request)

    return check


async def check_signature(books: Books, request: web.Request) -> None:
    """Raise Refusal 401 for a call that is not signed as it should be."""
    for name in _HEADERS:
        if not request.headers.get(name):
            words = f"The header {name} is missing or invalid"
            raise refuse(401, "missing-or-invalid-request-header", words)
    if request.headers["Shop-Client-Key"] != CLIENT_KEY or books.is_revoked:
        raise refuse(401, "invalid-credentials", "The credentials are not valid")
    timestamp = request.headers["Shop-Timestamp"]
    if not timestamp.isdigit() or abs(int(timestamp) - books.now()) > _TOLERANCE_S:
        raise refuse(401, "missing-or-invalid-request-header", "The timestamp is too old or in the future")
    address = f"{request.scheme}://{request.host}{request.raw_path}"
    lines = (request.method.upper().encode(), address.encode(), await request.read(), timestamp.encode())
    wanted = hmac.new(SECRET_KEY.encode(), b"\n".join(lines), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(wanted, request.headers["Shop-Signature"]):
        raise refuse(401, "corrupted-signature", "The signature is not valid")


def storefront_of(books: Books, request: web.Request, *, required: bool = True) -> str:
    """The storefront that a call names. Refusal where it is unknown or not opened by the seller."""
    storefront = request.query.get("storefront", "")
    if not storefront and not required:
        return ""
    if storefront not in SHOPS:
        raise refuse(400, "validation-error", "Validation failed", [("storefront", "The value is not a valid choice.")])
    if storefront not in OPENED or storefront in books.settings().closed_storefronts:
        raise refuse(400, "storefront-not-configured", f"The storefront {storefront} is not configured")
    return storefront


def locale_of(request: web.Request, known: tuple[str, ...] = LOCALES) -> str:
    """The locale that a call names. Refusal."""
    locale = request.query.get("locale", "")
    if locale not in known:
        raise refuse(400, "validation-error", "Validation failed", [("locale", "The value is not a valid choice.")])
    return locale


def page_of(request: web.Request, most: int = 100, usual: int = 30) -> tuple[int, int]:
    """Offset and limit. Refusal for what is no number or too much."""
    try:
        offset, limit = int(request.query.get("offset", 0)), int(request.query.get("limit", usual))
    except ValueError:
        raise refuse(400, "validation-error", "Validation failed", [("limit", "This is not a number.")]) from None
    if not 0 <= limit <= most or offset < 0:
        words = f"This value should be between 0 and {most}."
        raise refuse(400, "validation-error", "Validation failed", [("limit", words)])
    return offset, limit
