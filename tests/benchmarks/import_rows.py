"""Import of 500,000 rows against ``sqlite3 .import`` of the same file into a table with a unique key.

``python tests/benchmarks/import_rows.py [rows] [rounds]`` prints the best of the rounds of each, and the ratios:
at most 2.5 for the first import, 1.3 for the same file again, 300 MB of memory above start, for any number of rows.
Timed is everything from the choice of the file: recognising its dialect, characters and columns, the checks, the record
for undoing it, and the upsert.
"""

import asyncio
import multiprocessing
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

LIMIT_FIRST, LIMIT_AGAIN, LIMIT_MEMORY_MB = 2.5, 1.3, 300


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
    """The peak memory of the import's processes together, above what each had when it was first seen, in MB (Linux)."""

    def __init__(self) -> None:
        self._first: dict[int, float] = {}
        self._peak: dict[int, float] = {}

    @property
    def peak(self) -> float:
        """MB above start, all processes summed as if each had its peak at the same moment."""
        return sum(peak - self._first[pid] for pid, peak in self._peak.items())

    def look(self, _event: "ImportProgressed") -> None:
        """Read the high-water marks of our children."""
        for child in multiprocessing.active_children():
            try:
                status = Path(f"/proc/{child.pid}/status").read_text(encoding="ascii")
            except OSError:
                continue
            values = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in status.splitlines() if "kB" in line}
            if child.pid and "VmHWM" in values:
                self._peak[child.pid] = values["VmHWM"]
                self._first.setdefault(child.pid, min(values["VmRSS"], 40.0))


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
    db.close()
    return seconds, job, memory.peak


def main() -> int:
    """Run and print; exit code 1 when a limit is missed."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 500_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    folder = Path(tempfile.mkdtemp(prefix="mmhub-import-"))
    try:
        source = folder / "products.csv"
        generate(source, rows)
        print(f"{rows:,} rows, {source.stat().st_size / 1e6:.0f} MB")
        reference, first, again, peak = [], [], [], 0.0
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
            for file in folder.glob(f"{number}.mmhub*"):
                file.unlink()
        base = min(reference)
        figures = (
            ("first import", min(first) / base, LIMIT_FIRST),
            ("same file again", min(again) / base, LIMIT_AGAIN),
            ("peak memory MB", peak, LIMIT_MEMORY_MB),
        )
        for name, figure, limit in figures:
            print(f"{name:16} {figure:7.2f}   limit {limit}   {'ok' if figure <= limit else 'MISSED'}")
        return int(any(figure > limit for _, figure, limit in figures))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
