"""Variants of a product in one item, as MercadoLibre's older listing model takes them (``variations``).

In the User Products model each variant is an item of its own, and MercadoLibre joins those of one family by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mmhub_desktop.domain.gtin import is_gtin
from mmhub_desktop.domain.listing import ListingChange, VariantState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.base import AttributeRule, CategoryRules, ListingDraft, RemoteImage, VariantDraft
from mmhub_desktop.marketplaces.mercadolibre.amounts import json_number, read_money
from mmhub_desktop.marketplaces.mercadolibre.attributes import Filled, express, match_attributes
from mmhub_desktop.marketplaces.mercadolibre.problems import LABEL, attribute_field

PICTURES_MAX = 10  # of one variation, where a category does not say
VARYING = "allow_variations"  # in ``CategoryRules.schema``: the attributes that may tell variations apart


@dataclass(frozen=True, slots=True)
class Varied:
    """The variations of an item, and what is wrong with them."""

    rows: list[dict[str, Any]]
    findings: list[Finding]


def as_one(draft: ListingDraft) -> ListingDraft:
    """The draft with what its first variant says, for checking and filling what all variants share."""
    if not draft.variants:
        return draft
    first = draft.variants[0]
    gtin = first.gtin if all(variant.gtin.strip() for variant in draft.variants) else draft.gtin
    total = sum(variant.quantity for variant in draft.variants)
    return replace(draft, attributes={**draft.attributes, **first.options}, gtin=gtin, quantity=total, variants=())


def each_alone(draft: ListingDraft) -> Finding:
    """Why an account of the User Products model cannot list variants together."""
    count = len(draft.variants)
    message = f"{LABEL} takes each variant as a listing of its own from your account, and joins them by itself."
    fix = f"Publish the {count} variants of this product instead of it, all with the same title."
    return Finding("mercadolibre.variants", "variants", message, fix, str(count))


def vary(draft: ListingDraft, rules: CategoryRules, filled: Filled, price: float | None) -> Varied:
    """One variation for each variant; what tells them apart is taken out of what all share."""
    found: list[Finding] = []
    known = {rule.id: rule for rule in rules.attributes}
    rows: list[dict[str, Any]] = []
    combinations: list[Mapping[str, Any]] = []
    for variant in draft.variants:
        combination = _combination(variant, rules, known, found)
        combinations.append({one["id"]: (one.get("value_id"), one.get("value_name")) for one in combination})
        row: dict[str, Any] = {"attribute_combinations": combination, "available_quantity": variant.quantity}
        if price is not None:
            row["price"] = price
        row["attributes"] = _own_attributes(variant, known)
        rows.append(row)
        found += _check(variant, draft)
    for attribute_id in {one for combination in combinations for one in combination}:
        filled.values.pop(attribute_id, None)
    if any(variant.gtin.strip() for variant in draft.variants):
        filled.values.pop("GTIN", None)
    found += _check_together(draft, combinations)
    return Varied(rows, found)


def with_pictures(
    rows: Sequence[Mapping[str, Any]], firsts: Sequence[int | None], images: Sequence[RemoteImage]
) -> list[dict[str, Any]]:
    """The variations with their pictures: all of the item's, a variant's own first."""
    shown = []
    for number, row in enumerate(rows):
        first = firsts[number] if number < len(firsts) else None
        order = [image.id for image in images]
        if first is not None and 0 <= first < len(order):
            order.insert(0, order.pop(first))
        shown.append({**row, "picture_ids": order[:PICTURES_MAX]})
    return shown


def read_variants(item: Mapping[str, Any]) -> tuple[VariantState, ...]:
    """What an item tells of its variations; nothing when it does not tell the SKU of each."""
    rows = _rows_of(item)
    currency = str(item.get("currency_id") or "")
    skus = [_sku_of(row) for row in rows]
    if not all(skus):
        return ()
    return tuple(
        VariantState(sku, read_money(row.get("price"), currency), _whole(row.get("available_quantity")))
        for sku, row in zip(skus, rows, strict=True)
    )


def plan_variations(
    item: Mapping[str, Any], change: ListingChange, price: float | None
) -> tuple[list[dict[str, Any]], list[Finding]]:
    """What of a change goes into the variations of an item, and what is wrong with it.

    All of them are named, since those left out would be deleted; all get the same price.
    """
    wished = {state.sku: state for state in change.variants}
    if any(state.price is not None for state in change.variants):
        prices = _prices_then(item, wished)
        if len(prices) > 1:
            message = f"{LABEL} takes one price for all variants of a listing."
            return [], [Finding("mercadolibre.variants", "price", message, "Give all the same price.")]
        price = next((json_number(one) for one in prices), None)
    rows = []
    for row in _rows_of(item):
        state = wished.get(_sku_of(row))
        changed: dict[str, Any] = {"id": row["id"]}
        if price is not None:
            changed["price"] = price
        if state is not None and state.quantity is not None:
            changed["available_quantity"] = max(0, state.quantity)
        rows.append(changed)
    if change.quantity is not None:
        message = f"This listing has {len(rows)} variants, each with a stock of its own."
        return [], [Finding("mercadolibre.variants", "quantity", message, f"Set their stock on {LABEL}.")]
    return (rows if any(len(row) > 1 for row in rows) else []), []


def _prices_then(item: Mapping[str, Any], wished: Mapping[str, VariantState]) -> set[Money]:
    """The prices that the variations would have after the change: the wished ones, and those of the others."""
    found = set()
    for row in _rows_of(item):
        state = wished.get(_sku_of(row))
        kept = read_money(row.get("price"), str(item.get("currency_id") or ""))
        price = state.price if state is not None and state.price is not None else kept
        if price is not None:
            found.add(price)
    return found


def _rows_of(item: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [row for row in item.get("variations") or () if isinstance(row, Mapping) and row.get("id")]


def _sku_of(row: Mapping[str, Any]) -> str:
    told = (one for one in row.get("attributes") or () if isinstance(one, Mapping) and one.get("id") == "SELLER_SKU")
    return next((str(one.get("value_name") or "") for one in told), "") or str(row.get("seller_custom_field") or "")


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _combination(
    variant: VariantDraft, rules: CategoryRules, known: Mapping[str, AttributeRule], found: list[Finding]
) -> list[dict[str, Any]]:
    matched, unknown = match_attributes(variant.options, rules)
    varying = rules.schema.get(VARYING)
    for name in unknown:
        message = f"“{rules.name}” has no attribute “{name}”, by which “{variant.sku}” differs."
        found.append(Finding("mercadolibre.variants", "variants", message, "Map it to an attribute of the category."))
    combination = []
    for attribute_id, value in matched.items():
        rule = known[attribute_id]
        if varying is not None and attribute_id not in varying:
            message = f"“{rule.name}” cannot tell variants apart in “{rules.name}”."
            fix = "Publish the variants one by one, or choose another category."
            found.append(Finding("mercadolibre.variants", attribute_field(attribute_id), message, fix, value))
            continue
        taken = express(rule, value)
        if isinstance(taken, Finding):
            found.append(replace(taken, message=taken.message.removesuffix(" It is left out."), blocks=True))
        else:
            combination.append({"id": attribute_id, **taken})
    return combination


def _own_attributes(variant: VariantDraft, known: Mapping[str, AttributeRule]) -> list[dict[str, Any]]:
    own = [{"id": "SELLER_SKU", "value_name": variant.sku.strip()}]
    if variant.gtin.strip() and "GTIN" in known:
        own.append({"id": "GTIN", "value_name": variant.gtin.strip()})
    return own


def _check(variant: VariantDraft, draft: ListingDraft) -> list[Finding]:
    found = []
    if not variant.sku.strip():
        found.append(Finding("mercadolibre.variants", "sku", "A variant has no SKU.", "Give it one."))
    if variant.quantity < 0:
        message = f"The quantity of “{variant.sku}” is negative."
        found.append(Finding("mercadolibre.variants", "quantity", message, "Enter 0 or more.", str(variant.quantity)))
    if variant.gtin.strip() and not is_gtin(variant.gtin.strip()):
        message = f"The barcode of “{variant.sku}” is wrong: its digits do not fit together."
        found.append(Finding("mercadolibre.gtin", "gtin", message, "Check it, or leave it empty.", variant.gtin))
    if variant.price is not None and variant.price != draft.price:
        message = f"{LABEL} takes one price for all variants of a listing; “{variant.sku}” has another."
        fix = "Give all the same price, or publish the variants one by one."
        found.append(Finding("mercadolibre.variants", "price", message, fix, str(variant.price)))
    return found


def _check_together(draft: ListingDraft, combinations: Sequence[Mapping[str, Any]]) -> list[Finding]:
    found = []
    if len({tuple(sorted(one)) for one in combinations}) > 1:
        message = "The variants do not differ in the same attributes."
        fix = "Give every variant a value for each of them."
        found.append(Finding("mercadolibre.variants", "variants", message, fix))
    elif len({tuple(sorted(one.items())) for one in combinations}) < len(combinations):
        message = "Two variants are alike in everything that tells them apart."
        found.append(Finding("mercadolibre.variants", "variants", message, "Correct one of them."))
    skus = [variant.sku.strip() for variant in draft.variants]
    if len(set(skus)) < len(skus):
        found.append(Finding("mercadolibre.variants", "sku", "Two variants have the same SKU.", "Give each its own."))
    return found
