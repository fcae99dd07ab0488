"""What can be known of a product before any call: barcode, price, quantity, images, and what is no parameter."""

import re

from mmhub_desktop.domain.gtin import is_gtin
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.allegro.problems import LABEL
from mmhub_desktop.marketplaces.base import CategoryRules, ListingDraft
from mmhub_desktop.marketplaces.characters import fold

SKU_MAX, SAFETY_MAX = 100, 5_000
QUANTITY_MAX = 2**31 - 1
PRODUCT_ID = ("allegro product id", "allegro product")
SAFETY = ("safety information", "informacje o bezpieczenstwie")
BEFORE_GPSR = ("marketed before gpsr", "wprowadzony przed gpsr")
NOT_THERE = "-"  # as a draft's id in the catalogue: it was looked for
_PRICE_END = 1_000_000_000  # major units; no document names a limit
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def special(draft: ListingDraft, names: tuple[str, ...]) -> str:
    """A free attribute of the product that is no parameter; empty where it has none."""
    return next((value.strip() for name, value in draft.attributes.items() if fold(name) in names), "")


def plain_gtin(draft: ListingDraft) -> str:
    """The barcode without spaces and dashes."""
    return re.sub(r"[\s-]", "", draft.gtin)


def check_goods(draft: ListingDraft, rules: CategoryRules, currency: str) -> list[Finding]:
    """Every problem of the product's own fields that no parameter and no text has."""
    return [
        *_check_ids(draft, rules),
        *_check_price(draft, currency),
        *_check_quantity(draft.quantity),
        *_check_images(draft, rules),
    ]


def _check_ids(draft: ListingDraft, rules: CategoryRules) -> list[Finding]:
    found: list[Finding] = []

    def problem(rule: str, field: str, message: str, fix: str, value: str = "", limit: str = "") -> None:
        found.append(Finding(f"allegro.{rule}", field, message, fix, value, limit))

    if not rules.listing_allowed:
        message = f"Nothing can be listed in “{rules.name}” itself."
        problem("category_general", "category", message, "Choose one of its subcategories.", rules.id)
    sku, gtin = draft.sku.strip(), plain_gtin(draft)
    if not sku:
        problem("sku_missing", "sku", "The product has no SKU.", "Give it one.")
    elif len(sku) > SKU_MAX:
        message = f"The SKU has {len(sku)} characters; {LABEL} takes {SKU_MAX}."
        problem("sku_long", "sku", message, "Shorten it.", sku, f"at most {SKU_MAX}")
    if gtin and not is_gtin(gtin):
        message = "The barcode is wrong: its digits do not fit together."
        problem("gtin", "gtin", message, "Check the GTIN/EAN/UPC, or leave it empty if there is none.", gtin)
    known = special(draft, PRODUCT_ID)
    if known and not _UUID.fullmatch(known):
        message = "“Allegro product id” is not the id of a product in Allegro's catalogue."
        problem("product_id", "attributes.Allegro product id", message, "Copy it whole, or remove it.", known)
    several = draft.catalog_id.split()
    if len(several) > 1 and not known:
        message = f"The barcode belongs to {len(several)} products of {LABEL}'s catalogue."
        fix = "Correct the barcode, or enter the right product's id as attribute “Allegro product id”."
        problem("gtin_several", "gtin", message, fix, gtin, ", ".join(several[:5]))
    safety = special(draft, SAFETY)
    if len(safety) > SAFETY_MAX:
        message = f"The safety information has {len(safety):,} characters; {LABEL} takes {SAFETY_MAX:,}."
        field = "attributes.Safety information"
        problem("safety_long", field, message, "Shorten it.", limit=f"at most {SAFETY_MAX:,}")
    return found


def _check_price(draft: ListingDraft, currency: str) -> list[Finding]:
    price = draft.price
    if price is None or price.minor <= 0:
        message, fix, limit = "The product has no price.", f"Enter a price in {currency}.", "above 0"
    elif price.currency != currency:
        message = f"The price is in {price.currency}, but your account sells in {currency}."
        fix, limit = f"Enter a price in {currency} for this account.", currency
    elif price.amount >= _PRICE_END:
        message, fix, limit = "The price is too high.", "Check the amount.", f"below {_PRICE_END:,}"
    else:
        return []
    return [Finding("allegro.price", "price", message, fix, str(price or ""), limit)]


def _check_quantity(quantity: int) -> list[Finding]:
    if 0 < quantity <= QUANTITY_MAX:
        return []
    message = "The product has no stock." if quantity <= 0 else "The quantity is too large."
    limit = f"1 to {QUANTITY_MAX:,}"
    return [Finding("allegro.quantity", "quantity", message, "Correct the quantity.", str(quantity), limit)]


def _check_images(draft: ListingDraft, rules: CategoryRules) -> list[Finding]:
    count, most = max(draft.image_count, len(draft.images)), rules.pictures_max
    if not count:
        return [Finding("allegro.images_missing", "images", "The product has no image.", "Add at least one.")]
    if count > most:
        message = f"The product has {count} images; the first {most} are used."
        return [Finding("allegro.images_many", "images", message, "", str(count), f"at most {most}", blocks=False)]
    return []
