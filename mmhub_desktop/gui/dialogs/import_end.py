"""The end of an import: what became of the rows, and where to go from here."""

from PySide6.QtWidgets import QHBoxLayout

from mmhub_desktop.domain.imports import ImportCounts, ImportJob, ImportState
from mmhub_desktop.gui.dialogs.import_counts import Counts
from mmhub_desktop.gui.dialogs.import_steps import Step
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.words import counted


class EndStep(Step):
    """Counts, words, and a button for each thing that can follow."""

    def __init__(self) -> None:
        super().__init__()
        self.counts = Counts()
        self.words = Label("", "body", "muted")
        self.words.setWordWrap(True)
        self.products_button = Button("Show these products", "package")
        self.refused_button = Button("Open refused rows", "external-link")
        self.undo_button = Button("Undo this import", "undo-2")
        self._column.addWidget(self.counts)
        self._column.addWidget(self.words)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.products_button, self.refused_button, self.undo_button):
            row.addWidget(button)
        row.addStretch(1)
        self._column.addLayout(row)
        self._column.addStretch(1)

    def show_end(self, job: ImportJob) -> None:
        """How it ended, and what to do about refused rows."""
        self.counts.show_counts(job.counts)
        words = []
        if job.state is ImportState.CANCELLED:
            words.append("The rows counted here are in the catalog. Import the file again to bring in the rest.")
        if job.counts.refused:
            words.append(
                f"{counted(job.counts.refused, 'row')} could not be imported. Open them, mend what the last column "
                "says, save the file and drop it here."
            )
        if job.message and job.state is ImportState.COMPLETED:
            words.append(job.message)
        self.words.setText(" ".join(words) or "Every row is in the catalog.")
        self.products_button.setVisible(bool(job.counts.new or job.counts.changed))
        self.refused_button.setVisible(bool(job.counts.refused and job.refused_file))
        self.undo_button.setEnabled(True)
        self.undo_button.setVisible(bool(job.counts.new or job.counts.changed))

    def show_undone(self, words: str) -> None:
        """It was taken back."""
        self.words.setText(words)
        self.products_button.hide()
        self.undo_button.hide()

    def show_failure(self, counts: ImportCounts) -> None:
        """It was cut short."""
        self.counts.show_counts(counts)
        self.words.setText("What was imported so far is kept. The Imports page shows it.")
        self.refused_button.hide()
        self.undo_button.hide()
