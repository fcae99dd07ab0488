"""An export as the program sees it: a process of its own, watched without holding the loop, cancelled."""

import asyncio
import multiprocessing
import signal
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from mmhub_desktop import errors
from mmhub_desktop.catalog.export.writing import ExportCancelled, ExportEnd, ExportOrder, draft_of, write_export
from mmhub_desktop.errors import MmhubError, WorkspaceError

LOOK_EVERY_S = 0.05  # how often the pipe is looked at; a loop on Windows cannot wait for it
_CANCEL = "cancel"


class ExportRun:
    """One running export. ``told`` hears (products done, of how many) on the loop. For the loop that made it."""

    def __init__(self, database: Path, order: ExportOrder, told: Callable[[int, int], None]) -> None:
        self.order = order
        self._database = database
        self._told = told
        self._cancelled = False
        self._task = asyncio.create_task(self._work(), name=f"export {order.target}")
        self._task.add_done_callback(lambda task: task.cancelled() or task.exception())  # result() may not be awaited

    def cancel(self) -> None:
        """Stop soon; nothing is left behind."""
        self._cancelled = True

    async def result(self) -> ExportEnd | None:
        """Wait for the end: None when it was cancelled. UserMistake or DiskFull say why it could not be written."""
        return await asyncio.shield(self._task)

    async def stop(self) -> None:
        """End the process at once, as when the program closes."""
        self._task.cancel()
        with suppress(asyncio.CancelledError, MmhubError):
            await self._task

    async def _work(self) -> ExportEnd | None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(
            target=run, args=(theirs, str(self._database), self.order), name="export", daemon=True
        )
        try:
            await asyncio.to_thread(process.start)
            theirs.close()
            return await self._watch(ours, process.is_alive)
        finally:
            ours.close()
            theirs.close()
            if process.pid is not None:
                if process.is_alive() and not self._cancelled:
                    process.terminate()
                await asyncio.shield(asyncio.to_thread(process.join))
                _sweep(Path(self.order.target))

    async def _watch(self, pipe: Connection, is_alive: Callable[[], bool]) -> ExportEnd | None:
        asked = False
        while True:
            if self._cancelled and not asked:
                asked = True
                with suppress(OSError):
                    pipe.send(_CANCEL)
            alive = is_alive()
            try:
                while pipe.poll():
                    kind, *content = pipe.recv()
                    if kind == "done":
                        return ExportEnd(*content)
                    if kind == "cancelled":
                        return None
                    if kind == "error":
                        raise _as_error(*content)
                    self._told(*content)
            except (EOFError, OSError) as error:
                raise _gone() from error
            if not alive:
                raise _gone()
            await asyncio.sleep(LOOK_EVERY_S)


def run(pipe: Connection, database: str, order: ExportOrder) -> None:
    """The process's main function."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal goes to the program, which decides

    def told(done: int, total: int) -> bool:
        pipe.send(("progress", done, total))
        return not (pipe.poll() and pipe.recv() == _CANCEL)

    with suppress(BrokenPipeError, ConnectionResetError, EOFError):  # the program has ended: so do we
        try:
            end = write_export(Path(database), order, told)
            message: tuple[Any, ...] = ("done", end.products, end.rows, end.left_out)
        except ExportCancelled:
            message = ("cancelled",)
        except MmhubError as error:
            message = ("error", type(error).__name__, error.message, error.hint, error.original)
        pipe.send(message)


def _sweep(target: Path) -> None:
    """What a process that was ended in the middle could not take away itself."""
    with suppress(OSError):
        draft_of(target).unlink(missing_ok=True)


def _as_error(kind: str, message: str, hint: str, original: str) -> MmhubError:
    found: type[MmhubError] = getattr(errors, kind, WorkspaceError)
    return found(message, hint=hint, original=original)


def _gone() -> WorkspaceError:
    return WorkspaceError("The export was cut short.", hint="Export again: an older file of that name is untouched.")
