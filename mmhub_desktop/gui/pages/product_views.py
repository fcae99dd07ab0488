"""The views of the product table beside its search: chosen from a menu, saved, changed, put in order."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, QSize, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu, QWidget

from mmhub_desktop.domain.product_view import BUILT_IN, ProductView, SavedView
from mmhub_desktop.gui import theme
from mmhub_desktop.gui.widgets.buttons import Button

WIDEST_NAME = 22  # letters


class ViewPicker(Button):
    """Shows the name of the view in force, with a dot where it was changed since; pressed it opens the menu."""

    chosen = Signal(object)  # SavedView
    save_asked = Signal()
    update_asked = Signal()
    manage_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "", "plain", parent)
        self.setMaximumWidth(16_777_215)  # a button without words is square
        self.setMinimumWidth(0)
        self.setStyleSheet("padding: 0 10px;")
        self.setIconSize(QSize(21, 16))
        self.set_icon("table")
        self.saved: tuple[SavedView, ...] = ()
        self.current = BUILT_IN[0]
        self.is_changed = False
        self.menu_shown: QMenu | None = None
        self.clicked.connect(lambda _=False: self.open_menu())
        self.mark(self.current, is_changed=False)

    def offer(self, saved: Sequence[SavedView]) -> None:
        """Let these be chosen besides those of the program; the current one follows what was saved."""
        self.saved = tuple(saved)
        if self.current.id:
            found = next((each for each in saved if each.id == self.current.id), None)
            self.mark(found or BUILT_IN[0], is_changed=self.is_changed or found is None)

    def mark(self, view: SavedView, *, is_changed: bool) -> None:
        """Show which view is in force, and whether something differs from it."""
        self.current, self.is_changed = view, is_changed
        name = view.name if len(view.name) <= WIDEST_NAME else f"{view.name[:WIDEST_NAME].rstrip()}…"
        self.setText(f"{name} •" if is_changed else name)
        said = f"View: {view.name}{', changed' if is_changed else ''}"
        self.setAccessibleName(said)
        self.setToolTip(f"{said}. Choose or save what the table shows.")

    def open_menu(self) -> None:
        """All views, and what can be done with them."""
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        for each in BUILT_IN:
            self._entry(menu, each)
        if self.saved:
            menu.addSeparator()
        for each in self.saved:
            self._entry(menu, each)
        menu.addSeparator()
        if self.current.id and self.is_changed:
            menu.addAction(theme.icon("check"), f"Save changes to “{self.current.name}”").triggered.connect(
                self.update_asked
            )
        menu.addAction(theme.icon("plus"), "Save as new view…").triggered.connect(self.save_asked)
        if self.saved:
            menu.addAction(theme.icon("pencil"), "Rename, delete, reorder…").triggered.connect(self.manage_asked)
        self.menu_shown = menu
        menu.popup(self.mapToGlobal(QPoint(0, self.height() + 2)))

    def _entry(self, menu: QMenu, view: SavedView) -> None:
        is_current = (view.id, view.name) == (self.current.id, self.current.name)
        action = menu.addAction(theme.icon("check", "accent") if is_current else QIcon(), view.name)
        action.triggered.connect(partial(self._choose, view))

    def _choose(self, view: SavedView, _checked: bool = False) -> None:
        self.chosen.emit(view)


def differs(view: SavedView, shown: ProductView) -> bool:
    """Whether what is shown is no longer the view: of those of the program only the filters and words count."""
    if view.id:
        return view.view != shown
    return (view.view.query.filters, view.view.query.text) != (shown.query.filters, shown.query.text)
