"""The history of work as a file: whole, in pages, without secrets and without formulas."""

import csv
import json
from pathlib import Path

import pytest
from sqlalchemy import Connection

from mmhub_desktop.actions.publish import PUBLISH
from mmhub_desktop.domain.job import JobState, Problem
from mmhub_desktop.domain.job_filter import ALL_JOBS, JobFilter
from mmhub_desktop.errors import DiskFull
from mmhub_desktop.log import redact
from mmhub_desktop.store.jobs import encode_problem
from mmhub_desktop.support import job_export
from mmhub_desktop.support.job_export import COLUMNS, export_jobs
from tests.fakes.shop import lamp, open_shop


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


async def test_all_levels_are_written_as_csv_and_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_export, "PAGE", 3)
    async with open_shop(tmp_path) as shop:
        ids = await shop.add(*[lamp(number) for number in range(1, 9)])
        await shop.do("enhance", *ids)
        await shop.do("publish", ids[0])
        heard: list[int] = []
        assert await export_jobs(shop.workspace, ALL_JOBS, tmp_path / "all.csv", heard.append) == 9
        assert heard == [1, 4, 7, 9]
        rows = table(tmp_path / "all.csv")
        assert list(rows[0]) == list(COLUMNS)
        assert [row["level"] for row in rows].count("batch") == 2
        steps = [row for row in rows if row["level"] == "step" and row["work"] == "publish"]
        assert [row["step"] for row in steps] == [str(place) for place in range(1, len(PUBLISH.tasks) + 1)]
        (job,) = [row for row in rows if row["level"] == "job" and row["work"] == "publish"]
        assert (job["sku"], job["account"], job["state"]) == ("LAMP-1", "Test", "completed")
        await export_jobs(shop.workspace, ALL_JOBS, tmp_path / "all.json")
        kept = json.loads((tmp_path / "all.json").read_text(encoding="utf-8"))
        assert [[str(value) for value in row.values()] for row in kept] == [list(row.values()) for row in rows]

        only = JobFilter(action="publish", product="lamp-1")
        assert await export_jobs(shop.workspace, only, tmp_path / "some.csv") == 1
        assert len(table(tmp_path / "some.csv")) == 2 + len(PUBLISH.tasks)  # the batch and its job
        none = JobFilter(frozenset({JobState.FAILED}))
        assert await export_jobs(shop.workspace, none, tmp_path / "none.json") == 0
        assert json.loads((tmp_path / "none.json").read_text()) == []


async def test_no_formula_and_no_secret_gets_into_the_file(tmp_path: Path) -> None:
    redact("hunter2-very-secret")
    problem = Problem("Rejected", "+1 is refused with hunter2-very-secret", "@home")
    async with open_shop(tmp_path, run=False) as shop:
        (product,) = await shop.add(lamp(1, sku='=HYPERLINK("http://x")'))
        await shop.workspace.engine.start()
        await shop.do("end", product)

        def change(connection: Connection) -> None:
            connection.exec_driver_sql(
                "UPDATE marketplace_job SET problem = ?, priority = -3", (encode_problem(problem),)
            )
            connection.exec_driver_sql("UPDATE batch_job SET title = '-2+3'")

        await shop.workspace.db.write(change)
        await export_jobs(shop.workspace, ALL_JOBS, tmp_path / "all.csv")
    text = (tmp_path / "all.csv").read_text(encoding="utf-8-sig")
    assert "hunter2" not in text
    cells = [cell for row in table(tmp_path / "all.csv") for cell in row.values()]
    assert '\'=HYPERLINK("http://x")' in cells
    assert "'-2+3" in cells
    assert any(cell.startswith("'+1 is refused with •") for cell in cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


async def test_a_folder_that_cannot_be_written_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    async with open_shop(tmp_path, run=False) as shop:
        with pytest.raises(DiskFull, match=r"“jobs.csv” could not be written"):
            await export_jobs(shop.workspace, ALL_JOBS, tmp_path / "nowhere" / "jobs.csv")
        assert not (tmp_path / "nowhere").exists()
