"""Families of variants: a parent that is a heading without offer, and a child with its own SKU for each variant."""

from collections.abc import Mapping
from typing import Any

from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.amazon.attributes import Filled, match_attributes
from mmhub_desktop.marketplaces.amazon.definitions import leaves
from mmhub_desktop.marketplaces.amazon.offers import (
    check_price,
    check_sku,
    gtin_entry,
    list_price_entry,
    price_entry,
    stock_entry,
)
from mmhub_desktop.marketplaces.base import ListingDraft, VariantDraft


def add_variants(filled: Filled, draft: ListingDraft, handling_days: int | None = None) -> list[dict[str, Any]]:
    """Turn a filled product into a parent; the children, each with its SKU, attributes and picture."""
    shared = dict(filled.values)
    options, theme = _theme(filled, draft)
    place = {"marketplace_id": filled.marketplace_id}
    themed = [{"name": theme}] if theme else []
    children = []
    for variant in draft.variants:
        child = Filled(filled.rules, filled.language, filled.marketplace_id, dict(shared), filled.findings)
        for name, rule_id in options.items():
            child.set_given(rule_id, variant.options.get(name, ""))
        child.values["parentage_level"] = [{"value": "child", **place}]
        child.values["child_parent_sku_relationship"] = [
            {"child_relationship_type": "variation", "parent_sku": draft.sku.strip(), **place}
        ]
        child.values["variation_theme"] = themed
        price = variant.price or draft.price
        filled.findings += [*check_sku(variant.sku.strip()), *check_price(price, filled.rules.currency)]
        if price is not None:
            child.put("purchasable_offer", price_entry(price, filled.marketplace_id))
            if filled.requires("list_price"):
                child.put("list_price", list_price_entry(price))
        child.values["fulfillment_availability"] = [stock_entry(max(0, variant.quantity), handling_days)]
        gtin = gtin_entry(variant.gtin)
        if gtin is not None:
            child.put("externally_assigned_product_identifier", gtin)
        children.append({"sku": variant.sku.strip(), "attributes": child.values, "image": variant.image})
    filled.values["parentage_level"] = [{"value": "parent", **place}]
    filled.values["variation_theme"] = themed
    filled.values.pop("externally_assigned_product_identifier", None)
    if not any(variant.quantity > 0 for variant in draft.variants):
        message = "All variants are out of stock."
        filled.findings.append(Finding("amazon.quantity", "quantity", message, "Enter a quantity for one of them."))
    _check_twins(filled, draft.variants)
    return children


def _theme(filled: Filled, draft: ListingDraft) -> tuple[Mapping[str, str], str]:
    """Which attribute each option is (option name → rule id), and Amazon's theme for that set."""
    names = list(dict.fromkeys(name for variant in draft.variants for name in variant.options))
    matched, unknown = match_attributes(dict.fromkeys(names, "x"), filled.rules.attributes)
    rule_of = {name: rule_id for name in names for rule_id in match_attributes({name: "x"}, filled.rules.attributes)[0]}
    if unknown:
        message = f"“{filled.rules.name}” knows no variants by {', '.join(unknown)}."
        filled.findings.append(Finding("amazon.variants", "variants", message, "Name the options otherwise."))
    themes = [value for leaf in leaves(filled.rules.schema, "variation_theme") for value, _ in leaf.values]
    wanted = {rule_id.partition(".")[0] for rule_id in matched}
    for theme in themes:
        if {_attribute(part) for part in theme.split("/")} == {_attribute(one) for one in wanted}:
            return rule_of, theme
    if not unknown:
        message = f"“{filled.rules.name}” has no variants by {' and '.join(names) or 'nothing'}."
        fix = f"Use: {'; '.join(themes[:8])}." if themes else "List each variant as a product of its own."
        filled.findings.append(Finding("amazon.variation_theme", "variants", message, fix))
    return rule_of, ""


def _attribute(word: str) -> str:
    """COLOR, COLOR_NAME and color mean the same."""
    return word.strip().lower().removesuffix("_name")


def _check_twins(filled: Filled, variants: tuple[VariantDraft, ...]) -> None:
    seen: set[tuple[tuple[str, str], ...]] = set()
    for variant in variants:
        key = tuple(sorted(variant.options.items()))
        if key in seen:
            message = f"Two variants are the same: {', '.join(variant.options.values())}."
            filled.findings.append(
                Finding("amazon.variants_twice", "variants", message, "Make them differ.", variant.sku)
            )
        seen.add(key)
