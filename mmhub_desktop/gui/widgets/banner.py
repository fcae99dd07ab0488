"""A tinted line that tells something and can offer one action."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.icon import IconLabel
from mmhub_desktop.gui.widgets.label import Label

ICONS = {"ok": "circle-check", "warn": "triangle-alert", "err": "circle-alert", "info": "info", "neutral": "info"}


class Banner(QFrame):
    """Icon, text, an optional action button and a close button. ``closed`` is emitted when the seller closes it."""

    acted = Signal()
    closed = Signal()

    def __init__(self, tone: str, text: str, action_text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "banner")
        self.setProperty("tone", tone)
        self._text = Label(text, "body")
        self._text.setWordWrap(True)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setAccessibleName(text)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 6, 6)
        row.setSpacing(10)
        self._icon = IconLabel(ICONS.get(tone, "info"), tone if tone in ICONS else "neutral", 18)
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)
        self._action = Button(action_text, kind="plain")
        self._action.setVisible(bool(action_text))
        self._action.clicked.connect(self.acted)
        row.addWidget(self._action)
        close = Button("", "x", "quiet").set_hint("Close this notice")
        close.clicked.connect(self.closed)
        row.addWidget(close)

    @property
    def text(self) -> str:
        """The words shown."""
        return self._text.text()

    def set_text(self, text: str) -> None:
        """Change the words."""
        self._text.setText(text)
        self.setAccessibleName(text)
