"""MercadoLibre's adapter: one seller account spoken to over HTTP, as the public documentation describes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from mmhub_desktop.domain.listing import ListingChange, ListingState
from mmhub_desktop.domain.marketplace import Capability, RateLimit, TextLimits
from mmhub_desktop.domain.order import Order, OrdersPage, Shipment
from mmhub_desktop.domain.outgoing import OutgoingRequest
from mmhub_desktop.errors import Finding, OutcomeUnknown, Rejected, UnexpectedReply
from mmhub_desktop.marketplaces.api import Api, BearerToken
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
from mmhub_desktop.marketplaces.kept_values import not_in_listing
from mmhub_desktop.marketplaces.marks import letter_mark
from mmhub_desktop.marketplaces.mercadolibre import orders
from mmhub_desktop.marketplaces.mercadolibre.auth import (
    API,
    FIELDS,
    SETUP,
    MercadoLibreConsent,
    account_warnings,
    site_of,
    token_endpoint,
)
from mmhub_desktop.marketplaces.mercadolibre.changing import (
    plan_change,
    plan_description,
    send_change,
    send_description,
)
from mmhub_desktop.marketplaces.mercadolibre.checking import validate_item, with_pictures
from mmhub_desktop.marketplaces.mercadolibre.listings import MULTIGET, Listings
from mmhub_desktop.marketplaces.mercadolibre.mapping import Seller, map_draft
from mmhub_desktop.marketplaces.mercadolibre.pictures import RULES, upload_picture
from mmhub_desktop.marketplaces.mercadolibre.problems import (
    LABEL,
    error_for,
    is_token_refused,
    read_findings,
    rejection,
)
from mmhub_desktop.marketplaces.mercadolibre.reading import (
    DESCRIPTION_MAX,
    TITLE_MAX,
    read_category_rules,
    read_listing,
)
from mmhub_desktop.marketplaces.mercadolibre.relisting import relist_item
from mmhub_desktop.marketplaces.mercadolibre.sites import SITES
from mmhub_desktop.marketplaces.oauth import TokenSource
from mmhub_desktop.marketplaces.outgoing import json_request
from mmhub_desktop.marketplaces.signed_in import SignedInAdapter

_SUGGESTIONS = 3


class MercadoLibre(SignedInAdapter):
    """One MercadoLibre account; both listing models. Used on the loop."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._tokens = TokenSource(connection, token_endpoint(connection))
        self._api = Api(
            connection,
            label=LABEL,
            hosts={"": API},
            access=BearerToken(self._tokens),
            refuse=error_for,
            is_token_refused=is_token_refused,
        )
        self._identity: Mapping[str, str] = dict(connection.account.identity)
        self._listings = Listings(self._api, self._user_id)

    async def check_credentials(self) -> AccountIdentity:
        """The seller behind the token, with the listing model, stock model and currency that follow from it."""
        me = (await self._api.call("GET", "/users/me")).fields
        user_id, site_id = str(me.get("id") or ""), str(me.get("site_id") or "")
        if not user_id or not site_id:
            raise UnexpectedReply(f"{LABEL} did not say whose account this is.", original=f"fields: {sorted(me)}")
        tags = {str(tag) for tag in me.get("tags") or ()}
        site = SITES.get(site_id)
        currency = site.currency if site else await self._default_currency(site_id)
        reply = await self._api.call("GET", f"/currencies/{currency}", accept=(404,))
        decimals = reply.fields.get("decimal_places")
        settings = {
            "user_id": user_id,
            "nickname": str(me.get("nickname") or ""),
            "site": site_id,
            "currency": currency,
            "model": "user_products" if "user_product_seller" in tags else "items",
            "warehouses": "yes" if "warehouse_management" in tags else "",
            "decimals": str(decimals) if isinstance(decimals, int) else "",
        }
        self._identity = settings
        return AccountIdentity(
            remote_id=user_id,
            name=settings["nickname"] or user_id,
            site=site_id,
            currency=currency,
            settings=settings,
            warnings=tuple(account_warnings(me, self.connection.account)),
            token_expires_at=await self.token_expires_at(),
        )

    async def find_categories(self, title: str) -> tuple[CategorySuggestion, ...]:
        """The first three categories that MercadoLibre predicts from the title."""
        words = " ".join(title.split())[:250]
        if not words:
            return ()
        path = f"/sites/{await self._site()}/domain_discovery/search"
        reply = await self._api.call("GET", path, params={"q": words, "limit": _SUGGESTIONS})
        rows = reply.body if isinstance(reply.body, list) else []
        return tuple(
            CategorySuggestion(
                id=str(row["category_id"]),
                name=str(row.get("category_name") or row.get("domain_name") or row["category_id"]),
                attributes={
                    str(one["id"]): str(one.get("value_name") or one.get("value_id") or "")
                    for one in row.get("attributes") or ()
                    if isinstance(one, Mapping) and one.get("id")
                },
            )
            for row in rows
            if isinstance(row, Mapping) and row.get("category_id")
        )

    async def read_category(self, category_id: str) -> CategoryRules:
        """The category's limits and attributes, as MercadoLibre states them today."""
        category = await self._api.call("GET", f"/categories/{category_id}")
        if not category.fields.get("id"):
            raise UnexpectedReply(f"{LABEL} did not describe category {category_id}.")
        attributes = await self._api.call("GET", f"/categories/{category_id}/attributes")
        return read_category_rules(category.fields, attributes.body, await self._currency())

    def map(self, draft: ListingDraft, rules: CategoryRules) -> Mapped:
        """The draft in the form of the account's listing model. Blocked when the account was never checked."""
        seller = Seller(
            site=self._identity.get("site", "") or site_of(self.connection.account),
            currency=self._identity.get("currency", "") or rules.currency,
            user_products=self._identity.get("model") == "user_products",
            listing_type=self.connection.account.settings.get("listing_type", "") or "gold_special",
            decimals=int(text) if (text := self._identity.get("decimals", "")).isdigit() else None,
        )
        mapped = map_draft(draft, rules, seller)
        if self._identity.get("model"):
            return mapped
        message = f"It is not known yet which kind of listings {LABEL} takes from your account."
        finding = Finding("mercadolibre.account", "", message, "Open Marketplaces and test the connection.")
        return Mapped(mapped.body, mapped.after, (finding, *mapped.findings))

    async def validate(self, mapped: Mapped, images: tuple[RemoteImage, ...]) -> tuple[Finding, ...]:
        """MercadoLibre's own check without creating anything; before the images are there it passes over pictures."""
        return await validate_item(self._api, mapped, images)

    async def upload_image(self, image: ImageFile) -> RemoteImage:
        """Hand over one image. Rejected beforehand when it is too large, too small or of another format."""
        return await upload_picture(self._api, image)

    async def find_by_sku(self, sku: str) -> tuple[RemoteListing, ...]:
        """The account's listings with this SELLER_SKU that are not ended. New ones may take minutes to appear."""
        return await self._listings.find(sku.strip())

    async def create(self, mapped: Mapped, images: tuple[RemoteImage, ...]) -> RemoteListing:
        """Create the listing. Never live yet: only a read-back says so."""
        request, *_ = await self.create_requests(mapped, images)
        reply = await self._api.submit(request, once=True)
        if not reply.fields.get("id"):
            raise OutcomeUnknown(
                f"{LABEL} took the listing but gave it no id.",
                hint="The program looks it up there before it tries again.",
                original=str(reply.body)[:300],
            )
        listing = read_listing(reply.fields)
        warnings = tuple(finding for finding in read_findings(reply.body) if not finding.blocks)
        state = ListingState.ACCEPTED if listing.state is ListingState.LIVE else listing.state
        return RemoteListing(
            remote_id=listing.remote_id,
            state=state,
            url=listing.url,
            sku=listing.sku,
            title=listing.title,
            price=listing.price,
            quantity=listing.quantity,
            reasons=(*listing.reasons, *warnings),
            raw=listing.raw,
        )

    async def create_requests(self, mapped: Mapped, images: tuple[RemoteImage, ...]) -> tuple[OutgoingRequest, ...]:
        """The item, and its description in the two ways of which one fits."""
        return (
            json_request("POST", "/items", with_pictures(mapped, images)),
            *_describe("{{listing_id}}", mapped),
        )

    async def finish_create(self, remote_id: str, mapped: Mapped) -> None:
        """Set the description, whether there is one already or not."""
        planned = _describe(remote_id, mapped)
        if planned:
            await send_description(self._api, planned)

    async def read(self, remote_id: str) -> RemoteListing:
        """The item with its effective price and, where it is not shown, MercadoLibre's reasons."""
        return await self._listings.read(remote_id)

    async def read_many(self, remote_ids: Sequence[str]) -> tuple[RemoteListing, ...]:
        """Up to twenty in one call; an item that this does not show whole is read alone."""
        return await self._listings.read_many(remote_ids)

    async def list_listings(self, cursor: str = "") -> ListingsPage:
        """A hundred of the account's items. The cursor is MercadoLibre's scroll id, which lives about five minutes."""
        return await self._listings.page(cursor)

    async def update(self, remote_id: str, change: ListingChange) -> RemoteListing:
        """Change what MercadoLibre lets be changed; Rejected when it keeps another value than the one sent."""
        if change.is_empty():
            return await self.read(remote_id)
        planned = await self.update_requests(remote_id, change)
        ignored = await send_change(self._api, remote_id, change, planned)
        if ignored:
            raise Rejected(
                f"{LABEL} did not take the whole change.", findings=ignored, hint="See the problems, then update again."
            )
        shown = await self.read(remote_id)
        fix = "Add them on MercadoLibre, or end the listing and publish the product again."
        new = not_in_listing(MARKETPLACE.name, change.variants, shown, fix)
        return replace(shown, reasons=(*shown.reasons, *new)) if new else shown

    async def update_requests(self, remote_id: str, change: ListingChange) -> tuple[OutgoingRequest, ...]:
        """Price, stock and title in one, then the warehouse's stock and the description where they change."""
        return await plan_change(
            self._api,
            remote_id,
            change,
            user_products=self._identity.get("model", "") == "user_products",
            warehouses=self._identity.get("warehouses") == "yes",
            store_id=self.connection.account.settings.get("store_id", "").strip(),
        )

    async def end(self, remote_id: str) -> RemoteListing:
        """Close the listing for good; one that is closed or gone counts as ended."""
        body = {"status": "closed"}
        reply = await self._api.call("PUT", f"/items/{remote_id}", json=body, accept=(400, 403, 404))
        if reply.status == 404:
            return RemoteListing(remote_id, ListingState.ENDED)
        if reply.status == 200 and reply.fields.get("status") == "closed":
            return read_listing({"id": remote_id, **reply.fields})
        listing = await self.read(remote_id)
        if reply.status in (400, 403) and listing.state is not ListingState.ENDED:
            words = str(reply.fields.get("message") or "")
            raise rejection(read_findings(reply.body), words, f"{reply.status} {words}".strip())
        return listing

    async def relist(self, remote_id: str) -> RemoteListing:
        """Offer a closed item again: it becomes a new one with the price and stock it had."""
        return await relist_item(self._api, self._listings, remote_id)

    async def list_orders(self, since: datetime, cursor: str = "") -> OrdersPage:
        """Orders that changed since then, each with its shipment."""
        return await orders.list_orders(self._api, await self._user_id(), since, cursor, self.connection.now())

    async def read_order(self, remote_id: str) -> Order:
        """One order with its shipment."""
        return await orders.read_order(self._api, remote_id)

    async def confirm_shipment(self, remote_id: str, shipment: Shipment) -> Order:
        """Tell a parcel of the seller's own carrier (ME1); Unsupported where MercadoLibre ships itself."""
        return await orders.confirm_shipment(self._api, remote_id, shipment, await self._site())

    async def _default_currency(self, site_id: str) -> str:
        reply = await self._api.call("GET", f"/sites/{site_id}")
        return str(reply.fields.get("default_currency_id") or "USD")

    async def _known(self, key: str) -> str:
        if not self._identity.get(key):
            await self.check_credentials()
        return self._identity[key]

    async def _user_id(self) -> str:
        return await self._known("user_id")

    async def _site(self) -> str:
        return await self._known("site")

    async def _currency(self) -> str:
        return await self._known("currency")


def _describe(remote_id: str, mapped: Mapped) -> tuple[OutgoingRequest, ...]:
    description = mapped.after.get("description")
    return plan_description(remote_id, str(description), fresh=True) if description else ()


# No numbers are published; an application's own page shows max_requests_per_hour, 18000 in the documented sample.
MARKETPLACE = Marketplace(
    name="mercadolibre",
    label=LABEL,
    sites=tuple((site.id, site.label) for site in SITES.values()),
    credential_fields=FIELDS,
    capabilities=frozenset(
        {
            Capability.CATEGORIES,
            Capability.VALIDATE,
            Capability.IMAGES,
            Capability.CREATE,
            Capability.UPDATE,
            Capability.END,
            Capability.READ_BACK,
            Capability.FIND_BY_SKU,
            Capability.LIST,
            Capability.RELIST,
            Capability.VARIANTS,
            Capability.ORDERS,
            Capability.SHIP,
        }
    ),
    rate_limits=(RateLimit("calls", 5.0, 10), RateLimit("pictures", 1.0, 1)),
    concurrency=4,
    text_limits=TextLimits(title=TITLE_MAX, description=DESCRIPTION_MAX),
    lookup_lag_s=(10.0, 30.0, 60.0, 180.0),
    read_back_s=(10.0, 30.0, 120.0, 600.0),
    adapter=MercadoLibre,
    picture_rules=RULES,
    consent=MercadoLibreConsent,
    setup=SETUP,
    read_at_once=MULTIGET,
    lists_families=lambda account: account.identity.get("model") != "user_products",
    icon=letter_mark("circle", "M7.8 16.3V8.2l4.2 5 4.2-5v8.1"),
)
