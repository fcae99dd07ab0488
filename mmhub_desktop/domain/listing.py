"""The listing: one product on one account."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from mmhub_desktop.domain.ids import AccountId, ListingId, ProductId
from mmhub_desktop.domain.money import Money
from mmhub_desktop.errors import Finding


class ListingState(StrEnum):
    """How far a listing has come; only a read-back makes it live."""

    DRAFT = "draft"
    READY = "ready"
    SENT = "sent"
    ACCEPTED = "accepted"
    LIVE = "live"
    PAUSED = "paused"
    REJECTED = "rejected"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Listing:
    """One product on one account, as stored. ``live_at`` is when it was last read back as live (UTC)."""

    id: ListingId
    product_id: ProductId
    account_id: AccountId
    state: ListingState = ListingState.DRAFT
    remote_id: str = ""
    url: str = ""
    overrides: Mapping[str, Any] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    last_sent: Mapping[str, Any] = field(default_factory=dict)
    last_read: Mapping[str, Any] = field(default_factory=dict)
    live_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SyncLogEntry:
    """One remote change of a listing, with the value before and after."""

    at: datetime
    listing_id: ListingId
    operation: str
    field: str
    old: str
    new: str
    job_id: int | None = None


@dataclass(frozen=True, slots=True)
class VariantState:
    """What one variant of a listing costs and how many of it there are; None: not told, or left as it is."""

    sku: str
    price: Money | None = None
    quantity: int | None = None


@dataclass(frozen=True, slots=True)
class ListingChange:
    """What to change on a listing; None leaves a field as it is.

    ``variants``: of a family whose variants its marketplace tells; ``price`` and ``quantity`` are None then.
    """

    price: Money | None = None
    quantity: int | None = None
    title: str | None = None
    description: str | None = None
    variants: tuple[VariantState, ...] = ()

    def is_empty(self) -> bool:
        """Whether nothing would change."""
        fields = (self.price, self.quantity, self.title, self.description)
        return all(field is None for field in fields) and not self.variants
