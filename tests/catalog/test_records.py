"""Records of delimited text: the same as the csv module, but one broken record does not swallow the next ones."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mmhub_desktop.catalog.records import LONGEST_FIELD, BadRecord, Records


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
