"""What a queue of up to a million jobs costs: memory, time for each job, time to enqueue and to cancel.

Each size is measured in a process of its own: so many jobs of five tasks are planned, then the engine runs some
thousands of them through its real path while the others wait; it is started anew for every thousand. Peak memory is
the process's largest resident size, all libraries included; private memory is what no other process shares.

    .venv/bin/python tests/benchmarks/engine_memory.py [--largest 1000000]
"""

import argparse
import asyncio
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from array import array
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.job import WorkRequest
from mmhub_desktop.domain.marketplace import RateLimit
from mmhub_desktop.events import Bus, TasksSettled
from mmhub_desktop.jobs.action import Action, TaskContext, TaskKind
from mmhub_desktop.jobs.engine import Engine
from mmhub_desktop.jobs.lane import LaneSettings
from mmhub_desktop.jobs.plan import plan
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.jobs import JobStore

TASKS, ACCOUNTS = 5, 4
SIZES = (1_000, 10_000, 100_000, 1_000_000)
ROUNDS, ROUND_JOBS = 12, 1_000  # run at each size; the median round counts, since the machine does other things too
GOAL_MIB, GOAL_ENQUEUE_S, GOAL_CANCEL_S = 150, 3.0, 2.0
GOAL_RATIO = 1.5  # the most a job may cost more in the longest queue than in the shortest
TIMED_JOBS = 100_000  # for enqueueing and cancelling


async def _noop(context: TaskContext) -> dict[str, int]:
    return {"n": context.attempt}


ACTION = Action(
    "noop", "No-op", "Do", tuple(TaskKind(f"step{n}", f"Step {n}", _noop, remote=True) for n in range(TASKS))
)


async def measure(folder: Path, size: int) -> dict[str, float]:
    """The figures of one size."""
    import psutil

    db = Database.open(folder / "queue.mmhub")
    store = JobStore(db)
    figures: dict[str, float] = {"size": size, "at_start": _resident(psutil)}
    rounds: list[float] = []
    for number in range(ROUNDS):
        if number == 0 or size < ROUNDS * ROUND_JOBS:
            began = time.perf_counter()
            await plan(store, _request(size), ACTION)
            figures["enqueue_s"] = time.perf_counter() - began
        rounds.append(await _run(store, ROUND_JOBS))
    await store.counts()
    memory = psutil.Process().memory_full_info()
    figures |= {
        "per_job_us": statistics.median(rounds) / ROUND_JOBS * 1e6,
        "rss": memory.rss / 2**20,
        "private": memory.uss / 2**20,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    if size == TIMED_JOBS:
        engine = _engine(store, Bus())
        batch_id = await plan(store, _request(size), ACTION)
        began = time.perf_counter()
        await engine.cancel_batch(batch_id)
        figures["cancel_s"] = time.perf_counter() - began
        assert (await store.batches([batch_id]))[0].cancelled == size
        await engine.stop()
    db.close()
    return figures


async def _run(store: JobStore, jobs: int) -> float:
    """Seconds in which the engine runs so many of the waiting jobs."""
    bus, left, ended = Bus(), jobs * TASKS, asyncio.Event()

    def count(event: TasksSettled) -> None:
        nonlocal left
        left -= len(event.pairs)
        if left <= 0:
            ended.set()

    bus.subscribe(TasksSettled, count)
    engine = _engine(store, bus)
    began = time.perf_counter()
    await engine.start()
    await ended.wait()
    seconds = time.perf_counter() - began
    await engine.stop()
    return seconds


def _engine(store: JobStore, bus: Bus) -> Engine:
    settings = LaneSettings(96, (RateLimit("all", 1e9, 1_000_000),))
    return Engine(store, {"noop": ACTION}, bus, lanes=lambda _: settings)


def _request(size: int) -> WorkRequest:
    accounts = tuple(AccountId(n + 1) for n in range(ACCOUNTS))
    products: Any = array("q", range(size // ACCOUNTS))  # as the window hands a selection over
    return WorkRequest("noop", products, accounts)


def _resident(psutil: Any) -> float:
    resident: float = psutil.Process().memory_info().rss / 2**20
    return resident


def main() -> int:
    """Print the figures of each size beside what is promised; 1 when something is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--largest", type=int, default=SIZES[-1])
    parser.add_argument("--size", type=int, help="measure one size in this process and print JSON")
    chosen = parser.parse_args()
    if chosen.size:
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(asyncio.run(measure(Path(folder), chosen.size))))
        return 0
    found: dict[int, dict[str, float]] = {}
    for size in (size for size in SIZES if size <= chosen.largest):
        command = [sys.executable, __file__, "--size", str(size)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        of = found[size] = json.loads(done.stdout)
        print(
            f"{size:>9,} queued  peak {of['peak']:.0f} MiB, private {of['private']:.0f} MiB (program with nothing "
            f"queued: {of['at_start']:.0f} MiB); {of['per_job_us']:.0f} µs a job; enqueued in {of['enqueue_s']:.2f} s"
        )
    largest = max(found)
    ratio = found[largest]["per_job_us"] / found[min(found)]["per_job_us"]
    results = [
        (f"peak memory with {largest:,} queued, MiB", found[largest]["peak"], GOAL_MIB),
        (f"cost of a job, {largest:,} to {min(found):,} queued", ratio, GOAL_RATIO),
    ]
    if TIMED_JOBS in found:
        results += [
            (f"enqueue {TIMED_JOBS:,} jobs, s", found[TIMED_JOBS]["enqueue_s"], GOAL_ENQUEUE_S),
            (f"cancel {TIMED_JOBS:,} jobs, s", found[TIMED_JOBS]["cancel_s"], GOAL_CANCEL_S),
        ]
    for words, value, most in results:
        print(f"  {words:46} {value:8.2f}  promised at most {most:g}{'' if value <= most else '  MISSED'}")
    return 0 if all(value <= most for _, value, most in results) else 1


if __name__ == "__main__":
    sys.exit(main())
