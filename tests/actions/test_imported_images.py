"""Images that an import brings by link: offered, or fetched by themselves, also by the command line."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from mmhub_desktop.catalog.plan import plan_from
from mmhub_desktop.catalog.reading import inspect
from mmhub_desktop.domain.imports import ImportJob
from mmhub_desktop.domain.job import JobState
from mmhub_desktop.settings import IMAGES_AFTER_IMPORT, IMAGES_ALLOW_LOCAL_NETWORK, Settings
from tests.cli.test_commands import Terminal
from tests.fakes.picture_host import PictureHost, picture_table
from tests.fakes.shop import Shop, open_shop


@pytest.fixture
def host() -> Iterator[PictureHost]:
    made = PictureHost()
    yield made
    made.close()


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(tmp_path) as opened:
        opened.workspace.settings.set(IMAGES_ALLOW_LOCAL_NETWORK, value=True)
        yield opened


async def bring(shop: Shop, file: Path) -> ImportJob:
    plan = plan_from(await asyncio.to_thread(inspect, file))
    return await (await shop.workspace.import_file(plan)).result()


async def test_links_that_nobody_has_looked_at_are_offered(shop: Shop, tmp_path: Path, host: PictureHost) -> None:
    images = shop.workspace.imported_images
    first = await bring(shop, picture_table(tmp_path, host, "a.jpg", "gone.jpg"))
    assert len(await images.products_of(first.id)) == 2
    assert not images.begun
    assert not host.asked, "nothing is fetched unasked"
    batch_id = await images.fetch(first.id)
    assert batch_id is not None
    batch = await shop.workspace.engine.wait_batch(batch_id)
    assert batch is not None
    assert (batch.action, batch.completed, batch.failed) == ("import_images", 1, 1)
    assert await images.products_of(first.id) == ()
    assert await images.fetch(first.id) is None
    dearer = await bring(shop, picture_table(tmp_path, host, "a.jpg", "gone.jpg", price=20))
    assert dearer.counts.changed == 2
    assert await images.products_of(dearer.id) == (), "their links are known"
    changed = await bring(shop, picture_table(tmp_path, host, "a.jpg", "b.jpg", price=20))
    named = [await shop.workspace.products.get(id_) for id_ in await images.products_of(changed.id)]
    assert [product.sku for product in named if product] == ["L-2"]


async def test_a_file_without_images_offers_none(shop: Shop, tmp_path: Path, host: PictureHost) -> None:
    await bring(shop, picture_table(tmp_path, host, "a.jpg"))
    prices = tmp_path / "prices.csv"
    prices.write_text("SKU,Price,Currency\nL-1,30,EUR\n", encoding="utf-8")
    job = await bring(shop, prices)
    assert job.counts.changed == 1
    assert await shop.workspace.imported_images.products_of(job.id) == ()


async def test_they_are_fetched_by_themselves_where_that_is_wanted(
    shop: Shop, tmp_path: Path, host: PictureHost
) -> None:
    shop.workspace.settings.set(IMAGES_AFTER_IMPORT, value=True)
    job = await bring(shop, picture_table(tmp_path, host, "a.jpg", "b.jpg"))
    batch = await shop.workspace.engine.wait_batch(shop.workspace.imported_images.begun[job.id])
    assert batch is not None
    assert (batch.state, batch.completed) == (JobState.COMPLETED, 2)
    assert sorted(host.asked) == ["/a.jpg", "/b.jpg"]
    again = await bring(shop, picture_table(tmp_path, host, "a.jpg", "b.jpg", price=20))
    assert again.id not in shop.workspace.imported_images.begun


async def test_the_fetching_goes_on_after_a_restart(tmp_path: Path, host: PictureHost) -> None:
    async with open_shop(tmp_path, run=False) as shop:
        shop.workspace.settings.set(IMAGES_ALLOW_LOCAL_NETWORK, value=True)
        shop.workspace.settings.set(IMAGES_AFTER_IMPORT, value=True)
        job = await bring(shop, picture_table(tmp_path, host, "a.jpg"))
        batch_id = shop.workspace.imported_images.begun[job.id]
        assert not host.asked
    async with open_shop(tmp_path) as shop:
        batch = await shop.workspace.engine.wait_batch(batch_id)
        assert batch is not None
        assert batch.completed == 1
        assert host.asked == ["/a.jpg"]


def test_the_command_line_fetches_too(tmp_path: Path, host: PictureHost, capsys: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal(tmp_path / "shop.mmhub", capsys)
    settings = Settings()
    settings.set(IMAGES_ALLOW_LOCAL_NETWORK, value=True)
    assert terminal.json("import", str(picture_table(tmp_path, host, "a.jpg")))["counts"]["new"] == 1
    assert not host.asked
    settings.set(IMAGES_AFTER_IMPORT, value=True)
    file = str(picture_table(tmp_path, host, "b.jpg", "gone.jpg"))
    assert terminal.json("import", file, "--dry-run")["counts"]["new"] == 1
    assert not host.asked
    assert terminal.json("import", file)["counts"] == {"new": 1, "changed": 1, "same": 0, "refused": 0}
    assert "1 done, 1 failed. See “mmhub images broken”." in " ".join(terminal.err.split())
    assert sorted(set(host.asked)) == ["/b.jpg", "/gone.jpg"]
    assert [product["sku"] for product in terminal.json("products", "--filter", "image_state=broken")] == ["L-2"]
