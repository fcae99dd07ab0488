"""Columns of an XLSX sheet whose numbers are shown with leading zeros: the format 00000 makes 00123 of 123.

The reader of workbooks gives values without their formats. So the first rows are looked at in the file itself; a column
counts whose numbers mostly have such a format.
"""

import posixpath
import re
import zipfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_LOOKED_AT = 2_000_000  # characters of the sheet
_LARGEST_PART = 20_000_000  # bytes of the lists of styles and sheets: more is not looked at
_ZEROS = re.compile(r'0{2,}(?:;.*)?|"0+"0+')
_CELL = re.compile(r'<c r="([A-Z]{1,3})\d+"((?:[^>"]|"[^"]*")*)>')
_STYLE, _TYPE = re.compile(r'\bs="(\d+)"'), re.compile(r'\bt="(\w+)"')


def shown_zeros(path: Path, sheet: str) -> dict[int, int]:
    """Column (from 0) → digits that its numbers are shown with. Empty for other kinds of workbooks, or when unsure."""
    try:
        with zipfile.ZipFile(path) as archive:
            widths = _widths(_part(archive, "xl/styles.xml"))
            place = _place_of(archive, sheet) if widths else ""
            if not place:
                return {}
            with archive.open(place) as file:
                text = file.read(_LOOKED_AT).decode("utf-8", "replace")
    except (OSError, KeyError, ValueError, ET.ParseError, zipfile.BadZipFile, NotImplementedError):
        return {}
    counted: dict[str, Counter[int]] = {}
    for column, more in _CELL.findall(text):
        style, kind = _STYLE.search(more), _TYPE.search(more)
        if more.rstrip().endswith("/") or (kind and kind[1] != "n"):
            continue
        counted.setdefault(column, Counter())[widths.get(int(style[1]), 0) if style else 0] += 1
    most = {column: widths.most_common(1)[0][0] for column, widths in counted.items()}
    return {_index(column): width for column, width in most.items() if width}


def _part(archive: zipfile.ZipFile, name: str) -> ET.Element:
    if archive.getinfo(name).file_size > _LARGEST_PART:
        raise ValueError(name)
    content = archive.read(name)
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:  # no workbook has them, and they can be made to explode
        raise ValueError(name)
    return ET.fromstring(content)  # noqa: S314 - see above


def _widths(styles: ET.Element) -> dict[int, int]:
    """Style of a cell → digits it shows at least, where it does nothing else."""
    codes = {each.get("numFmtId"): each.get("formatCode", "") for each in styles.iter(f"{_MAIN}numFmt")}
    found = {}
    formats = styles.find(f"{_MAIN}cellXfs")
    for number, style in enumerate(formats if formats is not None else ()):
        code = codes.get(style.get("numFmtId"), "").strip()
        if _ZEROS.fullmatch(code):
            found[number] = code.partition(";")[0].count("0")
    return found


def _place_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """Where a sheet lies in the file."""
    relations = {each.get("Id"): each.get("Target", "") for each in _part(archive, "xl/_rels/workbook.xml.rels")}
    for each in _part(archive, "xl/workbook.xml").iter(f"{_MAIN}sheet"):
        if each.get("name") == sheet:
            target = relations.get(each.get(_RELATION), "")
            return target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
    return ""


def _index(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
