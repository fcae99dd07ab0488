"""A product draft in the form of Etsy's create request, with the findings of a check before any call.

``Mapped.body`` is the form of the draft; ``after`` holds the inventory (price, stock, SKU), the properties, how many
pictures go with it, and whether it is published, which costs Etsy's fee.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mmhub_desktop.domain.money import Money, currency_decimals
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.base import CategoryRules, ListingDraft, Mapped
from mmhub_desktop.marketplaces.characters import fold
from mmhub_desktop.marketplaces.etsy.attributes import fill_properties, property_value, variant_properties
from mmhub_desktop.marketplaces.etsy.inventory import new_inventory, new_product, price_text
from mmhub_desktop.marketplaces.etsy.texts import (
    MATERIALS_MAX,
    choose_tags,
    choose_words,
    clean_description,
    clean_title,
)

PRICE_MIN = 20  # hundredths, in currencies that have them
STYLES_MAX, STYLE_MAX = 2, 45
_EXACT_MINOR = 10**15  # a JSON number keeps 15 digits through every reader
_EU = frozenset({
    "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV", "LT", "LU", "MT",
    "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE",
})  # fmt: skip
_YES = frozenset({"yes", "true", "1", "y", "si", "sim", "ja", "tak"})


@dataclass(frozen=True, slots=True)
class Seller:
    """What of the account decides the form of a listing: its settings and what Etsy told of the shop."""

    currency: str
    country: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)

    def number(self, key: str) -> int | None:
        """A setting that is a number of Etsy's."""
        text = self.settings.get(key, "").strip()
        return int(text) if text.isdecimal() and int(text) > 0 else None

    def says(self, key: str, word: str = "yes") -> bool:
        """Whether a setting is this word."""
        return self.settings.get(key, "") == word

    @property
    def quantity_max(self) -> int:
        """Most pieces of one listing."""
        return self.number("quantity_max") or 999


def map_draft(draft: ListingDraft, rules: CategoryRules, seller: Seller) -> Mapped:
    """The draft's form, what follows it, and every problem that can be known beforehand."""
    title, found = clean_title(draft.text.title)
    description, more = clean_description(draft.text.description)
    tags, tag_findings = choose_tags(draft.text.keywords)
    properties, property_findings = fill_properties(draft.attributes, rules)
    found += [*more, *tag_findings, *_check_category(rules), *property_findings]
    found += check_price(draft.price, seller)
    found += check_quantity(_quantity(draft), seller)
    found += _check_images(draft, rules)
    if not draft.sku.strip():
        found.append(Finding("etsy.sku_missing", "sku", "The product has no SKU.", "Give it one."))
    body: dict[str, Any] = {
        "title": title,
        "description": description,
        "quantity": _quantity(draft),
        "taxonomy_id": int(rules.id) if rules.id.isdecimal() else rules.id,
        "type": "physical",
        "should_auto_renew": seller.says("auto_renew"),
    }
    if draft.price is not None:
        body["price"] = price_text(draft.price)
    if tags:
        body["tags"] = tags
    found += _add_origin(body, draft, rules, seller)
    found += _add_profiles(body, seller)
    found += _add_words(body, draft)
    _add_measures(body, draft)
    inventory, variant_findings = _inventory(draft, rules, seller)
    after = {
        "sku": draft.sku.strip(),
        "inventory": inventory,
        "properties": properties,
        "pictures": min(draft.image_count or len(draft.images), rules.pictures_max),
        "publish": seller.says("publish", "active"),
    }
    return Mapped(body, after, (*found, *variant_findings))


def check_price(price: Money | None, seller: Seller) -> list[Finding]:
    """What is wrong with a price in this shop."""

    def problem(message: str, fix: str, limit: str = "") -> list[Finding]:
        return [Finding("etsy.price", "price", message, fix, str(price or ""), limit)]

    if price is None or price.minor <= 0:
        return problem("The product has no price.", f"Enter a price in {seller.currency}.", "above 0")
    if seller.currency and price.currency != seller.currency:
        message = f"The price is in {price.currency}, but your shop sells in {seller.currency}."
        return problem(message, f"Enter a price in {seller.currency} for this account.", seller.currency)
    if currency_decimals(price.currency) == 2 and price.minor < PRICE_MIN:
        least = Money(PRICE_MIN, price.currency)
        return problem("The price is below what Etsy takes.", "Raise it.", f"at least {least}")
    if price.minor >= _EXACT_MINOR:
        return problem("The price is too high.", "Check the amount.", f"below {Money(_EXACT_MINOR, price.currency)}")
    return []


def check_quantity(quantity: int, seller: Seller) -> list[Finding]:
    """What is wrong with a quantity of a listing that is offered."""
    if 0 < quantity <= seller.quantity_max:
        return []
    message = "The product has no stock."
    fix = "Enter a quantity."
    if quantity > 0:
        message = f"Etsy takes at most {seller.quantity_max:,} pieces of one listing."
        fix = "Enter fewer for this account; raise the account's limit if Etsy takes more of your shop."
    return [Finding("etsy.quantity", "quantity", message, fix, str(quantity), f"1 to {seller.quantity_max:,}")]


def _quantity(draft: ListingDraft) -> int:
    return sum(one.quantity for one in draft.variants) if draft.variants else draft.quantity


def _check_category(rules: CategoryRules) -> list[Finding]:
    if rules.listing_allowed:
        return []
    message, fix = f"Nothing can be listed in “{rules.name}” itself.", "Choose one of its subcategories."
    return [Finding("etsy.category_general", "category", message, fix, rules.id)]


def _check_images(draft: ListingDraft, rules: CategoryRules) -> list[Finding]:
    count = max(draft.image_count, len(draft.images))
    if not count:
        return [Finding("etsy.images_missing", "images", "The product has no image.", "Add at least one.")]
    if count > rules.pictures_max:
        message = f"The product has {count} images; the first {rules.pictures_max} are used."
        limit = f"at most {rules.pictures_max}"
        return [Finding("etsy.images_many", "images", message, "", str(count), limit, blocks=False)]
    return []


def _add_origin(body: dict[str, Any], draft: ListingDraft, rules: CategoryRules, seller: Seller) -> list[Finding]:
    """Who made it, when, and whether it is a supply: the product's own attribute, else the account's choice."""
    given = {fold(name): value.strip() for name, value in draft.attributes.items() if value and value.strip()}
    found = []
    for key, label in (("who_made", "Who made it"), ("when_made", "When it was made")):
        own = given.get(fold(key), "")
        value = re.sub(r"[\s–-]+", "_", own.casefold()) if own else seller.settings.get(key, "")
        allowed = [str(one) for one in rules.schema.get(key) or ()]
        if not value:
            message = f"“{label}” is not chosen."
            fix = "Choose it for the account on the Marketplaces page."
            found.append(Finding(f"etsy.{key}", f"attributes.{key}", message, fix))
        elif allowed and value not in allowed:
            message = f"“{value}” is not among what Etsy takes now for “{label}”; its periods change each January."
            fix = f"Choose again, for example {', '.join(allowed[:4])}."
            found.append(Finding(f"etsy.{key}", f"attributes.{key}", message, fix, value))
        body[key] = value
    own = given.get("is supply", "")
    body["is_supply"] = own.casefold() in _YES if own else seller.says("is_supply")
    return found


def _add_profiles(body: dict[str, Any], seller: Seller) -> list[Finding]:
    for key in ("shipping_profile_id", "return_policy_id", "readiness_state_id", "shop_section_id"):
        number = seller.number(key)
        if number is not None:
            body[key] = number
    found = []
    for key, label in (("shipping_profile_id", "Shipping profile"), ("readiness_state_id", "Processing profile")):
        if key not in body:
            fix = "Choose it for the account on the Marketplaces page."
            found.append(Finding(f"etsy.{key}", "", f"“{label}” is not chosen for the account.", fix))
    if "return_policy_id" not in body and seller.country not in _EU:
        message = "No return policy is chosen for the account; Etsy publishes nothing without one."
        fix = "Choose it for the account on the Marketplaces page."
        found.append(Finding("etsy.return_policy_id", "", message, fix, blocks=seller.says("publish", "active")))
    return found


def _add_words(body: dict[str, Any], draft: ListingDraft) -> list[Finding]:
    """Materials and styles from the product's attributes of these names."""
    given = {fold(name): value for name, value in draft.attributes.items() if value and value.strip()}
    found: list[Finding] = []
    materials = given.get("materials") or given.get("material")
    if materials:
        body["materials"], more = choose_words(materials, "etsy.materials", "attributes.materials", MATERIALS_MAX)
        found += more
    styles = given.get("styles") or given.get("style")
    if styles:
        chosen, more = choose_words(styles, "etsy.styles", "attributes.styles", STYLES_MAX)
        short = [one for one in chosen if len(one) <= STYLE_MAX]
        if len(short) < len(chosen):
            message = f"A style may have {STYLE_MAX} characters; longer ones are left out."
            more.append(Finding("etsy.styles", "attributes.styles", message, "Shorten it.", styles, blocks=False))
        body["styles"] = short
        found += more
    for key in ("materials", "styles"):
        if not body.get(key):
            body.pop(key, None)
    return found


def _add_measures(body: dict[str, Any], draft: ListingDraft) -> None:
    """Weight and size where they are above 0: a zero makes Etsy fail."""
    if draft.weight_g and draft.weight_g > 0:
        body |= {"item_weight": draft.weight_g, "item_weight_unit": "g"}
    if draft.size_mm and all(side > 0 for side in draft.size_mm):
        length, width, height = draft.size_mm
        body |= {"item_length": length, "item_width": width, "item_height": height, "item_dimensions_unit": "mm"}


def _inventory(draft: ListingDraft, rules: CategoryRules, seller: Seller) -> tuple[dict[str, Any], list[Finding]]:
    readiness = seller.number("readiness_state_id")
    if not draft.variants:
        product = new_product(draft.sku.strip(), draft.price, draft.quantity, readiness)
        return new_inventory([product], price_on=(), quantity_on=()), []
    places, found = variant_properties(draft.variants, rules)
    products = []
    for variant in draft.variants:
        found += check_price(variant.price, seller) if variant.price is not None else []
        for name, value in variant.options.items():
            if "(" in value or ")" in value:
                fix = f"Write “{value.replace('(', '').replace(')', '')}”."
                message = f"Etsy takes no parentheses in the option “{name}”."
                found.append(Finding("etsy.option_value", "variants", message, fix, value))
        values = [property_value(places[name], value) for name, value in variant.options.items() if name in places]
        price = variant.price or draft.price
        products.append(new_product(variant.sku.strip(), price, variant.quantity, readiness, values))
    ids = [place[0] for place in places.values()]
    prices = {variant.price or draft.price for variant in draft.variants}
    return new_inventory(products, price_on=ids if len(prices) > 1 else (), quantity_on=ids), found
