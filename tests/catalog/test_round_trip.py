"""Any table, written in any way that programs write tables, is read back cell by cell."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mmhub_desktop.catalog.plan import plan_from
from mmhub_desktop.catalog.reading import inspect
from mmhub_desktop.catalog.row_columns import stored_columns
from mmhub_desktop.catalog.row_process import read_rows
from mmhub_desktop.catalog.staged import StagedFile
from mmhub_desktop.catalog.staging import stage
from mmhub_desktop.gui.dialogs.import_settings import ENCODINGS

HEADER = ("sku", "title", "description", "Wood", "Größe")
Table = list[tuple[str, ...]]

MARKED = ("utf-8", "utf-8-sig", "utf-16")  # found out by themselves, whatever the words are
# Told by words, or by many zeros: a random text has neither, so it is said.
PAGES = ("cp1252", "cp1250", "iso8859-2", "latin-1", "utf-16-le", "utf-16-be")


def cells(encoding: str) -> st.SearchStrategy[str]:
    """Texts that this encoding can hold; control characters other than line breaks and tabs are no text."""
    codec = "utf-8" if encoding.startswith("utf") else encoding
    characters = st.characters(codec=codec, exclude_categories=["Cs", "Cc", "Cn"], exclude_characters="\ufeff\ufffd")
    text = st.text(st.one_of(characters, st.sampled_from(" \t\n\"',;|\r")), max_size=20)
    return st.one_of(text, st.sampled_from(["", "1,5", "a;b", '"', '""', ' "x" ', "\n", "null", "=1+1", "🪑", "كرسي"]))


@st.composite
def tables(draw: st.DrawFn) -> tuple[Table, str, str, str, int]:
    """(rows, encoding, delimiter, line end, quoting)."""
    encoding = draw(st.sampled_from([*MARKED, *PAGES]))
    cell = cells(encoding).map(lambda text: text.encode(encoding, "ignore").decode(encoding))
    rows = draw(st.lists(st.tuples(cell, cell, cell, cell), min_size=1, max_size=8))
    table = [(f"S-{number}", *row) for number, row in enumerate(rows)]
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]))
    line_end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    other = {"\n": "\r", "\r": "\n"}.get(line_end, "")
    if quoting == csv.QUOTE_MINIMAL and other:  # Python's writer quotes only what its own line end is made of
        table = [tuple(cell.replace(other, "") for cell in row) for row in table]
    return table, encoding, draw(st.sampled_from(",;\t|")), line_end, quoting


def imported(path: Path | StagedFile, **read_as: Any) -> list[dict[str, Any]]:
    plan = plan_from(inspect(path, **read_as))
    names = stored_columns(plan)
    found = []
    for kind, content in read_rows(plan, 0):
        if kind == b"p":
            found += [dict(zip(names, row, strict=True)) for row in content]
        else:
            assert content[0] == [], "rows were refused"
            assert content[4] == [], "rows were mended"
    return found


def expected(table: Table) -> list[tuple[str, ...]]:
    return [tuple(cell.strip() for cell in row) for row in table]


def plain(rows: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    attributes = [json.loads(row["attributes"]) for row in rows]
    return [
        (row["sku"], row["title"], row["description"], named.get("Wood", ""), named.get("Größe", ""))
        for row, named in zip(rows, attributes, strict=True)
    ]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tables())
def test_text_in_any_form(tmp_path: Path, written: tuple[Table, str, str, str, int]) -> None:
    table, encoding, delimiter, line_end, quoting = written
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=line_end, quoting=quoting)  # type: ignore[arg-type]
    writer.writerow(HEADER)
    writer.writerows(table)
    path = tmp_path / "a.csv"
    path.write_bytes(out.getvalue().encode(encoding))
    said = {"encoding": encoding} if encoding in PAGES else {}
    assert plain(imported(path, **said)) == expected(table)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(*[cells("utf-8")] * 4), min_size=1, max_size=6))
def test_workbooks(tmp_path: Path, rows: Table) -> None:
    table = [(f"S-{number}", *(cell.replace("\r", "") for cell in row)) for number, row in enumerate(rows)]
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate([HEADER, *table]):
            for column, value in enumerate(row):
                sheet.write_string(at, column, value)
    (staged,) = stage([path], tmp_path / "staged").files
    assert plain(imported(staged)) == expected(table)


@pytest.mark.parametrize("encoding", [name for name, _ in ENCODINGS])
def test_each_encoding_that_is_offered_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("sku;title\nA;Müller-Körbe für é\n".encode(encoding))
    (row,) = imported(path, encoding=encoding)
    assert (row["sku"], row["title"]) == ("A", "Müller-Körbe für é")


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_file_whose_last_line_has_no_end(tmp_path: Path, line_end: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(line_end.join(["sku,title", "A,Chair", "B,Lamp"]).encode())
    assert [row["sku"] for row in imported(path)] == ["A", "B"]
