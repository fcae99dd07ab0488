"""What every page is: a widget that is given the context and refreshes itself while it is seen."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mmhub_desktop.events import Event
from mmhub_desktop.gui import background
from mmhub_desktop.gui.bridge import Bridge

if TYPE_CHECKING:
    from mmhub_desktop.app import App
    from mmhub_desktop.workspace import Workspace

Spawn = Callable[[Coroutine[Any, Any, Any], str], asyncio.Task[Any]]


class Window(Protocol):
    """What pages and dialogs may ask of the main window."""

    def show_page(self, name: str, **what: Any) -> None:
        """Go to a page; ``what`` is handed to the page's ``show_what``."""

    def notify(
        self,
        level: str,
        message: str,
        hint: str = "",
        action_text: str = "",
        act: Callable[[], None] | None = None,
        key: str = "",
    ) -> None:
        """Tell the seller something: level is info, ok, offer, warn or err. A later notice of the same key replaces it.

        Info and ok go by themselves.
        """

    def selected_products(self) -> Sequence[int]:
        """What is selected on the products page; nothing when that page was not shown."""

    def import_files(self, paths: Sequence[str]) -> None:
        """Open the import dialog for these files; with none, ask for them first."""

    def choose_workspace(self, *, new: bool = False) -> None:
        """Ask for a workspace to open, or for the name of a new one."""

    def open_sample(self) -> None:
        """Open the practice shop in place of the workspace that is open."""


class GuiContext:
    """What a page is given. ``workspace`` fails where none is open (only the welcome page lives without one)."""

    def __init__(
        self,
        workspace: "Workspace | None",
        bridge: Bridge,
        window: Window,
        spawn: Spawn = background.spawn,
        app: "App | None" = None,
    ) -> None:
        self._workspace = workspace
        self._app = app
        self.bridge = bridge
        self.window = window
        self.spawn = spawn

    @property
    def workspace(self) -> "Workspace":
        """The open workspace."""
        if self._workspace is None:
            raise RuntimeError("no workspace is open")
        return self._workspace

    @property
    def has_workspace(self) -> bool:
        """Whether a workspace is open."""
        return self._workspace is not None

    @property
    def app(self) -> "App":
        """The program: settings, opening workspaces."""
        if self._app is None:
            raise RuntimeError("this context has no program")
        return self._app


class Page(QWidget):
    """A page of the window.

    ``refresh`` is awaited when the page is shown (with no events) and, while it is visible, at most ten times a
    second with the merged events of the kinds in ``refresh_on``; never twice at once. Put widgets into ``body``.
    """

    refresh_on: ClassVar[tuple[type[Event], ...]] = ()

    def __init__(self, context: GuiContext) -> None:
        super().__init__()
        self.context = context
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(28, 20, 28, 16)
        self.body.setSpacing(16)
        self._waiting: list[Event] = []
        self._due = False
        self._all_due = False  # a refresh without events is asked for: events that come meanwhile do not narrow it
        self._running: asyncio.Task[Any] | None = None
        context.bridge.arrived.connect(self._events_arrived)

    async def refresh(self, events: Sequence[Event]) -> None:
        """Bring the page up to date; ``events`` is empty when the page has just been shown."""

    def show_what(self, **what: Any) -> None:
        """Show something particular, as asked by ``window.show_page(name, **what)``."""

    def search(self) -> bool:
        """Go to the page's own search; False when it has none."""
        return False

    @property
    def has_unsaved(self) -> bool:
        """Whether something was entered here that is lost when the page or the workspace is left."""
        return False

    async def may_leave(self) -> bool:
        """Ask what is to become of it; False: the seller stays. Called only where ``has_unsaved``."""
        return True

    def request_refresh(self, events: Sequence[Event] = ()) -> None:
        """Refresh as soon as a running refresh has ended; without events, all of the page."""
        self._waiting.extend(events)
        self._all_due = self._all_due or not events
        self._due = True
        if self._running is None:
            self._running = self.context.spawn(self._refresh_while_due(), f"Show {self.accessibleName() or 'page'}")

    def leave(self) -> None:
        """The workspace is being closed: stop reading it."""
        self.context.bridge.arrived.disconnect(self._events_arrived)
        self._due = False
        if self._running is not None:
            self._running.cancel()

    def showEvent(self, event: QShowEvent) -> None:
        """Refresh when seen."""
        super().showEvent(event)
        self._waiting.clear()
        self.request_refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Forget what waited; showing refreshes all."""
        super().hideEvent(event)
        self._waiting.clear()

    def _events_arrived(self, events: Sequence[Event]) -> None:
        if not self.isVisible():
            return
        mine = [event for event in events if isinstance(event, self.refresh_on)]
        if mine:
            self.request_refresh(mine)

    async def _refresh_while_due(self) -> None:
        try:
            while self._due:
                self._due = False
                events, self._waiting = self._waiting, []
                whole, self._all_due = self._all_due, False
                await self.refresh([] if whole else events)
        finally:
            self._running = None
