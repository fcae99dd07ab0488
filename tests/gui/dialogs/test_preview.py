"""The preview dialog: what would happen to each listing, and sending just that, through to live listings."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from mmhub_desktop.domain.ids import AccountId, ProductId
from mmhub_desktop.domain.job import WorkRequest
from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.preview import PreviewDetail, PreviewField, PreviewOutcome, PreviewRow, PreviewState
from mmhub_desktop.gui import theme as themes
from mmhub_desktop.gui.background import cancel_all, spawn
from mmhub_desktop.gui.bridge import Bridge
from mmhub_desktop.gui.dialogs.preview import PreviewDialog
from mmhub_desktop.gui.dialogs.preview_text import detail_html, word_diff
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.tables.products import PAGE
from tests.fakes.shop import Shop, lamp, open_shop
from tests.gui.conftest import Until


def show(qtbot: QtBot, shop: Shop, action: str, *ids: ProductId) -> PreviewDialog:
    context = GuiContext(shop.workspace, Bridge(shop.workspace.bus), None, spawn)  # type: ignore[arg-type]
    dialog = PreviewDialog(context, WorkRequest(action, ids, (shop.account.id,)), [shop.account])
    qtbot.addWidget(dialog)
    dialog.open()
    return dialog


async def test_from_the_preview_to_live_listings(qtbot: QtBot, tmp_path: Path, until: Until) -> None:
    async with open_shop(tmp_path) as shop:
        products = await shop.add(lamp(1), lamp(2), lamp(3, price=None))
        dialog = show(qtbot, shop, "publish", *products)
        tester = QAbstractItemModelTester(dialog.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
        await until(dialog.action_button.isEnabled)
        assert dialog.action_button.text() == "Publish 2 listings on Test"
        assert dialog.state.text() == "2 listings will be sent, 1 left out."
        assert dialog.filters[PreviewOutcome.BLOCKED].text() == "Blocked 1"
        assert not dialog.filters[PreviewOutcome.SAME].isVisible()
        await until(lambda: "Lumea" in dialog.detail.fields.toPlainText())
        assert "24,990 CLP" in dialog.detail.fields.toPlainText()
        assert '"category_id"' in dialog.detail.request.toPlainText()
        assert "{{picture_1}}" in dialog.detail.request.toPlainText()
        assert "stands for" in dialog.detail.note.text()
        dialog.detail.copy_button.click()
        assert QGuiApplication.clipboard().text().startswith("POST /items\n{")
        dialog.filters[PreviewOutcome.BLOCKED].click()
        await until(lambda: len(dialog.model.ids) == 1)
        await dialog.model.settled()
        assert dialog.model.index(0, 3).data() == "There is no price."
        await until(lambda: "Enter a price" in dialog.detail.fields.toPlainText())
        assert "Nothing is sent" in dialog.detail.note.text()
        qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: dialog.result() == QDialog.DialogCode.Accepted)
        assert dialog.sent == 2
        batch = await shop.workspace.engine.wait_batch(dialog.batches[0])
        assert batch is not None
        assert (batch.total, batch.completed) == (2, 2), await shop.problems(batch)
        states = [(await shop.listing(product)).state for product in products]
        assert states == [ListingState.LIVE, ListingState.LIVE, ListingState.DRAFT]
        tester.deleteLater()
        await cancel_all()


async def test_an_update_shows_old_and_new_and_follows_a_changed_product(
    qtbot: QtBot, tmp_path: Path, until: Until
) -> None:
    async with open_shop(tmp_path) as shop:
        (product,) = await shop.add(lamp())
        await shop.do("publish", product)
        stored = await shop.workspace.products.get(product)
        assert stored is not None
        dialog = show(qtbot, shop, "update", product)
        await until(lambda: dialog.action_button.text() == "Nothing to send")
        assert not dialog.action_button.isEnabled()
        await shop.workspace.products.save(replace(stored, price=Money.of(Decimal(19990), "CLP")))
        dialog.again_button.click()
        await until(dialog.action_button.isEnabled)
        await until(lambda: "19,990" in dialog.detail.fields.toPlainText())
        assert "24,990 CLP → 19,990 CLP" in dialog.detail.fields.toPlainText()
        assert dialog.detail.note.text() == "Sent as it stands here, byte for byte."
        dialog.reject()
        await cancel_all()
        assert shop.summary()["creates"] == 1


async def test_ten_thousand_lines_are_shown_without_being_read(qtbot: QtBot, tmp_path: Path, until: Until) -> None:
    async with open_shop(tmp_path, run=False) as shop:
        dialog = show(qtbot, shop, "end", *(await shop.add(lamp())))
        await until(lambda: dialog.action_button.text() == "Nothing to send")
        store = shop.workspace.previews.store
        number = await store.begin("end", {}, 10_000)
        row = PreviewRow(0, ProductId(1), AccountId(1), PreviewOutcome.ENDS, "L-1", "Lámpara", "", 1)
        fields = (PreviewField("state", "live", "ended"),)
        for _ in range(10):
            await store.keep(number, [PreviewDetail(row, fields)] * 1_000)
        await store.set_state(number, PreviewState.READY)
        dialog.preview_id = number
        dialog.show_only(PreviewOutcome.ENDS)
        await until(lambda: len(dialog.model.ids) == 10_000)
        await dialog.model.settled()
        assert len(dialog.model._rows) <= 3 * PAGE
        dialog.reject()
        await cancel_all()


def test_changed_words_are_marked_and_the_rest_is_not() -> None:
    assert word_diff("a red lamp for desks", "a blue lamp for all desks") == [
        ("same", "a "), ("gone", "red"), ("added", "blue"), ("same", " lamp for "), ("added", "all "),
        ("same", "desks"),
    ]  # fmt: skip
    long = "word " * 5_000
    assert word_diff(long, long + "x") == [("gone", long), ("added", long + "x")]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_texts_of_products_are_no_markup(theme: themes.Theme, mode: str) -> None:
    theme.set_mode(mode)
    row = PreviewRow(1, ProductId(1), AccountId(1), PreviewOutcome.CHANGED, "<b>", "", "", 1)
    shown = detail_html(PreviewDetail(row, (PreviewField("title", "<i>old</i> & so on and on and on", "<script>"),)))
    assert "<script>" not in shown
    assert "<i>" not in shown
