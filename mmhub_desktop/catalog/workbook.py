"""Workbooks (XLSX, XLSM, XLS, ODS) as rows of text: cells as a person sees them, whole numbers as whole numbers.

Read by python-calamine, which holds a sheet in memory: only in the staging process.
"""

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmhub_desktop.catalog.free_memory import free_memory
from mmhub_desktop.catalog.recognition import recognised_words
from mmhub_desktop.catalog.workbook_zeros import shown_zeros
from mmhub_desktop.errors import UserMistake

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

ENDINGS = (".xlsx", ".xlsm", ".xls", ".ods")
LARGEST_SHEET = 1 << 30  # bytes of a workbook's largest part, unpacked
_READ_WHOLE = ("xl/worksheets/", "xl/sharedStrings.", "content.xml")  # parts that are held in memory
_SWELLING = 2  # bytes of memory for each byte of these, unpacked: measured 1.6 to 2.1 with numbers, codes and texts
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_INSIDE = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")
_STEEPEST = 300  # times its packed size, for what is larger than
_SMALL = 64 << 20  # bytes
_FIRST = 10  # rows looked at for a header
_EXACT = 10**15  # from there on a number in a workbook has lost digits


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook: ``rows`` can be gone through once, with their numbers in the sheet, from 1."""

    name: str
    names: tuple[str, ...]  # of all sheets with cells
    first: tuple[tuple[str, ...], ...]
    rows: Iterator[tuple[int, list[str]]]
    number_columns: set[int]  # filled while the rows are gone through: mostly numbers


def is_workbook(path: Path) -> bool:
    """Whether it is one by its content: many a “.xls” from a shop is a text, and many a “.csv” was saved as XLSX."""
    try:
        with path.open("rb") as file:
            start = file.read(8)
        if start == _OLD:
            return True
        if not start.startswith(b"PK"):
            return False
        with zipfile.ZipFile(path) as archive:
            return any(name in archive.NameToInfo for name in _INSIDE)
    except (OSError, zipfile.BadZipFile):
        return False


def open_sheet(path: Path, name: str = "") -> Sheet:
    """The sheet of this name, else the one whose first rows hold the most known headers. UserMistake when it cannot."""
    import python_calamine as calamine

    _refuse_giants(path)
    try:
        workbook = calamine.CalamineWorkbook.from_path(str(path))
        hidden = {
            each.name for each in workbook.sheets_metadata if each.visible is not calamine.SheetVisibleEnum.Visible
        }
        sheets = {
            title: workbook.get_sheet_by_name(title)
            for title in workbook.sheet_names
            if title not in hidden or title == name  # lists that a template's cells choose from
        }
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    filled = {title: sheet for title, sheet in sheets.items() if sheet.height}
    if not filled:
        raise UserMistake(f"“{path.name}” has no cells in it.", hint="Choose the workbook with your products.")
    if name and name not in filled:
        raise UserMistake(f"“{path.name}” has no sheet “{name}”.", hint=f"Choose one of: {', '.join(filled)}.")
    firsts = {title: _first_rows(sheet) for title, sheet in filled.items()}
    chosen = name or max(filled, key=lambda title: max(map(recognised_words, firsts[title]), default=0))
    numbers: set[int] = set()
    rows = _rows(filled[chosen], numbers, shown_zeros(path, chosen))
    return Sheet(chosen, tuple(filled), firsts[chosen], rows, numbers)


def _refuse_giants(path: Path) -> None:
    """A workbook is an archive: one that unpacks to more than memory holds is refused before it is opened."""
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile as error:
        raise _unreadable(path, error) from error
    largest = max((entry.file_size for entry in entries), default=0)
    if largest > LARGEST_SHEET or any(is_steep(entry) for entry in entries):
        raise UserMistake(
            f"“{path.name}” unpacks to {largest / (1 << 30):.1f} GB: that is too much for a workbook of its size.",
            hint="Save the sheet as “CSV UTF-8” and import that.",
        )
    _refuse_what_does_not_fit(path, entries)


def _refuse_what_does_not_fit(path: Path, entries: Sequence[zipfile.ZipInfo]) -> None:
    need = _SWELLING * sum(entry.file_size for entry in entries if entry.filename.startswith(_READ_WHOLE))
    free = free_memory()
    if free is not None and need > free:
        raise UserMistake(
            f"“{path.name}” needs about {need / (1 << 30):.1f} GB of memory to be read, and this machine has "
            f"{free / (1 << 30):.1f} GB free.",
            hint="Save the sheet as “CSV UTF-8” and import that, which is read row by row; or close other programs.",
        )


def is_steep(entry: zipfile.ZipInfo) -> bool:
    """Whether a part of an archive unpacks to far more than tables and pictures do: made to fill disk or memory."""
    return entry.file_size > max(_SMALL, _STEEPEST * entry.compress_size)


def _unreadable(path: Path, error: Exception) -> UserMistake:
    if "password" in str(error).lower():
        return UserMistake(
            f"“{path.name}” is protected by a password.", hint="Save it without a password and import that copy."
        )
    return UserMistake(
        f"“{path.name}” cannot be read as a workbook.",
        hint="Open it in Excel or LibreOffice and save it again, or save the sheet as “CSV UTF-8”.",
        original=str(error),
    )


def _first_rows(sheet: "CalamineSheet") -> tuple[tuple[str, ...], ...]:
    found = (tuple(map(cell_text, row)) for row in islice(sheet.iter_rows(), 3 * _FIRST))
    return tuple(islice((row for row in found if any(row)), _FIRST))


def _rows(sheet: "CalamineSheet", numbers: set[int], zeros: Mapping[int, int]) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty."""
    seen: dict[int, int] = {}  # column → numbers less texts
    for number, row in enumerate(sheet.iter_rows(), 1):
        cells = []
        for at, value in enumerate(row):
            if type(value) is float:
                seen[at] = seen.get(at, 0) + 1
            elif value != "":
                seen[at] = seen.get(at, 0) - 1
            text = cell_text(value)
            cells.append(text.zfill(zeros[at]) if at in zeros and type(value) is float and text.isdecimal() else text)
        if any(cells):
            yield number, cells
    numbers |= {at for at, more in seen.items() if more > -1 and at not in zeros}  # the header is a text


def cell_text(value: Any) -> str:
    """A cell as it is shown: 12.0 is 12, dates are ISO dates, and no number has more digits than Excel keeps."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        if value.is_integer() and abs(value) < _EXACT:
            return str(int(value))
        text = f"{value:.15g}"
        return f"{value:.15f}".rstrip("0").rstrip(".") if "e-" in text else text
    if isinstance(value, datetime):
        return value.isoformat(" ") if value.time() != time() else value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return "" if value is None else str(value)


def widest(rows: Sequence[Sequence[str]]) -> int:
    """How many cells the longest of some rows has, without empty ones at its end."""
    return max((max((at + 1 for at, cell in enumerate(row) if cell), default=0) for row in rows), default=0)
