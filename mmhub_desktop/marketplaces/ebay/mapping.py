"""A product draft in eBay's form: inventory item and offer, or group, items and offers for a family; pure.

``Mapped.body`` holds what the steps of a create send, without pictures: ``sku``, ``item``, ``offer``; for a family
``group_key``, ``group`` and a list of ``members``, each with ``sku``, ``item``, ``offer`` and its ``image``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.money import Money
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.base import CategoryRules, ListingDraft, Mapped
from mmhub_desktop.marketplaces.ebay.auth import CHOICES
from mmhub_desktop.marketplaces.ebay.conditions import find_condition
from mmhub_desktop.marketplaces.ebay.sites import Site, site_of
from mmhub_desktop.marketplaces.ebay.specifics import fill_specifics, fold
from mmhub_desktop.marketplaces.ebay.texts import clean_description, clean_title, fallback

SKU_MAX = 50
PICTURES_MAX, VARIANT_PICTURES_MAX = 24, 12
_SKU_SIGNS = {"strict": (r"[A-Za-z0-9]+", "letters and digits"), "usual": (r"[\w-]+", "letters, digits, - and _")}
_POLICIES = {
    "fulfillmentPolicyId": "fulfillment_policy_id",
    "paymentPolicyId": "payment_policy_id",
    "returnPolicyId": "return_policy_id",
}


@dataclass(frozen=True, slots=True)
class Seller:
    """What of the account decides the form of a listing."""

    site: Site
    settings: Mapping[str, str]

    @classmethod
    def of(cls, account: Account) -> "Seller":
        """From the account's settings."""
        return cls(site_of(account), account.settings)


def map_draft(draft: ListingDraft, rules: CategoryRules, seller: Seller) -> Mapped:
    """The bodies of a create, and every problem that can be known beforehand."""
    title, findings = clean_title(draft.text.title)
    description, about_text = clean_description(draft.text.description, title)
    specifics = fill_specifics(draft, rules, send_own=seller.settings.get("own_specifics") == "send")
    condition, about_condition = find_condition(draft, rules)
    codes, about_codes = _identifiers(draft.gtin, seller)
    findings += [*about_text, *specifics.findings, *about_condition, *about_codes]
    findings += _check_choices(seller) + _check_category(rules) + _check_images(draft)
    product: dict[str, Any] = {"title": title, "description": fallback(description, title)}
    if specifics.values:
        product["aspects"] = specifics.values
    product |= codes | _brand_and_number(draft, specifics.values)
    item = {"product": product, **condition, **_parcel(draft)}
    if draft.variants:
        body, more = _family(draft, rules, seller, item, description)
        return Mapped(body, findings=(*findings, *more))
    findings += _check_sku(draft.sku, seller) + _check_price(draft.price, seller) + _check_quantity(draft.quantity)
    body = {
        "sku": draft.sku.strip(),
        "item": {**item, **_stock(draft.quantity)},
        "offer": _offer(draft.sku, rules, seller, draft.price, draft.quantity, description),
    }
    return Mapped(body, findings=tuple(findings))


def amount_of(money: Money) -> dict[str, str]:
    """Money as eBay writes it: the value is a text."""
    return {"value": f"{money.amount:f}", "currency": money.currency}


def read_amount(amount: Any) -> Money | None:
    """Money from eBay's form, None when it is none."""
    if not isinstance(amount, Mapping) or not amount.get("currency"):
        return None
    try:
        return Money.of(Decimal(str(amount.get("value"))), str(amount["currency"]))
    except ArithmeticError:
        return None


def is_gtin(code: str) -> bool:
    """Whether a GTIN-8, -12, -13 or -14 has a right check digit (GS1 General Specifications)."""
    if not re.fullmatch(r"[0-9]{8}|[0-9]{12,14}", code):
        return False
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(code))) % 10 == 0


def _offer(
    sku: str, rules: CategoryRules, seller: Seller, price: Money | None, quantity: int, description: str
) -> dict[str, Any]:
    offer: dict[str, Any] = {
        "sku": sku.strip(),
        "marketplaceId": seller.site.id,
        "format": "FIXED_PRICE",
        "availableQuantity": quantity,
        "categoryId": rules.id,
        "listingDuration": "GTC",
        "listingPolicies": {name: seller.settings.get(key, "") for name, key in _POLICIES.items()},
        "merchantLocationKey": seller.settings.get("location_key", ""),
        "includeCatalogProductDetails": False,  # eBay's default would put its catalogue's data over the seller's
    }
    if price is not None:
        offer["pricingSummary"] = {"price": amount_of(price)}
    if description:
        offer["listingDescription"] = description
    return offer


def _family(
    draft: ListingDraft, rules: CategoryRules, seller: Seller, item: Mapping[str, Any], description: str
) -> tuple[dict[str, Any], list[Finding]]:
    """A group with an item and an offer for each variant; every variant names the same options."""
    findings = _check_sku(draft.sku, seller) + _check_options(draft, rules)
    names = {fold(name): _option_name(name, rules) for variant in draft.variants for name in variant.options}
    members: list[dict[str, Any]] = []
    seen: dict[str, dict[str, None]] = {}
    for variant in draft.variants:
        findings += [_of_variant(one, variant.sku) for one in _check_sku(variant.sku, seller)]
        price = variant.price or draft.price
        findings += [_of_variant(one, variant.sku) for one in _check_price(price, seller)]
        codes, about_codes = _identifiers(variant.gtin, seller)
        findings += [_of_variant(one, variant.sku) for one in about_codes]
        options = {names[fold(name)]: value.strip() for name, value in variant.options.items()}
        for name, value in options.items():
            seen.setdefault(name, {})[value] = None
        product = {name: value for name, value in item["product"].items() if name not in ("upc", "ean", "isbn")}
        aspects = {**product.get("aspects", {}), **{name: [value] for name, value in options.items()}}
        own = {**item, "product": {**product, **codes, "aspects": aspects}, **_stock(variant.quantity)}
        offer = _offer(variant.sku, rules, seller, price, variant.quantity, "")
        members.append({"sku": variant.sku.strip(), "item": own, "offer": offer, "image": variant.image})
    if not any(variant.quantity > 0 for variant in draft.variants):
        findings += _check_quantity(0)
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
    return next((rule.name for rule in rules.attributes if fold(rule.name) == fold(name)), name.strip())


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
    for name in sorted(next(iter(sets)) & never) if len(sets) == 1 else ():
        message = f"In “{rules.name}” variants cannot differ by {_option_name(name, rules)}."
        found.append(Finding("ebay.option_refused", "variants", message, "List these products one by one.", name))
    return found


def _of_variant(finding: Finding, sku: str) -> Finding:
    message = f"Variant {sku}: {finding.message}"
    return Finding(finding.rule, finding.field, message, finding.fix, finding.value, finding.limit, finding.blocks)


def _stock(quantity: int) -> dict[str, Any]:
    return {"availability": {"shipToLocationAvailability": {"quantity": quantity}}}


def _parcel(draft: ListingDraft) -> dict[str, Any]:
    """Weight and size, which calculated postage needs."""
    parcel: dict[str, Any] = {}
    if draft.weight_g:
        parcel["weight"] = {"value": draft.weight_g, "unit": "GRAM"}
    if draft.size_mm and all(draft.size_mm):
        length, width, height = (mm / 10 if mm % 10 else mm // 10 for mm in draft.size_mm)
        parcel["dimensions"] = {"length": length, "width": width, "height": height, "unit": "CENTIMETER"}
    return {"packageWeightAndSize": parcel} if parcel else {}


def _identifiers(gtin: str, seller: Seller) -> tuple[dict[str, Any], list[Finding]]:
    """The barcode in the field of its kind, with its check digit proved; or the words that none exists."""
    code = re.sub(r"[\s-]", "", gtin)
    if not code:
        if seller.settings.get("no_barcode") != "say":
            return {}, []
        kind = "upc" if seller.site.id in ("EBAY_US", "EBAY_CA") else "ean"
        message = f"The product has no barcode; eBay is told: {seller.site.no_barcode}."
        told = Finding("ebay.gtin_missing", "gtin", message, "Add its barcode.", blocks=False)
        return {kind: [seller.site.no_barcode]}, [told]
    if not is_gtin(code):
        message = "The barcode is wrong: its digits do not fit together."
        fix = "Check the GTIN/EAN/UPC (8, 12, 13 or 14 digits), or leave it empty if there is none."
        return {}, [Finding("ebay.gtin", "gtin", message, fix, gtin)]
    if len(code) == 14:
        if not code.startswith("0"):
            message = "The barcode is that of a whole box (GTIN-14); eBay takes those of single pieces. It is left out."
            return {}, [Finding("ebay.gtin_box", "gtin", message, "Enter the piece's own.", gtin, blocks=False)]
        code = code[1:]
    if len(code) == 12:
        return {"upc": [code]}, []
    return {"isbn" if len(code) == 13 and code[:3] in ("978", "979") else "ean": [code]}, []


def _brand_and_number(draft: ListingDraft, specifics: Mapping[str, list[str]]) -> dict[str, str]:
    """Brand and manufacturer's number, which eBay takes as a pair."""
    number = next((values[0] for name, values in specifics.items() if fold(name) in ("mpn", "herstellernummer")), "")
    number = number or next((value.strip() for name, value in draft.attributes.items() if fold(name) == "mpn"), "")
    return {"brand": draft.brand.strip(), "mpn": number} if draft.brand.strip() and number else {}


def _check_sku(sku: str, seller: Seller) -> list[Finding]:
    sku = sku.strip()
    if not sku:
        return [Finding("ebay.sku_missing", "sku", "The product has no SKU.", "Give it one.")]
    if len(sku) > SKU_MAX:
        message = f"The SKU has {len(sku)} characters; eBay takes {SKU_MAX}."
        return [Finding("ebay.sku_long", "sku", message, "Use a shorter one.", sku, f"at most {SKU_MAX}")]
    rule = seller.settings.get("sku_characters") or "usual"
    if rule == "any":
        return []
    pattern, words = _SKU_SIGNS.get(rule, _SKU_SIGNS["usual"])
    if re.fullmatch(pattern, sku, re.ASCII):
        return []
    fix = "Use another SKU, or allow more characters in the account's settings."
    return [Finding("ebay.sku_signs", "sku", f"The SKU may hold {words} only.", fix, sku, words)]


def _check_price(price: Money | None, seller: Seller) -> list[Finding]:
    currency = seller.site.currency
    if price is None or price.minor <= 0:
        message = "The product has no price."
        return [Finding("ebay.price", "price", message, f"Enter a price in {currency}.", str(price or ""), "above 0")]
    if price.currency != currency:
        message = f"The price is in {price.currency}, but {seller.site.label} sells in {currency}."
        fix = f"Enter a price in {currency} for this account."
        return [Finding("ebay.currency", "price", message, fix, str(price), currency)]
    return []


def _check_quantity(quantity: int) -> list[Finding]:
    if quantity > 0:
        return []
    fix = "Enter a quantity of 1 or more."
    return [Finding("ebay.quantity", "quantity", "The product has no stock.", fix, str(quantity), "at least 1")]


def _check_images(draft: ListingDraft) -> list[Finding]:
    count = max(draft.image_count, len(draft.images))
    if not count:
        return [Finding("ebay.images_missing", "images", "The product has no image.", "Add at least one.")]
    if count > PICTURES_MAX:
        message = f"The product has {count} images; the first {PICTURES_MAX} are used."
        limit = f"at most {PICTURES_MAX}"
        return [Finding("ebay.images_many", "images", message, "", str(count), limit, blocks=False)]
    return []


def _check_category(rules: CategoryRules) -> list[Finding]:
    if rules.listing_allowed:
        return []
    message = f"Nothing can be listed in “{rules.name}” itself."
    return [Finding("ebay.category", "category", message, "Choose one of its subcategories.", rules.id)]


def _check_choices(seller: Seller) -> list[Finding]:
    return [
        Finding(
            f"ebay.{choice.key}",
            "",
            f"No {choice.label.lower()} is chosen for this account.",
            "Choose one in the account's settings (Marketplaces).",
        )
        for choice in CHOICES
        if choice.required and not seller.settings.get(choice.key, "").strip()
    ]
