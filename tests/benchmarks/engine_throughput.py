"""Jobs a second of five durable no-op tasks each: our engine through its real path, and huey on SQLite.

Both keep the same record with the same durability (WAL, synchronous=NORMAL): every task's result is on disk when
the next one of its job starts. Ours goes through claim, limiter, breaker, settle and events. huey runs a pipeline
of five tasks a job on its own consumer with worker threads, results stored.

    .venv/bin/python tests/benchmarks/engine_throughput.py [--jobs N] [--huey-jobs N] [--rounds N] [--profile]
"""

import argparse
import asyncio
import cProfile
import logging
import pstats
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from mmhub_desktop.domain.ids import AccountId, ProductId
from mmhub_desktop.domain.job import WorkRequest
from mmhub_desktop.domain.marketplace import RateLimit
from mmhub_desktop.events import BatchesProgressed, Bus, TasksSettled
from mmhub_desktop.jobs.action import Action, TaskContext, TaskKind
from mmhub_desktop.jobs.engine import Engine
from mmhub_desktop.jobs.lane import LaneSettings
from mmhub_desktop.jobs.plan import plan
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.jobs import JobStore

TASKS = 5
ACCOUNTS = 4
CONCURRENCY = 96  # jobs at once on each account
GOAL_JOBS_S = 8_000
GOAL_RATIO = 4


async def _noop(context: TaskContext) -> dict[str, int]:
    return {"n": context.attempt}


ACTION = Action(
    "noop", "No-op", "Do", tuple(TaskKind(f"step{n}", f"Step {n}", _noop, remote=True) for n in range(TASKS))
)


async def run_ours(path: Path, jobs: int, profile: cProfile.Profile | None) -> tuple[float, float, int]:
    """Seconds to plan and to run so many jobs, and the number of commits."""
    db = Database.open(path)
    store, bus = JobStore(db), Bus()
    settled = 0

    def count(event: TasksSettled) -> None:
        nonlocal settled
        settled += len(event.pairs)

    bus.subscribe(TasksSettled, count)
    bus.subscribe(BatchesProgressed, lambda _: None)
    limit = LaneSettings(CONCURRENCY, (RateLimit("all", 1e9, 1_000_000),))
    engine = Engine(store, {"noop": ACTION}, bus, lanes=lambda _: limit)
    products = tuple(ProductId(n) for n in range(jobs // ACCOUNTS))
    accounts = tuple(AccountId(n + 1) for n in range(ACCOUNTS))
    began = time.perf_counter()
    batch_id = await plan(store, WorkRequest("noop", products, accounts), ACTION)
    planned = time.perf_counter() - began
    commits = db.commits
    if profile is not None:
        profile.enable()
    began = time.perf_counter()
    await engine.start()
    batch = await engine.wait_batch(batch_id)
    ran = time.perf_counter() - began
    if profile is not None:
        profile.disable()
    assert batch is not None
    assert batch.completed == batch.total == len(products) * ACCOUNTS
    assert settled == batch.total * TASKS
    await engine.stop()
    commits = db.commits - commits
    db.close()
    return planned, ran, commits


def run_huey(path: Path, jobs: int) -> float:
    """Seconds that huey takes for so many pipelines of five tasks with stored results."""
    from huey.api import Huey
    from huey.consumer import Consumer
    from huey.storage import SqliteStorage

    logging.getLogger("huey").setLevel(logging.ERROR)

    class NormalStorage(SqliteStorage):  # type: ignore[misc]
        """huey's own storage offers synchronous OFF or FULL; ours runs with NORMAL, so this one does too."""

        def _create_connection(self) -> Any:
            connection = super()._create_connection()
            connection.execute("PRAGMA synchronous=NORMAL")
            return connection

    queue: Any = Huey("bench", storage_class=NormalStorage, filename=str(path), journal_mode="wal")
    ended = threading.Event()
    left = [jobs]
    lock = threading.Lock()

    @queue.task()  # type: ignore[untyped-decorator]
    def step(n: int = 0) -> int:
        return n + 1

    @queue.task()  # type: ignore[untyped-decorator]
    def last(n: int) -> int:
        with lock:
            left[0] -= 1
            if not left[0]:
                ended.set()
        return n + 1

    for _ in range(jobs):
        pipeline = step.s()
        for _ in range(TASKS - 2):
            pipeline = pipeline.then(step)
        queue.enqueue(pipeline.then(last))
    consumer = Consumer(queue, workers=4, periodic=False, initial_delay=0.001, max_delay=0.01)
    began = time.perf_counter()
    consumer.start()
    ended.wait()
    ran = time.perf_counter() - began
    consumer.stop(graceful=True)
    assert queue.result_count() == jobs * TASKS  # its record is kept, as ours is
    queue.storage.close()
    return ran


def main() -> int:
    """Print both figures and their ratio; 1 when a goal is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", type=int, default=40_000)
    parser.add_argument("--huey-jobs", type=int, default=3_000)
    parser.add_argument("--rounds", type=int, default=3, help="in turn; the best of each counts")
    parser.add_argument("--profile", action="store_true")
    chosen = parser.parse_args()
    profile = cProfile.Profile() if chosen.profile else None
    ours = theirs = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for n in range(chosen.rounds):
            planned, ran, commits = asyncio.run(run_ours(Path(folder) / f"{n}.mmhub", chosen.jobs, profile))
            ours = max(ours, chosen.jobs / ran)
            print(f"engine   planning {chosen.jobs:,} jobs of {TASKS} tasks: {planned:.2f} s")
            print(f"engine   {chosen.jobs / ran:,.0f} jobs/s ({commits:,} commits)")
            seconds = run_huey(Path(folder) / f"{n}.db", chosen.huey_jobs)
            theirs = max(theirs, chosen.huey_jobs / seconds)
            print(f"huey     {chosen.huey_jobs / seconds:,.0f} jobs/s (huey on SQLite, 4 threads)")
    if profile is not None:
        pstats.Stats(profile).sort_stats("tottime").print_stats(25)
    print(f"best     engine {ours:,.0f} jobs/s, huey {theirs:,.0f} jobs/s, ratio {ours / theirs:.1f}")
    print(f"goal     at least {GOAL_JOBS_S:,} jobs/s and {GOAL_RATIO} times huey")
    return 0 if ours >= GOAL_JOBS_S and ours >= GOAL_RATIO * theirs else 1


if __name__ == "__main__":
    sys.exit(main())
