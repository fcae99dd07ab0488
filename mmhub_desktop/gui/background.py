"""Coroutines of the window: started with a kept reference, their errors logged and told, stopped on closing.

Everything here runs on the one loop, which is also Qt's. In a coroutine never call ``exec()`` on a dialog: a nested
Qt loop strands other tasks for good; ``finished`` is the way to wait for one.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtWidgets import QDialog

_log = logging.getLogger("mmhub.gui")

_tasks: set[asyncio.Task[Any]] = set()
_tell: Callable[[str, BaseException], None] | None = None


def set_error_listener(listener: Callable[[str, BaseException], None] | None) -> None:
    """Call ``listener(what, error)`` when a spawned coroutine fails."""
    global _tell  # noqa: PLW0603 - one window, one listener
    _tell = listener


def spawn(coroutine: Coroutine[Any, Any, Any], what: str) -> asyncio.Task[Any]:
    """Run ``coroutine`` on the loop; ``what`` names it for people ("Delete products") should it fail."""
    task = asyncio.get_running_loop().create_task(coroutine, name=what)
    _tasks.add(task)
    task.add_done_callback(_ended)
    return task


def running() -> frozenset[asyncio.Task[Any]]:
    """The spawned tasks that have not ended."""
    return frozenset(_tasks)


async def cancel_all(grace_s: float = 3.0) -> None:
    """Cancel what was spawned and wait at most ``grace_s`` seconds for it; the caller's own task is spared."""
    waiting = {task for task in _tasks if task is not asyncio.current_task()}
    for task in waiting:
        task.cancel()
    if waiting:
        await asyncio.wait(waiting, timeout=grace_s)


async def finished(dialog: QDialog) -> int:
    """Open ``dialog`` if it is not open yet and wait until it closes; its result code. Cancelling closes it."""
    future: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def done(result: int) -> None:
        if not future.done():
            future.set_result(result)

    dialog.finished.connect(done)
    if not dialog.isVisible():
        dialog.open()
    try:
        return await future
    except asyncio.CancelledError:
        dialog.reject()
        raise


async def asked(dialog: QDialog) -> bool:
    """Open ``dialog`` and wait until it closes; whether the seller agreed.

    It goes with the loop's next turn: take what it holds before awaiting anything else.
    """
    try:
        return await finished(dialog) == QDialog.DialogCode.Accepted
    finally:
        dialog.deleteLater()


def _ended(task: asyncio.Task[Any]) -> None:
    _tasks.discard(task)
    if task.cancelled():
        return
    error = task.exception()
    if error is None:
        return
    tell_error(task.get_name(), error)


def tell_error(what: str, error: BaseException) -> None:
    """Log an error of something started by the seller and show it; bugs are logged whole."""
    from mmhub_desktop.errors import MmhubError

    if isinstance(error, MmhubError):
        _log.info("%s: %s", what, error)
    else:
        _log.error("%s failed", what, exc_info=error)
    if _tell is not None:
        _tell(what, error)
