"""Undo and redo from the window, and the page that lists every change."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from mmhub_desktop.domain.ids import ProductId, WorkflowId
from mmhub_desktop.domain.product_query import ProductQuery
from mmhub_desktop.domain.workflow import Workflow, WorkflowStep
from mmhub_desktop.gui.dialogs.confirm import ConfirmDialog
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.pages.history import HistoryPage
from mmhub_desktop.gui.pages.products import ProductsPage
from mmhub_desktop.gui.pages.workflows import WorkflowsPage
from mmhub_desktop.gui.screenshots import settle
from mmhub_desktop.workspace import Workspace
from tests.fakes.import_hand import shown_notices
from tests.gui.conftest import Until
from tests.gui.pages.conftest import PRODUCTS

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def workspace_of(shop: MainWindow) -> Workspace:
    assert shop.context is not None
    return shop.context.workspace


async def edit(shop: MainWindow, product_id: int, **changes: object) -> None:
    products = workspace_of(shop).products
    present = await products.get(ProductId(product_id))
    assert present is not None
    await products.save(replace(present, **changes))


async def activate(shop: MainWindow, until: Until) -> None:
    """Shortcuts are the active window's."""
    shop.activateWindow()
    await until(shop.isActiveWindow)
    await settle()


async def history_page(shop: MainWindow, **what: object) -> HistoryPage:
    shop.show_page("history", **what)
    await settle()
    page = shop.page("history")
    assert isinstance(page, HistoryPage)
    return page


async def test_control_z_takes_back_and_says_so(shop: MainWindow, until: Until) -> None:
    products = workspace_of(shop).products
    await edit(shop, 1, quantity=77)
    await activate(shop, until)
    QTest.keyClick(shop, Qt.Key.Key_Z, CONTROL)
    await until(lambda: "Undone: Edited “Table lamp number 0”" in shown_notices(shop))
    one = await products.get(ProductId(1))
    assert one is not None
    assert one.quantity == 0
    QTest.keyClick(shop, Qt.Key.Key_Z, CONTROL | SHIFT)
    await until(lambda: "Done again: Edited" in shown_notices(shop))
    one = await products.get(ProductId(1))
    assert one is not None
    assert one.quantity == 77
    QTest.keyClick(shop, Qt.Key.Key_Y, CONTROL)
    await until(lambda: "nothing to redo" in shown_notices(shop))


async def test_a_text_field_keeps_its_own_undo(shop: MainWindow, until: Until) -> None:
    await edit(shop, 1, quantity=77)
    await activate(shop, until)
    shop.search()
    await until(lambda: isinstance(QApplication.focusWidget(), QLineEdit))
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, "lamp")
    QTest.keyClick(field, Qt.Key.Key_Z, CONTROL)
    await settle()
    assert field.text() != "lamp"
    one = await workspace_of(shop).products.get(ProductId(1))
    assert one is not None
    assert one.quantity == 77


async def test_the_workflow_editor_keeps_its_own_undo(shop: MainWindow, until: Until) -> None:
    await edit(shop, 1, quantity=77)
    step = WorkflowStep("a", "enhance")
    workflow = await workspace_of(shop).workflows.save(Workflow(WorkflowId(0), "Test", (step,)))
    shop.show_page("workflows", workflow=workflow.id)
    page = shop.page("workflows")
    assert isinstance(page, WorkflowsPage)
    await until(lambda: page.editor.draft is not None)
    await activate(shop, until)
    page.editor._switch(not workflow.active)
    assert page.editor.undo_action.isEnabled()
    page.editor.steps.setFocus()
    QTest.keyClick(QApplication.focusWidget() or page.editor, Qt.Key.Key_Z, CONTROL)
    await until(lambda: not page.editor.undo_action.isEnabled())
    await settle()
    one = await workspace_of(shop).products.get(ProductId(1))
    assert one is not None
    assert one.quantity == 77


async def test_deleting_all_asks_for_the_number_and_is_undone_from_its_notice(shop: MainWindow, until: Until) -> None:
    products = workspace_of(shop).products
    action = next(each for each, _ in shop._actions if each.text() == "Delete all products…")
    action.trigger()
    await until(lambda: any(each.isVisible() for each in shop.findChildren(ConfirmDialog)))
    dialog = next(each for each in shop.findChildren(ConfirmDialog) if each.isVisible())
    assert dialog.field is not None
    assert not dialog.action_button.isEnabled()
    dialog.field.setText(str(PRODUCTS))
    dialog.action_button.click()
    await until(lambda: f"{PRODUCTS} products deleted." in shown_notices(shop))
    assert await products.count() == 0
    await activate(shop, until)
    QTest.keyClick(shop, Qt.Key.Key_Z, CONTROL)
    await until(lambda: "Undone: Deleted 12 products" in shown_notices(shop))
    assert await products.count() == PRODUCTS


async def test_the_page_lists_changes_and_takes_them_back(shop: MainWindow, until: Until) -> None:
    await edit(shop, 1, quantity=77)
    await edit(shop, 2, quantity=78)
    page = await history_page(shop)
    tester = QAbstractItemModelTester(page.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    await until(lambda: page.model.rowCount() == 2)
    assert [page.model.index(0, column).data() for column in range(4)] == [
        "Edited “Table lamp number 1”", "Done", "1", "",
    ]  # fmt: skip
    assert "Edit  ·  by" in page.model.index(0, 0).data(page.model.DETAIL)
    page.view.setCurrentIndex(page.model.index(1, 0))
    assert page.undo_action.isEnabled()
    assert not page.redo_action.isEnabled()
    page.undo_action.trigger()
    await until(lambda: page.model.index(1, 1).data() == "Undone")
    one = await workspace_of(shop).products.get(ProductId(1))
    assert one is not None
    assert one.quantity == 0
    await until(page.redo_action.isEnabled)
    page.redo_action.trigger()
    await until(lambda: page.model.index(1, 1).data() == "Done")
    del tester


async def test_what_stayed_is_listed_with_its_reason(shop: MainWindow, until: Until) -> None:
    await edit(shop, 1, quantity=77, brand="Other")
    await edit(shop, 1, quantity=78)
    history = workspace_of(shop).history
    entry = (await history.entries())[1]
    page = await history_page(shop)
    page.view.setCurrentIndex(page.model.index(1, 0))
    page.undo_action.trigger()
    await until(lambda: page.refusals.rowCount() == 1)
    words = [page.refusals.index(0, column).data() for column in range(5)]
    assert words == ["SKU-000000", "Table lamp number 0", "In stock", "It was changed since.", "78"]
    assert page._left.isVisible()
    assert "Show what stayed" in {button.text() for button in shop.notices.findChildren(type(page.every))}
    assert page.current() is not None
    page.view.setCurrentIndex(page.model.index(0, 0))
    assert not page._left.isVisible()
    page = await history_page(shop, entry=entry.id)
    assert page.current() is not None
    assert page.current().id == entry.id  # type: ignore[union-attr]


async def test_the_changes_of_one_product_and_the_products_of_one_change(shop: MainWindow, until: Until) -> None:
    await edit(shop, 1, quantity=77)
    await edit(shop, 2, quantity=78)
    page = await history_page(shop, product=1)
    await until(lambda: page.model.rowCount() == 1)
    assert page.every.text() == "Only SKU-000000"
    page.products_action.trigger()
    products = shop.page("products")
    assert isinstance(products, ProductsPage)
    await until(lambda: list(products.model.ids) == [1])
    page = await history_page(shop)
    page.every.click()
    await until(lambda: page.model.rowCount() == 2)
    found = await workspace_of(shop).products.ids(ProductQuery())
    assert len(found) == PRODUCTS
