"""Which products are asked for, and in which order."""

from dataclasses import dataclass
from enum import StrEnum

from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.product import ProductStatus
from mmhub_desktop.domain.product_filter import Filter
from mmhub_desktop.domain.readiness import ProblemKey


class ProductSort(StrEnum):
    """What products can be sorted by. ``BEST_MATCH``: how well the words fit; without words, by the last change."""

    BEST_MATCH = "best_match"
    TITLE = "title"
    SKU = "sku"
    PRICE = "price"
    COST = "cost"
    QUANTITY = "quantity"
    STATUS = "status"
    QUALITY = "quality"
    UPDATED = "updated"
    CREATED = "created"
    BRAND = "brand"
    CATEGORY = "category"
    GTIN = "gtin"
    CONDITION = "condition"
    ACTIVE = "active"
    WEIGHT = "weight"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class ProductQuery:
    """Which products, in which order.

    ``text`` finds words, their beginnings and parts in title, SKU, brand, GTIN and source id, case and accents
    ignored; all words must be found. With ``typos``, where nothing fits, near words are taken: for people who look at
    what was found, not for work that goes by itself. ``filters`` must all hold.
    ``sort_account`` (by the listing's state there, live first), ``sort_ready`` (by readiness there, ready first) and
    ``sort_attribute`` (by the value of this attribute) take the place of ``sort``. Products without a value come
    first in ascending order. ``problem``: only products that were found to have it. ``families``: in place of variants
    that match, their parents, each once.
    """

    text: str = ""
    statuses: frozenset[ProductStatus] = frozenset()
    sort: ProductSort = ProductSort.UPDATED
    descending: bool = True
    sort_account: AccountId | None = None
    problem: ProblemKey | None = None
    filters: tuple[Filter, ...] = ()
    sort_ready: AccountId | None = None
    sort_attribute: str = ""
    families: bool = False
    typos: bool = False
