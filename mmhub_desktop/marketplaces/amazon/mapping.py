"""A product draft in the form of Amazon's listing, with the findings of a check against the product type's schema.

The body has three parts: ``productType``, ``requirements`` and ``attributes``, in which every attribute is an array of
objects. A product that names an ASIN becomes an offer on that page; then only the terms of sale are sent.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mmhub_desktop.domain.product import Condition
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.amazon.attributes import Filled, find_unit, match_attributes
from mmhub_desktop.marketplaces.amazon.catalogue import Page
from mmhub_desktop.marketplaces.amazon.definitions import OWN, PICTURES_MAX, leaves
from mmhub_desktop.marketplaces.amazon.local_check import check_attributes
from mmhub_desktop.marketplaces.amazon.offers import (
    Seller,
    check_price,
    check_quantity,
    check_sku,
    gtin_entry,
    list_price_entry,
    price_entry,
    stock_entry,
)
from mmhub_desktop.marketplaces.amazon.texts import bullets_in, clean_description, clean_title, first_sentence
from mmhub_desktop.marketplaces.amazon.variants import add_variants
from mmhub_desktop.marketplaces.base import CategoryRules, ListingDraft, Mapped

_ASIN_ATTRIBUTE = "merchant_suggested_asin"
_ASIN = re.compile(r"[A-Z0-9]{10}")
_CONDITIONS = {Condition.NEW: "new_new", Condition.REFURBISHED: "refurbished_refurbished"}
_SIZES = ("length", "width", "height")


def map_draft(draft: ListingDraft, rules: CategoryRules, seller: Seller) -> Mapped:
    """The create body without pictures, and every problem that can be known beforehand.

    Beside the request's own parts the body holds the SKU, how many pictures go with it, and the variants.
    """
    sku = draft.sku.strip()
    filled = Filled(rules, seller.language, seller.marketplace_id, findings=check_sku(sku))
    matched, unknown = match_attributes(draft.attributes, rules.attributes)
    page = Page.read(draft.catalog_id)
    asin = _take_asin(draft, matched, unknown) or (page.asin if page else "")
    pictures, variants = 0, []
    if not draft.variants:
        _set_offer(filled, draft, seller)
    _set_condition(filled, draft, matched, seller)
    if asin:
        _set_asin(filled, asin)
        filled.findings += _check_page(page)
    else:
        _set_product(filled, draft, matched, seller)
        _report_unknown(filled, unknown)
        pictures = min(draft.image_count or len(draft.images), rules.pictures_max or PICTURES_MAX)
        if draft.variants:
            variants = add_variants(filled, draft, seller.handling_days)
    _check(filled, variants, has_images=bool(pictures), whole=not asin)
    body: dict[str, Any] = {
        "sku": sku,
        "pictures": pictures,
        "productType": (page.product_type if page else "") or rules.id,
        "requirements": "LISTING_OFFER_ONLY" if asin else "LISTING",
        "attributes": filled.values,
    }
    if variants:
        body["variants"] = variants
    return Mapped(body, findings=tuple(filled.findings))


def _check(filled: Filled, children: Sequence[Mapping[str, Any]], *, has_images: bool, whole: bool) -> None:
    """Hold what will be sent to the schema: of a family the heading, and the first variant for all."""
    parts = [(filled.values, whole and not children), *((child["attributes"], True) for child in children[:1])]
    for attributes, is_whole in parts:
        filled.findings += check_attributes(
            attributes, filled.rules, filled.findings, has_images=has_images, whole=is_whole
        )


def _set_product(filled: Filled, draft: ListingDraft, matched: dict[str, str], seller: Seller) -> None:
    """What describes the product itself."""
    _set_texts(filled, draft, matched)
    _set_gtin(filled, draft, seller)
    for rule_id, value in matched.items():
        if rule_id.partition(".")[0] not in OWN:
            filled.set_given(rule_id, value)
    _set_measures(filled, draft)
    filled.findings += _check_images(draft, filled.rules)


def _take_asin(draft: ListingDraft, matched: dict[str, str], unknown: list[str]) -> str:
    """The ASIN that the product names, taken out of its other attributes."""
    for name, value in draft.attributes.items():
        if name.strip().casefold() in ("asin", _ASIN_ATTRIBUTE) and value.strip():
            matched.pop(_ASIN_ATTRIBUTE, None)
            if name in unknown:
                unknown.remove(name)
            return value.strip().upper()
    return ""


def _set_asin(filled: Filled, asin: str) -> None:
    filled.put(_ASIN_ATTRIBUTE, {"value": asin})
    if not _ASIN.fullmatch(asin):
        fix = "An ASIN has ten letters and digits, such as B0EXAMPLE1."
        field = f"attributes.{_ASIN_ATTRIBUTE}"
        filled.findings.append(Finding("amazon.asin", field, f"“{asin}” is no ASIN.", fix, asin))


def _check_page(page: Page | None) -> list[Finding]:
    """What a seller should know who did not name the page himself."""
    if page is None:
        return []
    message = (
        f"Amazon has a page for this barcode, “{page.title}” ({page.asin}): your offer is shown there, with its text."
    )
    fix = "If it is another product, check the barcode. To send your own text, say so in the account's settings."
    return [Finding("amazon.existing_page", "gtin", message, fix, page.asin, blocks=False)]


def _set_offer(filled: Filled, draft: ListingDraft, seller: Seller) -> None:
    filled.findings += check_price(draft.price, seller.currency)
    if draft.price is not None:
        filled.put("purchasable_offer", price_entry(draft.price, seller.marketplace_id))
        if filled.requires("list_price"):
            filled.put("list_price", list_price_entry(draft.price))
    filled.findings += check_quantity(draft.quantity)
    filled.values["fulfillment_availability"] = [stock_entry(draft.quantity, seller.handling_days)]


def _set_condition(filled: Filled, draft: ListingDraft, matched: dict[str, str], seller: Seller) -> None:
    leaf = next(iter(leaves(filled.rules.schema, "condition_type")), None)
    values = leaf.values if leaf else ()
    given = matched.pop("condition_type", "")
    wanted = (leaf.find(given) if leaf else None) if given else _CONDITIONS.get(draft.condition, seller.used_grade)
    if wanted is None or (values and wanted not in dict(values)):
        choices = "; ".join(name for _, name in values)
        message = f"Goods in the condition “{given or wanted}” cannot be listed in “{filled.rules.name}”."
        filled.findings.append(
            Finding(
                "amazon.condition",
                "condition",
                message,
                f"Choose another one: {choices}.",
                given or wanted or "",
                choices,
            )
        )
        return
    filled.put("condition_type", {"value": wanted})


def _set_texts(filled: Filled, draft: ListingDraft, matched: dict[str, str]) -> None:
    rules = filled.rules
    title, found = clean_title(draft.text.title, rules.title_max)
    description, more = clean_description(draft.text.description, rules.description_max)
    filled.findings += [*found, *more]
    filled.put_text("item_name", title)
    if description and filled.has("product_description"):
        filled.put_text("product_description", description)
    brand = draft.brand.strip() or matched.pop("brand", "")
    matched.pop("brand", None)
    if brand:
        filled.put_text("brand", brand)
        if filled.requires("manufacturer") and "manufacturer" not in matched:
            filled.put_text("manufacturer", brand)
            filled.findings.append(
                Finding("amazon.manufacturer", "attributes.manufacturer",
                    f"The product names no manufacturer; its brand “{brand}” is sent.",
                    "Add the attribute “Manufacturer” if it is another.", blocks=False)
            )  # fmt: skip
    keywords = " ".join(word for word in (one.strip() for one in draft.text.keywords) if word)
    if keywords and filled.has("generic_keyword"):
        filled.put_text("generic_keyword", keywords)
    if filled.has("bullet_point") and "bullet_point" not in matched:
        _take_bullets(filled, description)


def _take_bullets(filled: Filled, description: str) -> None:
    """Bullet points from the description's own list or, where they are demanded, its first sentence."""
    bullets = bullets_in(description)
    if not bullets and filled.requires("bullet_point") and description:
        bullets = [first_sentence(description)]
    if bullets:
        filled.put_text("bullet_point", *bullets)
        message = f"Bullet points are taken from the description: {len(bullets)}."
        fix = "Add the attribute “Bullet points” (one in each line) to write your own."
        filled.findings.append(Finding("amazon.bullets", "attributes.bullet_point", message, fix, blocks=False))


def _set_gtin(filled: Filled, draft: ListingDraft, seller: Seller) -> None:
    """The barcode with its check digit proved, or the exemption from it."""
    entry = gtin_entry(draft.gtin)
    if entry is not None:
        filled.put("externally_assigned_product_identifier", entry)
    elif draft.gtin.strip():
        message = "The barcode is wrong: its digits do not fit together."
        fix = "Check the GTIN/EAN/UPC (8, 12, 13 or 14 digits), or leave it empty if there is none."
        filled.findings.append(Finding("amazon.gtin", "gtin", message, fix, draft.gtin))
    elif seller.gtin_exempt:
        filled.put("supplier_declared_has_product_identifier_exemption", {"value": True})
    elif filled.has("externally_assigned_product_identifier") and not draft.variants:
        message = "The product has no barcode (GTIN, EAN or UPC)."
        fix = "Add it; or, if Amazon has exempted your brand, say so in the account's settings."
        filled.findings.append(Finding("amazon.gtin_missing", "gtin", message, fix))


def _set_measures(filled: Filled, draft: ListingDraft) -> None:
    """Weight and size of the product, where the type asks for them and the seller's own attributes do not say."""
    if draft.weight_g:
        for name in ("item_package_weight", "item_weight"):
            if filled.has(name) and name not in filled.values:
                _put_measure(filled, name, draft.weight_g, "grams")
    if draft.size_mm:
        for name in ("item_package_dimensions",):
            if filled.has(name) and name not in filled.values:
                for part, size in zip(_SIZES, draft.size_mm, strict=True):
                    _put_measure(filled, f"{name}.{part}", size, "millimeters")


def _put_measure(filled: Filled, rule_id: str, amount: int, unit: str) -> None:
    """In this unit, or in the ten or thousand times larger one where the type does not take it."""
    name, _, part = rule_id.partition(".")
    leaf = next((one for one in leaves(filled.rules.schema, name) if ".".join(one.path) == part), None)
    for wanted, divisor in ((unit, 1), ("centimeters", 10), ("kilograms", 1000)):
        if leaf and leaf.units and find_unit(leaf.units, wanted) and wanted[-4:] == unit[-4:]:
            filled.set_given(rule_id, f"{amount / divisor:g} {wanted}")
            return


def _check_images(draft: ListingDraft, rules: CategoryRules) -> Iterator[Finding]:
    count = draft.image_count or len(draft.images)
    most = rules.pictures_max or PICTURES_MAX
    if not count:
        fix = "Add an image with a public web address (JPEG, 1,000 pixels or more, white background)."
        yield Finding("amazon.images_missing", "images", "The product has no image.", fix)
    elif count > most:
        message = f"The product has {count} images; the first {most} are sent."
        yield Finding("amazon.images_many", "images", message, value=str(count), limit=f"at most {most}", blocks=False)


def _report_unknown(filled: Filled, unknown: list[str]) -> None:
    if not unknown:
        return
    names = ", ".join(unknown[:8]) + (" …" if len(unknown) > 8 else "")
    message = f"“{filled.rules.name}” has no such attributes; they are not sent: {names}."
    filled.findings.append(Finding("amazon.attributes_unknown", "attributes", message, blocks=False))


def with_pictures(attributes: Mapping[str, Any], urls: list[str], marketplace_id: str) -> dict[str, Any]:
    """The attributes with the pictures' addresses: the first one is the main picture, then up to eight others."""
    found = dict(attributes)
    for place, url in enumerate(urls[:PICTURES_MAX]):
        name = f"other_product_image_locator_{place}" if place else "main_product_image_locator"
        found[name] = [{"media_location": url, "marketplace_id": marketplace_id}]
    return found
