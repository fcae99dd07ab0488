"""Undo and redo from anywhere in the window, with a notice that says what was done and what was left."""

from collections.abc import Callable

from mmhub_desktop.domain.history import HistoryEntry, Undone
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.words import counted, number, undone_words

_MANY = 5_000  # products from which on it is told how far it has come


async def undo_last(context: GuiContext) -> None:
    """Take back the newest change that stands."""
    entry = await context.workspace.history.next_undo()
    if entry is None:
        context.window.notify(
            "info", "There is nothing to undo.", "Changes to products are listed on the History page."
        )
        return
    await undo(context, entry)


async def redo_last(context: GuiContext) -> None:
    """Do again what was undone last."""
    entry = await context.workspace.history.next_redo()
    if entry is None:
        context.window.notify(
            "info", "There is nothing to redo.", "What was undone earlier can be done again on the History page."
        )
        return
    await redo(context, entry)


async def undo(context: GuiContext, entry: HistoryEntry) -> None:
    """Take back one change, however old."""
    done = await context.workspace.history.undo(entry.id, _progress(context, entry, "undone"))
    _tell(context, done, f"Undone: {done.entry.label}", undone_words(done), again=True)


async def redo(context: GuiContext, entry: HistoryEntry) -> None:
    """Do one change again."""
    done = await context.workspace.history.redo(entry.id, _progress(context, entry, "done again"))
    words = f"{counted(done.products, 'product')} changed."
    if done.refused and done.refusals:
        first = done.refusals[0]
        words += f" {counted(done.refused, 'value')} stayed, such as {first.sku or 'one'}: {first.message}"
    _tell(context, done, f"Done again: {done.entry.label}", words, again=False)


def _tell(context: GuiContext, done: Undone, message: str, words: str, *, again: bool) -> None:
    key = f"history {done.entry.id}"
    if done.refused:
        context.window.notify(
            "warn", message, words, "Show what stayed",
            lambda: context.window.show_page("history", entry=done.entry.id), key,
        )  # fmt: skip
        return
    run, what = (redo, "Redo") if again else (undo, "Undo")

    def turn() -> None:
        context.spawn(run(context, done.entry), what)

    context.window.notify("ok", message, words, what, turn, key)


def _progress(context: GuiContext, entry: HistoryEntry, what: str) -> Callable[[int], None]:
    def tell(products: int) -> None:
        if entry.products > _MANY:
            context.window.notify(
                "info", f"“{entry.label}” is being {what}…",
                f"{number(min(products, entry.products))} of {counted(entry.products, 'product')}",
                key=f"history {entry.id}",
            )  # fmt: skip

    return tell
