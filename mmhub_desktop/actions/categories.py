"""Which category a product goes into and what that category demands, asked of the marketplace once a day."""

import asyncio
import hashlib
import time
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from mmhub_desktop.domain.money import Money
from mmhub_desktop.marketplaces.base import Adapter, AttributeRule, CategoryRules

if TYPE_CHECKING:
    from mmhub_desktop.actions.parts import Parts

MAX_AGE_S = 24 * 3600.0
ANY_AGE_S = 10 * 365 * 24 * 3600.0
PROPOSALS_KEPT_S = 90 * 24 * 3600.0
REMEMBERED_S = 600.0
MOST_REMEMBERED = 64
MOST_WITH_SCHEMA = 12  # of them: a schema takes ten megabytes and more

_FOR_TITLE = "for title "  # no category id of a marketplace begins so

_Key = tuple[str, str, str]


class RuleMemory:
    """The rules used last, ready to use: large ones take milliseconds to read from the store. On the loop."""

    def __init__(self) -> None:
        self._rules: dict[_Key, tuple[float, CategoryRules]] = {}

    def get(self, key: _Key) -> CategoryRules | None:
        """The rules of a category (marketplace, site, id) that were put a short time ago."""
        at, rules = self._rules.get(key, (float("-inf"), None))
        return rules if time.monotonic() - at < REMEMBERED_S else None

    def put(self, key: _Key, rules: CategoryRules) -> None:
        """Remember rules; the oldest are forgotten."""
        self._rules.pop(key, None)
        self._rules[key] = (time.monotonic(), rules)
        while len(self._rules) > MOST_REMEMBERED:
            del self._rules[next(iter(self._rules))]
        large = [one for one, (_, kept) in self._rules.items() if kept.schema]
        for one in large[:-MOST_WITH_SCHEMA]:
            del self._rules[one]


async def propose_category(parts: "Parts", adapter: Adapter, title: str) -> str:
    """The category that the marketplace proposes for a title, empty when there is none; asked once a day a title."""
    account = adapter.connection.account
    key = proposal_key(title)
    kept = await parts.listings.rules(account.marketplace, account.site, key, max_age_s=MAX_AGE_S)
    if kept is not None:
        return str(kept["category_id"])
    proposed = await adapter.find_categories(title)
    if not proposed:
        return ""
    await parts.listings.keep_rules(account.marketplace, account.site, key, {"category_id": proposed[0].id})
    return proposed[0].id


def proposal_key(title: str) -> str:
    """Under which key the category that was proposed for a title is cached."""
    return f"{_FOR_TITLE}{hashlib.blake2s(title.encode(), digest_size=16).hexdigest()}"


async def drop_old_proposals(parts: "Parts") -> None:
    """Forget what was proposed for titles long ago; until then checks on this machine go by it."""
    await parts.listings.drop_rules(_FOR_TITLE, max_age_s=PROPOSALS_KEPT_S)


async def read_rules(parts: "Parts", adapter: Adapter, category_id: str) -> CategoryRules:
    """What a category demands, at most a day old."""
    account = adapter.connection.account
    key = (account.marketplace, account.site, category_id)
    kept = await cached_rules(parts, key, max_age_s=MAX_AGE_S)
    if kept is not None:
        return kept
    rules = await adapter.read_category(category_id)
    parts.rules.put(key, rules)
    plain = await asyncio.to_thread(_plain, rules)  # a schema may have megabytes
    await parts.listings.keep_rules(account.marketplace, account.site, category_id, plain)
    return rules


def _plain(rules: CategoryRules) -> Mapping[str, Any]:
    """The rules as JSON values; the marketplace's own schema is one already."""
    kept = {one.name: getattr(rules, one.name) for one in fields(rules)}
    for name in ("price_min", "price_max"):
        kept[name] = None if kept[name] is None else asdict(kept[name])
    return {**kept, "attributes": [asdict(one) for one in rules.attributes]}


async def cached_rules(parts: "Parts", key: _Key, *, max_age_s: float = ANY_AGE_S) -> CategoryRules | None:
    """What is known of a category (marketplace, site, id) without asking; None where it is not, or too old."""
    remembered = parts.rules.get(key)
    if remembered is not None:
        return remembered
    kept = await parts.listings.rules(*key, max_age_s=max_age_s)
    if kept is None:
        return None
    rules = _rules_from(kept)
    if max_age_s <= MAX_AGE_S:
        parts.rules.put(key, rules)
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
