"""How the product table looks: its columns, order, the height of its rows, variants below their parents."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from mmhub_desktop.domain.product_view import Density
from mmhub_desktop.gui import theme
from mmhub_desktop.gui.widgets.buttons import Button

_WORDS = {
    Density.COMPACT: "Compact rows",
    Density.NORMAL: "Normal rows",
    Density.PICTURES: "Rows with large pictures",
}


class DisplayButton(Button):
    """Opens a menu; what is in force is ticked in it."""

    columns_asked = Signal()
    density_chosen = Signal(object)  # Density
    families_chosen = Signal(bool)
    sort_chosen = Signal(int)  # a column's place in the model

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "settings", "plain", parent)
        self.set_hint("Columns, order, row height, variants")
        self.density = Density.NORMAL
        self.families = False
        self.sorts: Callable[[], list[tuple[int, str, bool]]] = list  # place, title, whether it is sorted by
        self.menu_shown: QMenu | None = None
        self.clicked.connect(lambda _=False: self.open_menu())

    def open_menu(self) -> None:
        """Show what can be chosen."""
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.addAction(theme.icon("list"), "Columns…").triggered.connect(self.columns_asked)
        order = menu.addMenu(theme.icon("arrow-down"), "Sort by (again: the other way round)")
        for place, title, is_current in self.sorts():
            action = order.addAction(title)
            action.setCheckable(True)
            action.setChecked(is_current)
            action.triggered.connect(partial(self._choose_sort, place))
        menu.addSeparator()
        group = QActionGroup(menu)
        for density, words in _WORDS.items():
            action = menu.addAction(words)
            action.setCheckable(True)
            action.setChecked(density is self.density)
            group.addAction(action)
            action.triggered.connect(partial(self._choose_density, density))
        menu.addSeparator()
        families = menu.addAction("Variants below their products")
        families.setCheckable(True)
        families.setChecked(self.families)
        families.triggered.connect(self.families_chosen)
        self.menu_shown = menu
        menu.popup(self.mapToGlobal(QPoint(0, self.height() + 2)))

    def _choose_sort(self, place: int, _checked: bool = False) -> None:
        self.sort_chosen.emit(place)

    def _choose_density(self, density: Density, _checked: bool = False) -> None:
        self.density_chosen.emit(density)
