"""Changes to a listing that exists: one PATCH with an operation for each attribute. All are safe to repeat.

Price and stock are merged, so that what the seller has set beside them (handling time, sale and business prices) stays;
texts are replaced whole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mmhub_desktop.domain.listing import ListingChange, VariantState
from mmhub_desktop.errors import Finding, Rejected
from mmhub_desktop.marketplaces.amazon.offers import Seller, check_price, price_entry, stock_entry
from mmhub_desktop.marketplaces.amazon.problems import LABEL
from mmhub_desktop.marketplaces.amazon.reading import is_parent, is_shipped_by_amazon
from mmhub_desktop.marketplaces.amazon.texts import clean_description, clean_title
from mmhub_desktop.marketplaces.base import CategoryRules

Patch = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """What of a change goes to one SKU, and its item as it was read: a listing, a family's heading or a variant."""

    sku: str
    change: ListingChange
    item: Mapping[str, Any]


def parts_of(change: ListingChange, item: Mapping[str, Any], children: Sequence[Mapping[str, Any]]) -> list[Part]:
    """Whose the parts of a change are: of a family each variant has its own price and stock, and all have the texts.

    Variants go first: what is sold out must not be sold.
    """
    if not is_parent(item):
        return [Part(str(item["sku"]), change, item)]
    wished = {state.sku: state for state in change.variants}
    texts = ListingChange(title=change.title, description=change.description)
    nothing = VariantState("")
    states = [(wished.get(str(child["sku"]), nothing), child) for child in children]
    parts = [
        Part(str(child["sku"]), replace(texts, price=state.price, quantity=state.quantity), child)
        for state, child in states
    ]
    parts.append(Part(str(item["sku"]), replace(change, variants=()), item))
    return [part for part in parts if not part.change.is_empty()]


def stock_patch(quantity: int) -> Patch:
    """Sets the quantity that the seller ships."""
    return {"op": "merge", "path": "/attributes/fulfillment_availability", "value": [stock_entry(quantity)]}


def plan_patches(
    change: ListingChange, item: Mapping[str, Any], seller: Seller, limits: CategoryRules
) -> tuple[Patch, ...]:
    """The operations that make a part's change. Rejected where Amazon would not take one.

    None where all of it is ``left_alone``.
    """
    found: list[Finding] = []
    patches: list[Patch] = []
    if is_parent(item) and (change.price is not None or change.quantity is not None):
        message = "The price and quantity of a family belong to its variants."
        found.append(Finding("amazon.family", "variants", message, "Change those of its variants."))
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


def left_alone(parts: Sequence[Part]) -> dict[str, Finding]:
    """SKU → why its stock is not sent: setting that of what Amazon ships adds a second way of shipping."""
    fix = "To ship it yourself, change the fulfilment in Seller Central."
    found = {}
    for part in parts:
        if part.change.quantity is not None and is_shipped_by_amazon(part.item):
            message = f"Amazon ships “{part.sku}” from its own stock (FBA): its quantity is left as it is there."
            found[part.sku] = Finding("amazon.fba", "quantity", message, fix, str(part.change.quantity), blocks=False)
    return found


def _text(name: str, text: str, seller: Seller) -> Patch:
    path = f"/attributes/{name}"
    entry = {"value": text, "language_tag": seller.language, "marketplace_id": seller.marketplace_id}
    return (
        {"op": "replace", "path": path, "value": [entry]} if text else {"op": "delete", "path": path, "value": [entry]}
    )
