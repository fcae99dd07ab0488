"""The imports page: every file that was brought in, what became of its rows, and what can be done with it now."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import QUrl
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import QStackedWidget, QTableView

from mmhub_desktop.domain.history import EntryState, HistoryEntry
from mmhub_desktop.domain.imports import ImportJob, ImportState
from mmhub_desktop.domain.product_filter import Filter, Operator
from mmhub_desktop.events import Event, HistoryChanged, ImportProgressed
from mmhub_desktop.gui.dialogs.import_file import ImportDialog
from mmhub_desktop.gui.dialogs.import_stop import stop_import
from mmhub_desktop.gui.dialogs.import_templates import TemplatesDialog
from mmhub_desktop.gui.pages.page import GuiContext, Page
from mmhub_desktop.gui.tables.imports import COLUMNS, ImportsDelegate, ImportsModel
from mmhub_desktop.gui.widgets.button_row import ButtonRow
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.card import Card
from mmhub_desktop.gui.widgets.empty import EmptyState
from mmhub_desktop.gui.widgets.header import PageHeader
from mmhub_desktop.gui.widgets.plain_table import prepare_table
from mmhub_desktop.gui.widgets.row_action import add_row_action, offer_menu
from mmhub_desktop.gui.words import counted, number, undone_words

ROW_HEIGHT = 56


class ImportsPage(Page):
    """History of imports. Interrupted ones go on where they stopped, all can be undone, refused rows be opened."""

    refresh_on: ClassVar[tuple[type[Event], ...]] = (ImportProgressed, HistoryChanged)

    def __init__(self, context: GuiContext) -> None:
        super().__init__(context)
        self.setAccessibleName("Imports")
        self.header = PageHeader("Imports", "Every file that was brought in, and what became of its rows")
        templates = Button("Templates…", "copy")
        templates.clicked.connect(lambda: TemplatesDialog(context, self).open())
        self.header.add(templates)
        self._start = Button("Import a file", "upload", "primary")
        self._start.clicked.connect(lambda: context.window.import_files([]))
        self.header.add(self._start)
        self.body.addWidget(self.header)
        self.model = ImportsModel(parent=self)
        self.view = QTableView()
        self._bar = ButtonRow()
        self.resume_action = self._action("Resume", "play", self._resume)
        self.stop_action = self._action("Stop…", "circle-stop", self._stop)
        self.products_action = self._action("Show its products", "package", self._show_products)
        self.undo_action = self._action("Undo this import", "undo-2", self._undo)
        self.refused_action = self._action("Open refused rows", "external-link", self._open_refused)
        self.folder_action = self._action("Show the file's folder", "folder-open", self._open_folder)
        self.body.addWidget(self._bar)
        self._stack = QStackedWidget()
        card = Card()
        card.body.setContentsMargins(1, 1, 1, 6)
        card.body.addWidget(self._prepare_view())
        self._stack.addWidget(card)
        empty = EmptyState(
            "file-up",
            "Nothing imported yet",
            "Drop a file anywhere on this window, or choose one. You see what would change before anything does.",
        )
        choose = Button("Import a file", "upload", "primary")
        choose.clicked.connect(lambda: context.window.import_files([]))
        empty.add(choose)
        self._stack.addWidget(empty)
        self.body.addWidget(self._stack, 1)

    def _action(self, text: str, icon: str, act: Callable[[ImportJob], None]) -> QAction:
        return add_row_action(self, self._bar, text, icon, self.current, act)

    def _prepare_view(self) -> QTableView:
        view = self.view
        view.setModel(self.model)
        view.setItemDelegate(ImportsDelegate(view))
        view.setAccessibleName("Imports")
        prepare_table(view, ROW_HEIGHT, [column.width for column in COLUMNS])
        view.horizontalHeader().setMinimumSectionSize(60)
        view.selectionModel().currentRowChanged.connect(lambda *_: self._enable_actions())
        self.model.dataChanged.connect(lambda *_: self._enable_actions())
        self.model.modelReset.connect(self._enable_actions)
        view.doubleClicked.connect(lambda _: self.products_action.trigger())
        offer_menu(view, self.actions)
        return view

    async def refresh(self, events: Sequence[Event]) -> None:
        """Move running imports on; read the history again when one begins, ends or is undone."""
        moved = [event for event in events if isinstance(event, ImportProgressed)]
        known = [self.model.progress(event) for event in moved]
        only_moved = len(moved) == len(events) > 0 and all(known)
        if only_moved and all(event.state is ImportState.RUNNING for event in moved):
            return
        workspace = self.context.workspace
        jobs = await workspace.imports.history()
        self.model.set_jobs(jobs, await workspace.history.of_imports())
        self._stack.setCurrentIndex(0 if jobs else 1)
        self._bar.setVisible(bool(jobs))
        self._start.setVisible(bool(jobs))  # the empty page has its own: one primary button a page
        stopped = sum(job.state is ImportState.INTERRUPTED for job in jobs)
        words = counted(len(jobs), "file") if jobs else ""
        self.header.set_subtitle(f"{words}, {stopped} interrupted" if stopped else words)
        if jobs and not self.view.currentIndex().isValid():
            self.view.setCurrentIndex(self.model.index(0, 0))
        self._enable_actions()

    def current(self) -> ImportJob | None:
        """The import in the current row."""
        index = self.view.currentIndex()
        return index.data(ImportsModel.JOB) if index.isValid() else None

    def _entry(self) -> HistoryEntry | None:
        index = self.view.currentIndex()
        return index.data(ImportsModel.ENTRY) if index.isValid() else None

    def _enable_actions(self) -> None:
        job, entry = self.current(), self._entry()
        is_running = job is not None and job.state is ImportState.RUNNING
        self.resume_action.setEnabled(job is not None and job.state is ImportState.INTERRUPTED)
        self.stop_action.setEnabled(is_running)
        is_there = entry is None or entry.state is not EntryState.UNDONE
        self.products_action.setEnabled(is_there and job is not None and bool(job.counts.new or job.counts.changed))
        can_undo = entry is not None and (entry.can_undo or (job is not None and job.state is ImportState.INTERRUPTED))
        self.undo_action.setEnabled(can_undo and not is_running)
        self.refused_action.setEnabled(job is not None and bool(job.refused_file) and job.counts.refused > 0)
        self.folder_action.setEnabled(job is not None)

    def _resume(self, job: ImportJob) -> None:
        ImportDialog(self.context, [], self, resume=job).open()

    def _stop(self, job: ImportJob) -> None:
        run = self.context.workspace.running_import
        if run is not None and run.id == job.id:
            self.context.spawn(stop_import(self.context, run, self), "Stop the import")

    def _show_products(self, job: ImportJob) -> None:
        self.context.window.show_page("products", filters=(Filter("import", Operator.IS, str(job.id)),))

    def _undo(self, job: ImportJob) -> None:
        self.undo_action.setEnabled(False)
        self.context.spawn(self._take_back(job), f"Undo the import of {job.file_name}")

    async def _take_back(self, job: ImportJob) -> None:
        key = f"undo import {job.id}"
        notify = self.context.window.notify
        total = number(job.counts.new + job.counts.changed)

        def show(done: int = 0) -> None:
            words = f"{number(done)} of {total} products are as before." if done else ""
            notify("info", f"The import of {job.file_name} is being undone…", words, key=key)

        show()
        try:
            undone = await self.context.workspace.undo_import(job.id, show)
        finally:
            self.request_refresh()
        level = "warn" if undone.refused else "ok"
        notify(level, f"The import of {job.file_name} is undone.", undone_words(undone), key=key)

    def _open_refused(self, job: ImportJob) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(job.refused_file))

    def _open_folder(self, job: ImportJob) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(job.file_path).parent)))
