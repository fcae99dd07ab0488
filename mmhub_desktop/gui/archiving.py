"""A whole workspace written into one file, and a workspace made from such a file, with progress and a way to stop."""

import asyncio
import tempfile
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtWidgets import QFileDialog

from mmhub_desktop.domain.backup import ARCHIVE_SUFFIX
from mmhub_desktop.domain.backup_words import rested_words
from mmhub_desktop.gui import leaving
from mmhub_desktop.gui.choosing import SUFFIX, WORKSPACES, answer, save_dialog, show_folder
from mmhub_desktop.gui.dialogs.archive_progress import ArchiveProgressDialog
from mmhub_desktop.paths import data_folder
from mmhub_desktop.store.cancellable import Told, run_cancellable

if TYPE_CHECKING:
    from mmhub_desktop.gui.main_window import MainWindow

T = TypeVar("T")
ARCHIVES = f"Workspace archives (*{ARCHIVE_SUFFIX})"
TOLD_EVERY_S = 0.1


async def export_workspace(window: "MainWindow") -> None:
    """Ask where to, and write the open workspace there."""
    if window.context is None or not window.context.has_workspace:
        return
    workspace = window.context.workspace.path
    for chosen in await answer(save_dialog(window, "Export workspace", ARCHIVES, f"{workspace.stem}{ARCHIVE_SUFFIX}")):
        target = Path(chosen)
        done = await _with_progress(
            window,
            ArchiveProgressDialog(
                f"Writing “{target.name}”", "Data, pictures and a table. Keys are not in it.", window
            ),
            lambda told, target=target: _write(workspace, target, told),  # type: ignore[misc]
        )
        if done is not None:
            window.notify(
                "ok", f"The workspace is in “{target.name}”.",
                "Keys and tokens are not in it: sign in again elsewhere.",
                "Show the folder", partial(show_folder, target.parent),
            )  # fmt: skip


async def open_archive(window: "MainWindow") -> None:
    """Ask for an archive and for the name of the workspace to be made from it, make it and open it."""
    dialog = QFileDialog(window, "Open archive", str(Path.home()), ARCHIVES)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    for chosen in await answer(dialog):
        source = Path(chosen)
        saving = save_dialog(window, "New workspace", WORKSPACES, f"{source.stem}{SUFFIX}", data_folder())
        for place in await answer(saving):
            await make_from_archive(window, source, Path(place))


async def make_from_archive(window: "MainWindow", source: Path, target: Path) -> None:
    """Make the workspace ``target`` from an archive and open it."""
    from mmhub_desktop.catalog.workspace_archive import unpack_archive

    rested = await _with_progress(
        window,
        ArchiveProgressDialog(f"Opening “{source.name}”", f"It becomes the workspace “{target.stem}”.", window),
        lambda told: run_cancellable(lambda tell: unpack_archive(source, target, tell), told),
    )
    if rested is None:
        return

    async def open_made() -> None:
        if await window.session.open(target):
            hint = " ".join(["Sign in to its accounts again: keys are not in archives.", *rested_words(rested)])
            window.notify("ok", "The workspace is as it was when the archive was made.", hint)

    await leaving.leave_then(window, open_made)


async def _write(workspace: Path, target: Path, told: Told) -> bool:
    from mmhub_desktop.catalog.workspace_archive import csv_of, write_archive

    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "products.csv"
        await csv_of(workspace, table)
        await run_cancellable(lambda tell: write_archive(workspace, table, target, tell), told)
    return True


async def _with_progress(
    window: "MainWindow", dialog: ArchiveProgressDialog, work: Callable[[Told], Coroutine[Any, Any, T]]
) -> T | None:
    """Do the work below its dialog; None when it was stopped."""
    loop = asyncio.get_running_loop()
    told_at = 0.0

    def told(done: int, of: int) -> None:  # on the working thread
        nonlocal told_at
        if loop.time() - told_at >= TOLD_EVERY_S:
            told_at = loop.time()
            loop.call_soon_threadsafe(tell, done, of)

    def tell(done: int, of: int) -> None:
        if dialog.isVisible():
            dialog.tell(done, of)

    working = asyncio.ensure_future(work(told))
    dialog.rejected.connect(working.cancel)
    dialog.open()
    try:
        return await working
    except asyncio.CancelledError:
        me = asyncio.current_task()
        if me is not None and me.cancelling():
            raise  # the window is closed
        window.notify("info", "Stopped.", "Nothing was left behind.")
        return None
    finally:
        dialog.rejected.disconnect(working.cancel)
        dialog.close()
        dialog.setParent(None)
