"""Product types: which one a title belongs to, and what its specification demands."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from mmhub_desktop.domain.product import fold
from mmhub_desktop.errors import Finding, Rejected
from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.base import CategoryRules, CategorySuggestion
from mmhub_desktop.marketplaces.call_groups import counted_as
from mmhub_desktop.marketplaces.walmart.problems import LABEL
from mmhub_desktop.marketplaces.walmart.schema import read_rules

SPEC_CALLS = "item specifications"
_SUGGESTIONS = 5
_TAXONOMY_VERSION = "5.0"


class ProductTypes:
    """The product types as one account sees them. Used on the loop; what was read is remembered."""

    def __init__(self, api: Api, spec_version: str) -> None:
        self._api = api
        self._version = spec_version
        self._rules: dict[str, CategoryRules] = {}
        self._names: tuple[str, ...] = ()

    async def propose(self, title: str) -> tuple[CategorySuggestion, ...]:
        """The types of items that Walmart finds for a title, most frequent first; else those that the title names."""
        words = " ".join(title.split())[:200]
        if not words:
            return ()
        reply = await self._api.call("GET", "/v3/items/walmart/search", params={"query": words}, accept=(404,))
        rows = [row for row in reply.fields.get("items") or () if isinstance(row, Mapping)]
        counts = Counter(str(row["productType"]) for row in rows if row.get("productType"))
        names = [name for name, _ in counts.most_common(_SUGGESTIONS)] or named_in(title, await self._all_names())
        return tuple(CategorySuggestion(name, name) for name in names[:_SUGGESTIONS])

    async def rules(self, name: str) -> CategoryRules:
        """The specification of a type; asked once for each version, since few such calls are allowed."""
        if name in self._rules:
            return self._rules[name]
        body = {"feedType": "MP_ITEM", "version": self._version, "productTypes": [name]}
        with counted_as(SPEC_CALLS):
            reply = await self._api.call("POST", "/v3/items/spec", json=body)
        try:
            rules = self._rules[name] = read_rules(name, reply.body, self._version)
        except LookupError:
            message = f"{LABEL} does not describe the product type “{name}”."
            finding = Finding("walmart.product_type", "category", message, "Choose another one.", name)
            raise Rejected(message, findings=(finding,), hint=finding.fix, original=str(reply.body)[:300]) from None
        return rules

    async def _all_names(self) -> tuple[str, ...]:
        if not self._names:
            params = {"feedType": "MP_ITEM", "version": _TAXONOMY_VERSION}
            reply = await self._api.call("GET", "/v3/items/taxonomy", params=params, accept=(404,))
            self._names = tuple(dict.fromkeys(_type_names(reply.fields.get("itemTaxonomy"))))
        return self._names


def named_in(title: str, names: tuple[str, ...]) -> list[str]:
    """The types all of whose words stand in a title, whether of one or of many; those of most words first."""
    words = set(_stems(title))
    found = [name for name in names if (stems := _stems(name)) and words.issuperset(stems)]
    return sorted(found, key=lambda name: (-len(_stems(name)), name))


def _stems(text: str) -> list[str]:
    words = "".join(char if char.isalnum() else " " for char in fold(text)).split()
    return [word.removesuffix("s") for word in words if word not in ("and", "with", "for", "of")]


def _type_names(taxonomy: Any) -> Iterator[str]:
    """Names of product types in a tree of categories and groups, or in one branch of it."""
    for category in taxonomy if isinstance(taxonomy, list) else [taxonomy]:
        for group in _rows(category, "productTypeGroup"):
            for one in _rows(group, "productType"):
                if one.get("productTypeName"):
                    yield str(one["productTypeName"])


def _rows(thing: Any, key: str) -> list[Mapping[str, Any]]:
    found = thing.get(key) if isinstance(thing, Mapping) else None
    return [row for row in found or () if isinstance(row, Mapping)]
