"""A product draft in the form of MercadoLibre's create request, with the findings of a check before any call.

Sellers of the User Products model name the product by ``family_name`` and MercadoLibre writes the title; the others
send ``title``. Everything else is the same in both.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mmhub_desktop.domain.gtin import is_gtin
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Condition
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.base import AttributeRule, CategoryRules, ListingDraft, Mapped
from mmhub_desktop.marketplaces.characters import fold
from mmhub_desktop.marketplaces.mercadolibre.amounts import json_number
from mmhub_desktop.marketplaces.mercadolibre.attributes import Filled, find_value, match_attributes
from mmhub_desktop.marketplaces.mercadolibre.problems import attribute_field
from mmhub_desktop.marketplaces.mercadolibre.sites import SITES, Site
from mmhub_desktop.marketplaces.mercadolibre.texts import clean_text
from mmhub_desktop.marketplaces.mercadolibre.variations import as_one, each_alone, vary

QUANTITY_MAX = 99_999
_EXACT_MINOR = 10**15  # a JSON number keeps 15 digits through every reader
_SALE_TERMS = ("WARRANTY_TYPE", "WARRANTY_TIME")
_SKU = AttributeRule("SELLER_SKU", "SKU", "string", hidden=True)
_CONDITION = AttributeRule("ITEM_CONDITION", "Condition", "list")
_CONDITION_WORDS = {
    Condition.NEW: ("new", "nuevo", "novo"),
    Condition.USED: ("used", "usado"),
    Condition.REFURBISHED: ("refurbished", "reacondicionado", "recondicionado"),
}
_PACKAGE = ("SELLER_PACKAGE_LENGTH", "SELLER_PACKAGE_WIDTH", "SELLER_PACKAGE_HEIGHT")


@dataclass(frozen=True, slots=True)
class Seller:
    """What of the account decides the form of a listing. ``decimals`` None: as ISO 4217 says."""

    site: str
    currency: str
    user_products: bool
    listing_type: str = "gold_special"
    decimals: int | None = None


def map_draft(draft: ListingDraft, rules: CategoryRules, seller: Seller) -> Mapped:
    """The create body without pictures, what follows it, and every problem that can be known beforehand."""
    title, description, findings = clean_text(draft.text, rules.title_max, rules.description_max)
    family, draft = draft, as_one(draft)
    filled = _fill_attributes(draft, rules, SITES.get(seller.site))
    findings += filled.findings
    findings += _check_category(rules)
    findings += _check_price(draft.price, rules, seller)
    findings += _check_quantity(draft.quantity)
    findings += _check_images(draft, rules)
    if not draft.sku.strip():
        findings.append(Finding("mercadolibre.sku_missing", "sku", "The product has no SKU.", "Give it one."))
    varied = None
    if family.variants and seller.user_products:
        findings.append(each_alone(family))
    elif family.variants:
        varied = vary(family, rules, filled, None if draft.price is None else json_number(draft.price))
        findings += varied.findings
    terms = [{"id": name, **filled.values.pop(name)} for name in _SALE_TERMS if name in filled.values]
    body: dict[str, Any] = {
        "family_name" if seller.user_products else "title": title,
        "category_id": rules.id,
        "currency_id": seller.currency,
        "buying_mode": "buy_it_now",
        "listing_type_id": seller.listing_type,
        "attributes": filled.as_list(),
    }
    if varied is not None:
        body["variations"] = varied.rows
    else:
        body["available_quantity"] = draft.quantity
        if draft.price is not None:
            body["price"] = json_number(draft.price)
    if terms:
        body["sale_terms"] = terms
    after: dict[str, Any] = {"pictures": min(draft.image_count or len(draft.images), rules.pictures_max)}
    if varied is not None:
        after["variation_pictures"] = [variant.image for variant in family.variants]
    if description:
        after["description"] = description
    if any(rule.conditional and rule.id not in filled.values for rule in rules.attributes):
        after["conditional"] = True
    return Mapped(body, after, tuple(findings))


def _check_category(rules: CategoryRules) -> list[Finding]:
    if rules.listing_allowed:
        return []
    return [
        Finding(
            "mercadolibre.category_general",
            "category",
            f"Nothing can be listed in “{rules.name}” itself.",
            "Choose one of its subcategories.",
            rules.id,
        )
    ]


def _check_price(price: Money | None, rules: CategoryRules, seller: Seller) -> list[Finding]:
    def problem(message: str, fix: str, limit: str = "") -> list[Finding]:
        return [Finding("mercadolibre.price", "price", message, fix, str(price or ""), limit)]

    if price is None or price.minor <= 0:
        return problem("The product has no price.", f"Enter a price in {seller.currency}.", "above 0")
    if price.currency != seller.currency:
        message = f"The price is in {price.currency}, but your account sells in {seller.currency}."
        return problem(message, f"Enter a price in {seller.currency} for this account.", seller.currency)
    if seller.decimals == 0 and price.amount != price.amount.to_integral_value():
        return problem(
            f"Prices in {price.currency} have no decimals on MercadoLibre.", "Round the price.", "no decimals"
        )
    if rules.price_min is not None and price.minor < rules.price_min.minor:
        return problem("The price is too low for this category.", "Raise it.", f"at least {rules.price_min}")
    if rules.price_max is not None and price.minor > rules.price_max.minor:
        return problem("The price is too high for this category.", "Lower it.", f"at most {rules.price_max}")
    if price.minor >= _EXACT_MINOR:
        return problem("The price is too high.", "Check the amount.", f"below {Money(_EXACT_MINOR, price.currency)}")
    return []


def _check_quantity(quantity: int) -> list[Finding]:
    if 0 < quantity <= QUANTITY_MAX:
        return []
    message = "The product has no stock." if quantity <= 0 else f"MercadoLibre takes at most {QUANTITY_MAX:,} pieces."
    limit = f"1 to {QUANTITY_MAX:,}"
    return [Finding("mercadolibre.quantity", "quantity", message, "Correct the quantity.", str(quantity), limit)]


def _check_images(draft: ListingDraft, rules: CategoryRules) -> list[Finding]:
    count = max(draft.image_count, len(draft.images))
    if not count:
        return [Finding("mercadolibre.images_missing", "images", "The product has no image.", "Add at least one.")]
    if count > rules.pictures_max:
        message = f"The product has {count} images; the first {rules.pictures_max} are used."
        limit = f"at most {rules.pictures_max}"
        return [Finding("mercadolibre.images_many", "images", message, "", str(count), limit, blocks=False)]
    return []


def _fill_attributes(draft: ListingDraft, rules: CategoryRules, site: Site | None) -> Filled:
    filled = Filled()
    known = {rule.id: rule for rule in rules.attributes}
    matched, unknown = match_attributes(draft.attributes, rules)
    matched.update(_own_fields(draft, known, matched))
    _set_gtin(filled, draft, known, matched)
    _set_condition(filled, draft.condition, known.get("ITEM_CONDITION"), site)
    for attribute_id, value in matched.items():
        if attribute_id not in filled.values:
            filled.set_value(known[attribute_id], value)
    given = {fold(name): value for name, value in draft.attributes.items()}
    for name in _SALE_TERMS:  # terms of sale are asked for beside the attributes
        if name not in filled.values and given.get(fold(name)):
            filled.values[name] = {"id": name, "value_name": given[fold(name)].strip()}
    if draft.sku.strip():
        filled.values["SELLER_SKU"] = {"id": "SELLER_SKU", "value_name": draft.sku.strip()}
    _report_missing(filled, rules)
    left_out = [
        name for name in unknown if fold(name) not in {fold(term) for term in (*_SALE_TERMS, "EMPTY_GTIN_REASON")}
    ]
    if left_out:
        names = ", ".join(left_out[:8]) + (" …" if len(left_out) > 8 else "")
        message = f"“{rules.name}” has no such attributes; they are not sent: {names}."
        filled.findings.append(Finding("mercadolibre.attributes_unknown", "attributes", message, blocks=False))
    return filled


def _own_fields(
    draft: ListingDraft, known: Mapping[str, AttributeRule], matched: Mapping[str, str]
) -> Mapping[str, str]:
    """What the product's own fields say of attributes that the seller's free ones left open."""
    found: dict[str, str] = {}
    if draft.brand.strip():
        found["BRAND"] = draft.brand.strip()
    if draft.gtin.strip():
        found["GTIN"] = draft.gtin.strip()
    if draft.weight_g:
        found["SELLER_PACKAGE_WEIGHT"] = f"{draft.weight_g} g"
    if draft.size_mm:
        found.update({name: f"{mm // 10 + (mm % 10 > 0)} cm" for name, mm in zip(_PACKAGE, draft.size_mm, strict=True)})
    own = {"BRAND", "GTIN"}  # the product's brand and barcode win over a free attribute of that name
    return {name: value for name, value in found.items() if name in known and (name in own or name not in matched)}


def _set_gtin(filled: Filled, draft: ListingDraft, known: Mapping[str, AttributeRule], matched: dict[str, str]) -> None:
    """The barcode with its check digit proved, or the reason why there is none."""
    rule = known.get("GTIN")
    gtin = re.sub(r"[\s-]", "", matched.pop("GTIN", draft.gtin if rule else ""))
    if rule is None:
        return
    if gtin:
        if is_gtin(gtin):
            filled.values["GTIN"] = {"id": "GTIN", "value_name": gtin}
        else:
            message = "The barcode is wrong: its digits do not fit together."
            fix = "Check the GTIN/EAN/UPC (8, 12, 13 or 14 digits), or leave it empty if there is none."
            filled.findings.append(Finding("mercadolibre.gtin", "gtin", message, fix, gtin))
        return
    reason_rule = known.get("EMPTY_GTIN_REASON")
    if not (rule.required or rule.conditional) or reason_rule is None:
        return
    wanted = matched.pop("EMPTY_GTIN_REASON", "")
    reason = find_value(reason_rule, wanted) if wanted else _no_code_reason(reason_rule)
    if reason is None:
        message = f"“{wanted}” is not a reason for a missing barcode that MercadoLibre knows."
        fix = "Choose one: " + "; ".join(name for _, name in reason_rule.values[:6])
        field = attribute_field("EMPTY_GTIN_REASON")
        filled.findings.append(Finding("mercadolibre.gtin_reason", field, message, fix, wanted))
        return
    filled.values["EMPTY_GTIN_REASON"] = {"id": "EMPTY_GTIN_REASON", "value_id": reason[0], "value_name": reason[1]}
    message = f"The product has no barcode; MercadoLibre is told: {reason[1]}."
    filled.findings.append(Finding("mercadolibre.gtin_missing", "gtin", message, "Add its barcode.", blocks=False))


def _no_code_reason(rule: AttributeRule) -> tuple[str, str] | None:
    """The category's reason that says “it has no registered code”, else its first one."""
    return next(
        (value for value in rule.values if re.search(r"codigo|code|registr", fold(value[1]))),
        next(iter(rule.values), None),
    )


def _set_condition(filled: Filled, condition: Condition, rule: AttributeRule | None, site: Site | None) -> None:
    values = (rule or _CONDITION).values
    for value_id, name in values:
        if fold(name) in _CONDITION_WORDS[condition]:
            filled.values["ITEM_CONDITION"] = {"id": "ITEM_CONDITION", "value_id": value_id, "value_name": name}
            return
    if values:
        choices = ", ".join(name for _, name in values)
        message = f"Goods in the condition “{condition.value}” cannot be listed in this category."
        fix = f"Choose another category or condition ({choices})."
        filled.findings.append(Finding("mercadolibre.condition", "condition", message, fix, condition.value, choices))
        return
    site = site or SITES["MLA"]
    word = {Condition.NEW: site.new, Condition.USED: site.used, Condition.REFURBISHED: site.refurbished}[condition]
    filled.values["ITEM_CONDITION"] = {"id": "ITEM_CONDITION", "value_name": word}


def _report_missing(filled: Filled, rules: CategoryRules) -> None:
    """A blocking finding for each required attribute without a value that has none yet."""
    told = {finding.field for finding in filled.findings if finding.blocks}
    for rule in rules.attributes:
        field = attribute_field(rule.id)
        if not rule.required or rule.read_only or rule.id in filled.values or field in told:
            continue
        if rule.id == "GTIN" and "EMPTY_GTIN_REASON" in filled.values:
            continue
        message = f"“{rules.name}” asks for {rule.name}, which the product does not have."
        choices = ", ".join(name for _, name in rule.values[:5])
        fix = f"Add the attribute “{rule.name}”" + (f", for example {choices}." if choices else ".")
        filled.findings.append(Finding("mercadolibre.attribute_missing", field, message, fix))
