"""The Pictures page: how far the fetching is, held and let go on, and the broken links with a way to try again."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mmhub_desktop.catalog.plan import plan_from
from mmhub_desktop.catalog.reading import inspect
from mmhub_desktop.domain.image_queue import FetchProgress, FetchState
from mmhub_desktop.events import ImagesFetched
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.pages.pictures import PicturesPage
from mmhub_desktop.gui.pages.products import ProductsPage
from mmhub_desktop.settings import IMAGES_ALLOW_LOCAL_NETWORK
from mmhub_desktop.workspace import Workspace
from tests.actions.test_similar_pictures import drawn
from tests.fakes.import_hand import shown_notices
from tests.fakes.picture_host import PictureHost, picture_table
from tests.gui.conftest import Until


@pytest.fixture
def host() -> Iterator[PictureHost]:
    made = PictureHost()
    yield made
    made.close()


@pytest.fixture
def workspace(shop: MainWindow) -> Workspace:
    assert shop.context is not None
    shop.context.workspace.settings.set(IMAGES_ALLOW_LOCAL_NETWORK, value=True)
    return shop.context.workspace


@pytest.fixture
async def page(shop: MainWindow) -> PicturesPage:
    shop.show_page("pictures")
    found = shop.page("pictures")
    assert isinstance(found, PicturesPage)
    return found


async def bring(workspace: Workspace, file: Path) -> None:
    plan = plan_from(await asyncio.to_thread(inspect, file))
    job = await (await workspace.import_file(plan)).result()
    await workspace.imported_images.fetch(job.id)


async def test_broken_links_are_listed_opened_and_tried_again(
    shop: MainWindow, workspace: Workspace, page: PicturesPage, host: PictureHost, tmp_path: Path, until: Until
) -> None:
    await until(lambda: page.header._subtitle.text() == "All known image links work")
    await bring(workspace, picture_table(tmp_path, host, "a.jpg", "gone.jpg"))
    await until(lambda: page.broken.model.rowCount() == 1)
    await until(lambda: page.header._subtitle.text() == "1 broken image link")
    sku, image = page.broken.model.rows[0]
    assert (sku, image.url) == ("L-2", f"{host.base}/gone.jpg")
    assert "HTTP 404" in image.message
    page.broken.table.setCurrentIndex(page.broken.model.index(0, 0))
    page.broken.open_button.click()
    products = shop.page("products")
    assert isinstance(products, ProductsPage)
    await until(products.detail.isVisible)
    shop.show_page("pictures")
    page.broken.filter_button.click()
    await until(lambda: products.isVisible() and len(products.model.ids) == 1)
    shop.show_page("pictures")
    host.is_whole = True
    page.broken.again_button.click()
    await until(lambda: page.broken.model.rowCount() == 0)


async def test_it_can_be_held_and_let_go_on(
    shop: MainWindow, workspace: Workspace, page: PicturesPage, host: PictureHost, tmp_path: Path, until: Until
) -> None:
    await workspace.image_fetching.pause()
    await bring(workspace, picture_table(tmp_path, host, "a.jpg", "b.jpg"))
    await until(lambda: page.fetch.words.text().startswith("Paused"))
    assert not host.asked
    assert page.fetch.go_button.isVisible()
    assert not page.fetch.pause_button.isVisible()
    page.fetch.go_button.click()
    await until(lambda: page.fetch.words.text() == "Nothing waits to be fetched")
    assert sorted(host.asked) == ["/a.jpg", "/b.jpg"]
    assert not page.fetch.bar.isVisible()
    del shop


async def test_how_far_it_is_stands_on_the_page_and_in_the_sidebar(
    shop: MainWindow, workspace: Workspace, page: PicturesPage, until: Until
) -> None:
    now = FetchProgress(FetchState.FETCHING, 1_200, 5_000, 3)
    workspace.bus.publish(ImagesFetched(now))
    await until(lambda: page.fetch.words.text() == "Fetching: 1,200 of 5,000 images")
    assert page.fetch.detail.text() == "3 links broken so far."
    assert page.fetch.pause_button.isVisible()
    assert "3,800" in shop.sidebar.buttons["pictures"].accessibleDescription()
    workspace.bus.publish(ImagesFetched(FetchProgress(FetchState.FULL, 1_200, 5_000, 0, "The copies take 50 MB.")))
    await until(lambda: page.fetch.words.text().startswith("Stopped: no room left"))
    assert page.fetch.detail.text() == "The copies take 50 MB."
    assert page.fetch.forget_button.isVisible()


async def test_similar_pictures_are_shown_by_group_and_taken_out(
    shop: MainWindow, workspace: Workspace, page: PicturesPage, tmp_path: Path, until: Until
) -> None:
    data = drawn(1)
    for name in ("a.png", "b.png"):
        await asyncio.to_thread((tmp_path / name).write_bytes, data)
    for sku, name in (("SKU-000001", "a.png"), ("SKU-000002", "b.png")):
        product = await workspace.products.by_sku(sku)
        assert product is not None
        await workspace.products.save(replace(product, images=(name,), image_base=str(tmp_path)))
    await workspace.readiness.looking.look_at_all()
    page.tabs.setCurrentWidget(page.similar)
    view = page.similar
    # the others share one missing file: the same entry in many products
    await until(lambda: view.groups.count() == 2)
    assert "2 groups of pictures that look the same. 2 pictures compared." in view.words.text()
    texts = [view.groups.item(row).text() for row in range(2)]
    assert texts == ["10 products, the same picture\nSKU-000000, SKU-000003, SKU-000004 and 7 more",
                     "2 products, 2 pictures\nSKU-000001, SKU-000002"]  # fmt: skip
    assert not view.remove_button.isEnabled()
    view.groups.setCurrentRow(1)
    assert [view.members.item(row).text() for row in range(2)] == ["SKU-000001", "SKU-000002"]
    view.members.setCurrentRow(1)
    view.remove_button.click()
    await until(lambda: "The picture was taken out of SKU-000002." in shown_notices(shop))
    assert view.groups.count() == 1
    left = await workspace.products.by_sku("SKU-000002")
    assert left is not None
    assert left.images == ()
    view.members.setCurrentRow(0)
    view.open_button.click()
    products = shop.page("products")
    assert isinstance(products, ProductsPage)
    await until(products.detail.isVisible)
    entry = await workspace.history.next_undo()
    assert entry is not None
    await workspace.history.undo(entry.id)
    shop.show_page("pictures", similar=True)
    view.look_button.click()
    await until(lambda: view.groups.count() == 2)
