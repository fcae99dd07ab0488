"""Starting the window: Qt, fonts, theme and the one loop; the workspace is opened after the window is seen.

``mmhub window [--workspace FILE] [--screenshots FOLDER]``
"""

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PySide6.QtCore import QMessageLogContext, QtMsgType
    from PySide6.QtWidgets import QApplication

    from mmhub_desktop.gui.garbage import GarbageCollector
    from mmhub_desktop.gui.main_window import MainWindow

_log = logging.getLogger("mmhub.gui")

SYSTEM_LIBRARIES = (
    "libglib2.0-0 libgl1 libegl1 libx11-6 libdbus-1-3 libfontconfig1 libfreetype6 libxkbcommon0 libbrotli1 "
    "libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxkbcommon-x11-0"
)
NO_WINDOW = 1

_plugin_warnings: list[str] = []  # what Qt said of its plugins before it gave up


def run(argv: Sequence[str]) -> int:
    """Show the window until it is closed; the exit code."""
    arguments = _read(argv)
    if not _has_display():
        return _refuse("There is no display here to show a window on.", "The command line does the same: mmhub --help")
    try:
        from PySide6.QtCore import qInstallMessageHandler
        from PySide6.QtWidgets import QApplication
    except ImportError as error:
        return _refuse(f"A system library of the window is missing: {error}.", _install_line())
    sys.modules["httpx._main"] = None  # type: ignore[assignment] # its command line: rich, click and pygments
    from mmhub_desktop.log import start_logging
    from mmhub_desktop.settings import LOG_LEVEL, Settings

    settings = Settings()
    stop_logging = start_logging(settings.get(LOG_LEVEL))
    qInstallMessageHandler(_take_qt_message)
    try:
        return _run_loop(_application(QApplication), settings, arguments)
    finally:
        qInstallMessageHandler(None)
        stop_logging()


def _read(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="mmhub window", description="Show the window.")
    parser.add_argument("--workspace", type=Path, help="the workspace file to open; else the last one")
    parser.add_argument("--screenshots", type=Path, help="save pictures of every page into this folder, then end")
    return parser.parse_args(list(argv))


def _application(kind: "type[QApplication]") -> "QApplication":
    from mmhub_desktop.gui.theme import install

    app = kind.instance() or kind(["MultiMarket Hub"])
    assert isinstance(app, kind)  # noqa: S101 - there is no other application in this program
    app.setApplicationName("MultiMarket Hub")
    app.setDesktopFileName("mmhub-desktop")
    app.setQuitOnLastWindowClosed(False)
    install(app)
    return app


def _run_loop(app: "QApplication", settings: Any, arguments: argparse.Namespace) -> int:
    import qasync  # type: ignore[import-untyped]

    from mmhub_desktop.gui.garbage import GarbageCollector

    garbage = GarbageCollector()
    try:
        with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
            return runner.run(_show(settings, arguments, garbage))
    finally:
        garbage.stop()


async def _show(settings: Any, arguments: argparse.Namespace, garbage: "GarbageCollector") -> int:
    """The window's life, on the loop."""
    from mmhub_desktop.gui.background import spawn
    from mmhub_desktop.gui.main_window import MainWindow

    window = MainWindow(settings)
    garbage.follow(window.session)
    _catch_crashes(window)
    _close_on_signals(window)
    window.show()
    await asyncio.sleep(0)  # the window is painted before the slow libraries are imported
    if arguments.screenshots is not None:
        from mmhub_desktop.gui.screenshots import take_all

        await window.session.start(arguments.workspace)
        pictures = await take_all(window, arguments.screenshots)
        window.close()
        await window.closed
        return 0 if pictures else NO_WINDOW
    spawn(window.session.start(arguments.workspace), "Open the workspace")
    if settings.problem:
        window.notify("warn", settings.problem)
    await window.closed
    return 0


def _close_on_signals(window: "MainWindow") -> None:
    """Ctrl+C in the terminal and a polite kill close the window as the seller would."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: the terminal's own way remains
            loop.add_signal_handler(number, window.close)


def _catch_crashes(window: "MainWindow") -> None:
    """Errors nobody foresaw are logged whole and told, and the window stays."""
    logged = sys.excepthook

    def crashed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        logged(kind, error, trace)
        window.tell_crash()

    def crashed_in_loop(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        del loop
        error = context.get("exception")
        _log.error("error in the loop: %s", context.get("message"), exc_info=error)
        if error is not None:
            window.tell_crash()

    sys.excepthook = crashed
    asyncio.get_running_loop().set_exception_handler(crashed_in_loop)


def _take_qt_message(kind: "QtMsgType", context: "QMessageLogContext", message: str) -> None:
    """Qt's own messages go to the log; a fatal one (no platform plugin) becomes words, since Qt would abort next."""
    from PySide6.QtCore import QtMsgType

    del context
    if kind == QtMsgType.QtFatalMsg:
        said = [line.strip() for line in (*_plugin_warnings, message.splitlines()[0]) if line.strip()]
        _refuse("\n".join(said), _install_line())
        os._exit(NO_WINDOW)
    elif "This plugin does not support" not in message:  # the offscreen platform says it of every window
        if "plugin" in message:
            _plugin_warnings.append(message)
        level = logging.WARNING if kind in (QtMsgType.QtWarningMsg, QtMsgType.QtCriticalMsg) else logging.DEBUG
        logging.getLogger("mmhub.qt").log(level, "%s", message)


def _has_display() -> bool:
    if sys.platform in ("win32", "darwin") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _install_line() -> str:
    if sys.platform != "linux":
        return "Install the program again."
    return f"Install what the window needs with:\n  sudo apt-get install -y {SYSTEM_LIBRARIES}"


def _refuse(message: str, advice: str) -> int:
    sys.stderr.write(f"{message}\n{advice}\n")
    sys.stderr.flush()
    return NO_WINDOW
