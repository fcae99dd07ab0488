"""Pictures, uploaded by their bytes."""

import secrets

from aiohttp import web

from mmhub_desktop.practice.answers import Malformed, read_parts
from mmhub_desktop.practice.ebay.auth import INVENTORY, caller
from mmhub_desktop.practice.ebay.books import Books
from mmhub_desktop.practice.ebay.errors import refuse
from mmhub_desktop.practice.ebay.web import answer, books_of
from mmhub_desktop.practice.pictures import media_type
from mmhub_desktop.practice.state import Json

routes = web.RouteTableDef()

_MEDIA = "/commerce/media/v1_beta/image"
_BYTES_MAX = 12 * 1024 * 1024


@routes.post(_MEDIA + "/create_image_from_file")
async def upload(request: web.Request) -> web.Response:
    """Keeps a picture from the field ``image``; each upload makes a new one."""
    caller(request, INVENTORY)
    books = books_of(request)
    try:
        parts = await read_parts(request, _BYTES_MAX)
    except Malformed as why:
        raise refuse(190201 if "larger" in str(why) else 190203, str(why)) from None
    _, data = parts.get("image", ("", b""))
    kind = media_type(data)
    if not kind:
        raise refuse(190203)
    picture_id = secrets.token_hex(10)
    await books.market.pictures.keep(picture_id, data)
    row = books.keep_picture(picture_id, kind.rpartition("/")[2])
    return answer(_told(books, row), 201, {"Location": f"https://apim.ebay.com{_MEDIA}/{picture_id}"})


@routes.get(_MEDIA + "/{picture}")
async def read(request: web.Request) -> web.Response:
    """A picture's address, until it expires."""
    caller(request, INVENTORY)
    books = books_of(request)
    for address, row in books.market.state.table("pictures").items():
        if row["id"] == request.match_info["picture"] and books.picture(address):
            return answer(_told(books, row))
    raise refuse(190200, status=404)


def _told(books: Books, row: Json) -> Json:
    return {
        "imageUrl": row["url"],
        "expirationDate": books.stamp(row["expires_at"]),
        "maxDimensionImageUrl": row["url"].replace("s-l1600", "s-l9999"),
    }
