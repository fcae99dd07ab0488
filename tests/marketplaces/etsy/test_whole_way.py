"""Twenty products through the engine to the practice Etsy and back, while things go wrong there."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Product, Text
from tests.fakes.shop import Shop, lamp, open_shop

FAULTS = ["500", "503", "429_retry_after", "401", "drop_before", "drop_after", "500_after"]
PICTURES = ("lampara-escritorio-1.jpg", "lampara-escritorio-2.jpg")


def etsy_lamp(number: int = 1, **changes: Any) -> Product:
    """A lamp that the practice Etsy takes."""
    text = Text(f"Oak desk lamp number {number}", "A lamp of oak with a linen shade.", ("desk lamp", "oak"))
    return lamp(number, **{"original": text, "price": Money(2499, "USD"), "images": PICTURES, **changes})


async def publish(shop: Shop, count: int) -> tuple[Any, ...]:
    """So many lamps, listed."""
    ids = await shop.add(*(etsy_lamp(n) for n in range(1, count + 1)))
    batch = await shop.do("publish", *ids)
    assert batch.completed == count, await shop.problems(batch)
    return ids


async def change(shop: Shop, product_id: Any, **changes: Any) -> None:
    """Change a product."""
    product = await shop.workspace.products.get(product_id)
    assert product is not None
    await shop.workspace.products.save(replace(product, **changes))


def listings(shop: Shop) -> list[dict[str, Any]]:
    """The marketplace's own books."""
    return [row["value"] for row in shop.server.practice.state.table("listings").values()]  # type: ignore[attr-defined]


async def test_twenty_are_published_updated_and_ended_while_things_go_wrong(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="etsy") as shop:
        shop.faults(failure_rate=0.1, failure_kinds=FAULTS, seed=7)
        ids = await publish(shop, 20)
        summary = shop.summary()
        assert summary["live_items"] == 20
        assert summary["creates"] == 20
        assert summary["duplicate_skus"] == []
        assert summary["fees"] == 20, "each is published once"
        assert sum(summary["failures"].values()) > 5, "things did go wrong"
        assert {len(row["images"]) for row in listings(shop)} == {2}
        assert (await shop.listing(ids[0])).state is ListingState.LIVE

        for product_id in ids:
            await change(shop, product_id, price=Money(1999, "USD"), quantity=3)
        batch = await shop.do("update", *ids)
        assert batch.completed == 20, await shop.problems(batch)
        offerings = [row["products"][0]["offerings"][0] for row in listings(shop)]
        assert {(one["price"], one["quantity"]) for one in offerings} == {(1999, 3)}

        batch = await shop.do("end", *ids)
        assert batch.completed == 20, await shop.problems(batch)
        summary = shop.summary()
        assert (summary["live_items"], summary["creates"], summary["fees"]) == (0, 20, 20)
        assert (await shop.listing(ids[0])).state is ListingState.PAUSED
