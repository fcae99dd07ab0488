"""Asking what may be in a support bundle."""

from PySide6.QtWidgets import QCheckBox, QWidget

from mmhub_desktop.gui.dialogs.frame import Dialog
from mmhub_desktop.gui.widgets.label import Label

_WORDS = (
    "A ZIP file to send to somebody who helps you: versions, settings, how accounts and work are doing, the last "
    "failed jobs with their calls to the marketplace, and the log. Keys, tokens and passwords are removed."
)


class SupportDialog(Dialog):
    """Accepted, the bundle is to be made; ``with_texts`` is whether product texts may be in it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Make a support bundle", _WORDS, parent, width=480)
        self.with_texts = QCheckBox("Include product texts and what the marketplace said about them")
        self.with_texts.setAccessibleName(self.with_texts.text())
        self.body.addWidget(self.with_texts)
        note = Label("Without this, texts are replaced by their length and a hash.", "small", "muted")
        note.setWordWrap(True)
        self.body.addWidget(note)
        self.add_button("Cancel", self.reject)
        self.action_button = self.add_button("Choose where to save it…", self.accept, "primary")
        self.confirm_with(self.action_button)
