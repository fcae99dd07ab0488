"""Other kinds of files in the import wizard: workbooks, archives, exports of other programs, several at once."""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import xlsxwriter
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from mmhub_desktop.catalog.staged import staging_folder
from mmhub_desktop.gui.dialogs.import_file import ImportDialog
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.pages.products import ProductsPage
from tests.fakes.import_hand import ImportHand, shown_notices, write
from tests.gui.conftest import Until

CLEAR = "sku,title,price,currency\nA-1,Oak stool,12.50,EUR\n"
SHOPIFY = (
    "Handle,Title,Body (HTML),Vendor,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Inventory Qty,"
    "Image Src,Status\n"
    "stool,Oak stool,<p>Made of oak</p>,Nordhaus,Size,S,ST-S,12.50,3,,active\n"
    "stool,,,,,L,ST-L,14.50,1,,\n"
)


def write_book(folder: Path, name: str, sheets: Mapping[str, Sequence[Sequence[object]]]) -> str:
    """A workbook with these sheets; its path."""
    path = folder / name
    with xlsxwriter.Workbook(str(path)) as book:
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            for place, cells in enumerate(rows):
                sheet.write_row(place, 0, cells)
    return str(path)


async def test_a_workbook_by_keyboard_with_its_sheet_chosen(shop: MainWindow, tmp_path: Path, until: Until) -> None:
    head = ("SKU", "Title", "Price", "Currency")
    path = write_book(
        tmp_path,
        "spring.xlsx",
        {"Notes": [("Only words",)], "Old": [head, ("X-1", "Old stool", 1, "EUR")],
         "New": [head, ("X-1", "New stool", 12.5, "EUR"), ("X-2", "Lamp", 3, "EUR")]},
    )  # fmt: skip
    hand = ImportHand(shop, until, path)
    read = hand.dialog.read
    await hand.comes("Next: columns")
    settings = read.settings
    assert not settings.encoding.isVisible()  # a workbook has none to choose
    assert settings.sheet.isVisible()
    settings.sheet.setFocus()
    settings.sheet.setCurrentIndex(settings.sheet.findData("New"))
    settings.sheet.activated.emit(0)
    await until(lambda: read.rows.rowCount() == 2)
    hand.dialog.action_button.setFocus()
    await hand.to_check("Import 2 rows")
    await hand.enter("Done")
    assert shop.context is not None
    stool = await shop.context.workspace.products.by_sku("X-1")
    assert stool is not None
    assert (stool.original.title, str(stool.price)) == ("New stool", "12.50 EUR")
    (job,) = await shop.context.workspace.imports.history()
    assert job.file_name == "spring.xlsx"
    hand.dialog.accept()
    folder = staging_folder(shop.context.workspace.path)
    await until(lambda: not list(folder.rglob("*.csv")))  # neither what was imported nor the other sheet stays


async def test_an_export_of_another_program_is_named_and_can_be_read_as_a_plain_table(
    shop: MainWindow, tmp_path: Path, until: Until
) -> None:
    hand = ImportHand(shop, until, write(tmp_path, "products_export.csv", SHOPIFY))
    read = hand.dialog.read
    await hand.comes("Next: columns")
    assert read.settings.program.currentData() == "shopify"
    assert "Read as Shopify" in read.notes.text
    assert "option:Size" in [column.field for column in hand.dialog.draft.reading.columns]  # type: ignore[union-attr]
    read.settings.program.setFocus()
    hand.press(Qt.Key.Key_Home)  # no particular program
    await until(lambda: read.rows.horizontalHeaderItem(0).text() == "Handle")
    assert read.settings.program.currentIndex() == 0
    hand.dialog.reject()
    assert shop.context is not None
    folder = staging_folder(shop.context.workspace.path)
    await until(lambda: not list(folder.rglob("*.csv")))  # what was written for reading it goes with the dialog


async def test_files_with_the_same_header_are_one_import_others_follow_and_it_is_said(
    shop: MainWindow, tmp_path: Path, until: Until
) -> None:
    hand = ImportHand(
        shop,
        until,
        write(tmp_path, "a.csv", CLEAR),
        write(tmp_path, "b.csv", CLEAR.replace("A-1", "A-2")),
        write(tmp_path, "c.csv", "sku,title,quantity\nC-1,Lamp,3\n"),
    )
    await hand.comes("Next: columns")
    assert "different headers" in hand.dialog.read.notes.text
    await hand.to_check("Import 2 rows")
    await hand.enter("Next: c.csv")
    await hand.enter("Next: columns")
    await hand.to_check("Import 1 row")
    await hand.enter("Done")
    hand.dialog.accept()


async def test_an_archive_is_unpacked_and_its_table_imported(shop: MainWindow, tmp_path: Path, until: Until) -> None:
    path = tmp_path / "spring.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("products.csv", CLEAR)
    hand = ImportHand(shop, until, str(path))
    await hand.to_check("Import 1 row")
    await hand.enter("Done")
    hand.dialog.accept()


async def press_paste(shop: MainWindow, until: Until) -> None:
    """Ctrl+V in the table of products."""
    page = shop.page("products")
    assert isinstance(page, ProductsPage)
    shop.activateWindow()
    page.table.setFocus()
    await until(page.table.hasFocus)
    QTest.keyClick(page.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


async def test_a_table_copied_from_a_spreadsheet_is_pasted_with_ctrl_v(shop: MainWindow, until: Until) -> None:
    QApplication.clipboard().setText("SKU\tTitle\tPrice\tCurrency\nP-1\tOak stool\t12.50\tEUR\n")
    await press_paste(shop, until)
    found: list[ImportDialog] = []

    def is_open() -> bool:
        found[:] = [each for each in shop.findChildren(ImportDialog) if each.isVisible()]
        return bool(found) and found[0].action_button.text() == "Next: columns"

    await until(is_open)
    assert found[0].heading == "Import Clipboard.tsv"
    found[0].reject()


async def test_words_in_the_clipboard_are_no_table_and_it_is_said(shop: MainWindow, until: Until) -> None:
    QApplication.clipboard().setText("just words")
    await press_paste(shop, until)
    await until(lambda: "There is no table in the clipboard." in shown_notices(shop))


async def test_a_file_without_a_header_is_read_from_its_first_row(
    shop: MainWindow, tmp_path: Path, until: Until
) -> None:
    hand = ImportHand(shop, until, write(tmp_path, "bare.csv", "A-1,Oak chair,5.00\nA-2,Linen lamp,6.00\n"))
    await hand.comes("Next: columns")
    field = hand.dialog.read.settings.header_row
    field.setFocus()
    assert (field.text(), hand.dialog.read.rows.rowCount()) == ("1", 1)
    hand.press(Qt.Key.Key_Down)
    await until(lambda: hand.dialog.read.rows.rowCount() == 2)
    assert field.text() == "No header"
    first = [hand.dialog.read.rows.item(0, place) for place in range(3)]
    assert [item.text() for item in first if item is not None] == ["A-1", "Oak chair", "5.00"]
    hand.press(Qt.Key.Key_Down)
    await until(lambda: hand.dialog.read.rows.rowCount() == 1)
    assert field.text() == "1", "as found"
    hand.dialog.reject()
