"""The steps of an import as pages of its dialog: waiting, checking, trying, running, the end."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mmhub_desktop.catalog.dry_run import DryRun
from mmhub_desktop.catalog.import_run import Progress
from mmhub_desktop.catalog.plan import FileReading
from mmhub_desktop.domain.imports import ImportCounts, ImportJob, ImportState
from mmhub_desktop.gui.dialogs.import_columns import ColumnChoices, FileSettings, Questions
from mmhub_desktop.gui.dialogs.import_preview import Counts, Samples, Working
from mmhub_desktop.gui.tables.imports import progress_words
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.words import counted, number


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
        self._column.addWidget(self.words, 1)


class CheckStep(Step):
    """How the file was read, its questions, its columns."""

    def __init__(self) -> None:
        super().__init__()
        self.settings = FileSettings()
        self.questions = Questions()
        self.columns = ColumnChoices()
        self._column.addWidget(self.settings)
        self._column.addWidget(self.questions)
        self._column.addWidget(self.columns, 1)

    def show_reading(self, reading: FileReading, answers: dict[str, str]) -> None:
        """Draw a reading; answers given before are kept."""
        self.settings.show_reading(reading)
        self.questions.show_questions(reading.questions, answers)
        self.columns.show_reading(reading)

    def show_answer(self, key: str, answer: str) -> None:
        """How numbers are written can be said in two places: keep them the same."""
        for button in self.questions.choices.get(key, ()):
            if button.property("answer") == answer:
                button.setChecked(True)
        if key.startswith("number:"):
            combo = self.columns.styles.get(int(key.removeprefix("number:")))
            if combo is not None:
                combo.setCurrentIndex(combo.findData(answer))


class TrialStep(Step):
    """What the import would do."""

    def __init__(self) -> None:
        super().__init__()
        self.working = Working()
        self.counts = Counts()
        self.samples = Samples()
        self._column.addWidget(self.working)
        self._column.addWidget(self.counts)
        self._column.addWidget(self.samples, 1)

    def begin(self) -> None:
        """Nothing is known yet."""
        self.counts.show_counts(ImportCounts())
        self.samples.hide()
        self.working.show_progress(0, "Reading the rows…")
        self.working.show()

    def show_progress(self, progress: Progress) -> None:
        """How far the dry run is."""
        self.counts.show_counts(progress.counts)
        self.working.show_progress(_fraction(progress), progress_words(progress))

    def show_trial(self, found: DryRun) -> None:
        """What it found."""
        self.counts.show_counts(found.counts)
        self.working.hide()
        self.samples.show_samples(
            [(change.sku, each.field, each.old, each.new) for change in found.changes for each in change.fields],
            [(reason.reason, reason.rows, _example(reason.examples)) for reason in found.reasons],
        )


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
        self.working.show_progress(_fraction(progress), progress_words(progress))


class EndStep(Step):
    """What became of the rows, and where to go from here."""

    def __init__(self) -> None:
        super().__init__()
        self.counts = Counts()
        self.words = Label("", "body", "muted")
        self.words.setWordWrap(True)
        self.products_button = Button("Show products", "package")
        self._column.addWidget(self.counts)
        self._column.addWidget(self.words)
        self._column.addWidget(self.products_button, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addStretch(1)

    def show_end(self, job: ImportJob) -> None:
        """How it ended, and what to do about refused rows."""
        self.counts.show_counts(job.counts)
        if job.counts.refused:
            words = (
                f"{counted(job.counts.refused, 'row')} could not be imported. Open them, mend what the last column "
                "says, save the file and drop it here."
            )
        elif job.state is ImportState.CANCELLED:
            words = "The rows counted here are in the catalog. Import the file again to bring in the rest."
        else:
            words = "Every row is in the catalog."
        self.words.setText(words)

    def show_failure(self, counts: ImportCounts) -> None:
        """It was cut short."""
        self.counts.show_counts(counts)
        self.words.setText("What was imported so far is kept. The Imports page shows it.")


def _fraction(progress: Progress) -> float:
    return progress.read / progress.total_rows if progress.total_rows else 0.0


def _example(examples: Sequence[tuple[int, str]]) -> str:
    return "  ·  ".join(f"line {number(line)}: {words}" for line, words in examples[:2])
