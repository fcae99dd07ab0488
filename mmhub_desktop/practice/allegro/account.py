"""What the practice seller has set up: shipping rates, policies, warranties, producers; and images."""

from typing import Any

from aiohttp import web

from mmhub_desktop.practice.allegro.errors import error, refuse
from mmhub_desktop.practice.allegro.market import SELLER, market_of
from mmhub_desktop.practice.answers import base_url, read_object
from mmhub_desktop.practice.pictures import measure, media_type
from mmhub_desktop.practice.state import Json

routes = web.RouteTableDef()

RATES = "11111111-1111-4111-8111-111111111111"
RETURNS = "22222222-2222-4222-8222-222222222222"
IMPLIED = "33333333-3333-4333-8333-333333333333"
WARRANTY = "44444444-4444-4444-8444-444444444444"
PRODUCER = "55555555-5555-4555-8555-555555555555"
_KINDS = {"image/jpeg", "image/png", "image/webp"}
_LARGEST = 10 * 1024 * 1024
_IMAGE_LIFE_S = 24 * 3600


@routes.get("/sale/shipping-rates")
async def shipping_rates(request: web.Request) -> web.Response:
    """Two of the seller's, one of Allegro's warehouse."""
    market = market_of(request, "sale:settings:read")
    rows = [
        {"id": RATES, "name": "Courier and parcel lockers", "marketplaces": [{"id": "allegro-pl"}]},
        {"id": RATES.replace("1111-", "1112-", 1), "name": "Large goods", "marketplaces": [{"id": "allegro-pl"}]},
        {
            "id": RATES.replace("1111-", "1113-", 1),
            "name": "One Fulfillment",
            "features": {"managedByAllegro": True, "isFulfillment": True},
            "marketplaces": [{"id": "allegro-pl"}],
        },
    ]
    return market.answer({"shippingRates": rows})


@routes.get("/after-sales-service-conditions/return-policies")
async def return_policies(request: web.Request) -> web.Response:
    """One policy."""
    market = market_of(request, "sale:settings:read")
    policy: Json = {
        "id": RETURNS,
        "isFulfillment": False,
        "seller": {"id": SELLER},
        "name": "14 days",
        "availability": {"range": "FULL", "restrictionCause": None},
        "withdrawalPeriod": "P14D",
        "returnCost": {"coveredBy": "BUYER"},
        "address": None,
        "contact": None,
        "options": None,
    }
    return market.answer(_page(request, "returnPolicies", [policy]))


@routes.get("/after-sales-service-conditions/implied-warranties")
async def implied_warranties(request: web.Request) -> web.Response:
    """One."""
    market = market_of(request, "sale:settings:read")
    return market.answer(_page(request, "impliedWarranties", [{"id": IMPLIED, "name": "Two years by law"}]))


@routes.get("/after-sales-service-conditions/warranties")
async def warranties(request: web.Request) -> web.Response:
    """One."""
    market = market_of(request, "sale:settings:read")
    return market.answer(_page(request, "warranties", [{"id": WARRANTY, "name": "Five years"}]))


@routes.get("/sale/responsible-producers")
async def producers(request: web.Request) -> web.Response:
    """One."""
    market = market_of(request, "sale:settings:read")
    address = {"countryCode": "PL", "street": "Prosta 1", "postalCode": "00-950", "city": "Warszawa"}
    contact = {"email": "producer@practice.invalid", "phoneNumber": "500500500", "formUrl": "https://practice.invalid"}
    row = {
        "id": PRODUCER,
        "name": "Lumea Sp. z o.o.",
        "producerData": {"tradeName": "Lumea", "address": address, "contact": contact},
    }
    return market.answer({**_page(request, "responsibleProducers", [row]), "totalCount": 1})


def _page(request: web.Request, name: str, rows: list[Any]) -> Json:
    limit, offset = int(request.query.get("limit", 60)), int(request.query.get("offset", 0))
    shown = rows[offset : offset + limit]
    return {"count": len(shown), name: shown}


@routes.post("/sale/images")
async def image(request: web.Request) -> web.Response:
    """Takes the bytes of a picture, or its address; both are good for a day unless an offer uses them."""
    market = market_of(request, "sale:offers:write")
    number = str(market.new_number("image", 100_000))
    if request.content_type in _KINDS:
        data = await request.read()
        if len(data) > _LARGEST:
            raise refuse(413)
        if media_type(data) != request.content_type:
            raise refuse(400, error("InvalidImage", "The image cannot be read", user="The image is damaged."))
        width, height, _ = measure(data)
        if width and max(width, height) < 400:
            problem = error("ImageTooSmall", "The longer side must have at least 400 pixels", user="It is too small.")
            raise refuse(400, problem)
        await market.pictures.keep(number, data)
        location = f"{base_url(request)}/_practice/pictures/{number}"
    elif request.content_type == market.content_type:
        location = str((await read_object(request)).get("url") or "")
    else:
        raise refuse(415)
    expires_at = market.now() + _IMAGE_LIFE_S
    market.state.put("images", location, {"expires_at": expires_at})
    return market.answer({"expiresAt": market.stamp(expires_at), "location": location}, 201)
