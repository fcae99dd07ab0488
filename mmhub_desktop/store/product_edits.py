"""The product editor's reading and saving: a family with all that belongs to it, drafts, edits in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, text
from sqlalchemy.dialects.sqlite import insert as upsert

from mmhub_desktop.domain.edits import ChangedElsewhere, Edits, cells_from_json
from mmhub_desktop.domain.history import EntryKind
from mmhub_desktop.domain.ids import AccountId, ListingId, ProductId
from mmhub_desktop.domain.listing import Listing
from mmhub_desktop.domain.product import Product, sku_key
from mmhub_desktop.domain.product_edit import EditPlan, document, plan
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.store.database import Database, from_ms, now_ms
from mmhub_desktop.store.history_recording import recorded
from mmhub_desktop.store.listings import listings_in
from mmhub_desktop.store.listings import save_in as save_listing
from mmhub_desktop.store.outbox_rows import plain_connection, tell_products
from mmhub_desktop.store.product_rows import product_from_row
from mmhub_desktop.store.products import save_in
from mmhub_desktop.store.schema import account, product
from mmhub_desktop.store.schema_catalog import product_draft

_NAMES = text(  # of the newest products alone: looking through a million takes seconds
    "SELECT key FROM (SELECT attributes FROM product WHERE attributes != '{}' ORDER BY id DESC LIMIT 2000), "
    "json_each(attributes) GROUP BY key ORDER BY count(*) DESC, key LIMIT 300"
)

_WORDS = {  # of the newest products, as above
    column: text(
        f"SELECT {column} FROM (SELECT {column} FROM product WHERE {column} != '' ORDER BY id DESC LIMIT 5000) "  # noqa: S608
        f"GROUP BY {column} ORDER BY count(*) DESC, {column} LIMIT 500"
    )
    for column in ("brand", "category")
}

Cells = Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Family:
    """A product with its variants, its parent where it is a variant itself, and its listings."""

    product: Product
    parent: Product | None
    variants: tuple[Product, ...]
    listings: tuple[Listing, ...]

    def cells(self) -> dict[str, str]:
        """Everything that can be edited, as cells."""
        return document(self.product, self.parent.sku if self.parent else "", self.variants, self.listings)


@dataclass(frozen=True, slots=True)
class Draft:
    """Edits that were not saved, and when they were kept last (UTC)."""

    cells: Cells
    saved_at: datetime


class ProductEditStore:
    """For the loop; the work is done on the store's threads."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def read(self, product_id: ProductId) -> tuple[Family, Draft | None] | None:
        """A product with what belongs to it and its draft; None when it is gone."""
        return await self._db.read(lambda connection: _read(connection, product_id))

    async def keep_draft(self, product_id: ProductId, edits: Edits) -> None:
        """Keep edits that are not saved; without any, forget the draft. Nothing happens where the product is gone."""
        cells = edits.to_json() if edits else ""

        def keep(connection: Connection) -> None:
            if not cells:
                _drop(connection, product_id)
                return
            there = connection.scalar(select(func.count()).where(product.c.id == product_id))
            if there:
                values = {"cells": cells, "saved_at": now_ms()}
                statement = upsert(product_draft).values(product_id=product_id, **values)
                statement = statement.on_conflict_do_update(index_elements=[product_draft.c.product_id], set_=values)
                connection.execute(statement)

        await self._db.write(keep)

    async def attribute_names(self) -> list[str]:
        """The names of attributes that the newest products have, the most frequent first."""
        return await self._db.read(lambda connection: list(connection.scalars(_NAMES)))

    async def words(self) -> dict[str, list[str]]:
        """The brands and categories that the newest products have, the most frequent first."""

        def read(connection: Connection) -> dict[str, list[str]]:
            return {column: list(connection.scalars(query)) for column, query in _WORDS.items()}

        return await self._db.read(read)

    async def save(self, product_id: ProductId, cells: Cells) -> tuple[ProductId, ...]:
        """Write all edits and forget the draft, in one transaction; the products that were changed, made or removed.

        ChangedElsewhere when an edited cell is no longer what it was when its edit began; UserMistake for what
        cannot be saved. Then nothing is written.
        """
        return await self._db.write(lambda connection: _save(connection, product_id, cells))


def _read(connection: Connection, product_id: ProductId) -> tuple[Family, Draft | None] | None:
    family = _family(connection, product_id)
    if family is None:
        return None
    row = connection.execute(select(product_draft).where(product_draft.c.product_id == product_id)).one_or_none()
    saved_at = None if row is None else from_ms(row.saved_at)
    if row is None or saved_at is None:
        return family, None
    return family, Draft(cells_from_json(row.cells), saved_at)


def _family(connection: Connection, product_id: ProductId) -> Family | None:
    mine = product.c.id == product_id
    rows = connection.execute(
        select(product).where(mine | (product.c.parent_id == product_id)).order_by(product.c.id)
    ).mappings()
    found = {row["id"]: product_from_row(row) for row in rows}
    one = found.pop(product_id, None)
    if one is None:
        return None
    parent = None
    if one.parent_id is not None:
        row = connection.execute(select(product).where(product.c.id == one.parent_id)).mappings().one_or_none()
        parent = None if row is None else product_from_row(row)
    return Family(one, parent, tuple(found.values()), tuple(listings_in(connection, product_id)))


def _save(connection: Connection, product_id: ProductId, cells: Cells) -> tuple[ProductId, ...]:
    family = _family(connection, product_id)
    if family is None:
        raise UserMistake("The product is no longer in the catalog.", hint="It was deleted meanwhile.")
    edits = Edits(family.cells(), cells)
    if conflicts := edits.conflicts():
        raise ChangedElsewhere(conflicts)
    changed = plan(family.product, family.variants, edits.changed)
    if changed.parent_sku is not None:
        changed = replace(changed, product=_with_parent(connection, changed, bool(family.variants)))
    with recorded(connection, EntryKind.EDIT, f"Edited “{family.product.original.title or family.product.sku}”"):
        written = _write(connection, family, changed)
    _drop(connection, product_id)
    return written


def _write(connection: Connection, family: Family, changed: EditPlan) -> tuple[ProductId, ...]:
    written: list[ProductId] = []
    if changed.removed:
        tell_products(plain_connection(connection), "product.deleted", list(changed.removed))
        connection.execute(product.delete().where(product.c.id.in_(changed.removed)))
        written += changed.removed
    for each in (*([changed.product] if changed.product != family.product else []), *changed.changed, *changed.created):
        written.append(save_in(connection, each))
    there = set(connection.scalars(select(account.c.id).where(account.c.id.in_(changed.own))))
    for account_id, values in changed.own.items():
        if account_id in there:  # it may have been removed since the draft was kept
            _set_own(connection, family, account_id, values)
    return (*written, family.product.id) if family.product.id not in written else tuple(written)


def _set_own(connection: Connection, family: Family, account_id: AccountId, values: Mapping[str, Any]) -> None:
    product_id = family.product.id
    listing = next((each for each in family.listings if each.account_id == account_id), None)
    listing = listing or Listing(ListingId(0), product_id, account_id)
    own = {name: value for name, value in {**listing.overrides, **values}.items() if value is not None}
    save_listing(connection, replace(listing, overrides=own))


def _with_parent(connection: Connection, changed: EditPlan, has_variants: bool) -> Product:
    """The product as a variant of the one with this SKU, or of none."""
    one, sku = changed.product, (changed.parent_sku or "").strip()
    if not sku:
        return replace(one, parent_id=None, options={})
    row = connection.execute(
        select(product.c.id, product.c.parent_id).where(product.c.sku_key == sku_key(sku))
    ).one_or_none()
    if row is None:
        raise UserMistake(f"There is no product with the SKU “{sku}”.", hint="Enter the SKU of the main product.")
    if row.id == one.id:
        raise UserMistake("A product cannot be a variant of itself.", hint="Enter the SKU of the main product.")
    if row.parent_id is not None:
        raise UserMistake(f"“{sku}” is a variant itself.", hint="Enter the SKU of its main product instead.")
    if has_variants:
        raise UserMistake("A product with variants cannot become a variant.", hint="Remove its variants first.")
    return replace(one, parent_id=ProductId(row.id))


def _drop(connection: Connection, product_id: ProductId) -> None:
    connection.execute(product_draft.delete().where(product_draft.c.product_id == product_id))
