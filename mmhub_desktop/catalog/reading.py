"""A look at a file before its import: characters, delimiter, header, columns, and what must be asked."""

import csv
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from mmhub_desktop.catalog.encoding import FileText, examine, is_same
from mmhub_desktop.catalog.plan import FileReading, ImportPlan, plan_from
from mmhub_desktop.catalog.recognition import recognise, recognised_words, remap
from mmhub_desktop.catalog.records import BadRecord, Records
from mmhub_desktop.catalog.staged import WRITTEN_AS, StagedFile
from mmhub_desktop.errors import UserMistake

__all__ = ["DELIMITERS", "FileReading", "ImportPlan", "StagedFile", "inspect", "plan_from", "remap"]

DELIMITERS: Mapping[str, str] = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
SAMPLED_ROWS = 5_000
_HEAD_CHARACTERS = 200_000
_LINES_ABOVE_HEADER = 10


def inspect(
    file: Path | StagedFile, *, encoding: str = "", delimiter: str = "", header_row: int | None = None
) -> FileReading:
    """Look at a file, blocking (about a second for a gigabyte): call it off the loop.

    What is given is taken as the seller's correction instead of being detected; a file that was written by
    ``staging`` is read as it was written. UserMistake when the file is missing, empty, binary, has only a header, or
    no table in it.
    """
    staged = file if isinstance(file, StagedFile) else None
    path = (file.path if isinstance(file, StagedFile) else Path(file)).expanduser().absolute()
    if staged and staged.is_rewritten:
        encoding, delimiter, header_row = WRITTEN_AS
    known = staged.text if staged else None
    look = look_at_text(path, encoding=encoding, delimiter=delimiter, header_row=header_row, known=known)
    rows, estimated = _sample(look)
    if not rows:
        raise UserMistake(
            f"“{staged.name if staged else path.name}” has only a header and no products below it.",
            hint="Export it again with its rows, or choose another file.",
        )
    found = recognise(look.header, rows, said=staged)
    text = look.text
    return FileReading(
        path=path,
        size=text.size,
        modified_ns=text.modified_ns,
        file_hash=text.file_hash,
        encoding=text.encoding,
        encoding_reason=staged.encoding_reason if staged and staged.is_rewritten else text.reason,
        undecodable=text.undecodable,
        delimiter=look.delimiter,
        delimiter_reason=look.delimiter_reason,
        header_row=look.above,
        header=look.header,
        rows=rows,
        columns=found.columns,
        currency=found.currency,
        currency_reason=found.currency_reason,
        questions=found.questions,
        estimated_rows=estimated,
        dialect=staged.dialect if staged else "",
        dialect_reason=staged.dialect_reason if staged else "",
        notes=(*(staged.notes if staged else ()), *text.notes, *_no_header(look.header)),
        origin=staged.origin if staged else "",
        image_base=staged.image_base if staged else "",
        staged=staged,
    )


@dataclass(frozen=True, slots=True)
class TextLook:
    """How a text file is written: its characters, its delimiter, its header and how many records stand above that."""

    path: Path
    text: FileText
    delimiter: str
    delimiter_reason: str
    above: int
    header: tuple[str, ...]
    first: tuple[tuple[str, ...], ...]  # records from the beginning of the file

    def records(self) -> Records:
        """The file from its beginning, to be read once and closed."""
        return Records(self.path, self.text.encoding, self.delimiter, undecodable=self.text.undecodable)


def look_at_text(
    path: Path,
    *,
    encoding: str = "",
    delimiter: str = "",
    header_row: int | None = None,
    known: FileText | None = None,
) -> TextLook:
    """Find out how a text file is written; what is given is taken instead. UserMistake when it is no table.

    ``known`` is what was found of its characters before: it holds while size and time of the file are the same.
    """
    text = known if known is not None and is_same(path, known) else examine(path)
    if encoding:
        text = FileText(encoding, "Chosen by you.", True, text.size, text.modified_ns, text.file_hash, text.notes)
    separator, why = (delimiter, "Chosen by you.") if delimiter else _find_delimiter(_read_head(path, text))
    first = _first_records(path, text, separator)
    above, header = _find_header(first, header_row)
    return TextLook(path, text, separator, why, above, header, first)


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


def _first_records(path: Path, text: FileText, delimiter: str) -> tuple[tuple[str, ...], ...]:
    records = Records(path, text.encoding, delimiter, undecodable=text.undecodable)
    try:
        first = tuple(
            (record.cells if isinstance(record, BadRecord) else tuple(record))
            for record in islice(records, _LINES_ABOVE_HEADER)
        )
    except UnicodeDecodeError as error:
        raise _wrong_encoding(path, text, error) from error
    finally:
        records.close()
    if not first:
        raise UserMistake(f"“{path.name}” is empty.", hint="Export it again, or choose another file.")
    return first


def _find_header(first: Sequence[Sequence[str]], given: int | None) -> tuple[int, tuple[str, ...]]:
    """The number of records above the header, and the header."""
    if given is None:
        given = header_place(first)
    elif not 0 <= given < len(first):
        raise UserMistake(f"The file has no row {given + 1} to be the header.", hint="Choose a smaller number.")
    return given, tuple(cell.strip().lstrip("\ufeff") for cell in first[given])


def header_place(first: Sequence[Sequence[str]]) -> int:
    """Which of the first rows is the header: the first one with the most known words."""
    known = [recognised_words(cells) for cells in first]
    if max(known):
        return known.index(max(known))
    return min(1, len(first) - 1) if first[0] and first[0][0].lower().startswith("sep=") else 0


def _sample(look: TextLook) -> tuple[tuple[tuple[str, ...], ...], int]:
    """The first rows below the header, and about how many there are in the whole file."""
    records = look.records()
    rows = []
    bad = 0
    seen = iter(records)
    try:
        for _ in range(look.above + 1):
            next(seen, None)
        records.width = len(look.header)
        for record in islice(seen, SAMPLED_ROWS):
            if isinstance(record, BadRecord):
                bad += 1
            elif any(record):
                rows.append(tuple(record))
        complete = len(rows) + bad < SAMPLED_ROWS
        part = records.position / look.text.size
    except UnicodeDecodeError as error:
        raise _wrong_encoding(look.path, look.text, error) from error
    finally:
        records.close()
    if bad and not rows:
        raise UserMistake(
            f"No row of “{look.path.name}” has the {len(look.header)} cells of its header.",
            hint="Check the delimiter and which row is the header, or export the file again as CSV.",
        )
    number = len(rows) + bad
    return tuple(rows), number if complete else int(number / max(part, 1e-9))


def _no_header(header: Sequence[str]) -> tuple[str, ...]:
    """What is to be said of a header that looks like a row: none of its words is known, and it holds numbers."""
    numbers = [cell for cell in header if re.fullmatch(r"\W*\d[\d.,]*\W*", cell)]
    if not numbers or recognised_words(header):
        return ()
    return (f"The first row may be a product: “{', '.join(header)[:60]}”. Then say that the file has no header.",)


def _wrong_encoding(path: Path, text: FileText, error: UnicodeDecodeError) -> UserMistake:
    return UserMistake(
        f"“{path.name}” cannot be read as {text.encoding}.", hint="Choose another encoding.", original=str(error)
    )
