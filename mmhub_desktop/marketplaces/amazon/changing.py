"""Changes to a listing that exists: one PATCH with an operation for each attribute. All are safe to repeat.

Price and stock are merged, so that what the seller has set beside them (handling time, sale and business prices) stays;
texts are replaced whole.
"""

from collections.abc import Mapping
from typing import Any

from mmhub_desktop.domain.listing import ListingChange
from mmhub_desktop.errors import Finding, Rejected
from mmhub_desktop.marketplaces.amazon.offers import Seller, check_price, price_entry, stock_entry
from mmhub_desktop.marketplaces.amazon.problems import LABEL
from mmhub_desktop.marketplaces.amazon.reading import is_parent, is_shipped_by_amazon
from mmhub_desktop.marketplaces.amazon.texts import clean_description, clean_title
from mmhub_desktop.marketplaces.base import CategoryRules

Patch = dict[str, Any]


def stock_patch(quantity: int) -> Patch:
    """Sets the quantity that the seller ships."""
    return {"op": "merge", "path": "/attributes/fulfillment_availability", "value": [stock_entry(quantity)]}


def plan_patches(
    change: ListingChange, item: Mapping[str, Any], seller: Seller, limits: CategoryRules
) -> tuple[Patch, ...]:
    """The operations that make the change to an item as it was read. Rejected where Amazon would not take one.

    None where all of it is ``left_alone``.
    """
    found: list[Finding] = []
    patches: list[Patch] = []
    if is_parent(item) and (change.price is not None or change.quantity is not None):
        message = "The price and quantity of a family belong to its variants."
        found.append(Finding("amazon.family", "variants", message, "Change the variants' own listings."))
    if change.price is not None:
        found += check_price(change.price, seller.currency)
        value = price_entry(change.price, seller.marketplace_id)
        patches.append({"op": "merge", "path": "/attributes/purchasable_offer", "value": [value]})
    if change.quantity is not None and change.quantity < 0:
        message = "The quantity must not be below 0."
        found.append(Finding("amazon.quantity", "quantity", message, "Enter 0 or more.", str(change.quantity)))
    elif change.quantity is not None and not is_shipped_by_amazon(item):
        patches.append(stock_patch(change.quantity))
    if change.title is not None:
        title, problems = clean_title(change.title, limits.title_max)
        found += problems
        patches.append(_text("item_name", title, seller))
    if change.description is not None:
        text, problems = clean_description(change.description, limits.description_max)
        found += problems
        patches.append(_text("product_description", text, seller))
    blocking = [finding for finding in found if finding.blocks]
    if blocking:
        raise Rejected(f"{LABEL} does not take this change.", findings=tuple(found), hint=blocking[0].fix)
    return tuple(patches)


def left_alone(change: ListingChange, item: Mapping[str, Any]) -> tuple[Finding, ...]:
    """What of a change is not sent, and why: setting the stock of what Amazon ships adds a second way of shipping."""
    if change.quantity is None or not is_shipped_by_amazon(item):
        return ()
    message = "Amazon ships this product from its own stock (FBA): its quantity is left as it is there."
    fix = "To ship it yourself, change the fulfilment in Seller Central."
    return (Finding("amazon.fba", "quantity", message, fix, str(change.quantity), blocks=False),)


def _text(name: str, text: str, seller: Seller) -> Patch:
    path = f"/attributes/{name}"
    entry = {"value": text, "language_tag": seller.language, "marketplace_id": seller.marketplace_id}
    return (
        {"op": "replace", "path": path, "value": [entry]} if text else {"op": "delete", "path": path, "value": [entry]}
    )
