"""What one SKU says to eBay: offer, stock, parcel and barcode, with the checks of each; pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from mmhub_desktop.domain.gtin import is_gtin
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.money import Money
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.base import CategoryRules, ListingDraft
from mmhub_desktop.marketplaces.characters import fold
from mmhub_desktop.marketplaces.ebay.sites import Site, site_of

SKU_MAX = 50


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


def offer_of(
    sku: str, rules: CategoryRules, seller: Seller, price: Money | None, quantity: int, description: str
) -> dict[str, Any]:
    """The offer of one SKU, as it is created."""
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


def stock(quantity: int) -> dict[str, Any]:
    """The item's own stock."""
    return {"availability": {"shipToLocationAvailability": {"quantity": quantity}}}


def parcel_of(draft: ListingDraft) -> dict[str, Any]:
    """Weight and size, which calculated postage needs."""
    parcel: dict[str, Any] = {}
    if draft.weight_g:
        parcel["weight"] = {"value": draft.weight_g, "unit": "GRAM"}
    if draft.size_mm and all(draft.size_mm):
        length, width, height = (mm / 10 if mm % 10 else mm // 10 for mm in draft.size_mm)
        parcel["dimensions"] = {"length": length, "width": width, "height": height, "unit": "CENTIMETER"}
    return {"packageWeightAndSize": parcel} if parcel else {}


def identifiers(gtin: str, seller: Seller) -> tuple[dict[str, Any], list[Finding]]:
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


def brand_and_number(draft: ListingDraft, specifics: Mapping[str, list[str]]) -> dict[str, str]:
    """Brand and manufacturer's number, which eBay takes as a pair."""
    number = next((values[0] for name, values in specifics.items() if fold(name) in ("mpn", "herstellernummer")), "")
    number = number or next((value.strip() for name, value in draft.attributes.items() if fold(name) == "mpn"), "")
    return {"brand": draft.brand.strip(), "mpn": number} if draft.brand.strip() and number else {}


def check_sku(sku: str, seller: Seller) -> list[Finding]:
    """What is wrong with a SKU."""
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


def check_price(price: Money | None, seller: Seller) -> list[Finding]:
    """What is wrong with a price."""
    currency = seller.site.currency
    if price is None or price.minor <= 0:
        message = "The product has no price."
        return [Finding("ebay.price", "price", message, f"Enter a price in {currency}.", str(price or ""), "above 0")]
    if price.currency != currency:
        message = f"The price is in {price.currency}, but {seller.site.label} sells in {currency}."
        fix = f"Enter a price in {currency} for this account."
        return [Finding("ebay.currency", "price", message, fix, str(price), currency)]
    return []


def check_quantity(quantity: int) -> list[Finding]:
    """What is wrong with a quantity."""
    if quantity > 0:
        return []
    fix = "Enter a quantity of 1 or more."
    return [Finding("ebay.quantity", "quantity", "The product has no stock.", fix, str(quantity), "at least 1")]
