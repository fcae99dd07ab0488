"""Finding the account's listings: Etsy knows no search by SKU, so they are walked through and remembered."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from html import unescape
from typing import Any

from mmhub_desktop.errors import UnexpectedReply
from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.etsy.inventory import read_money
from mmhub_desktop.marketplaces.etsy.problems import LABEL
from mmhub_desktop.marketplaces.etsy.reading import created_at, skus_of

STATES = ("active", "draft", "inactive", "sold_out", "expired")
PAGE = 100
_WALK_AGAIN = timedelta(hours=1)  # through all listings
_LOOK_AGAIN = timedelta(minutes=1)  # at the newest active ones and drafts
_CLOCKS = timedelta(minutes=5)  # this computer's clock and Etsy's may differ so much

Row = Mapping[str, Any]


async def read_page(
    api: Api, shop_id: str, state: str, offset: int, legacy: Mapping[str, str]
) -> tuple[list[Row], int | None]:
    """A page of the shop's listings in one state, newest first, with their inventories; how many there are."""
    params = {
        "state": state, "limit": PAGE, "offset": offset, "sort_on": "created", "sort_order": "desc",
        "includes": "Inventory", **legacy,
    }  # fmt: skip
    reply = await api.call("GET", f"/v3/application/shops/{shop_id}/listings", params=params)
    results = reply.fields.get("results")
    if not isinstance(results, list):
        raise UnexpectedReply(f"{LABEL} gave no list of listings.", original=str(reply.body)[:300])
    count = reply.fields.get("count")
    return [row for row in results if isinstance(row, Mapping)], count if isinstance(count, int) else None


async def read_batch(api: Api, ids: Sequence[str], legacy: Mapping[str, str]) -> dict[str, Row]:
    """Up to a hundred listings by id, those that Etsy shows so."""
    params = {"listing_ids": ",".join(ids), "includes": "Inventory", **legacy}
    reply = await api.call("GET", "/v3/application/listings/batch", params=params)
    results = reply.fields.get("results")
    if not isinstance(results, list):
        raise UnexpectedReply(f"{LABEL} gave no list of listings.", original=str(reply.body)[:300])
    return {str(row["listing_id"]): row for row in results if isinstance(row, Mapping) and row.get("listing_id")}


@dataclass
class SkuIndex:
    """Which listings carry a SKU: all of them walked through once an hour, the newest again after a minute.

    Ids only are kept; what is found is read again by the caller. Many products are looked for while they are published,
    so what was looked at a moment ago is not asked for again, unless this very SKU was listed from here since.
    """

    _ids: dict[str, set[str]] = field(default_factory=dict)
    _listed: set[str] = field(default_factory=set)
    _walked_at: datetime | None = None
    _looked_at: datetime | None = None
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock)

    def note_listed(self, sku: str) -> None:
        """This SKU was just given to a listing."""
        self._listed.add(sku)

    async def find(self, api: Api, shop_id: str, sku: str, now: datetime, legacy: Mapping[str, str]) -> list[str]:
        """Ids of listings that carried this SKU when they were last seen."""
        async with self._looking:
            if self._walked_at is None or now - self._walked_at > _WALK_AGAIN:
                ids: dict[str, set[str]] = {}
                for state in STATES:
                    await _walk(api, shop_id, state, ids, legacy)
                self._ids, self._walked_at, self._looked_at = ids, now, now
            elif self._looked_at is None or now - self._looked_at > _LOOK_AGAIN or sku in self._listed:
                for state in STATES[:2]:
                    rows, _ = await read_page(api, shop_id, state, 0, legacy)
                    _note(rows, self._ids)
                self._looked_at = now
        return sorted(self._ids.get(sku, ()))


async def _walk(api: Api, shop_id: str, state: str, ids: dict[str, set[str]], legacy: Mapping[str, str]) -> None:
    offset = 0
    while True:
        rows, _ = await read_page(api, shop_id, state, offset, legacy)
        _note(rows, ids)
        if len(rows) < PAGE:
            return
        offset += len(rows)


def _note(rows: Sequence[Row], ids: dict[str, set[str]]) -> None:
    for row in rows:
        for sku in skus_of(row):
            ids.setdefault(sku, set()).add(str(row.get("listing_id")))


async def find_drafts(
    api: Api, shop_id: str, body: Mapping[str, Any], since: datetime, legacy: Mapping[str, str]
) -> list[Row]:
    """Drafts that a create of this form, begun then, may have made: same title and price, and no SKU yet."""
    found: list[Row] = []
    offset = 0
    while True:
        rows, _ = await read_page(api, shop_id, "draft", offset, legacy)
        found += [
            row for row in rows if not skus_of(row) and _is_same(row, body) and created_at(row) >= since - _CLOCKS
        ]
        if len(rows) < PAGE or created_at(rows[-1]) < since - _CLOCKS:
            return found
        offset += len(rows)


def _is_same(row: Row, body: Mapping[str, Any]) -> bool:
    price = read_money(row.get("price"))
    try:
        wanted = Decimal(str(body.get("price", "")))
    except InvalidOperation:
        return False
    return price is not None and price.amount == wanted and unescape(str(row.get("title") or "")) == body.get("title")
