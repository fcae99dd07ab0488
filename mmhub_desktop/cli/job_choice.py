"""Options that narrow the jobs a command is about, and the command that writes them to a file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from mmhub_desktop.cli.face import Face, opened, run
from mmhub_desktop.domain.job import JobState
from mmhub_desktop.domain.job_filter import JobFilter
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.support.job_export import export_jobs
from mmhub_desktop.workspace import Workspace

Command = Callable[..., Any]


def choose_jobs(command: Command) -> Command:
    """Options that narrow work; all that are given must fit."""
    states = click.Choice([state.value for state in JobState])
    for option in (
        click.option("--state", "states", type=states, multiple=True, help="Jobs in this state; repeat for several."),
        click.option("--account", default="", help="Jobs of this account: its label or number."),
        click.option("--action", default="", help="Jobs of this action, such as publish."),
        click.option("--cause", default="", help="Jobs that failed for this reason: see “mmhub jobs causes”."),
        click.option("--product", default="", help="Jobs of products whose title or SKU contains this."),
    ):
        command = option(command)
    return command


async def job_filter(
    workspace: Workspace, states: tuple[str, ...], account: str, action: str, cause: str, product: str
) -> JobFilter:
    """What the options of ``choose_jobs`` ask for. UserMistake for an account or a cause that is not there."""
    account_id = None
    if account:
        present = await workspace.accounts.all()
        found = [a.id for a in present if str(a.id) == account or a.label.casefold() == account.casefold()]
        if not found:
            raise UserMistake(f"There is no account “{account}”.", hint="See “mmhub accounts list”.")
        account_id = found[0]
    words = ""
    if cause:
        named = [each.cause for each in await workspace.jobs.causes() if each.key == cause]
        if not named:
            raise UserMistake(f"There is no cause “{cause}”.", hint="See “mmhub jobs causes”.")
        words = named[0]
    return JobFilter(frozenset(map(JobState, states)), account_id, action, words, product.strip())


@click.command("export")
@click.option(
    "--to", "target", type=click.Path(dir_okay=False, path_type=Path), required=True, help="FILE.csv or .json"
)
@choose_jobs
@click.pass_obj
def export(face: Face, /, target: Path, **choice: Any) -> int:
    """Write batches, jobs and steps to a CSV or JSON file."""

    async def work() -> None:
        async with opened(face) as workspace:
            only = await job_filter(workspace, **choice)
            with face.progress() as bar:
                line = bar.add_task("Export", total=None, note="")
                count = await export_jobs(workspace, only, target, lambda done: bar.update(line, completed=done))
            words = "1 job is" if count == 1 else f"{count:,} jobs are"
            face.say({"file": str(target), "jobs": count}, lambda: f"{words} in “{target}”.")

    return run(work())
