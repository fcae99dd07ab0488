"""How many products an entry of the history concerns, and about how many bytes its record takes."""
# ruff: noqa: S608 - names of tables and columns of our own

import sqlite3
from collections.abc import Mapping

_SAMPLE = 1_000  # rows weighed of each table: reading all would take as long as an undo
_EACH = 60  # bytes of a row beside its texts, about
_WEIGHTS: Mapping[str, tuple[str, str]] = {  # table → (its key, what its texts weigh)
    "history_change": ("id", "length(CAST(before AS BLOB)) + length(CAST(after AS BLOB))"),
    "history_product": (
        "place",
        " + ".join(
            f"length(CAST(coalesce({name}, '') AS BLOB))"
            for name in (
                "sku", "sku_key", "search_key", "title", "description", "keywords", "optimized_title",
                "optimized_description", "images", "image_base", "attributes", "category", "brand",
            )
        ),
    ),
    "history_row": ("id", "length(CAST(data AS BLOB))"),
    "history_range": ("id", "0"),
}  # fmt: skip

Marks = Mapping[str, int]


def marks(raw: sqlite3.Connection) -> Marks:
    """The newest row of each table, to weigh only what came behind it."""
    return {
        table: raw.execute(f"SELECT coalesce(max({key}), 0) FROM {table}").fetchone()[0]
        for table, (key, _) in _WEIGHTS.items()
    }


def weigh_entry(raw: sqlite3.Connection, entry_id: int) -> None:
    """Note what the record of an entry takes."""
    raw.execute("UPDATE history_entry SET bytes=? WHERE id=?", (_weigh(raw, entry_id, {}), entry_id))


def count_entry(raw: sqlite3.Connection, entry_id: int) -> None:
    """Note how many products an entry concerns."""
    raw.execute("UPDATE history_entry SET products=? WHERE id=?", (_count(raw, entry_id, {}), entry_id))


def add_to_entry(raw: sqlite3.Connection, entry_id: int, since: Marks) -> None:
    """Add what came behind the marks to both."""
    raw.execute(
        "UPDATE history_entry SET products=products+?, bytes=bytes+? WHERE id=?",
        (_count(raw, entry_id, since), _weigh(raw, entry_id, since), entry_id),
    )


def _weigh(raw: sqlite3.Connection, entry_id: int, since: Marks) -> int:
    size = 0
    for table, (key, weight) in _WEIGHTS.items():
        part = f"FROM {table} WHERE entry_id=:entry AND {key}>:since"
        size += raw.execute(
            f"SELECT CAST(count(*) * ({_EACH} + coalesce((SELECT avg({weight})"
            f"  FROM (SELECT * {part} LIMIT {_SAMPLE})), 0)) AS INTEGER) {part}",
            {"entry": entry_id, "since": since.get(table, 0)},
        ).fetchone()[0]
    return size


def _count(raw: sqlite3.Connection, entry_id: int, since: Marks) -> int:
    touched = raw.execute(
        "SELECT count(*) FROM (SELECT row_id FROM history_change"
        "  WHERE entry_id=:entry AND id>:change AND table_name='product'"
        " UNION SELECT id FROM history_product WHERE entry_id=:entry AND place>:product"
        " UNION SELECT l.product_id FROM history_change c JOIN listing l ON l.id=c.row_id"
        "  WHERE c.entry_id=:entry AND c.id>:change AND c.table_name='listing'"
        " UNION SELECT l.product_id FROM history_range g JOIN listing l ON l.id BETWEEN g.first AND g.last"
        "  WHERE g.entry_id=:entry AND g.id>:range AND g.table_name='listing')",
        {
            "entry": entry_id,
            "change": since.get("history_change", 0),
            "range": since.get("history_range", 0),
            "product": since.get("history_product", 0),
        },
    ).fetchone()[0]
    ranges = raw.execute(
        "SELECT first, last FROM history_range WHERE entry_id=? AND id>? AND table_name='product'",
        (entry_id, since.get("history_range", 0)),
    ).fetchall()
    came = sum(
        raw.execute("SELECT count(*) FROM product WHERE id BETWEEN ? AND ?", row).fetchone()[0] for row in ranges
    )
    return int(came) + int(touched)
