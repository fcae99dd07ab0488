"""Participations, product types with links to their schemas, and restrictions of the practice Amazon."""

from urllib.parse import urlencode

from aiohttp import web

from mmhub_desktop.practice.amazon.auth import check_caller
from mmhub_desktop.practice.amazon.product_types import TYPES, checksum_of, find_types, schema_of
from mmhub_desktop.practice.amazon.shops import SHOPS
from mmhub_desktop.practice.amazon.words import SELLER_ID, TOKEN_HEADER, listed, one_of, refuse
from mmhub_desktop.practice.answers import base_url
from mmhub_desktop.practice.marketplace import PracticeMarketplace, practice_of
from mmhub_desktop.practice.state import Json

routes = web.RouteTableDef()
_BARCODES = frozenset({"EAN", "GTIN", "UPC", "ISBN", "JAN"})
_LOCALES = frozenset({"DEFAULT", "en_US", "en_CA", "en_GB", "de_DE", "es_ES", "es_MX", "fr_CA", "fr_FR", "ja_JP"})


@routes.get("/sellers/v1/marketplaceParticipations")
async def participations(request: web.Request) -> web.Response:
    """Where the seller sells."""
    market = practice_of(request, PracticeMarketplace)
    check_caller(market, request)
    settings = market.settings()
    rows = [
        {
            "marketplace": {
                "id": shop.id,
                "name": shop.name,
                "countryCode": shop.country,
                "defaultCurrencyCode": shop.currency,
                "defaultLanguageCode": shop.language,
                "domainName": shop.domain,
            },
            "storeName": "Practice Store",
            "participation": {"isParticipating": True, "hasSuspendedListings": settings.suspended},
        }
        for shop in (SHOPS[one] for one in settings.participations)
    ]
    return market.answer({"payload": rows})


@routes.get("/definitions/2020-09-01/productTypes")
async def search_types(request: web.Request) -> web.Response:
    """Product types by keywords or by an item's name."""
    market = practice_of(request, PracticeMarketplace)
    check_caller(market, request, role="listings")
    marketplace = one_of(request, "marketplaceIds", SHOPS)
    name, keywords = request.query.get("itemName", ""), listed(request, "keywords")
    if name and keywords:
        raise refuse(400, "Only one of 'keywords' and 'itemName' can be provided.")
    found = find_types(name or " ".join(keywords)) if name or keywords else list(TYPES.values())
    rows = [{"name": kind.name, "displayName": kind.label, "marketplaceIds": [marketplace]} for kind in found]
    return market.answer({"productTypes": rows, "productTypeVersion": "UHqSqmb4FNUk="})


@routes.get("/definitions/2020-09-01/productTypes/{name}")
async def get_type(request: web.Request) -> web.Response:
    """One product type with links to its schema that live a few minutes."""
    market = practice_of(request, PracticeMarketplace)
    check_caller(market, request, seller_id=request.query.get("sellerId", ""), role="listings")
    marketplace, kind = one_of(request, "marketplaceIds", SHOPS), TYPES.get(request.match_info["name"])
    locale = request.query.get("locale", "DEFAULT")
    if kind is None:
        raise refuse(404, f"Product type '{request.match_info['name']}' not found.")
    if locale not in _LOCALES:
        raise refuse(400, "Invalid 'locale' provided.")
    until = market.now() + market.settings().link_life_s
    query = urlencode({"marketplace": marketplace, "expires": f"{until:.3f}"})
    link = {"resource": f"{base_url(request)}/product-type-schemas/{kind.name}.json?{query}", "verb": "GET"}
    properties = schema_of(kind.name, marketplace)["properties"]
    offer = [name for name in properties if name in ("purchasable_offer", "fulfillment_availability", "condition_type")]
    rest = [name for name in properties if name not in offer]
    body: Json = {
        "metaSchema": {"link": link, "checksum": "hvy0DxkR6BVSbzWOQRBEkA=="},
        "schema": {"link": link, "checksum": checksum_of(kind.name, marketplace)},
        "requirements": request.query.get("requirements", "LISTING"),
        "requirementsEnforced": request.query.get("requirementsEnforced", "ENFORCED"),
        "propertyGroups": {
            "offer": {"title": "Offer", "propertyNames": offer},
            "product_details": {"title": "Product details", "propertyNames": rest},
        },
        "locale": locale,
        "marketplaceIds": [marketplace],
        "productType": kind.name,
        "displayName": kind.label,
        "productTypeVersion": {"version": "UHqSqmb4FNUk=", "latest": True, "releaseCandidate": False},
    }
    return market.answer(body)


@routes.get("/catalog/2022-04-01/items")
async def search_catalogue(request: web.Request) -> web.Response:
    """Pages by their barcodes."""
    market = practice_of(request, PracticeMarketplace)
    check_caller(market, request, role="catalogue")
    marketplace = one_of(request, "marketplaceIds", SHOPS)
    identifiers, kind = listed(request, "identifiers"), request.query.get("identifiersType")
    if not identifiers or len(identifiers) > 20 or kind not in _BARCODES:
        raise refuse(400, "Request has missing or invalid parameters and cannot be parsed.")
    known: dict[str, list[str]] = market.settings().catalogue
    asins = [asin for one in identifiers for asin in known.get(one, ())]
    rows: list[Json] = [
        {
            "asin": asin,
            "summaries": [{"marketplaceId": marketplace, "brand": "Known", "itemName": f"Known product {asin}"}],
            "productTypes": [{"marketplaceId": marketplace, "productType": "HOME"}],
        }
        for asin in asins
    ]
    return market.answer({"numberOfResults": len(rows), "items": rows})


@routes.get("/product-type-schemas/{name}.json")
async def get_schema(request: web.Request) -> web.Response:
    """A schema behind its link: a plain download, refused when the link is old or comes with a token."""
    market = practice_of(request, PracticeMarketplace)
    marketplace, name = request.query.get("marketplace", ""), request.match_info["name"]
    is_signed_twice = TOKEN_HEADER in request.headers or "Authorization" in request.headers
    if is_signed_twice or float(request.query.get("expires", "0")) < market.now():
        return web.Response(status=403, text="<Error><Code>AccessDenied</Code></Error>", content_type="application/xml")
    return web.json_response(schema_of(name, marketplace))


@routes.get("/listings/2021-08-01/restrictions")
async def restrictions(request: web.Request) -> web.Response:
    """Whether the seller may offer on a page."""
    market = practice_of(request, PracticeMarketplace)
    check_caller(market, request, seller_id=request.query.get("sellerId", ""), role="listings")
    marketplace, asin = one_of(request, "marketplaceIds", SHOPS), request.query.get("asin", "")
    if len(asin) != 10:
        raise refuse(400, "Invalid 'asin' provided.")
    if request.query.get("sellerId") != SELLER_ID or asin not in market.settings().restricted_asins:
        return market.answer({"restrictions": []})
    approve = f"https://sellercentral.amazon.com/hz/approvalrequest/restrictions/approve?asin={asin}"
    reason = {
        "message": "You need approval to list in this brand.",
        "reasonCode": "APPROVAL_REQUIRED",
        "links": [{"resource": approve, "verb": "GET", "title": "Request Approval", "type": "text/html"}],
    }
    row = {"marketplaceId": marketplace, "conditionType": request.query.get("conditionType", "new_new")}
    return market.answer({"restrictions": [{**row, "reasons": [reason]}]})
