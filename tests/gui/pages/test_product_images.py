"""Broken image links are shown with their product; the command that fetches images is at hand."""

import os
from pathlib import Path

from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.pages.products import ProductsPage
from mmhub_desktop.gui.screenshots import settle
from mmhub_desktop.gui.widgets.label import Label
from tests.fakes.shop import lamp
from tests.gui.conftest import Until

LINK = "http://127.0.0.1:9/pictures/lamp.jpg"


async def test_fetching_names_the_broken_link_beside_the_product(shop: MainWindow, until: Until) -> None:
    assert shop.context is not None
    workspace = shop.context.workspace
    product = await workspace.products.save(lamp(1, images=(LINK,), image_base=""))
    page = shop.page("products")
    assert isinstance(page, ProductsPage)
    page.open_detail(product)
    page.tools.search.setText("lamp-1")
    await until(lambda: list(page.model.ids) == [product])
    page.select_all()
    page.act("import_images")

    def said() -> list[str]:
        return [label.text() for label in page.detail.findChildren(Label)]

    await until(lambda: LINK in said())
    assert any("local network" in words for words in said())
    await settle()
    folder = os.environ.get("MMHUB_TEST_PICTURES")
    if folder:
        shop.grab().save(str(Path(folder) / "broken-image.png"))
