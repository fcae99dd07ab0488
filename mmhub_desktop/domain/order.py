"""Orders as the marketplaces tell of them, in the program's own words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from mmhub_desktop.domain.money import Money


class OrderState(StrEnum):
    """How far an order has come. Only ``OPEN`` and ``PARTLY_SHIPPED`` orders may be shipped."""

    PENDING = "pending"  # placed, not paid or not released: not to be shipped
    OPEN = "open"
    PARTLY_SHIPPED = "partly_shipped"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Address:
    """Where goods go. Marketplaces leave out what they keep to themselves: empty means not told."""

    name: str = ""
    lines: tuple[str, ...] = ()
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""  # ISO 3166 alpha-2
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One shipment that the marketplace knows of. ``line_ids`` empty: the whole order."""

    carrier: str
    tracking: str
    shipped_at: datetime | None = None
    line_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderLine:
    """So many of one listing. ``price`` is that of one piece as the buyer pays it."""

    remote_id: str
    sku: str
    title: str
    quantity: int
    price: Money | None = None
    listing_id: str = ""  # the marketplace's id of the listing, where told
    shipped: int = 0
    cancelled: int = 0


@dataclass(frozen=True, slots=True)
class Order:
    """One order at a marketplace; times aware UTC. ``raw`` is the marketplace's own answer."""

    remote_id: str
    state: OrderState
    placed_at: datetime
    updated_at: datetime
    lines: tuple[OrderLine, ...]
    total: Money | None = None
    buyer: str = ""
    address: Address = Address()
    ship_by: datetime | None = None
    acknowledged: bool = True  # False where the marketplace waits for an acknowledgement
    parcels: tuple[Parcel, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OrdersPage:
    """Some orders. ``cursor`` asks for what comes next: the following page, or later what is new.

    Keep it as soon as the orders are stored. ``more`` is True while further pages wait now. Orders may come twice
    (windows overlap on purpose): the remote id tells.
    """

    orders: tuple[Order, ...]
    cursor: str
    more: bool = False


@dataclass(frozen=True, slots=True)
class Shipment:
    """What the seller tells of a parcel. ``lines`` are (line id, quantity); empty means all that is left to ship."""

    carrier: str
    tracking: str
    shipped_at: datetime
    tracking_url: str = ""
    lines: tuple[tuple[str, int], ...] = ()
