"""The sidebar: groups, icons alone, keys."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from mmhub_desktop.gui.pages import PAGES
from mmhub_desktop.gui.theme import Theme
from mmhub_desktop.gui.widgets.sidebar import NARROW, WIDTH, Sidebar


def shown(sidebar: Sidebar) -> list[str]:
    return [label.text() for label in sidebar.findChildren(QLabel) if label.isVisible() and label.text()]


def test_pages_stand_in_groups_and_leave_their_icons_where_it_is_narrow(qtbot: QtBot, theme: Theme) -> None:
    assert theme.scheme
    sidebar = Sidebar()
    qtbot.addWidget(sidebar)
    sidebar.resize(WIDTH, 500)
    sidebar.show()
    groups = list(dict.fromkeys(entry.group for entry in PAGES if entry.group))
    assert shown(sidebar) == ["MultiMarket Hub", *groups]
    jobs = sidebar.buttons["jobs"]
    jobs.set_count(12)
    sidebar.set_narrow(True)
    assert sidebar.width() == NARROW
    assert shown(sidebar) == []
    assert jobs.minimumSizeHint().width() <= NARROW - 24  # all of the button is seen between the sidebar's margins
    assert (jobs.text(), jobs.toolTip(), jobs.accessibleName()) == ("", "Jobs", "Jobs")
    assert jobs.accessibleDescription() == "12 running or waiting"
    sidebar.set_narrow(False)
    assert (sidebar.width(), jobs.text(), jobs.toolTip()) == (WIDTH, "Jobs", "")


def test_arrows_go_from_page_to_page(qtbot: QtBot, theme: Theme) -> None:
    assert theme.scheme
    sidebar = Sidebar()
    qtbot.addWidget(sidebar)
    sidebar.show()
    sidebar.activateWindow()
    sidebar.buttons["products"].setFocus()
    qtbot.keyClick(sidebar.buttons["products"], Qt.Key.Key_Down)
    assert sidebar.focusWidget() is sidebar.buttons["imports"]
    qtbot.keyClick(sidebar.buttons["imports"], Qt.Key.Key_Up)
    assert sidebar.focusWidget() is sidebar.buttons["products"]
