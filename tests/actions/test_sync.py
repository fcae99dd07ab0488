"""Sync: what was changed at the marketplace's own site is kept and written down; listings are read together."""

from pathlib import Path

from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.product import ProductStatus
from tests.fakes.shop import Shop, lamp, open_shop
from tests.fakes.there import change_there


async def changes(shop: Shop, product) -> dict[str, tuple[str, str]]:
    """What the sync log says of sync."""
    log = await shop.workspace.listings.log_of(product)
    return {entry.field: (entry.old, entry.new) for entry in log if entry.operation == "sync"}


async def test_changes_made_there_are_kept_and_logged(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (product,) = await shop.add(lamp())
        await shop.do("publish", product)
        listing = await shop.listing(product)
        await change_there(shop, listing.remote_id, price=19990, available_quantity=2)
        batch = await shop.do("sync", product)
        assert batch.completed == 1, await shop.problems(batch)
        assert await changes(shop, product) == {"price": ("24,990 CLP", "19,990 CLP"), "quantity": ("5", "2")}
        read = (await shop.listing(product)).last_read
        assert (read["price"], read["quantity"]) == ("19,990 CLP", "2")
        stored = await shop.workspace.products.get(product)
        assert stored is not None
        assert stored.quantity == 5, "sync reads; it does not change the product"


async def test_a_second_sync_without_a_change_says_nothing(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (product,) = await shop.add(lamp())
        await shop.do("publish", product)
        before = len(await shop.workspace.listings.log_of(product))
        await shop.do("sync", product)
        await shop.do("sync", product)
        assert len(await shop.workspace.listings.log_of(product)) == before


async def test_a_listing_ended_there_is_ended_here_and_one_woken_is_live(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (product,) = await shop.add(lamp())
        await shop.do("publish", product)
        listing = await shop.listing(product)
        await change_there(shop, listing.remote_id, status="paused", sub_status=["paused_by_seller"])
        await shop.do("sync", product)
        paused = await shop.listing(product)
        assert paused.state is ListingState.PAUSED
        assert "paused" in paused.findings[0].message
        logged = await changes(shop, product)
        assert logged["state"] == ("live", "paused")
        assert logged["reasons"][0] == ""
        stored = await shop.workspace.products.get(product)
        assert stored is not None
        assert stored.status is ProductStatus.IMPORTED
        await change_there(shop, listing.remote_id, status="active", sub_status=[])
        await shop.do("sync", product)
        assert (await shop.listing(product)).state is ListingState.LIVE
        stored = await shop.workspace.products.get(product)
        assert stored is not None
        assert stored.status is ProductStatus.PUBLISHED


async def test_many_listings_are_read_in_few_calls(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        products = await shop.add(*(lamp(number) for number in range(30)))
        await shop.do("publish", *products)
        for product in products:
            await change_there(shop, (await shop.listing(product)).remote_id, available_quantity=3)
        before = dict(shop.summary()["requests"])
        batch = await shop.do("sync", *products)
        after = dict(shop.summary()["requests"])
        assert batch.completed == len(products), await shop.problems(batch)
        made = {path: count - before.get(path, 0) for path, count in after.items() if count != before.get(path, 0)}
        assert sum(made.values()) <= 4, made
        for product in products:
            assert (await shop.listing(product)).last_read["quantity"] == "3"


async def test_a_failing_shared_read_harms_nobody(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        products = await shop.add(*(lamp(number) for number in range(6)))
        await shop.do("publish", *products)
        shop.faults(fail_next=[{"method": "GET", "path": "/items", "status": 503, "times": 2}])
        batch = await shop.do("sync", *products)
        assert batch.completed == len(products), await shop.problems(batch)


async def test_what_is_not_listed_says_so(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (product,) = await shop.add(lamp())
        batch = await shop.do("sync", product)
        assert batch.failed == 1
        assert "not listed" in (await shop.problems(batch))[0]


async def test_what_was_changed_there_of_a_variant_is_logged_by_its_sku(tmp_path: Path) -> None:
    """And an update says of each variant what was there and what is shown now."""
    async with open_shop(tmp_path) as shop:
        (parent,) = await shop.add(lamp(1, sku="LAMP", quantity=0))
        await shop.add(
            lamp(1, sku="LAMP-B", quantity=2, parent_id=parent, options={"Color": "Azul"}),
            lamp(1, sku="LAMP-R", quantity=3, parent_id=parent, options={"Color": "Rojo"}),
        )
        await shop.done("publish", parent)
        listing = await shop.listing(parent)
        assert [row["quantity"] for row in listing.last_read["variants"]] == ["2", "3"]
        (item,) = shop.server.practice.details().values()  # type: ignore[attr-defined]
        first, second = item["variations"]
        moved = [{**first, "price": 19990, "available_quantity": 9}, {**second, "price": 19990}]
        await change_there(shop, listing.remote_id, variations=moved, price=19990)
        await shop.done("sync", parent)
        assert await changes(shop, parent) == {
            "price of LAMP-B": ("24,990 CLP", "19,990 CLP"),
            "quantity of LAMP-B": ("2", "9"),
            "price of LAMP-R": ("24,990 CLP", "19,990 CLP"),
        }
        await shop.done("update", parent)
        log = await shop.workspace.listings.log_of(parent)
        assert {entry.field: (entry.old, entry.new) for entry in log if entry.operation == "update"} == {
            "price of LAMP-B": ("19,990 CLP", "24,990 CLP"),
            "quantity of LAMP-B": ("9", "2"),
            "price of LAMP-R": ("19,990 CLP", "24,990 CLP"),
        }
