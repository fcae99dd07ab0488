"""The log is read from its end in pages, across rotated files, and followed."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmhub_desktop.log import FILE_NAME
from mmhub_desktop.support import log_reading
from mmhub_desktop.support.log_reading import LogFilter, LogLine, read_newer, read_older

ALL = LogFilter()


def line(number: int, level: str = "info", subject: str = "jobs", **more: str) -> str:
    at = f"2026-05-01T10:{number // 60 % 60:02}:{number % 60:02}.000+00:00"
    return json.dumps({"at": at, "level": level, "subject": subject, "message": f"no {number}", **more}) + "\n"


def write(path: Path, *lines: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.writelines(lines)


def messages(lines: tuple[LogLine, ...]) -> list[str]:
    return [each.message for each in lines]


def all_pages(folder: Path, wanted: LogFilter, count: int) -> list[str]:
    page = read_older(folder, wanted, count=count)
    found = messages(page.lines)
    while page.older is not None:
        page = read_older(folder, wanted, page.older, count=count)
        found += messages(page.lines)
    return found


@pytest.mark.parametrize("count", [1, 7, 1000])
@pytest.mark.parametrize("block", [50, 65_536])
def test_pages_add_up_to_everything_newest_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int, block: int
) -> None:
    monkeypatch.setattr(log_reading, "_BLOCK", block)
    write(tmp_path / f"{FILE_NAME}.1", *(line(number) for number in range(20)))
    write(tmp_path / FILE_NAME, *(line(number, error="ä" * number) for number in range(20, 45)), '{"torn')
    assert all_pages(tmp_path, ALL, count) == [f"no {number}" for number in reversed(range(45))]


def test_filters_by_level_subject_and_text(tmp_path: Path) -> None:
    write(
        tmp_path / FILE_NAME,
        line(1), line(2, "warning", "jobs.lanes"), line(3, "error", "store"), line(4, "debug", "jobsite"),
        line(5, error="Traceback: Disk FULL"),
    )  # fmt: skip
    assert all_pages(tmp_path, LogFilter(level="warning"), 9) == ["no 3", "no 2"]
    assert all_pages(tmp_path, LogFilter(subject="jobs"), 9) == ["no 5", "no 2", "no 1"]
    assert all_pages(tmp_path, LogFilter(text="disk full"), 9) == ["no 5"]


def test_one_page_never_reads_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_reading, "MOST_READ", 500)
    write(tmp_path / FILE_NAME, *(line(number) for number in range(100)))
    page = read_older(tmp_path, LogFilter(text="no 0"))
    assert page.lines == ()
    assert page.older is not None
    assert all_pages(tmp_path, LogFilter(text="no 0"), 9) == ["no 0"]


def test_new_lines_are_followed_through_a_rotation(tmp_path: Path) -> None:
    current = tmp_path / FILE_NAME
    write(current, line(1))
    end = read_older(tmp_path, ALL).end
    write(current, line(2), '{"at": "2026')
    page = read_newer(tmp_path, ALL, end)
    assert messages(page.lines) == ["no 2"]
    write(current, '-05-01T10:00:03+00:00", "level": "info", "subject": "x", "message": "no 3"}\n')
    current.rename(tmp_path / f"{FILE_NAME}.1")
    write(current, line(4))
    page = read_newer(tmp_path, ALL, page.end)
    assert messages(page.lines) == ["no 4", "no 3"]
    assert read_newer(tmp_path, ALL, page.end).lines == ()


def test_without_a_log_there_is_nothing(tmp_path: Path) -> None:
    page = read_older(tmp_path, ALL)
    assert (page.lines, page.older, page.end) == ((), None, None)
    write(tmp_path / FILE_NAME, line(1))
    assert messages(read_newer(tmp_path, ALL, None).lines) == ["no 1"]


@given(st.binary(max_size=300))
def test_whatever_stands_in_the_file_reading_ends(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("log")
    (folder / FILE_NAME).write_bytes(content)
    assert isinstance(all_pages(folder, ALL, 2), list)
