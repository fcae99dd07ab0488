"""Everything the window can be told to do, declared: menus, shortcuts and the command palette are drawn from it."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mmhub_desktop.gui import background, choosing
from mmhub_desktop.gui.archiving import export_workspace, open_archive
from mmhub_desktop.gui.backing_up import back_up_now
from mmhub_desktop.gui.deleting import delete_all
from mmhub_desktop.gui.pages import PAGES
from mmhub_desktop.gui.pages.product_work import WORK
from mmhub_desktop.gui.undo_keys import REDO, UNDO
from mmhub_desktop.gui.undoing import redo_last, undo_last

if TYPE_CHECKING:
    from mmhub_desktop.gui.main_window import MainWindow
    from mmhub_desktop.gui.pages.page import GuiContext


@dataclass(frozen=True, slots=True)
class Command:
    """One command. ``group`` separates it in its menu; ``keys`` are shortcuts in Qt's writing."""

    menu: str
    label: str
    run: Callable[["MainWindow"], None]
    keys: str = ""
    icon: str = ""
    group: int = 0
    needs_workspace: bool = True


def _work(name: str) -> Callable[["MainWindow"], None]:
    return lambda window: window.act_on_products(name)


def _page(name: str) -> Callable[["MainWindow"], None]:
    return lambda window: window.show_page(name)


def _do(work: Callable[["MainWindow"], Coroutine[Any, Any, None]], what: str) -> Callable[["MainWindow"], None]:
    def run(window: "MainWindow") -> None:
        background.spawn(work(window), what)

    return run


def _in_workspace(
    work: Callable[["GuiContext"], Coroutine[Any, Any, None]], what: str
) -> Callable[["MainWindow"], None]:
    def run(window: "MainWindow") -> None:
        if window.context is not None and window.context.has_workspace:
            background.spawn(work(window.context), what)

    return run


def _digit(place: int) -> str:
    return f"Ctrl+{place}" if place < 10 else ""  # there are no more digits


def _mode(mode: str) -> Callable[["MainWindow"], None]:
    return lambda window: window.set_mode(mode)


COMMANDS: tuple[Command, ...] = (
    Command("File", "Import products…", lambda w: w.import_files([]), "Ctrl+O", "file-up", needs_workspace=False),
    Command("File", "Import a folder…", _do(choosing.import_folder, "Import a folder"), "", "folder-open"),
    Command("File", "Export products…", _work("export"), "Ctrl+Shift+E", "download"),
    Command("File", "Open workspace…", lambda w: w.choose_workspace(), "Ctrl+Shift+O", "folder-open", 1, False),
    Command("File", "New workspace…", lambda w: w.choose_workspace(new=True), "Ctrl+Shift+N", "folder-plus", 1, False),
    Command("File", "Open the practice shop", lambda w: w.open_sample(), "", "sparkles", 1, False),
    Command("File", "Back up now", _in_workspace(back_up_now, "Back up now"), "Ctrl+Shift+B", "download", 2),
    Command("File", "Backups…", _page("backups"), "", "rotate-ccw", 2),
    Command("File", "Export workspace…", _do(export_workspace, "Export the workspace"), "", "package", 2),
    Command("File", "Open archive…", _do(open_archive, "Open an archive"), "", "folder-open", 2, False),
    Command("File", "Quit", lambda w: w.quit(), "Ctrl+Q", "log-out", 3, False),
    Command("Edit", "Undo", _in_workspace(undo_last, "Undo"), UNDO, "undo-2"),
    Command("Edit", "Redo", _in_workspace(redo_last, "Redo"), REDO, "redo-2"),
    Command("Edit", "Find", lambda w: w.search(), "Ctrl+F", "search", 1),
    Command("Edit", "Filter products…", _work("filter"), "Ctrl+Shift+F", "funnel", 1),
    Command("Edit", "Paste products", _do(choosing.paste_products, "Paste products"), "Ctrl+V", "copy", 1),
    Command("Edit", "Select all products", lambda w: w.select_all_products(), "", "list", 1),
    Command("Edit", "All commands…", lambda w: w.open_palette(), "Ctrl+K", "command", 2, False),
    Command("Products", "Edit product", lambda w: w.show_page("products", edit=True), "", "pencil"),
    *(
        Command(
            "Products", item.label, _work(item.name), "" if item.name == "delete" else item.shortcut, item.icon,
            1 if item.name == "delete" else 0,
        )
        for item in WORK
    ),
    Command("Products", "Delete all products…", _in_workspace(delete_all, "Delete all products"), "", "trash-2", 1),
    *(
        Command("View", entry.label, _page(entry.name), _digit(place), entry.icon, 0, entry.needs_workspace)
        for place, entry in enumerate((entry for entry in PAGES if entry.group), start=1)
    ),
    Command("View", "Columns of the product table…", _work("columns"), "", "table", 0),
    Command("View", "Variants below their products", _work("families"), "", "list", 0),
    Command("View", "See the practice shop as a buyer", _page("practice"), "", "eye", 0),
    Command("View", "Appearance as the system", _mode("system"), "", "monitor", 1, False),
    Command("View", "Light appearance", _mode("light"), "", "sun", 1, False),
    Command("View", "Dark appearance", _mode("dark"), "", "moon", 1, False),
    Command("View", "Switch light and dark", lambda w: w.toggle_scheme(), "Ctrl+Shift+D", "", 1, False),
    Command("View", "Read everything again", lambda w: w.refresh_page(), "F5", "refresh-cw", 2, False),
    Command("Help", "Open the log folder", lambda w: w.open_log_folder(), "", "file-text", 0, False),
    Command("Help", "Read the log", lambda w: w.show_page("activity", log=True), "", "activity"),
    Command("Help", "Make a support bundle…", lambda w: w.make_support_bundle(), "", "package"),
    Command("Help", "About this program", lambda w: w.show_about(), "", "info", 1, False),
)  # fmt: skip

MENUS = ("File", "Edit", "Products", "View", "Help")
