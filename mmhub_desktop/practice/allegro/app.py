"""The practice Allegro as one web application: its routes, its words and its books."""

from collections.abc import Iterable
from typing import Any

from aiohttp import web

from mmhub_desktop.practice.allegro import account, auth, catalog, commands, offers, orders
from mmhub_desktop.practice.allegro.commands import settle
from mmhub_desktop.practice.allegro.errors import refuse
from mmhub_desktop.practice.allegro.market import AllegroMarket, check_headers
from mmhub_desktop.practice.answers import base_url
from mmhub_desktop.practice.buyer import Brand, Entry, Showcase
from mmhub_desktop.practice.limits import Limit
from mmhub_desktop.practice.state import Json

routes = web.RouteTableDef()
_SIGN_IN = frozenset({auth.TOKEN, auth.DEVICE, auth.CONSENT, auth.AGREE})
_SHOP = "/oferta/{offer}"
_ENDS = ("USER", "ADMIN", "EXPIRATION", "EMPTY_STOCK", "PRODUCT_DETACHMENT", "ERROR")


@routes.get(_SHOP)
async def shop(request: web.Request) -> web.Response:
    """The page that buyers see."""
    raise web.HTTPFound(f"{base_url(request)}/_practice/items/{request.match_info['offer']}")


class AllegroPractice(AllegroMarket):
    """The marketplace and its application, for ``PracticeServer``."""

    brand = Brand("Practice Allegro", background="#ff5a00", ink="#ffffff", buy="Add to basket")
    routes = (routes, *(module.routes for module in (account, auth, catalog, commands, offers, orders)))
    token_rules = auth.RULES
    consent_routes = frozenset({auth.CONSENT, auth.AGREE})
    token_routes = frozenset({auth.TOKEN, auth.DEVICE})
    limits = (
        Limit("calls", 150, 9_000),
        Limit("categories", 5, 5, path="/sale/matching-categories"),
        Limit("shipments", 50, 50, path="/order/checkout-forms/{form}/shipments"),
        Limit("carriers", 50, 50, path="/order/carriers"),
    )

    def caller_of(self, request: web.Request) -> str:
        """All users of an application share its limits."""
        return auth.CLIENT_ID

    def refuse_early(self, request: web.Request, route: str) -> None:
        """Headers that Allegro demands, and accounts that are barred."""
        if route in _SIGN_IN or route == _SHOP:
            return
        check_headers(request, image=route == "/sale/images")
        if self.settings().account_blocked:
            raise refuse(403)

    def entries(self) -> Iterable[Entry]:
        """Every offer ever made, deleted drafts too."""
        settle(self)
        for key, row in self.state.table("deleted").items():
            yield Entry(key, row["sku"], row["title"], "", 0, "DELETED", live=False, relisted=True)
        for key, offer in self.offers:
            price = (offer.get("sellingMode") or {}).get("price") or {}
            status = self.status_of(offer)
            yield Entry(
                key,
                str((offer.get("external") or {}).get("id") or ""),
                offer["name"],
                f"{price.get('amount', '')} {price.get('currency', '')}".strip(),
                offer["stock"]["available"],
                status,
                live=status == "ACTIVE",
            )

    def showcase(self, listing_id: str) -> Showcase:
        """One offer as a buyer sees it."""
        entry = next((one for one in self.entries() if one.id == listing_id), None)
        offer = self.offers.truth(listing_id)
        if entry is None or offer is None:
            raise LookupError(listing_id)
        names = {row["id"]: row for row in catalog.PARAMETERS[offer["category"]["id"]]}
        rows = [*(offer.get("parameters") or ()), *offer["productSet"][0]["product"]["parameters"]]
        facts = [(names[row["id"]]["names"]["en"], _words(names[row["id"]], row)) for row in rows if row["id"] in names]
        items = [
            item for section in (offer.get("description") or {}).get("sections") or () for item in section["items"]
        ]
        return Showcase(
            entry,
            pictures=offer.get("images") or (),
            facts=facts,
            description="".join(str(item.get("content") or "") for item in items),
            html=True,
            sold=f"{offer['_sold']} sold" if offer["_sold"] else "",
            notice="" if entry.live else f"Buyers do not see this offer: {entry.status}.",
        )

    def change(self, listing_id: str, changes: Json) -> Json:
        """``endedBy`` ends it for that reason; ``error`` is what Allegro finds wrong with it from now on."""
        offer = self.offers.truth(listing_id)
        if offer is None:
            raise LookupError(listing_id)
        if unknown := set(changes) - {"endedBy", "error", "price", "available"}:
            raise ValueError(f"only endedBy, error, price and available can be set, not {', '.join(unknown)}")
        offer = dict(offer)
        if "endedBy" in changes:
            if changes["endedBy"] not in _ENDS:
                raise ValueError(f"endedBy is one of {', '.join(_ENDS)}")
            offer["publication"] = {"status": "ENDED", "endedBy": changes["endedBy"]}
        if "error" in changes:
            words = str(changes["error"])
            problem = {"code": "ProductChanged", "message": words, "path": "productSet[0]", "userMessage": words}
            offer["validation"] = {**offer["validation"], "errors": [{**problem, "details": None}]}
        if "price" in changes:
            price = {**offer["sellingMode"]["price"], "amount": str(changes["price"])}
            offer["sellingMode"] = {**offer["sellingMode"], "price": price}
        if "available" in changes:
            offer["stock"] = {**offer["stock"], "available": int(changes["available"])}
        self.offers.put(listing_id, offer)
        return offers.view(self, offer)

    def sell(self, listing_id: str, quantity: int, buyer: Json) -> Json:
        """Less stock, the offer's end with the last piece, and a paid order."""
        settle(self)
        offer = self.offers.truth(listing_id)
        if offer is None:
            raise LookupError(listing_id)
        left = offer["stock"]["available"] - quantity
        if self.status_of(offer) != "ACTIVE" or left < 0:
            raise ValueError("this offer is not for sale in that quantity")
        sold: dict[str, Any] = {"stock": {**offer["stock"], "available": left}, "_sold": offer["_sold"] + quantity}
        if not left:
            sold["publication"] = {"status": "ENDED", "endedBy": "EMPTY_STOCK"}
        self.offers.put(listing_id, {**offer, **sold})
        return orders.place_order(self, offer, quantity, buyer)


def _words(rule: Json, row: Json) -> str:
    labels = {one["id"]: one["value"] for one in rule.get("dictionary", ())}
    if row.get("rangeValue"):
        return f"{row['rangeValue']['from']} to {row['rangeValue']['to']} {rule['unit'] or ''}".strip()
    values = row.get("values") or [labels.get(value, value) for value in row.get("valuesIds") or ()]
    return f"{', '.join(str(value) for value in values)} {rule['unit'] or ''}".strip()
