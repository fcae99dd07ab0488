"""A form that scrolls inside its dialog where the screen is too low for all of it."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QScrollArea, QWidget

_LEAST = 200  # pixels of height
_BAR = 16  # room for the scroll bar beside the fields


class ScrollForm(QScrollArea):
    """Asks for the height of ``form`` and is content with less."""

    def __init__(self, form: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        form.setProperty("clear", "true")
        self.setWidget(form)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumHeight(_LEAST)

    def sizeHint(self) -> QSize:
        """All of the form."""
        form = self.widget()
        return form.sizeHint() + QSize(_BAR, 2) if form is not None else super().sizeHint()
