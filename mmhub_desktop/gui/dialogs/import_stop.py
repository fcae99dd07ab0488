"""Asking, when an import is to be stopped, what becomes of the rows that are in the catalog already."""

from enum import Enum

from PySide6.QtWidgets import QWidget

from mmhub_desktop.catalog.import_run import ImportRun
from mmhub_desktop.gui.background import asked
from mmhub_desktop.gui.dialogs.frame import Dialog
from mmhub_desktop.gui.dialogs.import_news import tell_when_done
from mmhub_desktop.gui.pages.page import GuiContext


class Stop(Enum):
    """The seller's answer."""

    GO_ON = "go on"
    KEEP = "keep"
    TAKE_BACK = "take back"


class StopDialog(Dialog):
    """Three ways on; Esc goes on importing. ``answer`` is the one that was taken."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(
            f"Stop importing {name}?",
            "The rows that are imported so far can stay, or be taken back: then new products go again and changed ones "
            "are as they were before. Until you choose, the import goes on.",
            parent,
            width=560,
        )
        self.answer = Stop.GO_ON
        self.go_on_button = self.add_button("Go on importing", self.reject, left=True)
        self.take_back_button = self.add_button(
            "Stop and take back", lambda: self._take(Stop.TAKE_BACK), "danger", "undo-2"
        )
        self.keep_button = self.add_button("Stop and keep", lambda: self._take(Stop.KEEP), "plain")
        self.go_on_button.setDefault(True)
        self.go_on_button.setFocus()

    def _take(self, answer: Stop) -> None:
        self.answer = answer
        self.accept()


async def ask_stop(parent: QWidget, name: str) -> Stop:
    """Ask and wait for the answer."""
    dialog = StopDialog(name, parent)
    accepted = await asked(dialog)
    return dialog.answer if accepted else Stop.GO_ON


async def stop_import(context: GuiContext, run: ImportRun, parent: QWidget) -> None:
    """Ask, stop the import as was answered, and tell how it ended."""
    answer = await ask_stop(parent, run.plan.name)
    if answer is not Stop.GO_ON:
        run.cancel()
        await tell_when_done(context, run, run.plan.name, take_back=answer is Stop.TAKE_BACK)
