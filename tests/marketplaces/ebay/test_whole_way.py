"""Twenty products through the engine to the practice eBay and back, while things go wrong there."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mmhub_desktop.domain.job import WorkRequest
from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.preview import PreviewDetail
from mmhub_desktop.domain.product import Product
from tests.fakes.shop import Shop, lamp, open_shop

FAULTS = ["500", "503", "429_retry_after", "401", "drop_before", "drop_after", "500_after"]


def ebay_lamp(number: int = 1, **changes: Any) -> Product:
    """A lamp that the practice eBay takes."""
    return lamp(number, **{"price": Money(2499, "USD"), **changes})


async def test_twenty_are_published_updated_and_ended_while_things_go_wrong(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="ebay") as shop:
        shop.faults(failure_rate=0.08, failure_kinds=FAULTS, seed=7)
        ids = await shop.publish(ebay_lamp, 20)
        summary = shop.summary()
        assert summary["live_items"] == 20
        assert summary["duplicate_skus"] == []
        assert summary["creates"] == 20
        assert summary["offers"] == 20
        assert sum(summary["failures"].values()) > 10, "things did go wrong"
        listing = await shop.listing(ids[0])
        assert listing.state is ListingState.LIVE
        assert listing.url.startswith("https://www.ebay.com/itm/1105")

        for product_id in ids:
            await shop.change(product_id, price=Money(1999, "USD"), quantity=3)
        await shop.done("update", *ids)
        rows = shop.server.practice.details()  # type: ignore[attr-defined]
        offers = [row["offers"][0] for row in rows.values()]
        assert {offer["availableQuantity"] for offer in offers} == {3}
        assert {offer["pricingSummary"]["price"]["value"] for offer in offers} == {"19.99"}

        await shop.done("end", *ids)
        assert shop.summary()["live_items"] == 0
        assert (await shop.listing(ids[0])).state is ListingState.ENDED


async def test_what_was_ended_is_published_again_under_its_old_offer(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="ebay") as shop:
        ids = await shop.publish(ebay_lamp, 1)
        first = await shop.listing(ids[0])
        await shop.do("end", *ids)
        batch = await shop.do("publish", *ids)
        assert batch.completed == 1, await shop.problems(batch)
        again = await shop.listing(ids[0])
        assert again.remote_id == first.remote_id
        assert again.url != first.url, "eBay gives it a new number"
        assert shop.summary()["duplicate_skus"] == []
        assert shop.summary()["offers"] == 1


async def test_a_refusal_names_the_field_and_keeps_ebays_words(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="ebay") as shop:
        shop.faults(selling_limit=7)
        ids = await shop.add(ebay_lamp(1), ebay_lamp(2))
        batch = await shop.do("publish", *ids)
        assert (batch.completed, batch.failed) == (1, 1)
        listings = [await shop.listing(one) for one in ids]
        (refused,) = [one for one in listings if one.state is ListingState.REJECTED]
        (finding,) = [one for one in refused.findings if one.blocks]
        assert finding.rule == "ebay.25026"
        assert "selling limit" in finding.message
        assert "number of items" in finding.original
        shop.faults(selling_limit=0)
        batch = await shop.do("publish", refused.product_id)
        assert batch.completed == 1, await shop.problems(batch)
        assert shop.summary()["offers"] == 2, "the offer of the first attempt was used"


async def test_after_a_restart_everything_is_as_it_was(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="ebay") as shop:
        ids = await shop.publish(ebay_lamp, 3)
    async with open_shop(tmp_path, marketplace="ebay") as shop:
        batch = await shop.do("sync", *ids)
        assert batch.completed == 3, await shop.problems(batch)
        assert shop.summary()["live_items"] == 3
        assert (await shop.listing(ids[2])).state is ListingState.LIVE


async def test_a_product_with_variants_is_one_listing(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="ebay") as shop:
        (parent,) = await shop.add(ebay_lamp(1))
        blue, _ = await shop.add(
            ebay_lamp(2, parent_id=parent, options={"Colour": "Blue"}, gtin=""),
            ebay_lamp(3, parent_id=parent, options={"Colour": "Red"}, quantity=0, gtin=""),
        )
        batch = await shop.do("publish", parent)
        assert batch.completed == 1, await shop.problems(batch)
        summary = shop.summary()
        assert (summary["live_items"], summary["creates"], summary["offers"]) == (1, 1, 2)
        assert summary["creates_by_sku"] == {"LAMP-1": 1}
        batch = await shop.do("sync", parent)
        assert batch.completed == 1, await shop.problems(batch)
        assert (await shop.listing(parent)).state is ListingState.LIVE
        before = shop.summary()["requests"]
        batch = await shop.do("update", parent)
        assert batch.completed == 1, await shop.problems(batch)
        assert _bulk(shop.summary()["requests"]) == _bulk(before), "nothing differs"
        await shop.change(blue, price=Money(1999, "USD"), quantity=2)
        (line,) = await preview_lines(shop, "update", parent)
        assert [(field.name, field.old, field.new) for field in line.fields] == [
            ("price", "LAMP-2: 24.99 USD", "LAMP-2: 19.99 USD"),
            ("quantity", "LAMP-2: 5", "LAMP-2: 2"),
        ]
        batch = await shop.do("update", parent)
        assert batch.completed == 1, await shop.problems(batch)
        (row,) = shop.server.practice.details().values()  # type: ignore[attr-defined]
        assert [offer["availableQuantity"] for offer in row["offers"]] == [2, 0]
        assert [offer["pricingSummary"]["price"]["value"] for offer in row["offers"]] == ["19.99", "24.99"]
        batch = await shop.do("end", parent)
        assert batch.completed == 1, await shop.problems(batch)
        assert shop.summary()["live_items"] == 0


# Steps of a create and a change that fail when earlier ones are done: what was shown must still be what is sent.
LATE = [
    {"method": "POST", "path": "/sell/inventory/v1/offer", "status": 503, "after_effect": True},
    {"method": "POST", "path": "/sell/inventory/v1/offer/*/publish", "status": 503},
    {"method": "POST", "path": "/sell/inventory/v1/offer/publish_by*", "status": 503},
    {"method": "POST", "path": "*bulk_update*", "status": 503, "after_effect": True},
]


def _bulk(requests: Mapping[str, int]) -> int:
    return requests.get("POST /sell/inventory/v1/bulk_update_price_quantity", 0)


async def preview_lines(shop: Shop, action: str, *ids: Any) -> list[PreviewDetail]:
    """The lines of a finished preview."""
    previews = shop.workspace.previews
    number = await previews.start(WorkRequest(action, ids, (shop.account.id,)))
    await previews.wait(number)
    lines = [await previews.store.detail(row) for row in await previews.store.ids(number)]
    return [line for line in lines if line is not None]


async def test_a_preview_is_what_is_sent(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="ebay") as shop:
        ids = await shop.add(ebay_lamp(1), ebay_lamp(2))
        for action in ("publish", "update", "end"):
            previews = shop.workspace.previews
            number = await previews.start(WorkRequest(action, ids, (shop.account.id,)))
            await previews.wait(number)
            shop.faults(fail_next=LATE)
            (batch_id,) = await previews.submit(number)
            batch = await shop.workspace.engine.wait_batch(batch_id)
            assert batch is not None
            assert batch.completed == 2, (action, await shop.problems(batch))
            for product_id in ids:
                await shop.change(product_id, price=Money(1999, "USD"), quantity=3)
        assert shop.summary()["live_items"] == 0
        rows = shop.server.practice.details()  # type: ignore[attr-defined]
        assert {row["offers"][0]["pricingSummary"]["price"]["value"] for row in rows.values()} == {"19.99"}


async def test_a_family_is_sent_as_previewed_while_steps_fail(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="ebay") as shop:
        (parent,) = await shop.add(ebay_lamp(1))
        children = await shop.add(
            ebay_lamp(2, parent_id=parent, options={"Colour": "Blue"}, gtin=""),
            ebay_lamp(3, parent_id=parent, options={"Colour": "Red"}, gtin=""),
        )
        for action in ("publish", "update", "end"):
            previews = shop.workspace.previews
            number = await previews.start(WorkRequest(action, (parent,), (shop.account.id,)))
            await previews.wait(number)
            shop.faults(fail_next=LATE)
            (batch_id,) = await previews.submit(number)
            batch = await shop.workspace.engine.wait_batch(batch_id)
            assert batch is not None
            assert batch.completed == 1, (action, await shop.problems(batch))
            shop.faults(fail_next=[])
            for child in children:
                await shop.change(child, quantity=9)
        (row,) = shop.server.practice.details().values()  # type: ignore[attr-defined]
        assert [offer["availableQuantity"] for offer in row["offers"]] == [9, 9]
        assert shop.summary()["offers"] == 2
