"""What runs in the import's own process: reads the file, checks each row, writes or tries out chunk by chunk.

It talks to the program through a pipe: progress and the end go out, "cancel" comes in. When the program is gone
the pipe breaks and the process stops behind its last commit.

The point to resume from is the number of records read. A resumed import reads the file from its beginning again
and checks every row, but writes only those behind that point: so the SKUs it has seen and the file of refused
rows come out exactly as if nothing had happened.
"""

import gc
import signal
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from mmhub_desktop.catalog.encoding import hash_file
from mmhub_desktop.catalog.plan import ImportPlan
from mmhub_desktop.catalog.records import BadRecord, Record, Records
from mmhub_desktop.catalog.refused import RefusedFile, refused_path
from mmhub_desktop.catalog.rows import Refused, row_maker, stored_columns
from mmhub_desktop.domain.imports import ImportState
from mmhub_desktop.errors import MmhubError, UserMistake
from mmhub_desktop.store.import_writer import ImportTakenOver, ImportWriter

CHUNK = 5_000  # records in one transaction: an engine write beside it waits about 65 ms at most
CHANGES_SHOWN = 50  # changed products shown by a dry run
CANCEL = "cancel"
_EXAMPLES = 5  # refused rows shown for each reason of a dry run
_NO_TITLE = "A new product needs a title."


@dataclass(frozen=True, slots=True)
class Order:
    """What the process is told at its start; ``import_id`` 0 is a dry run. ``resume_at``: records already done."""

    plan: str
    database: str
    import_id: int
    resume_at: int = 0
    counts: tuple[int, int, int] = (0, 0, 0)  # new, changed, same, of the records already done


@dataclass(slots=True)
class Tally:
    """Rows by what became of them, and for a dry run the reasons and the changes."""

    new: int = 0
    changed: int = 0
    same: int = 0
    refused: int = 0
    reasons: dict[str, tuple[int, list[tuple[int, str]]]] = field(default_factory=dict)
    changes: list[tuple[Any, Any]] = field(default_factory=list)

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """New, changed, same, refused."""
        return self.new, self.changed, self.same, self.refused

    def add(self, counts: tuple[int, int, int]) -> None:
        """Add the new, changed and same rows of a chunk."""
        self.new += counts[0]
        self.changed += counts[1]
        self.same += counts[2]

    def refuse(self, rule: str, line: int, message: str) -> None:
        """Count one refused row under its rule."""
        self.refused += 1
        number, examples = self.reasons.get(rule, (0, []))
        if len(examples) < _EXAMPLES:
            examples.append((line, message))
        self.reasons[rule] = (number + 1, examples)


def run(pipe: Connection, order: Order) -> None:
    """The process's main function. Sends ("progress", …) and at the end ("done", …) or ("error", …)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal goes to the program, which decides
    try:
        pipe.send(_work(pipe, order))
    except MmhubError as error:
        pipe.send(("error", type(error).__name__, error.message, error.hint, error.original))
    except (ImportTakenOver, BrokenPipeError, EOFError, ConnectionResetError):
        pass  # nobody listens any more
    except Exception as error:  # noqa: BLE001 - crosses the process border as data, the program tells it
        pipe.send(("error", *_explain(error, Path(order.database))))


def _explain(error: Exception, database: Path) -> tuple[str, str, str, str]:
    from mmhub_desktop.store.database import explain

    known = explain(error, database)
    if isinstance(known, MmhubError):
        return type(known).__name__, known.message, known.hint, known.original
    if isinstance(error, OSError):
        return UserMistake.__name__, "The file could not be read or the refused rows not be written.", (
            "Check that the disk has room and the file is still there, then import it again."
        ), str(error)  # fmt: skip
    return "", "The import failed because of a mistake in this program.", (
        "What was imported so far is kept. Please report this."
    ), f"{type(error).__name__}: {error}"  # fmt: skip


def _work(pipe: Connection, order: Order) -> tuple[Any, ...]:
    gc.disable()  # the rows hold no cycles, and looking for some would cost a third of the time
    sys.setswitchinterval(0.0005)  # the writing thread gets its turn soon after each statement
    plan, database = ImportPlan.from_json(order.plan), Path(order.database)
    _check_file(plan, resumed=order.resume_at > 0)
    writer = ImportWriter(database, order.import_id, stored_columns(plan))
    if order.import_id and not order.resume_at and (nothing := _nothing_to_do(plan, writer)):
        return nothing
    records = Records(plan.path, plan.encoding, plan.delimiter, undecodable=plan.undecodable)
    out = RefusedFile(refused_path(database, order.import_id, plan.path), plan.header, plan.delimiter)
    thread = ThreadPoolExecutor(1, thread_name_prefix="import-writer")
    job = _Import(plan, order, writer, records, out, thread)
    state = ImportState.COMPLETED
    try:
        for read in job.chunks():
            pipe.send(("progress", job.tally.counts, read, records.position))
            if pipe.poll() and pipe.recv() == CANCEL:
                state = ImportState.CANCELLED
                break
        job.wait(0)
        if order.import_id:
            writer.finish(state.value, job.committed)
    except UnicodeDecodeError as error:
        raise UserMistake(
            f"“{plan.path.name}” cannot be read as {plan.encoding}.",
            hint="Choose the file again, with another encoding.",
            original=str(error),
        ) from error
    finally:
        thread.shutdown(wait=True, cancel_futures=True)
        records.close()
        out.close()
        writer.close()
    return "done", state.value, job.tally.counts, out.name, job.tally.reasons, job.tally.changes


def _nothing_to_do(plan: ImportPlan, writer: ImportWriter) -> tuple[Any, ...] | None:
    """The end of an import of a file that was imported just so before, with all its products as it left them."""
    found = writer.repeated(plan.fingerprint())
    if found is None or hash_file(plan.path) != plan.file_hash:
        return None
    same, refused, records, refused_file = found
    if refused and not Path(refused_file).exists():
        return None  # it must be written again
    writer.note_repeated(same, refused, records, refused_file)
    writer.close()
    return "done", ImportState.COMPLETED.value, (0, 0, same, refused), refused_file, {}, []


class _Import:
    """One run through the file. Reading and checking are done here, writing on the one thread of ``thread``."""

    def __init__(
        self,
        plan: ImportPlan,
        order: Order,
        writer: ImportWriter,
        records: Records,
        out: RefusedFile,
        thread: ThreadPoolExecutor,
    ) -> None:
        self._plan = plan
        self._order = order
        self._writer = writer
        self._records = records
        self._out = out
        self._thread = thread
        self._writing: deque[Future[None]] = deque()
        self.tally = Tally(*order.counts)
        self.committed = order.resume_at
        self._handed = order.resume_at  # records handed to the writing thread
        self._refused_before = 0
        self._rows: list[Any] = []
        self._untitled: list[tuple[int, int, list[str]]] = []  # (place in _rows, line, cells)

    def chunks(self) -> Iterator[int]:
        """Work through the file; yields the number of records read after each chunk."""
        records, resume_at = self._below_header(), self._order.resume_at
        make = row_maker(self._plan)
        title_at = stored_columns(self._plan).index("title")
        read = 0
        for record in records:
            read += 1
            if type(record) is list:
                try:
                    row = make(record)
                except Refused as refused:
                    if any(record):
                        self._refuse(refused.rule, refused.message, self._records.line, record)
                else:
                    if not row[title_at]:
                        self._untitled.append((len(self._rows), self._records.line, record))
                    self._rows.append(row)
            elif isinstance(record, BadRecord):
                self._refuse(record.reason, record.reason, self._records.line, record.cells)
            if read % CHUNK == 0 or read == resume_at:
                self._hand_over(read)
                yield read
        if read > self._handed or self._rows:
            self._hand_over(read)
        self.wait(0)
        yield read

    def wait(self, most: int) -> None:
        """Wait until at most so many chunks are still being written; what went wrong there is raised here."""
        while len(self._writing) > most:
            self._writing.popleft().result()

    def _below_header(self) -> Iterator[Record]:
        records = iter(self._records)
        for _ in range(self._plan.header_row):
            next(records, None)
        header = next(records, [])
        cells = header.cells if isinstance(header, BadRecord) else tuple(header)
        if tuple(cell.strip().lstrip("\ufeff") for cell in cells) != self._plan.header:
            raise _changed(self._plan)
        self._records.width = len(self._plan.header)
        return records

    def _refuse(self, rule: str, message: str, line: int, cells: Sequence[str]) -> None:
        self.tally.refuse(rule, line, message)
        if self._order.import_id:
            self._out.add(message, cells)

    def _hand_over(self, read: int) -> None:
        """Let the rows gathered so far be written, in one transaction; those already done are left alone."""
        if self._untitled:
            self._refuse_untitled()
        rows, self._rows = self._rows, []
        refused = self.tally.refused - self._refused_before
        self._refused_before = self.tally.refused
        if self._order.import_id and read <= self._order.resume_at:
            return
        self._out.flush()
        self.wait(1)
        chunk = _Chunk(rows, refused, self._handed, read, self._out.name)
        self._writing.append(self._thread.submit(self._write, chunk))
        self._handed = read

    def _write(self, chunk: "_Chunk") -> None:
        """On the writing thread."""
        if not self._order.import_id:
            counts, changes = self._writer.try_out(chunk.rows, CHANGES_SHOWN - len(self.tally.changes))
            self.tally.changes += changes
            self.tally.add(counts)
            return
        counts = self._writer.write(
            chunk.rows,
            refused=chunk.refused,
            resume_from=chunk.start,
            resume_at=chunk.end,
            refused_file=chunk.refused_file,
        )
        self.committed = chunk.end
        self.tally.add(counts)

    def _refuse_untitled(self) -> None:
        """A row without a title can change a product, but cannot make one."""
        self.wait(0)  # the writer's connection is free then
        key_at = stored_columns(self._plan).index("sku_key")
        known = self._writer.known([self._rows[place][key_at] for place, _, _ in self._untitled])
        for place, line, cells in self._untitled:
            if self._rows[place][key_at] not in known:
                self._refuse(_NO_TITLE, _NO_TITLE, line, cells)
                self._rows[place] = None
        self._rows = [row for row in self._rows if row is not None]
        self._untitled.clear()


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Rows to be written in one transaction, for the records from ``start`` to ``end``."""

    rows: list[Any]
    refused: int
    start: int
    end: int
    refused_file: str


def _check_file(plan: ImportPlan, *, resumed: bool) -> None:
    """The file must still be the one that was looked at; a resumed one is compared as a whole."""
    try:
        about = plan.path.stat()
    except OSError as error:
        raise UserMistake(
            f"“{plan.path}” is no longer there.",
            hint="Put the file back, or choose it again.",
            original=str(error),
        ) from error
    same = (about.st_size, about.st_mtime_ns) == (plan.size, plan.modified_ns)
    if not same and not (about.st_size == plan.size and hash_file(plan.path) == plan.file_hash):
        raise _changed(plan, resumed=resumed)


def _changed(plan: ImportPlan, *, resumed: bool = False) -> UserMistake:
    kept = " What was imported before is kept." if resumed else ""
    return UserMistake(
        f"“{plan.path.name}” was changed since it was looked at.{kept}", hint="Choose the file again to import it."
    )
