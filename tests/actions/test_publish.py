"""Publish, against the practice marketplace: the normal way, refusals, lost answers, nothing twice."""

from dataclasses import replace
from pathlib import Path

import pytest

from mmhub_desktop.domain.job import JobState
from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.product import ProductStatus, Text
from mmhub_desktop.marketplaces.base import Mapped, RemoteImage
from mmhub_desktop.paths import resource
from tests.fakes.shop import lamp, open_shop


async def test_a_product_becomes_a_live_listing(tmp_path: Path) -> None:
    images = resource("samples/images")
    names = tuple(sorted(path.name for path in images.glob("*.jpg"))[:2])
    async with open_shop(tmp_path) as shop:
        (product,) = await shop.add(lamp(images=names, image_base=str(images)))
        batch = await shop.do("publish", product)
        listing = await shop.listing(product)
        stored = await shop.workspace.products.get(product)
        log = await shop.workspace.listings.log_of(product)
        remote = await (await shop.workspace.adapter(shop.account.id)).read(listing.remote_id)
    assert (batch.completed, batch.failed) == (1, 0)
    assert listing.state is ListingState.LIVE
    assert listing.live_at is not None
    assert listing.url.startswith("http")
    assert stored is not None
    assert stored.status is ProductStatus.PUBLISHED
    assert {entry.field for entry in log} >= {"remote_id", "title", "price", "quantity"}
    assert (remote.sku, remote.quantity, str(remote.price)) == ("LAMP-1", 5, "24,990 CLP")
    assert len(remote.raw["pictures"]) == 2


async def test_publishing_again_creates_nothing(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (product,) = await shop.add(lamp())
        await shop.do("publish", product)
        again = await shop.do("publish", product)
        assert again.completed == 1, await shop.problems(again)
        assert shop.summary()["creates"] == 1


async def test_a_listing_that_is_already_there_is_adopted(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (product,) = await shop.add(lamp())
        await shop.do("publish", product)
        first = await shop.listing(product)
        await shop.workspace.delete_products([product])
        (again,) = await shop.add(lamp())
        await shop.do("publish", again)
        assert (await shop.listing(again)).remote_id == first.remote_id
        assert shop.summary()["creates"] == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"price": None}, "price"),
        ({"original": Text("")}, "title"),
        ({"active": False}, "active"),
        ({"quantity": -1}, "quantity"),
    ],
)
async def test_an_unready_product_is_refused_before_anything_is_sent(
    tmp_path: Path, changes: dict[str, object], field: str
) -> None:
    async with open_shop(tmp_path) as shop:
        (product,) = await shop.add(lamp(**changes))
        batch = await shop.do("publish", product)
        listing = await shop.listing(product)
        stored = await shop.workspace.products.get(product)
        assert batch.failed == 1
        assert [finding.field for finding in listing.findings] == [field]
        assert stored is not None
        assert stored.status is ProductStatus.FAILED
        assert shop.summary()["creates"] == 0


async def test_a_mended_product_goes_out_with_retry(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (product,) = await shop.add(lamp(original=Text("Lámpara " * 12)))
        batch = await shop.do("publish", product)
        assert batch.failed == 1
        stored = await shop.workspace.products.get(product)
        assert stored is not None
        await shop.workspace.products.save(replace(stored, original=Text("Lámpara de escritorio Lumea")))
        await shop.workspace.engine.retry_batch(batch.id)
        ended = await shop.workspace.engine.wait_batch(batch.id)
        assert ended is not None
        assert ended.state is JobState.COMPLETED
        assert (await shop.listing(product)).state is ListingState.LIVE


@pytest.mark.parametrize("lag_s", [0, 0.3])
async def test_a_create_whose_answer_is_lost_is_not_repeated(tmp_path: Path, lag_s: float) -> None:
    async with open_shop(tmp_path, lag="0.2,0.2,0.2") as shop:
        shop.faults(
            lookup_lag_s=lag_s,
            fail_next=[{"path": "/items", "method": "POST", "drop": True, "after_effect": True, "times": 1}],
        )
        (product,) = await shop.add(lamp())
        batch = await shop.do("publish", product)
        assert batch.completed == 1, await shop.problems(batch)
        assert shop.summary()["creates"] == 1


async def test_a_create_that_never_arrived_is_made_after_the_lag(tmp_path: Path) -> None:
    async with open_shop(tmp_path, lag="0.1,0.1") as shop:
        shop.faults(fail_next=[{"path": "/items", "method": "POST", "drop": True, "after_effect": False, "times": 1}])
        (product,) = await shop.add(lamp())
        batch = await shop.do("publish", product)
        assert batch.completed == 1, await shop.problems(batch)
        assert shop.summary()["creates"] == 1


async def test_accepted_is_not_live(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        shop.faults(live_after_s=0.4)
        (product,) = await shop.add(lamp())
        batch = await shop.do("publish", product)
        assert batch.completed == 1, await shop.problems(batch)
        assert (await shop.listing(product)).state is ListingState.LIVE
        (job,) = await shop.workspace.jobs.jobs(await shop.workspace.jobs.job_ids(batch.id))
        tasks = {task.kind: task for task in await shop.workspace.jobs.tasks(job.id)}
        assert tasks["confirm_live"].attempts > 1


async def test_two_listings_with_the_same_sku_are_shown_not_chosen(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (first,) = await shop.add(lamp(1))
        await shop.do("publish", first)
        listing = await shop.listing(first)
        # At the marketplace's own site somebody makes a second listing with the same SKU.
        adapter = await shop.workspace.adapter(shop.account.id)
        pictures = (await adapter.read(listing.remote_id)).raw["pictures"]
        await adapter.create(Mapped(listing.last_sent["body"]), tuple(RemoteImage(one["id"]) for one in pictures))
        await shop.workspace.delete_products([first])
        (again,) = await shop.add(lamp(1))
        batch = await shop.do("publish", again)
        assert batch.failed == 1
        assert (await shop.listing(again)).findings[0].rule == "publish.duplicate"
        assert shop.summary()["creates"] == 2
