"""Nothing that was entered is lost unasked: before another page, another workspace, and the end of the program."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from mmhub_desktop.gui.pages import PAGES
from mmhub_desktop.gui.pages.page import Page

if TYPE_CHECKING:
    from mmhub_desktop.gui.main_window import MainWindow


def unsaved_page(window: "MainWindow") -> Page | None:
    """The page that is shown, when it holds what is not saved."""
    page = window.stack.currentWidget()
    return page if isinstance(page, Page) and page.has_unsaved else None


async def may_leave(window: "MainWindow") -> bool:
    """Ask where there is something to lose; False: the seller stays, and the sidebar shows where."""
    page = unsaved_page(window)
    if page is None or await page.may_leave():
        return True
    window.sidebar.mark(next(entry.name for entry in PAGES if entry.cls == type(page).__name__))
    return False


async def leave_then(window: "MainWindow", go_on: Callable[[], Awaitable[object] | None]) -> None:
    """Do something that leaves the page, unless the seller stays."""
    if await may_leave(window):
        waiting = go_on()
        if waiting is not None:
            await waiting
