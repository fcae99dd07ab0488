"""eBay's category tree of a marketplace: suggestions, item specifics and conditions, asked with the program's token."""

from collections.abc import Mapping
from typing import Any

from mmhub_desktop.errors import UnexpectedReply
from mmhub_desktop.marketplaces.api import Access, Api
from mmhub_desktop.marketplaces.base import CategoryRules, CategorySuggestion
from mmhub_desktop.marketplaces.ebay.problems import LABEL, NOT_A_LEAF, ids_of, read_findings, rejection
from mmhub_desktop.marketplaces.ebay.reading import no_category, read_category_rules
from mmhub_desktop.marketplaces.ebay.sites import Site

_TAXONOMY = "/commerce/taxonomy/v1"
CATEGORY_CALLS = "category calls"  # counted by the day
_METADATA = "/sell/metadata/v1"
_WORDS_MAX = 300  # characters of a title that are asked about


class Categories:
    """Reads about categories for one adapter; the tree and the names of suggestions are asked for once."""

    def __init__(self, api: Api, access: Access, site: Site) -> None:
        self._api = api
        self._access = access
        self._site = site
        self._tree = ""
        self._version = ""
        self._names: dict[str, str] = {}

    async def suggest(self, title: str) -> tuple[CategorySuggestion, ...]:
        """The categories that eBay proposes for a title, best first, named with those above them."""
        words = " ".join("".join(char if char.isprintable() else " " for char in title).split())[:_WORDS_MAX]
        if not words:
            return ()
        path = f"{_TAXONOMY}/category_tree/{await self._tree_id()}/get_category_suggestions"
        reply = await self._ask(path, {"q": words})
        found = []
        for row in reply.get("categorySuggestions") or ():
            category = row.get("category") if isinstance(row, Mapping) else None
            if not isinstance(category, Mapping) or not category.get("categoryId"):
                continue
            above = [one for one in row.get("categoryTreeNodeAncestors") or () if isinstance(one, Mapping)]
            names = [str(one.get("categoryName") or "") for one in reversed(above)]
            name = str(category.get("categoryName") or category["categoryId"])
            self._names[str(category["categoryId"])] = name
            found.append(CategorySuggestion(str(category["categoryId"]), " › ".join([*filter(None, names), name])))
        return tuple(found)

    async def read(self, category_id: str) -> CategoryRules:
        """What a category demands. Rejected when eBay does not know it."""
        tree = await self._tree_id()
        name = self._names.get(category_id) or await self._name(tree, category_id)
        path = f"{_TAXONOMY}/category_tree/{tree}/get_item_aspects_for_category"
        reply = await self._api.call(
            "GET", path, params={"category_id": category_id}, access=self._access, accept=(400, 404)
        )
        if reply.status in (400, 404):
            if ids_of(reply.body) & NOT_A_LEAF:
                return no_category(category_id, name, self._site.currency)
            raise rejection(read_findings(reply.body), original=str(reply.body)[:300])
        aspects = reply.fields.get("aspects")
        conditions = await self._conditions(category_id)
        return read_category_rules(
            category_id, name, aspects if isinstance(aspects, list) else [], conditions, self._site.currency,
            self._version,
        )  # fmt: skip

    async def _conditions(self, category_id: str) -> Mapping[str, Any] | None:
        path = f"{_METADATA}/marketplace/{self._site.id}/get_item_condition_policies"
        told = await self._ask(path, {"filter": f"categoryIds:{{{category_id}}}"})
        for row in told.get("itemConditionPolicies") or ():
            if isinstance(row, Mapping) and str(row.get("categoryId")) == category_id:
                return row
        return None

    async def _name(self, tree: str, category_id: str) -> str:
        path = f"{_TAXONOMY}/category_tree/{tree}/get_category_subtree"
        reply = await self._api.call(
            "GET", path, params={"category_id": category_id}, access=self._access, accept=(400, 404)
        )
        node = reply.fields.get("categorySubtreeNode")
        category = node.get("category") if isinstance(node, Mapping) else None
        return str(category.get("categoryName") or "") if isinstance(category, Mapping) else ""

    async def _tree_id(self) -> str:
        if not self._tree:
            told = await self._ask(f"{_TAXONOMY}/get_default_category_tree_id", {"marketplace_id": self._site.id})
            if not told.get("categoryTreeId"):
                raise UnexpectedReply(f"{LABEL} did not say which categories {self._site.label} has.")
            self._tree, self._version = str(told["categoryTreeId"]), str(told.get("categoryTreeVersion") or "")
        return self._tree

    async def _ask(self, path: str, params: Mapping[str, str]) -> Mapping[str, Any]:
        """An object, empty where eBay has nothing to say (204)."""
        return (await self._api.call("GET", path, params=params, access=self._access)).fields
