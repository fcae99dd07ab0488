"""An export written to disk: row by row into a file beside the target, which takes its name when it is whole."""

import csv
import os
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, Protocol

from mmhub_desktop.catalog.export import BY_NAME, ExportFormat
from mmhub_desktop.catalog.export.formats import Cell, note
from mmhub_desktop.errors import DiskFull, UserMistake
from mmhub_desktop.store.export_reader import ExportReader

EXCEL_ROWS = 1_048_576
EXCEL_COLUMNS = 16_384
EXCEL_CELL = 32_767  # characters
_CUT = "texts cut at 32,767 characters, the most that Excel holds in a cell"


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """What is to be exported: plain values, since it goes to a process.

    ``ids`` None: everything; ``columns`` empty: all. ``with_variants``: those of chosen products come with them, also
    where the form does not know families.
    """

    format: str
    target: str
    ids: tuple[int, ...] | None = None
    columns: tuple[str, ...] = ()
    with_variants: bool = False


@dataclass(frozen=True, slots=True)
class ExportEnd:
    """How an export ended: products (or families) and rows written, and what the form could not hold, counted."""

    products: int
    rows: int
    left_out: dict[str, int]


class ExportCancelled(Exception):
    """Somebody asked to stop: nothing was left behind."""


class _Sink(Protocol):
    def add(self, row: Sequence[Cell]) -> None: ...
    def end(self) -> None: ...
    def abandon(self) -> None: ...


def write_export(
    database: Path, order: ExportOrder, told: Callable[[int, int], bool] = lambda _done, _total: True
) -> ExportEnd:
    """Write the file; blocking, for a process of its own. ``told`` hears (products done, of) and says whether to go on.

    DiskFull when it cannot be written, ExportCancelled when told to stop: an older file of that name is then untouched.
    """
    form = BY_NAME[order.format]
    target = Path(order.target)
    draft = draft_of(target)
    try:
        reader = ExportReader(database, order.ids, families=form.families, with_variants=order.with_variants)
        try:
            return _write(reader, form, order, draft, target, told)
        finally:
            reader.close()
    except OSError as error:
        raise DiskFull(
            f"“{target.name}” could not be written.",
            hint="Close it in other programs, free some disk space, or choose another folder.",
            original=str(error),
        ) from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def draft_of(target: Path) -> Path:
    """Where an export is written until it is whole."""
    return target.with_name(f".{target.name}.new")


def _write(
    reader: ExportReader,
    form: ExportFormat,
    order: ExportOrder,
    draft: Path,
    target: Path,
    told: Callable[[int, int], bool],
) -> ExportEnd:
    total = reader.count()
    table = form.table(reader.names(), order.columns)
    if form.suffix == "xlsx" and len(table.header) > EXCEL_COLUMNS:
        raise UserMistake(
            f"The file would have {len(table.header):,} columns, Excel has {EXCEL_COLUMNS:,}.",
            hint="Choose fewer columns, or export as CSV.",
        )
    sink: _Sink = _Workbook(draft, table.header, table.left_out) if form.suffix == "xlsx" else _Text(
        draft, table.header, mark=form.mark
    )  # fmt: skip
    done = rows = 0
    try:
        for page in reader.pages():
            for one in page:
                for row in table.rows(one):
                    sink.add(row)
                    rows += 1
            done += len(page)
            if not told(done, total):
                raise ExportCancelled
        sink.end()
    except BaseException:
        sink.abandon()
        raise
    draft.replace(target)
    return ExportEnd(done, rows, table.left_out)


class _Text:
    """A CSV file: cells as they are, also those that a spreadsheet would run, since an export must not change them."""

    def __init__(self, path: Path, header: Sequence[str], *, mark: bool) -> None:
        self._file: IO[str] = path.open("w", encoding="utf-8-sig" if mark else "utf-8", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(header)

    def add(self, row: Sequence[Cell]) -> None:
        self._writer.writerow([_plain(cell) for cell in row])

    def end(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def abandon(self) -> None:
        self._file.close()


class _Workbook:
    """An Excel workbook, a row at a time; numbers are numbers, and no text becomes a formula or a link."""

    def __init__(self, path: Path, header: Sequence[str], left_out: dict[str, int]) -> None:
        import xlsxwriter  # type: ignore[import-untyped]

        path.open("wb").close()  # what cannot be written is said now, not after an hour
        self._room = tempfile.TemporaryDirectory(prefix="mmhub-export-")  # rows wait here for the end
        self._book: Any = xlsxwriter.Workbook(
            str(path),
            {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
             "strings_to_numbers": False, "use_zip64": True, "tmpdir": self._room.name},
        )  # fmt: skip
        self._bold = self._book.add_format({"bold": True})
        self._header = tuple(header)
        self._left_out = left_out
        self._sheets = 0
        self._begin_sheet()

    def _begin_sheet(self) -> None:
        self._sheets += 1
        self._sheet: Any = self._book.add_worksheet("Products" if self._sheets == 1 else f"Products {self._sheets}")
        self._sheet.freeze_panes(1, 1)
        self._sheet.set_column(0, len(self._header) - 1, 18)
        for place, title in enumerate(self._header):
            self._sheet.write_string(0, place, title, self._bold)
        self._row = 1

    def add(self, row: Sequence[Cell]) -> None:
        if self._row == EXCEL_ROWS:
            self._begin_sheet()
        for place, cell in enumerate(row):
            if cell is None or cell == "":
                continue
            if isinstance(cell, str):
                if len(cell) > EXCEL_CELL:
                    note(self._left_out, _CUT)
                self._sheet.write_string(self._row, place, cell[:EXCEL_CELL])
            else:
                self._sheet.write_number(self._row, place, float(cell))
        self._row += 1

    def end(self) -> None:
        from xlsxwriter.exceptions import XlsxFileError  # type: ignore[import-untyped]

        try:
            self._book.close()
        except XlsxFileError as error:
            raise OSError(str(error)) from error
        self._room.cleanup()

    def abandon(self) -> None:
        self._book.fileclosed = True  # else it complains, when it is collected, that it was not saved
        for sheet in self._book.worksheets():
            sheet.row_data_fh.close()
        self._room.cleanup()


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)
