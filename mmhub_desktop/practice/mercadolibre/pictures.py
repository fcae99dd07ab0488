"""Picture uploads: type, size and pixels are checked from the file's own header."""

from collections.abc import AsyncIterator
from typing import Any

from aiohttp import BodyPartReader, web

from mmhub_desktop.practice.answers import base_url
from mmhub_desktop.practice.mercadolibre.errors import cause, invalid, refuse
from mmhub_desktop.practice.mercadolibre.market import Market, stamp
from mmhub_desktop.practice.mercadolibre.web import answer, caller, market_of, not_found
from mmhub_desktop.practice.pictures import measure
from mmhub_desktop.practice.state import Json

MAX_BYTES = 10 * 1024 * 1024
_STORED_SIDE = 1920

routes = web.RouteTableDef()


@routes.post("/pictures/items/upload")
async def upload(request: web.Request) -> web.Response:
    """One picture, multipart field ``file``."""
    seller = caller(request)
    market = market_of(request)
    if not market.may_upload():
        # A 400 and not a 429: the real one's page on pictures says so.
        raise refuse(400, "bad_request", "You have exceeded your assigned quota of requests per minute. Wait to retry")
    name, data = await _read_file(request)
    width, height, components = measure(data)
    if not width:
        raise refuse(400, "bad_request", "The file is not a valid image. Supported formats: JPG, JPEG, PNG")
    if components == 4:
        raise refuse(400, "bad_request", "The image must be RGB, CMYK is not supported")
    if min(width, height) < 250 or max(width, height) < 500:
        message = "The photos must have a minimum size of 500 pixels on at least one side."
        raise invalid([cause("picture_size", message, "item.pictures")])
    number = market.new_number("picture", 600_000_000)
    picture_id = f"{number % 900_000 + 100_000}-{seller.site.id}{number}_{stamp()[5:7]}{stamp()[:4]}"
    scale = min(1.0, _STORED_SIDE / max(width, height))
    picture = {
        "id": picture_id,
        "seller_id": seller.id,
        "file": name,
        "bytes": len(data),
        "type": "png" if data.startswith(b"\x89PNG") else "jpeg",
        "size": f"{int(width * scale)}x{int(height * scale)}",
        "max_size": f"{width}x{height}",
        "status": "ERROR" if market.faults.settings.picture_error else "ACTIVE",
        "received": stamp(),
    }
    await market.files.keep(picture_id, data)
    market.state.put("pictures", picture_id, picture)
    return answer({"id": picture_id, "variations": _variations(request, picture)}, 201)


async def _read_file(request: web.Request) -> tuple[str, bytes]:
    """Name and bytes of the field ``file``. Refuses 400 for anything else and for more than 10 MB."""
    if not request.content_type.startswith("multipart/form-data"):
        raise refuse(400, "bad_request", "The request must be multipart/form-data with a field file")
    async for part in _parts(request):
        if part.name != "file" or not part.filename:
            continue
        data = bytearray()
        while chunk := await part.read_chunk(256 * 1024):
            data += chunk
            if len(data) > MAX_BYTES:
                raise refuse(400, "bad_request", "The file exceeds the maximum size of 10 MB")
        return part.filename, bytes(data)
    raise refuse(400, "bad_request", "The field file is required and must be a file")


async def _parts(request: web.Request) -> AsyncIterator[BodyPartReader]:
    try:
        reader = await request.multipart()
        while (part := await reader.next()) is not None:
            if isinstance(part, BodyPartReader):
                yield part
    except ValueError:
        raise refuse(400, "bad_request", "Malformed multipart body") from None


def _variations(request: web.Request, picture: Json) -> list[Json]:
    address = f"{base_url(request)}/_practice/pictures/{picture['id']}"
    width, height = (int(side) for side in picture["size"].split("x"))
    rows = []
    for longest in (max(width, height), 500, 250):
        scale = min(1.0, longest / max(width, height))
        size = f"{int(width * scale)}x{int(height * scale)}"
        rows.append({"size": size, "url": address, "secure_url": address})
    return rows


@routes.get("/pictures/{picture}/errors")
async def picture_errors(request: web.Request) -> web.Response:
    """Why a picture cannot be used; an empty list when it can."""
    caller(request)
    picture = known_picture(market_of(request), request.match_info["picture"])
    if picture["status"] != "ERROR":
        return answer([])
    return answer([{"id": picture["id"], "source": picture["file"], "error_code": "processing", "date": stamp()}])


def known_picture(market: Market, picture_id: str) -> Json:
    """The picture of that id. Refuses 404."""
    picture: Json | None = market.pictures.get(picture_id)
    if picture is None:
        raise not_found("Picture", picture_id)
    return picture


def check_pictures(
    market: Market, rows: Any, limit: int, place: str = "item.pictures"
) -> tuple[list[Json], list[Json]]:
    """Checks a ``pictures`` list; returns what to keep (``id`` or ``source``) and the causes."""
    if not isinstance(rows, list):
        return [], [cause("wrong_type", "invalid property type: [pictures] expected Array", place)]
    kept: list[Json] = []
    causes: list[Json] = []
    for index, row in enumerate(rows):
        here = f"{place}[{index}]"
        picture_id = str(row["id"]) if isinstance(row, dict) and row.get("id") else None
        source = row.get("source") if isinstance(row, dict) else None
        if picture_id and picture_id not in market.pictures:
            causes.append(cause("picture_unknown", f"Picture id {picture_id} does not exist.", here))
        elif picture_id and market.pictures[picture_id]["status"] == "ERROR":
            message = (
                f"Picture id {picture_id} has an invalid status 'ERROR'. Only ACTIVE or PENDING pictures are allowed."
            )
            causes.append(cause("picture_error", message, here))
        elif picture_id:
            kept.append({"id": picture_id})
        elif isinstance(source, str) and source.startswith(("http://", "https://")):
            kept.append({"source": source})
        else:
            causes.append(cause("wrong_type", f"invalid property type: [pictures[{index}]] needs id or source", here))
    if len(rows) > limit:
        causes.append(cause("many_pictures", f"Items in this category cannot exceed {limit} pictures.", place))
    return kept, causes
