"""Filters that somebody may mean by what they type into the search: ``price > 10``, ``no images``, ``failed``."""

import contextlib
import re
from collections.abc import Iterator, Mapping

from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.product import fold
from mmhub_desktop.domain.product_filter import FIELDS, About, Field, Filter, Kind, Operator, parse
from mmhub_desktop.errors import UserMistake

MOST = 4
_COMPARED = re.compile(r"\s*([^<>=!~^?]+?)\s*(>=|<=|!=|>|<|=|~|\^)\s*(.+?)\s*")
_HAVING = re.compile(r"\s*(no|without|with|has)\s+(.+?)\s*", re.IGNORECASE)
_ALSO = {  # other words for fields
    "stock": "quantity", "qty": "quantity", "barcode": "gtin", "ean": "gtin", "upc": "gtin", "changed": "updated",
    "added": "created", "name": "title", "image": "has_images", "images": "has_images", "photos": "has_images",
    "pictures": "has_images", "findings": "has_finding", "problems": "has_finding", "variants": "has_variants",
}  # fmt: skip


def suggest_filters(text: str, accounts: Mapping[int, str]) -> list[Filter]:
    """At most ``MOST`` filters, the likeliest first; ``accounts`` maps ids to labels."""
    found: list[Filter] = []
    for filter_ in (*_comparisons(text), *_having(text), *_states(text, accounts), *_words(text)):
        if filter_ not in found:
            found.append(filter_)
    return found[:MOST]


def _named(words: str) -> Iterator[Field]:
    """Fields called so, the exact ones first, then those whose label begins so."""
    wanted = fold(words).strip()
    if wanted in _ALSO:
        yield FIELDS[_ALSO[wanted]]
    exact = [each for each in FIELDS.values() if wanted in (each.name, fold(each.label))]
    begun = [each for each in FIELDS.values() if len(wanted) > 1 and fold(each.label).startswith(wanted)]
    yield from (each for each in (*exact, *begun) if each.about is About.PRODUCT)


def _comparisons(text: str) -> Iterator[Filter]:
    match = _COMPARED.fullmatch(text)
    if match is None:
        return
    words, sign, value = match.groups()
    for field in _named(words):
        with contextlib.suppress(UserMistake):
            yield parse(f"{field.name}{sign}{value}")
    with contextlib.suppress(UserMistake):
        yield parse(text)


def _having(text: str) -> Iterator[Filter]:
    match = _HAVING.fullmatch(text)
    if match is None:
        return
    has = match[1].lower() in ("with", "has")
    for field in _named(match[2]):
        if field.kind is Kind.YES_NO:
            yield Filter(field.name, Operator.IS, "yes" if has else "no")
        elif Operator.EMPTY in field.operators:
            yield Filter(field.name, Operator.SET if has else Operator.EMPTY)
        elif field.name == "quantity":
            yield Filter(field.name, Operator.ABOVE if has else Operator.AT_MOST, "0")


def _states(text: str, accounts: Mapping[int, str]) -> Iterator[Filter]:
    """“live on shop one”, “rejected”, “not listed”."""
    words = fold(text).strip()
    for value, said in (*((state.value, state.value) for state in ListingState), ("none", "not listed")):
        if not words.startswith(said):
            continue
        rest = words.removeprefix(said).strip().removeprefix("on ").strip()
        for account_id, label in accounts.items():
            if fold(label).startswith(rest):
                yield Filter(f"state:{account_id}", Operator.ONE_OF, value)


def _words(text: str) -> Iterator[Filter]:
    """A word that is one of a field's choices."""
    wanted = fold(text).strip()
    for field in FIELDS.values():
        if field.kind is Kind.CHOICE and field.about is About.PRODUCT:
            for value, label in field.choices:
                if len(wanted) > 2 and fold(label).startswith(wanted):
                    yield Filter(field.name, Operator.ONE_OF, value)
