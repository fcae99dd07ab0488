"""An import undone days later, after restarts, leaves every export the same to the byte."""

from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection

from mmhub_desktop.catalog.export import FORMATS
from mmhub_desktop.catalog.export.writing import ExportOrder, write_export
from mmhub_desktop.catalog.import_run import start_import
from mmhub_desktop.catalog.import_undo import undo_import
from mmhub_desktop.catalog.reading import inspect, plan_from
from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.imports import ImportCounts, ImportJob
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Product, Text
from mmhub_desktop.events import Bus
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.history import HistoryStore
from mmhub_desktop.store.history_move import CHUNK
from mmhub_desktop.store.imports import ImportStore
from mmhub_desktop.store.products import ProductStore
from tests.catalog.conftest import Write

NEW = CHUNK + 1_500  # more than one transaction of an undo
_HEADER = "sku,title,description,price_eur,stock,images,color,parent_sku,option:Size\n"
_DAYS_MS = 30 * 86_400_000


def exports(path: Path) -> dict[str, bytes]:
    """Everything in each form whose bytes follow from the products alone (a workbook holds the time it was made)."""
    found = {}
    for form in FORMATS:
        if form.suffix != "xlsx":
            target = path.with_name(f"export-{form.name}.{form.suffix}")
            write_export(path, ExportOrder(form.name, str(target)))
            found[form.name] = target.read_bytes()
    return found


async def fill(db: Database) -> None:
    """Products of the seller's own: a family, better texts, something in every kind of field."""
    products = ProductStore(db)
    lamp = await products.save(
        Product(
            ProductId(0), "Lamp-1", Text("Lámpara “roja”", "<p>Líneas\nde texto</p>", ("lámpara", "roja")),
            optimized=Text("Una lámpara mejor", "Mejor", ("luz",)), optimized_by="a model", brand="Acme",
            price=Money(1990, "EUR"), quantity=3, images=("https://x.example/1.jpg",),
            attributes={"color": "rojo", "n": "7"},
        )
    )  # fmt: skip
    await products.save(
        Product(ProductId(0), "Lamp-1-S", Text("Lámpara S"), parent_id=lamp, options={"Size": "S"}, quantity=1)
    )
    await products.save(Product(ProductId(0), "Mug", Text("Mug")))


def lines() -> str:
    """New products with variants before and behind their parents; others that are there, some of them the same."""
    rows = [
        f"N-{number},Thing {number},Text {number},{number}.50,{number % 9},https://x.example/{number}.jpg,azul,"
        f"{f'N-{number * 31 % NEW // 7 * 7}' if number % 7 == 3 else ''},{number}"
        for number in range(NEW)
    ]
    rows.insert(NEW // 2, "LAMP-1,Otra lámpara,,25.00,9,https://x.example/9.jpg,azul,,")
    rows.insert(10, "Lamp-1-S,Lámpara S,,,1,,verde,N-7,XS")
    return _HEADER + "\n".join(rows)


async def bring(db: Database, path: Path) -> ImportJob:
    run = await start_import(plan_from(inspect(path)), ImportStore(db), db.path, lambda _event: None)
    return await run.result()


def restarted(db: Database) -> tuple[Database, HistoryStore]:
    """The workspace opened again, all that was done to it a month older."""
    db.write_now(_age)
    db.close()
    opened = Database.open(db.path)
    return opened, HistoryStore(opened, Bus(), lambda: 500)


def _age(connection: Connection) -> None:
    connection.exec_driver_sql("UPDATE history_entry SET at=at-?", (_DAYS_MS,))
    connection.exec_driver_sql(
        "UPDATE import_job SET started_at=started_at-?, finished_at=finished_at-?", (_DAYS_MS,) * 2
    )


async def test_exports_are_as_before_and_as_after(tmp_path: Path, write: Write) -> None:
    db = Database.open(tmp_path / "shop.mmhub")
    await fill(db)
    before = exports(db.path)
    assert all(len(content) > 100 for content in before.values())
    job = await bring(db, write(lines()))
    assert job.counts == ImportCounts(new=NEW, changed=2)
    after = exports(db.path)
    assert all(after[name] != before[name] for name in before)

    db, history = restarted(db)
    products = ProductStore(db)
    mug = await products.by_sku("Mug")
    assert mug is not None
    await products.save(replace(mug, quantity=77))  # of another product: it stays, whatever becomes of the import
    await history.recover()
    assert (await undo_import(job.id, ImportStore(db), history)).refused == 0
    edit = await history.next_undo()
    assert edit is not None
    await history.undo(edit.id)
    assert exports(db.path) == before

    db, history = restarted(db)
    entry = await history.of_import(job.id)
    assert entry is not None
    assert (await history.redo(entry.id)).refused == 0
    assert exports(db.path) == after

    db, history = restarted(db)
    assert (await history.undo(entry.id)).refused == 0
    assert exports(db.path) == before
    db.close()
