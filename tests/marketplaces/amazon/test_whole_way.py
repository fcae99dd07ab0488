"""Twenty products through the engine to the practice Amazon and back, while things go wrong there."""

from pathlib import Path
from typing import Any

from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Product
from tests.fakes.shop import lamp, open_shop

FAULTS = ["500", "503", "429_retry_after", "401", "drop_before", "drop_after", "500_after"]


def amazon_lamp(number: int = 1, **changes: Any) -> Product:
    """A lamp that the practice Amazon takes."""
    picture = f"https://pictures.example.com/lamp-{number}.jpg"
    return lamp(number, **{"price": Money(2499, "USD"), "images": (picture,), "image_base": "", **changes})


async def test_twenty_are_published_updated_and_ended_while_things_go_wrong(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="amazon") as shop:
        shop.faults(failure_rate=0.1, failure_kinds=FAULTS, seed=7)
        ids = await shop.publish(amazon_lamp, 20)
        summary = shop.summary()
        assert summary["live_items"] == 20
        assert summary["duplicate_skus"] == []
        assert summary["creates"] == 20
        assert sum(summary["failures"].values()) > 5, "things did go wrong"
        listing = await shop.listing(ids[0])
        assert listing.state is ListingState.LIVE
        assert listing.url.startswith("https://www.amazon.com/dp/B0")

        for product_id in ids:
            await shop.change(product_id, price=Money(1999, "USD"), quantity=3)
        await shop.done("update", *ids)
        rows = shop.server.practice.details()  # type: ignore[attr-defined]
        assert {row["attributes"]["fulfillment_availability"][0]["quantity"] for row in rows.values()} == {3}
        assert {_price(row) for row in rows.values()} == {19.99}

        await shop.done("end", *ids)
        assert shop.summary()["live_items"] == 0
        assert (await shop.listing(ids[0])).state is ListingState.PAUSED


async def test_what_is_accepted_and_shown_late_is_waited_for(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="amazon") as shop:
        shop.faults(live_after_s=1.0)
        ids = await shop.publish(amazon_lamp, 2)
        assert (await shop.listing(ids[0])).state is ListingState.LIVE


async def test_where_the_seller_wants_it_ended_listings_are_deleted(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="amazon") as shop:
        ids = await shop.publish(amazon_lamp, 2)
        await shop.workspace.change_account(shop.account.id, {"end_way": "delete"})
        batch = await shop.do("end", *ids)
        assert batch.completed == 2, await shop.problems(batch)
        assert (await shop.listing(ids[0])).state is ListingState.ENDED
        assert set(shop.summary()["items_by_status"]) == {"deleted"}
        batch = await shop.do("publish", *ids)
        assert batch.completed == 2, await shop.problems(batch)
        assert shop.summary()["live_items"] == 2


async def test_amazons_own_limits_are_waited_out(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="amazon") as shop:
        shop.faults(limits=True)
        await shop.publish(amazon_lamp, 12)
        summary = shop.summary()
        assert summary["live_items"] == 12
        assert summary["rate_limited"] > 0, "practice accounts are in more of a hurry than Amazon allows"


async def test_a_refusal_names_the_field_and_keeps_amazons_words(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="amazon") as shop:
        shop.faults(bad_pictures=["lamp-1"])
        ids = await shop.add(amazon_lamp())
        batch = await shop.do("publish", *ids)
        assert batch.failed == 1
        listing = await shop.listing(ids[0])
        assert listing.state is ListingState.REJECTED
        (finding,) = [one for one in listing.findings if one.blocks]
        assert finding.field == "images"
        assert "cannot be used" in finding.original


async def test_a_picture_on_this_computer_is_asked_to_have_an_address(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="amazon") as shop:
        ids = await shop.add(amazon_lamp(images=("lampara-escritorio-1.jpg",)))
        batch = await shop.do("publish", *ids)
        assert batch.failed == 1
        assert "only on this computer" in (await shop.problems(batch))[0]
        assert shop.summary()["creates"] == 0


async def test_after_a_restart_everything_is_as_it_was(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="amazon") as shop:
        ids = await shop.publish(amazon_lamp, 3)
    async with open_shop(tmp_path, marketplace="amazon") as shop:
        batch = await shop.do("sync", *ids)
        assert batch.completed == 3, await shop.problems(batch)
        assert shop.summary()["live_items"] == 3
        assert (await shop.listing(ids[2])).state is ListingState.LIVE


def _price(row: dict[str, Any]) -> float:
    price: float = row["attributes"]["purchasable_offer"][0]["our_price"][0]["schedule"][0]["value_with_tax"]
    return price
