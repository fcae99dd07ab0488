"""Kaufland's adapter: one storefront of one seller, spoken to over HTTP as Seller API v2 describes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from mmhub_desktop.domain.listing import ListingChange, ListingState
from mmhub_desktop.domain.marketplace import Capability, GatherBounds, RateLimit, TextLimits
from mmhub_desktop.domain.order import Order, OrdersPage, Shipment
from mmhub_desktop.domain.outgoing import OutgoingRequest
from mmhub_desktop.errors import Finding, MmhubError, Rejected, UnexpectedReply
from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.base import (
    UPDATE_MANY,
    AccountIdentity,
    Adapter,
    CategoryRules,
    CategorySuggestion,
    Connection,
    ListingDraft,
    ListingsPage,
    Mapped,
    Marketplace,
    PictureSource,
    RemoteImage,
    RemoteListing,
)
from mmhub_desktop.marketplaces.kaufland import orders
from mmhub_desktop.marketplaces.kaufland.auth import CHOICES, FIELDS, HOSTS, SETUP, SignedAccess, account_id, site_of
from mmhub_desktop.marketplaces.kaufland.categories import find_categories, read_category
from mmhub_desktop.marketplaces.kaufland.changing import (
    BULK_MOST,
    Plan,
    bulk_request,
    changes_text,
    plan_change,
    read_bulk,
    stock_note,
    take_apart,
    unit_fields,
)
from mmhub_desktop.marketplaces.kaufland.mapping import UNKNOWN, Seller, map_draft, read_gtin
from mmhub_desktop.marketplaces.kaufland.offers import (
    CHOICE_LISTS,
    UNITS,
    Offers,
    is_incomplete,
    read_choices,
    rows_of,
)
from mmhub_desktop.marketplaces.kaufland.problems import (
    LABEL,
    clock_finding,
    error_for,
    no_token,
)
from mmhub_desktop.marketplaces.kaufland.product_data import SUBMISSION, ProductData, still_working
from mmhub_desktop.marketplaces.kaufland.reading import TITLE_MAX, data_problems, read_unit
from mmhub_desktop.marketplaces.kaufland.sites import STOREFRONTS, storefront_of
from mmhub_desktop.marketplaces.kaufland.texts import DESCRIPTION_MAX
from mmhub_desktop.marketplaces.marks import letter_mark
from mmhub_desktop.marketplaces.outgoing import json_request

_PAGE = 100


class Kaufland(Adapter):
    """One storefront of a seller. Used on the loop."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        settings = connection.account.settings
        host = HOSTS.get(settings.get("environment", ""), HOSTS["production"])
        self._api = Api(
            connection,
            label=LABEL,
            hosts={"": host},
            access=SignedAccess(connection),
            refuse=error_for,
            is_token_refused=no_token,
        )
        self._storefront = storefront_of(site_of(connection.account))
        self._seller = Seller(self._storefront, settings)
        self._speak(connection.account.identity.get("locale", "") or self._storefront.locale)

    def _speak(self, locale: str) -> None:
        """Take up a language for product data."""
        self._locale = locale
        self._data = ProductData(self._api, self._storefront.id, locale)
        self._offers = Offers(self._api, self._data, self._seller)

    @property
    def _params(self) -> dict[str, Any]:
        return {"storefront": self._storefront.id}

    async def check_credentials(self) -> AccountIdentity:
        """Whether the keys sign well, and which storefronts they open. Kaufland tells no name and no number."""
        ping = await self._api.call("GET", "/v2/status/ping")
        opened = _words((await self._api.call("GET", "/v2/info/storefront")).fields)
        locales = _words((await self._api.call("GET", "/v2/info/locale")).fields)
        warnings = [found] if (found := clock_finding(ping.headers, self.connection)) else []
        if opened and self._storefront.id not in opened:
            message = f"You have not opened the storefront “{self._storefront.id}” at {LABEL}."
            fix = f"Open it in the Seller Portal, or choose one of yours: {', '.join(opened)}."
            warnings.append(Finding("kaufland.storefront", "", message, fix, blocks=False))
        locale = self._storefront.locale
        if locales and locale not in locales:
            locale = next((one for one in locales if one.lower().endswith(f"-{self._storefront.id}")), locale)
        self._speak(locale)
        return AccountIdentity(
            remote_id=account_id(self.connection.account),
            name=self._storefront.label,
            site=self._storefront.id,
            currency=self._storefront.currency,
            settings={"currency": self._storefront.currency, "locale": locale, "storefronts": ", ".join(opened)},
            warnings=tuple(warnings),
        )

    async def find_categories(self, title: str) -> tuple[CategorySuggestion, ...]:
        """Those that Kaufland decides for the title, best first."""
        return await find_categories(self._api, self._storefront, title)

    async def read_category(self, category_id: str) -> CategoryRules:
        """The category with its required, conditional and optional attributes."""
        return await read_category(self._api, self._storefront, self._locale, category_id, TITLE_MAX)

    def map(self, draft: ListingDraft, rules: CategoryRules) -> Mapped:
        """The draft as offer and product data."""
        return map_draft(draft, rules, self._seller)

    async def look_up(self, draft: ListingDraft) -> ListingDraft:
        """The draft with the product that Kaufland has for its EAN, or that it has none."""
        ean, findings = read_gtin(draft.gtin)
        if any(one.blocks for one in findings) or self._seller.settings.get("send_data") == "always":
            return draft
        product = await self._data.product(ean)
        if product is None:
            return replace(draft, catalog_id=UNKNOWN)
        return replace(draft, catalog_id=f"{product.get('id_product')} {product.get('title') or ean}")

    async def find_by_sku(self, sku: str) -> tuple[RemoteListing, ...]:
        """The offers with this SKU in the storefront's shop. New ones may be missing for several minutes."""
        return tuple(
            replace(one, submission=f"{SUBMISSION}{one.gtin}") if is_incomplete(one) and one.gtin else one
            for one in await self._offers.find(sku.strip())
            if one.state is not ListingState.ENDED
        )

    async def create(self, mapped: Mapped, images: tuple[RemoteImage, ...]) -> RemoteListing:
        """Send the product's data where Kaufland needs it, which may be repeated, then make the offer, once.

        An offer that was taken out of the shop is put back instead, with what it should show now.
        """
        return await self._offers.create(mapped, images)

    async def create_requests(self, mapped: Mapped, images: tuple[RemoteImage, ...]) -> tuple[OutgoingRequest, ...]:
        """The product's data, which may turn out not to be needed, and the offer, made or put back."""
        return self._offers.create_requests(mapped, images)

    async def follow(self, remote_id: str, submission: str) -> RemoteListing:
        """First the product's data, then the offer that waits for it."""
        ean = submission.removeprefix(SUBMISSION)
        is_ready = await self._data.follow(ean)
        listing = await self.read(remote_id)
        if is_ready and is_incomplete(listing):
            raise still_working(ean)
        return listing

    async def read(self, remote_id: str) -> RemoteListing:
        """The offer with its product and, where that is not ready, Kaufland's reasons."""
        unit = await self._unit(remote_id)
        listing = read_unit(unit)
        if not is_incomplete(listing) or not listing.gtin:
            return listing
        status = await self._data.status(listing.gtin)
        if status is None:
            message = "Kaufland has no data of yours for this product, and no other."
            finding = Finding("kaufland.no_data", "", message, "Publish the product again.", blocks=False)
            return read_unit(unit, (finding,))
        return read_unit(unit, data_problems(status))

    async def list_listings(self, cursor: str = "") -> ListingsPage:
        """A hundred of the storefront's offers; the cursor is how many came before."""
        if cursor and not cursor.isdigit():
            raise Rejected(f"{LABEL} cannot go on listing from there.", hint="Begin again.")
        offset = int(cursor or 0)
        params = {**self._params, "embedded": "products", "limit": _PAGE, "offset": offset}
        fields = (await self._api.call("GET", UNITS, params=params)).fields
        rows = rows_of(fields)
        paging = fields.get("pagination")
        total = paging.get("total") if isinstance(paging, Mapping) else None
        known = isinstance(total, int)
        more = offset + len(rows) < total if isinstance(total, int) else len(rows) == _PAGE
        return ListingsPage(
            tuple(read_unit(row) for row in rows),
            str(offset + len(rows)) if more and rows else "",
            total if known else None,
        )

    async def update(self, remote_id: str, change: ListingChange) -> RemoteListing:
        """Change price and stock at once, and the text of the seller's own product data, which Kaufland works on."""
        plan = await self._plan(remote_id, change)
        for request in plan.requests:
            await self._api.submit(request)
        listing = await self.read(remote_id)
        listing = replace(listing, reasons=(*listing.reasons, *plan.notes))
        return replace(listing, submission=f"{SUBMISSION}{plan.ean}") if plan.ean else listing

    async def update_requests(self, remote_id: str, change: ListingChange) -> tuple[OutgoingRequest, ...]:
        """The offer's fields, then the text."""
        return (await self._plan(remote_id, change)).requests

    async def _plan(self, remote_id: str, change: ListingChange) -> Plan:
        unit = await self._unit(remote_id) if changes_text(change) else None
        return await plan_change(self._data, unit, remote_id, change, self._seller)

    async def update_many(self, changes: Sequence[tuple[str, ListingChange]]) -> Sequence[RemoteListing | MmhubError]:
        """Price and stock of up to 150 offers in one call; changed texts one by one."""
        answers: dict[int, RemoteListing | MmhubError] = {}
        rows: dict[str, tuple[int, Mapping[str, Any]]] = {}
        for place, (remote_id, change) in enumerate(changes):
            try:
                fields = {} if changes_text(change) else unit_fields(change, self._seller)
            except Rejected as error:
                answers[place] = error
                continue
            if fields and remote_id not in rows and remote_id.isdigit():
                rows[remote_id] = (place, fields)
        if rows:
            request = bulk_request([(one, fields) for one, (_, fields) in rows.items()], self._seller)
            reply = await self._api.submit(request)
            for remote_id, answer in read_bulk(reply.body, list(rows)).items():
                place = rows[remote_id][0]
                answers[place] = self._with_note(answer, changes[place][1])
        for place, (remote_id, change) in enumerate(changes):
            if place not in answers:
                answers[place] = await self._one_of_many(remote_id, change)
        return [answers[place] for place in range(len(changes))]

    def take_apart(self, request: OutgoingRequest) -> Sequence[OutgoingRequest]:
        """The changes of single offers that a call for many stands for, so that each is what its preview showed."""
        return take_apart(request, self._seller)

    def _with_note(self, answer: RemoteListing | MmhubError, change: ListingChange) -> RemoteListing | MmhubError:
        note = stock_note(change, self._seller)
        if not note or not isinstance(answer, RemoteListing):
            return answer
        return replace(answer, reasons=(*answer.reasons, *note))

    async def _one_of_many(self, remote_id: str, change: ListingChange) -> RemoteListing | MmhubError:
        try:
            return await self.update(remote_id, change)
        except MmhubError as error:
            return error

    async def end(self, remote_id: str) -> RemoteListing:
        """Take the offer out of the shop, or delete it where the seller wants that; one that is gone has ended."""
        (request,) = await self.end_requests(remote_id)
        reply = await self._api.submit(request, accept=(404,))
        unit = reply.fields.get("data")
        if reply.status == 404 or request.method == "DELETE":
            return RemoteListing(remote_id, ListingState.ENDED)
        return read_unit(unit) if isinstance(unit, Mapping) else await self.read(remote_id)

    async def end_requests(self, remote_id: str) -> tuple[OutgoingRequest, ...]:
        """One call, as the account's settings say."""
        path = f"{UNITS}/{remote_id}"
        if self._seller.settings.get("end_by") == "delete":
            return (json_request("DELETE", path, params=self._params),)
        return (json_request("PATCH", path, {"status": "ONHOLD"}, params=self._params),)

    async def relist(self, remote_id: str) -> RemoteListing:
        """Put an offer back that was taken out of the shop. Rejected for one that was deleted."""
        request = json_request("PATCH", f"{UNITS}/{remote_id}", {"status": "AVAILABLE"}, params=self._params)
        await self._api.submit(request)
        return await self.read(remote_id)

    async def read_choices(self, key: str) -> tuple[tuple[str, str], ...]:
        """Shipping groups or warehouses; the default one is marked."""
        if key not in CHOICE_LISTS:
            return await super().read_choices(key)
        return await read_choices(self._api, key, self._storefront.id)

    async def list_orders(self, since: datetime, cursor: str = "") -> OrdersPage:
        """The storefront's orders with a piece that changed, each whole."""
        return await orders.list_orders(self._api, self._storefront.id, since, cursor)

    async def read_order(self, remote_id: str) -> Order:
        """One order with a line for each piece."""
        return await orders.read_order(self._api, remote_id)

    async def confirm_shipment(self, remote_id: str, shipment: Shipment) -> Order:
        """Mark those pieces as sent that are not yet."""
        return await orders.confirm_shipment(self._api, remote_id, shipment)

    async def _unit(self, remote_id: str) -> Mapping[str, Any]:
        params = {**self._params, "embedded": "products"}
        data = (await self._api.call("GET", f"{UNITS}/{remote_id}", params=params)).fields.get("data")
        if not isinstance(data, Mapping):
            raise UnexpectedReply(f"{LABEL} did not show the offer.")
        return {"id_unit": remote_id, **data}


def _words(fields: Mapping[str, Any]) -> tuple[str, ...]:
    data = fields.get("data")
    return tuple(str(one) for one in data) if isinstance(data, list) else ()


# 111 calls a second are allowed, with nothing told about how many are left: a small part of that is plenty.
MARKETPLACE = Marketplace(
    name="kaufland",
    label=LABEL,
    sites=tuple((one.id, one.label) for one in STOREFRONTS.values()),
    credential_fields=FIELDS,
    capabilities=frozenset(
        {
            Capability.CATEGORIES,
            Capability.CREATE,
            Capability.UPDATE,
            Capability.END,
            Capability.RELIST,
            Capability.READ_BACK,
            Capability.FIND_BY_SKU,
            Capability.LIST,
            Capability.ORDERS,
            Capability.SHIP,
        }
    ),
    rate_limits=(RateLimit("calls", 5.0, 5),),
    concurrency=4,
    text_limits=TextLimits(title=TITLE_MAX, description=DESCRIPTION_MAX),
    lookup_lag_s=(30.0, 90.0, 180.0, 300.0),
    read_back_s=(30.0, 120.0, 600.0),
    adapter=Kaufland,
    gathered={UPDATE_MANY: GatherBounds(BULK_MOST, 2.0)},
    changes_together=frozenset({"price", "quantity"}),
    pictures=PictureSource.URL,
    choices=CHOICES,
    setup=SETUP,
    follow_s=(60.0, 300.0, 900.0, 3600.0),
    icon=letter_mark("square", "M9 7.5v9M15.2 7.5L9 12.6M11.2 10.9l4.2 5.6"),
)
