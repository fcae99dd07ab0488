"""How far the writing or opening of a workspace archive has come, with a button to stop it."""

from PySide6.QtWidgets import QWidget

from mmhub_desktop.gui.dialogs.frame import Dialog
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.widgets.progress import ProgressLine


class ArchiveProgressDialog(Dialog):
    """Rejected (Stop, Esc), the seller does not want it any more."""

    def __init__(self, title: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(title, words, parent, width=440)
        self.line = ProgressLine()
        self.words = Label("Beginning…", "body", "muted")
        self.body.addWidget(self.line)
        self.body.addWidget(self.words)
        self.stop_button = self.add_button("Stop", self.reject, icon="circle-stop")

    def tell(self, done: int, total: int) -> None:
        """Show how many bytes are done."""
        self.line.set_progress(done / max(1, total))
        self.words.setText(f"{done * 100 // max(1, total)} %")
