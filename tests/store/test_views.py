"""Saved views of the product table, in a real file."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.product_filter import Filter, Operator
from mmhub_desktop.domain.product_query import ProductQuery, ProductSort
from mmhub_desktop.domain.product_view import BUILT_IN, Density, ProductView, from_plain, to_plain
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.products import ProductStore
from mmhub_desktop.store.views import ViewStore

VIEW = ProductView(
    ProductQuery(
        text="lamp",
        filters=(Filter("price", Operator.BETWEEN, "10..20"), Filter("state:3", Operator.ONE_OF, "live,none")),
        sort=ProductSort.PRICE,
        descending=False,
        sort_account=AccountId(3),
        families=True,
    ),
    ("product", "attribute:Colour", "price"),
    {"price": 140},
    Density.COMPACT,
)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await asyncio.to_thread(Database.open, tmp_path / "shop.mmhub", holder="a test")
    yield opened
    await asyncio.to_thread(opened.close)


async def test_views_are_saved_renamed_put_in_order_and_forgotten(database: Database) -> None:
    store = ViewStore(database)
    lamps = await store.save("  Lamps   to publish ", VIEW)
    plain = await store.save("Plain", ProductView())
    assert [(each.name, each.view) for each in await store.all()] == [
        ("Lamps to publish", VIEW),
        ("Plain", ProductView()),
    ]
    again = await store.save("LAMPS TO PUBLISH", ProductView())
    assert again.id == lamps.id
    await store.put_in_order([plain.id, lamps.id])
    await store.rename(lamps.id, "Lámparas")
    assert [(each.id, each.name) for each in await store.all()] == [(plain.id, "Plain"), (lamps.id, "Lámparas")]
    with pytest.raises(UserMistake, match="already"):
        await store.rename(lamps.id, "plain")
    with pytest.raises(UserMistake, match="no name"):
        await store.save("  ", VIEW)
    await store.delete(plain.id)
    assert [each.id for each in await store.all()] == [lamps.id]


def test_what_another_version_wrote_is_left_out() -> None:
    plain = to_plain(VIEW) | {"sort": "by the moon", "density": 7, "widths": {"price": "wide", "sku": 90}}
    plain["filters"] = [*plain["filters"], ["moon", "is", "full"], ["price", "rhymes", "1"], "?", ["price", "is", "x"]]
    found = from_plain(plain)
    assert found.query.filters == VIEW.query.filters
    assert found.query.sort is ProductSort.UPDATED
    assert found.density is Density.NORMAL
    assert found.widths == {"sku": 90}
    assert from_plain({}) == ProductView()


async def test_every_built_in_view_can_be_asked(database: Database) -> None:
    assert len({each.name for each in BUILT_IN}) == len(BUILT_IN)
    for each in BUILT_IN:
        assert list(await ProductStore(database).ids(each.view.query)) == []
