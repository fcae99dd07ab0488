"""A product draft in eBay's form: inventory item and offer, or group, items and offers for a family; pure.

``Mapped.body`` holds what the steps of a create send, without pictures: ``sku``, ``item``, ``offer``; for a family
``group_key``, ``group`` and a list of ``members``, each with ``sku``, ``item``, ``offer`` and its ``image``.
"""

from typing import Any

from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.base import CategoryRules, ListingDraft, Mapped
from mmhub_desktop.marketplaces.ebay.auth import CHOICES
from mmhub_desktop.marketplaces.ebay.conditions import find_condition
from mmhub_desktop.marketplaces.ebay.families import map_family
from mmhub_desktop.marketplaces.ebay.safety import NAMES, read_safety
from mmhub_desktop.marketplaces.ebay.single import (
    Seller,
    brand_and_number,
    check_price,
    check_quantity,
    check_sku,
    identifiers,
    offer_of,
    parcel_of,
    stock,
)
from mmhub_desktop.marketplaces.ebay.specifics import fill_specifics
from mmhub_desktop.marketplaces.ebay.texts import clean_description, clean_title, fallback

PICTURES_MAX, VARIANT_PICTURES_MAX = 24, 12


def map_draft(draft: ListingDraft, rules: CategoryRules, seller: Seller) -> Mapped:
    """The bodies of a create, and every problem that can be known beforehand."""
    title, findings = clean_title(draft.text.title)
    description, about_text = clean_description(draft.text.description, title)
    specifics = fill_specifics(draft, rules, send_own=seller.settings.get("own_specifics") == "send", others=NAMES)
    condition, about_condition = find_condition(draft, rules)
    codes, about_codes = identifiers(draft.gtin, seller)
    regulatory, about_safety = read_safety(draft, seller.site)
    findings += [*about_text, *about_safety, *specifics.findings, *about_condition, *about_codes]
    findings += _check_choices(seller) + _check_category(rules) + _check_images(draft)
    product: dict[str, Any] = {"title": title, "description": fallback(description, title)}
    if specifics.values:
        product["aspects"] = specifics.values
    product |= codes | brand_and_number(draft, specifics.values)
    item = {"product": product, **condition, **parcel_of(draft)}
    if draft.variants:
        body, more = map_family(draft, rules, seller, item, description)
        for member in body["members"] if regulatory else ():
            member["offer"]["regulatory"] = regulatory
        return Mapped(body, findings=(*findings, *more))
    findings += check_sku(draft.sku, seller) + check_price(draft.price, seller) + check_quantity(draft.quantity)
    body = {
        "sku": draft.sku.strip(),
        "item": {**item, **stock(draft.quantity)},
        "offer": offer_of(draft.sku, rules, seller, draft.price, draft.quantity, description),
    }
    if regulatory:
        body["offer"]["regulatory"] = regulatory
    return Mapped(body, findings=tuple(findings))


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
