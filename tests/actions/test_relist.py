"""Listing again what has ended, on practice marketplaces: under a new id or the old one, then brought up to date."""

from pathlib import Path
from typing import Any

import pytest

from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.job import WorkRequest
from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Product, ProductStatus, Text
from mmhub_desktop.errors import Unsupported
from tests.fakes.barcodes import barcode
from tests.fakes.shop import Shop, lamp, open_shop


async def ended(shop: Shop, *lamps: Product) -> ProductId:
    (product,) = await shop.add(*(lamps or (lamp(),)))
    await shop.done("publish", product)
    await shop.done("end", product)
    return product


def sent(shop: Shop) -> dict[str, int]:
    """How often each call that changes something was made."""
    return {path: count for path, count in shop.summary()["requests"].items() if not path.startswith("GET")}


async def test_it_comes_back_under_a_new_id_with_what_the_product_says_now(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        product = await ended(shop)
        old = await shop.listing(product)
        await shop.change(product, price=Money(19990, "CLP"), quantity=3)
        await shop.done("relist", product)
        new = await shop.listing(product)
        assert new.remote_id != old.remote_id
        assert new.state is ListingState.LIVE
        remote = await (await shop.workspace.adapter(shop.account.id)).read(new.remote_id)
        assert (remote.state, str(remote.price), remote.quantity) == (ListingState.LIVE, "19,990 CLP", 3)
        assert shop.summary()["live_items"] == 1
        log = {(one.operation, one.field, one.old, one.new) for one in await shop.workspace.listings.log_of(product)}
        assert ("relist", "remote_id", old.remote_id, new.remote_id) in log
        assert ("relist", "state", "ended", "live") in log
        assert ("update", "price", "24,990 CLP", "19,990 CLP") in log
        stored = await shop.workspace.products.get(product)
        assert stored is not None
        assert stored.status is ProductStatus.PUBLISHED


async def test_what_is_live_is_left_alone(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (product,) = await shop.add(lamp())
        await shop.done("publish", product)
        before = sent(shop)
        await shop.done("relist", product)
        assert sent(shop) == before


async def test_a_lost_answer_makes_no_second_listing(tmp_path: Path) -> None:
    async with open_shop(tmp_path, lag="1.5,1.5") as shop:
        product = await ended(shop)
        shop.faults(
            lookup_lag_s=2.5,
            fail_next=[{"method": "POST", "path": "/items/*/relist", "drop": True, "after_effect": True}],
        )
        await shop.done("relist", product)
        assert shop.summary()["creates"] == 2
        assert shop.summary()["live_items"] == 1
        assert (await shop.listing(product)).state is ListingState.LIVE
        assert "relisted_at" not in (await shop.listing(product)).last_sent


async def test_without_stock_nothing_is_listed(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        product = await ended(shop)
        await shop.change(product, quantity=0)
        before = sent(shop)
        batch = await shop.do("relist", product)
        assert await shop.problems(batch) == ["Rejected: There is no stock of “LAMP-1”. "]
        assert sent(shop) == before
        listing = await shop.listing(product)
        assert (listing.state, listing.findings[0].field) == (ListingState.ENDED, "quantity")


async def test_what_somebody_paused_has_not_ended(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (product,) = await shop.add(lamp())
        await shop.done("publish", product)
        remote_id = (await shop.listing(product)).remote_id
        shop.server.practice.change(remote_id, {"status": "paused", "sub_status": ["paused_by_seller"]})
        batch = await shop.do("relist", product)
        assert await shop.problems(batch) == ["Rejected: The listing is there, but paused. "]
        assert (await shop.listing(product)).state is ListingState.PAUSED


async def test_a_preview_of_other_work_does_not_stop_it(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        product = await ended(shop)
        await shop.done("relist", product, preview=99)
        assert (await shop.listing(product)).state is ListingState.LIVE


async def test_where_a_marketplace_cannot_it_is_said_at_once(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="walmart") as shop:
        (product,) = await shop.add(lamp())
        with pytest.raises(Unsupported, match="Walmart cannot do “List again”"):
            await shop.workspace.submit(WorkRequest("relist", (product,), (shop.account.id,)))


def others(marketplace: str) -> Product:
    """A lamp that this marketplace takes."""
    of: dict[str, dict[str, Any]] = {
        "ebay": {"price": Money(2499, "USD")},
        "allegro": {"price": Money(12900, "PLN"), "attributes": {"Model": "Flex", "Power": "8 W"}},
        "etsy": {"price": Money(2499, "USD"), "original": Text("Oak desk lamp", "A lamp of oak with a linen shade.")},
        "kaufland": {
            "price": Money(2499, "EUR"),
            "gtin": barcode("LAMP-1"),
            "images": ("https://pictures.example.com/lamp.jpg",),
            "image_base": "",
            "attributes": {"Farbe": "Schwarz", "energy_efficiency_class": "E"},
        },
    }
    return lamp(**of[marketplace])


@pytest.mark.parametrize("marketplace", ["allegro", "ebay", "etsy", "kaufland"])
async def test_the_others_show_it_again_under_the_same_id(tmp_path: Path, marketplace: str) -> None:
    async with open_shop(tmp_path, marketplace=marketplace) as shop:
        product = await ended(shop, others(marketplace))
        old = await shop.listing(product)
        assert old.state in (ListingState.ENDED, ListingState.PAUSED)
        await shop.change(product, quantity=3)
        await shop.done("relist", product)
        new = await shop.listing(product)
        assert (new.remote_id, new.state) == (old.remote_id, ListingState.LIVE)
        remote = await (await shop.workspace.adapter(shop.account.id)).read(new.remote_id)
        assert (remote.state, remote.quantity) == (ListingState.LIVE, 3)
