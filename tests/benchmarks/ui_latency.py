"""How long the window's loop is held while 500,000 rows are imported and while 10,000 jobs run.

    python tests/benchmarks/ui_latency.py [--rows 500000] [--jobs 10000] [--explain]

The real window on a real workspace: the import shown on the products page, the jobs (enhance, by rules) on the jobs
page. A timer of Qt asks for a turn every 5 ms; how late each turn comes is the latency. Promise: never above 50 ms.
The garbage collector, the table's repaints and the pages' refreshes are all in it. ``--explain`` adds where the
window's thread was each time it was held for longer.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Awaitable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

PROMISE_MS = 50.0
EVERY_MS = 5
ROWS_BEFORE = 20_000  # products that are there before, so that there is something to enhance


@dataclass
class Latency:
    """Lateness of the loop's turns in milliseconds, while it is watched."""

    late_ms: list[float] = field(default_factory=list)
    queued_ms: list[float] = field(default_factory=list)  # of it: ready to run, but other programs had the processor

    @property
    def worst_own(self) -> float:
        """The worst lateness that is not for want of a processor: what remains on a machine with nothing else to do."""
        return max(late - queued for late, queued in zip(self.late_ms, self.queued_ms, strict=True))

    def share(self, part: float) -> float:
        """The lateness that this part of all turns stays below."""
        return sorted(self.late_ms)[min(len(self.late_ms) - 1, int(part * len(self.late_ms)))]


class Witness:
    """Looks from a thread at where the main thread is while its loop is held."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self.last_turn = time.perf_counter()
        self._main = threading.get_ident()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, name="witness", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        """The main thread's place, or, where that only waits its turn, the places of the threads it waits for."""
        while not self._stop.wait(0.01):
            if time.perf_counter() - self.last_turn < PROMISE_MS / 1000:
                continue
            frames = dict(sys._current_frames())
            places = {number: _place(frame) for number, frame in frames.items() if number != self._thread.ident}
            mine = places.pop(self._main)
            others = sorted(place for place in places.values() if not place.startswith(IDLE))
            self.seen[f"{mine}; beside it: {' | '.join(others)}" if mine.startswith("__init__.py") else mine] += 1


IDLE = ("threading.py", "thread.py", "database.py:2", "selectors.py", "queue.py")


def _place(frame: Any) -> str:
    frames = traceback.extract_stack(frame)[-5:]
    return " < ".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in reversed(frames))


class Queue:
    """How long this thread has waited for a processor (Linux; elsewhere it always says 0)."""

    def __init__(self) -> None:
        try:
            self._file = os.open("/proc/thread-self/schedstat", os.O_RDONLY)
        except OSError:
            self._file = -1

    def seconds(self) -> float:
        """So far."""
        return int(os.pread(self._file, 100, 0).split()[1]) / 1e9 if self._file >= 0 else 0.0


async def watch_latency(work: Awaitable[Any], witness: Witness | None) -> Latency:
    """Measure while ``work`` runs."""
    from PySide6.QtCore import Qt, QTimer

    latency = Latency()
    queue = Queue()
    last, queued = time.perf_counter(), queue.seconds()

    def turn() -> None:
        nonlocal last, queued
        now, queued_now = time.perf_counter(), queue.seconds()
        latency.late_ms.append(max(0.0, (now - last) * 1000 - EVERY_MS))
        latency.queued_ms.append((queued_now - queued) * 1000)
        last, queued = now, queued_now
        if witness is not None:
            witness.last_turn = now

    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(turn)
    timer.start(EVERY_MS)
    try:
        await work
    finally:
        timer.stop()
    return latency


def main() -> int:
    """Run both, print both; 1 when a turn was later than promised."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--explain", action="store_true")
    wanted = parser.parse_args()
    from tests.benchmarks.generate import generate
    from tests.benchmarks.window import make_workspace, run_window

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    measured: list[tuple[str, Latency, float]] = []
    with tempfile.TemporaryDirectory(prefix="mmhub-latency-") as name:
        folder = Path(name)
        os.environ["MMHUB_HOME"] = str(folder / "home")
        generate(folder / "before.csv", min(ROWS_BEFORE, wanted.rows // 2))
        make_workspace(folder / "before.csv", folder / "shop.mmhub")
        generate(folder / "products.csv", wanted.rows)

        async def watch(window: Any) -> None:
            while window.context is None or not window.context.has_workspace:  # noqa: ASYNC110 - looked at from outside
                await asyncio.sleep(0.01)
            workspace = window.context.workspace
            for words, page, work in (
                (f"importing {wanted.rows:,} rows", "products", import_rows(workspace, folder / "products.csv")),
                (f"running {wanted.jobs:,} jobs", "jobs", run_jobs(workspace, wanted.jobs)),
            ):
                window.show_page(page)
                await asyncio.sleep(1)  # the page's first painting belongs to the start, not to the work
                began = time.perf_counter()
                witness = Witness() if wanted.explain else None
                measured.append((words, await watch_latency(work, witness), time.perf_counter() - began))
                if witness is not None:
                    witness.stop()
                    for place, times in witness.seen.most_common(12):
                        print(f"  {words}: held about {times * 10} ms at {place}")

        run_window(folder / "shop.mmhub", watch)
    missed = False
    for words, latency, seconds in measured:
        worst = max(latency.late_ms)
        missed |= worst > PROMISE_MS
        print(
            f"{words:24} {seconds:6.1f} s   p50 {latency.share(0.5):5.1f}   p99 {latency.share(0.99):5.1f}   worst "
            f"{worst:5.1f} ms   promised {PROMISE_MS:.0f} ms   {'ok' if worst <= PROMISE_MS else 'MISSED'}"
        )
        if worst > PROMISE_MS:
            print(f"{'':24} without waiting for a processor that other programs had: worst {latency.worst_own:.1f} ms")
    return int(missed)


async def import_rows(workspace: Any, source: Path) -> None:
    """Import a file as the dialog does."""
    from mmhub_desktop.catalog.reading import inspect, plan_from

    look = await asyncio.to_thread(inspect, source)
    run = await workspace.import_file(plan_from(look))
    job = await run.result()
    assert job.counts.rows >= job.counts.new > 0, job


async def run_jobs(workspace: Any, count: int) -> None:
    """Enhance that many products by rules, as the products page does."""
    from mmhub_desktop.domain.job import WorkRequest
    from mmhub_desktop.domain.product_query import ProductQuery

    ids = tuple(await workspace.products.first_ids(ProductQuery(), count))
    batch_id = await workspace.submit(WorkRequest("enhance", ids, options={"marketplace": "mercadolibre"}))
    await workspace.engine.wait_batch(batch_id)
    batch = (await workspace.jobs.batches([batch_id]))[0]
    assert batch.completed == count, batch


if __name__ == "__main__":
    sys.exit(main())
