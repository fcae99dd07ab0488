"""Filters, views, columns, families and copying on the products page, by keyboard and mouse, on a real workspace."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from mmhub_desktop.domain.ids import AccountId, ProductId
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Product, Text
from mmhub_desktop.domain.product_filter import Filter, Operator
from mmhub_desktop.domain.product_query import ProductSort
from mmhub_desktop.domain.product_view import BUILT_IN, Density
from mmhub_desktop.gui.dialogs.columns import ColumnsDialog
from mmhub_desktop.gui.dialogs.views import ManageViewsDialog, ViewNameDialog
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.pages.product_viewing import KEPT_AS
from mmhub_desktop.gui.pages.products import ProductsPage
from mmhub_desktop.gui.screenshots import settle
from mmhub_desktop.gui.tables.catalog_table import ROW_HEIGHTS
from mmhub_desktop.settings import Settings
from mmhub_desktop.store.accounts import AccountStore
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.products import ProductStore
from tests.gui.conftest import Fill, Until

COUNT = 70
FAMILY = 4  # a shirt with three variants, besides
Key = Qt.Key


@pytest.fixture
async def path(tmp_path: Path, fill: Fill) -> Path:
    """Seventy lamps (prices from 9.00 MXN in steps of a cent, stock 0 to 6), a shirt in three sizes, two accounts."""
    made = tmp_path / "shop.mmhub"
    database = await asyncio.to_thread(Database.open, made, holder="a test")
    await fill(database, COUNT)
    store, accounts = ProductStore(database), AccountStore(database)
    shirt = Product(
        ProductId(0), "SHIRT", Text("Shirt"), brand="Zephyr", price=Money(2000, "EUR"), quantity=1,
        attributes={"Fit": "slim"}, gtin="04006381333931",
    )  # fmt: skip
    parent = await store.save(shirt)
    for size in ("S", "M", "L"):
        await store.save(
            Product(
                ProductId(0), f"SHIRT-{size}", Text(""), parent_id=parent, options={"Size": size}, quantity=2,
                price=Money(2500, "EUR") if size == "L" else None,
            )
        )  # fmt: skip
    await accounts.add(Account(AccountId(0), "mercadolibre", "Shop one"))
    await accounts.add(Account(AccountId(0), "etsy", "Shop two"))
    await asyncio.to_thread(database.close)
    return made


async def open_window(path: Path) -> MainWindow:
    made = MainWindow(Settings())
    made.resize(1280, 820)
    made.show()
    made.activateWindow()
    await made.session.start(path)
    await settle()
    return made


async def close(window: MainWindow) -> None:
    window.close()
    await asyncio.wait_for(asyncio.shield(window.closed), 20)
    window.deleteLater()


@pytest.fixture
async def window(qtbot: QtBot, path: Path) -> AsyncIterator[MainWindow]:
    made = await open_window(path)
    yield made
    if not made.closed.done():
        await close(made)


def page_of(window: MainWindow) -> ProductsPage:
    found = window.page("products")
    assert isinstance(found, ProductsPage)
    return found


@pytest.fixture
def page(window: MainWindow) -> ProductsPage:
    return page_of(window)


def dialog_of(window: MainWindow, kind: type[Any]) -> Any:
    return next((each for each in window.findChildren(kind) if each.isVisible()), None)


def choose(menu: QMenu | None, words: str) -> None:
    assert menu is not None
    action = next(each for each in menu.actions() if each.text() == words)
    action.trigger()
    menu.close()


def chips(page: ProductsPage) -> list[str]:
    return [chip.text() for chip in page.chips.chips]


def skus(page: ProductsPage) -> list[str]:
    rows = (page.model.row(place) for place in range(page.model.rowCount()))
    return [row.sku if row else "…" for row in rows]


async def test_a_condition_that_is_typed_becomes_a_chip_which_is_changed_and_removed(
    page: ProductsPage, until: Until
) -> None:
    search = page.tools.search
    search.setFocus()
    QTest.keyClicks(search, "stock < 2")
    await until(search.suggestions.isVisible)
    assert search.suggestions.list.item(0).text() == "Filter: Stock is below 2"
    assert len(page.model.ids) == COUNT + FAMILY  # a condition is not searched for as words
    QTest.keyClick(search, Key.Key_Return)
    await until(lambda: len(page.model.ids) == COUNT // 7 * 2 + 1)
    assert chips(page) == ["Stock is below 2"]
    assert search.text() == ""
    assert search.suggestions.isHidden()
    QTest.mouseClick(page.chips.chips[0], Qt.MouseButton.LeftButton, pos=QPoint(20, 14))
    editor = page.chips.editor
    assert editor is not None
    editor.operators.setCurrentIndex(editor.operators.findData(Operator.IS))
    line = editor.value.focusProxy()
    assert isinstance(line, QWidget)
    QTest.keyClick(line, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(line, "many")
    QTest.keyClick(line, Key.Key_Return)
    assert editor.mistake.text().startswith("“many” is not a whole number for Stock.")
    QTest.keyClick(line, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(line, "6")
    QTest.keyClick(line, Key.Key_Return)
    await until(lambda: len(page.model.ids) == COUNT // 7)
    assert chips(page) == ["Stock is 6"]
    QTest.keyClick(page.chips.chips[0], Key.Key_Delete)
    await until(lambda: len(page.model.ids) == COUNT + FAMILY)
    assert page.chips.isHidden()


async def test_a_filter_is_found_by_its_name_and_filters_are_combined_and_cleared(
    page: ProductsPage, until: Until
) -> None:
    command = next(each for each in page.window().actions() if each.text() == "Filter products…")
    assert command.shortcut().toString() == "Ctrl+Shift+F"
    command.trigger()
    await until(lambda: page.chips.fields is not None)
    fields = page.chips.fields
    assert fields is not None
    QTest.keyClicks(fields.field, "fit")
    QTest.keyClick(fields.field, Key.Key_Return)
    editor = page.chips.editor
    assert editor is not None
    QTest.keyClicks(editor.value.focusProxy(), "SLIM")
    QTest.keyClick(editor.value.focusProxy(), Key.Key_Return)
    await until(lambda: len(page.model.ids) == 1)
    assert chips(page) == ["Fit contains SLIM"]
    page.chips.add(Filter("state:1", Operator.ONE_OF, "live"))
    await until(lambda: len(page.model.ids) == 0)
    assert chips(page)[1] == "State on Shop one is Live"
    assert page._list_or_nothing.currentIndex() == 1
    QTest.mouseClick(page.chips._clear, Qt.MouseButton.LeftButton)
    await until(lambda: len(page.model.ids) == COUNT + FAMILY)


async def test_suggestions_are_reached_by_tab_and_down_leads_to_the_table(
    page: ProductsPage, window: MainWindow, until: Until
) -> None:
    search = page.tools.search
    search.setFocus()
    QTest.keyClicks(search, "without gtin")
    await until(search.suggestions.isVisible)
    labels = [search.suggestions.list.item(each).text() for each in range(search.suggestions.list.count())]
    assert "Filter: GTIN is empty" in labels
    assert "View: Without GTIN" in labels
    QTest.keyClick(search, Key.Key_Tab)  # goes in
    assert search.suggestions.list.currentRow() == 0
    QTest.keyClick(search, Key.Key_Escape)
    assert search.suggestions.isHidden()
    QTest.keyClick(search, Key.Key_Escape)
    assert search.text() == ""
    await until(lambda: len(page.model.ids) == COUNT + FAMILY)
    QTest.keyClick(search, Key.Key_Down)
    assert window.focusWidget() is page.table
    assert page.table.currentIndex().row() == 0


async def test_words_put_the_best_first_and_give_the_order_back(page: ProductsPage, until: Until) -> None:
    page.viewing.change(sort=ProductSort.PRICE, descending=False)
    page.tools.search.setText("shirt")
    await until(lambda: len(page.model.ids) == FAMILY)
    assert page.viewing.query.sort is ProductSort.BEST_MATCH
    page.tools.search.clear()
    await until(lambda: len(page.model.ids) == COUNT + FAMILY)
    assert page.viewing.query.sort is ProductSort.PRICE


async def test_views_are_chosen_saved_renamed_and_there_again_after_a_restart(
    window: MainWindow, path: Path, until: Until
) -> None:
    page = page_of(window)
    picker = page.tools.views
    QTest.keyClick(picker, Key.Key_Space)
    choose(picker.menu_shown, "Without GTIN")
    await until(lambda: len(page.model.ids) == COUNT + FAMILY - 1)
    assert chips(page) == ["GTIN is empty"]
    assert picker.accessibleName() == "View: Without GTIN"
    page.viewing.set_density(Density.COMPACT)
    page.chips.add(Filter("quantity", Operator.ABOVE, "5"))
    assert picker.accessibleName() == "View: Without GTIN, changed"
    picker.open_menu()
    choose(picker.menu_shown, "Save as new view…")
    await until(lambda: dialog_of(window, ViewNameDialog) is not None)
    naming = dialog_of(window, ViewNameDialog)
    QTest.keyClicks(naming.name, "Plenty")
    QTest.keyClick(naming.name, Key.Key_Return)
    await until(lambda: picker.accessibleName() == "View: Plenty")
    picker.open_menu()
    choose(picker.menu_shown, "All products")
    await until(lambda: len(page.model.ids) == COUNT + FAMILY)
    assert page.viewing.shown().density is Density.COMPACT  # only the filters are those of the program
    page.viewing.set_density(Density.NORMAL)
    choose_saved(page, "Plenty")
    await until(lambda: len(page.model.ids) == COUNT // 7)
    assert page.table.rowHeight(0) == ROW_HEIGHTS[Density.COMPACT]
    preferences = page.context.workspace.preferences
    await comes(lambda: preferences.get(KEPT_AS), lambda kept: "Plenty" in kept)
    await close(window)
    again = await open_window(path)
    page = page_of(again)
    await until(lambda: len(page.model.ids) == COUNT // 7)
    assert page.tools.views.accessibleName() == "View: Plenty"
    assert chips(page) == ["GTIN is empty", "Stock is above 5"]
    page.tools.views.open_menu()
    choose(page.tools.views.menu_shown, "Rename, delete, reorder…")
    await until(lambda: dialog_of(again, ManageViewsDialog) is not None)
    manage = dialog_of(again, ManageViewsDialog)
    manage.list.item(0).setText("Lots")
    await names_are(page, ["Lots"])
    QTest.keyClick(manage, Key.Key_Return)
    await until(lambda: page.tools.views.accessibleName() == "View: Lots")
    page.tools.views.manage_asked.emit()
    await until(lambda: dialog_of(again, ManageViewsDialog) not in (None, manage))
    manage = dialog_of(again, ManageViewsDialog)
    QTest.keyClick(manage.list, Key.Key_Delete)
    await names_are(page, [])
    manage.accept()
    await until(lambda: page.tools.views.saved == ())
    assert page.tools.views.current == BUILT_IN[0]
    await close(again)


async def comes(read: Callable[[], Awaitable[Any]], fits: Callable[[Any], bool]) -> None:
    """Wait until what is read from the disk fits."""
    deadline = asyncio.get_running_loop().time() + 20
    while not fits(await read()):
        if asyncio.get_running_loop().time() > deadline:
            pytest.fail("waited twenty seconds in vain")
        await asyncio.sleep(0.01)


async def names_are(page: ProductsPage, names: list[str]) -> None:
    """Wait until the saved views are called so, on disk."""
    await comes(page.context.workspace.views.all, lambda views: [each.name for each in views] == names)


def choose_saved(page: ProductsPage, name: str) -> None:
    page.tools.views.open_menu()
    choose(page.tools.views.menu_shown, name)


async def test_columns_are_searched_for_ticked_moved_and_reset(
    page: ProductsPage, window: MainWindow, until: Until
) -> None:
    usual = page.table.column_names
    assert usual == ("product", "price", "quantity", "status", "quality", "marketplaces", "updated")
    page.tools.display.columns_asked.emit()
    await until(lambda: dialog_of(window, ColumnsDialog) is not None)
    dialog = dialog_of(window, ColumnsDialog)
    await until(lambda: "attribute:Fit" in dialog._every)
    for words in ("brand", "fit", "state"):
        QTest.keyClick(dialog.search, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(dialog.search, words)
        if words != "state":
            QTest.keyClick(dialog.list, Key.Key_Space)
    assert page.table.column_names == (*usual, "brand", "attribute:Fit")
    dialog.search.clear()
    dialog._mark("brand")
    QTest.keyClick(dialog, Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert page.table.column_names == (*usual[:-1], "brand", "updated", "attribute:Fit")
    QTest.keyClick(dialog, Key.Key_Escape)
    page.viewing.change(sort=ProductSort.BRAND, descending=True)
    await settle()
    await page.model.settled()
    place = page.table.column_names.index("attribute:Fit")
    assert page.model.index(0, place).data() == "slim"
    page.tools.display.columns_asked.emit()
    await until(lambda: dialog_of(window, ColumnsDialog) not in (None, dialog))
    dialog = dialog_of(window, ColumnsDialog)
    dialog.reset()
    dialog.accept()
    assert page.table.column_names == usual


async def test_columns_are_dragged_resized_and_fitted_by_mouse(page: ProductsPage, until: Until) -> None:
    header = page.table.horizontalHeader()
    viewport = header.viewport()
    left = Qt.MouseButton.LeftButton
    page.table.selectRow(3)
    chosen = page.table.selected_ids()

    def middle(name: str) -> QPoint:
        section = [each.name for each in page.model.columns].index(name)
        return QPoint(header.sectionViewportPosition(section) + header.sectionSize(section) // 2, 15)

    start, end = middle("price"), middle("status") + QPoint(30, 0)
    QTest.mousePress(viewport, left, pos=start)
    for step in range(1, 11):
        QTest.mouseMove(viewport, start + (end - start) * step / 10)
    QTest.mouseRelease(viewport, left, pos=end)
    await until(lambda: page.model.columns[1].name == "quantity")
    assert page.table.column_names[:4] == ("product", "quantity", "status", "price")
    assert page.table.selected_ids() == chosen
    edge = QPoint(header.sectionViewportPosition(1) + header.sectionSize(1) - 1, 15)
    QTest.mousePress(viewport, left, pos=edge)
    QTest.mouseMove(viewport, edge + QPoint(40, 0))
    QTest.mouseRelease(viewport, left, pos=edge + QPoint(40, 0))
    assert page.table.widths == {"quantity": 112}
    await until(lambda: header.length() == page.table.viewport().width())  # the product gives way
    assert header.sectionSize(1) == 112
    QTest.mouseDClick(viewport, left, pos=QPoint(header.sectionViewportPosition(2) - 1, 15))
    assert 64 <= page.table.widths["quantity"] < 112
    assert page.viewing.shown().columns[:4] == ("product", "quantity", "status", "price")


async def test_the_order_is_chosen_by_keyboard_too(page: ProductsPage, until: Until) -> None:
    for descending in (False, True):
        page.tools.display.open_menu()
        menu = page.tools.display.menu_shown
        assert menu is not None
        orders = next(each.menu() for each in menu.actions() if each.text().startswith("Sort by"))
        assert isinstance(orders, QMenu)
        ticked = [each.text() for each in orders.actions() if each.isChecked()]
        assert ticked == (["Stock"] if descending else ["Updated"])
        choose(orders, "Stock")
        menu.close()
        assert page.viewing.query.sort is ProductSort.QUANTITY
        assert page.viewing.query.descending is descending
    await settle()
    await page.model.settled()
    first = page.model.row(0)
    assert first is not None
    assert first.quantity == 6


async def test_row_heights_change_and_the_first_row_stays(page: ProductsPage) -> None:
    table = page.table
    table.verticalScrollBar().setValue(20 * ROW_HEIGHTS[Density.NORMAL])
    for density, words in ((Density.PICTURES, "Rows with large pictures"), (Density.COMPACT, "Compact rows")):
        page.tools.display.open_menu()
        choose(page.tools.display.menu_shown, words)
        assert table.rowHeight(0) == ROW_HEIGHTS[density]
        assert table.rowAt(0) == 20


async def test_variants_fold_below_their_product_by_keyboard_and_mouse(page: ProductsPage, until: Until) -> None:
    page.tools.display.open_menu()
    choose(page.tools.display.menu_shown, "Variants below their products")
    page.chips.add(Filter("sku", Operator.STARTS, "SHIRT-M"))  # one variant stands for its family
    await until(lambda: skus(page) == ["SHIRT"])
    page.chips.clear()
    page.viewing.change(sort=ProductSort.SKU, descending=True)
    await until(lambda: len(page.model.ids) == COUNT + 1)
    await settle()
    table, last = page.table, COUNT
    table.selectRow(last)
    table.scrollToBottom()
    await until(lambda: page.model.has_variants(last))
    table.setFocus()
    QTest.keyClick(table, Key.Key_Right)
    await until(lambda: page.model.is_open(last))
    assert page.model.rowCount() == COUNT + FAMILY
    assert page.table.selected_ids()[0] == page.model.ids[last]
    await page.model.settled()
    page.model.row(last + 2)
    await page.model.settled()
    assert skus(page)[last:] == ["SHIRT", "SHIRT-S", "SHIRT-M", "SHIRT-L"]
    table.setCurrentIndex(page.model.index(last + 2, 0))
    QTest.keyClick(table, Key.Key_Left)
    assert table.currentIndex().row() == last
    QTest.keyClick(table, Key.Key_Left)
    assert page.model.rowCount() == COUNT + 1
    table.scrollToBottom()
    spot = QPoint(17, table.visualRect(page.model.index(last, 0)).center().y())
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    await until(lambda: page.model.is_open(last))
    workspace = page.context.workspace
    await workspace.delete_products([page.model.ids[last + 1]])
    await until(lambda: skus(page)[last:] == ["SHIRT", "SHIRT-M", "SHIRT-L"])
    page.act("families")
    await until(lambda: page.model.opened is None)
    assert len(page.model.ids) == COUNT + FAMILY - 1


async def test_rows_are_copied_for_a_spreadsheet_and_a_cell_alone(page: ProductsPage, until: Until) -> None:
    page.viewing.change(filters=(Filter("sku", Operator.STARTS, "SHIRT"),))
    await until(lambda: len(page.model.ids) == FAMILY)
    page.viewing.change(sort=ProductSort.SKU, descending=False)
    await settle()
    page.viewing._set_wanted(("product", "gtin", "price"))
    page.table.setFocus()
    page.table.selectRow(0)
    QGuiApplication.clipboard().clear()
    QTest.keyClick(page.table, Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(page.table, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: "SHIRT" in QGuiApplication.clipboard().text())
    assert QGuiApplication.clipboard().text().splitlines() == [
        "Title\tSKU\tGTIN\tPrice\tCurrency",
        "Shirt\tSHIRT\t04006381333931\t20.00\tEUR",
        "Shirt\tSHIRT-L\t\t25.00\tEUR",
    ]
    html = QGuiApplication.clipboard().mimeData().html()
    assert "<td style=\"mso-number-format:'\\@'\">04006381333931</td>" in html
    assert "<td>20.00</td>" in html
    page.table.setCurrentIndex(page.model.index(0, 1))
    QTest.keyClick(
        page.table, Key.Key_C, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )  # fmt: skip
    assert QGuiApplication.clipboard().text() == "04006381333931"


async def test_one_column_says_where_a_product_is_listed(page: ProductsPage) -> None:
    column = next(each for each in page.model.columns if each.name == "marketplaces")
    assert column.tip is not None
    row = page.model.row(0)
    assert row is not None
    assert column.text(row) == "Not listed"
    assert column.tip(row) == "Shop one: Not listed\nShop two: Not listed"
