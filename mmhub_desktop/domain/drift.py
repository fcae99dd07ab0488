"""Drift: where a listing shows something else than the product says."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mmhub_desktop.domain.ids import AccountId, ListingId, ProductId


class DriftField(StrEnum):
    """The fields that are compared."""

    PRICE = "price"
    QUANTITY = "quantity"
    TITLE = "title"


@dataclass(frozen=True, slots=True)
class DriftRow:
    """One field of one listing that differs. ``id`` names the pair; ``read_at`` is when the live value was read."""

    id: int
    listing_id: ListingId
    product_id: ProductId
    account_id: AccountId
    field: DriftField
    sku: str
    product: str
    ours: str
    live: str
    url: str
    read_at: datetime | None
