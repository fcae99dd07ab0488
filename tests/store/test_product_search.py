"""Searching and filtering products gives what looking at each product in Python gives, whatever the index holds."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from mmhub_desktop.domain.ids import AccountId, ProductId
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Condition, Product, ProductStatus, Text, fold
from mmhub_desktop.domain.product_filter import Filter, Operator, bounds, chosen, parse
from mmhub_desktop.domain.product_query import ProductQuery, ProductSort
from mmhub_desktop.domain.search import fits, words_of
from mmhub_desktop.store import search_index
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.outbox_rows import plain_connection
from mmhub_desktop.store.product_rows import row_from_product
from mmhub_desktop.store.products import ProductStore, save_in
from mmhub_desktop.store.schema import product as product_table
from mmhub_desktop.store.search_index import SearchIndex, index_path
from mmhub_desktop.store.search_notes import note_again

WORDS = (
    "Lámpara", "lamp", "Cámara", "led-40", "10x20", "mesa", "MESA", "x", "ñandú", "数码相机", "相机", "Стол", "стул",
    "ab", "c", "40%", "[new]", "a*b", "pla_no", "ﬁn", "Straße",
)  # fmt: skip
BRANDS = ("", "Bösch", "ACME", "acme lux", "数码")
CURRENCIES = ("EUR", "CLP", "KWD")


@pytest.fixture
def index(db: Database) -> Iterator[SearchIndex]:
    made = SearchIndex(db)
    yield made
    made.close()


def catch_up(index: SearchIndex, most: int = 1_000_000) -> int:
    """Bring the index up to date, or only as far as it gets until ``most`` looks at whether it shall stop."""
    looks = iter(range(most))
    return index.catch_up(lambda _done, _all: None, lambda: next(looks, None) is None)


ATTRIBUTES: tuple[dict[str, str], ...] = (
    {}, {"Talla": "XL"}, {'a"b.c': "Ñ"}, {"Talla": ""}, {"talla": "XL", "Talla": "xlé", "Color": "Müßig"},
    {"Talla": "x\u0301l"}, {"Color": "100 %!", "Talla": "x_l"},
    {"Color": "Talla XL", "talla": "XL"}, {"Talla": "é", "Color": "xl"},
)  # fmt: skip


def make(chance: random.Random, number: int) -> Product:
    pick = chance.choice
    title = " ".join(chance.choices(WORDS, k=chance.randint(1, 4)))
    better = Text(" ".join(chance.choices(WORDS, k=2)), "better", ("kw",)) if chance.random() < 0.2 else None
    currency = pick(CURRENCIES)
    return Product(
        ProductId(0), f"{pick(('SKU', 'ä', 'x-'))}{number}", Text(title, pick(("", "Für Straße", "plain")), ()),
        optimized=better, brand=pick(BRANDS), category=pick(("", "Hogar > Luz")), gtin=pick(("", f"84{number:04d}")),
        source="shop" if number % 2 else "", source_id=f"ID{number}" if number % 2 else "",
        condition=pick(tuple(Condition)),
        price=Money(chance.randint(0, 3000), currency) if chance.random() < 0.8 else None,
        cost=Money(chance.randint(0, 2000), currency) if chance.random() < 0.4 else None,
        quantity=chance.randint(0, 5), weight_g=chance.choice((None, 0, 100)),
        images=tuple("ab"[: chance.randint(0, 2)]),
        attributes=pick(ATTRIBUTES),
        active=chance.random() < 0.7, status=pick(tuple(ProductStatus)),
    )  # fmt: skip


def bring_back(connection: Connection, row: dict[str, Any]) -> None:
    connection.execute(product_table.insert(), row)
    note_again(plain_connection(connection), [row["id"]])


def texts_of(product: Product) -> tuple[str, ...]:
    parts = (product.text.title, product.sku, product.brand, product.gtin, product.source_id)
    return tuple(fold(part) for part in parts)


def holds(query: ProductQuery, product: Product) -> bool:
    found = all(any(fits(word, part) for part in texts_of(product)) for word in words_of(query.text))
    statuses = not query.statuses or product.status in query.statuses
    return found and statuses and all(lets_through(one, product) for one in query.filters)


_COMPARE: dict[Operator, Callable[[Decimal, Decimal], bool]] = {
    Operator.IS: lambda a, b: a == b, Operator.BELOW: lambda a, b: a < b, Operator.AT_MOST: lambda a, b: a <= b,
    Operator.ABOVE: lambda a, b: a > b, Operator.AT_LEAST: lambda a, b: a >= b,
}  # fmt: skip


def lets_through(one: Filter, product: Product) -> bool:
    shown = product.text
    plain: dict[str, object] = {
        "title": shown.title, "sku": product.sku, "description": shown.description, "brand": product.brand,
        "category": product.category, "gtin": product.gtin, "source_id": product.source_id,
        "attribute": product.attributes.get(one.about, ""), "price": product.price and product.price.amount,
        "cost": product.cost and product.cost.amount, "quantity": product.quantity, "weight": product.weight_g,
        "images": len(product.images), "quality": product.quality, "status": product.status.value,
        "condition": product.condition.value, "active": product.active, "has_images": bool(product.images),
        "optimized": product.optimized is not None,
    }  # fmt: skip
    value = plain[one.name]
    match one.operator:
        case Operator.EMPTY | Operator.SET:
            return (value is None or value == "") == (one.operator is Operator.EMPTY)
        case Operator.ONE_OF | Operator.NONE_OF:
            return (value in chosen(one.value)) == (one.operator is Operator.ONE_OF)
        case Operator.BETWEEN:
            low, high = map(Decimal, bounds(one.value))
            return value is not None and low <= Decimal(str(value)) <= high
    if isinstance(value, bool):
        return value == (one.value == "yes")
    if isinstance(value, str):
        kept, wanted = fold(value), fold(one.value)
        return {
            Operator.CONTAINS: wanted in kept, Operator.STARTS: kept.startswith(wanted), Operator.IS: kept == wanted,
            Operator.IS_NOT: kept != wanted,
        }[one.operator]  # fmt: skip
    return value is not None and _COMPARE[one.operator](Decimal(str(value)), Decimal(one.value))


FILTERS = [
    parse(line)
    for line in (
        "title~LAMP", "title^cámara", "title=mesa", "title!=mesa", "sku^x-", "description~strasse", "brand=BÖSCH",
        "brand~lux", "brand!", "brand?", "brand!=acme", "category~luz", "gtin!", "source_id?", "attribute:Talla=xl",
        "attribute:Talla^x", "attribute:Talla^xle", "attribute:Talla~l", "attribute:Color=mussig", "attribute:Color~%!",
        "attribute:Talla=x_l", "attribute:Talla^e", "attribute:Talla!=xl", 'attribute:a"b.c=ñ',
        "attribute:Talla!", "attribute:Talla?", "price>10.5", "price<=10.50", "price=10..20",
        "price>=1.234", "price<0.5", "price=7", "price!", "cost?", "quantity=0", "quantity>2", "weight!", "weight<50",
        "images=1", "images>=1", "quality>20", "status=failed,imported", "status!=failed", "condition=new",
        "condition!=new", "active=no", "has_images=no", "has_images=yes", "optimized=yes", "optimized=no",
    )
]  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_what_is_found_is_what_fits(
    db: Database, index: SearchIndex, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_index, "SLICE", 7)  # so that stopping in the middle leaves it half built
    chance = random.Random(seed)
    products = ProductStore(db)
    ids: list[ProductId] = []
    gone: list[Product] = []
    recent: list[ProductId] = []  # products that were changed last

    def add(connection: Connection) -> None:
        ids.extend(save_in(connection, make(chance, 1_000 * seed + len(ids) + len(gone))) for _ in range(25))

    for _ in range(16):
        match chance.choice(("add", "change", "change", "change", "delete", "undelete", "index", "index", "some")):
            case "add":
                await db.write(add)
            case "change" if ids:
                recent = chance.sample(ids, min(5, len(ids)))
                for product in await products.get_many(recent):
                    fresh = make(chance, 0)
                    await products.save(replace(product, original=fresh.original, brand=fresh.brand, optimized=None))
            case "delete" if ids:
                chosen_ids = chance.sample(ids, min(4, len(ids)))
                gone += await products.get_many(chosen_ids)
                await products.delete(chosen_ids)
                ids = [one for one in ids if one not in chosen_ids]
            case "undelete" if gone:
                back = gone.pop()  # as an undo does it: under its own id
                row = {**row_from_product(back), "id": back.id, "created_at": 0, "updated_at": 0}
                await db.write(lambda c, row=row: bring_back(c, row))  # type: ignore[misc]
                ids.append(back.id)
            case "index":
                catch_up(index)
            case "some":
                catch_up(index, chance.randint(0, 4))
        recent = [one for one in recent if one in ids] or ids[-5:]
        every = {product.id: product for product in await products.get_many(await products.ids(ProductQuery()))}
        assert set(every) == set(ids)
        for _ in range(12):
            typed = [
                chance.choice(WORDS)[chance.randint(0, 2) :][: chance.randint(1, 6)]
                for _ in range(chance.choice((0, 1, 1, 2)))
            ]
            if recent and chance.random() < 0.5:
                typed = [fold(chance.choice(every[chance.choice(recent)].text.title.split()))]
            query = ProductQuery(
                text=" ".join(typed),
                filters=tuple(chance.sample(FILTERS, chance.choice((0, 0, 1, 2)))),
                statuses=frozenset(chance.sample(tuple(ProductStatus), chance.choice((0, 0, 3)))),
                sort=chance.choice((ProductSort.BEST_MATCH, chance.choice(tuple(ProductSort)))),
                typos=False,
            )
            fitting = {number for number, product in every.items() if holds(query, product)}
            found = await products.ids(query)
            assert sorted(found) == sorted(fitting), query
            assert list(await products.first_ids(query, 7)) == list(found[:7]), query


async def test_words_with_a_typo_find_what_was_meant(db: Database, index: SearchIndex) -> None:
    products = ProductStore(db)
    lamp = await products.save(Product(ProductId(0), "L-1", Text("Lámpara plegable Bralux AB1234")))
    chair = await products.save(Product(ProductId(0), "C-1", Text("Silla plegable Dorce AB1234")))
    catch_up(index)

    async def found(typed: str, *, typos: bool = True) -> list[int]:
        return list(await products.ids(ProductQuery(text=typed, sort=ProductSort.BEST_MATCH, typos=typos)))

    for typed in ("lanpara", "lmpara", "láampara", "lampara pelgable", "xampara", "lanp", "lampara plegable BA1234"):
        assert await found(typed) == [lamp], typed
        assert await found(typed, typos=False) == [], typed
    assert await found("slila plegable") == [chair]
    assert await found("plegable ab1234") == [chair, lamp]
    assert await found("zzzzzz") == []
    assert await found("plegable zzzzzz") == []
    assert await found("plegable ab1234 zzzzzz") == [chair, lamp]
    assert await found("lampara silla") == []


async def test_the_best_comes_first(db: Database, index: SearchIndex) -> None:
    products = ProductStore(db)
    inner = await products.save(Product(ProductId(0), "Z-1", Text("Superlamp")))
    begins = await products.save(Product(ProductId(0), "Z-2", Text("Lamp shade of glass")))
    word = await products.save(Product(ProductId(0), "Z-3", Text("Glass lamp")))
    brand = await products.save(Product(ProductId(0), "Z-4", Text("Chair"), brand="Lamp and sons"))
    code = await products.save(Product(ProductId(0), "lamp", Text("Table")))
    query = ProductQuery(text="LAMP", sort=ProductSort.BEST_MATCH)
    for most in (0, 10):  # by looking at all, and by the index
        catch_up(index, most)
        assert list(await products.ids(query)) == [code, begins, word, brand, inner]
        assert list(await products.first_ids(query, 2)) == [code, begins]


async def test_an_index_of_another_state_of_the_workspace_is_not_believed(db: Database, index: SearchIndex) -> None:
    products = ProductStore(db)
    first = await products.save(Product(ProductId(0), "A", Text("First thing")))
    catch_up(index)
    old = await db.read(lambda c: c.execute(text("SELECT token, before FROM search_mark")).one())
    await products.save(replace((await products.get_many([first]))[0], original=Text("Changed article")))
    catch_up(index)
    await products.save(Product(ProductId(0), "B", Text("More")))
    catch_up(index)
    await db.write(  # as if an older copy had been put in place of the workspace: older text, older mark, no note
        lambda c: (
            c.execute(text("UPDATE product SET search_key = 'first thing' || char(10) || 'a' WHERE sku = 'A'")),
            c.execute(text("DELETE FROM search_note")),
            c.execute(text("UPDATE search_mark SET token = :token, before = :before"), old._asdict()),
            c.execute(text("INSERT INTO product (sku, sku_key, search_key, title, created_at, updated_at) "
                           "VALUES ('C', 'c', 'first copy' || char(10) || 'c', 'First copy', 0, 0)")),
            c.execute(text("DELETE FROM search_note")),
        )
    )  # fmt: skip
    assert len(await products.ids(ProductQuery(text="first"))) == 2
    assert catch_up(index) == 3  # made anew
    assert len(await products.ids(ProductQuery(text="first"))) == 2
    assert catch_up(index) == 0


@pytest.mark.expects_log
async def test_a_damaged_index_harms_nobody(tmp_path: Path) -> None:
    path = tmp_path / "shop.mmhub"
    db = Database.open(path)
    product = await ProductStore(db).save(Product(ProductId(0), "A", Text("First thing")))
    index = SearchIndex(db)
    catch_up(index)
    index.close()
    db.close()
    index_path(path).write_bytes(b"no database at all" * 1000)
    db = Database.open(path)
    assert list(await ProductStore(db).ids(ProductQuery(text="thing"))) == [product]
    index = SearchIndex(db)
    assert catch_up(index) == 1
    assert list(await ProductStore(db).ids(ProductQuery(text="thing"))) == [product]
    index.close()
    db.close()


async def test_days_and_accounts(db: Database) -> None:
    products = ProductStore(db)
    old = await products.save(Product(ProductId(0), "old", Text("Old")))
    new = await products.save(Product(ProductId(0), "new", Text("New")))
    before = int((datetime.now(UTC) - timedelta(days=3)).timestamp() * 1000)
    await db.write(
        lambda c: (
            c.execute(text("UPDATE product SET updated_at = :at WHERE id = :id"), {"at": before, "id": old}),
            c.execute(text("INSERT INTO account (id, marketplace, label, created_at) VALUES (1, 'ebay', 'Shop', 0)")),
            c.execute(text("INSERT INTO listing (product_id, account_id, state, created_at, updated_at) "
                           "VALUES (:id, 1, 'live', 0, 0)"), {"id": new}),
        )
    )  # fmt: skip
    day = f"{datetime.fromtimestamp(before / 1000, UTC).astimezone():%Y-%m-%d}"

    async def found(line: str) -> list[int]:
        query = ProductQuery(filters=(parse(line),), sort=ProductSort.SKU, descending=False)
        return list(await products.ids(query))

    assert await found("updated=2d") == [new]
    assert await found(f"updated={day}") == [old]
    assert await found(f"updated={day}..{day}") == [old]
    assert await found(f"updated>{day}") == [new]
    assert await found(f"updated<{day}") == []
    assert await found("state:1=live") == [new]
    assert await found("state:1=none") == [old]
    assert await found("state:1=none,live") == [new, old]
    assert await found("state:1!=none") == [new]
    assert await found("ready:1=unknown") == [new, old]
    assert list(await products.ids(ProductQuery(sort_account=AccountId(1), descending=False))) == [new, old]


@pytest.mark.expects_log
async def test_an_index_that_breaks_while_it_is_read_is_done_without(tmp_path: Path) -> None:
    path = tmp_path / "shop.mmhub"
    db = Database.open(path)
    products = ProductStore(db)

    def add(connection: Connection) -> None:
        for number in range(300):
            save_in(connection, Product(ProductId(0), f"A{number}", Text(f"Thing {number} {number * 7919:x}")))

    await db.write(add)
    index = SearchIndex(db)
    catch_up(index)
    index.close()
    whole = index_path(path).read_bytes()
    index_path(path).write_bytes(whole[: 4096 * 6] + b"\x55" * (len(whole) - 4096 * 6))
    assert len(await products.ids(ProductQuery(text="thing"))) == 300
    assert len(await products.first_ids(ProductQuery(text="thing", sort=ProductSort.BEST_MATCH, typos=True), 9)) == 9
    db.close()
    path.with_name(path.name + ".open").touch()  # the program ended badly, and the index is looked through
    db = Database.open(path)
    index = SearchIndex(db)
    assert catch_up(index) == 300
    index.close()
    db.close()


async def test_families_stand_for_their_variants(db: Database, index: SearchIndex) -> None:
    products = ProductStore(db)
    shirt = await products.save(Product(ProductId(0), "S", Text("Shirt")))
    red = await products.save(Product(ProductId(0), "S-R", Text("Red shirt"), parent_id=shirt, quantity=4))
    await products.save(Product(ProductId(0), "S-B", Text("Blue shirt"), parent_id=shirt))
    lamp = await products.save(Product(ProductId(0), "L", Text("Red lamp")))
    for most in (0, 10):
        catch_up(index, most)
        for sort in (ProductSort.BEST_MATCH, ProductSort.SKU):
            query = ProductQuery(text="red", sort=sort, descending=False, families=True)
            assert sorted(await products.ids(query)) == [shirt, lamp]
            assert len(await products.first_ids(query, 1)) == 1
            assert sorted(await products.ids(replace(query, families=False))) == [red, lamp]
        in_stock = ProductQuery(filters=(parse("quantity>0"),), families=True)
        assert list(await products.ids(in_stock)) == [shirt]
    assert sorted(await products.ids(ProductQuery(families=True))) == [shirt, lamp]


async def test_indexing_tells_of_its_end_also_where_products_were_noted_twice_or_went(
    db: Database, index: SearchIndex
) -> None:
    products = ProductStore(db)
    ids = [await products.save(make(random.Random(number), number)) for number in range(5)]
    catch_up(index)
    for product_id in (*ids, *ids):
        await db.write(lambda connection, each=product_id: note_again(plain_connection(connection), [each]))  # type: ignore[misc]
    await products.delete(ids[:1])
    told: list[tuple[int, int]] = []
    index.catch_up(lambda done, total: told.append((done, total)), lambda: False)
    done, total = told[-1]
    assert done == total > 0
