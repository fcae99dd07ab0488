"""Cells edited in the product table by keyboard, on a real workspace: saved, refused with words, filled down."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Condition, Product, Text
from mmhub_desktop.gui.dialogs.paste_cells import PasteCellsDialog
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.pages.products import ProductsPage
from mmhub_desktop.gui.screenshots import settle
from mmhub_desktop.gui.tables.cell_editor import CellEditing
from mmhub_desktop.gui.tables.product_columns import PLAIN
from mmhub_desktop.settings import Settings
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.products import ProductStore
from tests.gui.conftest import Until

Key = Qt.Key


@pytest.fixture
async def page(qtbot: QtBot, tmp_path: Path, until: Until) -> AsyncIterator[ProductsPage]:
    """Four lamps; the second has a better text, the last no price."""
    del qtbot
    path = tmp_path / "shop.mmhub"
    database = await asyncio.to_thread(Database.open, path, holder="a test")
    store = ProductStore(database)
    for number in range(1, 5):
        await store.save(
            Product(
                ProductId(0), f"L-{number}", Text(f"Lamp {number}"), quantity=number,
                optimized=Text("Fine lamp 2") if number == 2 else None,
                price=Money(1000 * number, "EUR") if number < 4 else None,
            )
        )  # fmt: skip
    await asyncio.to_thread(database.close)
    window = MainWindow(Settings())
    window.resize(1280, 820)
    window.show()
    window.activateWindow()
    await window.session.start(path)
    await settle()
    window.show_page("products")
    found = window.page("products")
    assert isinstance(found, ProductsPage)
    await until(lambda: len(found.model.ids) == 4)
    await found.model.settled()
    yield found
    window.close()
    await asyncio.wait_for(asyncio.shield(window.closed), 20)
    window.deleteLater()


def go_to(page: ProductsPage, sku: str, column: str) -> CellEditing:
    """Put the keyboard on a cell."""
    table, model = page.table, page.model
    row = next(place for place in range(len(model.ids)) if (found := model.row(place)) and found.sku == sku)
    names = [each.name for each in table.columns]
    table.setFocus()
    table.setCurrentIndex(model.index(row, names.index(column)))
    return page.table_editing.cells


def line(cells: CellEditing) -> QLineEdit:
    assert isinstance(cells.editor, QLineEdit)
    return cells.editor


async def stored(page: ProductsPage, sku: str) -> Product:
    found = await page.context.workspace.products.by_sku(sku)
    assert found is not None
    return found


async def test_typing_edits_and_enter_goes_down(page: ProductsPage, until: Until) -> None:
    cells = go_to(page, "L-1", "price")
    row = page.table.currentIndex().row()
    QTest.keyClicks(page.table, "1")
    QTest.keyClicks(line(cells), "2.50")
    QTest.keyClick(line(cells), Key.Key_Return)
    await until(lambda: cells.editor is None)
    assert (await stored(page, "L-1")).price == Money(1250, "EUR")
    assert page.table.currentIndex().row() == min(row + 1, 3)
    entry = await page.context.workspace.history.next_undo()
    assert entry is not None
    await page.context.workspace.history.undo(entry.id)
    assert (await stored(page, "L-1")).price == Money(1000, "EUR")


async def test_what_means_nothing_is_said_and_the_editor_stays(page: ProductsPage, until: Until) -> None:
    cells = go_to(page, "L-4", "price")
    QTest.keyClick(page.table, Key.Key_F2)
    assert line(cells).text() == ""
    QTest.keyClicks(line(cells), "ten")
    QTest.keyClick(line(cells), Key.Key_Return)
    await until(lambda: cells.editor is not None and bool(cells.editor.accessibleDescription()))
    line(cells).setText("9.90 EUR")
    QTest.keyClick(line(cells), Key.Key_Return)
    await until(lambda: cells.editor is None)
    assert (await stored(page, "L-4")).price == Money(990, "EUR")


async def test_the_title_that_is_shown_is_edited_and_escape_forgets(page: ProductsPage, until: Until) -> None:
    cells = go_to(page, "L-2", "product")
    QTest.keyClick(page.table, Key.Key_F2)
    assert line(cells).text() == "Fine lamp 2"
    line(cells).setText("Finest lamp 2")
    QTest.keyClick(line(cells), Key.Key_Return)
    await until(lambda: cells.editor is None)
    product = await stored(page, "L-2")
    assert (product.text.title, product.original.title) == ("Finest lamp 2", "Lamp 2")
    go_to(page, "L-1", "product")
    QTest.keyClicks(page.table, "x")
    QTest.keyClick(line(cells), Key.Key_Escape)
    assert cells.editor is None
    assert (await stored(page, "L-1")).text.title == "Lamp 1"


async def test_a_cell_that_changed_meanwhile_is_not_overwritten(page: ProductsPage, until: Until) -> None:
    cells = go_to(page, "L-3", "quantity")
    QTest.keyClick(page.table, Key.Key_F2)
    work = page.context.workspace
    await work.product_editing.save(ProductId((await stored(page, "L-3")).id), {"quantity": ("3", "8")})
    line(cells).setText("5")
    QTest.keyClick(line(cells), Key.Key_Return)
    await until(lambda: cells.editor is not None and "8" in cells.editor.accessibleDescription())
    assert (await stored(page, "L-3")).quantity == 8
    cells.leave()


async def test_choices_and_columns_without_a_field(page: ProductsPage, until: Until) -> None:
    page.table.set_columns([each for each in PLAIN if each.name in ("product", "condition", "quality")])
    cells = go_to(page, "L-1", "quality")
    assert not cells.begin()
    go_to(page, "L-1", "condition")
    QTest.keyClick(page.table, Key.Key_F2)
    assert isinstance(cells.editor, QComboBox)
    cells.editor.setCurrentIndex(cells.editor.findData("used"))
    QTest.keyClick(cells.editor, Key.Key_Return)
    await until(lambda: cells.editor is None)
    assert (await stored(page, "L-1")).condition is Condition.USED


async def test_a_value_is_filled_down(page: ProductsPage, until: Until) -> None:
    go_to(page, "L-1", "price")
    top = page.table.model().index(0, page.table.currentIndex().column())
    row = page.model.row(0)
    assert row is not None
    page.table.selectAll()
    page.table.selectionModel().setCurrentIndex(top, page.table.selectionModel().SelectionFlag.NoUpdate)
    await page.table_editing._fill_down()
    for number in range(1, 5):
        assert (await stored(page, f"L-{number}")).price == row.price
    await page.model.settled()
    await until(lambda: all((found := page.model.row(each)) and found.price == row.price for each in range(4)))


def rows_of(page: ProductsPage) -> list[str]:
    return [found.sku for place in range(len(page.model.ids)) if (found := page.model.row(place))]


async def test_a_block_from_a_spreadsheet_is_pasted_at_once_and_undone(page: ProductsPage, until: Until) -> None:
    page.table.set_columns(
        [each for each in PLAIN if each.name in ("product", "price", "quality", "quantity", "active")]
    )
    first, second = rows_of(page)[:2]
    go_to(page, first, "price")
    QGuiApplication.clipboard().setText("15.00 EUR\t7\t-\tno\n16\t8\t-\tYes\n")
    await page.table_editing._paste(QGuiApplication.clipboard().text())
    one, other = await stored(page, first), await stored(page, second)
    assert (one.price, one.quantity, one.active) == (Money(1500, "EUR"), 7, False)
    assert (other.quantity, other.active) == (8, True)
    entry = await page.context.workspace.history.next_undo()
    assert entry is not None
    assert entry.products == 2
    await page.context.workspace.history.undo(entry.id)
    assert (await stored(page, first)).active
    await until(lambda: page.listing._loading is None)


async def test_what_cannot_be_pasted_is_shown_before_anything_is_written(page: ProductsPage, until: Until) -> None:
    skus = rows_of(page)
    go_to(page, skus[0], "quantity")
    pasting = asyncio.create_task(page.table_editing._paste("5\nmany\n6"))
    await until(lambda: bool(shown(page)))
    (dialog,) = shown(page)
    assert dialog.windowTitle() == "Paste 2 cells into 2 products"
    assert "“many” is not a quantity" in dialog.lines.index(0, 2).data()
    assert (await stored(page, skus[0])).quantity != 5
    dialog.paste_button.click()
    await pasting
    assert [(await stored(page, sku)).quantity for sku in skus[:3]] == [5, int(skus[1][-1]), 6]


def shown(page: ProductsPage) -> list[PasteCellsDialog]:
    return [each for each in page.window().findChildren(PasteCellsDialog) if each.isVisible()]
