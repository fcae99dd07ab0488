"""Adopting what is already at a marketplace: listings found there, and which product each belongs to."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mmhub_desktop.domain.ids import AccountId, ProductId
from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import fold

LIKELY = 0.6  # share of the words that two titles have in common, from which they may mean the same
MARGIN = 0.05  # a second product that is as near makes the title say nothing
COMMON = 2_000  # a word in more titles than this does not lead to candidates

_WORD = re.compile(r"[^\W_]+")


class Match(StrEnum):
    """How surely a listing belongs to a product. ``KNOWN`` is one that the program has already."""

    SURE = "sure"
    LIKELY = "likely"
    NONE = "none"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class FoundListing:
    """A listing at the marketplace with the product proposed for it; ``why`` says what that rests on."""

    id: int
    account_id: AccountId
    remote_id: str
    state: ListingState
    url: str
    sku: str
    title: str
    price: Money | None
    quantity: int | None
    match: Match
    why: str
    product_id: ProductId | None
    product_sku: str
    product_title: str


@dataclass(frozen=True, slots=True)
class ListingScan:
    """How far reading an account's listings has come; ``total`` is what the marketplace says there are."""

    account_id: AccountId
    found: int
    total: int | None
    started_at: datetime
    finished_at: datetime | None


def words_of(title: str) -> frozenset[str]:
    """The words by which titles are compared: case and accents ignored, single letters left out."""
    return frozenset(word for word in _WORD.findall(fold(title)) if len(word) > 1 or word.isdigit())


class TitleIndex:
    """Finds the product whose title is nearest. Keeps only words that ``wanted`` titles have."""

    def __init__(self, wanted: Iterable[str]) -> None:
        self._wanted = frozenset(word for title in wanted for word in words_of(title))
        self._products: dict[int, tuple[frozenset[str], int]] = {}
        self._with_word: dict[str, list[int]] = {}

    def add(self, product_id: int, title: str) -> None:
        """Take in a product's title."""
        words = words_of(title)
        shared = words & self._wanted
        if shared:
            self._products[product_id] = (shared, len(words))
            for word in shared:
                self._with_word.setdefault(word, []).append(product_id)

    def nearest(self, title: str) -> tuple[int, float] | None:
        """The one product that is near enough, with the share of common words; None when none is, or several are."""
        words = words_of(title)
        near: Counter[int] = Counter()
        for word in words:
            products = self._with_word.get(word, ())
            if len(products) <= COMMON:
                near.update(products)
        scores = []
        for product_id, _ in near.most_common(50):
            shared, length = self._products[product_id]
            scores.append((2 * len(shared & words) / (len(words) + length), product_id))
        scores.sort(reverse=True)
        if not scores or scores[0][0] < LIKELY or (len(scores) > 1 and scores[0][0] - scores[1][0] < MARGIN):
            return None
        return scores[0][1], scores[0][0]
