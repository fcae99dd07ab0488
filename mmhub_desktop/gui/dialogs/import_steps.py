"""What the steps of an import share, and the two that only wait or run."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mmhub_desktop.catalog.import_run import Progress
from mmhub_desktop.gui.dialogs.import_counts import Counts, Working
from mmhub_desktop.gui.tables.imports import progress_words
from mmhub_desktop.gui.widgets.label import Label


class Step(QWidget):
    """A page: widgets from top to bottom."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)


class WaitStep(Step):
    """A line in the middle while a file is looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.words = Label("", "body", "muted")
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words.setWordWrap(True)
        self._column.addWidget(self.words, 1)


class RunStep(Step):
    """How far the import is."""

    def __init__(self) -> None:
        super().__init__()
        self.working = Working()
        self.counts = Counts()
        self._column.addWidget(self.working)
        self._column.addWidget(self.counts)
        self._column.addWidget(Label("You can close this window: the import goes on.", "body", "muted"))
        self._column.addStretch(1)

    def show_progress(self, progress: Progress) -> None:
        """Rows, rate and time left."""
        self.counts.show_counts(progress.counts)
        self.working.show_progress(fraction(progress), progress_words(progress))


def fraction(progress: Progress) -> float:
    """How far, 0..1."""
    return progress.read / progress.total_rows if progress.total_rows else 0.0
