"""A field for something secret, with an eye to look at what was typed."""

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from mmhub_desktop.gui.widgets.buttons import Button


class SecretField(QWidget):
    """``field`` is the line; the eye shows its text while it is pressed in."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setAccessibleName(name)
        self.reveal = Button("", "eye").set_hint(f"Show: {name}")
        self.reveal.setCheckable(True)
        self.reveal.toggled.connect(self._show)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.field, 1)
        row.addWidget(self.reveal)
        self.setMinimumHeight(34)  # the stylesheet gives its height to the line only, not to what holds it
        self.setFocusProxy(self.field)

    def _show(self, shown: bool) -> None:
        self.field.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
