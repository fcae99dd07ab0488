"""What can be done with the row that a page's table is on: an action for the menu, with its button in the bar."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractItemView, QMenu, QWidget

from mmhub_desktop.gui import theme
from mmhub_desktop.gui.widgets.button_row import ButtonRow
from mmhub_desktop.gui.widgets.buttons import Button

T = TypeVar("T")


def add_row_action(
    page: QWidget, bar: ButtonRow, text: str, icon: str, current: Callable[[], T | None], act: Callable[[T], None]
) -> QAction:
    """Both rest until the page says otherwise; nothing happens while there is no current row."""
    action = QAction(theme.icon(icon), text, page)
    action.setEnabled(False)

    def run() -> None:
        row = current()
        if row is not None:
            act(row)

    action.triggered.connect(run)
    page.addAction(action)
    button = Button(text, icon)
    button.clicked.connect(action.trigger)
    action.enabledChanged.connect(button.setEnabled)
    button.setEnabled(False)
    bar.add(button)
    return action


def offer_menu(view: QAbstractItemView, actions: Callable[[], Iterable[QAction]]) -> None:
    """Let the right mouse button and the menu key show ``actions`` over ``view``."""

    def show(place: QPoint) -> None:
        menu = QMenu(view)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(list(actions()))
        menu.popup(view.viewport().mapToGlobal(place))

    view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    view.customContextMenuRequested.connect(show)
