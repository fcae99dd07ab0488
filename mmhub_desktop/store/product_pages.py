"""Pages of the product table: what is shown of some products, and of the families they belong to."""

import json
from array import array
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, case, func, select, text

from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.product import Condition, ProductStatus
from mmhub_desktop.domain.product_row import Family, ProductRow
from mmhub_desktop.store.database import from_ms
from mmhub_desktop.store.id_lists import read_ids
from mmhub_desktop.store.product_rows import money
from mmhub_desktop.store.schema import listing, product, readiness

_IDS = text("SELECT value FROM json_each(:ids)").bindparams(bindparam("ids"))
_parent = product.alias("parent")
_NOTHING: frozenset[str] = frozenset()  # one for all rows: each would be an object for the cycle collector


def _title(table: Any) -> Any:
    return func.coalesce(table.c.optimized_title, table.c.title)


def _image(table: Any) -> Any:
    return func.coalesce(func.json_extract(table.c.images, "$[0]"), "")


_SHOWN = select(
    product.c.id, product.c.sku, _title(product).label("title"), product.c.price_minor, product.c.cost_minor,
    product.c.currency, product.c.quantity, product.c.status, product.c.quality, _image(product).label("image"),
    product.c.image_base, product.c.updated_at, product.c.created_at, product.c.brand, product.c.category,
    product.c.gtin, product.c.condition, product.c.weight_g, product.c.length_mm, product.c.width_mm,
    product.c.height_mm, product.c.source, product.c.source_id, product.c.active, product.c.attributes,
    product.c.parent_id, product.c.options,
    _title(_parent).label("parent_title"), _parent.c.price_minor.label("parent_price"),
    _parent.c.cost_minor.label("parent_cost"), _parent.c.currency.label("parent_currency"),
    _parent.c.brand.label("parent_brand"), _parent.c.category.label("parent_category"),
    _parent.c.weight_g.label("parent_weight_g"), _image(_parent).label("parent_image"),
    _parent.c.image_base.label("parent_image_base"),
).outerjoin_from(product, _parent, _parent.c.id == product.c.parent_id)  # fmt: skip

_price = func.coalesce(product.c.price_minor, _parent.c.price_minor)  # what a variant has not, it takes from its parent
_currency = case((product.c.price_minor.is_(None), _parent.c.currency), else_=product.c.currency)
_FAMILIES = (
    select(
        product.c.parent_id, func.count(), func.min(_price), func.max(_price), func.min(_currency),
        func.max(_currency), func.sum(product.c.quantity),
    )
    .join_from(product, _parent, _parent.c.id == product.c.parent_id)
    .where(product.c.parent_id.in_(_IDS))
    .group_by(product.c.parent_id)
)  # fmt: skip


def read_page(connection: Connection, ids: Sequence[int]) -> list[ProductRow]:
    """What the table shows of these products, in their order; ids that are gone are left out."""
    wanted = {"ids": json.dumps(list(ids))}
    listed = _states(connection, listing, wanted)
    ready = _states(connection, readiness, wanted)
    families = {row[0]: _family(row) for row in connection.execute(_FAMILIES, wanted)}
    found = {
        row.id: _row(row, listed.get(row.id, {}), ready.get(row.id, {}), families.get(row.id))
        for row in connection.execute(_SHOWN.where(product.c.id.in_(_IDS)), wanted)
    }
    return [found[each] for each in ids if each in found]


def variant_ids(connection: Connection, parent_id: int) -> "array[int]":
    """The ids of a product's variants, in the order they were made."""
    inner = select(product.c.id).where(product.c.parent_id == parent_id).order_by(product.c.id).subquery()
    return read_ids(connection.scalar(select(func.json_group_array(inner.c.id))))


def attribute_names(connection: Connection) -> list[str]:
    """The names of all free attributes that products have, by alphabet. Reads every product."""
    every = connection.exec_driver_sql(
        "SELECT DISTINCT each.key FROM product, json_each(product.attributes) AS each WHERE product.attributes <> '{}'"
    )
    return sorted((str(name) for (name,) in every), key=str.casefold)


def _states(connection: Connection, table: Any, wanted: dict[str, str]) -> dict[int, dict[int, str]]:
    found: dict[int, dict[int, str]] = {}
    query = select(table.c.product_id, table.c.account_id, table.c.state).where(table.c.product_id.in_(_IDS))
    for product_id, account_id, state in connection.execute(query, wanted):
        found.setdefault(product_id, {})[account_id] = state
    return found


def _family(row: Row[Any]) -> Family:
    _, variants, lowest, highest, first_currency, last_currency, quantity = row
    if first_currency != last_currency:
        lowest = highest = None
    return Family(variants, money(lowest, first_currency), money(highest, first_currency), quantity)


def _row(
    row: Row[Any], listed: dict[int, str], ready: dict[int, str], family: Family | None
) -> ProductRow:  # fmt: skip
    updated = from_ms(row.updated_at)
    assert updated is not None  # noqa: S101 - the column is NOT NULL
    own: dict[str, Any] = {
        "title": row.title, "brand": row.brand, "category": row.category, "weight_g": row.weight_g,
        "image": row.image, "image_base": row.image_base,
        "price": money(row.price_minor, row.currency), "cost": money(row.cost_minor, row.currency),
    }  # fmt: skip
    inherited = _inherit(own, row) if row.parent_id is not None else _NOTHING
    sizes = (row.length_mm, row.width_mm, row.height_mm)
    return ProductRow(
        **own,
        id=row.id,
        sku=row.sku,
        quantity=row.quantity,
        status=ProductStatus(row.status),
        quality=row.quality,
        listings=listed,
        updated_at=updated,
        ready=ready,
        created_at=from_ms(row.created_at),
        gtin=row.gtin,
        condition=Condition(row.condition),
        size_mm=None if None in sizes else sizes,
        source=row.source,
        source_id=row.source_id,
        active=bool(row.active),
        attributes=json.loads(row.attributes),
        parent_id=None if row.parent_id is None else ProductId(row.parent_id),
        options=json.loads(row.options) if row.parent_id is not None else {},
        family=family,
        inherited=inherited,
    )


def _inherit(own: dict[str, Any], row: Row[Any]) -> frozenset[str]:
    """Fill what is empty from the parent; the names of what was filled."""
    parent = {
        "title": row.parent_title, "brand": row.parent_brand, "category": row.parent_category,
        "weight_g": row.parent_weight_g, "image": row.parent_image,
        "price": money(row.parent_price, row.parent_currency or ""),
        "cost": money(row.parent_cost, row.parent_currency or ""),
    }  # fmt: skip
    taken = frozenset(name for name, value in parent.items() if value and not own[name])
    own.update({name: parent[name] for name in taken})
    if "image" in taken:
        own["image_base"] = row.parent_image_base
    return taken
