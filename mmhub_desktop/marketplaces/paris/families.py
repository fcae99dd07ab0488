"""Families, categories and attributes of Paris, fetched once and kept a day in memory; on the loop.

There is no search and no suggestion: a title's category is found by comparing its words with the categories' names.
"""

import asyncio
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from mmhub_desktop.errors import Finding, Rejected
from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.base import AttributeRule, CategoryRules, CategorySuggestion
from mmhub_desktop.marketplaces.paris.paging import Row, pages_of, read_all
from mmhub_desktop.marketplaces.paris.prices import path_of
from mmhub_desktop.marketplaces.paris.reading import options_of, read_attribute, read_rules, type_of
from mmhub_desktop.marketplaces.paris.terms import Terms
from mmhub_desktop.marketplaces.paris.texts import fold

_MAX_AGE = timedelta(days=1)
_SUGGESTIONS = 3
_OPTIONS_INLINE = 25  # so many options may be the first page of a longer list
_OPTIONS_MOST = 2_000
_LIST_TYPES = ("list", "select", "option")
_SMALL_WORDS = frozenset(
    ("de", "del", "la", "el", "los", "las", "con", "para", "por", "sin", "en", "un", "una", "set", "kit", "pack", "the",
     "for", "with", "and")
)  # fmt: skip


class Families:
    """What the account may list, as far as it was asked for."""

    def __init__(self, api: Api, now: Callable[[], datetime]) -> None:
        self._api = api
        self._now = now
        self._lock = asyncio.Lock()
        self._read_at: datetime | None = None
        self._families: dict[str, Row] = {}
        self._categories: dict[str, list[Row]] = {}
        self._attributes: dict[str, tuple[list[AttributeRule], list[AttributeRule]]] = {}

    async def suggest(self, title: str) -> tuple[CategorySuggestion, ...]:
        """The categories whose names share most words with the title. The first time it reads all of them; when that
        is broken off it goes on from there."""
        words = _words(title)
        if not words:
            return ()
        families = await self._all_families()
        found = []
        for family_id, family in families.items():
            for category in await self._categories_of(family_id):
                score = _score(words, category, family)
                if score > 0:
                    found.append((score, f"{family_id}:{category['id']}", _label(category)))
        found.sort(key=lambda one: (-one[0], one[2], one[1]))
        return tuple(CategorySuggestion(one, name) for _score_, one, name in found[:_SUGGESTIONS])

    async def read(self, category_id: str, terms: Terms) -> CategoryRules:
        """A category (``family:category``) with its family's attributes. Rejected for one that is not there."""
        family_id, _, own = category_id.partition(":")
        family = (await self._all_families()).get(family_id)
        categories = await self._categories_of(family_id) if family is not None else []
        category = next((one for one in categories if str(one["id"]) == own), None)
        if family is None or category is None:
            message = f"Paris has no category {category_id}."
            finding = Finding("paris.category", "category", message, "Choose another category.", category_id)
            raise Rejected(message, findings=(finding,), hint=finding.fix)
        product, variant = await self.attributes(family_id)
        return read_rules(
            category_id, _label(category), allow_variant=bool(family.get("allowVariant")), terms=terms,
            product=product, variant=variant,
        )  # fmt: skip

    async def attributes(self, family_id: str) -> tuple[list[AttributeRule], list[AttributeRule]]:
        """A family's attributes for the product and for its variants."""
        self._forget_old()
        if family_id not in self._attributes:
            product = await self._attribute_list("product", family_id)
            self._attributes[family_id] = (product, await self._attribute_list("variant", family_id))
        return self._attributes[family_id]

    async def _attribute_list(self, kind: str, family_id: str) -> list[AttributeRule]:
        rows = await read_all(pages_of(self._api, f"/v2/attributes/{kind}/family/{path_of(family_id)}", 100), _id)
        return [read_attribute(row, await self._options(row)) for row in rows]

    async def _options(self, row: Row) -> list[Row]:
        inline = options_of(row)
        if 0 < len(inline) < _OPTIONS_INLINE or not (inline or type_of(row).startswith(_LIST_TYPES)):
            return inline
        path = f"/v2/attributes-options/attribute/{path_of(_id(row))}"
        listed = await read_all(pages_of(self._api, path, 100, {"q": ""}), _id, _OPTIONS_MOST)
        return list({_id(one): one for one in (*inline, *listed)}.values())

    async def _all_families(self) -> Mapping[str, Row]:
        self._forget_old()
        async with self._lock:
            if not self._families:
                rows = await read_all(pages_of(self._api, "/v2/families", 500), _id)
                self._families = {_id(row): row for row in rows if _id(row)}
                self._read_at = self._now()
        return self._families

    async def _categories_of(self, family_id: str) -> list[Row]:
        async with self._lock:
            if family_id not in self._categories:
                path = f"/v2/categories/family/{path_of(family_id)}"
                self._categories[family_id] = [
                    row for row in await read_all(pages_of(self._api, path, 500), _id) if _id(row)
                ]
        return self._categories[family_id]

    def _forget_old(self) -> None:
        if self._read_at is not None and self._now() - self._read_at > _MAX_AGE:
            self._read_at = None
            self._families, self._categories, self._attributes = {}, {}, {}


def _id(row: Row) -> str:
    return str(row.get("id") or "")


def _label(category: Row) -> str:
    return str(category.get("name") or category.get("path") or category.get("id"))


def _words(text: str) -> list[str]:
    return [_stem(word) for word in re.findall(r"[^\W\d_]+", fold(text)) if len(word) > 2 and word not in _SMALL_WORDS]


def _stem(word: str) -> str:
    """Singular and plural alike: Spanish and English endings."""
    return re.sub(r"(?:es|s|os|as)$", "", word) if len(word) > 4 else word


def _score(words: list[str], category: Row, family: Row) -> float:
    """How well a title fits: words of the category's name count most, and no word of it should be left over."""
    name = list(dict.fromkeys(_words(_label(category))))
    hits = [word for word in name if any(_alike(word, one) for one in words)]
    if not hits:
        return 0.0
    early = 1 - min(next(_places(words, hits)), 10) / 20  # what a thing is stands at the beginning of its title
    around = _words(f"{category.get('path') or ''} {family.get('name') or ''}")
    beside = len({word for word in around if any(_alike(word, one) for one in words)} - set(hits))
    return 3 * len(hits) + 2 * len(hits) / len(name) + early + 0.5 * beside


def _places(words: list[str], hits: list[str]) -> Iterator[int]:
    return (place for place, word in enumerate(words) if any(_alike(word, hit) for hit in hits))


def _alike(one: str, other: str) -> bool:
    return one == other or (min(len(one), len(other)) >= 5 and (one.startswith(other) or other.startswith(one)))
