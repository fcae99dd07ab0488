"""The Corner Shop's adapter: one account, spoken to over HTTP with a key."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import httpx

from mmhub_desktop.domain.listing import ListingChange, ListingState
from mmhub_desktop.domain.marketplace import Capability, CredentialField, RateLimit, TextLimits
from mmhub_desktop.domain.money import Money
from mmhub_desktop.errors import Finding, MarketplaceError, Rejected, SignInNeeded, UnexpectedReply
from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.base import (
    AccountIdentity,
    Adapter,
    AttributeRule,
    CategoryRules,
    CategorySuggestion,
    Connection,
    ImageFile,
    ListingDraft,
    Mapped,
    Marketplace,
    RemoteImage,
    RemoteListing,
    SetupStep,
)

LABEL = "Corner Shop"
TITLE_MAX, DESCRIPTION_MAX, PRICE_MAX = 80, 20_000, Decimal(1_000_000)
ICON = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="currentColor"
 stroke-width="2"><path d="M3 9l2-5h14l2 5M4 9v11h16V9M9 20v-6h6v6"/></svg>"""
_STATES = {"active": ListingState.LIVE, "pending": ListingState.ACCEPTED, "ended": ListingState.ENDED}


@dataclass(frozen=True)
class KeyAccess:
    """The account's key on every call; there is nothing to renew."""

    connection: Connection

    async def authorise(self, request: httpx.Request) -> str:
        """Put the key."""
        request.headers["X-Api-Key"] = (await self.connection.secrets.load()).get("api_key", "")
        return ""

    async def renew(self, refused: str) -> bool:  # noqa: ARG002 - a key is never renewed
        """A refused key stays refused."""
        return False


def error_for(response: httpx.Response, body: Any, connection: Connection) -> MarketplaceError:
    """What a 4xx answer means: ``{"errors": [{"field", "message"}]}``."""
    if response.status_code in (401, 403):
        return SignInNeeded(
            f"{LABEL} does not accept the key.", hint="Enter a new key under Marketplaces, Settings of the account."
        )
    told = body.get("errors") if isinstance(body, Mapping) else None
    findings = tuple(
        Finding(
            f"cornershop.{one.get('field', '')}", str(one.get("field", "")), str(one.get("message", "")),
            "Correct it and try again.", original=str(one.get("message", "")),
        )
        for one in told or ()
    )  # fmt: skip
    return Rejected(f"{LABEL} refused it.", findings=findings, original=f"{response.status_code}")


class CornerShop(Adapter):
    """One account. Used on the loop."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._api = Api(
            connection,
            label=LABEL,
            hosts={"": "https://api.cornershop.example"},
            access=KeyAccess(connection),
            refuse=error_for,
            is_token_refused=lambda response, _: response.status_code == 401,
        )

    async def check_credentials(self) -> AccountIdentity:
        """Whose key it is."""
        me = (await self._api.call("GET", "/me")).fields
        if not me.get("id"):
            raise UnexpectedReply(f"{LABEL} did not say whose account this is.")
        return AccountIdentity(str(me["id"]), str(me.get("name") or me["id"]), "", str(me.get("currency", "EUR")))

    async def find_categories(self, title: str) -> tuple[CategorySuggestion, ...]:
        """What the shop proposes for a title."""
        found = (await self._api.call("GET", "/categories", params={"title": title[:200]})).body or []
        return tuple(CategorySuggestion(str(one["id"]), str(one["name"])) for one in found)

    async def read_category(self, category_id: str) -> CategoryRules:
        """Its limits and attributes."""
        told = (await self._api.call("GET", f"/categories/{quote(category_id, safe='')}")).fields
        attributes = tuple(
            AttributeRule(str(one["id"]), str(one["name"]), "string", required=bool(one.get("required")))
            for one in told.get("attributes", ())
        )
        return CategoryRules(
            str(told["id"]), str(told["name"]), True, TITLE_MAX, DESCRIPTION_MAX, 10, "EUR", attributes=attributes
        )

    def map(self, draft: ListingDraft, rules: CategoryRules) -> Mapped:
        """The item as the shop takes it; every rule of it is a finding."""
        body = {
            "sku": draft.sku,
            "title": draft.text.title,
            "description": draft.text.description,
            "price": str(draft.price.amount) if draft.price else "",
            "currency": draft.price.currency if draft.price else "",
            "quantity": draft.quantity,
            "category": rules.id,
            "attributes": dict(draft.attributes),
        }
        return Mapped(body, findings=tuple(_check(draft, rules)))

    async def upload_image(self, image: ImageFile) -> RemoteImage:
        """Hand over one picture."""
        reply = await self._api.call("POST", "/pictures", content=image.data, headers={"Content-Type": image.mime})
        return RemoteImage(str(reply.fields["id"]))

    async def find_by_sku(self, sku: str) -> tuple[RemoteListing, ...]:
        """Items with this SKU that have not ended."""
        found = (await self._api.call("GET", "/items", params={"sku": sku})).body or []
        return tuple(_listing(one) for one in found if one.get("state") != "ended")

    async def create(self, mapped: Mapped, images: tuple[RemoteImage, ...]) -> RemoteListing:
        """One item; a lost answer is OutcomeUnknown."""
        body = {**mapped.body, "pictures": [image.id for image in images]}
        reply = await self._api.call("POST", "/items", json=body, once=True)
        return RemoteListing(str(reply.fields["id"]), ListingState.ACCEPTED)

    async def read(self, remote_id: str) -> RemoteListing:
        """The item as it is now."""
        return _listing((await self._api.call("GET", f"/items/{quote(remote_id, safe='')}")).fields)

    async def update(self, remote_id: str, change: ListingChange) -> RemoteListing:
        """Change what differs; setting the same again is harmless."""
        body: dict[str, Any] = {"title": change.title, "description": change.description, "quantity": change.quantity}
        if change.price is not None:
            body |= {"price": str(change.price.amount), "currency": change.price.currency}
        sent = {key: value for key, value in body.items() if value is not None}
        return _listing((await self._api.call("PATCH", f"/items/{quote(remote_id, safe='')}", json=sent)).fields)

    async def end(self, remote_id: str) -> RemoteListing:
        """Take it off; what is not there has ended."""
        await self._api.call("DELETE", f"/items/{quote(remote_id, safe='')}", accept=(404,))
        return RemoteListing(remote_id, ListingState.ENDED)


def _check(draft: ListingDraft, rules: CategoryRules) -> list[Finding]:
    found = []
    title = draft.text.title.strip()
    if not title:
        found.append(Finding("cornershop.title", "title", "The title is empty.", "Write a title."))
    if len(title) > rules.title_max:
        shorter = title[: rules.title_max].rsplit(" ", 1)[0]
        found.append(
            Finding("cornershop.title", "title", "The title is too long.", f"For example: “{shorter}”.", title,
                    f"{rules.title_max} characters")
        )  # fmt: skip
    if not draft.image_count:
        found.append(Finding("cornershop.images", "images", "There is no image.", "Add at least one."))
    if draft.quantity <= 0:
        found.append(Finding("cornershop.quantity", "quantity", "There is no stock.", "Enter at least 1."))
    if draft.price is None or not 0 < draft.price.amount <= PRICE_MAX:
        found.append(
            Finding("cornershop.price", "price", "The price is not accepted.", f"Above 0, at most {PRICE_MAX}.")
        )
    found += [
        Finding("cornershop.attribute", f"attributes.{rule.id}", f"“{rule.name}” is missing.", "Fill it in.")
        for rule in rules.attributes
        if rule.required and not draft.attributes.get(rule.id)
    ]
    return found


def _listing(item: Mapping[str, Any]) -> RemoteListing:
    sold_out = item.get("quantity") == 0
    state = _STATES.get(str(item.get("state")), ListingState.ACCEPTED)
    reasons = (Finding("cornershop.stock", "quantity", "It is sold out.", "Enter stock."),) if sold_out else ()
    return RemoteListing(
        str(item["id"]),
        ListingState.PAUSED if sold_out and state is ListingState.LIVE else state,
        str(item.get("url", "")),
        str(item.get("sku", "")),
        str(item.get("title", "")),
        Money.of(Decimal(str(item["price"])), str(item["currency"])),
        int(item["quantity"]),
        reasons,
        item,
    )


MARKETPLACE = Marketplace(
    name="cornershop",
    label=LABEL,
    sites=(),
    credential_fields=(
        CredentialField("api_key", "API key", "From your account's page.", secret=True),
        CredentialField("lookup_lag_s", "Waits between look-ups", "Seconds; leave empty for 10, 60.", required=False),
    ),
    capabilities=frozenset(
        {Capability.CATEGORIES, Capability.IMAGES, Capability.CREATE, Capability.UPDATE, Capability.END}
    )
    | {Capability.READ_BACK, Capability.FIND_BY_SKU},
    rate_limits=(RateLimit("calls", 5.0, 10),),
    concurrency=4,
    text_limits=TextLimits(TITLE_MAX, DESCRIPTION_MAX),
    lookup_lag_s=(10.0, 60.0),
    read_back_s=(1.0, 5.0, 30.0),
    adapter=CornerShop,
    setup=(SetupStep("Open your account's page and copy the API key.", "https://cornershop.example/account"),),
    icon=ICON,
)
