"""The contract between the program and one marketplace.

An adapter maps the program's words to one marketplace's requests and its answers back. It never retries,
never sleeps, never writes to disk: it raises the errors of ``mmhub_desktop.errors`` and the engine decides.
All methods run on the program's one asyncio loop.
"""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import httpx

from mmhub_desktop.domain.budget import CallBudget
from mmhub_desktop.domain.call import Call
from mmhub_desktop.domain.listing import ListingChange, ListingState, VariantState
from mmhub_desktop.domain.marketplace import Account, Capability, CredentialField, GatherBounds, RateLimit, TextLimits
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.order import Order, OrdersPage, Shipment
from mmhub_desktop.domain.outgoing import OutgoingRequest
from mmhub_desktop.domain.product import Condition, Text
from mmhub_desktop.errors import Finding, MmhubError, Rejected, Unsupported
from mmhub_desktop.marketplaces.consent import Consent as Consent  # noqa: PLC0414 - adapters find it here
from mmhub_desktop.marketplaces.consent import ConsentPage as ConsentPage  # noqa: PLC0414 - adapters find it here
from mmhub_desktop.marketplaces.declared import EVERY_FIELD
from mmhub_desktop.marketplaces.declared import AccountChoice as AccountChoice  # noqa: PLC0414 - adapters find it here
from mmhub_desktop.marketplaces.declared import PictureRules as PictureRules  # noqa: PLC0414 - adapters find it here
from mmhub_desktop.marketplaces.declared import PictureSource as PictureSource  # noqa: PLC0414 - adapters find it here
from mmhub_desktop.marketplaces.declared import SetupStep as SetupStep  # noqa: PLC0414 - adapters find it here
from mmhub_desktop.marketplaces.outgoing import rehearse

if TYPE_CHECKING:
    from mmhub_desktop.plugins import Found

READ_WAIT_S = 2.0  # a listing waits so long for others to be read with
# operations that may be ``Marketplace.gathered``
CREATE_MANY, READ_MANY, UPDATE_MANY, FOLLOW_MANY = "create", "read", "update", "follow"


class SecretStore(Protocol):
    """The secrets of one account. ``save`` returns only when they are durable."""

    async def load(self) -> Mapping[str, str]:
        """All secrets of the account."""

    async def save(self, changes: Mapping[str, str]) -> None:
        """Add or replace secrets, durably, all or none. CredentialError when that fails."""


@dataclass(frozen=True)
class Connection:
    """What an adapter is given to work for one account.

    ``base_url`` replaces the marketplace's own host (practice mode). ``http`` is shared by all and never closed
    by one. ``recorder`` is told of every call that ``marketplaces.http.send`` makes, without secrets; it must be quick.
    ``pace`` is awaited before each call and returns when the account's limits allow it; RateLimited when that would
    take long. ``heard`` is told the headers of each answer, None when there was none.
    """

    account: Account
    secrets: SecretStore
    http: httpx.AsyncClient
    now: Callable[[], datetime]
    base_url: str = ""
    recorder: Callable[[Call], None] | None = None
    pace: Callable[[], Awaitable[None]] | None = None
    heard: Callable[[Mapping[str, str] | None], None] | None = None


@dataclass(frozen=True, slots=True)
class AccountIdentity:
    """Who the credentials belong to. ``settings`` is kept with the account (user id, model, currency, …)."""

    remote_id: str
    name: str
    site: str
    currency: str
    settings: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[Finding, ...] = ()
    token_expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CategorySuggestion:
    """One category the marketplace proposes for a title, best first."""

    id: str
    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AttributeRule:
    """One attribute of a category as the marketplace describes it."""

    id: str
    name: str
    value_type: str
    required: bool = False
    conditional: bool = False
    recommended: bool = False
    hidden: bool = False
    read_only: bool = False
    max_length: int | None = None
    units: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()  # (value id, name)


@dataclass(frozen=True, slots=True)
class CategoryRules:
    """What a category demands. JSON-friendly: cached in the store with its age.

    ``schema`` is the marketplace's own description where it has one (JSON Schema), ``version`` its state where told.
    """

    id: str
    name: str
    listing_allowed: bool
    title_max: int
    description_max: int
    pictures_max: int
    currency: str = ""
    price_min: Money | None = None
    price_max: Money | None = None
    attributes: tuple[AttributeRule, ...] = ()
    schema: Mapping[str, Any] = field(default_factory=dict)
    version: str = ""


@dataclass(frozen=True, slots=True)
class ImageFile:
    """An image ready to be sent: its bytes and what they are."""

    name: str
    mime: str
    data: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class RemoteImage:
    """An image as the marketplace knows it."""

    id: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class VariantDraft:
    """One variant of a listing: what it is by its options (``{"color": "Blue", "size": "M"}``), and what differs."""

    sku: str
    options: Mapping[str, str]
    quantity: int
    price: Money | None = None  # None: the listing's own
    gtin: str = ""
    image: int | None = None  # index among the listing's images


@dataclass(frozen=True, slots=True)
class ListingDraft:
    """Everything of a product that a listing is made from, with the account's overrides applied.

    With ``variants`` the listing is a family: each has its own SKU and stock, the draft's own are the parent's.
    """

    sku: str
    text: Text
    brand: str
    category: str  # the seller's own category words
    gtin: str
    condition: Condition
    price: Money | None
    quantity: int
    attributes: Mapping[str, str]
    images: tuple[RemoteImage, ...] = ()
    image_count: int = 0  # images the product has, uploaded or not
    category_id: str = ""  # the marketplace's category, when already known
    weight_g: int | None = None
    size_mm: tuple[int, int, int] | None = None
    variants: tuple[VariantDraft, ...] = ()
    catalog_id: str = ""  # the marketplace's own product that this is, where ``Adapter.look_up`` has found it


@dataclass(frozen=True, slots=True)
class Mapped:
    """A draft in the marketplace's own form.

    ``body`` is the JSON of the create request without the images; ``after`` is what must follow a successful
    create (a description call, …), both plain JSON. Blocking findings mean it must not be sent.
    """

    body: Mapping[str, Any]
    after: Mapping[str, Any] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    @property
    def blocked(self) -> bool:
        """Whether any finding forbids sending."""
        return any(finding.blocks for finding in self.findings)


@dataclass(frozen=True, slots=True)
class RemoteListing:
    """A listing as the marketplace shows it; ``raw`` is its own answer. None means it did not say.

    ``submission`` names work that the marketplace still does for it (a feed, an operation, a command): the engine asks
    ``Adapter.follow`` about it, for hours if need be, before it reads the listing back. ``as_wished``: it is not live
    because the seller wants it so (a draft that they publish themselves), so nothing needs to be waited for.
    """

    remote_id: str
    state: ListingState
    url: str = ""
    sku: str = ""
    title: str = ""
    price: Money | None = None
    quantity: int | None = None
    reasons: tuple[Finding, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict)
    gtin: str = ""
    submission: str = ""
    variants: tuple[VariantState, ...] = ()  # of a family, where told: price and stock are theirs, its own are None
    as_wished: bool = False


@dataclass(frozen=True, slots=True)
class ListingsPage:
    """Some of an account's listings. ``cursor`` asks for the next ones, empty at the end; ``total`` where told."""

    listings: tuple[RemoteListing, ...]
    cursor: str = ""
    total: int | None = None


class Adapter(ABC):
    """One account of one marketplace, spoken to over HTTP. Override what the marketplace can do."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    @abstractmethod
    async def check_credentials(self) -> AccountIdentity:
        """Ask the marketplace who we are. SignInNeeded when the grant is dead."""

    async def token_expires_at(self) -> datetime | None:
        """When the present access token ends (UTC), None where there is none."""
        return None

    async def keep_signed_in(self) -> datetime | None:
        """Renew access that ends soon, before it is needed, and tell when it ends now. SignInNeeded: see above."""
        return await self.token_expires_at()

    async def renewal_due(self) -> bool:
        """Whether the last part of the access's life has begun; never where only ``keep_signed_in`` knows."""
        return False

    async def renew_sign_in(self) -> datetime | None:
        """Renew access now, however long it lasts, and tell when it ends then. SignInNeeded: see above."""
        return await self.keep_signed_in()

    async def find_categories(self, title: str) -> tuple[CategorySuggestion, ...]:
        """Categories the marketplace proposes for a title, best first."""
        raise self._unsupported("suggest categories")

    async def read_category(self, category_id: str) -> CategoryRules:
        """The limits and attributes of a category."""
        raise self._unsupported("describe categories")

    async def look_up(self, draft: ListingDraft) -> ListingDraft:
        """Before ``map``: the draft with what the marketplace's own catalogue says of the product. Only reads."""
        return draft

    def map(self, draft: ListingDraft, rules: CategoryRules) -> Mapped:
        """Pure: the draft in the marketplace's form, with the findings of a local check."""
        raise self._unsupported("create listings")

    async def validate(self, mapped: Mapped, images: tuple[RemoteImage, ...]) -> tuple[Finding, ...]:
        """Ask the marketplace to check without creating. Returns warnings; Rejected when it would refuse."""
        raise self._unsupported("check a listing beforehand")

    async def upload_image(self, image: ImageFile) -> RemoteImage:
        """Hand over one image. Repeating it is harmless."""
        raise self._unsupported("take images")

    async def add_picture(self, remote_id: str, place: int, image: ImageFile) -> None:
        """Put an image at a place (from 1) of a listing that is there; called one after another, see ``PictureSource``.

        Safe to repeat.
        """
        raise self._unsupported("take images")

    async def find_by_sku(self, sku: str) -> tuple[RemoteListing, ...]:
        """The account's listings that carry this SKU and are not ended. May lag: see ``Marketplace.lookup_lag_s``."""
        raise self._unsupported("look up by SKU")

    async def find_lost(self, mapped: Mapped, since: datetime) -> tuple[RemoteListing, ...]:
        """Listings that a create without answer, begun then, may have made and that do not carry their SKU yet."""
        return ()

    async def create(self, mapped: Mapped, images: tuple[RemoteImage, ...]) -> RemoteListing:
        """Create the listing. OutcomeUnknown when it was sent and no answer came."""
        raise self._unsupported("create listings")

    async def create_many(
        self, forms: Sequence[tuple[Mapped, tuple[RemoteImage, ...]]]
    ) -> Sequence[RemoteListing | MmhubError]:
        """``create`` of several listings in one call, each with its own answer, in their order.

        Called where ``Marketplace.gathered`` declares CREATE_MANY, for listings that were looked for and are not there.
        What is raised holds for all of them; OutcomeUnknown when it was sent and no answer came.
        """
        raise self._unsupported("create several listings at once")

    async def finish_create(self, remote_id: str, mapped: Mapped) -> None:
        """What must follow a create (``Mapped.after``). Safe to repeat."""

    async def read(self, remote_id: str) -> RemoteListing:
        """The listing as it is now, with the reasons why it is not live."""
        raise self._unsupported("read listings back")

    async def read_many(self, remote_ids: Sequence[str]) -> tuple[RemoteListing, ...]:
        """Several listings as they are now, at most ``Marketplace.read_at_once``; those that are gone are left out."""
        found = []
        for remote_id in remote_ids:
            try:
                found.append(await self.read(remote_id))
            except Rejected:
                continue
        return tuple(found)

    async def list_listings(self, cursor: str = "") -> ListingsPage:
        """The account's listings, page by page, those that have ended too. Rejected for a cursor that is too old."""
        raise self._unsupported("list what is on the account")

    async def update(self, remote_id: str, change: ListingChange) -> RemoteListing:
        """Change price, quantity or text, and return what the marketplace then shows. Safe to repeat."""
        raise self._unsupported("update listings")

    async def update_many(self, changes: Sequence[tuple[str, ListingChange]]) -> Sequence[RemoteListing | MmhubError]:
        """``update`` of several listings in one call, each with its own answer, in their order. Safe to repeat.

        Called where ``Marketplace.gathered`` declares UPDATE_MANY, with changes of the fields in ``changes_together``.
        An answer may name a ``submission`` to follow. What is raised holds for all of them.
        """
        raise self._unsupported("update several listings at once")

    async def end(self, remote_id: str) -> RemoteListing:
        """End the listing for good. Safe to repeat."""
        raise self._unsupported("end listings")

    async def create_requests(self, mapped: Mapped, images: tuple[RemoteImage, ...]) -> tuple[OutgoingRequest, ...]:
        """What ``create`` and ``finish_create`` will send, in order and byte for byte; nothing is changed.

        A preview asks with placeholders for images, so it must not look into them. What only the marketplace can name
        stands as ``{{name}}``. Here it is the first request of ``create``: override it where more than one is sent.
        """
        return await rehearse(lambda: self.create(mapped, images))

    async def update_requests(self, remote_id: str, change: ListingChange) -> tuple[OutgoingRequest, ...]:
        """What ``update`` will send, see ``create_requests``. Rejected where it would refuse the change."""
        return await rehearse(lambda: self.update(remote_id, change))

    async def end_requests(self, remote_id: str) -> tuple[OutgoingRequest, ...]:
        """What ``end`` will send, see ``create_requests``."""
        return await rehearse(lambda: self.end(remote_id))

    async def relist(self, remote_id: str) -> RemoteListing:
        """Offer an ended listing again; its id may change. Safe to repeat."""
        raise self._unsupported("list again what has ended")

    async def follow(self, remote_id: str, submission: str) -> RemoteListing:
        """How a submission has ended: the listing as far as it is known then.

        NotLiveYet (with ``retry_after_s``) while the marketplace works on it, Rejected with findings when it refused,
        SendAgain when it has lost it by a fault of its own. Only reads, so it is safe to repeat.
        """
        raise self._unsupported("work on submissions")

    async def follow_many(self, remote_ids: Sequence[str], submission: str) -> Sequence[RemoteListing | MmhubError]:
        """``follow`` for several listings of one submission by one look, each with its own answer, in their order.

        Called where ``Marketplace.gathered`` declares FOLLOW_MANY. NotLiveYet is raised for all of them.
        """
        raise self._unsupported("report on whole submissions")

    async def read_choices(self, key: str) -> tuple[tuple[str, str], ...]:
        """What the account offers for an ``AccountChoice`` (value, label): its policies, warehouses, profiles."""
        raise self._unsupported(f"offer choices for “{key}”")

    async def list_orders(self, since: datetime, cursor: str = "") -> OrdersPage:
        """Orders that were placed or changed since then, oldest first where the marketplace can; see OrdersPage."""
        raise self._unsupported("list orders")

    async def read_order(self, remote_id: str) -> Order:
        """One order as it is now."""
        raise self._unsupported("read orders")

    async def acknowledge_order(self, remote_id: str) -> Order:
        """Tell the marketplace that the order was received. Safe to repeat."""
        raise self._unsupported("take acknowledgements")

    async def confirm_shipment(self, remote_id: str, shipment: Shipment) -> Order:
        """Tell the marketplace that goods are on their way.

        Looks first whether it knows this tracking number for these lines already, so that repeating is safe (no second
        parcel, no second message to the buyer). OutcomeUnknown when it was sent and no answer came.
        """
        raise self._unsupported("take tracking numbers")

    def _unsupported(self, what: str) -> Unsupported:
        return Unsupported(f"{self.connection.account.marketplace} cannot {what}.")


@dataclass(frozen=True)
class Marketplace:
    """A kind of remote shop, as its package declares it under the entry point ``mmhub_desktop.marketplaces``."""

    name: str
    label: str
    sites: tuple[tuple[str, str], ...]  # (site, label)
    credential_fields: tuple[CredentialField, ...]
    capabilities: frozenset[Capability]
    rate_limits: tuple[RateLimit, ...]  # the first one counts every call of the account
    concurrency: int  # calls of one account at once
    text_limits: TextLimits
    lookup_lag_s: tuple[float, ...]  # waits between look-ups after a lost answer, before a create may be repeated
    read_back_s: tuple[float, ...]  # waits between read-backs until live; the last one repeats
    adapter: Callable[[Connection], Adapter]
    consent: Callable[[Connection], Consent] | None = None
    image_formats: tuple[str, ...] = ("image/jpeg", "image/png")
    call_budgets: tuple[CallBudget, ...] = ()  # calls of an hour or a day, where the marketplace counts them so
    read_at_once: int = 1  # listings of one ``read_many``; 1 where each is a call of its own
    gathered: Mapping[str, GatherBounds] = field(default_factory=dict)  # operation → how its tasks go together
    changes_together: frozenset[str] = EVERY_FIELD  # changes of these go in one UPDATE_MANY, of others one by one
    pictures: PictureSource = PictureSource.BYTES
    picture_rules: PictureRules = PictureRules()  # noqa: RUF009 - frozen
    choices: tuple[AccountChoice, ...] = ()
    setup: tuple[SetupStep, ...] = ()
    icon: str = ""  # an SVG drawing, 24 × 24, in currentColor; empty for a plain one
    follow_s: tuple[float, ...] = ()  # waits between looks at a submission; the last one repeats
    creates_in_turn: bool = False  # a new listing carries no SKU yet (``Adapter.find_lost``): one create at a time
    secret_lasts_days: int = 0  # the seller must replace a secret so often at the marketplace; 0: never
    lists_families: Callable[[Account], bool] = lambda _account: True  # with VARIANTS: whether this account may

    @property
    def bounds(self) -> Mapping[str, GatherBounds]:
        """``gathered``, and reads as ``read_at_once`` allows where it says nothing of them."""
        if self.read_at_once < 2 or READ_MANY in self.gathered:
            return self.gathered
        return {READ_MANY: GatherBounds(self.read_at_once, READ_WAIT_S), **self.gathered}

    def lookup_waits(self, account: Account) -> tuple[float, ...]:
        """``lookup_lag_s``, or the account's own setting of that name (seconds, separated by commas)."""
        try:
            waits = tuple(float(one) for one in account.settings.get("lookup_lag_s", "").split(",") if one.strip())
        except ValueError:
            return self.lookup_lag_s
        return waits if waits and all(0 <= wait <= 3600 for wait in waits) else self.lookup_lag_s

    ENTRY_POINTS: ClassVar[str] = "mmhub_desktop.marketplaces"


def missing_choices(marketplace: Marketplace, account: Account) -> tuple[str, ...]:
    """Labels of what the seller has not chosen for the account yet, and nothing can be listed without."""
    return tuple(
        choice.label for choice in marketplace.choices if choice.required and not account.settings.get(choice.key)
    )


@cache
def installed_marketplaces() -> "Found[Marketplace]":
    """Every marketplace whose package is installed, in the order of their labels; looked up once.

    A package of others that cannot be used is told of in ``broken`` and left out.
    """
    from mmhub_desktop.plugins import Found, load_group

    found = load_group(Marketplace.ENTRY_POINTS, Marketplace, lambda each: each.name, "marketplace")
    return Found(dict(sorted(found.things.items(), key=lambda item: item[1].label.casefold())), found.broken)
