"""Families: an item for each variant, held together by a group id and the names of what varies."""

from collections.abc import Mapping
from typing import Any

from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.base import CategoryRules, ListingDraft, VariantDraft
from mmhub_desktop.marketplaces.walmart.offer import check_offer, identifiers, json_number, try_fit
from mmhub_desktop.marketplaces.walmart.problems import LABEL
from mmhub_desktop.marketplaces.walmart.schema import Schema, name_key, properties_of, title_of, visible_schema

_MOST_VARIANT_NAMES = 3


def make_family(
    draft: ListingDraft, first: Mapping[str, Any], rules: CategoryRules, findings: list[Finding]
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """An item for each variant under one group id; the first is shown in searches."""
    schema = visible_schema(rules.schema, rules.id)
    names = _variant_names(draft, schema, findings)
    items, stock = [], {}
    for place, variant in enumerate(draft.variants):
        price = variant.price or draft.price
        findings += check_offer(variant.sku, variant.gtin, price, max(variant.quantity, 0) or 1)
        orderable = {
            **first["Orderable"],
            "sku": variant.sku.strip(),
            "productIdentifiers": identifiers(variant.gtin),
            **({"price": json_number(price)} if price is not None else {}),
        }
        visible = {
            **first["Visible"][rules.id],
            **_option_values(variant, names, schema, findings),
            "variantGroupId": draft.sku.strip(),
            "variantAttributeNames": list(dict.fromkeys(names.values())),
            "isPrimaryVariant": "No" if place else "Yes",
        }
        items.append({"Orderable": orderable, "Visible": {rules.id: visible}})
        stock[variant.sku.strip()] = variant.quantity
    if not any(variant.quantity > 0 for variant in draft.variants):
        findings.append(Finding("walmart.quantity", "quantity", "No variant has any stock.", "Correct the quantities."))
    return items, stock


def _variant_names(draft: ListingDraft, schema: Schema, findings: list[Finding]) -> dict[str, str]:
    """The seller's names of options → the attributes that may vary in this type."""
    known = properties_of(schema)
    allowed = [str(one) for one in known.get("variantAttributeNames", {}).get("items", {}).get("enum") or ()]
    by_key = {name_key(title_of(name, known.get(name))): name for name in allowed}
    by_key |= {name_key(name): name for name in allowed}
    names: dict[str, str] = {}
    for option in dict.fromkeys(option for variant in draft.variants for option in variant.options):
        found = by_key.get(name_key(option).replace("colour", "color"))
        if found is None:
            message = f"Products of this type cannot vary by “{option}”."
            some = ", ".join(allowed) or "nothing"
            fix = f"Let them vary by {some}, or list them as products of their own."
            findings.append(Finding("walmart.variant_name", "variants", message, fix, option, some))
        else:
            names[option] = found
    if len(set(names.values())) > _MOST_VARIANT_NAMES:
        message = f"Variants differ in {len(names)} ways; {LABEL} takes {_MOST_VARIANT_NAMES}."
        limit = f"at most {_MOST_VARIANT_NAMES}"
        findings.append(Finding("walmart.variant_names", "variants", message, "Split the product.", limit=limit))
    return names


def _option_values(
    variant: VariantDraft, names: Mapping[str, str], schema: Schema, findings: list[Finding]
) -> dict[str, Any]:
    values = {}
    for option, name in names.items():
        said = variant.options.get(option, "").strip()
        if not said:
            message = f"The variant {variant.sku} has no “{option}”."
            findings.append(Finding("walmart.variant_value", "variants", message, "Fill it in.", variant.sku))
            continue
        value = try_fit(said, properties_of(schema)[name], name, findings)
        if value is not None:
            values[name] = value
    return values
