"""The terms of sale in Amazon's form: price, stock and product id, with what is wrong about them before any call."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mmhub_desktop.domain.gtin import is_gtin
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.money import Money
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.amazon.attributes import json_decimal

SKU_MAX = 40  # nobody could confirm it; longer ones are refused rather than tried
_LANGUAGE = "en_US"  # while Amazon has not told the marketplace's own
CHANNEL = "DEFAULT"  # the seller ships
_EXACT_MINOR = 10**15  # a JSON number keeps 15 digits through every reader
_GTIN_TYPES = {8: "ean", 12: "upc", 13: "ean", 14: "gtin"}


@dataclass(frozen=True, slots=True)
class Seller:
    """What of the account decides the form of a listing."""

    marketplace_id: str
    currency: str
    language: str
    used_grade: str = "used_acceptable"
    handling_days: int | None = None
    gtin_exempt: bool = False

    @classmethod
    def of(cls, account: Account, identity: Mapping[str, str]) -> "Seller":
        """From the account's settings, and what Amazon told of it."""
        settings = {key: value.strip() for key, value in account.settings.items()}
        days = settings.get("handling_days", "")
        return cls(
            marketplace_id=identity.get("marketplace_id", ""),
            currency=identity.get("currency", ""),
            language=identity.get("language", "") or _LANGUAGE,
            used_grade=settings.get("used_grade", "") or "used_acceptable",
            handling_days=int(days) if days.isdecimal() else None,
            gtin_exempt=settings.get("gtin_exempt") == "yes",
        )


def price_entry(money: Money, marketplace_id: str) -> dict[str, Any]:
    """A price as ``purchasable_offer`` wants it: every level an array, the amount a JSON number."""
    schedule = [{"value_with_tax": json_decimal(money.amount)}]
    return {"marketplace_id": marketplace_id, "currency": money.currency, "our_price": [{"schedule": schedule}]}


def list_price_entry(money: Money) -> dict[str, Any]:
    """The recommended price, where a product type demands one."""
    return {"currency": money.currency, "value": json_decimal(money.amount)}


def stock_entry(quantity: int, handling_days: int | None = None) -> dict[str, Any]:
    """A quantity as ``fulfillment_availability`` wants it, shipped by the seller."""
    entry: dict[str, Any] = {"fulfillment_channel_code": CHANNEL, "quantity": quantity}
    return entry if handling_days is None else {**entry, "lead_time_to_ship_max_days": handling_days}


def gtin_entry(gtin: str) -> Mapping[str, Any] | None:
    """A barcode as ``externally_assigned_product_identifier`` wants it; None where its digits do not fit together."""
    code = re.sub(r"[\s-]", "", gtin)
    return {"type": _GTIN_TYPES[len(code)], "value": code} if is_gtin(code) else None


def check_sku(sku: str) -> list[Finding]:
    """What is wrong with a SKU."""
    if not sku:
        return [Finding("amazon.sku_missing", "sku", "The product has no SKU.", "Give it one.")]
    if len(sku) > SKU_MAX:
        message = f"The SKU has {len(sku)} characters; Amazon takes {SKU_MAX}."
        return [Finding("amazon.sku_long", "sku", message, "Give it a shorter one.", sku, f"at most {SKU_MAX}")]
    return []


def check_price(price: Money | None, currency: str) -> list[Finding]:
    """What is wrong with a price; ``currency`` is the marketplace's."""

    def problem(message: str, fix: str, limit: str = "") -> list[Finding]:
        return [Finding("amazon.price", "price", message, fix, str(price or ""), limit)]

    if price is None or price.minor <= 0:
        return problem("The product has no price.", f"Enter a price in {currency}.", "above 0")
    if currency and price.currency != currency:
        message = f"The price is in {price.currency}, but this marketplace sells in {currency}."
        return problem(message, f"Enter a price in {currency} for this account.", currency)
    if price.minor >= _EXACT_MINOR:
        return problem("The price is too high.", "Check the amount.", f"below {Money(_EXACT_MINOR, price.currency)}")
    return []


def check_quantity(quantity: int) -> list[Finding]:
    """What is wrong with the quantity of a new listing."""
    if quantity > 0:
        return []
    message = "The product is out of stock." if quantity == 0 else "The quantity is negative."
    return [Finding("amazon.quantity", "quantity", message, "Enter a quantity above 0.", str(quantity), "at least 1")]
