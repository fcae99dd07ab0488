"""Offers: made as drafts or at once, edited in part, read, listed, deleted; operations that take a while."""

import uuid
from collections.abc import Iterable
from typing import Any

from aiohttp import web

from mmhub_desktop.practice.allegro.catalog import PARAMETERS, PRODUCTS, is_leaf, product_parameters
from mmhub_desktop.practice.allegro.commands import settle
from mmhub_desktop.practice.allegro.errors import error, refuse
from mmhub_desktop.practice.allegro.market import AllegroMarket, market_of
from mmhub_desktop.practice.allegro.offer_checks import check_parameters, faults_of, refusals
from mmhub_desktop.practice.answers import base_url, read_object
from mmhub_desktop.practice.state import Json

routes = web.RouteTableDef()

_EDITED = (
    "name", "external", "stock", "delivery", "location", "description", "images", "parameters", "afterSalesServices",
    "payments", "language",
)  # fmt: skip
_MERGED = frozenset({"stock", "delivery", "location", "afterSalesServices", "payments"})


@routes.post("/sale/product-offers")
async def create(request: web.Request) -> web.Response:
    """A new offer, every time: nothing is told apart by its ``external.id``."""
    market, body = market_of(request, "sale:offers:write"), await read_object(request)
    problems = refusals(market, body, creates=True)
    product_set, category, more = _product_set(market, body.get("productSet") or [])
    problems += more
    if category:
        problems += check_parameters(category, body.get("parameters") or [], product=False, path="parameters")
    if not body.get("name"):
        problems.append(error("NotNull", "name must not be null", "name", "Enter a title."))
    if problems:
        raise refuse(422, *problems)
    _keep_products(market, product_set)
    offer_id = str(market.new_number("offer", 7_700_000_000))
    offer: Json = {
        "id": offer_id,
        "productSet": [one["set"] for one in product_set],
        "category": {"id": category},
        "publication": {"status": "INACTIVE"},
        "createdAt": market.stamp(),
        "_activated": 0.0,
        "_sold": 0,
    }
    offer = _edited(market, offer, body)
    wants = (body.get("publication") or {}).get("status")
    if wants == "ACTIVE" and not offer["validation"]["errors"] and offer["stock"]["available"]:
        offer["publication"] = {"status": "ACTIVATING"}
        offer["_activated"] = market.now()
    market.offers.put(offer_id, offer)
    return _answer(request, market, offer, 201)


@routes.patch("/sale/product-offers/{offer}")
async def edit(request: web.Request) -> web.Response:
    """Changes the named fields. 409 while an earlier edit is worked on."""
    market, key = market_of(request, "sale:offers:write"), request.match_info["offer"]
    settle(market)
    offer = market.offers.truth(key)
    if offer is None:
        raise refuse(404, error("OfferNotFoundException", f"Offer {key} not found", user="There is no such offer."))
    if _is_busy(market, offer):
        raise refuse(409, error("OfferIsBeingProcessed", "An earlier edit is still being processed"))
    body = await read_object(request)
    problems = refusals(market, body, creates=False)
    offer = {**offer, "publication": {**offer["publication"], "status": market.status_of(offer)}}
    if body.get("productSet"):
        product_set, category, more = _product_set(market, body["productSet"], images=offer.get("images") or [])
        problems += more
        if category and not more:
            offer = {**offer, "productSet": [one["set"] for one in product_set], "category": {"id": category}}
            _keep_products(market, product_set)
    if body.get("parameters"):
        category = offer["category"]["id"]
        problems += check_parameters(category, body["parameters"], product=False, path="parameters")
    if problems:
        raise refuse(422, *problems)
    offer = _edited(market, offer, body)
    if offer["publication"]["status"] == "ACTIVE" and offer["stock"]["available"] == 0:
        offer["publication"] = {"status": "ENDED", "endedBy": "EMPTY_STOCK"}
    market.offers.put(key, offer)
    return _answer(request, market, offer, 200)


@routes.get("/sale/product-offers/{offer}")
async def read(request: web.Request) -> web.Response:
    """One offer as reads show it by now."""
    market, key = market_of(request, "sale:offers:read"), request.match_info["offer"]
    settle(market)
    offer = market.offers.seen(key)
    if offer is None:
        raise refuse(404, error("OfferNotFoundException", f"Offer {key} not found", user="There is no such offer."))
    return market.answer(view(market, offer))


@routes.get("/sale/product-offers/{offer}/operations/{operation}")
async def operation(request: web.Request) -> web.Response:
    """202 while it runs, then 303 to the offer."""
    market = market_of(request, "sale:offers:read")
    key, operation_id = request.match_info["offer"], request.match_info["operation"]
    about = market.background.about(f"operation {operation_id}")
    if about is None or about["offer"] != key:
        raise refuse(404)
    done = market.background.poll(f"operation {operation_id}")
    if done and not market.settings().operation_hangs:
        return web.Response(status=303, headers={"Location": f"{base_url(request)}/sale/product-offers/{key}"})
    started = market.stamp(market.background.started_at(f"operation {operation_id}"))
    state = {"id": operation_id, "status": "IN_PROGRESS", "startedAt": started}
    headers = {"Retry-After": str(market.settings().retry_after_s)}
    return market.answer({"offer": {"id": key}, "operation": state}, 202, headers)


@routes.delete("/sale/offers/{offer}")
async def delete(request: web.Request) -> web.Response:
    """Drafts only."""
    market, key = market_of(request, "sale:offers:write"), request.match_info["offer"]
    settle(market)
    offer = market.offers.truth(key)
    if offer is None:
        raise refuse(404)
    if market.status_of(offer) != "INACTIVE":
        raise refuse(403, error("OfferNotDraft", "Only drafts can be deleted"))
    market.state.put("deleted", key, {"sku": (offer.get("external") or {}).get("id", ""), "title": offer["name"]})
    market.offers.remove(key)
    return web.Response(status=204)


@routes.get("/sale/offers")
async def search(request: web.Request) -> web.Response:
    """The seller's offers, newest first, filtered; new ones appear after the switch ``lookup_lag_s``."""
    market, query = market_of(request, "sale:offers:read"), request.query
    settle(market)
    latest = market.now() - market.settings().lookup_lag_s
    keys = [key for key, _ in market.offers if market.offers.created_at(key) <= latest]
    if "external.id" in query:
        wanted = {key for sku in query.getall("external.id") for key in market.offers.find("sku", sku)}
        keys = [key for key in keys if key in wanted]
    if "offer.id" in query:
        chosen = set(query.getall("offer.id"))
        keys = [key for key in keys if key in chosen]
    rows = [row for key in reversed(keys) if (row := market.offers.seen(key)) is not None]
    if "publication.status" in query:
        statuses = set(query.getall("publication.status"))
        rows = [row for row in rows if market.status_of(row) in statuses]
    limit, offset = int(query.get("limit", 20)), int(query.get("offset", 0))
    if not 1 <= limit <= 1000 or offset + limit > 10_000_000:
        raise refuse(422, error("ConstraintViolationException", "limit or offset is out of range", "limit"))
    shown = [_row(market, row) for row in rows[offset : offset + limit]]
    return market.answer({"offers": shown, "count": len(shown), "totalCount": len(rows)})


def _answer(request: web.Request, market: AllegroMarket, offer: Json, status: int) -> web.Response:
    """Done, or with the switch ``later`` accepted with an operation to follow."""
    if not market.settings().later:
        return market.answer(view(market, offer), status)
    operation_id = str(uuid.uuid4())
    market.background.begin(f"operation {operation_id}", offer=offer["id"])
    market.offers.put(offer["id"], {**offer, "_operation": operation_id})
    headers = {
        "Location": f"{base_url(request)}/sale/product-offers/{offer['id']}/operations/{operation_id}",
        "Retry-After": str(market.settings().retry_after_s),
    }
    return market.answer(view(market, offer), 202, headers)


def _is_busy(market: AllegroMarket, offer: Json) -> bool:
    running = offer.get("_operation")
    return bool(running) and not market.background.is_done(f"operation {running}")


def _edited(market: AllegroMarket, offer: Json, body: Json) -> Json:
    """The offer with what the body names, checked anew."""
    changed = dict(offer)
    for name in _EDITED:
        if name in body:
            new = body[name]
            old = offer.get(name)
            changed[name] = (
                {**old, **new} if name in _MERGED and isinstance(old, dict) and isinstance(new, dict) else new
            )
    mode = body.get("sellingMode")
    by_rule = market.settings().price_rule and offer.get("sellingMode")
    if mode and not by_rule:
        changed["sellingMode"] = {"format": "BUY_NOW", **(offer.get("sellingMode") or {}), **mode}
    changed["stock"] = {"available": 0, "unit": "UNIT", **(changed.get("stock") or {})}
    for address in changed.get("images") or ():
        market.state.put("images", address, {**market.state.table("images")[address], "used": True})
    changed["validation"] = {"errors": faults_of(changed), "warnings": [], "validatedAt": market.stamp()}
    changed["updatedAt"] = market.stamp()
    return changed


def _product_set(
    market: AllegroMarket, rows: list[Json], images: Iterable[str] = ()
) -> tuple[list[Json], str, list[Json]]:
    """(The set as it will be kept, its category, what is wrong with it)."""
    if not rows:
        return [], "", [error("NotEmpty", "productSet must not be empty", "productSet", "Name a product.")]
    kept, category, problems = [], "", []
    for place, row in enumerate(rows):
        path = f"productSet[{place}].product"
        product, more = _product(market, row.get("product") or {}, path, images)
        problems += more
        if product:
            category = product["category"]
            producer = row.get("responsibleProducer")
            kept.append({"product": product, "set": _set_of(product, row, producer)})
    return kept, category, problems


def _product(market: AllegroMarket, given: Json, path: str, images: Iterable[str]) -> tuple[Json, list[Json]]:
    own = market.state.table("products")
    known = {row["id"]: {**row, "parameters": product_parameters(row), "status": "LISTED"} for row in PRODUCTS}
    key = given.get("id")
    if key and given.get("idType") == "GTIN":
        found = [row for row in known.values() if row["gtin"] == key]
        if len(found) > 1:
            ids = ",".join(row["id"] for row in found)
            code, words = "MultipleProductsFoundException", "The barcode belongs to several products."
            return {}, [error(code, words, f"{path}.id", foundProductsIds=ids)]
        if found:
            return found[0], []
        if "category" not in given:
            return {}, [error("ProductNotFound", "There is no product with this barcode", f"{path}.id")]
    elif key:
        product = known.get(key) or own.get(key)
        if product is None:
            return {}, [error("ProductNotFound", f"Product {key} not found", f"{path}.id", "There is no such product.")]
        return product, []
    category = str((given.get("category") or {}).get("id") or "")
    if not is_leaf(category):
        return {}, [error("CategoryNotLeaf", "Nothing can be listed in this category", f"{path}.category.id")]
    problems = check_parameters(category, given.get("parameters") or [], product=True, path=f"{path}.parameters")
    if not given.get("name"):
        problems.append(error("NotNull", "The product needs a name", f"{path}.name"))
    if not given.get("images") and not list(images):
        problems.append(error("NotEmpty", "The product needs an image", f"{path}.images", "Add an image."))
    names = {row["id"]: row["names"]["pl"] for row in PARAMETERS[category]}
    filled = [{**row, "name": names.get(str(row.get("id")), "")} for row in given.get("parameters") or ()]
    product = {
        "id": str(uuid.uuid4()), "name": given.get("name"), "category": category, "parameters": filled,
        "status": "PROPOSED", "new": True,
    }  # fmt: skip
    return product, problems


def _set_of(product: Json, row: Json, producer: Any) -> Json:
    shown = [
        {
            "id": one["id"],
            "name": one.get("name", ""),
            "rangeValue": one.get("rangeValue"),
            "values": one.get("values") or [],
            "valuesIds": one.get("valuesIds"),
        }
        for one in product["parameters"]
    ]
    return {
        "quantity": row.get("quantity") or {"value": 1},
        "product": {
            "id": product["id"],
            "publication": {"status": product["status"]},
            "parameters": shown,
            "isAiCoCreated": False,
        },
        "responsiblePerson": None,
        "responsibleProducer": {"id": producer["id"]} if producer else None,
        "safetyInformation": row.get("safetyInformation"),
        "marketedBeforeGPSRObligation": row.get("marketedBeforeGPSRObligation"),
        "deposits": [],
    }


def _keep_products(market: AllegroMarket, product_set: list[Json]) -> None:
    for one in product_set:
        if one["product"].get("new"):
            market.state.put("products", one["product"]["id"], {**one["product"], "new": False})


def view(market: AllegroMarket, offer: Json) -> Json:
    """An offer as its owner reads it."""
    shown = {name: value for name, value in offer.items() if not name.startswith("_")}
    publication = {
        "duration": None,
        "endedBy": offer["publication"].get("endedBy"),
        "endingAt": None,
        "status": market.status_of(offer),
        "republish": False,
        "marketplaces": {"base": {"id": market.settings().marketplace}, "additional": []},
    }
    rows = [{"rangeValue": None, "valuesIds": None, "values": [], **row, "name": _name_of(offer, row)} for row in
            offer.get("parameters") or ()]  # fmt: skip
    return {**shown, "publication": publication, "parameters": rows}


def _name_of(offer: Json, row: Json) -> str:
    rules = PARAMETERS[offer["category"]["id"]]
    return next((one["names"]["pl"] for one in rules if one["id"] == row.get("id")), "")


def _row(market: AllegroMarket, offer: Json) -> Json:
    row: Json = {
        "id": offer["id"],
        "name": offer["name"],
        "category": offer["category"],
        "sellingMode": {"format": "BUY_NOW", "price": (offer.get("sellingMode") or {}).get("price")},
        "stock": {"available": offer["stock"]["available"], "sold": offer["_sold"]},
        "publication": {
            "status": market.status_of(offer),
            "marketplaces": {"base": {"id": market.settings().marketplace}, "additional": []},
        },
        "isFulfillment": False,
    }
    if row["sellingMode"]["price"] is None:
        del row["sellingMode"]["price"]
    if offer.get("images"):
        row["primaryImage"] = {"url": offer["images"][0]}
    if offer.get("external"):
        row["external"] = offer["external"]
    return row
