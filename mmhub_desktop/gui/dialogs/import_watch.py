"""A running import in the wizard: its progress, stopping it (keep or take back), its end, undoing it."""

import asyncio

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from mmhub_desktop.catalog.import_run import ImportRun
from mmhub_desktop.catalog.plan import ImportPlan
from mmhub_desktop.domain.imports import ImportJob, ImportState
from mmhub_desktop.domain.product_filter import Filter, Operator
from mmhub_desktop.gui.dialogs.import_news import tell_undone, tell_when_done
from mmhub_desktop.gui.dialogs.import_shell import END, RUN, ImportShell
from mmhub_desktop.gui.dialogs.import_stop import Stop, ask_stop
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.words import number, undone_words

_POLL_S = 0.1


class ImportWatch(ImportShell):
    """The last steps of the wizard. The import belongs to the workspace: closing the dialog leaves it running."""

    def __init__(self, context: GuiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._workspace = context.workspace
        self._run: ImportRun | None = None
        self._job: ImportJob | None = None
        self._takes_back = False  # what was imported goes when the import has stopped
        self.end.products_button.clicked.connect(self._show_products)
        self.end.refused_button.clicked.connect(self._open_refused)
        self.end.undo_button.clicked.connect(self._undo)
        self.finished.connect(self._leave)

    def next_words(self) -> str:
        """What the button of the last step says when there is more to import; empty when there is not."""
        return ""

    async def start(self, plan: ImportPlan) -> None:
        """Import, and show how far it is."""
        # Shielded: an import that has been written into the history is started, also when the dialog is closed.
        starting = asyncio.ensure_future(self._workspace.import_file(plan))
        await self._watch(await asyncio.shield(starting), plan.name)

    async def resume(self, job: ImportJob) -> None:
        """Go on with an import that was cut short."""
        await self._watch(await self._workspace.resume_import(job), job.file_name)

    async def _watch(self, run: ImportRun, name: str) -> None:
        """Show the run's progress until it ends; it belongs to the workspace and outlives this dialog."""
        self._run, self._takes_back = run, False
        self.head(f"Importing {name}")
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
            self.head(f"The import of {name} did not end well")
            self.end.show_failure(run.progress.counts)
            self.show_step(END, self.next_words(), close="Close")
            raise
        self._show_end(job)
        if self._takes_back:
            await self._take_back(job)

    def stop(self) -> None:
        """Ask whether to stop, and what becomes of the rows that are in the catalog."""
        self._context.spawn(self._stop(), "Stop the import")

    async def _stop(self) -> None:
        run = self._run
        if run is None:
            return
        self.action_button.setEnabled(False)
        answer = await ask_stop(self, run.plan.name)
        if answer is Stop.GO_ON:
            self.action_button.setEnabled(self.step != RUN or not run.has_ended)
            return
        if run.has_ended:  # meanwhile
            if answer is Stop.TAKE_BACK:
                self._undo()
            return
        self._takes_back = answer is Stop.TAKE_BACK
        run.cancel()
        self.action_button.setText("Stopping…")

    def _show_end(self, job: ImportJob) -> None:
        self._job = job
        self.end.show_end(job)
        is_stopped = job.state is ImportState.CANCELLED
        self.head(f"The import of {job.file_name} was stopped" if is_stopped else f"{job.file_name} is imported")
        self.show_step(END, self.next_words() or "Done", close="")
        self.action_button.setEnabled(True)
        self.action_button.setFocus()

    def _undo(self) -> None:
        if self._job is not None:
            self.work(self._context.spawn, self._take_back(self._job), "Undo the import", button=self.end.undo_button)

    async def _take_back(self, job: ImportJob) -> None:
        self.head(f"Taking back {job.file_name}…")
        total = number(job.counts.new + job.counts.changed)
        self.end.undo_button.setEnabled(False)
        undoing = asyncio.ensure_future(
            self._workspace.undo_import(
                job.id, lambda done: self.end.words.setText(f"{number(done)} of {total} products are as before.")
            )
        )
        try:
            undone = await asyncio.shield(undoing)
        except asyncio.CancelledError:  # the dialog was closed: half an undo helps nobody
            self._context.spawn(tell_undone(self._context, undoing, job.file_name), "Undo the import")
            raise
        except Exception:
            self._show_end(job)
            raise
        self.head(f"The import of {job.file_name} was taken back")
        self.end.show_undone(undone_words(undone))
        self.action_button.setFocus()

    def _leave(self) -> None:
        """The dialog is closed: an import goes on and is told when it has ended."""
        if self._run is not None and not self._run.has_ended:
            name = self._run.plan.name
            news = tell_when_done(self._context, self._run, name, take_back=self._takes_back)
            self._context.spawn(news, f"Import {name}")

    def _open_refused(self) -> None:
        if self._job is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(self._job.refused_file))

    def _show_products(self) -> None:
        self.accept()
        filters = (Filter("import", Operator.IS, str(self._job.id)),) if self._job is not None else ()
        self._context.window.show_page("products", filters=filters)
