"""A product draft in Kaufland's two forms, the offer (unit) and the product's own data, checked before any call.

The data matters only where Kaufland does not know the EAN. As long as nobody has looked (checks without network), what
is wrong with it alone does not block: it is kept in the form and told when Kaufland turns out to need it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from mmhub_desktop.domain.gtin import is_gtin
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Condition
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.base import CategoryRules, ListingDraft, Mapped
from mmhub_desktop.marketplaces.characters import fold
from mmhub_desktop.marketplaces.kaufland.attributes import fill_attributes
from mmhub_desktop.marketplaces.kaufland.sites import Storefront
from mmhub_desktop.marketplaces.kaufland.texts import clean_text

PICTURES_USUAL = 10  # no maximum is published
NOTE_MAX = 250
QUANTITY_MAX = 2_147_483_647
HANDLING_MAX = 100
UNKNOWN = "unknown"  # ``ListingDraft.catalog_id`` of a product that was looked for and is not at Kaufland


@dataclass(frozen=True, slots=True)
class Seller:
    """What of the account decides the form of a listing; ``settings`` as the seller entered them."""

    storefront: Storefront
    settings: Mapping[str, str]

    def number(self, key: str, default: int) -> int | None:
        """A whole number among the settings, None for one that is none."""
        text = self.settings.get(key, "").strip()
        if not text:
            return default
        return int(text) if re.fullmatch(r"\d{1,9}", text) else None


def map_draft(draft: ListingDraft, rules: CategoryRules, seller: Seller) -> Mapped:
    """Both forms without pictures, and every problem that can be known beforehand.

    For a product that was found at Kaufland there is no data to send, and nothing of it to be checked.
    """
    ean, findings = read_gtin(draft.gtin)
    findings += [*check_price(draft.price, seller.storefront), *_check_quantity(draft.quantity), *_check_sku(draft.sku)]
    unit, unit_findings = _map_unit(draft, ean, seller)
    findings += unit_findings
    body: dict[str, Any] = {"unit": unit, "product_data": {}, "always": False, "problems": []}
    if draft.catalog_id not in ("", UNKNOWN):
        findings.append(known_product(draft.catalog_id.partition(" ")[2], ean))
        return Mapped(body, {}, tuple(findings))
    title, description, text_findings = clean_text(draft.text, seller.number("title_max", 255) or 255)
    filled = fill_attributes(draft.attributes, rules, seller.settings)
    findings += [*text_findings, *_check_images(draft)]
    problems = [*_check_category(rules), *_check_brand(draft), *_check_description(description), *filled.problems]
    always = seller.settings.get("send_data") == "always"
    is_needed = always or draft.catalog_id == UNKNOWN
    findings += problems if is_needed else [_only_if_unknown(one) for one in problems]
    findings += filled.notes
    attributes = {
        "title": [title],
        "description": [description],
        "category": [_category_word(rules, seller)],
        "manufacturer": [draft.brand.strip()],
        **filled.values,
    }
    data = {"product_data": {"ean": [ean], "attributes": attributes}, "always": always}
    return Mapped({**body, **data, "problems": [asdict(one) for one in problems]}, {}, tuple(findings))


def known_product(title: str, ean: str) -> Finding:
    """Said where Kaufland has the product's page already."""
    message = f"Kaufland knows this product as “{title}”: its own text and pictures are shown, not yours."
    fix = "Check that it is the same product."
    return Finding("kaufland.known_product", "gtin", message, fix, ean, blocks=False)


def read_gtin(text: str) -> tuple[str, list[Finding]]:
    """The EAN in 13 or 14 digits with its check digit proved, or a blocking finding."""
    code = re.sub(r"[\s-]", "", text)
    fix = "Enter the EAN (GTIN) of the product: 13 or 14 digits."
    if not code:
        return "", [Finding("kaufland.gtin_missing", "gtin", "Kaufland lists products by EAN; this has none.", fix)]
    if not re.fullmatch(r"[0-9]{12,14}", code) or not is_gtin(code):
        message = "The EAN is wrong: its digits do not fit together."
        if not re.fullmatch(r"[0-9]{12,14}", code):
            message = "The EAN has not 13 or 14 digits."
        return code, [Finding("kaufland.gtin", "gtin", message, fix, text, "13 or 14 digits")]
    if len(code) == 12:
        message = "The UPC is sent as the same code in 13 digits, with a 0 before it."
        return f"0{code}", [Finding("kaufland.gtin_upc", "gtin", message, "", text, blocks=False)]
    return code, []


def check_price(price: Money | None, storefront: Storefront) -> list[Finding]:
    """Findings of a price that the storefront would not take."""

    def problem(message: str, fix: str, limit: str) -> list[Finding]:
        return [Finding("kaufland.price", "price", message, fix, str(price or ""), limit)]

    currency = storefront.currency
    if price is None or price.minor < 1:
        return problem("The product has no price.", f"Enter a price in {currency}.", "above 0")
    if price.currency != currency:
        message = f"The price is in {price.currency}, but this storefront sells in {currency}."
        return problem(message, f"Enter a price in {currency} for this account.", currency)
    if price.minor > storefront.price_max:
        limit = f"at most {Money(storefront.price_max, currency)}"
        return problem("The price is too high for this storefront.", "Check the amount.", limit)
    return []


def _map_unit(draft: ListingDraft, ean: str, seller: Seller) -> tuple[dict[str, Any], list[Finding]]:
    findings = []
    handling = seller.number("handling_time", 2)
    if handling is None or handling > HANDLING_MAX:
        given = seller.settings.get("handling_time", "")
        message, fix = "The handling time must be 0 to 100 days.", "Correct it in the account's settings."
        findings.append(Finding("kaufland.handling_time", "", message, fix, given, "0 to 100"))
    unit: dict[str, Any] = {
        "ean": ean,
        "id_offer": draft.sku.strip(),
        "condition": _condition(draft.condition, seller),
        "listing_price": draft.price.minor if draft.price is not None else 0,
        "amount": draft.quantity,
        "handling_time": handling if handling is not None else 0,
    }
    for key in ("id_shipping_group", "id_warehouse"):
        number = seller.number(key, 0)
        if number:
            unit[key] = number
    if seller.settings.get("vat_indicator"):
        unit["vat_indicator"] = seller.settings["vat_indicator"]
    note = _note(draft)
    if len(note) > NOTE_MAX:
        message, fix = f"The note has {len(note)} characters.", f"Shorten it, for example to: {note[:NOTE_MAX]}"
        findings.append(Finding("kaufland.note", "attributes.note", message, fix, note, f"at most {NOTE_MAX}"))
    elif note:
        unit["note"] = note
    return unit, findings


def _note(draft: ListingDraft) -> str:
    """What buyers are told of the goods' state."""
    given = {fold(name): value.strip() for name, value in draft.attributes.items() if value}
    return given.get("note") or given.get("condition note") or ""


def _condition(condition: Condition, seller: Seller) -> str:
    if condition is Condition.NEW:
        return "NEW"
    grade = seller.settings.get("used_grade") or "GOOD"
    return f"{'USED' if condition is Condition.USED else 'REFURBISHED'}___{grade}"


def _category_word(rules: CategoryRules, seller: Seller) -> str:
    form = seller.settings.get("category_form") or "name"
    return rules.id if form == "id" else str(rules.schema.get(form) or rules.name)


def _check_quantity(quantity: int) -> list[Finding]:
    if 0 < quantity <= QUANTITY_MAX:
        return []
    message = "The product has no stock." if quantity <= 0 else "The quantity is too high."
    fix, limit = "Correct the quantity.", f"1 to {QUANTITY_MAX:,}"
    return [Finding("kaufland.quantity", "quantity", message, fix, str(quantity), limit)]


def _check_sku(sku: str) -> list[Finding]:
    return [] if sku.strip() else [Finding("kaufland.sku", "sku", "The product has no SKU.", "Give it one.")]


def _check_images(draft: ListingDraft) -> Iterator[Finding]:
    count = max(draft.image_count, len(draft.images))
    if not count:
        yield Finding("kaufland.images_missing", "images", "The product has no image.", "Add at least one.")
    elif count > PICTURES_USUAL:
        message = f"The product has {count} images. All are sent; Kaufland may not show them all."
        yield Finding("kaufland.images_many", "images", message, "", str(count), blocks=False)


def _check_category(rules: CategoryRules) -> list[Finding]:
    if rules.listing_allowed:
        return []
    message, fix = f"Nothing can be listed in “{rules.name}” itself.", "Choose one of its subcategories."
    return [Finding("kaufland.category_general", "category", message, fix, rules.id)]


def _check_brand(draft: ListingDraft) -> list[Finding]:
    if draft.brand.strip():
        return []
    return [Finding("kaufland.brand", "brand", "Kaufland asks for the manufacturer.", "Enter the product's brand.")]


def _check_description(description: str) -> list[Finding]:
    if description:
        return []
    message, fix = "Kaufland asks for a description.", "Write one, or use Enhance."
    return [Finding("kaufland.description_missing", "description", message, fix)]


def _only_if_unknown(finding: Finding) -> Finding:
    message = f"{finding.message} That matters only if Kaufland does not know the EAN yet."
    return replace(finding, message=message, blocks=False)
