"""Kaufland's categories: which one fits a title, and what attributes it has."""

from collections.abc import Mapping
from typing import Any

from mmhub_desktop.errors import UnexpectedReply
from mmhub_desktop.marketplaces.api import Api
from mmhub_desktop.marketplaces.base import CategoryRules, CategorySuggestion
from mmhub_desktop.marketplaces.kaufland.problems import LABEL
from mmhub_desktop.marketplaces.kaufland.reading import attribute_rows, read_category_rules
from mmhub_desktop.marketplaces.kaufland.sites import Storefront

_SUGGESTIONS = 5
_USUAL_PRICE = 2000  # the call wants a price; without one of its own, a middling one in cents
_VALUES_MOST = 100  # a longer list of values is not read, so that it is not checked here
_GROUPS = ("required_attributes", "optional_attributes")
_NEWER = "conditional_attributes"  # older versions refuse the word


async def find_categories(api: Api, storefront: Storefront, title: str) -> tuple[CategorySuggestion, ...]:
    """The categories that Kaufland decides for a title, best first."""
    words = " ".join(title.split())
    if not words:
        return ()
    # All four are demanded, and may have to hold something; a title is all there is at this point.
    body = {"item": {"title": words, "description": words, "manufacturer": "-"}, "price": _USUAL_PRICE}
    reply = await api.call("POST", "/v2/categories/decide", params={"storefront": storefront.id}, json=body)
    rows = reply.fields.get("data")
    return tuple(
        CategorySuggestion(str(row["id_category"]), str(row.get("title_singular") or row.get("name") or ""))
        for row in (rows if isinstance(rows, list) else [])[:_SUGGESTIONS]
        if isinstance(row, Mapping) and row.get("id_category")
    )


async def read_category(
    api: Api, storefront: Storefront, locale: str, category_id: str, title_max: int
) -> CategoryRules:
    """The category's attributes, with the values of those closed lists that must be filled and are short."""
    path = f"/v2/categories/{category_id}"
    params: dict[str, Any] = {"storefront": storefront.id, "embedded": [*_GROUPS, _NEWER]}
    reply = await api.call("GET", path, params=params, accept=(400,))
    if reply.status == 400:
        reply = await api.call("GET", path, params={**params, "embedded": list(_GROUPS)})
    category = reply.fields.get("data")
    if not isinstance(category, Mapping):
        raise UnexpectedReply(f"{LABEL} did not describe category {category_id}.", original=str(reply.body)[:300])
    values: dict[str, tuple[tuple[str, str], ...]] = {}
    for row in (*attribute_rows(category, "required"), *attribute_rows(category, "conditional")):
        if row.get("is_sharedset") and row.get("id"):
            known = await _read_values(api, str(row["id"]), locale)
            if known:
                values[str(row["name"])] = known
    return read_category_rules(category, values, storefront.currency, title_max)


async def _read_values(api: Api, attribute_id: str, locale: str) -> tuple[tuple[str, str], ...]:
    """The whole list of an attribute's values as (value, label); empty where it is longer than one page."""
    params = {"locale": locale, "limit": _VALUES_MOST}
    fields = (await api.call("GET", f"/v2/attributes/{attribute_id}/shared-set", params=params)).fields
    rows = [row for row in fields.get("data") or () if isinstance(row, Mapping) and row.get("value")]
    paging = fields.get("pagination")
    total = paging.get("total") if isinstance(paging, Mapping) else None
    if len(rows) >= _VALUES_MOST or (isinstance(total, int) and total > len(rows)):
        return ()
    return tuple((str(row["value"]), str(row.get("label") or row["value"])) for row in rows)
