"""Allegro's categories and their parameters as the program's rules."""

from collections.abc import Mapping
from typing import Any

from mmhub_desktop.marketplaces.allegro.texts import DESCRIPTION_MAX, TITLE_MAX
from mmhub_desktop.marketplaces.base import AttributeRule, CategoryRules, CategorySuggestion


def read_suggestions(body: Mapping[str, Any]) -> tuple[CategorySuggestion, ...]:
    """What ``matching-categories`` proposes, each with the names above it."""
    rows = body.get("matchingCategories")
    return tuple(
        CategorySuggestion(str(row["id"]), _path(row))
        for row in (rows if isinstance(rows, list) else ())
        if isinstance(row, Mapping) and row.get("id")
    )


def _path(node: Mapping[str, Any]) -> str:
    names: list[str] = []
    present: Any = node
    while isinstance(present, Mapping) and len(names) < 12:
        names.append(str(present.get("name") or present.get("id") or ""))
        present = present.get("parent")
    return " › ".join(reversed(names))


def read_category_rules(
    category: Mapping[str, Any], body: Mapping[str, Any], currency: str, images_most: int
) -> CategoryRules:
    """A category's answer and its parameters as rules.

    ``schema`` keeps, by parameter id, what only Allegro says: level, conditions, restrictions, what depends on what.
    """
    rows = [row for row in body.get("parameters") or () if isinstance(row, Mapping) and row.get("id")]
    options = category.get("options")
    return CategoryRules(
        id=str(category.get("id", "")),
        name=str(category.get("name", "")),
        listing_allowed=bool(category.get("leaf")),
        title_max=TITLE_MAX,
        description_max=DESCRIPTION_MAX,
        pictures_max=images_most,
        currency=currency,
        attributes=tuple(_rule(row) for row in rows),
        schema={
            "parameters": {str(row["id"]): _more(row) for row in rows},
            "options": dict(options) if isinstance(options, Mapping) else {},
        },
    )


def _rule(row: Mapping[str, Any]) -> AttributeRule:
    limits = row.get("restrictions")
    limits = limits if isinstance(limits, Mapping) else {}
    longest = limits.get("maxLength")
    values = [one for one in row.get("dictionary") or () if isinstance(one, Mapping)]
    return AttributeRule(
        id=str(row["id"]),
        name=str(row.get("name") or row["id"]),
        value_type=str(row.get("type") or "string"),
        required=bool(row.get("required") or row.get("requiredForProduct")),
        conditional=bool(row.get("requiredIf")),
        max_length=longest if isinstance(longest, int) and longest > 0 else None,
        units=(str(row["unit"]),) if row.get("unit") else (),
        values=tuple((str(one.get("id") or ""), str(one.get("value") or "")) for one in values),
    )


def _more(row: Mapping[str, Any]) -> dict[str, Any]:
    options = row.get("options")
    kept = dict(options) if isinstance(options, Mapping) else {}
    for name in ("restrictions", "requiredIf", "displayedIf"):
        if row.get(name):
            kept[name] = row[name]
    depends = {
        str(one["id"]): [str(value) for value in one["dependsOnValueIds"]]
        for one in row.get("dictionary") or ()
        if isinstance(one, Mapping) and one.get("id") and one.get("dependsOnValueIds")
    }
    return {**kept, "dependsOnValueIds": depends} if depends else kept
