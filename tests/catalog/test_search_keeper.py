"""The search index follows the products while the program is open."""

import asyncio
from pathlib import Path

from mmhub_desktop.catalog.search_keeper import SearchKeeper
from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.product import Product, Text
from mmhub_desktop.events import Bus, ProductsChanged, SearchIndexed
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.products import ProductStore
from mmhub_desktop.store.search_index import attached


async def test_what_is_there_and_what_comes_is_indexed_unless_an_import_runs(tmp_path: Path) -> None:
    db = Database.open(tmp_path / "shop.mmhub")
    bus, busy, told = Bus(), [False], asyncio.Queue[SearchIndexed]()
    bus.subscribe(SearchIndexed, told.put_nowait)
    products = ProductStore(db)
    first = await products.save(Product(ProductId(0), "A", Text("Lámpara de mesa")))
    keeper = SearchKeeper(db, bus, lambda: busy[0])
    keeper.start()
    assert await asyncio.wait_for(told.get(), 20) == SearchIndexed(1, 1)
    assert await db.read(attached) == first
    second = await products.save(Product(ProductId(0), "B", Text("Lámpara plegable")))
    busy[0] = True
    bus.publish(ProductsChanged((second,)))
    assert await products.suggest("lam") == ["Lámpara"]
    busy[0] = False
    bus.publish(ProductsChanged())
    assert await asyncio.wait_for(told.get(), 20) == SearchIndexed(1, 1)
    assert await db.read(attached) == second
    assert await products.suggest("lampara p") == ["lampara plegable"]
    assert await products.suggest("lanpara pleg") == ["Lámpara plegable"]
    assert await products.suggest("  ") == []
    await keeper.stop()
    await asyncio.to_thread(db.close)
