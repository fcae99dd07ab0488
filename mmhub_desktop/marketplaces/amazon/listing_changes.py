"""Changing and ending what is listed: one call for each SKU, or a feed of many; all safe to repeat."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from mmhub_desktop.domain.listing import ListingChange, ListingState, VariantState
from mmhub_desktop.domain.outgoing import OutgoingRequest
from mmhub_desktop.errors import Finding, MmhubError, Rejected
from mmhub_desktop.marketplaces.amazon.changing import Part, left_alone, parts_of, plan_patches, stock_patch
from mmhub_desktop.marketplaces.amazon.feeds import FEW, Feeds, messages_of
from mmhub_desktop.marketplaces.amazon.following import DELETE, Awaited, awaited_change
from mmhub_desktop.marketplaces.amazon.items import Items
from mmhub_desktop.marketplaces.amazon.offers import Seller
from mmhub_desktop.marketplaces.amazon.problems import refused_submission
from mmhub_desktop.marketplaces.amazon.product_types import ProductTypes
from mmhub_desktop.marketplaces.amazon.reading import Item, child_skus, is_shipped_by_amazon, product_type_of
from mmhub_desktop.marketplaces.amazon.submitting import item_path, query_of
from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.base import RemoteListing
from mmhub_desktop.marketplaces.kept_values import not_in_listing
from mmhub_desktop.marketplaces.outgoing import json_request

_T = TypeVar("_T")


class ListingChanges:
    """The changing calls of one account. ``where`` tells the marketplace, asked for where it is not known."""

    def __init__(
        self,
        api: Api,
        items: Items,
        types: ProductTypes,
        feeds: Feeds,
        where: Callable[[], Awaitable[Mapping[str, str]]],
    ) -> None:
        self._api = api
        self._items = items
        self._types = types
        self._feeds = feeds
        self._where = where
        self._marketplace_id = ""

    async def update(self, remote_id: str, change: ListingChange) -> RemoteListing:
        """See ``Amazon.update``."""
        if change.is_empty():
            return await self._read(remote_id)
        parts = await self._parts(remote_id, change)
        requests, left = await self._requests(parts), left_alone(parts)
        told = (*left.values(), *await self._came_later(remote_id, change))
        if not requests:
            shown = await self._read(remote_id)
            return replace(shown, reasons=(*shown.reasons, *told))
        await self._submit(requests)
        submission = awaited_change(change, self._api.connection.now(), left).text(remote_id)
        return RemoteListing(remote_id, ListingState.ACCEPTED, sku=remote_id, reasons=told, submission=submission)

    async def update_requests(self, remote_id: str, change: ListingChange) -> tuple[OutgoingRequest, ...]:
        """See ``Amazon.update_requests``."""
        return await self._requests(await self._parts(remote_id, change))

    async def update_many(self, changes: Sequence[tuple[str, ListingChange]]) -> Sequence[RemoteListing | MmhubError]:
        """See ``Amazon.update_many``."""
        if len(changes) < FEW:
            return [await _answer(self.update(remote_id, change)) for remote_id, change in changes]
        await self._items.learn([sku for sku, _ in changes])
        bodies = [await _answer(self._body_in_feed(sku, change)) for sku, change in changes]
        messages = [
            {"sku": sku, "operationType": "PATCH", **body}
            for (sku, _), body in zip(changes, bodies, strict=True)
            if not isinstance(body, MmhubError) and body["patches"]
        ]
        submission = ""
        if messages:
            submission = await self._feeds.send(messages, self._setting("seller_id"), await self._known_place())
        answers: list[RemoteListing | MmhubError] = []
        for (sku, change), body in zip(changes, bodies, strict=True):
            if isinstance(body, MmhubError):
                answers.append(body)
            elif body["patches"]:
                answers.append(RemoteListing(sku, ListingState.ACCEPTED, submission=submission))
            else:
                answers.append(await _answer(self.update(sku, change)))
        return answers

    def take_apart(self, request: OutgoingRequest) -> Sequence[OutgoingRequest]:
        """See ``Amazon.take_apart``."""
        messages = messages_of(request)
        if messages is None:
            return [request]
        names = ("productType", "patches")
        return [self._patch(str(one["sku"]), {name: one[name] for name in names}) for one in messages]

    async def end(self, remote_id: str) -> RemoteListing:
        """See ``Amazon.end``."""
        try:
            await self._submit(await self.end_requests(remote_id))
        except Rejected:
            if await self._items.get(remote_id) is not None:
                raise
            return RemoteListing(remote_id, ListingState.ENDED)
        now = self._api.connection.now()
        if self._setting("end_way") == "delete":
            return RemoteListing(remote_id, ListingState.ACCEPTED, submission=Awaited(DELETE, now).text(remote_id))
        variants = tuple(VariantState(sku, quantity=0) for sku in await self._children(remote_id))
        submission = awaited_change(ListingChange(quantity=0, variants=variants), now).text(remote_id)
        return RemoteListing(remote_id, ListingState.PAUSED, sku=remote_id, quantity=0, submission=submission)

    async def end_requests(self, remote_id: str) -> tuple[OutgoingRequest, ...]:
        """See ``Amazon.end_requests``. Rejected where Amazon ships what would have its stock set to 0."""
        item = await self._items.there(remote_id)
        skus = await self._children(remote_id)
        place = await self._known_place()
        if self._setting("end_way") == "delete":
            query, seller_id = query_of(place), self._setting("seller_id")
            return tuple(json_request("DELETE", item_path(seller_id, sku), params=query) for sku in (*skus, remote_id))
        sold = [await self._items.known(sku) for sku in skus] or [item]
        if any(is_shipped_by_amazon(one) for one in sold):
            message = "Amazon ships this product from its own stock: its quantity cannot be set to 0 from here."
            hint = "Choose “Delete the offer” in the account's settings, or close the listing in Seller Central."
            raise Rejected(message, findings=(Finding("amazon.fba", "quantity", message, hint),), hint=hint)
        body = {"productType": self._type_for(item, only_offer=True), "patches": [stock_patch(0)]}
        return tuple(self._patch(sku, body) for sku in skus or [remote_id])

    async def _read(self, remote_id: str) -> RemoteListing:
        return await self._items.whole(await self._items.there(remote_id))

    async def _children(self, remote_id: str) -> tuple[str, ...]:
        """SKUs of a family's variants, which are read together where they are not known yet."""
        found = child_skus(await self._items.known(remote_id), await self._known_place())
        await self._items.learn(found)
        return found

    async def _parts(self, sku: str, change: ListingChange) -> list[Part]:
        """Whose the parts of a change are; see ``parts_of``."""
        item = await self._items.known(sku)
        return parts_of(change, item, [await self._items.known(child) for child in await self._children(sku)])

    async def _came_later(self, sku: str, change: ListingChange) -> tuple[Finding, ...]:
        if not change.variants:
            return ()
        listed = tuple(VariantState(child) for child in await self._children(sku))
        shown = RemoteListing(sku, ListingState.LIVE, variants=listed)
        return not_in_listing("amazon", change.variants, shown, "Publish the product again to add them.")

    async def _requests(self, parts: Sequence[Part]) -> tuple[OutgoingRequest, ...]:
        bodies = [(part.sku, await self._body(part)) for part in parts]
        return tuple(self._patch(sku, body) for sku, body in bodies if body["patches"])

    async def _body_in_feed(self, sku: str, change: ListingChange) -> Mapping[str, Any]:
        """What a feed says of a listing; no operations for a family, which goes by calls for its variants."""
        item = await self._items.known(sku)
        return {"patches": []} if change.variants else await self._body(Part(sku, change, item))

    async def _body(self, part: Part) -> Mapping[str, Any]:
        """The type and operations of a change. Rejected where Amazon would refuse it."""
        change, item = part.change, part.item
        where, place = await self._where(), await self._known_place()
        limits = self._types.limits(product_type_of(item, place))
        patches = plan_patches(change, item, Seller.of(self._api.connection.account, where), limits)
        only_offer = change.title is None and change.description is None
        return {"productType": self._type_for(item, only_offer=only_offer), "patches": list(patches)}

    def _type_for(self, item: Item, *, only_offer: bool) -> str:
        """The product type that a change names: the listing's own, or the general one where the account says so."""
        if self._setting("patch_type") == "PRODUCT" and only_offer:
            return "PRODUCT"
        return product_type_of(item, self._marketplace_id) or "PRODUCT"

    def _patch(self, sku: str, body: Mapping[str, Any]) -> OutgoingRequest:
        query = query_of(self._marketplace_id)
        return json_request("PATCH", item_path(self._setting("seller_id"), sku), body, params=query)

    async def _submit(self, requests: Sequence[OutgoingRequest]) -> None:
        """Send changes of listings that are there."""
        for request in requests:
            reply = await self._api.submit(request)
            refusal = refused_submission(reply.fields, self._marketplace_id)
            if refusal is not None:
                raise refusal

    async def _known_place(self) -> str:
        """The marketplace's id, remembered for what is not a coroutine."""
        self._marketplace_id = (await self._where())["marketplace_id"]
        return self._marketplace_id

    def _setting(self, key: str) -> str:
        return self._api.connection.account.settings.get(key, "").strip()


async def _answer(work: Awaitable[_T]) -> _T | MmhubError:
    """What a coroutine gives, its error as a value."""
    try:
        return await work
    except MmhubError as error:
        return error
