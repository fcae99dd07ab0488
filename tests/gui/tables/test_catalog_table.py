"""The products page's table over a million generated ids: what is kept, what is drawn, what is selected and folded."""

import asyncio
from array import array
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QAbstractItemModelTester, QTest
from pytestqt.qtbot import QtBot

from mmhub_desktop.domain.ids import AccountId, ProductId
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import ProductStatus
from mmhub_desktop.domain.product_row import Family, ProductRow
from mmhub_desktop.domain.product_view import Density
from mmhub_desktop.gui.background import cancel_all, spawn
from mmhub_desktop.gui.tables.catalog_table import ROW_HEIGHTS, CatalogTable
from mmhub_desktop.gui.tables.product_columns import columns_for
from mmhub_desktop.gui.tables.product_painting import KEPT, RowPictures
from mmhub_desktop.gui.tables.product_tree import FamiliesModel
from mmhub_desktop.gui.tables.products import PAGE, ROWS_KEPT
from mmhub_desktop.gui.theme import theme
from mmhub_desktop.gui.thumbnails import ThumbnailCache
from tests.gui.conftest import Until

MILLION = 1_000_000
NOW = datetime(2026, 11, 20, tzinfo=UTC)
ACCOUNTS = [Account(AccountId(each), "mercadolibre", f"Shop {each}") for each in range(1, 9)]
PARENT = 400_000  # has three variants, with ids beyond the million


def row_of(product_id: int) -> ProductRow:
    """Every product there could be."""
    price = Money(product_id, "EUR")
    family = Family(3, Money(100, "EUR"), Money(300, "EUR"), 60) if product_id == PARENT else None
    return ProductRow(
        ProductId(product_id), f"SKU-{product_id}", f"Lamp {product_id}", price, 5, ProductStatus.IMPORTED, 40, "", "",
        {1: "live", 3: "rejected"}, NOW, family=family, parent_id=ProductId(PARENT) if product_id > MILLION else None,
    )  # fmt: skip


class Shelf:
    """Makes rows as they are asked for, and counts them; ``changed`` are rows that say something else."""

    def __init__(self) -> None:
        self.asked = 0
        self.changed: dict[int, ProductRow] = {}

    async def page(self, ids: Sequence[int]) -> list[ProductRow]:
        assert len(ids) <= PAGE
        self.asked += len(ids)
        return [self.changed.get(each) or row_of(each) for each in ids]

    async def variants(self, product_id: ProductId) -> "array[int]":
        return array("q", range(MILLION + 1, MILLION + 4)) if product_id == PARENT else array("q")


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
async def table(qtbot: QtBot, shelf: Shelf) -> AsyncIterator[CatalogTable]:
    async def no_picture(source: str, base: str, size: int) -> bytes | None:
        return None

    model = FamiliesModel(shelf.page, shelf.variants, spawn)
    made = CatalogTable(model, ThumbnailCache(no_picture, spawn))
    qtbot.addWidget(made)
    made.set_columns(columns_for(ACCOUNTS))
    made.resize(1_000, 600)
    made.show()
    yield made
    await cancel_all()


def model_of(table: CatalogTable) -> FamiliesModel:
    model = table.model()
    assert isinstance(model, FamiliesModel)
    return model


def picture(table: CatalogTable) -> QImage:
    return table.viewport().grab().toImage()


async def test_a_million_rows_open_sort_and_scroll_with_a_bounded_memory(table: CatalogTable, shelf: Shelf) -> None:
    model = model_of(table)
    model.set_ids(array("q", range(1, MILLION + 1)))
    assert model.rowCount() == MILLION
    bar = table.verticalScrollBar()
    for step in range(100):
        bar.setValue(bar.maximum() * step // 99)
        picture(table)
        await model.settled()
    assert model.row(MILLION - 1) is not None
    assert 0 < len(model._rows) <= ROWS_KEPT < shelf.asked < 2 * 100 * PAGE
    assert len(table.pictures._kept) <= KEPT
    kept = shelf.asked
    model.set_ids(array("q", range(MILLION, 0, -1)), [row_of(MILLION)])  # sorted the other way
    assert model.row(0) == row_of(MILLION)
    table.scrollToTop()
    picture(table)
    await model.settled()
    assert shelf.asked <= kept + 2 * PAGE
    model.set_ids(array("q", range(2, MILLION + 1, 2)))  # filtered
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert table.selected_count() == MILLION // 2
    QTest.keyClick(table, Qt.Key.Key_End)
    assert table.current_id() == MILLION
    assert shelf.asked <= kept + 3 * PAGE


async def test_a_million_rows_change_their_height_at_once(table: CatalogTable) -> None:
    model_of(table).set_ids(array("q", range(1, MILLION + 1)))
    resized: list[int] = []
    table.verticalHeader().sectionResized.connect(lambda row, *_: resized.append(row))
    for density in (Density.COMPACT, Density.NORMAL, Density.PICTURES):
        table.verticalScrollBar().setValue(table.verticalScrollBar().maximum() // 2)
        table.set_density(density)
        assert table.rowHeight(MILLION - 1) == ROW_HEIGHTS[density]
    assert len(resized) < 10


async def test_all_stay_selected_when_columns_change(table: CatalogTable) -> None:
    model_of(table).set_ids(array("q", range(1, MILLION + 1)))
    table.selectAll()
    table.setCurrentIndex(model_of(table).index(10, 2))
    table.selectAll()
    table.set_columns(columns_for(ACCOUNTS, ["product", "brand", "quantity"]))
    assert table.selected_count() == MILLION
    assert table.current_id() == 11
    assert table.column(table.currentIndex().column()).name == "quantity"


async def test_families_open_and_close_among_a_million(table: CatalogTable, until: Until) -> None:
    model = model_of(table)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.is_tree = True
    model.set_ids(array("q", range(1, MILLION + 1)))
    place = PARENT - 1
    model.row(place)
    await model.settled()
    table.setCurrentIndex(model.index(place, 0))
    QTest.keyClick(table, Qt.Key.Key_Plus)
    await until(lambda: model.is_open(place))
    assert list(model.ids[place : place + 5]) == [PARENT, MILLION + 1, MILLION + 2, MILLION + 3, PARENT + 1]
    model.row(place + 1)
    await model.settled()
    assert table.cell_context().opened is model.opened  # painters see what is open now
    assert model.parent_row(place + 2) == place
    assert model.parent_row(place) == -1
    model.set_ids(array("q", range(2, MILLION + 1, 2)), keep_open=True)  # the parent is still among them
    place = model.row_of(PARENT)
    assert model.is_open(place)
    assert model.rowCount() == MILLION // 2 + 3
    model.set_ids(array("q", range(1, MILLION + 1, 2)), keep_open=True)  # and now it is not
    assert model.rowCount() == MILLION // 2
    assert len(model.top_ids) == MILLION // 2


async def test_a_row_is_drawn_again_when_it_or_the_look_has_changed(table: CatalogTable, shelf: Shelf) -> None:
    model = model_of(table)
    model.set_ids(array("q", range(1, 30)))
    picture(table)
    await model.settled()
    before = picture(table)
    assert picture(table) == before
    shelf.changed[3] = replace(row_of(3), title="A chair")
    model.refresh_rows([3])
    picture(table)
    await model.settled()
    changed = picture(table)
    assert changed != before
    del shelf.changed[3]
    model.refresh_rows([3])
    picture(table)
    await model.settled()
    assert picture(table) == before
    table.selectRow(1)
    assert picture(table) != before
    table.clearSelection()
    table.setCurrentIndex(model.index(-1, -1))
    QTest.mouseMove(table.viewport(), QPoint(200, 20))
    table.hovered_row = -1
    assert picture(table) == before
    theme().set_mode("dark")
    assert picture(table) != before
    theme().set_mode("light")
    table.set_density(Density.COMPACT)
    assert picture(table) != before
    table.set_density(Density.NORMAL)
    assert picture(table) == before
    table.set_columns(columns_for(ACCOUNTS, ["product", "sku"]))
    assert picture(table) != before


async def test_scrolling_moves_what_is_drawn_and_draws_the_rest(
    table: CatalogTable, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = model_of(table)
    model.set_ids(array("q", range(1, MILLION + 1)))
    drawn: list[QRect] = []

    def paint(area: QRect) -> None:
        drawn.append(area)
        RowPictures.paint(table.pictures, area)

    monkeypatch.setattr(table.pictures, "paint", paint)
    await until(lambda: bool(drawn))
    await model.settled()
    view = table.viewport()
    for step in range(1, 4):  # a row may come to lie under the mouse and be drawn with it, but not each time
        drawn.clear()
        table.verticalScrollBar().setValue(41 * step)
        await until(lambda: bool(drawn))
        if drawn == [QRect(0, view.height() - 41, view.width(), 41)]:
            break
    else:
        pytest.fail(f"more is drawn than came into sight: {drawn}")


async def test_below_the_last_row_the_table_is_empty_again(table: CatalogTable) -> None:
    model = model_of(table)
    model.set_ids(array("q", range(1, 1_000)), [row_of(each) for each in range(1, 30)])
    full = picture(table)
    model.set_ids(array("q", [1]), [row_of(1)])
    one = picture(table)
    paper = theme().color("surface")
    assert one != full
    bottom = range(table.rowHeight(0), one.height(), 7)
    assert all(one.pixelColor(x, y) == paper for y in bottom for x in range(0, one.width(), 50))
    model.set_ids(array("q"))
    assert all(picture(table).pixelColor(40, y) == paper for y in range(0, one.height(), 7))


async def test_a_row_that_waits_for_its_picture_is_drawn_twice(qtbot: QtBot, shelf: Shelf, until: Until) -> None:
    gate, data = asyncio.Event(), BytesIO()
    Image.new("RGB", (40, 40), "red").save(data, "PNG")

    async def later(source: str, base: str, size: int) -> bytes | None:
        await gate.wait()
        return data.getvalue()

    thumbnails = ThumbnailCache(later, spawn)
    table = CatalogTable(FamiliesModel(shelf.page, shelf.variants, spawn), thumbnails)
    qtbot.addWidget(table)
    table.set_columns(columns_for(ACCOUNTS))
    table.resize(1_000, 600)
    model_of(table).set_ids(array("q", [1]), [replace(row_of(1), image="red.png")])
    table.show()
    tile, key = picture(table), next(iter(table.pictures._kept))
    first = table.pictures._kept[key]
    assert picture(table) == tile
    assert table.pictures._kept[key] is first  # not drawn again while there is nothing new
    gate.set()
    await until(lambda: thumbnails.pixmap("red.png", "", 40, 1.0) is not None)
    assert picture(table) != tile
    await cancel_all()
