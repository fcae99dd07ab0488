"""The listings of one account as Amazon shows them: one, some, or all, page by page."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from mmhub_desktop.errors import Finding, Rejected, UnexpectedReply
from mmhub_desktop.marketplaces.amazon.listed import next_cursor, search_query
from mmhub_desktop.marketplaces.amazon.problems import LABEL
from mmhub_desktop.marketplaces.amazon.reading import INCLUDED, Item, child_skus, is_parent, read_family, read_item
from mmhub_desktop.marketplaces.amazon.submitting import item_path, query_of
from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.base import ListingsPage, RemoteListing

AT_ONCE = 20  # listings of one search
_KNOWN = 20_000  # listings of which is kept what hardly changes


class Items:
    """The reading calls about listings. ``where`` tells the marketplace and its domain, asked for where not known."""

    def __init__(self, api: Api, seller_id: str, where: Callable[[], Awaitable[Mapping[str, str]]]) -> None:
        self._api = api
        self._seller_id = seller_id
        self._where = where
        self._kept: dict[str, Item] = {}  # SKU → what of its item decides how it is changed

    async def get(self, sku: str) -> Item | None:
        """The item of a SKU, None where Amazon shows none."""
        params = {**query_of((await self._where())["marketplace_id"]), "includedData": INCLUDED}
        reply = await self._api.call("GET", item_path(self._seller_id, sku), params=params, accept=(404,))
        if reply.status == 404:
            self._kept.pop(sku, None)
            return None
        item: Item = {**reply.fields, "sku": sku}
        self.remember(item)
        return item

    async def there(self, sku: str) -> Item:
        """The item of a SKU. Rejected where Amazon shows none."""
        item = await self.get(sku)
        if item is None:
            finding = Finding("amazon.not_found", "", "It is not there, or not there yet.", value=sku)
            hint = "Publish the product again if it should be sold."
            raise Rejected(f"{LABEL} does not show this listing.", findings=(finding,), hint=hint)
        return item

    async def known(self, sku: str) -> Item:
        """What of a listing decides how it is changed; read where it is not known. Rejected when it is not there."""
        if sku not in self._kept:
            await self.there(sku)
        return self._kept[sku]

    async def learn(self, skus: Sequence[str]) -> None:
        """Read together what is not known of these listings yet."""
        await self.several([sku for sku in skus if sku not in self._kept and "," not in sku])

    async def several(self, skus: Sequence[str]) -> list[Item]:
        """The items of SKUs without commas, twenty a call; those that are not there are left out."""
        found: list[Item] = []
        for start in range(0, len(skus), AT_ONCE):
            identifiers = ",".join(skus[start : start + AT_ONCE])
            found += (await self._search({"identifiers": identifiers, "identifiersType": "SKU"}))[0]
        for item in found:
            self.remember(item)
        return found

    async def page(self, cursor: str) -> ListingsPage:
        """Twenty listings, oldest first; beyond a thousand the search begins anew at a later date."""
        items, fields = await self._search(search_query(cursor))
        where = await self._where()
        seen = next_cursor(cursor, fields, items, where["marketplace_id"])
        total = fields.get("numberOfResults")
        listings = [await self.listing(item) for item in items if str(item.get("sku")) not in seen.again]
        return ListingsPage(tuple(listings), seen.cursor, total if isinstance(total, int) and not cursor else None)

    async def listing(self, item: Item) -> RemoteListing:
        """An item as a listing of the account's marketplace."""
        where = await self._where()
        return read_item(item, where["marketplace_id"], where.get("domain", ""))

    async def whole(self, item: Item) -> RemoteListing:
        """An item as a listing, a family's heading together with its variants."""
        listing = await self.listing(item)
        skus = child_skus(item, (await self._where())["marketplace_id"]) if is_parent(item) else ()
        if not skus:
            return listing
        return read_family(listing, [await self.listing(child) for child in await self.several(skus)])

    def remember(self, item: Item) -> None:
        """Keep type, ways of shipping and family of a listing: they hardly change, and save a read at each update."""
        sku = str(item.get("sku"))
        self._kept.pop(sku, None)
        attributes = item.get("attributes")
        told = attributes if isinstance(attributes, Mapping) else {}
        parts = {name: told[name] for name in ("parentage_level", "fulfillment_availability") if name in told}
        names = ("summaries", "fulfillmentAvailability", "relationships", "productTypes")
        self._kept[sku] = {"sku": sku, "attributes": parts, **{name: item[name] for name in names if name in item}}
        while len(self._kept) > _KNOWN:
            del self._kept[next(iter(self._kept))]

    async def _search(self, query: Mapping[str, str]) -> tuple[list[Item], Mapping[str, Any]]:
        """The items of one page, and the whole answer."""
        where = query_of((await self._where())["marketplace_id"])
        params = {**query, **where, "includedData": INCLUDED, "pageSize": AT_ONCE}
        path = f"/listings/2021-08-01/items/{quote(self._seller_id, safe='')}"
        reply = await self._api.call("GET", path, params=params)
        rows = reply.fields.get("items")
        if not isinstance(rows, list):
            raise UnexpectedReply(f"{LABEL} gave no list of listings.", original=str(reply.body)[:300])
        return [row for row in rows if isinstance(row, Mapping)], reply.fields
