"""The workflows page: the saved ones at the left; the open one with its editor and its runs at the right."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QSplitter, QStackedWidget, QWidget

from mmhub_desktop.actions.workflow_examples import EXAMPLES, usable
from mmhub_desktop.domain.ids import WorkflowId
from mmhub_desktop.domain.workflow import Workflow
from mmhub_desktop.domain.workflow_facts import BY_HAND
from mmhub_desktop.errors import Finding
from mmhub_desktop.events import AccountsChanged, BatchesProgressed, Event, WorkflowsChanged
from mmhub_desktop.gui import theme
from mmhub_desktop.gui.dialogs.confirm import confirm
from mmhub_desktop.gui.pages.page import GuiContext, Page
from mmhub_desktop.gui.pages.workflow_draft import Draft
from mmhub_desktop.gui.pages.workflow_editor import WorkflowEditor
from mmhub_desktop.gui.pages.workflow_list import COLUMNS, WorkflowRow
from mmhub_desktop.gui.pages.workflow_words import OTHER_TRIGGER, TRIGGER_ICONS
from mmhub_desktop.gui.pages.workflow_work import WorkflowWork
from mmhub_desktop.gui.tables.rows import RowsModel, RowsView
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.card import Card
from mmhub_desktop.gui.widgets.empty import EmptyState
from mmhub_desktop.gui.widgets.header import PageHeader
from mmhub_desktop.gui.words import counted, number

RUNS_SHOWN = 10


class WorkflowsPage(Page):
    """A list and an editor. What was not saved is asked about before another workflow or page is shown."""

    refresh_on: ClassVar[tuple[type[Event], ...]] = (WorkflowsChanged, BatchesProgressed, AccountsChanged)

    def __init__(self, context: GuiContext) -> None:
        super().__init__(context)
        self.setAccessibleName("Workflows")
        self.work = WorkflowWork(context, self)
        self.header = PageHeader("Workflows", "Several steps one after another, started by you or by themselves")
        self.new_button = Button("New workflow", "plus")
        self.new_button.clicked.connect(lambda: self._show_new_menu(self.new_button))
        self.header.add(self.new_button)
        self.body.addWidget(self.header)
        self.model = RowsModel(COLUMNS, key=lambda row: row.workflow.id, parent=self)
        self.view = RowsView(self.model, "Saved workflows")
        self.view.horizontalHeader().hide()
        self.editor = WorkflowEditor(context, self._check)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        card = Card()
        card.body.setContentsMargins(1, 6, 1, 6)
        card.body.addWidget(self.view)
        card.setMinimumWidth(200)
        self._nothing_open = EmptyState("workflow", "No workflow is open", "Choose one at the left.")
        self._right = QStackedWidget()
        self._right.addWidget(self.editor)
        self._right.addWidget(self._nothing_open)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setHandleWidth(16)
        split.setChildrenCollapsible(False)
        split.addWidget(card)
        split.addWidget(self._right)
        split.setStretchFactor(1, 1)
        split.setSizes([300, 700])
        self._stack = QStackedWidget()
        self._stack.addWidget(split)
        self._stack.addWidget(self._empty())
        self.body.addWidget(self._stack, 1)

    def _empty(self) -> QWidget:
        empty = EmptyState(
            "workflow",
            "No workflow yet",
            "A workflow does several things one after the other or side by side: improve the texts, publish what is "
            "good enough on your accounts, tell another program. You start it, or it starts by itself: at a time, "
            "after an import, when a quantity changes.",
        )
        first = Button("New workflow", "plus", "primary")
        first.clicked.connect(lambda: self._show_new_menu(first))
        empty.add(first)
        return empty

    def _connect(self) -> None:
        head, runs, workflows = self.editor.head, self.editor.runs, self.context.workspace.workflows
        self.view.selectionModel().currentRowChanged.connect(lambda *_: self._row_chosen())
        head.save_asked.connect(lambda: self._spawn(self.save(), "Save the workflow"))
        head.discard_asked.connect(self.discard)
        head.run_asked.connect(lambda: self._spawn(self._run(), "Run the workflow"))
        head.menu_asked.connect(self._show_menu)
        for signal, act, what in (
            (runs.pause_asked, workflows.pause_run, "Pause the run"),
            (runs.resume_asked, workflows.resume_run, "Resume the run"),
            (runs.cancel_asked, self.work.cancel_run, "Cancel the run"),
        ):
            signal.connect(lambda run_id, act=act, what=what: self._spawn(act(run_id), what))
        runs.batch_asked.connect(lambda batch_id: self.context.window.show_page("jobs", batch_id=batch_id))

    def _spawn(self, work: Coroutine[Any, Any, Any], what: str) -> None:
        self.context.spawn(work, what)

    def _check(self, workflow: Workflow) -> Sequence[Finding]:
        return self.context.workspace.workflows.check(workflow)

    # What is shown

    async def refresh(self, events: Sequence[Event]) -> None:
        """Read the workflows, the accounts they name, and the runs of the open one."""
        workflows = self.context.workspace.workflows
        if not events or any(not isinstance(event, BatchesProgressed) for event in events):
            accounts = await self.context.workspace.accounts.all()
            self.editor.kinds, self.editor.accounts = workflows.kinds, {each.id: each for each in accounts}
            await self._read_list()
            if self.editor.draft is not None:
                self.editor.show_draft()
        await self._read_runs()

    async def _read_list(self) -> None:
        workflows = self.context.workspace.workflows
        rows = []
        for each in await workflows.all():
            last = await workflows.runs(each.id, 1)
            rows.append(WorkflowRow(each, last[0] if last else None))
        self._take_from_disk([row.workflow for row in rows])
        draft = self.editor.draft
        if draft is not None and draft.saved is None:
            rows.append(WorkflowRow(replace(draft.now, name=draft.now.name or "New workflow", active=False)))
        self.model.set_rows(rows)
        if draft is None and rows:
            self.open(rows[0].workflow)
        self._mark()
        self._stack.setCurrentIndex(0 if rows else 1)
        self.new_button.setVisible(bool(rows))
        self._right.setCurrentIndex(1 if self.editor.draft is None else 0)
        alone = sum(row.workflow.active and row.workflow.trigger.kind != BY_HAND for row in rows)
        said = "" if not alone else f", {number(alone)} start by themselves" if alone > 1 else ", 1 starts by itself"
        self.header.set_subtitle(f"{counted(len(rows), 'workflow')}{said}" if rows else "")

    def _take_from_disk(self, present: Sequence[Workflow]) -> None:
        """Show what was changed or removed elsewhere, unless it is being edited here."""
        draft = self.editor.draft
        if draft is None or draft.saved is None or draft.is_changed:
            return
        saved = next((each for each in present if each.id == draft.now.id), None)
        if saved is None:
            self.editor.draft = None
        elif saved != draft.saved:
            self.editor.open(Draft(saved))

    async def _read_runs(self) -> None:
        draft = self.editor.draft
        if draft is not None:
            runs = await self.context.workspace.workflows.runs(draft.now.id, RUNS_SHOWN) if draft.saved else []
            under_way = [
                step.batch_id for run in runs for step in run.steps if step.batch_id and not step.state.is_final
            ]
            batches = await self.context.workspace.jobs.batches(under_way) if under_way else []
            if draft is self.editor.draft:
                self.editor.show_runs(runs, batches)

    def _mark(self) -> None:
        """Let the list show which workflow is open."""
        draft = self.editor.draft
        if draft is None:
            return
        place = next((n for n, row in enumerate(self.model.rows) if row.workflow.id == draft.now.id), None)
        if place is not None and self.view.currentIndex().row() != place:
            self.view.selectionModel().blockSignals(True)
            self.view.setCurrentIndex(self.model.index(place, 0))
            self.view.selectionModel().blockSignals(False)
            self.view.viewport().update()

    def open(self, workflow: Workflow, *, is_new: bool = False) -> None:
        """Show a workflow in the editor; one that ``is_new`` is not on disk yet."""
        self.editor.open(Draft(None, workflow) if is_new else Draft(workflow))
        self._right.setCurrentIndex(0)

    def show_what(self, workflow: WorkflowId | None = None, new: bool = False, **_: Any) -> None:
        """``workflow``: open that one, at its runs if it is open; ``new``: make one."""
        draft = self.editor.draft
        if workflow is not None and draft is not None and draft.now.id == workflow:
            self.editor.area.ensureWidgetVisible(self.editor.runs)
        elif workflow is not None:
            self._spawn(self._leave_then(lambda: self._open_saved(workflow)), "Open the workflow")
        elif new:
            self._make(Workflow(WorkflowId(0), "New workflow"))

    async def _open_saved(self, workflow_id: WorkflowId) -> None:
        self.open(await self.context.workspace.workflows.get(workflow_id))
        self.request_refresh()

    def _row_chosen(self) -> None:
        row: WorkflowRow | None = self.view.thing()
        draft = self.editor.draft
        if row is not None and (draft is None or row.workflow.id != draft.now.id):
            self._spawn(self._leave_then(lambda: self._open_saved(row.workflow.id)), "Open the workflow")

    # Leaving

    @property
    def has_unsaved(self) -> bool:
        """Whether the editor holds changes that are not on disk."""
        return self.editor.draft is not None and self.editor.draft.is_changed

    async def may_leave(self) -> bool:
        """Ask what is to become of unsaved changes; False: the seller stays."""
        if not self.has_unsaved or self.editor.draft is None:
            return True
        answer = await self.work.ask_to_leave(self.editor.draft.now)
        if answer == "save":
            return await self.save()
        if answer == "discard":
            self.discard()
            return True
        return False

    async def _leave_then(self, go_on: Callable[[], Coroutine[Any, Any, None]]) -> None:
        if await self.may_leave():
            await go_on()
        else:
            self._mark()

    # What the seller does

    async def save(self) -> bool:
        """Keep the draft; whether it was kept."""
        draft = self.editor.draft
        if draft is None or not draft.is_changed:
            return True
        if not await self.work.keep(draft):
            return False
        self.editor.show_draft()
        self.request_refresh()
        return True

    def discard(self) -> None:
        """Go back to what was saved; a workflow that never was is gone."""
        draft = self.editor.draft
        if draft is None:
            return
        if draft.saved is None:
            self.editor.draft = None
        else:
            self.editor.open(Draft(draft.saved))
        self.request_refresh()

    async def _run(self) -> None:
        if self.editor.draft is not None and not self.has_unsaved:
            await self.work.run(self.editor.draft.now, self.work.selected_products())

    def _make(self, workflow: Workflow) -> None:
        async def go_on() -> None:
            self.open(workflow, is_new=True)
            self.request_refresh()
            self.editor.head.name.setFocus()
            self.editor.head.name.selectAll()

        self._spawn(self._leave_then(go_on), "Make a workflow")

    def _show_new_menu(self, button: QWidget) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        plain = menu.addAction(theme.icon("plus"), "From scratch")
        plain.triggered.connect(lambda: self._make(Workflow(WorkflowId(0), "New workflow")))
        menu.addSeparator()
        accounts = tuple(self.editor.accounts.values())
        for example in EXAMPLES:
            if usable(example, self.editor.kinds):
                action = menu.addAction(
                    theme.icon(TRIGGER_ICONS.get(example.trigger.kind, OTHER_TRIGGER)), example.name
                )
                action.triggered.connect(lambda _=False, made=example: self._make(made.make(accounts)))
        menu.addSeparator()
        load = menu.addAction(theme.icon("upload"), "From a file…")
        load.triggered.connect(lambda: self._spawn(self._import(), "Import a workflow"))
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    async def _import(self) -> None:
        found = await self.work.choose_file()
        if found is not None:
            self._make(found)

    def _show_menu(self, spot: QPoint) -> None:
        draft = self.editor.draft
        if draft is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addAction(theme.icon("copy"), "Make a copy")
        copy.triggered.connect(
            lambda: self._make(replace(draft.now, id=WorkflowId(0), name=f"{draft.now.name} (copy)"))
        )
        export = menu.addAction(theme.icon("download"), "Export to a file…")
        export.setEnabled(not draft.is_changed)  # what is on disk is handed on
        export.triggered.connect(lambda: self._spawn(self.work.export(draft.now), "Export the workflow"))
        menu.addSeparator()
        remove = menu.addAction(theme.icon("trash-2", "err"), "Delete…")
        remove.triggered.connect(lambda: self._spawn(self._remove(draft), "Delete the workflow"))
        menu.popup(spot)

    async def _remove(self, draft: Draft) -> None:
        if draft.saved is None:
            self.discard()
            return
        text = "A run of it that goes on is not stopped. What its steps have done stays as it is."
        if await confirm(self, f"Delete “{draft.saved.name}”?", text, "Delete the workflow", refuse="Keep"):
            self.editor.draft = None
            await self.context.workspace.workflows.remove(draft.saved.id)
            self.request_refresh()
