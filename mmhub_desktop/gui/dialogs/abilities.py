"""What each marketplace can do, side by side, as its package declares it."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QTableWidget, QTableWidgetItem, QWidget

from mmhub_desktop.gui import theme
from mmhub_desktop.gui.dialogs.frame import Dialog
from mmhub_desktop.gui.marketplace_icon import marketplace_icon
from mmhub_desktop.gui.tables.declared_columns import LEFT
from mmhub_desktop.gui.widgets.plain_table import prepare_table
from mmhub_desktop.marketplaces.abilities import ABILITIES, NO, YES
from mmhub_desktop.marketplaces.base import Marketplace

_FIRST_WIDTH = 244
_HEAD_ROOM = 52  # what a head needs beside its words: icon and padding
_ROW_HEIGHT = 32
_HEIGHT = 600
_WIDEST = 1200


class AbilitiesDialog(Dialog):
    """A row for each ability, a column for each marketplace."""

    def __init__(self, marketplaces: Iterable[Marketplace], parent: QWidget | None = None) -> None:
        shops = tuple(marketplaces)
        metrics = QFontMetrics(theme.font("label"))
        widths = [max(92, metrics.horizontalAdvance(shop.label) + _HEAD_ROOM) for shop in shops]
        super().__init__(
            "What each marketplace can do",
            "As this version of the program speaks to them. Orders and shipments have no page of their own yet.",
            parent,
            width=min(_WIDEST, 64 + _FIRST_WIDTH + sum(widths)),
        )
        self.table = QTableWidget(len(ABILITIES), len(shops) + 1)
        self.table.setAccessibleName("What each marketplace can do")
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        prepare_table(self.table, _ROW_HEIGHT, (_FIRST_WIDTH, *widths))
        self.table.setWordWrap(False)
        self.table.setProperty("roomy", "true")
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.table.setProperty("framed", True)
        self.table.setHorizontalHeaderItem(0, QTableWidgetItem(""))
        for column, shop in enumerate(shops, start=1):
            item = QTableWidgetItem(theme.icon(marketplace_icon(shop.name)), shop.label)
            item.setTextAlignment(LEFT)
            self.table.setHorizontalHeaderItem(column, item)
        for row, ability in enumerate(ABILITIES):
            self.table.setItem(row, 0, _item(ability.label, ability.help))
            for column, shop in enumerate(shops, start=1):
                self.table.setItem(row, column, _answer(shop.label, ability.label, ability.says(shop)))
        self.table.setCurrentCell(0, 0)
        self.body.addWidget(self.table, 1)
        self.confirm_with(self.add_button("Close", self.accept, "primary"))
        around = self.sizeHint().height() - self.table.sizeHint().height()
        self.resize(self.width(), around + min(_HEIGHT, _ROW_HEIGHT * (len(ABILITIES) + 1) + 4))


def _answer(shop: str, label: str, said: str) -> QTableWidgetItem:
    """Yes and no by icon and word; anything else as it is declared."""
    word = {YES: "Yes", NO: "No"}.get(said, said)
    item = _item(word, "")
    if said == YES:
        item.setIcon(theme.icon("check", "ok"))
    elif said == NO:
        item.setIcon(theme.icon("x", "faint"))
        item.setForeground(theme.theme().color("muted"))
    item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{shop}, {label}: {word}")
    item.setToolTip(f"{shop}: {word}")
    return item


def _item(text: str, tip: str) -> QTableWidgetItem:
    item = QTableWidgetItem(text)
    item.setToolTip(tip)
    return item
