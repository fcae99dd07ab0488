"""Exports read back as other programs would: every field, families, formulas, cancelling, a full disk."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import Connection

from mmhub_desktop.catalog.export import FORMATS, writing
from mmhub_desktop.catalog.export.run import ExportRun
from mmhub_desktop.catalog.export.writing import ExportCancelled, ExportOrder, write_export
from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Condition, Product, Text
from mmhub_desktop.errors import DiskFull, UserMistake
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.products import ProductStore, save_in


def shirt(**changes: object) -> Product:
    """A product with something in every field."""
    made = Product(
        id=ProductId(0),
        sku="SHIRT",
        original=Text("=Shirt “A”", '<p>Línea 1\nLine "2", ;|</p>', ("shirt", "blue")),
        optimized=Text("A better shirt", "Better", ("one, two", "three")),
        optimized_by="a model",
        source="shopify",
        source_id="the-shirt",
        brand="Acme",
        category="Clothes > Shirts",
        gtin="4006381333931",
        condition=Condition.USED,
        price=Money(1990, "EUR"),
        cost=Money(700, "EUR"),
        quantity=3,
        weight_g=250,
        size_mm=(300, 205, 20),
        images=("https://x.example/1.jpg", "https://x.example/2.jpg"),
        attributes={"Material": "Cotton", "-Fit": "@slim"},
        active=False,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


async def _family(db: Database) -> list[ProductId]:
    """A shirt in two sizes, and a mug: the ids in this order."""
    store = ProductStore(db)
    parent = await store.save(shirt())
    sizes = [
        await store.save(
            shirt(sku=f"SHIRT-{size}", source_id=f"the-shirt#{size}", parent_id=parent, options={"Size": size},
                  optimized=None, original=Text(f"Shirt - {size}"), price=Money(price, "EUR"), images=images)
        )
        for size, price, images in (("S", 1990, ()), ("M", 2190, ("https://x.example/m.jpg",)))
    ]  # fmt: skip
    mug = await store.save(Product(id=ProductId(0), sku="Mug 1", original=Text("Mug")))
    return [parent, *sizes, mug]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


async def test_our_csv_has_every_field(db: Database, tmp_path: Path) -> None:
    ids = await _family(db)
    end = write_export(db.path, ExportOrder("csv", str(tmp_path / "all.csv")))
    assert (end.products, end.rows, end.left_out) == (4, 4, {})
    rows = _rows(tmp_path / "all.csv")
    assert [row["sku"] for row in rows] == ["SHIRT", "SHIRT-S", "SHIRT-M", "Mug 1"]
    assert rows[0] == {
        "sku": "SHIRT", "parent_sku": "", "source": "shopify", "source_id": "the-shirt", "title": "=Shirt “A”",
        "description": '<p>Línea 1\nLine "2", ;|</p>', "keywords": "shirt|blue",
        "optimized_title": "A better shirt", "optimized_description": "Better",
        "optimized_keywords": '["one, two", "three"]', "optimized_by": "a model", "brand": "Acme",
        "category": "Clothes > Shirts", "gtin": "4006381333931", "condition": "used", "price": "19.90",
        "cost": "7.00", "currency": "EUR", "quantity": "3", "weight (g)": "250", "length (mm)": "300",
        "width (mm)": "205", "height (mm)": "20", "images": "https://x.example/1.jpg|https://x.example/2.jpg",
        "image_base": "", "active": "no", "Status in the workspace": "imported", "option:Size": "",
        "attribute:Material": "Cotton", "attribute:-Fit": "@slim",
    }  # fmt: skip
    assert (rows[2]["parent_sku"], rows[2]["option:Size"], rows[2]["price"]) == ("SHIRT", "M", "21.90")
    assert (rows[3]["price"], rows[3]["weight (g)"], rows[3]["currency"]) == ("", "", "")
    few = ExportOrder("csv", str(tmp_path / "few.csv"), (ids[3], ids[0]), ("sku", "price", "attribute:Material"))
    assert write_export(db.path, few).rows == 2
    assert _rows(tmp_path / "few.csv") == [
        {"sku": "Mug 1", "price": "", "attribute:Material": ""},
        {"sku": "SHIRT", "price": "19.90", "attribute:Material": "Cotton"},
    ]


async def test_a_workbook_holds_numbers_and_runs_no_formula(db: Database, tmp_path: Path) -> None:
    await _family(db)
    await ProductStore(db).save(shirt(sku="LONG", source_id="l", original=Text("x", "d" * 40_000)))
    end = write_export(db.path, ExportOrder("xlsx", str(tmp_path / "all.xlsx")))
    assert end.left_out == {"texts cut at 32,767 characters, the most that Excel holds in a cell": 1}
    sheet = CalamineWorkbook.from_path(tmp_path / "all.xlsx").get_sheet_by_index(0).to_python()
    first = dict(zip(sheet[0], sheet[1], strict=True))
    assert (first["title"], first["price"], first["quantity"]) == ("=Shirt “A”", 19.9, 3)
    assert (first["gtin"], first["attribute:-Fit"]) == ("4006381333931", "@slim")  # text, not 4.006E+12
    assert b"<f>" not in b"".join(_parts(tmp_path / "all.xlsx"))


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def _parts(path: Path) -> list[bytes]:
    from zipfile import ZipFile

    with ZipFile(path) as archive:
        return [archive.read(name) for name in archive.namelist() if "worksheets" in name]


async def test_rows_beyond_one_sheet_go_on_in_the_next(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _family(db)
    monkeypatch.setattr(writing, "EXCEL_ROWS", 3)
    write_export(db.path, ExportOrder("xlsx", str(tmp_path / "all.xlsx"), columns=("sku",)))
    book = CalamineWorkbook.from_path(tmp_path / "all.xlsx")
    sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    assert sheets == [[["sku"], ["SHIRT"], ["SHIRT-S"]], [["sku"], ["SHIRT-M"], ["Mug 1"]]]
    monkeypatch.setattr(writing, "EXCEL_COLUMNS", 1)
    with pytest.raises(UserMistake, match="Excel has 1"):
        write_export(db.path, ExportOrder("xlsx", str(tmp_path / "wide.xlsx")))


async def test_variants_come_with_their_product_where_it_stands_for_them(db: Database, tmp_path: Path) -> None:
    ids = await _family(db)
    chosen = (ids[3], ids[0])
    for with_variants, skus in ((False, ["Mug 1", "SHIRT"]), (True, ["Mug 1", "SHIRT", "SHIRT-S", "SHIRT-M"])):
        order = ExportOrder("csv", str(tmp_path / "out.csv"), chosen, ("sku",), with_variants=with_variants)
        write_export(db.path, order)
        assert [row["sku"] for row in _rows(tmp_path / "out.csv")] == skus
    backwards = ExportOrder("csv", str(tmp_path / "out.csv"), (ids[2], ids[3], ids[1], ids[0]), ("sku",))
    write_export(db.path, backwards)
    assert [row["sku"] for row in _rows(tmp_path / "out.csv")] == ["Mug 1", "SHIRT", "SHIRT-M", "SHIRT-S"]


async def test_shopify_gets_variants_and_pictures_as_rows(db: Database, tmp_path: Path) -> None:
    ids = await _family(db)
    end = write_export(db.path, ExportOrder("shopify", str(tmp_path / "s.csv")))
    assert (end.products, end.rows, end.left_out) == (2, 3, {})
    rows = _rows(tmp_path / "s.csv")
    shown = [(r["Handle"], r["Title"], r["Option1 Value"], r["Variant SKU"], r["Variant Price"]) for r in rows]
    assert shown == [
        ("the-shirt", "A better shirt", "S", "SHIRT-S", "19.90"),
        ("the-shirt", "", "M", "SHIRT-M", "21.90"),
        ("mug-1-" + rows[2]["Handle"][6:], "Mug", "Default Title", "Mug 1", ""),
    ]
    assert [r["Image Src"] for r in rows] == ["https://x.example/1.jpg", "https://x.example/2.jpg", ""]
    assert [r["Variant Image"] for r in rows] == ["", "https://x.example/m.jpg", ""]
    assert (rows[0]["Option1 Name"], rows[0]["Status"], rows[0]["Variant Grams"]) == ("Size", "draft", "250")
    alone = ExportOrder("shopify", str(tmp_path / "one.csv"), (ids[2],))  # a variant brings its parent, not the others
    assert write_export(db.path, alone).rows == 2
    assert [r["Variant SKU"] for r in _rows(tmp_path / "one.csv")] == ["SHIRT-M", ""]


async def test_woocommerce_gets_variations_that_name_their_parent(db: Database, tmp_path: Path) -> None:
    await _family(db)
    end = write_export(db.path, ExportOrder("woocommerce", str(tmp_path / "w.csv")))
    assert (end.products, end.rows) == (2, 4)
    rows = _rows(tmp_path / "w.csv")
    assert [(r["Type"], r["SKU"], r["Parent"], r["Regular price"]) for r in rows] == [
        ("variable", "SHIRT", "", ""), ("variation", "SHIRT-S", "SHIRT", "19.90"),
        ("variation", "SHIRT-M", "SHIRT", "21.90"), ("simple", "Mug 1", "", ""),
    ]  # fmt: skip
    assert (rows[0]["Attribute 1 name"], rows[0]["Attribute 1 value(s)"]) == ("Size", "S, M")
    assert (rows[2]["Attribute 1 value(s)"], rows[2]["Images"]) == ("M", "https://x.example/m.jpg")
    assert (rows[0]["Weight (kg)"], rows[0]["Width (cm)"]) == ("0.25", "20.5")


@pytest.mark.parametrize("form", [each.name for each in FORMATS])
async def test_what_is_stopped_or_fails_leaves_the_older_file(db: Database, tmp_path: Path, form: str) -> None:
    await _family(db)
    target = tmp_path / "out"
    target.write_text("older")
    with pytest.raises(ExportCancelled):
        write_export(db.path, ExportOrder(form, str(target)), lambda _done, _total: False)
    assert target.read_text() == "older"
    with pytest.raises(DiskFull, match="could not be written"):
        write_export(db.path, ExportOrder(form, str(tmp_path / "no folder" / "x")))
    assert [name for name in _names(tmp_path) if not name.startswith("shop.mmhub")] == ["out"]


async def test_it_runs_in_a_process_of_its_own(db: Database, tmp_path: Path) -> None:
    await _family(db)
    told: list[tuple[int, int]] = []
    run = ExportRun(db.path, ExportOrder("csv", str(tmp_path / "a.csv")), lambda *at: told.append(at))
    end = await run.result()
    assert end is not None
    assert (end.products, told[-1]) == (4, (4, 4))
    failing = ExportRun(db.path, ExportOrder("csv", str(tmp_path / "none" / "a.csv")), lambda *_: None)
    with pytest.raises(DiskFull, match="could not be written"):
        await failing.result()


async def test_an_export_in_its_process_is_cancelled(db: Database, tmp_path: Path) -> None:
    def fill(connection: Connection) -> None:
        for number in range(1_200):  # more than two pages, so that there is something left to cancel
            save_in(connection, Product(id=ProductId(0), sku=f"P{number}", original=Text("x" * 2_000)))

    await db.write(fill)
    run = ExportRun(db.path, ExportOrder("xlsx", str(tmp_path / "a.xlsx")), lambda *_: run.cancel())
    run.cancel()
    assert await run.result() is None
    assert not [name for name in _names(tmp_path) if "xlsx" in name]
