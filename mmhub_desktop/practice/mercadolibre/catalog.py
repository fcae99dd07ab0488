"""Sites, currencies, listing types, categories, their attributes and the category guess."""

from typing import Any

from aiohttp import web

from mmhub_desktop.practice.answers import read_object
from mmhub_desktop.practice.mercadolibre import auth
from mmhub_desktop.practice.mercadolibre.attributes import describe, word
from mmhub_desktop.practice.mercadolibre.categories import (
    CATEGORIES,
    Category,
    find_category,
    path_of,
    predict,
    tags_by_attribute,
)
from mmhub_desktop.practice.mercadolibre.errors import refuse
from mmhub_desktop.practice.mercadolibre.sites import CURRENCIES, LISTING_TYPES, SITES, Seller, Site
from mmhub_desktop.practice.mercadolibre.web import answer, caller, market_of, not_found, whole_number
from mmhub_desktop.practice.state import Json

MAX_PRICE = 9_999_999_999
MIN_PRICE = 1

WARRANTY_TYPES = (
    ("2230279", "Garantía de fábrica|Garantia de fábrica"),
    ("2230280", "Garantía del vendedor|Garantia do vendedor"),
    ("6150835", "Sin garantía|Sem garantia"),
)
WARRANTY_UNITS = ("días", "dias", "meses", "años", "anos")

routes = web.RouteTableDef()


def _site(request: web.Request) -> Site:
    site_id = request.match_info["site"]
    if site_id not in SITES:
        raise not_found("Site", site_id)
    return SITES[site_id]


def _category(request: web.Request) -> tuple[Site, Category]:
    category_id = request.match_info["category"]
    found = find_category(category_id)
    if found is None:
        raise not_found("Category", category_id)
    return found


def own_seller(request: web.Request) -> Seller:
    """The caller, who must be the user of the path. Refuses 403."""
    seller = caller(request)
    if request.match_info["user"] not in {"me", str(seller.id)}:
        raise refuse(403, "forbidden", "The caller is not authorized to access this resource")
    return seller


@routes.get("/users/{user}")
async def user(request: web.Request) -> web.Response:
    """The seller behind the token."""
    return answer(auth.describe(market_of(request), own_seller(request)))


@routes.get("/users/{user}/available_listing_types")
async def available_listing_types(request: web.Request) -> web.Response:
    """What kinds of listing the seller may use now."""
    seller = own_seller(request)
    category_id = request.query.get("category_id", "")
    found = find_category(category_id)
    if found is None or found[0] is not seller.site:
        raise refuse(400, "bad_request", f"Invalid category_id: {category_id}")
    kinds = [] if market_of(request).faults.settings.unable_to_list else list(LISTING_TYPES)
    available = [
        {"site_id": seller.site.id, "id": kind, "name": LISTING_TYPES[kind]["name"], "remaining_listings": None}
        for kind in kinds
    ]
    return answer({"category_id": category_id, "available": available})


@routes.get("/sites/{site}")
async def site(request: web.Request) -> web.Response:
    """A country with its root categories."""
    caller(request)
    found = _site(request)
    return answer(
        {
            "id": found.id,
            "name": found.name,
            "country_id": found.country,
            "default_currency_id": found.currency,
            "currencies": [{"id": found.currency, "symbol": found.symbol}],
            "categories": _children(0, found),
        }
    )


@routes.get("/sites/{site}/categories")
async def roots(request: web.Request) -> web.Response:
    """The root categories."""
    caller(request)
    return answer(_children(0, _site(request)))


def _children(number: int, site: Site) -> list[Json]:
    return [_named(c, site) for c in CATEGORIES.values() if c.parent == number]


def _named(category: Category, site: Site) -> Json:
    return {"id": f"{site.id}{category.number}", "name": word(category.name, site.language)}


@routes.get("/sites/{site}/listing_types")
async def listing_types(request: web.Request) -> web.Response:
    """Kinds of listing of a site."""
    caller(request)
    found = _site(request)
    return answer([{"site_id": found.id, "id": kind, "name": row["name"]} for kind, row in LISTING_TYPES.items()])


@routes.get("/sites/{site}/listing_types/{kind}")
async def listing_type(request: web.Request) -> web.Response:
    """One kind of listing with its limits."""
    caller(request)
    found, kind = _site(request), request.match_info["kind"]
    if kind not in LISTING_TYPES:
        raise not_found("Listing type", kind)
    row = LISTING_TYPES[kind]
    configuration = {
        "name": row["name"],
        "listing_exposure": row["exposure"],
        "requires_picture": True,
        "max_stock_per_item": row["max_stock"],
    }
    return answer({"id": kind, "site_id": found.id, "configuration": configuration})


@routes.get("/currencies/{currency}")
async def currency(request: web.Request) -> web.Response:
    """A currency with its decimal places."""
    caller(request)
    code = request.match_info["currency"]
    if code not in CURRENCIES:
        raise not_found("Currency", code)
    return answer(CURRENCIES[code])


@routes.get("/sites/{site}/domain_discovery/search")
async def domain_discovery(request: web.Request) -> web.Response:
    """The likeliest categories of a title, best first."""
    caller(request)
    found = _site(request)
    title = request.query.get("q", "").strip()
    if not title:
        raise refuse(400, "bad_request", "The parameter q is required")
    limit = whole_number(request, "limit", 4, 1, 8)
    rows = [
        {
            "domain_id": f"{found.id}-{category.domain}",
            "domain_name": word(category.name, found.language),
            "category_id": f"{found.id}{category.number}",
            "category_name": word(category.name, found.language),
            "attributes": attributes,
        }
        for category, attributes in predict(title, found, limit)
    ]
    return answer(rows)


@routes.get("/categories/{category}")
async def category(request: web.Request) -> web.Response:
    """A category with its limits."""
    caller(request)
    found_site, found = _category(request)
    return answer(
        {
            **_named(found, found_site),
            "path_from_root": [_named(step, found_site) for step in path_of(found)],
            "children_categories": _children(found.number, found_site),
            "attribute_types": "attributes",
            "settings": _settings(found, found_site),
            "channels_settings": [],
            "meta_categ_id": None,
            "attributable": False,
        }
    )


def _settings(category: Category, site: Site) -> Json:
    return {
        "adult_content": False,
        "buying_allowed": True,
        "buying_modes": ["buy_it_now"],
        "catalog_domain": f"{site.id}-{category.domain}" if category.is_leaf else None,
        "currencies": [site.currency],
        "immediate_payment": "required",
        "item_conditions": ["used", "not_specified", "new"],
        "items_reviews_allowed": False,
        "listing_allowed": category.is_leaf,
        "max_description_length": 50000,
        "max_pictures_per_item": 12,
        "max_pictures_per_item_var": 10,
        "max_title_length": category.max_title_length,
        "max_variations_allowed": 100,
        "maximum_price": None,
        "minimum_price": MIN_PRICE,
        "price": "required",
        "restrictions": [],
        "shipping_options": ["custom"],
        "status": "enabled",
        "stock": "required",
    }


@routes.get("/categories/{category}/attributes")
async def attributes(request: web.Request) -> web.Response:
    """The attributes of a category."""
    caller(request)
    found_site, found = _category(request)
    rows = tags_by_attribute(found).items() if found.is_leaf else ()
    return answer([describe(attribute_id, tags, found_site.language) for attribute_id, tags in rows])


@routes.post("/categories/{category}/attributes/conditional")
async def conditional_attributes(request: web.Request) -> web.Response:
    """Which conditional attributes this draft must have."""
    caller(request)
    found_site, found = _category(request)
    needed = conditionally_required(found, await read_object(request))
    tags = tags_by_attribute(found)
    rows = [describe(attribute_id, tags[attribute_id], found_site.language) for attribute_id in needed]
    return answer({"required_attributes": rows})


def conditionally_required(category: Category, draft: Json) -> list[str]:
    """Conditional attributes the draft lacks: a new product needs its GTIN or the reason why it has none."""
    rows = draft.get("attributes")
    given = {str(row.get("id")): row for row in (rows if isinstance(rows, list) else []) if isinstance(row, dict)}

    def has(attribute_id: str) -> bool:
        row: Any = given.get(attribute_id, {})
        return bool(row.get("value_id") or row.get("value_name") or row.get("values"))

    tags = tags_by_attribute(category)
    needed = []
    condition = given.get("ITEM_CONDITION", {})
    is_used = draft.get("condition") == "used" or condition.get("value_id") == "2230581"
    if "GTIN" in tags and not is_used and not has("GTIN") and not has("EMPTY_GTIN_REASON"):
        needed.append("GTIN")
    return needed


@routes.get("/categories/{category}/sale_terms")
async def sale_terms(request: web.Request) -> web.Response:
    """Warranty and other terms."""
    caller(request)
    found_site, _ = _category(request)
    language = found_site.language
    types = [{"id": value_id, "name": word(name, language)} for value_id, name in WARRANTY_TYPES]
    return answer(
        [
            {
                "id": "WARRANTY_TYPE",
                "name": word("Tipo de garantía|Tipo de garantia", language),
                "tags": {},
                "value_type": "list",
                "values": types,
            },
            {
                "id": "WARRANTY_TIME",
                "name": word("Tiempo de garantía|Tempo de garantia", language),
                "tags": {},
                "value_type": "number_unit",
                "allowed_units": [{"id": unit, "name": unit} for unit in WARRANTY_UNITS],
                "default_unit": WARRANTY_UNITS[0],
            },
        ]
    )


@routes.get("/applications/{application}")
async def application(request: web.Request) -> web.Response:
    """The practice application."""
    caller(request)
    return answer(
        {
            "id": request.match_info["application"],
            "site_id": market_of(request).faults.settings.site,
            "name": "Practice application",
            "scopes": ["offline_access", "read", "write"],
            "max_requests_per_hour": 18000,
            "active": True,
        }
    )
