"""Backups from the window: made at once, with a notice of how far it is and of its end."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from mmhub_desktop.domain.backup import BackupKind
from mmhub_desktop.gui import background, leaving
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.words import number

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


def go_back_to(window: "MainWindow", backup: Path) -> None:
    """Put a backup in place of the workspace that is open, and open it; unsaved edits are asked about first."""
    background.spawn(leaving.leave_then(window, lambda: window.session.go_back(backup)), "Go back to the backup")


def megabytes(size: int) -> str:
    """A file's size in words."""
    return f"{number(max(1, round(size / 1e6)))} MB"
