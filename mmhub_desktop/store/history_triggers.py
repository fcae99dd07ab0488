"""The TEMP triggers by which changes are noted, made from what the tables of the file are.

Tables that hang on products (a foreign key with ON DELETE CASCADE, or SET NULL) are found by themselves: whoever adds
one has it undone with the rest, unless it is named in ``NOT_KEPT``. All functions take the plain sqlite3 connection.
"""
# ruff: noqa: S608 - names of tables and columns, from the file itself

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

WORKED_OUT = frozenset({"search_key", "quality", "version", "created_at", "updated_at"})  # follow from other columns
COMPANIONS = frozenset({"sku_key", "status", "import_id"})  # noted beside a seller's column that changed with them
NOT_KEPT = frozenset({"readiness", "readiness_finding"})  # tables that hang on products and are worked out again
_LISTING_CELLS = ("overrides",)


@dataclass(frozen=True, slots=True)
class Kept:
    """A table whose rows are kept when they go. ``links``: columns that are emptied when a row they name goes."""

    name: str
    columns: tuple[str, ...]
    rank: int
    has_rowid: bool
    links: tuple[str, ...] = ()


def prepare(raw: sqlite3.Connection) -> None:
    """Put the triggers on a connection that has none yet."""
    if raw.execute("SELECT 1 FROM temp.sqlite_master WHERE name='recording'").fetchone() is None:
        raw.execute("CREATE TEMP TABLE recording (entry_id INTEGER, side INTEGER, floor INTEGER, cells INTEGER)")
        for statement in _triggers(raw):
            raw.execute(statement)


def kept_tables(raw: sqlite3.Connection) -> tuple[Kept, ...]:
    """``product`` and whatever hangs on it, what must be there first before what names it."""
    links = _foreign_keys(raw)
    kept, ranks = [_kept(raw, "product", 0, ())], {"product": 0}
    waiting = True
    while waiting:
        waiting = False
        for table, keys in links.items():
            above = [ranks[parent] for parent, _, action in keys if action == "CASCADE" and parent in ranks]
            if table not in ranks and table not in NOT_KEPT and above:
                ranks[table] = max(above) + 2  # product itself takes two: those without a parent, then variants
                kept.append(_kept(raw, table, ranks[table], ()))
                waiting = True
    for table, keys in links.items():
        emptied = tuple(column for parent, column, action in keys if action == "SET NULL" and parent in ranks)
        if emptied and table not in ranks and table not in NOT_KEPT:
            kept.append(_kept(raw, table, -1, emptied))
    return tuple(kept)


def links_to_products(raw: sqlite3.Connection) -> list[tuple[str, str]]:
    """(Table, column) of each foreign key that names a product."""
    keys = _foreign_keys(raw).items()
    return [(table, column) for table, links in keys for parent, column, _ in links if parent == "product"]


def cells_of_product(raw: sqlite3.Connection) -> tuple[str, ...]:
    """The columns of a product that a seller decides."""
    names = columns_of(raw, "product")
    return tuple(name for name in names if name not in WORKED_OUT | COMPANIONS | {"id"})


def _kept(raw: sqlite3.Connection, name: str, rank: int, links: tuple[str, ...]) -> Kept:
    has_rowid = not raw.execute("SELECT wr FROM pragma_table_list WHERE schema='main' AND name=?", (name,)).fetchone()[
        0
    ]
    return Kept(name, tuple(columns_of(raw, name)), rank, has_rowid, links)


def columns_of(raw: sqlite3.Connection, table: str) -> list[str]:
    return [row[0] for row in raw.execute("SELECT name FROM pragma_table_info(?)", (table,))]


def _foreign_keys(raw: sqlite3.Connection) -> Mapping[str, list[tuple[str, str, str]]]:
    """Table → (table it names, by which column, what happens when that row goes)."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for table, parent, column, action in raw.execute(
        'SELECT m.name, k."table", k."from", k.on_delete FROM main.sqlite_master m, pragma_foreign_key_list(m.name) k'
        " WHERE m.type='table' ORDER BY m.name"
    ):
        found.setdefault(table, []).append((parent, column, action))
    return found


def _triggers(raw: sqlite3.Connection) -> Iterator[str]:
    on = "(SELECT entry_id FROM recording) IS NOT NULL"
    noting = "(SELECT cells FROM recording) = 1"
    cells = cells_of_product(raw)
    watched = [*cells, "sku_key"]  # an import sets it before the SKU itself
    changed = " OR ".join(f'OLD."{name}" IS NOT NEW."{name}"' for name in watched)
    beside = [name for name in columns_of(raw, "product") if name in COMPANIONS]
    yield (
        f"CREATE TEMP TRIGGER history_product_changed AFTER UPDATE OF {_names(watched)} ON main.product"
        f" WHEN {noting} AND OLD.id <= (SELECT floor FROM recording) AND ({changed})"
        f" BEGIN {_note_cells('product', [*cells, *beside])} END"
    )
    yield (
        f"CREATE TEMP TRIGGER history_listing_changed AFTER UPDATE OF {_names(_LISTING_CELLS)} ON main.listing"
        f" WHEN {noting} AND OLD.overrides IS NOT NEW.overrides"
        f" BEGIN {_note_cells('listing', _LISTING_CELLS)} END"
    )
    columns = columns_of(raw, "product")
    going = ", ".join(f'OLD."{name}"' for name in columns)
    yield (
        f"CREATE TEMP TRIGGER history_product_went BEFORE DELETE ON main.product WHEN {on}"
        f" BEGIN INSERT INTO history_product (entry_id, side, rank, {_names(columns)})"
        f" SELECT entry_id, side, OLD.parent_id IS NOT NULL, {going}"
        " FROM recording; END"
    )
    for table in kept_tables(raw):
        for link in table.links:
            yield (
                f'CREATE TEMP TRIGGER history_{table.name}_{link}_emptied AFTER UPDATE OF "{link}" ON main.{table.name}'
                f' WHEN {noting} AND NEW."{link}" IS NULL AND OLD."{link}" IS NOT NULL'
                f" BEGIN {_note_cells(table.name, (link,))} END"
            )
        if table.links or table.name == "product":
            continue
        row_id = "OLD.rowid" if table.has_rowid else "0"
        alone = _is_alone(raw, table.name)
        when = on if table.name == "listing" else f"{on} AND NOT {alone}"
        values = ", ".join(f'OLD."{name}"' for name in table.columns)
        yield (
            f"CREATE TEMP TRIGGER history_{table.name}_went BEFORE DELETE ON main.{table.name} WHEN {when}"
            " BEGIN INSERT INTO history_row (entry_id, side, rank, table_name, row_id, alone, layout_id, data)"
            f" SELECT entry_id, side, {table.rank}, '{table.name}', {row_id}, {alone}, {_layout(raw, table)},"
            f" json_array({values}) FROM recording; END"
        )


def _is_alone(raw: sqlite3.Connection, table: str) -> str:
    """Whether the row that a row hangs on is still there while it goes: by a cascade it is gone already."""
    keys = [(parent, column) for parent, column, action in _foreign_keys(raw)[table] if action == "CASCADE"]
    return "(" + " AND ".join(f'EXISTS (SELECT 1 FROM {p} WHERE id = OLD."{column}")' for p, column in keys) + ")"


def _note_cells(table: str, names: Sequence[str]) -> str:
    def cells(side: str) -> str:
        parts = " || ".join(
            f'CASE WHEN OLD."{name}" IS NOT NEW."{name}"'
            f""" THEN ',"{name}":' || json_quote({side}."{name}") ELSE '' END"""
            for name in names
        )
        return f"'{{' || substr({parts}, 2) || '}}'"

    return (
        "INSERT INTO history_change (entry_id, table_name, row_id, before, after)"
        f" SELECT entry_id, '{table}', OLD.rowid, {cells('OLD')}, {cells('NEW')} FROM recording;"
    )


def _layout(raw: sqlite3.Connection, table: Kept) -> int:
    columns = json.dumps(table.columns)
    found = raw.execute(
        "SELECT id FROM history_layout WHERE table_name=? AND columns=?", (table.name, columns)
    ).fetchone()
    if found is not None:
        return int(found[0])
    made = raw.execute("INSERT INTO history_layout (table_name, columns) VALUES (?, ?)", (table.name, columns))
    return made.lastrowid or 0


def _names(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
