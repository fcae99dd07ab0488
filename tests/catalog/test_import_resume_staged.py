"""An import of staged files, killed at each chunk in turn, ends as if it had not been: families across chunks, too."""

import multiprocessing
import os
import signal
from pathlib import Path
from typing import Any

from sqlalchemy import text

from mmhub_desktop.catalog.import_run import ImportRun, ProcessGone, resume_import, start_import
from mmhub_desktop.catalog.plan import plan_from
from mmhub_desktop.catalog.reading import inspect
from mmhub_desktop.catalog.row_process import CHUNK
from mmhub_desktop.catalog.staged import staging_folder
from mmhub_desktop.catalog.staging import stage
from mmhub_desktop.domain.imports import ImportJob, ImportState
from mmhub_desktop.events import ImportProgressed
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.imports import ImportStore
from tests.catalog.conftest import text_of

ROWS = 2 * CHUNK + 333
_CONTENT = (
    "SELECT p.sku, p.title, p.options, p.price_minor, p.quality, q.sku FROM product p"
    " LEFT JOIN product q ON q.id = p.parent_id ORDER BY p.sku"
)


def write_files(folder: Path) -> list[Path]:
    """Two files with one header. Variants name parents in either, some far behind them, some nowhere."""
    folder.mkdir()
    rows = []
    for number in range(ROWS):
        parent = f"S{(number * 7) % ROWS // 10 * 10}" if number % 10 else ""
        parent = "NOBODY" if number % 997 == 1 else parent
        price = "x" if number % 61 == 2 else f"{number}.999"
        rows.append(f"S{number},Thing {number},{parent},{number % 5},{price}")
    paths = []
    for name, some in (("a.csv", rows[: ROWS // 3]), ("b.csv", rows[ROWS // 3 :])):
        path = folder / name
        path.write_text("\n".join(["sku,title,parent_sku,option:Size,price_eur", *some]), encoding="utf-8")
        paths.append(path)
    return paths


async def begin(paths: list[Path], db: Database, told: Any) -> ImportRun:
    (staged,) = stage(paths, staging_folder(db.path)).files
    return await start_import(plan_from(inspect(staged)), ImportStore(db), db.path, told)


def content(db: Database) -> list[Any]:
    return db.read_now(lambda connection: connection.execute(text(_CONTENT)).all())  # type: ignore[return-value]


def outcome(db: Database, job: ImportJob) -> tuple[Any, ...]:
    return job.counts, job.message, content(db), text_of(job.refused_file)


async def test_killed_at_each_chunk_it_ends_the_same(tmp_path: Path) -> None:
    paths = write_files(tmp_path / "files")
    quiet = Database.open(tmp_path / "quiet" / "shop.mmhub")
    expected = outcome(quiet, await (await begin(paths, quiet, lambda _: None)).result())
    waiting = quiet.read_now(lambda connection: connection.scalar(text("SELECT count(*) FROM import_parent")))
    quiet.close()
    assert waiting == 0
    assert "“S1” names the parent “nobody”" in expected[1]
    assert "rounded to the 2 digits of EUR" in expected[1]
    assert sum(1 for row in expected[2] if row[5]) > ROWS // 2

    db = Database.open(tmp_path / "shop.mmhub")
    run, kills = None, 0
    while True:
        at = (kills + 1) * CHUNK

        def watch(event: ImportProgressed, at: int = at) -> None:
            if event.state is ImportState.RUNNING and event.counts.rows >= at:
                for child in multiprocessing.active_children():
                    os.kill(child.pid or 0, signal.SIGKILL)

        if run is None:
            run = await begin(paths, db, watch)
        else:
            (job,) = await ImportStore(db).interrupted()
            run = await resume_import(job, ImportStore(db), db.path, watch)
        try:
            job = await run.result()
            break
        except ProcessGone:
            kills += 1
            assert run.plan.path.exists()  # it is needed to go on
            assert kills <= ROWS // CHUNK + 1
    assert kills > 0
    assert job.state is ImportState.COMPLETED
    assert outcome(db, job) == expected
    assert not run.plan.path.exists()
    db.close()
