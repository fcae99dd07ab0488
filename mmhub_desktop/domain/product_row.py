"""What the product table shows of one product."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Condition, ProductStatus


@dataclass(frozen=True, slots=True)
class Family:
    """What a product's variants are together. The prices are None where there is none, or of several currencies."""

    variants: int
    lowest: Money | None
    highest: Money | None
    quantity: int


@dataclass(frozen=True, slots=True)
class ProductRow:
    """One row: ``listings`` and ``ready`` map account id → state; sizes in mm, weight in g, times aware UTC.

    ``inherited`` names the fields that are empty in a variant and hold what its parent says.
    """

    id: ProductId
    sku: str
    title: str
    price: Money | None
    quantity: int
    status: ProductStatus
    quality: int
    image: str  # first image or ""
    image_base: str
    listings: Mapping[int, str]
    updated_at: datetime
    ready: Mapping[int, str] = field(default_factory=dict)
    created_at: datetime | None = None
    cost: Money | None = None
    brand: str = ""
    category: str = ""
    gtin: str = ""
    condition: Condition = Condition.NEW
    weight_g: int | None = None
    size_mm: tuple[int, int, int] | None = None
    source: str = ""
    source_id: str = ""
    active: bool = True
    attributes: Mapping[str, str] = field(default_factory=dict)
    parent_id: ProductId | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    family: Family | None = None
    inherited: frozenset[str] = frozenset()
