"""How an export reads: one moment of the workspace, page by page, over a connection of its own beside the program's.

Plain sqlite3, as the import writes: the export is a process of its own, and the window's readers stay free.
"""
# ruff: noqa: S608 - the statements are put together from words of this file

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from mmhub_desktop.domain.product import Product
from mmhub_desktop.store.product_rows import product_from_row

if TYPE_CHECKING:
    from sqlalchemy import RowMapping

PAGE = 500  # products read at once
_FAMILY_ORDER = "coalesce(parent_id, id), parent_id IS NOT NULL, id"


@dataclass(frozen=True, slots=True)
class Exported:
    """A product with the SKU of its parent, empty where it has none, and its variants where families were asked for."""

    product: Product
    parent_sku: str
    variants: tuple[Product, ...] = ()


@dataclass(frozen=True, slots=True)
class ExportNames:
    """The names that occur among the chosen products, in the order in which they first come."""

    attributes: tuple[str, ...]
    options: tuple[str, ...]
    most_attributes: int  # of one product
    most_options: int


class ExportReader:
    """The chosen products as they are now: what changes later is not seen. For one thread; close it."""

    def __init__(self, path: Path, ids: Iterable[int] | None, *, families: bool, with_variants: bool = False) -> None:
        """``ids``: in their order, but variants behind their parents; None: everything.

        ``families``: a product comes with all its variants, a variant that is chosen alone with its parent.
        ``with_variants``: variants of chosen products are chosen, too.
        """
        self._families = families
        self._place = 0
        self._raw = sqlite3.connect(path, timeout=60, isolation_level=None)
        self._raw.execute("PRAGMA cache_size=-65536")
        self._raw.execute("CREATE TEMP TABLE chosen (place INTEGER PRIMARY KEY, id INTEGER NOT NULL UNIQUE)")
        self._raw.execute("CREATE TEMP TABLE head (place INTEGER PRIMARY KEY, id INTEGER NOT NULL, whole INTEGER)")
        self._raw.execute("BEGIN")
        if ids is None:
            self._raw.execute(f"INSERT INTO chosen (id) SELECT id FROM product ORDER BY {_FAMILY_ORDER}")
        else:
            self._raw.executemany("INSERT OR IGNORE INTO chosen (id) VALUES (?)", ((each,) for each in ids))
        if with_variants:
            self._raw.execute(
                "INSERT OR IGNORE INTO chosen (id) SELECT v.id FROM chosen JOIN product v ON v.parent_id = chosen.id"
                " ORDER BY chosen.place, v.id"
            )
        own, order = (
            "p.id",
            "coalesce((SELECT place FROM chosen WHERE id = p.parent_id), place), parent_id NOTNULL, place",
        )
        if families:
            own, order = "coalesce(p.parent_id, p.id)", "min(place)"
        self._raw.execute(
            f"INSERT INTO head (id, whole) SELECT {own} AS head_id, max(p.parent_id IS NULL)"
            f" FROM chosen JOIN product p USING (id) GROUP BY head_id ORDER BY {order}"
        )

    def close(self) -> None:
        """Let go of the moment."""
        self._raw.close()

    def count(self) -> int:
        """How many products, or families, will come."""
        return int(self._raw.execute("SELECT count(*) FROM head").fetchone()[0])

    def names(self) -> ExportNames:
        """The names of attributes and options. Reads all chosen products, and of families their variants."""
        attributes, most_attributes = self._keys("attributes", "p.id")
        options, most_options = self._keys("options", "p.parent_id" if self._families else "p.id")
        return ExportNames(attributes, options, most_attributes, most_options)

    def pages(self) -> Iterator[list[Exported]]:
        """The chosen products in their order: each by itself, or families."""
        while rows := self._rows(
            "SELECT head.place, head.whole, p.*, (SELECT sku FROM product WHERE id = p.parent_id) AS parent_sku"
            " FROM head JOIN product p USING (id) WHERE head.place > ? ORDER BY head.place LIMIT ?",
            (self._place, PAGE),
        ):
            variants = self._variants(rows[0]["place"], rows[-1]["place"]) if self._families else {}
            self._place = rows[-1]["place"]
            yield [
                Exported(product_from_row(row), row["parent_sku"] or "", tuple(variants.get(row["id"], ())))
                for row in rows
            ]

    def _variants(self, first: int, last: int) -> dict[int, list[Product]]:
        found: dict[int, list[Product]] = {}
        for row in self._rows(
            "SELECT v.* FROM head JOIN product v ON v.parent_id = head.id WHERE head.place BETWEEN ? AND ?"
            " AND (head.whole OR v.id IN (SELECT id FROM chosen)) ORDER BY v.parent_id, v.id",
            (first, last),
        ):
            found.setdefault(row["parent_id"], []).append(product_from_row(row))
        return found

    def _rows(self, query: str, values: tuple[int, int]) -> "list[RowMapping]":
        cursor = self._raw.execute(query, values)
        names = [column[0] for column in cursor.description]
        return [cast("RowMapping", dict(zip(names, row, strict=True))) for row in cursor]  # sqlite3.Row is slower

    def _keys(self, column: str, which: str) -> tuple[tuple[str, ...], int]:
        filled = f"FROM head JOIN product p ON {which} = head.id WHERE p.{column} <> '{{}}'"
        of = f"FROM (SELECT place, p.{column} AS it {filled})"
        names = self._raw.execute(
            f"SELECT each.key, min(place) {of}, json_each(it) AS each GROUP BY each.key ORDER BY min(place), each.key"
        ).fetchall()
        most = self._raw.execute(f"SELECT max((SELECT count(*) FROM json_each(it))) {of}").fetchone()[0]
        return tuple(str(row[0]) for row in names), int(most or 0)
