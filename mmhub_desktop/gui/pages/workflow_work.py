"""What the workflows page asks and does: keep, run, cancel, hand on to a file and take from one."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from mmhub_desktop.domain.ids import ProductId, WorkflowRunId
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.workflow import Workflow
from mmhub_desktop.errors import MmhubError, UserMistake
from mmhub_desktop.gui.background import asked
from mmhub_desktop.gui.choosing import answer, save_dialog
from mmhub_desktop.gui.dialogs.confirm import confirm
from mmhub_desktop.gui.dialogs.frame import Dialog
from mmhub_desktop.gui.dialogs.workflow_choice import WorkflowChoiceDialog
from mmhub_desktop.gui.dialogs.workflow_run import RunDialog
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.pages.workflow_draft import Draft
from mmhub_desktop.gui.words import counted

FILES = "Workflows (*.json)"
MOST_BYTES = 5_000_000  # no workflow is that long


class LeaveDialog(Dialog):
    """What is to become of unsaved changes: ``answer`` is “save”, “discard”, or empty to stay."""

    def __init__(self, name: str, refusal: str, parent: QWidget | None = None) -> None:
        about = f"They cannot be saved yet: {refusal}" if refusal else "They are not saved yet."
        super().__init__(f"Save the changes of “{name}”?", about, parent, width=460)
        self.answer = ""
        self.stay_button = self.add_button("Stay here", self.reject)
        self.discard_button = self.add_button("Discard", lambda: self._give("discard"), "danger")
        self.save_button = self.add_button("Save", lambda: self._give("save"), "primary")
        self.confirm_with(self.save_button)
        self.save_button.setEnabled(not refusal)
        (self.stay_button if refusal else self.save_button).setFocus()

    def _give(self, answer: str) -> None:
        self.answer = answer
        self.accept()


class WorkflowWork:
    """Everything of the page that waits for the seller or the store."""

    def __init__(self, context: GuiContext, parent: QWidget) -> None:
        self._context, self._parent = context, parent

    async def keep(self, draft: Draft) -> bool:
        """Save a draft; a refusal is told, and False."""
        try:
            draft.was_saved(await self._context.workspace.workflows.save(draft.now))
        except MmhubError as error:
            self._context.window.notify("err", error.message, error.hint)
            return False
        return True

    async def ask_to_leave(self, workflow: Workflow) -> str:
        """“save”, “discard”, or empty to stay."""
        findings = [each.message for each in self._context.workspace.workflows.check(workflow) if each.blocks]
        dialog = LeaveDialog(workflow.name or "New workflow", "".join(findings[:1]), self._parent.window())
        await asked(dialog)
        return dialog.answer

    async def run(self, workflow: Workflow, selected: Sequence[ProductId]) -> bool:
        """Ask for which products, start it, and say so; whether it was started."""
        workflows = self._context.workspace.workflows
        accounts: dict[int, Account] = {each.id: each for each in await self._context.workspace.accounts.all()}
        dialog = RunDialog(self._context, workflow, workflows.kinds, accounts, selected, self._parent.window())
        if not await asked(dialog):
            return False
        product_ids, count = dialog.product_ids, dialog.count
        await workflows.run(workflow.id, product_ids)
        window = self._context.window
        window.notify(
            "info", f"“{workflow.name}” runs for {counted(count, 'product')}.", "You can go on working.",
            "Show the run", lambda: window.show_page("workflows", workflow=workflow.id),
        )  # fmt: skip
        return True

    async def choose_and_run(self, selected: Sequence[ProductId]) -> None:
        """Ask which workflow is to run for these products, then run it."""
        workflows, window = self._context.workspace.workflows, self._context.window
        present = await workflows.all()
        if not present:
            window.notify(
                "info", "There is no workflow yet.", "Make one first.", "Make a workflow",
                lambda: window.show_page("workflows", new=True),
            )  # fmt: skip
            return
        reasons = {each.id: "".join([found.message for found in workflows.check(each)][:1]) for each in present}
        dialog = WorkflowChoiceDialog(present, reasons, len(selected), self._parent.window())
        chosen = dialog.workflow() if await asked(dialog) else None
        if chosen is not None:
            await self.run(chosen, selected)

    async def cancel_run(self, run_id: int) -> None:
        """Ask, then cancel a run: what is done stays, what is in flight is waited for."""
        text = "What its steps have done stays as it is. Calls in flight are waited for."
        if await confirm(self._parent, "Cancel this run?", text, "Cancel the run", refuse="Let it go on"):
            await self._context.workspace.workflows.cancel_run(WorkflowRunId(run_id))

    async def export(self, workflow: Workflow) -> None:
        """Ask for a file and write the workflow into it."""
        name = "".join(c for c in workflow.name if c.isalnum() or c in " -_") or "workflow"
        for chosen in await answer(save_dialog(self._parent.window(), "Export the workflow", FILES, f"{name}.json")):
            await self.write(workflow, Path(chosen))
            self._context.window.notify("ok", f"“{workflow.name}” is in “{Path(chosen).name}”.")

    async def write(self, workflow: Workflow, path: Path) -> None:
        """Write a workflow into a file. UserMistake when it cannot be written."""
        form = await self._context.workspace.workflows.export(workflow.id)
        text = json.dumps(form, ensure_ascii=False, indent=2) + "\n"
        try:
            await asyncio.to_thread(path.write_text, text, encoding="utf-8")
        except OSError as error:
            raise UserMistake(
                f"“{path.name}” cannot be written.", hint="Choose another folder.", original=str(error)
            ) from error  # fmt: skip

    async def choose_file(self) -> Workflow | None:
        """Ask for a file; the workflow in it as a new one, or None."""
        dialog = QFileDialog(self._parent.window(), "Import a workflow", str(Path.home()), FILES)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        chosen = await answer(dialog)
        return await self.read(Path(chosen[0])) if chosen else None

    async def read(self, path: Path) -> Workflow:
        """The workflow in a file, with the accounts of this workspace. UserMistake when it holds none."""
        try:
            if (await asyncio.to_thread(path.stat)).st_size > MOST_BYTES:
                raise ValueError("too long for a workflow")
            form = json.loads(await asyncio.to_thread(path.read_text, encoding="utf-8"))
            if not isinstance(form, dict):
                raise ValueError("a list or a single value")
        except (OSError, ValueError) as error:
            raise UserMistake(
                f"“{path.name}” holds no workflow.", hint="Choose a file that this program has exported.",
                original=str(error),
            ) from error  # fmt: skip
        return await self._context.workspace.workflows.read_export(form)

    def selected_products(self) -> tuple[ProductId, ...]:
        """What is selected on the products page, if that page was shown."""
        return tuple(ProductId(each) for each in self._context.window.selected_products())
