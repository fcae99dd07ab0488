"""The first page of a seller who has no workspace yet: try it, start, or open what exists."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLayout, QWidget

from mmhub_desktop.gui.pages.page import GuiContext, Page
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.card import Card
from mmhub_desktop.gui.widgets.empty import IconDisc
from mmhub_desktop.gui.widgets.icon import IconLabel
from mmhub_desktop.gui.widgets.label import Label

# icon, colour, title, text, button, kind, what it calls
CHOICES = (
    ("sparkles", "accent", "Try it with sample products",
     "Opens a practice shop with sample products and a practice marketplace on this computer. Nothing leaves it.",
     "Open the practice shop", "primary", "open_sample"),
    ("folder-plus", "ok", "Start with your own products",
     "Makes a workspace: one file on this computer that holds your products, listings and work.",
     "New workspace", "plain", "new"),
    ("folder-open", "info", "Open a workspace",
     "Goes on where you left off, or opens the workspace of another shop.",
     "Open workspace", "plain", "open"),
)  # fmt: skip

PROMISES = (
    ("lock", "Your data stays on this computer, your keys in its keyring"),
    ("rotate-cw", "Work goes on after a crash; nothing is sent twice"),
    ("wifi-off", "Everything but sending works offline"),
)

WIDTH = 880


class WelcomePage(Page):
    """Offers the three ways to begin."""

    def __init__(self, context: GuiContext) -> None:
        super().__init__(context)
        column = self.body
        column.setSpacing(0)
        column.addStretch(2)
        column.addWidget(IconDisc("rocket", 72), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(20)
        title = Label("From a product file to live listings", "metric")
        column.addWidget(title, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(8)
        text = "Drop a CSV or Excel file anywhere on this window, or begin with one of these."
        column.addWidget(Label(text, "body", "muted"), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(32)
        choices = QWidget()
        choices.setMaximumWidth(WIDTH)
        grid = QGridLayout(choices)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(28)
        for place, (choice, promise) in enumerate(zip(CHOICES, PROMISES, strict=True)):
            grid.setColumnStretch(place, 1)
            grid.addWidget(self._card(*choice), 0, place)
            grid.addLayout(_promise(*promise), 1, place)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(choices, 1_000)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(3)

    def _card(self, icon: str, tone: str, title: str, text: str, button: str, kind: str, name: str) -> QWidget:
        card = Card()
        card.setFixedHeight(226)
        card.body.setContentsMargins(20, 20, 20, 20)
        card.body.addWidget(IconDisc(icon, 40, tone))
        card.body.addSpacing(6)
        card.body.addWidget(Label(title, "section"))
        words = Label(text, "body", "muted")
        words.setWordWrap(True)
        words.setAlignment(Qt.AlignmentFlag.AlignTop)
        card.body.addWidget(words, 1)
        begin = Button(button, kind=kind)
        begin.setAccessibleDescription(text)
        begin.clicked.connect(lambda: self._call(name))
        card.body.addWidget(begin)
        return card

    def _call(self, name: str) -> None:
        window = self.context.window
        calls: dict[str, Callable[[], None]] = {
            "open_sample": window.open_sample,
            "new": lambda: window.choose_workspace(new=True),
            "open": window.choose_workspace,
        }
        calls[name]()


def _promise(icon: str, words: str) -> QLayout:
    row = QHBoxLayout()
    row.setContentsMargins(8, 0, 8, 0)
    row.setSpacing(8)
    label = Label(words, "small", "muted")
    label.setWordWrap(True)
    row.addWidget(IconLabel(icon, "muted"), 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(label, 1, Qt.AlignmentFlag.AlignTop)
    return row
