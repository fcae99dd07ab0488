"""Paris' adapter: one seller account of Cencosud's marketplace API, spoken to over HTTP.

There is no public specification: what integrators report is what this follows, see docs/marketplaces/paris.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import httpx

from mmhub_desktop.domain.listing import ListingChange, ListingState
from mmhub_desktop.domain.marketplace import Capability, GatherBounds, RateLimit, TextLimits
from mmhub_desktop.domain.order import Order, OrdersPage, Shipment
from mmhub_desktop.domain.outgoing import OutgoingRequest
from mmhub_desktop.errors import MmhubError, NotLiveYet, OutcomeUnknown, Rejected, UnexpectedReply, Unsupported
from mmhub_desktop.marketplaces.api import Api, BearerToken
from mmhub_desktop.marketplaces.base import (
    UPDATE_MANY,
    AccountChoice,
    AccountIdentity,
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
    SetupStep,
)
from mmhub_desktop.marketplaces.marks import letter_mark
from mmhub_desktop.marketplaces.oauth import TokenSource
from mmhub_desktop.marketplaces.outgoing import json_request
from mmhub_desktop.marketplaces.paris import orders
from mmhub_desktop.marketplaces.paris.auth import FIELDS, account_warnings, host_of, read_seller, token_endpoint
from mmhub_desktop.marketplaces.paris.changing import (
    check_shared,
    family_of,
    names_for,
    not_shown,
    plan_content,
    plan_price,
    plan_stock,
    wished_price,
)
from mmhub_desktop.marketplaces.paris.families import Families
from mmhub_desktop.marketplaces.paris.mapping import map_draft, with_pictures
from mmhub_desktop.marketplaces.paris.paging import read_rows
from mmhub_desktop.marketplaces.paris.prices import price_request, stock_request
from mmhub_desktop.marketplaces.paris.problems import LABEL, error_for
from mmhub_desktop.marketplaces.paris.products import Products
from mmhub_desktop.marketplaces.paris.reading import (
    DESCRIPTION_MAX,
    product_within,
    read_listing,
    split_id,
    variants_of,
)
from mmhub_desktop.marketplaces.paris.stocks import STOCKS_MOST, take_apart, update_many
from mmhub_desktop.marketplaces.paris.terms import (
    CURRENCY,
    LIST_PRICE,
    OFFER_PRICE,
    TITLE_MAX,
    Terms,
    pick_store,
    pick_type,
    store_label,
    terms_of,
)
from mmhub_desktop.marketplaces.signed_in import SignedInAdapter

APPROVAL = "approval"  # the submission of a changed product that people look at
_PAGE = 100
_SEARCH = "/v2/products/search"
_APPROVAL_S = 3_600.0
_PRACTICE_S = 2.0


class Paris(SignedInAdapter):
    """One seller account at Paris. Used on the loop, one call at a time."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._tokens = TokenSource(connection, token_endpoint(connection))
        refused = (401, 403) if connection.account.settings.get("renew_on_403") != "no" else (401,)

        def is_token_refused(response: httpx.Response, _body: Any) -> bool:
            return response.status_code in refused

        self._api = Api(
            connection,
            label=LABEL,
            hosts={"": host_of(connection)},
            access=BearerToken(self._tokens),
            refuse=error_for,
            is_token_refused=is_token_refused,
        )
        self._identity: Mapping[str, str] = dict(connection.account.identity)
        self._families = Families(self._api, connection.now)
        self._products = Products(self._api, self._terms)

    async def check_credentials(self) -> AccountIdentity:
        """The seller behind the key, and the ids that prices are set with."""
        stores, _ = read_rows(await self._api.call("GET", "/v2/store-prices"), "results")
        types, _ = read_rows(await self._api.call("GET", "/v2/price-types"), "results")
        seller = await read_seller(self.connection, await self._tokens.access_token())
        settings = {
            "seller_id": str(seller.get("seller_id") or ""),
            "seller_name": str(seller.get("seller_name") or ""),
            "currency": CURRENCY,
            "store_price": pick_store(stores),
            "price_type": pick_type(types, LIST_PRICE),
            "offer_type": pick_type(types, OFFER_PRICE),
        }
        if not settings["seller_id"] and not settings["seller_name"]:
            raise UnexpectedReply(f"{LABEL} did not say whose account this is.", original=f"fields: {sorted(seller)}")
        self._identity = settings
        terms = self._terms()
        return AccountIdentity(
            remote_id=settings["seller_id"] or settings["seller_name"],
            name=settings["seller_name"] or settings["seller_id"],
            site="CL",
            currency=CURRENCY,
            settings=settings,
            warnings=account_warnings(seller, has_store=bool(terms.store_price) or not terms.needs_ids),
            token_expires_at=await self.token_expires_at(),
        )

    async def read_choices(self, key: str) -> tuple[tuple[str, str], ...]:
        """The store prices that the account may set, as id and name."""
        if key != "store_price":
            return await super().read_choices(key)
        rows, _ = read_rows(await self._api.call("GET", "/v2/store-prices"), "results")
        return tuple((str(row["id"]), store_label(row)) for row in rows if row.get("id"))

    async def find_categories(self, title: str) -> tuple[CategorySuggestion, ...]:
        """The three categories whose names fit a title best."""
        return await self._families.suggest(title)

    async def read_category(self, category_id: str) -> CategoryRules:
        """A category's family with its attributes."""
        return await self._families.read(category_id, self._terms())

    def map(self, draft: ListingDraft, rules: CategoryRules) -> Mapped:
        """The draft as a product with one variant, or with those it has."""
        return map_draft(draft, rules, self._terms())

    async def find_by_sku(self, sku: str) -> tuple[RemoteListing, ...]:
        """Products with this SKU, each confirmed by what its own answers say, since search rows may not carry it."""
        return await self._products.find(sku.strip())

    async def create(self, mapped: Mapped, images: tuple[RemoteImage, ...]) -> RemoteListing:
        """Create the product; its price and stock follow in ``finish_create``. Never live yet."""
        request, *_ = await self.create_requests(mapped, images)
        reply = await self._api.submit(request, once=True)
        product = product_within(reply.body)
        if not product.get("id"):
            raise OutcomeUnknown(
                f"{LABEL} took the product but gave it no id.",
                hint="The program looks it up there before it tries again.",
                original=str(reply.body)[:300],
            )
        listing = read_listing({**mapped.body["product"], **product}, None, None, self._products.page_address())
        return replace(listing, state=ListingState.ACCEPTED, reasons=(), raw=dict(product))

    async def create_requests(self, mapped: Mapped, images: tuple[RemoteImage, ...]) -> tuple[OutgoingRequest, ...]:
        """The product, then its price, then its stock."""
        names = ["{{listing_id}}"] * len(mapped.after.get("stock") or ())
        return (
            json_request("POST", "/v2/products", with_pictures(mapped, images)),
            *self._follow_ups("{{listing_id}}", "{{listing_id}}", mapped, names),
        )

    async def finish_create(self, remote_id: str, mapped: Mapped) -> None:
        """Set price and stock; both are absolute, so that repeating them is harmless."""
        if not mapped.after:
            return
        parent, variant = split_id(remote_id)
        names = [variant]
        stock = mapped.after.get("stock") or ()
        if len(stock) > 1:
            product = await self._products.with_skus(await self._products.show(parent))
            names = names_for([str(sku) for sku, _ in stock], product)
        for request in self._follow_ups(parent, variant, mapped, names):
            await self._api.submit(request)

    async def read(self, remote_id: str) -> RemoteListing:
        """The product with its approval, price and stock."""
        return replace(await self._products.read(split_id(remote_id)[0]), remote_id=remote_id)

    async def follow(self, remote_id: str, submission: str) -> RemoteListing:
        """Whether a changed product was approved by the people at Paris; looked at once an hour."""
        listing = await self.read(remote_id)
        if submission == APPROVAL and listing.state is ListingState.REJECTED:
            hint = "Read the reasons, mend the product and update it again."
            raise Rejected(f"{LABEL} refused the changed product.", findings=listing.reasons, hint=hint)
        if submission == APPROVAL and any(reason.rule == "paris.pending" for reason in listing.reasons):
            raise NotLiveYet(
                f"{LABEL} is checking the changed product.",
                retry_after_s=_PRACTICE_S if self.connection.base_url else _APPROVAL_S,
                hint="Nothing to do: people look at it, in hours to days.",
            )
        return listing

    async def list_listings(self, cursor: str = "") -> ListingsPage:
        """A hundred products with SKU and stock; prices are read when a listing is synchronised."""
        return await self._products.page(cursor)

    async def update(self, remote_id: str, change: ListingChange) -> RemoteListing:
        """Change content, price and stock, then read back; changed content may wait for approval."""
        if change.is_empty():
            return await self.read(remote_id)
        for request in await self.update_requests(remote_id, change):
            await self._api.submit(request)
        listing = await self.read(remote_id)
        told = not_shown(listing, change)
        if change.title is None and change.description is None:
            return replace(listing, reasons=(*listing.reasons, *told))
        waits = any(reason.rule == "paris.pending" for reason in listing.reasons)
        return replace(listing, reasons=(*listing.reasons, *told), submission=APPROVAL if waits else "")

    async def update_requests(self, remote_id: str, change: ListingChange) -> tuple[OutgoingRequest, ...]:
        """The content as a whole where a text changes, then the price, then the stock."""
        parent, variant = split_id(remote_id)
        product = await self._products.show(parent)
        planned: list[OutgoingRequest] = []
        texts = change.title is not None or change.description is not None
        if texts or change.variants:
            product = await self._products.with_skus(product)
        if texts:
            attributes = await self._families.attributes(family_of(product)) if family_of(product) else ([], [])
            planned += plan_content(product, change, attributes, self._terms())
        if (price := wished_price(change)) is not None:
            prices = await self._products.prices(parent, variant, product)
            check_shared(price, change, variants_of(product), prices)
            planned.append(plan_price(parent, variant, price, prices, self._terms()))
        planned += plan_stock(variants_of(product), change, self._terms())
        return tuple(planned)

    async def update_many(self, changes: Sequence[tuple[str, ListingChange]]) -> Sequence[RemoteListing | MmhubError]:
        """Stocks of products with one variant in one call, other changes one by one."""
        return await update_many(self._api, self._products, changes, self._terms(), self.update)

    def take_apart(self, request: OutgoingRequest) -> Sequence[OutgoingRequest]:
        """The stock calls of single products that one for many stands for, so that each is what its preview showed."""
        return take_apart(request, self._terms())

    async def end(self, remote_id: str) -> RemoteListing:
        """Set the stock to 0: Paris has no call that takes a product off. One that is gone has ended."""
        parent, variant = split_id(remote_id)
        product = await self._products.look(parent)
        if product is None:
            return RemoteListing(remote_id, ListingState.ENDED)
        variants = [str(row["sku"]) for row in variants_of(product)] or [variant]
        await self._api.submit(stock_request([(one, 0) for one in variants], self._terms()))
        return await self.read(remote_id)

    async def list_orders(self, since: datetime, cursor: str = "") -> OrdersPage:
        """Sub-orders created since then; with the last cursor, the last thirty days again for what changed."""
        return await orders.list_orders(self._api, since, cursor, self.connection.now())

    async def read_order(self, remote_id: str) -> Order:
        """One sub-order with its shipments."""
        return await orders.read_order(self._api, remote_id)

    async def confirm_shipment(self, _remote_id: str, _shipment: Shipment) -> Order:
        """Unsupported: Paris' own carrier scans the label that Paris prints."""
        raise Unsupported(
            f"{LABEL} takes no tracking numbers: its own carrier collects the parcel.",
            hint="Print the label of the order in Seller Center; the carrier's scan marks it as shipped.",
        )

    def _terms(self) -> Terms:
        return terms_of(self.connection.account, self._identity)

    def _follow_ups(self, parent: str, variant: str, mapped: Mapped, names: list[str]) -> tuple[OutgoingRequest, ...]:
        terms = self._terms()
        stock = [(name, int(quantity)) for name, (_, quantity) in zip(names, mapped.after["stock"], strict=True)]
        price = price_request(parent, variant, mapped.after["prices"], terms, fresh=True)
        return price, stock_request(stock, terms)


MARKETPLACE = Marketplace(
    name="paris",
    label=LABEL,
    sites=(("CL", "Chile"),),
    credential_fields=FIELDS,
    capabilities=frozenset(
        {
            Capability.CATEGORIES,
            Capability.CREATE,
            Capability.UPDATE,
            Capability.END,
            Capability.READ_BACK,
            Capability.FIND_BY_SKU,
            Capability.LIST,
            Capability.VARIANTS,
            Capability.ORDERS,
        }
    ),
    rate_limits=(RateLimit("calls", 4.0, 1),),  # nothing is documented; one call each 250 ms was found to pass
    concurrency=1,
    text_limits=TextLimits(title=TITLE_MAX, description=DESCRIPTION_MAX, html=True),
    lookup_lag_s=(30.0, 60.0, 300.0, 900.0),
    read_back_s=(3_600.0, 3_600.0, 3_600.0, 3_600.0, 7_200.0, 14_400.0, 21_600.0),  # people approve: hours to days
    adapter=Paris,
    gathered={UPDATE_MANY: GatherBounds(STOCKS_MOST, 2.0)},
    changes_together=frozenset({"quantity"}),
    pictures=PictureSource.URL,
    choices=(
        AccountChoice(
            "store_price",
            "Store price",
            "Whose prices are set; without a choice those of Paris itself.",
            required=False,
        ),
    ),
    setup=(
        SetupStep("Sign in to Paris' Seller Center as administrator and open “Mi Cuenta”."),
        SetupStep("Create an API key there and copy it at once."),
        SetupStep("Paste the key here. Choose staging only if Paris has given you a key for it."),
        SetupStep("Test the connection: it shows your seller name and the store whose prices are set."),
        SetupStep("Paris fetches pictures from the web: your products' images must have public https addresses."),
    ),
    follow_s=(_APPROVAL_S,),
    icon=letter_mark("square", "M9.2 16.5v-9h3.4a2.8 2.8 0 0 1 0 5.6H9.2"),
)
