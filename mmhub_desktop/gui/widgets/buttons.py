"""Push buttons in four kinds: plain, primary (one per page), danger, quiet."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QPushButton, QWidget

from mmhub_desktop.gui import theme

_ICON_TOKENS = {"plain": "muted", "primary": "on_accent", "danger": "err", "quiet": "muted", "nav": "muted"}
_SQUARE, _ANY = 34, (1 << 24) - 1  # pixels; Qt's own largest width


class Button(QPushButton):
    """A button with an optional Lucide icon. Without text it is square, and needs ``set_hint`` for its name."""

    def __init__(self, text: str = "", icon: str = "", kind: str = "plain", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setProperty("kind", kind)
        self.setFont(theme.font("strong"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)
        self.set_words(text)
        if icon:
            self.set_icon(icon)

    def set_words(self, text: str) -> None:
        """Change the text; without one the button is square."""
        self.setText(text)
        self.setIconSize(QSize(21 if text else 16, 16))  # Fusion leaves too little between icon and text
        self.setMinimumWidth(0 if text else _SQUARE)
        self.setMaximumWidth(_ANY if text else _SQUARE)
        if self.styleSheet() != (sheet := "" if text else "padding: 0;"):
            self.setStyleSheet(sheet)

    def set_icon(self, name: str, token: str = "") -> None:
        """Show a Lucide icon, in the kind's own colour unless ``token`` names another."""
        self.setIcon(theme.icon(name, token or _ICON_TOKENS[str(self.property("kind"))]))

    def set_kind(self, kind: str) -> None:
        """Become another kind of button."""
        if self.property("kind") != kind:
            self.setProperty("kind", kind)
            self.style().unpolish(self)
            self.style().polish(self)

    def set_hint(self, text: str) -> "Button":
        """Tooltip and accessible name."""
        self.setToolTip(text)
        self.setAccessibleName(text)
        return self
