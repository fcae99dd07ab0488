"""Whatever was done in whatever order: undone in reverse, all is as before, and redone as it was after."""

import contextlib
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from mmhub_desktop.domain.history import EntryKind, EntryState
from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.product import Product, ProductStatus, Text, search_key
from mmhub_desktop.domain.quality import score_parts
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.events import Bus, Notice
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.history import HistoryStore
from mmhub_desktop.store.history_move import CHUNK
from mmhub_desktop.store.history_recording import recorded, recording
from mmhub_desktop.store.import_writer import ImportWriter
from mmhub_desktop.store.outbox_rows import plain_connection
from mmhub_desktop.store.product_scores import work_out
from mmhub_desktop.store.products import ProductStore

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
WHICH = st.integers(0, 5)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("save"), WHICH, WORDS, st.integers(0, 9)),
        st.tuples(st.just("rename"), WHICH, WHICH),
        st.tuples(st.just("variant"), WHICH, WHICH),
        st.tuples(st.just("better"), WHICH, WORDS),
        st.tuples(st.just("plain"), WHICH),
        st.tuples(st.just("delete"), st.lists(WHICH, min_size=1, max_size=3)),
        st.tuples(st.just("bulk"), st.integers(-3, 3), WORDS),
        st.tuples(st.just("import"), st.lists(st.tuples(WHICH, WORDS, st.integers(0, 9)), min_size=1, max_size=5)),
    ),
    min_size=1,
    max_size=8,
)
COLUMNS = ("sku", "sku_key", "search_key", "title", "quantity", "quality")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "shop.mmhub"
    Database.open(path).close()
    return path


def dump(db: Database) -> list[tuple[Any, ...]]:
    def read(connection: Connection) -> list[tuple[Any, ...]]:
        names = [row[1] for row in connection.exec_driver_sql("PRAGMA table_info(product)")]
        kept = ", ".join(name for name in names if name not in ("version", "updated_at"))
        return [tuple(row) for row in connection.exec_driver_sql(f"SELECT {kept} FROM product ORDER BY id")]

    return db.read_now(read)


class Catalog:
    """Carries steps out as the program does."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.products = ProductStore(db)
        self.history = HistoryStore(db, Bus(), lambda: 500)

    async def find(self, which: int) -> Product | None:
        return await self.products.by_sku(f"S{which}")

    async def do(self, step: tuple[Any, ...]) -> None:
        with contextlib.suppress(UserMistake):  # a SKU that is another's: nothing was changed
            await getattr(self, f"_{step[0]}")(*step[1:])

    async def _save(self, which: int, title: str, quantity: int) -> None:
        present = await self.find(which)
        new = Product(ProductId(0), f"S{which}", Text(title or "T"), attributes={"k": title})
        await self.products.save(
            new if present is None else replace(present, original=Text(title or "T"), quantity=quantity)
        )

    async def _rename(self, which: int, to: int) -> None:
        if (present := await self.find(which)) is not None:
            await self.products.save(replace(present, sku=f"s{to}"))

    async def _variant(self, which: int, of: int) -> None:
        child, parent = await self.find(which), await self.find(of)
        if child is None or parent is None or child.id == parent.id or parent.parent_id is not None:
            return
        if not await self.products.variants_of(child.id):
            await self.products.save(replace(child, parent_id=parent.id, options={"Size": str(which)}))

    async def _better(self, which: int, title: str) -> None:
        if (present := await self.find(which)) is not None:
            await self.products.set_status([present.id], ProductStatus.OPTIMIZING)
            await self.products.set_optimized(present.id, Text(title or "B"), "a model")

    async def _plain(self, which: int) -> None:
        if (present := await self.find(which)) is not None:
            await self.products.clear_optimized(present.id)

    async def _delete(self, which: list[int]) -> None:
        found = [await self.find(each) for each in which]
        await self.products.delete([each.id for each in found if each is not None])

    async def _bulk(self, more: int, brand: str) -> None:
        entry = await self.history.begin(EntryKind.BULK_EDIT, "More")
        for odd in (0, 1):

            def write(connection: Connection, odd: int = odd) -> None:
                with recording(connection, entry):
                    connection.exec_driver_sql(
                        "UPDATE product SET quantity=quantity+?, brand=?, version=version+1 WHERE id % 2=?",
                        (more, brand, odd),
                    )
                    connection.exec_driver_sql("UPDATE product SET gtin=brand WHERE id % 3=0")
                work_out(plain_connection(connection), "true", {})

            await self.db.write(write)
        await self.history.finish(entry)

    async def _import(self, rows: list[tuple[int, str, int]]) -> None:
        def begin(connection: Connection) -> int:
            made = connection.exec_driver_sql(
                "INSERT INTO import_job (file_name, file_path, started_at) VALUES ('a', 'a', 1)"
            )
            return int(made.lastrowid or 0)

        import_id = await self.db.write(begin)
        writer = ImportWriter(self.db.path, import_id, COLUMNS)
        unique = {
            which: (f"S{which}", f"s{which}", search_key(title or "T", f"S{which}"), title or "T", left,
                    score_parts(title or "T", 0, 0, 0))
            for which, title, left in rows
        }  # fmt: skip
        for number, row in enumerate(unique.values()):
            made = [[row]]
            writer.write(
                lambda made=made: made, refused=0, resume_from=number, resume_at=number + 1, refused_file=""  # type: ignore[misc]
            )  # fmt: skip
        writer.finish("completed", len(unique))
        writer.close()


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
async def test_undone_in_reverse_and_redone(
    tmp_path_factory: pytest.TempPathFactory, template: Path, steps: Any
) -> None:
    path = tmp_path_factory.mktemp("shop") / "shop.mmhub"
    shutil.copy(template, path)
    db = Database.open(path)
    try:
        catalog = Catalog(db)
        stages = {0: dump(db)}  # by the number of entries that stand
        for step in steps:
            await catalog.do(step)
            stages[len(await catalog.history.entries())] = dump(db)
        top = standing = max(stages)
        while (entry := await catalog.history.next_undo()) is not None:
            done = await catalog.history.undo(entry.id)
            standing -= 1
            assert done.refused == 0, done.refusals
            if standing in stages:
                assert dump(db) == stages[standing]
        assert (standing, dump(db)) == (0, [])
        while (entry := await catalog.history.next_redo()) is not None:
            done = await catalog.history.redo(entry.id)
            standing += 1
            assert done.refused == 0, done.refusals
        assert (standing, dump(db)) == (top, stages[top])
    finally:
        db.close()
        shutil.rmtree(path.parent)


PROGRAM = """
import asyncio, sys
from pathlib import Path
from mmhub_desktop.domain.history import EntryKind
from mmhub_desktop.events import Bus
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.history import HistoryStore
from mmhub_desktop.store.history_recording import recorded, recording

async def main():
    db = Database.open(Path(sys.argv[1]))
    history = HistoryStore(db, Bus(), lambda: 500)
    if sys.argv[2] != "edit":
        entry = await history.next_undo()
        await history.undo(entry.id, lambda count: count and print(count, flush=True))
        return
    entry = await history.begin(EntryKind.BULK_EDIT, "Set quantity")
    for first in range(0, 100_000, 1_000):
        def write(connection):
            with recording(connection, entry):
                change = "UPDATE product SET quantity=7 WHERE id BETWEEN ? AND ?"
                connection.exec_driver_sql(change, (first, first + 999))
        await db.write(write)
        print(first, flush=True)

asyncio.run(main())
"""


def note_as_one(connection: Connection, change: Callable[[Connection], None]) -> None:
    with recorded(connection, EntryKind.BULK_EDIT, "Set quantity"):
        change(connection)


def kill_when_it_speaks(*command: object) -> None:
    program = subprocess.Popen([sys.executable, *map(str, command)], stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None
    program.stdout.readline()
    program.kill()
    program.communicate()
    assert program.returncode == -signal.SIGKILL


@pytest.mark.parametrize("doing", ["undo", "removal", "edit"])
async def test_killed_in_the_middle_it_is_brought_to_an_end_at_the_next_opening(
    tmp_path: Path, template: Path, doing: str
) -> None:
    path, script = tmp_path / "shop.mmhub", tmp_path / "program.py"
    shutil.copy(template, path)
    script.write_text(PROGRAM, encoding="utf-8")
    db = Database.open(path)
    history = HistoryStore(db, Bus(), lambda: 500)
    many = json.dumps(list(range(8 * CHUNK)))

    def fill(connection: Connection) -> None:
        connection.exec_driver_sql(
            "INSERT INTO product (sku, sku_key, title, created_at, updated_at)"
            " SELECT 'S' || value, 's' || value, 'T', 1, 1 FROM json_each(?)",
            (many,),
        )

    before = dump(db)
    if doing == "removal":
        await db.write(lambda connection: note_as_one(connection, fill))
    else:
        await db.write(fill)
        before = dump(db)
    if doing == "undo":
        entry = await history.begin(EntryKind.BULK_EDIT, "Set quantity")

        def change(connection: Connection) -> None:
            with recording(connection, entry):
                connection.exec_driver_sql("UPDATE product SET quantity=5")

        await db.write(change)
        await history.finish(entry)
    db.close()
    kill_when_it_speaks(script, path, doing)

    db = Database.open(path)
    bus, told = Bus(), []
    bus.subscribe(Notice, told.append)
    history = HistoryStore(db, bus, lambda: 500)
    await history.recover()
    assert dump(db) == before
    assert "Set quantity" in told[0].message
    (entry_now,) = await history.entries()
    assert entry_now.state is (EntryState.CUT_SHORT if doing == "edit" else EntryState.UNDONE)
    assert db.read_now(lambda c: c.exec_driver_sql("PRAGMA foreign_key_check").fetchall()) == []
    db.close()
