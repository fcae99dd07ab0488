"""A workbook that the machine's memory cannot hold is refused before it is opened, with the way out."""

import sys
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from mmhub_desktop.catalog import workbook
from mmhub_desktop.catalog.free_memory import free_memory
from mmhub_desktop.errors import UserMistake


@pytest.fixture
def goods(tmp_path: Path) -> Path:
    path = tmp_path / "goods.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Goods")
        for row in range(200):
            sheet.write_row(row, 0, [f"SKU-{row}", f"Thing {row}", row])
    return path


def test_what_does_not_fit_is_refused_with_the_way_out(goods: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sum(1 for _ in workbook.open_sheet(goods).rows) == 200
    monkeypatch.setattr(workbook, "free_memory", lambda: 10_000)
    with pytest.raises(UserMistake, match=r"“goods.xlsx” needs about .* GB of memory") as caught:
        workbook.open_sheet(goods)
    assert "CSV UTF-8" in caught.value.hint
    monkeypatch.setattr(workbook, "free_memory", lambda: None)  # the system does not say: it is tried
    assert workbook.open_sheet(goods).name == "Goods"


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS does not say")
def test_the_machine_says_what_is_free() -> None:
    free = free_memory()
    assert free is not None
    assert 1 << 20 < free < 1 << 50
