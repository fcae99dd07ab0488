"""Widgets under test live in the real theme; workspaces are real files, windows are real windows."""

import asyncio
import gc
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Product, ProductStatus, Text
from mmhub_desktop.gui import background
from mmhub_desktop.gui import theme as themes
from mmhub_desktop.settings import IMAGES_AFTER_IMPORT, Settings
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.product_rows import row_from_product
from mmhub_desktop.store.products import ProductStore
from mmhub_desktop.store.schema import product as product_table

Fill = Callable[[Database, int], Awaitable[None]]
Until = Callable[[Callable[[], bool]], Awaitable[None]]


@pytest.fixture(autouse=True)
def collect_garbage_here() -> Iterator[None]:
    """Widgets are collected on the window's thread, as in the program, and not by a thread of the store."""
    gc.disable()
    yield
    gc.collect()
    gc.enable()


@pytest.fixture(autouse=True)
def run_callbacks_only_in_the_loop(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """pytest-qt processes Qt's events between the phases of a test, where no asyncio loop is running.

    The callbacks of a program that is still open would run there and find no loop.
    """
    if inspect.iscoroutinefunction(request.function):
        monkeypatch.setattr("pytestqt.plugin._process_events", lambda: None)


@pytest.fixture(autouse=True)
def theme(qapp: QApplication) -> Iterator[themes.Theme]:
    """The real theme, light at the beginning of each test."""
    qapp.setQuitOnLastWindowClosed(False)  # as the program does: a closed dialog does not end it
    installed = themes.install(qapp)
    installed.set_mode("light")
    yield installed
    installed.set_mode("light")


@pytest.fixture(autouse=True)
def images_unasked(home: Path) -> None:
    """Images behind links are not fetched by themselves: what tests import names hosts that are nowhere."""
    del home
    Settings().set(IMAGES_AFTER_IMPORT, value=False)


@pytest.fixture
def fill() -> Fill:
    """Puts ``n`` different products into a workspace's database, through the store's own rows."""

    async def put(database: Database, count: int) -> None:
        now = 1_760_000_000_000
        states = list(ProductStatus)
        plain = Product(ProductId(0), "", Text("", "Made with care. " * 5), brand="Nordhaus", images=("missing.jpg",))
        rows = []
        for each in range(count):
            made = replace(
                plain,
                sku=f"SKU-{each:06}",
                original=Text(f"Table lamp number {each}", plain.original.description),
                price=Money(900 + each, "MXN"),
                quantity=each % 7,
                status=states[each % len(states)],
            )
            rows.append({**row_from_product(made), "created_at": now, "updated_at": now + each})
        await database.write(lambda connection: connection.execute(product_table.insert(), rows).rowcount)

    return put


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """An open workspace file."""
    opened = await asyncio.to_thread(Database.open, tmp_path / "shop.mmhub", holder="a test")
    yield opened
    await background.cancel_all()
    await asyncio.to_thread(opened.close)


@pytest.fixture
def store(database: Database) -> ProductStore:
    """Its products."""
    return ProductStore(database)


@pytest.fixture
def until(qtbot: QtBot) -> Until:
    """Waits on the running loop until a condition holds; fails after half a minute, since a busy machine is slow."""
    del qtbot

    async def wait(condition: Callable[[], bool]) -> None:
        deadline = asyncio.get_running_loop().time() + 30
        while not condition():
            if asyncio.get_running_loop().time() > deadline:
                pytest.fail("waited half a minute in vain")
            await asyncio.sleep(0.01)

    return wait
