"""The products page of a real window, and its editor opened by Enter."""

from collections.abc import Awaitable, Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QLineEdit
from pytestqt.qtbot import QtBot

from mmhub_desktop.domain.product import Product
from mmhub_desktop.gui.editor.editor import ProductEditor
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.pages.products import ProductsPage
from mmhub_desktop.workspace import Workspace
from tests.gui.conftest import Until
from tests.gui.pages.conftest import shop as shop  # noqa: PLC0414 - the same window

TypeInto = Callable[[QAbstractItemView, int, int, str], Awaitable[None]]
OpenEditor = Callable[[str], Awaitable[ProductEditor]]
Stored = Callable[[str], Awaitable[Product]]


@pytest.fixture
def workspace(shop: MainWindow) -> Workspace:
    """The open workspace."""
    assert shop.context is not None
    return shop.context.workspace


@pytest.fixture
def page(shop: MainWindow) -> ProductsPage:
    """The products page."""
    found = shop.page("products")
    assert isinstance(found, ProductsPage)
    return found


@pytest.fixture
def open_editor(page: ProductsPage, workspace: Workspace, qtbot: QtBot, until: Until) -> OpenEditor:
    """Opens the product with a SKU as the seller does: its row, then Enter."""

    async def opened(sku: str) -> ProductEditor:
        page.window().activateWindow()  # shortcuts are the active window's
        await until(page.window().isActiveWindow)
        product = await workspace.products.by_sku(sku)
        assert product is not None
        await until(lambda: page.model.row_of(product.id) >= 0)
        page.table.selectRow(page.model.row_of(product.id))
        page.table.setFocus()
        qtbot.keyClick(page.table, Qt.Key.Key_Return)
        await until(lambda: page.editing.editor is not None and page.editing.editor.product_id == product.id)
        assert page.editing.editor is not None
        return page.editing.editor

    return opened


@pytest.fixture
def stored(workspace: Workspace) -> Stored:
    """Reads a product by its SKU."""

    async def read(sku: str) -> Product:
        product = await workspace.products.by_sku(sku)
        assert product is not None
        return product

    return read


@pytest.fixture
def type_into(qtbot: QtBot, until: Until) -> TypeInto:
    """Goes to a cell of a table, presses Enter, replaces what stands there and presses Enter again."""

    async def typed(table: QAbstractItemView, row: int, column: int, text: str) -> None:
        table.setCurrentIndex(table.model().index(row, column))
        qtbot.keyClick(table, Qt.Key.Key_Return)
        line = next(each for each in table.findChildren(QLineEdit) if each.isVisible())
        line.selectAll()
        qtbot.keyClicks(line, text)
        if not text:
            qtbot.keyClick(line, Qt.Key.Key_Delete)
        qtbot.keyClick(line, Qt.Key.Key_Return)
        await until(lambda: table.state() is not QAbstractItemView.State.EditingState)  # Qt takes it a little later
        await until(lambda: not getattr(table.model(), "is_behind"))  # noqa: B009 - either model

    return typed
