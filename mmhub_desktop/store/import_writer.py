"""How the import process writes: chunks of rows by its own connection, beside the program's writer.

Plain sqlite3, for speed and for a quick start of the process. Each chunk is one transaction with its rows, its
counts and the point to resume from. A row whose values are all there already is not written again.
"""

import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from mmhub_desktop.store.history_import import finish_import_entry, noting_import
from mmhub_desktop.store.import_links import BY_SOURCE, FamilyLinks, Notes, match_sources
from mmhub_desktop.store.import_statement import OBJECTS, SILENT, upsert_statement
from mmhub_desktop.store.outbox_rows import tell_import, tell_products, wants_products
from mmhub_desktop.store.product_scores import work_out
from mmhub_desktop.store.workflow_events import note_import

BUSY_TIMEOUT_S = 60

Values = tuple[Any, ...]
Rows = Callable[[], Iterable[Sequence[Values]]]  # the rows of a chunk in pieces; called once, or twice for a try

ROWS_AT_ONCE = 250  # rows in one statement, at most; each statement costs, and a longer one is no faster
KEY = 1  # where a row's SKU key stands

_PARENT_KEY = "parent_key"  # in a row, but no column of a product
_BY_ID = "product.id IN (SELECT value FROM json_each(?))"
_BY_KEY = "product.sku_key IN (SELECT value FROM json_each(?))"
_HIDDEN = {"search_key", "quality", "sku_key"}  # no news to a seller


class ImportTakenOver(Exception):
    """Somebody else ended or resumed this import: this process must stop and write no more."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What a chunk would do: (new, changed, same), some changed rows before and after, and some new ones."""

    counts: tuple[int, int, int]
    changed: list[tuple[dict[str, Any], dict[str, Any]]]
    added: list[dict[str, Any]]


class ImportWriter:
    """One import's connection to a workspace. Used by one thread of the import process at a time.

    ``columns`` are those that the file fills; a row is a tuple of their values. Where the file says nothing there
    is '' for text, '[]' or '{}' for lists, None for sizes and prices, -1 for quantity and active. ``search_key`` may be
    None where title and SKU are ASCII: SQLite folds those itself. In ``clears`` nothing said takes away what is there.
    "parent_key" is the key of the parent's SKU. ``made_skus``: the program made the SKUs, so those of products that
    are found by their source id are kept.
    """

    def __init__(
        self,
        path: Path,
        import_id: int,
        columns: Sequence[str],
        clears: frozenset[str] = frozenset(),
        *,
        made_skus: bool = False,
    ) -> None:
        self._raw = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
        for pragma in (
            "synchronous=NORMAL",
            "foreign_keys=ON",
            "temp_store=MEMORY",
            "cache_size=-65536",
            # 512 MB: folding the log in while rows come costs a quarter more; the program does it afterwards
            "wal_autocheckpoint=131072",
        ):
            self._raw.execute(f"PRAGMA {pragma}")
        self._id = import_id
        self._width = len(columns)
        self._columns = tuple(name for name in columns if name != _PARENT_KEY)
        self._clears = clears
        self._made_skus = made_skus
        self._notes: Notes = []
        self._links = FamilyLinks(self._raw, import_id, self._notes)
        self._has_parents = _PARENT_KEY in columns
        places = tuple(columns.index(name) if name in columns else -1 for name in ("source", "source_id"))
        self._sources = (places[0], places[1])
        self._raw.execute("CREATE TEMP TABLE moment (at INTEGER)")
        self._raw.execute("INSERT INTO moment VALUES (0)")

    def close(self) -> None:
        """Close the connection; what was not committed is undone."""
        self._raw.close()

    def take_notes(self) -> Notes:
        """What was left out of rows since this was last asked: (rule, message)."""
        taken = list(self._notes)
        self._notes.clear()
        return taken

    def known(self, keys: Sequence[str]) -> set[str]:
        """Which of these SKU keys are in the catalog."""
        query = "SELECT sku_key FROM product WHERE sku_key IN (SELECT value FROM json_each(?))"
        return {key for (key,) in self._raw.execute(query, (json.dumps(keys),))}

    def repeated(self, fingerprint: str) -> tuple[int, int, int, str] | None:
        """(same, refused, records, refused file) when importing would change nothing, as far as the catalog goes.

        Each product says which import gave it its present values, and forgets it when they are changed otherwise.
        So when an earlier import by the same plan wrote all its rows, and as many products name it, then they are
        as it left them. The caller makes sure that the file has the same bytes still. None when it cannot be told.
        """
        found = self._raw.execute(
            "SELECT id, rows_new + rows_changed, rows_refused, resume_at, refused_file FROM import_job"
            " WHERE state='completed' AND rows_same=0 AND id<>? AND json_extract(plan, '$.fingerprint')=?"
            " ORDER BY id DESC LIMIT 1",
            (self._id, fingerprint),
        ).fetchone()
        if found is None or not found[1]:
            return None
        present = self._raw.execute("SELECT count(*) FROM product WHERE import_id=?", (found[0],)).fetchone()[0]
        return (present, *found[2:]) if present == found[1] else None

    def note_repeated(self, same: int, refused: int, records: int, refused_file: str) -> None:
        """Write the end of an import that had nothing to do."""
        self._raw.execute("BEGIN IMMEDIATE")
        try:
            done = self._raw.execute(
                "UPDATE import_job SET rows_same=?, rows_refused=?, resume_at=?, refused_file=?, message=?,"
                " state='completed', finished_at=? WHERE id=? AND resume_at=0 AND state='running'",
                (same, refused, records, refused_file, "Nothing has changed since the last import of this file.",
                 time.time_ns() // 1_000_000, self._id),
            )  # fmt: skip
            if done.rowcount:
                tell_import(self._raw, self._id)
                note_import(self._raw, self._id)
            self._raw.execute("COMMIT")
        except BaseException:
            self._undo()
            raise

    def write(
        self, rows: Rows, *, refused: int, resume_from: int, resume_at: int, refused_file: str
    ) -> tuple[int, int, int]:
        """Commit a chunk and move the resume point; returns (new, changed, same). ImportTakenOver when not ours."""
        self._raw.execute("BEGIN IMMEDIATE")
        try:
            with noting_import(self._raw, self._id):
                counts = self._upsert(rows, told=wants_products(self._raw))
            moved = self._raw.execute(
                "UPDATE import_job SET rows_new=rows_new+?, rows_changed=rows_changed+?, rows_same=rows_same+?,"
                " rows_refused=rows_refused+?, resume_at=?, refused_file=?"
                " WHERE id=? AND resume_at=? AND state='running'",
                (*counts, refused, resume_at, refused_file, self._id, resume_from),
            )
            if moved.rowcount != 1:
                raise ImportTakenOver
            self._raw.execute("COMMIT")
        except BaseException:
            self._undo()
            raise
        return counts

    def try_out(self, rows: Rows, samples: int, new_samples: int) -> Tried:
        """What ``write`` would do, undone again, with so many of the changed and of the new products at most."""
        self._raw.execute("BEGIN IMMEDIATE")
        try:
            last = self._last_id()
            before = self._rows(*self._found_by(rows)) if samples else {}
            counts = self._upsert(rows)
            after = self._rows(_BY_ID, json.dumps(list(before))) if before and counts[1] else {}
            added = self._rows("product.id > ? ORDER BY product.id LIMIT ?", last, new_samples) if new_samples else {}
        finally:
            self._undo()
        changed = [(old, after[row]) for row, old in before.items() if row in after and after[row] != old]
        return Tried(counts, changed[:samples], list(added.values()))

    def _found_by(self, rows: Rows) -> tuple[str, str, str]:
        """The condition that products which rows find by SKU or source id meet."""
        source_at, id_at = self._sources
        every = list(chain.from_iterable(rows()))
        pairs = [(row[source_at] if source_at >= 0 else "", row[id_at]) for row in every] if id_at >= 0 else []
        return f"{_BY_KEY} OR {BY_SOURCE}", json.dumps([row[KEY] for row in every]), json.dumps(pairs)

    def link_rest(self) -> int:
        """Give variants their parents that came after them, after the last chunk.

        Returns how many products that were counted as the same are changed by it.
        """
        changed = 0
        if self._has_parents:
            self._raw.execute("BEGIN IMMEDIATE")
            try:
                with noting_import(self._raw, self._id):
                    changed = self._links.link_rest(time.time_ns() // 1_000_000)
                count = "UPDATE import_job SET rows_changed=rows_changed+?, rows_same=rows_same-? WHERE id=?"
                self._raw.execute(count, (changed, changed, self._id))
                self._raw.execute("COMMIT")
            except BaseException:
                self._undo()
                raise
        return changed

    def finish(self, state: str, resume_at: int, message: str = "") -> None:
        """Write how the import ended, and wait until all of it is on the disk. ImportTakenOver when it is not ours."""
        self._raw.execute("PRAGMA synchronous=FULL")
        self._raw.execute("BEGIN IMMEDIATE")
        try:
            done = self._raw.execute(
                "UPDATE import_job SET state=?, message=?, finished_at=?"
                " WHERE id=? AND resume_at=? AND state='running'",
                (state, message, time.time_ns() // 1_000_000, self._id, resume_at),
            )
            if done.rowcount != 1:
                raise ImportTakenOver
            finish_import_entry(self._raw, self._id)
            if state == "completed":
                tell_import(self._raw, self._id)
                note_import(self._raw, self._id)
            self._raw.execute("COMMIT")
        except BaseException:
            self._undo()
            raise

    def _undo(self) -> None:
        if self._raw.in_transaction:
            self._raw.execute("ROLLBACK")

    def _rows(self, condition: str, *values: Any) -> dict[int, dict[str, Any]]:
        """What people see of the products that meet a condition of our own, by id."""
        names = [name for name in self._columns if name not in _HIDDEN]
        selected = [f"product.{name}" for name in ("id", "currency", *names)]
        if self._has_parents:
            names.append("parent")
            selected.append("coalesce(parent.sku, '')")
        query = (
            f"SELECT {', '.join(selected)} FROM product LEFT JOIN product AS parent"  # noqa: S608 - names of columns
            f" ON parent.id=product.parent_id WHERE {condition}"
        )
        found = self._raw.execute(query, values)
        return {row[0]: dict(zip(["currency", *names], row[1:], strict=True)) for row in found}

    def _last_id(self) -> int:
        found: int | None = self._raw.execute("SELECT max(id) FROM product").fetchone()[0]
        return found or 0

    def _upsert(self, rows: Rows, *, told: bool = False) -> tuple[int, int, int]:
        raw = self._raw
        now = time.time_ns() // 1_000_000
        raw.execute("UPDATE moment SET at=?", (now,))
        last = self._last_id()
        read = written = 0  # not by total_changes: that counts what the database's triggers write, too
        links: list[tuple[str, str]] = []
        for given in rows():
            piece = given
            if self._sources[1] >= 0:
                piece = match_sources(raw, list(given), self._sources, self._notes, made_skus=self._made_skus)
            if self._has_parents:
                links += [(row[KEY], row[-1]) for row in piece if row[-1] or _PARENT_KEY in self._clears]
            read += len(piece)
            for start in range(0, len(piece), ROWS_AT_ONCE):
                some = piece[start : start + ROWS_AT_ONCE]
                written += raw.execute(self._statement(len(some)), list(chain.from_iterable(some))).rowcount
        # not by max(id): rows that were there already used up ids, too
        new = raw.execute("SELECT count(*) FROM product WHERE id>?", (last,)).fetchone()[0]
        changed = written - new
        if new:
            self._settle_new(last)
        if changed:
            # from what is stored now: the file may hold only some columns
            condition = "updated_at=:now AND import_id=:import AND version>1"
            work_out(raw, condition, {"now": now, "import": self._id})
        if links:
            changed += self._links.link(links, now, clear=_PARENT_KEY in self._clears)
        if told:
            self._tell(now, last)
        return new, changed, read - new - changed

    def _settle_new(self, last: int) -> None:
        """What new products, those behind ``last``, have where the file says nothing."""
        for name in self._columns:
            if name in SILENT:
                nothing, default = SILENT[name]
                self._raw.execute(f"UPDATE product SET {name}={default} WHERE id>? AND {name}={nothing}", (last,))  # noqa: S608
        for name in OBJECTS:
            if name in self._clears:  # null takes away; a new product has nothing to take
                strip = f"UPDATE product SET {name}=json_patch('{{}}', {name}) WHERE id>? AND {name} LIKE '%:null%'"  # noqa: S608
                self._raw.execute(strip, (last,))
        if "optimized_title" in self._columns:  # these are scored and found by their better words
            work_out(self._raw, "id>:last AND optimized_title IS NOT NULL", {"last": last})

    def _tell(self, now: int, last: int) -> None:
        """Each product of the chunk that came or changed, for those who want to be told."""
        came = self._raw.execute("SELECT id FROM product WHERE id>?", (last,))
        tell_products(self._raw, "product.imported", [row[0] for row in came.fetchall()], import_id=self._id)
        changed = self._raw.execute(
            "SELECT id FROM product WHERE updated_at=? AND import_id=? AND version>1 AND id<=?", (now, self._id, last)
        )
        tell_products(self._raw, "product.updated", [row[0] for row in changed.fetchall()], import_id=self._id)

    @lru_cache(maxsize=4)  # noqa: B019 - lives as long as the process
    def _statement(self, rows: int) -> str:
        return upsert_statement(self._columns, self._clears, self._width, rows, self._id)
