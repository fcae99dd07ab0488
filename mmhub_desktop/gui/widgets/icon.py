"""An icon as a widget."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel

from mmhub_desktop.gui import theme


class IconLabel(QLabel):
    """A tinted icon of ``size`` pixels that follows the scheme."""

    def __init__(self, name: str, token: str = "muted", size: int = 16) -> None:  # noqa: S107
        super().__init__()
        self._name, self._token = name, token
        self.setFixedSize(QSize(size, size))
        theme.theme().changed.connect(self._draw)
        self._draw()

    def set_icon(self, name: str, token: str) -> None:
        """Change icon and colour."""
        if (name, token) != (self._name, self._token):
            self._name, self._token = name, token
            self._draw()

    def _draw(self) -> None:
        self.setPixmap(theme.icon(self._name, self._token).pixmap(self.size(), self.devicePixelRatioF()))
