"""Products in the workspace: found as arrays of ids, shown by pages of them, changed and deleted."""

import json
import logging
from array import array
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from sqlalchemy import Connection, UpdateBase, bindparam, func, select, text
from sqlalchemy.exc import IntegrityError

from mmhub_desktop.domain.history import EntryKind
from mmhub_desktop.domain.ids import EntryId, ProductId
from mmhub_desktop.domain.product import Product, ProductStatus, Text, sku_key
from mmhub_desktop.domain.product_query import ProductQuery
from mmhub_desktop.domain.product_row import ProductRow
from mmhub_desktop.errors import UserMistake, WorkspaceDamaged
from mmhub_desktop.store.database import Database, now_ms
from mmhub_desktop.store.history_recording import begin_entry, finish_entry, recorded, recording
from mmhub_desktop.store.outbox_rows import plain_connection, tell_all_deleted, tell_products
from mmhub_desktop.store.product_pages import attribute_names, read_page, variant_ids
from mmhub_desktop.store.product_query import find_ids
from mmhub_desktop.store.product_rows import optimized_columns, product_from_row, row_from_product
from mmhub_desktop.store.schema import product
from mmhub_desktop.store.search_index import distrust
from mmhub_desktop.store.search_suggestions import suggest
from mmhub_desktop.store.stopping import read_until_cancelled

_log = logging.getLogger("mmhub.store")
CHUNK = 5_000  # products deleted or changed in one transaction, so that the writer is never held long

_ALL = select(product)
_IDS = text("SELECT value FROM json_each(:ids)").bindparams(bindparam("ids"))


class ProductStore:
    """The products of one workspace. All methods are for the asyncio loop; the work is done on the store's threads."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def ids(self, query: ProductQuery) -> "array[int]":
        """The ids of all products that match, in order, in one step."""
        return await self._find(query, None)

    async def first_ids(self, query: ProductQuery, limit: int) -> "array[int]":
        """The first ``limit`` of ``ids``, for the page that is shown at once."""
        return await self._find(query, limit)

    async def suggest(self, text: str) -> list[str]:
        """What the words may become, as they stand in titles: the last one completed, or mended where it has a typo."""
        return await read_until_cancelled(self._db, lambda connection: suggest(connection, text))

    async def _find(self, query: ProductQuery, limit: int | None) -> "array[int]":
        try:
            return await read_until_cancelled(self._db, lambda connection: find_ids(connection, query, limit))
        except WorkspaceDamaged as error:
            _log.warning("searching failed; it is tried without the index: %s", error.original)
            await self._db.write(distrust)
            return await read_until_cancelled(self._db, lambda connection: find_ids(connection, query, limit))

    async def page(self, ids: Sequence[int]) -> list[ProductRow]:
        """What the table shows of these products, in their order; ids that are gone are left out."""
        return await self._db.read(lambda connection: read_page(connection, ids))

    async def get(self, product_id: ProductId) -> Product | None:
        """One product, None when it is gone."""
        return await self._db.read(lambda connection: _read_one(connection, product_id))

    async def get_many(self, ids: Sequence[int]) -> list[Product]:
        """Whole products in the order of ``ids``; ids that are gone are left out."""

        def read(connection: Connection) -> list[Product]:
            rows = connection.execute(_ALL.where(product.c.id.in_(_IDS)), {"ids": json.dumps(list(ids))}).mappings()
            found = {row["id"]: product_from_row(row) for row in rows}
            return [found[each] for each in ids if each in found]

        return await self._db.read(read)

    async def variants_of(self, product_id: ProductId) -> list[Product]:
        """The products that are variants of this one, in the order they were made."""
        query = _ALL.where(product.c.parent_id == product_id).order_by(product.c.id)

        def read(connection: Connection) -> list[Product]:
            return [product_from_row(row) for row in connection.execute(query).mappings()]

        return await self._db.read(read)

    async def variant_ids(self, product_id: ProductId) -> "array[int]":
        """The ids of ``variants_of``."""
        return await self._db.read(lambda connection: variant_ids(connection, product_id))

    async def attribute_names(self) -> list[str]:
        """The names of all free attributes that occur, by alphabet. Reads every product: seconds at a million."""
        return await self._db.read(attribute_names)

    async def by_sku(self, sku: str) -> Product | None:
        """The product with this SKU, case ignored."""

        def read(connection: Connection) -> Product | None:
            row = connection.execute(_ALL.where(product.c.sku_key == sku_key(sku))).mappings().one_or_none()
            return None if row is None else product_from_row(row)

        return await self._db.read(read)

    async def sold_out(self, ids: Sequence[int]) -> list[ProductId]:
        """Those of the products of which none is left."""
        found = await self._db.read(
            lambda connection: connection.exec_driver_sql(
                "SELECT json_group_array(id) FROM product "
                "WHERE id IN (SELECT value FROM json_each(?)) AND quantity <= 0",
                (json.dumps(list(ids)),),
            ).scalar_one()
        )
        sold_out: list[ProductId] = json.loads(found)
        return sold_out

    async def count(self) -> int:
        """How many products there are."""
        return await self._db.read(lambda connection: connection.scalar(select(func.count()).select_from(product)) or 0)

    async def counts(self) -> dict[ProductStatus, int]:
        """How many products have each status; statuses without any are 0."""

        def read(connection: Connection) -> dict[ProductStatus, int]:
            rows = connection.execute(select(product.c.status, func.count()).group_by(product.c.status))
            found = {ProductStatus(status): number for status, number in rows}
            return {status: found.get(status, 0) for status in ProductStatus}

        return await self._db.read(read)

    async def delete(self, ids: Sequence[int]) -> int:
        """Delete products with their listings, in chunks; returns how many there were. One entry of the history."""
        label = (
            f"Deleted {len(ids):,} products" if len(ids) != 1 else await self._db.read(lambda c: _deleted(c, ids[0]))
        )
        entry = await self._db.write(lambda connection: begin_entry(connection, EntryKind.DELETE, label))
        deleted = sum([await self._delete(some, entry) for some in _chunks(ids)])
        await self._db.write(lambda connection: finish_entry(connection, entry))
        return deleted

    async def set_status(self, ids: Sequence[int], status: ProductStatus) -> None:
        """Give products a status; those that have it already are not touched."""
        change = (
            product.update()
            .where(product.c.id.in_(_IDS), product.c.status != status.value)
            .values(status=status.value, updated_at=bindparam("now"), version=product.c.version + 1)
        )
        for some in _chunks(ids):
            await self._change(change, {"ids": some, "now": now_ms()})

    async def set_optimized(self, product_id: ProductId, text: Text, by: str, batch_id: int = 0) -> None:
        """Keep a better text beside the original; ``by`` names the model or writer. UserMistake when it is gone.

        What one batch writes is one entry of the history.
        """

        def write(connection: Connection) -> None:
            joins = f"batch {batch_id}" if batch_id else ""
            with recorded(connection, EntryKind.ENHANCE, f"Better texts by {by}", joins=joins):
                _set_optimized(connection, product_id, text, by, ProductStatus.OPTIMIZED)

        await self._db.write(write)

    async def clear_optimized(self, product_id: ProductId) -> None:
        """Go back to the original text. UserMistake when the product is gone."""

        def write(connection: Connection) -> None:
            with recorded(connection, EntryKind.EDIT, "Went back to the original text"):
                _set_optimized(connection, product_id, None, "", ProductStatus.IMPORTED)
            tell_products(plain_connection(connection), "product.updated", [product_id])

        await self._db.write(write)

    async def save(self, changed: Product) -> ProductId:
        """Insert (id 0) or update a product. UserMistake when the SKU is empty or another product's."""
        return await self._db.write(lambda connection: save_in(connection, changed))

    async def _delete(self, some: str, entry: EntryId) -> int:
        def write(connection: Connection) -> int:
            raw = plain_connection(connection)
            tell_products(raw, "product.deleted", json.loads(some))
            with recording(connection, entry):
                deleted = connection.execute(product.delete().where(product.c.id.in_(_IDS)), {"ids": some}).rowcount
            tell_all_deleted(raw, deleted)
            return deleted

        return await self._db.write(write)

    async def _change(self, statement: UpdateBase, arguments: dict[str, Any]) -> int:
        return await self._db.write(lambda connection: connection.execute(statement, arguments).rowcount)


def _chunks(ids: Sequence[int]) -> list[str]:
    every = iter(ids)
    chunks = []
    while some := list(islice(every, CHUNK)):
        chunks.append(json.dumps(some))
    return chunks


def _read_one(connection: Connection, product_id: ProductId) -> Product | None:
    row = connection.execute(_ALL.where(product.c.id == product_id)).mappings().one_or_none()
    return None if row is None else product_from_row(row)


def _set_optimized(
    connection: Connection, product_id: ProductId, better: Text | None, by: str, status: ProductStatus
) -> None:
    present = _read_one(connection, product_id)
    if present is None:
        raise UserMistake("The product is no longer in the catalog.", hint="It was deleted meanwhile; nothing to do.")
    columns = row_from_product(replace(present, optimized=better, optimized_by=by))
    connection.execute(
        product.update().where(product.c.id == product_id),
        {
            **optimized_columns(better, by),
            "status": status.value,
            "quality": columns["quality"],
            "search_key": columns["search_key"],
            "version": present.version + 1,
            "updated_at": now_ms(),
        },
    )


def save_in(connection: Connection, changed: Product) -> ProductId:
    """``ProductStore.save`` as part of a transaction of the store's own."""
    name = changed.original.title or changed.sku
    with recorded(connection, EntryKind.EDIT, f"Edited “{name}”" if changed.id else f"Added “{name}”"):
        return _save(connection, changed)


def _deleted(connection: Connection, product_id: int) -> str:
    present = _read_one(connection, ProductId(product_id))
    return "Deleted a product" if present is None else f"Deleted “{present.original.title or present.sku}”"


def _save(connection: Connection, changed: Product) -> ProductId:
    columns = row_from_product(changed)
    if not columns["sku_key"]:
        raise UserMistake("The product has no SKU.", hint="Enter a SKU: it tells your products apart.")
    now = now_ms()
    try:
        if changed.id:
            values = {**columns, "updated_at": now, "version": product.c.version + 1, "import_id": None}
            done = connection.execute(product.update().where(product.c.id == changed.id).values(values))
            if not done.rowcount:
                raise UserMistake(f"“{changed.sku}” is no longer in the catalog.", hint="It was deleted meanwhile.")
            tell_products(plain_connection(connection), "product.updated", [changed.id])
            return changed.id
        result = connection.execute(product.insert(), {**columns, "created_at": now, "updated_at": now})
    except IntegrityError as error:
        raise UserMistake(
            f"The SKU “{changed.sku}” belongs to another product.",
            hint="Use a different SKU, or change that product instead. Upper and lower case make no difference.",
            original=str(error.orig),
        ) from error
    assert result.inserted_primary_key is not None  # noqa: S101 - an insert into a table with a key
    product_id = ProductId(result.inserted_primary_key[0])
    tell_products(plain_connection(connection), "product.imported", [product_id])
    return product_id
