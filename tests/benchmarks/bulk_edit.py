"""Bulk edits of 100,000 products and their undo, beside a loop that must not stand still.

``python tests/benchmarks/bulk_edit.py [products]``. Limits: each edit and each undo at most 5 s, and the longest pause
of the loop in all of them at most 50 ms.
"""

import asyncio
import contextlib
import gc
import shutil
import sys
import tempfile
import time
from pathlib import Path

from generate import generate

LIMIT_SECONDS, LIMIT_PAUSE_MS = 5.0, 50.0
BEAT_S = 0.005


async def beat(pauses: list[float]) -> None:
    """Note by how much each beat comes late, in ms."""
    while True:
        started = time.perf_counter()
        await asyncio.sleep(BEAT_S)
        pauses.append((time.perf_counter() - started - BEAT_S) * 1000)


async def measure(source: Path, database: Path) -> list[tuple[str, float, float, str]]:
    """(What, figure, limit, unit) of each."""
    # Imported here, as in the program: the spawned processes import this script again and need none of it.
    from mmhub_desktop.catalog.import_run import start_import
    from mmhub_desktop.catalog.reading import inspect, plan_from
    from mmhub_desktop.domain.bulk_edit import BulkEdit
    from mmhub_desktop.domain.product_query import ProductQuery
    from mmhub_desktop.events import Bus
    from mmhub_desktop.store.bulk_edits import BulkEditStore
    from mmhub_desktop.store.database import Database
    from mmhub_desktop.store.history import HistoryStore
    from mmhub_desktop.store.imports import ImportStore
    from mmhub_desktop.store.products import ProductStore

    db = Database.open(database)
    bus = Bus()
    products, history = ProductStore(db), HistoryStore(db, bus, lambda: 10_000)
    edits = BulkEditStore(db, history, bus)
    run = await start_import(plan_from(inspect(source)), ImportStore(db), database, lambda _event: None)
    await run.result()
    ids = await products.ids(ProductQuery())
    gc.collect()
    gc.freeze()  # as the window does
    pauses: list[float] = []
    beating = asyncio.create_task(beat(pauses))
    found = []
    for edit in (
        BulkEdit("price", "change", (("by", "+10%"), ("rounding", ".99"))),
        BulkEdit("title", "append", (("text", " XL"),)),
        BulkEdit("attribute:Season", "set", (("value", "Winter"),)),
    ):
        started = time.perf_counter()
        tried = await edits.try_out(edit, ids)
        trying = time.perf_counter() - started
        started = time.perf_counter()
        done = await edits.make(edit, ids)
        making = time.perf_counter() - started
        assert done.entry_id is not None
        assert done.counts.changed == tried.changed > len(ids) // 2
        started = time.perf_counter()
        undone = await history.undo(done.entry_id)
        undoing = time.perf_counter() - started
        assert (undone.products, undone.refused) == (done.counts.changed, 0)
        name = f"{edit.field} {edit.operation} of {done.counts.changed:,}"
        found += [
            (f"{name}: tried out", trying, LIMIT_SECONDS, "s"),
            (f"{name}: made", making, LIMIT_SECONDS, "s"),
            (f"{name}: undone", undoing, LIMIT_SECONDS, "s"),
        ]
    beating.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await beating
    db.close()
    return [*found, ("longest pause of the loop", max(pauses), LIMIT_PAUSE_MS, "ms")]


def main() -> int:
    """Print each figure beside its limit; 1 when one is missed."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 103_100  # 97 of 100 rows are products of their own
    folder = Path(tempfile.mkdtemp(prefix="mmhub-bulk-"))
    try:
        source = folder / "products.csv"
        generate(source, rows)
        found = asyncio.run(measure(source, folder / "shop.mmhub"))
    finally:
        shutil.rmtree(folder)
    for what, figure, limit, unit in found:
        print(f"{what:<55} {figure:8.2f} {unit} (limit {limit:g}) {'ok' if figure <= limit else 'MISSED'}")
    return int(any(figure > limit for _, figure, limit, _ in found))


if __name__ == "__main__":
    sys.exit(main())
