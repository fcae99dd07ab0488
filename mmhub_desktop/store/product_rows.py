"""A product as a row of the product table, and back."""

import json
from typing import Any

from sqlalchemy import RowMapping

from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Condition, Product, ProductStatus, Text, search_key, sku_key, to_json
from mmhub_desktop.domain.quality import attribute_count, score_parts
from mmhub_desktop.store.database import from_ms


def money(minor: int | None, currency: str) -> Money | None:
    """A stored amount, None where there is none."""
    return None if minor is None else Money(minor, currency)


def score(product: Product) -> int:
    """The quality score of the words that would be published."""
    text = product.text
    return score_parts(text.title, len(text.description), len(product.images), attribute_count(product))


def product_from_row(row: RowMapping) -> Product:
    """The product a row of all columns stands for."""
    optimized = None
    if row["optimized_title"] is not None:
        optimized = Text(
            row["optimized_title"],
            row["optimized_description"] or "",
            tuple(json.loads(row["optimized_keywords"] or "[]")),
        )
    sizes = (row["length_mm"], row["width_mm"], row["height_mm"])
    return Product(
        id=ProductId(row["id"]),
        sku=row["sku"],
        original=Text(row["title"], row["description"], tuple(json.loads(row["keywords"]))),
        optimized=optimized,
        optimized_by=row["optimized_by"],
        source=row["source"],
        source_id=row["source_id"],
        brand=row["brand"],
        category=row["category"],
        gtin=row["gtin"],
        condition=Condition(row["condition"]),
        price=money(row["price_minor"], row["currency"]),
        cost=money(row["cost_minor"], row["currency"]),
        quantity=row["quantity"],
        weight_g=row["weight_g"],
        size_mm=None if None in sizes else sizes,
        images=tuple(json.loads(row["images"])),
        image_base=row["image_base"],
        attributes=json.loads(row["attributes"]),
        active=bool(row["active"]),
        status=ProductStatus(row["status"]),
        quality=row["quality"],
        version=row["version"],
        parent_id=None if row["parent_id"] is None else ProductId(row["parent_id"]),
        options=json.loads(row["options"]),
        created_at=from_ms(row["created_at"]),
        updated_at=from_ms(row["updated_at"]),
    )


def row_from_product(product: Product) -> dict[str, Any]:
    """The columns of a product, without id, version and times; keys, score and search words are worked out here."""
    price = product.price or product.cost
    length, width, height = product.size_mm or (None, None, None)
    return {
        "sku": product.sku.strip(),
        "sku_key": sku_key(product.sku),
        "search_key": search_key(product.text.title, product.sku),
        "source": product.source,
        "source_id": product.source_id,
        "parent_id": product.parent_id,
        "options": to_json(dict(product.options)),
        "title": product.original.title,
        "description": product.original.description,
        "keywords": to_json(list(product.original.keywords)),
        **optimized_columns(product.optimized, product.optimized_by),
        "brand": product.brand,
        "category": product.category,
        "gtin": product.gtin,
        "condition": product.condition.value,
        "price_minor": product.price.minor if product.price else None,
        "cost_minor": product.cost.minor if product.cost else None,
        "currency": price.currency if price else "",
        "quantity": product.quantity,
        "weight_g": product.weight_g,
        "length_mm": length,
        "width_mm": width,
        "height_mm": height,
        "images": to_json(list(product.images)),
        "image_base": product.image_base,
        "attributes": to_json(dict(product.attributes)),
        "active": product.active,
        "status": product.status.value,
        "quality": score(product),
    }


def optimized_columns(text: Text | None, by: str) -> dict[str, Any]:
    """The columns of the optimised text; all empty when there is none."""
    return {
        "optimized_title": text.title if text else None,
        "optimized_description": text.description if text else None,
        "optimized_keywords": to_json(list(text.keywords)) if text else None,
        "optimized_by": by if text else "",
    }
