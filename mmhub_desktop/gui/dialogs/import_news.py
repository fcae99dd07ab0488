"""An import that goes on after its dialog is closed: the seller is told how it ended."""

from collections.abc import Awaitable

from mmhub_desktop.catalog.import_run import ImportRun
from mmhub_desktop.domain.history import Undone
from mmhub_desktop.domain.imports import ImportState
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.words import number, undone_words


async def tell_when_done(context: GuiContext, run: ImportRun, name: str, *, take_back: bool = False) -> None:
    """Wait for the end, ``take_back`` what was written if that was asked for, and tell the seller."""
    job = await run.result()
    show = ("Show imports", lambda: context.window.show_page("imports"))
    if take_back:
        undone = await context.workspace.undo_import(job.id)
        context.window.notify(
            "info", f"The import of {name} was stopped and taken back. {undone_words(undone)}", "", *show
        )
        return
    counts = job.counts
    words = f"{number(counts.new)} new, {number(counts.changed)} changed, {number(counts.refused)} refused"
    is_done = job.state is ImportState.COMPLETED
    context.window.notify(
        "ok" if is_done else "info",
        f"{name} is imported: {words}." if is_done else f"The import of {name} was stopped: {words}.",
        "",
        *show,
    )


async def tell_undone(context: GuiContext, undoing: Awaitable[Undone], name: str) -> None:
    """Tell the seller, who has closed the dialog, how taking an import back has ended."""
    undone = await undoing
    context.window.notify("warn" if undone.refused else "ok", f"The import of {name} is undone.", undone_words(undone))
