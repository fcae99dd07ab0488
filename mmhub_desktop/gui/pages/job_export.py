"""Asks for a file and writes the jobs that are shown into it."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from mmhub_desktop.domain.job_filter import JobFilter
from mmhub_desktop.gui.background import finished
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.words import counted, number
from mmhub_desktop.support.job_export import export_jobs

FILES = ("CSV files (*.csv)", "JSON files (*.json)")
_TELL_EVERY = 5_000  # jobs
_KEY = "export-jobs"


async def export_shown(context: GuiContext, parent: QWidget, only: JobFilter) -> None:
    """Ask where to, then write what ``only`` lets through, with a notice while it lasts."""
    target = await _ask(parent)
    if target is None:
        return
    window = context.window

    def tell(count: int) -> None:
        if count % _TELL_EVERY < 200:  # a page
            window.notify("info", f"Writing “{target.name}”: {number(count)} jobs so far.", key=_KEY)

    count = await export_jobs(context.workspace, only, target, tell)
    window.notify(
        "ok", f"{counted(count, 'job')} with all steps are in “{target.name}”.", "", "Show the folder",
        partial(_show_folder, target.parent), key=_KEY,
    )  # fmt: skip


def _show_folder(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


async def _ask(parent: QWidget) -> Path | None:
    dialog = QFileDialog(parent, "Export jobs", str(Path.home()), ";;".join(FILES))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.selectFile("Jobs")
    dialog.setDefaultSuffix("csv")
    dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix("json" if chosen == FILES[1] else "csv"))
    try:
        if await finished(dialog) != QDialog.DialogCode.Accepted:
            return None
        return Path(dialog.selectedFiles()[0])
    finally:
        dialog.deleteLater()
