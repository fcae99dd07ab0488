"""The shop: who it is, its profiles, policies and sections; and the description of the API with today's values."""

from aiohttp import web

from mmhub_desktop.practice.etsy import market as books
from mmhub_desktop.practice.etsy.auth import check_key, signed_in
from mmhub_desktop.practice.etsy.fields import WHO_MADE, when_made
from mmhub_desktop.practice.etsy.listings import own_shop
from mmhub_desktop.practice.etsy.market import Market, market_of
from mmhub_desktop.practice.etsy.switches import refuse

routes = web.RouteTableDef()
_SHOP = "/v3/application/shops/{shop_id}"


@routes.get("/v3/application/openapi-ping")
async def ping(request: web.Request) -> web.Response:
    """Whether the key is good."""
    check_key(request)
    return market_of(request).answer({"application_id": 31_000_001})


@routes.get("/v3/application/users/me")
async def me(request: web.Request) -> web.Response:
    """Whose token it is."""
    check_key(request)
    market = signed_in(request, "shops_r")
    return market.answer({"user_id": books.USER_ID, "shop_id": books.SHOP_ID})


@routes.get(_SHOP)
async def shop(request: web.Request) -> web.Response:
    """The shop as everybody may see it."""
    check_key(request)
    market = market_of(request)
    if request.match_info["shop_id"] != str(books.SHOP_ID):
        raise refuse(404, "Shop not found")
    settings = market.settings()
    return market.answer(
        {
            "shop_id": books.SHOP_ID, "user_id": books.USER_ID, "shop_name": "PracticeStudio", "title": None,
            "create_date": 1_577_836_800, "created_timestamp": 1_577_836_800, "currency_code": books.CURRENCY,
            "is_vacation": settings.vacation, "vacation_message": None, "login_name": "practicestudio",
            "listing_active_count": sum(entry.live for entry in market.entries()), "digital_listing_count": 0,
            "url": "https://www.etsy.com/shop/PracticeStudio", "is_etsy_payments_onboarded": True,
            "is_shop_us_based": not settings.eu_shop, "languages": ["en-US"],
            "shipping_from_country_iso": "DE" if settings.eu_shop else "US",
            "shop_location_country_iso": "DE" if settings.eu_shop else "US",
        }
    )  # fmt: skip


def _own(request: web.Request) -> Market:
    check_key(request)
    market = signed_in(request, "shops_r")
    own_shop(request)
    return market


@routes.get(f"{_SHOP}/shipping-profiles")
async def shipping_profiles(request: web.Request) -> web.Response:
    """One profile in use and one deleted."""
    market = _own(request)
    rows = [
        {
            "shipping_profile_id": books.SHIPPING_PROFILE - deleted, "title": title, "user_id": books.USER_ID,
            "origin_country_iso": "US", "is_deleted": bool(deleted), "shipping_profile_destinations": [],
            "shipping_profile_upgrades": [], "origin_postal_code": "62701", "profile_type": "manual",
            "domestic_handling_fee": 0, "international_handling_fee": 0,
        }
        for deleted, title in ((0, "Standard parcel"), (1, "Old profile"))
    ]  # fmt: skip
    return market.answer({"count": len(rows), "results": rows})


@routes.get(f"{_SHOP}/policies/return")
async def return_policies(request: web.Request) -> web.Response:
    """Returns and exchanges within 30 days."""
    market = _own(request)
    policy = {
        "return_policy_id": books.RETURN_POLICY, "shop_id": books.SHOP_ID, "accepts_returns": True,
        "accepts_exchanges": True, "return_deadline": 30,
    }  # fmt: skip
    return market.answer({"count": 1, "results": [policy]})


@routes.get(f"{_SHOP}/readiness-state-definitions")
async def readiness_states(request: web.Request) -> web.Response:
    """Ready to ship in 1 to 3 days."""
    market = _own(request)
    profile = {
        "shop_id": books.SHOP_ID, "readiness_state_id": books.READINESS_STATE, "readiness_state": "ready_to_ship",
        "min_processing_days": 1, "max_processing_days": 3, "processing_days_display_label": "1 - 3 days",
    }  # fmt: skip
    return market.answer({"count": 1, "results": [profile]})


@routes.get(f"{_SHOP}/sections")
async def sections(request: web.Request) -> web.Response:
    """One section."""
    check_key(request)
    own_shop(request)
    section = {
        "shop_section_id": books.SECTION, "title": "For the home", "rank": 1, "user_id": books.USER_ID,
        "active_listing_count": 0,
    }  # fmt: skip
    return market_of(request).answer({"count": 1, "results": [section]})


@routes.get("/openapi/generated/oas/3.0.0.json")
async def description(request: web.Request) -> web.Response:
    """The part of the description of the API that lists values; served without a key."""
    market = market_of(request)
    if market.settings().no_enumerations:
        raise refuse(404, "Not found")
    fields = {"who_made": {"enum": list(WHO_MADE)}, "when_made": {"enum": list(when_made(market.now()))}}
    content = {"application/x-www-form-urlencoded": {"schema": {"properties": fields}}}
    path = "/v3/application/shops/{shop_id}/listings"
    return market.answer({"openapi": "3.0.2", "paths": {path: {"post": {"requestBody": {"content": content}}}}})
