"""Pages one after the other, of which only the present one decides the size."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QScrollArea, QStackedWidget, QWidget

TALLEST = 560  # pixels of a page; more than that scrolls


class SizedSteps(QStackedWidget):
    """As large as what is shown; a page that scrolls (``scrolled``) wants what is inside it, up to ``TALLEST``."""

    def sizeHint(self) -> QSize:
        """What the present page wants."""
        page = self.currentWidget()
        inside = page.widget() if isinstance(page, QScrollArea) else None
        if inside is not None:
            return QSize(inside.sizeHint().width(), min(inside.sizeHint().height() + 2, TALLEST))
        return page.sizeHint() if page is not None else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        """No page holds another one open."""
        return QSize(200, min(self.sizeHint().height(), 200))


def scrolled(page: QWidget) -> QScrollArea:
    """A page that scrolls when it is taller than the dialog may be."""
    page.setProperty("clear", "true")
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(page)
    return area
