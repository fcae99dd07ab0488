"""Import in its real process: upsert, refused rows, dry run, cancel, bad files."""

import asyncio
import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from mmhub_desktop.catalog.dry_run import DryRunning, dry_run
from mmhub_desktop.catalog.import_run import start_import
from mmhub_desktop.catalog.reading import inspect, plan_from
from mmhub_desktop.domain.imports import ImportCounts, ImportState
from mmhub_desktop.domain.product import Text
from mmhub_desktop.domain.product_query import ProductQuery
from mmhub_desktop.domain.quality import rate
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.events import ImportProgressed
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.imports import ImportStore
from mmhub_desktop.store.products import ProductStore
from tests.catalog.conftest import Import, Write, text_of

EUR = {"currency": "EUR"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
async def test_a_file_becomes_products(db: Database, write: Write, import_file: Import, encoding: str) -> None:
    lines = ["Artikelnummer;Titel;Beschreibung;Preis;Bestand;Bild 1;Bild 2;Größe"]
    lines += [
        'ST-1;Schöner Stuhl;"Zeile 1\nZeile ""2""";1.234,50;3;a.jpg;https://x/b.jpg;groß',
        "ST-2;Tisch;;19,90;;;;",
    ]
    job = await import_file(write("\n".join(lines), encoding), EUR)
    assert job.state is ImportState.COMPLETED
    assert job.counts == ImportCounts(new=2)
    assert job.refused_file == ""
    chair = await ProductStore(db).by_sku("st-1")
    assert chair is not None
    assert chair.original == Text("Schöner Stuhl", 'Zeile 1\nZeile "2"')
    assert str(chair.price) == "1,234.50 EUR"
    assert (chair.quantity, chair.images, chair.attributes) == (3, ("a.jpg", "https://x/b.jpg"), {"Größe": "groß"})
    assert chair.image_base == str(write("x", name="other").parent)
    assert chair.quality == rate(chair).score
    table = await ProductStore(db).by_sku("ST-2")
    assert table is not None
    assert (table.quantity, table.condition.value, table.active, table.images) == (0, "new", True, ())


async def test_upsert_by_sku_without_case(db: Database, write: Write, import_file: Import) -> None:
    await import_file(write("sku,title,color\nstraße,Old,red\nB,Same,blue\n"))
    job = await import_file(write("sku,title,color\n STRASSE ,New,red\nB,Same,blue\nC,Third,\n"))
    assert job.counts == ImportCounts(new=1, changed=1, same=1)
    products = ProductStore(db)
    assert await products.count() == 3
    changed = await products.by_sku("straße")
    assert changed is not None
    assert (changed.sku, changed.original.title, changed.version) == ("STRASSE", "New", 2)
    assert list(await products.ids(ProductQuery(text="new"))) == [changed.id]
    keys = await db.read(
        lambda connection: connection.scalars(text("SELECT search_key FROM product ORDER BY id")).all()
    )
    assert keys == ["new\nstrasse", "same\nb", "third\nc"]


async def test_empty_cells_and_missing_columns_keep_what_is_there(
    db: Database, write: Write, import_file: Import
) -> None:
    first = "sku,title,description,price_eur,stock,condition,color,image\nA,Chair,Fine,5.00,7,used,red,a.jpg\n"
    await import_file(write(first))
    products = ProductStore(db)
    before = await products.by_sku("A")
    job = await import_file(write("sku,title,stock,condition,price_eur\nA,,,,\n"))
    assert job.counts == ImportCounts(same=1)
    assert await products.by_sku("A") == before
    job = await import_file(write("sku,price_eur,material\nA,6.00,wood\nB,1.00,steel\n"))
    assert job.counts == ImportCounts(changed=1, refused=1)  # B is new and has no title
    after = await products.by_sku("A")
    assert before is not None
    assert after is not None
    assert (str(after.price), after.quantity, after.original) == ("6.00 EUR", 7, before.original)
    assert after.attributes == {"color": "red", "material": "wood"}
    assert after.quality == rate(after).score > before.quality


async def test_an_optimised_text_survives_and_is_what_is_scored(
    db: Database, write: Write, import_file: Import
) -> None:
    await import_file(write("sku,title,color\nA,Old,red\n"))
    products = ProductStore(db)
    found = await products.by_sku("A")
    assert found is not None
    await products.set_optimized(found.id, Text("A much better title for this chair", "d" * 300), "rules")
    job = await import_file(write("sku,title,color\nA,Newer,blue\n"))
    assert job.counts == ImportCounts(changed=1)
    after = await products.by_sku("A")
    assert after is not None
    assert after.optimized is not None
    assert (after.original.title, after.optimized.title) == ("Newer", "A much better title for this chair")
    assert after.quality == rate(after).score
    key = await db.read(lambda connection: connection.scalar(text("SELECT search_key FROM product")))
    assert key.startswith("a much better")


async def test_the_same_file_again_changes_nothing(db: Database, write: Write, import_file: Import) -> None:
    path = write("sku,title,color\nA,Chair,red\nB,Lamp,\nC\n")
    await import_file(path)
    products = ProductStore(db)
    before = [await products.by_sku(sku) for sku in "AB"]
    job = await import_file(path)
    assert (job.counts, job.message) == (ImportCounts(same=2, refused=1), job.message)
    assert "Nothing has changed" in job.message
    assert text_of(job.refused_file).count("\n") == 2
    assert [await products.by_sku(sku) for sku in "AB"] == before

    changed = before[0]
    assert changed is not None
    await products.save(replace(changed, brand="Acme", attributes={"color": "green"}))
    job = await import_file(path)
    assert job.counts == ImportCounts(changed=1, same=1, refused=1)
    again = await products.by_sku("A")
    assert again is not None
    assert (again.brand, again.attributes) == ("Acme", {"color": "red"})

    await products.delete([again.id])
    assert (await import_file(path)).counts == ImportCounts(new=1, same=1, refused=1)


async def test_refused_rows_can_be_mended_and_imported(db: Database, write: Write, import_file: Import) -> None:
    lines = ["sku;title;price_eur", "A;Chair;5,00", "B;Lamp;on request", ";No sku;1,00", 'C;"Sofa; red";5,00;x']
    lines += ["a;Twice;2,00", 'D;"open;3,00', "E;Bed;4,00"]
    job = await import_file(write("\n".join(lines)))
    assert job.counts == ImportCounts(new=2, refused=5)
    refused = Path(job.refused_file)
    assert refused.parent.parent == db.path.parent
    rows = list(csv.reader(io.StringIO(text_of(refused)), delimiter=";"))
    assert rows[0] == ["Refused because", "sku", "title", "price_eur"]
    assert [row[1] for row in rows[1:]] == ["B", "", "C", "a", 'D;"open;3,00']
    assert rows[1] == ["Price “on request” is not a number.", "B", "Lamp", "on request"]
    assert "earlier row" in rows[4][0]

    mended = [rows[0], ["", "B", "Lamp", "7,00"], ["", "C", "Sofa; red", "8,00"]]
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(mended)
    refused = write(out.getvalue(), "utf-8-sig", refused.name)
    job = await import_file(refused)
    assert job.counts == ImportCounts(new=2)
    lamp = await ProductStore(db).by_sku("B")
    assert lamp is not None
    assert (str(lamp.price), lamp.attributes) == ("7.00 EUR", {})


async def test_a_dry_run_tells_everything_and_writes_nothing(db: Database, write: Write, import_file: Import) -> None:
    await import_file(write("sku,title,price_eur,color,stock\nA,Chair,5.00,red,1\nB,Lamp,6.00,blue,2\n"))
    before = await db.read(lambda connection: connection.execute(text("SELECT * FROM product")).all())
    path = write(
        "sku,title,price_eur,color,stock\nA,Chair,5.50,green,1\nB,Lamp,6.00,blue,2\nC,Bed,1.00,,3\nD,Bad,x,,\n,No,1.00,,\nE\n"
    )
    plan = plan_from(inspect(path))
    found = await dry_run(plan, db.path)
    assert found.complete
    assert found.counts == ImportCounts(new=1, changed=1, same=1, refused=3)
    assert {(each.reason, each.rows) for each in found.reasons} == {
        ("Price: the value is not a number.", 1),
        ("The SKU is missing.", 1),
        ("The row has 1 cells, the header has 5.", 1),
    }
    assert {each.examples[0] for each in found.reasons} >= {(5, "Price “x” is not a number.")}
    assert [(c.sku, [(f.field, f.old, f.new) for f in c.fields]) for c in found.changes] == [
        ("A", [("Price", "5.00 EUR", "5.50 EUR"), ("color", "red", "green")])
    ]
    (new,) = found.added
    assert (new.sku, new.title, {f.field: (f.old, f.new) for f in new.fields}) == ("C", "Bed", {
        "SKU": ("", "C"), "Title": ("", "Bed"), "Price": ("", "1.00 EUR"), "Quantity": ("", "3"),
    })  # fmt: skip
    assert await db.read(lambda connection: connection.execute(text("SELECT * FROM product")).all()) == before
    assert len(await ImportStore(db).history()) == 1
    assert not (db.path.parent / "refused rows").exists()


def many(write: Write, rows: int) -> Path:
    return write("sku,title,price_eur\n" + "".join(f"S{n},Thing number {n},{n}.50\n" for n in range(rows)))


async def test_a_cancelled_import_keeps_whole_chunks(db: Database, write: Write) -> None:
    told: list[ImportProgressed] = []

    def tell(event: ImportProgressed) -> None:
        told.append(event)
        if event.counts.new:
            run.cancel()

    run = await start_import(plan_from(inspect(many(write, 200_000))), ImportStore(db), db.path, tell)
    job = await run.result()
    assert job.state is ImportState.CANCELLED
    assert 0 < job.counts.new < 200_000
    assert await ProductStore(db).count() == job.counts.new == job.resume_at
    assert told[-1].state is ImportState.CANCELLED
    assert await ImportStore(db).interrupted() == []


async def test_a_dry_run_can_be_cancelled(db: Database, write: Write) -> None:
    plan = plan_from(inspect(many(write, 200_000)))
    running = DryRunning(plan, db.path, lambda _progress: running.cancel())
    found = await running.result()
    assert not found.complete
    assert found.counts.new < 200_000
    task = asyncio.create_task(dry_run(plan, db.path))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await ProductStore(db).count() == 0


async def test_progress_comes_in_order_and_ends_exact(db: Database, write: Write) -> None:
    told: list[ImportProgressed] = []
    run = await start_import(plan_from(inspect(many(write, 60_000))), ImportStore(db), db.path, told.append)
    job = await run.result()
    assert job.counts.new == 60_000
    rows = [event.counts.rows for event in told]
    assert rows == sorted(rows)
    assert told[-1].total_rows == told[-1].counts.rows == 60_000
    assert all(40_000 < event.total_rows < 80_000 for event in told)
    assert any(event.seconds_left is not None and event.rows_per_second > 0 for event in told[:-1])


async def test_a_file_changed_after_the_look_is_not_imported(db: Database, write: Write) -> None:
    path = write("sku,title\nA,Chair\n")
    plan = plan_from(inspect(path))
    write("sku,title\nA,Other and longer\n")
    run = await start_import(plan, ImportStore(db), db.path, lambda _: None)
    with pytest.raises(UserMistake, match="changed"):
        await run.result()
    (job,) = await ImportStore(db).history()
    assert job.state is ImportState.FAILED
    assert "changed" in job.message
    path.unlink()
    with pytest.raises(UserMistake, match="no longer there"):
        await dry_run(plan, db.path)


async def test_an_encoding_chosen_wrongly_refuses_rows_not_the_file(db: Database, write: Write) -> None:
    path = write("sku,title\nA,Chair\nB,Stühle\n", "cp1252")
    run = await start_import(plan_from(inspect(path, encoding="utf-8")), ImportStore(db), db.path, lambda _: None)
    job = await run.result()
    assert job.counts == ImportCounts(new=1, refused=1)


async def test_a_truncated_file_loses_only_its_last_row(db: Database, write: Write, import_file: Import) -> None:
    job = await import_file(write('sku,title,description\nA,Chair,Fine\nB,Lamp,"cut off in the mid'))
    assert job.counts == ImportCounts(new=1, refused=1)
    assert "cut off" in text_of(job.refused_file)


async def test_the_program_can_write_beside_an_import(db: Database, write: Write) -> None:
    products = ProductStore(db)
    run = await start_import(plan_from(inspect(many(write, 60_000))), ImportStore(db), db.path, lambda _: None)
    task = asyncio.create_task(run.result())
    written = 0
    while not task.done():
        await db.write(
            lambda c, n=written: c.execute(text("INSERT INTO preference VALUES (:k, '')"), {"k": str(n)}).rowcount
        )  # type: ignore[misc]
        written += 1
        await asyncio.sleep(0.01)
    assert (await task).counts.new == 60_000
    assert written > 5
    assert await products.count() == 60_000
