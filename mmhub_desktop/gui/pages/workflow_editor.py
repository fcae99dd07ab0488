"""The editor of one workflow: its name, what starts it, its steps, and what is wrong with it; with undo."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QScrollArea, QVBoxLayout, QWidget

from mmhub_desktop.domain.job import BatchJob
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.step_kind import StepKind
from mmhub_desktop.domain.workflow import Workflow
from mmhub_desktop.domain.workflow_run import WorkflowRun
from mmhub_desktop.errors import Finding
from mmhub_desktop.gui import theme
from mmhub_desktop.gui.background import asked
from mmhub_desktop.gui.dialogs.workflow_start import StartDialog
from mmhub_desktop.gui.dialogs.workflow_step import StepDialog
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.pages.workflow_draft import Draft, in_order
from mmhub_desktop.gui.pages.workflow_faces import faces, finding_words, kind_icon
from mmhub_desktop.gui.pages.workflow_head import WorkflowHead
from mmhub_desktop.gui.pages.workflow_runs import RunsCard
from mmhub_desktop.gui.undo_keys import is_undo_key, take_undo_key
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.gui.widgets.step_list import StepList

Check = Callable[[Workflow], Sequence[Finding]]


class WorkflowEditor(QWidget):
    """Shows a ``Draft``. Saving, running and the like are asked of the page by ``head``; all else happens here."""

    changed = Signal()

    def __init__(self, context: GuiContext, check: Check, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._check = context, check
        self.draft: Draft | None = None
        self.kinds: Mapping[str, StepKind] = {}
        self.accounts: Mapping[int, Account] = {}
        self.findings: tuple[Finding, ...] = ()
        self._current = ""
        self.head = WorkflowHead()
        self.head.renamed.connect(self._rename)
        self.head.switched.connect(self._switch)
        self.head.undo_asked.connect(self.undo)
        self.head.redo_asked.connect(self.redo)
        self.steps = StepList()
        self.runs = RunsCard()
        self.problems = Label("", "small", "err")
        self.problems.setWordWrap(True)
        self._make_actions()
        self._lay_out()
        self.steps.chosen.connect(self._choose)
        self.steps.opened.connect(self._open)
        self.steps.add_asked.connect(self._show_add_menu)
        self.steps.menu_asked.connect(self._show_step_menu)
        self.steps.moved.connect(self._move)
        self.steps.pulled.connect(self._scroll_to)

    def _make_actions(self) -> None:
        def action(
            text: str, icon: str, keys: Sequence[str], act: Callable[[], None], place: QWidget = self
        ) -> QAction:
            made = QAction(theme.icon(icon), text, self)
            made.setShortcuts([QKeySequence(each) for each in keys])
            made.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            made.triggered.connect(act)
            place.addAction(made)
            return made

        def of_step(text: str, icon: str, keys: Sequence[str], act: Callable[[], None]) -> QAction:
            return action(text, icon, keys, act, self.steps)  # its keys count only among the steps

        self.undo_action = action("Undo", "undo-2", [], self.undo)  # their keys are the window's, see event
        self.redo_action = action("Redo", "redo-2", [], self.redo)
        self.save_action = action("Save", "check", ["Ctrl+S"], self.head.save_asked.emit)
        self.edit_action = of_step("Change…", "pencil", [], lambda: self._open(self._current))
        self.add_action = of_step("Add a step…", "plus", ["Ins"], self._add_at_current)
        self.up_action = of_step("Move up", "arrow-up", ["Alt+Up"], lambda: self._move_by(-1))
        self.down_action = of_step("Move down", "arrow-down", ["Alt+Down"], lambda: self._move_by(1))
        self.beside_action = of_step(
            "Put beside the step above", "arrow-left-right", ["Alt+Right"], lambda: self._join("beside")
        )
        self.after_action = of_step("Put after the step above", "list", ["Alt+Left"], lambda: self._join("after"))
        self.copy_action = of_step("Duplicate", "copy", ["Ctrl+D"], self._duplicate)
        self.remove_action = of_step("Remove", "trash-2", ["Del"], self._remove)
        self._step_actions = (
            self.edit_action, self.add_action, self.up_action, self.down_action, self.beside_action,
            self.after_action, self.copy_action, self.remove_action,
        )  # fmt: skip

    def event(self, event: QEvent) -> bool:
        """Within the editor the keys of undo and redo are those of the workflow."""
        if is_undo_key(event):
            return take_undo_key(event, self.undo_action, self.redo_action)
        return super().event(event)

    def _lay_out(self) -> None:
        self.add_button = Button("Add step", "plus")
        self.add_button.clicked.connect(self._add_at_end)
        content = QWidget()
        content.setProperty("clear", "true")
        column = QVBoxLayout(content)
        column.setContentsMargins(2, 2, 10, 8)
        column.setSpacing(16)
        column.addWidget(self.steps)
        column.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.runs_head = Label("Runs", "section")
        column.addWidget(self.runs_head)
        column.addWidget(self.runs)
        column.addStretch(1)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(content)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(10)
        whole.addWidget(self.head)
        whole.addWidget(self.problems)
        whole.addWidget(self.area, 1)

    # What is shown

    def open(self, draft: Draft) -> None:
        """Edit this one, from the top."""
        self.draft = draft
        self._current = ""
        self.runs.unfolded.clear()
        self.show_runs([])
        self.show_draft()
        self.area.verticalScrollBar().setValue(0)

    def show_draft(self) -> None:
        """Draw the draft, check it, and say whether it can be saved and run."""
        if self.draft is None:
            return
        now = self.draft.now
        self.findings = tuple(self._check(now))
        self.steps.show_faces(faces(now, self.kinds, self.accounts, self.findings))
        whole = [each for each in self.findings if not each.field.startswith(("steps.", "trigger"))]
        self.problems.setText("\n".join(finding_words(each) for each in whole))
        self.problems.setVisible(bool(whole))
        self.undo_action.setEnabled(self.draft.can_undo)
        self.redo_action.setEnabled(self.draft.can_redo)
        self.save_action.setEnabled(self.draft.is_changed and not any(each.blocks for each in self.findings))
        self.head.show_draft(self.draft, self._reason(), can_save=self.save_action.isEnabled())
        self._allow_step_actions()
        self.changed.emit()

    def _reason(self) -> str:
        """Why it cannot run now; empty when it can."""
        blocking = [each for each in self.findings if each.blocks]
        if blocking:
            more = f" And {len(blocking) - 1} more." if len(blocking) > 1 else ""
            return f"Cannot be saved or run yet: {blocking[0].message}{more}"
        return "Save it to run it." if self.draft is not None and self.draft.is_changed else ""

    def show_runs(self, runs: Sequence[WorkflowRun], batches: Sequence[BatchJob] = ()) -> None:
        """Draw the workflow's last runs; the newest is unfolded when it was not seen before."""
        if runs and runs[0].id not in self.runs.rows and not runs[0].state.is_final:
            self.runs.unfolded.add(runs[0].id)
        self.runs_head.setVisible(bool(runs))
        self.runs.show_runs(runs, self.kinds, self.accounts, {batch.id: batch for batch in batches})

    def _choose(self, key: str) -> None:
        self._current = key
        card = self.steps.card(key)
        if card is not None:
            self.area.ensureWidgetVisible(card, 0, 24)
        self._allow_step_actions()

    def _allow_step_actions(self) -> None:
        keys = [step.key for step in in_order(self.draft.now)] if self.draft else []
        is_step = self._current in keys
        for action in self._step_actions:
            action.setEnabled(is_step)
        first, last = (is_step and keys[0] == self._current), (is_step and keys[-1] == self._current)
        for action in (self.up_action, self.beside_action, self.after_action):
            action.setEnabled(is_step and not first)
        self.down_action.setEnabled(is_step and not last)

    def _scroll_to(self, spot: QPoint) -> None:
        inside = self.steps.mapFromGlobal(spot) + self.steps.pos()
        self.area.ensureVisible(inside.x(), inside.y(), 0, 40)

    # What the seller does

    def _change(self, workflow: Workflow, merge: str = "") -> None:
        if self.draft is not None and workflow != self.draft.now:
            self.draft.change(workflow, merge=merge)
            self.show_draft()

    def _rename(self, text: str) -> None:
        if self.draft is not None:
            self._change(replace(self.draft.now, name=text), merge="name")

    def _switch(self, active: bool) -> None:
        if self.draft is not None:
            self._change(replace(self.draft.now, active=active))

    def undo(self) -> None:
        """Take the last change back."""
        if self.draft is not None:
            self.draft.undo()
            self.show_draft()

    def redo(self) -> None:
        """Do it again."""
        if self.draft is not None:
            self.draft.redo()
            self.show_draft()

    def _did(self, key: str) -> None:
        """A step was changed, and the keyboard is to be in its card."""
        self.show_draft()
        self.steps.focus(key)

    def _move(self, key: str, other: str, spot: str) -> None:
        if self.draft is not None:
            self.draft.move(key, other, spot)
            self._did(key)

    def _move_by(self, by: int) -> None:
        if self.draft is not None:
            self.draft.move_by(self._current, by)
            self._did(self._current)

    def _join(self, spot: str) -> None:
        """Put the current step beside or after the one that stands above it in the list."""
        if self.draft is not None:
            order = [step.key for step in in_order(self.draft.now)]
            place = order.index(self._current)
            if place:
                self._move(self._current, order[place - 1], spot)

    def _duplicate(self) -> None:
        if self.draft is not None:
            self._did(self.draft.duplicate(self._current))

    def _remove(self) -> None:
        if self.draft is not None:
            order = [step.key for step in in_order(self.draft.now)]
            place = order.index(self._current)
            neighbour = (order[place + 1 :] or [*order[:place][-1:], ""])[0]
            self.draft.remove(self._current)
            self._did(neighbour)

    def _open(self, key: str) -> None:
        work = self._edit_step(key) if key else self._edit_start()
        self._context.spawn(work, "Change the step" if key else "Change what starts the workflow")

    async def _edit_start(self) -> None:
        if self.draft is None:
            return
        dialog = StartDialog(self.draft.now, self.window())
        if await asked(dialog):
            self._change(dialog.workflow())
        self.steps.focus("")

    async def _edit_step(self, key: str) -> None:
        if self.draft is not None:
            await self._ask_for_step(self.draft.now, key, is_new=False)

    async def _ask_for_step(self, workflow: Workflow, key: str, *, is_new: bool) -> None:
        """Show the dialog for a step of ``workflow``, which becomes the present state when the seller agrees."""
        dialog = StepDialog(workflow, workflow.step(key), self.kinds, self.accounts, self.window(), is_new=is_new)
        if await asked(dialog):
            scratch = Draft(workflow)
            scratch.set_step(dialog.step())
            self._change(scratch.now)
        self.steps.focus(key)

    def add(self, kind: str, *, after: str = "", beside: str = "") -> None:
        """Ask for the content of a new step, then put it there; at the end without a place."""
        if self.draft is not None:
            scratch = Draft(self.draft.now)
            key = scratch.add(kind, after=after, beside=beside)
            self._context.spawn(self._ask_for_step(scratch.now, key, is_new=True), "Add a step")

    def _kinds_into(self, menu: QMenu, **place: str) -> None:
        for kind in self.kinds.values():
            action = menu.addAction(theme.icon(kind_icon(kind)), kind.label)
            action.setToolTip(kind.about)
            action.triggered.connect(lambda _=False, name=kind.name: self.add(name, **place))

    def _popup(self, menu: QMenu, spot: QPoint) -> None:
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(spot)

    def _show_add_menu(self, key: str, spot: QPoint) -> None:
        menu = QMenu(self)
        self._kinds_into(menu.addMenu(theme.icon("arrow-down"), "After this step"), after=key)
        self._kinds_into(menu.addMenu(theme.icon("arrow-left-right"), "Beside this step"), beside=key)
        self._popup(menu, spot)

    def _add_at_current(self) -> None:
        card = self.steps.card(self._current)
        if card is not None:
            self._show_add_menu(self._current, card.mapToGlobal(card.rect().bottomLeft()))

    def _add_at_end(self) -> None:
        menu = QMenu(self)
        self._kinds_into(menu)
        self._popup(menu, self.add_button.mapToGlobal(self.add_button.rect().bottomLeft()))

    def _show_step_menu(self, key: str, spot: QPoint) -> None:
        self._choose(key)
        menu = QMenu(self)
        for action in self._step_actions:
            if action in (self.up_action, self.copy_action):
                menu.addSeparator()
            menu.addAction(action)
        self._popup(menu, spot)
