"""The account's items as MercadoLibre shows them: one, several, by SKU, all of them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.errors import Unavailable, UnexpectedReply
from mmhub_desktop.marketplaces.api import Api, Reply
from mmhub_desktop.marketplaces.base import ListingsPage, RemoteListing
from mmhub_desktop.marketplaces.mercadolibre.problems import LABEL
from mmhub_desktop.marketplaces.mercadolibre.reading import is_whole, needs_reason, read_listing

MULTIGET = 20  # items of one multiget
_SCAN = 100  # ids of one page of a scan


class Listings:
    """Reads items; used on the loop by one adapter. ``user_id`` tells the account's own."""

    def __init__(self, api: Api, user_id: Callable[[], Awaitable[str]]) -> None:
        self._api = api
        self._user_id = user_id

    async def read(self, remote_id: str) -> RemoteListing:
        """The item with its effective price and, where it is not shown, MercadoLibre's reasons."""
        reply = await self._api.call("GET", f"/items/{remote_id}")
        item = dict(reply.fields)
        if not item.get("status"):
            if reply.status == 206:
                raise Unavailable(f"{LABEL} showed the listing only in part.", retry_after_s=10.0)
            raise UnexpectedReply(f"{LABEL} did not show the listing.", original=str(reply.body)[:300])
        item.setdefault("id", remote_id)
        if item["status"] not in ("closed", "inactive"):
            path = f"/items/{remote_id}/sale_price"
            price = await self._api.call("GET", path, params={"context": "channel_marketplace"}, accept=(400, 403, 404))
            if price.status == 200 and price.fields:
                item["sale_price"] = dict(price.fields)
        moderation = None
        if needs_reason(item):
            path = f"/moderations/last_moderation/{remote_id}-ITM"
            told = await self._api.call("GET", path, accept=(400, 403, 404))
            moderation = told.body if told.status == 200 else None
        return read_listing(item, moderation)

    async def read_many(self, remote_ids: Sequence[str]) -> tuple[RemoteListing, ...]:
        """Up to twenty in one call; an item that this does not show whole is read alone."""
        items = await self._multiget(remote_ids)
        found = [read_listing(item) if is_whole(item) else await self.read(str(item["id"])) for item in items]
        return tuple(found)

    async def find(self, sku: str) -> tuple[RemoteListing, ...]:
        """The items with this SKU that are not ended; older programs have put it where only ``sku`` finds it."""
        return await self._search("seller_sku", sku) or await self._search("sku", sku)

    async def _search(self, field: str, sku: str) -> tuple[RemoteListing, ...]:
        path = f"/users/{await self._user_id()}/items/search"
        reply = await self._api.call("GET", path, params={field: sku, "limit": 100})
        found = [read_listing(item) for item in await self._multiget(_ids(reply))]
        return tuple(
            listing for listing in found if listing.state is not ListingState.ENDED and listing.sku in ("", sku)
        )

    async def page(self, cursor: str) -> ListingsPage:
        """A hundred items. The cursor is MercadoLibre's scroll id, which lives about five minutes."""
        path = f"/users/{await self._user_id()}/items/search"
        params: dict[str, str | int] = {"search_type": "scan", "limit": _SCAN}
        if cursor:
            params["scroll_id"] = cursor
        reply = await self._api.call("GET", path, params=params)
        ids = _ids(reply)
        paging = reply.fields.get("paging")
        total = paging.get("total") if isinstance(paging, Mapping) else None
        return ListingsPage(
            listings=tuple(read_listing(item) for item in await self._multiget(ids)),
            cursor=str(reply.fields.get("scroll_id") or "") if ids else "",
            total=total if isinstance(total, int) else None,
        )

    async def _multiget(self, ids: Sequence[str]) -> list[Mapping[str, Any]]:
        """The items with these ids, at most twenty a call; those that are gone are left out."""
        found: list[Mapping[str, Any]] = []
        for start in range(0, len(ids), MULTIGET):
            some = ids[start : start + MULTIGET]
            reply = await self._api.call("GET", "/items", params={"ids": ",".join(some)})
            if not isinstance(reply.body, list):
                raise UnexpectedReply(f"{LABEL} gave no list of listings.", original=str(reply.body)[:300])
            for place, row in enumerate(reply.body):
                item = row.get("body") if isinstance(row, Mapping) else None
                code = row.get("code") if isinstance(row, Mapping) else None
                if code == 404:
                    continue
                if code not in (200, 206) or not isinstance(item, Mapping):
                    raise Unavailable(f"{LABEL} could not show all listings asked for.", original=str(row)[:300])
                found.append(item if item.get("id") or place >= len(some) else {**item, "id": some[place]})
        return found


def _ids(reply: Reply) -> list[str]:
    """The item ids of a search."""
    results = reply.fields.get("results")
    if not isinstance(results, list):
        raise UnexpectedReply(f"{LABEL} gave no list of listings.", original=str(reply.body)[:300])
    return [str(one) for one in results]
