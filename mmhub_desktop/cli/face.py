"""What every command shares: its answer in words or JSON, its workspace, its progress bar."""

import asyncio
import contextlib
import gc
import json
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from mmhub_desktop.app import DEFAULT_WORKSPACE, App
from mmhub_desktop.domain.ids import BatchId
from mmhub_desktop.domain.job import BatchJob
from mmhub_desktop.domain.money import Money
from mmhub_desktop.errors import WorkspaceDamaged
from mmhub_desktop.jobs.backup_keeper import list_backups
from mmhub_desktop.paths import data_folder
from mmhub_desktop.settings import WORKSPACE_LAST
from mmhub_desktop.workspace import Workspace

EXIT_WORK_FAILED = 7


@dataclass
class Face:
    """How a command answers, and which workspace it was told to use."""

    as_json: bool
    path: Path | None
    out: Console
    err: Console

    def say(self, value: Any, words: Callable[[], Any]) -> None:
        """Answer with ``value`` as JSON when asked to, else with what ``words`` makes of it."""
        if self.as_json:
            click.echo(json.dumps(plain(value), ensure_ascii=False, indent=2))
        else:
            self.out.print(words(), highlight=False)

    def workspace_path(self, app: App) -> Path:
        """The workspace named on the command line, else the last one opened, else the default one."""
        last = app.settings.get(WORKSPACE_LAST)
        return self.path or (Path(last) if last else data_folder() / DEFAULT_WORKSPACE)

    def progress(self) -> Progress:
        """A progress bar on the error stream, so that JSON on the output stays clean."""
        return Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[note]}"),
            console=self.err,
        )


def plain(value: Any) -> Any:
    """Domain values as JSON types: money as amount and currency, times as ISO 8601 in UTC."""
    if isinstance(value, Money):
        return {"amount": str(value.amount), "currency": value.currency}
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if hasattr(value, "items"):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return value


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    """A plain table for people."""
    made = Table(*columns, box=None, header_style="bold", pad_edge=False)
    for row in rows:
        made.add_row(*("" if cell is None else str(cell) for cell in row))
    return made


def run(work: Coroutine[Any, Any, int | None]) -> int:
    """Run a command's coroutine on a loop of its own; its result is the exit code."""
    return asyncio.run(work) or 0


@contextlib.asynccontextmanager
async def opened(face: Face, *, run_jobs: bool = False, run_schedules: bool = False) -> AsyncIterator[Workspace]:
    """The command's workspace, closed again whatever happens.

    ``run_jobs``: waiting work goes on meanwhile; ``run_schedules`` with it: what becomes due is run.
    """
    app = App(holder="the command line")
    if run_jobs:
        gc.freeze()  # what has been imported stays: looking through it held calls up by some 50 ms each time
    path = face.workspace_path(app)
    try:
        try:
            workspace = await app.open_workspace(path, run_jobs=run_jobs, run_schedules=run_schedules)
        except WorkspaceDamaged as error:
            raise _with_backup(error, path.expanduser().absolute()) from error
        yield workspace
    finally:
        await app.close()


def _with_backup(error: WorkspaceDamaged, path: Path) -> WorkspaceDamaged:
    """The same error, saying which backup there is to go back to."""
    backups = list_backups(path)
    if not backups:
        return error
    newest = backups[0]
    hint = (
        f"Go back to the newest backup, of {newest.at.astimezone():%Y-%m-%d %H:%M}, by “mmhub restore {newest.name}”; "
        "with --dry-run it only says what would change. “mmhub restore” lists all. The damaged file is kept."
    )
    return WorkspaceDamaged(error.message, hint=hint, original=error.original)


async def follow(face: Face, workspace: Workspace, batch_id: BatchId) -> BatchJob:
    """Show a batch's progress until it has come to an end."""
    with face.progress() as bar:
        batch = (await workspace.jobs.batches([batch_id]))[0]
        line = bar.add_task(batch.title, total=max(batch.total, 1), note="")
        while True:
            note = f"{batch.failed} failed" if batch.failed else ""
            bar.update(line, completed=batch.done, note=note)
            if batch.state.is_final:
                return batch
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(workspace.engine.wait_batch(batch_id), 0.2)
            batch = (await workspace.jobs.batches([batch_id]))[0]
