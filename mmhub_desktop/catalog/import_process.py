"""What runs in the import's own process: checked rows come in, and are written or tried out chunk by chunk.

It talks to the program through a pipe: progress and the end go out, "cancel" comes in. When the program is gone
the pipe breaks and the process stops behind its last commit. The rows come from the reading process (row_process).

The point to resume from is the number of records read. A resumed import reads the file from its beginning again
and checks every row, but writes only those behind that point: so the SKUs it has seen and the file of refused
rows come out exactly as if nothing had happened.
"""

import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from mmhub_desktop.catalog.encoding import hash_file
from mmhub_desktop.catalog.plan import ImportPlan
from mmhub_desktop.catalog.refused import RefusedFile, refused_path
from mmhub_desktop.catalog.row_columns import cleared_columns, stored_columns
from mmhub_desktop.catalog.row_process import Batch, file_changed, receive_rows
from mmhub_desktop.domain.imports import ImportState
from mmhub_desktop.errors import MmhubError, UserMistake
from mmhub_desktop.store.import_writer import KEY, ImportTakenOver, ImportWriter, Rows

CHANGES_SHOWN, NEW_SHOWN = 500, 500  # changed and new products shown by a dry run
CANCEL = "cancel"
_EXAMPLES = 20  # rows told for each reason of a dry run
_NO_TITLE = "A new product needs a title."
_NOTES_KEPT = 20  # lines of the history's message
_NO_PARENT = "Variants that stand alone, since their parent is in neither the file nor the catalog:"


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
    added: list[Any] = field(default_factory=list)
    notes: dict[str, tuple[int, list[tuple[int, str]]]] = field(default_factory=dict)  # what was mended, as reasons

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
        _count(self.reasons, rule, line, message)

    def note(self, rule: str, line: int, message: str) -> None:
        """Count one thing that was done to a row that is imported."""
        _count(self.notes, rule, line, message)

    def told(self) -> str:
        """The notes in words, for the history."""
        lines = [
            f"{rule} {number:,} {'row' if number == 1 else 'rows'}, such as {_at(*examples[0])}."
            for rule, (number, examples) in sorted(self.notes.items(), key=lambda item: -item[1][0])
        ]
        return "\n".join(lines[:_NOTES_KEPT])


def _at(line: int, message: str) -> str:
    return f"line {line}: {message}" if line else message


def _count(counted: dict[str, tuple[int, list[tuple[int, str]]]], rule: str, line: int, message: str) -> None:
    number, examples = counted.get(rule, (0, []))
    if len(examples) < _EXAMPLES:
        examples.append((line, message))
    counted[rule] = (number + 1, examples)


def run(pipe: Connection, source: Connection, order: Order) -> None:
    """The process's main function; ``source`` brings the rows.

    Sends ("progress", …) while it works, and at the end ("done", …) or ("error", …).
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal goes to the program, which decides
    try:
        pipe.send(_work(pipe, source, order))
    except MmhubError as error:
        pipe.send(("error", type(error).__name__, error.message, error.hint, error.original))
    except (ImportTakenOver, BrokenPipeError, EOFError, ConnectionResetError):
        pass  # nobody listens any more
    except Exception as error:  # noqa: BLE001 - crosses the process border as data, the program tells it
        pipe.send(("error", *_explain(error, Path(order.database))))


def _explain(error: Exception, database: Path) -> tuple[str, str, str, str]:
    from mmhub_desktop.store.connecting import explain

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


def _work(pipe: Connection, source: Connection, order: Order) -> tuple[Any, ...]:
    plan, database = ImportPlan.from_json(order.plan), Path(order.database)
    _check_file(plan)
    writer = ImportWriter(
        database, order.import_id, stored_columns(plan), cleared_columns(plan), made_skus=plan.generate_sku
    )
    try:
        if order.import_id and not order.resume_at and (nothing := _nothing_to_do(plan, writer)):
            return nothing
        out = RefusedFile(refused_path(database, order.import_id, plan.name), plan.header, plan.delimiter)
        job = _Import(order, writer, out)
        state = ImportState.COMPLETED
        try:
            for batch in receive_rows(source):
                job.settle(batch)
                pipe.send(("progress", job.tally.counts, batch.read, batch.position))
                if pipe.poll() and pipe.recv() == CANCEL:
                    state = ImportState.CANCELLED
                    break
            if order.import_id:
                job.link_rest()
                writer.finish(state.value, job.committed, job.tally.told())
        finally:
            out.close()
    finally:
        writer.close()
    tally = job.tally
    return "done", state.value, tally.counts, out.name, tally.reasons, tally.changes, tally.notes, tally.added


def _nothing_to_do(plan: ImportPlan, writer: ImportWriter) -> tuple[Any, ...] | None:
    """The end of an import of a file that was imported just so before, with all its products as it left them."""
    found = writer.repeated(plan.fingerprint())
    if found is None or hash_file(plan.path) != plan.file_hash:
        return None
    same, refused, records, refused_file = found
    if refused and not Path(refused_file).exists():
        return None  # it must be written again
    writer.note_repeated(same, refused, records, refused_file)
    return "done", ImportState.COMPLETED.value, (0, 0, same, refused), refused_file, {}, [], {}, []


class _Import:
    """One run through the file: each batch is written, or tried out, in one transaction."""

    def __init__(self, order: Order, writer: ImportWriter, out: RefusedFile) -> None:
        self._order = order
        self._writer = writer
        self._out = out
        self.tally = Tally(*order.counts)
        self.committed = order.resume_at  # records on disk, or refused

    def settle(self, batch: Batch) -> None:
        """Bring a batch to its end. One that is on disk already only refills the file of refused rows."""
        tally, before = self.tally, self.tally.refused
        for rule, line, message, cells in batch.refused:
            self._refuse(rule, line, message, cells)
        for rule, line, message in batch.notes:
            tally.note(rule, line, message)
        rows: Rows = batch.rows
        if batch.untitled:
            rows = self._refuse_untitled(batch)
        if not self._order.import_id:
            tried = self._writer.try_out(rows, CHANGES_SHOWN - len(tally.changes), NEW_SHOWN - len(tally.added))
            tally.changes += tried.changed
            tally.added += tried.added
            tally.add(tried.counts)
        elif batch.read > self._order.resume_at:
            self._out.flush()
            counts = self._writer.write(
                rows,
                refused=tally.refused - before,
                resume_from=self.committed,
                resume_at=batch.read,
                refused_file=self._out.name,
            )
            self.committed = batch.read
            tally.add(counts)
        self._note_links()
        if batch.orphans:
            known = self._writer.known([key for key, _, _ in batch.orphans])
            for key, line, sku in batch.orphans:
                if key not in known:
                    tally.note(_NO_PARENT, line, f"“{sku}” names the parent “{key}”")

    def link_rest(self) -> None:
        """After the last batch: families whose parents came late."""
        changed = self._writer.link_rest()
        self.tally.changed += changed
        self.tally.same -= changed
        self._note_links()

    def _note_links(self) -> None:
        """What the writer left out of rows: the line is not known there."""
        for rule, message in self._writer.take_notes():
            self.tally.note(rule, 0, message)

    def _refuse(self, rule: str, line: int, message: str, cells: Sequence[str]) -> None:
        self.tally.refuse(rule, line, message)
        if self._order.import_id:
            self._out.add(message, cells)

    def _refuse_untitled(self, batch: Batch) -> Rows:
        """A row without a title can change a product, but cannot make one."""
        known = self._writer.known([key for key, _, _ in batch.untitled])
        gone = set()
        for key, line, cells in batch.untitled:
            if key not in known:
                self._refuse(_NO_TITLE, line, _NO_TITLE, cells)
                gone.add(key)
        return lambda: ([row for row in rows if row[KEY] not in gone] for rows in batch.rows())


def _check_file(plan: ImportPlan) -> None:
    """The file must still be the one that was looked at: same size and time, or else the same bytes."""
    try:
        about = plan.path.stat()
    except OSError as error:
        raise UserMistake(
            f"“{plan.origin or plan.path}” is no longer there.",
            hint="Put the file back, or choose it again.",
            original=str(error),
        ) from error
    same = (about.st_size, about.st_mtime_ns) == (plan.size, plan.modified_ns)
    if not same and not (about.st_size == plan.size and hash_file(plan.path) == plan.file_hash):
        raise file_changed(plan)
