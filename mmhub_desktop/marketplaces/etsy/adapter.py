"""Etsy's adapter: one shop spoken to over HTTP, as the published description and the fact sheet say."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from mmhub_desktop.domain.budget import CallBudget
from mmhub_desktop.domain.listing import ListingChange, ListingState
from mmhub_desktop.domain.marketplace import Capability, RateLimit, TextLimits
from mmhub_desktop.domain.order import Order, OrdersPage, Shipment
from mmhub_desktop.domain.outgoing import OutgoingRequest
from mmhub_desktop.errors import Finding, OutcomeUnknown, Rejected, UnexpectedReply
from mmhub_desktop.marketplaces.base import (
    CategoryRules,
    CategorySuggestion,
    Connection,
    ImageFile,
    ListingDraft,
    ListingsPage,
    Mapped,
    Marketplace,
    PictureRules,
    PictureSource,
    RemoteImage,
    RemoteListing,
)
from mmhub_desktop.marketplaces.etsy.account import EtsyAccount
from mmhub_desktop.marketplaces.etsy.auth import CHOICES, FIELDS, SETUP, EtsyConsent
from mmhub_desktop.marketplaces.etsy.changing import (
    not_shown,
    plan_change,
    plan_completion,
    plan_create,
    plan_end,
    plan_relist,
)
from mmhub_desktop.marketplaces.etsy.choices import read_enumerations, read_shop_choices
from mmhub_desktop.marketplaces.etsy.lookup import PAGE, STATES, SkuIndex, find_drafts, read_batch, read_page
from mmhub_desktop.marketplaces.etsy.mapping import map_draft
from mmhub_desktop.marketplaces.etsy.orders import get_receipt, list_receipts, send_tracking
from mmhub_desktop.marketplaces.etsy.problems import LABEL, picture_error
from mmhub_desktop.marketplaces.etsy.reading import DESCRIPTION_MAX, read_category_rules, read_listing, skus_of
from mmhub_desktop.marketplaces.etsy.taxonomy import Taxonomy
from mmhub_desktop.marketplaces.etsy.texts import TAGS_MAX, TITLE_MAX
from mmhub_desktop.marketplaces.marks import letter_mark

_SUGGESTIONS = 5
_TREE_LASTS = timedelta(days=1)


class Etsy(EtsyAccount):
    """One Etsy shop. Used on the loop."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._skus = SkuIndex()
        self._tree: tuple[datetime, Taxonomy] | None = None
        self._planting = asyncio.Lock()

    async def find_categories(self, title: str) -> tuple[CategorySuggestion, ...]:
        """Categories whose names share words with the title; Etsy itself proposes none."""
        found = (await self._taxonomy()).search(title, _SUGGESTIONS)
        return tuple(CategorySuggestion(node.id, node.name) for node in found)

    async def read_category(self, category_id: str) -> CategoryRules:
        """The category's properties, and the values that Etsy takes today for who and when made."""
        node = (await self._taxonomy()).nodes.get(category_id)
        if node is None:
            message = f"{LABEL} has no category {category_id} any more."
            finding = Finding("etsy.category_gone", "category", message, "Choose another category.", category_id)
            raise Rejected(message, findings=(finding,), hint=finding.fix)
        path = f"/v3/application/seller-taxonomy/nodes/{category_id}/properties"
        reply = await self._api.call("GET", path)
        enumerations = await read_enumerations(self._api)
        return read_category_rules(node, reply.fields.get("results"), await self._known("currency"), enumerations)

    def map(self, draft: ListingDraft, rules: CategoryRules) -> Mapped:
        """The draft in Etsy's form, with the account's profiles and choices."""
        return map_draft(draft, rules, self._seller(rules.currency))

    async def add_picture(self, remote_id: str, place: int, image: ImageFile) -> None:
        """Put a picture at its rank, in place of what is there."""
        path = f"/v3/application/shops/{await self._known('shop_id')}/listings/{remote_id}/images"
        suffix = image.mime.partition("/")[2].replace("jpeg", "jpg")
        await self._api.call(
            "POST",
            path,
            data={"rank": str(place), "overwrite": "true"},
            files={"image": (f"image-{place}.{suffix}", image.data, image.mime)},
            refuse=picture_error,
        )

    async def find_by_sku(self, sku: str) -> tuple[RemoteListing, ...]:
        """Listings with this SKU that have not expired: from an index of the shop, then read again."""
        sku = sku.strip()
        shop_id = await self._known("shop_id")
        ids = await self._skus.find(self._api, shop_id, sku, self.connection.now(), self._legacy())
        rows = await self._rows(ids) if ids else []
        found = [self._read(row) for row in rows if sku in skus_of(row)]
        return tuple(one for one in found if one.state is not ListingState.ENDED)

    async def find_lost(self, mapped: Mapped, since: datetime) -> tuple[RemoteListing, ...]:
        """Drafts of this title and price, created since then, without a SKU."""
        shop_id = await self._known("shop_id")
        rows = await find_drafts(self._api, shop_id, mapped.body, since, self._legacy())
        return tuple(self._read(row) for row in rows)

    async def create(self, mapped: Mapped, images: tuple[RemoteImage, ...]) -> RemoteListing:
        """Create the draft: free, and seen by nobody."""
        request, *_ = await self.create_requests(mapped, images)
        reply = await self._api.submit(request, once=True)
        if not reply.fields.get("listing_id"):
            raise OutcomeUnknown(
                f"{LABEL} took the listing but gave it no number.",
                hint="The program looks for it there before it tries again.",
                original=str(reply.body)[:300],
            )
        return self._read({"state": "draft", **reply.fields})

    async def create_requests(
        self,
        mapped: Mapped,
        images: tuple[RemoteImage, ...],  # noqa: ARG002 - they go to the listing by themselves
    ) -> tuple[OutgoingRequest, ...]:
        """The draft, its inventory and properties, and publishing where the seller wishes it."""
        return plan_create(await self._paths(), mapped)

    async def finish_create(self, remote_id: str, mapped: Mapped) -> None:
        """Inventory, properties, publishing; nothing when it is no draft any more, since it may have been sold."""
        row = await self._row(remote_id)
        if row.get("state") != "draft":
            return
        shown: Mapping[str, Any] = {}
        for request in plan_completion(await self._paths(), remote_id, mapped):
            shown = (await self._api.submit(request)).fields
        self._skus.note_listed(str(mapped.after["sku"]))
        if mapped.after.get("publish") and shown.get("state") == "draft":
            message = "Etsy took the publication and left the listing a draft."
            fix = "Look at the draft in Etsy's Shop Manager: it says what is missing (billing, shop details)."
            finding = Finding("etsy.still_draft", "", message, fix, original=str(shown.get("state")))
            raise Rejected(message, findings=(finding,), hint=fix)

    async def read(self, remote_id: str) -> RemoteListing:
        """The listing with its inventory."""
        return self._read(await self._row(remote_id))

    async def read_many(self, remote_ids: Sequence[str]) -> tuple[RemoteListing, ...]:
        """Up to a hundred in one call; what that leaves out is read alone."""
        return tuple(self._read(row) for row in await self._rows(list(dict.fromkeys(remote_ids))))

    async def list_listings(self, cursor: str = "") -> ListingsPage:
        """A hundred listings of one state after the other; the cursor is ``state:offset``."""
        state, _, offset = cursor.partition(":")
        place = STATES.index(state) if state in STATES else 0
        start = int(offset) if offset.isdecimal() else 0
        shop_id = await self._known("shop_id")
        rows, _ = await read_page(self._api, shop_id, STATES[place], start, self._legacy())
        following = f"{STATES[place]}:{start + len(rows)}"
        if len(rows) < PAGE:
            following = f"{STATES[place + 1]}:0" if place + 1 < len(STATES) else ""
        return ListingsPage(tuple(self._read(row) for row in rows), following)

    async def update(self, remote_id: str, change: ListingChange) -> RemoteListing:
        """Text by a patch, price and stock in the inventory, which is read, changed and written as a whole."""
        for request in await self.update_requests(remote_id, change):
            await self._api.submit(request)
        shown = await self.read(remote_id)
        told = not_shown(change, shown)
        return replace(shown, reasons=(*shown.reasons, *told)) if told else shown

    async def update_requests(self, remote_id: str, change: ListingChange) -> tuple[OutgoingRequest, ...]:
        """Quantity 0 switches the listing off first; stock that is back switches on what was off for want of it."""
        row = await self._row(remote_id)
        return plan_change(await self._paths(), row, change, self._seller(), self.connection.now())

    async def end(self, remote_id: str) -> RemoteListing:
        """Switch it off, or delete it as the account is set; one that is gone counts as ended."""
        try:
            row = await self._row(remote_id)
        except Rejected:
            return RemoteListing(remote_id, ListingState.ENDED)
        deletes = self.connection.account.settings.get("ending") == "delete"
        planned = plan_end(await self._paths(), row, deletes=deletes)
        for request in planned:
            reply = await self._api.submit(request, accept=(404,))
            if request.method == "DELETE" or reply.status == 404:
                return RemoteListing(remote_id, ListingState.ENDED)
        return await self.read(remote_id) if planned else self._read(row)

    async def relist(self, remote_id: str) -> RemoteListing:
        """Show it again: free when it was switched off, for a fee that the seller has allowed otherwise."""
        row = await self._row(remote_id)
        for request in plan_relist(await self._paths(), row, self._seller(), self.connection.now()):
            await self._api.submit(request)
        return await self.read(remote_id)

    async def read_choices(self, key: str) -> tuple[tuple[str, str], ...]:
        """The shop's profiles, policies and sections, and Etsy's values of today for who and when made."""
        choices = await read_shop_choices(self._api, await self._known("shop_id"), key, self.connection.now())
        if choices is None:
            raise self._unsupported(f"offer choices for “{key}”")
        return choices

    async def list_orders(self, since: datetime, cursor: str = "") -> OrdersPage:
        """Receipts changed since then, oldest change first."""
        return await list_receipts(self._api, await self._paths(), since, cursor)

    async def read_order(self, remote_id: str) -> Order:
        """One receipt as it is now."""
        return await get_receipt(self._api, await self._paths(), remote_id)

    async def confirm_shipment(self, remote_id: str, shipment: Shipment) -> Order:
        """Tell the tracking code, once; Etsy knows orders as a whole, so lines are not told."""
        return await send_tracking(self._api, await self._paths(), remote_id, shipment)

    async def _row(self, remote_id: str) -> Mapping[str, Any]:
        params = {"includes": "Inventory", **self._legacy()}
        row = (await self._api.call("GET", f"/v3/application/listings/{remote_id}", params=params)).fields
        if not row.get("state"):
            raise UnexpectedReply(f"{LABEL} did not show the listing.", original=f"fields: {sorted(row)}")
        return {"listing_id": remote_id, **row}

    async def _rows(self, ids: Sequence[str]) -> list[Mapping[str, Any]]:
        """Listings by id; those that are gone are left out."""
        found: list[Mapping[str, Any]] = []
        for first in range(0, len(ids), PAGE):
            some = ids[first : first + PAGE]
            known = await read_batch(self._api, some, self._legacy())
            for remote_id in some:
                if remote_id in known:
                    found.append(known[remote_id])
                    continue
                try:
                    found.append(await self._row(remote_id))
                except Rejected:
                    continue
        return found

    def _read(self, row: Mapping[str, Any]) -> RemoteListing:
        return read_listing(row, leaves_drafts=self.connection.account.settings.get("publish") != "active")

    async def _taxonomy(self) -> Taxonomy:
        """The tree of categories, asked for once a day."""
        now = self.connection.now()
        async with self._planting:
            return await self._planted(now)

    async def _planted(self, now: datetime) -> Taxonomy:
        if self._tree is None or now - self._tree[0] > _TREE_LASTS:
            reply = await self._api.call("GET", "/v3/application/seller-taxonomy/nodes")
            roots = reply.fields.get("results")
            if not isinstance(roots, list):
                raise UnexpectedReply(f"{LABEL} gave no categories.", original=str(reply.body)[:300])
            self._tree = (now, Taxonomy.of(roots))
        return self._tree[1]


# Limits are the application's own and told in headers; newer personal apps are reported with 5 a second, 5,000 a day.
MARKETPLACE = Marketplace(
    name="etsy",
    label=LABEL,
    sites=(),
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
    rate_limits=(RateLimit("calls", 4.0, 4),),
    concurrency=3,
    creates_in_turn=True,
    text_limits=TextLimits(title=TITLE_MAX, description=DESCRIPTION_MAX, keywords=TAGS_MAX),
    lookup_lag_s=(10.0, 20.0, 30.0),
    read_back_s=(5.0, 30.0, 120.0, 600.0),
    adapter=Etsy,
    consent=EtsyConsent,
    call_budgets=(CallBudget(5_000, remaining_header="x-remaining-today", limit_header="x-limit-per-day"),),
    read_at_once=PAGE,
    pictures=PictureSource.TO_LISTING,
    choices=CHOICES,
    setup=SETUP,
    image_formats=("image/jpeg", "image/png", "image/gif"),
    picture_rules=PictureRules(plain=True, best="pictures of 2,000 pixels on the shorter side"),
    icon=letter_mark("square", "M15 7.5H9.5v9H15M9.5 12h4.5"),
)
