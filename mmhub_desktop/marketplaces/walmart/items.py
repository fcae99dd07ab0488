"""Reading the account's items: by SKU, by group, with the stock and public address that other calls tell."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from mmhub_desktop.errors import CallsUsedUp, RateLimited, UnexpectedReply
from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.base import ListingsPage, RemoteListing
from mmhub_desktop.marketplaces.walmart.offer import GROUP_PREFIX
from mmhub_desktop.marketplaces.walmart.problems import LABEL, not_there
from mmhub_desktop.marketplaces.walmart.reading import item_url, read_group, read_item, read_quantity, records_of

_PAGE = 200
_OFFSET_MOST = 10_000
_NOT_FOUND = 404
_ASK_AGAIN_S = 900.0  # for the number of an item that the search does not show yet


class Items:
    """The items of one account. Used on the loop."""

    def __init__(self, api: Api, ship_node: str = "") -> None:
        self._api = api
        self._ship_node = ship_node
        self._item_ids: dict[str, str] = {}  # SKU → the number in the public address, once it is known
        self._asked: dict[str, datetime] = {}

    async def read(self, remote_id: str) -> RemoteListing:
        """A listing with its stock and, once it is published, its public address. Rejected when it is not there."""
        if remote_id.startswith(GROUP_PREFIX):
            group = await self.group(remote_id.removeprefix(GROUP_PREFIX))
            if group is None:
                raise not_there(f"no item of the group {remote_id}")
            return group
        item = await self.item(remote_id)
        if item is None:
            raise not_there(f"404 {remote_id}")
        return await self.with_stock(item)

    async def page(self, cursor: str) -> ListingsPage:
        """The account's items, 200 a page; by place as far as Walmart counts places, then by its scroll."""
        way, _, rest = (cursor or "place:0").partition(":")
        seen, _, scroll = rest.partition(":")
        params: dict[str, Any] = {"limit": _PAGE}
        params |= {"nextCursor": scroll} if way == "scroll" else {"offset": seen}
        reply = await self._api.call("GET", "/v3/items", params=params, accept=(_NOT_FOUND,))
        if reply.status == _NOT_FOUND:
            return ListingsPage(())
        told = reply.fields.get("totalItems")
        total = told if isinstance(told, int) else None
        if way == "place" and seen == "0" and (total or 0) > _OFFSET_MOST:
            return await self.page("scroll:0:*")
        found = tuple(read_item(item) for item in records_of(reply.body))
        count = int(seen) + len(found)
        more = bool(found) and (count < total if total is not None else len(found) == _PAGE)
        following = (
            f"scroll:{count}:{reply.fields.get('nextCursor') or scroll}" if way == "scroll" else f"place:{count}"
        )
        return ListingsPage(found, following if more else "", total)

    async def search(self, gtin: str) -> list[Mapping[str, Any]]:
        """Published items of all sellers with this barcode (14 digits)."""
        reply = await self._api.call("GET", "/v3/items/walmart/search", params={"gtin": gtin}, accept=(_NOT_FOUND,))
        return [row for row in reply.fields.get("items") or () if isinstance(row, Mapping)]

    async def item(self, sku: str) -> Mapping[str, Any] | None:
        """The item as Walmart shows it; None for 404."""
        reply = await self._api.call("GET", f"/v3/items/{quote(sku, safe='')}", accept=(_NOT_FOUND,))
        if reply.status == _NOT_FOUND:
            return None
        found = next(records_of(reply.body), None)
        if found is None:
            raise UnexpectedReply(f"{LABEL} did not show the item {sku}.", original=str(reply.body)[:300])
        return found

    async def with_stock(self, item: Mapping[str, Any]) -> RemoteListing:
        """The item with what other calls tell of it."""
        sku = str(item["sku"])
        params = {"sku": sku} | ({"shipNode": self._ship_node} if self._ship_node else {})
        reply = await self._api.call("GET", "/v3/inventory", params=params, accept=(_NOT_FOUND,))
        quantity = 0 if reply.status == _NOT_FOUND else read_quantity(reply.body)
        shown = read_item(item, quantity)
        if item.get("publishedStatus") != "PUBLISHED":
            return shown
        return replace(shown, url=item_url(await self._item_id(sku, shown.gtin)))

    async def _item_id(self, sku: str, gtin: str) -> str:
        """The number in the public address, from the search for published items; empty until it shows the item."""
        now = self._api.connection.now()
        asked = self._asked.get(sku)
        if sku in self._item_ids or not gtin or (asked and (now - asked).total_seconds() < _ASK_AGAIN_S):
            return self._item_ids.get(sku, "")
        self._asked[sku] = now
        try:
            found = await self.search(gtin.zfill(14))
        except (RateLimited, CallsUsedUp):
            return ""  # the address is a nicety: the listing is read without it
        if found and str(found[0].get("itemId") or ""):
            self._item_ids[sku] = str(found[0]["itemId"])
        return self._item_ids.get(sku, "")

    async def group(self, group: str) -> RemoteListing | None:
        """A family as one listing."""
        items = await self.group_items(group)
        members = [await self.with_stock(item) for item in items]
        return read_group(f"{GROUP_PREFIX}{group}", members) if members else None

    async def group_items(self, group: str) -> list[Mapping[str, Any]]:
        """The items of a family."""
        params = {"variantGroupId": group, "limit": _PAGE}
        reply = await self._api.call("GET", "/v3/items", params=params, accept=(_NOT_FOUND,))
        return [] if reply.status == _NOT_FOUND else list(records_of(reply.body))

    async def items_of(self, remote_id: str) -> list[Mapping[str, Any]]:
        """The items behind a listing. Rejected when there are none."""
        if remote_id.startswith(GROUP_PREFIX):
            items = await self.group_items(remote_id.removeprefix(GROUP_PREFIX))
        else:
            item = await self.item(remote_id)
            items = [item] if item is not None else []
        if not items:
            raise not_there(f"404 {remote_id}")
        return items

    async def skus_of(self, remote_id: str) -> list[str]:
        """The SKUs behind a listing; that of a single item whether it is there or not."""
        if not remote_id.startswith(GROUP_PREFIX):
            return [remote_id]
        return [str(item["sku"]) for item in await self.group_items(remote_id.removeprefix(GROUP_PREFIX))]
