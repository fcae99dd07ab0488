"""Undo against what it undoes: an import of 500,000 rows, and a deletion of 100,000 products.

``python tests/benchmarks/history.py [rows] [deleted]``. Limits: undoing the import takes at most as long as the import,
deleting and undoing the deletion at most 5 s each.
"""

import asyncio
import shutil
import sys
import tempfile
import time
from pathlib import Path

from generate import generate

LIMIT_UNDO, LIMIT_SECONDS = 1.0, 5.0


async def measure(source: Path, database: Path, rows: int, deleted: int) -> list[tuple[str, float, float]]:
    """(What, figure, limit) of each; what was undone is looked at, too."""
    # Imported here, as in the program: the spawned processes import this script again and need none of it.
    from mmhub_desktop.catalog.import_run import start_import
    from mmhub_desktop.catalog.reading import inspect, plan_from
    from mmhub_desktop.events import Bus
    from mmhub_desktop.store.database import Database
    from mmhub_desktop.store.history import HistoryStore
    from mmhub_desktop.store.imports import ImportStore
    from mmhub_desktop.store.products import ProductStore

    db = Database.open(database)
    products, history = ProductStore(db), HistoryStore(db, Bus(), lambda: 10_000)
    started = time.perf_counter()
    run = await start_import(plan_from(inspect(source)), ImportStore(db), database, lambda _event: None)
    job = await run.result()
    importing = time.perf_counter() - started
    entry = await history.of_import(job.id)
    assert entry is not None

    started = time.perf_counter()
    done = await history.undo(entry.id)
    undoing = time.perf_counter() - started
    assert (done.refused, await products.count()) == (0, 0), done
    started = time.perf_counter()
    done = await history.redo(entry.id)
    redoing = time.perf_counter() - started
    assert (done.refused, await products.count()) == (0, rows * 97 // 100), done
    print(f"import {importing:.2f} s, undo {undoing:.2f} s, redo {redoing:.2f} s")

    ids = (await history.product_ids(entry.id))[:deleted]
    started = time.perf_counter()
    await products.delete(ids)
    deleting = time.perf_counter() - started
    last = await history.next_undo()
    assert last is not None
    started = time.perf_counter()
    done = await history.undo(last.id)
    bringing_back = time.perf_counter() - started
    assert (done.refused, await products.count()) == (0, rows * 97 // 100), done
    db.close()
    return [
        ("undo of the import / import", undoing / importing, LIMIT_UNDO),
        (f"delete of {deleted:,}, s", deleting, LIMIT_SECONDS),
        ("its undo, s", bringing_back, LIMIT_SECONDS),
    ]


def main() -> int:
    """Run and print; exit code 1 when a limit is missed."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 500_000
    deleted = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    folder = Path(tempfile.mkdtemp(prefix="mmhub-history-"))
    try:
        source = folder / "products.csv"
        generate(source, rows)
        figures = asyncio.run(measure(source, folder / "shop.mmhub", rows, min(deleted, rows // 2)))
        for name, figure, limit in figures:
            print(f"{name:30} {figure:7.2f}   limit {limit}   {'ok' if figure <= limit else 'MISSED'}")
        return int(any(figure > limit for _, figure, limit in figures))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
