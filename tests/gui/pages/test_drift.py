"""The page of differences: rows, filter, and accepting a side for some or all."""

from dataclasses import replace

import pytest
from PySide6.QtTest import QAbstractItemModelTester

from mmhub_desktop.domain.ids import AccountId, ListingId, ProductId
from mmhub_desktop.domain.listing import Listing, ListingState
from mmhub_desktop.domain.marketplace import AccountKind
from mmhub_desktop.domain.product_query import ProductQuery
from mmhub_desktop.events import ListingsChanged
from mmhub_desktop.gui.dialogs.confirm import ConfirmDialog
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.pages.drift import DriftPage
from mmhub_desktop.gui.screenshots import settle
from mmhub_desktop.workspace import Workspace
from tests.gui.conftest import Until


async def list_products(workspace: Workspace, account_id: AccountId, **other: object) -> list[ProductId]:
    """Live listings of all products, which show ``other`` values than the products have."""
    ids = [ProductId(each) for each in await workspace.products.ids(ProductQuery())]
    for product in await workspace.products.get_many(ids):
        assert product.price is not None
        read = {
            "title": product.text.title, "price_minor": product.price.minor, "currency": product.price.currency,
            "quantity": str(product.quantity), "at": "2026-01-02T03:04:05+00:00", **other,
        }  # fmt: skip
        listing = Listing(ListingId(0), product.id, account_id, ListingState.LIVE, f"MLC{product.id}")
        await workspace.listings.save(replace(listing, last_read=read))
    workspace.bus.publish(ListingsChanged())
    return ids


@pytest.fixture
async def page(shop: MainWindow) -> DriftPage:
    workspace = shop.context.workspace if shop.context else None
    assert workspace is not None
    for label in ("First", "Second"):
        account = await workspace.connect("mercadolibre", label, AccountKind.PRACTICE, {})
        await list_products(workspace, account.id, quantity="50")
    shop.show_page("drift")
    await settle()
    found = shop.page("drift")
    assert isinstance(found, DriftPage)
    return found


def dialog_of(shop: MainWindow) -> ConfirmDialog | None:
    return next((dialog for dialog in shop.findChildren(ConfirmDialog) if dialog.isVisible()), None)


async def agree(shop: MainWindow, until: Until) -> None:
    await until(lambda: dialog_of(shop) is not None)
    dialog = dialog_of(shop)
    assert dialog is not None
    dialog.action_button.click()


async def test_differences_are_rows_with_both_values(page: DriftPage, until: Until) -> None:
    tester = QAbstractItemModelTester(page.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    await until(lambda: len(page.model.ids) == 24)
    page.model.index(0, 0).data()
    await page.model.settled()
    words = [page.model.index(0, column).data() for column in range(page.model.columnCount())]
    assert words[1:3] == ["First", "Stock"]
    assert words[4] == "50"
    assert page.header.accessibleName() or page.ours_button.text() == "Accept ours for all 24"
    page.table.selectRow(0)
    assert page.ours_button.text() == "Accept ours (1)"
    tester.deleteLater()


async def test_the_filter_shows_one_account(page: DriftPage, until: Until) -> None:
    await until(lambda: len(page.model.ids) == 24)
    page.accounts.setCurrentIndex(2)
    page.accounts.activated.emit(2)
    await until(lambda: len(page.model.ids) == 12)
    page.model.index(0, 0).data()
    await page.model.settled()
    assert page.model.index(0, 1).data() == "Second"


async def test_accepting_theirs_for_one_row_changes_that_product(
    shop: MainWindow, page: DriftPage, until: Until
) -> None:
    await until(lambda: len(page.model.ids) == 24)
    page.table.selectRow(0)
    page.theirs_button.click()
    await agree(shop, until)
    await until(lambda: len(page.model.ids) == 22)  # the product's other listing shows the same 50


async def test_accepting_theirs_for_all_leaves_nothing(shop: MainWindow, page: DriftPage, until: Until) -> None:
    await until(lambda: len(page.model.ids) == 24)
    page.theirs_button.click()
    await agree(shop, until)
    await until(lambda: page._stack.currentIndex() == 1)
    assert len(page.model.ids) == 0


async def test_accepting_ours_starts_one_update_for_each_account(
    shop: MainWindow, page: DriftPage, until: Until
) -> None:
    await until(lambda: len(page.model.ids) == 24)
    assert shop.context is not None
    workspace = shop.context.workspace
    page.ours_button.click()
    await agree(shop, until)
    await settle()
    batches = await workspace.jobs.batches(await workspace.jobs.batch_ids())
    assert sorted((batch.action, batch.total) for batch in batches) == [("update", 12), ("update", 12)]
