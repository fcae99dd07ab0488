"""The frame of the import wizard: its steps one at a time, where one is, and the buttons below."""

from collections.abc import Sequence

from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QWidget

from mmhub_desktop.gui.dialogs.frame import Dialog
from mmhub_desktop.gui.dialogs.import_columns import ColumnsStep
from mmhub_desktop.gui.dialogs.import_end import EndStep
from mmhub_desktop.gui.dialogs.import_reading import ReadStep
from mmhub_desktop.gui.dialogs.import_steps import RunStep, WaitStep
from mmhub_desktop.gui.dialogs.import_trial import TrialStep
from mmhub_desktop.gui.widgets.step_rail import StepRail

WAIT, READ, COLUMNS, TRIAL, RUN, END = range(6)
_STEPS = ("File", "Columns", "Check", "Import")
_RAIL = {WAIT: 0, READ: 0, COLUMNS: 1, TRIAL: 2, RUN: 3, END: 4}  # where each step stands in the row above
_SIZE = (1080, 780)
_ROUND = 48  # pixels of the screen left free, for the frame of the window


class ImportShell(Dialog):
    """The widgets of the wizard. Enter goes on, Alt+Left goes back, Esc leaves; files may be dropped on it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Import", "", parent, width=900)
        room = self.screen().availableGeometry()
        self.resize(min(_SIZE[0], room.width() - _ROUND), min(_SIZE[1], room.height() - _ROUND))
        self.save_button = self.add_button("Save as template…", self.save_template, "quiet", "copy", left=True)
        self.back_button = self.add_button("Back", self.go_back, left=True)
        self.back_button.set_hint("Back (Alt+Left)")
        self.close_button = self.add_button("Cancel", self.reject)
        self.action_button = self.add_button("Next", self.go_on, "primary")
        self.confirm_with(self.action_button)
        QShortcut(QKeySequence("Alt+Left"), self, self.back_button.click)
        self.rail = StepRail(_STEPS)
        self._steps = QStackedWidget()
        self.wait, self.read, self.columns = WaitStep(), ReadStep(), ColumnsStep()
        self.trial, self.running, self.end = TrialStep(), RunStep(), EndStep()
        for step in (self.wait, self.read, self.columns, self.trial, self.running, self.end):
            self._steps.addWidget(step)
        self.body.addWidget(self.rail)
        self.body.addWidget(self._steps, 1)
        self.setAcceptDrops(True)

    def fit(self, *, shrink: bool = False) -> None:
        """The steps give way to a mistake that is shown: the wizard keeps its size, on small screens, too."""

    @property
    def step(self) -> int:
        """Which step is shown: WAIT to END."""
        return self._steps.currentIndex()

    def show_step(self, step: int, action: str, *, close: str = "Cancel", back: bool = False) -> None:
        """Show a step with the words of its buttons; without words a button is hidden."""
        self._steps.setCurrentIndex(step)
        self.rail.show_step(_RAIL[step])
        self.action_button.setText(action)
        self.action_button.setVisible(bool(action))
        self.action_button.set_kind("danger" if step == RUN else "primary")
        self.let_enter_confirm(step != RUN)  # it says “Stop” there: a second Enter must not undo the first
        self.close_button.setText(close)
        self.close_button.setVisible(bool(close))
        self.back_button.setVisible(back)
        self.save_button.setVisible(step == COLUMNS or (step == END and self.can_save))

    @property
    def heading(self) -> str:
        """The title that is shown."""
        return self._title.text()

    def head(self, title: str, more: str = "") -> None:
        """The words at the top."""
        self.set_head(title, more)

    @property
    def can_save(self) -> bool:
        """Whether at the end there is something to be saved as a template."""
        return False

    def save_template(self) -> None:
        """Keep what was said of the columns, for the next file of this kind."""
        raise NotImplementedError

    def go_on(self) -> None:
        """To the next step."""
        raise NotImplementedError

    def go_back(self) -> None:
        """To the step before."""
        raise NotImplementedError

    def add_files(self, paths: Sequence[str]) -> None:
        """Files that come after those that are here."""
        raise NotImplementedError

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files are welcome."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Dropped files come next."""
        self.add_files([url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()])
        event.acceptProposedAction()
