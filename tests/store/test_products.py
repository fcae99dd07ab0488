"""Products in the store: ids, pages, search, sort, change, delete."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Connection

from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Condition, Product, ProductStatus, Text
from mmhub_desktop.domain.product_query import ProductQuery, ProductSort
from mmhub_desktop.domain.quality import rate
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.store import schema
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.products import CHUNK, ProductStore


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    db = Database.open(tmp_path / "shop.mmhub")
    yield db
    db.close()


def product(sku: str, title: str = "A thing", **more: object) -> Product:
    return Product(ProductId(0), sku, Text(title), **more)  # type: ignore[arg-type]


FULL = Product(
    ProductId(0), "Ä-1", Text("Cámara réflex", "Con estuche", ("cámara", "foto")), brand="Acme", category="Foto",
    gtin="4006381333931", condition=Condition.USED, price=Money.of(Decimal("19.90"), "EUR"),
    cost=Money.of(Decimal(7), "EUR"), quantity=3, weight_g=250, size_mm=(10, 20, 30), images=("a.jpg", "b.jpg"),
    image_base="/goods", attributes={"Color": "rojo"}, active=False,
)  # fmt: skip


async def test_what_is_saved_is_read_back(db: Database) -> None:
    products = ProductStore(db)
    product_id = await products.save(FULL)
    stored = await products.get(product_id)
    assert stored is not None
    assert stored.created_at is not None
    assert stored.quality == rate(FULL).score
    same = ("sku", "original", "brand", "gtin", "condition", "price", "cost", "quantity", "weight_g", "size_mm",
            "images", "image_base", "attributes", "active", "status", "category")  # fmt: skip
    assert {name: getattr(stored, name) for name in same} == {name: getattr(FULL, name) for name in same}
    assert await products.by_sku("  ä-1 ") == stored
    assert await products.get(ProductId(999)) is None


async def test_a_sku_belongs_to_one_product_whatever_its_case(db: Database) -> None:
    products = ProductStore(db)
    await products.save(product("straße"))
    with pytest.raises(UserMistake, match="another product"):
        await products.save(product("STRASSE"))
    with pytest.raises(UserMistake, match="no SKU"):
        await products.save(product("  "))


async def test_ids_follow_text_status_and_sort(db: Database) -> None:
    products = ProductStore(db)
    a = await products.save(product("a-1", "Zapato rojo", price=Money(500, "EUR"), quantity=5))
    b = await products.save(product("B-2", "cámara negra", price=Money(300, "EUR"), quantity=9))
    c = await products.save(product("c-3", "Ámbar", status=ProductStatus.FAILED, quantity=1))

    async def ids(**query: object) -> list[int]:
        return list(await products.ids(ProductQuery(**{"descending": False, **query})))  # type: ignore[arg-type]

    assert await ids(sort=ProductSort.TITLE) == [c, b, a]
    assert await ids(sort=ProductSort.SKU) == [a, b, c]
    assert await ids(sort=ProductSort.QUANTITY, descending=True) == [b, a, c]
    assert await ids(sort=ProductSort.PRICE) == [c, b, a]
    assert await ids(text="CAMARA") == [b]
    assert await ids(text="neg cám") == [b]
    assert await ids(text="-3") == [c]
    assert await ids(text="100%_") == []
    assert await ids(statuses=frozenset({ProductStatus.FAILED})) == [c]
    for sort in set(ProductSort) - {ProductSort.BEST_MATCH}:  # which is always best first
        up, down = await ids(sort=sort), await ids(sort=sort, descending=True)
        assert sorted(up) == [a, b, c]
        assert up == down[::-1]
    assert list(await products.first_ids(ProductQuery(sort=ProductSort.SKU, descending=False), 2)) == [a, b]


async def test_a_page_keeps_its_order_and_carries_listing_states(db: Database) -> None:
    products = ProductStore(db)
    a, b = await products.save(FULL), await products.save(product("b"))

    def add_listing(connection: Connection) -> None:
        connection.execute(schema.account.insert(), {"id": 7, "marketplace": "m", "label": "m", "created_at": 0})
        connection.execute(
            schema.listing.insert(),
            {"product_id": b, "account_id": 7, "state": "live", "created_at": 0, "updated_at": 0},
        )

    db.write_now(add_listing)
    rows = await products.page([b, 999, a])
    assert [row.id for row in rows] == [b, a]
    assert rows[0].listings == {7: "live"}
    assert rows[1].image == "a.jpg"
    assert rows[1].price == FULL.price
    assert [each.id for each in await products.get_many([b, 999, a])] == [b, a]


async def test_optimised_text_stands_beside_the_original(db: Database) -> None:
    products = ProductStore(db)
    product_id = await products.save(product("a", "old words"))
    better = Text("Much better words for the very same thing", "d" * 700, ("x",))
    await products.set_optimized(product_id, better, "rules")
    stored = await products.get(product_id)
    assert stored is not None
    assert (stored.original.title, stored.optimized, stored.optimized_by) == ("old words", better, "rules")
    assert stored.status is ProductStatus.OPTIMIZED
    assert stored.quality == rate(stored).score
    assert list(await products.ids(ProductQuery(text="better"))) == [product_id]
    assert (await products.page([product_id]))[0].title == better.title
    await products.clear_optimized(product_id)
    stored = await products.get(product_id)
    assert stored is not None
    assert stored.optimized is None
    assert stored.quality == rate(stored).score
    with pytest.raises(UserMistake):
        await products.set_optimized(ProductId(999), better, "rules")


async def test_many_are_deleted_and_marked_in_chunks(db: Database) -> None:
    products = ProductStore(db)
    number = 2 * CHUNK + 10
    rows = [{"sku": f"s{n}", "sku_key": f"s{n}", "title": "t", "created_at": 0, "updated_at": 0} for n in range(number)]
    db.write_now(lambda connection: connection.execute(schema.product.insert(), rows).rowcount)
    ids = await products.ids(ProductQuery(sort=ProductSort.SKU, descending=False))
    assert len(ids) == number == await products.count()
    await products.set_status(ids[:7], ProductStatus.PUBLISHED)
    counts = await products.counts()
    assert (counts[ProductStatus.PUBLISHED], counts[ProductStatus.IMPORTED]) == (7, number - 7)
    assert await products.delete(ids[5:]) == number - 5
    assert await products.delete(ids[5:]) == 0
    assert list(await products.ids(ProductQuery(sort=ProductSort.SKU, descending=False))) == list(ids[:5])
