"""Score and search words of products, worked out anew from what is stored."""
# ruff: noqa: S608 - the condition is our own, values are bound

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from mmhub_desktop.domain.product import search_key
from mmhub_desktop.domain.quality import score_parts

WORKED_OUT_FROM = frozenset(
    {
        "sku", "title", "description", "optimized_title", "optimized_description", "images", "attributes", "brand",
        "gtin",
    }
)  # fmt: skip


def search_key_and_quality(row: Mapping[str, Any]) -> tuple[str, int]:
    """Both of a product from its stored columns, SKU and all of ``WORKED_OUT_FROM``."""
    better = row["optimized_title"]
    title, description = (
        (row["title"], row["description"]) if better is None else (better, row["optimized_description"])
    )
    attributes = sum(value != "" for value in json.loads(row["attributes"]).values())
    codes = (row["brand"] != "") + (row["gtin"] != "")
    images = len(json.loads(row["images"]))
    return _both(title, row["sku"], len(description or ""), images, attributes, codes)


def _both(title: str, sku: str, length: int, images: int, attributes: int, codes: int) -> tuple[str, int]:
    """From the words that are shown and how much there is of the rest."""
    return search_key(title, sku), score_parts(title, length, images, attributes + codes)


def work_out(raw: sqlite3.Connection, condition: str, values: Mapping[str, Any]) -> None:
    """Set both for the products that meet a condition; what is only counted is counted by SQLite, for speed."""
    found = raw.execute(
        "SELECT id, coalesce(optimized_title, title), sku,"
        " length(CASE WHEN optimized_title IS NULL THEN description ELSE coalesce(optimized_description, '') END),"
        " json_array_length(images), (SELECT count(*) FROM json_each(attributes) WHERE value <> ''),"
        f" (brand <> '') + (gtin <> '') FROM product WHERE {condition}",
        values,
    ).fetchall()
    raw.executemany(
        "UPDATE product SET search_key=?, quality=? WHERE id=?",
        [(*_both(*row), row_id) for row_id, *row in found],
    )
