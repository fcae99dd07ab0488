"""Asking before what cannot be undone, with the number named on the button."""

from PySide6.QtWidgets import QLineEdit, QWidget

from mmhub_desktop.gui.background import asked
from mmhub_desktop.gui.dialogs.frame import Dialog
from mmhub_desktop.gui.widgets.label import Label


class ConfirmDialog(Dialog):
    """Asks once. ``typed`` is a word that must be typed before the button can be pressed (for what hurts most)."""

    def __init__(
        self,
        title: str,
        text: str,
        action: str,
        parent: QWidget | None = None,
        *,
        danger: bool = True,
        typed: str = "",
        refuse: str = "Cancel",
    ) -> None:
        super().__init__(title, text, parent, width=440)
        self._typed = typed
        self.refuse_button = self.add_button(refuse, self.reject)
        self.action_button = self.add_button(action, self.accept, "danger" if danger else "primary")
        self.field: QLineEdit | None = None
        if typed:
            self.field = QLineEdit()
            self.field.setAccessibleName(f"Type {typed} to go on")
            self.field.textChanged.connect(self._check)
            self.body.addWidget(Label(f"Type “{typed}” to go on", "label", "muted"))
            self.body.addWidget(self.field)
            self._check("")
            self.field.setFocus()
        self.confirm_with(self.action_button)
        if danger and not typed:
            self.refuse_button.setDefault(True)
            self.refuse_button.setFocus()

    def _check(self, text: str) -> None:
        self.action_button.setEnabled(text.strip().casefold() == self._typed.casefold())


async def confirm(
    parent: QWidget,
    title: str,
    text: str,
    action: str,
    *,
    danger: bool = True,
    typed: str = "",
    refuse: str = "Cancel",
) -> bool:
    """Ask and wait for the answer; closing the dialog is a no."""
    dialog = ConfirmDialog(title, text, action, parent, danger=danger, typed=typed, refuse=refuse)
    return await asked(dialog)
