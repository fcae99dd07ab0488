"""A look at a file before its import: characters, delimiter, header, columns, and what must be asked."""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

from mmhub_desktop.catalog.encoding import FileText, examine
from mmhub_desktop.catalog.plan import FileReading, ImportPlan, plan_from
from mmhub_desktop.catalog.recognition import recognise, recognised_words, remap
from mmhub_desktop.catalog.records import BadRecord, Records
from mmhub_desktop.errors import UserMistake

__all__ = ["DELIMITERS", "FileReading", "ImportPlan", "inspect", "plan_from", "remap"]

DELIMITERS: Mapping[str, str] = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
SAMPLED_ROWS = 5_000
_HEAD_CHARACTERS = 200_000
_LINES_ABOVE_HEADER = 10


def inspect(path: Path, *, encoding: str = "", delimiter: str = "", header_row: int | None = None) -> FileReading:
    """Look at a file, blocking (about a second for a gigabyte): call it off the loop.

    What is given is taken as the seller's correction instead of being detected. UserMistake when the file is
    missing, empty, binary, has only a header, or no table in it.
    """
    path = Path(path).expanduser().absolute()
    text = examine(path)
    if encoding:
        text = FileText(encoding, "Chosen by you.", True, text.size, text.modified_ns, text.file_hash)
    head = _read_head(path, text)
    separator, why = (delimiter, "Chosen by you.") if delimiter else _find_delimiter(head)
    above, header = _find_header(path, text, separator, header_row)
    rows, estimated = _sample(path, text, separator, above, header)
    if not rows:
        raise UserMistake(
            f"“{path.name}” has only a header and no products below it.",
            hint="Export it again with its rows, or choose another file.",
        )
    found = recognise(header, rows)
    return FileReading(
        path=path,
        size=text.size,
        modified_ns=text.modified_ns,
        file_hash=text.file_hash,
        encoding=text.encoding,
        encoding_reason=text.reason,
        undecodable=text.undecodable,
        delimiter=separator,
        delimiter_reason=why,
        header_row=above,
        header=header,
        rows=rows,
        columns=found.columns,
        currency=found.currency,
        currency_reason=found.currency_reason,
        questions=found.questions,
        estimated_rows=estimated,
    )


def _read_head(path: Path, text: FileText) -> list[str]:
    with path.open(encoding=text.encoding, errors="replace", newline="") as file:
        head = file.read(_HEAD_CHARACTERS)
    lines = head.splitlines(keepends=True)
    return lines[:-1] if len(head) == _HEAD_CHARACTERS else lines


def _find_delimiter(lines: Sequence[str]) -> tuple[str, str]:
    """The delimiter that cuts the first records into the same number of cells most often."""
    first = next((line.strip().lower() for line in lines if line.strip()), "")
    if first.startswith("sep=") and len(first) == 5 and first[4] in DELIMITERS:
        return first[4], "The first line of the file says so."
    best: tuple[float, str, int] = (0.0, "", 1)
    for delimiter in DELIMITERS:
        records = [record for record in islice(csv.reader(iter(lines), delimiter=delimiter), 500) if record]
        if not records:
            continue
        cells, often = Counter(len(record) for record in records).most_common(1)[0]
        if cells == 1:
            continue
        known = max(recognised_words(record) for record in records[:_LINES_ABOVE_HEADER])
        score = often / len(records) + min(cells, 10) / 20 + known
        best = max(best, (score, delimiter, cells))
    if not best[1]:
        return ",", "No delimiter was found: the file has one column."
    return best[1], f"Most rows have {best[2]} cells when cut at each {DELIMITERS[best[1]]}."


def _find_header(path: Path, text: FileText, delimiter: str, given: int | None) -> tuple[int, tuple[str, ...]]:
    """The number of records above the header, and the header: the first row with the most known words."""
    records = Records(path, text.encoding, delimiter, undecodable=text.undecodable)
    try:
        first = [
            (record.cells if isinstance(record, BadRecord) else tuple(record))
            for record in islice(records, _LINES_ABOVE_HEADER)
        ]
    except UnicodeDecodeError as error:
        raise _wrong_encoding(path, text, error) from error
    finally:
        records.close()
    if not first:
        raise UserMistake(f"“{path.name}” is empty.", hint="Export it again, or choose another file.")
    if given is None:
        known = [recognised_words(cells) for cells in first]
        given = known.index(max(known)) if max(known) else 0
        if not max(known) and first[0] and first[0][0].lower().startswith("sep="):
            given = min(1, len(first) - 1)
    elif not 0 <= given < len(first):
        raise UserMistake(f"The file has no row {given + 1} to be the header.", hint="Choose a smaller number.")
    return given, tuple(cell.strip().lstrip("\ufeff") for cell in first[given])


def _sample(
    path: Path, text: FileText, delimiter: str, above: int, header: tuple[str, ...]
) -> tuple[tuple[tuple[str, ...], ...], int]:
    """The first rows below the header, and about how many there are in the whole file."""
    records = Records(path, text.encoding, delimiter, undecodable=text.undecodable)
    rows = []
    bad = 0
    seen = iter(records)
    try:
        for _ in range(above + 1):
            next(seen, None)
        records.width = len(header)
        for record in islice(seen, SAMPLED_ROWS):
            if isinstance(record, BadRecord):
                bad += 1
            elif any(record):
                rows.append(tuple(record))
        complete = len(rows) + bad < SAMPLED_ROWS
        part = records.position / text.size
    except UnicodeDecodeError as error:
        raise _wrong_encoding(path, text, error) from error
    finally:
        records.close()
    if bad and not rows:
        raise UserMistake(
            f"No row of “{path.name}” has the {len(header)} cells of its header.",
            hint="Check the delimiter and which row is the header, or export the file again as CSV.",
        )
    number = len(rows) + bad
    return tuple(rows), number if complete else int(number / max(part, 1e-9))


def _wrong_encoding(path: Path, text: FileText, error: UnicodeDecodeError) -> UserMistake:
    return UserMistake(
        f"“{path.name}” cannot be read as {text.encoding}.", hint="Choose another encoding.", original=str(error)
    )
