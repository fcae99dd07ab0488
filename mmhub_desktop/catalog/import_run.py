"""An import as the program sees it: its process is started, watched without holding the loop, cancelled, resumed."""

import asyncio
import multiprocessing
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

from mmhub_desktop import errors
from mmhub_desktop.catalog.import_process import CANCEL, Order, run
from mmhub_desktop.catalog.plan import ImportPlan
from mmhub_desktop.catalog.row_process import send_rows
from mmhub_desktop.catalog.staged import discard, staging_folder
from mmhub_desktop.domain.ids import ImportId
from mmhub_desktop.domain.imports import ImportCounts, ImportJob, ImportState
from mmhub_desktop.errors import MmhubError, UserMistake, WorkspaceError
from mmhub_desktop.events import ImportProgressed
from mmhub_desktop.store.imports import ImportStore

LESS_URGENT = 10  # by how much the process's priority lies below ours, on the systems' scale of 20
LOOK_EVERY_S = 0.05  # how often the pipe is looked at; a loop on Windows cannot wait for it


class ProcessGone(WorkspaceError):
    """The import's process ended without a word (killed, or out of memory)."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a process has come. ``total_rows`` is estimated by bytes until the end is reached."""

    counts: ImportCounts
    read: int
    total_rows: int
    rows_per_second: float
    seconds_left: float | None


def _step_back(process: SpawnProcess) -> None:
    """Let the window go first: an import keeps two cores busy, and on such a machine the window stuttered (150 ms)."""
    if hasattr(os, "setpriority") and process.pid:  # its threads are not started yet and will inherit it
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, process.pid, os.getpriority(os.PRIO_PROCESS, 0) + LESS_URGENT)


def _join(processes: Sequence[SpawnProcess]) -> None:
    for process in processes:
        process.join()


class ImportProcess:
    """The two spawned processes that work on an Order, watched by polling. For the asyncio loop."""

    def __init__(self, order: Order, file_size: int, told: Callable[[Progress], None]) -> None:
        self._order = order
        self._size = file_size
        self._told = told
        self._cancelled = False

    def cancel(self) -> None:
        """Ask the process to stop behind its present chunk."""
        self._cancelled = True

    async def work(self) -> tuple[Any, ...]:
        """Run to the end and return its last message. The process's own error is raised; ProcessGone if it vanishes.

        When the awaiting task is cancelled the process is ended; what it has committed stays.
        """
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        taking, giving = context.Pipe(duplex=False)
        reading = (giving, self._order.plan, self._order.resume_at)
        processes = (
            context.Process(target=send_rows, args=reading, name="import-reader", daemon=True),
            context.Process(target=run, args=(theirs, taking, self._order), name="import", daemon=True),
        )
        started = []
        try:
            for process in processes:
                await asyncio.to_thread(process.start)
                started.append(process)
                _step_back(process)
            for end in (theirs, taking, giving):
                end.close()
            return await self._watch(ours, processes[1])
        finally:
            for end in (ours, theirs, taking, giving):
                end.close()
            for process in started:
                process.terminate()
            await asyncio.shield(asyncio.to_thread(_join, started))

    async def _watch(self, pipe: Connection, process: SpawnProcess) -> tuple[Any, ...]:
        started, first_read, first_position = time.monotonic(), -1, 0
        asked = False
        while True:
            if self._cancelled and not asked:
                asked = True
                with suppress(OSError):
                    pipe.send(CANCEL)
            alive = process.is_alive()
            try:
                while pipe.poll():
                    message = pipe.recv()
                    if message[0] == "done":
                        return tuple(message)
                    if message[0] == "error":
                        raise _as_error(*message[1:])
                    _, counts, read, position = message
                    if first_read < 0 and read >= self._order.resume_at:
                        started, first_read, first_position = time.monotonic(), read, position
                    self._tell(counts, read, position, started, first_read, first_position)
            except (EOFError, OSError) as error:
                raise _gone() from error
            if not alive:
                raise _gone()
            await asyncio.sleep(LOOK_EVERY_S)

    def _tell(self, counts: tuple[int, int, int, int], read: int, position: int, started: float, *first: int) -> None:
        first_read, first_position = first
        seconds = time.monotonic() - started
        left = None
        rate = 0.0
        if first_read >= 0 and read > first_read and seconds > 0:
            rate = (read - first_read) / seconds
            left = seconds * (self._size - position) / max(1, position - first_position)
        total = read if position >= self._size else int(read * self._size / max(1, position))
        self._told(Progress(ImportCounts(*counts), read, max(total, read), rate, left))


Ended = Callable[[ImportJob], Awaitable[None]]


async def _nothing_more(_job: ImportJob) -> None:
    pass


class ImportRun:
    """One running import. ``events`` is called on the loop with each progress; the last one has its final state.

    ``ended`` is awaited with a completed or cancelled import before its result is given.
    """

    def __init__(
        self,
        plan: ImportPlan,
        database: Path,
        import_id: ImportId,
        events: Callable[[ImportProgressed], None],
        imports: ImportStore,
        ended: Ended = _nothing_more,
        *,
        resume_at: int = 0,
        counts: ImportCounts | None = None,
    ) -> None:
        self.id = import_id
        self.plan = plan
        self._events = events
        self._imports = imports
        self._ended = ended
        self._staged = staging_folder(database)
        done = counts or ImportCounts()
        order = Order(plan.to_json(), str(database), import_id, resume_at, (done.new, done.changed, done.same))
        self._process = ImportProcess(order, plan.size, self._tell)
        self.progress = Progress(done, resume_at, plan.estimated_rows, 0.0, None)
        self._began = False  # a task that is cancelled before its first step never runs
        self._task = asyncio.create_task(self._run(), name=f"import {import_id}")
        self._task.add_done_callback(lambda task: task.cancelled() or task.exception())  # result() may not be awaited

    @property
    def has_ended(self) -> bool:
        """Whether it runs no more, however it ended."""
        return self._task.done()

    def cancel(self) -> None:
        """Stop behind the present chunk; what is committed stays, and the import is kept as cancelled."""
        self._process.cancel()

    async def result(self) -> ImportJob:
        """Wait for the end: completed or cancelled, with its counts.

        A failed import raises what went wrong; an interrupted one ProcessGone, and it can be resumed.
        """
        return await asyncio.shield(self._task)

    async def stop(self) -> None:
        """End the process at once, as when the program closes: the import is interrupted and can be resumed."""
        self._task.cancel()
        with suppress(asyncio.CancelledError, MmhubError):
            await self._task
        if not self._began:
            await self._interrupt("The program was closed.")

    async def _run(self) -> ImportJob:
        self._began = True
        try:
            await self._process.work()
        except ProcessGone as error:
            await self._interrupt(error.message)
            raise
        except asyncio.CancelledError:
            await self._interrupt("The program was closed.")
            raise
        except MmhubError as error:
            await self._imports.end(self.id, ImportState.FAILED, str(error))
            self._publish(ImportState.FAILED)
            raise
        self._imports.release(self.id)
        await asyncio.to_thread(discard, self.plan.path, self._staged)
        job = await self._imports.get(self.id)
        if job is None:
            raise WorkspaceError("The import's entry in the history is gone.", hint="Import the file again.")
        self.progress = Progress(job.counts, job.resume_at, job.counts.rows, self.progress.rows_per_second, 0.0)
        self._publish(job.state)
        await self._ended(job)
        return job

    async def _interrupt(self, why: str) -> None:
        await self._imports.end(self.id, ImportState.INTERRUPTED, why)
        self._publish(ImportState.INTERRUPTED)

    def _tell(self, progress: Progress) -> None:
        self.progress = progress
        self._publish(ImportState.RUNNING)

    def _publish(self, state: ImportState) -> None:
        now = self.progress
        self._events(
            ImportProgressed(self.id, state, now.counts, now.total_rows, now.rows_per_second, now.seconds_left)
        )


async def start_import(
    plan: ImportPlan,
    imports: ImportStore,
    database: Path,
    events: Callable[[ImportProgressed], None],
    ended: Ended = _nothing_more,
) -> ImportRun:
    """Write a new import into the history and start it."""
    import_id = await imports.begin(
        file_name=plan.name,
        file_path=plan.origin or str(plan.path),
        file_size=plan.size,
        file_hash=plan.file_hash,
        plan=plan.to_json(),
    )
    return ImportRun(plan, database, import_id, events, imports, ended)


async def resume_import(
    job: ImportJob,
    imports: ImportStore,
    database: Path,
    events: Callable[[ImportProgressed], None],
    ended: Ended = _nothing_more,
) -> ImportRun:
    """Go on with an interrupted import behind its last commit."""
    if job.state is not ImportState.INTERRUPTED:
        raise UserMistake("This import has come to its end already.", hint="Import the file again.")
    plan = ImportPlan.from_json(await imports.plan(job.id))
    await imports.resume(job.id)
    return ImportRun(plan, database, job.id, events, imports, ended, resume_at=job.resume_at, counts=job.counts)


def _gone() -> ProcessGone:
    return ProcessGone(
        "The import was cut short.", hint="Resume it on the Imports page: it goes on where it stopped, nothing is lost."
    )


def _as_error(kind: str, message: str, hint: str, original: str) -> MmhubError:
    """The error that the process met, as the class it had there."""
    found = getattr(errors, kind, WorkspaceError) if kind else WorkspaceError
    error: MmhubError = found(message, hint=hint, original=original)
    return error
