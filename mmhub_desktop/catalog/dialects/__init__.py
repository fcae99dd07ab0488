"""Exports of other programs: each is recognised by its header and read as products with their variants.

A new one is a file here with a ``Dialect`` and its joining reader, and an entry in ``DIALECTS``.
"""

from collections.abc import Sequence

from mmhub_desktop.catalog.columns import header_words
from mmhub_desktop.catalog.dialects.amazon import AMAZON
from mmhub_desktop.catalog.dialects.amazon_reports import AMAZON_REPORT
from mmhub_desktop.catalog.dialects.baselinker import BASELINKER
from mmhub_desktop.catalog.dialects.dialect import Dialect, FoundDialect, Joiner, origins, whole_words
from mmhub_desktop.catalog.dialects.ebay import EBAY
from mmhub_desktop.catalog.dialects.etsy import ETSY
from mmhub_desktop.catalog.dialects.google import GOOGLE
from mmhub_desktop.catalog.dialects.mercadolibre import MERCADO_LIBRE
from mmhub_desktop.catalog.dialects.openfoodfacts import OPEN_FOOD_FACTS
from mmhub_desktop.catalog.dialects.prestashop import PRESTASHOP, PRESTASHOP_COMBINATIONS
from mmhub_desktop.catalog.dialects.shopify import SHOPIFY
from mmhub_desktop.catalog.dialects.shopware import SHOPWARE
from mmhub_desktop.catalog.dialects.tiendanube import TIENDANUBE
from mmhub_desktop.catalog.dialects.wix import WIX
from mmhub_desktop.catalog.dialects.woocommerce import WOOCOMMERCE
from mmhub_desktop.catalog.dialects.woocommerce_suite import WOOCOMMERCE_SUITE

__all__ = ["BY_NAME", "DIALECTS", "Dialect", "FoundDialect", "Joiner", "find_dialect", "origins", "recognise_dialect"]

DIALECTS: tuple[Dialect, ...] = (
    AMAZON,
    AMAZON_REPORT,
    BASELINKER,
    EBAY,
    ETSY,
    GOOGLE,
    MERCADO_LIBRE,
    OPEN_FOOD_FACTS,
    PRESTASHOP,
    PRESTASHOP_COMBINATIONS,
    SHOPIFY,
    SHOPWARE,
    TIENDANUBE,
    WIX,
    WOOCOMMERCE,
    WOOCOMMERCE_SUITE,
)
BY_NAME = {dialect.name: dialect for dialect in DIALECTS}
_SHOWN = 4  # headers named in a reason


def recognise_dialect(header: Sequence[str]) -> tuple[Dialect, str] | None:
    """The dialect that a header is written in, and why; None when it is none that is known."""
    found = _best(header)
    return None if found is None else (found[1], found[2])


def find_dialect(rows: Sequence[Sequence[str]]) -> FoundDialect | None:
    """The dialect of a file by its first rows: some have several rows above their header.

    Of several rows that look like a header the one with the most known columns is: Amazon's has names for people above.
    """
    found = [(best, place) for place, row in enumerate(rows) if (best := _best(row)) is not None]
    if not found:
        return None
    (_, dialect, reason), place = max(found, key=lambda each: each[0][0])
    return FoundDialect(dialect, reason, place)


def _best(header: Sequence[str]) -> tuple[int, Dialect, str] | None:
    """(How many columns speak for it, the dialect, why)."""
    words = {form(title): title.strip() for form in (header_words, whole_words) for title in header if title.strip()}
    found = [
        (len(dialect.needs) + len(matched), dialect, [*dialect.needs, *matched])
        for dialect in DIALECTS
        if all(each in words for each in dialect.needs)
        and len(matched := [each for each in dialect.marks if each in words]) >= dialect.enough
    ]
    if not found:
        return None
    count, dialect, matched = max(found, key=lambda each: each[0])
    named = [f"“{words[each]}”" for each in matched[:_SHOWN]]
    return count, dialect, f"It is known by {', '.join(named[:-1])} and {named[-1]} in the header."
