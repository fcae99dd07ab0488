"""Twenty products through the engine to the practice Allegro and back, while things go wrong there."""

import asyncio
from pathlib import Path
from typing import Any

import httpx

from mmhub_desktop.domain.job import WorkRequest
from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Product, Text
from tests.fakes.shop import Shop, lamp, open_shop

FAULTS = ["500", "503", "429_retry_after", "401", "drop_before", "drop_after", "500_after"]


def allegro_lamp(number: int = 1, **changes: Any) -> Product:
    """A lamp that the practice Allegro takes."""
    values = {"price": Money(12900, "PLN"), "attributes": {"Model": "Flex", "Power": "8 W"}}
    return lamp(number, **{**values, **changes})


async def change(shop: Shop, ids: tuple[Any, ...], **changes: Any) -> None:
    """Other values for products, and an update of their listings."""
    for product_id in ids:
        await shop.change(product_id, **changes)
    await shop.done("update", *ids)


def offers(shop: Shop) -> list[dict[str, Any]]:
    """What the practice marketplace holds."""
    return [offer for _, offer in shop.server.practice.offers]  # type: ignore[attr-defined]


async def test_twenty_are_published_updated_and_ended_while_things_go_wrong(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="allegro") as shop:
        shop.faults(failure_rate=0.1, failure_kinds=FAULTS, seed=7)
        ids = await shop.publish(allegro_lamp, 20)
        summary = shop.summary()
        assert summary["live_items"] == 20
        assert summary["duplicate_skus"] == []
        assert summary["creates"] == 20
        assert sum(summary["failures"].values()) > 5, "things did go wrong"
        assert (await shop.listing(ids[0])).state is ListingState.LIVE

        await change(shop, ids, price=Money(9900, "PLN"), quantity=3)
        assert {offer["stock"]["available"] for offer in offers(shop)} == {3}
        assert {offer["sellingMode"]["price"]["amount"] for offer in offers(shop)} == {"99.00"}

        await shop.done("end", *ids)
        assert shop.summary()["live_items"] == 0
        assert (await shop.listing(ids[0])).state is ListingState.ENDED


async def test_what_allegro_works_on_for_a_while_is_followed(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="allegro") as shop:
        shop.faults(later=True, ready_after_s=1.0, live_after_s=0.5, retry_after_s=1)
        ids = await shop.publish(allegro_lamp, 3)
        assert (await shop.listing(ids[0])).state is ListingState.LIVE
        await change(shop, ids, original=Text("Lampa biurkowa Lumea po nowemu", "Nowy opis."))
        assert {offer["name"] for offer in offers(shop)} == {"Lampa biurkowa Lumea po nowemu"}
        batch = await shop.do("end", *ids)
        assert batch.completed == 3, await shop.problems(batch)
        assert (await shop.listing(ids[2])).state is ListingState.ENDED
        assert shop.summary()["creates"] == 3


async def test_equal_quantities_go_in_one_command(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="allegro") as shop:
        ids = await shop.publish(allegro_lamp, 12)
        before = shop.summary()["requests"]
        await change(shop, ids, quantity=2)
        after = shop.summary()["requests"]
        commands = "PUT /sale/offer-quantity-change-commands/{command}"
        edits = "PATCH /sale/product-offers/{offer}"
        assert after.get(commands, 0) - before.get(commands, 0) <= 2
        assert after.get(edits, 0) == before.get(edits, 0)
        assert {offer["stock"]["available"] for offer in offers(shop)} == {2}


async def test_sold_out_offers_come_back_with_stock(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="allegro") as shop:
        ids = await shop.publish(allegro_lamp, 2)
        await change(shop, ids, quantity=0)
        assert shop.summary()["live_items"] == 0
        assert (await shop.listing(ids[0])).state is ListingState.PAUSED
        await change(shop, ids, quantity=6)
        assert shop.summary()["live_items"] == 2
        assert (await shop.listing(ids[0])).state is ListingState.LIVE


async def test_a_draft_that_was_refused_is_mended_not_made_again(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="allegro") as shop:
        shop.faults(publication_fails="The seller has to confirm the account first.")
        ids = await shop.add(allegro_lamp())
        batch = await shop.do("publish", *ids)
        assert batch.failed == 1
        listing = await shop.listing(ids[0])
        assert listing.state is ListingState.REJECTED
        assert "confirm the account" in listing.findings[0].message
        shop.faults(publication_fails="")
        fields = {name: getattr(allegro_lamp(), name) for name in Product.__dataclass_fields__}
        product = await shop.workspace.products.get(ids[0])
        assert product is not None
        mended = Product(**{**fields, "id": product.id, "original": Text("Lampa biurkowa Lumea mocniejsza", "Opis.")})
        await shop.workspace.products.save(mended)
        batch = await shop.do("publish", *ids)
        assert batch.completed == 1, await shop.problems(batch)
        assert [offer["name"] for offer in offers(shop)] == ["Lampa biurkowa Lumea mocniejsza"]
        assert shop.summary()["live_items"] == 1


async def test_a_product_of_the_catalogue_is_used(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="allegro") as shop:
        mug = Text("Kubek ceramiczny Ikea 350 ml biały", "Kubek.")
        ids = await shop.add(allegro_lamp(1, original=mug, gtin="5901234123457", attributes={}))
        batch = await shop.do("publish", *ids)
        assert batch.completed == 1, await shop.problems(batch)
        (offer,) = offers(shop)
        assert offer["productSet"][0]["product"]["id"] == "00000000-0000-4000-8000-000000000001"


async def test_a_barcode_of_several_products_is_asked_about(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="allegro") as shop:
        ids = await shop.add(allegro_lamp(1, gtin="4006381333931"))
        batch = await shop.do("publish", *ids)
        assert batch.failed == 1
        (finding,) = [one for one in (await shop.listing(ids[0])).findings if one.blocks]
        assert finding.field == "gtin"
        assert "2 products" in finding.message
        assert shop.summary()["creates"] == 0


async def test_after_a_restart_everything_is_as_it_was(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="allegro") as shop:
        ids = await shop.publish(allegro_lamp, 3)
    async with open_shop(tmp_path, marketplace="allegro") as shop:
        batch = await shop.do("sync", *ids)
        assert batch.completed == 3, await shop.problems(batch)
        assert shop.summary()["live_items"] == 3
        assert (await shop.listing(ids[2])).state is ListingState.LIVE


async def test_what_was_accepted_is_followed_after_a_restart(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="allegro") as shop:
        shop.faults(later=True, ready_after_s=600, retry_after_s=1)
        ids = await shop.add(allegro_lamp(1), allegro_lamp(2))
        batch_id = await shop.workspace.submit(WorkRequest("publish", ids, (shop.account.id,)))
        asked = asyncio.Event()

        async def listen(request: httpx.Request) -> None:
            if "/operations/" in request.url.path:
                asked.set()

        http = (await shop.workspace.adapter(shop.account.id)).connection.http
        http.event_hooks["request"].append(listen)
        await asyncio.wait_for(asked.wait(), 20)
    async with open_shop(tmp_path, marketplace="allegro", run=False) as shop:
        assert shop.summary()["live_items"] == 0
        shop.faults(ready_after_s=0)
        await shop.workspace.engine.start()
        batch = await shop.workspace.engine.wait_batch(batch_id)
        assert batch is not None
        assert batch.completed == 2, await shop.problems(batch)
        summary = shop.summary()
        assert (summary["live_items"], summary["creates"]) == (2, 2)
        assert "PATCH /sale/product-offers/{offer}" not in summary["requests"], "the drafts were as wished"
