"""The whole way through the program: products published, updated and ended on the practice Walmart, with faults on."""

import contextlib
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mmhub_desktop.domain.adoption import Match
from mmhub_desktop.domain.job import WorkRequest
from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Product, Text
from mmhub_desktop.marketplaces.walmart.declaration import MARKETPLACE
from tests.fakes.barcodes import barcode
from tests.fakes.shop import Shop, lamp, open_shop

PRODUCTS = 20


def us_lamp(number: int, **changes: Any) -> Product:
    """A lamp that Walmart takes."""
    sku = f"LAMP-{number}"
    values: dict[str, Any] = {
        "original": Text(f"Lumea Flex Table Lamp number {number}", "A desk lamp.\n• Bright\n• Small\n• White"),
        "price": Money(2499, "USD"),
        "gtin": barcode(sku),
        "weight_g": 1_200,
        "images": ("https://pictures.example.com/lamp.jpg",),
        "image_base": "",
        "attributes": {"Color": "White"},
    }
    return lamp(number, **{**values, **changes})


@contextlib.asynccontextmanager
async def open_walmart(folder: Path, *, lag: str = "0.1,0.1") -> AsyncIterator[Shop]:
    """A shop whose groups leave at once instead of after a minute."""
    quick = {name: replace(bounds, wait_s=min(bounds.wait_s, 1.0)) for name, bounds in MARKETPLACE.gathered.items()}
    async with open_shop(folder, lag=lag, run=False, marketplace="walmart") as shop:
        workspace = shop.workspace
        workspace.marketplaces = {**workspace.marketplaces, "walmart": replace(MARKETPLACE, gathered=quick)}
        await workspace.engine.start()
        yield shop


async def test_twenty_products_go_live_change_and_end_with_faults_on(tmp_path: Path) -> None:
    async with open_walmart(tmp_path) as shop:
        ids = await shop.add(*(us_lamp(number) for number in range(1, PRODUCTS + 1)))
        kinds = ["500", "503", "429_retry_after", "drop_before", "drop_after", "500_after", "401"]
        shop.faults(failure_rate=0.08, failure_kinds=kinds, seed=7, ready_after_polls=1, live_after_s=1)
        batch = await shop.do("publish", *ids)
        assert batch.completed == PRODUCTS, await shop.problems(batch)
        summary = shop.summary()
        assert summary["live_items"] == PRODUCTS
        assert summary["duplicate_skus"] == []
        assert set(summary["sent"].values()) == {1}, "a product was sent in two feeds"
        assert summary["feeds"]["MP_ITEM"] <= 5, "products go together in feeds"
        listing = await shop.listing(ids[0])
        assert listing.state is ListingState.LIVE
        assert listing.url.startswith("https://www.walmart.com/ip/")

        for product_id in ids:
            product = await shop.workspace.products.get(product_id)
            assert product is not None
            await shop.workspace.products.save(replace(product, price=Money(2999, "USD"), quantity=9))
        batch = await shop.do("update", *ids)
        assert batch.completed == PRODUCTS, await shop.problems(batch)
        items = shop.server.practice.details()
        assert {item["price"] for item in items.values()} == {"$29.99"}
        assert {item["quantity"] for item in items.values()} == {9}

        batch = await shop.do("end", *ids)
        assert batch.completed == PRODUCTS, await shop.problems(batch)
        assert shop.summary()["live_items"] == 0
        assert {item["quantity"] for item in shop.server.practice.details().values()} == {0}


async def test_a_feed_of_hours_is_followed_across_a_restart(tmp_path: Path) -> None:
    async with open_walmart(tmp_path) as shop:
        shop.faults(ready_after_s=3_600)
        ids = await shop.add(us_lamp(1), us_lamp(2))
        batch_id = await shop.workspace.submit(WorkRequest("publish", ids, (shop.account.id,)))
        while {(await shop.listing(each)).state for each in ids} != {ListingState.ACCEPTED}:
            await shop.workspace.engine.wait_idle()
            await shop.workspace.db.write(lambda _: None)
        assert (await shop.listing(ids[0])).remote_id == "LAMP-1"
    async with open_walmart(tmp_path) as shop:
        shop.server.practice.clock.advance(3_700)
        batch = await shop.workspace.engine.wait_batch(batch_id)
        assert batch is not None
        assert batch.completed == 2, await shop.problems(batch)
        assert shop.summary()["feeds"] == {"MP_ITEM": 1}
        assert (await shop.listing(ids[0])).state is ListingState.LIVE


async def test_a_lost_answer_to_a_feed_does_not_send_it_again(tmp_path: Path) -> None:
    async with open_walmart(tmp_path) as shop:
        lost = {"method": "POST", "path": "/v3/feeds", "drop": True, "after_effect": True}
        shop.faults(ready_after_polls=2, fail_next=[lost])
        batch = await shop.do("publish", *await shop.add(us_lamp(1), us_lamp(2)))
        assert batch.completed == 2, await shop.problems(batch)
        assert shop.summary()["feeds"] == {"MP_ITEM": 1}


async def test_what_walmart_refuses_is_explained_and_published_again_when_mended(tmp_path: Path) -> None:
    async with open_walmart(tmp_path) as shop:
        (first,) = await shop.add(us_lamp(1))
        assert (await shop.do("publish", first)).completed == 1
        (twin,) = await shop.add(us_lamp(2, gtin=barcode("LAMP-1")))
        assert (await shop.do("publish", twin)).failed == 1
        listing = await shop.listing(twin)
        assert listing.state is ListingState.REJECTED
        assert [(one.field, one.rule) for one in listing.findings] == [("gtin", "walmart.ERR_EXT_DATA_0101119")]
        product = await shop.workspace.products.get(twin)
        assert product is not None
        await shop.workspace.products.save(replace(product, gtin=barcode("LAMP-2")))
        batch = await shop.do("publish", twin)
        assert batch.completed == 1, await shop.problems(batch)


async def test_what_walmart_loses_by_its_own_fault_is_sent_again(tmp_path: Path) -> None:
    async with open_walmart(tmp_path) as shop:
        ids = await shop.add(us_lamp(1), us_lamp(2), us_lamp(3))
        shop.faults(system_errors=1, timeout_errors=1)
        batch = await shop.do("publish", *ids)
        assert batch.completed == 3, await shop.problems(batch)
        assert sorted(shop.summary()["sent"].values()) == [1, 2, 2]
        assert shop.summary()["feeds"]["MP_ITEM"] == 2


async def test_a_product_that_walmart_sells_already_becomes_an_offer(tmp_path: Path) -> None:
    async with open_walmart(tmp_path) as shop:
        batch = await shop.do("publish", *await shop.add(us_lamp(1, gtin="036000291452", brand="", attributes={})))
        assert batch.completed == 1, await shop.problems(batch)
        assert shop.summary()["feeds"] == {"MP_ITEM_MATCH": 1}


async def test_an_account_has_ten_item_feeds_an_hour(tmp_path: Path) -> None:
    async with open_walmart(tmp_path) as shop:
        (first,) = await shop.add(us_lamp(1))
        assert (await shop.do("publish", first)).completed == 1
        budgets = {one.budget.group: one for one in shop.workspace.engine.lane_state(shop.account.id).budgets}
        assert (budgets["item feeds"].used, budgets["item feeds"].allowed) == (1, 10)
        assert budgets["item feeds"].words == "1 of 10 item feeds an hour used"
        assert budgets["price feeds"].used == 0


async def test_many_changes_go_together(tmp_path: Path) -> None:
    async with open_walmart(tmp_path) as shop:
        ids = await shop.add(*(us_lamp(number) for number in range(1, 31)))
        assert (await shop.do("publish", *ids)).completed == 30
        for product_id in ids:
            product = await shop.workspace.products.get(product_id)
            assert product is not None
            await shop.workspace.products.save(replace(product, price=Money(1999, "USD"), quantity=2))
        batch = await shop.do("update", *ids)
        assert batch.completed == 30, await shop.problems(batch)
        feeds = shop.summary()["feeds"]
        assert (feeds["inventory"], feeds["PRICE_AND_PROMOTION"]) == (1, 1)
        assert {item["price"] for item in shop.server.practice.details().values()} == {"$19.99"}
        batch = await shop.do("sync", *ids[:5])
        assert batch.completed == 5, await shop.problems(batch)
        assert (await shop.listing(ids[0])).last_read["price"] == "19.99 USD"


async def test_a_product_with_variants_is_a_family(tmp_path: Path) -> None:
    async with open_walmart(tmp_path) as shop:
        (parent,) = await shop.add(us_lamp(1, gtin=""))
        blue, _ = await shop.add(
            us_lamp(2, parent_id=parent, options={"Colour": "Blue"}),
            us_lamp(3, parent_id=parent, options={"Colour": "Red"}, quantity=0),
        )
        batch = await shop.do("publish", parent)
        assert batch.completed == 1, await shop.problems(batch)
        assert shop.summary()["sent"] == {"LAMP-2": 1, "LAMP-3": 1}
        listing = await shop.listing(parent)
        assert (listing.state, listing.remote_id) == (ListingState.LIVE, "group:LAMP-1")
        product = await shop.workspace.products.get(blue)
        assert product is not None
        await shop.workspace.products.save(replace(product, price=Money(1999, "USD"), quantity=2))
        batch = await shop.do("update", parent)
        assert batch.completed == 1, await shop.problems(batch)
        items = shop.server.practice.details()
        assert [(items[sku]["price"], items[sku]["quantity"]) for sku in ("LAMP-2", "LAMP-3")] == [
            ("$19.99", 2),
            ("$24.99", 0),
        ]
        batch = await shop.do("end", parent)
        assert batch.completed == 1, await shop.problems(batch)
        assert shop.summary()["live_items"] == 0


async def test_a_preview_is_what_is_sent(tmp_path: Path) -> None:
    async with open_walmart(tmp_path) as shop:
        ids = await shop.add(us_lamp(1), us_lamp(2))
        for action in ("publish", "update", "end"):
            previews = shop.workspace.previews
            number = await previews.start(WorkRequest(action, ids, (shop.account.id,)))
            await previews.wait(number)
            (batch_id,) = await previews.submit(number)
            batch = await shop.workspace.engine.wait_batch(batch_id)
            assert batch is not None
            assert batch.completed == 2, (action, await shop.problems(batch))
            for product_id in ids:
                product = await shop.workspace.products.get(product_id)
                assert product is not None
                await shop.workspace.products.save(replace(product, price=Money(1999, "USD"), quantity=3))
        items = shop.server.practice.details()
        assert {(item["price"], item["quantity"]) for item in items.values()} == {("$19.99", 0)}
        assert shop.summary()["feeds"] == {"MP_ITEM": 1}, "what was previewed goes together, too"


async def test_a_product_changed_after_its_preview_is_not_in_the_feed(tmp_path: Path) -> None:
    async with open_walmart(tmp_path) as shop:
        ids = await shop.add(us_lamp(1), us_lamp(2), us_lamp(3))
        previews = shop.workspace.previews
        number = await previews.start(WorkRequest("publish", ids, (shop.account.id,)))
        await previews.wait(number)
        product = await shop.workspace.products.get(ids[1])
        assert product is not None
        await shop.workspace.products.save(replace(product, price=Money(1999, "USD")))
        (batch_id,) = await previews.submit(number)
        batch = await shop.workspace.engine.wait_batch(batch_id)
        assert batch is not None
        assert (batch.completed, batch.failed) == (2, 1)
        assert set(shop.summary()["sent"]) == {"LAMP-1", "LAMP-3"}


async def test_what_is_on_the_account_already_is_adopted(tmp_path: Path) -> None:
    async with open_walmart(tmp_path / "first") as shop:
        assert (await shop.do("publish", *await shop.add(us_lamp(1), us_lamp(2)))).completed == 2
    (tmp_path / "second").mkdir()
    shutil.copy(tmp_path / "first" / "marketplace.jsonl", tmp_path / "second")
    async with open_walmart(tmp_path / "second") as shop:
        await shop.add(us_lamp(1), us_lamp(2))
        batch = await shop.workspace.engine.wait_batch(await shop.workspace.look_for_listings(shop.account.id))
        assert batch is not None
        assert batch.completed == 1, await shop.problems(batch)
        adoptions = shop.workspace.adoptions
        found = await adoptions.ids(shop.account.id, list(Match))
        assert len(found) == 2
        adopted = await adoptions.adopt(found)
        batch = await shop.do("sync", *adopted)
        assert batch.completed == 2, await shop.problems(batch)
        assert (await shop.listing(adopted[0])).state is ListingState.LIVE


async def test_prices_of_families_go_in_feeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mmhub_desktop.marketplaces.walmart.changing.SINGLE_PRICES", 1)  # however they come together
    async with open_walmart(tmp_path) as shop:
        parents, children = [], []
        for number in range(10, 40, 10):
            (parent,) = await shop.add(us_lamp(number, gtin="", quantity=0))
            parents.append(parent)
            children += await shop.add(
                us_lamp(number + 1, parent_id=parent, options={"Colour": "Blue"}),
                us_lamp(number + 2, parent_id=parent, options={"Colour": "Red"}),
            )
        batch = await shop.do("publish", *parents)
        assert batch.completed == 3, await shop.problems(batch)
        for child in children:
            await shop.change(child, price=Money(2999, "USD"), quantity=9)
        batch = await shop.do("update", *parents)
        assert batch.completed == 3, await shop.problems(batch)
        items = shop.server.practice.details()
        assert {(item["price"], item["quantity"]) for item in items.values()} == {("$29.99", 9)}
        assert shop.summary()["feeds"]["PRICE_AND_PROMOTION"] >= 1
        assert "PUT /v3/price" not in shop.summary()["requests"]
