"""Backups from the window: made at once, and gone back to, also in place of a workspace that cannot be opened."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from mmhub_desktop.domain.backup import Backup, BackupKind
from mmhub_desktop.domain.backup_words import difference_words
from mmhub_desktop.errors import UserMistake, WorkspaceDamaged
from mmhub_desktop.gui import background, leaving
from mmhub_desktop.gui.background import asked
from mmhub_desktop.gui.dialogs.restore import KEPT, KEPT_DAMAGED, RestoreDialog
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.words import megabytes, moment_text
from mmhub_desktop.jobs.backup_keeper import backup_path, list_backups
from mmhub_desktop.store.workspace_copy import check_copy, contents, difference

if TYPE_CHECKING:
    from mmhub_desktop.gui.main_window import MainWindow

NOTICE = "backup"
TOLD_EVERY_S = 1.0  # a quick backup tells only its end


async def back_up_now(context: GuiContext) -> None:
    """Make a backup beside the workspace."""
    loop = asyncio.get_running_loop()
    told_at = loop.time()

    def tell(done: int, of: int) -> None:
        context.window.notify("info", f"Backing up: {done * 100 // max(1, of)} %", key=NOTICE)

    def told(done: int, of: int) -> None:  # on the copying thread
        nonlocal told_at
        if loop.time() - told_at >= TOLD_EVERY_S:
            told_at = loop.time()
            loop.call_soon_threadsafe(tell, done, of)

    made = await context.workspace.backups.make(BackupKind.MANUAL, told)
    context.window.notify(
        "ok", "The workspace is backed up.",
        f"{megabytes(made.size)}, beside the workspace. Pictures are not in it: they stay in the image folder.",
        "Show the backups", lambda: context.window.show_page("backups"), NOTICE,
    )  # fmt: skip


async def go_back(window: "MainWindow", workspace: Path, backup: Backup) -> None:
    """Say what going back to a backup of the open workspace changes, and do it when the seller agrees.

    Unsaved edits are asked about first. WorkspaceDamaged and others when the backup cannot be used.
    """
    if await _agrees(window, workspace, backup, KEPT):
        path = backup_path(workspace, backup)
        background.spawn(leaving.leave_then(window, lambda: window.session.go_back(path)), "Go back to the backup")


async def go_back_instead(window: "MainWindow", workspace: Path) -> None:
    """Let the seller choose a backup of a workspace that cannot be opened, and open it in its place."""
    from mmhub_desktop.gui.dialogs.backup_choice import BackupChoice

    backups = await asyncio.to_thread(list_backups, workspace)
    if not backups:
        raise UserMistake(
            f"“{workspace.name}” has no backup beside it.",
            hint="If you keep one on another disk, copy it into the folder “….backups” beside the workspace first.",
        )
    choice = BackupChoice(workspace, backups, window)
    accepted = await asked(choice)
    chosen = choice.backup()
    if accepted and chosen is not None and await _agrees(window, workspace, chosen, KEPT_DAMAGED):
        await window.session.go_back(backup_path(workspace, chosen), workspace)


async def _agrees(window: QWidget, workspace: Path, backup: Backup, kept: str) -> bool:
    lines = await asyncio.to_thread(_preview, workspace, backup_path(workspace, backup), backup)
    dialog = RestoreDialog(moment_text(backup.at), lines, window, kept=kept)
    return await asked(dialog)


def _preview(present: Path, path: Path, backup: Backup) -> list[str]:
    check_copy(path)
    held = contents(path)
    try:
        changed = difference(present, path, int(backup.at.timestamp() * 1000))
    except WorkspaceDamaged:  # the present file, since the backup's has just been read whole
        changed = None
    return difference_words(changed, held)
