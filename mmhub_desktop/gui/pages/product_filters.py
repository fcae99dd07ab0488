"""What narrows the product table: cards with numbers by status, search, status filter; and the work's buttons."""

from collections.abc import Mapping

from PySide6.QtCore import QPoint, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from mmhub_desktop.domain.product import ProductStatus
from mmhub_desktop.gui import theme
from mmhub_desktop.gui.pages.product_work import WORK
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.icon import IconLabel
from mmhub_desktop.gui.widgets.label import ElidedLabel
from mmhub_desktop.gui.widgets.metric import MetricCard
from mmhub_desktop.gui.words import number

SEARCH_DELAY_MS = 180

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


class OnlyChip(QWidget):
    """Says that only the products with one problem are shown; its button, or ``cleared``, shows all again."""

    cleared = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = ElidedLabel("", "label", "err")
        self.words.setMaximumWidth(190)
        clear = Button("", "x", "quiet").set_hint("Show all products again")
        clear.clicked.connect(self.cleared)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(IconLabel("funnel", "err", 16))
        row.addWidget(self.words)
        row.addWidget(clear)
        self.hide()

    def show_words(self, words: str) -> None:
        """Name the problem; without words all products are shown and this is hidden."""
        self.words.setText(words)
        self.words.setMinimumWidth(min(190, self.words.fontMetrics().horizontalAdvance(words) + 4))
        self.setAccessibleName(f"Only products with: {words}" if words else "")
        self.setVisible(bool(words))


class ProductTools(QWidget):
    """Search, status filter, and the buttons for the selected products.

    ``searched`` is emitted when typing has paused, ``asked`` with the name of a ``WORK``.
    """

    searched = Signal(str)
    status_chosen = Signal(object)
    asked = Signal(str)
    menu_asked = Signal(QPoint)  # global

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search title or SKU")
        self.search.setAccessibleName("Search products by title or SKU")
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(300)
        self.search.setAcceptDrops(False)  # a file dropped here is for the window
        glass = QAction(theme.icon("search"), "", self.search)
        self.search.addAction(glass, QLineEdit.ActionPosition.LeadingPosition)
        self.status = QComboBox()
        self.status.setAccessibleName("Show only products with this status")
        self.status.addItem("All statuses", frozenset())
        for label, _, _, statuses in GROUPS:
            self.status.addItem(label, statuses)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.only = OnlyChip()
        row.addWidget(self.search, 1)
        row.addWidget(self.status)
        row.addWidget(self.only)
        row.addStretch(1)
        self.buttons: dict[str, Button] = {}
        for item in WORK:
            if item.in_toolbar:
                button = Button(item.label, item.icon)
                button.setToolTip(item.help)
                button.clicked.connect(lambda _=False, name=item.name: self.asked.emit(name))
                self.buttons[item.name] = button
                row.addWidget(button)
        more = Button("", "ellipsis").set_hint("More actions for the selected products")
        more.clicked.connect(lambda: self.menu_asked.emit(more.mapToGlobal(more.rect().bottomLeft())))
        row.addWidget(more)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(SEARCH_DELAY_MS)
        self._typing.timeout.connect(self.search_now)
        self.search.textChanged.connect(lambda _: self._typing.start())
        self.search.returnPressed.connect(self.search_now)
        self.status.activated.connect(lambda _: self.status_chosen.emit(self.status.currentData()))

    def search_now(self) -> None:
        """Search for what is in the field."""
        self._typing.stop()
        self.searched.emit(self.search.text().strip())

    def mark(self, statuses: frozenset[ProductStatus]) -> None:
        """Show which statuses are filtered by."""
        self.status.setCurrentIndex(max(0, self.status.findData(statuses)))

    def allow_work(self, allowed: bool) -> None:
        """Whether something is selected."""
        for button in self.buttons.values():
            button.setEnabled(allowed)
