"""Importing files: how each was read, its columns, what the import would do, then the import; one after the other."""

import asyncio
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget

from mmhub_desktop.catalog.dry_run import DryRun, DryRunning
from mmhub_desktop.catalog.import_draft import Draft
from mmhub_desktop.catalog.import_queue import Waiting, discard_all, stage_queue
from mmhub_desktop.catalog.import_run import Progress
from mmhub_desktop.catalog.plan import FileReading, ImportPlan
from mmhub_desktop.catalog.staged import ReadAs, staging_folder
from mmhub_desktop.catalog.templates import header_of, settings_of
from mmhub_desktop.domain.imports import ImportJob
from mmhub_desktop.errors import MmhubError, UserMistake
from mmhub_desktop.gui.dialogs.import_shell import COLUMNS, END, READ, RUN, TRIAL, WAIT
from mmhub_desktop.gui.dialogs.import_templates import ask_name
from mmhub_desktop.gui.dialogs.import_watch import ImportWatch
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.tables.import_changes import ChangeLine, change_lines
from mmhub_desktop.gui.words import counted

_POLL_S = 0.1


class ImportDialog(ImportWatch):
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
        super().__init__(context, parent)
        self._folder = staging_folder(self._workspace.path)
        self._queue: list[Waiting] = []
        self._place = 0
        self.draft: Draft | None = None
        self._plan: ImportPlan | None = None
        self._trial: DryRunning | None = None
        self._made: set[Path] = set()  # files that were read, some of them made for it
        self._begun: set[Path] = set()  # those whose import has begun: they are its own
        self.read.changed.connect(self._read_otherwise)
        self.read.settings.numbers_chosen.connect(self._say_numbers)
        self.read.settings.template_chosen.connect(lambda name: self._do(self._use(name), "Choose a template"))
        self.columns.answered.connect(self._answer)
        self.finished.connect(self._give_up)
        if resume is not None:
            self._do(self.resume(resume), "Resume the import")
        else:
            self._do(self._stage([Path(path) for path in paths]), "Read the files")

    def head(self, title: str, more: str = "") -> None:
        """The words at the top, with which file it is."""
        which = f"File {self._place + 1} of {len(self._queue)}" if len(self._queue) > 1 else ""
        self.set_head(title, "  ·  ".join(part for part in (which, more) if part))

    # 1: reading

    async def _stage(self, paths: list[Path]) -> None:
        """Make imports of what was chosen, and begin with the first."""
        self.head("Import")
        names = ", ".join(path.name for path in paths[:3])
        self.wait.words.setText(f"Looking at {names}…")
        self.show_step(WAIT, "")
        self._queue += await stage_queue(paths, self._folder, self._show_staging)
        await self._read_next()

    def _show_staging(self, words: str, part: float) -> None:
        self.wait.words.setText(f"{words} ({part:.0%})" if part else words)

    async def _read_next(self) -> None:
        self._plan, self.draft = None, None
        self.save_button.setText("Save as template…")
        self.save_button.set_icon("copy")
        waiting = self._queue[self._place]
        self.head(f"Import {waiting.name}")
        self.wait.words.setText(f"Looking at {waiting.name}…")
        self.show_step(WAIT, "")
        if waiting.file is None:
            self._offer_next()
            raise waiting.error or UserMistake(f"“{waiting.name}” cannot be read.")
        self.draft = Draft(waiting.file, self._folder, await self._workspace.import_templates.all())
        await self._read(ReadAs())

    def _read_otherwise(self) -> None:
        read_as = self.read.settings.read_as(self._draft.file, self._draft.read_as)
        self._do(self._read(read_as), "Read the file")

    def _say_numbers(self, style: str) -> None:
        """How all numbers of the file are written; empty: as each column shows."""
        for guess in self._reading.columns:
            if guess.style is not None:
                self._draft.say(f"number:{guess.index}", style)
        self.read.show_draft(self._draft)

    async def _use(self, name: str) -> None:
        """Begin the columns anew, with another template or none."""
        template = next((each for each in self._draft.templates if each.name == name), None)
        try:
            await self._draft.use(template)
        finally:
            self._show_reading()

    async def _read(self, read_as: ReadAs) -> None:
        draft = self._draft
        try:
            await draft.read(read_as)
        except MmhubError:
            if draft.reading is None:
                self._offer_next()
            else:
                self._show_reading()
            raise
        self._made.add(draft.file.path)  # read otherwise, it is another file
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
        self.head(
            f"Import {self._draft.name}", f"about {counted(reading.estimated_rows, 'row')}, {_size(reading.size)}"
        )
        self.read.show_draft(self._draft)
        self.show_step(READ, "Next: columns")
        self.action_button.setEnabled(True)
        if not self.read.settings.isAncestorOf(self.focusWidget()):  # one who corrects may correct once more
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
        self.columns.show_draft(self._draft)
        self._enable_check()

    def _enable_check(self) -> None:
        """The button names what is still open."""
        left = len(self._draft.open)
        self.action_button.setEnabled(not left)
        self.action_button.setText(f"{counted(left, 'question')} to answer" if left else "Check the rows")

    @property
    def can_save(self) -> bool:
        """Not when an import was resumed."""
        return self.draft is not None

    def save_template(self) -> None:
        """Keep what was said of the columns, for the next file of this kind."""
        self.work(self._context.spawn, self._save_template(), "Save a template")

    async def _save_template(self) -> None:
        plan, draft = self._draft.plan(), self._draft
        used = draft.template.template.name if draft.template is not None else Path(draft.name).stem
        text = "The next file with these columns is read the same way. A template of the same name is replaced."
        name = await ask_name(self, "Save as template", text, used, "Save")
        if name:
            await self._workspace.import_templates.save(name, header_of(plan), settings_of(plan))
            self.save_button.setText(f"Saved as “{name}”")
            self.save_button.set_icon("check", "ok")

    # 3: what would happen

    async def _try(self) -> None:
        plan = self._plan = self._draft.plan()
        self.head(f"Check {self._draft.name}", "Nothing is written yet.")
        self.trial.begin()
        self.show_step(TRIAL, "", back=True)
        trial = DryRunning(plan, self._workspace.path, lambda now: self._show_trying(trial, now))
        self._trial = trial
        try:
            found = await trial.result()
            lines = await asyncio.to_thread(change_lines, found.changes)
        except Exception:
            if self._trial is trial:
                self._trial = None
                self._show_columns()
                raise
            return  # the seller went back meanwhile: nobody waits for it
        if self._trial is trial:
            self._trial = None
            self._show_trial(found, lines)

    def _show_trying(self, trial: DryRunning, now: Progress) -> None:
        if self._trial is trial:
            self.trial.show_progress(now)

    def _show_trial(self, found: DryRun, lines: Sequence[ChangeLine]) -> None:
        counts = found.counts
        self.trial.show_trial(found, lines)
        to_write = counts.new + counts.changed
        self.head(f"This is what importing {self._draft.name} does", "Nothing is written yet.")
        self.show_step(TRIAL, f"Import {counted(to_write, 'row')}", back=True)
        self.action_button.setEnabled(to_write > 0 or counts.refused > 0)
        if not to_write:
            said = "Every row is in the catalog already." if not counts.refused else "No row can be imported."
            self.show_step(TRIAL, "Import anyway" if counts.refused else "", close="Close", back=True)
            self.head(said, "Nothing needs to be written.")
        self.action_button.setFocus()

    def _give_up(self) -> None:
        """The dialog is closed: a dry run ends, and what was made of files that are not imported goes."""
        self._stop_trial()
        waiting = {each.file.path for each in self._queue if each.file is not None}
        unused = tuple((waiting | self._made) - self._begun)
        if unused:
            self._context.spawn(asyncio.to_thread(discard_all, unused, self._folder), "Tidy up")

    def _stop_trial(self) -> None:
        if self._trial is not None:
            self._trial.cancel()
            self._trial = None

    def go_back(self) -> None:
        """To the step before."""
        self.mistake.clear()
        if self.step == TRIAL:
            self._stop_trial()
            self._show_columns()
        elif self.step == COLUMNS:
            self._show_reading()

    async def _import(self, plan: ImportPlan) -> None:
        if self._draft.template is not None:
            await self._workspace.import_templates.note_used(self._draft.template.template)
        self._begun.add(plan.path)
        await self.start(plan)

    def next_words(self) -> str:
        """Names the next file."""
        later = self._queue[self._place + 1 :]
        return f"Next: {later[0].name}" if later else ""

    def _offer_next(self) -> None:
        self.wait.words.setText("")
        self.show_step(WAIT, self.next_words(), close="Close")

    # Going

    def add_files(self, paths: Sequence[str | Path]) -> None:
        """Files that come after those that are here."""
        self.work(self._context.spawn, self._append([Path(path) for path in paths]), "Read the files")

    async def _append(self, paths: list[Path]) -> None:
        self._queue += await stage_queue(paths, self._folder)
        if self.step == END:
            self.show_step(END, self.next_words() or "Done", close="")

    def go_on(self) -> None:
        """What the button of the step says."""
        step = self.step
        if step == READ:
            self._show_columns()
        elif step == COLUMNS:
            self._do(self._try(), "Check the rows")
        elif step == TRIAL and self._plan is not None:
            self._do(self._import(self._plan), "Import a file")
        elif step == RUN:
            self.stop()
        elif self._place + 1 < len(self._queue):
            self._place += 1
            self._do(self._read_next(), "Read the file")
        else:
            self.accept()

    def _do(self, work: Coroutine[Any, Any, None], what: str) -> None:
        """Run one step; its error is shown here, and what was entered stays."""
        self.work(self._context.spawn, work, what, button=self.action_button)


def _size(size: int) -> str:
    if size < 1_000_000:
        return f"{max(1, round(size / 1000)):,} kB"
    return f"{size / 1_000_000:,.1f} MB"
