"""The dialog that adopts listings: sure ones chosen, likely ones by hand, what has no product cannot be."""

from pathlib import Path

from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from mmhub_desktop.domain.product import Text
from mmhub_desktop.gui.background import cancel_all, spawn
from mmhub_desktop.gui.bridge import Bridge
from mmhub_desktop.gui.dialogs.adopt import AdoptDialog
from mmhub_desktop.gui.pages.page import GuiContext
from tests.fakes.shop import lamp, open_shop
from tests.gui.conftest import Until


class Told:
    """Takes the place of the window: keeps what it is told."""

    def __init__(self) -> None:
        self.notices: list[str] = []

    def notify(self, level: str, message: str, *rest: object, **more: object) -> None:
        del level, rest, more
        self.notices.append(message)


async def test_sure_ones_are_chosen_and_adopting_writes_them(qtbot: QtBot, tmp_path: Path, until: Until) -> None:
    async with open_shop(tmp_path) as shop:
        kettle = lamp(3, original=Text("Hervidor eléctrico rojo 2 litros", "x"))
        products = await shop.add(lamp(1), lamp(2), kettle)
        await shop.do("publish", *products)
        await shop.workspace.products.delete(products)
        (same, _) = await shop.add(lamp(1), lamp(9, original=Text("LAMPARA escritorio Lumea Flex 2", "")))
        told = Told()
        context = GuiContext(shop.workspace, Bridge(shop.workspace.bus), told, spawn)  # type: ignore[arg-type]
        dialog = AdoptDialog(context, shop.account)
        qtbot.addWidget(dialog)
        tester = QAbstractItemModelTester(dialog.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
        dialog.open()
        await until(lambda: len(dialog.model.ids) == 3)
        dialog.model.index(0, 0).data()
        await dialog.model.settled()
        words = [dialog.model.index(row, 2).data() for row in range(3)]
        assert words == ["Sure", "Likely", "No product"]
        assert dialog.action_button.text() == "Adopt 1 listing"
        dialog.toggle([dialog.model.ids[2]])
        assert dialog.action_button.text() == "Adopt 1 listing", "a listing without a product cannot be chosen"
        dialog.likely_button.click()
        assert dialog.action_button.text() == "Adopt 2 listings"
        dialog.toggle([dialog.model.ids[1]])
        assert dialog.action_button.text() == "Adopt 1 listing"
        dialog.action_button.click()
        await until(lambda: dialog.result() == QDialog.DialogCode.Accepted)
        assert told.notices == ["1 listing adopted."]
        assert (await shop.listing(same)).remote_id
        tester.deleteLater()
        await cancel_all()
