"""The history as it is read: entries, the products they concern, and what an undo left."""

import json
from array import array
from typing import Any

from sqlalchemy import Connection

from mmhub_desktop.domain.history import EntryKind, EntryState, HistoryEntry, ProductChange, Reason, Refusal
from mmhub_desktop.domain.ids import EntryId, ImportId, ProductId
from mmhub_desktop.store.database import from_ms
from mmhub_desktop.store.id_lists import read_ids

_ENTRIES = (
    "SELECT id, at, actor, kind, label, products, state, import_id, bytes, refused, undone_at FROM history_entry WHERE "
)
# The products that an entry concerns, also those that are gone since; {entry}: its number, or a query of numbers.
PRODUCTS_OF_ENTRY = (
    "SELECT row_id AS id FROM history_change WHERE entry_id IN ({entry}) AND table_name='product'"
    " UNION SELECT p.id FROM history_range g JOIN product p ON p.id BETWEEN g.first AND g.last"
    " WHERE g.entry_id IN ({entry}) AND g.table_name='product'"
    " UNION SELECT l.product_id FROM history_change c JOIN listing l ON l.id=c.row_id"
    " WHERE c.entry_id IN ({entry}) AND c.table_name='listing'"
    " UNION SELECT l.product_id FROM history_range g JOIN listing l ON l.id BETWEEN g.first AND g.last"
    " WHERE g.entry_id IN ({entry}) AND g.table_name='listing'"
)
_OF_PRODUCT = """
SELECT entry_id FROM history_change WHERE row_id=:id AND table_name='product'
UNION SELECT entry_id FROM history_product WHERE id=:id
UNION SELECT entry_id FROM history_range WHERE table_name='product' AND first<=:id AND last>=:id
UNION SELECT c.entry_id FROM listing l JOIN history_change c ON c.row_id=l.id AND c.table_name='listing'
  WHERE l.product_id=:id
UNION SELECT g.entry_id FROM listing l JOIN history_range g
  ON g.table_name='listing' AND l.id BETWEEN g.first AND g.last
  WHERE l.product_id=:id
"""


def read_entries(connection: Connection, condition: str, *values: object) -> list[HistoryEntry]:
    """The entries that meet a condition of our own."""
    entries = []
    for row in connection.exec_driver_sql(_ENTRIES + condition, tuple(values)):
        at = from_ms(row.at)
        assert at is not None  # noqa: S101 - the column is NOT NULL
        entries.append(
            HistoryEntry(
                id=EntryId(row.id),
                at=at,
                actor=row.actor,
                kind=EntryKind(row.kind),
                label=row.label,
                products=row.products,
                state=EntryState(row.state),
                import_id=None if row.import_id is None else ImportId(row.import_id),
                bytes=row.bytes,
                refused=row.refused,
                undone_at=from_ms(row.undone_at),
            )
        )
    return entries


def read_ids_of_entries(connection: Connection, product_id: ProductId | None) -> "array[int]":
    """All entries, newest first; or those that concern a product."""
    which = "" if product_id is None else f"WHERE id IN ({_OF_PRODUCT})"
    found = connection.exec_driver_sql(
        f"SELECT json_group_array(id) FROM (SELECT id FROM history_entry {which} ORDER BY id DESC)",  # noqa: S608
        {} if product_id is None else {"id": product_id},
    ).scalar()
    return read_ids(found)


def read_product_ids(connection: Connection, entry_id: EntryId) -> "array[int]":
    """The products that an entry concerns and that are there, by id."""
    found = connection.exec_driver_sql(
        f"SELECT json_group_array(id) FROM ({PRODUCTS_OF_ENTRY.format(entry=':entry')} ORDER BY 1)"  # noqa: S608
        " WHERE id IN (SELECT id FROM product)",
        {"entry": entry_id},
    ).scalar()
    return read_ids(found)


def read_changes_of(connection: Connection, product_id: ProductId, limit: int) -> list[ProductChange]:
    """What entries did to a product, newest first."""
    which = f"id IN ({_OF_PRODUCT.replace(':id', str(int(product_id)))}) ORDER BY id DESC LIMIT ?"
    changes = []
    for entry in read_entries(connection, which, limit):
        known = {"entry": entry.id, "id": product_id}
        cells: dict[str, tuple[Any, Any]] = {}
        for before, after in connection.exec_driver_sql(
            "SELECT before, after FROM history_change"
            " WHERE entry_id=:entry AND row_id=:id AND table_name='product' ORDER BY id",
            known,
        ):
            new = json.loads(after)
            for name, old in json.loads(before).items():
                if name in ("sku_key", "import_id"):  # nothing that people see
                    continue
                cells[name] = (cells[name][0] if name in cells else old, new[name])
        came = connection.exec_driver_sql(
            "SELECT 1 FROM history_range WHERE entry_id=:entry AND table_name='product' AND first<=:id AND last>=:id"
            " AND side=0 UNION SELECT 1 FROM history_product WHERE entry_id=:entry AND id=:id AND side=1",
            known,
        ).first()
        went = connection.exec_driver_sql(
            "SELECT 1 FROM history_product WHERE entry_id=:entry AND id=:id AND side=0"
            " UNION SELECT 1 FROM history_range WHERE entry_id=:entry AND table_name='product' AND first<=:id"
            " AND last>=:id AND side=1",
            known,
        ).first()
        changes.append(ProductChange(entry, cells, came=came is not None, went=went is not None))
    return changes


def read_refusals(connection: Connection, entry_id: EntryId, limit: int) -> list[Refusal]:
    """What the last undo or redo left, in the order it was met."""
    found = connection.exec_driver_sql(
        "SELECT r.field, r.reason, r.present, coalesce(p.id, 0) AS product_id, coalesce(p.sku, '') AS sku,"
        " coalesce(p.optimized_title, p.title, '') AS title FROM history_refusal r"
        " LEFT JOIN listing l ON r.table_name='listing' AND l.id=r.row_id"
        " LEFT JOIN product p ON p.id=CASE r.table_name WHEN 'listing' THEN l.product_id ELSE r.row_id END"
        " WHERE r.entry_id=? ORDER BY r.id LIMIT ?",
        (entry_id, limit),
    )
    return [
        Refusal(ProductId(row.product_id), row.sku, row.title, row.field, Reason(row.reason), row.present)
        for row in found
    ]
