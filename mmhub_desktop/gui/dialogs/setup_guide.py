"""What to do at a marketplace before an account can be connected: its steps in the seller's words, with their links."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mmhub_desktop.gui.widgets.card import Card
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.marketplaces.base import SetupStep


class SetupGuide(QWidget):
    """Numbered steps; links open in the browser."""

    def __init__(self, steps: Sequence[SetupStep], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(6)
        column.addWidget(Label("Before you begin", "label"))
        card = Card()
        card.body.setSpacing(8)
        for number, step in enumerate(steps, start=1):
            row = QHBoxLayout()
            row.setSpacing(10)
            place = Label(f"{number}", "strong", "muted")
            place.setAlignment(Qt.AlignmentFlag.AlignTop)
            place.setFixedWidth(16)
            row.addWidget(place)
            words = QVBoxLayout()
            words.setSpacing(2)
            text = Label(step.text, "body")
            text.setWordWrap(True)
            words.addWidget(text)
            if step.link:
                link = Label(f'<a href="{step.link}">{step.link.removeprefix("https://")}</a>', "small")
                link.setTextFormat(Qt.TextFormat.RichText)
                link.setOpenExternalLinks(True)
                link.setAccessibleName(f"Open {step.link}")
                words.addWidget(link)
            row.addLayout(words, 1)
            card.body.addLayout(row)
        column.addWidget(card)
