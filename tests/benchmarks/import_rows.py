"""Import of 500,000 rows against ``sqlite3 .import`` of the same file into a table with a unique key.

``python tests/benchmarks/import_rows.py [--rows 500000] [--rounds 3] [--undo]`` prints the best of the rounds of each,
and the ratios: at most 2.5 for the first import, 1.3 for the same file again, 300 MB of memory above start, for any
number of rows; for five million ``--rows 5000000 --rounds 1`` (20 GB of disk in $TMPDIR). Timed is everything from the
choice of the file: recognising its dialect, characters and columns, the checks, the record for undoing it, and the
upsert. ``--undo`` takes it back at last, within the same memory and, by its own promise, in the time of the import.
"""

import argparse
import asyncio
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from generate import HEADER, generate

if TYPE_CHECKING:
    from mmhub_desktop.domain.imports import ImportJob
    from mmhub_desktop.events import ImportProgressed

LIMIT_FIRST, LIMIT_AGAIN, LIMIT_UNDO, LIMIT_MEMORY_MB = 2.5, 1.3, 1.0, 300


def time_reference(source: Path, folder: Path) -> float:
    """Seconds of the sqlite3 command line for the same file."""
    database = folder / "reference.db"
    database.unlink(missing_ok=True)
    columns = ", ".join(f"{name} TEXT" for name in HEADER)
    script = f"CREATE TABLE p ({columns}, UNIQUE(SKU));\n.mode csv\n.import --skip 1 {source} p\n"
    started = time.perf_counter()
    subprocess.run(["sqlite3", str(database)], input=script, text=True, check=True, capture_output=True)
    return time.perf_counter() - started


class Memory:
    """The peak memory of the program and its import's processes, above what each had at first, in MB (Linux)."""

    def __init__(self) -> None:
        self._first: dict[int, float] = {}
        self._peak: dict[int, float] = {}
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forget this process's own earlier peak
        self.look()

    @property
    def peak(self) -> float:
        """MB above start, all processes summed as if each had its peak at the same moment."""
        return sum(peak - self._first[pid] for pid, peak in self._peak.items())

    def look(self, _event: "ImportProgressed | None" = None) -> None:
        """Read the high-water marks of ourselves and our children."""
        for pid in [os.getpid(), *(child.pid for child in multiprocessing.active_children())]:
            try:
                status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
            except OSError:
                continue
            values = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in status.splitlines() if "kB" in line}
            if pid and "VmHWM" in values:
                self._peak[pid] = values["VmHWM"]
                self._first.setdefault(pid, values["VmRSS"] if pid == os.getpid() else min(values["VmRSS"], 40.0))

    def told(self) -> str:
        """Who took how much, largest first."""
        return ", ".join(f"{peak - self._first[pid]:.0f}" for pid, peak in sorted(self._peak.items(), key=_by_peak))


def _by_peak(found: tuple[int, float]) -> float:
    return -found[1]


async def time_import(source: Path, database: Path) -> "tuple[float, ImportJob, float]":
    """Seconds, outcome and peak memory (MB) of one import, from the choice of its file to its last commit."""
    # Imported here, as in the program: the spawned processes import this script again and need none of it.
    from mmhub_desktop.catalog.import_run import start_import
    from mmhub_desktop.catalog.reading import inspect, plan_from
    from mmhub_desktop.catalog.staged import staging_folder
    from mmhub_desktop.catalog.staging_process import stage_files
    from mmhub_desktop.store.database import Database
    from mmhub_desktop.store.imports import ImportStore

    db = Database.open(database)
    memory = Memory()
    started = time.perf_counter()
    (staged,) = (await stage_files([source], staging_folder(database))).files
    plan = plan_from(await asyncio.to_thread(inspect, staged))
    run = await start_import(plan, ImportStore(db), database, memory.look)
    job = await run.result()
    seconds = time.perf_counter() - started
    memory.look()
    db.close()
    print(f"    memory above start, MB, by process: {memory.told()}")
    return seconds, job, memory.peak


async def time_undo(database: Path) -> tuple[float, float]:
    """Seconds of taking the last import back, and the peak memory (MB) meanwhile."""
    from mmhub_desktop.events import Bus
    from mmhub_desktop.store.database import Database
    from mmhub_desktop.store.history import HistoryStore

    db = Database.open(database)
    history, memory = HistoryStore(db, Bus(), lambda: 100_000), Memory()
    entry = (await history.entries())[0]
    started = time.perf_counter()
    done = await history.undo(entry.id)
    seconds = time.perf_counter() - started
    assert done.refused == 0, done
    memory.look()
    db.close()
    return seconds, memory.peak


def main() -> int:
    """Run and print; exit code 1 when a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--undo", action="store_true", help="take the import back at last")
    options = parser.parse_args()
    rows, rounds = options.rows, options.rounds
    folder = Path(tempfile.mkdtemp(prefix="mmhub-import-"))
    try:
        source = folder / "products.csv"
        generate(source, rows)
        print(f"{rows:,} rows, {source.stat().st_size / 1e6:.0f} MB")
        reference, first, again, undone, peak = [], [], [], list[float](), 0.0
        for number in range(rounds):
            reference.append(time_reference(source, folder))
            database = folder / f"{number}.mmhub"
            seconds, job, memory = asyncio.run(time_import(source, database))
            assert job.counts.new == rows * 97 // 100, job.counts
            first.append(seconds)
            peak = max(peak, memory)
            seconds, job, memory = asyncio.run(time_import(source, database))
            assert job.counts.same == rows * 97 // 100, job.counts
            again.append(seconds)
            peak = max(peak, memory)
            times = f"sqlite3 .import {reference[-1]:.2f} s, first {first[-1]:.2f} s, again {seconds:.2f} s"
            print(f"  round {number + 1}: {times}")
            if options.undo:
                seconds, memory = asyncio.run(time_undo(database))
                undone.append(seconds)
                peak = max(peak, memory)
                print(f"    undone in {seconds:.2f} s, {memory:.0f} MB above start")
            for file in folder.glob(f"{number}.mmhub*"):
                file.unlink()
        base = min(reference)
        figures = [
            ("first import", min(first) / base, LIMIT_FIRST),
            ("same file again", min(again) / base, LIMIT_AGAIN),
            ("peak memory MB", peak, LIMIT_MEMORY_MB),
        ]
        if undone:
            figures.append(("undo / import", min(undone) / min(first), LIMIT_UNDO))
        for name, figure, limit in figures:
            print(f"{name:16} {figure:7.2f}   limit {limit}   {'ok' if figure <= limit else 'MISSED'}")
        return int(any(figure > limit for _, figure, limit in figures))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
