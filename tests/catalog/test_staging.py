"""Workbooks, archives, folders, several files and the clipboard become files that the import reads."""

import asyncio
import csv
import os
import time
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from PIL import Image

from mmhub_desktop.catalog import archive, workbook
from mmhub_desktop.catalog.images import find_file
from mmhub_desktop.catalog.import_run import start_import
from mmhub_desktop.catalog.plan import NumberStyle, plan_from
from mmhub_desktop.catalog.reading import inspect
from mmhub_desktop.catalog.staged import NO_DIALECT, ReadAs, StagedFile, staging_folder
from mmhub_desktop.catalog.staging import stage, stage_text
from mmhub_desktop.catalog.staging_process import stage_files
from mmhub_desktop.domain.imports import ImportCounts, ImportJob
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.imports import ImportStore
from mmhub_desktop.store.products import ProductStore
from tests.catalog.conftest import Write, text_of

SHOPIFY = (
    "Handle,Title,Body (HTML),Vendor,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Inventory Qty,"
    "Image Src\n"
    "shirt,Shirt,<p>Fine</p>,Acme,Size,S,SH-S,10.00,1,https://x.example/1.jpg\n"
    "shirt,,,,,M,SH-M,11.00,2,https://x.example/2.jpg\n"
)


@pytest.fixture
def folder(db: Database) -> Path:
    return staging_folder(db.path)


def write_workbook(path: Path, sheets: Mapping[str, list[list[Any]]], formats: Mapping[str, str] | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(path), {"remove_timezone": True}) as book:
        date = book.add_format({"num_format": (formats or {}).get("date", "dd/mm/yyyy")})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, value in enumerate(row):
                    if isinstance(value, datetime):
                        sheet.write_datetime(at, column, value, date)
                    elif isinstance(value, str):
                        sheet.write_string(at, column, value)
                    elif value is not None:
                        sheet.write(at, column, value)
    return path


async def import_staged(db: Database, staged: StagedFile, answers: Mapping[str, str] | None = None) -> ImportJob:
    plan = plan_from(inspect(staged), answers)
    return await (await start_import(plan, ImportStore(db), db.path, lambda _event: None)).result()


def files_in(folder: Path, pattern: str) -> list[str]:
    return [each.name for each in folder.rglob(pattern)]


def lines_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


async def test_a_workbook_is_read_as_it_is_shown(db: Database, tmp_path: Path, folder: Path) -> None:
    day = datetime(2024, 5, 1, tzinfo=UTC)
    path = write_workbook(
        tmp_path / "goods.xlsx",
        {
            "Read me": [["Thank you for using our export"]],
            "Products": [
                ["Our shop"],
                ["sku", "title", "price_eur", "ean", "stock", "since", "note"],
                ["007", "Silla “única” 🪑", 1.234, 4006381333931, 3, day, True],
                [8, "Lampe", 0.1 + 0.2, "00036000291452", 2.0, None, "كرسي 椅子"],
                [None, None, None, None, None, None, None],
                ["A", "No price", "on request", None, None, None, None],
            ],
        },
    )
    (staged,) = (await stage_files([path], folder)).files
    assert (staged.name, staged.sheet, staged.sheets) == ("goods.xlsx", "Products", ("Read me", "Products"))
    assert any("sheet “Products”" in note for note in staged.notes)
    reading = inspect(staged)
    assert reading.columns[2].style is NumberStyle.POINT
    assert "numbers in the workbook" in reading.columns[2].evidence
    assert reading.questions == ()
    job = await import_staged(db, staged)
    assert (job.file_name, job.counts) == ("goods.xlsx", ImportCounts(new=2, refused=1))
    products = ProductStore(db)
    chair, lamp = await products.by_sku("007"), await products.by_sku("8")
    assert chair is not None
    assert lamp is not None
    assert (chair.original.title, str(chair.price), chair.gtin) == ("Silla “única” 🪑", "1.23 EUR", "4006381333931")
    assert chair.attributes == {"since": "2024-05-01", "note": "TRUE"}
    assert (str(lamp.price), lamp.gtin, lamp.quantity) == ("0.30 EUR", "00036000291452", 2)
    assert lamp.attributes == {"note": "كرسي 椅子"}
    refused = text_of(job.refused_file)
    assert "goods (shop import 1)" in job.refused_file
    assert "goods.xlsx, Products 6" in refused
    assert not staged.path.exists()
    again = (await stage_files([path], folder)).files[0]
    assert (await import_staged(db, again)).counts == ImportCounts(same=2, refused=1)


def test_hidden_sheets_are_passed_over(tmp_path: Path, folder: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        hidden = book.add_worksheet("Lists")
        hidden.write_row(0, 0, ["sku", "title", "price", "brand"])
        hidden.hide()
        shown = book.add_worksheet("Goods")
        shown.write_row(0, 0, ["sku", "title"])
        shown.write_row(1, 0, ["A", "Chair"])
        shown.activate()
    (staged,) = stage([path], folder).files
    assert (staged.sheet, staged.sheets) == ("Goods", ("Goods",))


def test_leading_zeros_that_a_format_shows_are_kept(tmp_path: Path, folder: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        zeros, money = book.add_format({"num_format": "00000"}), book.add_format({"num_format": "0.00"})
        sheet = book.add_worksheet("Goods & more")
        sheet.write_row(0, 0, ["sku", "title", "price"])
        for at, (sku, price) in enumerate(((7, 1.5), (123456, 2), (89, 3)), 1):
            sheet.write_number(at, 0, sku, zeros)
            sheet.write_string(at, 1, "x")
            sheet.write_number(at, 2, price, money)
    (staged,) = stage([path], folder).files
    assert [row[0] for row in lines_of(staged.path)[1:]] == ["00007", "123456", "00089"]
    assert [row[2] for row in lines_of(staged.path)[1:]] == ["1.5", "2", "3"]
    assert staged.number_columns == {"price"}


def test_old_workbooks_and_openoffice_by_their_content(tmp_path: Path, folder: Path) -> None:
    path = write_workbook(tmp_path / "saved as.csv", {"One": [["sku", "title"], ["A", "B"]]})
    assert lines_of(stage([path], folder).files[0].path)[1][:2] == ["A", "B"]
    text = tmp_path / "from a shop.xls"
    text.write_text("sku\ttitle\nA\tB\n", encoding="utf-8")
    (staged,) = stage([text], folder).files
    assert (staged.path, staged.is_rewritten) == (text, False)
    assert inspect(staged).rows == (("A", "B"),)
    broken = tmp_path / "broken.xls"
    broken.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000))
    with pytest.raises(UserMistake, match="cannot be read as a workbook"):
        stage([broken], folder)


ODS = """<?xml version="1.0"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.2"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
<office:body><office:spreadsheet><table:table table:name="Goods">
<table:table-row><table:table-cell office:value-type="string"><text:p>sku</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>title</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>price_eur</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell office:value-type="string"><text:p>007</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>Stühle</text:p></table:table-cell>
<table:table-cell office:value-type="float" office:value="1.234"><text:p>1,234</text:p></table:table-cell>
</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"""


async def test_an_openoffice_sheet(db: Database, tmp_path: Path, folder: Path) -> None:
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    files = {
        "mimetype": kind.encode(),
        "content.xml": ODS.replace("\n", "").encode(),
        "META-INF/manifest.xml": manifest.encode(),
    }
    (staged,) = stage([packed(tmp_path / "goods.ods", files)], folder).files
    assert (staged.sheet, staged.number_columns) == ("Goods", {"price_eur"})
    assert (await import_staged(db, staged)).counts == ImportCounts(new=1)
    chairs = await ProductStore(db).by_sku("007")
    assert chairs is not None
    assert (chairs.original.title, str(chairs.price)) == ("Stühle", "1.23 EUR")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (8.01e12, "8010000000000"), (12.5, "12.5"), (0.1 + 0.2, "0.3"), (1e-7, "0.0000001"), (True, "TRUE"),
        (datetime(2024, 5, 1, tzinfo=UTC), "2024-05-01"), ("007", "007"), (None, ""), (35.949999999999996, "35.95"),
    ],
)  # fmt: skip
def test_cells_are_texts(value: Any, text: str) -> None:
    assert workbook.cell_text(value) == text


def test_a_sheet_can_be_chosen(tmp_path: Path, folder: Path) -> None:
    book = {"A": [["sku", "title", "price"], ["A1", "x", 1]], "B": [["code", "words"], ["B1", "y"]], "C": []}
    path = write_workbook(tmp_path / "b.xlsx", book)
    assert stage([path], folder).files[0].sheet == "A"
    (other,) = stage([path], folder, ReadAs(sheet="B")).files
    assert (other.sheets, lines_of(other.path)[0]) == (("A", "B"), ["code", "words", "Row in the file"])
    with pytest.raises(UserMistake, match="no sheet “D”"):
        stage([path], folder, ReadAs(sheet="D"))


async def test_an_export_of_another_program_is_joined(db: Database, write: Write, folder: Path) -> None:
    path = write(SHOPIFY)
    (staged,) = (await stage_files([path], folder)).files
    assert staged.dialect == "shopify"
    reading = inspect(staged)
    assert (reading.dialect, reading.origin) == ("shopify", str(path))
    assert "“Handle”" in reading.dialect_reason
    assert any("Shopify" in note for note in reading.notes)
    price = next(column for column in reading.columns if column.field == "price")
    assert "Variant Price" in price.reason
    assert (await import_staged(db, staged, {"currency": "EUR"})).counts.new == 3
    small = await ProductStore(db).by_sku("SH-S")
    assert small is not None
    assert small.parent_id is not None
    assert small.options == {"Size": "S"}
    (plain,) = stage([path], folder, ReadAs(dialect=NO_DIALECT)).files
    assert (plain.path, plain.dialect) == (path, "")


async def test_files_with_one_header_are_one_import(db: Database, write: Write, folder: Path) -> None:
    first = write("sku;title\nA;Chair\nB;Stühle\n", "cp1252", "a.csv")
    write("sku,title\nC,Lamp,,\n,No sku\nD\n", name="b.csv")
    write("code,colour\nX,red\n", name="c.tsv")
    write("not a table", name="picture.jpg")
    staged = await stage_files([first.parent], folder)
    assert [file.name for file in staged.files] == ["a.csv and 1 more", "c.tsv"]
    assert any("2 different headers" in note for note in staged.notes)
    notes = " ".join(staged.files[0].notes)
    assert "2 files are one import: a.csv, b.csv." in notes
    assert "b.csv: Rows with more cells than the header: the empty ones at the end are left out. Rows: 1." in notes
    assert "b.csv: 1 row cannot be read, such as line 4: The row has 1 cells" in notes
    job = await import_staged(db, staged.files[0])
    assert job.counts == ImportCounts(new=3, refused=2)
    assert '"The row has 1 cells, the header has 2.",D,,b.csv 4' in text_of(job.refused_file)
    assert files_in(folder, "*.unread") == []
    assert "b.csv 3" in text_of(job.refused_file)
    products = [await ProductStore(db).by_sku(sku) for sku in "ABC"]
    assert [each.original.title for each in products if each] == ["Chair", "Stühle", "Lamp"]
    assert first.exists()


async def test_what_was_copied_from_a_spreadsheet(db: Database, folder: Path) -> None:
    path = stage_text('sku\ttitle\tprice_eur\r\nA\t"Two\nlines"\t1,50\r\n', folder)
    (staged,) = stage([path], folder).files
    assert (await import_staged(db, staged)).counts == ImportCounts(new=1)
    assert not path.exists()
    with pytest.raises(UserMistake, match="no table in the clipboard"):
        stage_text("hello", folder)


def test_what_nobody_imported_for_a_month_is_forgotten(write: Write, folder: Path) -> None:
    old, new = (stage([write(SHOPIFY + end)], folder).files[0].path for end in ("", "\n"))
    month_ago = time.time() - 31 * 86_400
    os.utime(old, (month_ago, month_ago))
    stage([write("sku,title\nA,B\n", name="other.csv")], folder)
    assert (old.exists(), old.parent.exists(), new.exists()) == (False, False, True)


def packed(path: Path, files: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in files.items():
            out.writestr(name, content)
    return path


@pytest.fixture
def picture(tmp_path: Path) -> bytes:
    path = tmp_path / "one.png"
    Image.new("RGB", (8, 8), "red").save(path)
    return path.read_bytes()


async def test_an_archive_of_a_table_and_its_pictures(
    db: Database, tmp_path: Path, folder: Path, picture: bytes
) -> None:
    table = "sku,title,image\nA,Chair,a.png\nB,Lamp,photos\\b.png\n"
    files = {
        "goods.csv": table.encode(), "a.png": picture, "photos/b.png": picture, "__MACOSX/goods.csv": b"x",
        "read me.pdf": b"%PDF",
    }  # fmt: skip
    staged = await stage_files([packed(tmp_path / "export.zip", files)], folder)
    assert staged.notes == ("“export.zip” holds 1 table, 2 pictures.",)
    assert (await import_staged(db, staged.files[0])).counts == ImportCounts(new=2)
    for sku in "AB":
        product = await ProductStore(db).by_sku(sku)
        assert product is not None
        assert find_file(product.images[0], product.image_base).read_bytes() == picture
    assert files_in(folder, "*.*") == []  # pictures go where the workspace's images are
    assert sorted(files_in(db.path.with_name("shop.mmhub.images"), "*.png")) == ["a.png", "b.png"]
    newer = {**files, "goods.csv": table.replace("Chair", "New").encode()}
    staged = await stage_files([packed(tmp_path / "export.zip", newer)], folder)
    assert (await import_staged(db, staged.files[0])).counts == ImportCounts(changed=1, same=1)


def test_a_picture_beside_the_table_may_lie_one_folder_deeper(tmp_path: Path, picture: bytes) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "x.png").write_bytes(picture)
    assert find_file("x.png", str(tmp_path)) == tmp_path / "images" / "x.png"
    assert find_file("y.png", str(tmp_path)) == tmp_path / "y.png"


def say_less(path: Path) -> None:
    """Make the archive's table of contents lie about the size of its first file."""
    content = path.read_bytes()
    place = content.rindex(b"PK\x01\x02") + 24
    path.write_bytes(content[:place] + (10).to_bytes(4, "little") + content[place + 4 :])


BAD_ARCHIVES: list[tuple[Callable[[Path], Path], str]] = [
    (lambda path: packed(path, {"../../evil.csv": b"sku\nA\n"}), "outside its folder"),
    (lambda path: packed(path, {"/etc/evil.csv": b"sku\nA\n"}), "outside its folder"),
    (lambda path: packed(path, {"C:\\evil.csv": b"sku\nA\n"}), "outside its folder"),
    (lambda path: packed(path, {"a.csv": b"0" * (100 << 20)}), "made to fill the disk"),
    (lambda path: packed(path, {"a.txt.exe": b"x"}), "no table in"),
]


@pytest.mark.parametrize(("make", "why"), BAD_ARCHIVES)
def test_archives_that_do_harm_are_refused(
    tmp_path: Path, folder: Path, make: Callable[[Path], Path], why: str
) -> None:
    path = make(tmp_path / "a.zip")
    with pytest.raises(UserMistake, match=why) as caught:
        stage([path], folder)
    assert caught.value.hint
    assert not list(tmp_path.rglob("evil.csv"))


def test_an_archive_that_lies_or_is_cut_off_is_refused(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = packed(tmp_path / "a.zip", {"a.csv": b"sku,title\n" + b"A,B\n" * 1000})
    say_less(path)
    with pytest.raises(UserMistake, match=r"made to fill the disk|damaged"):
        stage([path], folder)
    whole = packed(tmp_path / "b.zip", {"a.csv": b"sku,title\nA,B\n"})
    monkeypatch.setattr(archive, "LARGEST", 10)
    with pytest.raises(UserMistake, match="too much"):
        stage([whole], folder)


async def test_a_folder_without_tables_and_a_missing_file(tmp_path: Path, folder: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(UserMistake, match="no table in the folder"):
        await stage_files([empty], folder)
    with pytest.raises(UserMistake, match="no file"):
        await stage_files([tmp_path / "nothing.csv"], folder)


async def test_staging_tells_how_far_it_is_and_can_be_cancelled(tmp_path: Path, folder: Path) -> None:
    path = tmp_path / "a.csv"
    rows = "".join(f"h{number},T,b,v,Size,S,S{number},1.00,1,\n" for number in range(60_000))
    path.write_text(SHOPIFY.splitlines()[0] + "\n" + rows, encoding="utf-8")
    told: list[str] = []
    task = asyncio.create_task(stage_files([path], folder, told=lambda words, _part: told.append(words)))
    while not told:
        assert not task.done()
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert "rows" in told[0]
    assert files_in(folder, "a.csv") == []
