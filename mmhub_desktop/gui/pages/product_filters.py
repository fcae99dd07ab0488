"""What stands above the product table: cards with numbers by status; search, view, filter; the work's buttons."""

from collections.abc import Mapping

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mmhub_desktop.domain.product import ProductStatus
from mmhub_desktop.gui.pages.page import Spawn
from mmhub_desktop.gui.pages.product_display import DisplayButton
from mmhub_desktop.gui.pages.product_search import ProductSearch
from mmhub_desktop.gui.pages.product_views import ViewPicker
from mmhub_desktop.gui.pages.product_work import WORK
from mmhub_desktop.gui.widgets.button_row import ButtonRow
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.metric import MetricCard
from mmhub_desktop.gui.words import number

# What each card counts and filters by: label, tone, note, statuses.
GROUPS: tuple[tuple[str, str, str, frozenset[ProductStatus]], ...] = (
    ("Imported", "neutral", "to do", frozenset({ProductStatus.IMPORTED})),
    ("Enhanced", "accent", "ready", frozenset({ProductStatus.OPTIMIZED})),
    ("In work", "info", "running", frozenset({ProductStatus.OPTIMIZING, ProductStatus.PUBLISHING})),
    ("Published", "ok", "", frozenset({ProductStatus.PUBLISHED})),
    ("Failed", "err", "to check", frozenset({ProductStatus.FAILED})),
)


class StatusCards(QWidget):
    """One card for each group of statuses; ``chosen`` is emitted with the group's statuses, or none."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: list[MetricCard] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        for label, tone, _, statuses in GROUPS:
            card = MetricCard(label, tone)
            card.clicked.connect(lambda checked, only=statuses: self.chosen.emit(only if checked else frozenset()))
            self.cards.append(card)
            row.addWidget(card)

    def show_counts(self, counts: Mapping[ProductStatus, int]) -> None:
        """Show how many products each group has."""
        total = sum(counts.values())
        for card, (_, _, note, statuses) in zip(self.cards, GROUPS, strict=True):
            value = sum(counts[status] for status in statuses)
            share = f"{100 * value // total} %" if value else ""
            card.set_value(number(value), (note or share) if value else "")

    def mark(self, statuses: frozenset[ProductStatus]) -> None:
        """Show which group is filtered by."""
        for card, group in zip(self.cards, GROUPS, strict=True):
            card.setChecked(group[3] == statuses)


class ProductTools(QWidget):
    """Search, view, filter, display, and the buttons for the selected products.

    ``asked`` is emitted with the name of a ``WORK``, ``filter_asked`` with the button below which to ask for a filter.
    """

    asked = Signal(str)
    filter_asked = Signal(object)
    menu_asked = Signal(QPoint)  # global

    def __init__(self, spawn: Spawn, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = ProductSearch(spawn)
        self.views = ViewPicker()
        self.filter_button = Button("Filter", "funnel")
        self.filter_button.setToolTip("Show only products for which something holds (Ctrl+Shift+F)")
        self.filter_button.clicked.connect(lambda: self.filter_asked.emit(self.filter_button))
        self.display = DisplayButton()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.search, 3)
        for each in (self.views, self.filter_button, self.display):
            row.addWidget(each)
        row.addStretch(1)
        work = ButtonRow()
        row.addWidget(work)
        self.buttons: dict[str, Button] = {}
        for item in WORK:
            if item.in_toolbar:
                button = Button(item.label, item.icon)
                button.setToolTip(item.help)
                button.clicked.connect(lambda _=False, name=item.name: self.asked.emit(name))
                self.buttons[item.name] = button
                work.add(button)
        more = Button("", "ellipsis").set_hint("More actions for the selected products")
        more.clicked.connect(lambda: self.menu_asked.emit(more.mapToGlobal(more.rect().bottomLeft())))
        row.addWidget(more)

    def allow_work(self, allowed: bool) -> None:
        """Whether something is selected."""
        for button in self.buttons.values():
            button.setEnabled(allowed)
