"""The readiness page and column: groups, exactly those products, reading rules."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest

from mmhub_desktop.domain.marketplace import Account, AccountKind
from mmhub_desktop.domain.product_query import ProductQuery
from mmhub_desktop.domain.readiness import NO_CATEGORY
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.pages.products import ProductsPage
from mmhub_desktop.gui.pages.readiness import ReadinessPage
from mmhub_desktop.gui.screenshots import settle
from mmhub_desktop.workspace import Workspace
from tests.fakes.shop import lamp
from tests.gui.conftest import Until


def workspace_of(shop: MainWindow) -> Workspace:
    assert shop.context is not None
    return shop.context.workspace


@pytest.fixture
async def account(shop: MainWindow) -> Account:
    """Three lamps in place of the products there are: one without images, one without a price."""
    workspace = workspace_of(shop)
    await workspace.delete_products(await workspace.products.ids(ProductQuery()))  # type: ignore[arg-type]
    for product in (lamp(1), lamp(2, images=()), lamp(3, price=None)):
        await workspace.products.save(product)
    return await workspace.connect("mercadolibre", "Practice", AccountKind.PRACTICE, {})


async def open_page(shop: MainWindow) -> ReadinessPage:
    shop.show_page("readiness")
    await settle()
    found = shop.page("readiness")
    assert isinstance(found, ReadinessPage)
    return found


async def test_rules_are_read_and_problems_stand_there_by_number(
    shop: MainWindow, account: Account, until: Until
) -> None:
    page = await open_page(shop)
    tester = QAbstractItemModelTester(page.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    await until(lambda: [each.rule for each in page.model.rows][:1] == [NO_CATEGORY])
    assert page.model.rows[0].products == 3
    page.read_button.click()
    await until(lambda: {"images", "price"} <= {each.field for each in page.model.rows if each.blocks})
    await until(page.read_button.isEnabled)
    assert page.chips_text() == ["Ready: 1", "Not ready: 2"]
    assert page.model.index(0, 1).data() in ("Images", "Price")
    assert page.model.index(0, 2).data() == "Blocks"
    tester.deleteLater()


async def test_exactly_those_products_are_shown_until_it_is_cleared(
    shop: MainWindow, account: Account, until: Until
) -> None:
    workspace = workspace_of(shop)
    await workspace.readiness.read_rules(account.id)
    page = await open_page(shop)
    await until(lambda: any(each.field == "images" for each in page.model.rows))
    place = next(place for place, each in enumerate(page.model.rows) if each.field == "images")
    page.table.setCurrentIndex(page.model.index(place, 0))
    assert page.show_button.text() == "Show 1 product"
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    await settle()
    products = shop.page("products")
    assert isinstance(products, ProductsPage)
    assert products.isVisible()
    (shown,) = products.model.ids
    lacking = await workspace.products.by_sku("LAMP-2")
    assert lacking is not None
    assert shown == lacking.id
    assert products.chips.problem is not None
    assert products.chips.problem.text() == "The product has no image."
    await workspace.products.save(replace(lacking, images=lamp().images))
    await workspace.readiness.check(account.id)
    await until(lambda: len(products.model.ids) == 0)
    products.chips.problem.removed.emit()
    await until(lambda: len(products.model.ids) == 3)
    assert products.chips.isHidden()


async def test_the_column_says_what_is_ready(shop: MainWindow, account: Account, until: Until) -> None:
    workspace = workspace_of(shop)
    await workspace.readiness.read_rules(account.id)
    shop.show_page("products")
    await settle()
    products = shop.page("products")
    assert isinstance(products, ProductsPage)
    place = next(at for at, column in enumerate(products.model.columns) if column.title == "Ready")
    await until(lambda: products.model.rowCount() == 3)
    products.model.index(0, place).data()
    await products.model.settled()
    said = sorted(products.model.index(row, place).data() for row in range(3))
    assert said == ["Not ready", "Not ready", "Ready"]
    assert "1 marketplace account" in products.header.findChildren(type(products.foot))[1].text()
    products.table.horizontalHeader().sectionClicked.emit(place)
    await until(lambda: products.viewing.query.sort_ready == account.id)
    await settle()
    await products.model.settled()
    assert [products.model.index(row, place).data() for row in range(3)] == ["Ready", "Not ready", "Not ready"]


async def test_without_an_account_the_page_says_what_to_do(shop: MainWindow) -> None:
    page = await open_page(shop)
    assert page._stack.currentIndex() == 1
    assert page.read_button.isHidden()


async def test_the_accounts_name_is_shown_whole_beside_its_icon(shop: MainWindow, until: Until) -> None:
    name = "Our second shop with a rather long name"
    await workspace_of(shop).connect("mercadolibre", name, AccountKind.PRACTICE, {})
    page = await open_page(shop)
    await until(lambda: page.accounts.count() == 1)
    needed = page.accounts.fontMetrics().horizontalAdvance(name) + page.accounts.iconSize().width()
    await until(lambda: page.accounts.width() >= page.accounts.sizeHint().width() > needed)
