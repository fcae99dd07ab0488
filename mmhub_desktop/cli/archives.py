"""Commands that put a whole workspace into one file, and make a workspace from such a file."""

import tempfile
from pathlib import Path

import click

from mmhub_desktop.app import App
from mmhub_desktop.catalog.workspace_archive import csv_of, unpack_archive, write_archive
from mmhub_desktop.cli.face import Face, run
from mmhub_desktop.domain.backup import ARCHIVE_SUFFIX
from mmhub_desktop.domain.backup_words import rested_words
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.store.cancellable import run_cancellable


@click.command("archive", short_help="Write the whole workspace into one file.")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def archive_command(face: Face, file: Path) -> int:
    """Write the whole workspace into one FILE: data, kept images, and the products as CSV. Keys are not in it."""
    workspace = face.workspace_path(App(holder="the command line")).expanduser().absolute()
    if not workspace.exists():
        raise UserMistake(f"There is no workspace “{workspace}”.", hint="Name one with --workspace.")
    named = file.expanduser().absolute()
    target = named if named.suffix else named.with_suffix(ARCHIVE_SUFFIX)

    async def work() -> None:
        with tempfile.TemporaryDirectory() as folder, face.progress() as bar:
            line = bar.add_task(f"Archive {workspace.name}", total=None, note="")
            table = Path(folder) / "products.csv"
            await csv_of(workspace, table)
            await run_cancellable(
                lambda tell: write_archive(workspace, table, target, tell),
                lambda done, of: bar.update(line, completed=done, total=of),
            )
        size = target.stat().st_size
        face.say({"file": target, "size_bytes": size}, lambda: f"{target}: {max(1, round(size / 1e6)):,} MB.")

    return run(work())


@click.command(short_help="Make a workspace from an archive.")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("to", type=click.Path(path_type=Path), required=False)
@click.pass_obj
def unarchive(face: Face, file: Path, to: Path | None) -> int:
    """Make a workspace from an archive: TO, or beside the FILE. Unfinished jobs in it are paused."""
    source = file.expanduser().absolute()
    target = to.expanduser().absolute() if to else source.with_suffix(".mmhub")

    async def work() -> None:
        with face.progress() as bar:
            line = bar.add_task(f"Open {source.name}", total=None, note="")
            rested = await run_cancellable(
                lambda tell: unpack_archive(source, target, tell),
                lambda done, of: bar.update(line, completed=done, total=of),
            )
        lines = [f"The workspace is “{target}”. Sign in to its accounts again: keys are not in archives."]
        face.say({"workspace": target, "rested": rested}, lambda: "\n".join([*lines, *rested_words(rested)]))

    return run(work())
