"""Commands about workflows: list, show, run, runs, pause, resume, cancel, export, import, remove."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import click

from mmhub_desktop.cli.face import EXIT_WORK_FAILED, Face, opened, run, table
from mmhub_desktop.domain.ids import ProductId, WorkflowId, WorkflowRunId
from mmhub_desktop.domain.workflow import Workflow, describe, to_form
from mmhub_desktop.domain.workflow_facts import TRIGGERS
from mmhub_desktop.domain.workflow_run import RunState, WorkflowRun
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.workspace import Workspace


@click.group()
def workflows() -> None:
    """Steps for products, one after another: list, show, run, runs, pause, resume, cancel, export, import, remove."""


@workflows.command("list")
@click.pass_obj
def list_workflows(face: Face) -> int:
    """All workflows, what starts them, and how their last run went."""

    async def work() -> None:
        async with opened(face) as workspace:
            found = await workspace.workflows.all()
            rows, answer = [], []
            for workflow in found:
                last = await workspace.workflows.runs(workflow.id, 1)
                answer.append({"id": workflow.id, **to_form(workflow), "last_run": last[0].id if last else None})
                ended = f"{last[0].state.value}, run {last[0].id}" if last else ""
                rows.append((workflow.id, workflow.name, len(workflow.steps), _starts(workflow), ended))
            columns = ("No.", "Name", "Steps", "Starts", "Last run")
            face.say(answer, lambda: table(columns, rows) if rows else "No workflows. Make one in the window.")

    return run(work())


@workflows.command()
@click.argument("workflow_id", type=int)
@click.pass_obj
def show(face: Face, workflow_id: int) -> int:
    """The steps of a workflow, and what keeps it from running."""

    async def work() -> None:
        async with opened(face) as workspace:
            workflow = await workspace.workflows.get(WorkflowId(workflow_id))
            findings = workspace.workflows.check(workflow)
            accounts = {str(account.id): account.label for account in await workspace.accounts.all()}
            names = accounts | {step.key: step.title or step.key for step in workflow.steps}
            rows = [
                (
                    step.key, step.kind, step.title, ", ".join(step.after),
                    " and ".join(describe(one, names) for one in step.when),
                    ", ".join(accounts.get(str(each), str(each)) for each in step.account_ids),
                )
                for step in workflow.steps
            ]  # fmt: skip
            face.say(
                {"id": workflow.id, **to_form(workflow), "findings": findings},
                lambda: table(("Step", "Kind", "Title", "After", "If", "Accounts"), rows),
            )
            if not face.as_json:
                face.out.print(f"“{workflow.name}”: {_starts(workflow)}.", highlight=False, markup=False)
                for finding in findings:
                    face.out.print(f"{finding.message} {finding.fix}", style="bold red", highlight=False, markup=False)

    return run(work())


@workflows.command("run")
@click.argument("workflow_id", type=int)
@click.option("--sku", "skus", multiple=True, help="Only this product; repeat for several. Else all of its scope.")
@click.pass_obj
def run_workflow(face: Face, workflow_id: int, skus: tuple[str, ...]) -> int:
    """Start a workflow and wait until its run has ended. Stopped with Ctrl+C, the run goes on at the next start."""

    async def work() -> int:
        async with opened(face, run_jobs=True) as workspace:
            ids = [await _product(workspace, sku) for sku in skus] if skus else None
            run_id = await workspace.workflows.run(WorkflowId(workflow_id), ids)
            ended = await _follow(face, workspace, run_id)
            face.say(ended, lambda: _steps(ended))
            if not face.as_json:
                face.out.print(_summary(ended), highlight=False, markup=False)
            return 0 if ended.state is RunState.COMPLETED else EXIT_WORK_FAILED

    return run(work())


@workflows.command()
@click.argument("workflow_id", type=int, required=False)
@click.option("--limit", default=20, show_default=True, help="How many.")
@click.option("--run", "run_id", type=int, help="One run with all its steps.")
@click.pass_obj
def runs(face: Face, workflow_id: int | None, limit: int, run_id: int | None) -> int:
    """The last runs, of one workflow or of all; or one run with its steps."""

    async def work() -> None:
        async with opened(face) as workspace:
            if run_id is not None:
                one = await workspace.workflows.run_detail(WorkflowRunId(run_id))
                face.say(one, lambda: _steps(one))
                return
            only = None if workflow_id is None else WorkflowId(workflow_id)
            found = await workspace.workflows.runs(only, limit)
            rows = [
                (one.id, one.workflow.name, one.cause, f"{one.started_at.astimezone():%d %b %Y, %H:%M}",
                 one.products, one.state.value, one.said)
                for one in found
            ]  # fmt: skip
            columns = ("Run", "Workflow", "Started by", "At", "Products", "State", "")
            face.say(found, lambda: table(columns, rows) if rows else "No runs.")

    return run(work())


def _control(name: str, words: str, done: str, change: Callable[[Workspace, WorkflowRunId], Awaitable[None]]) -> None:
    @workflows.command(name, help=words)
    @click.argument("run_id", type=int)
    @click.pass_obj
    def control(face: Face, run_id: int) -> int:
        async def work() -> None:
            async with opened(face) as workspace:
                await workspace.workflows.run_detail(WorkflowRunId(run_id))
                await change(workspace, WorkflowRunId(run_id))
                changed = await workspace.workflows.run_detail(WorkflowRunId(run_id))
                face.say(changed, lambda: f"Run {run_id} {done}: {changed.state.value}.")

        return run(work())


_control(
    "cancel", "End a run: nothing more of it begins.", "is at an end", lambda w, run_id: w.workflows.cancel_run(run_id)
)  # fmt: skip
_control("pause", "Let a run rest.", "was paused", lambda w, run_id: w.workflows.pause_run(run_id))
_control("resume", "Let a paused run go on.", "goes on", lambda w, run_id: w.workflows.resume_run(run_id))


@workflows.command("export")
@click.argument("workflow_id", type=int)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.pass_obj
def export_workflow(face: Face, workflow_id: int, file: Path | None) -> int:
    """Write a workflow to FILE (else to the screen) for another workspace. Its accounts are named, with no secrets."""

    async def work() -> None:
        async with opened(face) as workspace:
            form = await workspace.workflows.export(WorkflowId(workflow_id))
            text = json.dumps(form, ensure_ascii=False, indent=2)
            if file is None:
                click.echo(text)
                return
            await asyncio.to_thread(file.write_text, text + "\n", encoding="utf-8")
            face.say({"exported": str(file)}, lambda: f"“{form['name']}” is in {file}.")

    return run(work())


@workflows.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.pass_obj
def import_workflow(face: Face, file: Path) -> int:
    """Add a workflow from a file that “export” wrote. Its accounts are found by marketplace and name."""

    async def work() -> None:
        async with opened(face) as workspace:
            form = _read(await asyncio.to_thread(file.read_text, encoding="utf-8"))
            saved = await workspace.workflows.save(await workspace.workflows.read_export(form))
            face.say({"id": saved.id, **to_form(saved)}, lambda: f"Workflow {saved.id}, “{saved.name}”, was added.")

    return run(work())


@workflows.command()
@click.argument("workflow_id", type=int)
@click.pass_obj
def remove(face: Face, workflow_id: int) -> int:
    """Forget a workflow; runs under way go on, and its runs stay to be seen."""

    async def work() -> None:
        async with opened(face) as workspace:
            workflow = await workspace.workflows.get(WorkflowId(workflow_id))
            await workspace.workflows.remove(workflow.id)
            face.say({"removed": workflow.id}, lambda: f"“{workflow.name}” is removed.")

    return run(work())


def _read(text: str) -> dict[str, Any]:
    try:
        form = json.loads(text)
    except ValueError as error:
        raise UserMistake("This file is no workflow.", hint="Export it again.", original=str(error)) from error
    if not isinstance(form, dict):
        raise UserMistake("This file is no workflow.", hint="Export it again.")
    return form


async def _product(workspace: Workspace, sku: str) -> ProductId:
    product = await workspace.products.by_sku(sku)
    if product is None:
        raise UserMistake(f"There is no product “{sku}”.", hint="See “mmhub products”.")
    return product.id


async def _follow(face: Face, workspace: Workspace, run_id: WorkflowRunId) -> WorkflowRun:
    """Show how far a run has come, by its steps, until it has ended."""
    ending = asyncio.ensure_future(workspace.workflows.wait_run(run_id))
    with face.progress() as bar:
        now = await workspace.workflows.run_detail(run_id)
        line = bar.add_task(now.workflow.name, total=len(now.steps), note="")
        while not (await asyncio.wait([ending], timeout=0.2))[0]:
            now = await workspace.workflows.run_detail(run_id)
            bar.update(line, completed=sum(step.state.is_final for step in now.steps))
        bar.update(line, completed=len(now.steps))
    return await ending


def _starts(workflow: Workflow) -> str:
    kind = TRIGGERS.get(workflow.trigger.kind)
    words = kind.label if kind else workflow.trigger.kind
    if workflow.trigger.timing is not None and kind is not None and kind.timed:
        words = workflow.trigger.timing.words
    return words if workflow.active else f"{words} (switched off)"


def _steps(one: WorkflowRun) -> Any:
    titles = {step.key: step.title for step in one.workflow.steps}
    rows = [
        (titles[step.key] or step.key, step.state.value.replace("_", " "), step.products, step.completed, step.failed,
         step.batch_id, step.said)
        for step in one.steps
    ]  # fmt: skip
    return table(("Step", "State", "Products", "Done", "Failed", "Batch", ""), rows)


def _summary(one: WorkflowRun) -> str:
    return f"Run {one.id} of “{one.workflow.name}”: {one.state.value}. {one.said}".strip()
