"""An import that goes on after its dialog is closed: the seller is told how it ended."""

from mmhub_desktop.catalog.import_run import ImportRun
from mmhub_desktop.domain.imports import ImportState
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.words import number


async def tell_when_done(context: GuiContext, run: ImportRun, name: str) -> None:
    """Tell the seller, who has closed the dialog, how the import ended."""
    job = await run.result()
    counts = job.counts
    words = f"{number(counts.new)} new, {number(counts.changed)} changed, {number(counts.refused)} refused"
    is_done = job.state is ImportState.COMPLETED
    context.window.notify(
        "ok" if is_done else "info",
        f"{name} is imported: {words}." if is_done else f"The import of {name} was stopped: {words}.",
        action_text="Show imports",
        act=lambda: context.window.show_page("imports"),
    )
