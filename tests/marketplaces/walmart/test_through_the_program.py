"""The whole way through the program: products published, updated and ended on the practice Walmart, with faults on."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

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
