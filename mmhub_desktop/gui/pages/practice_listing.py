"""One listing of the practice shop in full, as a buyer sees it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPixmap, QTextDocument
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QScrollArea, QSpinBox, QVBoxLayout, QWidget

from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.card import Card
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.practice.buyer import Showcase

_PICTURE = 168  # pixels of the first picture's side
_SMALL = 52


class ListingView(QScrollArea):
    """Pictures, title, price, stock, a button that buys, facts and description. ``bought`` tells how many."""

    bought = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("The chosen listing")
        self._card = Card()
        self._pictures = QHBoxLayout()
        self._pictures.setSpacing(8)
        self.above = Label("", "small", "muted")
        self.title = Label("", "section")
        self.price = Label("", "metric")
        self.stock = Label("", "body", "muted")
        self.notice = Label("", "body", "warn")
        self.count = QSpinBox()
        self.count.setMinimum(1)
        self.count.lineEdit().setTextMargins(8, 0, 0, 0)  # Fusion leaves a stylesheet's padding out here
        self.count.setAccessibleName("How many to buy")
        self.buy_button = Button("Buy", "check", "primary")
        self.buy_button.clicked.connect(lambda: self.bought.emit(self.count.value()))
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(16)
        self._facts.setVerticalSpacing(4)
        self._facts.setColumnStretch(1, 1)
        self.description = Label("", "body")
        self._lay_out()

    def _lay_out(self) -> None:
        for label in (self.title, self.stock, self.notice, self.description):
            label.setWordWrap(True)
        self.description.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        buy = QHBoxLayout()
        buy.setSpacing(8)
        buy.addWidget(self.count)
        buy.addWidget(self.buy_button)
        buy.addStretch(1)
        column = self._card.body
        column.setSpacing(8)
        column.addLayout(self._pictures)
        for widget in (self.above, self.title, self.price, self.notice, self.stock):
            column.addWidget(widget)
        column.addLayout(buy)
        column.addSpacing(8)
        column.addLayout(self._facts)
        column.addSpacing(8)
        column.addWidget(self.description)
        column.addStretch(1)
        inside = QWidget()
        inside.setProperty("clear", "true")
        around = QVBoxLayout(inside)
        around.setContentsMargins(0, 0, 4, 0)
        around.addWidget(self._card)
        self.setWidget(inside)

    def show_listing(self, showcase: Showcase, pictures: Sequence[bytes]) -> None:
        """Draw a listing; ``pictures`` are encoded images."""
        entry = showcase.entry
        self._show_pictures(pictures)
        self.above.setText("  ·  ".join(word for word in (showcase.condition, showcase.sold) if word))
        self.above.setVisible(bool(self.above.text()))
        self.title.setText(entry.title or entry.id)
        self.price.setText(entry.price)
        self.stock.setText(f"{entry.quantity} in stock")
        self.notice.setText(showcase.notice)
        self.notice.setVisible(bool(showcase.notice))
        self.count.setMaximum(max(1, entry.quantity))
        for widget in (self.count, self.buy_button):
            widget.setEnabled(entry.live and entry.quantity > 0)
        self.buy_button.set_hint("A buyer buys it: the stock goes down and an order comes")
        self._show_facts(showcase.facts)
        self.description.setText(_plain(showcase.description) if showcase.html else showcase.description)

    def _show_pictures(self, pictures: Sequence[bytes]) -> None:
        _clear(self._pictures)
        for place, data in enumerate(pictures):
            image = QPixmap()
            if not image.loadFromData(data):
                continue
            side = _PICTURE if place == 0 else _SMALL
            ratio = self.devicePixelRatioF()
            image = image.scaled(
                round(side * ratio), round(side * ratio), Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )  # fmt: skip
            image.setDevicePixelRatio(ratio)
            shown = QLabel()
            shown.setPixmap(image)
            shown.setAccessibleName(f"Picture {place + 1}")
            shown.setAlignment(Qt.AlignmentFlag.AlignTop)
            self._pictures.addWidget(shown)
        self._pictures.addStretch(1)

    def _show_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        _clear(self._facts)
        for place, (name, value) in enumerate(facts):
            self._facts.addWidget(Label(name, "body", "muted"), place, 0, Qt.AlignmentFlag.AlignTop)
            told = Label(value, "body")
            told.setWordWrap(True)
            self._facts.addWidget(told, place, 1)


def _plain(html: str) -> str:
    """The words of a description; what sellers write is not trusted, so nothing of it is drawn as HTML."""
    document = QTextDocument()
    document.setHtml(html)
    return document.toPlainText()


def _clear(layout: QHBoxLayout | QGridLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.deleteLater()
