"""An import that is killed goes on exactly where it stopped."""

import multiprocessing
import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from mmhub_desktop.catalog.import_run import ProcessGone, resume_import, start_import
from mmhub_desktop.catalog.reading import inspect, plan_from
from mmhub_desktop.catalog.row_process import CHUNK
from mmhub_desktop.domain.imports import ImportJob, ImportState
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.events import ImportProgressed
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.imports import ImportStore
from tests.catalog.conftest import text_of

ROWS = 8 * CHUNK + 777
_CONTENT = "SELECT sku, title, description, price_minor, quality, attributes FROM product ORDER BY sku"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Rows with embedded newlines, accents, duplicates and bad rows, in UTF-16."""
    chance = random.Random(7)
    lines = ["sku,title,description,price_eur,color"]
    for number in range(ROWS):
        sku = f"S{number if number % 50 else max(0, number - 3 * CHUNK)}"  # some stand there twice, far apart
        price = "x" if chance.random() < 0.03 else f"{number}.50"
        cut = "" if chance.random() < 0.01 else ",rojo"
        lines.append(f'{sku},Cámara {number},"line 1\r\nline ""2"", {number}",{price}{cut}')
    path = tmp_path / "products.csv"
    path.write_bytes("\r\n".join(lines).encode("utf-16"))
    return path


def overwrite(path: Path) -> None:
    path.write_text("sku,title\nA,B\n", encoding="utf-8")


def content(db: Database) -> list[Any]:
    return db.read_now(lambda connection: connection.execute(text(_CONTENT)).all())  # type: ignore[return-value]


async def undisturbed(source: Path, folder: Path) -> tuple[ImportJob, list[Any], str]:
    db = Database.open(folder / "shop.mmhub")
    run = await start_import(plan_from(inspect(source)), ImportStore(db), db.path, lambda _: None)
    job = await run.result()
    result = job, content(db), text_of(job.refused_file)
    db.close()
    return result


async def test_a_killed_process_is_resumed_to_the_same_end(tmp_path: Path, source: Path) -> None:
    expected = await undisturbed(source, tmp_path / "quiet")
    db = Database.open(tmp_path / "shop.mmhub")
    chance = random.Random()
    imports = ImportStore(db)
    kills = 0
    run = None
    for _ in range(20):
        kill_at = chance.randrange(1, ROWS // 2) + (run.progress.read if run else 0)

        def watch(event: ImportProgressed, at: int = kill_at) -> None:
            if event.state is ImportState.RUNNING and event.counts.rows >= at:
                for child in multiprocessing.active_children():
                    os.kill(child.pid or 0, signal.SIGKILL)

        if run is None:
            run = await start_import(plan_from(inspect(source)), imports, db.path, watch)
        else:
            (job,) = await ImportStore(db).interrupted()
            assert job.resume_at % CHUNK == 0 or job.resume_at == ROWS  # killed behind its last chunk
            run = await resume_import(job, imports, db.path, watch)
        try:
            job = await run.result()
            break
        except ProcessGone:
            kills += 1
    else:
        pytest.fail("it never came to its end")
    assert kills > 0
    assert job.state is ImportState.COMPLETED
    assert (job.counts, content(db), text_of(job.refused_file)) == (
        expected[0].counts, *expected[1:],
    )  # fmt: skip
    assert job.counts.rows == ROWS
    with pytest.raises(UserMistake, match="end already"):
        await resume_import(job, imports, db.path, lambda _: None)
    db.close()


PROGRAM = """
import asyncio, sys
from pathlib import Path
from mmhub_desktop.catalog.import_run import start_import
from mmhub_desktop.catalog.reading import inspect, plan_from
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.imports import ImportStore

async def main():
    db = Database.open(Path(sys.argv[2]))
    def tell(event):
        print(event.counts.rows, flush=True)
    run = await start_import(plan_from(inspect(Path(sys.argv[1]))), ImportStore(db), db.path, tell)
    await run.result()

if __name__ == "__main__":
    asyncio.run(main())
"""


def kill_the_program(script: Path, source: Path, path: Path) -> None:
    """Run it, and kill it when it has told of two chunks."""
    program = subprocess.Popen([sys.executable, script, source, path], stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None
    for line in program.stdout:
        if int(line) >= 2 * CHUNK:
            program.kill()
            break
    program.communicate()
    assert program.returncode == -signal.SIGKILL


async def test_when_the_program_is_killed_the_import_stops_and_is_found_at_the_next_start(
    tmp_path: Path, source: Path
) -> None:
    expected = await undisturbed(source, tmp_path / "quiet")
    script, path = tmp_path / "program.py", tmp_path / "shop.mmhub"
    script.write_text(PROGRAM, encoding="utf-8")
    kill_the_program(script, source, path)

    db = Database.open(path)
    imports = ImportStore(db)
    (job,) = await imports.interrupted()
    assert job.counts.rows >= CHUNK
    run = await resume_import(job, imports, db.path, lambda _: None)
    job = await run.result()
    assert (job.counts, content(db), text_of(job.refused_file)) == (
        expected[0].counts, *expected[1:],
    )  # fmt: skip
    assert await imports.interrupted() == []
    db.close()


async def test_closing_the_program_interrupts_and_a_changed_file_is_not_resumed(tmp_path: Path, source: Path) -> None:
    db = Database.open(tmp_path / "shop.mmhub")
    imports = ImportStore(db)
    seen: list[ImportProgressed] = []
    run = await start_import(plan_from(inspect(source)), imports, db.path, seen.append)
    await run.stop()
    assert seen[-1].state is ImportState.INTERRUPTED
    (job,) = await imports.interrupted()
    before = await imports.get(job.id)
    overwrite(source)
    again = await resume_import(job, imports, db.path, lambda _: None)
    with pytest.raises(UserMistake, match="changed"):
        await again.result()
    after = await imports.get(job.id)
    assert before is not None
    assert after is not None
    assert (after.state, after.counts) == (ImportState.FAILED, before.counts)
    db.close()
