"""Walmart's adapter: one US seller account spoken to over HTTP, as Walmart's OpenAPI documents describe.

The remote id of a listing is its SKU, of a family ``group:`` and the SKU of the product above its variants.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from mmhub_desktop.domain.gtin import is_gtin
from mmhub_desktop.domain.listing import ListingChange, ListingState
from mmhub_desktop.domain.order import Order, OrdersPage, Shipment
from mmhub_desktop.domain.outgoing import OutgoingRequest
from mmhub_desktop.errors import Finding, MmhubError, Rejected
from mmhub_desktop.marketplaces.api import BearerToken
from mmhub_desktop.marketplaces.base import (
    AccountIdentity,
    CategoryRules,
    CategorySuggestion,
    Connection,
    ListingDraft,
    ListingsPage,
    Mapped,
    RemoteImage,
    RemoteListing,
)
from mmhub_desktop.marketplaces.call_groups import counted_as
from mmhub_desktop.marketplaces.oauth import TokenSource
from mmhub_desktop.marketplaces.outgoing import json_request
from mmhub_desktop.marketplaces.signed_in import SignedInAdapter
from mmhub_desktop.marketplaces.walmart import changing, orders
from mmhub_desktop.marketplaces.walmart.account import read_identity, read_ship_nodes
from mmhub_desktop.marketplaces.walmart.auth import (
    MATCH_VERSION,
    SPEC_VERSION,
    call_headers,
    host_of,
    token_endpoint,
)
from mmhub_desktop.marketplaces.walmart.buckets import BucketApi
from mmhub_desktop.marketplaces.walmart.creating import accepted, create_request, send_forms, take_apart, with_pictures
from mmhub_desktop.marketplaces.walmart.feeds import FEED_GROUPS, Feeds, submission_text
from mmhub_desktop.marketplaces.walmart.items import Items
from mmhub_desktop.marketplaces.walmart.mapping import map_draft
from mmhub_desktop.marketplaces.walmart.offer import GROUP_PREFIX, clean_gtin, gtin_14, map_offer
from mmhub_desktop.marketplaces.walmart.problems import LABEL, error_for, is_token_refused
from mmhub_desktop.marketplaces.walmart.product_types import ProductTypes
from mmhub_desktop.marketplaces.walmart.reading import records_of

_NOT_FOUND = 404


class Walmart(SignedInAdapter):
    """One Walmart account. Used on the loop."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        account = connection.account
        self._tokens = TokenSource(connection, token_endpoint(connection))
        self._api = BucketApi(
            connection,
            label=LABEL,
            hosts={"": host_of(account)},
            access=BearerToken(self._tokens, "WM_SEC.ACCESS_TOKEN", "", lambda: call_headers(account)),
            refuse=error_for,
            is_token_refused=is_token_refused,
        )
        self._feeds = Feeds(self._api)
        self._families: set[str] = set()
        settings = account.settings
        self._match_version = settings.get("match_version", "").strip() or MATCH_VERSION
        self._ways = changing.Ways(
            spec_version=settings.get("spec_version", "").strip() or SPEC_VERSION,
            price_call=settings.get("price_call", "put"),
            ship_node=settings.get("ship_node", "").strip(),
            keep_html=settings.get("description_form") == "html",
        )
        self._items = Items(self._api, self._ways.ship_node)
        self._types = ProductTypes(self._api, self._ways.spec_version)

    async def check_credentials(self) -> AccountIdentity:
        """Whose keys these are, what they may do, and whether the account can sell."""
        return await read_identity(self._api, self._tokens)

    async def read_choices(self, key: str) -> tuple[tuple[str, str], ...]:
        """The account's ship nodes."""
        if key != "ship_node":
            return await super().read_choices(key)
        return await read_ship_nodes(self._api)

    async def find_categories(self, title: str) -> tuple[CategorySuggestion, ...]:
        """Product types of items that Walmart finds for the title, else those that the title names."""
        return await self._types.propose(title)

    async def read_category(self, category_id: str) -> CategoryRules:
        """The specification of a product type."""
        return await self._types.rules(category_id)

    async def look_up(self, draft: ListingDraft) -> ListingDraft:
        """Note whether Walmart sells the product already, by its barcode."""
        wanted = self.connection.account.settings.get("existing_items", "offer") == "offer"
        if not wanted or draft.variants or not is_gtin(clean_gtin(draft.gtin)):
            return draft
        found = await self._items.search(gtin_14(draft.gtin))
        return replace(draft, catalog_id=str(found[0].get("itemId") or "")) if found else draft

    def map(self, draft: ListingDraft, rules: CategoryRules) -> Mapped:
        """The draft as a new item or family; as an offer where ``look_up`` has found the product."""
        if draft.variants:
            self._families.add(draft.sku.strip())
        if draft.catalog_id:
            return map_offer(draft, self._match_version)
        return map_draft(draft, rules, self._ways.spec_version, keep_html=self._ways.keep_html)

    async def find_by_sku(self, sku: str) -> tuple[RemoteListing, ...]:
        """The item with this SKU unless it has ended; one that is still being ingested is not found yet."""
        sku = sku.strip()
        if not sku:
            return ()
        item = await self._items.item(sku)
        if item is None:
            if sku not in self._families:
                return ()
            group = await self._items.group(sku)
            return tuple(one for one in (group,) if one and one.state is not ListingState.ENDED)
        found = await self._items.with_stock(item)
        return (found,) if found.state is not ListingState.ENDED else ()

    async def find_lost(self, mapped: Mapped, since: datetime) -> tuple[RemoteListing, ...]:
        """The listing that a feed whose answer was lost is about to make, found in the list of feeds."""
        skus = list(mapped.after.get("stock") or {})
        feed = await self._feeds.find(skus[0], since) if skus else None
        return (accepted(mapped, *feed),) if feed else ()

    async def create(self, mapped: Mapped, images: tuple[RemoteImage, ...]) -> RemoteListing:
        """Send a feed of one item, or of one family. What becomes of it, ``follow`` tells."""
        (answer,) = await self.create_many([(mapped, images)])
        if isinstance(answer, MmhubError):
            raise answer
        return answer

    async def create_many(
        self, forms: Sequence[tuple[Mapped, tuple[RemoteImage, ...]]]
    ) -> Sequence[RemoteListing | MmhubError]:
        """Send feeds of many items: one for new ones and one for offers, as large as Walmart takes them."""
        return await send_forms(self._feeds, forms)

    async def create_requests(self, mapped: Mapped, images: tuple[RemoteImage, ...]) -> tuple[OutgoingRequest, ...]:
        """The feed, and the stock that follows when the item is there."""
        feed = create_request([mapped], [with_pictures(mapped, images)])
        return (feed, *(replace(request, completes=True) for request in self._stock_requests(mapped)))

    def take_apart(self, request: OutgoingRequest) -> Sequence[OutgoingRequest]:
        """What a feed of many stands for, listing by listing, so that each is what its preview showed."""
        return [part for one in take_apart(request) for part in changing.take_apart(one, self._ways)]

    async def finish_create(self, remote_id: str, mapped: Mapped) -> None:  # noqa: ARG002 - the SKUs stand in it
        """Set the stock. NotLiveYet while the item is not ready for it."""
        for request in self._stock_requests(mapped):
            await changing.send_stock(self._api, request, later=True)

    async def read(self, remote_id: str) -> RemoteListing:
        """The item with its stock and, once it is published, its public address."""
        return await self._items.read(remote_id)

    async def list_listings(self, cursor: str = "") -> ListingsPage:
        """The account's items, 200 a page; by place as far as Walmart counts places, then by its scroll."""
        return await self._items.page(cursor)

    async def update(self, remote_id: str, change: ListingChange) -> RemoteListing:
        """Change price and stock at once, texts by a feed that the answer names as its submission."""
        if change.is_empty():
            return await self.read(remote_id)
        for request in await self.update_requests(remote_id, change):
            if "/v3/inventory" in request.path:
                await changing.send_stock(self._api, request, later=True)
            elif "/v3/price" in request.path:
                await changing.send_price(self._api, request)
            else:
                with counted_as(FEED_GROUPS["MP_MAINTENANCE"]):
                    feed = ("MP_MAINTENANCE", await self._feeds.send(request, once=False))
                shown = await self.read(remote_id)
                return replace(shown, submission=submission_text([feed], self._members(remote_id, shown)))
        return changing.price_hidden(await self.read(remote_id), change)

    async def update_requests(self, remote_id: str, change: ListingChange) -> tuple[OutgoingRequest, ...]:
        """Stock, price and texts, in that order, of an item or of each of a family."""
        change = changing.check_change(change)
        items = await self._items.items_of(remote_id)
        if len(items) > 1 and change.quantity:
            message = "A family's stock is that of its variants."
            finding = Finding("walmart.family_stock", "quantity", message, "Change the variants' own quantities.")
            raise Rejected(message, findings=(finding,), hint=finding.fix)
        planned = changing.offer_requests([str(item["sku"]) for item in items], change, self._ways)
        if change.title is not None or change.description is not None:
            entries = [changing.text_entry(item, change, self._ways) for item in items]
            planned.append(changing.text_request(entries, self._ways))
        return tuple(planned)

    async def update_many(self, changes: Sequence[tuple[str, ListingChange]]) -> Sequence[RemoteListing | MmhubError]:
        """Feeds for many changes, calls of their own for a few; see ``changing.send_many``."""
        answers: dict[int, RemoteListing | MmhubError] = {}
        going: dict[int, tuple[str, ListingChange]] = {}
        items: dict[str, Mapping[str, Any]] = {}
        for place, (remote_id, change) in enumerate(changes):
            try:
                texts = change.title is not None or change.description is not None
                if change.is_empty() or (remote_id.startswith(GROUP_PREFIX) and (texts or not change.variants)):
                    answers[place] = await self.update(remote_id, change)
                    continue
                checked = changing.check_change(change)
                if texts:
                    items[remote_id] = (await self._items.items_of(remote_id))[0]
                going[place] = (remote_id, checked)
            except Rejected as error:
                answers[place] = error
        members = {place: changing.members_of(*one) for place, one in going.items()}
        every = [one for some in members.values() for one in some]
        sent = await changing.send_many(self._api, self._feeds, every, items, self._ways)
        for place, (remote_id, change) in going.items():
            told = sent.answer([sku for sku, _ in members[place]])
            answers[place] = await self._answer(remote_id, change, told)
        return [answers[place] for place in range(len(changes))]

    async def end(self, remote_id: str) -> RemoteListing:
        """Take the item off sale as the account's setting says: stock 0, or retired for good."""
        skus = [sku for sku in await self._items.skus_of(remote_id) if sku]
        for request in self._end_requests(skus):
            await self._api.submit(request, accept=(_NOT_FOUND,))
        try:
            shown = await self.read(remote_id)
        except Rejected:
            return RemoteListing(remote_id, ListingState.ENDED)
        if self.connection.account.settings.get("ending") == "retire":
            return replace(shown, state=ListingState.ENDED, reasons=())
        return shown

    async def end_requests(self, remote_id: str) -> tuple[OutgoingRequest, ...]:
        """Stock 0, or the call that retires, for each item of the listing."""
        return self._end_requests(await self._items.skus_of(remote_id))

    async def follow(self, remote_id: str, submission: str) -> RemoteListing:
        """How the feeds of a submission have ended for one listing."""
        (answer,) = await self.follow_many([remote_id], submission)
        if isinstance(answer, MmhubError):
            raise answer
        return answer

    async def follow_many(self, remote_ids: Sequence[str], submission: str) -> Sequence[RemoteListing | MmhubError]:
        """The same for all listings of a submission."""
        return await self._feeds.outcome(remote_ids, submission)

    async def list_orders(self, since: datetime, cursor: str = "") -> OrdersPage:
        """Orders changed since then."""
        return await orders.list_orders(self._api, since, cursor)

    async def read_order(self, remote_id: str) -> Order:
        """One order as it is now."""
        return await orders.fetch_order(self._api, remote_id)

    async def acknowledge_order(self, remote_id: str) -> Order:
        """Tell Walmart that the order was received."""
        return await orders.acknowledge(self._api, remote_id)

    async def confirm_shipment(self, remote_id: str, shipment: Shipment) -> Order:
        """Tell Walmart of a parcel, once."""
        return await orders.ship(self._api, remote_id, shipment)

    def _members(self, remote_id: str, shown: RemoteListing) -> list[str]:
        if not remote_id.startswith(GROUP_PREFIX):
            return []
        return [str(item["sku"]) for item in records_of(shown.raw)]

    def _stock_requests(self, mapped: Mapped) -> tuple[OutgoingRequest, ...]:
        stock = mapped.after.get("stock") or {}
        return tuple(changing.stock_request(sku, int(quantity), self._ways) for sku, quantity in stock.items())

    def _end_requests(self, skus: Sequence[str]) -> tuple[OutgoingRequest, ...]:
        if self.connection.account.settings.get("ending") == "retire":
            return tuple(json_request("DELETE", f"/v3/items/{quote(sku, safe='')}") for sku in skus)
        return tuple(changing.stock_request(sku, 0, self._ways) for sku in skus)

    async def _answer(
        self, remote_id: str, change: ListingChange, told: MmhubError | str
    ) -> RemoteListing | MmhubError:
        if isinstance(told, MmhubError):
            return told
        if told:
            return RemoteListing(remote_id, ListingState.ACCEPTED, submission=told)
        try:
            shown = await self.read(remote_id)
        except Rejected as error:
            return error
        return changing.price_hidden(shown, change)
