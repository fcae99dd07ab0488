"""Records of delimited text: the same as the csv module, but one broken record does not swallow the next ones."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mmhub_desktop.catalog.records import CUT, FILLED, LONGEST_FIELD, QUOTES, BadRecord, Records


def read(path: Path, width: int | None, **more: object) -> list[list[str] | BadRecord]:
    records = Records(path, "utf-8", ",", width=width, **more)  # type: ignore[arg-type]
    try:
        return list(records)
    finally:
        records.close()


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.lists(cells, min_size=2, max_size=4), max_size=12), st.booleans())
def test_what_csv_wrote_is_read_as_csv_reads_it(tmp_path: Path, rows: list[list[str]], quote_all: bool) -> None:
    path = tmp_path / "a.csv"
    out = io.StringIO()
    if quote_all:
        csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    else:
        csv.writer(out, lineterminator="\r\n").writerows(rows)
    path.write_bytes(out.getvalue().encode())
    assert read(path, None) == rows


def read_mended(path: Path, width: int) -> list[tuple[list[str] | BadRecord, str]]:
    records = Records(path, "utf-8", ",", width=width)
    found = [(record, records.mended) for record in records]
    records.close()
    return found


def test_rows_of_nearly_the_right_width_are_mended_and_told(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('a,1,x\nb,2\nc,3,x,,\nd,4,x,y\ne\n"f\ng",5\nh,"6, 7",x,\ni,8,x\n', encoding="utf-8")
    assert read_mended(path, 3) == [
        (["a", "1", "x"], ""),
        (["b", "2", ""], FILLED),
        (["c", "3", "x"], CUT),
        (BadRecord(("d", "4", "x", "y"), "The row has 4 cells, the header has 3."), ""),
        (BadRecord(("e",), "The row has 1 cells, the header has 3."), ""),
        (["f\ng", "5", ""], FILLED),
        (["h", "6, 7", "x"], CUT),
        (["i", "8", "x"], ""),
    ]


@pytest.mark.parametrize(
    ("line", "cells", "mended"),
    [
        ('a,12" pipe,x', ["a", '12" pipe', "x"], ""),  # inside an unquoted cell they are no news
        ('a,"Best" lamp,x', ["a", '"Best" lamp', "x"], QUOTES),
        ('a,"The "Best" lamp",x', ["a", 'The "Best" lamp', "x"], QUOTES),
        ('a,"The "Best" lamp, red",x', ["a", 'The "Best" lamp, red', "x"], QUOTES),
        ('a,"say ""hi"", "you"",x', ["a", 'say "hi", "you"', "x"], None),
        ('a,x,"The "Best" lamp"', ["a", "x", 'The "Best" lamp'], QUOTES),
        ('a,"The "Best" lamp",12"', ["a", 'The "Best" lamp', '12"'], QUOTES),
        ('a,"The "Best" lamp,12', [], None),
    ],
)
def test_quotes_that_are_not_doubled(tmp_path: Path, line: str, cells: list[str], mended: str | None) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"1,2,3\n{line}\n4,5,6\n", encoding="utf-8")
    first, (record, said), last = read_mended(path, 3)
    assert (first, last) == ((["1", "2", "3"], ""), (["4", "5", "6"], ""))
    if mended is None:
        assert isinstance(record, BadRecord)
    else:
        assert (record, said) == (cells, mended)


def test_mixed_line_ends_and_zero_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b'a,1\r\nb\0,2\nc,3\rd,"x\r\ny"\r\n\r\n\ne,5')
    assert read(path, 2) == [["a", "1"], ["b", "2"], ["c", "3"], ["d", "x\r\ny"], ["e", "5"]]


def test_a_quote_never_closed_costs_one_row(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('a,1\nb,"open\nc,3\nd,"multi\nline"\ne,5\n', encoding="utf-8")
    found = read(path, 2)
    assert found[0] == ["a", "1"]
    assert isinstance(found[1], BadRecord)
    assert found[1].cells == ('b,"open',)
    assert found[2:] == [["c", "3"], ["d", "multi\nline"], ["e", "5"]]


def test_an_open_quote_at_the_end_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('a,1\nb,"cut off he', encoding="utf-8")
    found = read(path, 2)
    assert found[0] == ["a", "1"]
    assert isinstance(found[1], BadRecord)
    assert "cut off" in found[1].reason


def test_ragged_rows_keep_their_cells_and_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('a,1\nb\n\n"c\nc",3,4\nd,5\n', encoding="utf-8")
    records = Records(path, "utf-8", ",", width=2)
    found = [(records.line, record) for record in records]
    records.close()
    assert found == [
        (1, ["a", "1"]),
        (2, BadRecord(("b",), "The row has 1 cells, the header has 2.")),
        (4, BadRecord(("c\nc", "3", "4"), "The row has 3 cells, the header has 2.")),
        (6, ["d", "5"]),
    ]


@pytest.mark.parametrize("content", ['x,"{}"\nb,2\n', "x,{}\nb,2\n"])
def test_an_endless_cell_is_refused_and_reading_goes_on(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(content.format("x" * (LONGEST_FIELD + 10)), encoding="utf-8")
    found = read(path, 2)
    assert isinstance(found[0], BadRecord)
    assert "longer than" in found[0].reason
    assert found[1] == ["b", "2"]


def test_an_open_quote_far_from_the_end_of_a_large_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    lines = [f"s{number},{number}" for number in range(30_000)]
    lines[100] = 's100,"100'
    path.write_text("\n".join(lines), encoding="utf-8")
    found = read(path, 2)
    bad = [record for record in found if isinstance(record, BadRecord)]
    assert [record.cells for record in bad] == [('s100,"100',)]
    assert len(found) == 30_000
    assert found[-1] == ["s29999", "29999"]
