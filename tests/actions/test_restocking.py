"""Publishing what is there and sold out: its stock comes back; what somebody paused stays paused, and is told."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.job import BatchJob, WorkRequest
from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.preview import PreviewDetail, PreviewOutcome
from mmhub_desktop.domain.product import Product, Text
from tests.fakes.barcodes import barcode
from tests.fakes.shop import Shop, lamp, open_shop


def us_lamp() -> Product:
    """A lamp that Amazon and Walmart take."""
    return lamp(
        original=Text("Lumea Flex Table Lamp", "A desk lamp.\n• Bright\n• Small\n• White"),
        price=Money(2499, "USD"),
        images=("https://pictures.example.com/lamp.jpg",),
        image_base="",
        gtin=barcode("LAMP-1"),
        weight_g=1_200,
        attributes={"Color": "White"},
    )


@contextlib.asynccontextmanager
async def open_quick_shop(folder: Path, marketplace: str) -> AsyncIterator[Shop]:
    """A shop whose feeds wait a moment for others instead of a minute."""
    async with open_shop(folder, marketplace=marketplace, run=False) as shop:
        workspace = shop.workspace
        declared = workspace.marketplaces[marketplace]
        quick = {name: replace(bounds, wait_s=min(bounds.wait_s, 0.2)) for name, bounds in declared.gathered.items()}
        workspace.marketplaces = {**workspace.marketplaces, marketplace: replace(declared, gathered=quick)}
        await workspace.engine.start()
        yield shop


async def there(shop: Shop, product: ProductId) -> tuple[ListingState, str, int | None]:
    """The listing as the marketplace shows it: state, price, quantity."""
    remote = await (await shop.workspace.adapter(shop.account.id)).read((await shop.listing(product)).remote_id)
    return remote.state, str(remote.price), remote.quantity


async def preview(shop: Shop, product: ProductId) -> tuple[int, PreviewDetail]:
    service = shop.workspace.previews
    number = await service.start(WorkRequest("publish", (product,), (shop.account.id,)))
    await service.wait(number)
    (row,) = await service.store.ids(number)
    line = await service.store.detail(row)
    assert line is not None
    return number, line


async def send(shop: Shop, number: int) -> BatchJob:
    (batch_id,) = await shop.workspace.previews.submit(number)  # type: ignore[arg-type]
    batch = await shop.workspace.engine.wait_batch(batch_id)
    assert batch is not None
    return batch


async def sell_out(shop: Shop, product: ProductId) -> None:
    """Buyers take all that MercadoLibre has."""
    remote_id = (await shop.listing(product)).remote_id
    practice: Any = shop.server.practice
    practice.sell(remote_id, practice.market.items[remote_id]["available_quantity"], {})


@pytest.mark.parametrize("marketplace", ["amazon", "walmart"])
async def test_what_was_ended_by_its_stock_is_published_with_stock_again(tmp_path: Path, marketplace: str) -> None:
    async with open_quick_shop(tmp_path, marketplace) as shop:
        (product,) = await shop.add(us_lamp())
        await shop.done("publish", product)
        await shop.done("end", product)
        assert (await shop.listing(product)).state is ListingState.PAUSED
        await shop.change(product, price=Money(1999, "USD"), quantity=7)
        creates = shop.summary()["creates"]
        await shop.done("publish", product)
        assert await there(shop, product) == (ListingState.LIVE, "19.99 USD", 7)
        assert (await shop.listing(product)).state is ListingState.LIVE
        assert shop.summary()["creates"] == creates


@pytest.mark.parametrize("marketplace", ["amazon", "walmart"])
async def test_a_preview_shows_the_stock_that_is_sent_and_holds_to_it(tmp_path: Path, marketplace: str) -> None:
    async with open_quick_shop(tmp_path, marketplace) as shop:
        (product,) = await shop.add(us_lamp())
        await shop.done("publish", product)
        await shop.done("end", product)
        await shop.change(product, quantity=7)
        number, line = await preview(shop, product)
        assert line.row.outcome is PreviewOutcome.CHANGED
        assert ("quantity", "0", "7") in {(field.name, field.old, field.new) for field in line.fields}
        assert line.requests
        await shop.change(product, quantity=6)
        batch = await send(shop, number)
        (problem,) = await shop.problems(batch)
        assert problem.startswith("ChangedSincePreview: “LAMP-1” changed after the preview: quantity.")
        assert (await there(shop, product))[2] == 0
        await shop.change(product, quantity=7)
        number, _ = await preview(shop, product)
        batch = await send(shop, number)
        assert batch.completed == 1, await shop.problems(batch)
        assert await there(shop, product) == (ListingState.LIVE, "24.99 USD", 7)


async def test_what_buyers_took_is_seen_when_it_is_published_again(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (product,) = await shop.add(lamp())
        await shop.done("publish", product)
        await sell_out(shop, product)
        assert (await shop.listing(product)).state is ListingState.LIVE, "nobody has looked since"
        _, line = await preview(shop, product)
        assert line.row.outcome is PreviewOutcome.CHANGED
        assert ("quantity", "0", "5") in {(field.name, field.old, field.new) for field in line.fields}
        await shop.done("publish", product)
        assert await there(shop, product) == (ListingState.LIVE, "24,990 CLP", 5)
        log = await shop.workspace.listings.log_of(product)
        assert ("update", "quantity", "0", "5") in {(one.operation, one.field, one.old, one.new) for one in log}


async def test_without_stock_of_ours_it_stays_sold_out(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (product,) = await shop.add(lamp())
        await shop.done("publish", product)
        await sell_out(shop, product)
        await shop.change(product, quantity=0)
        await shop.done("publish", product)
        assert (await there(shop, product))[::2] == (ListingState.PAUSED, 0)
        _, line = await preview(shop, product)
        assert (line.row.outcome, line.requests) == (PreviewOutcome.SKIPPED, ())


async def test_what_somebody_paused_stays_so_and_is_told(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (product,) = await shop.add(lamp())
        await shop.done("publish", product)
        shop.server.practice.change(
            (await shop.listing(product)).remote_id, {"status": "paused", "sub_status": ["paused_by_seller"]}
        )
        await shop.change(product, quantity=9)
        batch = await shop.do("publish", product)
        assert await shop.problems(batch) == ["Rejected: The listing is there, but paused. "]
        listing = await shop.listing(product)
        assert (listing.state, [one.blocks for one in listing.findings]) == (ListingState.PAUSED, [True])
        assert (await there(shop, product))[::2] == (ListingState.PAUSED, 5)
        _, line = await preview(shop, product)
        assert line.row.outcome is PreviewOutcome.SKIPPED
        assert line.row.reason.startswith("The listing is there, but paused.")


async def test_a_family_without_any_stock_is_stocked_variant_by_variant(tmp_path: Path) -> None:
    async with open_quick_shop(tmp_path, "walmart") as shop:
        (parent,) = await shop.add(us_lamp())
        (blue, _) = await shop.add(
            replace(us_lamp(), sku="LAMP-B", gtin=barcode("B"), parent_id=parent, options={"Colour": "Blue"}),
            replace(us_lamp(), sku="LAMP-R", gtin=barcode("R"), parent_id=parent, options={"Colour": "Red"}),
        )
        await shop.done("publish", parent)
        await shop.done("end", parent)
        assert (await shop.listing(parent)).state is ListingState.PAUSED
        await shop.change(blue, quantity=4)
        _, line = await preview(shop, parent)
        assert line.row.outcome is PreviewOutcome.CHANGED
        await shop.done("publish", parent)
        remote = await (await shop.workspace.adapter(shop.account.id)).read((await shop.listing(parent)).remote_id)
        assert remote.state is ListingState.LIVE
        assert {one.sku: one.quantity for one in remote.variants} == {"LAMP-B": 4, "LAMP-R": 5}
