"""Mappings: what the seller's categories, attributes and values are called at one marketplace, once confirmed."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache

from mmhub_desktop.domain.product import fold

_LEAST_ALIKE = 0.6
_MOST_SPELLED = 200


@lru_cache(maxsize=20_000)  # names of attributes recur with every product
def words_key(text: str) -> str:
    """The form in which category and attribute names are compared: no case, accents, signs or double spaces."""
    folded = unicodedata.normalize("NFKC", fold(text))
    return " ".join("".join(c if c.isalnum() else " " for c in folded).split())


@dataclass(frozen=True, slots=True)
class CategoryMapping:
    """The seller's category ``ours`` is the marketplace's ``category_id``, confirmed by the seller."""

    ours: str
    category_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Mappings:
    """Everything confirmed for one marketplace and site, by the keys of our words (``words_key``).

    ``attributes``: their category → our attribute → theirs. ``values``: (their category, their attribute) → our
    value → theirs (the value's id).
    """

    categories: Mapping[str, CategoryMapping] = field(default_factory=dict)
    attributes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    values: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)

    def category(self, ours: str) -> CategoryMapping | None:
        """The confirmed category for the seller's own words; None where nothing is confirmed."""
        key = words_key(ours)
        return self.categories.get(key) if key else None


@dataclass(frozen=True, slots=True)
class MappedAttribute:
    """One attribute as it goes to the marketplace, and which of the seller's it was."""

    ours: str
    name: str
    value: str
    mapped: bool


def map_attributes(given: Mapping[str, str], category_id: str, mappings: Mappings) -> list[MappedAttribute]:
    """The seller's attributes with confirmed names and values; what is not mapped stays as it is."""
    names = mappings.attributes.get(category_id, {})
    found = []
    for ours, value in given.items():
        name = names.get(words_key(ours), ours) if names else ours
        values = mappings.values.get((category_id, name)) if mappings.values else None
        theirs = values.get(words_key(value), value) if values else value
        found.append(MappedAttribute(ours, name, theirs, name != ours or theirs != value))
    return found


def alike(ours: str, confirmed: Iterable[CategoryMapping]) -> CategoryMapping | None:
    """The confirmed mapping whose words are most like these, None when none is much alike."""
    wanted = words_key(ours)
    best, found = _LEAST_ALIKE, None
    for one in confirmed:
        likeness = _likeness(wanted, words_key(one.ours))
        if likeness > best:
            best, found = likeness, one
    return found


def nearest(ours: str, choices: Sequence[tuple[str, str]]) -> str:
    """The choice (value, words) whose words are most like ours, as its value; empty when none is much alike.

    Of long lists only those that share a word are looked at: spelling is slow to compare.
    """
    wanted = words_key(ours)
    if len(choices) > _MOST_SPELLED:
        mine = set(wanted.split())
        choices = [each for each in choices if mine & set(words_key(each[1]).split())][:_MOST_SPELLED]
    best, found = _LEAST_ALIKE, ""
    for value, words in choices:
        likeness = _likeness(wanted, words_key(words))
        if likeness > best:
            best, found = likeness, value
    return found


def _likeness(one: str, other: str) -> float:
    """0 to 1: how many words two texts share, or how far they are spelled the same."""
    mine, theirs = set(one.split()), set(other.split())
    shared = len(mine & theirs) / len(mine | theirs) if mine and theirs else 0.0
    return max(shared, SequenceMatcher(None, one, other).ratio())
