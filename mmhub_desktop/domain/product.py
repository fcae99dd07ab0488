"""The product: what the seller owns."""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.money import Money


class ProductStatus(StrEnum):
    """How far a product has come."""

    IMPORTED = "imported"
    OPTIMIZING = "optimizing"
    OPTIMIZED = "optimized"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    FAILED = "failed"


class Condition(StrEnum):
    """The state of the goods."""

    NEW = "new"
    USED = "used"
    REFURBISHED = "refurbished"


def sku_key(sku: str) -> str:
    """The form in which SKUs are compared: trimmed, NFKC, case folded (SQLite's own NOCASE knows ASCII only)."""
    return unicodedata.normalize("NFKC", sku).strip().casefold()


_MARKS = re.compile("[\u0300-\u036f]+")


def fold(text: str) -> str:
    """The form in which words are searched and sorted: case and accents ignored (“Cámara” is found by “camara”)."""
    if text.isascii():
        return text.lower()
    return _MARKS.sub("", unicodedata.normalize("NFKD", text)).casefold()


def search_key(title: str, sku: str) -> str:
    """What a text search looks in, and what sorts by title: the folded title, then the folded SKU."""
    return f"{fold(title)}\n{fold(sku)}"


def to_json(value: Any) -> str:
    """The compact form in which lists and mappings are kept; the import writes the same, so that equal is equal."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Text:
    """The words of a listing."""

    title: str
    description: str = ""
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Product:
    """One product as stored. ``id`` is 0 before it is stored; sizes in mm, weight in g, times aware UTC."""

    id: ProductId
    sku: str
    original: Text
    optimized: Text | None = None
    optimized_by: str = ""  # the model or writer that made ``optimized``
    source: str = ""
    source_id: str = ""
    brand: str = ""
    category: str = ""
    gtin: str = ""
    condition: Condition = Condition.NEW
    price: Money | None = None
    cost: Money | None = None
    quantity: int = 0
    weight_g: int | None = None
    size_mm: tuple[int, int, int] | None = None  # length, width, height
    images: tuple[str, ...] = ()  # URLs, or file paths as in the import file, in order
    image_base: str = ""  # the folder that relative image paths start from
    attributes: Mapping[str, str] = field(default_factory=dict)
    active: bool = True
    status: ProductStatus = ProductStatus.IMPORTED
    quality: int = 0  # 0..100
    version: int = 1  # grows with every change
    parent_id: ProductId | None = None  # the product this is a variant of
    options: Mapping[str, str] = field(default_factory=dict)  # what the variant is: {"Size": "M"}
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def text(self) -> Text:
        """The words to publish: the optimised ones where the seller has accepted them, else the original."""
        return self.optimized or self.original
