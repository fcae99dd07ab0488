"""From the selected products over the preview to jobs, in the whole window."""

from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from mmhub_desktop.domain.marketplace import AccountKind
from mmhub_desktop.domain.money import Money
from mmhub_desktop.events import ProductsChanged
from mmhub_desktop.gui.dialogs.preview import PreviewDialog
from mmhub_desktop.gui.dialogs.publish import PublishDialog
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.pages.products import ProductsPage
from mmhub_desktop.gui.screenshots import settle
from tests.fakes.shop import lamp
from tests.gui.conftest import Until

D = TypeVar("D", bound=QWidget)


def opened(window: MainWindow, kind: type[D]) -> list[D]:
    return [each for each in window.findChildren(kind) if each.isVisible()]


async def test_control_enter_leads_to_the_preview_and_its_button_to_jobs(
    qtbot: QtBot, shop: MainWindow, until: Until
) -> None:
    assert shop.context is not None
    workspace = shop.context.workspace
    await workspace.connect("mercadolibre", "Practice", AccountKind.PRACTICE, {})
    for number in (1, 2):
        await workspace.products.save(lamp(number, price=Money(24_990, "CLP")))
    shop.show_page("products")
    await settle()
    page = shop.page("products")
    assert isinstance(page, ProductsPage)
    workspace.bus.publish(ProductsChanged())
    await until(lambda: len(page.model.ids) == 14)
    page.select_all()
    page.act("publish")
    await until(lambda: bool(opened(shop, PublishDialog)))
    (accounts,) = opened(shop, PublishDialog)
    await until(accounts.isActiveWindow)
    qtbot.keyClick(accounts, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: bool(opened(shop, PreviewDialog)))
    (preview,) = opened(shop, PreviewDialog)
    await until(lambda: "left out" in preview.state.text() or "will be sent" in preview.state.text())
    assert len(await workspace.jobs.batch_ids()) == 0
    assert preview.state.text() == "2 listings will be sent, 12 left out."
    assert preview.action_button.text() == "Publish 2 listings on Practice"
    preview.action_button.click()
    await until(lambda: not opened(shop, PreviewDialog))
    (batch_id,) = await workspace.jobs.batch_ids()
    batch = await workspace.engine.wait_batch(batch_id)
    assert batch is not None
    assert (batch.total, batch.completed) == (2, 2)
