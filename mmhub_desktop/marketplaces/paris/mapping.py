"""A product draft in the form of Paris' create request and of the price and stock calls that follow it."""

from collections.abc import Mapping, Sequence
from typing import Any

from mmhub_desktop.domain.money import Money
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.base import CategoryRules, ListingDraft, Mapped, RemoteImage, VariantDraft
from mmhub_desktop.marketplaces.paris.attributes import Filled, fill, unknown_names
from mmhub_desktop.marketplaces.paris.prices import price_rows
from mmhub_desktop.marketplaces.paris.terms import CURRENCY, Terms
from mmhub_desktop.marketplaces.paris.texts import clean_title

SKU_MAX = 50
PRICE_MAX = 1_000_000_000  # pesos; far above any price, far below what readers of JSON lose
QUANTITY_MAX = 999_999


def map_draft(draft: ListingDraft, rules: CategoryRules, terms: Terms) -> Mapped:
    """The create body without pictures, prices and stock after it, and every problem that can be known beforehand."""
    family, _, category = rules.id.partition(":")
    title, findings = clean_title(draft.text.title, terms.title_max)
    own = [rule for rule in rules.attributes if rule.id in rules.schema.get("product", ())]
    varying = [rule for rule in rules.attributes if rule.id in rules.schema.get("variant", ())]
    filled = fill(draft, own, {})
    findings += filled.findings
    variants = draft.variants or (VariantDraft(draft.sku, {}, draft.quantity, gtin=draft.gtin),)
    rows: list[dict[str, Any]] = []
    for variant in variants:
        one = fill(draft, varying, variant.options)
        findings += _not_yet(findings, one)
        rows.append({"skuSeller": variant.sku.strip(), "attributes": one.rows([rule.id for rule in varying])})
    if draft.variants:
        findings += _check_variants(draft, rules, varying)
    findings += _check_skus(draft, variants)
    findings += _check_price(draft.price, terms)
    findings += _check_stock(draft, variants)
    findings += _check_images(draft, terms)
    if left_out := unknown_names(draft, rules.attributes):
        names = ", ".join(left_out[:8]) + (" …" if len(left_out) > 8 else "")
        message = f"“{rules.name}” has no such attributes; they are not sent: {names}."
        findings.append(Finding("paris.attributes_unknown", "attributes", message, blocks=False))
    body = {
        "product": {
            "name": title,
            "sellerSku": draft.sku.strip(),
            "familyId": family,
            "category": category,
            "attributes": filled.rows([rule.id for rule in own]),
        },
        "variants": rows,
    }
    value = draft.price.minor if draft.price is not None else 0
    after = {
        "prices": price_rows(terms, value),
        "stock": [[variant.sku.strip(), variant.quantity] for variant in variants],
        "pictures": [variant.image for variant in variants],
        "pictures_max": terms.pictures_max,
    }
    return Mapped(body, after, tuple(findings))


def with_pictures(mapped: Mapped, images: tuple[RemoteImage, ...]) -> Mapping[str, Any]:
    """The create body with the pictures' addresses; a variant's own picture comes first."""
    most = int(mapped.after.get("pictures_max") or len(images))
    places: Sequence[int | None] = mapped.after.get("pictures") or ()
    variants = []
    for number, variant in enumerate(mapped.body["variants"]):
        first = places[number] if number < len(places) else None
        order = list(images)
        if first is not None and 0 <= first < len(order):
            order.insert(0, order.pop(first))
        medias = [{"src": image.url, "position": place} for place, image in enumerate(order[:most], 1)]
        variants.append({"skuSeller": variant["skuSeller"], "medias": medias, "attributes": variant["attributes"]})
    return {"product": mapped.body["product"], "variants": variants}


def check_price_value(price: Money) -> Finding | None:
    """What is wrong with a price, None when it can be sent."""
    if price.minor <= 0:
        return Finding("paris.price", "price", "The price must be above 0.", "Enter a price.", str(price), "above 0")
    if price.currency != CURRENCY:
        message = f"The price is in {price.currency}; Paris sells in {CURRENCY}."
        return Finding("paris.price", "price", message, f"Enter a price in {CURRENCY}.", str(price), CURRENCY)
    if price.minor > PRICE_MAX:
        limit = f"at most {PRICE_MAX:,} {CURRENCY}"
        return Finding("paris.price", "price", "The price is too high.", "Check the amount.", str(price), limit)
    return None


def _not_yet(findings: Sequence[Finding], filled: Filled) -> list[Finding]:
    """What a variant adds to the findings: the same is said once."""
    known = {(one.rule, one.field, one.value) for one in findings}
    return [one for one in filled.findings if (one.rule, one.field, one.value) not in known]


def _check_price(price: Money | None, terms: Terms) -> list[Finding]:
    if price is None:
        return [Finding("paris.price", "price", "The product has no price.", f"Enter a price in {CURRENCY}.")]
    found = [one] if (one := check_price_value(price)) else []
    if terms.needs_ids and not terms.store_price:
        message = "It is not chosen for which store of Paris prices are set."
        fix = "Open Marketplaces and choose the store price of this account."
        found.append(Finding("paris.store_price", "price", message, fix))
    elif terms.needs_ids and not terms.price_type:
        message = "Paris has not told its kinds of prices yet."
        found.append(Finding("paris.price_type", "price", message, "Open Marketplaces and test the connection."))
    return found


def _check_skus(draft: ListingDraft, variants: Sequence[VariantDraft]) -> list[Finding]:
    found = []
    for sku in dict.fromkeys([draft.sku.strip(), *(variant.sku.strip() for variant in variants)]):
        if not sku:
            found.append(Finding("paris.sku", "sku", "There is no SKU.", "Enter one: Paris knows your product by it."))
        elif len(sku) > SKU_MAX:
            message = f"The SKU has {len(sku)} characters."
            found.append(Finding("paris.sku", "sku", message, "Shorten it.", sku, f"at most {SKU_MAX}"))
    return found


def _check_stock(draft: ListingDraft, variants: Sequence[VariantDraft]) -> list[Finding]:
    total = sum(variant.quantity for variant in variants) if draft.variants else draft.quantity
    if total > 0 and all(0 <= variant.quantity <= QUANTITY_MAX for variant in variants):
        return []
    message = "The product has no stock." if total <= 0 else f"The stock must be between 0 and {QUANTITY_MAX:,}."
    return [
        Finding("paris.quantity", "quantity", message, "Correct the quantity.", str(total), f"1 to {QUANTITY_MAX:,}")
    ]


def _check_images(draft: ListingDraft, terms: Terms) -> list[Finding]:
    count = max(draft.image_count, len(draft.images))
    if not count:
        return [Finding("paris.images_missing", "images", "The product has no image.", "Add at least one.")]
    if count > terms.pictures_max:
        message = f"The product has {count} images; the first {terms.pictures_max} are used."
        limit = f"at most {terms.pictures_max}"
        return [Finding("paris.images_many", "images", message, "", str(count), limit, blocks=False)]
    return []


def _check_variants(draft: ListingDraft, rules: CategoryRules, varying: Sequence[Any]) -> list[Finding]:
    found = []
    if not rules.schema.get("allow_variant") and len(draft.variants) > 1:
        message = f"Paris takes one variant only in “{rules.name}”."
        found.append(Finding("paris.variants", "variants", message, "Publish each variant as a product of its own."))
    skus = [variant.sku.strip() for variant in draft.variants]
    if len(set(skus)) < len(skus):
        found.append(Finding("paris.variants", "sku", "Two variants have the same SKU.", "Give each its own."))
    names = {rule.id: rule.name for rule in varying}
    for variant in draft.variants:
        if variant.price is not None and variant.price != draft.price:
            message = f"Paris takes one price for all variants; “{variant.sku}” has another."
            found.append(Finding("paris.variants", "price", message, "Give all the same price.", str(variant.price)))
            break
    if not names and len(draft.variants) > 1:
        message = f"“{rules.name}” has nothing in which variants could differ."
        found.append(Finding("paris.variants", "variants", message, "Publish each variant as a product of its own."))
    return found
