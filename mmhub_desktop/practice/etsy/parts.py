"""What belongs to a listing beside its inventory: images by rank, and properties of its category."""

from aiohttp import web

from mmhub_desktop.practice.answers import read_parts
from mmhub_desktop.practice.etsy.auth import check_key, signed_in
from mmhub_desktop.practice.etsy.fields import read_fields
from mmhub_desktop.practice.etsy.listings import listing_of
from mmhub_desktop.practice.etsy.market import images_of
from mmhub_desktop.practice.etsy.switches import refuse
from mmhub_desktop.practice.etsy.taxonomy import properties_of
from mmhub_desktop.practice.etsy.views import show_image
from mmhub_desktop.practice.pictures import measure, media_type
from mmhub_desktop.practice.state import Json

routes = web.RouteTableDef()
_MOST = 20
_MOST_BYTES = 20 * 1024 * 1024
_BUSY_S = 1.0


@routes.post("/v3/application/shops/{shop_id}/listings/{listing_id}/images")
async def add_image(request: web.Request) -> web.Response:
    """An image at its rank: ``overwrite`` replaces what is there, else the others move back."""
    check_key(request)
    market = signed_in(request, "listings_w")
    listing = listing_of(request, market)
    parts = await read_parts(request, _MOST_BYTES)
    _, data = parts.get("image", ("", b""))
    if not data:
        raise refuse(400, "Either a valid image file or a listing_image_id must be provided")
    if media_type(data) not in ("image/jpeg", "image/png", "image/gif"):
        raise refuse(400, "The image type is not supported")
    fields = {name: value.decode("utf-8", "replace") for name, (_, value) in parts.items() if name != "image"}
    rank = int(fields.get("rank", "1"))
    busy = any(market.now() - one["created"] < _BUSY_S for one in listing["images"])
    if market.settings().images_conflict and busy:
        raise refuse(409, "Another image of this listing is being processed")
    images = [one for one in images_of(listing) if not (fields.get("overwrite") == "true" and one["rank"] == rank)]
    if len(images) >= _MOST or not 1 <= rank <= _MOST:
        raise refuse(400, f"A listing can have {_MOST} images")
    if any(one["rank"] == rank for one in images):
        images = [{**one, "rank": one["rank"] + (one["rank"] >= rank)} for one in images]
    number = market.new_number("image", 4_000_000_000)
    width, height, _ = measure(data)
    image: Json = {
        "listing_image_id": number, "rank": rank, "created": market.stamp(), "width": width, "height": height,
        "alt_text": fields.get("alt_text", "")[:500],
    }  # fmt: skip
    await market.pictures.keep(str(number), data)
    market.keep({**listing, "images": [*images, image]})
    return market.answer(show_image(market, listing, image), 201)


@routes.get("/v3/application/listings/{listing_id}/images")
async def images(request: web.Request) -> web.Response:
    """All images of a listing."""
    check_key(request)
    market = signed_in(request)
    listing = listing_of(request, market)
    rows = [show_image(market, listing, one) for one in images_of(listing)]
    return market.answer({"count": len(rows), "results": rows})


@routes.put("/v3/application/shops/{shop_id}/listings/{listing_id}/properties/{property_id}")
async def set_property(request: web.Request) -> web.Response:
    """One property with values that its category offers."""
    check_key(request)
    market = signed_in(request, "listings_w")
    listing = listing_of(request, market)
    wanted = request.match_info["property_id"]
    found = next((one for one in properties_of(listing["taxonomy_id"]) if str(one["property_id"]) == wanted), None)
    if found is None:
        raise refuse(400, f"property_id {wanted} is not supported by the taxonomy of this listing")
    fields = await read_fields(request)
    offered = {str(one["value_id"]): one["name"] for one in found["possible_values"]}
    ids, values = fields.get("value_ids", []), fields.get("values", [])
    if not ids or len(ids) != len(values) or [offered.get(one) for one in ids] != values:
        raise refuse(400, "value_ids and values must be pairs that the property offers")
    if not found["is_multivalued"] and len(ids) > 1:
        raise refuse(400, "this property takes one value")
    scales = {str(one["scale_id"]) for one in found["scales"]}
    if scales and fields.get("scale_id") not in scales:
        raise refuse(400, "scale_id is missing or not one of the property")
    shown = {
        "property_id": found["property_id"],
        "property_name": found["display_name"],
        "scale_id": int(fields["scale_id"]) if scales else None,
        "scale_name": None,
        "value_ids": [int(one) for one in ids],
        "values": values,
    }
    market.keep({**listing, "properties": {**listing["properties"], wanted: shown}})
    return market.answer(shown)
