"""Importing files: how each was read, what the import would do, then the import itself; one file after the other."""

import asyncio
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from mmhub_desktop.catalog.dry_run import DryRun, DryRunning
from mmhub_desktop.catalog.import_run import ImportRun
from mmhub_desktop.catalog.plan import FileReading, ImportPlan, plan_from
from mmhub_desktop.catalog.reading import inspect, remap
from mmhub_desktop.domain.imports import ImportJob, ImportState
from mmhub_desktop.errors import MmhubError
from mmhub_desktop.gui.dialogs.frame import Dialog
from mmhub_desktop.gui.dialogs.import_steps import CheckStep, EndStep, RunStep, TrialStep, WaitStep
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.words import counted, number

_WAIT, _CHECK, _PREVIEW, _RUN, _END = range(5)
_FILE_ENDINGS = (".csv", ".tsv", ".txt", ".tab")
_POLL_S = 0.1


class ImportDialog(Dialog):
    """Takes the seller through one file after the other; nothing is written before the import is started.

    ``resume`` goes on with an interrupted import instead. Closing while an import runs leaves it running: it is
    shown on the Imports page.
    """

    def __init__(
        self,
        context: GuiContext,
        paths: Sequence[str | Path],
        parent: QWidget | None = None,
        *,
        resume: ImportJob | None = None,
    ) -> None:
        super().__init__("Import", "", parent, width=880)
        self.resize(960, 720)
        self._context = context
        self._workspace = context.workspace
        self._paths = [each for path in paths for each in _files(Path(path))]
        self._place = 0
        self._reading: FileReading | None = None
        self._answers: dict[str, str] = {}
        self._plan: ImportPlan | None = None
        self._trial: DryRunning | None = None
        self._run: ImportRun | None = None
        self._job: ImportJob | None = None
        self._back = self.add_button("Back", self._go_back, left=True)
        self._close = self.add_button("Cancel", self.reject)
        self.refused_button = self.add_button("Open refused rows", self._open_refused, icon="external-link")
        self.action_button = self.add_button("Check the rows", self._go_on, "primary")
        self.confirm_with(self.action_button)
        self._build_steps()
        self.setAcceptDrops(True)
        self.finished.connect(self._leave)
        if resume is not None:
            self._do(self._resume(resume), "Resume the import")
        else:
            self._read_next()

    # The steps on the screen

    def _build_steps(self) -> None:
        self._steps = QStackedWidget()
        self.wait, self.check, self.trial, self.running, self.end = (
            WaitStep(), CheckStep(), TrialStep(), RunStep(), EndStep(),
        )  # fmt: skip
        for step in (self.wait, self.check, self.trial, self.running, self.end):
            self._steps.addWidget(step)
        self.body.addWidget(self._steps, 1)
        check = self.check
        check.settings.changed.connect(lambda: self._do(self._read_again(), "Read the file"))
        check.questions.answered.connect(self._answer)
        check.columns.chosen.connect(lambda index, field: self._do(self._remap(index, field), "Change a column"))
        check.columns.style_chosen.connect(lambda index, style: self._answer(f"number:{index}", style))
        self.end.products_button.clicked.connect(self._show_products)

    def _show_step(self, step: int, action: str, *, close: str = "Cancel", back: bool = False) -> None:
        self._steps.setCurrentIndex(step)
        self.action_button.setText(action)
        self.action_button.setVisible(bool(action))
        self.action_button.set_kind("danger" if step == _RUN else "primary")
        self.let_enter_confirm(step != _RUN)  # it says “Stop” there: a second Enter must not undo the first
        self._close.setText(close)
        self._close.setVisible(bool(close))
        self._back.setVisible(back)
        refused = self._job is not None and self._job.counts.refused > 0 and bool(self._job.refused_file)
        self.refused_button.setVisible(step == _END and refused)

    def _head(self, title: str, more: str = "") -> None:
        which = f"File {self._place + 1} of {len(self._paths)}" if len(self._paths) > 1 else ""
        self.set_head(title, "  ·  ".join(part for part in (which, more) if part))

    # 1: reading

    @property
    def path(self) -> Path:
        """The file that is dealt with now."""
        return self._paths[self._place]

    def _read_next(self) -> None:
        self._reading, self._answers, self._plan, self._run, self._job = None, {}, None, None, None
        if not self._paths:
            self._head("Import")
            self._show_step(_WAIT, "", close="Close")
            self.mistake.say("There is no file to import here. Choose a CSV file, or a folder with CSV files in it.")
            return
        self._do(self._read(), "Read the file")

    async def _read(self, **asked: Any) -> None:
        self._head(f"Import {self.path.name}")
        if self._reading is None:
            self.wait.words.setText(f"Looking at {self.path.name}…")
            self._show_step(_WAIT, "")
        try:
            reading = await asyncio.to_thread(inspect, self.path, **asked)
        except MmhubError:
            if self._reading is None:
                self._offer_next()
            else:
                self.check.settings.show_reading(self._reading)
            raise
        self._answers = {key: value for key, value in self._answers.items() if not asked}
        self._show_reading(reading)

    async def _read_again(self) -> None:
        await self._read(**self.check.settings.asked())

    async def _remap(self, index: int, field: str) -> None:
        if self._reading is not None:
            self._answers.pop("sku", None)
            self._show_reading(await asyncio.to_thread(remap, self._reading, {index: field}))

    def _show_reading(self, reading: FileReading) -> None:
        self._reading = reading
        self._head(f"Import {self.path.name}", f"about {counted(reading.estimated_rows, 'row')}, {_size(reading.size)}")
        self.check.show_reading(reading, self._answers)
        self._show_step(_CHECK, "Check the rows")
        self._enable_check()
        (self.check.questions if reading.questions else self.action_button).setFocus()

    def _answer(self, key: str, answer: str) -> None:
        self._answers[key] = answer
        self.check.show_answer(key, answer)
        self.mistake.clear()
        self._enable_check()
        if key == "sku" and answer.isdigit():
            self._do(self._remap(int(answer), "sku"), "Change a column")

    def _enable_check(self) -> None:
        """The button names what is still open."""
        if self._reading is not None:
            left = sum(1 for question in self._reading.questions if not self._answers.get(question.key))
            self.action_button.setEnabled(not left)
            self.action_button.setText(f"{counted(left, 'question')} to answer" if left else "Check the rows")

    # 2: what would happen

    async def _try(self) -> None:
        if self._reading is None:
            return
        self._plan = plan_from(self._reading, self._answers)
        self._head(f"Check {self.path.name}", "Nothing is written yet.")
        self.trial.begin()
        self._show_step(_PREVIEW, "", back=True)
        self._trial = DryRunning(self._plan, self._workspace.path, self.trial.show_progress)
        try:
            found = await self._trial.result()
        except Exception:
            self._show_reading(self._reading)
            raise
        finally:
            self._trial = None
        if self._steps.currentIndex() == _PREVIEW:
            self._show_trial(found)

    def _show_trial(self, found: DryRun) -> None:
        counts = found.counts
        self.trial.show_trial(found)
        to_write = counts.new + counts.changed
        self._head(f"This is what importing {self.path.name} does", "Nothing is written yet.")
        self._show_step(_PREVIEW, f"Import {counted(to_write, 'row')}", back=True)
        self.action_button.setEnabled(to_write > 0 or counts.refused > 0)
        if not to_write:
            said = "Every row is in the catalog already." if not counts.refused else "No row can be imported."
            self._show_step(_PREVIEW, "Import anyway" if counts.refused else "", close="Close", back=True)
            self._head(said, "Nothing needs to be written.")
        self.action_button.setFocus()

    def _stop_trial(self) -> None:
        if self._trial is not None:
            self._trial.cancel()

    def _leave(self) -> None:
        """The dialog is closed: a dry run ends, an import goes on and is told when it has ended."""
        self._stop_trial()
        if self._run is not None and not self._run.has_ended:
            name = self.path.name
            self._context.spawn(tell_when_done(self._context, self._run, name), f"Import {name}")

    def _go_back(self) -> None:
        self._stop_trial()
        self.mistake.clear()
        if self._reading is not None:
            self._show_reading(self._reading)

    # 3: the import

    async def _import(self) -> None:
        if self._plan is not None:
            # Shielded: an import that has been written into the history is started, also when the dialog is closed.
            starting = asyncio.ensure_future(self._workspace.import_file(self._plan))
            self._run = await asyncio.shield(starting)
            await self._watch(self._run, self.path.name)

    async def _resume(self, job: ImportJob) -> None:
        self._paths = [Path(job.file_path)]
        self._run = await self._workspace.resume_import(job)
        await self._watch(self._run, job.file_name)

    async def _watch(self, run: ImportRun, name: str) -> None:
        """Show the run's progress until it ends; it belongs to the workspace and outlives this dialog."""
        self._head(f"Importing {name}")
        self._show_step(_RUN, "Stop the import", close="Close")
        self.action_button.setEnabled(True)
        result = asyncio.ensure_future(run.result())
        try:
            while not result.done():
                self.running.show_progress(run.progress)
                await asyncio.wait({result}, timeout=_POLL_S)
            job = await result
        except asyncio.CancelledError:
            result.cancel()
            raise
        except Exception:
            self._head(f"The import of {name} did not end well")
            self.end.show_failure(run.progress.counts)
            self._show_step(_END, self._next_words(), close="Close")
            raise
        self._show_end(job)

    def _show_end(self, job: ImportJob) -> None:
        self._job = job
        self.end.show_end(job)
        is_stopped = job.state is ImportState.CANCELLED
        self._head(f"The import of {job.file_name} was stopped" if is_stopped else f"{job.file_name} is imported")
        self._show_step(_END, self._next_words() or "Done", close="")
        self.action_button.setEnabled(True)
        self.action_button.setFocus()

    def _next_words(self) -> str:
        later = self._paths[self._place + 1 :]
        return f"Next: {later[0].name}" if later else ""

    def _offer_next(self) -> None:
        self.wait.words.setText("")
        self._show_step(_WAIT, self._next_words(), close="Close")

    def _open_refused(self) -> None:
        if self._job is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(self._job.refused_file))

    def _show_products(self) -> None:
        self.accept()
        self._context.window.show_page("products")

    # More files

    def add_files(self, paths: Sequence[str | Path]) -> None:
        """Files that come after those that are here."""
        self._paths += [each for path in paths for each in _files(Path(path))]
        if self._steps.currentIndex() == _END:
            self._show_step(_END, self._next_words() or "Done", close="")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files are welcome."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Dropped files come next."""
        self.add_files([url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()])
        event.acceptProposedAction()

    # Doing

    def _go_on(self) -> None:
        step = self._steps.currentIndex()
        if step == _CHECK:
            self._do(self._try(), "Check the rows")
        elif step == _PREVIEW:
            self._do(self._import(), "Import a file")
        elif step == _RUN and self._run is not None:
            self._run.cancel()
            self.action_button.setEnabled(False)
            self.action_button.setText("Stopping…")
        elif self._place + 1 < len(self._paths):
            self._place += 1
            self._read_next()
        else:
            self.accept()

    def _do(self, work: Coroutine[Any, Any, None], what: str) -> None:
        """Run one step; its error is shown here, and what was entered stays."""
        self.work(self._context.spawn, work, what, button=self.action_button)


async def tell_when_done(context: GuiContext, run: ImportRun, name: str) -> None:
    """Tell the seller, who has closed the dialog, how the import ended."""
    job = await run.result()
    counts = job.counts
    words = f"{number(counts.new)} new, {number(counts.changed)} changed, {number(counts.refused)} refused"
    is_done = job.state is ImportState.COMPLETED
    context.window.notify(
        "ok" if is_done else "info",
        f"{name} is imported: {words}." if is_done else f"The import of {name} was stopped: {words}.",
        action_text="Show imports",
        act=lambda: context.window.show_page("imports"),
    )


def _files(path: Path) -> list[Path]:
    """The file itself, or the tables in a folder."""
    if not path.is_dir():
        return [path]
    return sorted(each for each in path.iterdir() if each.is_file() and each.suffix.lower() in _FILE_ENDINGS)


def _size(size: int) -> str:
    if size < 1_000_000:
        return f"{max(1, round(size / 1000)):,} kB"
    return f"{size / 1_000_000:,.1f} MB"
