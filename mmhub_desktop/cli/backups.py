"""Commands about backups of the workspace: make one, list them, go back to one."""

import asyncio
from datetime import UTC, datetime

import click

from mmhub_desktop.app import App
from mmhub_desktop.cli.face import Face, run, table
from mmhub_desktop.domain.backup import Backup, BackupKind
from mmhub_desktop.domain.backup_words import difference_words, rested_words
from mmhub_desktop.errors import UserMistake, WorkspaceDamaged
from mmhub_desktop.events import Bus
from mmhub_desktop.jobs.backup_keeper import BackupKeeper, find_backup, new_backup_path
from mmhub_desktop.store.restoring import go_back
from mmhub_desktop.store.workspace_copy import check_copy, contents, difference


@click.command()
@click.option("--list", "only_list", is_flag=True, help="List the backups there are instead.")
@click.pass_obj
def backup(face: Face, only_list: bool) -> int:
    """Make a backup of the workspace beside it, also while it is open in the window."""
    keeper = _keeper(face)

    async def work() -> None:
        if only_list:
            _list(face, keeper, await keeper.all())
            return
        with face.progress() as bar:
            line = bar.add_task(f"Back up {keeper.workspace.name}", total=None, note="")
            made = await keeper.make(BackupKind.MANUAL, lambda done, of: bar.update(line, completed=done, total=of))
        path = keeper.path(made)
        held = await asyncio.to_thread(contents, path)
        face.say(
            {"file": path, "backup": made, "contents": held},
            lambda: f"{path}: {held.products:,} products, {held.listings:,} listings, {_megabytes(made)}.",
        )

    return run(work())


@click.command()
@click.argument("file", required=False)
@click.option("--dry-run", is_flag=True, help="Only say what would be different.")
@click.pass_obj
def restore(face: Face, file: str | None, dry_run: bool) -> int:
    """Go back to a backup: FILE as “mmhub restore” without it lists them, or the path of one from elsewhere.

    The present state is kept as a backup first. Unfinished jobs of the backup come back paused.
    """
    keeper = _keeper(face, must_exist=file is None)
    workspace = keeper.workspace

    async def work() -> None:
        if file is None:
            _list(face, keeper, await keeper.all())
            return
        path, made_at = await asyncio.to_thread(find_backup, workspace, file)
        await asyncio.to_thread(check_copy, path)
        held = await asyncio.to_thread(contents, path)
        changed = None
        if workspace.exists():
            try:
                changed = await asyncio.to_thread(difference, workspace, path, int(made_at.timestamp() * 1000))
            except WorkspaceDamaged as error:  # that may be why one goes back
                face.err.print(error.message, error.hint, highlight=False, markup=False)
        lines = difference_words(changed, held)
        about = {"workspace": workspace, "backup": path, "made_at": made_at, "contents": held, "difference": changed}
        if dry_run:
            face.say(about, lambda: "\n".join([f"Going back to the backup of {_when(made_at)}:", *lines]))
            return
        keep_as = new_backup_path(workspace, BackupKind.BEFORE_RESTORE, datetime.now(UTC))
        kept, rested = await asyncio.to_thread(go_back, workspace, path, keep_as, holder="the command line")
        told = [f"“{workspace.name}” is as it was on {_when(made_at)}.", *lines, *rested_words(rested)]
        if kept is not None:
            told.append(f"What it held before is kept: {kept}")
        face.say({**about, "kept": kept, "rested": rested}, lambda: "\n".join(told))

    return run(work())


def _when(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M}"


def _keeper(face: Face, *, must_exist: bool = True) -> BackupKeeper:
    path = face.workspace_path(App(holder="the command line")).expanduser().absolute()
    if must_exist and not path.exists():
        raise UserMistake(f"There is no workspace “{path}”.", hint="Name one with --workspace.")
    return BackupKeeper(path, Bus(), lambda: "never", lambda: False)


def _list(face: Face, keeper: BackupKeeper, backups: list[Backup]) -> None:
    """Newest first."""

    def words() -> object:
        if not backups:
            return f"“{keeper.workspace.name}” has no backup yet: “mmhub backup” makes one."
        rows = ((_when(each.at), _megabytes(each), each.name) for each in backups)
        return table(("made", "size", "file"), rows)

    face.say([{"file": keeper.path(each), "backup": each} for each in backups], words)


def _megabytes(made: Backup) -> str:
    return f"{max(1, round(made.size / 1_000_000)):,} MB"
