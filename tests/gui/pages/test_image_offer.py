"""After an import with links to images the window offers to fetch them."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton

from mmhub_desktop.catalog.plan import plan_from
from mmhub_desktop.catalog.reading import inspect
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.notices import OFFER, NoticeCard
from mmhub_desktop.gui.screenshots import settle
from mmhub_desktop.settings import IMAGES_AFTER_IMPORT, IMAGES_ALLOW_LOCAL_NETWORK
from tests.fakes.import_hand import shown_notices
from tests.fakes.picture_host import PictureHost, picture_table
from tests.gui.conftest import Until


@pytest.fixture
def host() -> Iterator[PictureHost]:
    made = PictureHost()
    yield made
    made.close()


async def bring(window: MainWindow, file: Path) -> None:
    assert window.context is not None
    plan = plan_from(await asyncio.to_thread(inspect, file))
    await (await window.context.workspace.import_file(plan)).result()


def offers(window: MainWindow) -> list[NoticeCard]:
    return [card for card in window.notices.cards if card.text.level == OFFER]


async def test_one_click_fetches_what_was_imported(
    shop: MainWindow, tmp_path: Path, host: PictureHost, until: Until
) -> None:
    assert shop.context is not None
    workspace = shop.context.workspace
    workspace.settings.set(IMAGES_ALLOW_LOCAL_NETWORK, value=True)
    await bring(shop, picture_table(tmp_path, host, "a.jpg", "b.jpg"))
    await until(lambda: bool(offers(shop)))
    assert "2 products of lamps.csv have images behind links." in shown_notices(shop)
    assert len(await workspace.jobs.batch_ids()) == 0, "nothing is begun unasked"
    await settle()
    folder = os.environ.get("MMHUB_TEST_PICTURES")
    if folder:
        shop.grab().save(str(Path(folder) / "image-offer.png"))
    button = next(each for each in offers(shop)[0].findChildren(QPushButton) if each.text() == "Fetch images")
    button.click()
    await until(lambda: "The images are being fetched." in shown_notices(shop))
    assert not offers(shop)
    await workspace.image_fetching.finished()
    known = await workspace.images.store.of([f"{host.base}/{name}.jpg" for name in "ab"])
    assert [bool(image.content) for image in known.values()] == [True, True]


async def test_an_offer_goes_with_its_workspace(shop: MainWindow, tmp_path: Path, until: Until) -> None:
    shop.notify(OFFER, "2 products have images behind links.", "", "Fetch images", shop.close)
    shop.notify("warn", "A file could not be read.")
    assert len(offers(shop)) == 1
    shop.open_workspace(tmp_path / "other.mmhub")
    await until(lambda: shop.context is not None and shop.context.workspace.path.name == "other.mmhub")
    assert not offers(shop)
    assert "A file could not be read." in shown_notices(shop)


async def test_nothing_is_offered_that_is_done_by_itself(
    shop: MainWindow, tmp_path: Path, host: PictureHost, until: Until
) -> None:
    assert shop.context is not None
    shop.context.workspace.settings.set(IMAGES_ALLOW_LOCAL_NETWORK, value=True)
    shop.context.workspace.settings.set(IMAGES_AFTER_IMPORT, value=True)
    await bring(shop, picture_table(tmp_path, host, "a.jpg"))
    await until(lambda: bool(host.asked))
    await shop.context.workspace.image_fetching.finished()
    assert not offers(shop)
    known = await shop.context.workspace.images.store.of([f"{host.base}/a.jpg"])
    assert [bool(image.content) for image in known.values()] == [True]
