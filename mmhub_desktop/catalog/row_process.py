"""What runs in the reading process of an import: the file's rows, checked, handed on in batches.

Reading and checking take about as long as writing, and one Python process can do only one of them at a time: so a
second one reads while the import process writes. It knows the file and the plan, nothing else.
"""

import gc
import json
import marshal
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from queue import Queue
from threading import Thread
from typing import Any

from mmhub_desktop.catalog.columns import ORIGIN
from mmhub_desktop.catalog.plan import ImportPlan
from mmhub_desktop.catalog.records import BadRecord, Record, Records
from mmhub_desktop.catalog.row_columns import PARENT_KEY, stored_columns
from mmhub_desktop.catalog.row_refusal import Refused
from mmhub_desktop.catalog.rows import RowMaker
from mmhub_desktop.catalog.staged import unread_of
from mmhub_desktop.errors import MmhubError, UserMistake

CHUNK = 5_000  # records in one transaction: an engine write beside it waits about 65 ms at most


PIECE = 250  # rows sent at once: so few stay in the processor's cache from reading to writing (a third faster)
_PIECE, _END, _ERROR, _DONE, _GONE = b"p", b"e", b"!", b".", b"?"


@dataclass(slots=True)
class Batch:
    """Up to CHUNK records. Of what is written already (when an import is resumed) only the refused ones are told."""

    pieces: list[bytes] = field(default_factory=list)  # rows, packed
    refused: list[tuple[str, int, str, list[str]]] = field(default_factory=list)  # rule, line, message, cells
    untitled: list[tuple[str, int, list[str]]] = field(default_factory=list)  # SKU key, line, cells
    read: int = 0  # records read so far
    position: int = 0  # bytes read so far, about
    notes: list[tuple[str, int, str]] = field(default_factory=list)  # what was mended: rule, line, message
    orphans: list[tuple[str, int, str]] = field(default_factory=list)  # at the end: parents' keys not in the file

    def rows(self) -> Iterator[list[tuple[Any, ...]]]:
        """The rows, piece by piece; it can be asked again."""
        for piece in self.pieces:
            yield marshal.loads(piece)  # noqa: S302 - from our own process


def send_rows(out: Connection, plan_json: str, resume_at: int) -> None:
    """The process's main function: sends pieces of rows and the ends of batches, at last the end or an error."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal goes to the program, which decides
    gc.disable()  # the rows hold no cycles, and looking for some would cost a third of the time
    with suppress(BrokenPipeError, ConnectionResetError):  # the import process has ended: so do we
        try:
            for kind, content in read_rows(ImportPlan.from_json(plan_json), resume_at):
                out.send_bytes(kind + marshal.dumps(content))
            out.send_bytes(_DONE)
        except MmhubError as error:
            told = (type(error).__name__, error.message, error.hint, error.original)
            out.send_bytes(_ERROR + marshal.dumps(told))
        except OSError as error:
            hint = "Check that the file is still there and can be read, then import it again."
            told = ("UserMistake", "The file could not be read to its end.", hint, str(error))
            out.send_bytes(_ERROR + marshal.dumps(told))


def receive_rows(source: Connection) -> Iterator[Batch]:
    """The batches that the reading process sends. Its error is raised; EOFError when it is gone.

    A thread takes them in beside the writing: a pipe holds less than one piece, and the reader would wait for us.
    """
    from mmhub_desktop import errors

    waiting: Queue[bytes] = Queue(maxsize=8 * CHUNK // PIECE)  # about 20 MB
    Thread(target=_take_in, args=(source, waiting), name="import-rows", daemon=True).start()
    pieces: list[bytes] = []
    while (message := waiting.get()) != _DONE:
        kind, content = message[:1], message[1:]
        if kind == _PIECE:
            pieces.append(content)
        elif kind == _END:
            yield Batch(pieces, *marshal.loads(content))  # noqa: S302 - from our own process
            pieces = []
        elif kind == _ERROR:
            name, words, hint, original = marshal.loads(content)  # noqa: S302 - from our own process
            raise getattr(errors, name)(words, hint=hint, original=original)
        else:
            raise EOFError


def _take_in(source: Connection, waiting: "Queue[bytes]") -> None:
    try:
        while True:
            waiting.put(source.recv_bytes())
    except (EOFError, OSError):
        waiting.put(_GONE)


def read_rows(plan: ImportPlan, resume_at: int) -> Iterator[tuple[bytes, Any]]:
    """Read and check the whole file: lists of rows, and what else a Batch has at its end.

    UserMistake when the file is not what the plan was made for.
    """
    records = Records(plan.path, plan.encoding, plan.delimiter, undecodable=plan.undecodable)
    try:
        yield from _read(plan, records, resume_at)
    except UnicodeDecodeError as error:
        raise UserMistake(
            f"“{plan.name}” cannot be read as {plan.encoding}.",
            hint="Choose the file again, with another encoding.",
            original=str(error),
        ) from error
    finally:
        records.close()


def _read(  # noqa: C901 - one straight hot loop
    plan: ImportPlan, records: Records, resume_at: int
) -> Iterator[tuple[bytes, Any]]:
    maker, columns = RowMaker(plan), stored_columns(plan)
    make, noted = maker.make, maker.notes
    key_at, title_at = columns.index("sku_key"), columns.index("title")
    parents = _Parents(maker) if PARENT_KEY in columns else None
    line_of = _line_reader(plan, records)
    rows: list[tuple[Any, ...]] = []
    refused: list[Any] = _unread(plan)
    untitled: list[Any] = []
    notes: list[tuple[str, int, str]] = []
    read = done = 0
    stop = _next_stop(0, resume_at)
    for record in _below_header(plan, records):
        read += 1
        if type(record) is list:
            try:
                row = make(record)
            except Refused as error:
                noted.clear()
                if any(record):
                    refused.append((error.rule, line_of(record), error.message, record))
            else:
                rows.append(row)
                if not row[title_at]:
                    untitled.append((row[key_at], line_of(record), record))
                if noted or records.mended:
                    notes += [(rule, line_of(record), message) for rule, message in noted]
                    noted.clear()
                    if records.mended:
                        notes.append((records.mended, line_of(record), f"SKU {row[0]}"))
                if parents is not None and row[-1]:
                    parents.add(row[-1], line_of(record), row[0])
                if len(rows) == PIECE:
                    if read > resume_at:
                        yield _PIECE, rows
                    rows = []
        elif isinstance(record, BadRecord):
            refused.append((record.reason, records.line, record.reason, list(record.cells)))
        if read == stop:
            if rows and read > resume_at:
                yield _PIECE, rows
            yield _END, (refused, untitled, read, records.position, notes, [])
            rows, refused, untitled, notes, done = [], [], [], [], read
            stop = _next_stop(read, resume_at)
            maker.rest()
    if rows:
        yield _PIECE, rows
    orphans = parents.missing() if parents is not None else []
    if read > done or not read or orphans:
        yield _END, (refused, untitled, read, records.position, notes, orphans)


def _unread(plan: ImportPlan) -> list[tuple[str, int, str, list[str]]]:
    """Rows that staging could not read: they are refused with the others."""
    path = unread_of(plan.path)
    if not plan.origin or not path.is_file():
        return []
    return [(reason, line, reason, cells) for reason, line, cells in json.loads(path.read_text(encoding="utf-8"))]


class _Parents:
    """The keys of parents that no row so far was: what is left at the end is not in the file."""

    _MANY = 100_000
    _MOST = 500_000  # named at the end; of more than so many families without a head no list is kept

    def __init__(self, maker: RowMaker) -> None:
        self._maker = maker
        self._waiting: dict[str, tuple[int, str]] = {}
        self._look_at = self._MANY

    def add(self, key: str, line: int, sku: str) -> None:
        """Note a row's parent, if it has not come yet."""
        if key in self._waiting or len(self._waiting) >= self._MOST or key in self._maker.seen:
            return
        self._waiting[key] = line, sku
        if len(self._waiting) > self._look_at:
            self._waiting = {each: place for each, place in self._waiting.items() if each not in self._maker.seen}
            self._look_at = len(self._waiting) + self._MANY

    def missing(self) -> list[tuple[str, int, str]]:
        """(key, line and SKU of a row that names it) of those that never came."""
        return [(key, *place) for key, place in self._waiting.items() if key not in self._maker.seen]


def _line_reader(plan: ImportPlan, records: Records) -> Callable[[list[str]], int]:
    """Where a row stands in what the seller chose: in a staged file the row says it itself."""
    at = next((column.index for column in plan.columns if column.header == ORIGIN), -1)

    def line(record: list[str]) -> int:
        number = record[at].rpartition(" ")[2] if 0 <= at < len(record) else ""
        return int(number) if number.isdecimal() else records.line

    return line


def _next_stop(read: int, resume_at: int) -> int:
    """Where the chunk that begins at ``read`` ends: at the next whole one, or at the point of an earlier resume."""
    whole = (read // CHUNK + 1) * CHUNK
    return resume_at if read < resume_at < whole else whole


def _below_header(plan: ImportPlan, records: Records) -> Iterator[Record]:
    found = iter(records)
    for _ in range(plan.header_row):
        next(found, None)
    header = next(found, [])
    cells = header.cells if isinstance(header, BadRecord) else tuple(header)
    if tuple(cell.strip().lstrip("\ufeff") for cell in cells) != plan.header:
        raise file_changed(plan)
    records.width = len(plan.header)
    return found


def file_changed(plan: ImportPlan) -> UserMistake:
    """The file is not the one that was looked at."""
    return UserMistake(
        f"“{plan.name}” was changed since it was looked at. What was imported before is kept.",
        hint="Choose the file again to import it.",
    )
