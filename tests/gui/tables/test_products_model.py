"""The product table's model and view, on a real store."""

import asyncio
from array import array
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.product_query import ProductQuery, ProductSort
from mmhub_desktop.domain.product_row import ProductRow
from mmhub_desktop.gui.background import spawn
from mmhub_desktop.gui.tables.product_columns import columns_for
from mmhub_desktop.gui.tables.product_table import ProductTable
from mmhub_desktop.gui.tables.products import PAGE, ROW_ROLE, ROWS_KEPT, ProductsModel
from mmhub_desktop.gui.thumbnails import ThumbnailCache
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.products import ProductStore
from tests.gui.conftest import Fill

BY_SKU = ProductQuery(sort=ProductSort.SKU, descending=False)
ACCOUNT = Account(AccountId(1), "mercadolibre", "MercadoLibre practice")


class Counting:
    """The store's ``page``, with what was asked of it."""

    def __init__(self, store: ProductStore) -> None:
        self._store = store
        self.asked: list[Sequence[int]] = []

    async def __call__(self, ids: Sequence[int]) -> list[ProductRow]:
        self.asked.append(ids)
        return await self._store.page(ids)


async def no_picture(source: str, base: str, size: int) -> bytes | None:
    return None


async def test_model_keeps_qts_rules_on_3000_products(
    qtbot: QtBot, database: Database, store: ProductStore, fill: Fill
) -> None:
    await fill(database, 3_000)
    fetch = Counting(store)
    model = ProductsModel(fetch, spawn)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.set_columns(columns_for([ACCOUNT]))
    model.set_ids(await store.first_ids(BY_SKU, 100))
    model.append_ids(await store.ids(BY_SKU))
    assert model.rowCount() == 3_000
    for row in (0, 150, 1_500, 2_999):
        model.data(model.index(row, 0))
    await model.settled()
    row = model.data(model.index(2_999, 0), ROW_ROLE)
    assert isinstance(row, ProductRow)
    assert row.sku == "SKU-002999"
    assert model.data(model.index(150, 0)) == "Table lamp number 150, SKU-000150"
    model.refresh_rows()
    await store.delete([model.ids[3]])
    model.set_ids(await store.ids(BY_SKU))
    model.data(model.index(3, 0))
    await model.settled()
    assert model.data(model.index(3, 0), ROW_ROLE).sku == "SKU-000004"
    assert all(len(ids) <= PAGE for ids in fetch.asked)


async def test_scrolling_far_asks_only_for_what_is_seen_and_keeps_few_rows(
    qtbot: QtBot, database: Database, store: ProductStore, fill: Fill
) -> None:
    await fill(database, 20 * PAGE)
    fetch = Counting(store)
    model = ProductsModel(fetch, spawn)
    model.set_columns(columns_for([]))
    model.set_ids(await store.ids(BY_SKU))
    for row in range(0, 20 * PAGE, 50):  # a fast drag of the scroll bar
        assert model.row(row) is None
    await model.settled()
    assert len(fetch.asked) <= 6
    assert model.row(20 * PAGE - 1) is not None
    assert len(model._rows) <= ROWS_KEPT


async def test_a_changed_row_is_shown_without_flicker(
    qtbot: QtBot, database: Database, store: ProductStore, fill: Fill
) -> None:
    await fill(database, 10)
    model = ProductsModel(store.page, spawn)
    model.set_columns(columns_for([]))
    model.set_ids(await store.ids(BY_SKU))
    model.row(0)
    await model.settled()
    before = model.row(4)
    assert before is not None
    await store.clear_optimized(before.id)
    model.refresh_rows([before.id])
    assert model.row(4) == before  # the old one stays in sight
    await model.settled()
    after = model.row(4)
    assert after is not None
    assert after.status != before.status


async def test_ids_that_are_gone_are_reported(
    qtbot: QtBot, database: Database, store: ProductStore, fill: Fill
) -> None:
    await fill(database, 10)
    gone: list[bool] = []
    model = ProductsModel(store.page, spawn, lambda: gone.append(True))
    model.set_columns(columns_for([]))
    ids = await store.ids(BY_SKU)
    await store.delete(ids[2:4])
    model.set_ids(ids)
    model.row(0)
    await model.settled()
    assert gone == [True]
    assert model.row(2) is None


async def test_all_that_match_are_selected_without_loading_them(
    qtbot: QtBot, database: Database, store: ProductStore, fill: Fill
) -> None:
    await fill(database, 3_000)
    fetch = Counting(store)
    model = ProductsModel(fetch, spawn)
    table = ProductTable(model, ThumbnailCache(no_picture, spawn))
    qtbot.addWidget(table)
    model.set_columns(columns_for([ACCOUNT]))
    model.set_ids(await store.ids(BY_SKU))
    table.resize(900, 500)
    table.show()
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert table.selected_count() == 3_000
    assert table.selected_ids() == model.ids
    await asyncio.sleep(0.05)
    await model.settled()
    assert sum(len(ids) for ids in fetch.asked) < 3_000
    some = array("q", [model.ids[1], model.ids[2], model.ids[9]])
    table.select_ids(some, model.ids[9])
    assert table.selected_ids() == some
    assert table.current_id() == model.ids[9]


async def test_keys_move_open_and_ask_to_delete(
    qtbot: QtBot, database: Database, store: ProductStore, fill: Fill
) -> None:
    await fill(database, 50)
    model = ProductsModel(store.page, spawn)
    table = ProductTable(model, ThumbnailCache(no_picture, spawn))
    qtbot.addWidget(table)
    model.set_columns(columns_for([]))
    model.set_ids(await store.ids(BY_SKU))
    table.resize(900, 500)
    table.show()
    opened: list[int] = []
    asked: list[bool] = []
    table.opened.connect(opened.append)
    table.delete_asked.connect(lambda: asked.append(True))
    table.selectRow(0)
    key = Qt.Key
    for each in (key.Key_Down, key.Key_Down, key.Key_Return, key.Key_End, key.Key_Enter, key.Key_Delete):
        qtbot.keyClick(table, each)
    assert opened == [model.ids[2], model.ids[49]]
    assert asked == [True]
    await model.settled()


async def test_columns_give_way_beside_the_detail(qtbot: QtBot, store: ProductStore) -> None:
    model = ProductsModel(store.page, spawn)
    table = ProductTable(model, ThumbnailCache(no_picture, spawn))
    qtbot.addWidget(table)
    model.set_columns(columns_for([ACCOUNT]))
    table.resize(560, 400)
    table.show()
    table.set_compact(True)
    hidden = [column.name for place, column in enumerate(model.columns) if table.isColumnHidden(place)]
    assert hidden[-1] == "updated"
    assert not table.isColumnHidden(0)
    table.set_compact(False)
    assert not any(table.isColumnHidden(place) for place in range(model.columnCount()))
