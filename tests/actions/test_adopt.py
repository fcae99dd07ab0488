"""Adopting listings: what is at the marketplace is matched before anything is written, and nothing is sent."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mmhub_desktop.domain.adoption import FoundListing, Match, TitleIndex
from mmhub_desktop.domain.history import EntryKind, Reason
from mmhub_desktop.domain.ids import ListingId, ProductId
from mmhub_desktop.domain.listing import ListingState, SyncLogEntry
from mmhub_desktop.domain.product import ProductStatus, Text
from mmhub_desktop.errors import Unsupported
from tests.fakes.shop import Shop, lamp, open_shop
from tests.fakes.there import change_there


async def forget(shop: Shop, *products: ProductId) -> None:
    """The program's own record of the products and listings is lost; at the marketplace all stays."""
    await shop.workspace.products.delete(products)


async def look(shop: Shop) -> list[FoundListing]:
    """Read the account and match; everything found."""
    batch = await shop.workspace.engine.wait_batch(await shop.workspace.look_for_listings(shop.account.id))
    assert batch is not None
    assert batch.completed == 1, await shop.problems(batch)
    adoptions = shop.workspace.adoptions
    return await adoptions.page(await adoptions.ids(shop.account.id, list(Match)))


async def published(shop: Shop, *numbers: int) -> None:
    """Listings at the marketplace that the program knows nothing of."""
    products = await shop.add(*(lamp(number) for number in numbers))
    batch = await shop.do("publish", *products)
    assert batch.completed == len(products), await shop.problems(batch)
    await forget(shop, *products)


async def test_the_same_sku_is_sure_and_adopting_writes_the_listing(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await published(shop, 1)
        (product,) = await shop.add(lamp(1, sku=" lamp-1", quantity=9))
        before = dict(shop.summary()["requests"])
        (one,) = await look(shop)
        assert (one.match, one.product_id, one.why) == (Match.SURE, product, "The same SKU")
        assert (await shop.listing(product)).remote_id == "", "nothing is written before the seller agrees"
        assert await shop.workspace.adopt([one.id]) == 1
        made = {path for path, count in shop.summary()["requests"].items() if count != before.get(path, 0)}
        assert all(path.startswith("GET") for path in made), made
        listing = await shop.listing(product)
        assert (listing.state, listing.remote_id, listing.url) == (ListingState.LIVE, one.remote_id, one.url)
        assert listing.last_read["quantity"] == "5"
        stored = await shop.workspace.products.get(product)
        assert stored is not None
        assert stored.status is ProductStatus.PUBLISHED
        (entry,) = await shop.workspace.listings.log_of(product)
        assert (entry.operation, entry.new) == ("adopt", one.remote_id)
        drift = await shop.workspace.drift.page(await shop.workspace.drift.ids())
        assert [(row.ours, row.live) for row in drift] == [("9", "5")]
        batch = await shop.do("publish", product)
        assert batch.completed == 1, await shop.problems(batch)
        assert shop.summary()["creates"] == 1, "an adopted listing is not created again"


async def test_gtin_then_title_then_none(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        with_gtin = lamp(1, gtin="7501031311309", original=Text("Lámpara de pie Nordhaus", "x"))
        others = [lamp(2), lamp(3, original=Text("Hervidor eléctrico rojo 2 litros", "x"))]
        products = await shop.add(with_gtin, *others)
        batch = await shop.do("publish", *products)
        assert batch.completed == 3, await shop.problems(batch)
        await forget(shop, *products)
        by_gtin, by_title = await shop.add(
            lamp(7, gtin="7501031311309", original=Text("Otra cosa", "")),
            lamp(8, original=Text("LAMPARA escritorio Lumea Flex", "")),
        )
        found = {one.title: one for one in await look(shop)}
        assert (found["Lámpara de pie Nordhaus"].match, found["Lámpara de pie Nordhaus"].product_id) == (
            Match.SURE,
            by_gtin,
        )
        near = found["Lámpara de escritorio Lumea Flex 2"]
        assert (near.match, near.product_id) == (Match.LIKELY, by_title)
        assert found["Hervidor eléctrico rojo 2 litros"].match is Match.NONE


async def test_what_the_program_has_is_known_and_not_doubled(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (product,) = await shop.add(lamp(1))
        await shop.do("publish", product)
        (one,) = await look(shop)
        assert one.match is Match.KNOWN
        assert await shop.workspace.adopt([one.id]) == 0


async def test_a_second_listing_of_the_same_sku_has_no_product_left(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await published(shop, 1)
        await published_again(shop)
        (product,) = await shop.add(lamp(1))
        found = await look(shop)
        assert sorted(one.match for one in found) == [Match.NONE, Match.SURE]
        assert "listing" in next(one.why for one in found if one.match is Match.NONE)
        assert await shop.workspace.adopt([one.id for one in found]) == 1
        assert (await shop.listing(product)).remote_id


async def published_again(shop: Shop) -> None:
    """A second item with the SKU of the first, as a seller makes it at the marketplace's own site."""
    (twin,) = await shop.add(lamp(1, sku="TWIN"))
    await shop.do("publish", twin)
    listing = await shop.listing(twin)
    market = shop.server.practice.market  # type: ignore[attr-defined]
    item = market.items[listing.remote_id]
    for attribute in item["attributes"]:
        if attribute["id"] == "SELLER_SKU":
            attribute["value_name"] = "LAMP-1"
    market.save_item(item)
    await forget(shop, twin)


async def test_ended_listings_are_passed_over_and_a_second_look_forgets_the_first(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await published(shop, 1, 2)
        first = await look(shop)
        assert len(first) == 2
        await change_there(shop, first[0].remote_id, status="closed")
        assert [one.remote_id for one in await look(shop)] == [first[1].remote_id]


async def test_a_broken_off_reading_goes_on(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await published(shop, *range(5))
        shop.faults(fail_next=[{"method": "GET", "path": "/items", "status": 503, "times": 2}])
        assert len(await look(shop)) == 5
        scan = await shop.workspace.adoptions.scan(shop.account.id)
        assert scan is not None
        assert scan.finished_at is not None


async def test_a_marketplace_that_cannot_list_says_so(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        declared = shop.workspace.marketplaces["mercadolibre"]
        shop.workspace.marketplaces = {"mercadolibre": replace(declared, capabilities=frozenset())}
        with pytest.raises(Unsupported):
            await shop.workspace.look_for_listings(shop.account.id)


def test_titles_match_by_their_words_and_only_one() -> None:
    index = TitleIndex(["Taza azul de cerámica 350 ml", "Silla plegable negra"])
    index.add(1, "TAZA CERAMICA AZUL 350 ml Andina")
    index.add(2, "Plato hondo blanco")
    index.add(3, "Silla plegable negra A")
    index.add(4, "Silla plegable negra B")
    near = index.nearest("Taza azul de cerámica 350 ml")
    assert near is not None
    assert near[0] == 1
    assert index.nearest("Silla plegable negra") is None, "two are as near: the title says nothing"
    assert index.nearest("Taza verde") is None


async def dump(shop: Shop) -> dict[str, list[tuple[object, ...]]]:
    """Listings, their log and the products' status."""
    queries = {
        "listing": "SELECT id, product_id, account_id, state, remote_id, overrides, last_read FROM listing ORDER BY id",
        "sync_log": "SELECT listing_id, at, field, old, new FROM sync_log ORDER BY id",
        "product": "SELECT id, status FROM product ORDER BY id",
    }
    db = shop.workspace.db
    return {
        name: [tuple(row) for row in await db.read(lambda c, query=query: c.exec_driver_sql(query).all())]  # type: ignore[misc]
        for name, query in queries.items()
    }


async def test_adopting_is_undone_and_done_again(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await published(shop, 1, 2)
        own, plain = await shop.add(lamp(1), lamp(2))
        listing = await shop.listing(own)
        note = SyncLogEntry(datetime.now(UTC), ListingId(0), "update", "price", "1", "2")
        await shop.workspace.listings.save(replace(listing, overrides={"title": "For this account alone"}), [note])
        found = await look(shop)
        before = await dump(shop)
        assert await shop.workspace.adopt([one.id for one in found]) == 2
        assert (await shop.listing(own)).overrides == {"title": "For this account alone"}
        assert [entry.field for entry in await shop.workspace.listings.log_of(own)].count("price") == 1
        after = await dump(shop)
        entry = await shop.workspace.history.next_undo()
        assert entry is not None
        assert (entry.kind, entry.products) == (EntryKind.ADOPT, 2)
        assert shop.account.label in entry.label
        adoptions = shop.workspace.adoptions
        assert (await adoptions.counts(shop.account.id))[Match.KNOWN] == 2
        assert (await shop.workspace.history.undo(entry.id)).refused == 0
        assert await dump(shop) == before
        assert (await adoptions.counts(shop.account.id))[Match.SURE] == 2, "they can be adopted again"
        assert (await shop.workspace.history.redo(entry.id)).refused == 0
        assert {name: sorted(map(str, rows)) for name, rows in (await dump(shop)).items()} == {
            name: sorted(map(str, rows)) for name, rows in after.items()
        }
        assert (await shop.listing(plain)).state is ListingState.LIVE


async def test_what_was_sent_since_is_not_forgotten_by_an_undo(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await published(shop, 1, 2)
        first, second = await shop.add(lamp(1), lamp(2, quantity=9))
        await shop.workspace.adopt([one.id for one in await look(shop)])
        entry = await shop.workspace.history.next_undo()
        assert entry is not None
        batch = await shop.do("update", second)
        assert batch.completed == 1, await shop.problems(batch)
        undone = await shop.workspace.history.undo(entry.id)
        assert [(refusal.product_id, refusal.reason) for refusal in undone.refusals] == [(second, Reason.EDITED)]
        assert (await shop.listing(first)).remote_id == ""
        assert (await shop.listing(second)).state is ListingState.LIVE
        assert shop.summary()["live_items"] == 2, "nothing happens at the marketplace"
