"""The import's process steps back behind the window."""

import multiprocessing
import os
from pathlib import Path

import pytest

from mmhub_desktop.catalog.import_run import LESS_URGENT, start_import
from mmhub_desktop.catalog.reading import inspect, plan_from
from mmhub_desktop.events import ImportProgressed
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.imports import ImportStore


@pytest.mark.skipif(not hasattr(os, "getpriority"), reason="this system has no such priorities")
async def test_the_import_is_less_urgent_than_the_program(tmp_path: Path) -> None:
    source = tmp_path / "products.csv"
    rows = "".join(f"S-{number},Lamp number {number},9.90,EUR\n" for number in range(90_000))
    source.write_text("sku,title,price,currency\n" + rows, encoding="utf-8")
    seen: set[int] = set()

    def look(_event: ImportProgressed) -> None:
        seen.update(os.getpriority(os.PRIO_PROCESS, child.pid or 0) for child in multiprocessing.active_children())

    db = Database.open(tmp_path / "shop.mmhub")
    try:
        run = await start_import(plan_from(inspect(source)), ImportStore(db), db.path, look)
        job = await run.result()
    finally:
        db.close()

    assert job.counts.new == 90_000
    assert seen == {min(19, os.getpriority(os.PRIO_PROCESS, 0) + LESS_URGENT)}
