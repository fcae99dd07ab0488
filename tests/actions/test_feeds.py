"""A marketplace that takes changes as feeds: sent together, followed together, each listing with its own end."""

from collections import Counter
from decimal import Decimal
from pathlib import Path

from mmhub_desktop.domain.job import JobState, WorkRequest
from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Text
from tests.fakes.feed_market import FeedServer, FeedShop, open_feed_shop
from tests.fakes.shop import lamp

LAMPS = 300


async def problems(shop: FeedShop, batch_id: int) -> Counter[str]:
    """The original words of what failed."""
    ids = await shop.workspace.jobs.job_ids(batch_id)  # type: ignore[arg-type]
    return Counter(job.problem.original for job in await shop.workspace.jobs.jobs(ids) if job.problem)


async def test_a_feed_for_all_polls_for_all_and_an_end_for_each(tmp_path: Path) -> None:
    async with open_feed_shop(tmp_path) as shop:
        shop.server.ceiling = 50_000
        products = await shop.list_lamps(LAMPS)
        dear = products[:3]
        for product_id in dear:
            product = await shop.workspace.products.get(product_id)
            assert product is not None
            await shop.workspace.products.save(replace_price(product, 60_000))
        batch = await shop.update(*products, fields=["price"])
        assert (batch.completed, batch.failed) == (LAMPS - 3, 3)
        assert (await problems(shop, batch.id)) == Counter({"price 60000 is too high": 3})
        refused = await shop.workspace.listings.get(dear[0], shop.account.id)
        assert refused.findings[0].rule == "feed.refused"
        assert Counter(item["price"] for item in shop.server.items.values()) == {24_990: LAMPS - 3, 1_000: 3}
        calls = shop.server.calls
        assert calls["feed"] <= 3
        assert calls["poll"] <= 3 * calls["feed"] * (shop.server.polls + 1)  # one for each job would be hundreds
        assert calls["read"] <= 2 * (LAMPS // 200 + 3)
        listing = await shop.workspace.listings.get(products[-1], shop.account.id)
        assert listing.last_read["price"] == "24,990 CLP"


async def test_a_feed_whose_answer_was_lost_is_sent_again(tmp_path: Path) -> None:
    """Setting prices again is harmless; what must not happen twice looks first, see tests/jobs/test_gathering.py."""
    async with open_feed_shop(tmp_path) as shop:
        shop.server.lose = 1
        products = await shop.list_lamps(20)
        batch = await shop.update(*products, fields=["price"])
        assert batch.completed == 20
        assert {item["price"] for item in shop.server.items.values()} == {24_990}


async def test_what_sleeps_goes_on_after_a_restart(tmp_path: Path) -> None:
    server = FeedServer(polls=10**9)
    async with open_feed_shop(tmp_path, server) as shop:
        products = await shop.list_lamps(20)
        batch_id = await shop.workspace.submit(
            WorkRequest("update", products, (shop.account.id,), options={"fields": ["price"]})
        )
        while server.calls["poll"] < 2:
            await shop.workspace.engine.wait_idle()
            await shop.workspace.db.write(lambda _: None)
        await shop.workspace.engine.wait_idle()
        assert (await shop.workspace.jobs.counts()).get(JobState.RUNNING, 0) == 0
    for feed in server.feeds.values():
        feed["left"] = 0
    sent = server.calls["feed"]
    async with open_feed_shop(tmp_path, server) as shop:
        batch = await shop.workspace.engine.wait_batch(batch_id)
        assert batch is not None
        assert batch.completed == 20
    assert server.calls["feed"] == sent


def replace_price(product, minor: int):  # type: ignore[no-untyped-def]
    """The product with another price."""
    from dataclasses import replace

    return replace(product, price=Money.of(Decimal(minor), "CLP"))


async def test_new_listings_go_in_one_feed_and_each_comes_to_its_own_end(tmp_path: Path) -> None:
    async with open_feed_shop(tmp_path) as shop:
        shop.server.ceiling = 50_000
        address = "https://pictures.example.com/lamp.jpg"
        products = [await shop.workspace.products.save(lamp(n, images=(address,))) for n in range(1, 61)]
        dear = await shop.workspace.products.get(products[0])
        assert dear is not None
        await shop.workspace.products.save(replace_price(dear, 60_000))
        batch = await shop.do("publish", *products)
        assert (batch.completed, batch.failed) == (59, 1), await problems(shop, batch.id)
        assert await problems(shop, batch.id) == Counter({"price 60000 is too high": 1})
        refused = await shop.workspace.listings.get(products[0], shop.account.id)
        assert (refused.state, refused.findings[0].rule) == (ListingState.REJECTED, "feed.refused")
        assert shop.server.calls["feed"] <= 3
        assert set(shop.server.created.values()) == {1}
        assert len(shop.server.created) == 59
        assert {item["note"] for item in shop.server.items.values()} == {lamp(1).original.description}
        sent = [one for feed in shop.server.feeds.values() for one in feed["changes"]]
        assert {tuple(one["pictures"]) for one in sent} == {(address,)}


async def test_a_feed_of_new_listings_whose_answer_was_lost_is_found_not_repeated(tmp_path: Path) -> None:
    server = FeedServer(lose=1, polls=5)
    async with open_feed_shop(tmp_path, server) as shop:
        products = [await shop.workspace.products.save(lamp(n, images=())) for n in range(1, 21)]
        batch = await shop.do("publish", *products)
        assert batch.completed == 20
    assert server.calls["feed"] == 1
    assert set(server.created.values()) == {1}
    assert all("note" in item for item in server.items.values())


async def test_a_picture_of_this_machine_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    async with open_feed_shop(tmp_path) as shop:
        product = await shop.workspace.products.save(lamp(1, images=("lamp.png",)))
        batch = await shop.do("publish", product)
        assert batch.failed == 1
        (job,) = await shop.workspace.jobs.jobs(await shop.workspace.jobs.job_ids(batch.id))
        assert job.problem is not None
        assert "only on this computer" in job.problem.message
        assert shop.server.calls["feed"] == 0


async def test_what_was_previewed_goes_one_by_one_where_feeds_cannot_be_taken_apart(tmp_path: Path) -> None:
    """Each is held to its own bytes; a marketplace with ``take_apart`` sends them together (tests of Walmart)."""
    async with open_feed_shop(tmp_path) as shop:
        plain = [lamp(n, images=(), original=Text(f"Lamp {n}")) for n in range(1, 4)]
        products = [await shop.workspace.products.save(one) for one in plain]
        previews = shop.workspace.previews
        number = await previews.start(WorkRequest("publish", tuple(products), (shop.account.id,)))
        await previews.wait(number)
        (batch_id,) = await previews.submit(number)
        batch = await shop.workspace.engine.wait_batch(batch_id)
        assert batch is not None
        assert batch.completed == 3, await problems(shop, batch.id)
        assert shop.server.calls["feed"] == 3
        assert set(shop.server.created.values()) == {1}


async def test_previewed_changes_go_one_by_one_where_feeds_cannot_be_taken_apart(tmp_path: Path) -> None:
    async with open_feed_shop(tmp_path) as shop:
        products = await shop.list_lamps(4)
        previews = shop.workspace.previews
        number = await previews.start(
            WorkRequest("update", products, (shop.account.id,), options={"fields": ["price"]})
        )
        await previews.wait(number)
        (batch_id,) = await previews.submit(number)
        batch = await shop.workspace.engine.wait_batch(batch_id)
        assert batch is not None
        assert batch.completed == 4, await problems(shop, batch.id)
        assert shop.server.calls["feed"] == 4
        assert {item["price"] for item in shop.server.items.values()} == {24_990}
