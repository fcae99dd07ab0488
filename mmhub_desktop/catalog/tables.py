"""One table of the files that a seller chose: a sheet or a text file, its header, its dialect, its rows."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from mmhub_desktop.catalog import workbook
from mmhub_desktop.catalog.dialects import BY_NAME, Dialect, find_dialect
from mmhub_desktop.catalog.reading import TextLook, header_place, look_at_text
from mmhub_desktop.catalog.records import BadRecord
from mmhub_desktop.catalog.staged import NO_DIALECT, NO_HEADER, ReadAs
from mmhub_desktop.errors import UserMistake

MOST_UNREAD = 20_000  # rows that cannot be read: a file with more of them is no table
_LOOK_EVERY = 1_000  # rows

UnreadRow = tuple[str, int, list[str]]  # why, line, cells as far as they were understood


@dataclass(slots=True)
class Table:
    """One table of the files chosen. ``rows`` can be gone through once: the row's number in its file, its cells.

    ``above``: rows above the header.
    """

    path: Path
    label: str
    header: tuple[str, ...]
    rows: Iterator[tuple[int, list[str]]]
    above: int
    text: TextLook | None = None
    sheet: workbook.Sheet | None = None
    dialect: Dialect | None = None
    reason: str = ""
    image_base: str = ""
    bad: list[UnreadRow] = field(default_factory=list)  # rows that could not be read, filled on the way
    done: float = 0.0  # the part that is read, 0–1
    mended: Counter[str] = field(default_factory=Counter)  # what was done to rows → how many, filled on the way


def open_table(path: Path, image_base: str, read_as: ReadAs) -> Table:
    """Find out how a file is to be read, and stand before its rows. UserMistake when there is no table in it."""
    table = _open_sheet(path, read_as) if workbook.is_workbook(path) else _open_text(path, read_as)
    table.image_base = image_base
    return table


def _open_sheet(path: Path, read_as: ReadAs) -> Table:
    sheet = workbook.open_sheet(path, read_as.sheet)
    label = f"{path.name}, {sheet.name}" if len(sheet.names) > 1 else path.name
    if read_as.header_row == NO_HEADER:
        header = _made_header(sheet.first)
        return Table(path, label, header, _to_width(sheet.rows, len(header)), 0, sheet=sheet)
    above, dialect, reason = _find_header(sheet.first, read_as)
    width = max(workbook.widest(sheet.first[above : above + 1]), 1)
    rows = sheet.rows
    skipped = next(islice(rows, above, None), (0, []))  # those above the header, and the header
    header = tuple(cell.strip() for cell in skipped[1][:width])
    return Table(path, label, header, _to_width(rows, width), above, sheet=sheet, dialect=dialect, reason=reason)


def _to_width(rows: Iterator[tuple[int, list[str]]], width: int) -> Iterator[tuple[int, list[str]]]:
    """A sheet's rows have the width of the sheet; what stands beyond the header's columns belongs to none of them."""
    for number, cells in rows:
        if any(cells[:width]):
            yield number, [*cells[:width], *[""] * (width - len(cells))]


def _open_text(path: Path, read_as: ReadAs) -> Table:
    given = None if read_as.header_row == NO_HEADER else read_as.header_row
    look = look_at_text(path, encoding=read_as.encoding, delimiter=read_as.delimiter, header_row=given)
    if read_as.header_row == NO_HEADER:
        table = Table(path, path.name, _made_header(look.first), iter(()), NO_HEADER, text=look)
        table.rows = _text_rows(table, look)
        return table
    above, dialect, reason = _find_header(look.first, read_as)
    if dialect is None:
        above = look.above
    header = tuple(cell.strip().lstrip("\ufeff") for cell in look.first[above])
    table = Table(path, path.name, header, iter(()), above, text=look, dialect=dialect, reason=reason)
    table.rows = _text_rows(table, look)
    return table


def _text_rows(table: Table, look: TextLook) -> Iterator[tuple[int, list[str]]]:
    records = look.records()
    try:
        found = iter(records)
        if table.above != NO_HEADER:
            next(islice(found, table.above, None), None)
        records.width = len(table.header)
        for number, record in enumerate(found):
            if not number % _LOOK_EVERY:
                table.done = records.position / max(look.text.size, 1)
            if isinstance(record, BadRecord):
                table.bad.append((record.reason, records.line, list(record.cells)))
                if len(table.bad) > MOST_UNREAD:
                    raise _no_table(table)
            else:
                if records.mended:
                    table.mended[records.mended] += 1
                yield records.line, record
    finally:
        records.close()


def _made_header(first: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Names for the columns of a table that has none."""
    widths = Counter(len(row) for row in first)
    return tuple(f"Column {place}" for place in range(1, widths.most_common(1)[0][0] + 1))


def _no_table(table: Table) -> UserMistake:
    reason, line, _ = table.bad[0]
    return UserMistake(
        f"More than {MOST_UNREAD:,} rows of “{table.label}” cannot be read.",
        hint="Check its delimiter and which row is the header, or export it again.",
        original=f"line {line}: {reason}",
    )


def _find_header(first: Sequence[tuple[str, ...]], read_as: ReadAs) -> tuple[int, Dialect | None, str]:
    """(rows above the header, the dialect it is in, why)."""
    if read_as.dialect and read_as.dialect != NO_DIALECT:
        dialect = BY_NAME[read_as.dialect]
        found = find_dialect(first)
        place = found.header_row if found is not None and found.dialect is dialect else header_place(first)
        return place if read_as.header_row is None else read_as.header_row, dialect, "Chosen by you."
    if read_as.dialect != NO_DIALECT:
        given = read_as.header_row
        found = find_dialect(first if given is None else first[given : given + 1])
        if found is not None:
            return found.header_row if given is None else given, found.dialect, found.reason
    above = read_as.header_row if read_as.header_row is not None else header_place(first)
    return min(above, len(first) - 1), None, ""
