"""In which fields a listing and its product differ, and a product now from what it was."""

import hashlib
import json
from collections.abc import Sequence

from mmhub_desktop.domain.listing import ListingChange
from mmhub_desktop.domain.product import Product
from mmhub_desktop.marketplaces.base import RemoteListing

FIELDS = ("price", "quantity", "title", "description")


def differing(product: Product, remote: RemoteListing, last_sent: object) -> list[str]:
    """The fields in which a listing shows something else than the product says."""
    fields = []
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


def change_of(product: Product, fields: Sequence[str]) -> ListingChange:
    """These fields as the product has them."""
    return ListingChange(
        price=product.price if "price" in fields else None,
        quantity=product.quantity if "quantity" in fields else None,
        title=product.text.title if "title" in fields else None,
        description=product.text.description if "description" in fields else None,
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
