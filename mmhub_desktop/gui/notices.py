"""Notices of the window: small cards at its lower right, one for each thing that happened, newest below."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from mmhub_desktop.gui.widgets.banner import ICONS
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.icon import IconLabel
from mmhub_desktop.gui.widgets.label import Label

MOST = 4
WIDTH = 400
OFFER = "offer"  # a level of its own: something that can be done with the workspace that is open
STAYS_MS = {"info": 7_000, "ok": 7_000}  # offers, warnings and errors stay until they are closed


@dataclass(frozen=True, slots=True)
class NoticeText:
    """What a notice says. ``key`` names what it is about: a later notice with the same key takes its place."""

    level: str
    message: str
    hint: str = ""
    action_text: str = ""
    key: str = ""


class NoticeCard(QFrame):
    """One notice."""

    def __init__(self, text: NoticeText, act: Callable[[], None] | None, close: Callable[[], None]) -> None:
        super().__init__()
        self.text = text
        self.setProperty("surface", "notice")
        self.setAccessibleName(f"{text.message} {text.hint}".strip())
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 4, 8, 4)
        row.setSpacing(10)
        tone = text.level if text.level in ICONS else "info"
        icon = QVBoxLayout()
        icon.setContentsMargins(0, 8, 0, 0)  # on the line of the first words, and of the close button
        icon.addWidget(IconLabel(ICONS[tone], tone, 18))
        icon.addStretch(1)
        row.addLayout(icon)
        words = QVBoxLayout()
        words.setContentsMargins(0, 8, 0, 6)
        words.setSpacing(2)
        for line, role, color in ((text.message, "strong", "text"), (text.hint, "body", "muted")):
            if line:
                label = Label(line, role, color)
                label.setWordWrap(True)
                label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
                words.addWidget(label)
        if text.action_text and act is not None:
            button = Button(text.action_text)
            button.clicked.connect(act)
            button.clicked.connect(close)
            words.addSpacing(6)
            words.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        row.addLayout(words, 1)
        closing = Button("", "x", "quiet").set_hint("Close this notice")
        closing.clicked.connect(close)
        row.addWidget(closing, 0, Qt.AlignmentFlag.AlignTop)


class Notices(QWidget):
    """The stack of notices over the lower right of ``parent``; takes no room when there are none."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self.cards: list[NoticeCard] = []
        parent.installEventFilter(self)
        self.hide()

    def show_notice(self, text: NoticeText, act: Callable[[], None] | None = None) -> None:
        """Show a notice; the same text is not shown twice at once."""
        for card in list(self.cards):
            if card.text == text or (text.key and card.text.key == text.key):
                self._remove(card)
        made = NoticeCard(text, act, lambda: self._remove(made))
        made.setFixedWidth(WIDTH)
        self.cards.append(made)
        self._column.addWidget(made)
        while len(self.cards) > MOST:
            self._remove(self.cards[0])
        QTimer.singleShot(0, self, self._place)  # once more when the new card has been laid out
        if stays := STAYS_MS.get(text.level):
            QTimer.singleShot(stays, made, lambda: self._remove(made))
        self._place()

    def withdraw_offers(self) -> None:
        """The workspace that they are about is being left."""
        for card in [card for card in self.cards if card.text.level == OFFER]:
            self._remove(card)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the corner when the window is resized."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _remove(self, card: NoticeCard) -> None:
        if card in self.cards:
            self.cards.remove(card)
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
            self._place()

    def _place(self) -> None:
        self.setVisible(bool(self.cards))
        if not self.cards:
            return
        height = sum(card.heightForWidth(WIDTH) for card in self.cards) + 8 * (len(self.cards) - 1)
        parent = self.parentWidget()
        assert parent is not None  # noqa: S101 - made with one
        self.setGeometry(parent.width() - WIDTH - 24, parent.height() - height - 20, WIDTH, height)
        self.raise_()
