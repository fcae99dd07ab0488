"""Amazon's adapter: one seller in one marketplace of the Selling Partner API, as its models and pages describe."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from mmhub_desktop.domain.listing import ListingChange, ListingState
from mmhub_desktop.domain.order import Order, OrdersPage, Shipment
from mmhub_desktop.domain.outgoing import OutgoingRequest
from mmhub_desktop.errors import Finding, MmhubError, Rejected, UnexpectedReply
from mmhub_desktop.marketplaces.amazon.auth import access_of, host_of, token_endpoint
from mmhub_desktop.marketplaces.amazon.catalogue import look_up
from mmhub_desktop.marketplaces.amazon.feeds import Feeds, is_feed
from mmhub_desktop.marketplaces.amazon.following import CREATE, Awaited, judge, read_awaited
from mmhub_desktop.marketplaces.amazon.items import Items
from mmhub_desktop.marketplaces.amazon.listing_changes import ListingChanges
from mmhub_desktop.marketplaces.amazon.mapping import map_draft
from mmhub_desktop.marketplaces.amazon.offers import Seller
from mmhub_desktop.marketplaces.amazon.operations import AmazonApi
from mmhub_desktop.marketplaces.amazon.order_calls import OrderCalls
from mmhub_desktop.marketplaces.amazon.participations import choose_marketplace, identity_of
from mmhub_desktop.marketplaces.amazon.problems import LABEL, error_for, is_token_refused, refused_submission
from mmhub_desktop.marketplaces.amazon.product_types import ProductTypes
from mmhub_desktop.marketplaces.amazon.submitting import preview, put_requests
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
from mmhub_desktop.marketplaces.oauth import TokenSource
from mmhub_desktop.marketplaces.signed_in import SignedInAdapter


class Amazon(SignedInAdapter):
    """One Amazon account in one marketplace. Used on the loop. A listing's id is its SKU."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._tokens = TokenSource(connection, token_endpoint(connection))
        self._api = AmazonApi(
            connection,
            label=LABEL,
            hosts={"": connection.base_url or host_of(connection.account)},
            access=access_of(connection, self._tokens),
            refuse=error_for,
            is_token_refused=is_token_refused,
        )
        known = dict(connection.account.identity)
        chosen = self._setting("marketplace_id")
        # Chosen since the account was tested: what was told then, and is cached under its site, is of another one.
        self._is_moved = bool(chosen and known.get("marketplace_id", chosen) != chosen)
        self._identity: Mapping[str, str] = {} if self._is_moved else known
        self._types = ProductTypes(self._api)
        self._orders = OrderCalls(self._api)
        self._feeds = Feeds(self._api)
        self._items = Items(self._api, self._setting("seller_id"), self._where)
        self._changes = ListingChanges(self._api, self._items, self._types, self._feeds, self._where)

    async def check_credentials(self) -> AccountIdentity:
        """The shop and marketplace behind the token, and whether the seller id belongs to it."""
        rows = await self._participations()
        seller_id = self._setting("seller_id")
        identity = identity_of(rows, self._setting("marketplace_id"), seller_id, await self.token_expires_at())
        params = {"marketplaceIds": identity.settings["marketplace_id"], "pageSize": 1}
        try:
            await self._api.call("GET", f"/listings/2021-08-01/items/{seller_id}", params=params)
        except Rejected as error:
            message = f"{LABEL} does not show the listings of merchant token “{seller_id}” to this application."
            hint = "Check the merchant token, the region, and the application's roles (Product Listing)."
            finding = Finding("amazon.seller_id", "seller_id", message, hint, seller_id, original=error.original)
            raise Rejected(message, findings=(finding,), hint=hint, original=error.original) from None
        self._identity = dict(identity.settings)
        return identity

    async def read_choices(self, key: str) -> tuple[tuple[str, str], ...]:
        """The marketplaces that the seller takes part in."""
        if key != "marketplace_id":
            return await super().read_choices(key)
        return choose_marketplace(await self._participations())

    async def find_categories(self, title: str) -> tuple[CategorySuggestion, ...]:
        """The product types that Amazon proposes for a title, best first."""
        return await self._types.propose(title, await self._marketplace_id())

    async def read_category(self, category_id: str) -> CategoryRules:
        """The product type's attributes and its whole schema."""
        marketplace_id = await self._marketplace_id()
        return await self._types.read(category_id, marketplace_id, self._setting("seller_id"), self._seller().currency)

    async def look_up(self, draft: ListingDraft) -> ListingDraft:
        """The draft with the page that Amazon has for it, unless the account sends its products whole."""
        if self._setting("known_products") == "whole":
            return draft
        return await look_up(self._api, draft, await self._marketplace_id())

    def map(self, draft: ListingDraft, rules: CategoryRules) -> Mapped:
        """The draft in the form of the product type. Blocked while it is not known for which marketplace."""
        mapped = map_draft(draft, rules, self._seller())
        if self._is_moved or not self._identity.get("marketplace_id"):
            message = "It is not known yet which marketplace of Amazon this account sells in."
            fix = "Open Marketplaces and test the connection."
        elif self._identity.get("undecided") and not self._setting("marketplace_id"):
            message = "The account sells in several marketplaces of Amazon, and none is chosen."
            fix = "Open Marketplaces and choose the marketplace in the account's settings, then test the connection."
        else:
            return mapped
        finding = Finding("amazon.account", "", message, fix)
        return Mapped(mapped.body, mapped.after, (finding, *mapped.findings))

    async def validate(self, mapped: Mapped, images: tuple[RemoteImage, ...]) -> tuple[Finding, ...]:
        """Amazon's own check without storing anything."""
        return await preview(self._api, mapped, images, self._setting("seller_id"), await self._marketplace_id())

    async def find_by_sku(self, sku: str) -> tuple[RemoteListing, ...]:
        """The listing of this SKU, if Amazon shows it by now: a new one may take minutes."""
        item = await self._items.get(sku.strip())
        return () if item is None else (await self._items.listing(item),)

    async def create(self, mapped: Mapped, images: tuple[RemoteImage, ...]) -> RemoteListing:
        """Submit the listing. Accepted is not live: ``follow`` waits until Amazon shows it."""
        for request in await self.create_requests(mapped, images):
            reply = await self._api.submit(request, once=True)
            refusal = refused_submission(reply.fields, self._identity["marketplace_id"])
            if refusal is not None:
                raise refusal
        sku = str(mapped.body["sku"])
        submission = Awaited(CREATE, self.connection.now()).text(sku)
        return RemoteListing(sku, ListingState.ACCEPTED, sku=sku, submission=submission)

    async def create_requests(self, mapped: Mapped, images: tuple[RemoteImage, ...]) -> tuple[OutgoingRequest, ...]:
        """One PUT; for a family one for its heading and one for each variant. Each replaces what is there."""
        return put_requests(mapped, images, self._setting("seller_id"), await self._marketplace_id())

    async def read(self, remote_id: str) -> RemoteListing:
        """The listing as Amazon shows it now, with its issues; of a family all variants together."""
        return await self._items.whole(await self._items.there(remote_id))

    async def read_many(self, remote_ids: Sequence[str]) -> tuple[RemoteListing, ...]:
        """Up to twenty in one call; SKUs with a comma are read alone, and so are those of families."""
        skus = list(dict.fromkeys(remote_ids))
        items = await self._items.several([sku for sku in skus if "," not in sku])
        alone = [await self._items.get(sku) for sku in skus if "," in sku]
        items += [item for item in alone if item is not None]
        return tuple([await self._items.whole(item) for item in items])

    async def follow(self, remote_id: str, submission: str) -> RemoteListing:
        """How a submission has ended: by a feed's report, else by what Amazon shows of the listing."""
        if is_feed(submission):
            (refusal,) = await self._feeds.follow([remote_id], submission)
            if refusal is not None:
                raise refusal
            return RemoteListing(remote_id, ListingState.ACCEPTED, sku=remote_id)
        item = await self._items.get(remote_id)
        shown = None if item is None else await self._items.whole(item)
        return judge(read_awaited(submission), shown, self.connection.now(), remote_id)

    async def follow_many(self, remote_ids: Sequence[str], submission: str) -> Sequence[RemoteListing | MmhubError]:
        """All listings of a feed by its one report; other submissions are of one listing."""
        if not is_feed(submission):
            return [await self.follow(remote_id, submission) for remote_id in remote_ids]
        refusals = await self._feeds.follow(remote_ids, submission)
        pairs = zip(remote_ids, refusals, strict=True)
        return [refusal or RemoteListing(one, ListingState.ACCEPTED, sku=one) for one, refusal in pairs]

    async def list_listings(self, cursor: str = "") -> ListingsPage:
        """Twenty of the account's listings, oldest first."""
        return await self._items.page(cursor)

    async def update(self, remote_id: str, change: ListingChange) -> RemoteListing:
        """Submit the change; ``follow`` waits until Amazon shows it."""
        return await self._changes.update(remote_id, change)

    async def update_requests(self, remote_id: str, change: ListingChange) -> tuple[OutgoingRequest, ...]:
        """One PATCH with everything in it, of a family one for each variant that changes, and its heading.

        None where Amazon ships the product and only its stock would change.
        """
        return await self._changes.update_requests(remote_id, change)

    async def update_many(self, changes: Sequence[tuple[str, ListingChange]]) -> Sequence[RemoteListing | MmhubError]:
        """Many changes as one feed; few of them, and families, one after the other."""
        return await self._changes.update_many(changes)

    def take_apart(self, request: OutgoingRequest) -> Sequence[OutgoingRequest]:
        """The changes of single listings that a feed stands for, so that each is what its preview showed."""
        return self._changes.take_apart(request)

    async def end(self, remote_id: str) -> RemoteListing:
        """Set the quantity to 0 or delete the offer, as the account says; what is not there has ended."""
        return await self._changes.end(remote_id)

    async def end_requests(self, remote_id: str) -> tuple[OutgoingRequest, ...]:
        """One request; for a family one for each variant and, where they are deleted, its heading."""
        return await self._changes.end_requests(remote_id)

    async def list_orders(self, since: datetime, cursor: str = "") -> OrdersPage:
        """Orders that the seller ships himself, placed or changed since then."""
        return await self._orders.list(since, cursor, await self._marketplace_id())

    async def read_order(self, remote_id: str) -> Order:
        """One order as it is now."""
        return await self._orders.read(remote_id)

    async def confirm_shipment(self, remote_id: str, shipment: Shipment) -> Order:
        """Tell of a parcel unless Amazon knows it already."""
        return await self._orders.ship(remote_id, shipment, await self._marketplace_id())

    async def _participations(self) -> list[Mapping[str, Any]]:
        rows = (await self._api.call("GET", "/sellers/v1/marketplaceParticipations")).fields.get("payload")
        if not isinstance(rows, list):
            raise UnexpectedReply(f"{LABEL} did not say in which marketplaces this account sells.")
        return [row for row in rows if isinstance(row, Mapping)]

    def _seller(self) -> Seller:
        return Seller.of(self.connection.account, self._identity)

    def _setting(self, key: str) -> str:
        return self.connection.account.settings.get(key, "").strip()

    async def _where(self) -> Mapping[str, str]:
        """The account's identity, asked for where it is not known."""
        if not self._identity.get("marketplace_id"):
            await self.check_credentials()
        return self._identity

    async def _marketplace_id(self) -> str:
        return (await self._where())["marketplace_id"]
