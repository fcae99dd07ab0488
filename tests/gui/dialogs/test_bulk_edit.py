"""The dialog of bulk edits, on a real workspace: what is shown is what is made, and what means nothing is said."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QComboBox, QDialog, QLineEdit
from pytestqt.qtbot import QtBot

from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.gui.background import cancel_all, spawn
from mmhub_desktop.gui.bridge import Bridge
from mmhub_desktop.gui.dialogs.bulk_edit import BulkEditDialog
from mmhub_desktop.gui.pages.page import GuiContext
from tests.fakes.shop import Shop, lamp, open_shop
from tests.gui.conftest import Until


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(tmp_path, run=False) as opened:
        yield opened
        await cancel_all()


def show(qtbot: QtBot, shop: Shop, ids: list[ProductId]) -> BulkEditDialog:
    context = GuiContext(shop.workspace, Bridge(shop.workspace.bus), None, spawn)  # type: ignore[arg-type]
    dialog = BulkEditDialog(context, ids)
    qtbot.addWidget(dialog)
    dialog.open()
    return dialog


def choose(box: QComboBox, value: str) -> None:
    assert box.findData(value) >= 0
    box.setCurrentIndex(box.findData(value))


def enter(dialog: BulkEditDialog, name: str, words: str) -> None:
    field = dialog.inputs.fields[name]
    assert isinstance(field, QLineEdit)
    field.setText(words)


async def test_prices_are_raised_and_the_one_without_is_left(qtbot: QtBot, shop: Shop, until: Until) -> None:
    ids = list(await shop.add(lamp(1), lamp(2), lamp(3, price=None)))
    dialog = show(qtbot, shop, ids)
    tester = QAbstractItemModelTester(dialog.lines, QAbstractItemModelTester.FailureReportingMode.Fatal)
    choose(dialog.field, "price")
    assert dialog.operation.currentData() == "change"
    await until(lambda: "is not a change" in dialog.counts.text())
    assert not dialog.make_button.isEnabled()
    enter(dialog, "by", "+10%")
    await until(dialog.make_button.isEnabled)
    assert dialog.counts.text() == "2 products to change, 1 left out, with the reason below."
    assert dialog.make_button.text() == "Edit 2 products"
    assert "Left as it is: It has no price." in dialog.lines.index(0, 2).data()
    assert (dialog.lines.index(1, 1).data(), dialog.lines.index(1, 2).data()) == ("24,990 CLP", "27,489 CLP")
    QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: dialog.result() == QDialog.DialogCode.Accepted)
    assert dialog.made is not None
    assert dialog.made.counts.changed == 2
    product = await shop.workspace.products.get(ids[0])
    assert product is not None
    assert str(product.price) == "27,489 CLP"
    del tester


async def test_every_operation_of_every_field_can_be_asked_for(qtbot: QtBot, shop: Shop, until: Until) -> None:
    dialog = show(qtbot, shop, list(await shop.add(lamp(1))))
    for place in range(dialog.field.count()):
        dialog.field.setCurrentIndex(place)
        for choice in range(dialog.operation.count()):
            dialog.operation.setCurrentIndex(choice)
            assert all(field.accessibleName() for field in dialog.inputs.fields.values())
    choose(dialog.field, "attribute:")
    dialog.attribute.setText("Season")
    choose(dialog.operation, "set")
    enter(dialog, "value", "Winter")
    await until(lambda: dialog.lines.rowCount() == 1 and dialog.lines.index(0, 2).data() == "Winter")
    choose(dialog.field, "active")
    await until(lambda: dialog.counts.text() == "0 products to change, 1 the same already.")
    assert not dialog.make_button.isEnabled()
    dialog.reject()
