"""A family in eBay's form: an inventory item group with an item and an offer for each variant; pure."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.base import AttributeRule, CategoryRules, ListingDraft, VariantDraft
from mmhub_desktop.marketplaces.characters import fold
from mmhub_desktop.marketplaces.ebay.single import (
    Seller,
    check_price,
    check_quantity,
    check_sku,
    identifiers,
    offer_of,
    stock,
)
from mmhub_desktop.marketplaces.ebay.specifics import express, means


def map_family(
    draft: ListingDraft, rules: CategoryRules, seller: Seller, item: Mapping[str, Any], description: str
) -> tuple[dict[str, Any], list[Finding]]:
    """A group with an item and an offer for each variant; every variant names the same options."""
    findings = check_sku(draft.sku, seller) + _check_options(draft, rules)
    names = {fold(name): _option_name(name, rules) for variant in draft.variants for name in variant.options}
    members: list[dict[str, Any]] = []
    seen: dict[str, dict[str, None]] = {}
    for variant in draft.variants:
        findings += [_of_variant(one, variant.sku) for one in check_sku(variant.sku, seller)]
        price = variant.price or draft.price
        findings += [_of_variant(one, variant.sku) for one in check_price(price, seller)]
        codes, about_codes = identifiers(variant.gtin, seller)
        findings += [_of_variant(one, variant.sku) for one in about_codes]
        options, about_options = _options(variant, names, rules)
        findings += about_options
        for name, value in options.items():
            seen.setdefault(name, {})[value] = None
        product = {name: value for name, value in item["product"].items() if name not in ("upc", "ean", "isbn")}
        aspects = {**product.get("aspects", {}), **{name: [value] for name, value in options.items()}}
        own = {**item, "product": {**product, **codes, "aspects": aspects}, **stock(variant.quantity)}
        offer = offer_of(variant.sku, rules, seller, price, variant.quantity, "")
        members.append({"sku": variant.sku.strip(), "item": own, "offer": offer, "image": variant.image})
    if not any(variant.quantity > 0 for variant in draft.variants):
        findings += check_quantity(0)
    group: dict[str, Any] = {
        "title": item["product"]["title"],
        "description": description,
        "variantSKUs": [member["sku"] for member in members],
        "variesBy": {
            "aspectsImageVariesBy": _shown_by(draft, names),
            "specifications": [{"name": name, "values": list(values)} for name, values in seen.items()],
        },
    }
    if shared := item["product"].get("aspects"):
        group["aspects"] = shared
    return {"group_key": draft.sku.strip(), "group": group, "members": members}, findings


def _shown_by(draft: ListingDraft, names: Mapping[str, str]) -> list[str]:
    """The option that pictures differ by: the first one that tells the variants' pictures apart."""
    for name, shown in names.items():
        pictures: dict[str, set[int | None]] = {}
        for variant in draft.variants:
            value = next((value for one, value in variant.options.items() if fold(one) == name), "")
            pictures.setdefault(value, set()).add(variant.image)
        if len(pictures) > 1 and all(len(one) == 1 for one in pictures.values()):
            return [shown]
    return list(names.values())[:1]


def _option_name(name: str, rules: CategoryRules) -> str:
    """The category's own name of an option, else the seller's."""
    return next((rule.name for rule in rules.attributes if means(name, rule.name)), name.strip().capitalize())


def _options(
    variant: VariantDraft, names: Mapping[str, str], rules: CategoryRules
) -> tuple[dict[str, str], list[Finding]]:
    """A variant's options in the category's words, and what is wrong with them."""
    known = {rule.name: rule for rule in rules.attributes}
    found: dict[str, str] = {}
    findings = []
    for option, value in variant.options.items():
        name = names[fold(option)]
        rule = replace(known.get(name) or AttributeRule(name, name, "string"), required=True)
        taken = express(rule, value.strip(), several=False)
        if isinstance(taken, Finding):
            findings.append(_of_variant(taken, variant.sku))
        found[name] = value.strip() if isinstance(taken, Finding) else taken[0]
    return found, findings


def _check_options(draft: ListingDraft, rules: CategoryRules) -> list[Finding]:
    found = []
    sets = {frozenset(fold(name) for name in variant.options) for variant in draft.variants}
    if len(sets) != 1 or not next(iter(sets)):
        message = "The variants do not all have the same options."
        found.append(Finding("ebay.options", "variants", message, "Give each the same, such as colour and size."))
    chosen = [tuple(sorted((fold(k), fold(v)) for k, v in variant.options.items())) for variant in draft.variants]
    if len(set(chosen)) != len(chosen):
        message = "Two variants have the same options."
        found.append(Finding("ebay.options_twice", "variants", message, "Make them differ, or remove one."))
    if len({variant.sku.strip() for variant in draft.variants} | {draft.sku.strip()}) != len(draft.variants) + 1:
        message = "Two variants, or a variant and its family, have the same SKU."
        found.append(Finding("ebay.sku_twice", "sku", message, "Give each its own."))
    never = {fold(name) for name in rules.schema.get("never_varies") or ()}
    for name in sorted(next(iter(sets))) if len(sets) == 1 else ():
        if fold(_option_name(name, rules)) in never:
            message = f"In “{rules.name}” variants cannot differ by {_option_name(name, rules)}."
            found.append(Finding("ebay.option_refused", "variants", message, "List these products one by one.", name))
    return found


def _of_variant(finding: Finding, sku: str) -> Finding:
    message = f"Variant {sku}: {finding.message}"
    return Finding(finding.rule, finding.field, message, finding.fix, finding.value, finding.limit, finding.blocks)
