"""The webhooks page: adding, testing, pausing, the log with redelivery, switching off, removing."""

from collections.abc import AsyncIterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from mmhub_desktop.gui.dialogs.confirm import ConfirmDialog
from mmhub_desktop.gui.dialogs.webhook import WebhookDialog
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.pages.webhook_row import WebhookRow
from mmhub_desktop.gui.pages.webhooks import WebhooksPage
from mmhub_desktop.gui.screenshots import settle
from mmhub_desktop.settings import WEBHOOKS_ALLOW_LOCAL_NETWORK
from tests.fakes.receiver import Receiver, open_receiver
from tests.gui.conftest import Until


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with open_receiver() as opened:
        yield opened


@pytest.fixture
async def page(shop: MainWindow) -> WebhooksPage:
    shop.settings.set(WEBHOOKS_ALLOW_LOCAL_NETWORK, True)
    shop.show_page("webhooks")
    await settle()
    found = shop.page("webhooks")
    assert isinstance(found, WebhooksPage)
    return found


def visible(shop: MainWindow, kind: type[QDialog]) -> QDialog | None:
    return next((dialog for dialog in shop.findChildren(kind) if dialog.isVisible()), None)


async def open_dialog(shop: MainWindow, page: WebhooksPage, until: Until) -> WebhookDialog:
    page.add_button.click()
    await until(lambda: visible(shop, WebhookDialog) is not None)
    dialog = visible(shop, WebhookDialog)
    assert isinstance(dialog, WebhookDialog)
    return dialog


async def add(shop: MainWindow, page: WebhooksPage, url: str, until: Until) -> WebhookRow:
    dialog = await open_dialog(shop, page, until)
    dialog.url.setText(url)
    dialog._check_all(True)
    dialog.action_button.click()
    await until(lambda: dialog.action_button.text() == "Done")
    dialog.action_button.click()
    await until(lambda: len(page.rows) == 1)
    (row,) = page.rows.values()
    return row


async def test_without_webhooks_the_page_says_what_they_are_for(page: WebhooksPage) -> None:
    assert page._stack.currentIndex() == 1
    assert page.log.isHidden()


async def test_a_new_webhook_shows_its_secret_once(
    shop: MainWindow, page: WebhooksPage, receiver: Receiver, until: Until
) -> None:
    dialog = await open_dialog(shop, page, until)
    dialog.url.setText("nonsense")
    dialog.action_button.click()
    await until(lambda: "not a web address" in dialog.mistake.text)
    dialog.url.setText(receiver.url)
    dialog.action_button.click()
    await until(lambda: "No events are chosen" in dialog.mistake.text)
    first = dialog.events["product.imported"]
    first.setChecked(True)
    dialog.action_button.click()
    await until(lambda: dialog.secret.text().startswith("whsec_"))
    assert dialog.secret.isVisible()
    assert not first.isVisible()
    secret = dialog.secret.text()
    dialog.copy_button.click()
    assert QGuiApplication.clipboard().text() == secret
    dialog.action_button.click()
    await until(lambda: len(page.rows) == 1)
    (subscription,) = await page.context.workspace.webhooks.outbox.subscriptions()
    assert subscription.event_types == ("product.imported",)
    assert await page.context.workspace.webhooks.secret(subscription.id) == secret


async def test_the_test_button_shows_the_answer(
    shop: MainWindow, page: WebhooksPage, receiver: Receiver, until: Until
) -> None:
    row = await add(shop, page, receiver.url, until)
    row.test_button.click()
    await until(lambda: row.answer.text().startswith("It arrived: status 200"))
    assert "thank you" in row.answer.text()
    receiver.answers = [404]
    row.test_button.click()
    await until(lambda: row.answer.text().startswith("It did not arrive: status 404"))
    await until(lambda: row.chip.text == "Failing")


async def test_a_deleted_product_is_told_and_can_be_told_again(
    shop: MainWindow, page: WebhooksPage, receiver: Receiver, until: Until
) -> None:
    row = await add(shop, page, receiver.url, until)
    await page.context.workspace.delete_products([1])  # type: ignore[list-item]
    row.log_button.click()
    await until(lambda: page.log.isVisible() and receiver.types == ["product.deleted"])
    await until(lambda: page.log.table.rowCount() == 1 and page.log.redeliver_button.isEnabled())
    assert "thank you" in page.log.detail.toPlainText()
    assert '"sku": "SKU-000000"' in page.log.detail.toPlainText()
    page.log.redeliver_button.click()
    await until(lambda: receiver.types == ["product.deleted"] * 2)
    await until(lambda: "Try 2" in page.log.detail.toPlainText())


async def test_pausing_switching_off_and_removing(
    shop: MainWindow, page: WebhooksPage, receiver: Receiver, until: Until, qtbot: QtBot
) -> None:
    row = await add(shop, page, receiver.url, until)
    row.pause_button.click()
    await until(lambda: row.chip.text == "Paused")
    await page.context.workspace.delete_products([1])  # type: ignore[list-item]
    row.active.click()
    await until(lambda: visible(shop, ConfirmDialog) is not None)
    dialog = visible(shop, ConfirmDialog)
    assert isinstance(dialog, ConfirmDialog)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    await until(row.active.isChecked)
    row.active.click()
    await until(lambda: visible(shop, ConfirmDialog) is not None)
    again = visible(shop, ConfirmDialog)
    assert isinstance(again, ConfirmDialog)
    again.action_button.click()
    await until(lambda: row.chip.text == "Off")
    assert not row.pause_button.isEnabled()
    row.remove_wanted.emit()
    await until(lambda: visible(shop, ConfirmDialog) is not None)
    last = visible(shop, ConfirmDialog)
    assert isinstance(last, ConfirmDialog)
    last.action_button.click()
    await until(lambda: not page.rows)
    assert page._stack.currentIndex() == 1
    assert receiver.deliveries == []


async def test_changing_keeps_the_secret_unless_it_is_replaced(
    shop: MainWindow, page: WebhooksPage, receiver: Receiver, until: Until
) -> None:
    row = await add(shop, page, receiver.url, until)
    webhooks = page.context.workspace.webhooks
    assert row.subscription is not None
    before = await webhooks.secret(row.subscription.id)
    row.edit_wanted.emit()
    await until(lambda: visible(shop, WebhookDialog) is not None)
    dialog = visible(shop, WebhookDialog)
    assert isinstance(dialog, WebhookDialog)
    dialog.url.setText(receiver.url + "/other")
    dialog.action_button.click()
    await until(lambda: row.address.text().endswith("/other"))
    assert await webhooks.secret(row.subscription.id) == before
    row.edit_wanted.emit()
    await until(lambda: visible(shop, WebhookDialog) not in (None, dialog))
    second = visible(shop, WebhookDialog)
    assert isinstance(second, WebhookDialog)
    second.replace_button.click()
    await until(lambda: second.secret.text().startswith("whsec_"))
    assert second.secret.text() == await webhooks.secret(row.subscription.id) != before
    second.action_button.click()
    await until(lambda: not second.isVisible())
