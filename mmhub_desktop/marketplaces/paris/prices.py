"""Price and stock calls. Which form Paris requires is told differently by integrators, so it is a setting.

Setting the list price alone ends a running offer: both rows go together, the offer as it runs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.outgoing import OutgoingRequest
from mmhub_desktop.marketplaces.outgoing import json_request
from mmhub_desktop.marketplaces.paris.terms import CURRENCY, LIST_PRICE, OFFER_PRICE, Terms
from mmhub_desktop.marketplaces.paris.texts import fold

STOCK_PATH = "/v2/stock"
_PERIOD = ("showFrom", "showTo")


@dataclass(frozen=True, slots=True)
class Prices:
    """What Paris shows of a product's prices. ``offer`` is the row of a running offer below the list price."""

    listed: int | None = None
    offer: Mapping[str, Any] | None = None

    @property
    def money(self) -> Money | None:
        """The list price."""
        return None if self.listed is None else Money(self.listed, CURRENCY)


def path_of(remote_id: str) -> str:
    """An id as part of a path; placeholders stay as they are."""
    return quote(remote_id, safe="{}")


def price_path(parent: str, variant: str, terms: Terms) -> str:
    """Where prices are set and read."""
    return f"/v2/prices/product/{path_of(variant if terms.price_id == 'variant' else parent)}"


def price_rows(terms: Terms, value: int, offer: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """The rows that set a price in whole pesos; ``offer`` is the running one, kept while it is below the price."""
    if terms.price_row == "value":
        return [{"value": value}]
    rows = [_row(terms, value, is_offer=False)]
    kept = offer if offer is not None and _value(offer) < value else None
    can_offer = not terms.needs_ids or bool(terms.offer_type)
    if can_offer and (kept is not None or terms.offers_always):
        period = {key: kept[key] for key in _PERIOD if kept.get(key)} if kept is not None else {}
        rows.append({**_row(terms, _value(kept) if kept is not None else value, is_offer=True), **period})
    return rows


def price_request(
    parent: str, variant: str, rows: Sequence[Mapping[str, Any]], terms: Terms, *, fresh: bool = False
) -> OutgoingRequest:
    """The call that sets prices; the first ones of a product are posted."""
    method = "POST" if fresh else terms.price_change
    return json_request(method, price_path(parent, variant, terms), {"prices": list(rows)})


def stock_request(stock: Sequence[tuple[str, int]], terms: Terms) -> OutgoingRequest:
    """The call that sets the stock of these variants (MK…-1), in the account's warehouse where it names one."""
    place = {"warehouse": terms.warehouse} if terms.warehouse else {}
    rows = [{"sku": variant, "quantity": quantity, **place} for variant, quantity in stock]
    return json_request("POST", STOCK_PATH, {"skus": rows})


def rows_within(body: Any) -> Sequence[Mapping[str, Any]] | None:
    """The price rows in an answer; None where it holds none."""
    found = body if isinstance(body, list) else None
    if isinstance(body, Mapping):
        found = next((body[key] for key in ("prices", "results", "data") if isinstance(body.get(key), list)), None)
    return None if found is None else [row for row in found if isinstance(row, Mapping) and "value" in row]


def read_prices(rows: Sequence[Mapping[str, Any]], terms: Terms) -> Prices:
    """The list price and the running offer among the rows of the account's store."""
    listed: int | None = None
    offers = []
    for row in rows:
        store = _id_of(row.get("storePrice", row.get("store")))
        if store and terms.store_price and store != terms.store_price:
            continue
        kind = row.get("type", row.get("price", row.get("priceTypeId")))
        name = fold(str(kind.get("name") or "")) if isinstance(kind, Mapping) else ""
        key = _id_of(kind)
        if key in ("offer", terms.offer_type or "offer") or name == OFFER_PRICE:
            offers.append(row)
        elif not key or key in ("list", terms.price_type or "list") or name == LIST_PRICE:
            listed = _value(row)
    running = [row for row in offers if listed is not None and 0 < _value(row) < listed]
    return Prices(listed, running[0] if running else None)


def _row(terms: Terms, value: int, *, is_offer: bool) -> dict[str, Any]:
    kind = terms.offer_type if is_offer else terms.price_type
    if terms.price_row == "store":
        return {"value": value, "store": terms.store_price, "price": kind}
    if terms.price_row == "priceTypeId":
        return {"priceTypeId": "offer" if is_offer else "list", "value": value}
    return {"value": value, "storePrice": terms.store_price, "type": kind}


def _id_of(value: Any) -> str:
    return str(value.get("id") or "") if isinstance(value, Mapping) else str(value or "")


def _value(row: Mapping[str, Any]) -> int:
    try:
        return int(float(row.get("value") or 0))  # whole pesos, whatever the JSON number looks like
    except (TypeError, ValueError):
        return 0
