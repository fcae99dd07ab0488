"""Buttons that leave their icons where there is no room."""

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from mmhub_desktop.gui.theme import Theme
from mmhub_desktop.gui.widgets.button_row import ButtonRow
from mmhub_desktop.gui.widgets.buttons import Button


def test_words_go_when_there_is_no_room_and_come_back(qtbot: QtBot, theme: Theme) -> None:
    assert theme.scheme
    place = QWidget()
    qtbot.addWidget(place)
    row = ButtonRow()
    undo, show = Button("Undo this import", "undo-2"), Button("Show its products", "package")
    show.setToolTip("Show them in the table")
    for button in (undo, show):
        row.add(button)
    row.setParent(place)
    place.show()
    wanted = row.sizeHint().width()
    assert row.minimumSizeHint().width() < wanted / 2
    row.resize(wanted, 34)
    assert [undo.text(), show.text()] == ["Undo this import", "Show its products"]
    row.resize(wanted - 1, 34)
    assert [undo.text(), show.text()] == ["", ""]
    assert undo.width() <= 34
    assert (undo.accessibleName(), undo.toolTip()) == ("Undo this import", "Undo this import")
    assert show.toolTip() == "Show them in the table"
    row.resize(wanted, 34)
    assert [undo.text(), show.text()] == ["Undo this import", "Show its products"]
    assert undo.maximumWidth() > wanted
