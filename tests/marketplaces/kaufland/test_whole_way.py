"""Twenty products through the engine to the practice Kaufland and back, while things go wrong there."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from mmhub_desktop.domain.job import WorkRequest
from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Product
from tests.fakes.shop import lamp, open_shop

FAULTS = ["500", "503", "429_retry_after", "drop_before", "drop_after", "500_after"]


def ean(number: int) -> str:
    """An EAN of its own for each lamp."""
    digits = f"20000000{number:04d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(f"{digits}0")))
    return f"{digits}{-total % 10}"


def kaufland_lamp(number: int = 1, **changes: Any) -> Product:
    """A lamp that the practice Kaufland takes, with all that a new product page needs."""
    values: dict[str, Any] = {
        "price": Money(2499, "EUR"),
        "gtin": ean(number),
        "images": (f"https://pictures.example.com/lamp-{number}.jpg",),
        "image_base": "",
        "attributes": {"Farbe": "Schwarz", "energy_efficiency_class": "E"},
    }
    return lamp(number, **{**values, **changes})


async def test_twenty_are_published_updated_and_ended_while_things_go_wrong(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="kaufland") as shop:
        # A second offer with the same SKU would be made, and be seen here.
        shop.faults(failure_rate=0.1, failure_kinds=FAULTS, seed=7, repeat_unit="duplicate", ready_after_polls=1)
        ids = await shop.publish(kaufland_lamp, 20)
        summary = shop.summary()
        assert summary["live_items"] == 20
        assert summary["duplicate_skus"] == []
        assert summary["creates"] == 20
        assert sum(summary["failures"].values()) > 5, "things did go wrong"
        listing = await shop.listing(ids[0])
        assert listing.state is ListingState.LIVE
        assert listing.url.startswith("https://www.kaufland.de/product/")

        for product_id in ids:
            product = await shop.workspace.products.get(product_id)
            assert product is not None
            await shop.workspace.products.save(replace(product, price=Money(1999, "EUR"), quantity=3))
        await shop.done("update", *ids)
        rows = shop.server.practice.details()  # type: ignore[attr-defined]
        assert {(row["listing_price"], row["amount"]) for row in rows.values()} == {(1999, 3)}

        await shop.done("end", *ids)
        assert shop.summary()["live_items"] == 0
        assert (await shop.listing(ids[0])).state is ListingState.ENDED


async def test_price_and_stock_of_many_go_in_one_call(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="kaufland") as shop:
        ids = await shop.publish(kaufland_lamp, 8)
        for product_id in ids:
            product = await shop.workspace.products.get(product_id)
            assert product is not None
            await shop.workspace.products.save(replace(product, quantity=2))
        batch = await shop.do("update", *ids)
        assert batch.completed == 8, await shop.problems(batch)
        requests = shop.summary()["requests"]
        assert 1 <= requests["POST /v2/units/bulk"] < 8
        assert "PATCH /v2/units/{id_unit}" not in requests
        rows = shop.server.practice.details()  # type: ignore[attr-defined]
        assert {row["amount"] for row in rows.values()} == {2}


async def test_what_was_previewed_goes_in_one_call_but_for_what_changed_since(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="kaufland") as shop:
        ids = await shop.publish(kaufland_lamp, 8)
        for product_id in ids:
            await shop.change(product_id, quantity=2, price=Money(1999, "EUR"))
        previews = shop.workspace.previews
        number = await previews.start(WorkRequest("update", ids, (shop.account.id,)))
        await previews.wait(number)
        await shop.change(ids[3], price=Money(99, "EUR"))
        (batch_id,) = await previews.submit(number)
        batch = await shop.workspace.engine.wait_batch(batch_id)
        assert batch is not None
        assert (batch.completed, batch.failed) == (7, 1), await shop.problems(batch)
        assert "changed after the preview" in (await shop.problems(batch))[0]
        requests = shop.summary()["requests"]
        assert 1 <= requests["POST /v2/units/bulk"] < 8
        assert "PATCH /v2/units/{id_unit}" not in requests
        rows = shop.server.practice.details()  # type: ignore[attr-defined]
        assert sorted((row["amount"], row["listing_price"]) for row in rows.values()) == [(2, 1999)] * 7 + [(5, 2499)]


async def test_a_changed_text_is_followed_until_kaufland_has_taken_it(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="kaufland") as shop:
        (product_id,) = await shop.publish(kaufland_lamp, 1)
        shop.faults(ready_after_polls=1)
        product = await shop.workspace.products.get(product_id)
        assert product is not None
        text = replace(product.original, description="Jetzt mit Dimmer.")
        await shop.workspace.products.save(replace(product, original=text))
        batch = await shop.do("update", product_id)
        assert batch.completed == 1, await shop.problems(batch)
        (row,) = shop.server.practice.details().values()  # type: ignore[attr-defined]
        assert row["data"][0]["description"] == ["Jetzt mit Dimmer."]
        assert row["data"][0]["picture"], "a change keeps what else was sent"


async def test_a_known_product_needs_the_offer_only(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="kaufland") as shop:
        (product_id,) = await shop.add(kaufland_lamp(gtin="4006381333931", attributes={}, brand=""))
        batch = await shop.do("publish", product_id)
        assert batch.completed == 1, await shop.problems(batch)
        assert shop.summary()["product_data"] == {}
        listing = await shop.listing(product_id)
        assert listing.state is ListingState.LIVE
        assert listing.last_read["title"] == "Stabilo Boss Textmarker gelb"


async def test_what_a_new_page_misses_is_named_before_anything_is_sent(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="kaufland") as shop:
        (product_id,) = await shop.add(kaufland_lamp(attributes={}))
        batch = await shop.do("publish", product_id)
        assert batch.failed == 1
        listing = await shop.listing(product_id)
        assert listing.state is ListingState.REJECTED
        assert {one.field for one in listing.findings if one.blocks} == {"attributes.colour"}
        assert (shop.summary()["creates"], shop.summary()["product_data"]) == (0, {})


async def test_refused_product_data_is_told_field_by_field(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="kaufland") as shop:
        shop.faults(missing_attribute="voltage")
        (product_id,) = await shop.add(kaufland_lamp())
        batch = await shop.do("publish", product_id)
        assert batch.failed == 1
        listing = await shop.listing(product_id)
        assert listing.state is ListingState.REJECTED
        assert [one.field for one in listing.findings if one.blocks] == ["attributes.voltage"]


async def test_an_offer_that_must_wait_for_its_product_is_made_when_that_is_there(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="kaufland") as shop:
        shop.faults(unknown_ean="refuse", ready_after_polls=1)
        ids = await shop.publish(kaufland_lamp, 1)
        assert shop.summary()["creates"] == 1
        assert shop.summary()["product_data"] == {ean(1): 1}, "the data is not sent anew: that would begin again"
        assert (await shop.listing(ids[0])).state is ListingState.LIVE


async def test_after_a_restart_everything_is_as_it_was(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="kaufland") as shop:
        ids = await shop.publish(kaufland_lamp, 3)
    async with open_shop(tmp_path, marketplace="kaufland") as shop:
        batch = await shop.do("sync", *ids)
        assert batch.completed == 3, await shop.problems(batch)
        assert shop.summary()["live_items"] == 3
        assert (await shop.listing(ids[2])).state is ListingState.LIVE


async def test_what_was_ended_is_published_again_as_the_same_offer(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="kaufland") as shop:
        (product_id,) = await shop.publish(kaufland_lamp, 1)
        before = (await shop.listing(product_id)).remote_id
        await shop.do("end", product_id)
        batch = await shop.do("publish", product_id)
        assert batch.completed == 1, await shop.problems(batch)
        listing = await shop.listing(product_id)
        assert (listing.state, listing.remote_id) == (ListingState.LIVE, before)
        assert shop.summary()["creates"] == 1


async def test_what_kaufland_works_on_is_followed_across_a_restart(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="kaufland") as shop:
        shop.faults(ready_after_s=3600)
        ids = await shop.add(*(kaufland_lamp(n) for n in (1, 2)))
        batch_id = await shop.workspace.submit(WorkRequest("publish", ids, (shop.account.id,)))
        while shop.summary()["requests"].get("GET /v2/product-data/status/{ean}", 0) < 2:
            await shop.workspace.engine.wait_idle()
            await shop.workspace.db.write(lambda _: None)
        assert (await shop.listing(ids[0])).state is ListingState.ACCEPTED
    async with open_shop(tmp_path, marketplace="kaufland", run=False) as shop:
        shop.faults(ready_after_s=0)
        await shop.workspace.engine.start()
        batch = await shop.workspace.engine.wait_batch(batch_id)
        assert batch is not None
        assert batch.completed == 2, await shop.problems(batch)
        assert shop.summary()["creates"] == 2
        assert set(shop.summary()["product_data"].values()) == {1}


async def test_a_preview_is_what_is_sent(tmp_path: Path) -> None:
    """A new offer, its change, its end, and the same offer put back: each just as it was shown."""
    async with open_shop(tmp_path, marketplace="kaufland") as shop:
        ids = await shop.add(kaufland_lamp(1), kaufland_lamp(2, gtin="5901234123457"))
        for action in ("publish", "update", "end", "publish"):
            number = await shop.workspace.previews.start(WorkRequest(action, ids, (shop.account.id,)))
            await shop.workspace.previews.wait(number)
            (batch_id,) = await shop.workspace.previews.submit(number)
            batch = await shop.workspace.engine.wait_batch(batch_id)
            assert batch is not None
            assert batch.completed == 2, (action, await shop.problems(batch))
            for product_id in ids:
                product = await shop.workspace.products.get(product_id)
                assert product is not None
                text = replace(product.original, description="Jetzt mit Dimmer.")
                await shop.workspace.products.save(replace(product, quantity=3, original=text))
        summary = shop.summary()
        assert (summary["creates"], summary["live_items"]) == (2, 2)
        rows = shop.server.practice.details()  # type: ignore[attr-defined]
        assert {row["amount"] for row in rows.values()} == {3}


async def test_texts_do_not_wait_for_one_another_in_a_call_that_has_no_room_for_them(tmp_path: Path) -> None:
    """Kaufland's call for many takes price and stock alone; changes with a text go by themselves, side by side."""
    async with open_shop(tmp_path, marketplace="kaufland") as shop:
        ids = await shop.publish(kaufland_lamp, 6)
        for place, product_id in enumerate(ids):
            product = await shop.workspace.products.get(product_id)
            assert product is not None
            text = product.original if place < 3 else replace(product.original, description="Eine andere Lampe.")
            await shop.change(product_id, quantity=2, original=text)
        batch = await shop.do("update", *ids)
        assert batch.completed == 6, await shop.problems(batch)
        requests = shop.summary()["requests"]
        assert requests["POST /v2/units/bulk"] >= 1
        assert requests["PATCH /v2/units/{id_unit}"] == 3
        assert requests["PATCH /v2/product-data"] == 3
