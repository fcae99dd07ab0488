"""In which fields a listing and its product differ, and a product now from what it was."""

import hashlib
import json
from collections.abc import Sequence

from mmhub_desktop.domain.listing import ListingChange, VariantState
from mmhub_desktop.domain.product import Product
from mmhub_desktop.marketplaces.base import RemoteListing

FIELDS = ("price", "quantity", "title", "description")


def differing(
    product: Product, remote: RemoteListing, last_sent: object, variants: Sequence[VariantState] = ()
) -> list[str]:
    """The fields in which a listing shows something else than the product says.

    ``variants`` are the product's, for a listing that tells of its own: price and quantity are compared by them.
    """
    fields = []
    if remote.variants:
        fields += _differing_variants(variants, remote.variants)
    else:
        if product.price is not None and product.price != remote.price:
            fields.append("price")
        if product.quantity != remote.quantity:
            fields.append("quantity")
    sent = last_sent.get("text", {}) if isinstance(last_sent, dict) else {}
    as_sent = product.text.title == sent.get("title") and remote.title == (sent.get("shown") or remote.title)
    if product.text.title != remote.title and not as_sent:
        fields.append("title")
    if product.text.description != sent.get("description"):
        fields.append("description")
    return fields


def _differing_variants(ours: Sequence[VariantState], theirs: Sequence[VariantState]) -> list[str]:
    """In which of price and quantity any variant differs that both sides have."""
    known = {variant.sku: variant for variant in ours}
    pairs = [(known[variant.sku], variant) for variant in theirs if variant.sku in known]
    fields = []
    if any(our.price is not None and our.price != their.price for our, their in pairs):
        fields.append("price")
    if any(our.quantity != their.quantity for our, their in pairs):
        fields.append("quantity")
    return fields


def change_of(product: Product, fields: Sequence[str], variants: Sequence[VariantState] = ()) -> ListingChange:
    """These fields as the product has them; price and quantity as its variants have them, where there are some."""
    price, quantity = "price" in fields, "quantity" in fields
    states = [
        VariantState(one.sku, one.price if price else None, one.quantity if quantity else None) for one in variants
    ]
    return ListingChange(
        price=product.price if price and not variants else None,
        quantity=product.quantity if quantity and not variants else None,
        title=product.text.title if "title" in fields else None,
        description=product.text.description if "description" in fields else None,
        variants=tuple(states) if price or quantity else (),
    )


def marks_of(product: Product, names: Sequence[str] = ()) -> dict[str, str]:
    """A short hash of each field that a listing is made from (or of those named), to tell later which one changed."""
    text = product.text
    fields = {
        "title": text.title,
        "description": text.description,
        "keywords": text.keywords,
        "price": str(product.price),
        "quantity": product.quantity,
        "brand": product.brand,
        "category": product.category,
        "gtin": product.gtin,
        "condition": product.condition.value,
        "weight": product.weight_g,
        "size": product.size_mm,
        "images": [product.image_base, *product.images],
        "attributes": dict(product.attributes),
        "active": product.active,
        "sku": product.sku,
    }
    return {
        name: hashlib.blake2s(json.dumps(value, sort_keys=True).encode(), digest_size=6).hexdigest()
        for name, value in fields.items()
        if name in names or not names
    }
