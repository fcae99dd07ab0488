"""The table of what each marketplace can do."""

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from mmhub_desktop.gui.dialogs.abilities import AbilitiesDialog
from mmhub_desktop.marketplaces.base import installed_marketplaces


def test_it_says_what_is_declared_in_words(qtbot: QtBot) -> None:
    dialog = AbilitiesDialog(installed_marketplaces().things.values())
    qtbot.addWidget(dialog)
    table = dialog.table
    shops = {table.horizontalHeaderItem(place).text(): place for place in range(1, table.columnCount())}
    rows = {table.item(row, 0).text(): row for row in range(table.rowCount())}
    assert list(shops) == [shop.label for shop in installed_marketplaces().things.values()]
    assert table.item(rows["Orders acknowledged"], shops["Walmart"]).text() == "Yes"
    no = table.item(rows["Orders acknowledged"], shops["Etsy"])
    assert (no.text(), no.data(Qt.ItemDataRole.AccessibleTextRole)) == ("No", "Etsy, Orders acknowledged: No")
    assert table.item(rows["Calls a second"], shops["Etsy"]).text() == "4"
