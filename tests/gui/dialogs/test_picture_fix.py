"""Pictures fixed for a marketplace in the window: looked at before, used after, for one product and for many."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from mmhub_desktop.domain.fixed_picture import fixed_of
from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.marketplace import AccountKind
from mmhub_desktop.gui.dialogs.picture_fix import OwnPictures, PictureFixDialog
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.picture_fixing import fix_pictures
from mmhub_desktop.workspace import Workspace
from tests.gui.conftest import Until


@pytest.fixture
def pictures(tmp_path: Path) -> list[str]:
    """One in another format, one that is right, one that is too small."""
    made = []
    for name, size in (("a.webp", (900, 900)), ("b.jpg", (900, 900)), ("c.jpg", (90, 90))):
        Image.new("RGB", size, "teal").save(tmp_path / name)
        made.append(str(tmp_path / name))
    return made


@pytest.fixture
def workspace(shop: MainWindow) -> Workspace:
    assert shop.context is not None
    return shop.context.workspace


def open_dialog(shop: MainWindow) -> PictureFixDialog | None:
    return next((each for each in shop.findChildren(PictureFixDialog) if each.isVisible()), None)


async def opened(shop: MainWindow, until: Until, what: OwnPictures | list[ProductId]) -> PictureFixDialog:
    assert shop.context is not None
    shop.context.spawn(fix_pictures(shop.context, shop, what), "Fix the pictures")
    await until(lambda: open_dialog(shop) is not None)
    found = open_dialog(shop)
    assert found is not None
    return found


def said(shop: MainWindow, words: str) -> Callable[[], bool]:
    return lambda: any(words in card.text.message for card in shop.notices.cards)


async def first(workspace: Workspace) -> ProductId:
    product = await workspace.products.by_sku("SKU-000001")
    assert product is not None
    return product.id


async def used(workspace: Workspace, product_id: ProductId) -> list[str]:
    listings = await workspace.listings.of_product(product_id)
    return [source for each in listings for source in fixed_of(each.overrides)]


async def test_without_a_marketplace_there_is_nothing_to_fix_for(
    shop: MainWindow, workspace: Workspace, until: Until
) -> None:
    assert shop.context is not None
    await fix_pictures(shop.context, shop, [await first(workspace)])
    await until(said(shop, "No marketplace is connected yet."))


async def test_each_picture_is_shown_before_and_after_and_undo_brings_the_originals(
    shop: MainWindow, workspace: Workspace, until: Until, pictures: list[str]
) -> None:
    await workspace.connect("mercadolibre", "Test", AccountKind.PRACTICE, {})
    product_id = await first(workspace)
    dialog = await opened(shop, until, OwnPictures(product_id, pictures, ""))
    await until(dialog.use_button.isEnabled)
    assert [row.said[0] for row in dialog.rows][:2] == [
        "Saved as JPEG instead of WebP", "As MercadoLibre takes it: nothing to do.",
    ]  # fmt: skip
    assert "too small for MercadoLibre: 90 × 90 pixels" in dialog.rows[2].said[0]
    assert dialog.summary.text() == "1 of 3 pictures gets a fixed copy, 1 stays too small"
    dialog.use_button.click()
    await until(said(shop, "1 fixed copy used for MercadoLibre."))
    assert await used(workspace, product_id) == [pictures[0]]
    entry = await workspace.history.next_undo()
    assert entry is not None
    await workspace.history.undo(entry.id)
    assert await used(workspace, product_id) == []


async def test_the_originals_come_back_by_a_button(
    shop: MainWindow, workspace: Workspace, until: Until, pictures: list[str]
) -> None:
    await workspace.connect("mercadolibre", "Test", AccountKind.PRACTICE, {})
    product_id = await first(workspace)
    declared = workspace.marketplaces["mercadolibre"]
    fixing = workspace.picture_fixing
    dialog = await opened(shop, until, OwnPictures(product_id, pictures[:1], ""))
    await until(dialog.use_button.isEnabled)
    assert dialog.originals_button.isHidden()
    await fixing.keep(product_id, declared, dialog.found)
    dialog.square.setChecked(True)
    await until(lambda: dialog.originals_button.isVisible() and dialog.use_button.isEnabled())
    dialog.originals_button.click()
    await until(said(shop, "Originals for MercadoLibre."))
    assert await used(workspace, product_id) == []


async def test_a_marketplace_that_fetches_pictures_needs_an_image_host_first(
    shop: MainWindow, workspace: Workspace, until: Until, pictures: list[str]
) -> None:
    await workspace.connect("paris", "Test", AccountKind.PRACTICE, {})
    dialog = await opened(shop, until, OwnPictures(await first(workspace), pictures, ""))
    await until(lambda: "Set up an image host first" in dialog.mistake.text)
    assert not dialog.use_button.isEnabled()
    dialog.reject()


async def test_many_products_are_tried_out_and_fixed_as_work(
    shop: MainWindow, workspace: Workspace, until: Until, pictures: list[str]
) -> None:
    from dataclasses import replace

    await workspace.connect("mercadolibre", "Test", AccountKind.PRACTICE, {})
    product_id = await first(workspace)
    product = await workspace.products.get(product_id)
    assert product is not None
    await workspace.products.save(replace(product, images=tuple(pictures[:2])))
    dialog = await opened(shop, until, [product_id])
    await until(dialog.use_button.isEnabled)
    assert [row.said for row in dialog.rows] == [["Saved as JPEG instead of WebP"]]  # what is right is not shown
    dialog.use_button.click()
    await until(said(shop, "Pictures are being fixed for MercadoLibre."))
    assert dialog.batch_id is not None
    batch = await workspace.engine.wait_batch(dialog.batch_id)
    assert batch is not None
    assert batch.completed == 1
    assert await used(workspace, product_id) == [pictures[0]]
