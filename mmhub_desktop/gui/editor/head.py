"""The head of the editor: which product, where in the table, and saving."""

from datetime import UTC, datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mmhub_desktop.gui.editor.sheet import EditedProduct
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.chip import Chip
from mmhub_desktop.gui.widgets.label import ElidedLabel, Label
from mmhub_desktop.gui.words import PRODUCT_STATUS, counted


class EditorHead(QWidget):
    """Back, title, state, the way to the neighbours, Discard and Save."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._saved = ""
        self.back = Button("", "arrow-left", "quiet").set_hint("Back to the table (Esc)")
        self.title = ElidedLabel("", "title")
        self._sku = ElidedLabel("", "body", "muted")
        self._status = Chip()
        self._inactive = Chip("Inactive", "neutral")
        self._state = Label("", "small", "muted")
        self._place = Label("", "small", "muted")
        self.previous = Button("", "chevron-left").set_hint("Previous product (Alt+Page Up)")
        self.next = Button("", "chevron-right").set_hint("Next product (Alt+Page Down)")
        self.discard = Button("Discard", kind="plain")
        self.discard.setToolTip("Forget all unsaved changes of this product")
        self.save = Button("Save", "check", "primary")
        self.save.setToolTip("Save all changes of this product in one step (Ctrl+S)")
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(self._status)
        below.addWidget(self._inactive)
        below.addWidget(self._sku)
        below.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self.title)
        words.addLayout(below)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.back, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        for part in (self._state, self._place, self.previous, self.next, self.discard, self.save):
            row.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)

    @property
    def state(self) -> str:
        """What is said about unsaved changes."""
        return self._state.text()

    def show_place(self, words: str) -> None:
        """Which of how many products this is; without a place there are no neighbours to go to."""
        self._place.setText(words)
        self.previous.setVisible(bool(words))
        self.next.setVisible(bool(words))

    def say_saved(self) -> None:
        """The edits have just been saved."""
        self._saved = f"Saved at {datetime.now(UTC).astimezone():%H:%M}"

    def show_state(self, sheet: EditedProduct, *, can_save: bool) -> None:
        """Title, state and what can be done now."""
        product = sheet.product()
        self.title.setText(product.text.title or product.sku)
        self._sku.setText(product.sku)
        wording = PRODUCT_STATUS[product.status]
        self._status.set_state(wording.word, wording.tone)
        self._inactive.setVisible(not product.active)
        edited = len(sheet.edits.cells)
        if edited:
            self._saved = ""
        self._state.setText(f"{counted(edited, 'unsaved change')}" if edited else self._saved)
        self._state.set_tone("accent" if edited else "ok")
        self.discard.setVisible(bool(edited))
        self.save.setEnabled(bool(edited) and can_save)
