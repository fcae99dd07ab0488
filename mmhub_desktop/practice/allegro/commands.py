"""Commands under ids of the sender's own: publish and end offers, set quantities, change a price."""

import re
from collections.abc import Iterable
from typing import Any

from aiohttp import web

from mmhub_desktop.practice.allegro.errors import error, refuse
from mmhub_desktop.practice.allegro.market import AllegroMarket, market_of
from mmhub_desktop.practice.answers import read_object
from mmhub_desktop.practice.state import Json

routes = web.RouteTableDef()

_MOST = 1_000
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_PUBLICATION, _QUANTITY = "/sale/offer-publication-commands/{command}", "/sale/offer-quantity-change-commands/{command}"
_PRICE = "/offers/{offer}/change-price-commands/{command}"


@routes.put(_PUBLICATION)
async def publication(request: web.Request) -> web.Response:
    """ACTIVATE or END offers."""
    market, body = market_of(request, "sale:offers:write"), await read_object(request)
    action = (body.get("publication") or {}).get("action")
    if action not in {"ACTIVATE", "END"}:
        raise refuse(422, error("InvalidAction", "publication.action must be ACTIVATE or END", "publication.action"))
    return _take(request, market, body, {"kind": "publication", "action": action})


@routes.put(_QUANTITY)
async def quantity(request: web.Request) -> web.Response:
    """FIXED (above 0) or GAIN."""
    market, body = market_of(request, "sale:offers:write"), await read_object(request)
    wanted = body.get("modification") or {}
    kind, value = wanted.get("changeType"), wanted.get("value")
    if kind not in {"FIXED", "GAIN"} or not isinstance(value, int) or (kind == "FIXED" and value <= 0):
        message = "A fixed quantity must be above 0"
        raise refuse(422, error("InvalidModification", message, "modification.value"))
    return _take(request, market, body, {"kind": "quantity", "change": kind, "value": value})


def _take(request: web.Request, market: AllegroMarket, body: Json, about: Json) -> web.Response:
    key = request.match_info["command"]
    if not _UUID.fullmatch(key):
        raise refuse(422, error("InvalidCommandId", "The command's id must be a UUID", "commandId"))
    if key in market.state.table("commands"):
        raise refuse(409, error("CommandIdAlreadyUsed", f"Command {key} was already used"))
    offers = [
        str(one.get("id"))
        for row in body.get("offerCriteria") or ()
        if row.get("type") == "CONTAINS_OFFERS"
        for one in row.get("offers") or ()
    ]
    if not 1 <= len(offers) <= _MOST:
        raise refuse(422, error("InvalidOfferCriteria", f"1 to {_MOST} offers are needed", "offerCriteria"))
    start(market, key, {**about, "offers": offers})
    return market.answer(_report(market, key), 201)


def start(market: AllegroMarket, key: str, about: Json) -> None:
    """Accept a command."""
    market.state.put("commands", key, {**about, "created_at": market.now(), "results": None})
    market.background.begin(f"command {key}")
    settle(market)


def settle(market: AllegroMarket) -> None:
    """Carry out every command whose time has come."""
    for key, command in market.commands():
        if command["results"] is None and market.background.is_done(f"command {key}"):
            _finish(market, key, command)


def _finish(market: AllegroMarket, key: str, command: Json) -> None:
    work = {"publication": _publish, "quantity": _set_quantity, "price": _set_price}[command["kind"]]
    results = {offer: work(market, offer, command) for offer in command["offers"]}
    market.state.put("commands", key, {**command, "results": results, "completed_at": market.now()})


def _publish(market: AllegroMarket, key: str, command: Json) -> list[Json]:
    """The errors; none when it was done."""
    offer = market.offers.truth(key)
    if offer is None:
        return [error("OfferNotFound", f"Offer {key} not found", user="There is no such offer.")]
    status = market.status_of(offer)
    if command["action"] == "END":
        if status not in {"ACTIVE", "ACTIVATING"}:
            return [error("OfferNotActive", "Only active offers can be ended", "publication.status")]
        market.offers.put(key, {**offer, "publication": {"status": "ENDED", "endedBy": "USER"}})
        return []
    if status in {"ACTIVE", "ACTIVATING"}:
        return []
    if market.settings().publication_fails:
        return [error("PublicationRefused", "The offer was not published", None, market.settings().publication_fails)]
    running = offer.get("_operation")
    if running and not market.background.is_done(f"operation {running}"):
        return [error("OfferIsBeingProcessed", "The offer is still being processed", user="Try again later.")]
    faults: list[Json] = offer["validation"]["errors"]
    if not offer["stock"]["available"]:
        faults = [*faults, error("StockEmpty", "The stock must be above 0", "stock.available", "There is no stock.")]
    if not faults:
        market.offers.put(key, {**offer, "publication": {"status": "ACTIVATING"}, "_activated": _due(market, command)})
    return faults


def _due(market: AllegroMarket, command: Json) -> float:
    """When its work was to be done; it is found done by the next one who looks."""
    due: float = command["created_at"] + market.settings().ready_after_s
    return min(market.now(), due)


def _set_quantity(market: AllegroMarket, key: str, command: Json) -> list[Json]:
    offer = market.offers.truth(key)
    if offer is None:
        return [error("OfferNotFound", f"Offer {key} not found", user="There is no such offer.")]
    before = offer["stock"]["available"]
    after = command["value"] if command["change"] == "FIXED" else before + command["value"]
    if after < 0:
        return [error("StockTooLow", "The stock cannot be below 0", "stock.available")]
    market.offers.put(key, {**offer, "stock": {**offer["stock"], "available": after}})
    return []


def _set_price(market: AllegroMarket, key: str, command: Json) -> list[Json]:
    offer = market.offers.truth(key)
    if offer is not None and not market.settings().price_rule:
        market.offers.put(key, {**offer, "sellingMode": {**offer["sellingMode"], "price": command["price"]}})
    return []


@routes.put(_PRICE)
async def price(request: web.Request) -> web.Response:
    """A new price for one offer."""
    from mmhub_desktop.practice.allegro.offer_checks import refusals

    market, body = market_of(request, "sale:offers:write"), await read_object(request)
    settle(market)
    offer, key = request.match_info["offer"], request.match_info["command"]
    if offer not in market.offers:
        raise refuse(404, error("OfferNotFound", f"Offer {offer} not found", user="There is no such offer."))
    if not _UUID.fullmatch(key) or body.get("id", key) != key:
        raise refuse(422, error("InvalidCommandId", "The command's id must be a UUID, the same in path and body", "id"))
    if key in market.state.table("commands"):
        raise refuse(409, error("CommandIdAlreadyUsed", f"Command {key} was already used"))
    wanted = (body.get("input") or {}).get("buyNowPrice")
    if problems := refusals(market, {"sellingMode": {"price": wanted or {}}}, creates=False):
        raise refuse(422, *problems)
    start(market, key, {"kind": "price", "price": wanted, "offers": [offer]})
    done = market.state.table("commands")[key]["results"] is not None
    output: Json = {"status": "SUCCESSFUL" if done else "RUNNING", "errors": []}
    return market.answer({"id": key, "input": {"buyNowPrice": wanted}, "output": output})


def _command(request: web.Request, market: AllegroMarket, kind: str) -> Json:
    key = request.match_info["command"]
    command: Any = market.state.table("commands").get(key)
    if command is None or command["kind"] != kind:
        raise refuse(404, error("CommandNotFound", f"Command {key} not found"))
    market.background.poll(f"command {key}")
    settle(market)
    found: Json = market.state.table("commands")[key]
    return found


@routes.get(_PUBLICATION)
async def publication_report(request: web.Request) -> web.Response:
    """Its counts."""
    market = market_of(request, "sale:offers:write")
    _command(request, market, "publication")
    return market.answer(_report(market, request.match_info["command"]))


@routes.get(_QUANTITY)
async def quantity_report(request: web.Request) -> web.Response:
    """Its counts."""
    market = market_of(request, "sale:offers:write")
    _command(request, market, "quantity")
    return market.answer(_report(market, request.match_info["command"]))


@routes.get(f"{_PUBLICATION}/tasks")
async def publication_tasks(request: web.Request) -> web.Response:
    """What became of each offer."""
    market = market_of(request, "sale:offers:write")
    command = _command(request, market, "publication")
    return market.answer({"tasks": list(_tasks(request, command, "publication"))})


@routes.get(f"{_QUANTITY}/tasks")
async def quantity_tasks(request: web.Request) -> web.Response:
    """What became of each offer."""
    market = market_of(request, "sale:offers:write")
    command = _command(request, market, "quantity")
    return market.answer({"tasks": list(_tasks(request, command, "stock.available"))})


def _tasks(request: web.Request, command: Json, field: str) -> Iterable[Json]:
    limit, offset = int(request.query.get("limit", 100)), int(request.query.get("offset", 0))
    for offer in command["offers"][offset : offset + limit]:
        errors = (command["results"] or {}).get(offer)
        status = "NEW" if errors is None else "FAIL" if errors else "SUCCESS"
        message = errors[0]["message"] if errors else ""
        yield {"field": field, "message": message, "offer": {"id": offer}, "status": status, "errors": errors or []}


def _report(market: AllegroMarket, key: str) -> Json:
    command = market.state.table("commands")[key]
    results = command["results"] or {}
    failed = sum(bool(errors) for errors in results.values())
    counts = {"failed": failed, "success": len(results) - failed, "total": len(command["offers"])}
    completed = market.stamp(command["completed_at"]) if command["results"] is not None else None
    return {"id": key, "createdAt": market.stamp(command["created_at"]), "completedAt": completed, "taskCount": counts}
