"""What runs in the reading process of an import: the file's rows, checked, handed on in batches.

Reading and checking take about as long as writing, and one Python process can do only one of them at a time: so a
second one reads while the import process writes. It knows the file and the plan, nothing else.
"""

import gc
import marshal
import signal
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from mmhub_desktop.catalog.plan import ImportPlan
from mmhub_desktop.catalog.records import BadRecord, Record, Records
from mmhub_desktop.catalog.rows import Refused, row_maker, stored_columns
from mmhub_desktop.errors import MmhubError, UserMistake

CHUNK = 5_000  # records in one batch and one transaction: an engine write beside it waits about 65 ms at most


class Batch(NamedTuple):
    """Up to CHUNK records. A resumed import sends no rows for what is written already, only what was refused."""

    rows: list[tuple[Any, ...]]
    refused: list[tuple[str, int, str, list[str]]]  # rule, line, message, cells
    untitled: list[tuple[int, str, int, list[str]]]  # place in rows, SKU key, line, cells
    read: int  # records read so far
    position: int  # bytes read so far, about


def send_rows(out: Connection, plan_json: str, resume_at: int) -> None:
    """The process's main function: batches, then None; or an error as (class name, message, hint, original)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal goes to the program, which decides
    gc.disable()  # the rows hold no cycles, and looking for some would cost a third of the time
    with suppress(BrokenPipeError, ConnectionResetError):  # the import process has ended: so do we
        try:
            for batch in read_batches(ImportPlan.from_json(plan_json), resume_at):
                out.send_bytes(marshal.dumps(tuple(batch)))
            out.send_bytes(marshal.dumps(None))
        except MmhubError as error:
            out.send_bytes(marshal.dumps((type(error).__name__, error.message, error.hint, error.original)))
        except OSError as error:
            hint = "Check that the file is still there and can be read, then import it again."
            out.send_bytes(marshal.dumps(("UserMistake", "The file could not be read to its end.", hint, str(error))))


def receive_rows(source: Connection) -> Iterator[Batch]:
    """The batches that the reading process sends. Its error is raised; EOFError when it is gone."""
    from mmhub_desktop import errors

    while (message := marshal.loads(source.recv_bytes())) is not None:  # noqa: S302 - from our own process
        if len(message) == len(Batch._fields):
            yield Batch(*message)
        else:
            kind, words, hint, original = message
            raise getattr(errors, kind)(words, hint=hint, original=original)


def read_batches(plan: ImportPlan, resume_at: int) -> Iterator[Batch]:
    """Read and check the whole file. UserMistake when it is not what the plan was made for."""
    records = Records(plan.path, plan.encoding, plan.delimiter, undecodable=plan.undecodable)
    try:
        yield from _batches(plan, records, resume_at)
    except UnicodeDecodeError as error:
        raise UserMistake(
            f"“{plan.path.name}” cannot be read as {plan.encoding}.",
            hint="Choose the file again, with another encoding.",
            original=str(error),
        ) from error
    finally:
        records.close()


def _batches(plan: ImportPlan, records: Records, resume_at: int) -> Iterator[Batch]:
    make, columns = row_maker(plan), stored_columns(plan)
    key_at, title_at = columns.index("sku_key"), columns.index("title")
    batch = Batch([], [], [], 0, 0)
    read = done = 0
    for record in _below_header(plan, records):
        read += 1
        if type(record) is list:
            try:
                row = make(record)
            except Refused as refused:
                if any(record):
                    batch.refused.append((refused.rule, records.line, refused.message, record))
            else:
                if not row[title_at]:
                    batch.untitled.append((len(batch.rows), row[key_at], records.line, record))
                batch.rows.append(row)
        elif isinstance(record, BadRecord):
            batch.refused.append((record.reason, records.line, record.reason, list(record.cells)))
        if read % CHUNK == 0 or read == resume_at:
            yield _end(batch, read, records, resume_at)
            batch, done = Batch([], [], [], 0, 0), read
    if read > done or not read:
        yield _end(batch, read, records, resume_at)


def _end(batch: Batch, read: int, records: Records, resume_at: int) -> Batch:
    return batch._replace(rows=[] if read <= resume_at else batch.rows, read=read, position=records.position)


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
        f"“{plan.path.name}” was changed since it was looked at. What was imported before is kept.",
        hint="Choose the file again to import it.",
    )
