"""The product editor's reading, drafts and saving on a real file."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from mmhub_desktop.domain.edits import ChangedElsewhere, Edits
from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Product, Text
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.product_edits import Family, ProductEditStore
from mmhub_desktop.store.products import ProductStore

SHIRT = Product(
    ProductId(0), "SHIRT", Text("Linen shirt", "Soft."), brand="Nord", price=Money(2990, "EUR"), quantity=0,
    attributes={"Material": "Linen"},
)  # fmt: skip


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await asyncio.to_thread(Database.open, tmp_path / "shop.mmhub", holder="a test")
    yield opened
    await asyncio.to_thread(opened.close)


@pytest.fixture
def products(db: Database) -> ProductStore:
    return ProductStore(db)


@pytest.fixture
def store(db: Database) -> ProductEditStore:
    return ProductEditStore(db)


async def add_family(products: ProductStore) -> tuple[ProductId, ProductId, ProductId]:
    shirt = await products.save(SHIRT)
    small = replace(SHIRT, sku="SHIRT-S", parent_id=shirt, options={"Size": "S"}, quantity=2)
    large = replace(SHIRT, sku="SHIRT-L", parent_id=shirt, options={"Size": "L"}, price=Money(3490, "EUR"), quantity=1)
    return shirt, await products.save(small), await products.save(large)


async def family(store: ProductEditStore, product_id: ProductId) -> Family:
    found = await store.read(product_id)
    assert found is not None
    return found[0]


async def edits_of(store: ProductEditStore, product_id: ProductId, **cells: str) -> Edits:
    made = Edits((await family(store, product_id)).cells())
    for key, value in cells.items():
        made.set(key.replace("__", "."), value)
    return made


async def test_edits_of_product_and_variants_are_saved_together(
    store: ProductEditStore, products: ProductStore
) -> None:
    shirt, small, large = await add_family(products)
    edits = await edits_of(store, shirt, price="27.50", original__title="Linen shirt, washed")
    edits.set(f"variant.{large}.quantity", "9")
    edits.set("variant.new-1.options", '{"Size": "M"}')
    edits.set("variant.new-1.quantity", "4")
    changed = await store.save(shirt, edits.cells)
    after = await family(store, shirt)
    assert (after.product.price, after.product.original.title) == (Money(2750, "EUR"), "Linen shirt, washed")
    by_sku = {each.sku: each for each in after.variants}
    assert by_sku["SHIRT-S"].price == Money(2750, "EUR")  # inherited: it follows
    assert (by_sku["SHIRT-L"].price, by_sku["SHIRT-L"].quantity) == (Money(3490, "EUR"), 9)
    assert (by_sku["SHIRT-M"].options, by_sku["SHIRT-M"].quantity) == ({"Size": "M"}, 4)
    assert by_sku["SHIRT-M"].price == Money(2750, "EUR")
    assert set(changed) == {shirt, small, large, by_sku["SHIRT-M"].id}


async def test_a_variants_price_can_be_its_own_and_its_parents_again(
    store: ProductEditStore, products: ProductStore
) -> None:
    shirt, small, large = await add_family(products)
    edits = await edits_of(store, shirt)
    assert (edits.value(f"variant.{small}.price"), edits.value(f"variant.{large}.price")) == ("", "34.90")
    edits.set(f"variant.{small}.price", "25")
    edits.set(f"variant.{large}.price", "")
    await store.save(shirt, edits.cells)
    assert [each.price for each in (await family(store, shirt)).variants] == [Money(2500, "EUR"), Money(2990, "EUR")]


async def test_removed_variants_are_gone(store: ProductEditStore, products: ProductStore) -> None:
    shirt, small, large = await add_family(products)
    edits = await edits_of(store, shirt)
    edits.set(f"variant.{small}.removed", "yes")
    assert small in await store.save(shirt, edits.cells)
    assert [each.id for each in (await family(store, shirt)).variants] == [large]


async def test_what_changed_meanwhile_is_named_and_nothing_is_written(
    store: ProductEditStore, products: ProductStore
) -> None:
    shirt, *_ = await add_family(products)
    edits = await edits_of(store, shirt, price="27.50", brand="South")
    await products.save(replace((await family(store, shirt)).product, price=Money(1990, "EUR"), category="Shirts"))
    with pytest.raises(ChangedElsewhere) as refused:
        await store.save(shirt, edits.cells)
    assert [(each.key, each.theirs, each.mine) for each in refused.value.conflicts] == [("price", "19.90", "27.50")]
    assert (await family(store, shirt)).product.brand == "Nord"
    edits.rebase((await family(store, shirt)).cells())
    edits.keep_mine("price")
    await store.save(shirt, edits.cells)
    after = (await family(store, shirt)).product
    assert (after.price, after.brand, after.category) == (Money(2750, "EUR"), "South", "Shirts")


async def test_a_draft_is_kept_until_it_is_saved(store: ProductEditStore, products: ProductStore) -> None:
    shirt, *_ = await add_family(products)
    edits = await edits_of(store, shirt, brand="South", price="not yet")
    await store.keep_draft(shirt, edits)
    found = await store.read(shirt)
    assert found is not None
    assert found[1] is not None
    assert found[1].cells == {"brand": ("Nord", "South"), "price": ("29.90", "not yet")}
    with pytest.raises(UserMistake, match="not a price"):
        await store.save(shirt, edits.cells)
    edits.revert(["price"])
    await store.save(shirt, edits.cells)
    again = await store.read(shirt)
    assert again is not None
    assert again[1] is None
    await store.keep_draft(ProductId(999), edits)  # deleted meanwhile: there is nothing to keep


async def test_a_mistake_in_one_variant_writes_nothing(store: ProductEditStore, products: ProductStore) -> None:
    shirt, small, _ = await add_family(products)
    edits = await edits_of(store, shirt, brand="South")
    edits.set(f"variant.{small}.sku", "shirt-l")
    with pytest.raises(UserMistake, match="is there twice"):
        await store.save(shirt, edits.cells)
    assert (await family(store, shirt)).product.brand == "Nord"


async def test_a_product_becomes_a_variant_by_the_sku_of_its_parent(
    store: ProductEditStore, products: ProductStore
) -> None:
    shirt, small, _ = await add_family(products)
    other = await products.save(replace(SHIRT, sku="OTHER"))
    edits = await edits_of(store, other, parent="shirt")
    await store.save(other, edits.cells)
    assert (await family(store, other)).product.parent_id == shirt
    for sku, why in (("nowhere", "no product"), ("OTHER", "of itself"), ("SHIRT-S", "variant itself")):
        edits = await edits_of(store, other, parent=sku)
        with pytest.raises(UserMistake, match=why):
            await store.save(other, edits.cells)
    edits = await edits_of(store, small, parent="")
    await store.save(small, edits.cells)
    assert (await family(store, small)).product.parent_id is None


async def test_what_a_draft_was_about_may_be_gone(store: ProductEditStore, products: ProductStore) -> None:
    shirt, small, large = await add_family(products)
    edits = await edits_of(store, shirt, brand="South")
    edits.set(f"variant.{small}.quantity", "9")
    edits.set("own.77.title", "Words for an account that was removed")
    await store.keep_draft(shirt, edits)
    await products.delete([small])
    found = await store.read(shirt)
    assert found is not None
    family_now, draft = found
    assert draft is not None
    again = Edits(family_now.cells(), draft.cells)
    again.keep_mine(f"variant.{small}.quantity")
    await store.save(shirt, again.cells)
    after = await family(store, shirt)
    assert (after.product.brand, [each.id for each in after.variants], after.listings) == ("South", [large], ())
