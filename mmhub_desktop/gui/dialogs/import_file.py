"""Importing files: how each was read, its columns, what the import would do, then the import; one after the other."""

import asyncio
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from mmhub_desktop.catalog.dry_run import DryRun, DryRunning
from mmhub_desktop.catalog.import_run import ImportRun
from mmhub_desktop.catalog.plan import FileReading, ImportPlan
from mmhub_desktop.domain.imports import ImportJob, ImportState
from mmhub_desktop.errors import MmhubError
from mmhub_desktop.gui.dialogs.import_draft import Draft
from mmhub_desktop.gui.dialogs.import_news import tell_when_done
from mmhub_desktop.gui.dialogs.import_shell import COLUMNS, END, READ, RUN, TRIAL, WAIT, ImportShell
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.words import counted

_FILE_ENDINGS = (".csv", ".tsv", ".txt", ".tab")
_POLL_S = 0.1


class ImportDialog(ImportShell):
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
        super().__init__(parent)
        self._context = context
        self._workspace = context.workspace
        self._paths = [each for path in paths for each in _files(Path(path))]
        self._place = 0
        self.draft: Draft | None = None
        self._plan: ImportPlan | None = None
        self._trial: DryRunning | None = None
        self._run: ImportRun | None = None
        self._job: ImportJob | None = None
        self.read.changed.connect(lambda: self._do(self._read(**self.read.settings.asked()), "Read the file"))
        self.columns.answered.connect(self._answer)
        self.end.products_button.clicked.connect(self._show_products)
        self.end.refused_button.clicked.connect(self._open_refused)
        self.finished.connect(self._leave)
        if resume is not None:
            self._do(self._resume(resume), "Resume the import")
        else:
            self._read_next()

    def _head(self, title: str, more: str = "") -> None:
        which = f"File {self._place + 1} of {len(self._paths)}" if len(self._paths) > 1 else ""
        self.set_head(title, "  ·  ".join(part for part in (which, more) if part))

    # 1: reading

    def _read_next(self) -> None:
        self._plan, self._run, self._job = None, None, None
        if not self._paths:
            self._head("Import")
            self.show_step(WAIT, "", close="Close")
            self.mistake.say("There is no file to import here. Choose a CSV file, or a folder with CSV files in it.")
            return
        self.draft = Draft(self._paths[self._place])
        self._head(f"Import {self.draft.name}")
        self.wait.words.setText(f"Looking at {self.draft.name}…")
        self.show_step(WAIT, "")
        self._do(self._read(), "Read the file")

    async def _read(self, **asked: Any) -> None:
        draft = self._draft
        try:
            await draft.read(**asked)
        except MmhubError:
            if draft.reading is None:
                self._offer_next()
            else:
                self.read.show_reading(draft.reading)
            raise
        self._show_reading()

    @property
    def _draft(self) -> Draft:
        if self.draft is None:
            raise RuntimeError("no file is being read")
        return self.draft

    @property
    def _reading(self) -> FileReading:
        if self._draft.reading is None:
            raise RuntimeError("the file has not been read")
        return self._draft.reading

    def _show_reading(self) -> None:
        reading = self._reading
        self._head(
            f"Import {self._draft.name}", f"about {counted(reading.estimated_rows, 'row')}, {_size(reading.size)}"
        )
        self.read.show_reading(reading)
        self.show_step(READ, "Next: columns")
        self.action_button.setEnabled(True)
        self.action_button.setFocus()

    # 2: columns

    def _show_columns(self) -> None:
        self.show_step(COLUMNS, "Check the rows", back=True)
        self._refresh_columns()
        if self._draft.open:
            self.columns.questions.focus_first()
        else:
            self.columns.view.setFocus()

    def _answer(self, key: str, value: str) -> None:
        self.mistake.clear()
        fields = self._draft.say(key, value)
        if fields:
            self.work(self._context.spawn, self._remap(fields), "Change a column")
        else:
            self._refresh_columns()

    async def _remap(self, fields: dict[int, str]) -> None:
        await self._draft.remap(fields)
        if self.step == COLUMNS:
            self._refresh_columns()

    def _refresh_columns(self) -> None:
        self.columns.show_reading(self._reading, self._draft.answers)
        self._enable_check()

    def _enable_check(self) -> None:
        """The button names what is still open."""
        left = len(self._draft.open)
        self.action_button.setEnabled(not left)
        self.action_button.setText(f"{counted(left, 'question')} to answer" if left else "Check the rows")

    # 3: what would happen

    async def _try(self) -> None:
        plan = self._plan = self._draft.plan()
        self._head(f"Check {self._draft.name}", "Nothing is written yet.")
        self.trial.begin()
        self.show_step(TRIAL, "", back=True)
        trial = self._trial = DryRunning(plan, self._workspace.path, self.trial.show_progress)
        try:
            found = await trial.result()
        except Exception:
            self._show_columns()
            raise
        finally:
            self._trial = None
        if self.step == TRIAL:
            self._show_trial(found)

    def _show_trial(self, found: DryRun) -> None:
        counts = found.counts
        self.trial.show_trial(found)
        to_write = counts.new + counts.changed
        self._head(f"This is what importing {self._draft.name} does", "Nothing is written yet.")
        self.show_step(TRIAL, f"Import {counted(to_write, 'row')}", back=True)
        self.action_button.setEnabled(to_write > 0 or counts.refused > 0)
        if not to_write:
            said = "Every row is in the catalog already." if not counts.refused else "No row can be imported."
            self.show_step(TRIAL, "Import anyway" if counts.refused else "", close="Close", back=True)
            self._head(said, "Nothing needs to be written.")
        self.action_button.setFocus()

    def _stop_trial(self) -> None:
        if self._trial is not None:
            self._trial.cancel()

    def _leave(self) -> None:
        """The dialog is closed: a dry run ends, an import goes on and is told when it has ended."""
        self._stop_trial()
        if self._run is not None and not self._run.has_ended:
            name = self._run.plan.name
            self._context.spawn(tell_when_done(self._context, self._run, name), f"Import {name}")

    def go_back(self) -> None:
        """To the step before."""
        self.mistake.clear()
        if self.step == TRIAL:
            self._stop_trial()
            self._show_columns()
        elif self.step == COLUMNS:
            self._show_reading()

    # 4: the import

    async def _import(self) -> None:
        if self._plan is not None:
            # Shielded: an import that has been written into the history is started, also when the dialog is closed.
            starting = asyncio.ensure_future(self._workspace.import_file(self._plan))
            self._run = await asyncio.shield(starting)
            await self._watch(self._run, self._plan.name)

    async def _resume(self, job: ImportJob) -> None:
        self._paths = [Path(job.file_path)]
        self._run = await self._workspace.resume_import(job)
        await self._watch(self._run, job.file_name)

    async def _watch(self, run: ImportRun, name: str) -> None:
        """Show the run's progress until it ends; it belongs to the workspace and outlives this dialog."""
        self._head(f"Importing {name}")
        self.show_step(RUN, "Stop the import", close="Close")
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
            self.show_step(END, self._next_words(), close="Close")
            raise
        self._show_end(job)

    def _show_end(self, job: ImportJob) -> None:
        self._job = job
        self.end.show_end(job)
        is_stopped = job.state is ImportState.CANCELLED
        self._head(f"The import of {job.file_name} was stopped" if is_stopped else f"{job.file_name} is imported")
        self.show_step(END, self._next_words() or "Done", close="")
        self.action_button.setEnabled(True)
        self.action_button.setFocus()

    def _next_words(self) -> str:
        later = self._paths[self._place + 1 :]
        return f"Next: {later[0].name}" if later else ""

    def _offer_next(self) -> None:
        self.wait.words.setText("")
        self.show_step(WAIT, self._next_words(), close="Close")

    def _open_refused(self) -> None:
        if self._job is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(self._job.refused_file))

    def _show_products(self) -> None:
        self.accept()
        self._context.window.show_page("products")

    # Going

    def add_files(self, paths: Sequence[str | Path]) -> None:
        """Files that come after those that are here."""
        self._paths += [each for path in paths for each in _files(Path(path))]
        if self.step == END:
            self.show_step(END, self._next_words() or "Done", close="")

    def go_on(self) -> None:
        """What the button of the step says."""
        step = self.step
        if step == READ:
            self._show_columns()
        elif step == COLUMNS:
            self._do(self._try(), "Check the rows")
        elif step == TRIAL:
            self._do(self._import(), "Import a file")
        elif step == RUN and self._run is not None:
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


def _size(size: int) -> str:
    if size < 1_000_000:
        return f"{max(1, round(size / 1000)):,} kB"
    return f"{size / 1_000_000:,.1f} MB"


def _files(path: Path) -> list[Path]:
    """The file itself, or the tables in a folder."""
    if not path.is_dir():
        return [path]
    return sorted(each for each in path.iterdir() if each.is_file() and each.suffix.lower() in _FILE_ENDINGS)
