"""How far an export has come, with a button to stop it; closed, it goes on in the background."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from mmhub_desktop.gui.dialogs.frame import Dialog
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.widgets.progress import ProgressLine
from mmhub_desktop.gui.words import number


class ExportProgressDialog(Dialog):
    """``stopped``: the seller does not want the file any more."""

    stopped = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(f"Writing “{name}”", "You can close this: it goes on in the background.", parent, width=440)
        self.line = ProgressLine()
        self.words = Label("Looking at the products…", "body", "muted")
        self.body.addWidget(self.line)
        self.body.addWidget(self.words)
        self.stop_button = self.add_button("Stop", self._stop, icon="circle-stop", left=True)
        self.hide_button = self.add_button("Go on in the background", self.accept, "primary")
        self.confirm_with(self.hide_button)

    def tell(self, done: int, total: int) -> None:
        """Show how many of the products are written."""
        self.line.set_progress(done / max(1, total))
        self.words.setText(f"{number(done)} of {number(total)} products")

    def _stop(self) -> None:
        self.stop_button.setEnabled(False)
        self.words.setText("Stopping…")
        self.stopped.emit()
