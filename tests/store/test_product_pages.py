"""What the product table is told of products and their families, from a real file."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Product, Text
from mmhub_desktop.domain.product_filter import Filter, Operator
from mmhub_desktop.domain.product_query import ProductQuery, ProductSort
from mmhub_desktop.domain.product_row import Family
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.products import ProductStore

NEW = ProductId(0)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[ProductStore]:
    database = await asyncio.to_thread(Database.open, tmp_path / "shop.mmhub", holder="a test")
    yield ProductStore(database)
    await asyncio.to_thread(database.close)


async def add_shirt(store: ProductStore) -> tuple[ProductId, ProductId, ProductId]:
    shirt = await store.save(
        Product(NEW, "SHIRT", Text("Shirt"), brand="Nord", price=Money(2000, "EUR"), weight_g=180, images=("s.jpg",))
    )
    small = await store.save(
        Product(
            NEW, "SHIRT-S", Text(""), parent_id=shirt, options={"Size": "S"}, price=Money(1500, "EUR"), quantity=3,
            attributes={"Fit": "slim"},
        )
    )  # fmt: skip
    large = await store.save(
        Product(
            NEW, "SHIRT-L", Text("Large shirt"), parent_id=shirt, brand="Süd", quantity=4, price=Money(2500, "EUR")
        )
    )  # fmt: skip
    return shirt, small, large


async def test_a_parent_tells_of_its_variants_and_a_variant_what_it_inherits(store: ProductStore) -> None:
    shirt, small, large = await add_shirt(store)
    parent, child, other = await store.page([shirt, small, large])
    assert parent.family == Family(2, Money(1500, "EUR"), Money(2500, "EUR"), 7)
    assert parent.inherited == frozenset()
    assert (child.title, child.brand, child.image, child.weight_g) == ("Shirt", "Nord", "s.jpg", 180)
    assert child.inherited == {"title", "brand", "image", "weight_g"}
    assert child.price == Money(1500, "EUR")
    assert child.options == {"Size": "S"}
    assert other.inherited == {"image", "weight_g"}
    assert (other.title, other.brand) == ("Large shirt", "Süd")


async def test_a_variant_without_a_price_counts_with_its_parents(store: ProductStore) -> None:
    shirt, *_ = await add_shirt(store)
    await store.save(Product(NEW, "SHIRT-X", Text("X"), parent_id=shirt, quantity=1))
    cap = await store.save(Product(NEW, "CAP", Text("Cap"), price=Money(900, "EUR")))
    await store.save(Product(NEW, "CAP-S", Text(""), parent_id=cap))
    parent, other = await store.page([shirt, cap])
    assert parent.family == Family(3, Money(1500, "EUR"), Money(2500, "EUR"), 8)
    assert other.family == Family(1, Money(900, "EUR"), Money(900, "EUR"), 0)


async def test_prices_of_several_currencies_make_no_range(store: ProductStore) -> None:
    shirt, *_ = await add_shirt(store)
    await store.save(Product(NEW, "SHIRT-X", Text("X"), parent_id=shirt, price=Money(900, "USD"), quantity=1))
    (parent,) = await store.page([shirt])
    assert parent.family == Family(3, None, None, 8)


async def test_variants_and_attribute_names_are_told(store: ProductStore) -> None:
    shirt, small, large = await add_shirt(store)
    await store.save(Product(NEW, "LAMP", Text("Lamp"), attributes={"material": "oak", "Fit": "wide"}))
    assert list(await store.variant_ids(shirt)) == [small, large]
    assert list(await store.variant_ids(small)) == []
    assert await store.attribute_names() == ["Fit", "material"]


async def test_families_stand_for_the_variants_that_match(store: ProductStore) -> None:
    shirt, *_ = await add_shirt(store)
    lamp = await store.save(Product(NEW, "LAMP", Text("Lamp"), brand="Süd"))
    by_sku = ProductQuery(sort=ProductSort.SKU, descending=False, families=True)
    assert list(await store.ids(by_sku)) == [lamp, shirt]
    assert list(await store.ids(replace(by_sku, filters=(Filter("brand", Operator.IS, "süd"),)))) == [lamp, shirt]
    assert list(await store.ids(replace(by_sku, filters=(Filter("sku", Operator.IS, "SHIRT-S"),)))) == [shirt]
    assert set(await store.ids(replace(by_sku, families=False))) == {lamp, shirt, *await store.variant_ids(shirt)}
