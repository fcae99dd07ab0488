"""Staging in a process of its own: the window is not held, and what a workbook takes of memory goes with it."""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from mmhub_desktop import errors
from mmhub_desktop.catalog.staged import ReadAs, Staged
from mmhub_desktop.errors import MmhubError, UserMistake

LOOK_EVERY_S = 0.05
LESS_URGENT = 10  # on the systems' scale of 20, as the import's processes


async def stage_files(
    paths: Sequence[Path],
    folder: Path,
    read_as: ReadAs | None = None,
    told: Callable[[str, float], None] = lambda _words, _part: None,
) -> Staged:
    """``staging.stage``, beside the loop. ``told`` is called on the loop with what is being done and how far it is.

    Cancelling the awaiting task ends the process; what it had not finished is not left behind as a staged file.
    UserMistake when the files cannot be read.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(theirs, list(paths), folder, read_as), name="staging", daemon=True)
    await asyncio.to_thread(process.start)
    theirs.close()
    try:
        return await _watch(ours, process.is_alive, told)
    finally:
        ours.close()
        process.terminate()
        await asyncio.shield(asyncio.to_thread(process.join))


async def _watch(pipe: Connection, is_alive: Callable[[], bool], told: Callable[[str, float], None]) -> Staged:
    while True:
        alive = is_alive()
        try:
            while pipe.poll():
                kind, content = pipe.recv()
                if kind == "done":
                    found: Staged = content
                    return found
                if kind == "error":
                    raise _as_error(*content)
                told(*content)
        except (EOFError, OSError) as error:
            raise _gone() from error
        if not alive:
            raise _gone()
        await asyncio.sleep(LOOK_EVERY_S)


def _work(pipe: Connection, paths: list[Path], folder: Path, read_as: ReadAs | None) -> None:
    from mmhub_desktop.catalog.staging import stage

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal goes to the program, which decides
    if hasattr(os, "nice"):
        os.nice(LESS_URGENT)  # the window goes first
    message: tuple[str, Any]
    try:
        message = "done", stage(paths, folder, read_as, lambda words, part: pipe.send(("told", (words, part))))
    except MmhubError as error:
        message = "error", (type(error).__name__, error.message, error.hint, error.original)
    except OSError as error:
        hint = "Check that the disk has room and that you may read the file, then choose it again."
        message = "error", (UserMistake.__name__, "The file could not be read or written.", hint, str(error))
    except MemoryError as error:
        hint = "Save the sheet as “CSV UTF-8” and import that."
        message = "error", (UserMistake.__name__, "The workbook is too large for this machine.", hint, str(error))
    try:
        pipe.send(message)
    except (BrokenPipeError, ConnectionResetError):
        return  # nobody listens any more


def _gone() -> UserMistake:
    return UserMistake(
        "Reading the file was cut short.",
        hint="It may be too large for this machine: save it as “CSV UTF-8” and import that.",
    )


def _as_error(kind: str, message: str, hint: str, original: str) -> MmhubError:
    error: MmhubError = getattr(errors, kind, UserMistake)(message, hint=hint, original=original)
    return error
