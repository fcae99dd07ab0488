"""The offer side of a listing: SKU, barcode, price, stock; and offers on items that Walmart sells already."""

import re
from typing import Any

from mmhub_desktop.domain.gtin import is_gtin
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Condition
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.base import ListingDraft, Mapped
from mmhub_desktop.marketplaces.walmart.auth import CURRENCY
from mmhub_desktop.marketplaces.walmart.problems import LABEL
from mmhub_desktop.marketplaces.walmart.schema import Schema, Unfit, fit, measure_of, name_key, title_of

SKU_MAX = 50
GROUP_PREFIX = "group:"  # of the remote id of a family; no SKU of a single item begins so
CONDITIONS = {Condition.NEW: "New", Condition.REFURBISHED: "Restored"}
_PRICE_MAX = 10**8  # cents; the specification's own limit of 10^16 dollars lets any slip of the hand through
_QUANTITY_MAX = 1_000_000


def feed_header(version: str) -> dict[str, str]:
    """The head of an item feed: exactly these three, anything more breaks it."""
    return {"businessUnit": "WALMART_US", "locale": "en", "version": version}


def map_offer(draft: ListingDraft, version: str) -> Mapped:
    """The feed of an offer on an item that Walmart sells already: no texts, no attributes, no pictures."""
    findings = check_offer(draft.sku, draft.gtin, draft.price, draft.quantity)
    item: dict[str, Any] = {"sku": draft.sku.strip(), "productIdentifiers": identifiers(draft.gtin)}
    if draft.price is not None:
        item["price"] = json_number(draft.price)
    given = {name_key(name): value for name, value in draft.attributes.items()}
    weight = measure_of({"type": "number"}, g=draft.weight_g) if draft.weight_g else None
    if weight is None and (said := given.get("shippingweight", "")):
        weight = try_fit(said, {"type": "number"}, "ShippingWeight", findings)
    if weight is None:
        message = f"The product has no weight, which {LABEL} asks for with every offer."
        findings.append(Finding("walmart.weight", "weight", message, "Enter the weight of the packed product."))
    else:
        item["ShippingWeight"] = weight
    condition = given.get("condition", "") or CONDITIONS.get(draft.condition, "")
    if condition:
        item["condition"] = condition
    else:
        findings.append(condition_missing(()))
    message = f"{LABEL} sells this product already: an offer is added to its item, with {LABEL}'s own text."
    fix = "The account's settings can send your own text and pictures instead."
    findings.append(Finding("walmart.offer", "", message, fix, draft.gtin, blocks=False))
    body = {"MPItemFeedHeader": feed_header(version), "MPItem": [{"Item": item}]}
    after = {"feed": "MP_ITEM_MATCH", "stock": {draft.sku.strip(): draft.quantity}}
    return Mapped(body, after, tuple(dict.fromkeys(findings)))


def check_offer(sku: str, gtin: str, price: Money | None, quantity: int) -> list[Finding]:
    """What is wrong with SKU, barcode, price and stock, whatever kind of product it is."""
    found = []
    if not sku.strip():
        found.append(Finding("walmart.sku_missing", "sku", "The product has no SKU.", "Give it one."))
    elif len(sku.strip()) > SKU_MAX:
        message = f"The SKU has {len(sku.strip())} characters; {LABEL} takes {SKU_MAX}."
        found.append(Finding("walmart.sku_long", "sku", message, "Use a shorter SKU.", sku, f"at most {SKU_MAX}"))
    elif sku.strip().startswith(GROUP_PREFIX) or not sku.strip().isprintable():
        message = f"The SKU “{sku.strip()}” holds what this program cannot send."
        found.append(
            Finding("walmart.sku", "sku", message, f"Use plain characters and do not begin with {GROUP_PREFIX}")
        )
    digits = clean_gtin(gtin)
    if not digits:
        message = f"{LABEL} needs a barcode (UPC, EAN, GTIN or ISBN) for each product."
        found.append(Finding("walmart.gtin_missing", "gtin", message, "Add the barcode that is on the product."))
    elif not is_gtin(digits):
        message = "The barcode is wrong: its digits do not fit together."
        found.append(Finding("walmart.gtin", "gtin", message, "Check it: 8, 12, 13 or 14 digits.", gtin))
    found += check_price(price)
    if not 0 < quantity <= _QUANTITY_MAX:
        message = "The product has no stock." if quantity <= 0 else "The stock is too large."
        limit = f"1 to {_QUANTITY_MAX:,}"
        found.append(Finding("walmart.quantity", "quantity", message, "Correct the quantity.", str(quantity), limit))
    return found


def check_price(price: Money | None) -> list[Finding]:
    """What is wrong with a price."""

    def problem(message: str, fix: str, limit: str = "") -> list[Finding]:
        return [Finding("walmart.price", "price", message, fix, str(price or ""), limit)]

    if price is None or price.minor <= 0:
        return problem("The product has no price.", f"Enter a price in {CURRENCY}.", "above 0")
    if price.currency != CURRENCY:
        message = f"The price is in {price.currency}, but {LABEL} sells in {CURRENCY}."
        return problem(message, f"Enter a price in {CURRENCY} for this account.", CURRENCY)
    if price.minor > _PRICE_MAX:
        return problem("The price is too high.", "Check the amount.", f"at most {Money(_PRICE_MAX, CURRENCY)}")
    return []


def clean_gtin(text: str) -> str:
    """A barcode without blanks and hyphens."""
    return re.sub(r"[\s-]", "", text)


def gtin_14(code: str) -> str:
    """The barcode with leading zeros, as Walmart's search takes it."""
    return clean_gtin(code).zfill(14)


def identifiers(code: str) -> dict[str, str]:
    """Kind and digits of a barcode; short ones are filled up with zeros as Walmart asks."""
    digits = clean_gtin(code)
    if len(digits) == 13:
        return {"productIdType": "ISBN" if digits.startswith(("978", "979")) else "EAN", "productId": digits}
    if len(digits) == 12:
        return {"productIdType": "UPC", "productId": digits}
    return {"productIdType": "GTIN", "productId": digits.zfill(14)}


def json_number(money: Money) -> int | float:
    """An amount as a JSON number: whole where it can be, else the shortest float that prints as that amount."""
    amount = money.amount
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def try_fit(value: str, schema: Schema, name: str, findings: list[Finding]) -> Any:
    """A seller's words in their form; None, with a finding, when they cannot be put so."""
    try:
        return fit(value, schema)
    except Unfit as expected:
        title = title_of(name, schema)
        message = f"“{value}” cannot be sent as “{title}”."
        findings.append(
            Finding("walmart.attribute", f"attributes.{name}", message, f"Enter {expected}.", value, str(expected))
        )
        return None


def condition_missing(choices: list[str] | tuple[str, ...]) -> Finding:
    """That the condition must be said more exactly."""
    some = ", ".join(choices) or "Pre-Owned: Like New, Pre-Owned: Good, Pre-Owned: Fair"
    message = f"{LABEL} does not take the product's condition as it is."
    return Finding("walmart.condition", "condition", message, f"Add the attribute “condition”: {some}.", limit=some)
