"""eBay's adapter: one seller account on one eBay site, by the REST Sell APIs.

A listing is known here by the id of its offer, which stays when the listing is ended and listed again under a new
number; a family by ``group:`` and the key of its inventory item group.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from mmhub_desktop.domain.budget import CallBudget
from mmhub_desktop.domain.listing import ListingChange, ListingState
from mmhub_desktop.domain.marketplace import Capability, RateLimit, TextLimits
from mmhub_desktop.domain.order import Order, OrdersPage, Shipment
from mmhub_desktop.domain.outgoing import OutgoingRequest
from mmhub_desktop.errors import Rejected
from mmhub_desktop.marketplaces.base import (
    AccountIdentity,
    CategoryRules,
    CategorySuggestion,
    Connection,
    ImageFile,
    ListingDraft,
    ListingsPage,
    Mapped,
    Marketplace,
    RemoteImage,
    RemoteListing,
)
from mmhub_desktop.marketplaces.call_groups import counted_as
from mmhub_desktop.marketplaces.ebay import orders
from mmhub_desktop.marketplaces.ebay.account import identify, offer_choices
from mmhub_desktop.marketplaces.ebay.auth import CHOICES, FIELDS, SETUP, EbayConsent, program_access, seller_access
from mmhub_desktop.marketplaces.ebay.categories import CATEGORY_CALLS, Categories
from mmhub_desktop.marketplaces.ebay.changing import kept_by_ebay, plan_change, plan_group_change, send_change
from mmhub_desktop.marketplaces.ebay.creating import Creation, Published
from mmhub_desktop.marketplaces.ebay.limits import EbayApi
from mmhub_desktop.marketplaces.ebay.mapping import map_draft
from mmhub_desktop.marketplaces.ebay.orders import ORDER_CALLS
from mmhub_desktop.marketplaces.ebay.pictures import FORMATS, RULES, upload_picture
from mmhub_desktop.marketplaces.ebay.problems import LABEL, error_for, is_token_refused, not_there
from mmhub_desktop.marketplaces.ebay.reading import (
    group_id,
    group_key,
    is_listed,
    public_address,
    read_group,
    read_offer,
    was_listed,
)
from mmhub_desktop.marketplaces.ebay.records import INVENTORY, Records, offer_path
from mmhub_desktop.marketplaces.ebay.single import Seller, read_amount
from mmhub_desktop.marketplaces.ebay.sites import SITES, hosts_of, language_of, site_of
from mmhub_desktop.marketplaces.ebay.texts import DESCRIPTION_MAX, TITLE_MAX
from mmhub_desktop.marketplaces.marks import letter_mark
from mmhub_desktop.marketplaces.outgoing import json_request
from mmhub_desktop.marketplaces.signed_in import SignedInAdapter

_PAGE = 25  # inventory items of one page; each needs a call for its offer


class Ebay(SignedInAdapter):
    """One eBay account. Used on the loop."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        account = connection.account
        self._tokens, access = seller_access(connection)
        self._api = EbayApi(
            connection,
            label=LABEL,
            hosts=hosts_of(account),
            access=access,
            refuse=error_for,
            is_token_refused=is_token_refused,
        )
        self._site = site_of(account)
        self._language = (("Content-Language", language_of(account)),)
        self._records = Records(self._api, self._site.id)
        self._creation = Creation(self._api, self._records, account)
        self._api.program = program_access(connection)
        self._categories = Categories(self._api, self._api.program, self._site)

    async def check_credentials(self) -> AccountIdentity:
        """The seller behind the token, with warnings for what stands in the way of selling."""
        found = await identify(self._api, self.connection.account)
        return replace(found, token_expires_at=await self.token_expires_at())

    async def find_categories(self, title: str) -> tuple[CategorySuggestion, ...]:
        """What eBay suggests for a title; the sandbox gives random names."""
        with counted_as(CATEGORY_CALLS):
            return await self._categories.suggest(title)

    async def read_category(self, category_id: str) -> CategoryRules:
        """The category's item specifics and conditions."""
        with counted_as(CATEGORY_CALLS):
            return await self._categories.read(category_id)

    async def read_choices(self, key: str) -> tuple[tuple[str, str], ...]:
        """The account's business policies and inventory locations."""
        return await offer_choices(self._api, self.connection.account, key)

    def map(self, draft: ListingDraft, rules: CategoryRules) -> Mapped:
        """The draft as inventory item and offer, or as a group of them."""
        return map_draft(draft, rules, Seller.of(self.connection.account))

    async def upload_image(self, image: ImageFile) -> RemoteImage:
        """Hand over one image by its bytes."""
        return await upload_picture(self._api, image)

    async def find_by_sku(self, sku: str) -> tuple[RemoteListing, ...]:
        """The listing of this SKU, or of the family with this key; offers that are not published are none."""
        sku = sku.strip()
        offer = await self._records.offer_of(sku)
        if offer is not None:
            return (await self._read_offer(offer),) if is_listed(offer) else ()
        group = await self._records.group(sku)
        listing = await self._read_group(sku, group) if group is not None else None
        return (listing,) if listing is not None and listing.state is not ListingState.ENDED else ()

    async def create(self, mapped: Mapped, images: tuple[RemoteImage, ...]) -> RemoteListing:
        """Item, offer, publication; what is there is used. Never live yet: only a read-back says so."""
        plan = await self._creation.plan(mapped, images)
        if plan.offer:
            there = await self._read_offer(plan.offer)
            family = str(mapped.body.get("group_key") or "")
            return replace(
                there, remote_id=group_id(family) if family else there.remote_id, state=ListingState.ACCEPTED
            )
        published = await self._creation.carry_out(plan)
        return self._accepted(mapped, published)

    async def create_requests(self, mapped: Mapped, images: tuple[RemoteImage, ...]) -> tuple[OutgoingRequest, ...]:
        """Every step of a create."""
        return (await self._creation.plan(mapped, images)).requests

    async def read(self, remote_id: str) -> RemoteListing:
        """The offer and its inventory item, or the group; Rejected when it is gone."""
        if key := group_key(remote_id):
            group = await self._records.group(key)
            listing = await self._read_group(key, group) if group is not None else None
            if listing is None:
                raise not_there()
            return listing
        return await self._read_offer(await self._records.known_offer(remote_id))

    async def list_listings(self, cursor: str = "") -> ListingsPage:
        """The listings behind 25 inventory items. eBay shows here only what was made through this API."""
        page = int(cursor) if cursor.isdigit() else 0
        found = await self._records.items(page, _PAGE) or {}
        rows = [row for row in found.get("inventoryItems") or () if isinstance(row, Mapping) and row.get("sku")]
        listings = [listing for row in rows for listing in await self._listings_of(row)]
        return ListingsPage(tuple(listings), str(page + 1) if found.get("next") and rows else "")

    async def update(self, remote_id: str, change: ListingChange) -> RemoteListing:
        """Change what is asked for and keep the rest; what eBay then shows."""
        if change.is_empty():
            return await self.read(remote_id)
        await send_change(self._api, await self.update_requests(remote_id, change))
        shown = await self.read(remote_id)
        return replace(shown, reasons=(*shown.reasons, *kept_by_ebay(change, shown)))

    async def update_requests(self, remote_id: str, change: ListingChange) -> tuple[OutgoingRequest, ...]:
        """Price and stock in one, then item and offer where a text changes."""
        if key := group_key(remote_id):
            return await plan_group_change(self._records, key, change, self._language)
        return await plan_change(self._records, remote_id, change, self._language)

    async def end(self, remote_id: str) -> RemoteListing:
        """End the listing; its offer stays, unpublished. What has ended or is gone counts as ended."""
        try:
            await self._api.submit((await self.end_requests(remote_id))[0], accept=(404,))
        except Rejected as error:
            listing = await self._read_or_none(remote_id)
            if listing is not None and listing.state is not ListingState.ENDED:
                raise error from None
            return listing or RemoteListing(remote_id, ListingState.ENDED)
        return await self._read_or_none(remote_id) or RemoteListing(remote_id, ListingState.ENDED)

    async def end_requests(self, remote_id: str) -> tuple[OutgoingRequest, ...]:
        """The withdrawal of the offer, or of all offers of the group."""
        if key := group_key(remote_id):
            wish = {"inventoryItemGroupKey": key, "marketplaceId": self._site.id}
            return (json_request("POST", f"{INVENTORY}/offer/withdraw_by_inventory_item_group", wish),)
        return (json_request("POST", offer_path(remote_id, "withdraw")),)

    async def relist(self, remote_id: str) -> RemoteListing:
        """Publish again: a new listing number under the same offer. What is listed stays as it is."""
        there = await self.read(remote_id)
        if there.state is not ListingState.ENDED:
            return there
        key = group_key(remote_id)
        published = await (self._creation.publish_group(key) if key else self._creation.publish(remote_id))
        url = public_address(self.connection.account, published.listing_id)
        return replace(there, state=ListingState.ACCEPTED, url=url, reasons=published.warnings)

    async def list_orders(self, since: datetime, cursor: str = "") -> OrdersPage:
        """Up to 200 orders that were placed or changed since then."""
        with counted_as(ORDER_CALLS):
            return await orders.list_orders(self._api, since, cursor)

    async def read_order(self, remote_id: str) -> Order:
        """One order with its parcels."""
        with counted_as(ORDER_CALLS):
            return await orders.fetch_order(self._api, remote_id)

    async def confirm_shipment(self, remote_id: str, shipment: Shipment) -> Order:
        """Tell eBay of a parcel, unless it knows it."""
        with counted_as(ORDER_CALLS):
            return await orders.confirm_shipment(self._api, remote_id, shipment)

    def _accepted(self, mapped: Mapped, published: Published) -> RemoteListing:
        body: Mapping[str, Any] = mapped.body
        single = body.get("offer") or {}
        family = str(body.get("group_key") or "")
        shown = body["group"] if family else body["item"]["product"]
        return RemoteListing(
            remote_id=group_id(family) if family else next(iter(published.offers.values())),
            state=ListingState.ACCEPTED,
            url=public_address(self.connection.account, published.listing_id),
            sku=family or str(body["sku"]),
            title=str(shown.get("title") or ""),
            price=read_amount((single.get("pricingSummary") or {}).get("price")),
            quantity=single.get("availableQuantity"),
            reasons=published.warnings,
            raw={"listingId": published.listing_id, "offers": dict(published.offers)},
        )

    async def _read_or_none(self, remote_id: str) -> RemoteListing | None:
        try:
            return await self.read(remote_id)
        except Rejected:
            return None

    async def _read_offer(self, offer: Mapping[str, Any], item: Mapping[str, Any] | None = None) -> RemoteListing:
        if item is None:
            item = await self._records.item(str(offer.get("sku") or "")) or {}
        return read_offer(offer, item, self.connection.account)

    async def _read_group(self, key: str, group: Mapping[str, Any]) -> RemoteListing | None:
        """A family with the offers of its variants; None where there are none."""
        found = [await self._records.offer_of(str(sku)) for sku in group.get("variantSKUs") or ()]
        offers = [offer for offer in found if offer is not None]
        return read_group(key, group, offers, self.connection.account) if offers else None

    async def _listings_of(self, item: Mapping[str, Any]) -> list[RemoteListing]:
        """The listing that an inventory item stands for; a family's comes with its first variant."""
        sku = str(item["sku"])
        keys = [str(key) for key in item.get("inventoryItemGroupKeys") or item.get("groupIds") or ()]
        for key in keys:
            group = await self._records.group(key)
            if group is None:
                continue
            if [str(one) for one in group.get("variantSKUs") or ()][:1] != [sku]:
                return []
            listing = await self._read_group(key, group)
            return [listing] if listing is not None else []
        offer = await self._records.offer_of(sku)
        return [await self._read_offer(offer, item)] if offer is not None and was_listed(offer) else []


# eBay counts calls by the day and application. Nothing is said of calls a second, but many within a short time are
# answered with internal errors, so they are kept apart.
MARKETPLACE = Marketplace(
    name="ebay",
    label=LABEL,
    sites=tuple((site.id, site.label) for site in SITES.values()),
    credential_fields=FIELDS,
    capabilities=frozenset(
        {
            Capability.CATEGORIES,
            Capability.IMAGES,
            Capability.CREATE,
            Capability.UPDATE,
            Capability.END,
            Capability.RELIST,
            Capability.READ_BACK,
            Capability.FIND_BY_SKU,
            Capability.LIST,
            Capability.VARIANTS,
            Capability.ORDERS,
            Capability.SHIP,
        }
    ),
    rate_limits=(RateLimit("calls", 10.0, 20), RateLimit("pictures", 8.0, 20)),
    concurrency=4,
    text_limits=TextLimits(title=TITLE_MAX, description=DESCRIPTION_MAX, html=True),
    lookup_lag_s=(5.0, 15.0, 40.0),
    read_back_s=(5.0, 20.0, 60.0, 300.0),
    adapter=Ebay,
    consent=EbayConsent,
    image_formats=FORMATS,
    picture_rules=RULES,
    call_budgets=(
        CallBudget(2_000_000),
        CallBudget(1_000_000, group="pictures"),
        CallBudget(100_000, group=ORDER_CALLS),
        CallBudget(5_000, group=CATEGORY_CALLS),
    ),
    choices=CHOICES,
    setup=SETUP,
    icon=letter_mark("circle", "M8 12.4h8a4 4.2 0 1 0-1.3 3.2"),
)
