"""The practice MercadoLibre as one web application: its routes, its words and its books."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from aiohttp import web

from mmhub_desktop.practice.answers import Refusal
from mmhub_desktop.practice.buyer import Entry, Showcase
from mmhub_desktop.practice.marketplace import PracticeMarketplace
from mmhub_desktop.practice.mercadolibre import (
    auth,
    catalog,
    changes,
    descriptions,
    items,
    orders,
    pictures,
    search,
    user_products,
)
from mmhub_desktop.practice.mercadolibre.errors import refuse
from mmhub_desktop.practice.mercadolibre.market import Market, sku_of
from mmhub_desktop.practice.mercadolibre.orders import place_order
from mmhub_desktop.practice.mercadolibre.page import BRAND, entry_of, show
from mmhub_desktop.practice.mercadolibre.sites import SITES
from mmhub_desktop.practice.mercadolibre.switches import Switches, error_body
from mmhub_desktop.practice.mercadolibre.views import live_status
from mmhub_desktop.practice.mercadolibre.web import MARKET
from mmhub_desktop.practice.state import Json

_MODULES = (auth, search, catalog, pictures, descriptions, changes, items, orders, user_products)
_SETTABLE = {
    "status", "sub_status", "sold_quantity", "available_quantity", "price", "title", "variations", "attributes",
    "seller_custom_field",
}  # fmt: skip
_CONSENT = "/authorization"


class MercadoLibrePractice(PracticeMarketplace):
    """The marketplace and its application, for ``PracticeServer``."""

    brand = BRAND
    routes = tuple(module.routes for module in _MODULES)
    switches = Switches
    token_rules = auth.RULES
    consent_routes = frozenset({_CONSENT})
    token_routes = frozenset({"/oauth/token"})

    def __init__(self, state_file: Path | None = None) -> None:
        super().__init__(state_file)
        self.market = Market(self)
        self.app[MARKET] = self.market

    def error_body(self, status: int) -> Json:
        """Message, error, status and an empty list of causes."""
        return error_body(status)

    def malformed(self, why: str) -> Refusal:
        """400 ``bad_request``."""
        return refuse(400, "bad_request", why)

    def refuse_early(self, request: web.Request, route: str) -> None:
        """The switches ``forbidden`` and ``blocked``."""
        if route == _CONSENT:
            return
        if self.settings().forbidden:
            body = {"blocked_by": "PolicyAgent", "code": "PA_UNAUTHORIZED_RESULT_FROM_POLICIES"}
            raise Refusal(403, {**error_body(403), **body})
        if self.settings().blocked:
            name = "unauthorized_scopes"
            raise Refusal(401, {"message": name, "error": name, "status": 401, "cause": []})

    def entries(self) -> Iterable[Entry]:
        """Every item ever created."""
        return (entry_of(self.market, item) for item in self.market.items.values())

    def showcase(self, listing_id: str) -> Showcase:
        """One item as a buyer sees it."""
        return show(self.market, self.market.items[listing_id])

    def place(self, listing_id: str) -> str:
        """The item's site."""
        return SITES[self.market.items[listing_id]["site_id"]].name

    def change(self, listing_id: str, changes: Json) -> Json:
        """Sold, moderated, closed by the marketplace."""
        item = self.market.items[listing_id]
        if unknown := set(changes) - _SETTABLE:
            raise ValueError(f"only {', '.join(sorted(_SETTABLE))} can be set, not {', '.join(unknown)}")
        self.market.save_item({**item, **changes})
        return dict(self.market.items[listing_id])

    def sell(self, listing_id: str, quantity: int, buyer: Json) -> Json:
        """Less stock, one more sold, and an order."""
        order = place_order(self.market, self.market.items[listing_id], quantity, buyer)
        return {"order_id": str(order["id"]), **order}

    def summary(self) -> Json:
        """The counts, with pictures and descriptions."""
        texts = self.state.table("descriptions")
        return {**super().summary(), "pictures": len(self.market.pictures), "descriptions": len(texts)}

    def details(self) -> dict[str, Any]:
        """Every item with what was sent about it."""
        texts = self.state.table("descriptions")
        return {
            item_id: {
                **item,
                "sku": sku_of(item),
                "live_status": live_status(self.market, item)[0],
                "live_sub_status": live_status(self.market, item)[1],
                "description": texts.get(item_id, {}).get("plain_text"),
            }
            for item_id, item in self.market.items.items()
        }

    def reset(self) -> None:
        """As on the first day."""
        super().reset()
        self.market.index_anew()
