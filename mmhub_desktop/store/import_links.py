"""What ties the rows of an import to other products: their parents, and the ids they have where they come from.

Plain sqlite3 on the import's own connection, inside its transactions.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

Values = tuple[Any, ...]
Notes = list[tuple[str, str]]

_AT_ONCE = 5_000  # links looked at in one query

# Products whose source and source id are among pairs, bound as JSON
BY_SOURCE = (
    "product.id IN (SELECT p.id FROM json_each(?) AS pair CROSS JOIN product AS p"
    " ON p.source=json_extract(pair.value, '$[0]') AND p.source_id=json_extract(pair.value, '$[1]')"
    " AND p.source_id<>'')"
)
_OTHER_OWNER = "The source id belongs to another product: left as it was."
_NO_FAMILY = "The parent is a variant itself, or the variant has variants: left without a parent."


class FamilyLinks:
    """Sets the parents of variants; those whose parent has not come yet wait in the database."""

    def __init__(self, raw: sqlite3.Connection, import_id: int, notes: Notes) -> None:
        self._raw = raw
        self._id = import_id
        self._notes = notes

    def link(self, links: Iterable[tuple[str, str]], now: int, *, clear: bool) -> int:
        """Link (SKU key of a variant, of its parent or ""); returns how many products only this has changed.

        An empty parent is taken for "has none" with ``clear``, and says nothing without.
        """
        listed, changed = list(links), 0
        for start in range(0, len(listed), _AT_ONCE):
            changed += self._link(listed[start : start + _AT_ONCE], now, clear=clear)
        return changed

    def link_rest(self, now: int) -> int:
        """Link what waits for parents that came later; returns how many products only this has changed.

        Who waits in vain stays a product of its own.
        """
        found = "SELECT child_key, parent_key FROM import_parent WHERE import_id=? AND child_key>? ORDER BY child_key"
        last, changed = "", 0
        while some := self._raw.execute(f"{found} LIMIT {_AT_ONCE}", (self._id, last)).fetchall():
            changed += self._link(some, now, clear=False, waits=False)
            last = some[-1][0]
        self._raw.execute("DELETE FROM import_parent WHERE import_id=?", (self._id,))
        return changed

    def _link(self, links: Sequence[tuple[str, str]], now: int, *, clear: bool, waits: bool = True) -> int:
        keys = {key for link in links for key in link if key}
        query = "SELECT sku_key, id, parent_id FROM product WHERE sku_key IN (SELECT value FROM json_each(?))"
        known = {key: (row, parent) for key, row, parent in self._raw.execute(query, (json.dumps(list(keys)),))}
        children = [known[child][0] for child, _ in links if child in known]
        query = "SELECT DISTINCT parent_id FROM product WHERE parent_id IN (SELECT value FROM json_each(?))"
        parents = {row for (row,) in self._raw.execute(query, (json.dumps(children),))}
        todo: list[tuple[int | None, int]] = []
        waiting: list[tuple[int, str, str]] = []
        for child, parent in links:
            if child not in known:
                continue  # a dry run's row that is not there
            row, present = known[child]
            if not parent:
                if clear and present is not None:
                    todo.append((None, row))
                    known[child] = row, None
            elif parent not in known:
                waiting.append((self._id, child, parent))
            elif known[parent][1] is not None or row in parents:
                self._notes.append((_NO_FAMILY, f"“{child}” names the parent “{parent}”"))
            elif present != known[parent][0]:
                todo.append((known[parent][0], row))
                known[child] = row, known[parent][0]
                parents.add(known[parent][0])
        if waiting and waits:
            self._raw.executemany("INSERT OR REPLACE INTO import_parent VALUES (?, ?, ?)", waiting)
        return self._set(todo, now)

    def _set(self, todo: Sequence[tuple[int | None, int]], now: int) -> int:
        """Write parents. A product that this import has not written yet is counted as changed by it."""
        if not todo:
            return 0
        alone = self._raw.executemany(
            f"UPDATE product SET parent_id=?, import_id={self._id}, updated_at={now}, version=version+1"  # noqa: S608
            f" WHERE id=? AND import_id IS NOT {self._id}",
            todo,
        ).rowcount
        self._raw.executemany("UPDATE product SET parent_id=? WHERE id=?", todo)
        return max(alone, 0)


def match_sources(
    raw: sqlite3.Connection, rows: list[Values], places: tuple[int, int], notes: Notes, *, made_skus: bool
) -> list[Values]:
    """The rows, changed so that those whose source id is in the catalog already find its product there.

    ``places`` are where source and source id stand in a row. A product keeps its SKU when the file's is a made one
    (``made_skus``), and else takes the file's. When that belongs to another product, the SKU decides.
    """
    source_at, id_at = places
    pairs = [(row[source_at] if source_at >= 0 else "", row[id_at]) for row in rows if row[id_at]]
    if not pairs:
        return rows
    query = f"SELECT source, source_id, sku, sku_key FROM product WHERE {BY_SOURCE}"  # noqa: S608 - our own words
    owners = {(source, each): (sku, key) for source, each, sku, key in raw.execute(query, (json.dumps(pairs),))}
    if not owners:
        return rows
    query = "SELECT sku_key FROM product WHERE sku_key IN (SELECT value FROM json_each(?))"
    taken = {key for (key,) in raw.execute(query, (json.dumps([row[1] for row in rows]),))}
    matched = []
    for row in rows:
        pair = (row[source_at] if source_at >= 0 else "", row[id_at])
        owner = owners.get(pair) if row[id_at] else None
        if owner is not None and owner[1] != row[1]:
            if made_skus:
                row = (*owner, *row[2:])  # noqa: PLW2901
            elif row[1] in taken:
                notes.append((_OTHER_OWNER, f"“{row[id_at]}” of “{row[0]}” belongs to “{owner[0]}”"))
                row = (*row[:id_at], "", *row[id_at + 1 :])  # noqa: PLW2901
            else:
                raw.execute("UPDATE product SET sku_key=? WHERE source=? AND source_id=?", (row[1], *pair))
                taken.add(row[1])
        matched.append(row)
    return matched
