"""What a page shows when there is nothing yet: what to do, and the button that does it."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mmhub_desktop.gui.theme import draw_icon, theme
from mmhub_desktop.gui.widgets.label import Label

TEXT_WIDTH = 420


class IconDisc(QWidget):
    """An icon in a tinted disc of ``size`` pixels."""

    def __init__(self, icon: str, size: int = 64, token: str = "accent") -> None:  # noqa: S107
        super().__init__()
        self._icon, self._size, self._token = icon, size, token
        self.setFixedSize(QSize(size, size))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Draw disc and icon."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().color(f"{self._token}_soft"))
        painter.drawEllipse(self.rect())
        side = round(self._size * 0.44 / 2) * 2
        spot = QRect((self._size - side) // 2, (self._size - side) // 2, side, side)
        draw_icon(painter, spot, self._icon, self._token)


class EmptyState(QWidget):
    """Icon, title, text and buttons in the middle of the room they are given."""

    def __init__(self, icon: str, title: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = Label(title, "section")
        self._text = Label(text, "body", "muted")
        self._text.setWordWrap(True)
        self._text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._text.setFixedWidth(TEXT_WIDTH)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._buttons.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addStretch(2)
        column.addWidget(IconDisc(icon), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(8)
        column.addWidget(self._title, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._text, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(8)
        column.addLayout(self._buttons)
        column.addStretch(3)

        self._fit()

    def add(self, button: QWidget) -> None:
        """Put a button below the text."""
        self._buttons.addWidget(button)

    def set_text(self, title: str, text: str) -> None:
        """Change the words."""
        self._title.setText(title)
        self._text.setText(text)
        self._fit()

    def _fit(self) -> None:
        """Give the wrapped text all its lines: a centred widget gets the height of its first guess."""
        self._text.setFixedHeight(self._text.heightForWidth(TEXT_WIDTH))
