"""Twenty products through the engine to the practice Etsy and back, while things go wrong there."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

from mmhub_desktop.domain.ids import PreviewId, ProductId
from mmhub_desktop.domain.job import BatchJob, WorkRequest
from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.preview import PreviewDetail
from mmhub_desktop.domain.product import Product, ProductStatus, Text
from tests.fakes.shop import Shop, lamp, open_shop

FAULTS = ["500", "503", "429_retry_after", "401", "drop_before", "drop_after", "500_after"]
PICTURES = ("lampara-escritorio-1.jpg", "lampara-escritorio-2.jpg")


def etsy_lamp(number: int = 1, **changes: Any) -> Product:
    """A lamp that the practice Etsy takes."""
    text = Text(f"Oak desk lamp number {number}", "A lamp of oak with a linen shade.", ("desk lamp", "oak"))
    return lamp(number, **{"original": text, "price": Money(2499, "USD"), "images": PICTURES, **changes})


def listings(shop: Shop) -> list[dict[str, Any]]:
    """The marketplace's own books."""
    return [row["value"] for row in shop.server.practice.state.table("listings").values()]  # type: ignore[attr-defined]


async def test_twenty_are_published_updated_and_ended_while_things_go_wrong(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="etsy") as shop:
        shop.faults(failure_rate=0.1, failure_kinds=FAULTS, seed=7)
        ids = await shop.publish(etsy_lamp, 20)
        summary = shop.summary()
        assert summary["live_items"] == 20
        assert summary["creates"] == 20
        assert summary["duplicate_skus"] == []
        assert summary["fees"] == 20, "each is published once"
        assert sum(summary["failures"].values()) > 5, "things did go wrong"
        assert {len(row["images"]) for row in listings(shop)} == {2}
        assert (await shop.listing(ids[0])).state is ListingState.LIVE

        for product_id in ids:
            await shop.change(product_id, price=Money(1999, "USD"), quantity=3)
        await shop.done("update", *ids)
        offerings = [row["products"][0]["offerings"][0] for row in listings(shop)]
        assert {(one["price"], one["quantity"]) for one in offerings} == {(1999, 3)}

        await shop.done("end", *ids)
        summary = shop.summary()
        assert (summary["live_items"], summary["creates"], summary["fees"]) == (0, 20, 20)
        assert (await shop.listing(ids[0])).state is ListingState.PAUSED


async def preview(shop: Shop, action: str, *ids: ProductId) -> tuple[PreviewId, list[PreviewDetail]]:
    """A finished preview with its lines."""
    service = shop.workspace.previews
    number = await service.start(WorkRequest(action, ids, (shop.account.id,)))
    await service.wait(number)
    lines = [await service.store.detail(row) for row in await service.store.ids(number)]
    return number, [line for line in lines if line is not None]


async def send(shop: Shop, number: PreviewId) -> BatchJob:
    """What was previewed, done."""
    (batch_id,) = await shop.workspace.previews.submit(number)
    batch = await shop.workspace.engine.wait_batch(batch_id)
    assert batch is not None
    return batch


async def test_a_draft_by_wish_is_done_and_goes_live_when_the_wish_changes(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="etsy") as shop:
        hook = await shop.workspace.webhooks.add("http://127.0.0.1:9/hook", ["product.published"])
        await shop.workspace.change_account(shop.account.id, {"publish": "draft"})
        (product,) = await shop.publish(etsy_lamp, 1)
        listing = await shop.listing(product)
        assert (listing.state, [one.rule for one in listing.findings]) == (ListingState.PAUSED, ["etsy.draft"])
        stored = await shop.workspace.products.get(product)
        assert stored is not None
        assert stored.status is ProductStatus.IMPORTED, "nobody can buy it"
        assert shop.summary()["fees"] == 0
        outbox = shop.workspace.webhooks.outbox
        assert await outbox.messages(hook.id) == [], "nobody is told that it was published"

        await shop.change(product, price=Money(1999, "USD"))
        batch = await shop.do("update", product)
        assert batch.completed == 1, await shop.problems(batch)
        assert listings(shop)[0]["products"][0]["offerings"][0]["price"] == 1999

        await shop.workspace.change_account(shop.account.id, {"publish": "active"})
        number, (line,) = await preview(shop, "publish", product)
        assert [one.method for one in line.requests] == ["PUT", "PATCH"], "the draft is there: no second one is made"
        batch = await send(shop, number)
        assert batch.completed == 1, await shop.problems(batch)
        assert (await shop.listing(product)).state is ListingState.LIVE
        assert (shop.summary()["creates"], shop.summary()["fees"]) == (1, 1)
        assert [one.event_type for one in await outbox.messages(hook.id)] == ["product.published"]
        _, (line,) = await preview(shop, "publish", product)
        assert not line.requests, "what is complete is not published again"


async def test_what_is_previewed_is_what_is_sent(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="etsy") as shop:
        (product,) = await shop.add(etsy_lamp())
        number, (line,) = await preview(shop, "publish", product)
        words = [(one.method, one.path.partition("?")[0].rpartition("/")[2]) for one in line.requests]
        assert words == [("POST", "listings"), ("PUT", "inventory"), ("PATCH", "{{listing_id}}")]
        batch = await send(shop, number)
        assert batch.completed == 1, await shop.problems(batch)
        assert (await shop.listing(product)).state is ListingState.LIVE


async def test_a_publication_that_was_refused_goes_on_where_it_was(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="etsy") as shop:
        shop.faults(stays_draft=True)
        (product,) = await shop.add(etsy_lamp())
        batch = await shop.do("publish", product)
        assert batch.failed == 1
        listing = await shop.listing(product)
        assert [one.rule for one in listing.findings] == ["etsy.still_draft"]
        shop.faults(stays_draft=False)
        batch = await shop.do("publish", product)  # not the failed job again, but a new wish
        assert batch.completed == 1, await shop.problems(batch)
        assert (await shop.listing(product)).state is ListingState.LIVE
        assert shop.summary()["creates"] == 1


async def test_a_listing_that_was_there_before_is_left_as_it_is(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="etsy") as shop:
        (product,) = await shop.publish(etsy_lamp, 1)
        (before,) = listings(shop)
        stored = await shop.workspace.products.get(product)
        assert stored is not None
        await shop.workspace.products.delete([product])
        (again,) = await shop.add(replace(stored, id=ProductId(0), quantity=9, images=PICTURES[:1]))
        batch = await shop.do("publish", again)
        assert batch.completed == 1, await shop.problems(batch)
        assert listings(shop) == [before], "found by its SKU, neither pictures nor stock were touched"
        assert (await shop.listing(again)).remote_id == str(before["listing_id"])


async def test_lost_creates_of_twins_are_each_found_again(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="etsy") as shop:
        lost = {"method": "POST", "path": "*/listings", "drop": True, "after_effect": True, "times": 3}
        shop.faults(fail_next=[lost])
        text = Text("The same oak desk lamp", "A lamp of oak.")
        ids = await shop.add(*(etsy_lamp(n, original=text) for n in range(1, 4)))
        batch = await shop.do("publish", *ids)
        assert batch.completed == 3, await shop.problems(batch)
        assert shop.summary()["creates"] == 3, "a lost answer makes no second draft"
        assert {row["products"][0]["sku"] for row in listings(shop)} == {"LAMP-1", "LAMP-2", "LAMP-3"}
        assert len({(await shop.listing(one)).remote_id for one in ids}) == 3


async def test_pictures_that_broke_off_are_whole_after_a_restart(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="etsy") as shop:
        ids = await shop.add(etsy_lamp())
        shop.faults(fail_next=[{"path": "*/images", "status": 503, "after_effect": True, "times": 2}])
        asked = asyncio.Event()

        async def note(request: httpx.Request) -> None:
            if request.url.path.endswith("/images"):
                asked.set()

        adapter = await shop.workspace.adapter(shop.account.id)
        adapter.connection.http.event_hooks["request"].append(note)
        batch_id = await shop.workspace.submit(WorkRequest("publish", ids, (shop.account.id,)))
        await asyncio.wait_for(asked.wait(), 20)
    async with open_shop(tmp_path, marketplace="etsy") as shop:
        batch = await shop.workspace.engine.wait_batch(batch_id)
        assert batch is not None
        assert batch.completed == 1, await shop.problems(batch)
        (row,) = listings(shop)
        assert sorted(one["rank"] for one in row["images"]) == [1, 2]
        assert (await shop.listing(ids[0])).state is ListingState.LIVE


async def test_stock_that_ends_and_returns(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="etsy") as shop:
        (product,) = await shop.publish(etsy_lamp, 1)
        await shop.change(product, quantity=0)
        batch = await shop.do("update", product)
        assert batch.completed == 1, await shop.problems(batch)
        listing = await shop.listing(product)
        assert (listing.state, listing.last_read["quantity"]) == (ListingState.PAUSED, "0")
        batch = await shop.do("update", product)
        assert batch.completed == 1, "nothing differs now"
        await shop.change(product, quantity=4)
        batch = await shop.do("update", product)
        assert batch.completed == 1, await shop.problems(batch)
        assert (await shop.listing(product)).state is ListingState.LIVE
        assert shop.summary()["fees"] == 1


async def test_a_product_with_variants_is_one_listing(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="etsy") as shop:
        (parent,) = await shop.add(etsy_lamp(1))
        blue, _ = await shop.add(
            etsy_lamp(2, parent_id=parent, options={"Color": "Blue"}),
            etsy_lamp(3, parent_id=parent, options={"Color": "Red"}, quantity=0),
        )
        batch = await shop.do("publish", parent)
        assert batch.completed == 1, await shop.problems(batch)
        (row,) = listings(shop)
        assert [one["sku"] for one in row["products"]] == ["LAMP-2", "LAMP-3"]
        assert [one["property_values"][0]["values"] for one in row["products"]] == [["Blue"], ["Red"]]
        assert (await shop.listing(parent)).state is ListingState.LIVE
        await shop.change(blue, price=Money(1999, "USD"), quantity=2)
        _, (line,) = await preview(shop, "update", parent)
        assert [(field.name, field.new) for field in line.fields] == [
            ("price", "LAMP-2: 19.99 USD"), ("quantity", "LAMP-2: 2"),
        ]  # fmt: skip
        batch = await shop.do("update", parent)
        assert batch.completed == 1, await shop.problems(batch)
        offers = [one["offerings"][0] for one in listings(shop)[0]["products"]]
        assert [(one["price"], one["quantity"]) for one in offers] == [(1999, 2), (2499, 0)]
        await shop.change(blue, quantity=0)
        batch = await shop.do("update", parent)
        assert batch.completed == 1, await shop.problems(batch)
        assert (await shop.listing(parent)).state is ListingState.PAUSED
        await shop.change(blue, quantity=6)
        batch = await shop.do("update", parent)
        assert batch.completed == 1, await shop.problems(batch)
        assert (await shop.listing(parent)).state is ListingState.LIVE
        assert shop.summary()["fees"] == 1
