"""The open workspace as the window sees it: opened beside the running loop, its context made and dropped."""

import asyncio
import importlib
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from mmhub_desktop.errors import MmhubError
from mmhub_desktop.gui.bridge import Bridge
from mmhub_desktop.gui.pages.page import GuiContext, Window
from mmhub_desktop.settings import WORKSPACE_LAST, Settings

if TYPE_CHECKING:
    from mmhub_desktop.app import App
    from mmhub_desktop.workspace import Workspace

_log = logging.getLogger("mmhub.gui")


class Session(QObject):
    """Owns the program (``App``) behind the window; everything happens on the loop.

    ``app`` is imported and made in ``start``, after the window is seen: it brings the slow libraries.
    """

    opening = Signal(str)  # words for what is being done
    opened = Signal(object)  # GuiContext
    failed = Signal(object, object)  # MmhubError, Path that was to be opened or None
    left = Signal()  # the workspace is about to be closed: drop what uses it

    def __init__(self, settings: Settings, window: Window, app: "App | None" = None) -> None:
        super().__init__()
        self.settings = settings
        self.context: GuiContext | None = None
        self._window = window
        self._app = app
        self._bridge: Bridge | None = None
        self._busy = asyncio.Lock()

    @property
    def bridge(self) -> Bridge:
        """The program's events; ``start`` has been awaited."""
        if self._bridge is None:
            raise RuntimeError("the session has not been started")
        return self._bridge

    async def start(self, path: Path | None = None) -> None:
        """Make the program, then open ``path`` or the workspace opened last; without one the welcome page stays."""
        last = self.settings.get(WORKSPACE_LAST)
        wanted = path or (Path(last) if last else None)
        async with self._busy:
            if wanted is not None and (path is not None or await asyncio.to_thread(wanted.exists)):
                await self._open_alone(*_opening(wanted))
            else:
                await self._open_alone("Starting", None, None)

    async def open(self, path: Path) -> bool:
        """Open or create a workspace; whether it is open now."""
        return await self._open(*_opening(path))

    async def go_back(self, backup: Path, instead_of: Path | None = None) -> bool:
        """Put a backup in place of the open workspace, or of one that cannot be opened, and open it.

        The present state is kept.
        """
        if instead_of is None:
            if self.context is None or not self.context.has_workspace:
                return False
            instead_of = self.context.workspace.path
        path = instead_of
        return await self._open(f"Going back to {backup.stem}", path, lambda app: app.go_back(path, backup))

    async def open_sample(self) -> bool:
        """Open the practice workspace with its sample products."""

        def opened(app: "App") -> "Awaitable[Workspace]":
            return app.open_sample_workspace(on_progress=self.opening.emit)

        return await self._open("Preparing the practice shop", None, opened)

    async def ensure(self) -> bool:
        """Open the seller's own workspace if none is open, so that there is something to import into.

        One that is just being opened is waited for: a file dropped meanwhile belongs there.
        """
        async with self._busy:
            pass
        if self.context is not None and self.context.has_workspace:
            return True
        from mmhub_desktop.app import DEFAULT_WORKSPACE
        from mmhub_desktop.paths import data_folder

        return await self.open(data_folder() / DEFAULT_WORKSPACE)

    async def close(self) -> None:
        """Close the workspace and the program."""
        self.context = None
        if self._bridge is not None:
            self._bridge.close()
        if self._app is not None:
            await self._app.close()

    async def _program(self) -> "App":
        if self._app is None:
            module = await asyncio.to_thread(importlib.import_module, "mmhub_desktop.app")
            self._app = module.App(holder="the window", settings=self.settings)
        if self._bridge is None:
            self._bridge = Bridge(self._app.bus, self)
        return self._app

    async def _open(
        self, words: str, path: Path | None, opened: "Callable[[App], Awaitable[Workspace]] | None"
    ) -> bool:
        """Make the program and let ``opened`` open its workspace; without it none is open. Tells every failure."""
        async with self._busy:
            return await self._open_alone(words, path, opened)

    async def _open_alone(
        self, words: str, path: Path | None, opened: "Callable[[App], Awaitable[Workspace]] | None"
    ) -> bool:
        """The same while nothing else is opened: ``_busy`` is held."""
        self.context = None
        self.left.emit()
        self.opening.emit(words)
        try:
            app = await self._program()
            workspace = await opened(app) if opened is not None else None
        except MmhubError as error:
            _log.info("workspace not opened: %s", error)
            self._fail(error, path)
            return False
        except Exception:  # noqa: BLE001 - a bug: the window must not stand there empty
            _log.exception("workspace not opened")
            hint = "Your data is safe. What happened is in the log: Help › Open the log folder."
            self._fail(MmhubError("The workspace could not be opened: a mistake in the program.", hint=hint), path)
            return False
        if workspace is not None:
            workspace.readiness.start()
        self.context = GuiContext(workspace, self.bridge, self._window, app=app)
        self.opened.emit(self.context)
        return True

    def _fail(self, error: MmhubError, path: Path | None) -> None:
        if self._app is not None and self._bridge is not None:
            self.context = GuiContext(None, self._bridge, self._window, app=self._app)
        self.failed.emit(error, path)


def _opening(path: Path) -> "tuple[str, Path, Callable[[App], Awaitable[Workspace]]]":
    """How a workspace of the seller's is opened: the words, where it is, and what opens it."""
    return f"Opening {path.stem}", path, lambda app: app.open_workspace(path)
