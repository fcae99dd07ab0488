"""Imports are undone: days later, after a restart, half of one; and what was changed since stays, with its reason."""

import multiprocessing
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection

from mmhub_desktop.catalog.import_run import ProcessGone, resume_import, start_import
from mmhub_desktop.catalog.import_undo import undo_import
from mmhub_desktop.catalog.reading import inspect, plan_from
from mmhub_desktop.domain.history import EntryKind, EntryState, Reason
from mmhub_desktop.domain.ids import ImportId
from mmhub_desktop.domain.imports import ImportCounts, ImportJob, ImportState
from mmhub_desktop.domain.product_filter import Filter, Operator
from mmhub_desktop.domain.product_query import ProductQuery, ProductSort
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.events import Bus, ImportProgressed
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.history import HistoryStore
from mmhub_desktop.store.imports import ImportStore
from mmhub_desktop.store.products import ProductStore
from tests.catalog.conftest import Import, Write

FIRST = "sku,title,price_eur,stock,color\nA,Chair,5.00,7,red\nB,Table,6.00,,blue\n"
SECOND = "sku,title,price_eur,stock,color\na,Armchair,5.50,7,\nB,Table,6.00,9,green\nC,Lamp,1.00,,\n"


def rows(db: Database) -> list[dict[str, object]]:
    def read(connection: Connection) -> list[dict[str, object]]:
        found = connection.exec_driver_sql("SELECT * FROM product ORDER BY id").mappings()
        return [{k: v for k, v in row.items() if k not in ("version", "updated_at")} for row in found]

    return db.read_now(read)


def history_of(db: Database) -> HistoryStore:
    return HistoryStore(db, Bus(), lambda: 500)


async def test_products_of_an_import_are_found_also_when_they_were_edited_since(
    db: Database, write: Write, import_file: Import
) -> None:
    products = ProductStore(db)

    async def skus_of(job: ImportJob) -> set[str]:
        query = ProductQuery(filters=(Filter("import", Operator.IS, str(job.id)),), sort=ProductSort.SKU)
        found = await products.page(await products.first_ids(query, 10))
        return {each.sku for each in found}

    await import_file(write(FIRST))
    second = await import_file(write(SECOND.replace("B,Table,6.00,9,green\n", "")))
    assert await skus_of(second) == {"a", "C"}
    for sku in ("A", "C"):
        edited = await products.by_sku(sku)
        assert edited is not None
        await products.save(replace(edited, quantity=77))
    assert await skus_of(second) == {"a", "C"}
    await undo_import(second.id, ImportStore(db), history_of(db))
    assert await skus_of(second) == set()


async def test_two_imports_are_undone_one_after_the_other_and_done_again(
    db: Database, write: Write, import_file: Import
) -> None:
    first = await import_file(write(FIRST))
    after_first = rows(db)
    second = await import_file(write(SECOND))
    after_second = rows(db)
    assert second.counts == ImportCounts(new=1, changed=2)
    history, imports = history_of(db), ImportStore(db)
    entry = await history.of_import(second.id)
    assert entry is not None
    assert (entry.kind, entry.label, entry.products) == (EntryKind.IMPORT, "Imported “products.csv”", 3)
    assert (await undo_import(second.id, imports, history)).refused == 0
    assert rows(db) == after_first
    assert (await undo_import(first.id, imports, history)).refused == 0
    assert rows(db) == []
    for _ in range(2):
        found = await history.next_redo()
        assert found is not None
        assert (await history.redo(found.id)).refused == 0
    assert rows(db) == after_second
    assert set(await history.of_imports()) == {first.id, second.id}


async def test_an_undone_file_is_not_taken_for_imported(db: Database, write: Write, import_file: Import) -> None:
    path = write(FIRST)
    first = await import_file(path)
    history, imports = history_of(db), ImportStore(db)
    await undo_import(first.id, imports, history)
    again = await import_file(path)
    assert again.counts == ImportCounts(new=2)
    await import_file(write(SECOND, name="other.csv"))
    entry = await history.next_undo()
    assert entry is not None
    await history.undo(entry.id)  # the products are as the first file left them, and say so
    same = await import_file(path)
    assert (same.counts, same.message) == (
        ImportCounts(same=2), "Nothing has changed since the last import of this file.",
    )  # fmt: skip


async def test_products_edited_since_stay_and_the_others_go(db: Database, write: Write, import_file: Import) -> None:
    job = await import_file(write(FIRST))
    products = ProductStore(db)
    chair = await products.by_sku("A")
    assert chair is not None
    await products.save(replace(chair, quantity=1))
    history, imports = history_of(db), ImportStore(db)
    done = await undo_import(job.id, imports, history)
    assert [(each.sku, each.reason) for each in done.refusals] == [("A", Reason.EDITED)]
    assert [row["sku"] for row in rows(db)] == ["A"]
    edit = await history.next_undo()
    assert edit is not None
    assert edit.kind is EntryKind.EDIT
    await history.undo(edit.id)  # now it is as the import left it
    assert (await history.undo(done.entry.id)).refused == 0
    assert rows(db) == []


async def test_an_interrupted_import_goes_on_in_its_entry_or_is_taken_back(db: Database, write: Write) -> None:
    lines = "".join(f"S-{number},Thing {number},1.00\n" for number in range(40_000))
    imports, history = ImportStore(db), history_of(db)
    interrupted = await killed(db, imports, write("sku,title,price_eur\n" + lines))
    entry = await history.of_import(interrupted.id)
    assert entry is not None
    assert entry.state is EntryState.OPEN
    await history.recover()  # as at an opening: it can be resumed, so it is left as it is
    job = await (await resume_import(interrupted, imports, db.path, lambda _event: None)).result()
    assert job.counts == ImportCounts(new=40_000)
    done = await undo_import(job.id, imports, history)
    assert (done.products, done.refused) == (40_000, 0)
    assert rows(db) == []

    half = await killed(db, imports, write("sku,title,price_eur\n" + lines, name="again.csv"))
    assert 0 < len(rows(db)) < 40_000
    await undo_import(half.id, imports, history)
    assert rows(db) == []
    assert await imports.interrupted() == []


async def killed(db: Database, imports: ImportStore, path: Path) -> ImportJob:
    """An import whose process was killed when it had written a chunk or more."""

    def kill(event: ImportProgressed) -> None:
        if event.state is ImportState.RUNNING and event.counts.new:
            for child in multiprocessing.active_children():
                os.kill(child.pid or 0, signal.SIGKILL)

    for _ in range(10):
        run = await start_import(plan_from(inspect(path)), imports, db.path, kill)
        try:
            done = await run.result()
        except ProcessGone:
            (job,) = await imports.interrupted()
            return job
        await undo_import(done.id, imports, history_of(db))  # it had come to its end before it could be killed
    pytest.fail("it never was killed in time")


async def test_what_cannot_be_undone_is_said(db: Database, write: Write, import_file: Import) -> None:
    history, imports = history_of(db), ImportStore(db)
    with pytest.raises(UserMistake, match="no longer in the list"):
        await undo_import(ImportId(99), imports, history)
    job = await import_file(write("sku,title\n,Nothing\n"))
    with pytest.raises(UserMistake, match="changed no product"):
        await undo_import(job.id, imports, history)


async def test_families_go_and_come_back_whole(db: Database, write: Write, import_file: Import) -> None:
    await import_file(write("sku,title\nP-1,Shirt\n"))
    before = rows(db)
    families = "sku,title,parent_sku,option:Size\nV-9,Cap S,P-2,S\nP-1,Shirt,,\nV-1,Shirt S,P-1,S\nP-2,Cap,,\n"
    families += "V-2,Cap M,P-2,M\n"
    job = await import_file(write(families, name="families.csv"))
    assert job.counts.new == 4
    after = rows(db)
    assert sum(row["parent_id"] is not None for row in after) == 3
    history, imports = history_of(db), ImportStore(db)
    done = await undo_import(job.id, imports, history)
    assert (done.refused, rows(db)) == (0, before)
    assert (await history.redo(done.entry.id)).refused == 0
    assert rows(db) == after
    products = ProductStore(db)
    variant = await products.by_sku("V-9")
    assert variant is not None
    await products.save(replace(variant, quantity=3))
    done = await history.undo(done.entry.id)
    assert {each.sku: each.reason for each in done.refusals} == {"V-9": Reason.EDITED, "P-2": Reason.VARIANTS}
    assert {row["sku"] for row in rows(db)} == {"P-1", "P-2", "V-9"}
