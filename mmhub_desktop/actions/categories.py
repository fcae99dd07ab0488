"""Which category a product goes into and what that category demands, asked of the marketplace once a day."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from mmhub_desktop.actions.parts import Parts
from mmhub_desktop.domain.money import Money
from mmhub_desktop.marketplaces.base import Adapter, AttributeRule, CategoryRules

MAX_AGE_S = 24 * 3600.0


async def propose_category(parts: Parts, adapter: Adapter, title: str) -> str:
    """The category that the marketplace proposes for a title, empty when there is none; asked once a day a title."""
    account = adapter.connection.account
    key = f"for title {hashlib.blake2s(title.encode(), digest_size=16).hexdigest()}"
    kept = await parts.listings.rules(account.marketplace, account.site, key, max_age_s=MAX_AGE_S)
    if kept is not None:
        return str(kept["category_id"])
    proposed = await adapter.find_categories(title)
    if not proposed:
        return ""
    await parts.listings.keep_rules(account.marketplace, account.site, key, {"category_id": proposed[0].id})
    return proposed[0].id


async def read_rules(parts: Parts, adapter: Adapter, category_id: str) -> CategoryRules:
    """What a category demands, at most a day old."""
    account = adapter.connection.account
    kept = await parts.listings.rules(account.marketplace, account.site, category_id, max_age_s=MAX_AGE_S)
    if kept is not None:
        return _rules_from(kept)
    rules = await adapter.read_category(category_id)
    await parts.listings.keep_rules(
        account.marketplace, account.site, category_id, json.loads(json.dumps(asdict(rules), default=str))
    )
    return rules


def _rules_from(kept: Mapping[str, Any]) -> CategoryRules:
    def money(value: Mapping[str, Any] | None) -> Money | None:
        return None if value is None else Money(int(value["minor"]), value["currency"])

    attributes = tuple(
        AttributeRule(
            **{
                **attribute,
                "units": tuple(attribute["units"]),
                "values": tuple((value[0], value[1]) for value in attribute["values"]),
            }
        )
        for attribute in kept["attributes"]
    )
    return CategoryRules(
        **{
            **kept,
            "price_min": money(kept["price_min"]),
            "price_max": money(kept["price_max"]),
            "attributes": attributes,
        }
    )
