"""Files as shops really write them: everything wrong at once, and what becomes of each row."""

from mmhub_desktop.catalog.dry_run import dry_run
from mmhub_desktop.catalog.plan import plan_from
from mmhub_desktop.catalog.reading import inspect
from mmhub_desktop.domain.imports import ImportCounts
from mmhub_desktop.domain.product import Product
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.products import ProductStore
from tests.catalog.conftest import Import, Write, text_of

HEADER = "SKU;Nombre;Descripción;Precio;Stock;Peso;EAN;Talla"
ROWS = {
    "thousands": 'T1;Mesa;x;"19.531,00 €";3;1,2 kg;4006381333931;10-12\r\n',
    "plain": "T2;Silla;x;16675;3;500g;4006381333931;M\r",
    "point": "T3;Lámpara;x;0.5 EUR;3;2 lb 3 oz;;L\n",
    "dust": "T4;Cama;x;35.949999999999;3.0;;;12-oct\r\n",
    "short": "T5;Corto;x;1,00;1;;\n",
    "long": "T6;Largo;x;1,00;1;;;S;;;\r\n",
    "too long": "T7;Demasiado;x;1,00;1;;;S;y\n",
    "quotes": 'T8;"El "mejor" cojín";12" de alto;2,00;1;;;\n',
    "html": 'T9;Caja;"<p class=""a"">Uno<br>\ndos</p><script>alert(1)</script>";12,- €;1;;;\n',
    "other scripts": "T10;椅子 🪑 كرسي;שלום\u200f;١٢٫٥٠ €;٣;;;XL\n",
    "zeros lost": "T11;Pila;x;1,00;1;;36000291452;\n",
    "rounded": "T12;Redondo;x;1,00;1;;4,00638E+12;\n",
    "zero byte": "T13;Ce\0ro;x;1,00;1;;;\n",
    "two currencies": "T14;Dos;x;€ 5 USD;1;;;\n",
    "two ways": "T15;Ambiguo;x;1.234;1;;;\n",
    "nothing": "T16;Nada;x;n/a;-;;;\n",
    "negative": "T17;Menos;x;(5,00);1;;;\n",
    "formula": '="0018";Fórmula;x;1,00;1;;="4006381333931";\n',
    "blank lines": "\r\n;;;;;;;\n",
    "open quote": 'T19;"abierta;x;1,00;1;;;\n',
    "last": "T20;Última;x;1,00;1;;;",
}


async def product(db: Database, sku: str) -> Product:
    found = await ProductStore(db).by_sku(sku)
    assert found is not None, sku
    return found


async def test_each_row_gets_what_it_deserves(db: Database, write: Write, import_file: Import) -> None:
    path = write(b"\xef\xbb\xbf" + (HEADER + "\r\n" + "".join(ROWS.values())).encode())
    reading = inspect(path)
    assert [column.field for column in reading.columns] == [
        "sku", "title", "description", "price", "quantity", "weight", "gtin", "attribute",
    ]  # fmt: skip
    assert [question.key for question in reading.questions] == ["currency", "number:3"]
    assert [row[0] for row in reading.questions[1].rows] == ["T15"]
    answers = {"currency": "EUR", "number:3": "comma"}
    looked = await dry_run(plan_from(reading, answers), db.path)
    job = await import_file(path, answers)
    assert looked.counts == job.counts == ImportCounts(new=15, refused=5)
    prices = {f"T{number}": (await product(db, f"T{number}")).price for number in (1, 2, 3, 4, 5, 6, 8, 9, 10, 15, 16)}
    assert {sku: str(price) for sku, price in prices.items()} == {
        "T1": "19,531.00 EUR", "T2": "16,675.00 EUR", "T3": "0.50 EUR", "T4": "35.95 EUR", "T5": "1.00 EUR",
        "T6": "1.00 EUR", "T8": "2.00 EUR", "T9": "12.00 EUR", "T10": "12.50 EUR", "T15": "1,234.00 EUR", "T16": "None",
    }  # fmt: skip
    weights = [(await product(db, sku)).weight_g for sku in ("T1", "T2", "T3", "T4")]
    assert weights == [1200, 500, 992, None]
    cushion, box, chair = await product(db, "T8"), await product(db, "T9"), await product(db, "T10")
    assert (cushion.original.title, cushion.original.description) == ('El "mejor" cojín', '12" de alto')
    assert box.original.description == '<p class="a">Uno<br>\ndos</p><script>alert(1)</script>'
    assert (chair.original.title, chair.original.description) == ("椅子 🪑 كرسي", "שלום\u200f")
    assert chair.quantity == 3
    assert (await product(db, "T11")).gtin == "036000291452"
    assert (await product(db, "T13")).original.title == "Cero"
    assert (await product(db, "0018")).gtin == "4006381333931"
    assert (await product(db, "T20")).original.title == "Última"
    assert sorted(note.reason.split(":")[0] for note in looked.notes) == [
        "GTIN", "Price", "Price", "Quantity", "Quotation marks inside quoted cells that are not doubled",
        "Rows one cell short", "Rows with more cells than the header",
    ]  # fmt: skip
    assert all(note.rows == 1 and note.examples[0][0] > 1 for note in looked.notes)
    refused = text_of(job.refused_file)
    for sku, why in (
        ("T7", "The row has 9 cells"), ("T12", "rounded by Excel"), ("T14", "not an amount of money"),
        ("T17", "below zero"), ("T19", "opened in this row and not closed"),
    ):  # fmt: skip
        line = next(line for line in refused.splitlines() if sku in line)
        assert why in line
    warned = {column.header: column.warnings for column in reading.columns if column.warnings}
    assert set(warned) == {"EAN", "Talla"}
    assert "zero bytes" in reading.notes[0].lower()
