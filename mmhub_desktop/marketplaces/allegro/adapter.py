"""Allegro's adapter: one seller account spoken to over its REST API, as the specification of 2026-07 describes it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from mmhub_desktop.domain.listing import ListingChange
from mmhub_desktop.domain.marketplace import Capability, GatherBounds, RateLimit, TextLimits
from mmhub_desktop.domain.order import Order, OrdersPage, Shipment
from mmhub_desktop.domain.outgoing import OutgoingRequest
from mmhub_desktop.errors import MmhubError, UnexpectedReply
from mmhub_desktop.marketplaces.allegro import orders
from mmhub_desktop.marketplaces.allegro.auth import (
    FIELDS,
    SETUP,
    UPLOAD,
    AllegroConsent,
    call_headers,
    environment_of,
    shop_url,
    token_endpoint,
)
from mmhub_desktop.marketplaces.allegro.bulk import take_apart, update_many
from mmhub_desktop.marketplaces.allegro.categories import read_category_rules, read_suggestions
from mmhub_desktop.marketplaces.allegro.choices import CHOICES, read_choices
from mmhub_desktop.marketplaces.allegro.creating import find_in_catalogue
from mmhub_desktop.marketplaces.allegro.mapping import Seller, map_draft
from mmhub_desktop.marketplaces.allegro.offers import Offers
from mmhub_desktop.marketplaces.allegro.pictures import FORMATS, upload_picture
from mmhub_desktop.marketplaces.allegro.problems import LABEL, error_for, is_token_refused
from mmhub_desktop.marketplaces.allegro.texts import DESCRIPTION_MAX, TITLE_MAX
from mmhub_desktop.marketplaces.api import Api, BearerToken
from mmhub_desktop.marketplaces.base import (
    FOLLOW_MANY,
    UPDATE_MANY,
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
from mmhub_desktop.marketplaces.marks import letter_mark
from mmhub_desktop.marketplaces.oauth import TokenSource
from mmhub_desktop.marketplaces.signed_in import SignedInAdapter

_PAGE = 1_000  # offers of one page of the list
_PLACES = 10_000_000  # offset and limit together
_IMAGES_MOST = 16
_TOGETHER = 500  # changes of one gathered update: each may be a call or two of its own


class Allegro(SignedInAdapter):
    """One Allegro account. Used on the loop."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._tokens = TokenSource(connection, token_endpoint(connection))
        api, upload, _ = environment_of(connection.account)
        headers = call_headers(connection.account)
        self._api = Api(
            connection,
            label=LABEL,
            hosts={"": api, UPLOAD: upload},
            access=BearerToken(self._tokens, beside=lambda: headers),
            refuse=error_for,
            is_token_refused=is_token_refused,
        )
        self._offers = Offers(self._api, shop_url(connection))
        self._identity: Mapping[str, str] = dict(connection.account.identity)

    async def check_credentials(self) -> AccountIdentity:
        """The seller behind the token, with the marketplace they sell on and its currency."""
        me = (await self._api.call("GET", "/me")).fields
        if not me.get("id"):
            raise UnexpectedReply(f"{LABEL} did not say whose account this is.", original=f"fields: {sorted(me)}")
        base = me.get("baseMarketplace")
        site = str(base.get("id") or "") if isinstance(base, Mapping) else ""
        currency = await self._currency_of(site or "allegro-pl")
        settings = {
            "user_id": str(me["id"]),
            "login": str(me.get("login") or ""),
            "site": site or "allegro-pl",
            "currency": currency,
        }
        self._identity = settings
        return AccountIdentity(
            remote_id=settings["user_id"],
            name=settings["login"] or settings["user_id"],
            site=settings["site"],
            currency=currency,
            settings=settings,
            token_expires_at=await self.token_expires_at(),
        )

    async def find_categories(self, title: str) -> tuple[CategorySuggestion, ...]:
        """What Allegro proposes for the title."""
        words = " ".join(title.split())[:250]
        if not words:
            return ()
        return read_suggestions(
            (await self._api.call("GET", "/sale/matching-categories", params={"name": words})).fields
        )

    async def read_category(self, category_id: str) -> CategoryRules:
        """The category's limits and parameters, as Allegro states them today."""
        category = (await self._api.call("GET", f"/sale/categories/{category_id}")).fields
        if not category.get("id"):
            raise UnexpectedReply(f"{LABEL} did not describe category {category_id}.")
        parameters = (await self._api.call("GET", f"/sale/categories/{category_id}/parameters")).fields
        if not self._identity.get("currency"):
            await self.check_credentials()
        return read_category_rules(category, parameters, self._identity["currency"], self._images_most())

    async def look_up(self, draft: ListingDraft) -> ListingDraft:
        """Whether Allegro's catalogue has the product, unless the seller wants it described anew each time."""
        if self.connection.account.settings.get("products") == "own":
            return draft
        return await find_in_catalogue(self._api, draft)

    def map(self, draft: ListingDraft, rules: CategoryRules) -> Mapped:
        """The draft as an offer. Blocked when the account was never checked."""
        seller = Seller(self._identity.get("currency", "") or rules.currency, self.connection.account.settings)
        return map_draft(draft, rules, seller)

    async def upload_image(self, image: ImageFile) -> RemoteImage:
        """Hand over one image. Rejected beforehand for another format."""
        return await upload_picture(self._api, image)

    async def find_by_sku(self, sku: str) -> tuple[RemoteListing, ...]:
        """The account's offers with this SKU that are drafts, shown or sold out."""
        return await self._offers.find(sku.strip())

    async def create(self, mapped: Mapped, images: tuple[RemoteImage, ...]) -> RemoteListing:
        """Make the offer as a draft, which no buyer sees."""
        return await self._offers.create(mapped, images)

    async def create_requests(self, mapped: Mapped, images: tuple[RemoteImage, ...]) -> tuple[OutgoingRequest, ...]:
        """The draft, its mending where there was one, and the command that publishes it."""
        return self._offers.create_requests(mapped, images)

    async def finish_create(self, remote_id: str, mapped: Mapped) -> None:
        """Publish the draft. NotLiveYet while Allegro still works on it, Rejected when something is wrong with it."""
        await self._offers.finish_create(remote_id, mapped)

    async def read(self, remote_id: str) -> RemoteListing:
        """The offer with Allegro's reasons why buyers do not see it."""
        return await self._offers.read(remote_id)

    async def list_listings(self, cursor: str = "") -> ListingsPage:
        """A thousand of the account's offers. The cursor is the place in the list."""
        offset = int(cursor) if cursor.isdigit() else 0
        listed, total = await self._offers.list_page(offset, _PAGE)
        following = offset + len(listed)
        goes_on = len(listed) >= _PAGE and following + _PAGE <= _PLACES
        return ListingsPage(tuple(listed), str(following) if goes_on else "", total)

    async def update(self, remote_id: str, change: ListingChange) -> RemoteListing:
        """Change price, quantity, title or description."""
        return await self._offers.update(remote_id, change)

    async def update_requests(self, remote_id: str, change: ListingChange) -> tuple[OutgoingRequest, ...]:
        """A price command, or an edit, with the command that shows a sold-out offer again."""
        return await self._offers.update_requests(remote_id, change)

    async def update_many(self, changes: Sequence[tuple[str, ListingChange]]) -> Sequence[RemoteListing | MmhubError]:
        """Equal quantities in one command, other changes one by one."""
        return await update_many(self._api, self._offers, changes)

    def take_apart(self, request: OutgoingRequest) -> Sequence[OutgoingRequest]:
        """The changes of single offers that a command stands for, so that each is what its preview showed."""
        return take_apart(request)

    async def end(self, remote_id: str) -> RemoteListing:
        """End the offer; a draft is deleted."""
        return await self._offers.end(remote_id)

    async def end_requests(self, remote_id: str) -> tuple[OutgoingRequest, ...]:
        """What ``end`` will send."""
        return await self._offers.end_requests(remote_id)

    async def relist(self, remote_id: str) -> RemoteListing:
        """Show an ended offer again; its id stays."""
        return await self._offers.relist(remote_id)

    async def follow(self, remote_id: str, submission: str) -> RemoteListing:
        """How an operation or command has ended."""
        return await self._offers.follow(remote_id, submission)

    async def follow_many(self, remote_ids: Sequence[str], submission: str) -> Sequence[RemoteListing | MmhubError]:
        """One look at a command for all its offers."""
        return await self._offers.follow_many(remote_ids, submission)

    async def read_choices(self, key: str) -> tuple[tuple[str, str], ...]:
        """Shipping rates, policies, warranties, producers of the account."""
        found = await read_choices(self._api, key)
        return found if found is not None else await super().read_choices(key)

    async def list_orders(self, since: datetime, cursor: str = "") -> OrdersPage:
        """By the list at first, then by the journal of events."""
        return await orders.list_orders(self._api, since, cursor)

    async def read_order(self, remote_id: str) -> Order:
        """One order with its parcels."""
        return await orders.read_order(self._api, remote_id)

    async def confirm_shipment(self, remote_id: str, shipment: Shipment) -> Order:
        """Tell of a parcel once, and mark the order as sent when all of it has one."""
        mark_sent = self.connection.account.settings.get("mark_sent", "yes") != "no"
        return await orders.confirm_shipment(self._api, remote_id, shipment, mark_sent=mark_sent)

    async def _currency_of(self, site: str) -> str:
        rows = (await self._api.call("GET", "/marketplaces")).fields.get("marketplaces")
        for row in rows if isinstance(rows, list) else ():
            if isinstance(row, Mapping) and row.get("id") == site:
                currencies = row.get("currencies")
                base = currencies.get("base") if isinstance(currencies, Mapping) else None
                return str(base.get("code") or "PLN") if isinstance(base, Mapping) else "PLN"
        return "PLN"

    def _images_most(self) -> int:
        text = self.connection.account.settings.get("images_most", "").strip()
        return int(text) if text.isdigit() and int(text) > 0 else _IMAGES_MOST


# 9000 calls a minute are shared by everybody who uses the same application: a sixth of them is taken here. Proposals of
# categories are allowed five times a second; a publish makes one among some eight calls.
MARKETPLACE = Marketplace(
    name="allegro",
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
            Capability.ORDERS,
            Capability.SHIP,
        }
    ),
    rate_limits=(RateLimit("calls", 25.0, 50), RateLimit("pictures", 5.0, 10)),
    concurrency=8,
    text_limits=TextLimits(title=TITLE_MAX, description=DESCRIPTION_MAX, html=True),
    lookup_lag_s=(10.0, 30.0, 60.0, 180.0),
    read_back_s=(5.0, 15.0, 60.0, 300.0),
    adapter=Allegro,
    consent=AllegroConsent,
    image_formats=FORMATS,
    gathered={UPDATE_MANY: GatherBounds(_TOGETHER, wait_s=2.0), FOLLOW_MANY: GatherBounds(1_000, wait_s=2.0)},
    changes_together=frozenset({"quantity"}),
    choices=CHOICES,
    setup=SETUP,
    follow_s=(5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 900.0),
    icon=letter_mark("circle", "M8.2 16.5L12 7.5l3.8 9M9.6 13.4h4.8"),
)
