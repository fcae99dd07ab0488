"""The products page on a real workspace."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QPushButton
from pytestqt.qtbot import QtBot

from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.product import ProductStatus
from mmhub_desktop.events import AccountsChanged
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.pages.products import ProductsPage
from mmhub_desktop.gui.screenshots import settle
from mmhub_desktop.settings import Settings
from mmhub_desktop.store.database import Database
from tests.gui.conftest import Fill, Until

COUNT = 1_200


@pytest.fixture
async def window(qtbot: QtBot, tmp_path: Path, fill: Fill) -> AsyncIterator[MainWindow]:
    path = tmp_path / "shop.mmhub"
    database = await asyncio.to_thread(Database.open, path, holder="a test")
    await fill(database, COUNT)
    await asyncio.to_thread(database.close)
    made = MainWindow(Settings())
    made.show()
    await made.session.start(path)
    await settle()
    yield made
    made.close()
    await asyncio.wait_for(asyncio.shield(made.closed), 20)
    made.deleteLater()


@pytest.fixture
def page(window: MainWindow) -> ProductsPage:
    found = window.page("products")
    assert isinstance(found, ProductsPage)
    return found


def open_dialog(window: MainWindow) -> QDialog | None:
    return next((dialog for dialog in window.findChildren(QDialog) if dialog.isVisible()), None)


async def test_all_products_are_there_with_their_numbers(page: ProductsPage) -> None:
    assert len(page.model.ids) == COUNT
    assert page.status_cards.cards[3].accessibleName() == f"Published: {COUNT // len(ProductStatus)}. Show only these."
    assert page.foot.text() == "1,200 products"


async def test_search_narrows_and_is_forgotten_again(page: ProductsPage, qtbot: QtBot, until: Until) -> None:
    qtbot.keyClicks(page.tools.search, "sku-00110")
    await until(lambda: len(page.model.ids) == 10)
    page.tools.search.setText("nothing like this")
    await until(lambda: len(page.model.ids) == 0)
    assert page._list_or_nothing.currentIndex() == 1
    page.show_all()
    await until(lambda: len(page.model.ids) == COUNT)
    assert page.tools.search.text() == ""


async def test_a_card_filters_by_status(page: ProductsPage, until: Until) -> None:
    page.status_cards.cards[4].click()
    await until(lambda: len(page.model.ids) == COUNT // len(ProductStatus))
    await settle()
    row = page.model.row(0)
    assert row is not None
    assert row.status is ProductStatus.FAILED
    assert [chip.text() for chip in page.chips.chips] == ["Status is Failed"]
    page.status_cards.cards[4].click()
    await until(lambda: len(page.model.ids) == COUNT)


async def test_the_header_sorts_both_ways(page: ProductsPage, until: Until) -> None:
    price = [column.name for column in page.model.columns].index("price")
    page.viewing.sort_by(price)
    await settle()
    first = page.model.row(0)
    assert first is not None
    assert first.sku == "SKU-000000"
    page.viewing.sort_by(price)
    await settle()
    last = page.model.row(0)
    assert last is not None
    assert last.sku == f"SKU-{COUNT - 1:06}"


async def test_deleting_names_the_number_and_can_be_refused(
    window: MainWindow, page: ProductsPage, qtbot: QtBot, until: Until
) -> None:
    page.select_all()
    qtbot.keyClick(page.table, Qt.Key.Key_Delete)
    await until(lambda: open_dialog(window) is not None)
    dialog = open_dialog(window)
    assert dialog is not None
    assert any("1,200 products" in button.text() for button in dialog.findChildren(QPushButton))
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    await settle()
    assert await window.session.context.workspace.products.count() == COUNT  # type: ignore[union-attr]
    page.table.selectRow(0)
    page.act("delete")
    await until(lambda: open_dialog(window) is not None)
    dialog = open_dialog(window)
    assert dialog is not None
    dialog.accept()
    await until(lambda: len(page.model.ids) == COUNT - 1)


async def test_the_detail_follows_the_row_and_escape_closes_it(page: ProductsPage, qtbot: QtBot, until: Until) -> None:
    page.table.setFocus()
    page.table.selectRow(2)
    page.open_detail(page.model.ids[2])
    await until(lambda: page.detail._sku.text() == page_sku(page, 2))
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    await until(lambda: page.detail._sku.text() == page_sku(page, 3))
    page.detail.setFocus()
    qtbot.keyClick(page.detail, Qt.Key.Key_Escape)
    assert not page.detail.isVisible()
    assert page.window().focusWidget() is page.table


def page_sku(page: ProductsPage, row: int) -> str:
    found = page.model.row(row)
    return found.sku if found else "not loaded"


async def test_selection_is_kept_when_products_come_and_go(
    window: MainWindow, page: ProductsPage, until: Until
) -> None:
    page.table.selectRow(5)
    kept = page.table.selected_ids()
    workspace = window.session.context.workspace  # type: ignore[union-attr]
    await workspace.delete_products([page.model.ids[0]])
    await until(lambda: len(page.model.ids) == COUNT - 1)
    assert page.table.selected_ids() == kept


async def test_selection_survives_other_pages_and_news_of_accounts(
    window: MainWindow, page: ProductsPage, until: Until
) -> None:
    workspace = window.session.context.workspace  # type: ignore[union-attr]
    account = await workspace.accounts.add(Account(AccountId(0), "mercadolibre", "Shop one"))
    page.select_all()
    workspace.bus.publish(AccountsChanged((account.id,)))
    await until(lambda: any(column.name == "marketplaces" for column in page.model.columns))
    assert page.table.selected_count() == COUNT
    window.show_page("settings")
    window.show_page("products")
    await settle()
    workspace.bus.publish(AccountsChanged((account.id,)))
    window.session.bridge.deliver()
    await settle()
    assert page.table.selected_count() == COUNT


async def test_without_products_the_page_says_what_to_do(qtbot: QtBot, tmp_path: Path) -> None:
    window = MainWindow(Settings())
    window.show()
    await window.session.start(tmp_path / "empty.mmhub")
    await settle()
    page = window.page("products")
    assert isinstance(page, ProductsPage)
    assert page._stack.currentIndex() == 1
    labels = [button.text() for button in page._stack.currentWidget().findChildren(QPushButton)]
    assert labels == ["Import a file", "Try it with sample products"]
    window.close()
    await asyncio.wait_for(asyncio.shield(window.closed), 20)
