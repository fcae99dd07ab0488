"""Listing again from the products page: asked for with the number, and only what has ended where it can be."""

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from mmhub_desktop.domain.job import WorkRequest
from mmhub_desktop.domain.marketplace import AccountKind
from mmhub_desktop.domain.money import Money
from mmhub_desktop.events import ProductsChanged
from mmhub_desktop.gui.dialogs.confirm import ConfirmDialog
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.pages.products import ProductsPage
from mmhub_desktop.gui.screenshots import settle
from tests.fakes.shop import lamp
from tests.gui.conftest import Until


def opened(window: QWidget) -> list[ConfirmDialog]:
    return [each for each in window.findChildren(ConfirmDialog) if each.isVisible()]


async def test_what_has_ended_is_listed_again_after_a_yes(qtbot: QtBot, shop: MainWindow, until: Until) -> None:
    assert shop.context is not None
    workspace = shop.context.workspace
    account = await workspace.connect("mercadolibre", "Practice", AccountKind.PRACTICE, {})
    lamps = [await workspace.products.save(lamp(number, price=Money(24_990, "CLP"))) for number in (1, 2, 3)]
    for action, ids in (("publish", lamps), ("end", lamps[:2])):
        batch = await workspace.engine.wait_batch(
            await workspace.submit(WorkRequest(action, tuple(ids), (account.id,)))
        )
        assert batch is not None
        assert batch.completed == len(ids)
    shop.show_page("products")
    await settle()
    page = shop.page("products")
    assert isinstance(page, ProductsPage)
    workspace.bus.publish(ProductsChanged())
    await until(lambda: len(page.model.ids) == 15)
    page.select_all()
    page.act("relist")
    await until(lambda: bool(opened(shop)))
    (asks,) = opened(shop)
    assert asks.action_button.text() == "List 2 listings again"
    before = set(await workspace.jobs.batch_ids())
    asks.action_button.click()
    await until(lambda: "List again: 2 jobs started." in [card.text.message for card in shop.notices.cards])
    (batch_id,) = set(await workspace.jobs.batch_ids()) - before
    batch = await workspace.engine.wait_batch(batch_id)
    assert batch is not None
    assert (batch.action, batch.total, batch.completed) == ("relist", 2, 2)


async def test_with_nothing_ended_the_seller_is_told(qtbot: QtBot, shop: MainWindow, until: Until) -> None:
    assert shop.context is not None
    shop.show_page("products")
    await settle()
    page = shop.page("products")
    assert isinstance(page, ProductsPage)
    await until(lambda: len(page.model.ids) == 12)
    page.select_all()
    page.act("relist")
    told = "None of these products has a listing that can be listed again."
    await until(lambda: told in [card.text.message for card in shop.notices.cards])
    assert not opened(shop)
