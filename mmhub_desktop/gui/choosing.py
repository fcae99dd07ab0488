"""Asking for files and workspaces, without ever blocking the loop."""

import asyncio
import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from mmhub_desktop.catalog.staged import staging_folder
from mmhub_desktop.gui.background import asked, finished
from mmhub_desktop.paths import data_folder

if TYPE_CHECKING:
    from mmhub_desktop.gui.main_window import MainWindow

SUFFIX = ".mmhub"
WORKSPACES = f"Workspaces (*{SUFFIX})"


def dropped_files(data: QMimeData) -> list[str]:
    """Paths of the local files and folders of a drag; links to elsewhere are left out."""
    paths = [url.toLocalFile() for url in data.urls() if url.isLocalFile()] if data.hasUrls() else []
    return [path for path in paths if os.path.exists(path)]  # noqa: PTH110 - a drag passes here at every move


async def choose_files(parent: QWidget) -> list[str]:
    """Ask for files to import; none when the seller closes the dialog."""
    from mmhub_desktop.catalog.staging import ENDINGS

    kinds = f"Product files ({' '.join(f'*{ending}' for ending in ENDINGS)});;All files (*)"
    dialog = QFileDialog(parent, "Import products", "", kinds)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    return await answer(dialog)


async def import_files(window: "MainWindow", paths: Sequence[str]) -> None:
    """Ask for files if there are none, make sure that a workspace is open, and show the import dialog."""
    from mmhub_desktop.gui.dialogs.import_file import ImportDialog

    chosen = list(paths) or await choose_files(window)
    if not chosen or not await window.session.ensure() or window.context is None:
        return
    dialog = ImportDialog(window.context, chosen, window)
    try:
        await finished(dialog)
    finally:
        # Not deleteLater: an import goes on after the dialog is closed, and its coroutine still holds the dialog.
        # Without a parent it belongs to Python and goes with the last reference.
        dialog.setParent(None)


async def import_folder(window: "MainWindow") -> None:
    """Ask for a folder, and import the files in it."""
    dialog = QFileDialog(window, "Import a folder")
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    chosen = await answer(dialog)
    if chosen:
        await import_files(window, chosen)


async def paste_products(window: "MainWindow") -> None:
    """Import the table that was copied from a spreadsheet. UserMistake when there is none in the clipboard."""
    from mmhub_desktop.catalog.staging import stage_text

    if window.context is None or QApplication.activeModalWidget() is not None:
        return
    folder = staging_folder(window.context.workspace.path)
    path = await asyncio.to_thread(stage_text, QApplication.clipboard().text(), folder)
    await import_files(window, [str(path)])


async def choose_workspace(window: "MainWindow", *, new: bool) -> None:
    """Ask for a workspace file, then open it."""
    title = "New workspace" if new else "Open workspace"
    if new:
        dialog = save_dialog(window, title, WORKSPACES, f"My shop{SUFFIX}", data_folder())
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite, on=True)  # an existing workspace is opened, not lost
    else:
        dialog = QFileDialog(window, title, str(data_folder()), WORKSPACES)
        dialog.setDefaultSuffix(SUFFIX.lstrip("."))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    chosen = await answer(dialog)
    if chosen:
        await window.session.open(Path(chosen[0]))


async def make_support_bundle(window: "MainWindow") -> None:
    """Ask what may be in the bundle and where it goes, and write it."""
    from mmhub_desktop.gui.dialogs.support import SupportDialog
    from mmhub_desktop.support.bundle import make_bundle

    if window.context is None or not window.context.has_workspace:
        return
    workspace = window.context.workspace
    question = SupportDialog(window)
    if not await asked(question):
        return
    with_texts = question.with_texts.isChecked()
    dialog = save_dialog(window, "Make a support bundle", "ZIP files (*.zip)", "MultiMarket Hub support.zip")
    for chosen in await answer(dialog):
        target = Path(chosen)
        await make_bundle(workspace, target, with_texts=with_texts)
        window.notify(
            "ok", f"The support bundle is in “{target.name}”.", "Look into it before you send it to somebody.",
            "Show the folder", partial(show_folder, target.parent),
        )  # fmt: skip


def show_folder(folder: Path) -> None:
    """Show a folder in the system's file manager."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


async def show_about(window: "MainWindow") -> None:
    """A small dialog with name and version."""
    from importlib.metadata import PackageNotFoundError, version

    from mmhub_desktop.gui.dialogs.frame import Dialog

    try:
        number = version("mmhub-desktop")
    except PackageNotFoundError:
        number = "from source"
    dialog = Dialog(
        "MultiMarket Hub",
        f"Version {number}. Your products, keys and listings stay on this computer. MIT licence; "
        "Inter typeface (OFL-1.1), Lucide icons (ISC), Qt for Python (LGPL-3).",
        window,
        width=440,
    )
    dialog.add_button("Close", dialog.accept)
    await asked(dialog)


def save_dialog(parent: QWidget, title: str, kinds: str, name: str, folder: Path | None = None) -> QFileDialog:
    """Asks for a place for a file, in the home folder unless told; the proposed ``name`` gives the usual ending."""
    dialog = QFileDialog(parent, title, str(folder or Path.home()), kinds)
    dialog.setDefaultSuffix(Path(name).suffix.lstrip("."))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.selectFile(name)
    return dialog


async def answer(dialog: QFileDialog) -> list[str]:
    """Open a file dialog and wait: the files chosen, none when it was closed. The dialog is then gone."""
    accepted = await asked(dialog)
    return dialog.selectedFiles() if accepted else []
