"""What going back to a backup would change, said before anything is done."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mmhub_desktop.gui.dialogs.frame import Dialog
from mmhub_desktop.gui.widgets.icon import IconLabel
from mmhub_desktop.gui.widgets.label import Label

KEPT = (
    "The present state is backed up first, so that you can come back to it. Work under way is stopped, and the "
    "workspace is opened again."
)
KEPT_DAMAGED = "The damaged file is kept beside the workspace, with “.damaged-” in its name. Then the workspace opens."


class RestoreDialog(Dialog):
    """One line for each difference; accepted, the seller wants to go back."""

    def __init__(self, when: str, lines: Sequence[str], parent: QWidget | None = None, *, kept: str = KEPT) -> None:
        super().__init__(f"Go back to {when}?", kept, parent, width=560)
        for words in lines:
            row = QHBoxLayout()
            row.setSpacing(10)
            row.addWidget(IconLabel(*_icon(words), 18), 0, Qt.AlignmentFlag.AlignTop)
            label = Label(words, "body")
            label.setWordWrap(True)
            row.addWidget(label, 1)
            self.body.addLayout(row)
        self.body.addStretch(1)
        self.refuse_button = self.add_button("Cancel", self.reject)
        self.action_button = self.add_button("Go back", self.accept, "danger", "rotate-ccw")
        self.confirm_with(self.action_button)
        self.refuse_button.setDefault(True)
        self.refuse_button.setFocus()


def _icon(words: str) -> tuple[str, str]:
    """What may cost something at the marketplaces stands out."""
    is_costly = any(said in words for said in ("since then", "have run", "dropped", "not sent"))
    return ("triangle-alert", "warn") if is_costly else ("info", "muted")
