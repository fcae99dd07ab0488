"""The head of a page: title, a line below it, and the page's buttons at the right."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mmhub_desktop.gui.widgets.label import Label


class PageHeader(QWidget):
    """Title and subtitle at the left; ``add`` puts widgets at the right, in order.

    The first ``subtitle`` says what the page is for; it comes back whenever there is nothing else to say.
    """

    def __init__(self, title: str, subtitle: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._about = subtitle
        self._title = Label(title, "title")
        self._subtitle = Label(subtitle, "body", "muted")
        self._subtitle.setVisible(bool(subtitle))
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._subtitle)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._row.addLayout(words)
        self._row.addStretch(1)
        self.setMinimumHeight(48)

    def set_title(self, text: str) -> None:
        """Change the title."""
        self._title.setText(text)

    def set_subtitle(self, text: str) -> None:
        """Change the line below the title; empty: what the page is for, or nothing, which takes no room."""
        self._subtitle.setText(text or self._about)
        self._subtitle.setVisible(bool(text or self._about))

    def add(self, widget: QWidget) -> None:
        """Put a widget at the right end."""
        self._row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
