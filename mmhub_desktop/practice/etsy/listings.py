"""Listings: drafts created, shown, listed, changed, deleted."""

from aiohttp import web

from mmhub_desktop.practice.etsy.auth import check_key, is_owner, signed_in
from mmhub_desktop.practice.etsy.fields import check_listing, read_fields
from mmhub_desktop.practice.etsy.market import READINESS_STATE, SHOP_ID, Market, market_of, with_stock
from mmhub_desktop.practice.etsy.switches import refuse
from mmhub_desktop.practice.etsy.views import show_listing
from mmhub_desktop.practice.state import Json

routes = web.RouteTableDef()
_FIRST = 1_500_000_000
_STATES = ("active", "inactive", "sold_out", "draft", "expired")


def listing_of(request: web.Request, market: Market) -> Json:
    """The shop's listing of the path, as it is. 404, 409 while it is frozen."""
    own_shop(request)
    listing = market.listings.truth(request.match_info["listing_id"])
    if listing is None or listing["removed"]:
        raise refuse(404, "Listing not found")
    if market.settings().frozen and request.method != "GET":
        raise refuse(409, "This listing is frozen and cannot be edited")
    return listing


def own_shop(request: web.Request) -> None:
    """403 for another shop in the path."""
    if request.match_info.get("shop_id", str(SHOP_ID)) != str(SHOP_ID):
        raise refuse(403, "The shop does not belong to the user of this token")


def includes_of(request: web.Request) -> list[str]:
    """The associations asked for, repeated or joined by commas."""
    return [one for text in request.query.getall("includes", []) for one in text.split(",")]


def numbers(request: web.Request) -> tuple[int, int]:
    """Limit and offset."""
    try:
        limit, offset = int(request.query.get("limit", 25)), int(request.query.get("offset", 0))
    except ValueError:
        raise refuse(400, "limit and offset must be numbers") from None
    if not 1 <= limit <= 100 or offset < 0:
        raise refuse(400, "limit must be between 1 and 100")
    return limit, offset


@routes.post("/v3/application/shops/{shop_id}/listings")
async def create(request: web.Request) -> web.Response:
    """A new draft, which carries no SKU yet."""
    check_key(request)
    market = signed_in(request, "listings_w")
    own_shop(request)
    fields = check_listing(await read_fields(request), market, creates=True)
    number, now = market.new_number("listing", _FIRST), market.stamp()
    offering = {
        "offering_id": market.new_number("offering", 6_000_000_000),
        "quantity": fields.pop("quantity"),
        "price": fields.pop("price"),
        "is_enabled": True,
        "readiness_state_id": fields.pop("readiness_state_id", None),
    }
    product_id = market.new_number("product", 5_000_000_000)
    listing = {
        "tags": [], "materials": [], **fields, "listing_id": number, "state": "draft", "created": now, "updated": now,
        "state_at": now, "ending": now + 120 * 86_400, "images": [], "properties": {}, "removed": False,
        "products": [{"product_id": product_id, "sku": "", "property_values": [], "offerings": [offering]}],
        "price_on_property": [], "quantity_on_property": [], "sku_on_property": [],
    }  # fmt: skip
    market.listings.put(str(number), listing)
    return market.answer(show_listing(market, listing), 201)


@routes.get("/v3/application/shops/{shop_id}/listings")
async def listed(request: web.Request) -> web.Response:
    """The shop's listings in one state, newest first."""
    check_key(request)
    market = signed_in(request, "listings_r")
    own_shop(request)
    wanted = request.query.get("state", "active")
    if wanted not in _STATES:
        raise refuse(400, f"state must be one of {', '.join(_STATES)}")
    limit, offset = numbers(request)
    latest = market.now() - market.settings().lookup_lag_s
    found = [
        listing
        for key, listing in market.listings
        if not listing["removed"] and market.state_of(listing) == wanted and market.listings.created_at(key) <= latest
    ]
    if request.query.get("sort_order", "desc") not in ("asc", "ascending", "up"):
        found.reverse()
    rows = [show_listing(market, one, includes_of(request)) for one in found[offset : offset + limit]]
    return market.answer({"count": len(found), "results": rows})


@routes.get("/v3/application/listings/batch")
async def batch(request: web.Request) -> web.Response:
    """Up to a hundred listings by id; those that cannot be seen are left out."""
    check_key(request)
    market, owner = market_of(request), is_owner(request)
    ids = [one for text in request.query.getall("listing_ids", []) for one in text.split(",")]
    if not ids or len(ids) > 100 or not all(one.isdecimal() for one in ids):
        raise refuse(400, "listing_ids must be 1 to 100 numbers")
    rows = []
    for one in dict.fromkeys(ids):
        listing = market.listings.seen(one)
        if listing is not None and not listing["removed"] and (owner or market.state_of(listing) == "active"):
            rows.append(show_listing(market, listing, includes_of(request)))
    return market.answer({"count": len(rows), "results": rows})


@routes.get("/v3/application/listings/{listing_id}")
async def show(request: web.Request) -> web.Response:
    """One listing; drafts and what is off are shown to the shop only."""
    check_key(request)
    market = market_of(request)
    if "Authorization" in request.headers:
        signed_in(request)
    listing = market.listings.seen(request.match_info["listing_id"])
    if listing is None or listing["removed"] or (market.state_of(listing) != "active" and not is_owner(request)):
        raise refuse(404, "Listing not found")
    return market.answer(show_listing(market, listing, includes_of(request)))


@routes.patch("/v3/application/shops/{shop_id}/listings/{listing_id}")
async def update(request: web.Request) -> web.Response:
    """Text, profiles, state; never price or quantity."""
    check_key(request)
    market = signed_in(request, "listings_w")
    listing = listing_of(request, market)
    fields = check_listing(await read_fields(request), market, creates=False)
    state = fields.pop("state", None)
    if "image_ids" in fields:
        order = {number: place for place, number in enumerate(fields.pop("image_ids"), 1)}
        kept = [one for one in listing["images"] if one["listing_image_id"] in order]
        listing = {**listing, "images": [{**one, "rank": order[one["listing_image_id"]]} for one in kept]}
    listing = {**listing, **fields}
    there = market.state_of(listing)
    if state == "active":
        listing = _publish(market, listing, there)
    elif state == "inactive":
        if there not in ("active", "inactive", "sold_out"):
            raise refuse(409, f"A listing in the state {there} cannot be made inactive")
        listing = market.keep(listing, state="inactive")
    else:
        listing = market.keep(listing)
    return market.answer(show_listing(market, listing))


def _publish(market: Market, listing: Json, there: str) -> Json:
    if not listing["images"]:
        raise refuse(400, "The listing must have at least one image to be active")
    if not listing.get("return_policy_id") and not market.settings().eu_shop:
        raise refuse(400, "A return_policy_id is required for active physical listings")
    readiness = [one["readiness_state_id"] for product in listing["products"] for one in product["offerings"]]
    if READINESS_STATE not in readiness:
        raise refuse(400, "A readiness_state_id is required for active physical listings")
    if market.settings().stays_draft:
        return market.keep(listing)
    if there == "sold_out":
        listing = with_stock(listing, 1)
    if there == "expired":
        listing = {**listing, "state": "expired"}
    return market.keep(listing, state="active")


@routes.delete("/v3/application/listings/{listing_id}")
async def delete(request: web.Request) -> web.Response:
    """Gone for good."""
    check_key(request)
    market = signed_in(request, "listings_d")
    market.keep(listing_of(request, market), removed=True)
    return web.Response(status=204)
