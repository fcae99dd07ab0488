"""The main window: sidebar, pages, menus, notices, and the drop of files anywhere on it."""

import asyncio
import base64
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeySequence,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QMenu, QStackedWidget, QWidget

from mmhub_desktop.errors import MmhubError
from mmhub_desktop.gui import background, choosing, leaving, theme
from mmhub_desktop.gui.commands import COMMANDS, MENUS
from mmhub_desktop.gui.notices import Notices, NoticeText
from mmhub_desktop.gui.pages import PAGES, page_entry
from mmhub_desktop.gui.pages.page import GuiContext, Page
from mmhub_desktop.gui.pages.problem import OpeningPage, ProblemPage
from mmhub_desktop.gui.session import Session
from mmhub_desktop.gui.widgets.command_palette import CommandPalette
from mmhub_desktop.gui.widgets.drop_overlay import DropOverlay
from mmhub_desktop.gui.widgets.sidebar import NARROW_BELOW, Sidebar
from mmhub_desktop.gui.work_watch import WorkWatch
from mmhub_desktop.paths import log_folder
from mmhub_desktop.settings import APPEARANCE_MODE, WINDOW_GEOMETRY, WORKSPACE_LAST, Settings

if TYPE_CHECKING:
    from mmhub_desktop.gui.pages.products import ProductsPage


class MainWindow(QMainWindow):
    """One window with at most one open workspace. ``closed`` is done when the window may go."""

    def __init__(self, settings: Settings, session: Session | None = None) -> None:
        super().__init__()
        self.settings = settings
        self.session = session or Session(settings, self)
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._is_closing = False
        self._pages: dict[str, Page] = {}
        self._watch: WorkWatch | None = None
        self._actions: list[tuple[QAction, bool]] = []
        theme.theme().set_mode(settings.get(APPEARANCE_MODE))
        settings.on_changed(self._setting_changed)
        self._build()
        self._build_menus()
        self.session.opening.connect(self._show_opening)
        self.session.opened.connect(self._show_workspace)
        self.session.failed.connect(self._show_problem)
        self.session.left.connect(self._leave_workspace)
        background.set_error_listener(self._tell_error)
        self.sidebar.setVisible(bool(settings.get(WORKSPACE_LAST)))  # without a workspace there is nowhere to go
        self._show_opening("Starting")

    def _build(self) -> None:
        self.setWindowTitle("MultiMarket Hub")
        self.setAcceptDrops(True)
        self.sidebar = Sidebar()
        self.sidebar.page_chosen.connect(self.show_page)
        self.sidebar.scheme_toggled.connect(self.toggle_scheme)
        self.stack = QStackedWidget()
        self._opening = OpeningPage()
        self._problem = ProblemPage()
        self._problem.again.connect(lambda path: self.open_workspace(Path(path)))
        self._problem.choose.connect(self.choose_workspace)
        self.stack.addWidget(self._opening)
        self.stack.addWidget(self._problem)
        content = QWidget()
        row = QHBoxLayout(content)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.sidebar)
        row.addWidget(self.stack, 1)
        self.setCentralWidget(content)
        self.notices = Notices(content)
        self._overlay = DropOverlay(self)
        self.setMinimumSize(860, 480)  # a laptop's screen at 200 %
        self.resize(1280, 820)
        kept = self.settings.get(WINDOW_GEOMETRY)
        if kept:
            self.restoreGeometry(QByteArray(base64.b64decode(kept)))

    def _build_menus(self) -> None:
        for name in MENUS:
            menu = QMenu(name, self)
            group = 0
            for command in (each for each in COMMANDS if each.menu == name):
                if command.group != group:
                    menu.addSeparator()
                    group = command.group
                action = QAction(command.label, self)
                action.setIcon(theme.icon(command.icon) if command.icon else action.icon())
                action.setToolTip(f"{name}: {command.label}")
                if command.keys:
                    action.setShortcuts(QKeySequence.listFromString(command.keys))
                action.triggered.connect(lambda _=False, run=command.run: run(self))
                menu.addAction(action)
                self.addAction(action)
                self._actions.append((action, command.needs_workspace))
            self.menuBar().addMenu(menu)

    @property
    def context(self) -> GuiContext | None:
        """What pages are given; None while a workspace is being opened."""
        return self.session.context

    def page(self, name: str) -> Page:
        """The page of that name, made at the first call."""
        if name not in self._pages:
            if self.context is None:
                raise RuntimeError("no page before the session has opened")
            self._pages[name] = page_entry(name).make(self.context)
            self.stack.addWidget(self._pages[name])
        return self._pages[name]

    def show_page(self, name: str, **what: Any) -> None:
        """Go to a page; ``what`` is handed to it."""
        entry = page_entry(name)
        if self.context is None or (entry.needs_workspace and not self.context.has_workspace):
            return
        page = self.page(name)
        if leaving.unsaved_page(self) not in (None, page):
            again = partial(self.show_page, name, **what)
            background.spawn(leaving.leave_then(self, again), "Leave the page")
            return
        self.stack.setCurrentWidget(page)
        self.sidebar.mark(name)
        if what:
            page.show_what(**what)

    def notify(
        self,
        level: str,
        message: str,
        hint: str = "",
        action_text: str = "",
        act: Callable[[], None] | None = None,
        key: str = "",
    ) -> None:
        """Show a notice at the lower right, in place of the one with the same key."""
        self.notices.show_notice(NoticeText(level, message, hint, action_text, key), act)

    def import_files(self, paths: Sequence[str]) -> None:
        """Open the import dialog for these files; with none, ask for them first."""
        background.spawn(choosing.import_files(self, list(paths)), "Import products")

    def open_workspace(self, path: Path) -> None:
        """Open or create a workspace in place of the one that is open."""
        background.spawn(leaving.leave_then(self, lambda: self.session.open(path)), "Open the workspace")

    def choose_workspace(self, *, new: bool = False) -> None:
        """Ask for a workspace file to open, or for the name of a new one."""
        choose = partial(choosing.choose_workspace, self, new=new)
        background.spawn(leaving.leave_then(self, choose), "Open a workspace")

    def open_sample(self) -> None:
        """Open the practice shop."""
        background.spawn(leaving.leave_then(self, self.session.open_sample), "Open the practice shop")

    def act_on_products(self, name: str) -> None:
        """Do one of the products page's works to its selection."""
        self._on_products(lambda page: page.act(name))

    def select_all_products(self) -> None:
        """Select every product that matches the products page's search and filter."""
        self._on_products(lambda page: page.select_all())

    def _on_products(self, act: "Callable[[ProductsPage], None]") -> None:
        from mmhub_desktop.gui.pages.products import ProductsPage

        self.show_page("products")
        page = self.stack.currentWidget()
        if isinstance(page, ProductsPage):
            act(page)

    def selected_products(self) -> Sequence[int]:
        """What is selected on the products page; nothing when that page was not shown."""
        from mmhub_desktop.gui.pages.products import ProductsPage

        page = self._pages.get("products")
        return page.selected_ids() if isinstance(page, ProductsPage) else ()

    def search(self) -> None:
        """Go to the search of this page, or to that of the products where it has none."""
        page = self.stack.currentWidget()
        if not (isinstance(page, Page) and page.search()):
            self.show_page("products", search=True)

    def refresh_page(self) -> None:
        """Read what the page shows again."""
        page = self.stack.currentWidget()
        if isinstance(page, Page):
            page.request_refresh()

    def set_mode(self, mode: str) -> None:
        """Light, dark, or as the system; kept for the next start."""
        self.settings.set(APPEARANCE_MODE, mode)

    def toggle_scheme(self) -> None:
        """From light to dark and back."""
        self.set_mode("light" if theme.theme().scheme == "dark" else "dark")

    def open_palette(self) -> None:
        """List all commands."""
        CommandPalette([action for action, _ in self._actions], self).show()

    def open_log_folder(self) -> None:
        """Show the log files in the system's file manager."""
        choosing.show_folder(log_folder())

    def make_support_bundle(self) -> None:
        """Ask for a file and write everything into it that helps somebody to see what happened."""
        background.spawn(choosing.make_support_bundle(self), "Make a support bundle")

    def show_about(self) -> None:
        """Name, version, and what the program stands on."""
        background.spawn(choosing.show_about(self), "About this program")

    def quit(self) -> None:
        """Close the window and the program."""
        self.close()

    def tell_crash(self, what: str = "") -> None:
        """Say that something unforeseen happened; it has been logged."""
        self.notify(
            "err", f"“{what}” did not work because of a mistake in the program." if what
            else "Something went wrong inside the program.",
            "Your data is safe. What happened is in the log.", "Open the log folder", self.open_log_folder,
        )  # fmt: skip

    def closeEvent(self, event: QCloseEvent) -> None:
        """The first time only begin to close: work that is being saved is waited for."""
        if self.closed.done():
            event.accept()
            return
        event.ignore()
        if not self._is_closing:
            self._is_closing = True
            geometry = base64.b64encode(self.saveGeometry().data()).decode()
            asyncio.get_running_loop().create_task(self._shut_down(geometry))

    async def _shut_down(self, geometry: str) -> None:
        if not await leaving.may_leave(self):
            self._is_closing = False
            return
        self.hide()
        try:
            self.settings.set(WINDOW_GEOMETRY, geometry)
            self._leave_workspace()
            await background.cancel_all()
            await self.session.close()
        except Exception as error:  # noqa: BLE001 - whatever happens, the program must end; it is logged
            background.tell_error("Close the program", error)
        finally:
            background.set_error_listener(None)
            self.closed.set_result(None)

    def _show_opening(self, words: str) -> None:
        self._opening.set_words(words)
        self.stack.setCurrentWidget(self._opening)
        self._allow_commands()

    def _show_problem(self, error: MmhubError, path: Path | None) -> None:
        self._problem.set_problem(error, path)
        self.stack.setCurrentWidget(self._problem)
        self._allow_commands()

    def _show_workspace(self, context: GuiContext) -> None:
        self._allow_commands()
        self.sidebar.setVisible(context.has_workspace)
        if context.has_workspace:
            name = context.workspace.path.stem
            self.sidebar.set_workspace(name)
            self.setWindowTitle(f"{name} – MultiMarket Hub")
            self._watch = WorkWatch(
                context, self.sidebar.buttons["jobs"].set_count, self.sidebar.set_online,
                self.sidebar.buttons["pictures"].set_count,
            )  # fmt: skip
            self.show_page("products")
        else:
            self.show_page("welcome")

    def _leave_workspace(self) -> None:
        self.notices.withdraw_offers()
        if self._watch is not None:
            self._watch.stop()
            self._watch = None
        self.stack.setCurrentWidget(self._opening)
        for page in self._pages.values():
            page.leave()
            self.stack.removeWidget(page)
            page.deleteLater()
        self._pages.clear()
        self.sidebar.set_workspace("")
        self.sidebar.mark("")
        self.sidebar.buttons["jobs"].set_count(0)
        self.sidebar.buttons["pictures"].set_count(0)

    def _allow_commands(self) -> None:
        is_open = self.context is not None and self.context.has_workspace
        for action, needs_workspace in self._actions:
            action.setEnabled(is_open or not needs_workspace)
        allowed = {entry.name for entry in PAGES if is_open or (self.context and not entry.needs_workspace)}
        self.sidebar.set_enabled(frozenset(allowed))

    def _setting_changed(self, key: str, value: Any) -> None:
        if key == APPEARANCE_MODE.key:
            theme.theme().set_mode(str(value))

    def _tell_error(self, what: str, error: BaseException) -> None:
        if isinstance(error, MmhubError):
            self.notify("err", error.message, error.hint)
        else:
            self.tell_crash(what)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files from this machine are welcome anywhere."""
        paths = choosing.dropped_files(event.mimeData())
        if not paths or QApplication.activeModalWidget() is not None:
            event.ignore()
            return
        event.acceptProposedAction()
        first = Path(paths[0]).name
        self._overlay.cover(f"Drop {first if len(paths) == 1 else f'{len(paths)} files'} to import")

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Accepted wherever it is."""
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: ARG002 - Qt's signature
        """The file went away again."""
        self._overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        """Import what was dropped, after the drag has ended."""
        self._overlay.hide()
        paths = choosing.dropped_files(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.import_files(paths)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The veil covers the whole window; where that is narrow, the sidebar makes room."""
        super().resizeEvent(event)
        self.sidebar.set_narrow(self.width() < NARROW_BELOW)
        self._overlay.setGeometry(self.rect())
