"""Asks for a file and writes the jobs that are shown into it."""

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from mmhub_desktop.domain.job_filter import JobFilter
from mmhub_desktop.gui.choosing import answer, save_dialog, show_folder
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
        partial(show_folder, target.parent), key=_KEY,
    )  # fmt: skip


async def _ask(parent: QWidget) -> Path | None:
    dialog = save_dialog(parent, "Export jobs", ";;".join(FILES), "Jobs.csv")
    dialog.selectFile("Jobs")  # without an ending: that goes with the kind chosen
    dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix("json" if chosen == FILES[1] else "csv"))
    return next((Path(chosen) for chosen in await answer(dialog)), None)
