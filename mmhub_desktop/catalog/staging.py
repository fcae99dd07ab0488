"""From what a seller chooses to files that the import reads: workbooks, archives, folders, many files, the clipboard.

A plain text file that no dialect knows is left as it is. Everything else is written once more, as UTF-8 with commas,
row by row; a column at the end says where each row stood. ``stage`` blocks and holds workbooks in memory: it runs in a
process of its own (staging_process).
"""

import csv
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from mmhub_desktop.catalog import archive, workbook
from mmhub_desktop.catalog.columns import ORIGIN
from mmhub_desktop.catalog.dialects import origins
from mmhub_desktop.catalog.encoding import hash_file
from mmhub_desktop.catalog.staged import NO_HEADER, ReadAs, Staged, StagedFile, forget_old, picture_folder, unread_of
from mmhub_desktop.catalog.tables import Table, open_table
from mmhub_desktop.errors import UserMistake

Told = Callable[[str, float], None]  # what is being done, and which part of it is done, 0–1

TEXT_ENDINGS = (".csv", ".tsv", ".txt", ".tab")
TABLE_ENDINGS = (*TEXT_ENDINGS, *workbook.ENDINGS)
ENDINGS = (*TABLE_ENDINGS, ".zip")  # what a window offers to choose

_TELL_EVERY = 5_000  # rows
_VERSION = "1"  # of what is written: another one makes staged files anew


def stage(
    paths: Sequence[Path], folder: Path, read_as: ReadAs | None = None, told: Told = lambda _words, _part: None
) -> Staged:
    """Make the imports that these files, folders and archives hold; what is written goes into ``folder``.

    The same files give the same staged file, so that a second import of them finds nothing changed. Files with the same
    header are one import. Blocking. UserMistake when there is no table in them, or one cannot be read.
    """
    read_as = read_as or ReadAs()
    forget_old(folder)
    files, notes = _expand([Path(path).expanduser().absolute() for path in paths], folder, told)
    tables = [open_table(path, base, read_as) for path, base in files]
    groups: list[list[Table]] = []
    for table in tables:
        alike = next((group for group in groups if _belong_together(group[0], table)), None)
        if alike is None:
            groups.append([table])
        else:
            alike.append(table)
    if len(groups) > 1:
        notes.append(f"The {len(tables)} files have {len(groups)} different headers: they are imported one by one.")
    sources = tuple(Path(path) for path in paths)
    return Staged(tuple(_stage_group(group, folder, read_as, sources, told) for group in groups), tuple(notes))


def stage_text(text: str, folder: Path, name: str = "Clipboard") -> Path:
    """The file of a table that was copied from a spreadsheet, to be given to ``stage``. UserMistake when it is none."""
    if len(text.strip().splitlines()) < 2:
        raise UserMistake(
            "There is no table in the clipboard.",
            hint="In the spreadsheet, select the header and the rows below it, copy them, and paste again.",
        )
    digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()
    path = folder / digest / f"{name}.tsv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", errors="replace", newline="")
    return path


def _expand(paths: Sequence[Path], folder: Path, told: Told) -> tuple[list[tuple[Path, str]], list[str]]:
    """(table, folder of its images) of everything chosen."""
    found: list[tuple[Path, str]] = []
    notes: list[str] = []
    for path in paths:
        if path.is_dir():
            tables = sorted(each for each in path.iterdir() if _is_table(each))
            if not tables:
                raise UserMistake(
                    f"There is no table in the folder “{path.name}”.",
                    hint=f"It must hold a file that ends in one of: {', '.join(TABLE_ENDINGS)}.",
                )
            found += [(each, str(path)) for each in tables]
            if len(tables) > 1:
                notes.append(f"{len(tables)} files of the folder “{path.name}” are read.")
        elif archive.is_archive(path):
            say = partial(told, f"Unpack {path.name}")
            inside = archive.unpack(path, folder, picture_folder(folder), TABLE_ENDINGS, say)
            found += inside.tables
            notes.append(
                f"“{path.name}” holds {_files(len(inside.tables), 'table')}, {_files(inside.pictures, 'picture')}."
            )
        else:
            found.append((path, str(path.parent)))
    return found, notes


def _is_table(path: Path) -> bool:
    return path.is_file() and path.suffix.lower() in TABLE_ENDINGS and not path.name.startswith((".", "~$"))


def _belong_together(first: Table, other: Table) -> bool:
    if first.dialect is not None and other.dialect is not None:
        names = {first.dialect.name, other.dialect.name}
        if names in ({first.dialect.name, first.dialect.partner}, {other.dialect.name, other.dialect.partner}):
            return True
    return first.header == other.header and first.dialect == other.dialect


def _stage_group(
    tables: list[Table], folder: Path, read_as: ReadAs, sources: tuple[Path, ...], told: Told
) -> StagedFile:
    tables.sort(key=lambda table: not (table.dialect and table.dialect.partner))  # the one that others belong to
    first = tables[0]
    origin = str(first.path) if len(tables) == 1 else f"{first.path} and {len(tables) - 1} more"
    is_plain = first.text is not None and first.dialect is None and read_as.header_row != NO_HEADER
    if len(tables) == 1 and is_plain and first.text is not None:
        notes = () if first.path in sources else (f"“{first.path.name}” is read.",)
        text = None if read_as.encoding else first.text.text
        return StagedFile(
            first.path, origin, sources=(first.path,), notes=notes, image_base=first.image_base, text=text
        )  # fmt: skip
    header, rows = _join(tables)
    parts = [_VERSION, repr(read_as), *(hash_file(table.path) for table in tables), *(each.label for each in tables)]
    path = folder / _digest(parts) / f"{first.path.stem[:60]}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    count = _write(path, header, rows, lambda done: told(f"Read {first.label}: {done:,} rows", _part(tables)))
    unread = [(why, line, _as_refused(table, line, cells)) for table in tables for why, line, cells in table.bad]
    unread_of(path).unlink(missing_ok=True)
    if unread:
        unread_of(path).write_text(json.dumps(unread, ensure_ascii=False), encoding="utf-8", errors="replace")
    if not count:
        path.unlink(missing_ok=True)
        raise UserMistake(
            f"“{first.path.name}” has only a header and no products below it.",
            hint="Export it again with its rows, or choose another file or sheet.",
        )
    dialect = first.dialect
    return StagedFile(
        path,
        origin,
        is_rewritten=True,
        sources=tuple(table.path for table in tables),
        dialect=dialect.name if dialect else "",
        dialect_reason=first.reason,
        encoding_reason=_encoding_reason(first),
        notes=tuple(_notes(tables)),
        image_base=first.image_base,
        sheet=first.sheet.name if first.sheet else "",
        sheets=first.sheet.names if first.sheet else (),
        number_columns=_number_columns(first),
        reasons=origins(dialect, first.header) if dialect else {},
    )


def _part(tables: list[Table]) -> float:
    return sum(table.done for table in tables) / len(tables)


def _as_refused(table: Table, line: int, cells: list[str]) -> list[str]:
    """The cells of a row that cannot be read, as the file of refused rows is to show them."""
    if table.dialect is not None:  # they are not the columns of the joined rows
        return [(table.text.delimiter if table.text else ",").join(cells)]
    missing = len(table.header) - len(cells)
    return [*cells, *[""] * missing, _where(table, line, many=True)] if missing >= 0 else cells


def _join(tables: list[Table]) -> tuple[tuple[str, ...], Iterator[list[str]]]:
    """One header and the rows of tables that belong together."""
    first, dialect = tables[0], tables[0].dialect
    header = (*first.header, ORIGIN)
    if dialect is None:
        return header, _cells(tables)
    same = [table for table in tables if table.dialect is dialect]
    others = [table for table in tables if table.dialect is not dialect]
    if others and dialect.join_with is not None:
        return dialect.join_with(header, _cells(same), (*others[0].header, ORIGIN), _cells(others))
    return dialect.join(header, _cells(same))


def _cells(tables: list[Table]) -> Iterator[list[str]]:
    """The rows of tables with the same header, each with its place in its file."""
    many = len(tables) > 1
    return ([*cells, _where(table, number, many=many)] for table in tables for number, cells in table.rows)


def _where(table: Table, number: int, *, many: bool) -> str:
    return f"{table.label} {number}" if many or table.sheet is not None else str(number)


def _write(path: Path, header: Sequence[str], rows: Iterator[list[str]], told: Callable[[int], None]) -> int:
    """Write the rows whole or not at all; how many there are."""
    part = path.with_suffix(".part")
    count = 0
    try:
        with part.open("w", encoding="utf-8", errors="replace", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            for count, row in enumerate(rows, 1):
                writer.writerow(row)
                if not count % _TELL_EVERY:
                    told(count)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return count


def _notes(tables: list[Table]) -> Iterator[str]:
    first = tables[0]
    if first.dialect is not None:
        yield f"Read as {first.dialect.label}. {first.reason}"
        yield from first.dialect.notes
    if len(tables) > 1:
        yield f"{len(tables)} files are one import: {', '.join(table.path.name for table in tables[:5])}."
    for table in tables:
        if table.sheet is not None and len(table.sheet.names) > 1:
            others = len(table.sheet.names) - 1
            yield f"The sheet “{table.sheet.name}” is read: of {others + 1} sheets it has the most known columns."
        where = f"{table.label}: " if len(tables) > 1 else ""
        if table.above > 0:
            yield f"{where}{table.above} {'row' if table.above == 1 else 'rows'} above the header left out."
        yield from (f"{where}{what} Rows: {count:,}." for what, count in table.mended.items())
        if table.bad:
            reason, line, _ = table.bad[0]
            yield f"{where}{_files(len(table.bad), 'row')} cannot be read, such as line {line}: {reason}"


def _encoding_reason(table: Table) -> str:
    if table.text is None:
        return "A workbook holds its characters as Unicode."
    return f"{table.text.text.encoding}: {table.text.text.reason}"


def _number_columns(table: Table) -> frozenset[str]:
    if table.sheet is None or table.dialect is not None:
        return frozenset()
    return frozenset(table.header[at] for at in table.sheet.number_columns if at < len(table.header))


def _files(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def _digest(parts: Sequence[str]) -> str:
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=8).hexdigest()
